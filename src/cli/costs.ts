/** `board`, `costs` and `exposure`: where all stands, what emergency extensions cost, what is to come. */
import type { Program } from '../app/app.ts'
import type { PriceRules } from '../reports/ledger.ts'
import { type CivilDate, DUE_DAYS_AHEAD, dayText, MOST_DAYS_AHEAD } from '../rules/civil-date.ts'
import type { LedgerTotal } from '../rules/ledger.ts'
import { type FinancialYear, financialYearMeant } from '../rules/months.ts'
import { pick } from '../rules/text-match.ts'
import {
  BECAUSE,
  type BoardContract,
  type BoardFacts,
  boardLines,
  gapAmount,
  plainLine,
} from '../text/board.ts'
import { ratioWords } from '../text/prices.ts'
import { amountWords, counted, estimateWords, spendWords } from '../text/words.ts'
import {
  type Answer,
  type Cli,
  dateOption,
  firstRows,
  teamIdOf,
  totalText,
  visible,
  wholeOption,
} from './run.ts'

export function addBoard(cli: Cli): void {
  cli
    .command('board')
    .description('gaps, emergencies, what is out of contract or behind plan, waivers, the pipeline')
    .option('--as-of <date>', 'as it would be on this day', dateOption)
    .answers(async ({ pool, organisation, rulesOf, today }, options: { asOf?: CivilDate }) => {
      const { readBoardOf } = await import('../register/export/tables.ts')
      const { id: organisationId, calendar } = organisation
      const asked = { organisationId, calendar, rulesOf, today: options.asOf ?? today() }
      const board = await readBoardOf(pool, asked)
      return { json: board, text: () => boardText(board) }
    })
}

function boardText(board: BoardFacts): string {
  const { gaps, outOfContract, behind, covered, waivers, pipeline } = board
  const lists = [
    firstOf('Gaps in cover ahead', ['from', 'to', 'days', 'cost', 'why'], gaps, (each) => [
      ...[each.from, each.to, each.days, estimateWords(gapAmount(each.cost), each.currency)],
      BECAUSE[each.because],
    ]),
    firstOf('Out of contract', ['since', 'days', 'cost so far'], outOfContract, (each) => [
      ...[each.since, each.days],
      each.accrued === null ? 'unknown' : estimateWords(each.accrued, each.currency),
    ]),
    firstOf('Behind plan', ['next', 'due', 'days behind'], behind.items, (each) => [
      ...[each.checkpoint, each.dueOn, each.daysBehind],
    ]),
    firstOf('Ended before cover was agreed', ['end'], covered.missed, ({ on }) => [on]),
    firstOf('Waivers and breaches', ['began', 'approved', 'net'], waivers.items, (each) => [
      ...[each.beganOn, each.breach ? 'no approval found' : each.approvedOn],
      each.net === null ? null : spendWords(each.net, each.currency),
    ]),
    firstOf('Pipeline', ['start by', 'route', 'with VAT'], pipeline.items, (each) => [
      ...[each.startBy, each.route, each.gross === null ? null : amountWords(each.gross, 'GBP')],
    ]),
  ]
  return [
    `The board, ${dayText(board.asOf)}`,
    boardLines(board).map(plainLine).join('\n'),
    ...lists.filter((each) => each !== null),
  ].join('\n\n')
}

/** Null where there is nothing to list. */
function firstOf<Item extends BoardContract>(
  title: string,
  headings: readonly string[],
  items: readonly Item[],
  cells: (item: Item) => readonly (string | number | null)[],
): string | null {
  if (items.length === 0) return null
  const rows = items.map((item) => [item.reference, item.title ?? item.supplier, ...cells(item)])
  return `${title}\n${firstRows(['reference', 'title', ...headings], rows)}`
}

