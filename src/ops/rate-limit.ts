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
