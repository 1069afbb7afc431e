/** What a calendar shows: open deadlines, without prices and without names of people. */
import type { Pool } from 'pg'
import { beforeItsEnd, stillAsks, WATCHED } from '../database/contracts.ts'
import { addDays, type CivilDate } from '../rules/civil-date.ts'
import type { DeadlineKind } from '../rules/contract.ts'
import type { CalendarEvent } from '../text/calendar-feed.ts'

interface CalendarAsked {
  readonly organisationId: number
  readonly personId: number | null
  readonly teamId: number | null
  readonly today: CivilDate
}

/** What is overdue for longer is not for a calendar: Slack goes on asking about it. */
const DAYS_BACK = 92
/** Calendar programs read no more than some thousands. */
const MOST_EVENTS = 2000

/** By date, the nearest ones where there are too many; `total` counts all. One query. */
export async function readCalendar(
  pool: Pool,
  { organisationId, personId, teamId, today }: CalendarAsked,
): Promise<{ readonly total: number; readonly events: readonly CalendarEvent[] }> {
  const found = await pool.query<Row>(
    // A person's contracts first: joined the other way, all 300,000 deadlines of a large register
    // are read for the few that are theirs.
    `WITH c AS MATERIALIZED (
       SELECT id, team_id, reference, title, supplier, current_latest FROM contract c
       WHERE organisation_id = $1 AND ${WATCHED}
         AND CASE WHEN $4::int IS NOT NULL THEN team_id = $4
                  ELSE $5::int IN (owner_id, deputy_id, category_lead_id) END)
     SELECT d.contract_id AS "contractId", d.kind, d.due_on AS "on", d.reason, c.reference, c.title,
            c.supplier, t.name AS team, count(*) OVER ()::int AS total
     FROM c JOIN deadline d ON d.contract_id = c.id JOIN team t ON t.id = c.team_id
     WHERE d.settled_why IS NULL AND d.due_on >= $2 AND ${stillAsks('$3::date')}
       AND ${beforeItsEnd('$3')}
     ORDER BY d.due_on, d.contract_id, d.kind LIMIT $6`,
    [organisationId, addDays(today, -DAYS_BACK), today, teamId, personId, MOST_EVENTS],
  )
  return { total: found.rows[0]?.total ?? 0, events: keyed(found.rows) }
}

interface Row extends Omit<CalendarEvent, 'key'> {
  readonly contractId: number
  readonly kind: DeadlineKind
  readonly total: number
}

/**
 * A deadline that moves stays the same event. Where a contract has several of one kind (a notice
 * date that was missed, beside the next), the latest is that event and the others have their day.
 */
function keyed(rows: readonly Row[]): CalendarEvent[] {
  const latest = new Map(rows.map(({ contractId, kind, on }) => [`${contractId} ${kind}`, on]))
  return rows.map(({ contractId, total: _, ...row }) => {
    const isLatest = latest.get(`${contractId} ${row.kind}`) === row.on
    return { ...row, key: `${contractId}-${row.kind}${isLatest ? '' : `-${row.on}`}` }
  })
}
