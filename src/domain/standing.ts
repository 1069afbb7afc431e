/** How one deadline stands on a day: the rungs around it, what was told of it, whether it may speak. */
import { addDays, asCivilDate, type CivilDate } from './civil-date.ts'
import type { Contract } from './contract.ts'
import { type Deadline, isBelow } from './deadlines.ts'
import { type Climb, climb, type Ladder, type RungDay, rungsAround, rungsFrom } from './ladder.ts'
import type { Rules } from './rules.ts'
import type { Watched } from './watched.ts'

export interface Standing {
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

export function standingOf(
  deadline: Deadline,
  climb: Climb,
  watched: Watched,
  today: CivilDate,
): Standing {
  const { passed, next } = rungsAround(climb, today)
  // Whether the last rung was told makes no difference: the voice would pass on within a day, and
  // a second sweep would tell what the first one kept back.
  const hasMore = next !== null || (passed !== null && today <= deadline.latest)
  const canSpeak = deadline.settled === null && !deadline.missed && hasMore
  const { lastRung, firstRaisedOn, pause } = toldOf(deadline, watched)
  return { deadline, climb, passed, next, canSpeak, lastRung, firstRaisedOn, pause }
}

/** Whether it speaks for the contract's later dates: a review never does, so that it hides none. */
export function takesVoice({ canSpeak, deadline }: Standing): boolean {
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
): Pick<Standing, 'lastRung' | 'firstRaisedOn' | 'pause'> {
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
export function listedBefore(
  seen: Standing,
  rung: RungDay,
  standings: readonly Standing[],
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
export function skippedRungs(
  seen: Standing,
  reached: RungDay,
  standings: readonly Standing[],
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
export const BEFORE_ALL = asCivilDate('0001-06-01')
