/**
 * Procurement routes and how long each takes from start to signature.
 *
 * No authoritative table exists: these are defaults that an organisation edits. What they rest on
 * is in docs/decisions/ and in the Procurement Act 2023, s.51 (standstill).
 */

export interface Route {
  readonly name: string
  readonly title: string
  /** Calendar days from the start to the award notice. */
  readonly leadDays: number
  /** Working days between the award notice and the signature; 0 where none is called for. */
  readonly standstillDays: number
  /** Whether the day of the notice is the standstill's first day (s.51), or the day after (PSR 2023). */
  readonly standstillFrom: 'publication' | 'day-after'
}

const route = (
  name: string,
  title: string,
  leadDays: number,
  standstillDays: number,
  standstillFrom: Route['standstillFrom'] = 'publication',
): Route => ({ name, title, leadDays, standstillDays, standstillFrom })

export const ROUTES: readonly Route[] = [
  route('competitive-flexible', 'competitive flexible procedure', 270, 8),
  route('open', 'open procedure', 180, 8),
  route('dynamic-market', 'dynamic market', 120, 8),
  route('mini-competition', 'mini-competition under a framework', 90, 0),
  route('framework-direct-award', 'direct award under a framework', 42, 0),
  route('quotes', 'quotes', 60, 0),
  route('psr-direct-award-c', 'PSR direct award process C', 60, 8, 'day-after'),
  route('psr-most-suitable-provider', 'PSR most suitable provider process', 120, 8, 'day-after'),
  route('psr-competitive', 'PSR competitive process', 180, 8, 'day-after'),
]

/** Which route is assumed where the register names none, from this value on. Editable. */
export interface RouteBand {
  readonly from: number
  readonly route: string
}
/**
 * Below the sub-central threshold for goods and services of 2026 and 2027 (£207,720) quotes are
 * assumed, above it an open procedure.
 */
export const ROUTE_BANDS: readonly RouteBand[] = [
  { from: 0, route: 'quotes' },
  { from: 207_720, route: 'open' },
]

/** The route to count with, and whether it was assumed. An unknown value counts as a large one. */
export function routeFor(
  contract: { readonly route: string | null; readonly value: string | null },
  routes: readonly Route[],
  bands: readonly RouteBand[],
): { readonly route: Route; readonly assumed: boolean } {
  const named = routes.find((candidate) => candidate.name === contract.route)
  if (named) return { route: named, assumed: false }
  const value = contract.value === null ? Number.POSITIVE_INFINITY : Number(contract.value)
  const band = bands.findLast((candidate) => candidate.from <= value) ?? bands[0]
  const assumed = routes.find((candidate) => candidate.name === band?.route)
  if (!assumed)
    throw new RangeError(
      `The route "${band?.route}" of the value bands is not in the table of routes.`,
    )
  return { route: assumed, assumed: true }
}
