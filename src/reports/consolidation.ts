/** What is held of one supplier's products, or through one reseller, and what it costs for a unit. */
import type { Pool, PoolClient } from 'pg'
import { LIVE, selectContracts, supplierKey } from '../database/contracts.ts'
import { tables } from '../database/prisma.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import {
  type Comparison,
  type Consolidation,
  consolidate,
  type Holding,
} from '../rules/consolidation.ts'
import { UserError } from '../rules/user-error.ts'
import type { AnswerContext } from '../text/answer-facts.ts'
import type { ComparedFacts, ConsolidationFacts } from '../text/consolidation.ts'

interface HeldContract {
  readonly reference: string
  readonly title: string | null
  readonly buyer: string | null
}

export interface SupplierConsolidation extends Consolidation {
  readonly supplier: string
  readonly contracts: ReadonlyMap<number, HeldContract & Holding>
}

/** How many suppliers are named where what was typed fits several. */
const CANDIDATES = 10

/**
 * The comparison for a supplier or reseller, by its name or by a part of it that no other has.
 * Contracts that ended, were closed or are historic are left out.
 * @throws UserError where there is no such supplier, or several: it lists them.
 */
export async function readConsolidation(
  client: Pool | PoolClient,
  organisationId: number,
  typed: string,
  today: CivilDate,
): Promise<SupplierConsolidation> {
  const { key, name } = await findSupplier(client, organisationId, typed)
  const rows = await selectContracts(client, HELD, HOLDINGS, [organisationId, today])
  const held = rows
    .filter((row) => row.supplierKey === key || supplierKey(row.reseller) === key)
    .map(({ endLatest, currentLatest, unitPricePer, ...row }): HeldContract & Holding => ({
      ...{ ...row, awardedEnd: endLatest, currentEnd: currentLatest, per: unitPricePer },
      product: row.products[0] ?? '',
    }))
  const several = new Set(rows.filter(({ products }) => products.length > 1).map(({ id }) => id))
  const none = new Set(rows.filter(({ products }) => products.length === 0).map(({ id }) => id))
  const { comparisons, left } = consolidate(
    held.filter(({ id }) => !several.has(id) && !none.has(id)),
  )
  const unread = held.flatMap(({ id }) => {
    if (several.has(id)) return [{ id, why: 'it holds several products, at one price' }]
    return none.has(id) ? [{ id, why: 'its product is not recorded' }] : []
  })
  return {
    supplier: name,
    contracts: new Map(held.map((each) => [each.id, each])),
    comparisons,
    left: [...left, ...unread],
  }
}

const HELD = [
  ...(['id', 'reference', 'title', 'supplierKey', 'reseller', 'edition', 'start'] as const),
  ...(['endLatest', 'currentLatest', 'units', 'unitPrice', 'unitPricePer', 'value'] as const),
  ...(['valueBasis', 'currency', 'buyer', 'products'] as const),
] as const

// Only contracts with units or products can be compared: few of a register of 100,000.
const HOLDINGS = `c.organisation_id = $1 AND ${LIVE}
  AND (c.current_latest IS NULL OR c.current_latest >= $2)
  AND (c.units IS NOT NULL OR c.unit_price IS NOT NULL
       OR EXISTS (SELECT FROM contract_product cp WHERE cp.contract_id = c.id))
  ORDER BY c.id`

async function findSupplier(
  client: Pool | PoolClient,
  organisationId: number,
  typed: string,
): Promise<{ readonly key: string; readonly name: string }> {
  const wanted = supplierKey(typed.replace(/^["'“‘]+|["'”’]+$/g, ''))
  if (wanted === null || wanted === '') {
    throw new UserError('Which supplier? Give its name, or a part of it.')
  }
  const { contract } = tables(client)
  const where = { organisationId }
  const suppliers = await contract.groupBy({
    ...{ by: ['supplier'], where, orderBy: { supplier: 'asc' } },
  })
  const resellers = await contract.groupBy({
    ...{ by: ['reseller'], where, orderBy: { reseller: 'asc' } },
  })
  const names = new Map<string, string>()
  const written = [
    ...suppliers.map(({ supplier }) => supplier),
    ...resellers.map(({ reseller }) => reseller),
  ]
  for (const name of written) {
    const key = supplierKey(name)
    if (name !== null && key !== null && !names.has(key)) names.set(key, name)
  }
  const exact = names.get(wanted)
  if (exact !== undefined) return { key: wanted, name: exact }
  const near = [...names].filter(([key]) => key.includes(wanted))
  const [first] = near
  if (first === undefined)
    throw new UserError(`No supplier or reseller is called "${typed}": give a part of its name.`)
  if (near.length === 1) return { key: first[0], name: first[1] }
  throw new UserError(
    `Several suppliers fit "${typed}"; name one of them:`,
    near.slice(0, CANDIDATES).map(([, name]) => name),
  )
}

export function consolidationSaid(
  found: SupplierConsolidation,
  asOf: CivilDate,
): Omit<ConsolidationFacts, keyof AnswerContext> {
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
