/**
 * A person is forgotten: their row keeps a pseudonym, so that the record of changes and its chain
 * stay whole, and their name and addresses are taken out of whatever text holds them.
 */
import type { Pool, PoolClient } from 'pg'
import { personText, writeAudit } from '../db/audit.ts'
import { quoted } from '../db/tables.ts'
import { inTransaction } from '../db/transaction.ts'
import { queueUpdates } from '../delivery/updates.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import { Refusal } from '../domain/refusal.ts'
import { namedInRecord, type RecordPlace, wordsOf } from './named-in-record.ts'
import { findPerson } from './person.ts'

export interface Erased {
  readonly person: number
  readonly pseudonym: string
  /** How many texts held their name or address, by table. */
  readonly cleaned: Readonly<Record<string, number>>
  /** Where the record of changes names them in free text: it cannot be changed, only pointed to. */
  readonly leftInRecord: readonly RecordPlace[]
  /** Contracts that now want another owner. */
  readonly owned: number
  /** Messages in Slack that are rewritten without the name. */
  readonly rewritten: number
}

export interface Eraser {
  readonly organisationId: number
  readonly today: CivilDate
  readonly now: Date
  /** Who does it, where that is known. */
  readonly personId: number | null
}

/** What identifies a contract, a supplier or a channel is no text about a person. */
const KEPT = [
  ['person', 'audit_entry', 'audit_change', '_prisma_migrations', 'buyer', 'product', 'channel'],
  [
    'reference',
    'external_id',
    'supplier',
    'reseller',
    'destination',
    'subject',
    'state',
    'purpose',
  ],
] as const

/** Erases the person that this names, in one transaction. @throws Refusal as `findPerson`. */
export async function erasePerson(pool: Pool, eraser: Eraser, asked: string): Promise<Erased> {
  return await inTransaction(pool, async (client) => {
    const { organisationId, today, now } = eraser
    const person = await findPerson(client, organisationId, asked)
    if (person.erasedAt !== null) {
      throw new Refusal(`Person ${person.id} was erased already: nothing of them is left to erase.`)
    }
    const owned = await client.query<{ id: number }>(
      'SELECT id FROM contract WHERE organisation_id = $1 AND owner_id = $2 AND closed_on IS NULL',
      [organisationId, person.id],
    )
    if (person.slackUser !== null) await closeLetterBox(client, organisationId, person.slackUser)
    const pattern = wordsOf(person)
    // Nobody can look for the name once it is gone.
    const leftInRecord = await namedInRecord(client, organisationId, person)
    const cleaned = pattern === null ? {} : await clean(client, organisationId, pattern)
    await client.query('DELETE FROM calendar_feed WHERE organisation_id = $1 AND person_id = $2', [
      organisationId,
      person.id,
    ])
    await client.query(
      `UPDATE person SET display_name = NULL, name_key = NULL, email = NULL, slack_workspace = NULL,
         slack_user = NULL, voice = 'neither', gone_on = coalesce(gone_on, $2), erased_at = $3
       WHERE id = $1`,
      [person.id, today, now],
    )
    const ids = owned.rows.map(({ id }) => id)
    const rewritten = await queueUpdates(client, organisationId, ids, today)
    const source = { organisationId, byPersonId: eraser.personId, via: 'erasure', at: now }
    await writeAudit(client, source, `erased person ${person.id}`, [
      {
        contractId: null,
        what: 'erased',
        field: personText(person.id),
        from: null,
        to: person.pseudonym,
      },
    ])
    return {
      person: person.id,
      pseudonym: person.pseudonym,
      cleaned,
      leftInRecord,
      owned: ids.length,
      rewritten,
    }
  })
}

/** Messages to them in person: what waits is not sent, what was sent no longer says to whom. */
async function closeLetterBox(
  client: PoolClient,
  organisationId: number,
  slackUser: string,
): Promise<void> {
  await client.query(
    `UPDATE delivery SET destination = 'erased:' || id, slack_channel = NULL, lease_until = NULL,
       state = CASE WHEN state IN ('SENT', 'DEAD', 'BLOCKED') THEN state ELSE 'SUPERSEDED' END
     WHERE organisation_id = $1 AND destination = $2`,
    [organisationId, slackUser],
  )
  await client.query('DELETE FROM channel WHERE organisation_id = $1 AND destination = $2', [
    organisationId,
    slackUser,
  ])
}

const INSTEAD = '[erased person]'

/** Every text of every table that belongs to the organisation, whatever tables there are. */
async function clean(
  client: PoolClient,
  organisationId: number,
  pattern: string,
): Promise<Record<string, number>> {
  const found = await client.query<{ table: string; column: string; type: string }>(
    `SELECT c.table_name AS "table", c.column_name AS "column", c.data_type AS type
     FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
       AND c.data_type IN ('text', 'jsonb') AND c.table_name <> ALL($1) AND c.column_name <> ALL($2)
       AND c.column_name NOT LIKE '%\\_key' AND c.column_name NOT LIKE 'slack\\_%'
     ORDER BY c.table_name, c.column_name`,
    KEPT.map((names) => [...names]),
  )
  const cleaned: Record<string, number> = {}
  const owners = await withOrganisation(client)
  for (const { table, column, type } of found.rows) {
    const name = quoted(column)
    const own = owners.has(table) ? 'organisation_id = $1' : '$1::int IS NOT NULL'
    const changed = await client.query(
      `UPDATE ${quoted(table)} SET ${name} = regexp_replace(${name}::text, $2, $3, 'gi')::${type}
       WHERE ${own} AND ${name}::text ~* $2`,
      [organisationId, pattern, INSTEAD],
    )
    if (changed.rowCount) cleaned[table] = (cleaned[table] ?? 0) + changed.rowCount
  }
  return cleaned
}

async function withOrganisation(client: PoolClient): Promise<ReadonlySet<string>> {
  const found = await client.query<{ table: string }>(
    `SELECT table_name AS "table" FROM information_schema.columns
     WHERE table_schema = current_schema() AND column_name = 'organisation_id'`,
  )
  return new Set(found.rows.map(({ table }) => table))
}
