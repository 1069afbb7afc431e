import { CHAINS_A_PAGE, type ChainFacts, type ChainsFacts } from '../../messages/answers/chains.ts'
import { type ProposedChain, readChains } from '../../watch/chains.ts'
import { mayThey } from '../access.ts'
import type { Viewpoint } from '../scene.ts'
import { askedOf, type BotContext } from './context.ts'
import { responsibleIn } from './responsible.ts'
import { teamNamed } from './team-named.ts'

/** A page of the proposed chains, each with whether the asker may say what it is. */
export async function chainsFacts(
  viewpoint: Viewpoint,
  context: BotContext,
  team: string | null,
  page: number,
): Promise<ChainsFacts> {
  const { pool, organisationId, asker } = context
  const { stage } = viewpoint
  const teamId = (await teamNamed(viewpoint, team))?.id ?? null
  const { chainToleranceDays: toleranceDays } = stage.rulesOf(stage.organisation)
  const read = () => readChains(pool, { organisationId, teamId: null, toleranceDays })
  const found = await (stage.large?.kept(`chains ${toleranceDays}`, read) ?? read())
  const all = teamId === null ? found : found.filter(({ first }) => first.teamId === teamId)
  const pages = Math.max(1, Math.ceil(all.length / CHAINS_A_PAGE))
  const at = Math.min(page, pages)
  const shown = all.slice((at - 1) * CHAINS_A_PAGE, at * CHAINS_A_PAGE)
  const chains = await Promise.all(
    shown.map(async (chain) => {
      const responsible = await responsibleIn(pool, organisationId, chain.first.id)
      return chainFacts(chain, mayThey(asker, 'change', responsible).allowed)
    }),
  )
  return { ...askedOf(context), total: all.length, page: at, pages, chains }
}

export function chainFacts(chain: ProposedChain, mayChange: boolean): ChainFacts {
  const { first, links, cost, currency, priced } = chain
  return {
    contractId: first.id,
    reference: first.reference,
    title: first.title,
    supplier: first.supplierName,
    buyer: first.buyerName,
    ended: first.end,
    links: links.map(({ reference, end }) => ({ reference, to: end })),
    cost,
    currency,
    priced,
    mayChange,
  }
}
