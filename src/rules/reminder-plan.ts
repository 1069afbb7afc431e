/** Which reminders a contract gets on a day, and on which day it has to be looked at next. */
import {
  addDays,
  asCivilDate,
  type CivilDate,
  daysBetween,
  dayText,
  earlier,
  earliestOf,
  later,
} from './civil-date.ts'
import {
  type Contract,
  type DeadlineKind,
  isEnd,
  leadsNothing,
  severity,
  URGENT_DAYS,
} from './contract.ts'
import { type Deadline, isBelow, isWithinTerm, rollsOften } from './deadlines.ts'
import {
  type DatedSchedule,
  datedSchedule,
  type ReminderDay,
  type ReminderSchedule,
  remindersAround,
  remindersFrom,
} from './reminder-schedule.ts'
import type { Rules } from './settings.ts'
import { addWorkingDays, type Calendar, isWorkingDay, workingDayOnOrAfter } from './working-days.ts'

// What to warn of on a day, and why the rest is silent: the decision that the sweep carries out,
// that `explain` tells and that `simulate` replays.
//
// One lead deadline for each contract: the earliest that still has reminders. It is warned of, and its
// message lists the others; from 30 days on every deadline but a start-by is warned of, whichever leads. A review never leads over another date: it may repeat for years, and would hide them.

/** A reminder to raise today. */
export interface DueReminder {
  readonly deadline: Deadline
  readonly rung: number
  /** Reminders before this one that nobody was told of. */
  readonly skipped: { readonly from: number; readonly to: number } | null
  /** Why the deputy has to hear of it as well; null where the owner's turn is enough. */
  readonly escalates: 'day-reached' | 'no-answer' | null
  /** Only the thread of what was told before hears of it. */
  readonly inThread: boolean
}
/** An acknowledgement or a snooze that has run out. */
export interface AskAgain {
  readonly deadline: Deadline
  readonly was: 'acknowledged' | 'snoozed'
}
interface SilentDeadline {
  readonly kind: DeadlineKind
  readonly on: CivilDate
  readonly why: string
}
export interface Plan {
  readonly raise: readonly DueReminder[]
  readonly askAgain: readonly AskAgain[]
  /** Worded when it is asked for: a sweep and a replay never do. */
  readonly silent: readonly SilentDeadline[]
  /** The next civil day on which this contract has to be looked at; null where none is in sight. */
  readonly nextCheckOn: CivilDate | null
}

/** From so many days before on, ends, notices, options and reviews are warned of whichever leads. */
export const ALWAYS_SPEAKS_FROM = 30

/**
 * The plan for one contract on one day. The same facts and day always give the same plan. Whoever
 * asks about many days hands in the dated schedules, so that they are counted once.
 */
export function planWarnings(
  monitored: MonitoredContract,
  today: CivilDate,
  rules: Rules,
  datedSchedules: readonly DatedSchedule[] = datedSchedulesOf(
    monitored.deadlines,
    monitored.contract,
    rules,
  ),
): Plan {
  const why = quietAltogether(monitored)
  if (why !== null) {
    const silent = monitored.deadlines.map(({ kind, on }) => ({ kind, on, why }))
    return { raise: [], askAgain: [], silent, nextCheckOn: null }
  }
  const standings = standingsOf(monitored, today, datedSchedules)
  const leadOn = standings.find(takesLead)?.deadline.on ?? null
  const raise: DueReminder[] = []
  const askAgain: AskAgain[] = []
  const quiet: Quiet[] = []
  for (const status of standings) {
    const verdict = judge(status, leadOn, standings, monitored, today, rules)
    if (verdict.askAgain) askAgain.push(verdict.askAgain)
    if (verdict.raise) raise.push(verdict.raise)
    else if (!verdict.askAgain) quiet.push({ status, because: verdict.because })
  }
  if (raise.length + askAgain.length > 0 && !isWorkingDay(today, rules.calendar)) {
    const due = [...raise, ...askAgain].map(({ deadline }) => deadline)
    const nextCheckOn = workingDayOnOrAfter(today, rules.calendar)
    return new Decided([], [], nextCheckOn, () => [
      ...silences(quiet, monitored),
      ...notWorking(due, today),
    ])
  }
  const nextCheckOn = nextCheck(standings, monitored, today)
  return new Decided(raise, askAgain, nextCheckOn, () => silences(quiet, monitored))
}

