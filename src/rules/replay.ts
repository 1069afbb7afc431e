/**
 * Days gone through one after another as the sweep would: what would be raised, and when.
 * The same rules as the real sweep, so that `explain` and `simulate` cannot disagree with it.
 */
import {
  addDays,
  type CivilDate,
  daysBetween,
  earlier,
  earliestOf,
  later,
  YEAR_AHEAD,
} from './civil-date.ts'
import { type Contract, currentEnd, type Extension, movesEnd } from './contract.ts'
import { type Deadline, deadlinesOf, isEndCovered, isWithinTerm } from './deadlines.ts'
import {
  type AskAgain,
  type DueReminder,
  datedSchedulesOf,
  planWarnings,
  type RaisedAlert,
} from './reminder-plan.ts'
import { type DatedSchedule, remindersPast } from './reminder-schedule.ts'
import { presumedRenewals } from './renewal.ts'
import type { Rules } from './settings.ts'
import { compare } from './text-match.ts'
import { isWorkingDay, workingDayOnOrAfter } from './working-days.ts'

export interface ReplayFacts {
  /** With all that ever becomes known of it: an extension counts from the day it was known. */
  readonly contract: Contract
  readonly alerts: readonly RaisedAlert[]
  readonly laddersFrom: CivilDate | null
  readonly watched: boolean
  /** From when on its successor counts; null where it was known all along. */
  readonly successorKnownOn: CivilDate | null
}

/** What is told on one day. */
export interface ReplayedDay {
  readonly on: CivilDate
  /** As it is known on that day. */
  readonly contract: Contract
  readonly deadlines: readonly Deadline[]
  readonly raise: readonly DueReminder[]
  readonly askAgain: readonly AskAgain[]
}

/** The days from `from` to `to`, both included, on which something would be told. */
export function* replay(
  facts: ReplayFacts,
  from: CivilDate,
  to: CivilDate,
  rules: Rules,
): Generator<ReplayedDay> {
  let alerts: readonly RaisedAlert[] = facts.alerts
  let presumed: Extension[] = []
  const eventDays = knownDays(facts)
  let known: Known | null = null
  let day: CivilDate | null = from
  while (day !== null && day <= to) {
    const today: CivilDate = day
    // Nothing became known since: the same facts have the same deadlines.
    const stands = known !== null && (known.until === null || today < known.until) ? known : null
    const contract = stands?.contract ?? asKnown(facts, today, presumed)
    // Only a notice date that has passed can have renewed it.
    const mayRenew = stands === null || (stands.noticeOn !== null && stands.noticeOn < today)
    const more = mayRenew ? presumedRenewals(contract, today, rules) : []
    if (more.length > 0) presumed = [...presumed, ...more]
    if (stands === null || more.length > 0) {
      known = knownOn(facts, today, presumed, eventDays, rules)
      alerts = alerts.filter((alert) => isOf(alert, known?.deadlines ?? []))
    }
    const now: Known = known ?? knownOn(facts, today, presumed, eventDays, rules)
    const { deadlines } = now
    // Named one by one: spreading both took a quarter of the time of a replay over ten years.
    const { laddersFrom, watched } = facts
    const seen = { contract: now.contract, deadlines, alerts, laddersFrom, watched }
    const plan = planWarnings(seen, today, rules, now.datedSchedules)
    const { raise, askAgain } = plan
    if (raise.length + askAgain.length > 0) {
      yield { on: today, contract: now.contract, deadlines, raise, askAgain }
    }
    alerts = told(alerts, raise, askAgain, today)
    const checkOn = plan.nextCheckOn === null ? null : later(plan.nextCheckOn, addDays(today, 1))
    day = checkOn === null ? now.until : now.until === null ? checkOn : earlier(checkOn, now.until)
    if (day !== null && isOnlyLapsed(now, alerts, facts, today, rules)) {
      yield* afterLapse(now, day, to)
      return
    }
  }
}

/** What is known from one day until the day before the next on which something becomes known. */
interface Known {
  readonly contract: Contract
  readonly deadlines: readonly Deadline[]
  readonly datedSchedules: readonly DatedSchedule[]
  /** Null where nothing more becomes known. */
  readonly until: CivilDate | null
  /** The notice date after which it would renew by itself; null where it does not. */
  readonly noticeOn: CivilDate | null
}

