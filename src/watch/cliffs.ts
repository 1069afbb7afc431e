/** The cliffs among the contracts held: what ends together and has to be spoken of together. */
import type { Pool, PoolClient } from 'pg'
import { addDays, type CivilDate } from '../domain/civil-date.ts'
import { findCliffs } from '../domain/cliffs.ts'
import { type Decimal, sumByCurrency } from '../domain/money.ts'
import type { CliffContract, CliffFacts } from '../messages/facts.ts'
import { type Parties, readParties, writtenName } from './parties.ts'

export interface CliffsAsked {
  readonly organisationId: number
  /** Every team's where it is null. */
  readonly teamIds: readonly number[] | null
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

/** Open ends of watched contracts. Read in a few steps, each by key, and joined here. */
async function readEndings(
  client: Pool | PoolClient,
  { organisationId, teamIds, today, days }: CliffsAsked,
): Promise<EndingRow[]> {
  const due = await client.query<{ id: number; end: CivilDate }>(
    `SELECT contract_id AS id, min(due_on) AS "end" FROM deadline
      WHERE organisation_id = $1 AND kind IN ('end', 'emergency-end') AND settled_why IS NULL
        AND due_on BETWEEN $2 AND $3
        ${teamIds === null ? '' : 'AND contract_id IN (SELECT id FROM contract WHERE team_id = ANY($4))'}
      GROUP BY contract_id`,
    [organisationId, today, addDays(today, days), ...(teamIds === null ? [] : [teamIds])],
  )
  if (due.rows.length < 2) return []
  const ends = new Map(due.rows.map(({ id, end }) => [id, end]))
  const contracts = await client.query<Omit<EndingRow, 'end' | keyof Parties>>(
    `SELECT id, reference, title, value::text AS value, currency
       FROM contract WHERE id = ANY($1) AND ($2::int[] IS NULL OR team_id = ANY($2))
        AND NOT historic AND closed_on IS NULL AND watched`,
    [[...ends.keys()], teamIds],
  )
  const parties = await readParties(
    client,
    contracts.rows.map(({ id }) => id),
  )
  return contracts.rows.flatMap((row) => {
    const [end, theirs] = [ends.get(row.id), parties.get(row.id)]
    return end === undefined || theirs === undefined ? [] : [{ ...row, end, ...theirs }]
  })
}

function contractOf(row: EndingRow): CliffContract {
  const { id: contractId, reference, title, supplierName: supplier, end } = row
  return { contractId, reference, title, supplier, end }
}
