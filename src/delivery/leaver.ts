/** Somebody's Slack account is closed: recorded, and told of where contracts are left behind. */
import type { Pool, PoolClient } from 'pg'
import { writeAudit } from '../db/audit.ts'
import { inTransaction } from '../db/transaction.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import type { LeaverFacts } from '../messages/leaver.ts'

export interface LeaversTold {
  readonly pool: Pool
  /** Slack ids of those who are told of a leaver. */
  readonly administrators: readonly string[]
}

interface Seen {
  readonly organisationId: number
  /** The day on which it was seen. */
  readonly asOf: CivilDate
}

/** Records it once, and tells each administrator once, in one transaction. */
export async function recordLeaver(
  { pool, administrators }: LeaversTold,
  { organisationId, asOf }: Seen,
  personId: number,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    const gone = await client.query<{ name: string | null; now: Date }>(
      `UPDATE person SET gone_on = $2 WHERE id = $1 AND gone_on IS NULL AND erased_at IS NULL
       RETURNING display_name AS name, now() AS now`,
      [personId, asOf],
    )
    const [row] = gone.rows
    if (row === undefined) return
    const facts = await leaverFacts(client, personId, row.name, asOf)
    // Who answers for nothing leaves nothing behind to be told of.
    const told =
      facts.contracts + facts.deputyOf === 0
        ? []
        : await toldOf(client, organisationId, administrators)
    await client.query(
      `INSERT INTO delivery (organisation_id, subject, purpose, sequence, destination, as_of, facts)
       SELECT $1, $2, 'leaver', $3, told.destination, $4, $5
       FROM unnest($6::text[]) AS told (destination) ON CONFLICT DO NOTHING`,
      [
        organisationId,
        `person:${personId}`,
        // Somebody who came back and leaves again is told of again.
        Number(asOf.replaceAll('-', '')),
        asOf,
        JSON.stringify(facts),
        told,
      ],
    )
    const source = { organisationId, byPersonId: null, via: 'delivery', at: row.now }
    await writeAudit(client, source, `the Slack account of person ${personId} is closed`, [
      { contractId: null, what: 'left', field: `person ${personId}`, from: null, to: asOf },
    ])
  })
}

/** The administrators; where none is named, the default team's escalation channel or its own. */
async function toldOf(
  client: PoolClient,
  organisationId: number,
  administrators: readonly string[],
): Promise<readonly string[]> {
  if (administrators.length > 0) return administrators
  const found = await client.query<{ channel: string | null }>(
    `SELECT coalesce(escalation_channel, channel) AS channel FROM team
     WHERE organisation_id = $1 AND is_default`,
    [organisationId],
  )
  return found.rows.flatMap(({ channel }) => channel ?? [])
}

const LISTED = 8

async function leaverFacts(
  client: PoolClient,
  personId: number,
  name: string | null,
  asOf: CivilDate,
): Promise<LeaverFacts> {
  const found = await client.query<LeaverRow>(LEFT_BEHIND, [personId, LISTED])
  const [first] = found.rows
  return {
    asOf,
    name: name ?? '',
    contracts: first?.total ?? 0,
    withoutDeputy: first?.withoutDeputy ?? 0,
    deputyOf: first?.deputyOf ?? 0,
    nearest: found.rows.flatMap((row) =>
      row.contractId === null || row.reference === null || row.version === null
        ? []
        : [
            {
              contractId: row.contractId,
              version: row.version,
              reference: row.reference,
              title: row.title,
              supplier: row.supplier,
              ends: row.ends,
              deputy: row.deputy,
            },
          ],
    ),
  }
}

interface LeaverRow {
  readonly total: number
  readonly withoutDeputy: number
  readonly deputyOf: number
  readonly contractId: number | null
  readonly version: number | null
  readonly reference: string | null
  readonly title: string | null
  readonly supplier: string | null
  readonly ends: CivilDate | null
  readonly deputy: string | null
}

/** $1 person, $2 how many are listed: the living contracts that they own, the nearest ends first. */
const LEFT_BEHIND = `
  WITH theirs AS MATERIALIZED (
    SELECT c.id, c.version, c.reference, c.title, c.supplier, c.current_latest AS ends,
           CASE WHEN d.gone_on IS NULL THEN d.display_name END AS deputy,
           d.id IS NULL OR d.gone_on IS NOT NULL AS alone
      FROM contract c LEFT JOIN person d ON d.id = c.deputy_id AND d.erased_at IS NULL
     WHERE c.owner_id = $1 AND c.closed_on IS NULL AND NOT c.historic),
  counts AS (SELECT count(*)::int AS total, (count(*) FILTER (WHERE alone))::int AS without FROM theirs)
  SELECT counts.total, counts.without AS "withoutDeputy",
         (SELECT count(*)::int FROM contract d
           WHERE d.deputy_id = $1 AND d.closed_on IS NULL AND NOT d.historic
             AND d.owner_id IS DISTINCT FROM $1) AS "deputyOf", t.id AS "contractId", t.version,
         t.reference, t.title, t.supplier, t.ends, t.deputy
    FROM counts LEFT JOIN LATERAL (
      SELECT * FROM theirs ORDER BY ends NULLS LAST, id LIMIT $2) t ON true`
