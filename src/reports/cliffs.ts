/** The cliffs among the contracts held: what ends together and has to be settled together. */
import type { Pool, PoolClient } from 'pg'
import { type ContractColumns, readColumns, rowsOf, supplierKey } from '../database/contracts.ts'
import { tables } from '../database/prisma.ts'
import { addDays, type CivilDate } from '../rules/civil-date.ts'
import { findCliffs } from '../rules/cliffs.ts'
import { END_KINDS } from '../rules/contract.ts'
import { type Decimal, sumByCurrency } from '../rules/money.ts'
import { groupedBy } from '../rules/text-match.ts'
import type { CliffContract, CliffFacts } from '../text/facts.ts'

export interface CliffsAsked {
  readonly organisationId: number
  readonly teamIds: readonly number[] | null
  readonly today: CivilDate
  readonly days: number
  readonly within: number
  /** How many cliffs, and how many contracts of each, are read with their names. */
  readonly listed: number
}

/** The cliffs ahead, the nearest first, and how many there are. */
export async function readCliffs(
  client: Pool | PoolClient,
  asked: CliffsAsked,
): Promise<{ readonly total: number; readonly cliffs: readonly CliffFacts[] }> {
  const endings = await readEndings(client, asked)
  const byId = new Map(endings.map((row) => [row.id, row]))
  const cliffs = findCliffs(endings, asked.within)
  const named = cliffs.slice(0, asked.listed).map(({ by, name, from, to, ids }): CliffFacts => {
    const contracts = ids.flatMap((id) => byId.get(id) ?? [])
    const priced = contracts.filter(({ value }) => value !== null)
    return {
      by,
      name: writtenName(by, name, contracts),
      from,
      to,
      count: ids.length,
      values: sumByCurrency(contracts.map(({ value, currency }) => ({ amount: value, currency }))),
      priced: priced.length,
      contracts: contracts.slice(0, asked.listed).map(contractOf),
    }
  })
  return { total: cliffs.length, cliffs: named }
}

interface EndingRow extends Parties {
  readonly id: number
  readonly end: CivilDate
  readonly reference: string
  readonly title: string | null
  readonly value: Decimal | null
  readonly currency: string
}

/** Open ends of monitored contracts. Read in a few steps, each by key, and joined here. */
async function readEndings(
  client: Pool | PoolClient,
  { organisationId, teamIds, today, days }: CliffsAsked,
): Promise<EndingRow[]> {
  const due = await tables(client).deadline.groupBy({
    by: ['contractId'],
    where: {
      ...{ organisationId, kind: { in: END_KINDS }, settledWhy: null },
      on: { gte: today, lte: addDays(today, days) },
      ...(teamIds === null ? {} : { contract: { teamId: { in: [...teamIds] } } }),
    },
    _min: { on: true },
  })
  if (due.length < 2) return []
  const ends = new Map(due.map(({ contractId, _min }) => [contractId, _min.on]))
  const found = await readColumns(client, [...ends.keys()], [...PARTIES, ...ENDING])
  const contracts = found.filter(
    ({ isWarnedOf, teamId }) => isWarnedOf && (teamIds === null || teamIds.includes(teamId)),
  )
  const parties = await partiesOf(client, contracts)
  return contracts.flatMap(({ id, reference, title, value, currency }) => {
    const [end, theirs] = [ends.get(id), parties.get(id)]
    if (!end || theirs === undefined) return []
    return [{ id, reference, title, value, currency, end, ...theirs }]
  })
}

const PARTIES = ['id', 'supplierKey', 'supplier', 'reseller'] as const
const ENDING = ['reference', 'title', 'value', 'currency', 'teamId', 'isWarnedOf'] as const

function contractOf(row: EndingRow): CliffContract {
  const { id: contractId, reference, title, supplierName: supplier, end } = row
  return { contractId, reference, title, supplier, end }
}

export interface Parties {
  readonly supplier: string | null
  readonly reseller: string | null
  readonly products: readonly string[]
  readonly supplierName: string | null
  readonly resellerName: string | null
}

/** By contract; two queries, each by key, however many they are. */
export async function readParties(
  client: Pool | PoolClient,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Parties>> {
  return partiesOf(client, await readColumns(client, ids, PARTIES))
}

async function partiesOf(
  client: Pool | PoolClient,
  contracts: readonly Pick<ContractColumns, (typeof PARTIES)[number]>[],
): Promise<ReadonlyMap<number, Parties>> {
  const products = await rowsOf<{ readonly name: string }>(
    client,
    contracts.map(({ id }) => id),
    'contract_product',
    '(SELECT p.name FROM product p WHERE p.id = product_id) AS name',
    '',
  )
  const productsOf = groupedBy(products, ({ contractId }) => contractId)
  return new Map(
    contracts.map(({ id, supplierKey: supplier, supplier: supplierName, reseller }) => [
      id,
      {
        ...{ supplier, supplierName, resellerName: reseller, reseller: supplierKey(reseller) },
        products: (productsOf.get(id) ?? []).map(({ name }) => name),
      },
    ]),
  )
}

/** A supplier's name as a register writes it, not the key by which names are compared. */
export function writtenName(
  by: 'supplier' | 'product',
  key: string,
  parties: readonly Parties[],
): string {
  if (by === 'product') return key
  const direct = parties.find(({ supplier }) => supplier === key)?.supplierName
  return direct ?? parties.find(({ reseller }) => reseller === key)?.resellerName ?? key
}
