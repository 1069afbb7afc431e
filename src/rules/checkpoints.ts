/**
 * A procurement under way: the steps of the count become checkpoints, each with a day on which it is
 * asked about. One that slips moves those that come after it, as far as they have no room left.
 */
import { addDays, type CivilDate, daysBetween, later } from './civil-date.ts'
import { isProviderSelection, type Route } from './procurement-routes.ts'
import type { Rules } from './settings.ts'
import {
  type ReplacementRoute,
  standstillCalendarOf,
  standstillEnds,
  startByRoute,
} from './start-by.ts'
import { lastOfWorkingDays, workingDayOnOrAfter, workingDayOnOrBefore } from './working-days.ts'

export const CHECKPOINT_NAMES = [
  'publication',
  'award',
  'standstill-ends',
  'approval',
  'signature',
  'mobilisation',
] as const
/** In the order in which they come: mobilisation is over when the new contract can begin. */
export type CheckpointName = (typeof CHECKPOINT_NAMES)[number]

export interface Checkpoint {
  readonly name: CheckpointName
  /** The day by which it is done. */
  readonly on: CivilDate
}

/**
 * The checkpoints of a procurement that was decided on a day. In time they stand on the last safe
 * days of the count back from `coverFrom`; too late, each as early as the lead times allow.
 */
export function plannedCheckpoints(
  coverFrom: CivilDate,
  decidedOn: CivilDate,
  route: Route,
  rules: Rules,
): Checkpoint[] {
  const { on, steps } = startByRoute(coverFrom, route, rules)
  if (decidedOn > on) {
    const begun = { name: 'publication', on: decidedOn } as const
    return [begun, ...afterwards(begun, route, rules)].filter(({ name }) =>
      isOf(name, route, rules),
    )
  }
  const stepEnd = (name: string) => steps.find((each) => each.name === name)?.to
  const awarded = stepEnd('procedure') ?? on
  const signable = stepEnd('approval') ?? stepEnd('standstill') ?? awarded
  const before = (day: CivilDate) => workingDayOnOrBefore(day, rules.calendar)
  const dates: Readonly<Record<CheckpointName, CivilDate>> = {
    publication: on,
    award: before(awarded),
    'standstill-ends': workingDayOnOrBefore(
      addDays(stepEnd('standstill') ?? awarded, -1),
      standstillCalendarOf(route, rules.standstillCalendar),
    ),
    approval: before(addDays(signable, -1)),
    signature: before(signable),
    mobilisation: addDays(coverFrom, -1),
  }
  return CHECKPOINT_NAMES.filter((name) => isOf(name, route, rules)).map((name) => ({
    name,
    on: dates[name],
  }))
}

/** The later checkpoints, where this one is done on that day and each takes its lead time. */
function afterwards(from: Checkpoint, route: Route, rules: Rules): Checkpoint[] {
  const next: Checkpoint[] = []
  let last = from
  for (const name of CHECKPOINT_NAMES.slice(CHECKPOINT_NAMES.indexOf(from.name) + 1)) {
    if (!isOf(name, route, rules)) continue
    last = { name, on: followingDay(name, last, route, rules) }
    next.push(last)
  }
  return next
}

/**
 * The checkpoints after one of them moved to a day: the later ones follow where they have to, and
 * stay where there is room. The earlier ones are left as they are.
 */
export function slipped(
  checkpoints: readonly Checkpoint[],
  moved: Checkpoint,
  route: Route,
  rules: Rules,
): Checkpoint[] {
  const earliest = new Map(afterwards(moved, route, rules).map((each) => [each.name, each.on]))
  return checkpoints.map((each) => {
    if (each.name === moved.name) return moved
    const day = earliest.get(each.name)
    return day === undefined ? each : { ...each, on: later(each.on, day) }
  })
}

