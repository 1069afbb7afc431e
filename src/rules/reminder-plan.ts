/** Which reminders a contract gets on a day, and on which day it has to be looked at next. */
import {
  addDays,
  asCivilDate,
  type CivilDate,
  daysBetween,
  dayText,
  earlier,
  later,
} from './civil-date.ts'
import type { Contract } from './contract.ts'
import { type DeadlineKind, severity } from './deadline-kinds.ts'
import { type Deadline, isBelow } from './deadlines.ts'
import {
  type Climb,
  climb,
  type Ladder,
  type RungDay,
  rungsAround,
  rungsFrom,
} from './reminder-schedule.ts'
import type { Rules } from './settings.ts'
import { addWorkingDays, type Calendar, isWorkingDay, workingDayOnOrAfter } from './working-days.ts'

// What to warn of on a day, and why the rest is silent: the decision that the sweep carries out,
// that `explain` tells and that `simulate` replays.
//
// One voice for each contract: the earliest deadline that can still speak does, the others are
// listed in its message; ends, notices, options and reviews always speak from 30 days on. A review
// never has the voice over another date: it may repeat for years, and would hide them.

/** A rung to raise today. */
export interface DueReminder {
  readonly deadline: Deadline
  readonly rung: number
  /** Rungs before this one that nobody was told of. */
  readonly skipped: { readonly from: number; readonly to: number } | null
  /** Why the deputy has to hear of it as well; null where the owner's turn is enough. */
  readonly escalates: 'day-reached' | 'no-answer' | null
}
/** An acknowledgement or a snooze that has run out. */
export interface AskAgain {
  readonly deadline: Deadline
  readonly was: 'acknowledged' | 'snoozed'
}
export interface SilentDeadline {
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
  readonly lookOn: CivilDate | null
}

/** From so many days before on, ends, notices, options and reviews speak whoever has the voice. */
const ALWAYS_SPEAKS_FROM = 30

/**
 * The plan for one contract on one day. The same facts and day always give the same plan. Whoever
 * asks about many days hands the climbs of its deadlines in, so that they are counted once.
 */
export function planWarnings(
  watched: Watched,
  today: CivilDate,
  rules: Rules,
  climbs: readonly Climb[] = climbsOf(watched.deadlines, watched.contract, rules),
): Plan {
  const why = quietAltogether(watched)
  if (why !== null) {
    const silent = watched.deadlines.map(({ kind, on }) => ({ kind, on, why }))
    return { raise: [], askAgain: [], silent, lookOn: null }
  }
  const standings = standingsOf(watched, today, climbs)
  const voice = standings.find(takesVoice)?.deadline.on ?? null
  const raise: DueReminder[] = []
  const askAgain: AskAgain[] = []
  const quiet: Quiet[] = []
  for (const seen of standings) {
    const verdict = judge(seen, voice, standings, watched, today, rules)
    if (verdict.askAgain) askAgain.push(verdict.askAgain)
    if (verdict.raise) raise.push(verdict.raise)
    else if (!verdict.askAgain) quiet.push({ seen, because: verdict.because })
  }
  if (raise.length + askAgain.length > 0 && !isWorkingDay(today, rules.calendar)) {
    const told = [...raise, ...askAgain].map(({ deadline }) => deadline)
    const lookOn = workingDayOnOrAfter(today, rules.calendar)
    return new Decided([], [], lookOn, () => [
      ...silences(quiet, watched),
      ...notWorking(told, today),
    ])
  }
  const lookOn = lookNext(standings, watched, today)
  return new Decided(raise, askAgain, lookOn, () => silences(quiet, watched))
}

/** A plan whose silences are worded when somebody asks: most never are, and words cost most of it. */
class Decided implements Plan {
  readonly raise: readonly DueReminder[]
  readonly askAgain: readonly AskAgain[]
  readonly lookOn: CivilDate | null
  readonly #silences: () => readonly SilentDeadline[]
  constructor(
    raise: readonly DueReminder[],
    askAgain: readonly AskAgain[],
    lookOn: CivilDate | null,
    silences: () => readonly SilentDeadline[],
  ) {
    this.raise = raise
    this.askAgain = askAgain
    this.lookOn = lookOn
    this.#silences = silences
  }
  get silent(): readonly SilentDeadline[] {
    return this.#silences()
  }
}

