/**
 * Everything that the record says of one contract: its state, its deadlines, what is odd about it.
 */

import type { Pool, PoolClient } from 'pg'
import { IS_END, IS_WATCHED, monitoredContract, readContracts } from '../database/contracts.ts'
import type { ImportProblem, Prisma } from '../database/generated/client.ts'
import { type RulesByTeam, readTeams, teamNames } from '../database/organisation.ts'
import { literally, tables } from '../database/prisma.ts'
import { readNotNamed } from '../database/support.ts'
import { addDays, type CivilDate, earliestOf } from '../rules/civil-date.ts'
import {
  type ContractNames,
  type ContractState,
  contractState,
  type DeadlineKind,
  documentsOf,
  END_KINDS,
  type Extension,
  type LinkedDocument,
  lastExtension,
  type PeriodUnit,
  type Precision,
  type ValueBasis,
} from '../rules/contract.ts'
import { type ExtensionRemark, extensionRemarks } from '../rules/ledger.ts'
import type { Decimal } from '../rules/money.ts'
import type { ChargeUnit } from '../rules/premium.ts'
import { notCovered } from '../rules/reminder-plan.ts'
import { nextWarnings } from '../rules/replay.ts'
import { compare, groupedBy, pick } from '../rules/text-match.ts'
import { periodText, unknownHolidays } from '../rules/working-days.ts'
import type { CardCheckpoint, UmbrellaFacts } from '../text/answer-facts.ts'
import type { UmbrellaCounts } from '../text/facts.ts'
import type { ShownCover } from '../text/support.ts'
import { spendWords, type Worth, worthWords } from '../text/words.ts'
import { coverProposed, readCovers } from './support.ts'

export interface ShownContract extends ContractNames {
  readonly buyer: string | null
  readonly start: CivilDate | null
  readonly end: CivilDate | null
  /** The earliest day that the awarded end may be. */
  readonly endEarliest: CivilDate | null
  readonly endPrecision: Precision | null
  readonly currentEnd: CivilDate | null
  /** Where the current end comes from: the register's column, or the extension that moved it. */
  readonly endSource: string | null
  /** The day past which no option reaches, and the day to which each reaches. */
  readonly maximumEnd: CivilDate | null
  readonly options: readonly { readonly to: CivilDate }[]
  /** Null where the register says nothing of it; the length is null where its words cannot be read. */
  readonly notice: {
    readonly amount: number | null
    readonly unit: PeriodUnit | null
    readonly text: string
  } | null
  readonly automaticRenewal: boolean | null
  readonly owner: string | null
  readonly department: string | null
  readonly team: string | null
  readonly value: Decimal | null
  /** The words of the value, where it is no plain amount of the whole: `up to £900k`, `£9,000 a year`. */
  readonly valueText: string | null
  readonly valueBasis: ValueBasis
  /** What is charged for one of these units; both null where the register says none. */
  readonly periodicCharge: Decimal | null
  readonly chargeUnit: ChargeUnit | null
  readonly currency: string
  /** Where it is kept. */
  readonly documents: readonly LinkedDocument[]
  readonly state: ContractState
  /** What is open about it. */
  readonly questions: readonly {
    readonly id: number
    readonly about: string
    readonly text: string
    readonly holds: string
  }[]
  readonly deadlines: readonly ShownDeadline[]
  readonly extensions: readonly Pick<Extension, 'kind' | 'status' | 'from' | 'to' | 'cost'>[]
  /** The steps of the procurement under way, in their order. */
  readonly checkpoints: readonly ShownCheckpoint[]
  readonly alerts: readonly {
    readonly kind: DeadlineKind
    readonly rung: number
    readonly raisedOn: CivilDate
    readonly state: string
  }[]
  readonly problems: readonly string[]
  /** The reference of the framework that it was called off under; left out where there is none. */
  readonly parent?: string
  /** The products that it covers, with what is found of their support; left out where there are none. */
  readonly covers?: readonly ShownCover[]
  /** What its title seems to say of a product, where nobody said what it covers: a question. */
  readonly coverAsked?: string
}
interface ShownCheckpoint extends CardCheckpoint {
  readonly route: string
}
interface ShownDeadline {
  readonly kind: DeadlineKind
  readonly date: CivilDate
  readonly reason: string
  /** The day on which it will next be told; null where it will not. */
  readonly nextRungOn: CivilDate | null
  readonly settled: boolean
}

