/**
 * Answers that are made from the whole register: few of them at once, so that those who ask about one
 * contract do not wait for them, and the same one only once while nothing changes.
 */
import pLimit from 'p-limit'
import type { Pool } from 'pg'
import { selectOfContracts } from '../database/contracts.ts'
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
  /** What contracts say in words, kept likewise; null of a register too large to be held. */
  texts(): Promise<RegisterTexts | null>
}

/** References, titles and whom and what contracts are of, as the database writes them in small letters. */
export interface RegisterTexts {
  /** Whether any of them has these letters in it. */
  holds(letters: string): boolean
  /** The words of titles and suppliers that have some of these in them, each once. */
  words(letters: readonly string[]): string[]
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

  const kept = async <T>(name: string, make: () => Promise<T>): Promise<T> => {
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
    // Read in a tenth of a second: nobody who looks for a word waits for those who count all.
    texts: () => kept('texts', () => readTexts(pool, organisationId)),
  }
}

/** 60 bytes a contract are held. */
const MOST_HELD = 250_000
/** So many in one text: it comes in pieces. */
const IN_ONE = 5000

async function readTexts(pool: Pool, organisationId: number): Promise<RegisterTexts | null> {
  const joined = (...columns: string[]) =>
    `string_agg(concat_ws(E'\\n', ${columns.join(', ')}), E'\\n')`
  const [named, of] = [
    joined('lower(c.title)', 'lower(c.supplier)'),
    joined(
      'c.reference_key',
      'lower(c.reseller)',
      'lower(c.category)',
      'lower(c.department)',
      'c.form',
    ),
  ]
  const found = await selectOfContracts<{ readonly named: string; readonly of: string }>(
    pool,
    `${named} AS named, ${of} AS of`,
    `c.organisation_id = $1 AND (SELECT count(*) FROM contract o WHERE o.organisation_id = $1) <= $2
     GROUP BY c.id / ${IN_ONE}`,
    [organisationId, MOST_HELD],
  )
  if (found.length === 0) return null
  return {
    holds: (letters) =>
      found.some(({ named, of }) => named.includes(letters) || of.includes(letters)),
    words: (letters) => [
      ...new Set(found.flatMap(({ named }) => letters.flatMap((each) => wordsIn(named, each)))),
    ],
  }
}

function wordsIn(text: string, letters: string): string[] {
  const words: string[] = []
  for (let at = text.indexOf(letters); at >= 0; ) {
    let [from, to] = [at, at]
    while (from > 0 && !isSpace(text, from - 1)) from -= 1
    while (to < text.length && !isSpace(text, to)) to += 1
    words.push(text.slice(from, to))
    at = text.indexOf(letters, to)
  }
  return words
}

function isSpace(text: string, at: number): boolean {
  return text[at] === ' ' || text[at] === '\n'
}
