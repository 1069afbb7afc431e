/** The last safe day to start buying a replacement, counted back from the day it must be in force. */

import { addDays, type CivilDate, daysBetween, earlier } from './civil-date.ts'
import type { Contract, End, Regime } from './contract.ts'
import { countsOptions, estimatedValue } from './estimated-value.ts'
import { type Threshold, thresholdOn } from './legal-figures.ts'
import { asDecimal, canonical, type Decimal, isLess } from './money.ts'
import {
  isDirectAwardOfPsr,
  isFramework,
  isProviderSelection,
  isSpecialDirectAward,
  isUrgentAwardOfPsr,
  type Route,
  type RouteBand,
} from './procurement-routes.ts'
import { nationOf, regimeOf, subjectOf } from './regime.ts'
import type { Rules } from './settings.ts'
import { compare, folded } from './text-match.ts'
import {
  addWorkingDays,
  type Calendar,
  isUkCalendar,
  lastOfWorkingDays,
  ukCalendar,
  workingDayOnOrBefore,
} from './working-days.ts'

interface LeadTimes {
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
  back(
    'standstill',
    route.standstillDays,
    'working days',
    latestNotice(day, route, standstillCalendarOf(route, standstillCalendar)),
  )
  back('procedure', route.leadDays, 'days', addDays(day, -route.leadDays))
  return { on: workingDayOnOrBefore(day, calendar), steps }
}

/**
 * The last day of the standstill after an award notice of this day: see `Standstill`. Without one
 * the day of the notice itself.
 */
export function standstillEnds(
  published: CivilDate,
  { standstillDays, standstill }: Pick<Route, 'standstillDays' | 'standstill'>,
  calendar: Calendar,
): CivilDate {
  if (standstillDays === 0) return published
  return standstill === 'psr'
    ? addWorkingDays(addDays(published, 1), standstillDays, calendar)
    : lastOfWorkingDays(published, standstillDays, calendar)
}

/** The last working day on which the notice can be published, so that the standstill is over before `day`. */
export function latestNotice(
  day: CivilDate,
  route: Pick<Route, 'standstillDays' | 'standstill'>,
  calendar: Calendar,
): CivilDate {
  const { standstillDays } = route
  if (standstillDays === 0) return day
  const first = addWorkingDays(day, -standstillDays, calendar)
  return route.standstill === 'psr' ? workingDayOnOrBefore(addDays(first, -2), calendar) : first
}

/** The provider selection regime counts England's holidays alone (PSR reg 12(12)). */
export function standstillCalendarOf(
  route: Pick<Route, 'standstill'>,
  calendar: Calendar,
): Calendar {
  return route.standstill === 'psr' && isUkCalendar(calendar.name)
    ? ukCalendar('england-and-wales')
    : calendar
}

// The route by which a contract is replaced: the recorded one, else assumed, as a range.

/** A contract as the choice of a route looks at it. */
type ReplacedContract = Pick<Contract, 'route' | 'value' | 'currency' | 'start'> &
  Partial<Omit<Contract, 'start'>>

export interface ReplacementRoute {
  /** To count with: the recorded one, else the slowest that is assumed. */
  readonly route: Route
  /** No route that is known here is recorded. */
  readonly assumed: boolean
  /** The fastest that the organisation uses for such a contract; the route itself where it is recorded. */
  readonly fastest: Route
  /** What is recorded as its route and is none that is known: to be asked about. */
  readonly unread: string | null
  /** What the assumption rests on; null where nothing was assumed, or by the law alone. */
  readonly decidedBy: RouteDecision | null
}

/** The figures that decided: gross against gross. */
interface RouteDecision {
  /** As recorded, for the whole term; null where it is not known: it counts as a large one. */
  readonly gross: Decimal | null
  /** The value was recorded without VAT, or nobody said: the rate of the day was added. */
  readonly vatAdded: boolean
  /** What its options would cost was added: see `countsOptions`. */
  readonly optionsAdded: boolean
  readonly threshold: Threshold | null
}

