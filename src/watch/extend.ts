/** An extension of a contract, proposed or signed. */
import type { Pool } from 'pg'
import { addDays, type CivilDate } from '../domain/civil-date.ts'
import { currentEnd } from '../domain/current-end.ts'
import type { ExtensionKind } from '../domain/extension.ts'
import type { Decimal } from '../domain/money.ts'
import { Refusal } from '../domain/refusal.ts'
import { dayText } from '../domain/words.ts'
import { type Actor, act } from './act.ts'
import { queueWaiver } from './waiver.ts'

export interface ExtensionInput {
  readonly kind: ExtensionKind
  readonly to: CivilDate
  /** The day after the current end where it is null. */
  readonly from: CivilDate | null
  readonly cost: Decimal | null
  /** A proposed one moves nothing; signed where it is not said. */
  readonly status?: 'confirmed' | 'proposed'
  readonly rule?: string | null
  readonly grounds?: string | null
  readonly approver?: string | null
  readonly noticeReference?: string | null
}

/**
 * A signed extension moves the end; its deadlines follow. A contract that was closed, historic or
 * out of contract is covered again, and watched again. Returns the extension's number.
 */
export async function extend(
  pool: Pool,
  actor: Actor,
  contractId: number,
  extension: ExtensionInput,
): Promise<number> {
  let made = 0
  await act(pool, actor, contractId, async (client, { today, rules, record }) => {
    const { reference, currency, historic, closedOn } = record.row
    const end = currentEnd(record.contract)
    const { to, kind, cost, status = 'confirmed' } = extension
    if (end.kind === 'rolling') {
      throw new Refusal(
        `${reference} runs without an end, so that there is nothing to extend. Give it an end first.`,
      )
    }
    if (end.kind === 'dated' && to <= end.latest) {
      throw new Refusal(
        `${reference} runs to ${dayText(end.latest)} already: an extension has to end later than that, not on ${dayText(to)}.`,
      )
    }
    const from = extension.from ?? (end.kind === 'dated' ? addDays(end.latest, 1) : today)
    if (from > to)
      throw new Refusal(
        `The extension would begin on ${dayText(from)}, after its end on ${dayText(to)}.`,
      )
    const recorded = await client.query<{ id: number }>(
      `INSERT INTO extension (organisation_id, contract_id, kind, status, from_on, to_on, cost, currency,
         known_on, source, recorded_by_id, recorded_at, rule, grounds, approver, notice_reference, undid)
       SELECT $1, id, $3, $12, $4, $5, $6, $7, $8, $9, $10, $11, $13, $14, $15, $16,
         jsonb_build_object('closedOn', closed_on, 'closedWhy', closed_why, 'historic', historic,
           'outOfContractOn', out_of_contract_on)
       FROM contract WHERE id = $2 RETURNING id`,
      [
        actor.organisationId,
        contractId,
        kind,
        from,
        to,
        cost,
        currency,
        today,
        actor.via,
        actor.personId,
        actor.now,
        status,
        extension.rule ?? null,
        extension.grounds ?? null,
        extension.approver ?? null,
        extension.noticeReference ?? null,
      ],
    )
    made = recorded.rows[0]?.id ?? 0
    if (status === 'proposed') {
      return [{ contractId, what: 'extension proposed', field: kind, from, to }]
    }
    if (kind === 'emergency') {
      await queueWaiver(client, actor, { contractId, extensionId: made, today, rules })
    }
    const longPast = to < addDays(today, -rules.historicAfterDays)
    await client.query(
      `UPDATE contract SET historic = historic AND $2, closed_on = NULL, closed_why = NULL,
              out_of_contract_on = NULL, disputed_end = NULL WHERE id = $1`,
      [contractId, longPast],
    )
    const revived = closedOn !== null || (historic && !longPast)
    return [
      { contractId, what: 'extended', field: kind, from, to },
      ...(revived ? [{ contractId, what: 'reopened', field: null, from: closedOn, to: null }] : []),
    ]
  })
  return made
}
