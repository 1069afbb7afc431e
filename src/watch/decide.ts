/** What was decided about a deadline, with its evidence. */
import type { Pool } from 'pg'
import type { DecidableKind } from '../domain/contract.ts'
import { deadlinesOf } from '../domain/deadlines.ts'
import { Refusal } from '../domain/refusal.ts'
import { decidable } from '../domain/settlement.ts'
import { type Actor, act } from './act.ts'
import { planProcurement } from './plan-procurement.ts'

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
  if (text === '') throw new Refusal('Say what was decided, in a few words.')
  await act(pool, actor, contractId, async (client, { today, rules, record }) => {
    const deadlines = deadlinesOf(record.contract, rules)
    const fitting = deadlines.filter((each) => decidable(each.kind) === decision.kind)
    const deadline = fitting.find((each) => each.settled === null) ?? fitting[0]
    if (!deadline) {
      const has = [...new Set(deadlines.map((each) => decidable(each.kind)))].join(', ')
      throw new Refusal(
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
