/** What extensions cost in a financial year, what runs without cover, and what is still to come. */
import { Big } from 'big.js'
import type { CivilDate } from '../rules/civil-date.ts'
import type { ContractNames, ExtensionKind } from '../rules/contract.ts'
import type { LedgerTotal } from '../rules/ledger.ts'
import type { Decimal } from '../rules/money.ts'
import type { Accruing, Premium } from '../rules/premium.ts'
import type { AnswerContext } from './answer-facts.ts'
import { row, select } from './buttons.ts'
import { contractName, contractTitle, type ExposedTotal, type Message } from './facts.ts'
import {
  type AnswerPart,
  amountCell,
  answer,
  body,
  cellWords,
  countCell,
  dataTable,
  dateCell,
  listed,
  note,
  shareButton,
  type TableCell,
} from './message.ts'
import { accruingWords } from './prices.ts'
import {
  counted,
  dateWords,
  estimateWords,
  figure,
  type Mrkdwn,
  monthWords,
  moreWords,
  mrkdwn,
  plain,
  shown,
  spendWords,
} from './words.ts'

export interface CostsFacts extends AnswerContext {
  readonly asOf: CivilDate
  readonly team: string | null
  readonly costs: Costs
}
export interface Costs {
  /** `2026/27`. */
  readonly year: string
  readonly totals: readonly LedgerTotal[]
  /** All twelve, the first one first. */
  readonly months: readonly CostGroup[]
  /** Those that paid most first; by name where that is unknown or equal. */
  readonly teams: readonly CostGroup[]
  readonly suppliers: readonly CostGroup[]
  readonly outOfContract: readonly (ContractNames & Accruing & { readonly currency: string })[]
}
export interface CostGroup {
  /** `2026-04` of a month, else the name of a team or supplier. */
  readonly name: string
  readonly totals: readonly LedgerTotal[]
}

/** How many contracts are shown, and how many rows of a table. */
const SHOWN = 8
const SHOWN_IN_TABLE = 25

export function costsAnswer(facts: CostsFacts): Message {
  const { costs, team, hidePrices } = facts
  const whose = team === null ? 'all teams' : shown(team, 60)
  const heading = mrkdwn`Emergency extensions in ${shown(costs.year, 10)}, ${whose}`
  if (hidePrices) {
    const why = mrkdwn`Costs are not shown here: others than the organisation may read this.`
    return answer([body(mrkdwn`*${heading}*`, why)])
  }
  return answer([
    body(
      mrkdwn`*${heading}*`,
      ...(costs.totals.length === 0 ? [mrkdwn`None.`] : costs.totals.flatMap(totalLines)),
    ),
    ...grouped('Month', costs.months, monthName),
    ...(team === null && costs.teams.length > 1
      ? grouped('Team', costs.teams, (name) => name)
      : []),
    ...grouped('Supplier', costs.suppliers, (name) => name),
    listed('Supplied without a contract', costs.outOfContract, SHOWN, runningLine),
    note(
      mrkdwn`Premiums are estimates: what an extension costs above the ordinary cost of its months. The rest would have been paid anyway. Without VAT, as of ${dateWords(facts.asOf)}.`,
    ),
    row(shareButton(facts)),
  ])
}

function totalLines(total: LedgerTotal): Mrkdwn[] {
  const { cost, accrued, invoiced, budget, premium, currency, count, costed, priced } = total
  const money = (amount: Decimal) => mrkdwn`${spendWords(amount, currency)}`
  return [
    cost === null
      ? mrkdwn`Cost unknown of ${counted(count, 'extension')}.`
      : mrkdwn`*${money(cost)}* committed for ${counted(count, 'extension')}${known(costed, count, 'cost')}.`,
    premium === null
      ? mrkdwn`Premium unknown: none of them could be priced.`
      : mrkdwn`*${estimateWords(premium, currency)}* of it premium (estimate)${known(priced, count, 'priced')}.`,
    accrued === null
      ? null
      : mrkdwn`${new Big(accrued).eq(0) ? mrkdwn`Nothing` : money(accrued)} accrued by now, ${invoiced === null ? mrkdwn`no invoices recorded` : mrkdwn`${money(invoiced)} invoiced`}.`,
    budget === null ? null : mrkdwn`${money(budget)} with the VAT that does not come back.`,
  ].filter((line) => line !== null)
}

