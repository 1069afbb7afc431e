/**
 * Everything that the record says of one contract: its state, its deadlines, what is odd about it.
 */

import type { Pool, PoolClient } from 'pg'
import {
  BUYERS,
  type ContractColumns,
  type ContractRecord,
  columnsOf,
  completeContracts,
  IS_END,
  IS_WATCHED,
  listOf,
  monitoredContract,
  PRICED,
  readContracts,
  selectOfContracts,
} from '../database/contracts.ts'
import type { ImportProblem, Prisma } from '../database/generated/client.ts'
import {
  type RuledOrganisation,
  readTeams,
  type Team,
  teamNames,
} from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
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
import type { Rules } from '../rules/settings.ts'
import { compare, groupedBy, pick } from '../rules/text-match.ts'
import { ContractGone } from '../rules/user-error.ts'
import { periodText, unknownHolidays } from '../rules/working-days.ts'
import type { CardCheckpoint, MemberFacts, UmbrellaFacts } from '../text/answer-facts.ts'
import type { UmbrellaCounts } from '../text/facts.ts'
import type { ShownCover } from '../text/support.ts'
import { spendWords, type Worth, worthWords } from '../text/words.ts'
import { NOTICED, whoBuys } from './headroom.ts'
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

/**
 * One contract with all that is recorded of it, in three questions, and what else its card is made of.
 * @throws ContractGone where it is gone.
 */
export async function readShown(
  pool: Pool | PoolClient,
  { organisationId, rulesOf }: RuledOrganisation,
  id: number,
  today: CivilDate,
) {
  const [row] = await selectOfContracts<ShownRow>(pool, SHOWN, 'c.id = $1', [id, today])
  if (row === undefined) throw new ContractGone()
  const [[record], teams, read] = await Promise.all([
    completeContracts(pool, [row]),
    readTeams(pool, organisationId),
    row.isCovering ? readCovers(pool, id, today) : [],
  ])
  const team = teams.find((each) => each.id === row.teamId)
  if (record === undefined || team === undefined) throw new ContractGone()
  const { optionEnds, noticeAmount, noticeUnit, noticeText, reference, title } = row
  const { currentLatest: currentEnd, maximumEnd, parentReference: parent } = row
  const { extensions } = record
  const last = lastExtension({ awardedEnd: { kind: 'undated' }, extensions })
  const moved = extensions.find((each) => each.id === last?.id && each.to === currentEnd)
  const endSource =
    currentEnd === row.endLatest ? row.endSource : (moved?.source ?? moved?.kind ?? null)
  const rules = rulesOf(team, row)
  const { deadlines, remarks } = shownDeadlines(record, team, today, rules)
  const covers = read.map(({ id: _, ...each }) => each)
  const proposed = coverProposed(title)
  const notice =
    noticeAmount === null || noticeUnit === null
      ? null
      : { amount: noticeAmount, unit: noticeUnit, text: noticeText ?? '' }
  const ends = (optionEnds ?? maximumEnd ?? '').split(' ').filter((day) => day !== '')
  const shown: ShownContract = {
    ...{ reference, title, buyer: row.buyers, supplier: row.supplier, start: row.start },
    end: row.endLatest,
    endEarliest: row.endEarliest,
    endPrecision: row.endPrecision,
    ...{ currentEnd, endSource, maximumEnd },
    ...{ automaticRenewal: row.automaticRenewal, department: row.department },
    ...{ owner: row.ownerName, team: team.name },
    documents: documentsOf(row.documents),
    ...{
      value: row.value,
      valueText: row.valueText ?? yearly(row),
      valueBasis: row.valueBasis,
      periodicCharge: row.periodicCharge,
      chargeUnit: row.chargeUnit,
    },
    currency: row.currency,
    state: row.state,
    questions: row.questions,
    options: ends.map((to) => ({ to: to as CivilDate })),
    notice:
      notice === null
        ? noticeText === null
          ? null
          : { amount: null, unit: null, text: noticeText }
        : { ...notice, text: noticeText ?? periodText(notice) },
    ...(parent === null ? {} : { parent }),
    ...(covers.length === 0 ? {} : { covers }),
    ...(covers.length > 0 || proposed === null ? {} : { coverAsked: proposed.name }),
    deadlines,
    extensions: extensions.map((each) => pick(each, 'kind', 'status', 'from', 'to', 'cost')),
    checkpoints: row.checkpoints,
    alerts: row.alerts,
    problems: [...row.problems.map(problemWords), ...remarks],
  }
  return { shown, row, record, who: whoBuys(rules) }
}

const UMBRELLA_COLUMNS = [
  ...(['id', 'organisationId', 'reference', 'referenceKey', 'start'] as const),
  ...(['currentEarliest', 'currentLatest', 'closedOn'] as const),
] as const

/** SQL: whom it covers, what it replaces (as a register says it of either, too), what was called off from it. */
const UNDER_UMBRELLA = `${listOf(
  { buyer: 'b.name', team: 't.name', from: 'm.from_on', to: 'm.to_on', unread: 'm.unread' },
  `umbrella_member m JOIN buyer b ON b.id = m.buyer_id LEFT JOIN team t ON t.id = m.team_id
   WHERE m.contract_id = c.id`,
  'b.name_key',
)} AS members,
  ${listOf(
    { reference: 'r.reference', currentLatest: 'r.current_latest', closedOn: 'r.closed_on' },
    `contract r WHERE r.organisation_id = c.organisation_id AND r.id <> c.id AND (r.replaced_by_id = c.id
       OR r.successor IS NOT NULL AND lower(r.successor) = lower(c.reference)
       OR r.reference_key = lower(btrim(c.predecessor)))`,
    'r.reference_key, r.id',
  )} AS replaces,
  ${listOf({ reference: 'r.reference' }, 'contract r WHERE r.parent_id = c.id', 'r.reference_key, r.id')} AS calls`

