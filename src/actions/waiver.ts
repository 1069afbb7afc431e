/** Waivers: the record of one, and the draft that is queued when an emergency extension is logged. */
import type { Pool, PoolClient } from 'pg'
import { readContracts } from '../database/contracts.ts'
import { readTeams } from '../database/organisation.ts'
import { jsonOf, tables } from '../database/prisma.ts'
import { contractHeadroom } from '../reports/headroom.ts'
import { readLedger, readPriceRules } from '../reports/ledger.ts'
import { readWaivers } from '../reports/waivers.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import { reviewBeside, reviewDays } from '../rules/contract.ts'
import { UserError } from '../rules/user-error.ts'
import { isSameWaiver, recordedAs, type Waiver, waiverProblems } from '../rules/waivers.ts'
import type { WaiverFacts } from '../text/waiver.ts'
import { type Actor, act } from './act.ts'

interface WaiverRequest {
  readonly contractId: number
  readonly extensionId: number
  readonly today: CivilDate
}

/**
 * Queues it in the transaction that records the extension, once for each. It goes into the thread of
 * the newest warning of the contract, a group's too, or stands by itself; never into a channel where others than
 * the organisation read, which is asked when it is sent.
 */
export async function queueWaiver(
  client: PoolClient,
  actor: Actor,
  waived: WaiverRequest,
): Promise<void> {
  const { contractId, extensionId, today } = waived
  const facts = await waiverFacts(client, actor, waived)
  const teams = await readTeams(client, actor.organisationId)
  const team = teams.find(({ name }) => name === facts?.team)
  if (facts === null || team === undefined) return
  const { delivery } = tables(client)
  const { organisationId } = actor
  const about = { organisationId, subject: `contract:${contractId}`, destination: team.channel }
  const { destination } = about
  const warned = [
    { subject: about.subject, purpose: 'post' },
    { purpose: 'group', alerts: { some: { alert: { contractId } } } },
  ]
  const thread = await delivery.findFirst({
    where: { organisationId, destination, state: 'SENT', OR: warned },
    orderBy: { id: 'desc' },
    select: { id: true },
  })
  await delivery.createMany({
    data: {
      ...about,
      teamId: team.id,
      purpose: 'waiver',
      sequence: extensionId,
      asOf: today,
      facts: jsonOf({ waiver: facts, ...(thread === null ? {} : { thread_of: thread.id }) }),
    },
    skipDuplicates: true,
  })
}

async function waiverFacts(
  client: PoolClient,
  { organisationId, rulesOf }: Actor,
  { contractId, extensionId, today }: WaiverRequest,
): Promise<WaiverFacts | null> {
  const priceRules = await readPriceRules(client, organisationId, rulesOf)
  const ledger = await readLedger(client, { organisationId, contractId, rules: priceRules })
  const line = ledger.find((each) => each.extensionId === extensionId)
  const contract = await readNames(client, contractId)
  if (line === undefined || contract === null) return null
  const { extension, rule, grounds, approver, currency, premium } = line
  const { from, to, cost } = extension
  const recorded = await tables(client).extension.findFirst({
    where: { id: extensionId },
    select: { noticeReference: true },
  })
  const noticeReference = recorded?.noticeReference ?? null
  const [record] = await readContracts(client, [contractId])
  const review = record === undefined ? null : reviewBeside(reviewDays(record.contract), from)
  const [typed] = await readWaivers(client, { organisationId, contractId, beganFrom: from })
  const of = { organisationId, rulesOf, on: today }
  const { tests, regime, assumed, because } = await contractHeadroom(client, contractId, of)
  return {
    ...contract,
    on: today,
    team: line.team,
    currency,
    premium,
    law: { regime, assumed, ...(because === undefined ? {} : { because }) },
    extension: {
      from,
      to,
      cost,
      rule,
      grounds: grounds ?? typed?.reason ?? null,
      approver: approver ?? typed?.approver ?? null,
      noticeReference,
    },
    ...(typed === undefined
      ? {}
      : { approvedOn: typed.approvedOn, committeeOn: typed.committeeOn }),
    ...(review === null ? {} : { review }),
    headroom: tests.map(({ title, measure, used, limit, percent, state, source }) => {
      return { title, measure, used, limit, percent, state, source }
    }),
    earlier: ledger
      .filter((each) => each.extensionId !== extensionId && each.extension.from < from)
      .filter((each) => each.extension.status !== 'proposed')
      .map(({ extension: e }) => ({ kind: e.kind, from: e.from, to: e.to, cost: e.cost })),
  }
}

type ContractRow = Pick<
  WaiverFacts,
  | 'reference'
  | 'title'
  | 'supplier'
  | 'buyer'
  | 'owner'
  | 'start'
  | 'awardedEnd'
  | 'value'
  | 'valueBasis'
>

