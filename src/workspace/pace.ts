/** Slack's pace: one message a second in a channel, with short bursts. */

/** How many messages a quiet channel takes at once before the pace binds. */
const BURST = 3

export class Pace {
  readonly #intervalMs: number
  readonly #emptyAt = new Map<string, number>()

  /** @param intervalMs how long a message fills its channel; 0 sets no pace. */
  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs
  }

  /**
   * Counts a message in the channel. Null when it fits the pace, else the seconds to wait, in
   * whole ones as Slack says them; then it is not counted.
   */
  exceeded(channel: string, now: number): number | null {
    if (this.#intervalMs === 0) return null
    const full = BURST * this.#intervalMs
    const known = this.#emptyAt.get(channel) ?? 0
    // Fuller than full: the clock was set back since.
    const emptyAt = known > now + full ? now : Math.max(known, now)
    const filledTo = emptyAt + this.#intervalMs
    if (filledTo - now > full) return Math.ceil((filledTo - now - full) / 1000)
    this.#emptyAt.set(channel, filledTo)
    return null
  }
}
