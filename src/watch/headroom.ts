/** The headroom of one contract, as recorded or with days added. */
import type { Pool, PoolClient } from 'pg'
import { CONTRACT_COLUMNS, type ContractRow, contractOf } from '../db/watched.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import type { Regime, ValueBasis, VatState } from '../domain/contract.ts'
import {
  type Headroom,
  type HeadroomAsked,
  type HeadroomFacts,
  type HeadroomTest,
  headroom,
  oneMoreMonth,
  type RuledExtension,
} from '../domain/headroom.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Rules } from '../domain/rules.ts'

export interface ContractHeadroom extends Headroom {
  readonly reference: string
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
  const { reference, facts, extensions } = await readHeadroom(pool, contractId)
  const month = oneMoreMonth(facts, extensions, asked)
  return {
    reference,
    ...headroom(facts, extensions, asked),
    oneMoreMonth: month === null ? null : { days: month.days, tests: month.tests.map(inShort) },
  }
}

function inShort({ rule, title, percent, state }: HeadroomTest): OneMoreMonth['tests'][number] {
  return { rule, title, percent, state }
}

/** With the thresholds of this day; what added days would cost is not known. */
export function askedToday(on: CivilDate, { authority }: Rules, addDays = 0): HeadroomAsked {
  return { addDays, addCost: null, on, authority }
}

interface Read {
  readonly reference: string
  readonly facts: HeadroomFacts
  readonly extensions: readonly RuledExtension[]
}

type Row = ContractRow & {
  readonly regime: Regime | null
  readonly valueBasis: ValueBasis
  readonly vat: VatState
  readonly category: string | null
}

async function readHeadroom(pool: Pool | PoolClient, contractId: number): Promise<Read> {
  // A call-off stands under its framework's law.
  const rows = await pool.query<Row>(
    `SELECT ${CONTRACT_COLUMNS}, coalesce(parent.regime, c.regime) AS regime,
            c.value_basis AS "valueBasis", c.vat, c.category
     FROM contract c LEFT JOIN contract parent ON parent.id = c.parent_id WHERE c.id = $1`,
    [contractId],
  )
  const [row] = rows.rows
  if (!row) throw new Refusal('That contract is gone: it may have been removed with its register.')
  const extensions = await pool.query<RuledExtension>(
    `SELECT kind, status, from_on AS "from", to_on AS "to", cost, currency, known_on AS "knownOn", rule
     FROM extension WHERE contract_id = $1 ORDER BY from_on, to_on, id`,
    [contractId],
  )
  const contract = contractOf(row, extensions.rows, [])
  const { start, awardedEnd, awardedMaximumEnd, value, currency } = contract
  const { regime, valueBasis, vat, category } = row
  return {
    reference: row.reference,
    facts: {
      start,
      awardedEnd,
      awardedMaximumEnd,
      value,
      currency,
      regime,
      valueBasis,
      vat,
      works: category === null ? null : /\b(?:works|construction)\b/i.test(category),
      lightTouch: category === null ? null : /\blight[ -]touch\b/i.test(category),
    },
    extensions: extensions.rows,
  }
}
