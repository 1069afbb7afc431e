/** So many at once, and so many a second for long. */

export interface Bucket {
  /** Takes one; false where none is left for now. */
  take(): boolean
}

/** Full to begin with; `elapsed` in milliseconds of a monotonic clock. */
export function openBucket(
  { burst, perSecond }: { readonly burst: number; readonly perSecond: number },
  elapsed: () => number,
): Bucket {
  let left = burst
  let filledAt = elapsed()
  return {
    take() {
      const now = elapsed()
      left = Math.min(burst, left + ((now - filledAt) / 1000) * perSecond)
      filledAt = now
      if (left < 1) return false
      left -= 1
      return true
    },
  }
}

/** At most so many pieces of work at once; the others wait in the order in which they came. */
export function atMost(places: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = []
  let free = places
  return async (work) => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      // The place goes straight to the next one, so that nobody else takes it in between.
      const next = waiting.shift()
      if (next === undefined) free += 1
      else next()
    }
  }
}
