/** A supplier's consolidation as its answer tells it. */
import type { CivilDate } from '../domain/civil-date.ts'
import type { Comparison } from '../domain/consolidation.ts'
import type { ComparedFacts, ConsolidationFacts } from '../messages/answers/consolidation.ts'
import type { Asked } from '../messages/answers/facts.ts'
import type { SupplierConsolidation } from './consolidation.ts'

export function consolidationSaid(
  found: SupplierConsolidation,
  asOf: CivilDate,
): Omit<ConsolidationFacts, keyof Asked> {
  const { supplier, contracts, comparisons, left } = found
  return {
    supplier,
    asOf,
    comparisons: comparisons.map((each) => ({ ...each, items: itemsOf(each, found) })),
    left: left.map(({ id, why }) => ({ reference: contracts.get(id)?.reference ?? `#${id}`, why })),
  }
}

function itemsOf(
  { items, coTerm }: Comparison,
  { contracts }: SupplierConsolidation,
): ComparedFacts[] {
  const extend = new Map(coTerm.map(({ id, days }) => [id, days]))
  return items.flatMap(({ holding, yearlyPrice, inferred, saving }) => {
    const held = contracts.get(holding.id)
    const { units, unitPrice, currentEnd } = holding
    if (held === undefined || units === null || unitPrice === null || currentEnd === null) return []
    const { reference, buyer } = held
    const extendDays = extend.get(holding.id) ?? 0
    const known = { reference, buyer, units, unitPrice, yearlyPrice, inferred, saving }
    return [{ ...known, currentEnd, extendDays }]
  })
}
