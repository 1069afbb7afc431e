/** Who changed what of a contract, when, from what to what, and from where. */

import type { Pool, PoolClient } from 'pg'
import { type AuditChange, PERSON_SHOWN, withNames } from '../database/audit-log.ts'
import { tables } from '../database/prisma.ts'
import { pick } from '../rules/text-match.ts'

interface HistoryLine extends Omit<AuditChange, 'contractId'> {
  readonly at: Date
  readonly by: string | null
  readonly via: string
}

interface HistoryRow extends HistoryLine {
  /** The account of somebody of whom nothing else is known. */
  readonly bySlack: string | null
  /** Of the whole entry. */
  readonly summary: string
}

/** A page of the changes, the latest first, with the names that people have today; one past the last is the last. */
export async function readHistory(
  pool: Pool,
  organisationId: number,
  contractId: number,
  { page, size }: { readonly page: number; readonly size: number },
): Promise<{ readonly total: number; readonly rows: readonly HistoryRow[] }> {
  const { rows } = await pool.query<HistoryRow & { total: number }>(HISTORY, [
    contractId,
    page,
    size,
  ])
  return { total: rows[0]?.total ?? 0, rows: await withNames(pool, organisationId, rows) }
}

const HISTORY = `
  WITH found AS MATERIALIZED (
    SELECT c.entry_id, c.position, c.what, c.field, c.from_value, c.to_value
    FROM audit_change c WHERE c.contract_id = $1),
  counted AS (SELECT count(*)::int AS total FROM found)
  SELECT (SELECT total FROM counted) AS total, e.at, e.via, e.summary, f.what, f.field,
         f.from_value AS "from", f.to_value AS "to",
         CASE WHEN p.id IS NOT NULL THEN ${PERSON_SHOWN} END AS by,
         CASE WHEN coalesce(p.display_name, p.email) IS NULL THEN p.slack_user END AS "bySlack"
  FROM found f JOIN audit_entry e ON e.id = f.entry_id LEFT JOIN person p ON p.id = e.by_person_id
  ORDER BY e.position DESC, f.position LIMIT $3::int
  OFFSET ((SELECT least($2::int, greatest(1, (total + $3::int - 1) / $3::int)) FROM counted) - 1) * $3::int`

/** The latest changes, so many. */
export async function historyOf(
  pool: Pool,
  organisationId: number,
  contractId: number,
  limit: number,
): Promise<{ readonly total: number; readonly lines: readonly HistoryLine[] }> {
  const first = { page: 1, size: limit }
  const { total, rows } = await readHistory(pool, organisationId, contractId, first)
  const lines = rows.map((row) => pick(row, 'at', 'by', 'via', 'what', 'field', 'from', 'to'))
  return { total, lines }
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