export function addCosts(cli: Cli): void {
  cli
    .command('costs')
    .description('what emergency extensions cost in a financial year: by month, team and supplier')
    .option('--year <year>', 'such as 2026/27 (default: this one)')
    .option('--team <team>', 'only this team')
    .answers(async (program, options: CostOptions) => {
      const { readCosts } = await import('../reports/costs.ts')
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
      const text = () => [
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
                : `${estimateWords(each.accrued, each.currency)} by now (estimate: ${each.method})`
            }.`,
        ),
      ]
      return { json: costs, text: () => text().join('\n\n') }
    })
}

const TOTAL_HEADINGS = ['committed', 'accrued', 'invoiced', 'premium', 'priced']

function groupRows({ name, totals }: { name: string; totals: readonly LedgerTotal[] }) {
  return totals.map((each) => [
    name,
    spendWords(each.cost, each.currency),
    spendWords(each.accrued, each.currency),
    spendWords(each.invoiced, each.currency),
    estimateWords(each.premium, each.currency),
    `${each.priced} of ${each.count}`,
  ])
}

export function addExposure(cli: Cli): void {
  cli
    .command('exposure')
    .description('what contracts that lapse would cost if each had to be extended in a hurry')
    .option('--as-of <date>', 'as it was known on this day', dateOption)
    .option('--days <n>', 'how far ahead', wholeOption(0, MOST_DAYS_AHEAD), DUE_DAYS_AHEAD)
    .option('--team <team>', 'only this team')
    .answers(async (program, options: CostOptions & { asOf?: CivilDate; days: number }) =>
      exposureAnswer(program, options),
    )
}

async function exposureAnswer(
  program: Program,
  options: CostOptions & { readonly asOf?: CivilDate; readonly days: number },
): Promise<Answer> {
  const { exposureTotals, readExposure } = await import('../reports/exposure.ts')
  const { rules, teamId } = await askedOf(program, options)
  const today = program.today()
  const asOf = options.asOf ?? today
  const asked = { organisationId: program.organisation.id, asOf, today, days: options.days, teamId }
  const found = await readExposure(program.pool, { ...asked, rules })
  const totals = exposureTotals(found)
  const items = found.map((each) => ({
    ...pick(each, 'reference', 'end', 'runRate', 'extra', 'method', 'ratio', 'months', 'currency'),
  }))
  const rows = () =>
    found.map((each) => [
      each.reference,
      each.end,
      each.months,
      each.runRate === null ? null : estimateWords(each.runRate, each.currency),
      each.extra === null ? null : estimateWords(each.extra, each.currency),
      `${ratioWords(each.ratio)}, ${each.whence}`,
      each.from,
    ])
  const headings = ['reference', 'ends', 'months', 'run-rate', 'extra', 'ratio', 'run-rate from']
  const text = () => [
    `${dayText(asOf)}: ${counted(items.length, 'contract')} would lapse within ${options.days} days if nothing is done`,
    ...(items.length === 0 ? [] : [firstRows(headings, rows())]),
    ...totals.map(
      (each) =>
        `${each.currency}: run-rate ${estimateWords(each.runRate, each.currency)}, payable anyway; potential cost avoidance ${estimateWords(each.extra, each.currency)} (estimate); priced ${each.priced} of ${each.of}.`,
    ),
  ]
  return { json: { asOf, items, totals }, text: () => text().join('\n\n') }
}

export interface CostOptions {
  readonly year?: string
  readonly team?: string
}

export async function askedOf(
  program: Program,
  options: CostOptions,
): Promise<{ rules: PriceRules; year: FinancialYear | null; teamId: number | null }> {
  const { readPriceRules } = await import('../reports/ledger.ts')
  const { pool, organisation, rulesOf } = program
  const rules = await readPriceRules(pool, organisation.id, rulesOf)
  const teamId = await teamIdOf(program, options.team)
  if (options.year === undefined) return { rules, year: null, teamId }
  const year = financialYearMeant(options.year, rules.organisation.financialYearStart)
  return { rules, year, teamId }
}
