/** A decision to buy what follows becomes checkpoints. */
import type { PoolClient } from 'pg'
import type { AuditChange } from '../db/audit.ts'
import type { ContractRecord } from '../db/watched.ts'
import { plannedCheckpoints, procurementDecided, routeOfDecision } from '../domain/checkpoints.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import { currentEnd, firstDayAfter } from '../domain/current-end.ts'
import { routeFor } from '../domain/routes.ts'
import type { Rules } from '../domain/rules.ts'

export interface Planning {
  readonly record: ContractRecord
  readonly today: CivilDate
  readonly rules: Rules
  readonly now: Date
}

/**
 * A decision to compete, to call off or to award becomes checkpoints; any other about a date takes
 * the place of those that an earlier one about it had made. Returns what was planned, for the audit.
 */
export async function planProcurement(
  client: PoolClient,
  { record, today, rules, now }: Planning,
  decision: { readonly id: number; readonly text: string },
): Promise<readonly AuditChange[]> {
  const decided = procurementDecided(decision.text)
  const contractId = record.row.id
  await client.query(
    `UPDATE checkpoint SET withdrawn_at = $2 FROM decision d
     WHERE checkpoint.contract_id = $1 AND checkpoint.withdrawn_at IS NULL AND d.id = checkpoint.decision_id
       AND ($3 OR d.withdrawn_at IS NOT NULL)`,
    [contractId, now, decided !== null],
  )
  const coverFrom = firstDayAfter(currentEnd(record.contract))
  if (decided === null || coverFrom === null) return []
  const recorded = routeFor(record.contract, rules.routes, rules.routeBands)
  const route = routeOfDecision(decided, recorded, rules)
  const planned = plannedCheckpoints(coverFrom, today, route, rules)
  await client.query(
    `INSERT INTO checkpoint (organisation_id, contract_id, decision_id, name, route, planned_on, due_on)
     SELECT c.organisation_id, c.id, $2, p.name, $3, p.due_on, p.due_on
     FROM contract c, unnest($4::text[], $5::date[]) AS p (name, due_on) WHERE c.id = $1`,
    [
      contractId,
      decision.id,
      route.name,
      planned.map(({ name }) => name),
      planned.map(({ on }) => on),
    ],
  )
  const signature = planned.find(({ name }) => name === 'signature')?.on ?? null
  return [{ contractId, what: 'procurement planned', field: route.name, from: null, to: signature }]
}
