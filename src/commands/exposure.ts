/** `exposure`: what contracts that lapse would cost. */
import type { Command } from 'commander'
import type { CivilDate } from '../domain/civil-date.ts'
import { dayText } from '../domain/words.ts'
import { ratioWords } from '../messages/price-words.ts'
import { counted } from '../messages/words.ts'
import type { Program } from '../program.ts'
import { exposureTotals, readExposure } from '../watch/exposure.ts'
import { type Asked, askedOf } from './money-asked.ts'
import { firstRows, money } from './money-rows.ts'
import { dateOption, wholeOption } from './options.ts'
import { type Answer, run } from './run.ts'

export function addExposure(cli: Command): void {
  cli
    .command('exposure')
    .description('what contracts that lapse would cost if each had to be extended in a hurry')
    .option('--as-of <date>', 'as it was known on this day', dateOption)
    .option('--days <n>', 'how far ahead', wholeOption(0, 36_500), 90)
    .option('--team <team>', 'only this team')
    .option('--json', 'one JSON object')
    .action((options: Asked & { asOf?: CivilDate; days: number }) =>
      run(options, async (program) => exposureAnswer(program, options)),
    )
}

async function exposureAnswer(
  program: Program,
  options: Asked & { readonly asOf?: CivilDate; readonly days: number },
): Promise<Answer> {
  const { rules, teamId } = await askedOf(program, options)
  const today = program.today()
  const asOf = options.asOf ?? today
  const asked = { organisationId: program.organisation.id, asOf, today, days: options.days, teamId }
  const found = await readExposure(program.pool, { ...asked, rules })
  const totals = exposureTotals(found)
  const items = found.map(({ reference, end, runRate, extra, method, ratio, months, currency }) => {
    return { reference, end, runRate, extra, method, ratio, months, currency }
  })
  const rows = found.map((each) => [
    each.reference,
    each.end,
    each.months,
    each.runRate,
    each.extra,
    `${ratioWords(each.ratio)}, ${each.whence}`,
    each.method.replace(`; ratio ${each.whence}`, ''),
  ])
  const headings = ['reference', 'ends', 'months', 'run-rate', 'extra', 'ratio', 'run-rate from']
  const text = [
    `${dayText(asOf)}: ${counted(items.length, 'contract')} would lapse within ${options.days} days if nothing is done`,
    ...(items.length === 0 ? [] : [firstRows(headings, rows)]),
    ...totals.map(
      (each) =>
        `${each.currency}: run-rate ${money(each.runRate, each.currency)}, payable anyway; potential cost avoidance ${money(each.extra, each.currency)} (estimate); priced ${each.priced} of ${each.of}.`,
    ),
  ]
  return { json: { asOf, items, totals }, text: text.join('\n\n') }
}
