/** What the outbox is tuned by, in milliseconds. */
import { GIVE_UP_MS, LONGEST_PAUSE_MS } from './back-off.ts'

export interface DeliverySettings {
  /** How long a claim holds. Longer than timeout and history lag together. */
  readonly leaseMs: number
  /** After this long a message that Slack accepted is in its history. */
  readonly historyLagMs: number
  /** How long a call of Slack's may take. */
  readonly timeoutMs: number
  /** Between two messages for one destination. */
  readonly paceMs: number
  /** How many messages are under way at once. */
  readonly concurrency: number
  readonly giveUpMs: number
  /** However long Slack asks to be left alone, it is for no longer than this. */
  readonly longestPauseMs: number
  /** How long a refused token rests before it is tried again. */
  readonly workspacePauseMs: number
  /** How long a channel that takes nothing rests before it is tried again. */
  readonly blockedPauseMs: number
  /** How often the long-running loop looks for work. */
  readonly pollMs: number
}

export const DELIVERY_DEFAULTS: DeliverySettings = {
  leaseMs: 90_000,
  historyLagMs: 10_000,
  timeoutMs: 10_000,
  paceMs: 1000,
  concurrency: 20,
  giveUpMs: GIVE_UP_MS,
  longestPauseMs: LONGEST_PAUSE_MS,
  workspacePauseMs: 60_000,
  blockedPauseMs: 15 * 60_000,
  pollMs: 1000,
}

/**
 * After so long Slack may have taken what it did not answer: history is read once more for what was
 * sent again, and a last time ten times later.
 */
export function lookAgainAfterMs({ leaseMs }: Pick<DeliverySettings, 'leaseMs'>): number {
  return 4 * leaseMs
}

/**
 * The settings, checked.
 * @throws RangeError when a lease could run out while its post may still be under way or not yet
 * visible: then another process would look, find nothing, and send it again.
 */
export function checkedSettings(settings: DeliverySettings): DeliverySettings {
  const least = settings.timeoutMs + settings.historyLagMs
  if (settings.leaseMs > least) return settings
  throw new RangeError(
    `The delivery lease (${settings.leaseMs} ms) must be longer than timeout and history lag together (${least} ms): lengthen the lease.`,
  )
}