/** The first day on which the new contract can begin: the day after the last checkpoint, at a signature that day. */
export function beginsOn(checkpoints: readonly Checkpoint[]): CivilDate | null {
  const last = checkpoints.at(-1)
  if (last === undefined) return null
  return last.name === 'mobilisation' ? addDays(last.on, 1) : last.on
}

/** Days without cover, from the day it is needed to the day before the new contract can begin. */
export function gapDays(coverFrom: CivilDate, begins: CivilDate): number {
  return Math.max(0, daysBetween(coverFrom, begins))
}

/** A direct award or a request for quotes begins with no publication; what takes no time is no step. */
function isOf(name: CheckpointName, route: Route, rules: Rules): boolean {
  switch (name) {
    case 'publication':
      return !STARTS_UNPUBLISHED.has(route.name)
    case 'standstill-ends':
      return route.standstillDays > 0
    case 'approval':
      return rules.approvalDays > 0
    case 'mobilisation':
      return rules.mobilisationDays > 0
    default:
      return true
  }
}

function followingDay(
  name: CheckpointName,
  { name: before, on }: Checkpoint,
  route: Route,
  rules: Rules,
): CivilDate {
  const { calendar, standstillCalendar } = rules
  switch (name) {
    case 'publication':
      return on
    case 'award':
      return workingDayOnOrAfter(addDays(on, route.leadDays), calendar)
    case 'standstill-ends':
      return standstillEnds(on, route, standstillCalendarOf(route, standstillCalendar))
    case 'approval': {
      // It begins when the standstill is over, or with the award itself where there is none.
      const first = before === 'standstill-ends' ? addDays(on, 1) : on
      return lastOfWorkingDays(first, rules.approvalDays, calendar)
    }
    case 'signature':
      // The day after the approval; the same day where that is followed by a weekend, also where the
      // approval itself was put off to a day on which nobody works.
      return before === 'award' ? on : later(on, workingDayOnOrBefore(addDays(on, 1), calendar))
    case 'mobilisation':
      return addDays(on, rules.mobilisationDays - 1)
  }
}

/** Which decisions start a procurement, told by how they begin; null for the others. */
export function procurementDecided(text: string): 'compete' | 'call-off' | 'award' | null {
  const said = text.trim().toLowerCase()
  if (/^(?:to )?(?:compete\b|competition\b|(?:re-?)?tender\b|(?:re-?)?procure\b)/.test(said))
    return 'compete'
  if (/^(?:to )?(?:call[ -]?off\b|mini-?competition\b)/.test(said)) return 'call-off'
  return /^(?:to )?(?:award\b|direct(?:ly)? award\b|direct-award\b)/.test(said) ? 'award' : null
}

/** The route by which it is bought: the recorded one where it fits the decision, else the usual one. */
export function routeOfDecision(
  decided: 'compete' | 'call-off' | 'award',
  recorded: Pick<ReplacementRoute, 'route' | 'assumed'>,
  { routes }: Pick<Rules, 'routes'>,
): Route {
  const { route } = recorded
  const fits = {
    compete: !DIRECT.has(route.name),
    'call-off': route.name === 'mini-competition' || route.name === 'framework-direct-award',
    award: DIRECT.has(route.name),
  }[decided]
  if (fits && (!recorded.assumed || decided === 'compete')) return route
  // Health care services stay under the regime that they were bought by.
  const health = isProviderSelection(route.name) && decided !== 'call-off'
  const usual = health
    ? { compete: 'psr-competitive', award: 'psr-direct-award-c' }[decided]
    : decided === 'compete'
      ? 'open'
      : 'framework-direct-award'
  return routes.find(({ name }) => name === usual) ?? route
}
const DIRECT: ReadonlySet<string> = new Set([
  'framework-direct-award',
  'direct-award',
  'urgent-direct-award',
  'psr-direct-award-a',
  'psr-direct-award-b',
  'psr-direct-award-c',
  'psr-urgent-award',
])
const STARTS_UNPUBLISHED: ReadonlySet<string> = new Set([
  ...DIRECT,
  'quotes',
  'urgent-direct-award',
])
