/** Amounts of money and periods as registers write them, read exactly. */
import { Big } from 'big.js'
import type { Period, PeriodUnit } from '../rules/contract.ts'
import { canonical, type Decimal } from '../rules/money.ts'
import type { ChargeUnit } from '../rules/premium.ts'
import { isNil } from '../rules/text-match.ts'
import { LIMITS } from './limits.ts'
import { plainMarks, wholeNumber } from './parse-date.ts'

export type AmountReading =
  | {
      readonly kind: 'amount'
      readonly amount: Decimal
      readonly currency: string | null
      /** What the cell itself says of tax (`+ VAT`) and of a year's charge (`per annum`). */
      readonly vat: 'net' | 'gross' | null
      readonly annual: boolean
      /** The cell, where it says more than this figure: a range, `up to`, `approx`. */
      readonly words?: string
      /** What it is for, where the cell says `per month` and the like. */
      readonly per?: ChargeUnit
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
  const text = plainMarks(raw)
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
  if (isNil(text) || EMPTY_MONEY.test(text)) return NIL
  const figure = readFigure(text, mark)
  const among = figure.kind === 'bad' ? amongWords(text, mark) : null
  return among?.kind === 'amount' ? { ...among, words: raw.trim() } : (among ?? figure)
}

/** What Excel's accounting format writes for 0. */
const EMPTY_MONEY = /^(?:[£€$¥]|[a-z]{3}) *[-–—]+ *$/i

/** A cell that is an amount and nothing else. */
function readFigure(text: string, mark: DecimalMark | null): AmountReading {
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

const QUALIFIED =
  /^(?:approx(?:imately)?\.?|about|circa|c\.?(?= ?[£€$\d])|ca\.?|around|est(?:imated|imate)?\.?|~|up ?to|max(?:imum)?(?: of)?|not (?:more than|exceeding)|less than|under|<=?|≤)[: ]*/i
const LEAST = /^(?:from|over|more than|at least|min(?:imum)?(?: of)?|in excess of|>=?|≥)[: ]*/i
const PER =
  /[ (,]*(?:\b(?:per|each|every|a)[ -]|\/ ?|\bp[./]?)(?:calendar )?(day|week|wk|month|mth|quarter|qtr|year|yr|annum|cm\b|m\b|w\b|q\b|a\b)s?\.?\)?$|[ (,]*\b(daily|weekly|monthly|quarterly|annually|yearly|annual)\)?$/i
const RANGE = /^(.*?\d[^-–—]*?) *(?:-|–|—|to|and|or) *([£€$¥]? ?[\d.].*)$/i

/** `up to £900k`, `£100,000 – £200,000` (the upper figure), `approx £5k`, `£400 per month`. */
function amongWords(text: string, mark: DecimalMark | null): AmountReading | null {
  let rest = text.replace(/[*†]+$|^between /gi, '').trim()
  const per = PER.exec(rest)
  if (per) rest = rest.slice(0, per.index)
  rest = rest
    .replace(QUALIFIED, '')
    .replace(
      / *\((?:approx|est)[^)]*\)$| *(?:approx(?:imately)?|est(?:imated)?|max(?:imum)?)\.?$/i,
      '',
    )
  const range = RANGE.exec(rest)
  const from = range ? readFigure(range[1]?.trim() ?? '', mark) : null
  let read: AmountReading
  if (range && from?.kind === 'amount') {
    read = readFigure(range[2]?.trim() ?? '', mark)
    const isAscending =
      read.kind === 'amount' && new Big(read.amount).gte(from.amount) && agree(from, read)
    if (!isAscending || read.kind !== 'amount') return null
    read = { ...read, currency: read.currency ?? from.currency }
  } else {
    // A least amount is no value: nobody knows how much more it is.
    if (LEAST.test(rest) || rest === text) return null
    read = readFigure(rest, mark)
  }
  if (read.kind !== 'amount') return null
  const unit = per ? unitOfCharge((per[1] ?? per[2] ?? '').toLowerCase()) : null
  const annual = read.annual || unit === 'year'
  return {
    ...read,
    annual,
    words: text,
    ...(unit === null || unit === 'year' ? {} : { per: unit }),
  }
}

