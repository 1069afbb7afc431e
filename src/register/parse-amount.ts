/** Amounts of money and periods as registers write them, read exactly. */
import { Big } from 'big.js'
import type { Period, PeriodUnit } from '../rules/contract.ts'
import { canonical, type Decimal } from '../rules/money.ts'
import { LIMITS } from './limits.ts'
import { isNil } from './parse-date.ts'

export type AmountReading =
  | {
      readonly kind: 'amount'
      readonly amount: Decimal
      readonly currency: string | null
      /** What the cell itself says of tax (`+ VAT`) and of a year's charge (`per annum`). */
      readonly vat: 'net' | 'gross' | null
      readonly annual: boolean
    }
  | { readonly kind: 'nil' }
  | { readonly kind: 'bad'; readonly problem: string; readonly remedy: string }

const NIL: AmountReading = { kind: 'nil' }
const GROUPED = /^£?(\d{1,3}(?:,\d{3}){0,4}(?:\.(\d{1,2}))?)$/
const PLAIN = /^\d{1,15}(?:\.(\d{1,2}))?$/
const SYMBOLS: ReadonlyMap<string, string> = new Map([
  ['£', 'GBP'],
  ['€', 'EUR'],
  ['$', 'USD'],
  ['¥', 'JPY'],
])
const CODES = /^(?:GBP|EUR|USD|AUD|CAD|CHF|CZK|DKK|HUF|INR|JPY|MXN|NOK|NZD|PLN|RON|SEK|UAH|ZAR)$/i
const SCALES: ReadonlyMap<string, number> = new Map([
  ['k', 3],
  ['thousand', 3],
  ['m', 6],
  ['mn', 6],
  ['mil', 6],
  ['million', 6],
  ['b', 9],
  ['bn', 9],
  ['billion', 9],
])
const PARTS =
  /^(\()?\s*([-+−])?\s*([£€$¥]|[a-z]{3}(?![a-z]))?\s*([-+−])?\s*([\d][\d.,' \u00a0\u202f]*|\.\d+)(e[+-]?\d{1,2})?\s*(k|thousand|m|mn|mil|million|b|bn|billion)?\s*([£€$¥]|[a-z]{3})?\s*(\))?$/i

const ANNUAL = /(?:per annum|p\.?a\.?\b|per year|a year|\/ ?(?:yr|year)|annually)/i
const REMARK =
  /\s*[(,]?\s*(?:(?:per annum|p\.?a\.?|per year|a year|\/ ?(?:yr|year)|annually|\+|plus|exc?l?\.?|excluding|exclusive of|net(?: of)?|gross|inc?l?\.?|including|inclusive of)\s*(?:vat|tax)?[\s,]*)+\)?$/i

/**
 * The amount that a cell holds: `£1,234.50`, `1.2m`, `12k`, `1234.5 GBP`, `1.234,50`. Words for
 * nothing (`TBC`, `-`) are nil: unknown. `1.234` and `1,23` could be read two ways and are bad;
 * so is a negative amount, also in brackets.
 */
export function readAmount(raw: string, mark: DecimalMark | null = null): AmountReading {
  const text = raw.trim()
  if (text.length > LIMITS.figureCharacters) {
    return badAmount('this is not an amount', 'Write it in figures, such as 1234.50.')
  }
  const plain = PLAIN.exec(text)
  if (plain) return amount(plainAmount(text, plain[1]), null, '')
  // Most amounts of most registers: read without the detours below.
  const grouped = mark === 'comma' ? null : GROUPED.exec(text)
  if (grouped?.[1] !== undefined) {
    const digits = plainAmount(grouped[1].replaceAll(',', ''), grouped[2])
    return amount(digits, text[0] === '£' ? 'GBP' : null, '')
  }
  if (isNil(text)) return NIL
  const remark = REMARK.exec(text)?.[0] ?? ''
  const parts = PARTS.exec(text.slice(0, text.length - remark.length))
  if (!parts) return badAmount('this is not an amount', 'Write it in figures, such as 1234.50.')
  const [, open, sign, before, innerSign, digits = '', exponent, scale, after, close] = parts
  if ((open === undefined) !== (close === undefined)) {
    return badAmount('a bracket is missing', 'Write it in figures, such as 1234.50.')
  }
  const negative = open !== undefined || isMinus(sign) || isMinus(innerSign)
  const named = [before, after].filter((each) => each !== undefined).map(currencyOf)
  const [currency] = named
  // `£4,000 pcm` is no value of a contract, and the currency of `£5 USD` is not known.
  if (named.some((each) => each === undefined || each !== currency)) {
    return badAmount(
      'the currency is not known',
      'Write the currency as a code, such as GBP or EUR.',
    )
  }
  // Nobody groups what is in millions by thousands: the point of £1.234m is a decimal one.
  const number = ungrouped(digits.trim(), scale === undefined ? mark : (mark ?? 'point'))
  if (number === null) {
    return badAmount(
      'the figure could be read in two ways',
      'Write it in figures, such as 1234.50.',
    )
  }
  const shift = SCALES.get((scale ?? '').toLowerCase()) ?? 0
  const value = new Big(`${number}${exponent ?? ''}`).times(new Big(10).pow(shift))
  if (negative && !value.eq(0)) {
    return badAmount(
      'the amount is negative',
      'Write what the contract costs as a positive amount.',
    )
  }
  if (value.gte('1e15')) return badAmount('the amount is too large', 'Check the number of zeros.')
  return amount(canonical(value), currency ?? null, remark)
}

function amount(value: Decimal, currency: string | null, remark: string): AmountReading {
  const vat = remark === '' ? null : vatOf(remark)
  return { kind: 'amount', amount: value, currency, vat, annual: ANNUAL.test(remark) }
}

/** What words such as `+ VAT` or `inc. VAT` say of tax; null where they say nothing. */
export function vatOf(words: string): 'net' | 'gross' | null {
  if (/(?:\+|\b(?:plus|exc?l?|excluding|exclusive|without|net)\b).*|\bnet\b/i.test(words)) {
    return /\b(?:vat|tax)\b|\bnet\b/i.test(words) ? 'net' : null
  }
  return /\b(?:inc|incl|including|inclusive|with|gross)\b/i.test(words) ? 'gross' : null
}

function plainAmount(text: string, decimals: string | undefined): Decimal {
  const whole = text.replace(/^0+(?=\d)/, '')
  if (decimals === undefined) return `${whole}.00` as Decimal
  return (decimals.length === 1 ? `${whole}0` : whole) as Decimal
}

/** How a column writes its decimals, where its other amounts show it. */
export type DecimalMark = 'point' | 'comma'

/** What one amount shows of its column's decimals: `1234.5` the point, `1.234,50` the comma. */
export function markShown(raw: string): DecimalMark | null {
  if (raw.length > LIMITS.figureCharacters) return null
  const digits = /[\d.,]+(?=\D*$)/.exec(raw)?.[0] ?? ''
  if (/^\d+\.(?:\d{1,2}|\d{4,})$|^\d{4,}\.\d+$|,\d{3}\.\d+$/.test(digits)) return 'point'
  return /^\d+,(?:\d{1,2}|\d{4,})$|^\d{4,},\d+$|\.\d{3},\d+$/.test(digits) ? 'comma' : null
}

/** Groups of three, as `1 234 567,50` and `1'234'567.50` have them. */
const SPACED = /^\d{1,3}(?:[' \u00a0\u202f]\d{3})+(?:[.,]\d*)?$/

/** The digits without group marks, with a decimal point; null where two readings are possible. */
function ungrouped(digits: string, mark: DecimalMark | null): string | null {
  // `50000 60000` are two figures.
  if (/[' \u00a0\u202f]/.test(digits) && !SPACED.test(digits)) return null
  const text = digits.replace(/[' \u00a0\u202f]/g, '')
  if (mark === 'point' && /^\d+\.\d+$/.test(text)) return text
  if (mark === 'comma' && /^(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?$/.test(text)) {
    return text.replaceAll('.', '').replace(',', '.')
  }
  if (/^\d*(?:\.\d+)?$/.test(text)) {
    // Three decimals and one to three digits before them look like a group of a thousand.
    return /^[1-9]\d{0,2}\.\d{3}$/.test(text) ? null : text
  }
  if (/^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(text)) return text.replaceAll(',', '')
  if (/^\d{1,3}(?:\.\d{3})+,\d+$/.test(text) || /^\d{1,3}(?:\.\d{3}){2,}$/.test(text)) {
    return text.replaceAll('.', '').replace(',', '.')
  }
  if (/^\d+\.$/.test(text)) return text.slice(0, -1)
  return null
}

function currencyOf(text: string): string | undefined {
  const symbol = SYMBOLS.get(text)
  if (symbol !== undefined) return symbol
  return CODES.test(text) ? text.toUpperCase() : undefined
}

/** The ISO 4217 code that a currency cell names, or null where it names none. */
export function readCurrency(raw: string): string | null {
  const text = raw.trim()
  if (SYMBOLS.has(text)) return SYMBOLS.get(text) ?? null
  if (/^[a-z]{3}$/i.test(text)) return text.toUpperCase()
  if (/^(?:pounds?(?: sterling)?|sterling)$/i.test(text)) return 'GBP'
  if (/^euros?$/i.test(text)) return 'EUR'
  return /^(?:us )?dollars?$/i.test(text) ? 'USD' : null
}

function isMinus(sign: string | undefined): boolean {
  return sign === '-' || sign === '−'
}

function badAmount(problem: string, remedy: string): AmountReading {
  return { kind: 'bad', problem, remedy }
}

export type PeriodReading =
  | { readonly kind: 'period'; readonly period: Period }
  | { readonly kind: 'nil' }
  | { readonly kind: 'bad'; readonly problem: string; readonly remedy: string }

const NUMBER_WORDS = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
]
const SHAPE =
  /^(?:at least |minimum(?: of)? )?(\d{1,4}|[a-z]+)(?:\s*\(\d{1,4}\))?[\s-]*(working|business|calendar)?\s*(days?|weeks?|months?|mths?|mos?|years?|yrs?|d|w|m|y)?['’]?(?:\s+(?:written\s+)?notice)?(?:\s+(?:in\s+)?writing)?\.?$/i

/** A period such as `3 months`, `90 days`, `ten working days`; a bare number takes `unit`. */
export function readPeriod(raw: string, unit: PeriodUnit | null): PeriodReading {
  const text = raw.trim()
  if (text === '' || /^(?:-+|n\/?a|none|nil|unknown|tb[cd]|not known|not stated)$/i.test(text)) {
    return { kind: 'nil' }
  }
  if (text.length > LIMITS.figureCharacters) return badPeriod('this is not a period of time')
  const match = SHAPE.exec(text)
  const amount = match ? amountOf(match[1] ?? '') : null
  if (!match || amount === null) return badPeriod('this is not a period of time')
  const word = (match[3] ?? '').toLowerCase()
  const working = /^(?:working|business)$/i.test(match[2] ?? '')
  const named = word === '' ? unit : unitOf(word, working)
  if (named === null) return badPeriod('the unit is missing')
  if (amount === 0) return { kind: 'nil' }
  if (amount > LONGEST[named]) return badPeriod('this is longer than a hundred years')
  return { kind: 'period', period: { amount, unit: named } }
}

/** A hundred years: dates counted by more than that leave the calendar sooner or later. */
const LONGEST: Readonly<Record<PeriodUnit, number>> = {
  days: 36_525,
  'working-days': 26_000,
  weeks: 5_218,
  months: 1_200,
  years: 100,
}

function amountOf(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text)
  const index = NUMBER_WORDS.indexOf(text.toLowerCase())
  return index < 0 ? null : index
}

function unitOf(word: string, working: boolean): PeriodUnit {
  switch (word[0]) {
    case 'd':
      return working ? 'working-days' : 'days'
    case 'w':
      return 'weeks'
    case 'y':
      return 'years'
    default:
      return 'months'
  }
}

function badPeriod(problem: string): PeriodReading {
  return { kind: 'bad', problem, remedy: 'Write a number and a unit, such as 3 months or 90 days.' }
}
