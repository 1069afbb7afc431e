/** The months ahead as a chart: what ends, what has to start, and what rollovers would cost. */
import { Big } from 'big.js'
import { type CivilDate, dateParts } from '../rules/civil-date.ts'
import type { Decimal } from '../rules/money.ts'
import { estimateWords, figure, plain, spendWords } from './words.ts'

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
}

const ALT_TEXT = 1000

const NAMES = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** `Jan`, and `Jan 2027` for the first of a chart or of a year. */
export function monthName(month: CivilDate, first: boolean): string {
  const { year, month: number } = dateParts(month)
  const name = NAMES[number - 1] ?? ''
  return first || number === 1 ? `${name} ${year}` : name
}

/** What the chart shows, in words: at most 1,000 characters. */
export function monthsInWords({ months, currency, priced, of }: MonthsAhead): string {
  const total = (amounts: readonly Decimal[]) =>
    amounts.reduce((sum, amount) => sum.plus(amount), new Big(0)).toFixed(2) as Decimal
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
    ALT_TEXT,
  )
}

/** To two figures and a letter: what can be read off a chart. */
export function rounded(amount: Decimal, currency: string): string {
  const size = Number(amount)
  const mark = currency === 'GBP' ? '£' : `${currency} `
  if (size >= 999_500) return `${mark}${trimmed(size / 1_000_000)}m`
  if (size >= 1000) return `${mark}${Math.round(size / 1000)}k`
  return estimateWords(amount, currency)
}

function trimmed(millions: number): string {
  return millions.toFixed(millions < 10 ? 1 : 0).replace(/\.0$/, '')
}
