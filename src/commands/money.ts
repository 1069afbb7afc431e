/** Commands about money: extensions, costs, exposure. */
import type { Command } from 'commander'
import type { CivilDate } from '../domain/civil-date.ts'
import { type FinancialYear, financialYearNamed } from '../domain/financial-year.ts'
import { type LedgerTotal, ledgerTotals } from '../domain/ledger.ts'
import type { Decimal } from '../domain/money.ts'
import { Refusal } from '../domain/refusal.ts'
import { dayText } from '../domain/words.ts'
import { ratioWords } from '../messages/price-words.ts'
import { amountWords, counted, figure } from '../messages/words.ts'
import type { Program } from '../program.ts'
import { readCosts } from '../watch/costs.ts'
import { exposureTotals, readExposure } from '../watch/exposure.ts'
import { readLedger } from '../watch/ledger.ts'
import { type PriceRules, readPriceRules } from '../watch/price-rules.ts'
import { readRemarks } from '../watch/remarks.ts'
import { dateOption, wholeOption } from './options.ts'
import { type Answer, type CommonOptions, run } from './run.ts'
import { table, visible } from './table.ts'
import { teamIdOf } from './teams.ts'

interface Asked extends CommonOptions {
  readonly year?: string
  readonly team?: string
}

export function addMoney(cli: Command): void {
  addExtensions(cli)
  addCosts(cli)
  addExposure(cli)
}

function addExtensions(cli: Command): void {
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

function addCosts(cli: Command): void {
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

function addExposure(cli: Command): void {
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

/** Laying out thousands of rows takes seconds, and nobody reads them on a terminal. */
const MOST_ROWS = 200

function firstRows(
  headings: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const left = rows.length - MOST_ROWS
  const shown = table(headings, rows.slice(0, MOST_ROWS))
  return left > 0 ? `${shown}\n\nand ${figure(left)} more: --json lists all` : shown
}

function totalText(total: LedgerTotal): string {
  const { currency, count, costed, priced } = total
  const amounts = [
    `committed ${money(total.cost, currency)}`,
    `accrued by now ${money(total.accrued, currency)}`,
    total.invoiced === null
      ? 'no invoices recorded'
      : `invoiced ${money(total.invoiced, currency)}`,
    total.budget === null
      ? null
      : `with VAT that does not come back ${money(total.budget, currency)} (known of ${total.budgeted})`,
    `premium ${money(total.premium, currency)} (estimate)`,
  ].filter((each) => each !== null)
  return `${counted(count, 'extension')} in ${currency}: ${amounts.join(', ')}. Cost known of ${costed} of ${count}, premium of ${priced} of ${count}.`
}

function money(amount: Decimal | null, currency: string): string {
  return amount === null ? 'unknown' : amountWords(amount, currency)
}

async function askedOf(
  program: Program,
  options: Asked,
): Promise<{ rules: PriceRules; year: FinancialYear | null; teamId: number | null }> {
  const { pool, organisation, rulesOf } = program
  const rules = await readPriceRules(pool, organisation.id, rulesOf)
  const teamId = await teamIdOf(program, options.team)
  if (options.year === undefined) return { rules, year: null, teamId }
  const year = financialYearNamed(options.year, rules.house.financialYearStart)
  if (year === null) {
    throw new Refusal(`"${options.year}" is no financial year: write it as 2026/27.`)
  }
  return { rules, year, teamId }
}