function knownOn(
  facts: ReplayFacts,
  day: CivilDate,
  presumed: readonly Extension[],
  eventDays: readonly CivilDate[],
  rules: Rules,
): Known {
  const contract = asKnown(facts, day, presumed)
  const deadlines = deadlinesOf(contract, rules, day)
  // After a notice before an anniversary the next one becomes known.
  const passes = deadlines.find(isWithinTerm)
  const until = earliestOf(
    eventDays.find((each) => each > day) ?? null,
    passes === undefined ? null : addDays(passes.on, 1),
  )
  const renews = contract.automaticRenewal === true
  const notice = renews ? deadlines.find(({ kind, missed }) => kind === 'notice' && !missed) : null
  const datedSchedules = datedSchedulesOf(deadlines, contract, rules)
  return { contract, deadlines, datedSchedules, until, noticeOn: notice?.latest ?? null }
}

/**
 * Whether all that is left is an end that has passed: from then on its schedule alone decides, as no
 * other deadline is open, nothing is paused, and nothing more becomes known.
 */
function isOnlyLapsed(
  { contract, deadlines, until }: Known,
  alerts: readonly RaisedAlert[],
  { laddersFrom, watched }: ReplayFacts,
  today: CivilDate,
  rules: Rules,
): boolean {
  if (until !== null || !watched || contract.closed || contract.historic) return false
  // What a day without work held back is still to be told.
  if (!isWorkingDay(today, rules.calendar)) return false
  if (contract.automaticRenewal === true) return false
  if (laddersFrom !== null && today < laddersFrom) return false
  if (alerts.some((alert) => alert.state !== 'open' || alert.pausedUntil !== null)) return false
  const open = deadlines.filter(
    (each) => each.settled === null && (each.mootAfter === null || today <= each.mootAfter),
  )
  const [end] = open
  // A review that is open until the end is no end, and has a last day.
  if (open.length !== 1 || end === undefined || end.mootAfter !== null) return false
  if (today <= end.latest) return false
  // What comes after the question of the day after is told by more than the schedule.
  const asked = workingDayOnOrAfter(addDays(end.latest, 1), rules.calendar)
  return alerts.some(
    (each) =>
      each.kind === end.kind &&
      each.deadlineOn === end.on &&
      each.rung < daysBetween(asked, end.on),
  )
}

/** The reminders of an end that has passed, one after another: the same as day by day, and much quicker. */
function* afterLapse(
  { contract, deadlines, datedSchedules }: Known,
  from: CivilDate,
  to: CivilDate,
): Generator<ReplayedDay> {
  const at = deadlines.findIndex((each) => each.settled === null && each.mootAfter === null)
  const deadline = deadlines[at]
  const climb = datedSchedules[at]
  if (deadline === undefined || climb === undefined) return
  for (const { rung: reminder, on, inThread = false } of remindersPast(climb, from)) {
    if (on > to) return
    if (on < from) continue
    const raise = [{ deadline, rung: reminder, skipped: null, escalates: null, inThread }]
    yield { on, contract, deadlines, raise, askAgain: NOTHING }
  }
}
const NOTHING: readonly never[] = []

interface NextWarning {
  readonly kind: Deadline['kind']
  readonly deadlineOn: CivilDate
  readonly rung: number
  readonly on: CivilDate
}

/** Every reminder to come, by the day on which it will be sent, if nobody does anything, within a year. */
export function comingWarnings(facts: ReplayFacts, today: CivilDate, rules: Rules): NextWarning[] {
  return [...replay(facts, today, addDays(today, YEAR_AHEAD), rules)].flatMap(({ raise, on }) =>
    raise.map(({ deadline, rung }) => ({
      kind: deadline.kind,
      deadlineOn: deadline.on,
      rung,
      on,
    })),
  )
}

/** The first of them for each deadline. */
export function nextWarnings(facts: ReplayFacts, today: CivilDate, rules: Rules): NextWarning[] {
  const next = new Map<string, NextWarning>()
  for (const day of replay(facts, today, addDays(today, YEAR_AHEAD), rules)) {
    for (const { deadline, rung: reminder } of day.raise) {
      const key = `${deadline.kind} ${deadline.on}`
      if (!next.has(key))
        next.set(key, { kind: deadline.kind, deadlineOn: deadline.on, rung: reminder, on: day.on })
    }
    if (day.deadlines.every((each) => each.settled !== null || next.has(`${each.kind} ${each.on}`)))
      break
  }
  return [...next.values()]
}

