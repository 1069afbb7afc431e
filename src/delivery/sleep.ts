import { setTimeout } from 'node:timers/promises'

/** Waits so many milliseconds, or until the signal; never throws. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return
  try {
    await setTimeout(ms, undefined, signal === undefined ? {} : { signal })
  } catch {
    // Only the signal ends it early.
  }
}
