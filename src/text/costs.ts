/** What emergency extensions cost in a financial year, and what runs without cover. */
import { Big } from 'big.js'
import type { CivilDate } from '../rules/civil-date.ts'
import type { LedgerTotal } from '../rules/ledger.ts'
import type { Decimal } from '../rules/money.ts'
import type { Accruing } from '../rules/premium.ts'
import type { AnswerContext } from './answer-facts.ts'
import { row } from './buttons.ts'
import { type ContractNames, contractName, type Message } from './facts.ts'
import {
  type AnswerPart,
  amountCell,
  answer,
  body,
  cellWords,
  countCell,
  dataTable,
  note,
  type Paragraph,
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
  mrkdwn,
  shown,
  spendWords,
} from './words.ts'

export interface CostsFacts extends AnswerContext {
  readonly asOf: CivilDate
  readonly team: string | null
  readonly costs: {
    /** `2026/27`. */
    readonly year: string
    readonly totals: readonly LedgerTotal[]
    /** Named by year and month: `2026-04`. */
    readonly months: readonly CostGroup[]
    readonly teams: readonly CostGroup[]
    readonly suppliers: readonly CostGroup[]
    readonly outOfContract: readonly (ContractNames & Accruing & { readonly currency: string })[]
  }
}
interface CostGroup {
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
    running(costs.outOfContract),
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

/** Nothing where all of them are known. */
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
    note(left > 0 ? mrkdwn`and ${figure(left)} more.` : null),
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

function running(list: CostsFacts['costs']['outOfContract']): Paragraph {
  if (list.length === 0) return body(null)
  const left = list.length - SHOWN
  return body(
    mrkdwn`*Supplied without a contract*`,
    ...list
      .slice(0, SHOWN)
      .map(
        (each) =>
          mrkdwn`• ${contractName(each, 60)}, ${shown(each.reference, 40)}. ${shown(accruingWords(each, each.currency), 300)}`,
      ),
    left > 0 ? mrkdwn`and ${figure(left)} more.` : null,
  )
}