function agree(
  a: Extract<AmountReading, { kind: 'amount' }>,
  b: Extract<AmountReading, { kind: 'amount' }>,
): boolean {
  return a.currency === null || b.currency === null || a.currency === b.currency
}

function unitOfCharge(word: string): ChargeUnit {
  if (/^d/.test(word)) return 'day'
  if (/^w/.test(word)) return 'week'
  if (/^(?:m|cm)/.test(word)) return 'month'
  return /^q/.test(word) ? 'quarter' : 'year'
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
  /** `words`: the cell, where several lengths stand in it and this is the longest. */
  | { readonly kind: 'period'; readonly period: Period; readonly words?: string }
  | { readonly kind: 'nil' }
  | { readonly kind: 'bad'; readonly problem: string; readonly remedy: string }

const TEN = 'twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety'
const UNIT_WORDS =
  'one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen'
const WORDED = `(?:(?:${TEN})(?:[ -](?:${UNIT_WORDS}))?|${UNIT_WORDS}|hundred)(?![a-z])`
const NUMBER = `\\d{1,4}(?:\\.\\d+)?|${WORDED}`
/** Before a unit of time alone. */
const ARTICLE = '(?:half an?|half|an?|single)(?= )'
const UNIT =
  '(working|business|calendar|consecutive|clear)?[\\s-]*(?:w\\.?d\\b|days?\\b|wks?\\b|weeks?\\b|fortnights?\\b|months?\\b|mnths?\\b|mths?\\b|mos?\\b|quarters?\\b(?! days?\\b)|qtrs?\\b|years?\\b|yrs?\\b|d\\b|w\\b|m\\b|y\\b)'
const LENGTHS = new RegExp(
  `(?<![\\w.])(${NUMBER}|${ARTICLE})(?:\\s*\\(\\s*(${NUMBER})\\s*\\))?(?:\\s*(?:-|–|to|or|and|\\/)\\s*(\\d{1,4}))?[\\s-]*(?:full |further |more |additional )?(${UNIT})`,
  'gi',
)
const NO_PERIOD =
  /^(?:-+|n\/?a|none|nil|unknown|tb[cd]|not (?:known|stated|applicable|required|specified)|no(?: notice)?(?: (?:required|period))?|immediate(?:ly)?|zero|at any time)\.?$/i

/**
 * The length of time that a cell names: `3 months`, `not less than 90 days prior to expiry`, `sixty
 * (60) days`; the longest of several. A bare number takes `unit`.
 */
export function readPeriod(raw: string, unit: PeriodUnit | null): PeriodReading {
  const text = plainMarks(raw)
  if (text === '' || NO_PERIOD.test(text)) return { kind: 'nil' }
  if (text.length > LIMITS.figureCharacters) return badPeriod('this is not a period of time')
  const lengths = alternativesIn(text)
  const bare = /^(\d{1,4}|[a-z]+(?:-[a-z]+)?)\.?$/i.exec(text)
  if (lengths.length === 0 && bare) {
    const amount = wholeNumber(bare[1] ?? '')
    if (amount === null) return badPeriod('this is not a period of time')
    if (amount === 0) return { kind: 'nil' }
    if (unit === null) return badPeriod('the unit is missing')
    lengths.push({ amount, unit })
  }
  const [first, ...more] = lengths
  if (first === undefined) return badPeriod('this is not a period of time')
  const period = more.reduce((a, b) => (daysIn(b) > daysIn(a) ? b : a), first)
  if (period.amount === 0) return { kind: 'nil' }
  if (period.amount > LONGEST[period.unit]) return badPeriod('this is longer than a hundred years')
  const isOne = lengths.every((each) => daysIn(each) === daysIn(period))
  return isOne ? { kind: 'period', period } : { kind: 'period', period, words: raw.trim() }
}

/** The same of a notice, where lengths may be added up: `six months + 1 day`. */
export function readNoticeLength(raw: string, unit: PeriodUnit | null): PeriodReading {
  const sum = sumIn(raw)
  return sum === null ? readPeriod(raw, unit) : { kind: 'period', period: sum }
}

/** The days that a length has at most: what is served so early is served in time. */
const MOST_DAYS = { days: 1, 'working-days': 2, weeks: 7, months: 31, years: 366 }
const ADDED = /^\s*(?:\+|plus|and)\s*$/i

/**
 * Lengths that are added up, `six months + 1 day`, `1 year and 6 months`; null where they are not. Of
 * several units in days, as many as it can be.
 */
function sumIn(raw: string): Period | null {
  const text = plainMarks(raw)
  const found = [...text.matchAll(LENGTHS)]
  const lengths = lengthsIn(text)
  const [first, ...more] = lengths
  if (first === undefined || more.length === 0 || found.length !== lengths.length) return null
  const isSum = more.every((each, index) => {
    const [before, after] = [found[index], found[index + 1]]
    const between = text.slice((before?.index ?? 0) + (before?.[0].length ?? 0), after?.index)
    const isSmaller = MOST_DAYS[each.unit] < MOST_DAYS[lengths[index]?.unit ?? 'days']
    return ADDED.test(between) && (isSmaller || !/and/i.test(between))
  })
  if (!isSum || /\bbetween\b/i.test(text)) return null
  const total = (of: (each: Period) => number) => lengths.reduce((sum, each) => sum + of(each), 0)
  return more.every(({ unit }) => unit === first.unit)
    ? { amount: total(({ amount }) => amount), unit: first.unit }
    : { amount: total(({ amount, unit }) => amount * MOST_DAYS[unit]), unit: 'days' }
}

/** Every length of time that stands in the text, in its order: of `3-6 months` the longer. */
export function lengthsIn(text: string): Period[] {
  return rangesIn(text).flatMap((lengths) => lengths.at(-1) ?? [])
}

/** The same, of a range both ends. */
export function alternativesIn(text: string): Period[] {
  return rangesIn(text).flat()
}

/** Of one year or month: `1/2 years` may be one or two. */
const FRACTION = /(?<![\d./])([13])\/([24])[ -]*(?:of )?(?:an? )?(?=(?:year|yr|month|mth)\b)/gi

/** Lengths, each with the shorter ones that stand before the same unit. */
function rangesIn(text: string): Period[][] {
  const decimal = plainMarks(text).replace(FRACTION, (_, a, b) => `${Number(a) / Number(b)} `)
  return [...decimal.matchAll(LENGTHS)].map(([, number = '', brackets, upTo, named = '', kind]) => {
    const amounts = [number, brackets, upTo].flatMap((each) => (each ? [numberOf(each)] : []))
    const isWorking = /^(?:working|business)$/i.test(kind ?? '') || /w\.?d$/i.test(named)
    const word = named.replace(/^(?:working|business|calendar|consecutive|clear)[\s-]*/i, '')
    return [...new Set(amounts)]
      .sort((a, b) => a - b)
      .map((each) => lengthOf(each, word.toLowerCase(), isWorking))
  })
}

function lengthOf(amount: number, word: string, isWorking: boolean): Period {
  if (isWorking) return { amount: Math.ceil(amount), unit: 'working-days' }
  if (word.startsWith('f')) return { amount: Math.ceil(amount * 2), unit: 'weeks' }
  if (word.startsWith('q')) return { amount: Math.ceil(amount * 3), unit: 'months' }
  const unit = unitOf(word)
  if (Number.isInteger(amount)) return { amount, unit }
  if (unit === 'years') return { amount: Math.ceil(amount * 12), unit: 'months' }
  // Half a month is as many days as the longest: a notice that is early is in time.
  const days = { months: 31, weeks: 7, days: 1, 'working-days': 1 }[unit]
  return { amount: Math.ceil(amount * days), unit: 'days' }
}

function numberOf(text: string): number {
  if (/^[\d.]+$/.test(text)) return Number(text)
  return text.toLowerCase().startsWith('half') ? 0.5 : (wholeNumber(text) ?? 0)
}

/** About how long it is, to compare it with others. */
export function daysIn({ amount, unit }: Period): number {
  return amount * { days: 1, 'working-days': 1.45, weeks: 7, months: 30.5, years: 365 }[unit]
}

// Terms and options: `3 years + 2 years`, `2 x 12 months`, `24 months plus 12 month option`.

export type TermReading =
  | { readonly kind: 'term'; readonly base: readonly Period[]; readonly options: readonly Period[] }
  | { readonly kind: 'nil' }
  | { readonly kind: 'bad'; readonly problem: string; readonly remedy: string }

const JOINED =
  /\s*(?:\+|\bplus\b|&|\b(?:with|and)? ?(?:an |the |further |possible |potential )*options?\b|\boptional\b|\b(?:possible |potential )?ext(?:en(?:sions?|d(?:able|ed)?))?\b|\bfollowed by\b|\bwith\b|\bthen\b)/i
const TIMES = new RegExp(
  `\\b(\\d{1,2}|${UNIT_WORDS}) *(?:x|×|\\*|(?:no\\.?|further|additional|optional|more|separate|successive)? ?(?:periods?|options?|extensions?|terms?)(?: to extend)?(?: of)?(?: up to)?|further|additional|optional|more|separate|(?<=[a-z]) (?=\\d)) *(?:up to )?(?=${NUMBER})`,
  'gi',
)

/** A contract's length with its options; a number without a unit takes the others', else `unit`. */
export function readTerm(raw: string, unit: PeriodUnit | null, isSure = false): TermReading {
  const text = plainMarks(raw)
  if (text === '' || isNil(text)) return { kind: 'nil' }
  if (text.length > LIMITS.figureCharacters) return badTerm('this is too long for a length of time')
  if (/\b(?:up to|max(?:imum)?|at least|min(?:imum)?)\b/i.test(text.split(JOINED)[0] ?? '')) {
    return badTerm('the length is not fixed')
  }
  const whole = /^([^()]+)\(([^()]+)\)$/.exec(text)
  const inside = whole ? readTerm(whole[2] ?? '', lengthsIn(whole[1] ?? '')[0]?.unit ?? unit) : null
  if (whole && inside?.kind === 'term' && inside.options.length > 0) {
    // `4 years (2 years + 2 years)`: the first is the sum of the others.
    const sum = [...inside.base, ...inside.options].reduce((days, each) => days + daysIn(each), 0)
    const [all] = partLengths(whole[1] ?? '', unit)
    if (all !== undefined && Math.abs(daysIn(all) - sum) < 10) return inside
  }
  const [head = '', ...rest] = text.replace(/[()[\],;]/g, ' ').split(JOINED)
  const pieces = [head, ...rest]
  const own = pieces.flatMap(lengthsIn)
  const inferred = own[0]?.unit ?? unit
  const numbers = pieces.flatMap((each) => each.match(/\d+(?:\.\d+)?/g) ?? []).map(Number)
  if (
    !isSure &&
    own.length === 0 &&
    pieces.length > 1 &&
    inferred === 'months' &&
    Math.max(...numbers) < 6
  ) {
    return badTerm('this reads like years, and the heading says months')
  }
  const base = partLengths(head, inferred)
  const options = rest.flatMap((each) => partLengths(each, own.at(-1)?.unit ?? inferred))
  if (base.length === 0 || (inferred === null && numbers.length > 0)) {
    return badTerm(
      inferred === null && numbers.length > 0
        ? 'the unit is missing'
        : 'this is not a length of time',
    )
  }
  // Of one unit twice, `3 years and 2 years`, nobody knows whether they add up; nor of `2-3 years`.
  const isRange = alternativesIn(head).length > lengthsIn(head).length
  const isTwice = new Set(base.map((each) => each.unit)).size < base.length
  if (isRange || (isTwice && head.search(TIMES) < 0)) {
    return badTerm('which of these is its length is not clear')
  }
  return { kind: 'term', base, options }
}

/** Whether nothing but a length of time stands there, with its options. */
export function isTermAlone(text: string): boolean {
  const left = plainMarks(text)
    .replace(LENGTHS, ' ')
    .replace(/\d{1,2}(?= *\+)|\b\d{1,2} *[x×*]/g, ' ')
    .replace(TERM_NOISE, ' ')
  return !/[\p{L}\p{N}]/u.test(left)
}
const TERM_NOISE =
  /\b(?:a|an|the|of|for|fixed|initial|term|period|duration|contract|length|lasting|plus|with|and|then|options?|optional|extensions?|extendable|further|additional|possible|to extend|in total|only)\b/gi

/** The options that a cell of an extension column names, together. */
export function readOptions(raw: string, unit: PeriodUnit | null, isSure = false): TermReading {
  const text = plainMarks(raw)
  if (text === '' || isNil(text) || /^(?:no|none|nil|zero|0)\b/i.test(text)) return { kind: 'nil' }
  if (text.length > LIMITS.figureCharacters) return badTerm('this is too long for a length of time')
  const pieces = text.split(/\s*(?:\+|\bplus\b|&|;|,|\band\b|\bthen\b)\s*/i)
  const own = lengthsIn(text)
  const inferred = own[0]?.unit ?? unit
  const numbers = (text.match(/\d+(?:\.\d+)?/g) ?? []).map(Number)
  if (
    !isSure &&
    own.length === 0 &&
    pieces.length > 1 &&
    inferred === 'months' &&
    Math.max(...numbers) < 6
  ) {
    return badTerm('this reads like years, and the heading says months')
  }
  const options = pieces.flatMap((each) => partLengths(each, inferred))
  if (options.length > 0 && options.every(({ amount }) => amount === 0)) return { kind: 'nil' }
  return options.length === 0
    ? badTerm(numbers.length > 0 ? 'the unit is missing' : 'how long it is is not said')
    : { kind: 'term', base: [], options }
}

/** The lengths of one piece, multiplied where it says so: `2 x 12 months`. */
export function partLengths(text: string, unit: PeriodUnit | null): Period[] {
  const times: Period[] = []
  const left = text.replace(TIMES, (whole, count: string, at: number) => {
    const after = text.slice(at + whole.length)
    const each = lengthsIn(after)[0] ?? bareLength(after, unit)
    if (each === null) return whole
    for (let i = 1; i < Math.min(wholeNumber(count) ?? 1, 20); i++) times.push(each)
    return ' '
  })
  const lengths = lengthsIn(left)
  if (lengths.length > 0) return [...times, ...lengths]
  const bare = bareLength(left, unit)
  return bare === null ? times : [...times, bare]
}

function bareLength(text: string, unit: PeriodUnit | null): Period | null {
  const number = new RegExp(`(?<![\\w.])(${NUMBER})(?![\\w.])`, 'i').exec(text)
  if (!number || unit === null) return null
  const amount = numberOf(number[1] ?? '')
  return lengthOf(amount, unit === 'working-days' ? 'days' : unit, unit === 'working-days')
}

function badTerm(problem: string): TermReading {
  return { kind: 'bad', problem, remedy: 'Write the end as a date, or a length such as 36 months.' }
}

/** A hundred years: dates counted by more than that leave the calendar sooner or later. */
const LONGEST: Readonly<Record<PeriodUnit, number>> = {
  days: 36_525,
  'working-days': 26_000,
  weeks: 5_218,
  months: 1_200,
  years: 100,
}

function unitOf(word: string): Exclude<PeriodUnit, 'working-days'> {
  switch (word[0]) {
    case 'd':
      return 'days'
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