/** A plan that words why deadlines stay silent only when asked: making those words takes most of its time. */
class Decided implements Plan {
  readonly raise: readonly DueReminder[]
  readonly askAgain: readonly AskAgain[]
  readonly nextCheckOn: CivilDate | null
  readonly #silences: () => readonly SilentDeadline[]
  constructor(
    raise: readonly DueReminder[],
    askAgain: readonly AskAgain[],
    nextCheckOn: CivilDate | null,
    silences: () => readonly SilentDeadline[],
  ) {
    this.raise = raise
    this.askAgain = askAgain
    this.nextCheckOn = nextCheckOn
    this.#silences = silences
  }
  get silent(): readonly SilentDeadline[] {
    return this.#silences()
  }
}

function standingsOf(
  monitored: MonitoredContract,
  today: CivilDate,
  datedSchedules: readonly DatedSchedule[],
): readonly DeadlineStatus[] {
  const standings: DeadlineStatus[] = []
  for (const [at, deadline] of monitored.deadlines.entries()) {
    const climb = datedSchedules[at]
    if (climb !== undefined) standings.push(standingOf(deadline, climb, monitored, today))
  }
  return standings
}

/** The first civil day on which a contract may have something to say, past ones included. */
export function firstCheckOn(monitored: MonitoredContract, rules: Rules): CivilDate | null {
  return planWarnings(monitored, BEFORE_ALL, rules).nextCheckOn
}

function quietAltogether(monitored: MonitoredContract): string | null {
  if (monitored.contract.closed) return 'the contract is closed'
  if (monitored.contract.historic) return 'the contract ended long before it was first seen'
  return monitored.watched ? null : 'somebody switched the watch of this contract off'
}

interface Judgement {
  readonly raise: DueReminder | null
  readonly askAgain: AskAgain | null
  readonly because: Because
}
type Because =
  | 'spoken'
  | 'settled'
  | 'ended'
  | 'paused'
  | 'no-rung'
  | 'told-before'
  | 'earlier-speaks'
  | 'listed'
  | 'held'
  | 'only-planned'

function judge(
  status: DeadlineStatus,
  leadOn: CivilDate | null,
  standings: readonly DeadlineStatus[],
  monitored: MonitoredContract,
  today: CivilDate,
  rules: Rules,
): Judgement {
  const { deadline, passed, pause, lastReminder } = status
  if (deadline.settled !== null) return quietly('settled')
  if (deadline.mootAfter !== null && today > deadline.mootAfter) return quietly('ended')
  if (pause !== null && today < pause.until) return quietly('paused')
  const askAgain = pause === null ? null : { deadline, was: pause.was }
  if (passed === null) return quietly('no-rung', askAgain)
  if (isOnlyPlanned(deadline, lastReminder, today)) return quietly('only-planned', askAgain)
  if (lastReminder !== null && passed.rung >= lastReminder) return quietly('told-before', askAgain)
  const close = speaksAnyway(deadline, passed.rung)
  if (!close && !deadline.missed && leadOn !== null && leadOn < deadline.on) {
    return quietly('earlier-speaks', askAgain)
  }
  if (!close && listedBefore(status, passed, standings)) return quietly('listed', askAgain)
  if (
    monitored.laddersFrom !== null &&
    today < monitored.laddersFrom &&
    !startsAtOnce(deadline, passed.rung, today)
  ) {
    return quietly('held', askAgain)
  }
  const skipped = skippedReminders(status, passed, standings)
  return {
    raise: {
      deadline,
      rung: passed.rung,
      skipped,
      // A reminder that it replaces may have been one for the channel.
      inThread: passed.inThread === true && skipped === null && lastReminder !== null,
      escalates: reachesDay(passed.rung, lastReminder)
        ? 'day-reached'
        : isUnanswered(status, passed.rung, rules)
          ? 'no-answer'
          : null,
    },
    askAgain,
    because: 'spoken',
  }
}

/**
 * A day on an assumed route that had passed before anybody was told of it plans and does not alarm:
 * the weekly summary asks for the route, and the end leads.
 */
function isOnlyPlanned(
  { assumed, latest }: Deadline,
  lastReminder: number | null,
  today: CivilDate,
): boolean {
  return assumed === true && lastReminder === null && today > latest
}

function quietly(because: Because, askAgain: AskAgain | null = null): Judgement {
  return { raise: null, askAgain, because }
}

interface Quiet {
  readonly status: DeadlineStatus
  readonly because: Because
}

