/** Facts for `chains`, `cliffs`, `consolidation`, `costs`, `start-by`, `waivers`, `personal-data` and `pipeline`. */
import { readBoardOf } from '../../register/export/tables.ts'
import { type ProposedChain, readChains } from '../../reports/chains.ts'
import { readCliffs } from '../../reports/cliffs.ts'
import { consolidationSaid, readConsolidation } from '../../reports/consolidation.ts'
import { readCosts } from '../../reports/costs.ts'
import { exposureTotals, readExposure } from '../../reports/exposure.ts'
import { readLedger, readPriceRules } from '../../reports/ledger.ts'
import { readPersonalData } from '../../reports/list.ts'
import { readPipeline } from '../../reports/pipeline.ts'
import { contractStartBy } from '../../reports/start-by.ts'
import { readProducts, readSupport } from '../../reports/support.ts'
import { readWaivers } from '../../reports/waivers.ts'
import { addMonths, CLIFF_DAYS_AHEAD, DUE_DAYS_AHEAD } from '../../rules/civil-date.ts'
import { ledgerTotals } from '../../rules/ledger.ts'
import { type FinancialYear, financialYearMeant, financialYearOf } from '../../rules/months.ts'
import { pick } from '../../rules/text-match.ts'
import { isBreach, type Waiver, waiverQuarters } from '../../rules/waivers.ts'
import type { BoardFacts } from '../../text/board.ts'
import { CHAINS_A_PAGE, type ChainFacts, type ChainsFacts } from '../../text/chains.ts'
import { CLIFFS_SHOWN, type CliffsFacts } from '../../text/cliffs.ts'
import type { ConsolidationFacts } from '../../text/consolidation.ts'
import type { PersonalDataAnswerFacts } from '../../text/contract-list.ts'
import type { CostsFacts, ExposureFacts, LedgerFacts } from '../../text/costs.ts'
import type { PipelineAnswerFacts } from '../../text/pipeline.ts'
import type { StartByAnswerFacts } from '../../text/procurement.ts'
import type { ProductsAnswerFacts, SupportAnswerFacts } from '../../text/support.ts'
import type { WaiversFacts } from '../../text/waiver.ts'
import type { Command, Filters } from '../parse/command-types.ts'
import { mayThey, responsibleIn } from '../permissions.ts'
import { type AskerContext, askedOf, type BotContext } from '../request.ts'
import { namedOf, readContract } from './contract.ts'
import { placeOf } from './list.ts'
import { teamNamed } from './search.ts'

export async function chainsFacts(
  viewpoint: AskerContext,
  context: BotContext,
  team: string | null,
  page: number,
): Promise<ChainsFacts> {
  const { pool, organisationId, asker } = context
  const { deps } = viewpoint
  const teamId = (await teamNamed(viewpoint, team))?.id ?? null
  const { chainToleranceDays: toleranceDays } = deps.rulesOf(deps.organisation)
  const read = () => readChains(pool, { organisationId, teamId: null, toleranceDays })
  const found = await (deps.large?.kept(`chains ${toleranceDays}`, read) ?? read())
  const all = teamId === null ? found : found.filter(({ first }) => first.teamId === teamId)
  const place = placeOf(all.length, page, CHAINS_A_PAGE)
  const shown = all.slice((place.page - 1) * CHAINS_A_PAGE, place.page * CHAINS_A_PAGE)
  const ids = shown.map(({ first }) => first.id)
  const responsible = await responsibleIn(pool, organisationId, ids)
  const chains = shown.map((chain) =>
    chainFacts(chain, mayThey(asker, 'change', responsible.get(chain.first.id) ?? null).allowed),
  )
  return { ...askedOf(context), ...place, chains }
}

export function chainFacts(chain: ProposedChain, mayChange: boolean): ChainFacts {
  const { first, links } = chain
  return {
    ...{ contractId: first.id, reference: first.reference, title: first.title },
    ...{ supplier: first.supplierName, buyer: first.buyerName, ended: first.end },
    links: links.map(({ reference, end }) => ({ reference, to: end })),
    ...pick(chain, 'cost', 'currency', 'priced'),
    mayChange,
  }
}

export async function cliffsFacts(
  viewpoint: AskerContext,
  context: BotContext,
  filters: Filters,
): Promise<CliffsFacts> {
  const { pool, organisationId, today } = context
  const { deps } = viewpoint
  const team = await teamNamed(viewpoint, filters.team)
  const days = filters.days ?? CLIFF_DAYS_AHEAD.asked
  const within = deps.rulesOf(team ?? deps.organisation).cliffDays
  const { total, cliffs } = await readCliffs(pool, {
    organisationId,
    teamIds: team === null ? null : [team.id],
    today,
    days,
    within,
    listed: CLIFFS_SHOWN,
  })
  return { ...askedOf(context), asOf: today, days, within, total, cliffs }
}

export async function consolidationFacts(
  context: BotContext,
  supplier: string,
): Promise<ConsolidationFacts> {
  const { pool, organisationId, today } = context
  const found = await readConsolidation(pool, organisationId, supplier, today)
  return { ...askedOf(context), ...consolidationSaid(found, today) }
}

/** @throws UserError for a year or a team that there is not. */
export async function costsFacts(
  viewpoint: AskerContext,
  context: BotContext,
  named: string | null,
  teamName: string | null,
): Promise<CostsFacts> {
  const { told, ...asked } = await priced(viewpoint, context, teamName)
  const year = yearNamed(named, asked.rules.organisation.financialYearStart)
  return { ...told, costs: await readCosts(context.pool, { ...asked, year }) }
}

