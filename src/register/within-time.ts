/** A reading that takes longer than any honest register does is broken off. */
import { RegisterError } from './draft.ts'
import { LIMITS } from './limits.ts'

/** The clock is asked once for so many items. */
const EVERY = 200

/**
 * The same items, for so long. `elapsed`: milliseconds of a monotonic clock.
 * @throws RegisterError when the time is up.
 */
export async function* withinTime<Item>(
  items: AsyncIterable<Item>,
  elapsed: () => number,
  limitMs: number = LIMITS.readMs,
): AsyncGenerator<Item> {
  const began = elapsed()
  let count = 0
  for await (const item of items) {
    count += 1
    if (count % EVERY === 0 && elapsed() - began > limitMs) {
      throw new RegisterError(
        `Reading this register took more than ${limitMs / 60_000} min, and nothing was imported: split it, or leave out columns that are not needed.`,
      )
    }
    yield item
  }
}
