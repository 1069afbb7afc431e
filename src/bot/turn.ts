/** One after the other: acts on the same contract wait for each other, so that the second sees the first. */

export interface Turns {
  /** Does the work once whatever was given before for this key has ended, well or badly. */
  take<T>(key: string, work: () => Promise<T>): Promise<T>
}

export function turns(): Turns {
  const last = new Map<string, Promise<unknown>>()
  return {
    async take(key, work) {
      const before = last.get(key) ?? Promise.resolve()
      const mine = before.then(work, work)
      last.set(key, mine)
      try {
        return await mine
      } finally {
        if (last.get(key) === mine) last.delete(key)
      }
    },
  }
}