/** What a contract's state and its buyers are read from, beside its own columns. */
export const STATE_READ = {
  buyers: { orderBy: { position: 'asc' }, select: { buyer: { select: { name: true } } } },
  deadlines: {
    where: { kind: { in: END_KINDS }, settledWhy: { not: null } },
    select: { kind: true },
  },
} satisfies Prisma.ContractInclude

type StateRead = Prisma.ContractGetPayload<{ include: typeof STATE_READ }>

export function stateOf(row: Omit<StateRead, 'buyers'>, today: CivilDate): ContractState {
  const { closedOn, historic, endKind, currentLatest: currentEnd, deadlines } = row
  const [closed, endSettled] = [closedOn !== null, deadlines.length > 0]
  return contractState({ closed, historic, endKind, currentEnd, endSettled }, today)
}

/** As one text; null where none is known. */
export function buyersOf({ buyers }: Pick<StateRead, 'buyers'>): string | null {
  return buyers.map(({ buyer }) => buyer.name).join('; ') || null
}

export async function showContract(
  pool: Pool,
  organisationId: number,
  id: number,
  today: CivilDate,
  rulesOf: RulesByTeam,
): Promise<ShownContract> {
  const { contract, importProblem, person } = tables(pool)
  const question = { select: { id: true, about: true, text: true, holds: true } } as const
  const found = await contract.findFirst({
    where: { id },
    include: {
      ...STATE_READ,
      team: { select: { name: true } },
      questions: {
        where: { question: { answer: null } },
        orderBy: { questionId: 'asc' },
        select: { question },
      },
      extensions: { orderBy: [{ from: 'asc' }, { to: 'asc' }, { id: 'asc' }] },
      checkpoints: { where: { withdrawnAt: null }, orderBy: { id: 'asc' } },
      alerts: { orderBy: [{ raisedOn: 'asc' }, { deadlineOn: 'asc' }, { rung: 'desc' }] },
    },
  })
  if (!found) throw new Error(`Contract ${id} went away while it was being read: ask again.`)
  const { optionEnds, noticeAmount, noticeUnit, noticeText, sourceId, extensions } = found
  const { reference, title, supplier, currentLatest: currentEnd, maximumEnd } = found
  const { ownerId, parentId } = found
  const owner = ownerId === null ? null : await person.findFirst({ where: { id: ownerId } })
  const parent = parentId === null ? null : await contract.findFirst({ where: { id: parentId } })
  const last = lastExtension({ awardedEnd: { kind: 'undated' }, extensions })
  const moved = extensions.find((each) => each.id === last?.id && each.to === currentEnd)
  const endSource =
    currentEnd === found.endLatest ? found.endSource : (moved?.source ?? moved?.kind ?? null)
  const { deadlines, remarks } = await shownDeadlines(pool, organisationId, id, today, rulesOf)
  const problems = await importProblem.findMany({
    where: {
      ...{ sourceId, resolvedImportId: null, severity: { not: 'note' } },
      reference: { equals: literally(reference), mode: 'insensitive' },
    },
    orderBy: { id: 'asc' },
  })
  const covers = (await readCovers(pool, id, today)).map(({ id: _, ...each }) => each)
  const proposed = coverProposed(title)
  const notice =
    noticeAmount === null || noticeUnit === null
      ? null
      : { amount: noticeAmount, unit: noticeUnit, text: noticeText ?? '' }
  const ends = (optionEnds ?? maximumEnd ?? '').split(' ').filter((day) => day !== '')
  return {
    ...{ reference, title, buyer: buyersOf(found), supplier, start: found.start },
    end: found.endLatest,
    endEarliest: found.endEarliest,
    endPrecision: found.endPrecision,
    ...{ currentEnd, endSource, maximumEnd },
    ...{ automaticRenewal: found.automaticRenewal, department: found.department },
    ...{ owner: owner?.displayName ?? null, team: found.team.name },
    documents: documentsOf(found.documents),
    ...{
      value: found.value,
      valueText: found.valueText ?? yearly(found),
      valueBasis: found.valueBasis,
      periodicCharge: found.periodicCharge,
      chargeUnit: found.chargeUnit,
    },
    currency: found.currency,
    state: stateOf(found, today),
    questions: found.questions.map((each) => each.question),
    options: ends.map((to) => ({ to: to as CivilDate })),
    notice:
      notice === null
        ? noticeText === null
          ? null
          : { amount: null, unit: null, text: noticeText }
        : { ...notice, text: noticeText ?? periodText(notice) },
    ...(parent === null ? {} : { parent: parent.reference }),
    ...(covers.length === 0 ? {} : { covers }),
    ...(covers.length > 0 || proposed === null ? {} : { coverAsked: proposed.name }),
    deadlines,
    extensions: extensions.map((each) => pick(each, 'kind', 'status', 'from', 'to', 'cost')),
    checkpoints: found.checkpoints.map(
      ({ name, route, dueOn: on, plannedOn, askedOn, doneOn, slips }) => {
        return { name, route, on, plannedOn, askedOn, doneOn, slips }
      },
    ),
    alerts: found.alerts.map((each) => pick(each, 'kind', 'rung', 'raisedOn', 'state')),
    problems: [...problems.map(problemWords), ...remarks],
  }
}

