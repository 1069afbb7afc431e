/** Somebody is on it: open warnings pause, and are asked about again. */

import type { Pool } from 'pg'
import { inTransaction } from '../database/connect.ts'
import { IS_LIVE } from '../database/contracts.ts'
import { lockTeams, readTeams } from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import { recalculate } from '../database/recalculate.ts'
import { queueConfirmed } from '../delivery/enqueue-updates.ts'
import { addDays, type CivilDate, dayText } from '../rules/civil-date.ts'
import { currentEnd } from '../rules/contract.ts'
import { deadlinesOf } from '../rules/deadlines.ts'
import { quietUntil, snoozeLimit } from '../rules/reminder-plan.ts'
import { plainAnswer } from '../rules/text-match.ts'
import { UserError } from '../rules/user-error.ts'
import type { Message } from '../text/facts.ts'
import { saidAnswer } from '../text/replies.ts'
import { type Actor, act, noteAct, pauseAlerts } from './act.ts'

/** Somebody is on it: the contract's open warnings pause, and are asked about again. */
export async function acknowledge(pool: Pool, actor: Actor, contractId: number): Promise<void> {
  await act(pool, actor, contractId, async (client, { today, rules, record }) => {
    const open = await tables(client).alert.findMany({
      where: { contractId, state: { in: ['open', 'snoozed'] } },
      orderBy: { id: 'asc' },
      select: { id: true, kind: true, deadlineOn: true },
    })
    if (open.length === 0) {
      throw new UserError(`${record.row.reference} has no open warning to acknowledge.`)
    }
    const pauses = open.map(({ deadlineOn }) => quietUntil(today, deadlineOn, rules.calendar))
    await pauseAlerts(
      client,
      open.map(({ id }, at) => ({ id, on: pauses[at] ?? today })),
      { state: 'acknowledged', actedOn: today, actedById: actor.personId },
    )
    const kinds = [...new Set(open.map((row) => row.kind))].join(', ')
    const until = pauses.reduce((a, b) => (a < b ? a : b))
    return [{ contractId, what: 'acknowledged', field: kinds, from: null, to: until }]
  })
}

/** A historic contract is listed and counted, never warned of; a reactivated one is monitored again. */
export async function markHistoric(
  pool: Pool,
  actor: Actor,
  contractId: number,
  historic: boolean,
): Promise<void> {
  await act(pool, actor, contractId, async (client, { record }) => {
    const { reference, historic: was } = record.row
    if (was === historic) {
      throw new UserError(`${reference} is ${was ? 'marked as historic' : 'watched'} already.`)
    }
    await tables(client).contract.updateMany({ where: { id: contractId }, data: { historic } })
    return [
      { contractId, what: 'updated', field: 'historic', from: String(was), to: String(historic) },
    ]
  })
}

/**
 * Snoozes the contract's open and acknowledged warnings until that day, or for so many days from the
 * team's own day.
 * @throws UserError for a day that is past, or further off than `snoozeLimit` allows.
 */
export async function snooze(
  pool: Pool,
  actor: Actor,
  contractId: number,
  wanted: CivilDate | number,
  why: string | null,
): Promise<void> {
  await act(pool, actor, contractId, async (client, { today, rules, record }) => {
    const { reference } = record.row
    const until = typeof wanted === 'number' ? addDays(today, wanted) : wanted
    if (until <= today) {
      throw new UserError(`Snooze until a day to come: ${dayText(until)} is not after today.`)
    }
    const deadlines = deadlinesOf(record.contract, rules, today).filter(
      ({ settled }) => settled === null,
    )
    const limit = snoozeLimit(today, deadlines)
    if (until > limit.until) {
      throw new UserError(
        `Snooze until ${dayText(limit.until)} at most, ${limit.why}. For longer, record the decision that makes the warning needless.`,
        [],
        'until',
      )
    }
    const snoozed = await tables(client).alert.updateManyAndReturn({
      where: { contractId, state: { in: ['open', 'acknowledged', 'snoozed'] } },
      data: { state: 'snoozed', actedOn: today, actedById: actor.personId, pausedUntil: until },
      select: { kind: true },
    })
    if (snoozed.length === 0) throw new UserError(`${reference} has no open warning to snooze.`)
    const kinds = [...new Set(snoozed.map((row) => row.kind))].join(', ')
    const note = why?.trim() ? `${until} (${why.trim().slice(0, 300)})` : until
    return [{ contractId, what: 'snoozed', field: kinds, from: null, to: note }]
  })
}

/**
 * Records the answer. Yes: the contract is out of contract from the day after its end, and stays
 * in every summary until something covers it. No: its exit is confirmed and the contract closed.
 * @throws UserError while the contract still runs.
 */
export async function answerSupply(
  pool: Pool,
  actor: Actor,
  contractId: number,
  supplied: boolean,
  replacedBy: string | null = null,
): Promise<void> {
  await act(pool, actor, contractId, async (client, { today, record }) => {
    const end = currentEnd(record.contract)
    if (end.kind !== 'dated' || end.latest >= today) {
      throw new UserError(
        `${record.row.reference} has not ended, so that there is nothing to answer yet.`,
      )
    }
    if (supplied) {
      const to = addDays(end.latest, 1)
      await tables(client).contract.updateMany({
        where: { id: contractId },
        data: { outOfContractOn: to, historic: false },
      })
      const { outOfContractOn: from } = record.row
      return [{ contractId, what: 'updated', field: 'out_of_contract_on', from, to }]
    }
    const by = replacedBy === null ? '' : `, replaced by ${replacedBy}`
    const closedWhy = `${NO_LONGER}${by}, said on ${dayText(today)}`
    await tables(client).contract.updateMany({
      where: { id: contractId },
      data: { closedOn: today, closedWhy, outOfContractOn: null },
    })
    return [{ contractId, what: 'closed', field: null, from: null, to: 'no longer supplied' }]
  })
}
const NO_LONGER = 'no longer supplied'