/** `, cost known of 3 of 4`; empty where all are known. */
function known(of: number, all: number, what: 'cost' | 'priced'): Mrkdwn {
  if (of === all) return mrkdwn``
  const said = `${figure(of)} of ${figure(all)}`
  return what === 'cost' ? mrkdwn`, cost known of ${said}` : mrkdwn`, priced ${said}`
}

function grouped(
  title: string,
  groups: readonly CostGroup[],
  nameOf: (name: string) => TableCell,
): AnswerPart[] {
  const all = groups.flatMap(({ name, totals }) => totals.map((total) => ({ name, total })))
  const first = all.slice(0, SHOWN_IN_TABLE)
  const left = all.length - first.length
  const rows = first.map(({ name, total }) => [nameOf(name), ...costCells(total)])
  if (rows.length === 0) return []
  const heading = `By ${title.toLowerCase()}`
  const lines = first.map(
    ({ name, total }) => mrkdwn`• ${shown(cellWords(nameOf(name)), 60)}: ${groupWords(total)}.`,
  )
  return [
    dataTable(heading, [title, ...COST_HEADINGS], rows, [mrkdwn`${heading}`, ...lines]),
    note(moreWords(left)),
  ]
}

function groupWords({ cost, premium, currency, count, priced }: LedgerTotal): Mrkdwn {
  const paid = cost === null ? 'cost unknown' : spendWords(cost, currency)
  const above = premium === null ? 'unknown' : estimateWords(premium, currency)
  return mrkdwn`${paid}, premium ${above}${known(priced, count, 'priced')}`
}

const COST_HEADINGS = ['Committed', 'Premium (estimate)', 'Priced', 'Extensions']

function costCells({ cost, premium, currency, count, priced }: LedgerTotal): TableCell[] {
  return [
    amountCell(cost, cost === null ? 'unknown' : spendWords(cost, currency)),
    amountCell(premium, premium === null ? 'unknown' : estimateWords(premium, currency)),
    priced === count ? '' : `${figure(priced)} of ${figure(count)}`,
    countCell(count),
  ]
}

function monthName(name: string): TableCell {
  return { value: Number(name.replace('-', '')), words: monthWords(name) }
}

function runningLine(each: Costs['outOfContract'][number]): Mrkdwn {
  return mrkdwn`${contractName(each, 60)}, ${shown(each.reference, 40)}. ${shown(accruingWords(each, each.currency), 300)}`
}

// The ledger: each extension with what it cost beside its ordinary months.

interface LedgerLineFacts extends ContractNames {
  readonly contractId: number
  readonly currency: string
  readonly extension: {
    readonly kind: ExtensionKind
    readonly status: string
    readonly from: CivilDate
    readonly to: CivilDate
    readonly cost: Decimal | null
  }
  readonly premium: Pick<Premium, 'premium'>
}

export interface LedgerFacts extends AnswerContext {
  readonly asOf: CivilDate
  readonly team: string | null
  readonly year: string
  readonly totals: readonly LedgerTotal[]
  /** The latest first. */
  readonly lines: readonly LedgerLineFacts[]
}

export function ledgerAnswer(facts: LedgerFacts): Message {
  const { year, team, totals, lines, hidePrices } = facts
  const whose = team === null ? 'all teams' : shown(team, 60)
  const heading = mrkdwn`*${counted(lines.length, 'extension')} with days in ${shown(year, 10)}, ${whose}*`
  if (hidePrices) return withoutCosts(heading)
  const first = lines.slice(0, SHOWN_IN_TABLE)
  const left = lines.length - first.length
  const rows = first.map((line): TableCell[] => {
    const { extension, premium, currency } = line
    const { kind, status, from, to, cost } = extension
    return [
      ...[contractTitle(line), line.supplier ?? '', line.reference],
      ...[kind === 'unknown' ? 'not classified' : kind, status, dateCell(from), dateCell(to)],
      amountCell(cost, cost === null ? 'unknown' : spendWords(cost, currency)),
      amountCell(
        premium.premium,
        premium.premium === null ? 'unknown' : estimateWords(premium.premium, currency),
      ),
    ]
  })
  return answer([
    body(heading, ...totals.flatMap(totalLines)),
    dataTable(`Extensions in ${year}`, LEDGER_HEADINGS, rows),
    note(moreWords(left, ': /contracts export extensions')),
    note(
      mrkdwn`Amounts are those of the days within the year in the sums, and of the whole extension in the table. Premiums are estimates. Without VAT, as of ${dateWords(facts.asOf)}.`,
    ),
    row(openContract(first, facts.shared), shareButton(facts)),
  ])
}

