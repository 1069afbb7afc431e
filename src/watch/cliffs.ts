/** The cliffs among the contracts held: what ends together and has to be spoken of together. */
import type { Pool, PoolClient } from 'pg'
import { supplierKey } from '../db/supplier-key.ts'
import { addDays, type CivilDate } from '../domain/civil-date.ts'
import { findCliffs } from '../domain/cliffs.ts'
import { type Decimal, sumByCurrency } from '../domain/money.ts'
import type { CliffContract, CliffFacts } from '../messages/facts.ts'

export interface CliffsAsked {
  readonly organisationId: number
  readonly teamId: number | null
  readonly today: CivilDate
  /** How far ahead ends are looked at. */
  readonly days: number
  /** Ends this near to one another are one cliff. */
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
      name: calledBy(by, name, contracts),
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

interface EndingRow {
  readonly id: number
  readonly end: CivilDate
  readonly supplier: string | null
  readonly supplierName: string | null
  readonly reseller: string | null
  readonly resellerName: string | null
  readonly products: readonly string[]
  readonly reference: string
  readonly title: string | null
  readonly value: Decimal | null
  readonly currency: string
}

/** Open ends of watched contracts. Read in three steps, each by key, and joined here. */
async function readEndings(
  client: Pool | PoolClient,
  { organisationId, teamId, today, days }: CliffsAsked,
): Promise<EndingRow[]> {
  const due = await client.query<{ id: number; end: CivilDate }>(
    `SELECT contract_id AS id, min(due_on) AS "end" FROM deadline
      WHERE organisation_id = $1 AND kind IN ('end', 'emergency-end') AND settled_why IS NULL
        AND due_on BETWEEN $2 AND $3
        ${teamId === null ? '' : 'AND contract_id IN (SELECT id FROM contract WHERE team_id = $4)'}
      GROUP BY contract_id`,
    [organisationId, today, addDays(today, days), ...(teamId === null ? [] : [teamId])],
  )
  if (due.rows.length < 2) return []
  const ends = new Map(due.rows.map(({ id, end }) => [id, end]))
  const ids = [...ends.keys()]
  const [contracts, products] = await Promise.all([
    client.query<Omit<EndingRow, 'end' | 'reseller' | 'products'>>(
      `SELECT id, supplier_key AS supplier, supplier AS "supplierName",
              reseller AS "resellerName",
              reference, title, value::text AS value, currency
         FROM contract WHERE id = ANY($1) AND ($2::int IS NULL OR team_id = $2)
          AND NOT historic AND closed_on IS NULL AND watched`,
      [ids, teamId],
    ),
    client.query<{ id: number; name: string }>(
      `SELECT cp.contract_id AS id, p.name FROM contract_product cp JOIN product p ON p.id = cp.product_id
        WHERE cp.contract_id = ANY($1)`,
      [ids],
    ),
  ])
  const productsOf = new Map<number, string[]>()
  for (const { id, name } of products.rows) {
    productsOf.set(id, [...(productsOf.get(id) ?? []), name])
  }
  return contracts.rows.flatMap((row) => {
    const end = ends.get(row.id)
    const reseller = supplierKey(row.resellerName)
    return end === undefined
      ? []
      : [{ ...row, end, reseller, products: productsOf.get(row.id) ?? [] }]
  })
}

/** The name as a register writes it, not the key by which names are compared. */
function calledBy(by: CliffFacts['by'], key: string, contracts: readonly EndingRow[]): string {
  if (by === 'product') return key
  const direct = contracts.find(({ supplier }) => supplier === key)?.supplierName
  return direct ?? contracts.find(({ reseller }) => reseller === key)?.resellerName ?? key
}

function contractOf(row: EndingRow): CliffContract {
  const { id: contractId, reference, title, supplierName: supplier, end } = row
  return { contractId, reference, title, supplier, end }
}
