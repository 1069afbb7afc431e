/**
 * What to warn of on a day, and why the rest is silent: the decision that the sweep carries out,
 * that `explain` tells and that `simulate` replays.
 *
 * One voice for each contract: the earliest deadline that can still speak does, the others are
 * listed in its message; ends, notices and options always speak from 30 days on.
 */
import { addDays, asCivilDate, type CivilDate, daysBetween, earlier } from './civil-date.ts'
import type { Contract } from './contract.ts'
import type { DeadlineKind } from './deadline-kinds.ts'
import { type Deadline, isBelow } from './deadlines.ts'
import { type Ladder, type LadderSpan, type RungDay, rungsAround } from './ladder.ts'
import type { Rules } from './rules.ts'
import { isWorkingDay, workingDayOnOrAfter } from './working-days.ts'

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

/** A rung to raise today. */
export interface Raise {
  readonly deadline: Deadline
  readonly rung: number
  /** Rungs before this one that nobody was told of. */
  readonly skipped: { readonly from: number; readonly to: number } | null
}
/** An acknowledgement or a snooze that has run out. */
export interface AskAgain {
  readonly deadline: Deadline
  readonly was: 'acknowledged' | 'snoozed'
}
export interface Silence {
  readonly kind: DeadlineKind
  readonly on: CivilDate
  readonly why: string
}
export interface Plan {
  readonly raise: readonly Raise[]
  readonly askAgain: readonly AskAgain[]
  readonly silent: readonly Silence[]
  /** The next civil day on which this contract has to be looked at; null where none is in sight. */
  readonly lookOn: CivilDate | null
}

/** From so many days before on, ends, notices and options speak whoever has the voice. */
const ALWAYS_SPEAKS_FROM = 30

/** The plan for one contract on one day. The same facts and day always give the same plan. */
export function planWarnings(watched: Watched, today: CivilDate, rules: Rules): Plan {
  const quiet = quietAltogether(watched)
  if (quiet !== null) {
    const silent = watched.deadlines.map(({ kind, on }) => ({ kind, on, why: quiet }))
    return { raise: [], askAgain: [], silent, lookOn: null }
  }
  const views = watched.deadlines.map((deadline) => view(deadline, watched, today, rules))
  const voice = views.find((each) => each.canSpeak)?.deadline.on ?? null
  const raise: Raise[] = []
  const askAgain: AskAgain[] = []
  const silent: Silence[] = []
  for (const each of views) {
    const verdict = judge(each, voice, views, watched, today, rules)
    if (verdict.askAgain) askAgain.push(verdict.askAgain)
    if (verdict.raise) raise.push(verdict.raise)
    else if (!verdict.askAgain) {
      silent.push({ kind: each.deadline.kind, on: each.deadline.on, why: verdict.why })
    }
  }
  if (!isWorkingDay(today, rules.calendar)) {
    const told = [...raise, ...askAgain].map(({ deadline }) => deadline)
    const why = `nothing is sent on a non-working day (${today})`
    for (const { kind, on } of told) silent.push({ kind, on, why })
    const lookOn = workingDayOnOrAfter(today, rules.calendar)
    return {
      raise: [],
      askAgain: [],
      silent,
      lookOn: told.length > 0 ? lookOn : lookNext(views, watched, today),
    }
  }
  return { raise, askAgain, silent, lookOn: lookNext(views, watched, today) }
}

/** The first civil day on which a contract may have something to say, past ones included. */
export function firstLookOn(watched: Watched, rules: Rules): CivilDate | null {
  return planWarnings(watched, BEFORE_ALL, rules).lookOn
}
const BEFORE_ALL = asCivilDate('0001-06-01')

/** One deadline as seen today. */
interface View {
  readonly deadline: Deadline
  readonly ladder: Ladder
  readonly span: LadderSpan
  readonly passed: RungDay | null
  readonly next: RungDay | null
  readonly canSpeak: boolean
  /** Alerts of this very deadline, and the smallest rung among them. */
  readonly alerts: readonly RaisedAlert[]
  readonly lastRung: number | null
  readonly firstRaisedOn: CivilDate | null
  readonly pause: { readonly until: CivilDate; readonly was: 'acknowledged' | 'snoozed' } | null
}

function quietAltogether(watched: Watched): string | null {
  if (watched.contract.closed) return 'the contract is closed'
  if (watched.contract.historic) return 'the contract ended long before it was first seen'
  return watched.watched ? null : 'somebody switched the watch of this contract off'
}

function view(deadline: Deadline, watched: Watched, today: CivilDate, rules: Rules): View {
  const ladder = ladderFor(deadline, watched.contract, rules)
  const span: LadderSpan = {
    deadline: deadline.on,
    latest: deadline.latest,
    notBefore: watched.contract.start,
    notAfter: deadline.mootAfter,
  }
  const { passed, next } = rungsAround(ladder, span, rules.calendar, today)
  const alerts = watched.alerts.filter(
    (alert) => alert.kind === deadline.kind && alert.deadlineOn === deadline.on,
  )
  let lastRung: number | null = null
  let firstRaisedOn: CivilDate | null = null
  let pause: View['pause'] = null
  for (const alert of alerts) {
    if (lastRung === null || alert.rung < lastRung) lastRung = alert.rung
    if (firstRaisedOn === null || alert.raisedOn < firstRaisedOn) firstRaisedOn = alert.raisedOn
    if (
      (alert.state === 'acknowledged' || alert.state === 'snoozed') &&
      alert.pausedUntil !== null
    ) {
      if (pause === null || alert.pausedUntil > pause.until) {
        pause = { until: alert.pausedUntil, was: alert.state }
      }
    }
  }
  const open = deadline.settled === null
  const unheard = passed !== null && (lastRung === null || passed.rung < lastRung)
  const canSpeak =
    open && !deadline.missed && (next !== null || (unheard && !isPast(deadline, today)))
  return { deadline, ladder, span, passed, next, canSpeak, alerts, lastRung, firstRaisedOn, pause }
}