function silences(quiet: readonly Quiet[], monitored: MonitoredContract): SilentDeadline[] {
  return quiet.map(({ status, because }) => {
    const { kind, on } = status.deadline
    return { kind, on, why: silenceText(because, status, monitored) }
  })
}

function notWorking(due: readonly Deadline[], today: CivilDate): SilentDeadline[] {
  const why = `nothing is sent on a non-working day (${dayText(today)})`
  return due.map(({ kind, on }) => ({ kind, on, why }))
}

function silenceText(
  because: Because,
  { deadline, next, pause, lastReminder, lastRaisedOn }: DeadlineStatus,
  { laddersFrom }: MonitoredContract,
): string {
  const upcoming = next === null ? 'there is none to come' : `the next is on ${dayText(next.on)}`
  switch (because) {
    case 'spoken':
      return ''
    case 'settled':
      return deadline.settled?.why ?? ''
    case 'ended':
      if (deadline.kind === 'renewal') return 'the day for a notice has passed'
      return deadline.kind === 'call-off-by'
        ? 'the framework takes no call-offs any more, or the contract has ended'
        : `the contract's end has passed`
    case 'paused':
      return pause === null
        ? ''
        : `${pause.was}: it is asked about again on ${dayText(pause.until)}`
    case 'no-rung':
      return `no reminder is due yet: ${upcoming}`
    case 'told-before':
      return lastRaisedOn === null
        ? ''
        : `the reminder ${Math.abs(lastReminder ?? 0)} days ${(lastReminder ?? 0) < 0 ? 'after' : 'before'} was raised on ${dayText(lastRaisedOn)}: ${upcoming}`
    case 'earlier-speaks':
      return `an earlier deadline of this contract speaks for it`
    case 'listed':
      return `it was listed while an earlier deadline spoke: ${upcoming}`
    case 'only-planned':
      return 'its route is assumed, and the day had passed before it was told of: the weekly summary asks for the route'
    case 'held':
      return laddersFrom === null
        ? ''
        : `ladders start on ${dayText(laddersFrom)}, unless triage is confirmed before`
  }
}

/**
 * The reminder of the day itself, or the first after it where somebody had been told before: one that
 * was first seen when its day was long past surprises nobody's deputy. A pause would have kept it
 * silent, so that nobody is on it.
 */
function reachesDay(reminder: number, lastReminder: number | null): boolean {
  return reminder === 0 || (reminder < 0 && lastReminder !== null && lastReminder > 0)
}

/** The first word after the day on which it was asked whether the service is still supplied. */
function isUnanswered(
  { deadline, lastReminder }: DeadlineStatus,
  reminder: number,
  rules: Rules,
): boolean {
  if (!isEnd(deadline.kind)) return false
  const dayAfter = addDays(deadline.latest, 1)
  const asked = [dayAfter, workingDayOnOrAfter(dayAfter, rules.calendar)]
  return (
    lastReminder !== null &&
    reminder < lastReminder &&
    asked.some((day) => lastReminder === daysBetween(day, deadline.on))
  )
}

/** Why the deputy and the escalation channel are told as well; null where they are not. */
export type Escalation = 'day-reached' | 'no-answer' | 'ran-out'

/**
 * A day that came with nobody on it, a question that nobody answered, or an acknowledgement that
 * ran out. A snooze says until when: that it ends is no surprise. Where somebody has answered that
 * a contract is supplied without cover, its question is answered.
 */
export function escalationOf(
  plan: {
    readonly raise: readonly Pick<DueReminder, 'escalates'>[]
    readonly askAgain: readonly Pick<AskAgain, 'was'>[]
  },
  outOfContract: boolean,
): Escalation | null {
  const why = plan.raise.flatMap(({ escalates }) => escalates ?? [])
  if (why.includes('day-reached')) return 'day-reached'
  if (why.includes('no-answer') && !outOfContract) return 'no-answer'
  return plan.askAgain.some(({ was }) => was === 'acknowledged') ? 'ran-out' : null
}

/**
 * Whether only the thread is to hear of it on that day: every second week after an end, and what is
 * asked again once the end has passed. The channel hears of both in the weeks between.
 */
export function isForThreadAlone(
  { raise, askAgain }: Pick<Plan, 'raise' | 'askAgain'>,
  day: CivilDate,
): boolean {
  return (
    raise.every(({ inThread }) => inThread) &&
    askAgain.every(({ deadline }) => isEnd(deadline.kind) && deadline.latest < day)
  )
}

