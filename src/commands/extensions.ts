/** `extensions`: the ledger, a line for each. */
import type { Command } from 'commander'
import { ledgerTotals } from '../domain/ledger.ts'
import { ratioWords } from '../messages/price-words.ts'
import { readLedger } from '../watch/ledger.ts'
import { readRemarks } from '../watch/remarks.ts'
import { type Asked, askedOf } from './money-asked.ts'
import { firstRows, MOST_ROWS, totalText } from './money-rows.ts'
import { run } from './run.ts'
import { visible } from './table.ts'

export function addExtensions(cli: Command): void {
  cli
    .command('extensions')
    .description('the ledger of extensions: what each costs beside its ordinary months')
    .option('--year <year>', 'only the days of a financial year, such as 2026/27')
    .option('--team <team>', 'only this team')
    .option('--json', 'one JSON object')
    .action((options: Asked) =>
      run(options, async (program) => {
        const { rules, year, teamId } = await askedOf(program, options)
        const organisationId = program.organisation.id
        const within = year === null ? null : { from: year.first, to: year.last }
        const asked = { organisationId, teamId, within, rules }
        const lines = await readLedger(program.pool, asked)
        const contracts = [...new Set(lines.map(({ contractId }) => contractId))]
        const remarks = await readRemarks(program.pool, contracts)
        const totals = ledgerTotals(lines, program.today(), within)
        const items = lines.map(({ extensionId, reference, extension, premium: price }) => {
          const { kind, status, from, to, cost, invoiced } = extension
          const { baseline, method, assumed, months, premium, ratio } = price
          return {
            id: extensionId,
            reference,
            kind,
            status,
            from,
            to,
            cost,
            invoiced,
            baseline,
            method,
            assumed,
            months,
            premium,
            ratio,
          }
        })
        const rows = items.map((each) => [
          each.reference,
          each.kind,
          each.status,
          each.from,
          each.to,
          each.cost,
          each.baseline,
          each.premium,
          each.ratio === null ? null : ratioWords(each.ratio),
          each.method,
        ])
        const heading =
          year === null ? 'All extensions' : `Extensions with days in ${year.name}, by their days`
        const text = [
          items.length === 0 ? `${heading}: none.` : heading,
          ...(items.length === 0 ? [] : [firstRows(LEDGER_HEADINGS, rows)]),
          ...totals.map(totalText),
          ...remarks
            .slice(0, MOST_ROWS)
            .map(({ reference, text }) => `! ${visible(reference)}: ${text}`),
          ...(items.length === 0
            ? []
            : ['Premiums are estimates: cost less baseline for the months.']),
        ]
        return { json: { items, totals, remarks }, text: text.join('\n\n') }
      }),
    )
}

const LEDGER_HEADINGS = [
  'reference',
  'kind',
  'status',
  'from',
  'to',
  'cost',
  'a month',
  'premium',
  'ratio',
  'baseline from',
]
