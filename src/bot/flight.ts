/** Handlers under way: a stopping process waits for them, as Bolt itself does not. */

export interface Flight {
  /** Counts the work until it ends. */
  track<T>(work: Promise<T>): Promise<T>
  /** Resolves once nothing is under way any more, or after so many milliseconds. */
  landed(withinMs: number): Promise<void>
}

export function flight(): Flight {
  const underWay = new Set<Promise<unknown>>()
  return {
    track(work) {
      underWay.add(work)
      const gone = () => underWay.delete(work)
      work.then(gone, gone)
      return work
    },
    async landed(withinMs) {
      const patience = AbortSignal.timeout(withinMs)
      const over = new Promise<void>((resolve) => {
        patience.addEventListener('abort', () => resolve(), { once: true })
      })
      await Promise.race([Promise.allSettled(underWay), over])
    },
  }
}
