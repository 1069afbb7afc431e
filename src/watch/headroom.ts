/** The headroom of one contract, as recorded or with days added. */
import type { Pool, PoolClient } from 'pg'
import type { CivilDate } from '../domain/civil-date.ts'
import {
  type ContractLaw,
  type Headroom,
  type HeadroomAsked,
  headroom,
  oneMoreMonth,
  regimeOf,
} from '../domain/headroom.ts'
import type { HeadroomTest } from '../domain/headroom-test.ts'
import { type NoticeTask, noticeTasks } from '../domain/notice-tasks.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Rules } from '../domain/rules.ts'
import { type NoticeRecord, readNoticeRecords } from './notice-records.ts'

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

/** @throws Refusal where the contract is gone. */
export async function contractHeadroom(
  pool: Pool | PoolClient,
  contractId: number,
  asked: HeadroomAsked,
): Promise<ContractHeadroom> {
  const { reference, facts, extensions, decisions } = await readHeadroom(pool, contractId)
  const { on: today, authority } = asked
  const month = oneMoreMonth(facts, extensions, asked)
  return {
    reference,
    ...headroom(facts, extensions, asked),
    notices: noticeTasks(facts, extensions, decisions, { today, authority }),
    oneMoreMonth: month === null ? null : { days: month.days, tests: month.tests.map(inShort) },
  }
}

/** Its own law, else its framework's, else that of its start. @throws Refusal where it is gone. */
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
export function askedToday(on: CivilDate, { authority }: Rules, addDays = 0): HeadroomAsked {
  return { addDays, addCost: null, on, authority }
}

async function readHeadroom(pool: Pool | PoolClient, contractId: number): Promise<NoticeRecord> {
  const [record] = await readNoticeRecords(pool, [contractId])
  if (!record)
    throw new Refusal('That contract is gone: it may have been removed with its register.')
  return record
}
