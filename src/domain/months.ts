/**
 * How many months a time lasts, for prices.
 *
 * Whole months are counted from the first day, as everywhere (31 Jan + 1 month = 28 Feb): 1 May to
 * 31 May is one month, and so is 15 March to 14 April. The days left over are a part of the month
 * that would have followed: 1 May to 15 June is 1 month and 15 of 30 days. Both days are included.
 */
import { Big } from 'big.js'
import { addMonths, type CivilDate, dateParts, daysBetween } from './civil-date.ts'

export interface MonthCount {
  readonly whole: number
  /** Days beyond the whole months. */
  readonly days: number
  /** The length in days of the month that they are a part of. */
  readonly of: number
}

/**
 * The months from the first to the last day, both included.
 * @throws RangeError where the last day lies before the first.
 */
export function monthCount(from: CivilDate, to: CivilDate): MonthCount {
  const length = daysBetween(from, to) + 1
  if (length < 1) throw new RangeError(`${to} lies before ${from}: no months lie between.`)
  const a = dateParts(from)
  const b = dateParts(to)
  let whole = (b.year - a.year) * 12 + (b.month - a.month) + 1
  while (daysBetween(from, addMonths(from, whole)) > length) whole -= 1
  const begins = addMonths(from, whole)
  return {
    whole,
    days: length - daysBetween(from, begins),
    of: daysBetween(begins, addMonths(from, whole + 1)),
  }
}

/** The count as a decimal, to twenty places. */
export function monthsExact({ whole, days, of }: MonthCount): Big {
  if (days === 0) return new Big(whole)
  const key = of * 32 + days
  const kept = PARTS.get(key) ?? new Big(days).div(of)
  PARTS.set(key, kept)
  return kept.plus(whole)
}

// There are some hundred parts of a month, and a division to twenty places is most of a price.
const PARTS = new Map<number, Big>()

/** The count as a number for people and programs, to four places: 1, 1.5, 0.9677. */
export function monthsNumber(count: MonthCount): number {
  return monthsExact(count).round(4, Big.roundHalfUp).toNumber()
}
