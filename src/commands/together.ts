/** `consolidate` and `cliffs`: what could be bought together, and what ends together. */
import type { Command } from 'commander'
import type { CivilDate } from '../domain/civil-date.ts'
import { sumByCurrency } from '../domain/money.ts'
import { CLIFFS_SHOWN, cliffsAnswer } from '../messages/answers/cliffs.ts'
import { consolidationAnswer } from '../messages/answers/consolidation.ts'
import { terminalText } from '../messages/terminal.ts'
import { readCliffs } from '../watch/cliffs.ts'
import { readConsolidation, type SupplierConsolidation } from '../watch/consolidation.ts'
import { consolidationSaid } from '../watch/consolidation-said.ts'
import { dateOption, wholeOption } from './options.ts'
import { type CommonOptions, run } from './run.ts'
import { teamIdOf } from './teams.ts'

export function addTogether(cli: Command): void {
  addConsolidate(cli)
  addCliffs(cli)
}

/** On the operator's own terminal: nothing to press, nobody else to read it. */
const ON_TERMINAL = { query: '', shared: true, hidePrices: false }
const LOOK = { width: 100, colour: false }

function addConsolidate(cli: Command): void {
  cli
    .command('consolidate')
    .description('one product held by several at different prices: what the best one would avoid')
    .argument('<supplier>', 'a supplier or reseller, or a part of its name')
    .option('--as-of <date>', 'of the contracts that run on this day', dateOption)
    .option('--json', 'one JSON object')
    .action((supplier: string, options: CommonOptions & { asOf?: CivilDate }) =>
      run(options, async (program) => {
        const asOf = options.asOf ?? program.today()
        const { pool, organisation } = program
        const found = await readConsolidation(pool, organisation.id, supplier, asOf)
        const said = { ...ON_TERMINAL, ...consolidationSaid(found, asOf) }
        const text = terminalText({ ...consolidationAnswer(said), file: null }, LOOK)
        return { json: consolidationJson(found), text }
      }),
    )
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

function addCliffs(cli: Command): void {
  cli
    .command('cliffs')
    .description('contracts of one supplier, reseller or product that end together')
    .option('--as-of <date>', 'as it would be on this day', dateOption)
    .option('--days <n>', 'how far ahead', wholeOption(0, 36_500), 365)
    .option('--team <team>', 'only this team')
    .option('--json', 'one JSON object')
    .action((options: CommonOptions & { asOf?: CivilDate; days: number; team?: string }) =>
      run(options, async (program) => {
        const asOf = options.asOf ?? program.today()
        const within = program.settings.rules.cliffDays
        const teamId = await teamIdOf(program, options.team)
        const { total, cliffs } = await readCliffs(program.pool, {
          organisationId: program.organisation.id,
          teamIds: teamId === null ? null : [teamId],
          today: asOf,
          days: options.days,
          within,
          listed: options.json === true ? 1000 : CLIFFS_SHOWN,
        })
        const facts = { ...ON_TERMINAL, asOf, days: options.days, within, total, cliffs }
        return {
          json: { asOf, total, items: cliffs },
          text: terminalText(cliffsAnswer(facts), LOOK),
        }
      }),
    )
}
