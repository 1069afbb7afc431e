/** What actors need besides the scene: the way to the app, and how to know that it has finished. */
import type { Changes } from '../changes.ts'
import type { BoxOption } from '../content/options.ts'
import type { Scene } from '../method.ts'
import type { PostOffice } from '../post-office.ts'
import type { ResponseUrls } from '../response-urls.ts'

/** A slash command as the app's manifest declares it. */
export interface CommandOptions {
  readonly command: string
  /** Mentions come as Slack's ids, and markup is made harmless. */
  readonly shouldEscape: boolean
}

export interface Stage extends Scene {
  readonly changes: Changes
  readonly post: PostOffice
  readonly responseUrls: ResponseUrls
  readonly commands: readonly CommandOptions[]
  /** What the app last offered for a menu whose options it loads, by place. */
  readonly loaded: Map<string, readonly BoxOption[]>
  /** Waits until the app has nothing left to do. @param count of what the person saw so far. */
  readonly rest: (count: () => number) => Promise<void>
}

/** When nobody says when the app has finished: how long to wait for it. */
const FIRST_SIGN_MS = 1000
const QUIET_MS = 40
const LOOK_EVERY_MS = 5

/**
 * Waits for the first thing to see, a second at most, then until nothing has come for a moment.
 * @param elapsed milliseconds of a clock that nobody sets.
 */
export async function restByQuiet(count: () => number, elapsed: () => number): Promise<void> {
  const from = elapsed()
  let last = from
  let seen = count()
  while (elapsed() - (seen === 0 ? from : last) < (seen === 0 ? FIRST_SIGN_MS : QUIET_MS)) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    if (count() !== seen) last = elapsed()
    seen = count()
  }
}
