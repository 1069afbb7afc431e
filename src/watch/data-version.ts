/**
 * Which version of the data an answer speaks of: the position in the audit. Entries are committed in
 * the order of their positions, so that none comes in behind one that was seen.
 */
import type { Pool, PoolClient } from 'pg'

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