function standingsOf(
  watched: Watched,
  today: CivilDate,
  climbs: readonly Climb[],
): readonly DeadlineStatus[] {
  const standings: DeadlineStatus[] = []
  for (const [at, deadline] of watched.deadlines.entries()) {
    const climb = climbs[at]
    if (climb !== undefined) standings.push(standingOf(deadline, climb, watched, today))
  }
  return standings
}

/** The first civil day on which a contract may have something to say, past ones included. */
export function firstLookOn(watched: Watched, rules: Rules): CivilDate | null {
  return planWarnings(watched, BEFORE_ALL, rules).lookOn
}

function quietAltogether(watched: Watched): string | null {
  if (watched.contract.closed) return 'the contract is closed'
  if (watched.contract.historic) return 'the contract ended long before it was first seen'
  return watched.watched ? null : 'somebody switched the watch of this contract off'
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

function judge(
  seen: DeadlineStatus,
  voice: CivilDate | null,
  standings: readonly DeadlineStatus[],
  watched: Watched,
  today: CivilDate,
  rules: Rules,
): Judgement {
  const { deadline, passed, pause, lastRung } = seen
  if (deadline.settled !== null) return quietly('settled')
  if (deadline.mootAfter !== null && today > deadline.mootAfter) return quietly('ended')
  if (pause !== null && today < pause.until) return quietly('paused')
  const askAgain = pause === null ? null : { deadline, was: pause.was }
  if (passed === null) return quietly('no-rung', askAgain)
  if (lastRung !== null && passed.rung >= lastRung) return quietly('told-before', askAgain)
  const close = speaksAnyway(deadline, passed.rung)
  if (!close && !deadline.missed && voice !== null && voice < deadline.on) {
    return quietly('earlier-speaks', askAgain)
  }
  if (!close && listedBefore(seen, passed, standings)) return quietly('listed', askAgain)
  if (
    watched.laddersFrom !== null &&
    today < watched.laddersFrom &&
    !startsAtOnce(deadline, passed.rung, today)
  ) {
    return quietly('held', askAgain)
  }
  return {
    raise: {
      deadline,
      rung: passed.rung,
      skipped: skippedRungs(seen, passed, standings),
      escalates: reachesDay(passed.rung, lastRung)
        ? 'day-reached'
        : isUnanswered(seen, passed.rung, rules)
          ? 'no-answer'
          : null,
    },
    askAgain,
    because: 'spoken',
  }
}

function quietly(because: Because, askAgain: AskAgain | null = null): Judgement {
  return { raise: null, askAgain, because }
}

interface Quiet {
  readonly seen: DeadlineStatus
  readonly because: Because
}

function silences(quiet: readonly Quiet[], watched: Watched): SilentDeadline[] {
  return quiet.map(({ seen, because }) => {
    const { kind, on } = seen.deadline
    return { kind, on, why: silenceText(because, seen, watched) }
  })
}

function notWorking(told: readonly Deadline[], today: CivilDate): SilentDeadline[] {
  const why = `nothing is sent on a non-working day (${dayText(today)})`
  return told.map(({ kind, on }) => ({ kind, on, why }))
}

function silenceText(
  because: Because,
  { deadline, next, pause, lastRung }: DeadlineStatus,
  { laddersFrom }: Watched,
): string {
  const upcoming = next === null ? 'there is none to come' : `the next is on ${dayText(next.on)}`
  switch (because) {
    case 'spoken':
      return ''
    case 'settled':
      return deadline.settled?.why ?? ''
    case 'ended':
      return `the contract's end has passed`
    case 'paused':
      return pause === null
        ? ''
        : `${pause.was}: it is asked about again on ${dayText(pause.until)}`
    case 'no-rung':
      return `no rung has been reached: ${upcoming}`
    case 'told-before':
      return `the rung at ${lastRung} days was raised before: ${upcoming}`
    case 'earlier-speaks':
      return `an earlier deadline of this contract speaks for it`
    case 'listed':
      return `it was listed while an earlier deadline spoke: ${upcoming}`
    case 'held':
      return laddersFrom === null
        ? ''
        : `ladders start on ${dayText(laddersFrom)}, unless triage is confirmed before`
  }
}

/**
 * The rung of the day itself, or the first after it where somebody had been told before: one that
 * was first seen when its day was long past surprises nobody's deputy. A pause would have kept it
 * silent, so that nobody is on it.
 */
function reachesDay(rung: number, lastRung: number | null): boolean {
  return rung === 0 || (rung < 0 && lastRung !== null && lastRung > 0)
}

/** The first word after the day on which it was asked whether the service is still supplied. */
function isUnanswered({ deadline, lastRung }: DeadlineStatus, rung: number, rules: Rules): boolean {
  if (deadline.kind !== 'end' && deadline.kind !== 'emergency-end') return false
  const dayAfter = addDays(deadline.latest, 1)
  const asked = [dayAfter, workingDayOnOrAfter(dayAfter, rules.calendar)]
  return (
    lastRung !== null &&
    rung < lastRung &&
    asked.some((day) => lastRung === daysBetween(day, deadline.on))
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

/** Ends, notices, options and reviews from 30 days on. */
function speaksAnyway(deadline: Deadline, rung: number): boolean {
  return deadline.kind !== 'start-by' && rung <= ALWAYS_SPEAKS_FROM
}

/**
 * After a first import only what is near is told before triage: 30 days either way, or the rung
 * of 30 days reached (a weekend may bring it forward).
 */
function startsAtOnce(deadline: Deadline, rung: number, today: CivilDate): boolean {
  if (deadline.kind === 'start-by' || deadline.kind === 'review') return false
  const near = daysBetween(today, deadline.on) <= ALWAYS_SPEAKS_FROM || rung <= ALWAYS_SPEAKS_FROM
  return near && daysBetween(deadline.latest, today) <= ALWAYS_SPEAKS_FROM
}

/**
 * Never later than anything that may have to be told: looking too early costs a glance, looking
 * too late loses a warning.
 */
function lookNext(
  standings: readonly DeadlineStatus[],
  watched: Watched,
  today: CivilDate,
): CivilDate | null {
  let first: CivilDate | null = null
  const look = (day: CivilDate | null) => {
    if (day !== null && day > today) first = first === null ? day : earlier(first, day)
  }
  const { laddersFrom } = watched
  look(laddersFrom)
  for (const { deadline, next, pause, canSpeak } of standings) {
    if (deadline.settled !== null) continue
    look(next?.on ?? null)
    look(pause?.until ?? null)
    // A notice that passes unheard may renew the contract by itself.
    if (deadline.kind === 'notice' && !deadline.missed) look(addDays(deadline.on, 1))
    // When its ladder and its day are past, the voice goes to the next deadline.
    if (canSpeak && next === null) look(addDays(deadline.latest, 1))
    if (laddersFrom !== null) {
      const near = addDays(deadline.on, -ALWAYS_SPEAKS_FROM)
      if (near < laddersFrom) look(near)
    }
  }
  return first
}

// How long an acknowledgement keeps a warning quiet.

const PAUSE_DAYS = 14
const URGENT_PAUSE_WORKING_DAYS = 2
const URGENT_DAYS = 7

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

// How one deadline stands on a day: the rungs around it, what was told of it, whether it may speak.

interface DeadlineStatus {
  readonly deadline: Deadline
  readonly climb: Climb
  /** The last rung reached, told or not, and the first one to come. */
  readonly passed: RungDay | null
  readonly next: RungDay | null
  /** Whether it may have the contract's voice: it is open, and its ladder or its day is to come. */
  readonly canSpeak: boolean
  /** Of the alerts of this very deadline: the smallest rung, and the day of the first. */
  readonly lastRung: number | null
  readonly firstRaisedOn: CivilDate | null
  readonly pause: Pause | null
}
export interface Pause {
  readonly until: CivilDate
  readonly was: 'acknowledged' | 'snoozed'
}

function standingOf(
  deadline: Deadline,
  climb: Climb,
  watched: Watched,
  today: CivilDate,
): DeadlineStatus {
  const { passed, next } = rungsAround(climb, today)
  // Whether the last rung was told makes no difference: the voice would pass on within a day, and
  // a second sweep would tell what the first one kept back.
  const hasMore = next !== null || (passed !== null && today <= deadline.latest)
  const canSpeak = deadline.settled === null && !deadline.missed && hasMore
  const { lastRung, firstRaisedOn, pause } = toldOf(deadline, watched)
  return { deadline, climb, passed, next, canSpeak, lastRung, firstRaisedOn, pause }
}

/** Whether it speaks for the contract's later dates: a review never does, so that it hides none. */
function takesVoice({ canSpeak, deadline }: DeadlineStatus): boolean {
  return canSpeak && deadline.kind !== 'review'
}

/** A small contract is told of within its last so many days, whatever its ladder. */
const NEAR = 7

/** How each of these deadlines is climbed, in their order. */
export function climbsOf(
  deadlines: readonly Deadline[],
  contract: Contract,
  rules: Rules,
): readonly Climb[] {
  return deadlines.map((deadline) => {
    const { on, latest, mootAfter } = deadline
    const span = { deadline: on, latest, notBefore: contract.start, notAfter: mootAfter }
    return climb(ladderFor(deadline, contract, rules), span, rules.calendar)
  })
}

/** The ladder of a deadline: shorter for a small value, one word for a missed notice. */
export function ladderFor(deadline: Deadline, contract: Contract, rules: Rules): Ladder {
  if (deadline.missed) return { before: [], afterwards: 'once' }
  const ladder = rules.ladders[deadline.kind]
  if (!isBelow(contract, rules.smallValue)) return ladder
  const before = ladder.before.filter((rung) => rules.smallRungs.includes(rung))
  // A ladder of one's own may have none of these days near its deadline: it is kept whole then.
  return before.some((rung) => rung <= NEAR) ? { ...ladder, before } : ladder
}

function toldOf(
  deadline: Deadline,
  watched: Watched,
): Pick<DeadlineStatus, 'lastRung' | 'firstRaisedOn' | 'pause'> {
  let lastRung: number | null = null
  let firstRaisedOn: CivilDate | null = null
  let pause: Pause | null = null
  for (const alert of watched.alerts) {
    if (alert.kind !== deadline.kind || alert.deadlineOn !== deadline.on) continue
    if (lastRung === null || alert.rung < lastRung) lastRung = alert.rung
    if (firstRaisedOn === null || alert.raisedOn < firstRaisedOn) firstRaisedOn = alert.raisedOn
    const { state, pausedUntil } = alert
    if (pausedUntil === null || (state !== 'acknowledged' && state !== 'snoozed')) continue
    if (pause === null || pausedUntil > pause.until) pause = { until: pausedUntil, was: state }
  }
  return { lastRung, firstRaisedOn, pause }
}

/**
 * Whether an earlier deadline of the contract has listed this one since the rung fell, or while it
 * fell: its messages name the contract's other dates with the days left.
 */
function listedBefore(
  seen: DeadlineStatus,
  rung: RungDay,
  standings: readonly DeadlineStatus[],
): boolean {
  return standings.some((other) => {
    if (other === seen || other.deadline.on >= seen.deadline.on) return false
    if (other.deadline.kind === 'review') return false
    if (other.firstRaisedOn === null) return false
    const quietOn =
      other.deadline.settled?.on ?? (other.canSpeak ? null : (other.passed?.on ?? null))
    return quietOn === null || rung.on <= quietOn
  })
}

/**
 * The rungs before this one that nobody was told of, from the earliest to the last: not those
 * that an earlier deadline's message listed, nor those that somebody had paused.
 */
function skippedRungs(
  seen: DeadlineStatus,
  reached: RungDay,
  standings: readonly DeadlineStatus[],
): { readonly from: number; readonly to: number } | null {
  const { climb, lastRung, pause } = seen
  let from: number | null = null
  let to = 0
  const near = lastRung === null ? BEFORE_ALL : addDays(climb.span.deadline, -lastRung)
  const rungs = reached.rung >= 0 ? climb.before : rungsFrom(climb, near)
  for (const rung of rungs) {
    if (rung.on >= reached.on) break
    if (lastRung !== null && rung.rung >= lastRung) continue
    if (pause !== null && rung.on < pause.until) continue
    if (listedBefore(seen, rung, standings)) continue
    from ??= rung.rung
    to = rung.rung
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

export interface Watched {
  readonly contract: Contract
  readonly deadlines: readonly Deadline[]
  readonly alerts: readonly RaisedAlert[]
  /** Ladders are held until this day after a first import; null where they are not. */
  readonly laddersFrom: CivilDate | null
  readonly watched: boolean
}