/** The ladder of a deadline: shorter for a small value, one word for a missed notice. */
export function ladderFor(deadline: Deadline, contract: Contract, rules: Rules): Ladder {
  if (deadline.missed) return { before: [], afterwards: 'once' }
  const ladder = rules.ladders[deadline.kind]
  if (!isBelow(contract, rules.smallValue)) return ladder
  return { ...ladder, before: ladder.before.filter((rung) => rules.smallRungs.includes(rung)) }
}

interface Judgement {
  readonly raise: Raise | null
  readonly askAgain: AskAgain | null
  readonly why: string
}

function judge(
  seen: View,
  voice: CivilDate | null,
  views: readonly View[],
  watched: Watched,
  today: CivilDate,
  rules: Rules,
): Judgement {
  const { deadline, passed, next, pause } = seen
  const silent = (why: string): Judgement => ({ raise: null, askAgain: null, why })
  if (deadline.settled !== null) return silent(deadline.settled.why)
  if (deadline.mootAfter !== null && today > deadline.mootAfter) {
    return silent(`the contract's end has passed`)
  }
  if (pause !== null && today < pause.until) {
    return silent(`${pause.was}: it is asked about again on ${pause.until}`)
  }
  const askAgain = pause === null ? null : { deadline, was: pause.was }
  const keeps = (why: string): Judgement => ({ raise: null, askAgain, why })
  const upcoming = next === null ? 'there is none to come' : `the next is on ${next.on}`
  if (passed === null) return keeps(`no rung has been reached: ${upcoming}`)
  if (seen.lastRung !== null && passed.rung >= seen.lastRung) {
    return keeps(`the rung at ${seen.lastRung} days was raised before: ${upcoming}`)
  }
  const close = speaksAnyway(deadline, passed.rung)
  if (!close && !deadline.missed && voice !== null && voice < deadline.on) {
    return keeps(`an earlier deadline of this contract speaks for it`)
  }
  if (!close && coveredBefore(seen, passed, views)) {
    return keeps(`it was listed while an earlier deadline spoke: ${upcoming}`)
  }
  if (
    watched.laddersFrom !== null &&
    today < watched.laddersFrom &&
    !startsAtOnce(deadline, today)
  ) {
    return keeps(`ladders start on ${watched.laddersFrom}, unless triage is confirmed before`)
  }
  return {
    raise: { deadline, rung: passed.rung, skipped: skippedRungs(seen, passed, rules) },
    askAgain,
    why: '',
  }
}

/** Ends, notices and options from 30 days on. */
function speaksAnyway(deadline: Deadline, rung: number): boolean {
  return deadline.kind !== 'start-by' && rung <= ALWAYS_SPEAKS_FROM
}

/** After a first import only what is near is told before triage: 30 days either way. */
function startsAtOnce(deadline: Deadline, today: CivilDate): boolean {
  if (deadline.kind === 'start-by') return false
  const left = daysBetween(today, deadline.on)
  const past = daysBetween(deadline.latest, today)
  return left <= ALWAYS_SPEAKS_FROM && past <= ALWAYS_SPEAKS_FROM
}

/** Whether the rung fell while an earlier deadline of the contract was speaking, and listed it. */
function coveredBefore(seen: View, rung: RungDay, views: readonly View[]): boolean {
  return views.some((other) => {
    if (other === seen || other.deadline.on >= seen.deadline.on) return false
    if (other.firstRaisedOn === null || other.firstRaisedOn > rung.on) return false
    const quietOn =
      other.deadline.settled?.on ?? (other.canSpeak ? null : (other.passed?.on ?? null))
    return quietOn === null || rung.on <= quietOn
  })
}

/** The rungs between the last one raised and this one: from the earliest to the last. */
function skippedRungs(seen: View, reached: RungDay, rules: Rules): Raise['skipped'] {
  const rungs: number[] = []
  let day = addDays(reached.on, -1)
  for (;;) {
    const { passed } = rungsAround(seen.ladder, seen.span, rules.calendar, day)
    if (passed === null || (seen.lastRung !== null && passed.rung >= seen.lastRung)) break
    rungs.push(passed.rung)
    day = addDays(passed.on, -1)
  }
  const from = rungs.at(-1)
  const to = rungs[0]
  return from === undefined || to === undefined ? null : { from, to }
}

/** Whether the deadline lies behind, so that only what comes afterwards may still be told. */
function isPast(deadline: Deadline, today: CivilDate): boolean {
  return today > deadline.latest
}

/**
 * Never later than anything that may have to be told: looking too early costs a glance, looking
 * too late loses a warning.
 */
function lookNext(views: readonly View[], watched: Watched, today: CivilDate): CivilDate | null {
  const days: CivilDate[] = []
  for (const { deadline, next, pause } of views) {
    if (deadline.settled !== null) continue
    if (next !== null) days.push(next.on)
    if (pause !== null && pause.until > today) days.push(pause.until)
    if (deadline.kind === 'notice' && !deadline.missed && deadline.on >= today) {
      days.push(addDays(deadline.on, 1))
    }
  }
  if (watched.laddersFrom !== null && watched.laddersFrom > today) days.push(watched.laddersFrom)
  return days.length === 0 ? null : days.reduce(earlier)
}
