/** Who changed what of a contract, when, from what to what, and from where. */

import type { Pool, PoolClient } from 'pg'
import { PERSON_SHOWN, withNames } from '../database/audit-log.ts'
import { tables } from '../database/prisma.ts'

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
  const last = await tables(client).auditEntry.findFirst({
    where: { organisationId },
    orderBy: { position: 'desc' },
    select: { position: true },
  })
  return last?.position ?? 0
}

/** Whether anything after that position changed what figures follow from: a pause of a warning does not. */
export async function changedSince(
  client: Pool | PoolClient,
  organisationId: number,
  version: number,
): Promise<boolean> {
  const since = await tables(client).auditEntry.findFirst({
    where: {
      organisationId,
      position: { gt: version },
      rows: { some: { what: { notIn: ['acknowledged', 'snoozed'] } } },
    },
    select: { position: true },
  })
  return since !== null
}