/** What is asked of prices, of a team or of all; and what is told of it first. */
async function priced(viewpoint: AskerContext, context: BotContext, teamName: string | null) {
  const { pool, organisationId, rulesOf, today } = context
  const rules = await readPriceRules(pool, organisationId, rulesOf)
  const team = await teamNamed(viewpoint, teamName)
  const told = { ...askedOf(context), asOf: today, team: team?.name ?? null }
  return { told, organisationId, teamId: team?.id ?? null, today, rules }
}

/** Of this financial year where none is named. */
export async function ledgerFacts(
  viewpoint: AskerContext,
  context: BotContext,
  named: string | null,
  teamName: string | null,
): Promise<LedgerFacts> {
  const { told, today, ...asked } = await priced(viewpoint, context, teamName)
  const start = asked.rules.organisation.financialYearStart
  const year = yearNamed(named, start) ?? financialYearOf(today, start)
  const within = { from: year.first, to: year.last }
  const lines = await readLedger(context.pool, { ...asked, within })
  const totals = ledgerTotals(lines, today, within)
  return { ...told, year: year.name, totals, lines: lines.reverse() }
}

export async function exposureFacts(
  viewpoint: AskerContext,
  context: BotContext,
  filters: Filters,
): Promise<ExposureFacts> {
  const { told, ...asked } = await priced(viewpoint, context, filters.team)
  const days = filters.days ?? DUE_DAYS_AHEAD
  const items = await readExposure(context.pool, { ...asked, asOf: asked.today, days })
  return { ...told, days, items, totals: exposureTotals(items) }
}

/** @throws UserError where there is no such contract or route, or the contract has no end. */
export async function startByFacts(
  context: BotContext,
  contractId: number,
  route: string | null,
): Promise<StartByAnswerFacts> {
  const { pool, organisationId, rulesOf, today } = context
  const row = await readContract(context, contractId)
  const asked = { organisationId, rulesOf, asOf: today, route }
  return {
    ...askedOf(context),
    asOf: today,
    contract: namedOf(row),
    count: await contractStartBy(pool, contractId, asked),
  }
}

/** Of this financial year where none is named. @throws UserError for a year or a team that there is not. */
export async function waiversFacts(
  viewpoint: AskerContext,
  context: BotContext,
  named: string | null,
  teamName: string | null,
): Promise<WaiversFacts> {
  const { pool, organisationId, rulesOf, today } = context
  const { financialYearStart } = rulesOf(viewpoint.deps.organisation)
  const year = yearNamed(named, financialYearStart) ?? financialYearOf(today, financialYearStart)
  const team = await teamNamed(viewpoint, teamName)
  const recorded = await readWaivers(pool, {
    ...{ organisationId, teamId: team?.id ?? null, withdrawn: true },
  })
  const all = recorded.filter(({ withdrawnOn }) => withdrawnOn === null)
  const isOfYear = ({ beganOn }: Waiver) => beganOn >= year.first && beganOn <= year.last
  const within = all.filter(isOfYear)
  return {
    ...askedOf(context),
    asOf: today,
    team: team?.name ?? null,
    year: year.name,
    waivers: within.filter((each) => !isBreach(each, today)),
    breaches: within.filter((each) => isBreach(each, today)),
    withdrawn: recorded.filter((each) => each.withdrawnOn !== null && isOfYear(each)),
    quarters: waiverQuarters(all, year, today),
  }
}

/** The same for whoever may see it: kept for a minute while nothing changes. */
export async function boardFacts({ deps }: Pick<AskerContext, 'deps'>): Promise<BoardFacts> {
  const { pool, organisation, rulesOf, large } = deps
  const today = deps.today()
  const { id: organisationId, calendar } = organisation
  const read = () => readBoardOf(pool, { organisationId, calendar, rulesOf, today })
  return large === undefined ? read() : large.kept(`board facts ${today}`, read)
}

/** @throws UserError for a team that there is not. */
export async function personalDataFacts(
  viewpoint: AskerContext,
  context: BotContext,
  named: string | null,
): Promise<PersonalDataAnswerFacts> {
  const { pool, organisationId, today: asOf } = context
  const teamId = (await teamNamed(viewpoint, named))?.id ?? null
  const list = await readPersonalData(pool, { organisationId, teamId, asOf })
  return { ...askedOf(context), list: { asOf, ...list } }
}

/** Of the coming financial year where none is named: its 18 months begin on 1 April. */
export async function pipelineFacts(
  viewpoint: AskerContext,
  context: BotContext,
  named: string | null,
): Promise<PipelineAnswerFacts> {
  const { pool, organisationId, rulesOf, today } = context
  const { calendar } = viewpoint.deps.organisation
  const { first, name: year } = yearNamed(named) ?? financialYearOf(addMonths(today, 12))
  const asked = { organisationId, rulesOf, calendar, first, today }
  return { ...askedOf(context), asOf: today, year, pipeline: await readPipeline(pool, asked) }
}

function yearNamed(named: string | null, start?: number): FinancialYear | null {
  return named === null ? null : financialYearMeant(named, start)
}

export async function productsFacts(
  request: AskerContext,
  { pool, organisationId, today: asOf }: BotContext,
  { uncovered, team }: Extract<Command, { readonly verb: 'products' }>,
): Promise<ProductsAnswerFacts> {
  const teamId = (await teamNamed(request, team))?.id ?? null
  return readProducts(pool, { organisationId, asOf, uncovered, teamId })
}

export async function supportFacts(
  request: AskerContext,
  { pool, organisationId, today }: BotContext,
  { days, team, ...asked }: Extract<Command, { readonly verb: 'support' }>,
): Promise<SupportAnswerFacts> {
  const teamId = (await teamNamed(request, team))?.id ?? null
  return readSupport(pool, { organisationId, asOf: asked.asOf ?? today, days, teamId })
}
