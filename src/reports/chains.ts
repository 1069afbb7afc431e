/** Chains of awards among the contracts held: read, found, and shown as proposals. */
import { setImmediate as breath } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'
import { readColumns, rowsOf, selectContracts, selectOfContracts } from '../database/contracts.ts'
import { tables } from '../database/prisma.ts'
import {
  type Award,
  CHAIN_RULES,
  type Chain,
  type ChainRules,
  chainCost,
  longestFirst,
  pairOf,
  proposeChains,
} from '../rules/chains.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import type { Decimal } from '../rules/money.ts'
import { groupedBy } from '../rules/text-match.ts'

interface ChainsAsked {
  readonly organisationId: number
  /** Only chains whose first contract is this team's; null for all. */
  readonly teamId: number | null
  readonly toleranceDays: number
}

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
  const answers = await tables(client).chainAnswer.findMany({ where: { organisationId } })
  // An award that was said to be a rollover is an extension of its first contract by now: it is
  // that contract's current end from which the next one would follow on.
  const rolled = new Set(answers.filter((row) => row.rollover).map((row) => row.contractId))
  const refused = new Set(
    answers.map(({ contractId: id, previousId }) => pairOf({ id: previousId }, { id })),
  )
  const open = awards.filter(({ id }) => !rolled.has(id))
  const chains = await proposed(open, { ...CHAIN_RULES, toleranceDays }, refused)
  const found = await named(client, chains)
  return teamId === null ? found : found.filter(({ first }) => first.teamId === teamId)
}

/** The same chains as of all at once: none has two suppliers. Others are answered in between. */
async function proposed(
  awards: readonly Award[],
  rules: ChainRules,
  refused: ReadonlySet<string>,
): Promise<Chain[]> {
  const chains: Chain[] = []
  let together: Award[] = []
  for (const of of groupedBy(awards, ({ supplier }) => supplier).values()) {
    together = together.concat(of)
    if (together.length < AT_A_STRETCH) continue
    chains.push(...proposeChains(together, rules, refused))
    together = []
    await breath()
  }
  chains.push(...proposeChains(together, rules, refused))
  return longestFirst(chains)
}

const AT_A_STRETCH = 1000

/**
 * Contracts with a supplier, a start and an end known to the day, of suppliers of whom one may have
 * followed on another: few of a register of long contracts. Several buyers count as the one that has
 * been known the longest: they buy together. The tables are joined here: right after a large import
 * PostgreSQL has no figures to plan by, and joined them row by row (over a minute).
 */
async function readAwards(client: Pool | PoolClient, organisationId: number): Promise<Award[]> {
  const { shortestDays, longestDays } = CHAIN_RULES
  const suppliers = await selectOfContracts<{ readonly supplier: string }>(
    client,
    'supplier_key AS supplier',
    `${CHAINED} GROUP BY supplier_key
     HAVING count(*) > 1 AND bool_or(current_latest - start + 1 BETWEEN $2 AND $3)`,
    [organisationId, shortestDays, longestDays],
  )
  if (suppliers.length === 0) return []
  const rows = await selectContracts(client, AWARDED, `${CHAINED} AND c.supplier_key = ANY($2)`, [
    organisationId,
    suppliers.map(({ supplier }) => supplier),
  ])
  const buyers = await rowsOf<{ readonly buyer: number }>(
    client,
    rows.map(({ id }) => id),
    'contract_buyer',
    'min(buyer_id) AS buyer',
    'GROUP BY contract_id',
  )
  const buyerOf = new Map(buyers.map((row) => [row.contractId, row.buyer]))
  return rows.flatMap(
    ({ id, teamId, supplierKey: supplier, start, currentLatest: end, ...row }) => {
      if (supplier === null || start === null || end === null) return []
      const buyer = buyerOf.get(id)
      return {
        ...{ id, supplier, start, end, currency: row.currency },
        value: row.valueBasis === 'annual' ? null : row.value,
        buyer: buyer === undefined ? `team ${teamId}` : `buyer ${buyer}`,
      }
    },
  )
}

const AWARDED = [
  ...(['id', 'teamId', 'supplierKey', 'start'] as const),
  ...(['currentLatest', 'currency', 'valueBasis', 'value'] as const),
]

const CHAINED = `organisation_id = $1 AND supplier_key IS NOT NULL AND start IS NOT NULL
  AND current_latest IS NOT NULL AND current_earliest = current_latest`

async function named(
  client: Pool | PoolClient,
  chains: readonly Chain[],
): Promise<ProposedChain[]> {
  const ids = chains.flatMap(({ first, links }) => [first.id, ...links.map(({ id }) => id)])
  const rows = await readColumns(client, ids, NAMES)
  const names = new Map(rows.map((row) => [row.id, row]))
  const award = (each: Award): ChainAward[] => {
    const called = names.get(each.id)
    if (called === undefined) return []
    const { buyer: buyerName, supplier: supplierName, ...named } = called
    return [{ ...each, ...named, buyerName, supplierName }]
  }
  return chains.flatMap((chain) => {
    const [first] = award(chain.first)
    if (first === undefined) return []
    return [{ first, links: chain.links.flatMap(award), ...chainCost(chain) }]
  })
}

const NAMES = ['id', 'reference', 'title', 'teamId', 'supplier', 'buyer'] as const

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

export function chainEnd({ first, links }: ProposedChain): CivilDate {
  return links.at(-1)?.end ?? first.end
}
