/** Saying what an extension was that a register only showed as a later end. */
import type { Pool } from 'pg'
import type { ExtensionKind } from '../domain/extension.ts'
import type { Decimal } from '../domain/money.ts'
import { Refusal } from '../domain/refusal.ts'
import { type Actor, act } from './act.ts'
import { queueWaiver } from './waiver.ts'

/** What is null of the record's words stays as it was, such as the register gave it. */
export interface Classification {
  readonly kind: ExtensionKind
  /** Undefined: as it was; null: unknown. */
  readonly cost: Decimal | null | undefined
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
      `UPDATE extension SET kind = $3, cost = CASE WHEN $11 THEN $4 ELSE cost END, rule = coalesce($5, rule),
              grounds = coalesce($6, grounds), approver = coalesce($7, approver),
              notice_reference = coalesce($8, notice_reference), recorded_by_id = $9, recorded_at = $10
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
        said.cost !== undefined,
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
