/** The headroom of one contract, as recorded or with days added. */
import type { Pool, PoolClient } from 'pg'
import { CONTRACT_COLUMNS, type ContractRow, completeContracts } from '../database/contracts.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import type { Contract } from '../rules/contract.ts'
import {
  type Headroom,
  type HeadroomAsked,
  type HeadroomTest,
  headroom,
  oneMoreMonth,
} from '../rules/headroom.ts'
import {
  NOTICES,
  type NoticeDecision,
  type NoticedExtension,
  type NoticeFacts,
  type NoticeTask,
  noticeTasks,
} from '../rules/notices.ts'
import { type ContractLaw, nationOf, regimeOf, subjectOf } from '../rules/regime.ts'
import type { Rules } from '../rules/settings.ts'
import { ContractGone } from '../rules/user-error.ts'

export interface ContractHeadroom extends Headroom {
  readonly reference: string
  /** What the contract and its extensions may have to be told of: see `noticeTasks`. */
  readonly notices: readonly NoticeTask[]
  /** What one calendar month more would make of it; null where there is no end to count from. */
  readonly oneMoreMonth: OneMoreMonth | null
}
export interface OneMoreMonth {
  readonly days: number
  readonly tests: readonly Pick<HeadroomTest, 'rule' | 'title' | 'percent' | 'state'>[]
}

/** @throws UserError where the contract is gone. */
export async function contractHeadroom(
  pool: Pool | PoolClient,
  contractId: number,
  asked: HeadroomAsked,
): Promise<ContractHeadroom> {
  const { reference, facts, extensions, decisions } = await readHeadroom(pool, contractId)
  const { on: today, authority, nation = null } = asked
  const month = oneMoreMonth(facts, extensions, asked)
  return {
    reference,
    ...headroom(facts, extensions, asked),
    notices: noticeTasks(facts, extensions, decisions, { today, authority, nation }),
    oneMoreMonth: month === null ? null : { days: month.days, tests: month.tests.map(inShort) },
  }
}

/** Its own law, else its framework's, else that of its start. @throws UserError where it is gone. */
export async function contractLaw(
  pool: Pool | PoolClient,
  contractId: number,
): Promise<ContractLaw> {
  const { facts } = await readHeadroom(pool, contractId)
  return regimeOf(facts)
}

function inShort({ rule, title, percent, state }: HeadroomTest): OneMoreMonth['tests'][number] {
  return { rule, title, percent, state }
}

/** With the thresholds of this day; what added days would cost is not known. */
export function askedToday(on: CivilDate, rules: Rules, addDays = 0): HeadroomAsked {
  const { nation } = nationOf(rules.nation, rules.calendar)
  return { addDays, addCost: null, on, authority: rules.authority, nation }
}

async function readHeadroom(pool: Pool | PoolClient, contractId: number): Promise<NoticeRecord> {
  const [record] = await readNoticeRecords(pool, [contractId])
  if (!record) throw new ContractGone()
  return record
}

interface NoticeRecord {
  readonly contractId: number
  readonly reference: string
  readonly facts: NoticeFacts
  readonly extensions: readonly NoticedExtension[]
  readonly decisions: readonly NoticeDecision[]
}

type Row = ContractRow & {
  /** The first day of the framework that it calls off from. */
  readonly frameworkStart: CivilDate | null
}

/** In a fixed number of queries, however many there are, in the order of their ids. */
export async function readNoticeRecords(
  pool: Pool | PoolClient,
  ids: readonly number[],
): Promise<NoticeRecord[]> {
  if (ids.length === 0) return []
  const rows = await pool.query<Row>(
    `SELECT ${CONTRACT_COLUMNS}, parent.start AS "frameworkStart"
     FROM contract c LEFT JOIN contract parent ON parent.id = c.parent_id
     WHERE c.id = ANY($1) ORDER BY c.id`,
    [ids],
  )
  const records = await completeContracts(pool, rows.rows)
  return records.map(({ row, contract, extensions }) => ({
    contractId: row.id,
    reference: row.reference,
    facts: factsOf(row, contract),
    extensions,
    decisions: contract.decisions.flatMap(({ deadline, deadlineOn: on, text }) => {
      const notice = NOTICES.find((each) => each === String(deadline))
      return notice === undefined ? [] : [{ notice, on, text }]
    }),
  }))
}

function factsOf(row: Row, contract: Contract): NoticeFacts {
  const { start, awardedEnd, awardedMaximumEnd, value, currency, route } = contract
  const { regime, valueBasis, vat, category, closedOn, form, frameworkStart } = row
  return {
    start,
    awardedEnd,
    awardedMaximumEnd,
    value,
    currency,
    regime,
    valueBasis,
    vat,
    ...subjectOf(category),
    route,
    form,
    callOff: form === 'call-off',
    frameworkStart,
    closedOn,
  }
}
