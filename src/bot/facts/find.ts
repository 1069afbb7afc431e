/** Which contract somebody means by what they typed. */
import { CANDIDATE, type Candidate } from './candidate.ts'
import { folded, part } from './conditions.ts'
import type { BotContext } from './context.ts'
import { nearMisses } from './near-misses.ts'

export type FoundContract =
  | { readonly kind: 'one'; readonly contractId: number }
  /** At most ten; `more`: others fit too. */
  | {
      readonly kind: 'several'
      readonly candidates: readonly Candidate[]
      readonly more: boolean
    }
  /** Nothing fits; these are spelt nearly so, the nearest first, or come from such a supplier. */
  | { readonly kind: 'none'; readonly near: readonly Candidate[] }

const SHOWN = 10

/**
 * The contract of this number (`#12`), this reference, or with this part of a reference or title
 * that no other has.
 */
export async function findForBot(context: BotContext, typed: string): Promise<FoundContract> {
  const key = folded(typed.trim().replace(/^["'“‘]+|["'”’]+$/g, ''))
  if (key === '') return { kind: 'none', near: [] }
  const number = /^#(\d{1,9})$/.exec(key)?.[1]
  if (number !== undefined) return judged(await candidates(context, 'c.id = $2', Number(number)))
  const exact = await candidates(context, 'c.reference_key = $2', key)
  if (exact.length > 0) return judged(exact)
  const found = await parts(context, part(key))
  const partly = found.filter((each) => each.partly)
  if (partly.length > 0) return judged(partly)
  const near = found.length > 0 ? found.slice(0, SHOWN) : await nearMisses(context, key)
  return { kind: 'none', near }
}

/**
 * Those whose reference or title holds the part, or else their supplier, in one look at all
 * contracts: it is what an answer costs where nothing fits.
 */
async function parts(
  { pool, organisationId }: BotContext,
  like: string,
): Promise<readonly (Candidate & { readonly partly: boolean })[]> {
  const found = await pool.query<Candidate & { readonly partly: boolean }>(
    `SELECT ${CANDIDATE}, coalesce(c.reference_key LIKE $2 OR lower(c.title) LIKE $2, false) AS partly
     FROM contract c WHERE c.organisation_id = $1
       AND (c.reference_key LIKE $2 OR lower(c.title) LIKE $2 OR lower(c.supplier) LIKE $2)
     ORDER BY partly DESC, c.historic OR c.closed_on IS NOT NULL, c.id LIMIT ${SHOWN + 1}`,
    [organisationId, like],
  )
  return found.rows
}

/** Those that still matter first. */
async function candidates(
  { pool, organisationId }: BotContext,
  condition: string,
  value: string | number,
): Promise<Candidate[]> {
  const found = await pool.query<Candidate>(
    `SELECT ${CANDIDATE} FROM contract c WHERE c.organisation_id = $1 AND ${condition}
     ORDER BY c.historic OR c.closed_on IS NOT NULL, c.id LIMIT ${SHOWN + 1}`,
    [organisationId, value],
  )
  return found.rows
}

function judged(found: readonly Candidate[]): FoundContract {
  const [first] = found
  if (first === undefined) return { kind: 'none', near: [] }
  if (found.length === 1) return { kind: 'one', contractId: first.contractId }
  return { kind: 'several', candidates: found.slice(0, SHOWN), more: found.length > SHOWN }
}
