/** `start-by`: the last safe day to start replacing a contract, counted back step by step. */
import type { Command } from 'commander'
import type { CivilDate } from '../domain/civil-date.ts'
import { countWords, fitWords, gapWords, passedWords } from '../messages/start-by-words.ts'
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
  const late = passedWords(count, asOf)
  return [
    `${visible(count.reference)}: ${countWords(count)}${late === null ? '' : `\n${late}`}`,
    table(
      ['step', 'takes', 'from', 'to'],
      count.steps.map((step) => [step.name, `${step.amount} ${step.unit}`, step.from, step.to]),
    ),
    table(
      ['route', 'start by', `on ${asOf}`],
      count.fits.map((each) => [each.route, each.startBy, fitWords(each)]),
    ),
    gapWords(count, asOf),
  ].join('\n\n')
}