function problemWords({ field, value, problem, remedy }: ImportProblem): string {
  const where = [field, value].filter((each) => each !== null && each !== '').join(' ')
  return `${where === '' ? '' : `${where}: `}${problem}; ${remedy}`
}

/** A contract's deadlines with the day on which each is next told. */
async function shownDeadlines(
  pool: Pool,
  organisationId: number,
  id: number,
  today: CivilDate,
  rulesOf: RulesByTeam,
): Promise<{ readonly deadlines: readonly ShownDeadline[]; readonly remarks: readonly string[] }> {
  const [record] = await readContracts(pool, [id])
  const teams = await readTeams(pool, organisationId)
  const team = teams.find((each) => each.id === record?.row.teamId)
  if (!record || !team) return { deadlines: [], remarks: [] }
  const rules = rulesOf(team, record.row)
  const monitored = monitoredContract(record, team.laddersFrom, rules)
  // What the day's sweep has raised already is not raised again: the plan knows by the alerts.
  const from = team.lastSweptOn !== null && team.lastSweptOn >= today ? addDays(today, 1) : today
  const next = nextWarnings({ ...monitored, successorKnownOn: null }, from, rules)
  const remarks = monitored.deadlines.map((each) => unknownHolidays(each.on, rules.calendar))
  return {
    deadlines: monitored.deadlines.map(({ kind, on, reason, settled }) => ({
      kind,
      date: on,
      reason: settled === null ? reason : `${reason}; settled: ${settled.why}`,
      nextRungOn: next.find((each) => each.kind === kind && each.deadlineOn === on)?.on ?? null,
      settled: settled !== null,
    })),
    remarks: [...new Set(remarks.filter((remark) => remark !== null))],
  }
}

interface RemarkOnContract extends ExtensionRemark {
  readonly contractId: number
  readonly reference: string
}

/** Of these contracts, by reference. */
export async function readRemarks(
  client: Pool | PoolClient,
  contractIds: readonly number[],
): Promise<RemarkOnContract[]> {
  const records = await readContracts(client, contractIds)
  return records
    .flatMap(({ row, contract }) =>
      extensionRemarks(contract).map((remark) => ({
        contractId: row.id,
        reference: row.reference,
        ...remark,
      })),
    )
    .sort((a, b) => compare(a.reference, b.reference))
}

/** A value that is one year's, in words; null of any other. */
function yearly(worth: Worth): string | null {
  const isYearly = worth.value !== null && worth.valueBasis === 'annual'
  return isYearly ? worthWords(worth, spendWords) : null
}

export type { ContractState } from '../rules/contract.ts'

/**
 * The state of contract `c` on the day that `day` stands for. Past its end without evidence of what
 * came after, a contract is out of contract; with evidence it is closed.
 */
export function stateSql(day: string): string {
  return `CASE
    WHEN c.closed_on IS NOT NULL THEN 'closed'
    WHEN c.historic THEN 'historic'
    WHEN c.current_latest IS NULL THEN c.end_kind
    WHEN c.current_latest >= ${day} THEN 'active'
    WHEN EXISTS (SELECT FROM deadline d WHERE d.contract_id = c.id AND ${IS_END}
                 AND d.settled_why IS NOT NULL) THEN 'closed'
    ELSE 'out-of-contract' END`
}

// Umbrella agreements: whom each covers, what it replaces, what was called off.

export interface ReadUmbrella extends UmbrellaFacts {
  readonly reference: string
}

