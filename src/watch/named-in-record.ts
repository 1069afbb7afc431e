/** Where the record of changes names a person in what somebody typed: it cannot be changed, so the places are told. */
import type { Pool, PoolClient } from 'pg'
import type { KnownPerson } from './person.ts'

/** A place in the record, without its text. */
export interface RecordPlace {
  /** Of the entry, as `history` and `audit verify` count them. */
  readonly position: number
  readonly at: Date
  readonly reference: string | null
  /** What was done, and to which field; `summary` of the entry's own sentence. */
  readonly what: string
  readonly field: string | null
}

/** Their name, address and Slack id as whole words of any case; null where nothing is known that long. */
export function wordsOf({ name, email, slackUser }: KnownPerson): string | null {
  const words = [name, email, slackUser]
    .filter((word) => word !== null && word.trim().length >= 3)
    .flatMap((word) => (word === null ? [] : [word, JSON.stringify(word).slice(1, -1)]))
  if (words.length === 0) return null
  const alternatives = [...new Set(words)].map((word) =>
    word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replace(/\s+/g, '\\s+'),
  )
  return `(?<![[:alnum:]])(${alternatives.join('|')})(?![[:alnum:]])`
}

/** By position, whole: reads all of the record, which takes seconds where it has millions of rows. */
export async function namedInRecord(
  client: Pool | PoolClient,
  organisationId: number,
  person: KnownPerson,
): Promise<RecordPlace[]> {
  const pattern = wordsOf(person)
  if (pattern === null) return []
  const found = await client.query<RecordPlace>(PLACES, [organisationId, pattern])
  return found.rows
}

const PLACES = `
  SELECT position, at, reference, what, field FROM (
  SELECT e.position, e.at, c.reference, ch.what, ch.field, ch.position AS row
    FROM audit_change ch JOIN audit_entry e ON e.id = ch.entry_id
    LEFT JOIN contract c ON c.id = ch.contract_id
   WHERE e.organisation_id = $1 AND (ch.from_value ~* $2 OR ch.to_value ~* $2 OR ch.field ~* $2)
   UNION ALL
  SELECT e.position, e.at, NULL, 'summary', NULL, 0 FROM audit_entry e
   WHERE e.organisation_id = $1 AND e.summary ~* $2) AS place
   ORDER BY position, row`
