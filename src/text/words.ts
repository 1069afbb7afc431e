/** Dates, amounts and numbers as the bot writes them. Plain text: nothing here is markup. */
import { Big } from 'big.js'
import { type CivilDate, dateParts, dayText } from '../rules/civil-date.ts'
import type { Precision } from '../rules/contract.ts'
import { canonical, type Decimal } from '../rules/money.ts'

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const

/** A day such as `Fri 30 Apr 2027`. */
export const dateWords: (date: CivilDate) => string = dayText

/** An end as precise as it is known: `Fri 30 Apr 2027`, `June 2018`, `Q2 2026` or `2026`. */
export function endWords(latest: CivilDate, precision: Precision): string {
  const { year, month } = dateParts(latest)
  if (precision === 'month') return `${MONTHS[month - 1]} ${year}`
  if (precision === 'quarter') return `Q${Math.ceil(month / 3)} ${year}`
  return precision === 'year' ? `${year}` : dateWords(latest)
}

/** A month of a year such as `2026-04`: `April 2026`. */
export function monthWords(month: string): string {
  const [year = '', number = ''] = month.split('-')
  return `${MONTHS[Number(number) - 1] ?? number} ${year}`
}

/** How far off a day is: `in 30 days`, `tomorrow`, `today`, `yesterday`, `3 days ago`. */
export function whenWords(daysLeft: number): string {
  if (daysLeft === 0) return 'today'
  if (daysLeft === 1) return 'tomorrow'
  if (daysLeft === -1) return 'yesterday'
  return daysLeft > 0 ? `in ${figure(daysLeft)} days` : `${figure(-daysLeft)} days ago`
}

/** The same words at the start of a sentence: `In 30 days`. */
export function capitalised(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`
}

/** A whole number with commas: `20,778`. */
export function figure(count: number): string {
  return commas(String(count))
}

/** A number with its noun: `1 contract`, `20,778 contracts`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${figure(count)} ${count === 1 ? one : many}`
}

/**
 * An amount as people say it: `£4.6m`, `£775m`, `£1.25bn`, `£3,470`, `£1,234.50`, `EUR 1.2m`.
 *
 * Millions and billions keep two places below ten and one from ten on; less than a million is
 * exact to the penny, less than one unit exact to four places. Halves round away from zero, on
 * decimals, never on floats. A null amount is `value unknown`: an unknown is never £0.
 */
export function amountWords(amount: Decimal | null, currency: string): string {
  if (amount === null) return 'value unknown'
  const exact = new Big(amount)
  const size = exact.abs()
  const sign = exact.lt(0) ? '-' : ''
  const mark = currency === 'GBP' ? '£' : `${currency} `
  return `${sign}${mark}${sizeWords(size)}`
}

/**
 * An estimate below a million, to three figures: `£17,800`. Pennies, or pounds of six figures,
 * would make it look exact. From a million on as `amountWords`.
 */
export function estimateWords(amount: Decimal | null, currency: string): string {
  if (amount === null) return amountWords(null, currency)
  const exact = new Big(amount)
  const figures = exact.eq(0) ? 0 : exact.e + 1
  const places = Math.min(2 - (figures - 1), 0)
  return amountWords(canonical(exact.round(places, Big.roundHalfUp)), currency)
}

function sizeWords(size: Big): string {
  if (size.gt(0) && size.lt(1)) return pennies(size.round(4, Big.roundHalfUp))
  const toPenny = size.round(2, Big.roundHalfUp)
  if (toPenny.lt(1_000_000)) return pennies(toPenny)
  const millions = scaled(size, 6)
  return millions.lt(1000)
    ? `${commas(millions.toFixed())}m`
    : `${commas(scaled(size, 9).toFixed())}bn`
}

function pennies(size: Big): string {
  const places = (size.toFixed().split('.')[1] ?? '').length
  return commas(places === 0 ? size.toFixed() : size.toFixed(Math.max(2, places)))
}

function scaled(size: Big, power: number): Big {
  const moved = size.times(`1e-${power}`)
  return moved.round(moved.lt(10) ? 2 : 1, Big.roundHalfUp)
}

function commas(digits: string): string {
  const [whole = '', places] = digits.split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return places === undefined ? grouped : `${grouped}.${places}`
}