/** Whom it covers on this day. @throws Error where there is no such contract. */
export async function readUmbrella(
  client: Pool | PoolClient,
  contractId: number,
  asOf: CivilDate,
): Promise<ReadUmbrella> {
  const { contract, umbrellaMember } = tables(client)
  const umbrella = await contract.findFirst({
    where: { id: contractId },
    select: {
      ...{ organisationId: true, reference: true, referenceKey: true, predecessor: true },
      ...{ start: true, currentEarliest: true, currentLatest: true, closedOn: true },
    },
  })
  if (umbrella === null) throw new Error(`Contract ${contractId} went away: ask again.`)
  const { organisationId, reference, referenceKey, predecessor, start } = umbrella
  const members = await umbrellaMember.findMany({
    where: { contractId },
    orderBy: [{ buyer: { nameKey: 'asc' } }],
    include: { buyer: { select: { name: true } }, team: { select: { name: true } } },
  })
  const days = {
    start,
    earliest: umbrella.currentEarliest,
    latest: earliestOf(umbrella.currentLatest, umbrella.closedOn),
  }
  const calls = await contract.findMany({
    where: { parentId: contractId },
    orderBy: [{ referenceKey: 'asc' }, { id: 'asc' }],
    select: { reference: true },
  })
  const replaces = await contract.findMany({
    where: {
      organisationId,
      id: { not: contractId },
      OR: [
        { replacedById: contractId },
        // As a register says it of either.
        { successor: { equals: literally(reference), mode: 'insensitive' } },
        ...(predecessor === null ? [] : [{ referenceKey: predecessor.trim().toLowerCase() }]),
      ],
    },
    orderBy: [{ referenceKey: 'asc' }, { id: 'asc' }],
    select: { reference: true, currentLatest: true, closedOn: true },
  })
  return {
    reference,
    asOf,
    start,
    members: members.map(({ buyer, team, from, to, unread }) => ({
      ...{ buyer: buyer.name, team: team?.name ?? null, from, to, unread },
      why: notCovered({ from, to, unread }, days, asOf),
    })),
    replaces: replaces.map(({ reference: replaced, currentLatest, closedOn }) => ({
      reference: replaced,
      currentEnd: earliestOf(currentLatest, closedOn),
    })),
    calls: calls.filter((each) => each.reference.toLowerCase() !== referenceKey),
    ...(members.length === 0 ? {} : await notNamed(client, organisationId, contractId, asOf)),
  }
}

/** What its members' teams use and the agreement does not name. */
async function notNamed(
  client: Pool | PoolClient,
  organisationId: number,
  contractId: number,
  asOf: CivilDate,
): Promise<Pick<UmbrellaFacts, 'notNamed'>> {
  const found = (await readNotNamed(client, organisationId, [contractId], asOf)).get(contractId)
  if (found === undefined || found.length === 0) return {}
  const teams = await teamNames(client, organisationId)
  const byTeam = groupedBy(found, ({ teamId }) => teamId)
  return {
    notNamed: [...byTeam].map(([id, uses]) => ({
      team: teams.get(id) ?? '',
      names: uses.map(({ name }) => name),
    })),
  }
}

/** What `umbrella --json` answers. */
export function umbrellaJson({
  reference,
  members,
  replaces,
  calls,
  notNamed: missing,
}: ReadUmbrella) {
  return {
    reference,
    members: members.map(({ buyer, team, from, to, why }) => {
      return { buyer, team, from, to, covered: why === null }
    }),
    replaces,
    calls,
    ...(missing === undefined ? {} : { notNamed: missing }),
  }
}

/** Of a team's umbrellas, or of all that are watched. */
export async function countUmbrellas(
  client: Pool | PoolClient,
  of: { readonly organisationId: number; readonly teamId: number | null; readonly day: CivilDate },
): Promise<UmbrellaCounts> {
  const { organisationId, teamId, day } = of
  const contract = teamId === null ? IS_WATCHED : { ...IS_WATCHED, teamId }
  const members = await tables(client).umbrellaMember.findMany({
    where: { organisationId, contract },
    select: {
      ...{ contractId: true, from: true, to: true, unread: true },
      contract: { select: { start: true, currentEarliest: true, currentLatest: true } },
    },
  })
  const uncovered = members.filter((member) => {
    const { start, currentEarliest: earliest, currentLatest: latest } = member.contract
    return notCovered(member, { start, earliest, latest }, day) !== null
  })
  return {
    agreements: new Set(members.map(({ contractId }) => contractId)).size,
    members: members.length,
    uncovered: uncovered.length,
  }
}
