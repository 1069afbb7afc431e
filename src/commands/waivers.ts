/** `waivers`: the register of emergency extensions, for an audit committee. */
import { type Command, Option } from 'commander'
import { financialYearNamed } from '../domain/financial-year.ts'
import { ledgerTotals } from '../domain/ledger.ts'
import { Refusal } from '../domain/refusal.ts'
import { type Cell, csvFile } from '../messages/csv-file.ts'
import { oneLine } from '../messages/escape.ts'
import { type LedgerLine, readLedger } from '../watch/ledger.ts'
import { readPriceRules } from '../watch/price-rules.ts'
import { type CommonOptions, run } from './run.ts'
import { table } from './table.ts'
import { teamIdOf } from './teams.ts'

interface Asked extends CommonOptions {
  readonly year?: string
  readonly team?: string
  readonly format?: 'csv' | 'md' | 'json'
}

export function addWaivers(cli: Command): void {
  cli
    .command('waivers')
    .description('the register of emergency extensions, with what is still to be filled in')
    .option('--year <year>', 'only those with a day in a financial year, such as 2026/27')
    .option('--team <team>', 'only this team')
    .addOption(new Option('--format <format>', 'as a file').choices(['csv', 'md', 'json']))
    .option('--json', 'one JSON object')
    .action((options: Asked) =>
      run({ json: options.json === true || options.format === 'json' }, async (program) => {
        const { pool, organisation, rulesOf } = program
        const rules = await readPriceRules(pool, organisation.id, rulesOf)
        const year =
          options.year === undefined
            ? null
            : financialYearNamed(options.year, rules.house.financialYearStart)
        if (options.year !== undefined && year === null) {
          throw new Refusal(`"${options.year}" is no financial year: write it as 2026/27.`)
        }
        const within = year === null ? null : { from: year.first, to: year.last }
        const lines = await readLedger(pool, {
          organisationId: organisation.id,
          teamId: await teamIdOf(program, options.team),
          kind: 'emergency',
          within,
          rules,
        })
        const agreed = lines.filter(({ extension }) => extension.status === 'confirmed')
        const json = {
          year: year?.name ?? null,
          items: agreed.map(item),
          totals: ledgerTotals(agreed, program.today(), within),
        }
        return { json, text: textOf(agreed, options.format) }
      }),
    )
}

function item(line: LedgerLine) {
  const { reference, title, supplier, team, currency, extension, premium } = line
  const { rule, grounds, approver } = line
  const { from, to, cost } = extension
  return {
    reference,
    title,
    supplier,
    team,
    from,
    to,
    cost,
    currency,
    baseline: premium.baseline,
    method: premium.method,
    premium: premium.premium,
    ratio: premium.ratio,
    rule,
    grounds,
    approver,
    toFill: toFill(line),
  }
}

/** What an approver would miss. */
function toFill({ extension, rule, grounds, approver }: LedgerLine): string[] {
  const wanted = { cost: extension.cost, rule, grounds, approver }
  return Object.entries(wanted).flatMap(([name, value]) => (value === null ? [name] : []))
}

const HEADINGS = [
  'Reference',
  'Title',
  'Supplier',
  'Team',
  'From',
  'To',
  'Cost',
  'Currency',
  'Premium (estimate)',
  'Times the ordinary cost',
  'Rule',
  'Grounds',
  'Approver',
  'To fill',
] as const

function textOf(lines: readonly LedgerLine[], format: Asked['format']): string {
  const rows = lines.map((line): Cell[] => {
    const { reference, title, supplier, team, from, to, cost, currency, ...more } = item(line)
    const { premium, ratio, rule, grounds, approver } = more
    const named = [reference, title, supplier, team, from, to, cost, currency]
    return [...named, premium, ratio, rule, grounds, approver, more.toFill.join(', ')]
  })
  if (format === 'csv') {
    return String(csvFile('waivers', 'Waivers', HEADINGS, rows).content).trimEnd()
  }
  if (format === 'md') return markdown(rows)
  if (rows.length === 0) return 'No emergency extension is recorded.'
  return table(
    ['reference', 'supplier', 'from', 'to', 'cost', 'premium (est.)', 'approver', 'to fill'],
    rows.map((row) => [0, 2, 4, 5, 6, 8, 12, 13].map((at) => row[at] ?? null)),
  )
}

function markdown(rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(HEADINGS), line(HEADINGS.map(() => '---')), ...rows.map(line)].join('\n')
}

function cell(value: Cell): string {
  if (value === null) return ''
  return oneLine(String(value)).replace(/[\\`*_{}[\]<>#|!~]/g, (sign) => `\\${sign}`)
}