/** Never replaces a route that is recorded; health care services are never assumed to be tendered openly. */
export function replacementRoute(
  contract: ReplacedContract,
  coverFrom: CivilDate,
  given: Rules,
): ReplacementRoute {
  const rules = rulesFor(contract, given)
  const { routes } = rules
  const named = routes.find(({ name }) => name === contract.route)
  if (named !== undefined) {
    return { route: named, assumed: false, fastest: named, unread: null, decidedBy: null }
  }
  const routeOf = (name: string): Route => {
    const found = routes.find((each) => each.name === name)
    if (found === undefined)
      throw new RangeError(`The route "${name}" of the value bands is not in the table of routes.`)
    return found
  }
  const unread = contract.route
  if (replacedUnder(contract, rules) === 'PSR23') {
    const [route, fastest] = [routeOf('psr-competitive'), routeOf('psr-direct-award-c')]
    return { route, assumed: true, fastest, unread, decidedBy: null }
  }
  const decidedBy = estimatedReplacement(contract, coverFrom, rules)
  const { gross } = decidedBy
  const bands = rules.routeBands ?? bandsBy(decidedBy.threshold)
  const band = bands.findLast(({ from }) => gross === null || !isLess(gross, from)) ?? bands[0]
  const route = routeOf(band?.route ?? 'open')
  return {
    route,
    assumed: true,
    fastest: fastestBeside(contract, route, coverFrom, rules),
    unread,
    decidedBy,
  }
}

/**
 * The routes as they are for such a contract: of a light touch no standstill is mandatory (s.51(3)(f)),
 * so that the voluntary one counts.
 */
export function rulesFor(
  { lightTouch = null }: Pick<ReplacedContract, 'lightTouch'>,
  rules: Rules,
): Rules {
  if (lightTouch !== true) return rules
  const routes = rules.routes.map((each) =>
    each.standstill === 'act' ? withVoluntary(each, rules) : each,
  )
  return { ...rules, routes }
}

function withVoluntary(route: Route, { voluntaryStandstillDays }: Rules): Route {
  return { ...route, standstill: 'voluntary', standstillDays: voluntaryStandstillDays }
}

/** The recorded law; where none is, that of health care services, which are never tendered by the Act. */
export function replacedUnder(
  {
    regime = null,
    category = null,
    start,
  }: Pick<ReplacedContract, 'regime' | 'category' | 'start'>,
  { nation, calendar }: Pick<Rules, 'nation' | 'calendar'>,
): Regime | null {
  const { subject } = subjectOf(category)
  if (regime !== null || subject !== 'health services') return regime
  return regimeOf({ regime, start, nation: nationOf(nation, calendar).nation, subject }).regime
}

/**
 * What the replacement is worth with VAT, and its threshold. When it commences depends on the route:
 * of the days on which an open procedure and quotes would, the lower threshold counts, as quotes
 * begun under a lower one would be none.
 */
export function estimatedReplacement(
  contract: ReplacedContract,
  coverFrom: CivilDate,
  given: Rules,
): RouteDecision {
  const rules = rulesFor(contract, given)
  const by = (name: string) => {
    const route = rules.routes.find((each) => each.name === name)
    const commences = route === undefined ? coverFrom : startByRoute(coverFrom, route, rules).on
    return { commences, threshold: thresholdFor(contract, commences, rules) }
  }
  const [open, quotes] = [by('open'), by('quotes')]
  const amountOf = ({ threshold }: typeof open) => threshold?.amount ?? asDecimal('0')
  return decisionFor(contract, isLess(amountOf(quotes), amountOf(open)) ? quotes : open)
}

/** Null where bands of values decide in its place. */
function thresholdFor(
  { works = null, lightTouch = null }: ReplacedContract,
  commences: CivilDate,
  { authority, routeBands }: Rules,
): Threshold | null {
  if (routeBands !== null) return null
  return thresholdOn(commences, authority, { works, lightTouch, regime: 'PA23' })
}

/** Below the threshold quotes are assumed, from it on an open procedure. */
function bandsBy(threshold: Threshold | null): readonly RouteBand[] {
  const from = Number(threshold?.amount ?? 0)
  return [
    { from: 0, route: 'quotes' },
    { from, route: 'open' },
  ]
}

function decisionFor(
  contract: ReplacedContract,
  { commences, threshold }: { readonly commences: CivilDate; readonly threshold: Threshold | null },
): RouteDecision {
  const { value, vat = 'unknown', valueBasis = 'unknown', currency, start } = contract
  const { awardedEnd = UNDATED, awardedMaximumEnd = null } = contract
  const valued = { value, valueBasis, vat, currency, start, awardedEnd, awardedMaximumEnd }
  const gross = estimatedValue(valued, commences)
  return {
    gross: gross === null ? null : canonical(gross.round(2)),
    vatAdded: vat !== 'gross',
    optionsAdded: gross !== null && countsOptions(valued),
    threshold,
  }
}

