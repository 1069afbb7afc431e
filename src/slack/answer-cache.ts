/**
 * Answers that are made from the whole register: few of them at once, so that those who ask about one
 * contract do not wait for them, and the same one only once while nothing changes.
 */
import pLimit from 'p-limit'
import type { Pool } from 'pg'
import { changedSince, readDataVersion } from '../reports/history.ts'

export interface LargeAnswers {
  /** What the work gives, once one of the few places for such work is free. */
  inTurn<T>(work: () => Promise<T>): Promise<T>
  /**
   * The answer of this name: the one that was made within the last minute where nothing was changed
   * since, else a new one. It must depend on its name and on the data alone, not on who asks; a
   * name stands for one kind of answer.
   */
  kept<T>(name: string, make: () => Promise<T>): Promise<T>
}

interface LargeAnswersOptions {
  readonly pool: Pool
  readonly organisationId: number
  /** Milliseconds of a clock that only goes forward. */
  readonly elapsed: () => number
}

/** More at once would take all processors and connections of a small server. */
const AT_ONCE = 2
/** What no audit tells of, such as somebody leaving Slack, is seen this late at most. */
const KEPT_MS = 60_000

interface Kept {
  readonly version: number
  readonly madeAt: number
  readonly answer: Promise<unknown>
}

export function largeAnswers({ pool, organisationId, elapsed }: LargeAnswersOptions): LargeAnswers {
  const inTurn = pLimit(AT_ONCE)
  const answers = new Map<string, Kept>()
  const isFresh = (kept: Kept) => elapsed() - kept.madeAt < KEPT_MS

  const standing = async (name: string): Promise<Kept | null> => {
    const kept = answers.get(name)
    if (kept === undefined || !isFresh(kept)) return null
    return (await changedSince(pool, organisationId, kept.version)) ? null : kept
  }

  return {
    inTurn: (work) => inTurn(work),
    async kept<T>(name: string, make: () => Promise<T>): Promise<T> {
      const stands = await standing(name)
      if (stands !== null) return stands.answer as Promise<T>
      // Read before the answer is made: what changes meanwhile is newer than it.
      const version = await readDataVersion(pool, organisationId)
      const other = answers.get(name)
      if (other !== undefined && isFresh(other) && other.version >= version)
        return other.answer as Promise<T>
      for (const [key, each] of answers) if (!isFresh(each)) answers.delete(key)
      const mine = { version, madeAt: elapsed(), answer: inTurn(make) }
      answers.set(name, mine)
      mine.answer.catch(() => {
        if (answers.get(name) === mine) answers.delete(name)
      })
      return await mine.answer
    },
  }
}
