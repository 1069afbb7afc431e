/** Saying what an extension was that a register only showed as a later end. */
import type { Pool } from 'pg'
import type { ExtensionKind } from '../domain/extension.ts'
import type { Decimal } from '../domain/money.ts'
import { Refusal } from '../domain/refusal.ts'
import { type Actor, act } from './act.ts'
import { queueWaiver } from './waiver.ts'

export interface Classification {
  readonly kind: ExtensionKind
  readonly cost: Decimal | null
  readonly rule: string | null
  readonly grounds: string | null
  readonly approver: string | null
  readonly noticeReference: string | null
}

/** @throws Refusal where it was classified in the meantime, or is gone. */
export async function classify(
  pool: Pool,
  actor: Actor,
  contractId: number,
  extensionId: number,
  said: Classification,
): Promise<void> {
  await act(pool, actor, contractId, async (client, { record, today, rules }) => {
    const changed = await client.query<{ to: string }>(
      `UPDATE extension SET kind = $3, cost = coalesce($4, cost), rule = $5, grounds = $6, approver = $7,
              notice_reference = $8, recorded_by_id = $9, recorded_at = $10
       WHERE id = $1 AND contract_id = $2 AND kind = 'unknown' RETURNING to_on AS "to"`,
      [
        extensionId,
        contractId,
        said.kind,
        said.cost,
        said.rule,
        said.grounds,
        said.approver,
        said.noticeReference,
        actor.personId,
        actor.now,
      ],
    )
    const [row] = changed.rows
    if (!row)
      throw new Refusal(
        `Somebody has said what that extension of ${record.row.reference} was already.`,
      )
    if (said.kind === 'emergency') {
      await queueWaiver(client, actor, { contractId, extensionId, today, rules })
    }
    return [{ contractId, what: 'extended', field: said.kind, from: 'unknown', to: row.to }]
  })
}