/** A contract as it was known on a day: see `ReplayFacts`. */
export function asKnownOn(
  contract: Contract,
  day: CivilDate,
  successorKnownOn: CivilDate | null,
): Contract {
  return asKnown({ contract, successorKnownOn }, day, [])
}

/**
 * The ends of a contract that fall within these days, awarded or extended to, and whether something
 * that covers what follows, or a decision about it, was known by each of them.
 */
export function endsWithin(
  contract: Contract,
  { from, to }: { readonly from: CivilDate; readonly to: CivilDate },
): { readonly on: CivilDate; readonly covered: boolean }[] {
  const { awardedEnd } = contract
  if (awardedEnd.kind !== 'dated') return []
  const extended = contract.extensions.filter(movesEnd).map((each) => each.to)
  const ends = [...new Set([awardedEnd.latest, ...extended])].sort(compare)
  return ends
    .filter((on) => on >= from && on <= to)
    .map((on) => {
      const known = asKnownOn(contract, on, null)
      const end = currentEnd(known)
      const earliest = extended.includes(on) ? on : awardedEnd.earliest
      const goesOn = end.kind !== 'dated' || end.latest > on
      return { on, covered: goesOn || isEndCovered(known, earliest) }
    })
}

function asKnown(
  { contract, successorKnownOn }: Pick<ReplayFacts, 'contract' | 'successorKnownOn'>,
  day: CivilDate,
  presumed: readonly Extension[],
): Contract {
  const knowsSuccessor = successorKnownOn === null || successorKnownOn <= day
  return {
    ...contract,
    successorStart: knowsSuccessor ? contract.successorStart : null,
    extensions: [...contract.extensions.filter((each) => knownFrom(each, day)), ...presumed],
    decisions: contract.decisions.filter((each) => each.decidedOn <= day),
  }
}

/**
 * An emergency extension without a date of agreement becomes known on its first day: it is made at
 * the last minute, by definition. Any other one counts as known all along.
 */
function knownFrom(extension: Extension, day: CivilDate): boolean {
  const since = knownSince(extension)
  return since === null || since <= day
}

function knownSince(extension: Extension): CivilDate | null {
  return extension.knownOn ?? (extension.kind === 'emergency' ? extension.from : null)
}

/** Days on which something becomes known, in order. */
function knownDays({ contract, successorKnownOn }: ReplayFacts): CivilDate[] {
  const days = [
    successorKnownOn,
    ...contract.extensions.map(knownSince),
    ...contract.decisions.map((each) => each.decidedOn),
  ].filter((day) => day !== null)
  return days.sort(compare)
}

/** An alert of a date that is gone is superseded, and forgotten. */
function isOf(alert: RaisedAlert, deadlines: readonly Deadline[]): boolean {
  return deadlines.some((each) => each.kind === alert.kind && each.on === alert.deadlineOn)
}

/**
 * The alerts after a day's telling. Of one deadline's open ones the first day and the smallest reminder
 * are all that counts, so that they are kept as one: a contract lapsed for years has hundreds.
 */
function told(
  alerts: readonly RaisedAlert[],
  raise: readonly DueReminder[],
  askAgain: readonly AskAgain[],
  day: CivilDate,
): readonly RaisedAlert[] {
  let now = askAgain.length === 0 ? alerts : alerts.map((alert) => reopened(alert, askAgain))
  for (const { deadline, rung: reminder } of raise) {
    const { kind, on: deadlineOn } = deadline
    const before = now.find(
      (each) =>
        each.kind === kind &&
        each.deadlineOn === deadlineOn &&
        each.state === 'open' &&
        each.pausedUntil === null,
    )
    const raisedOn = before === undefined ? day : earlier(before.raisedOn, day)
    const least = before === undefined ? reminder : Math.min(before.rung, reminder)
    const alert: RaisedAlert = {
      kind,
      deadlineOn,
      rung: least,
      raisedOn,
      state: 'open',
      pausedUntil: null,
    }
    now = [...now.filter((each) => each !== before), alert]
  }
  return now
}

function reopened(alert: RaisedAlert, askAgain: readonly AskAgain[]): RaisedAlert {
  const asked = askAgain.some(
    ({ deadline }) => deadline.kind === alert.kind && deadline.on === alert.deadlineOn,
  )
  return asked && alert.state !== 'closed' ? { ...alert, state: 'open', pausedUntil: null } : alert
}
