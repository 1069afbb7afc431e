/** The headroom of one contract, as recorded or with days added. */
import type { Pool, PoolClient } from 'pg'
import {
  type ContractColumns,
  type ContractRecord,
  type ContractRow,
  completeContracts,
  RULED,
  readColumns,
} from '../database/contracts.ts'
import {
  type RuledOrganisation,
  type RulesByTeam,
  readTeams,
  type Team,
} from '../database/organisation.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import type { Contract } from '../rules/contract.ts'
import { lastCallOff } from '../rules/deadlines.ts'
import { type Headroom, type HeadroomTest, headroom, oneMoreMonth } from '../rules/headroom.ts'
import {
  NOTICES,
  type NoticeDecision,
  type NoticedExtension,
  type NoticeFacts,
  type NoticeTask,
  noticeTasks,
} from '../rules/notices.ts'
import {
  type Authority,
  type ContractLaw,
  type Nation,
  nationOf,
  regimeOf,
  subjectOf,
} from '../rules/regime.ts'
import type { Rules } from '../rules/settings.ts'
import { pick } from '../rules/text-match.ts'
import { ContractGone } from '../rules/user-error.ts'

export interface ContractHeadroom extends Headroom {
  readonly reference: string
  /** What the contract and its extensions may have to be told of: see `noticeTasks`. */
  readonly notices: readonly NoticeTask[]
  /** What one calendar month more would make of it; null where there is no end to count from. */
  readonly oneMoreMonth: OneMoreMonth | null
}
interface OneMoreMonth {
  readonly days: number
  readonly tests: readonly Pick<HeadroomTest, 'rule' | 'title' | 'percent' | 'state'>[]
}

/** Of the contract as its team, and it itself, have their rules. */
interface HeadroomOf extends RuledOrganisation {
  /** The day whose thresholds hold; what added days would cost is not known. */
  readonly on: CivilDate
  readonly addDays?: number
}

/** @throws UserError where the contract is gone. */
export async function contractHeadroom(
  pool: Pool | PoolClient,
  contractId: number,
  of: HeadroomOf,
): Promise<ContractHeadroom> {
  const { who, ...record } = await readHeadroom(pool, contractId, of)
  return headroomOf(record, who, of)
}

/** The same of what was read of it. */
export function headroomOf(
  { row, facts, extensions, decisions }: NoticeRecord,
  who: WhoBuys,
  of: Pick<HeadroomOf, 'on' | 'addDays'>,
): ContractHeadroom {
  const asked = { addDays: of.addDays ?? 0, addCost: null, on: of.on, ...who }
  const month = oneMoreMonth(facts, extensions, asked)
  return {
    reference: row.reference,
    ...headroom(facts, extensions, asked),
    notices: noticeTasks(facts, extensions, decisions, { today: of.on, ...who }),
    oneMoreMonth: month && {
      days: month.days,
      tests: month.tests.map((each) => pick(each, 'rule', 'title', 'percent', 'state')),
    },
  }
}

/** Its own law, else its framework's, else that of where, what and when. @throws UserError where it is gone. */
export async function contractLaw(
  pool: Pool | PoolClient,
  contractId: number,
  of: Pick<HeadroomOf, 'organisationId' | 'rulesOf'>,
): Promise<ContractLaw> {
  const { facts, who } = await readHeadroom(pool, contractId, of)
  return regimeOf({ ...facts, nation: who.nation })
}

async function readHeadroom(
  pool: Pool | PoolClient,
  contractId: number,
  { organisationId, rulesOf }: Pick<HeadroomOf, 'organisationId' | 'rulesOf'>,
): Promise<NoticeRecord & { readonly who: WhoBuys }> {
  const [record] = await readNoticeRecords(pool, [contractId])
  const whose = whoBuysOf(await readTeams(pool, organisationId), rulesOf)
  const who = record === undefined ? null : whose(record.row)
  if (record === undefined || who === null) throw new ContractGone()
  return { ...record, who }
}

/** Whose thresholds and which nation's law hold. */
interface WhoBuys {
  readonly authority: Authority | null
  readonly nation: Nation | null
}

/** By the rules of the team and of the contract, which stand over the organisation's; null where the team is gone. */
export function whoBuysOf(
  teams: readonly Team[],
  rulesOf: RulesByTeam,
): (row: Pick<ContractRow, 'teamId' | 'rules'>) => WhoBuys | null {
  const byId = new Map(teams.map((team) => [team.id, team]))
  return (row) => {
    const team = byId.get(row.teamId)
    return team === undefined ? null : whoBuys(rulesOf(team, row))
  }
}

export function whoBuys({
  authority,
  nation,
  calendar,
}: Pick<Rules, 'authority' | 'nation' | 'calendar'>): WhoBuys {
  return { authority, nation: nationOf(nation, calendar).nation }
}

export const NOTICED = [
  ...[...RULED, 'frameworkStart', 'ofFramework'],
  ...(['title', 'supplier', 'owner', 'categoryLead'] as const),
] as const

export interface NoticeRecord {
  readonly row: Pick<ContractColumns, (typeof NOTICED)[number]>
  readonly facts: NoticeFacts
  readonly extensions: readonly NoticedExtension[]
  readonly decisions: readonly NoticeDecision[]
}

/** In a fixed number of queries, however many there are, in the order of their ids. */
export async function readNoticeRecords(
  pool: Pool | PoolClient,
  ids: readonly number[],
): Promise<NoticeRecord[]> {
  const records = await completeContracts(pool, await readColumns(pool, ids, NOTICED))
  return records.map(noticeRecord)
}

export function noticeRecord({
  row,
  contract,
  extensions,
}: ContractRecord<NoticeRecord['row']>): NoticeRecord {
  return {
    row,
    facts: factsOf(row, contract),
    extensions,
    decisions: contract.decisions.flatMap(({ deadline, deadlineOn: on, text }) => {
      const notice = NOTICES.find((each) => each === String(deadline))
      return notice === undefined ? [] : [{ notice, on, text }]
    }),
  }
}

function factsOf(row: NoticeRecord['row'], contract: Contract): NoticeFacts {
  return {
    ...pick(contract, 'start', 'awardedEnd', 'awardedMaximumEnd', 'value', 'currency', 'route'),
    ...pick(row, 'regime', 'valueBasis', 'vat', 'form', 'frameworkStart', 'ofFramework'),
    ...{ ...subjectOf(row.category), callOff: row.form === 'call-off', closedOn: row.closedOn },
    callOffsUntil: lastCallOff(contract, { callOffBy: null })?.on ?? null,
  }
}