/** All but start-bys when they are near; a question that is asked once whenever it is. */
function speaksAnyway({ kind }: Deadline, reminder: number): boolean {
  return kind === 'renewal' || (kind !== 'start-by' && reminder <= ALWAYS_SPEAKS_FROM)
}

/**
 * After a first import only what is near is told before triage: 30 days either way, or the reminder
 * of 30 days reached (a weekend may bring it forward).
 */
function startsAtOnce(deadline: Deadline, reminder: number, today: CivilDate): boolean {
  if (deadline.kind === 'start-by' || deadline.kind === 'review') return false
  const near =
    daysBetween(today, deadline.on) <= ALWAYS_SPEAKS_FROM || reminder <= ALWAYS_SPEAKS_FROM
  return near && daysBetween(deadline.latest, today) <= ALWAYS_SPEAKS_FROM
}

/**
 * Never later than anything that may have to be told: looking too early costs a glance, looking
 * too late loses a warning.
 */
function nextCheck(
  standings: readonly DeadlineStatus[],
  monitored: MonitoredContract,
  today: CivilDate,
): CivilDate | null {
  let first: CivilDate | null = null
  const check = (day: CivilDate | null) => {
    if (day !== null && day > today) first = first === null ? day : earlier(first, day)
  }
  const { laddersFrom } = monitored
  check(laddersFrom)
  for (const { deadline, next, pause, canSpeak, lastReminder } of standings) {
    // Whatever is said of one notice before an anniversary, the next one follows it.
    if (isWithinTerm(deadline)) check(addDays(deadline.on, 1))
    if (deadline.settled !== null) continue
    if (isOnlyPlanned(deadline, lastReminder, today)) continue
    // Untold on its day, it leaves its place to the next.
    if (deadline.assumed === true && lastReminder === null) check(addDays(deadline.latest, 1))
    check(next?.on ?? null)
    check(pause?.until ?? null)
    // A notice that passes unheard may renew the contract by itself.
    if (deadline.kind === 'notice' && !deadline.missed) check(addDays(deadline.latest, 1))
    // When its schedule and its day are past, the next deadline leads.
    if (canSpeak && next === null) check(addDays(deadline.latest, 1))
    if (laddersFrom !== null) {
      const near = addDays(deadline.on, -ALWAYS_SPEAKS_FROM)
      if (near < laddersFrom) check(near)
    }
  }
  return first
}

// How long an acknowledgement keeps a warning quiet.

const PAUSE_DAYS = 14
const URGENT_PAUSE_WORKING_DAYS = 2

/**
 * The day on which an acknowledged warning is asked about again: after 14 days, or when its deadline
 * gets urgent if that is sooner, but after two working days at the least. A word given eight days
 * before an end must not keep the end itself quiet.
 */
export function quietUntil(today: CivilDate, deadlineOn: CivilDate, calendar: Calendar): CivilDate {
  const least = addWorkingDays(today, URGENT_PAUSE_WORKING_DAYS, calendar)
  const urgency = severity(daysBetween(today, deadlineOn))
  if (urgency === 'urgent' || urgency === 'overdue') return least
  return later(least, earlier(addDays(today, PAUSE_DAYS), addDays(deadlineOn, -URGENT_DAYS)))
}

/** For longer than this nobody snoozes: it is a decision, and wants its evidence. */
const SNOOZE_DAYS = 366

/** The last day until which a contract's warnings may be snoozed, and what makes it the last. */
export interface SnoozeLimit {
  readonly until: CivilDate
  readonly why: string
}

/**
 * 366 days off, or the contract's next deadline if that is sooner: the earliest to come of those
 * that are open, whether it has warned yet or not.
 */
export function snoozeLimit(
  today: CivilDate,
  open: readonly Pick<Deadline, 'kind' | 'on'>[],
): SnoozeLimit {
  const [next] = open.filter(({ on }) => on > today).sort((a, b) => (a.on < b.on ? -1 : 1))
  const until = addDays(today, SNOOZE_DAYS)
  if (next === undefined || next.on > until) {
    return { until, why: `${SNOOZE_DAYS} days from today` }
  }
  return { until: next.on, why: `the day of its next deadline (${next.kind})` }
}

// How one deadline stands on a day: the reminders around it, its alerts, whether it may be warned of.

