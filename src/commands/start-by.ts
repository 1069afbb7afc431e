/** `start-by`: the last safe day to start replacing a contract, counted back step by step. */
import type { Command } from 'commander'
import { type CivilDate, daysBetween } from '../domain/civil-date.ts'
import { dayText } from '../domain/words.ts'
import { findContract } from '../watch/find.ts'
import { contractStartBy, type StartByCount } from '../watch/start-by.ts'
import { dateOption } from './options.ts'
import { type CommonOptions, run } from './run.ts'
import { table, visible } from './table.ts'

export function addStartBy(cli: Command): void {
  cli
    .command('start-by')
    .description('when to start replacing a contract, and which routes still fit')
    .argument('<reference>', 'its reference')
    .option('--route <route>', 'by this route (default: the recorded one, else by value)')
    .option('--as-of <date>', 'as it would be on this day', dateOption)
    .option('--json', 'one JSON object')
    .action((reference: string, options: CommonOptions & { route?: string; asOf?: CivilDate }) =>
      run(options, async (program) => {
        const { pool, organisation, rulesOf } = program
        const id = await findContract(pool, organisation.id, reference)
        const asOf = options.asOf ?? program.today()
        const count = await contractStartBy(pool, id, {
          organisationId: organisation.id,
          rulesOf,
          asOf,
          route: options.route ?? null,
        })
        const { routeTitle: _, ...json } = count
        return { json, text: startByText(count, asOf) }
      }),
    )
}

function startByText(count: StartByCount, asOf: CivilDate): string {
  const { reference, coverFrom, routeTitle, assumed, startBy, steps, passed } = count
  const how = assumed ? `${routeTitle} (assumed, as no route is recorded)` : routeTitle
  const pieces = steps.toReversed().map((step) => `${step.name} ${step.amount} ${step.unit}`)
  const late = passed ? `\nThat was ${daysBetween(startBy, asOf)} days ago.` : ''
  return [
    `${visible(reference)}: to have a new contract on ${dayText(coverFrom)} by ${how}, start by ${dayText(startBy)}: ${pieces.join(', ')}.${late}`,
    table(
      ['step', 'takes', 'from', 'to'],
      steps.map((step) => [step.name, `${step.amount} ${step.unit}`, step.from, step.to]),
    ),
    table(
      ['route', 'start by', `on ${asOf}`],
      count.fits.map((each) => [
        each.route,
        each.startBy,
        each.shortfallDays === 0 ? 'still fits' : `${each.shortfallDays} days short`,
      ]),
    ),
    gapText(count, asOf),
  ].join('\n\n')
}

function gapText({ gapUnavoidableFrom: from }: StartByCount, asOf: CivilDate): string {
  if (from === null) return 'No route is open to it.'
  return from <= asOf
    ? `A gap has been unavoidable since ${dayText(from)}, by these lead times: even the fastest route is too slow.`
    : `From ${dayText(from)} on a gap is unavoidable, by these lead times.`
}
