/** The last safe day to start buying a replacement, counted back from the day it must be in force. */
import { addDays, type CivilDate, daysBetween, earlier } from './civil-date.ts'
import type { Regime } from './contract.ts'
import type { Route, RouteBand, Rules } from './settings.ts'
import { addWorkingDays, type Calendar, workingDayOnOrBefore } from './working-days.ts'

export interface LeadTimes {
  readonly route: Route
  /** Calendar days between the signature and the first day of cover. */
  readonly mobilisationDays: number
  /** Working days of internal approval. */
  readonly approvalDays: number
}

/** A piece of the count: it runs from `from` until `to`, which is the next piece's first day. */
export interface StartByStep {
  readonly name: 'procedure' | 'standstill' | 'approval' | 'mobilisation'
  readonly amount: number
  readonly unit: 'days' | 'working days'
  readonly from: CivilDate
  readonly to: CivilDate
}

interface StartBy {
  readonly on: CivilDate
  /** In the order in which they happen. */
  readonly steps: readonly StartByStep[]
}

/**
 * Counts back from the new contract's first day: mobilisation (days), approval (working days),
 * standstill (working days, by its own calendar), the procedure's lead time (days); then the
 * working day on or before. Steps of no length are left out.
 */
export function startBy(
  coverFrom: CivilDate,
  lead: LeadTimes,
  calendar: Calendar,
  standstillCalendar: Calendar,
): StartBy {
  const steps: StartByStep[] = []
  let day = coverFrom
  const back = (
    name: StartByStep['name'],
    amount: number,
    unit: StartByStep['unit'],
    from: CivilDate,
  ) => {
    if (amount > 0) steps.unshift({ name, amount, unit, from, to: day })
    day = from
  }
  const { route } = lead
  back('mobilisation', lead.mobilisationDays, 'days', addDays(day, -lead.mobilisationDays))
  back(
    'approval',
    lead.approvalDays,
    'working days',
    addWorkingDays(day, -lead.approvalDays, calendar),
  )
  const wait =
    route.standstillDays +
    (route.standstillFrom === 'day-after' && route.standstillDays > 0 ? 1 : 0)
  back(
    'standstill',
    route.standstillDays,
    'working days',
    addWorkingDays(day, -wait, standstillCalendar),
  )
  back('procedure', route.leadDays, 'days', addDays(day, -route.leadDays))
  return { on: workingDayOnOrBefore(day, calendar), steps }
}

// Which routes to a new contract still fit on a day, and from when on none does.

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
