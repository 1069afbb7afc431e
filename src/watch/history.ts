/** Who changed what of a contract, when, from what to what, and from where. */
import type { Pool } from 'pg'
import { PERSON_SHOWN, withNames } from '../db/audit.ts'

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
