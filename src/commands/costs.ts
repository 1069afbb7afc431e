/** `costs`: emergency extensions in a financial year. */
import type { Command } from 'commander'
import type { LedgerTotal } from '../domain/ledger.ts'
import { dayText } from '../domain/words.ts'
import { amountWords } from '../messages/words.ts'
import { readCosts } from '../watch/costs.ts'
import { type Asked, askedOf } from './money-asked.ts'
import { firstRows, money, totalText } from './money-rows.ts'
import { run } from './run.ts'
import { visible } from './table.ts'

export function addCosts(cli: Command): void {
  cli
    .command('costs')
    .description('what emergency extensions cost in a financial year: by month, team and supplier')
    .option('--year <year>', 'such as 2026/27 (default: this one)')
    .option('--team <team>', 'only this team')
    .option('--json', 'one JSON object')
    .action((options: Asked) =>
      run(options, async (program) => {
        const { rules, year, teamId } = await askedOf(program, options)
        const { pool, organisation } = program
        const today = program.today()
        const asked = { organisationId: organisation.id, teamId, year, today, rules }
        const costs = await readCosts(pool, asked)
        const groups = [
          ['month', costs.months.filter(({ totals }) => totals.length > 0)],
          ['team', costs.teams],
          ['supplier', costs.suppliers],
        ] as const
        const text = [
          `Emergency extensions in ${costs.year}`,
          ...(costs.totals.length === 0 ? ['None.'] : costs.totals.map(totalText)),
          ...groups.map(([name, rows]) =>
            firstRows([name, ...TOTAL_HEADINGS], rows.flatMap(groupRows)),
          ),
          ...costs.outOfContract.map(
            (each) =>
              `Out of contract: ${visible(each.reference)} since ${dayText(each.since)}, ${
                each.accrued === null
                  ? `cost unknown (${each.method})`
                  : `about ${amountWords(each.accrued, each.currency)} by now (estimate: ${each.method})`
              }.`,
          ),
        ]
        return { json: costs, text: text.join('\n\n') }
      }),
    )
}

const TOTAL_HEADINGS = ['committed', 'accrued', 'invoiced', 'premium', 'priced']

function groupRows({ name, totals }: { name: string; totals: readonly LedgerTotal[] }) {
  return totals.map((each) => [
    name,
    money(each.cost, each.currency),
    money(each.accrued, each.currency),
    money(each.invoiced, each.currency),
    money(each.premium, each.currency),
    `${each.priced} of ${each.count}`,
  ])
}
