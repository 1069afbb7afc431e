/** An extension of a contract, proposed or signed. */
import type { Pool } from 'pg'
import { addDays, type CivilDate, dayText } from '../rules/civil-date.ts'
import { currentEnd, type ExtensionKind } from '../rules/contract.ts'
import type { Decimal } from '../rules/money.ts'
import { UserError } from '../rules/user-error.ts'
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
 * out of contract is covered again, and monitored again. Returns the extension's number.
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
      throw new UserError(
        `${reference} runs without an end, so that there is nothing to extend. Give it an end first.`,
      )
    }
    if (end.kind === 'dated' && to <= end.latest) {
      throw new UserError(
        `${reference} runs to ${dayText(end.latest)} already: an extension has to end later than that, not on ${dayText(to)}.`,
      )
    }
    const from = extension.from ?? (end.kind === 'dated' ? addDays(end.latest, 1) : today)
    if (from > to)
      throw new UserError(
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

// Saying what an extension was that a register only showed as a later end.

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

/** @throws UserError where it was classified in the meantime, or is gone. */
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
      throw new UserError(
        `Somebody has said what that extension of ${record.row.reference} was already.`,
      )
    if (said.kind === 'emergency') {
      await queueWaiver(client, actor, { contractId, extensionId, today, rules })
    }
    return [{ contractId, what: 'extended', field: said.kind, from: 'unknown', to: row.to }]
  })
}

// Taking back an extension that was recorded: everything stands as it stood before it.

interface Withdrawn {
  readonly kind: ExtensionKind
  readonly from: CivilDate
  readonly to: CivilDate
  readonly status: string
  readonly undid: {
    readonly closedOn: CivilDate | null
    readonly closedWhy: string | null
    readonly historic: boolean
    readonly outOfContractOn: CivilDate | null
  } | null
}

/**
 * Withdraws an extension: it stays in the ledger, moves nothing and costs nothing any more. What it
 * had put right of its contract (closed, historic, out of contract) is put back, unless another
 * extension still covers it. Its deadlines return, and warn once more.
 * @throws UserError where it was withdrawn already, or is none of this contract's.
 */
export async function withdrawExtension(
  pool: Pool,
  actor: Actor,
  contractId: number,
  extensionId: number,
  why: string | null,
): Promise<void> {
  await act(pool, actor, contractId, async (client, { record }) => {
    const { reference } = record.row
    const found = await client.query<Withdrawn>(
      `SELECT kind, from_on AS "from", to_on AS "to", status, undid FROM extension
       WHERE id = $1 AND contract_id = $2`,
      [extensionId, contractId],
    )
    const [extension] = found.rows
    if (!extension) throw new UserError(`${reference} has no extension #${extensionId}.`)
    const { kind, from, to, status, undid } = extension
    if (status === 'withdrawn') {
      throw new UserError(`That extension of ${reference} to ${dayText(to)} was withdrawn already.`)
    }
    await client.query(`UPDATE extension SET status = 'withdrawn' WHERE id = $1`, [extensionId])
    if (undid !== null && status === 'confirmed') {
      await client.query(
        `UPDATE contract SET closed_on = $2, closed_why = $3, historic = $4, out_of_contract_on = $5
         WHERE id = $1 AND closed_on IS NULL AND out_of_contract_on IS NULL
           AND NOT EXISTS (SELECT FROM extension e WHERE e.contract_id = $1 AND e.id > $6
                             AND e.status IN ('confirmed', 'presumed'))`,
        [
          contractId,
          undid.closedOn,
          undid.closedWhy,
          undid.historic,
          undid.outOfContractOn,
          extensionId,
        ],
      )
    }
    const said = why === null || why.trim() === '' ? to : `${to}: ${why.trim()}`
    return [{ contractId, what: 'extension withdrawn', field: kind, from, to: said }]
  })
}

/**
 * The extension that somebody means: by its number, else the last one recorded.
 * @throws UserError where there is none that could be withdrawn.
 */
export async function extensionMeant(
  pool: Pool,
  contractId: number,
  extensionId: number | null,
): Promise<number> {
  const found = await pool.query<{ id: number }>(
    `SELECT id FROM extension WHERE contract_id = $1 AND ($2::int IS NULL OR id = $2)
       AND ($2::int IS NOT NULL OR status <> 'withdrawn') ORDER BY id DESC LIMIT 1`,
    [contractId, extensionId],
  )
  const [extension] = found.rows
  if (extension) return extension.id
  throw new UserError(
    extensionId === null
      ? 'It has no extension that could be withdrawn.'
      : `It has no extension #${extensionId}: show lists those that it has.`,
  )
}
