/**
 * Answers that are made from the whole register: few of them at once, so that those who ask about one
 * contract do not wait for them, and the same one only once while nothing changes.
 */
import pLimit from 'p-limit'
import type { Pool } from 'pg'
import { selectOfContracts } from '../database/contracts.ts'
import { changedSince, readDataVersion } from '../reports/history.ts'
import type { Shared } from '../reports/weekly.ts'

export interface LargeAnswers {
  /** What the work gives, once one of the few places for such work is free. */
  inTurn<T>(work: () => Promise<T>): Promise<T>
  /**
   * The answer of this name: the one that was made within the last minute where nothing was changed
   * since, else a new one. It must depend on its name and on the data alone, not on who asks; a
   * name stands for one kind of answer.
   */
  kept<T>(name: string, make: () => Promise<T>): Promise<T>
  /** The same of what such answers are made of: it waits for no place, as they have one. */
  shared: Shared
  /** What contracts say in words, kept likewise: see `readTexts`; null of a register too large to be held. */
  texts(): Promise<HoldsLetters | null>
}

/** Whether the reference, title or another text of some contract, in small letters, has these letters in it. */
export type HoldsLetters = (letters: string) => boolean

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

  const kept: Shared = async <T>(name: string, make: () => Promise<T>): Promise<T> => {
    const stands = await standing(name)
    if (stands !== null) return stands.answer as Promise<T>
    // Read before the answer is made: what changes meanwhile is newer than it.
    const version = await readDataVersion(pool, organisationId)
    const other = answers.get(name)
    if (other !== undefined && isFresh(other) && other.version >= version)
      return other.answer as Promise<T>
    for (const [key, each] of answers) if (!isFresh(each)) answers.delete(key)
    const mine = { version, madeAt: elapsed(), answer: make() }
    answers.set(name, mine)
    mine.answer.catch(() => {
      if (answers.get(name) === mine) answers.delete(name)
    })
    return await mine.answer
  }
  return {
    inTurn: (work) => inTurn(work),
    kept: (name, make) => kept(name, () => inTurn(make)),
    shared: kept,
    // Read in a tenth of a second: nobody who looks for a word waits for those who count all.
    texts: () => kept('texts', () => readTexts(pool, organisationId)),
  }
}

/** 60 bytes a contract are held. */
const MOST_HELD = 250_000
const MOST_KNOWN = 1000
/** So many in one text: it comes in pieces. */
const IN_ONE = 5000

async function readTexts(pool: Pool, organisationId: number): Promise<HoldsLetters | null> {
  const columns = ['title', 'supplier', 'reseller', 'category', 'department', 'form']
  const texts = ['c.reference_key', ...columns.map((column) => `lower(c.${column})`)].join(', ')
  const found = await selectOfContracts<{ readonly texts: string }>(
    pool,
    `string_agg(concat_ws(E'\\n', ${texts}), E'\\n') AS texts`,
    `c.organisation_id = $1 AND (SELECT count(*) FROM contract o WHERE o.organisation_id = $1) <= $2
     GROUP BY c.id / ${IN_ONE}`,
    [organisationId, MOST_HELD],
  )
  if (found.length === 0) return null
  // A look through them is 3 ms of 100,000 contracts, and an answer asks several times.
  const known = new Map<string, boolean>()
  return (letters) => {
    const holds = known.get(letters) ?? found.some((each) => each.texts.includes(letters))
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(letters, holds)
    return holds
  }
}