const LEDGER_HEADINGS = [
  ...['Contract', 'Supplier', 'Reference', 'Kind', 'Status', 'From', 'To'],
  ...['Cost', 'Premium (estimate)'],
]

function withoutCosts(heading: Mrkdwn): Message {
  return answer([
    body(heading, mrkdwn`Costs are not shown here: others than the organisation may read this.`),
  ])
}

/** Each contract of a table once: a table holds no buttons. */
function openContract(
  items: readonly (ContractNames & { readonly contractId: number })[],
  shared: boolean,
) {
  const once = items.filter(
    ({ contractId }, at) => items.findIndex((each) => each.contractId === contractId) === at,
  )
  const choices = once.map((item) => ({
    text: `${plain(item.reference, 30)}: ${contractTitle(item)}`,
    action: {
      act: 'show' as const,
      subject: { contractId: item.contractId, version: 1, alertIds: [] },
    },
  }))
  return shared ? null : select('entry', 'Open a contract…', choices)
}

// Exposure: what lapses, and what extending each of it in a hurry would cost.

export interface ExposureFacts extends AnswerContext {
  readonly asOf: CivilDate
  readonly team: string | null
  readonly days: number
  readonly items: readonly (ContractNames & {
    readonly contractId: number
    readonly end: CivilDate
    readonly currency: string
    readonly runRate: Decimal | null
    readonly extra: Decimal | null
    readonly method: string
  })[]
  readonly totals: readonly ExposedTotal[]
}

export function exposureAnswer(facts: ExposureFacts): Message {
  const { team, days, items, totals, hidePrices } = facts
  const whose = team === null ? 'all teams' : shown(team, 60)
  const heading = mrkdwn`*${counted(items.length, 'contract')} would lapse within ${counted(days, 'day')} if nothing is done, ${whose}*`
  if (hidePrices) return withoutCosts(heading)
  const first = items.slice(0, SHOWN_IN_TABLE)
  const left = items.length - first.length
  const estimate = (amount: Decimal | null, currency: string) =>
    amountCell(amount, amount === null ? 'unknown' : estimateWords(amount, currency))
  const rows = first.map((item): TableCell[] => [
    ...[contractTitle(item), item.supplier ?? '', item.reference, dateCell(item.end)],
    ...[estimate(item.runRate, item.currency), estimate(item.extra, item.currency)],
    item.method,
  ])
  return answer([
    body(
      heading,
      ...totals.map(
        ({ runRate, extra, priced, of, currency }) =>
          mrkdwn`${runRate === null ? 'Cost unknown' : mrkdwn`*${estimateWords(extra, currency)}* extra that could be avoided (estimate), above ${estimateWords(runRate, currency)} payable anyway`}; priced ${figure(priced)} of ${figure(of)}.`,
      ),
    ),
    dataTable(`Lapsing within ${counted(days, 'day')}`, EXPOSURE_HEADINGS, rows),
    note(moreWords(left)),
    note(
      mrkdwn`What extending each of them in a hurry would cost. As of ${dateWords(facts.asOf)}.`,
    ),
    row(openContract(first, facts.shared), shareButton(facts)),
  ])
}

const EXPOSURE_HEADINGS = [
  ...['Contract', 'Supplier', 'Reference', 'Ends', 'Payable anyway (estimate)'],
  ...['Extra (estimate)', 'Estimated from'],
]
