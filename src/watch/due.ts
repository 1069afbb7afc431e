/** What is due: open deadlines by date, overdue ones first. */
import type { Pool } from 'pg'
import { type CivilDate, daysBetween } from '../domain/civil-date.ts'
import { type DeadlineKind, type Severity, severity } from '../domain/deadline-kinds.ts'

export interface DueItem {
  readonly reference: string
  readonly title: string | null
  readonly supplier: string | null
  readonly kind: DeadlineKind
  readonly date: CivilDate
  /** Negative where it has passed. */
  readonly daysLeft: number
  readonly severity: Severity
  readonly reason: string
}

export interface DueQuery {
  readonly organisationId: number
  readonly asOf: CivilDate
  readonly days: number
  readonly teamId: number | null
  readonly limit: number | null
}

/**
 * Deadlines that are open on that day and fall within so many days after it. Those of a contract
 * that has ended are left out, but for its end; so are historic, closed and unwatched contracts.
 */
export async function listDue(
  pool: Pool,
  query: DueQuery,
): Promise<{ readonly total: number; readonly items: readonly DueItem[] }> {
  const { organisationId, asOf, days, teamId, limit } = query
  const found = await pool.query<{
    reference: string
    title: string | null
    supplier: string | null
    kind: DeadlineKind
    date: CivilDate
    latest: CivilDate
    reason: string
    total: number
  }>(
    `SELECT c.reference, c.title, c.supplier, d.kind, d.due_on AS date, d.reason,
            CASE WHEN d.kind IN ('end', 'emergency-end') THEN c.current_latest ELSE d.due_on END AS latest,
            count(*) OVER () AS total
     FROM deadline d JOIN contract c ON c.id = d.contract_id
     WHERE d.organisation_id = $1 AND d.settled_why IS NULL AND d.due_on <= $2::date + $3::int
       AND NOT c.historic AND c.closed_on IS NULL AND c.watched
       AND ($4::int IS NULL OR c.team_id = $4)
       AND (d.kind IN ('end', 'emergency-end') OR c.current_latest IS NULL OR c.current_latest >= $2)
     ORDER BY d.due_on, c.reference, d.kind LIMIT $5`,
    [organisationId, asOf, days, teamId, limit],
  )
  return {
    total: found.rows[0]?.total ?? 0,
    items: found.rows.map(({ latest, total: _, ...row }) => {
      const daysLeft = daysBetween(asOf, row.date)
      // An imprecise end is overdue only after the latest day that it may mean.
      return {
        ...row,
        daysLeft,
        severity: asOf > latest ? 'overdue' : severity(Math.max(0, daysLeft)),
      }
    }),
  }
}
