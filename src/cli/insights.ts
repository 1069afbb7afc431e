/** `chains`, `consolidate` and `cliffs`: what belongs together, and what people say of it. */
import type { Program } from '../app/app.ts'
import { chainEnd, type ProposedChain, readChains } from '../reports/chains.ts'
import type { SupplierConsolidation } from '../reports/consolidation.ts'
import { type CivilDate, CLIFF_DAYS_AHEAD, MOST_DAYS_AHEAD } from '../rules/civil-date.ts'
import { sumByCurrency } from '../rules/money.ts'
import { CLIFFS_SHOWN, cliffsAnswer } from '../text/cliffs.ts'
import { consolidationAnswer } from '../text/consolidation.ts'
import {
  actorOf,
  type Cli,
  type CommonOptions,
  contractNamed,
  dateOption,
  ON_TERMINAL,
  table,
  teamIdOf,
  teamOf,
  told,
  wholeOption,
} from './run.ts'

export function addChains(cli: Cli): void {
  const chains = cli
    .command('chains')
    .description('awards that look like rollovers of one another, proposed for a person to confirm')
    .option('--team <team>', 'only this team')
    .answers(async (program, options: { team?: string }) => {
      const teamId = await teamIdOf(program, options.team)
      const proposed = await readChains(program.pool, {
        organisationId: program.organisation.id,
        teamId,
        toleranceDays: program.settings.rules.chainToleranceDays,
      })
      return { json: { items: proposed.map(item) }, text: () => text(proposed) }
    })
  addAnswer(chains, 'confirm', 'these are rollovers: record them as emergency extensions', true)
  addAnswer(chains, 'refuse', 'these are not rollovers: propose them no more', false)
}

function addAnswer(chains: Cli, name: string, description: string, rollovers: boolean): void {
  chains
    .command(name)
    .description(description)
    .argument('<reference>', 'any contract of the chain')
    .answers((program, reference: string) => answer(program, reference, rollovers))
}

async function answer(program: Program, reference: string, rollovers: boolean) {
  const { answerChain } = await import('../actions/chains.ts')
  const { pool } = program
  const id = await contractNamed(program, reference)
  const chain = await answerChain(pool, actorOf(program), id, rollovers)
  const said = rollovers
    ? `${chain.links.length} recorded as emergency extensions of ${chain.first.reference}, which now ends on ${chainEnd(chain)}.`
    : `Remembered: what followed ${chain.first.reference} is no rollover of it.`
  return { json: { ...item(chain), rollovers }, text: () => said }
}

function item(chain: ProposedChain) {
  const { first, links, cost, currency, priced } = chain
  return {
    buyer: first.buyerName,
    supplier: first.supplierName,
    references: [first.reference, ...links.map(({ reference }) => reference)],
    from: first.start,
    to: chainEnd(chain),
    links: links.length,
    cost,
    currency,
    priced,
  }
}

function text(chains: readonly ProposedChain[]): string {
  if (chains.length === 0) return 'No chain of awards looks like rollovers.'
  const rows = chains.map((chain) => [
    chain.first.reference,
    chain.first.buyerName,
    chain.first.supplierName,
    chain.first.end,
    chain.links.length,
    chainEnd(chain),
    chain.cost === null ? 'unknown' : `${chain.cost} ${chain.currency}`,
  ])
  const headings = ['first award', 'buyer', 'supplier', 'ended', 'links', 'covered to', 'cost']
  const count =
    chains.length === 1
      ? '1 chain looks like rollovers'
      : `${chains.length} chains look like rollovers`
  return `${table(headings, rows)}\n\n${count}. Look at each: chains confirm REFERENCE, or chains refuse REFERENCE.`
}

export function addTogether(cli: Cli): void {
  addConsolidate(cli)
  addCliffs(cli)
}

function addConsolidate(cli: Cli): void {
  cli
    .command('consolidate')
    .description('one product held by several at different prices: what the best one would avoid')
    .argument('<supplier>', 'a supplier or reseller, or a part of its name')
    .option('--as-of <date>', 'of the contracts that run on this day', dateOption)
    .answers(async (program, supplier: string, options: { asOf?: CivilDate }) => {
      const { consolidationSaid, readConsolidation } = await import('../reports/consolidation.ts')
      const asOf = options.asOf ?? program.today()
      const { pool, organisation } = program
      const found = await readConsolidation(pool, organisation.id, supplier, asOf)
      const said = { ...ON_TERMINAL, ...consolidationSaid(found, asOf) }
      return { json: consolidationJson(found), text: () => told(consolidationAnswer(said)) }
    })
}

function consolidationJson({ supplier, contracts, comparisons, left }: SupplierConsolidation) {
  const called = (id: number) => contracts.get(id)?.reference ?? `#${id}`
  return {
    supplier,
    items: comparisons.flatMap(({ items, months }) =>
      items.map(({ holding, yearlyPrice, saving }) => ({
        reference: called(holding.id),
        buyer: contracts.get(holding.id)?.buyer ?? null,
        product: holding.product,
        edition: holding.edition,
        months,
        units: holding.units,
        unitPrice: holding.unitPrice,
        yearlyPrice,
        saving,
        currentEnd: holding.currentEnd,
      })),
    ),
    // The widest of its products, and all of them together where they are in one currency.
    spread: comparisons.reduce((most, { spread }) => Math.max(most, spread), 0),
    saving: savings(comparisons)[0]?.amount ?? null,
    savings: savings(comparisons),
    method:
      'estimate: a year, all units at the lowest unit price of the same product, edition and term',
    coTerm: comparisons.flatMap(({ coTerm }) =>
      coTerm.map(({ id, to, days }) => ({ reference: called(id), to, days })),
    ),
    left: left.map(({ id, why }) => ({ reference: called(id), why })),
  }
}

function savings(comparisons: SupplierConsolidation['comparisons']) {
  return sumByCurrency(comparisons.map(({ saving: amount, currency }) => ({ amount, currency })))
}

function addCliffs(cli: Cli): void {
  cli
    .command('cliffs')
    .description('contracts of one supplier, reseller or product that end together')
    .option('--as-of <date>', 'as it would be on this day', dateOption)
    .option('--days <n>', 'how far ahead', wholeOption(0, MOST_DAYS_AHEAD), CLIFF_DAYS_AHEAD.asked)
    .option('--team <team>', 'only this team')
    .answers(
      async (
        program,
        options: CommonOptions & { asOf?: CivilDate; days: number; team?: string },
      ) => {
        const { readCliffs } = await import('../reports/cliffs.ts')
        const asOf = options.asOf ?? program.today()
        const team = await teamOf(program, options.team)
        const within = program.rulesOf(team ?? program.organisation).cliffDays
        const { total, cliffs } = await readCliffs(program.pool, {
          organisationId: program.organisation.id,
          teamIds: team === null ? null : [team.id],
          today: asOf,
          days: options.days,
          within,
          listed: options.json === true ? 1000 : CLIFFS_SHOWN,
        })
        const facts = { ...ON_TERMINAL, asOf, days: options.days, within, total, cliffs }
        return {
          json: { asOf, total, items: cliffs },
          text: () => told(cliffsAnswer(facts)),
        }
      },
    )
}
