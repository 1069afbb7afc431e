/** When a refused delivery is tried again. */

const FIRST_MS = 2000
const LONGEST_MS = 15 * 60_000

/** The longest that Slack's own word is taken for: a header may hold any number. */
export const LONGEST_PAUSE_MS = 3_600_000

/** After this long without success a delivery is dead, and visible as such. */
export const GIVE_UP_MS = 72 * 3_600_000

/**
 * Milliseconds until the next try after this many failures: doubling from 2 s to 15 minutes, and
 * spread by half either way so that what failed together does not come back together.
 * @param jitter from 0 to 1.
 */
export function backOffMs(failures: number, jitter: number): number {
  const doubled = FIRST_MS * 2 ** Math.min(Math.max(failures, 1) - 1, 20)
  return Math.round(Math.min(doubled, LONGEST_MS) * (0.5 + jitter))
}