/**
 * One answer for a list of contracts that had ended before they were first read: those that are named
 * are still supplied, the others are closed. Each is recorded by itself.
 */
export async function answerEnded(
  pool: Pool,
  actor: Actor,
  ended: readonly { readonly contractId: number; readonly replacedBy: string | null }[],
  supplied: ReadonlySet<number>,
): Promise<{ readonly supplied: number; readonly closed: number }> {
  for (const { contractId, replacedBy } of ended) {
    const isSupplied = supplied.has(contractId)
    await answerSupply(pool, actor, contractId, isSupplied, isSupplied ? null : replacedBy)
  }
  const kept = ended.filter(({ contractId }) => supplied.has(contractId)).length
  return { supplied: kept, closed: ended.length - kept }
}

/**
 * The answers of a workbook about the contracts that are still asked about (`open`): yes or no, each
 * for one of them. Returns what none of them is about, or says neither, in a sentence each.
 */
export async function answerEndedSheet(
  pool: Pool,
  actor: Actor,
  open: Parameters<typeof answerEnded>[2],
  answers: readonly {
    readonly contractId: number
    readonly reference: string
    readonly said: string
  }[],
): Promise<{
  readonly supplied: number
  readonly closed: number
  readonly refused: readonly string[]
}> {
  const refused: string[] = []
  const supplied = new Set<number>()
  const meant: Parameters<typeof answerEnded>[2][number][] = []
  for (const { contractId, reference, said } of new Map(
    answers.map((each) => [each.contractId, each]),
  ).values()) {
    const item = open.find((each) => each.contractId === contractId)
    const answer = plainAnswer(said) ?? suppliedBy(said)
    if (item === undefined) {
      refused.push(`Whether ${reference} is still supplied is not asked any more.`)
    } else if (answer === null) {
      refused.push(
        `"${said}" does not say whether ${reference} is still supplied: write yes or no.`,
      )
    } else {
      meant.push(item)
      if (answer) supplied.add(contractId)
    }
  }
  return { ...(await answerEnded(pool, actor, meant, supplied)), refused }
}

/** Supplied or not in other words than yes and no; null where they say neither. */
function suppliedBy(said: string): boolean | null {
  if (/^still supplied$/i.test(said)) return true
  return /^(?:ended|stopped|no longer supplied)$/i.test(said) ? false : null
}

/**
 * Takes back that a contract is no longer supplied: it is asked about again.
 * @throws UserError for one that was closed for another reason, or not at all.
 */
export async function reopenEnded(pool: Pool, actor: Actor, contractId: number): Promise<void> {
  await act(pool, actor, contractId, async (client, { record }) => {
    const { reference, closedOn } = record.row
    const where = { id: contractId }
    const found = await tables(client).contract.findFirst({ where, select: { closedWhy: true } })
    if (closedOn === null || !(found?.closedWhy ?? '').startsWith(NO_LONGER)) {
      throw new UserError(`${reference} was not closed as no longer supplied.`)
    }
    await tables(client).contract.updateMany({ where, data: { closedOn: null, closedWhy: null } })
    return [{ contractId, what: 'reopened', field: null, from: closedOn, to: null }]
  })
}

// After a first import: the list is confirmed, and the schedules start.

/** Starts a team's schedules at once; the next sweep tells what they have reached. */
export async function confirmTriage(pool: Pool, actor: Actor, teamId: number): Promise<Message> {
  const { organisationId, rulesOf } = actor
  return inTransaction(pool, async (client) => {
    const before = (await lockTeams(client, organisationId)).find(({ id }) => id === teamId)
    if (!before) throw new UserError('That team is gone.')
    const today = actor.todayOf(before)
    if (before.laddersFrom === null || before.laddersFrom <= today) {
      throw new UserError(`The warnings of ${before.name} have started already.`)
    }
    const { contract, team } = tables(client)
    await team.updateMany({ where: { id: teamId }, data: { laddersFrom: today } })
    const teams = await readTeams(client, organisationId)
    const contracts = await contract.findMany({
      where: { teamId, ...IS_LIVE },
      orderBy: { id: 'asc' },
      select: { id: true },
    })
    await tables(client).releaseWatch.updateMany({
      where: { teamId },
      data: { nextCheckOn: addDays(today, -1) },
    })
    await recalculate(
      client,
      { organisationId, teams, rulesOf, today },
      contracts.map((each) => each.id),
    )
    await noteAct(client, actor, `confirmed the list of ${before.name}`, [
      {
        contractId: null,
        what: 'updated',
        field: 'ladders_from',
        from: before.laddersFrom,
        to: today,
      },
    ])
    await queueConfirmed(client, { organisationId, teamId, today })
    return saidAnswer(
      `The list of ${before.name} is confirmed: its warnings start with the next sweep.`,
    )
  })
}
