/** The months ahead as charts: what ends, what has to start, and what rollovers would cost. */

import type { Block } from '@slack/types'
import { Big } from 'big.js'
import { type CivilDate, dateParts } from '../rules/civil-date.ts'
import type { ContractNames } from '../rules/contract.ts'
import type { Decimal } from '../rules/money.ts'
import { estimateWords, figure, type Mrkdwn, mrkdwn, plain, spendWords } from './words.ts'

export interface MonthAhead {
  readonly month: CivilDate
  readonly ends: number
  readonly startBys: number
  /** What its days carry of emergency extensions that were agreed. */
  readonly committed: Decimal
  /** What would have to be extended in a hurry, run-rate and extra together: an estimate. */
  readonly estimated: Decimal
}

export interface MonthsAhead {
  readonly months: readonly MonthAhead[]
  readonly currency: string
  /** Of the contracts that lapse, how many have a price. */
  readonly priced: number
  readonly of: number
  /** The tallest bar of each chart, with its contracts; absent in what an older version queued. */
  readonly tallest?: readonly TallestBar[]
}

export interface TallestBar {
  readonly what: 'ends' | 'startBys' | 'spend'
  readonly month: CivilDate
  readonly total: number
  /** The nearest, or what costs most, first; of many only so many. */
  readonly contracts: readonly ContractNames[]
}

/** A chart that Slack draws: every series has one point for each category. */
export interface ChartBlock extends Block {
  readonly type: 'data_visualization'
  readonly title: string
  readonly chart: {
    readonly type: 'bar'
    readonly series: readonly {
      readonly name: string
      readonly data: readonly { readonly label: string; readonly value: number }[]
    }[]
    readonly axis_config: { readonly categories: readonly string[]; readonly y_label?: string }
  }
}
/** How many months Slack draws. */
const MONTHS = 20
const SAID = 1000

const NAMES = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** `Jan`, and `Jan 2027` for the first of a chart or of a year; a first December stands beside one. */
function monthName(month: CivilDate, first: boolean): string {
  const { year, month: number } = dateParts(month)
  const name = NAMES[number - 1] ?? ''
  return (first && number < 12) || number === 1 ? `${name} ${year}` : name
}

/** How many end and have to begin, and what rollovers would cost: names and titles as Slack limits them. */
export function monthsCharts({ months, currency, priced, of }: MonthsAhead): ChartBlock[] {
  const drawn = months.slice(0, MONTHS)
  const categories = drawn.map(({ month }, at) => monthName(month, at === 0))
  const chart = (
    title: string,
    y_label: string,
    series: readonly (readonly [string, (month: MonthAhead) => number])[],
  ): ChartBlock => ({
    type: 'data_visualization',
    title,
    chart: {
      type: 'bar',
      series: series.map(([name, amountIn]) => ({
        name,
        data: drawn.map((month, at) => ({ label: categories[at] ?? '', value: amountIn(month) })),
      })),
      axis_config: { categories, y_label },
    },
  })
  return [
    chart('Months ahead: how many', 'Contracts', [
      ['Contracts that end', ({ ends }) => ends],
      ['Start buying by then', ({ startBys }) => startBys],
    ]),
    chart(
      'Months ahead: rollover spend if nothing is done',
      `${plain(currency, 10)}, priced ${figure(priced)} of ${figure(of)}`,
      [
        ['Committed', ({ committed }) => Math.round(Number(committed))],
        ['Estimated', ({ estimated }) => Math.round(Number(estimated))],
      ],
    ),
  ]
}

/** The sums of the second chart. */
export function monthsSums({ months, currency, priced, of }: MonthsAhead): Mrkdwn {
  const committed = total(months.map((month) => month.committed))
  const estimated = total(months.map((month) => month.estimated))
  return mrkdwn`Rollover spend if nothing is done, in all: ${spendWords(committed, currency)} committed and ${estimateWords(estimated, currency)} estimated, priced ${figure(priced)} of ${figure(of)}.`
}

function total(amounts: readonly Decimal[]): Decimal {
  return amounts.reduce((sum, amount) => sum.plus(amount), new Big(0)).toFixed(2) as Decimal
}

/** What the charts show, in words: at most 1,000 characters. */
export function monthsInWords({ months, currency, priced, of }: MonthsAhead): string {
  const by = (value: (month: MonthAhead) => string | null) => {
    const said = months.flatMap((month, at) => {
      const words = value(month)
      return words === null ? [] : [`${monthName(month.month, at === 0)} ${words}`]
    })
    return said.length === 0 ? 'none' : said.join(', ')
  }
  const counts = (name: 'ends' | 'startBys') =>
    by((month) => (month[name] === 0 ? null : figure(month[name])))
  const spend = by(({ committed, estimated }) => {
    const both = total([committed, estimated])
    return Number(both) === 0 ? null : rounded(both, currency)
  })
  const estimated = total(months.map((month) => month.estimated))
  const committed = total(months.map((month) => month.committed))
  return plain(
    `Months ahead. Contracts that end: ${counts('ends')}. Procurements to start by then: ${counts('startBys')}. Rollover spend if nothing is done, about: ${spend}; in all ${spendWords(committed, currency)} committed and ${estimateWords(estimated, currency)} estimated, priced ${figure(priced)} of ${figure(of)}.`,
    SAID,
  )
}

/** To two figures and a letter: what can be read off a chart. */
function rounded(amount: Decimal, currency: string): string {
  const size = Number(amount)
  const mark = currency === 'GBP' ? '£' : `${currency} `
  if (size >= 999_500) return `${mark}${trimmed(size / 1_000_000)}m`
  if (size >= 1000) return `${mark}${Math.round(size / 1000)}k`
  return estimateWords(amount, currency)
}

function trimmed(millions: number): string {
  return millions.toFixed(millions < 10 ? 1 : 0).replace(/\.0$/, '')
}