async function readNames(client: PoolClient, id: number): Promise<ContractRow | null> {
  const { contract, person } = tables(client)
  const found = await contract.findFirst({
    where: { id },
    select: {
      ...{ reference: true, title: true, supplier: true, start: true, endLatest: true },
      ...{ value: true, valueBasis: true, ownerId: true },
      buyers: { orderBy: { position: 'asc' }, take: 1, select: { buyer: true } },
    },
  })
  if (found === null) return null
  const { buyers, endLatest: awardedEnd, ownerId, ...named } = found
  const owner = await person.findFirst({ where: { id: ownerId ?? 0, erasedAt: null } })
  return {
    ...named,
    awardedEnd,
    owner: owner?.displayName ?? null,
    buyer: buyers[0]?.buyer.name ?? null,
  }
}

// The record of a waiver: beside the legal ground of an extension, never instead of it.

/** What says the same is recorded already: nothing was recorded, unless it is asked for once more. */
export class SameWaiver extends UserError {
  readonly waiverId: number
  constructor(waiverId: number) {
    super(`Waiver ${waiverId} of this contract says the same already.`)
    this.waiverId = waiverId
  }
}

interface RecordedAs {
  readonly id: number
  /** As it was recorded: an approver such as `TBC` is null there. */
  readonly waiver: Waiver
  /** The first day of the contract; null where it is not recorded. */
  readonly contractStart: CivilDate | null
  /** The emergency extension that covers the day on which the service began; null: none does. */
  readonly extension: { readonly from: CivilDate; readonly to: CivilDate } | null
}

/**
 * With the contract's last emergency extension, where one covers the day on which the service began.
 * @param again also where the same is recorded already.
 * @throws UserError where it cannot be so; `SameWaiver` where it stands there.
 */
export async function recordWaiver(
  pool: Pool,
  actor: Actor,
  contractId: number,
  typed: Waiver,
  again = false,
): Promise<RecordedAs> {
  const waiver = recordedAs(typed)
  let recorded: RecordedAs = { id: 0, waiver, contractStart: null, extension: null }
  await act(pool, actor, contractId, async (client, { today, record }) => {
    const { category, beganOn, approvedOn } = waiver
    const [wrong, ...more] = waiverProblems(waiver, today)
    if (wrong !== undefined) {
      throw new UserError(
        wrong.problem,
        more.map(({ problem }) => problem),
        wrong.field,
      )
    }
    const { organisationId, personId } = actor
    const standing = await readWaivers(client, { organisationId, contractId })
    const same = standing.find((each) => isSameWaiver(each, waiver))
    if (same !== undefined && !again) throw new SameWaiver(same.id)
    const { extension, waiver: waivers } = tables(client)
    const covering = await extension.findFirst({
      where: {
        ...{ contractId, kind: 'emergency', status: 'confirmed' },
        ...{ from: { lte: beganOn }, to: { gte: beganOn } },
      },
      orderBy: { id: 'desc' },
      select: { id: true, from: true, to: true },
    })
    const { id } = await waivers.create({
      data: {
        ...{ ...waiver, organisationId, contractId },
        ...{ extensionId: covering?.id ?? null, recordedOn: today, recordedById: personId },
      },
      select: { id: true },
    })
    recorded = { id, waiver, contractStart: record.contract.start, extension: covering }
    return [{ contractId, what: 'waiver recorded', field: category, from: beganOn, to: approvedOn }]
  })
  return recorded
}

/**
 * Takes a record back that should not be there; the history keeps it, with the reason.
 * @param ofContract of which it has to be; null: of any.
 * @throws UserError where there is none of that number, or it was taken back already.
 */
export async function withdrawWaiver(
  pool: Pool,
  actor: Actor,
  waiverId: number,
  why: string,
  ofContract: number | null = null,
): Promise<{ readonly reference: string }> {
  const words = why.trim()
  if (words === '') throw new UserError('Say why it is taken back, in a few words.')
  const { organisationId } = actor
  const found = await tables(pool).waiver.findFirst({
    where: {
      ...{ id: waiverId, organisationId },
      ...(ofContract === null ? {} : { contractId: ofContract }),
    },
    select: { contractId: true, withdrawnAt: true, contract: { select: { reference: true } } },
  })
  if (found === null) throw new UserError(`There is no waiver ${waiverId}: waivers lists them.`)
  const { contractId } = found
  await act(pool, actor, contractId, async (client) => {
    // Under the lock: of two who take it back, one does.
    const taken = await tables(client).waiver.updateManyAndReturn({
      where: { id: waiverId, withdrawnAt: null },
      data: { withdrawnAt: actor.now, withdrawnWhy: words.slice(0, 300) },
      select: { category: true, beganOn: true },
    })
    const [waiver] = taken
    if (waiver === undefined) throw new UserError(`Waiver ${waiverId} was taken back already.`)
    const { category: field, beganOn: from } = waiver
    return [{ contractId, what: 'waiver withdrawn', field, from, to: words.slice(0, 300) }]
  })
  return { reference: found.contract.reference }
}