interface DeadlineStatus {
  readonly deadline: Deadline
  readonly dated: DatedSchedule
  /** The last reminder reached, told or not, and the first one to come. */
  readonly passed: ReminderDay | null
  readonly next: ReminderDay | null
  /** Whether it may lead: it is open, and its schedule or its day is to come. */
  readonly canSpeak: boolean
  /** Of the alerts of this very deadline: the smallest reminder with its day, and the day of the first. */
  readonly lastReminder: number | null
  readonly lastRaisedOn: CivilDate | null
  readonly firstRaisedOn: CivilDate | null
  readonly pause: Pause | null
}
interface Pause {
  readonly until: CivilDate
  readonly was: 'acknowledged' | 'snoozed'
}

function standingOf(
  deadline: Deadline,
  dated: DatedSchedule,
  monitored: MonitoredContract,
  today: CivilDate,
): DeadlineStatus {
  const { passed, next } = remindersAround(dated, today)
  // Whether the last reminder was told makes no difference: another would lead within a day, and
  // a second sweep would tell what the first one kept back.
  const hasMore = next !== null || (passed !== null && today <= deadline.latest)
  const told = toldOf(deadline, monitored)
  const planned = isOnlyPlanned(deadline, told.lastReminder, today)
  const canSpeak = deadline.settled === null && !deadline.missed && hasMore && !planned
  return { deadline, dated, passed, next, canSpeak, ...told }
}

/** Whether it may be the lead deadline. */
function takesLead({ canSpeak, deadline }: DeadlineStatus): boolean {
  return canSpeak && !leadsNothing(deadline.kind)
}

/** A small contract is told of within its last so many days, whatever its schedule. */
const NEAR = 7

/** How each of these deadlines is climbed, in their order. */
export function datedSchedulesOf(
  deadlines: readonly Deadline[],
  contract: Contract,
  rules: Rules,
): readonly DatedSchedule[] {
  return deadlines.map((deadline) => {
    const { on, latest, mootAfter } = deadline
    const span = { deadline: on, latest, notBefore: contract.start, notAfter: mootAfter }
    return datedSchedule(scheduleFor(deadline, contract, rules), span, rules.calendar)
  })
}

/**
 * The schedule of a deadline: shorter for a small value, one word for a missed notice, and for the
 * notice of a contract that rolls every month.
 */
export function scheduleFor(
  deadline: Pick<Deadline, 'kind' | 'missed'>,
  contract: Contract,
  rules: Rules,
): ReminderSchedule {
  if (deadline.missed) return { before: [], afterwards: 'once' }
  if (deadline.kind === 'notice' && rollsOften(contract, rules)) {
    return { before: [NEAR], afterwards: 'nothing' }
  }
  const schedule = rules.ladders[deadline.kind]
  if (deadline.kind === 'renewal' || !isBelow(contract, rules.smallValue)) return schedule
  const before = schedule.before.filter((reminder) => rules.smallRungs.includes(reminder))
  // A schedule of one's own may have none of these days near its deadline: it is kept whole then.
  return before.some((reminder) => reminder <= NEAR) ? { ...schedule, before } : schedule
}

function toldOf(
  deadline: Deadline,
  monitored: MonitoredContract,
): Pick<DeadlineStatus, 'lastReminder' | 'lastRaisedOn' | 'firstRaisedOn' | 'pause'> {
  let lastReminder: number | null = null
  let lastRaisedOn: CivilDate | null = null
  let firstRaisedOn: CivilDate | null = null
  let pause: Pause | null = null
  for (const alert of monitored.alerts) {
    if (alert.kind !== deadline.kind || alert.deadlineOn !== deadline.on) continue
    if (lastReminder === null || alert.rung < lastReminder) {
      lastReminder = alert.rung
      lastRaisedOn = alert.raisedOn
    }
    if (firstRaisedOn === null || alert.raisedOn < firstRaisedOn) firstRaisedOn = alert.raisedOn
    const { state, pausedUntil } = alert
    if (pausedUntil === null || (state !== 'acknowledged' && state !== 'snoozed')) continue
    if (pause === null || pausedUntil > pause.until) pause = { until: pausedUntil, was: state }
  }
  return { lastReminder, lastRaisedOn, firstRaisedOn, pause }
}

/**
 * Whether an earlier deadline of the contract has listed this one since the reminder fell, or while it
 * fell: its messages name the contract's other dates with the days left.
 */
