/** Contracts whose reference or title is spelt nearly as it was typed. */
import { nearWord } from '../../domain/near-word.ts'
import { CANDIDATE, type Candidate } from './candidate.ts'
import { part } from './conditions.ts'
import type { BotContext } from './context.ts'

/** How many contracts are compared, and how many are proposed. */
const COMPARED = 2000
const PROPOSED = 5

/** `key`: what was typed, folded; it fits no contract. The nearest reference first, then titles. */
export async function nearMisses(
  { pool, organisationId }: BotContext,
  key: string,
): Promise<Candidate[]> {
  // A word of figures is a slip of a reference; in titles only words are looked for.
  const words = key.split(' ').filter((word) => word.length >= 4 && /\p{L}{3}/u.test(word))
  // A slip seldom spoils both ends of a reference, or every beginning and end of the words of a title.
  const ends = words.flatMap((word) => [part(word.slice(0, 3)), part(word.slice(-3))])
  const asked = ends.length === 0 ? [organisationId, key] : [organisationId, key, ends]
  const found = await pool.query<Candidate>(
    ends.length === 0 ? REFERENCES : `(${REFERENCES}) UNION (${TITLES})`,
    asked,
  )
  const byReference = nearestFirst(found.rows, key)
  const byTitle = found.rows.filter(({ title }) => title !== null && isNearTitle(words, title))
  return [...new Set([...byReference, ...byTitle])].slice(0, PROPOSED)
}

const REFERENCES = `
  SELECT ${CANDIDATE} FROM contract c WHERE c.organisation_id = $1
     AND length(c.reference_key) BETWEEN length($2) - 2 AND length($2) + 2
     AND (left(c.reference_key, 2) = left($2, 2) OR right(c.reference_key, 2) = right($2, 2))
   ORDER BY left(c.reference_key, length($2) - 2) = left($2, length($2) - 2) DESC, c.id LIMIT ${COMPARED}`

const TITLES = `
  SELECT ${CANDIDATE} FROM contract c WHERE c.organisation_id = $1
     AND lower(c.title) LIKE ANY($3::text[]) ORDER BY c.historic, c.id LIMIT ${COMPARED}`

function nearestFirst(candidates: readonly Candidate[], key: string): Candidate[] {
  const references = candidates.map((each) => [each.reference.toLowerCase(), each] as const)
  // Each is compared once; only those near enough are then put in order.
  const left = new Map(references.filter(([reference]) => nearWord(key, [reference]) !== null))
  const near: Candidate[] = []
  while (near.length < PROPOSED) {
    const nearest = left.get(nearWord(key, left.keys()) ?? '')
    if (nearest === undefined) break
    near.push(nearest)
    left.delete(nearest.reference.toLowerCase())
  }
  return near
}

/** Every longer word that was typed is nearly one of the title's. */
function isNearTitle(words: readonly string[], title: string): boolean {
  const said = title.toLowerCase().split(/[^\p{L}\p{N}]+/u)
  return words.length > 0 && words.every((word) => nearWord(word, said) !== null)
}
