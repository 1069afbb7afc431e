/** Months and financial years: how many months a time lasts, and which year a day falls in. */
import { Big } from 'big.js'
import {
  addDays,
  addMonths,
  type CivilDate,
  civilDate,
  dateParts,
  daysBetween,
} from './civil-date.ts'
import { UserError } from './user-error.ts'

// How many months a time lasts, for prices.
//
// Whole months are counted from the first day, as everywhere (31 Jan + 1 month = 28 Feb): 1 May to
// 31 May is one month, and so is 15 March to 14 April. The days left over are a part of the month
// that would have followed: 1 May to 15 June is 1 month and 15 of 30 days. Both days are included.

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

/** In which month a time ends that is counted from its first day: 1 Sep to 30 Nov is in its third. */
export function monthsBegun(from: CivilDate, to: CivilDate): number {
  const [a, b] = [dateParts(from), dateParts(to)]
  const months = (b.year - a.year) * 12 + b.month - a.month
  return Math.max(1, months + (b.day >= a.day ? 1 : 0))
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

/** The count as a number for people and programs, to four places, halves up: 1, 1.5, 0.9677. */
export function monthsNumber({ whole, days, of }: MonthCount): number {
  return (whole * 10_000 + Math.round((days * 10_000) / of)) / 10_000
}

// Financial years: April to March by default, named `2026/27`.

export interface FinancialYear {
  /** `2026/27`, or `2026` where the year begins in January. */
  readonly name: string
  readonly first: CivilDate
  readonly last: CivilDate
}

/** The month (1 to 12) in which financial years begin, unless an organisation sets another. */
const FINANCIAL_YEAR_START = 4

/** The financial year that a day falls in. */
export function financialYearOf(day: CivilDate, startMonth = FINANCIAL_YEAR_START): FinancialYear {
  const { year, month } = dateParts(day)
  return yearBeginning(month < startMonth ? year - 1 : year, startMonth)
}

/**
 * The financial year of a name such as `2026/27`, `2026-27`, `2026/2027` or `2026`, which is the
 * year that begins in 2026; null where the text names none, or two years that do not follow.
 */
export function financialYearNamed(
  text: string,
  startMonth = FINANCIAL_YEAR_START,
): FinancialYear | null {
  const match = /^(?:fy\s*)?(\d{4})(?:\s*[/-]\s*(\d{2}|\d{4}))?$/i.exec(text.trim())
  if (!match) return null
  const begins = Number(match[1])
  if (begins < 1900 || begins > 9000) return null
  const follows = String(begins + 1)
  const second = match[2]
  if (second !== undefined && second !== follows && second !== follows.slice(2)) return null
  return yearBeginning(begins, startMonth)
}

/** The same. @throws UserError where the text names none. */
export function financialYearMeant(text: string, startMonth?: number): FinancialYear {
  const year = financialYearNamed(text, startMonth)
  if (year !== null) return year
  throw new UserError(`"${text.slice(0, 20)}" is no financial year: write it as 2026/27.`)
}

/** The twelve months of a financial year, the first one first. */
export function monthsOfYear(
  year: FinancialYear,
): readonly { readonly first: CivilDate; readonly last: CivilDate }[] {
  return Array.from({ length: 12 }, (_, index) => ({
    first: addMonths(year.first, index),
    last: addDays(addMonths(year.first, index + 1), -1),
  }))
}

function yearBeginning(year: number, startMonth: number): FinancialYear {
  const first = civilDate(year, startMonth, 1)
  if (first === null) throw new RangeError(`No financial year begins in month ${startMonth}.`)
  const last = addDays(addMonths(first, 12), -1)
  const name = startMonth === 1 ? `${year}` : `${year}/${String(year + 1).slice(2)}`
  return { name, first, last }
}