function listedBefore(
  status: DeadlineStatus,
  reminder: ReminderDay,
  standings: readonly DeadlineStatus[],
): boolean {
  return standings.some((other) => {
    if (other === status || other.deadline.on >= status.deadline.on) return false
    if (leadsNothing(other.deadline.kind)) return false
    if (other.firstRaisedOn === null) return false
    const quietOn =
      other.deadline.settled?.on ?? (other.canSpeak ? null : (other.passed?.on ?? null))
    return quietOn === null || reminder.on <= quietOn
  })
}

/**
 * The reminders before this one that nobody was told of, from the earliest to the last: not those
 * that an earlier deadline's message listed, nor those that somebody had paused.
 */
function skippedReminders(
  status: DeadlineStatus,
  reached: ReminderDay,
  standings: readonly DeadlineStatus[],
): { readonly from: number; readonly to: number } | null {
  const { dated, lastReminder, pause } = status
  let from: number | null = null
  let to = 0
  const near = lastReminder === null ? BEFORE_ALL : addDays(dated.span.deadline, -lastReminder)
  const reminders = reached.rung >= 0 ? dated.before : remindersFrom(dated, near)
  for (const reminder of reminders) {
    if (reminder.on >= reached.on) break
    if (lastReminder !== null && reminder.rung >= lastReminder) continue
    if (pause !== null && reminder.on < pause.until) continue
    if (listedBefore(status, reminder, standings)) continue
    from ??= reminder.rung
    to = reminder.rung
  }
  return from === null ? null : { from, to }
}

/** Before every deadline, with room to count back from it. */
const BEFORE_ALL = asCivilDate('0001-06-01')

// A contract as the watch holds it: its facts, what follows from them, what was told already.

/** An alert that was raised before and still counts: superseded ones are left out. */
export interface RaisedAlert {
  readonly kind: DeadlineKind
  readonly deadlineOn: CivilDate
  readonly rung: number
  readonly raisedOn: CivilDate
  readonly state: 'open' | 'acknowledged' | 'snoozed' | 'closed'
  readonly pausedUntil: CivilDate | null
}

export interface MonitoredContract {
  readonly contract: Contract
  readonly deadlines: readonly Deadline[]
  readonly alerts: readonly RaisedAlert[]
  /** Schedules are held until this day after a first import; null where they are not. */
  readonly laddersFrom: CivilDate | null
  readonly watched: boolean
}

// Umbrella agreements: whom one covers on a day, and until when.

/** An organisation's days under an umbrella; null where those are the umbrella's own. */
export interface Membership {
  readonly from: CivilDate | null
  readonly to: CivilDate | null
  /** The days as the list of members has them, where they could not be read. */
  readonly unread: string | null
}

/** The umbrella's own days; its end may be known to a month alone, or not at all. */
interface UmbrellaDays {
  readonly start: CivilDate | null
  readonly earliest: CivilDate | null
  readonly latest: CivilDate | null
}

/**
 * Why a member is not covered: its days were not understood, it joins after the end, the umbrella has
 * ended or has not begun, it has left, or has not joined.
 */
export type NotCovered = 'unread' | 'never' | 'ended' | 'left' | 'not-begun' | 'not-joined'

/** Null where it is covered on that day. What was not understood counts as no cover. */
export function notCovered(
  { from, to, unread }: Membership,
  { start, latest }: UmbrellaDays,
  day: CivilDate,
): NotCovered | null {
  if (unread !== null) return 'unread'
  if (from !== null && latest !== null && from > latest) return 'never'
  if (latest !== null && day > latest) return 'ended'
  if (to !== null && day > to) return 'left'
  if (start !== null && day < start) return 'not-begun'
  return from !== null && day < from ? 'not-joined' : null
}

/** The last day that is surely covered: its own, or the earliest that the umbrella's end may mean. */
export function lastCovered(
  { to }: Pick<Membership, 'to'>,
  { earliest }: Pick<UmbrellaDays, 'earliest'>,
): CivilDate | null {
  return earliestOf(to, earliest)
}

/**
 * The latest last day of cover that members are told of on this working day: as far ahead as the
 * first reminder of the umbrella's end, which moves to the working day before as every reminder does.
 */
export function toldUntil(
  day: CivilDate,
  kind: Deadline['kind'],
  contract: Contract,
  rules: Rules,
  calendar: Calendar,
): CivilDate {
  const first = Math.max(0, ...scheduleFor({ kind, missed: false }, contract, rules).before)
  return addDays(addWorkingDays(day, 1, calendar), first - 1)
}
