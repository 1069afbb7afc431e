/** Alerts: the fact that a reminder was reached, unique by its key. */

import type { PoolClient } from 'pg'
import { byColumn, lockRows } from '../database/bulk.ts'
import type { Team } from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import type { Deadline } from '../rules/deadlines.ts'
import type { AskAgain, DueReminder } from '../rules/reminder-plan.ts'

export interface DueContract {
  readonly contractId: number
  readonly team: Team
  readonly day: CivilDate
  readonly catchUp: boolean
  /** The team's rule: more contracts than this share one message. */
  readonly groupAbove: number
  /** The team's rule: ends this near to one another are one cliff. */
  readonly cliffDays: number
  readonly deadlines: readonly Deadline[]
  readonly raise: readonly DueReminder[]
  readonly askAgain: readonly AskAgain[]
  /** Somebody answered that it is supplied without cover. */
  readonly outOfContract: boolean
}

export interface AlertRow {
  readonly id: number
  readonly contractId: number
}

/**
 * One row for each reminder; a superseded one whose deadline came back is raised once more.
 * The unique key is what keeps two sweeps from raising the same reminder twice.
 */
export async function raiseAlerts(
  client: PoolClient,
  organisationId: number,
  due: readonly DueContract[],
): Promise<AlertRow[]> {
  const rows = due.flatMap(({ contractId, day, raise }) =>
    raise.map(({ deadline: { kind, on }, rung, skipped }) => {
      return {
        contractId,
        kind,
        on,
        rung,
        day,
        from: skipped?.from ?? null,
        to: skipped?.to ?? null,
      }
    }),
  )
  const raised = await client.query<AlertRow>(
    `INSERT INTO alert (organisation_id, contract_id, kind, deadline_on, rung, raised_on, skipped_from, skipped_to)
     SELECT $1, r.* FROM unnest($2::int[], $3::text[], $4::date[], $5::int[], $6::date[], $7::int[], $8::int[])
       AS r (contract_id, kind, deadline_on, rung, raised_on, skipped_from, skipped_to)
     ON CONFLICT (contract_id, kind, deadline_on, rung) DO UPDATE
       SET state = 'open', raised_on = excluded.raised_on, occurrence = alert.occurrence + 1,
           skipped_from = excluded.skipped_from, skipped_to = excluded.skipped_to,
           acted_by_id = NULL, acted_on = NULL, paused_until = NULL, closed_on = NULL
       WHERE alert.state = 'superseded'
     RETURNING id, contract_id AS "contractId"`,
    [organisationId, ...byColumn(rows, 'contractId', 'kind', 'on', 'rung', 'day', 'from', 'to')],
  )
  return raised.rows
}

export interface ReopenedAlert extends AlertRow {
  readonly promise: Promised
}

/** What somebody said about an alert that is asked about again: the person by number. */
export interface Promised {
  readonly was: 'acknowledged' | 'snoozed'
  readonly on: CivilDate | null
  readonly until: CivilDate
  readonly by: number | null
}

/** Acknowledged or snoozed, and the pause has run out: open again. Tells what had been promised. */
export async function reopenAlerts(
  client: PoolClient,
  due: readonly DueContract[],
): Promise<ReopenedAlert[]> {
  const rows = due.flatMap(({ contractId, askAgain }) =>
    askAgain.map(({ deadline: { kind, on } }) => ({ contractId, kind, on })),
  )
  if (rows.length === 0) return []
  const paused = await lockRows<ReopenedAlert>(
    client,
    'alert',
    `id, contract_id AS "contractId", jsonb_build_object('was', state, 'on', acted_on,
       'until', paused_until, 'by', acted_by_id) AS promise`,
    `(contract_id, kind, deadline_on) IN (SELECT * FROM unnest($1::int[], $2::text[], $3::date[]))
     AND state IN ('acknowledged', 'snoozed')`,
    byColumn(rows, 'contractId', 'kind', 'on'),
  )
  await tables(client).alert.updateMany({
    where: { id: { in: paused.map(({ id }) => id) } },
    data: { state: 'open', pausedUntil: null, askedAgain: { increment: 1 } },
  })
  return paused
}
