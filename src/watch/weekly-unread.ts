/** Rows of registers that could not be read, for the weekly summary. */
import type { Pool, PoolClient } from 'pg'
import type { SummaryItem, SummaryList } from '../messages/facts.ts'
import { capitalised } from '../messages/words.ts'

/**
 * Rows that were rejected and never put right. A row that could not be read belongs to no team
 * yet: the default team hears of it, and every team that has contracts from the same source.
 */
export async function readUnread(
  client: Pool | PoolClient,
  organisationId: number,
  teamId: number | null,
  listed: number,
): Promise<SummaryList> {
  const { rows } = await client.query<UnreadRow>(UNREAD, [organisationId, teamId, listed])
  return { total: rows[0]?.total ?? 0, items: rows.map(unreadItem) }
}

interface UnreadRow {
  readonly total: number
  readonly source: string
  readonly at: string
  readonly reference: string | null
  readonly field: string | null
  readonly value: string | null
  readonly problem: string
  readonly remedy: string
}

const UNREAD = `
  WITH found AS MATERIALIZED (
    SELECT DISTINCT ON (p.source_id, p.at) p.*
      FROM import_problem p
     WHERE p.organisation_id = $1 AND p.severity = 'error' AND p.resolved_import_id IS NULL
       AND ($2::int IS NULL OR EXISTS (SELECT FROM team t WHERE t.id = $2 AND t.is_default)
            OR EXISTS (SELECT FROM contract c WHERE c.source_id = p.source_id AND c.team_id = $2))
     ORDER BY p.source_id, p.at, p.import_id DESC, p.id)
  SELECT (SELECT count(*)::int FROM found) AS total, s.name AS source, f.at, f.reference, f.field,
         f.value, f.problem, f.remedy
    FROM found f JOIN source s ON s.id = f.source_id
   ORDER BY s.name, f.id LIMIT $3`

function unreadItem(row: UnreadRow): SummaryItem {
  const place = /^\d+$/.test(row.at) ? `line ${row.at}` : row.at
  const reference = row.reference === null ? '' : ` (${row.reference})`
  const field = row.field === null ? '' : `${row.field} "${row.value ?? ''}": `
  return {
    reference: `${row.source}, ${place}${reference}`,
    title: null,
    supplier: null,
    owner: null,
    kind: null,
    on: null,
    daysLeft: null,
    value: null,
    currency: '',
    note: `${field}${row.problem.replace(/\.$/, '')}. ${capitalised(row.remedy)}`,
  }
}
