/** Contracts that share a supplier, a reseller or a product and end together: one cliff. */
import { addDays, type CivilDate } from './civil-date.ts'
import { addTo, compare } from './text-match.ts'

export interface Ending {
  readonly id: number
  readonly end: CivilDate
  readonly supplier: string | null
  readonly reseller: string | null
  readonly products: readonly string[]
}

export interface Cliff {
  /** What they share: a supplier that sells directly or through others, or a product. */
  readonly by: 'supplier' | 'product'
  readonly name: string
  readonly from: CivilDate
  readonly to: CivilDate
  /** By end. At least two. */
  readonly ids: readonly number[]
}

/**
 * The cliffs among these contracts, by their first day: the ends of one supplier, reseller or
 * product that fall within `days` of the first of them. A reseller and a supplier of the same name
 * are one. A cliff whose contracts all stand in a larger one is not told twice.
 */
export function findCliffs(endings: readonly Ending[], days: number): Cliff[] {
  const sorted = endings.toSorted((a, b) => compare(a.end, b.end) || a.id - b.id)
  const suppliers = new Map<string, Ending[]>()
  const products = new Map<string, Ending[]>()
  for (const ending of sorted) {
    const parties = new Set([ending.supplier, ending.reseller].filter((name) => name !== null))
    for (const name of parties) addTo(suppliers, name, ending)
    for (const name of new Set(ending.products)) addTo(products, name, ending)
  }
  const cliffs = [
    ...[...suppliers].flatMap(([name, group]) => windows('supplier', name, group, days)),
    ...[...products].flatMap(([name, group]) => windows('product', name, group, days)),
  ]
  return withoutRepeats(cliffs).sort(
    (a, b) => compare(a.from, b.from) || b.ids.length - a.ids.length || compare(a.name, b.name),
  )
}

/** One after another, each from the first end that the one before left over. */
function windows(by: Cliff['by'], name: string, endings: readonly Ending[], days: number): Cliff[] {
  const cliffs: Cliff[] = []
  for (let at = 0; at < endings.length; ) {
    const from = endings[at]?.end
    if (from === undefined) break
    const last = addDays(from, days)
    let next = at
    while (next < endings.length && (endings[next]?.end ?? last) <= last) next++
    const inside = endings.slice(at, next)
    if (inside.length > 1) {
      const ids = inside.map(({ id }) => id)
      cliffs.push({ by, name, from, to: inside.at(-1)?.end ?? from, ids })
    }
    at = next
  }
  return cliffs
}

function withoutRepeats(cliffs: readonly Cliff[]): Cliff[] {
  // The larger first, and of equals the supplier's: it is whom one talks to.
  const ordered = cliffs.toSorted(
    (a, b) => b.ids.length - a.ids.length || (a.by === b.by ? 0 : a.by === 'supplier' ? -1 : 1),
  )
  const told = new Map<number, ReadonlySet<number>[]>()
  return ordered.filter(({ ids }) => {
    const larger = told.get(ids[0] ?? -1) ?? []
    if (larger.some((set) => ids.every((id) => set.has(id)))) return false
    const set = new Set(ids)
    for (const id of ids) told.set(id, [...(told.get(id) ?? []), set])
    return true
  })
}
