/** What comes first in a message: what is lost soonest, not what has been late for longest. */
import type { DeadlineFacts, WarningFacts } from './facts.ts'

/** A missed date with nothing left to lose soon stands behind what is due within so many days. */
const MISSED_COUNTS_AS = 15

/**
 * A number that orders deadlines, the most urgent first: an end that has passed, then by the days
 * left. A start-by, notice or option that was missed counts by the days that are left of the
 * contract itself: 137 days late with a year to go is less pressing than an end tomorrow.
 */
export function urgencyOf(deadline: DeadlineFacts, all: readonly DeadlineFacts[]): number {
  const { kind, daysLeft } = deadline
  if (kind === 'end' || kind === 'emergency-end' || daysLeft >= 0) return daysLeft
  const end = all.find((each) => each.kind === 'end' || each.kind === 'emergency-end')
  return end === undefined ? MISSED_COUNTS_AS : Math.min(end.daysLeft, MISSED_COUNTS_AS)
}

/** The warning's most urgent deadline that speaks; one of which none does comes last. */
export function urgencyOfWarning({ deadlines }: WarningFacts): number {
  const speaking = deadlines.filter((deadline) => deadline.speaks)
  return Math.min(...speaking.map((deadline) => urgencyOf(deadline, deadlines)))
}

/** Deadlines with those that speak first, the most urgent of them leading. */
export function byUrgency(deadlines: readonly DeadlineFacts[]): DeadlineFacts[] {
  const speaking = deadlines.filter((deadline) => deadline.speaks)
  const silent = deadlines.filter((deadline) => !deadline.speaks)
  // Ends tie with a missed start-by that counts by them: the end itself is said first. A review is
  // said after everything else, as a grouped message has room for the first alone.
  const rank = (deadline: DeadlineFacts) =>
    urgencyOf(deadline, deadlines) + (isEnd(deadline) ? 0 : 0.5)
  const late = (deadline: DeadlineFacts) => Number(deadline.kind === 'review')
  return [...speaking.toSorted((a, b) => late(a) - late(b) || rank(a) - rank(b)), ...silent]
}

function isEnd({ kind }: DeadlineFacts): boolean {
  return kind === 'end' || kind === 'emergency-end'
}
