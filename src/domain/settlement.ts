/** What settles a deadline, so that nobody needs to be told of it any more. */
import { type CivilDate, daysBetween } from './civil-date.ts'
import type { Contract, DecidableKind, Decision, End } from './contract.ts'
import type { DeadlineKind } from './deadline-kinds.ts'
import { dayText } from './words.ts'

export interface Settlement {
  /** The civil day on which it was settled; null where it follows from the facts themselves. */
  readonly on: CivilDate | null
  readonly why: string
}

/**
 * Why a deadline is settled, or null while it is open: by a decision about this very date, or by a
 * signed successor that starts the day after the end at the latest. A successor does not settle a
 * notice: without one, an automatic renewal would still come about. Nor a review, which is due
 * while this contract runs, whatever follows it.
 */
export function settlementOf(
  contract: Contract,
  deadline: { readonly kind: DeadlineKind; readonly on: CivilDate },
  end: End,
): Settlement | null {
  if (contract.closed) return { on: null, why: 'the contract is closed' }
  const asked = decidable(deadline.kind)
  const decision = contract.decisions.find(
    (each) => each.deadline === asked && each.deadlineOn === deadline.on,
  )
  if (decision) return { on: decision.decidedOn, why: decisionText(decision) }
  const covered = contract.successorStart
  if (asked === 'notice' || asked === 'review' || end.kind !== 'dated') return null
  return covered !== null && daysBetween(end.earliest, covered) <= 1
    ? { on: null, why: `a signed successor starts on ${dayText(covered)}` }
    : null
}

/** A decision about the end settles an emergency extension's end as well. */
export function decidable(kind: DeadlineKind): DecidableKind {
  return kind === 'emergency-end' ? 'end' : kind
}

function decisionText(decision: Decision): string {
  return `decided on ${dayText(decision.decidedOn)}: ${decision.text}`
}
