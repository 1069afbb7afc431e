/** Waivers: the record of one, and the draft that is queued when an emergency extension is logged. */
import type { Pool, PoolClient } from 'pg'
import { readTeams } from '../database/organisation.ts'
import { jsonOf, tables } from '../database/prisma.ts'
import { askedToday, contractHeadroom } from '../reports/headroom.ts'
import { readLedger, readPriceRules } from '../reports/ledger.ts'
import { readWaivers } from '../reports/waivers.ts'
import { type CivilDate, dayText } from '../rules/civil-date.ts'
import type { Rules } from '../rules/settings.ts'
import { UserError } from '../rules/user-error.ts'
import type { Waiver } from '../rules/waivers.ts'
import type { WaiverFacts } from '../text/waiver.ts'
import { type Actor, act } from './act.ts'

export interface WaiverRequest {
  readonly contractId: number
  readonly extensionId: number
  readonly today: CivilDate
  readonly rules: Rules
}

/**
 * Queues it in the transaction that records the extension, once for each. It goes into the thread of
 * the newest warning of the contract, or stands by itself; never into a channel where others than
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
  const thread = await delivery.findFirst({
    where: { ...about, purpose: 'post', state: 'SENT' },
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
  { contractId, extensionId, today, rules }: WaiverRequest,
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
  const [typed] = await readWaivers(client, { organisationId, contractId, beganFrom: from })
  const { tests, regime, assumed } = await contractHeadroom(
    client,
    contractId,
    askedToday(today, rules),
  )
  return {
    ...contract,
    on: today,
    team: line.team,
    currency,
    premium,
    law: { regime, assumed },
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
  'reference' | 'title' | 'supplier' | 'buyer' | 'owner' | 'start' | 'awardedEnd' | 'value'
>

async function readNames(client: PoolClient, id: number): Promise<ContractRow | null> {
  const { contract, person } = tables(client)
  const found = await contract.findFirst({
    where: { id },
    select: {
      ...{ reference: true, title: true, supplier: true, start: true, endLatest: true },
      ...{ value: true, ownerId: true },
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

/** With the contract's last emergency extension, where one covers the day on which the service began. */
export async function recordWaiver(
  pool: Pool,
  actor: Actor,
  contractId: number,
  waiver: Waiver,
): Promise<void> {
  await act(pool, actor, contractId, async (client, { today }) => {
    const { category, beganOn, approvedOn } = waiver
    // An approval that is hoped for is none: until it is given, the waiver stands without one.
    for (const [day, what] of [
      [waiver.requestedOn, 'was asked for'],
      [approvedOn, 'was approved'],
    ] as const) {
      if (day !== null && day > today)
        throw new UserError(
          `${dayText(day)} has not come yet: leave out when it ${what} until it has.`,
        )
    }
    await client.query(
      `INSERT INTO waiver (organisation_id, contract_id, extension_id, category, reason, requested_on, approved_on,
         began_on, approver, net, gross, supplier_year, committee_on, recorded_on, recorded_by_id)
       VALUES ($1, $2, (SELECT max(e.id) FROM extension e WHERE e.contract_id = $2 AND e.kind = 'emergency'
           AND e.status = 'confirmed' AND $7 BETWEEN e.from_on AND e.to_on),
         $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        actor.organisationId,
        contractId,
        category,
        waiver.reason,
        waiver.requestedOn,
        approvedOn,
        beganOn,
        waiver.approver,
        waiver.net,
        waiver.gross,
        waiver.supplierYear,
        waiver.committeeOn,
        today,
        actor.personId,
      ],
    )
    return [{ contractId, what: 'waiver recorded', field: category, from: beganOn, to: approvedOn }]
  })
}

/**
 * Takes a record back that should not be there; the history keeps it, with the reason.
 * @throws UserError where there is none of that number, or it was taken back already.
 */
export async function withdrawWaiver(
  pool: Pool,
  actor: Actor,
  waiverId: number,
  why: string,
): Promise<{ readonly reference: string }> {
  const said = why.trim()
  if (said === '') throw new UserError('Say why it is taken back, in a few words.')
  const { organisationId } = actor
  const found = await tables(pool).waiver.findFirst({
    where: { id: waiverId, organisationId },
    select: { contractId: true, withdrawnAt: true, contract: { select: { reference: true } } },
  })
  if (found === null) throw new UserError(`There is no waiver ${waiverId}: waivers lists them.`)
  const { contractId } = found
  await act(pool, actor, contractId, async (client) => {
    // Under the lock: of two who take it back, one does.
    const taken = await tables(client).waiver.updateManyAndReturn({
      where: { id: waiverId, withdrawnAt: null },
      data: { withdrawnAt: actor.now },
      select: { category: true, beganOn: true },
    })
    const [waiver] = taken
    if (waiver === undefined) throw new UserError(`Waiver ${waiverId} was taken back already.`)
    const { category: field, beganOn: from } = waiver
    return [{ contractId, what: 'waiver withdrawn', field, from, to: said.slice(0, 300) }]
  })
  return { reference: found.contract.reference }
}