const UNDATED: End = { kind: 'undated' }

/** Who mostly tenders uses nothing faster; quotes below the threshold are the fastest themselves. */
function fastestBeside(
  { category = null }: Pick<ReplacedContract, 'category'>,
  route: Route,
  coverFrom: CivilDate,
  rules: Rules,
): Route {
  const ofCategory = rules.usualRouteByCategory?.find(
    (each) => category !== null && folded(each.category) === folded(category),
  )
  const usual = ofCategory?.route ?? rules.usualRoute
  if (route.name === 'quotes' || usual === 'tender') return route
  const calledOff = rules.routes.find(({ name }) => name === 'framework-direct-award')
  if (calledOff === undefined) return route
  const later =
    startByRoute(coverFrom, calledOff, rules).on > startByRoute(coverFrom, route, rules).on
  return later ? calledOff : route
}

// Which routes to a new contract still fit on a day, and from when on none does.

export interface FittingRoute {
  readonly route: string
  /** The last working day to start it, so that the new contract is in force in time. */
  readonly startBy: CivilDate
  /** 0 where it still fits, else by how many days it is too late. */
  readonly shortfallDays: number
}

interface Fits {
  /** Those that still fit first, the slowest of them first; then the others, the nearest first. */
  readonly fits: readonly FittingRoute[]
  /** From this day on even the fastest is too slow: a gap is unavoidable. Null where no route is open. */
  readonly gapUnavoidableFrom: CivilDate | null
}

interface RouteFacts {
  readonly regime: Regime | null
  /** The value of the replacement, with VAT; null where it is unknown. */
  readonly gross: Decimal | null
  readonly threshold: Threshold | null
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
    .filter((route) => isOpenTo(route, facts, rules.routeBands ?? bandsBy(facts.threshold)))
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
  const counted = countedBy(rules, route)
  const known = counted.get(coverFrom)
  if (known !== undefined) return known
  const { mobilisationDays, approvalDays, calendar, standstillCalendar } = rules
  const lead = { route, mobilisationDays, approvalDays }
  const start = startBy(coverFrom, lead, calendar, standstillCalendar)
  if (counted.size >= MOST_COUNTED) counted.clear()
  counted.set(coverFrom, start)
  return start
}

// Contracts share their days: of 100,000 in a register all but some thousand counts are known.
const MOST_COUNTED = 4_000
const COUNTED = new WeakMap<Rules, Map<Route, Map<CivilDate, StartBy>>>()

function countedBy(rules: Rules, route: Route): Map<CivilDate, StartBy> {
  const ofRules = COUNTED.get(rules) ?? new Map<Route, Map<CivilDate, StartBy>>()
  COUNTED.set(rules, ofRules)
  const known = ofRules.get(route)
  if (known !== undefined) return known
  const fresh = new Map<CivilDate, StartBy>()
  // One that is made up for a question is counted, not kept.
  if (rules.routes.includes(route)) ofRules.set(route, fresh)
  return fresh
}

/**
 * The provider selection regime is for health care services alone; quotes are for what lies below
 * the value band above theirs, and never for an unknown value. What is for special cases, such as
 * urgency, is looked at only where it is recorded or asked for.
 */
function isOpenTo(route: Route, facts: RouteFacts, bands: readonly RouteBand[]): boolean {
  if (route.name === facts.route) return true
  if (isSpecialDirectAward(route.name) || isDirectAwardOfPsr(route.name)) return false
  if (isUrgentAwardOfPsr(route.name)) return false
  if (isProviderSelection(route.name) !== (facts.regime === 'PSR23')) return false
  if (route.name !== 'quotes') return true
  const above = bands.find((_, index) => bands[index - 1]?.route === 'quotes')
  return facts.gross !== null && (above === undefined || isLess(facts.gross, above.from))
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

function bySlowness(a: FittingRoute, b: FittingRoute): number {
  const fits = (each: FittingRoute) => each.shortfallDays === 0
  if (fits(a) !== fits(b)) return fits(a) ? -1 : 1
  const sooner = compare(a.startBy, b.startBy)
  return fits(a) ? sooner : -sooner
}
