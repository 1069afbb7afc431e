/** What became of one attempt to send, for the log and the figures. Names nobody. */
import type { Claim } from './claim.ts'
import type { Outcome } from './conclude.ts'

export interface Attempt {
  /** The team's day that asked for it: what ties a slot of the clock to a message in Slack. */
  readonly slot: string
  readonly delivery: number
  /** What the message carries in its metadata. */
  readonly key: string
  readonly purpose: string
  readonly alerts: readonly number[]
  readonly attempt: number
  readonly outcome: Outcome
  readonly channel: string | null
  readonly ts: string | null
  /** From when it was queued to now, in milliseconds. */
  readonly ms: number
}

/** A team's day, as every line about it names it. */
export function slotName(teamId: number | null, day: string): string {
  return `${teamId ?? 'all'}/${day}`
}

/** A claim's attempt, however it ended. */
export function attemptOf(
  claim: Claim,
  alerts: readonly number[],
  ended: Pick<Attempt, 'outcome' | 'channel' | 'ts'> & { readonly sinceClaimMs: number },
): Attempt {
  const { outcome, channel, ts, sinceClaimMs } = ended
  return {
    slot: slotName(claim.teamId, claim.asOf),
    delivery: claim.id,
    key: claim.key,
    purpose: claim.purpose,
    alerts,
    attempt: claim.attempt,
    outcome,
    channel,
    ts,
    ms: Math.round(claim.waitedMs + sinceClaimMs),
  }
}
