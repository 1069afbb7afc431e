/** Which routes to a new contract still fit on a day, and from when on none does. */
import { addDays, type CivilDate, daysBetween, earlier } from './civil-date.ts'
import type { Regime } from './contract.ts'
import type { Route, RouteBand } from './routes.ts'
import type { Rules } from './rules.ts'
import { type StartBy, startBy } from './start-by.ts'
import { workingDayOnOrBefore } from './working-days.ts'

export interface FittingRoute {
  readonly route: string
  /** The last working day to start it, so that the new contract is in force in time. */
  readonly startBy: CivilDate
  /** 0 where it still fits, else by how many days it is too late. */
  readonly shortfallDays: number
}

export interface Fits {
  /** Those that still fit first, the slowest of them first; then the others, the nearest first. */
  readonly fits: readonly FittingRoute[]
  /** From this day on even the fastest is too slow: a gap is unavoidable. Null where no route is open. */
  readonly gapUnavoidableFrom: CivilDate | null
}

export interface RouteFacts {
  readonly regime: Regime | null
  readonly value: string | null
  /** The route it was bought by, or the one asked about: always among those that are looked at. */
  readonly route: string
}

/** The routes that are open to such a contract, each counted back from its first day of cover. */
export function routesThatFit(
  coverFrom: CivilDate,
  facts: RouteFacts,
  asOf: CivilDate,
  rules: Rules,
): Fits {
  const fits = rules.routes
    .filter((route) => isOpenTo(route, facts, rules.routeBands))
    .map((route) => fitOf(route, coverFrom, asOf, rules))
    .filter((fit) => fit !== null)
    .sort(bySlowness)
  const last = fits.reduce<CivilDate | null>(
    (latest, each) => (latest === null || each.startBy > latest ? each.startBy : latest),
    null,
  )
  return { fits, gapUnavoidableFrom: last === null ? null : addDays(last, 1) }
}

/** The count back by one route, with the rules' days of mobilisation and approval. */
export function startByRoute(coverFrom: CivilDate, route: Route, rules: Rules): StartBy {
  const { mobilisationDays, approvalDays, calendar, standstillCalendar } = rules
  return startBy(coverFrom, { route, mobilisationDays, approvalDays }, calendar, standstillCalendar)
}

/**
 * The provider selection regime is for health care services alone; quotes are for what lies below
 * the value band above theirs, and never for an unknown value.
 */
function isOpenTo(route: Route, facts: RouteFacts, bands: readonly RouteBand[]): boolean {
  if (route.name === facts.route) return true
  if (isProviderSelection(route.name) !== (facts.regime === 'PSR23')) return false
  if (route.name !== 'quotes') return true
  const above = bands.find((_, index) => bands[index - 1]?.route === 'quotes')
  return facts.value !== null && (above === undefined || Number(facts.value) < above.from)
}

function isProviderSelection(route: string): boolean {
  return route.startsWith('psr-')
}

/** Null where the framework takes no call-off any more by the day of the award. */
function fitOf(
  route: Route,
  coverFrom: CivilDate,
  asOf: CivilDate,
  rules: Rules,
): FittingRoute | null {
  const on = latestStart(route, startByRoute(coverFrom, route, rules).on, rules)
  if (isFramework(route.name) && rules.callOffBy !== null) {
    const award = addDays(asOf, route.leadDays)
    if (award >= rules.callOffBy) return null
  }
  return { route: route.name, startBy: on, shortfallDays: Math.max(0, daysBetween(on, asOf)) }
}

/** Under a framework the award has to fall before its last call-off day as well. */
function latestStart(route: Route, on: CivilDate, { callOffBy, calendar }: Rules): CivilDate {
  if (callOffBy === null || !isFramework(route.name)) return on
  return workingDayOnOrBefore(earlier(on, addDays(callOffBy, -1 - route.leadDays)), calendar)
}

/** Routes that call off from a framework that others have let. */
export function isFramework(route: string): boolean {
  return route === 'mini-competition' || route === 'framework-direct-award'
}

function bySlowness(a: FittingRoute, b: FittingRoute): number {
  const fits = (each: FittingRoute) => each.shortfallDays === 0
  if (fits(a) !== fits(b)) return fits(a) ? -1 : 1
  const sooner = a.startBy < b.startBy ? -1 : a.startBy > b.startBy ? 1 : 0
  return fits(a) ? sooner : -sooner
}
