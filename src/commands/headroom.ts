/** `headroom`: how much of what procurement law allows is used, test by test. */
import { Big } from 'big.js'
import type { Command } from 'commander'
import type { HeadroomTest } from '../domain/headroom-test.ts'
import { dayText } from '../domain/words.ts'
import { NEVER_A_VERDICT, oneMoreMonthWords } from '../messages/headroom-words.ts'
import { findContract } from '../watch/find.ts'
import { askedToday, type ContractHeadroom, contractHeadroom } from '../watch/headroom.ts'
import { wholeOption } from './options.ts'
import { type CommonOptions, run } from './run.ts'
import { table, visible } from './table.ts'

export function addHeadroom(cli: Command): void {
  cli
    .command('headroom')
    .description('how far a contract was changed, against each test of procurement law')
    .argument('<reference>', 'its reference')
    .option('--add-days <n>', 'with so many days more', wholeOption(0, 36_500), 0)
    .option('--json', 'one JSON object')
    .action((reference: string, options: CommonOptions & { addDays: number }) =>
      run(options, async (program) => {
        const { pool, organisation, rulesOf } = program
        const today = program.today()
        const id = await findContract(pool, organisation.id, reference)
        const read = await contractHeadroom(
          pool,
          id,
          askedToday(today, rulesOf(organisation), options.addDays),
        )
        const added = options.addDays > 0 ? ` with ${options.addDays} days more` : ''
        const heading = `${visible(read.reference)} on ${dayText(today)}${added}, under ${lawOf(read)}`
        const month = options.addDays > 0 ? null : oneMoreMonthWords(read.oneMoreMonth)
        return { json: read, text: [heading, headroomText(read, month)].join('\n\n') }
      }),
    )
}

function lawOf({ regime, assumed }: ContractHeadroom): string {
  if (regime === null) return 'a law that nobody has recorded'
  return assumed ? `${regime} (assumed from its start)` : regime
}

function headroomText({ tests }: ContractHeadroom, month: string | null): string {
  const rows = tests.map((test) => [
    test.title,
    figureText(test.used),
    figureText(test.limit),
    test.percent === null ? null : `${test.percent} %`,
    test.state,
    test.citation,
  ])
  const notes = tests.flatMap(({ title, notes }) => notes.map((note) => `  ${title}: ${note}`))
  return [
    table(['test', 'used', 'limit', 'share', 'state', 'rule'], rows),
    ...(notes.length === 0 ? [] : [notes.join('\n')]),
    ...(month === null ? [] : [month]),
    NEVER_A_VERDICT,
  ].join('\n\n')
}

function figureText(figure: HeadroomTest['used']): string | null {
  if (figure === null) return null
  return typeof figure === 'number'
    ? `${figure} days`
    : new Big(figure).toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ',')
}
