/** The contract that somebody means by what they typed. */
import type { Pool, PoolClient } from 'pg'
import { UserError } from '../rules/user-error.ts'

interface Candidate {
  readonly id: number
  readonly reference: string
  readonly title: string | null
  readonly supplier: string | null
  readonly source: string
}

const SELECT = `
  SELECT c.id, c.reference, c.title, c.supplier, s.name AS source
  FROM contract c JOIN source s ON s.id = c.source_id`

/**
 * The id of the one contract of that reference, of `#id`, or of a part of reference or title that
 * only one contract has.
 * @throws UserError where there is none, or several: it lists them.
 */
export async function findContract(
  client: Pool | PoolClient,
  organisationId: number,
  typed: string,
): Promise<number> {
  const text = typed.trim().replace(/^["'“‘]+|["'”’]+$/g, '')
  if (text === '') throw new UserError('Which contract? Give its reference.')
  const number = /^#(\d{1,9})$/.exec(text)?.[1]
  if (number !== undefined) {
    const byId = await client.query<Candidate>(
      `${SELECT} WHERE c.organisation_id = $1 AND c.id = $2`,
      [organisationId, Number(number)],
    )
    return only(byId.rows, text)
  }
  const key = text.replace(/\s+/g, ' ').toLowerCase()
  const exact = await client.query<Candidate>(
    `${SELECT} WHERE c.organisation_id = $1 AND c.reference_key = $2 ORDER BY c.id LIMIT 11`,
    [organisationId, key],
  )
  if (exact.rows.length > 0) return only(exact.rows, text)
  const part = `%${key.replace(/[\\%_]/g, (character) => `\\${character}`)}%`
  const partial = await client.query<Candidate>(
    `${SELECT} WHERE c.organisation_id = $1 AND (c.reference_key LIKE $2 OR lower(c.title) LIKE $2)
     ORDER BY c.historic, c.id LIMIT 11`,
    [organisationId, part],
  )
  return only(partial.rows, text)
}

function only(found: readonly Candidate[], typed: string): number {
  const [first] = found
  if (!first) throw new UserError(`No contract is called "${typed}". List them with: contracts`)
  if (found.length === 1) return first.id
  const lines = found.slice(0, 10).map(candidateLine)
  const more = found.length > 10 ? ' (the first ten)' : ''
  throw new UserError(`Several contracts fit "${typed}"${more}; say which by its number:`, lines)
}

function candidateLine({ id, reference, title, supplier, source }: Candidate): string {
  return [`#${id}`, reference, title, supplier, source].filter((part) => part !== null).join(' · ')
}
