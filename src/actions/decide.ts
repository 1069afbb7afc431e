/** What was decided about a deadline, with its evidence. */
import type { Pool, PoolClient } from 'pg'
import type { AuditChange } from '../database/audit-log.ts'
import type { ContractRecord } from '../database/contracts.ts'
import { plannedCheckpoints, procurementDecided, routeOfDecision } from '../rules/checkpoints.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import { currentEnd, type DecidableKind, firstDayAfter } from '../rules/contract.ts'
import { deadlinesOf, decidable } from '../rules/deadlines.ts'
import type { Rules } from '../rules/settings.ts'
import { replacementRoute } from '../rules/start-by.ts'
import { UserError } from '../rules/user-error.ts'
import { type Actor, act } from './act.ts'

export interface DecisionInput {
  readonly kind: DecidableKind
  readonly text: string
  readonly evidence: string | null
}

/** A decision with its evidence settles one deadline. */
export async function decide(
  pool: Pool,
  actor: Actor,
  contractId: number,
  decision: DecisionInput,
): Promise<void> {
  const text = decision.text.trim()
  if (text === '') throw new UserError('Say what was decided, in a few words.')
  await act(pool, actor, contractId, async (client, { today, rules, record }) => {
    const deadlines = deadlinesOf(record.contract, rules)
    const fitting = deadlines.filter((each) => decidable(each.kind) === decision.kind)
    const deadline = fitting.find((each) => each.settled === null) ?? fitting[0]
    if (!deadline) {
      const has = [...new Set(deadlines.map((each) => decidable(each.kind)))].join(', ')
      throw new UserError(
        `${record.row.reference} has no ${decision.kind} deadline to decide about; it has: ${has || 'none'}.`,
      )
    }
    await client.query(
      `UPDATE decision SET withdrawn_at = $4 WHERE contract_id = $1 AND deadline = $2 AND deadline_on = $3
         AND withdrawn_at IS NULL`,
      [contractId, decision.kind, deadline.on, actor.now],
    )
    const made = await client.query<{ id: number }>(
      `INSERT INTO decision (organisation_id, contract_id, deadline, deadline_on, text, evidence, decided_on, decided_by_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
      [
        actor.organisationId,
        contractId,
        decision.kind,
        deadline.on,
        text,
        decision.evidence,
        today,
        actor.personId,
      ],
    )
    // A review plans nothing, whatever words its outcome is put in.
    const planned =
      decision.kind === 'review'
        ? []
        : await planProcurement(
            client,
            { record, today, rules, now: actor.now },
            { id: made.rows[0]?.id ?? 0, text },
          )
    return [
      { contractId, what: 'decided', field: decision.kind, from: deadline.on, to: text },
      ...planned,
    ]
  })
}

// A decision to buy what follows becomes checkpoints.

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
async function planProcurement(
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
  const recorded = replacementRoute(record.contract, coverFrom, rules)
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
