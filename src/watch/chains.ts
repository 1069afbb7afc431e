/** Chains of awards among the contracts held: read, found, and shown as proposals. */
import type { Pool, PoolClient } from 'pg'
import {
  type Award,
  CHAIN_RULES,
  type Chain,
  chainCost,
  pairOf,
  proposeChains,
} from '../domain/chains.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import type { Decimal } from '../domain/money.ts'

export interface ChainsAsked {
  readonly organisationId: number
  /** Only chains whose first contract is this team's; null for all. */
  readonly teamId: number | null
  readonly toleranceDays: number
}

/** A contract of a chain, as it is called. */
export interface ChainAward extends Award {
  readonly reference: string
  readonly title: string | null
  readonly teamId: number
  readonly buyerName: string | null
  readonly supplierName: string | null
}

export interface ProposedChain {
  readonly first: ChainAward
  readonly links: readonly ChainAward[]
  /** What the links cost together; null where none has a price. */
  readonly cost: Decimal | null
  readonly currency: string
  readonly priced: number
}

/** The chains that nobody has answered, the longest first: four queries, however many contracts. */
export async function readChains(
  client: Pool | PoolClient,
  { organisationId, teamId, toleranceDays }: ChainsAsked,
): Promise<ProposedChain[]> {
  const awards = await readAwards(client, organisationId)
  const { rows } = await client.query<{ id: number; previousId: number; rollover: boolean }>(
    `SELECT contract_id AS id, previous_id AS "previousId", rollover FROM chain_answer
     WHERE organisation_id = $1`,
    [organisationId],
  )
  // An award that was said to be a rollover is an extension of its first contract by now: it is
  // that contract's current end from which the next one would follow on.
  const rolled = new Set(rows.filter((row) => row.rollover).map((row) => row.id))
  const refused = new Set(rows.map((row) => pairOf({ id: row.previousId }, row)))
  const open = awards.filter(({ id }) => !rolled.has(id))
  const chains = proposeChains(open, { ...CHAIN_RULES, toleranceDays }, refused)
  const found = await named(client, chains)
  return teamId === null ? found : found.filter(({ first }) => first.teamId === teamId)
}

/**
 * Contracts with a supplier, a start and an end known to the day. Several buyers count as the one
 * that has been known the longest: they buy together. The two tables are joined here: right after a
 * large import PostgreSQL has no figures to plan by, and joined them row by row (over a minute).
 */
async function readAwards(client: Pool | PoolClient, organisationId: number): Promise<Award[]> {
  const buyers = await client.query<{ id: number; buyer: number }>(
    `SELECT contract_id AS id, min(buyer_id) AS buyer FROM contract_buyer
     WHERE buyer_id IN (SELECT id FROM buyer WHERE organisation_id = $1) GROUP BY contract_id`,
    [organisationId],
  )
  const { rows } = await client.query<Omit<Award, 'buyer'> & { readonly teamId: number }>(
    `SELECT id, team_id AS "teamId", supplier_key AS supplier, start, current_latest AS "end", currency,
            CASE WHEN value_basis = 'annual' THEN NULL ELSE value::text END AS value
       FROM contract
      WHERE organisation_id = $1 AND supplier_key IS NOT NULL AND start IS NOT NULL
        AND current_latest IS NOT NULL AND current_earliest = current_latest`,
    [organisationId],
  )
  const buyerOf = new Map(buyers.rows.map((row) => [row.id, row.buyer]))
  return rows.map(({ teamId, ...award }) => {
    const buyer = buyerOf.get(award.id)
    return { ...award, buyer: buyer === undefined ? `team ${teamId}` : `buyer ${buyer}` }
  })
}

async function named(
  client: Pool | PoolClient,
  chains: readonly Chain[],
): Promise<ProposedChain[]> {
  const ids = chains.flatMap(({ first, links }) => [first.id, ...links.map(({ id }) => id)])
  if (ids.length === 0) return []
  const { rows } = await client.query<Names>(NAMES, [ids])
  const names = new Map(rows.map((row) => [row.id, row]))
  const award = (each: Award): ChainAward[] => {
    const called = names.get(each.id)
    return called === undefined ? [] : [{ ...each, ...called }]
  }
  return chains.flatMap((chain) => {
    const [first] = award(chain.first)
    if (first === undefined) return []
    return [{ first, links: chain.links.flatMap(award), ...chainCost(chain) }]
  })
}

type Names = Pick<
  ChainAward,
  'id' | 'reference' | 'title' | 'teamId' | 'buyerName' | 'supplierName'
>

const NAMES = `
  SELECT c.id, c.reference, c.title, c.team_id AS "teamId", c.supplier AS "supplierName",
         (SELECT b.name FROM contract_buyer cb JOIN buyer b ON b.id = cb.buyer_id
           WHERE cb.contract_id = c.id ORDER BY cb.position LIMIT 1) AS "buyerName"
    FROM contract c WHERE c.id = ANY($1)`

/** The chain that this contract stands in; null where it stands in none. */
export function chainWith(
  chains: readonly ProposedChain[],
  contractId: number,
): ProposedChain | null {
  const found = chains.find(({ first, links }) =>
    [first, ...links].some(({ id }) => id === contractId),
  )
  return found ?? null
}

/** Its last day. */
export function chainEnd({ first, links }: ProposedChain): CivilDate {
  return links.at(-1)?.end ?? first.end
}
