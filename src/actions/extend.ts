/** An extension of a contract, proposed or signed. */

import type { Pool } from 'pg'
import { withdrawal } from '../database/audit-log.ts'
import { tables } from '../database/prisma.ts'
import { addDays, type CivilDate, dayText } from '../rules/civil-date.ts'
import { currentEnd, type ExtensionGrounds, type ExtensionKind } from '../rules/contract.ts'
import type { Decimal } from '../rules/money.ts'
import { UserError } from '../rules/user-error.ts'
import { namedApprover } from '../rules/waivers.ts'
import { type Actor, act } from './act.ts'
import { queueWaiver } from './waiver.ts'

interface ExtensionInput {
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

/** What stands of a contract that ended, and no longer does when it is covered again. */
export const COVERED_AGAIN = { closedOn: null, closedWhy: null, outOfContractOn: null }

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
    const { contract, extension: extensions } = tables(client)
    const undid = await contract.findFirst({
      where: { id: contractId },
      select: { closedOn: true, closedWhy: true, historic: true, outOfContractOn: true },
    })
    const recorded = await extensions.create({
      data: {
        organisationId: actor.organisationId,
        contractId,
        kind,
        status,
        from,
        to,
        cost,
        currency,
        knownOn: today,
        source: actor.via,
        recordedById: actor.personId,
        recordedAt: actor.now,
        rule: extension.rule ?? null,
        grounds: extension.grounds ?? null,
        approver: namedApprover(extension.approver ?? null),
        noticeReference: extension.noticeReference ?? null,
        ...(undid === null ? {} : { undid }),
      },
      select: { id: true },
    })
    made = recorded.id
    if (status === 'proposed') {
      return [{ contractId, what: 'extension proposed', field: kind, from, to }]
    }
    if (kind === 'emergency') {
      await queueWaiver(client, actor, { contractId, extensionId: made, today })
    }
    const longPast = to < addDays(today, -rules.historicAfterDays)
    await contract.updateMany({
      where: { id: contractId },
      data: { ...(longPast ? {} : { historic: false }), ...COVERED_AGAIN, disputedEnd: null },
    })
    const revived = closedOn !== null || (historic && !longPast)
    return [
      { contractId, what: 'extended', field: kind, from, to },
      ...(revived ? [{ contractId, what: 'reopened', field: null, from: closedOn, to: null }] : []),
    ]
  })
  return made
}

/** What is null of the record's words stays as it was, such as the register gave it. */
interface Classification extends ExtensionGrounds {
  readonly kind: ExtensionKind
  /** Undefined: as it was; null: unknown. */
  readonly cost: Decimal | null | undefined
}

/** @throws UserError where it was classified in the meantime, or is gone. */
export async function classify(
  pool: Pool,
  actor: Actor,
  contractId: number,
  extensionId: number,
  said: Classification,
): Promise<void> {
  await act(pool, actor, contractId, async (client, { record, today }) => {
    const { kind, cost, rule, grounds, noticeReference } = said
    const approver = namedApprover(said.approver)
    const [row] = await tables(client).extension.updateManyAndReturn({
      where: { id: extensionId, contractId, kind: 'unknown' },
      data: {
        kind,
        recordedById: actor.personId,
        recordedAt: actor.now,
        ...(cost === undefined ? {} : { cost }),
        ...(rule === null ? {} : { rule }),
        ...(grounds === null ? {} : { grounds }),
        ...(approver === null ? {} : { approver }),
        ...(noticeReference === null ? {} : { noticeReference }),
      },
      select: { to: true },
    })
    if (!row)
      throw new UserError(
        `Somebody has said what that extension of ${record.row.reference} was already.`,
      )
    if (kind === 'emergency') {
      await queueWaiver(client, actor, { contractId, extensionId, today })
    }
    return [{ contractId, what: 'extended', field: kind, from: 'unknown', to: row.to }]
  })
}

// Taking back an extension that was recorded: everything stands as it stood before it.

interface Undid {
  readonly closedOn: CivilDate | null
  readonly closedWhy: string | null
  readonly historic: boolean
  readonly outOfContractOn: CivilDate | null
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
    const extensions = tables(client).extension
    const extension = await extensions.findFirst({
      where: { id: extensionId, contractId },
      select: { kind: true, from: true, to: true, status: true, undid: true },
    })
    if (!extension) throw new UserError(`${reference} has no extension #${extensionId}.`)
    const { kind, from, to, status } = extension
    const undid = extension.undid as Undid | null
    if (status === 'withdrawn') {
      throw new UserError(`That extension of ${reference} to ${dayText(to)} was withdrawn already.`)
    }
    await extensions.updateMany({ where: { id: extensionId }, data: { status: 'withdrawn' } })
    if (undid !== null && status === 'confirmed') {
      const { closedOn, closedWhy, historic, outOfContractOn } = undid
      const covering = { id: { gt: extensionId }, status: { in: ['confirmed', 'presumed'] } }
      await tables(client).contract.updateMany({
        where: {
          id: contractId,
          closedOn: null,
          outOfContractOn: null,
          extensions: { none: covering },
        },
        data: { closedOn, closedWhy, historic, outOfContractOn },
      })
    }
    return [withdrawal(contractId, { kind, from, to }, why)]
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
  const extension = await tables(pool).extension.findFirst({
    where: {
      contractId,
      ...(extensionId === null ? { status: { not: 'withdrawn' } } : { id: extensionId }),
    },
    orderBy: { id: 'desc' },
    select: { id: true },
  })
  if (extension) return extension.id
  throw new UserError(
    extensionId === null
      ? 'It has no extension that could be withdrawn.'
      : `It has no extension #${extensionId}: show lists those that it has.`,
  )
}
