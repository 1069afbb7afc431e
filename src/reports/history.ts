/** Who changed what of a contract, when, from what to what, and from where. */
import type { Pool, PoolClient } from 'pg'
import { PERSON_SHOWN, withNames } from '../database/audit-log.ts'

export interface HistoryLine {
  readonly at: Date
  readonly by: string | null
  readonly via: string
  readonly what: string
  readonly field: string | null
  readonly from: string | null
  readonly to: string | null
}

/** The latest changes first, with the names that people have today. */
export async function historyOf(
  pool: Pool,
  organisationId: number,
  contractId: number,
  limit: number,
): Promise<{ readonly total: number; readonly lines: readonly HistoryLine[] }> {
  const found = await pool.query<HistoryLine & { total: number }>(
    `SELECT e.at, CASE WHEN p.id IS NOT NULL THEN ${PERSON_SHOWN} END AS by,
            e.via, c.what, c.field, c.from_value AS "from", c.to_value AS "to", count(*) OVER () AS total
     FROM audit_change c JOIN audit_entry e ON e.id = c.entry_id
     LEFT JOIN person p ON p.id = e.by_person_id
     WHERE c.contract_id = $1 ORDER BY e.position DESC, c.position LIMIT $2`,
    [contractId, limit],
  )
  return {
    total: found.rows[0]?.total ?? 0,
    lines: await withNames(
      pool,
      organisationId,
      found.rows.map(({ total: _, ...line }) => line),
    ),
  }
}

// Which version of the data an answer speaks of: the position in the audit. Entries are committed in
// the order of their positions, so that none comes in behind one that was seen.

/** The position of the last audited change; 0 before the first. */
export async function readDataVersion(
  client: Pool | PoolClient,
  organisationId: number,
): Promise<number> {
  const { rows } = await client.query<{ position: number }>(
    `SELECT coalesce(max(position), 0) AS position FROM audit_entry WHERE organisation_id = $1`,
    [organisationId],
  )
  return rows[0]?.position ?? 0
}

/** Whether anything after that position changed what figures follow from: a pause of a warning does not. */
export async function changedSince(
  client: Pool | PoolClient,
  organisationId: number,
  version: number,
): Promise<boolean> {
  const { rows } = await client.query<{ changed: boolean }>(
    `SELECT EXISTS (SELECT FROM audit_entry e WHERE e.organisation_id = $1 AND e.position > $2
        AND EXISTS (SELECT FROM audit_change a WHERE a.entry_id = e.id
                     AND a.what NOT IN ('acknowledged', 'snoozed'))) AS changed`,
    [organisationId, version],
  )
  return rows[0]?.changed ?? true
}