/** What one contract is shown with: its own columns, and the rows under it. */
const SHOWN_COLUMNS = [
  ...NOTICED,
  ...PRICED,
  ...(['endSource', 'optionEnds', 'department', 'documents', 'valueText'] as const),
  ...UMBRELLA_COLUMNS,
] as const

interface ShownRow extends Pick<ContractColumns, (typeof SHOWN_COLUMNS)[number]>, UnderUmbrella {
  readonly state: ContractState
  readonly buyers: string | null
  readonly ownerName: string | null
  readonly parentReference: string | null
  readonly isCovering: boolean
  readonly waivers: number
  readonly questions: ShownContract['questions']
  readonly checkpoints: ShownContract['checkpoints']
  readonly alerts: ShownContract['alerts']
  readonly problems: readonly Pick<ImportProblem, 'field' | 'value' | 'problem' | 'remedy'>[]
  /** The deadlines as they are written down. */
  readonly kept: readonly {
    readonly kind: DeadlineKind
    readonly on: CivilDate
    readonly reason: string
    readonly settled: string | null
  }[]
}

const SHOWN = `${columnsOf(SHOWN_COLUMNS)}, ${UNDER_UMBRELLA}, ${stateSql('$2::date')} AS state,
  ${BUYERS} AS buyers,
  (SELECT p.display_name FROM person p WHERE p.id = c.owner_id) AS "ownerName",
  (SELECT f.reference FROM contract f WHERE f.id = c.parent_id) AS "parentReference",
  EXISTS (SELECT FROM cover v WHERE v.contract_id = c.id) AS "isCovering",
  (SELECT count(*)::int FROM waiver w WHERE w.contract_id = c.id AND w.withdrawn_at IS NULL) AS waivers,
  ${listOf(
    { id: 'q.id', about: 'q.about', text: 'q.text', holds: 'q.holds' },
    `question_contract r JOIN question q ON q.id = r.question_id
     WHERE r.contract_id = c.id AND q.answer IS NULL`,
    'q.id',
  )} AS questions,
  ${listOf(
    {
      ...{ name: 'k.name', route: 'k.route', on: 'k.due_on', plannedOn: 'k.planned_on' },
      ...{ askedOn: 'k.asked_on', doneOn: 'k.done_on', slips: 'k.slips' },
    },
    'checkpoint k WHERE k.contract_id = c.id AND k.withdrawn_at IS NULL',
    'k.id',
  )} AS checkpoints,
  ${listOf(
    { kind: 'a.kind', rung: 'a.rung', raisedOn: 'a.raised_on', state: 'a.state' },
    'alert a WHERE a.contract_id = c.id',
    'a.raised_on, a.deadline_on, a.rung DESC',
  )} AS alerts,
  ${listOf(
    { field: 'p.field', value: 'p.value', problem: 'p.problem', remedy: 'p.remedy' },
    `import_problem p WHERE p.source_id = c.source_id AND p.resolved_import_id IS NULL
       AND p.severity <> 'note' AND lower(p.reference) = lower(c.reference)`,
    'p.id',
  )} AS problems,
  ${listOf(
    { kind: 'd.kind', on: 'd.due_on', reason: 'd.reason', settled: 'd.settled_why' },
    'deadline d WHERE d.contract_id = c.id',
    'd.due_on, d.kind',
  )} AS kept`

function problemWords({ field, value, problem, remedy }: ShownRow['problems'][number]): string {
  const where = [field, value].filter((each) => each !== null && each !== '').join(' ')
  return `${where === '' ? '' : `${where}: `}${problem}; ${remedy}`
}

/** A contract's deadlines with the day on which each is next told. */
function shownDeadlines(
  record: ContractRecord,
  team: Team,
  today: CivilDate,
  rules: Rules,
): { readonly deadlines: readonly ShownDeadline[]; readonly remarks: readonly string[] } {
  const monitored = monitoredContract(record, team.laddersFrom, rules, today)
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
  const columns = `${columnsOf(UMBRELLA_COLUMNS)}, ${UNDER_UMBRELLA}`
  const [row] = await selectOfContracts<UmbrellaRow>(client, columns, 'c.id = $1', [contractId])
  if (row === undefined) throw new Error(`Contract ${contractId} went away: ask again.`)
  return umbrellaOf(client, row, asOf)
}

/** The same of what was read of it. */
export async function umbrellaOf(
  client: Pool | PoolClient,
  row: UmbrellaRow,
  asOf: CivilDate,
): Promise<ReadUmbrella> {
  const { id, organisationId, reference, referenceKey, start, members } = row
  const latest = earliestOf(row.currentLatest, row.closedOn)
  const days = { start, earliest: row.currentEarliest, latest }
  return {
    reference,
    asOf,
    start,
    members: members.map((each) => ({ ...each, why: notCovered(each, days, asOf) })),
    replaces: row.replaces.map(({ reference: replaced, currentLatest, closedOn }) => ({
      reference: replaced,
      currentEnd: earliestOf(currentLatest, closedOn),
    })),
    calls: row.calls.filter((each) => each.reference.toLowerCase() !== referenceKey),
    ...(members.length === 0 ? {} : await notNamed(client, organisationId, id, asOf)),
  }
}

type UmbrellaRow = Pick<ContractColumns, (typeof UMBRELLA_COLUMNS)[number]> & UnderUmbrella
interface UnderUmbrella {
  readonly members: readonly Omit<MemberFacts, 'why'>[]
  readonly replaces: readonly Pick<ContractColumns, 'reference' | 'currentLatest' | 'closedOn'>[]
  readonly calls: UmbrellaFacts['calls']
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
