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
      /** The cell says that it is for the whole of it: `over 3 years`. */
      readonly whole?: true
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
  /\s*[(,]?\s*(?:(?:per annum|p\.?a\.?|per year|a year|\/ ?(?:yr|year)|annually|\+|plus|exc?l?\.?|excluding|exclusive of|net(?: of)?|gross|inc?l?\.?|including|inclusive of)\s*(?:vat|tax)?[\s,(]*)+\)?$/i

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
/** Behind a whole: over how long it is, or what that comes to in a year. */
const OF_WHOLE =
  / *\(?\b(?:in all|in total|all in|altogether|overall|all told)\)?$| *\(?\b(?:over|across|for) (?:the |an? )?(?:(?:initial |full |whole |entire )?(?:\d{1,2}|two|three|four|five)[ -]?(?:years?|yrs?|months?)|life(?:time)?|term|contract|duration|period)(?: of (?:the )?(?:contract|agreement))?(?: (?:term|period))?\)?$| *\([£€$]?[\d.,]+k? ?(?:p\.?a\.?|per (?:annum|year)|a year|each year)\)$/i
/** `£62 a month + VAT`, `£1,986 with tax` */
const TAX_LAST =
  /[ ,(]+(?:\+|plus|exc?l?\.?|excluding|exclusive of|without|inc?l?\.?|including|inclusive of|with) ?(?:vat|tax)\)?$/i
const RANGE = /^(.*?\d[^-–—]*?) *(?:-|–|—|to|and|or) *([£€$¥]? ?[\d.].*)$/i

/** `up to £900k`, `£100,000 – £200,000` (the upper figure), `approx £5k`, `£400 per month`. */
function amongWords(text: string, mark: DecimalMark | null): AmountReading | null {
  const taxed = text.replace(/[*†]+$|^between /gi, '')
  const tax = TAX_LAST.exec(taxed)?.[0] ?? ''
  const plain = tax === '' ? taxed : taxed.slice(0, -tax.length)
  let rest = plain.replace(OF_WHOLE, '').trim()
  const isWhole = rest !== plain.trim()
  const per = PER.exec(rest)
  if (per) rest = rest.slice(0, per.index)
  rest = rest
    .replace(/ *(?:@|at) [^£€$@]*\bprices?$/i, '')
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
    vat: read.vat ?? (tax === '' ? null : vatOf(tax)),
    annual,
    words: text,
    ...(unit === null || unit === 'year' ? {} : { per: unit }),
    ...(isWhole && unit === null ? { whole: true } : {}),
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
  if (/^(?:m|cm|pcm|p\.? ?m)/.test(word)) return 'month'
  return /^q/.test(word) ? 'quarter' : 'year'
}

/** So many of it in a year of 365 days; a day's charge is not for every day, so that nothing follows from it. */
const A_YEAR: ReadonlyMap<ChargeUnit, readonly [times: number, over: number]> = new Map([
  ['week', [365, 7]],
  ['month', [12, 1]],
  ['quarter', [4, 1]],
])

/** What an amount a month and the like comes to in a year, which rules count for the term; null where that cannot be told. */
export function yearOf({
  amount,
  per,
}: Pick<Extract<AmountReading, { kind: 'amount' }>, 'amount' | 'per'>): Decimal | null {
  const [times, over] = (per && A_YEAR.get(per)) ?? []
  if (times === undefined || over === undefined) return null
  const year = new Big(amount).times(times).div(over).round(2, Big.roundHalfUp)
  return year.eq(0) ? null : canonical(year)
}

/** Whether one is the other but for rounding, an indexation or so: at most so many times it. */
export function isAbout(a: Decimal, b: Decimal, times: number): boolean {
  return new Big(a).lte(new Big(b).times(times)) && new Big(b).lte(new Big(a).times(times))
}

/** What a figure is of, as words of its own column say. */
export type FigureBasis =
  | { readonly of: 'committed' | 'maximum' }
  /** A time (`month`), or anything else that is counted (`pupil`). */
  | { readonly of: 'unit'; readonly unit: string }

/** `annual`, `per month`, `whole life`, `per pupil`; null where the words say none of it. */
export function readBasis(words: string): FigureBasis | null {
  const text = words.trim().replace(/\s+/g, ' ')
  if (OF_MOST.test(text)) return { of: 'maximum' }
  if (OF_ALL.test(text)) return { of: 'committed' }
  const [, time] = OF_TIME.exec(text) ?? []
  if (time !== undefined) return { of: 'unit', unit: unitOfCharge(time.toLowerCase()) }
  const [, unit] = /^(?:(?:per|each|every|a|an) )?([a-z][a-z -]{2,30})$/i.exec(text) ?? []
  if (unit === undefined || NO_BASIS.test(text)) return null
  return { of: 'unit', unit: unit.replace(/^termly$/i, 'term') }
}
const OF_MOST = /^(?:max(?:imum)?|ceiling|cap(?:ped)?|up to|not to exceed)\b/i
const OF_ALL =
  /^(?:the |whole |full |entire |over )*(?:contract|total|term|life\w*|whole|agreement|one[- ]off|all|lump|tcv|fixed|committed)\b/i
const OF_TIME =
  /^(?:per |each |a |an |every |charged |fixed |est(?:imated|imate)?\.? |approx\.? |about )*(dai|day|week|month|m(?=\.?$)|pcm|p\.? ?m\b|quarter|qtr|annu|year|yr|p\.? ?a\b)[a-z.]*(?: (?:fee|cost|charge|value|price|spend|figure|amount|recurring))*(?: in (?:advance|arrears))?(?:[ ,(]*(?:inc|incl|including|ex|exc|excl|excluding|plus|\+)\.? ?vat\)?)?\W*$/i
const NO_BASIS =
  /\b(?:unknown|not|tb[acd]|various|variable|estimate[ds]?|actual|net|gross|vat|in advance|in arrears|see|as|on)\b/i

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
const UP_TO_99 = `(?:(?:${TEN})(?:[ -](?:${UNIT_WORDS}))?|${UNIT_WORDS})`
const WORDED = `(?:(?:(?:one|an?) )?hundred(?:(?: and)? ${UP_TO_99})?|${UP_TO_99})(?![a-z])`
const NUMBER = `\\d{1,4}(?:\\.\\d+)?|${WORDED}`
/** Before a unit of time alone. */
const ARTICLE = '(?:half an?|half|an?|single)(?= )'
const UNIT =
  '(working|business|calendar|consecutive|clear)?[\\s-]*(?:w\\.?d\\b|days?\\b|wks?\\b|weeks?\\b|fortnights?\\b|months?\\b|mnths?\\b|mths?\\b|mos?\\b|quarters?\\b(?! days?\\b)|qtrs?\\b|years?\\b|yrs?\\b|d\\b|w\\b|m\\b|y\\b)'
const UNIT_NAME = '(?:years?|yrs?|months?|mths?|weeks?|wks?)'
const LENGTHS = new RegExp(
  `(?<![\\w.]|\\d[-/])(?!(?:19|20)\\d\\d\\s*(?:-|–|to|\\/))(${NUMBER}|${ARTICLE})(?:\\s*\\(\\s*(${NUMBER})\\s*\\))?((?:\\s*(?:-|–|to|or|and|\\/)\\s*(?:\\d{1,4}|${WORDED})){0,5})[\\s-]*(?:full |further |more |additional |clear |consecutive )*(${UNIT})`,
  'gi',
)
/** Before the same unit: `30/60/90 days`. */
const FURTHER = new RegExp(`\\d+|${WORDED}`, 'gi')
/** A length of time as it is written, to be found among other words. */
export const A_LENGTH = LENGTHS.source
const NO_PERIOD =
  /^(?:-+|n\/?a|none(?: (?:required|needed|stated|specified|applicable))?|nil|unknown|tb[cd]|not (?:known|stated|applicable|required|specified)|no(?: notice)?(?: (?:required|period))?|immediate(?:ly)?|zero|at any time)\.?$/i

/**
 * The length of time that a cell names: `3 months`, `not less than 90 days prior to expiry`, `sixty
 * (60) days`; the longest of several. A bare number takes `unit`.
 */
export function readPeriod(raw: string, unit: PeriodUnit | null): PeriodReading {
  return longestOf(raw, unit, (text) => rangesIn(text).flat())
}

function longestOf(
  raw: string,
  unit: PeriodUnit | null,
  lengthsOf: (text: string) => Period[],
): PeriodReading {
  const text = plainMarks(raw)
  if (text === '' || NO_PERIOD.test(text)) return { kind: 'nil' }
  if (text.length > LIMITS.figureCharacters) return badPeriod('this is not a period of time')
  const lengths = lengthsOf(text)
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
  const of = (text: string) => alternativesIn(text, unit)
  return sum === null ? longestOf(raw, unit, of) : { kind: 'period', period: sum }
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

/** `3 months`, as most cells of a notice are: nothing else stands there. */
export function isLengthAlone(text: string): boolean {
  return /^\d{1,3} ?(?:months?|weeks?|days?)$/i.test(text)
}

/** Every length of time that stands in the text, in its order: of `3-6 months` the longer. */
export function lengthsIn(text: string): Period[] {
  return rangesIn(text).flatMap((lengths) => lengths.at(-1) ?? [])
}

/**
 * The lengths that a notice may have: of a range both ends, and of a bare number beside a length, `3
 * months or 6`, as many of its unit; added up where a plus stands between the two.
 */
export function alternativesIn(text: string, unit: PeriodUnit | null = null): Period[] {
  const lengths = rangesIn(text).flat()
  const [first] = lengths
  if (first === undefined) return inUnit(text, unit)
  const plain = text.replace(DAYS_WRITTEN, ' ').replace(TIME_OF_DAY, ' ')
  const spans = spansIn(plain, first.unit, NO_LENGTH_OF_NOTICE)
  const each = spans.flatMap((span, at) => {
    const before = spans[at - 1]?.lengths.at(-1)
    return span.lengths.flatMap((length) => {
      const isAdded = before?.unit === length.unit && /^\W*(?:\+|plus)\W*$/i.test(span.link)
      const amount = isAdded ? before.amount + length.amount : 0
      return isAdded ? [length, { ...length, amount }] : [length]
    })
  })
  const all = [...lengths, ...each]
  const isNew = ({ amount, unit }: Period, at: number) =>
    all.findIndex((other) => other.amount === amount && other.unit === unit) === at
  return each.length > lengths.length ? all.filter(isNew) : lengths
}
/** Of several bare numbers each, in the unit of its heading: `30 (they must give 90)`. */
function inUnit(text: string, unit: PeriodUnit | null): Period[] {
  if (unit === null || !/^\d{1,3}\b.*[a-z]/i.test(text) || datesLike(text)) return []
  return spansIn(text, unit, NO_LENGTH_OF_NOTICE).flatMap(({ lengths }) => lengths)
}
function datesLike(text: string): boolean {
  return /\d[/.-]\d|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/i.test(text)
}
const TIME_OF_DAY =
  /\b\d{1,2}[:.]\d{2}(?: ?[ap]m)?\b|\b\d{1,2} ?[ap]m\b|\b\d+\/\d+\b(?= *[a-z]*$)/gi

/** Of one year or month: `1/2 years` may be one or two. */
const HALVES = new RegExp(
  `\\b(${NUMBER}|an?)(?: and (?:an?|one)[- ]half (?=${UNIT_NAME})| (${UNIT_NAME}) and (?:an?|one)[- ]half\\b)`,
  'gi',
)
const MIXED = new RegExp(`(?<![\\d./])(\\d{1,2}) ([13])/([24])(?=[ -]*${UNIT_NAME}\\b)`, 'gi')
const FRACTION = /(?<![\d./])([13])\/([24])[ -]*(?:of )?(?:an? )?(?=(?:year|yr|month|mth)\b)/gi

/** Lengths, each with the shorter ones that stand before the same unit. */
function rangesIn(text: string): Period[][] {
  // Most cells of a register are days or figures: every length has its unit in letters.
  return /[a-z]/i.test(text) ? [...inDecimals(text).matchAll(LENGTHS)].map(lengthsOf) : []
}

/** `3/4 year`, `two and a half years`, `a year and a half` in decimals. */
function inDecimals(text: string): string {
  const plain = plainMarks(text)
  if (!/half|[13]\/[24]/i.test(plain)) return plain
  return plain
    .replace(MIXED, (_, whole, a, b) => String(Number(whole) + Number(a) / Number(b)))
    .replace(FRACTION, (_, a, b) => `${Number(a) / Number(b)} `)
    .replace(HALVES, (_, number: string, unit: string = '') => {
      const whole = /^an?$/i.test(number) ? 1 : numberOf(number)
      return `${whole + 0.5} ${unit}`
    })
}

function lengthsOf([, number = '', brackets, upTo, named = '', kind]: readonly (
  | string
  | undefined
)[]): Period[] {
  const more = (upTo ?? '').match(FURTHER) ?? []
  const amounts = [number, brackets, ...more].flatMap((each) => (each ? [numberOf(each)] : []))
  const isWorking = /^(?:working|business)$/i.test(kind ?? '') || /w\.?d$/i.test(named)
  const word = named.replace(/^(?:working|business|calendar|consecutive|clear)[\s-]*/i, '')
  return [...new Set(amounts)]
    .sort((a, b) => a - b)
    .map((each) => lengthOf(each, word.toLowerCase(), isWorking))
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

/** Whether the one length that stands there may be, or is, that of the contract with its options. */
type Whole = 'perhaps' | 'surely'

export type TermReading =
  | {
      readonly kind: 'term'
      readonly base: readonly Period[]
      /** Of several readings of the options the one that reaches least far. */
      readonly options: readonly Period[]
      /** What else the words may mean of the options, where that is not clear. */
      readonly others?: readonly (readonly Period[])[]
      /** What else they may mean of the contract itself, each longer than the one before. */
      readonly instead?: readonly Pick<Extract<TermReading, { kind: 'term' }>, 'base' | 'options'>[]
      /** It may be shorter (`up to 4 years`), or longer (`at least 3 years`). */
      readonly isLimit?: 'most' | 'least'
      /** `24 months in total` alone: of the options, or of the contract with them; or surely that. */
      readonly isWhole?: Whole
    }
  | { readonly kind: 'nil' }
  | { readonly kind: 'bad'; readonly problem: string; readonly remedy: string }

const JOINED =
  /\s*(?:\+|\bplus\b|&|\b(?:with|and)? ?(?:an |the |further |possible |potential )*options?\b|\boptional\b|\b(?:possible |potential )?ext(?:en(?:sions?|d(?:able|ed)?))?\b|\bfollowed by\b|\bwith\b|\bthen\b)/i
const TIMES = new RegExp(
  `\\b(\\d{1,2}|${UNIT_WORDS}) *(?:x|×|\\*|(?:no|nr|off)\\.? *(?:x|×|of)?|(?:no\\.?|further|additional|optional|more|separate|successive|consecutive)? ?(?:periods?|options?|extensions?|terms?|increments?)(?: to extend)?(?: of)?(?: up to)?|(?:lots?|goes|sets?|blocks?|tranches|slices|times|spells?),? (?:each )?(?:of|by|for)(?: up to)?|further|additional|optional|more|separate|successive|consecutive|(?<=[a-z]) (?=\\d|(?:${WORDED})[ -])|(?<=\\d) (?=(?:${WORDED})[ -])) *(?:up to )?(?:periods? of )?(?=${NUMBER})`,
  'gi',
)

/** A contract's length with its options; a number without a unit takes the others', else `unit`. */
export function readTerm(raw: string, unit: PeriodUnit | null, isSure = false): TermReading {
  const text = saidOnce(plainMarks(raw)).replace(FIRM_ALONE, '$1 plus ')
  if (text === '' || isNil(text)) return { kind: 'nil' }
  if (text.length > LIMITS.figureCharacters) return badTerm('this is too long for a length of time')
  const parts = partsOfWhole(text, unit)
  if (parts !== null) return parts
  const limits = [...(text.split(JOINED)[0] ?? '').matchAll(LIMITED)]
  const [limit] = limits
  if (limit !== undefined) {
    const [words, most] = limit
    const read = readTerm(text.replace(words, ' '), unit, isSure)
    const isOne = limits.length === 1 && read.kind === 'term' && spansIn(text, unit).length === 1
    return isOne
      ? { ...read, isLimit: most === undefined ? 'least' : 'most' }
      : badTerm('the length is not fixed')
  }
  const whole = /\b(?:excl?\w*|without|before|not incl\w*)\b/i.test(text)
    ? null
    : /^([^()]+)\(([^()]+)\)$/.exec(text)
  const inside = whole ? readTerm(whole[2] ?? '', lengthsIn(whole[1] ?? '')[0]?.unit ?? unit) : null
  if (whole && inside?.kind === 'term' && inside.options.length > 0) {
    // `4 years (2 years + 2 years)`: the first is the sum of the others.
    const [all] = spansIn(whole[1] ?? '', unit)
    const parts = [...inside.base, ...inside.options]
    if (all?.lengths[0] !== undefined && isAsLong([all.lengths[0]], parts)) return inside
  }
  const plain = text.replace(/[()[\],;]/g, ' ').replace(/(.)=.*$/, '$1')
  const split = plain.split(JOINED)
  // `3 months mobilisation plus 24 months`: what stands before the contract itself.
  const from = Math.max(
    0,
    split.findIndex((each) => {
      const spans = spansIn(each, unit)
      return (
        spans.length === 0 ||
        spans.some((span, at) => !isOtherwise(span) || isFirm(span, at === spans.length - 1))
      )
    }),
  )
  const [head = '', ...rest] = split.slice(from)
  const pieces = [head, ...rest]
  const own = pieces.flatMap(lengthsIn)
  const inferred = own[0]?.unit ?? unit
  const numbers = pieces.flatMap((each) => each.match(/\d+(?:\.\d+)?/g) ?? []).map(Number)
  if (!isSure && readsLikeYears(own, pieces, inferred, numbers)) {
    return badTerm('this reads like years, and the heading says months')
  }
  const [base, ...longer] = basesIn(head, inferred)
  if (base === undefined) return badTerm('which of these is its length is not clear')
  if (base.length === 0 || (inferred === null && numbers.length > 0)) {
    return badTerm(
      inferred === null && numbers.length > 0
        ? 'the unit is missing'
        : 'this is not a length of time',
    )
  }
  const joins = (plain.match(new RegExp(JOINED.source, 'gi')) ?? []).slice(from)
  const withBase = (base: readonly Period[]) => {
    const found = rest.map((each, at) => {
      const read = optionsIn(each, own.at(-1)?.unit ?? inferred, base)
      const to = /ext/i.test(joins[at] ?? '') ? REACHES_TO.exec(each) : null
      const more = daysOf(read.options) - daysOf(base)
      if (more < 10 || (to === null && read.isWhole === null)) return read
      // `extendable to 5 years`: the contract with its options; `up to 5 years` may be the options alone.
      const isPerhaps = to?.[1] !== undefined && read.isWhole === null
      return { ...read, options: [inMonths(more)], others: isPerhaps ? [read.options] : [] }
    })
    const options = found.flatMap((each) => each.options)
    const others = found.flatMap((each, at) =>
      each.others.map((other) => found.flatMap((one, i) => (i === at ? other : one.options))),
    )
    return { base, options, ...(others.length === 0 ? {} : { others }) }
  }
  const instead = longer.map(withBase)
  return { kind: 'term', ...withBase(base), ...(instead.length === 0 ? {} : { instead }) }
}

const LIMITED =
  /\b(?:(up to|max(?:imum)?(?: of)?|no(?:t)? more than|not exceeding)|at least|min(?:imum)?(?: of)?)\b\.?/gi
/** `2 years initial, 1+1`: what follows are its options. */
const FIRM_ALONE =
  /(\d[^,;()+]*\b(?:initial|base|core|mandatory|firm|fixed)(?: (?:term|period))?) *[,;](?=[^,;]*\d)/i

/** Behind a word of extending: `extendable (up) to 5 years`. */
const REACHES_TO = /^ *(?:it |them |for )?(up )?to\b/i

function inMonths(days: number): Period {
  return { amount: Math.round(days / 30.45), unit: 'months' }
}

const INCLUDES =
  /^(.*?)[\s,;:(-]*\b(?:incl?\b\.?|including|inclusive of|includes|of which|made up of|compris\w+(?: of)?|consist\w+ of)(.*)$/i
const OF_OPTIONS = /\b(?:options?|optional|ext\w*)\b/i

/**
 * A whole length, and of which parts it is: `60 months including initial 36`, `5 years incl. 2 year option`,
 * `5 years (3 years initial)`, `12 months optional, 3 months mandatory`; null where the words say no such thing.
 */
function partsOfWhole(text: string, unit: PeriodUnit | null): TermReading | null {
  const isWithout = /\b(?:not incl\w*|excl?\w*|without|before)\b/i.test(text)
  const inferred = unit ?? lengthsIn(text)[0]?.unit ?? null
  const [first, ...more] = spansIn(text, inferred)
  if (first === undefined) return null
  const all = repeated(first.lengths[0], first.count)
  const isOneLength = first.lengths.length === 1
  const firm = more.filter((each, at) => isFirm(each, at === more.length - 1))
  const [, head = '', tail = ''] = INCLUDES.exec(text) ?? []
  const [, bracket = ''] = /^[^()]*\(([^()+]*)\)\W*$/.exec(text) ?? []
  const said = OF_OPTIONS.test(tail) ? tail : OF_OPTIONS.test(bracket) ? bracket : ''
  if (isWithout) {
    const { options, others } = optionsIn(said, inferred)
    const isPlain = isOneLength && more.length > 0 && options.length > 0 && others.length === 0
    return isPlain ? { kind: 'term', base: all, options } : null
  }
  const [second, third] = more
  if (second !== undefined && third === undefined && isOneLength && isMostOf(second)) {
    // `initial 3 years, 5 years in total`, `3 years (max 5)`
    const left = daysOf(repeated(second.lengths[0], second.count)) - daysOf(all)
    if (left >= 10) return { kind: 'term', base: all, options: [inMonths(left)] }
  }
  if (said !== '' && firm.length === 0) {
    if (spansIn(said, inferred).length === 0) {
      // `3+2 years inc. option`: its options were said; of `5 years including options` nobody knows them.
      const own = readTerm(said === tail ? head : text.replace(bracket, ''), unit)
      const isSaid = own.kind !== 'term' || own.options.length > 0 || said !== tail
      return isSaid ? own : { ...own, isLimit: 'most' }
    }
    const { options, others } = optionsIn(said, inferred)
    const days = daysOf(all) - daysOf(options)
    if (!isOneLength || others.length > 0 || days < 10) return null
    const within = { base: [inMonths(days)], options }
    // `5 years (2 year option)`: within them, or besides?
    const instead = said === tail ? {} : { instead: [{ base: all, options }] }
    return { kind: 'term', ...within, ...instead }
  }
  const [own] = firm
  if (own === undefined || firm.length > 1 || isFirm(first)) return null
  const base = repeated(own.lengths[0], own.count)
  const rest = more
    .filter((each) => each !== own)
    .flatMap(({ lengths, count }) => repeated(lengths[0], count))
  // Optional, or the whole of which the other is the firm part.
  if (/^\W*(?:optional|options?|ext\w*)\b/i.test(first.after)) {
    return { kind: 'term', base, options: [...all, ...rest] }
  }
  const left = daysOf(all) - daysOf(base)
  if (left < 10) return null
  return { kind: 'term', base, options: isAsLong(rest, [inMonths(left)]) ? rest : [inMonths(left)] }
}

function readsLikeYears(
  own: readonly Period[],
  pieces: readonly string[],
  unit: PeriodUnit | null,
  numbers: readonly number[],
): boolean {
  return own.length === 0 && pieces.length > 1 && unit === 'months' && Math.max(...numbers) < 6
}

/**
 * The lengths that make up a contract's own: `1 year 6 months`, `2 x 12 months`; of `2-3 years` each, the
 * shortest first. None where that is not clear: of one unit twice, `3 years and 2 years`, nobody knows
 * whether they add up.
 */
function basesIn(head: string, unit: PeriodUnit | null): (readonly Period[])[] {
  const all = spansIn(head, unit).filter(
    (span, at, spans) =>
      !isOtherwise(span) || INITIAL.test(span.link) || isFirm(span, at === spans.length - 1),
  )
  const [first] = all
  if (first !== undefined && all.length === 1 && first.lengths.length > 1 && first.count === 1) {
    return first.lengths.map((each) => [each])
  }
  // `3 years (36 months)` is said twice.
  const isAgain = (span: Span) =>
    span !== first && span.count === 1 && isAsLong(span.lengths, first?.lengths ?? [])
  const spans =
    unit !== null && all.some(isAgain) && !/\d *(?:[x×*]|and)/i.test(head)
      ? all.filter((span) => !isAgain(span))
      : all
  const isClear = spans.every((span, at) => {
    const [length, another] = span.lengths
    const before = spans[at - 1]?.lengths[0]
    if (length === undefined || another !== undefined || span.lowest !== span.count) return false
    if (before === undefined) return true
    return (
      /^[\s,&]*(?:and)?\s*$/i.test(span.link) &&
      MOST_DAYS[length.unit] < MOST_DAYS[before.unit] &&
      daysIn(length) < daysIn({ ...before, amount: 1 })
    )
  })
  return isClear ? [spans.flatMap(({ lengths, count }) => repeated(lengths[0], count))] : []
}

/** Said to be of the contract with its options, right behind a length of the contract itself. */
function isMostOf({ link, after }: Span): boolean {
  return (
    /^[\s,;(:–-]*(?:and |with |to )?(?:an? )?(?:(?:overall|absolute) )?(?:max(?:imum)?\.?(?: (?:term|length|duration))?(?: of)?|total(?: of)?)[\s:]*$/i.test(
      link,
    ) ||
    (/^[\s,;(:–-]*$/.test(link.replace(/\b(?:initial|term|period|min(?:imum)?)\b/gi, '')) &&
      (WHOLE_AFTER.test(after) || MOST_AFTER.test(after)))
  )
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

/** `No. 2 of 12 months`: two of them. */
const NUMBER_OF = /^(?:no|nr)\.? ?(\d{1,2}) (?:of|x) (?=\d)/i
/** `2 (12 months each)` */
const NUMBER_EACH = new RegExp(`^(\\d{1,2}|${UNIT_WORDS}) ?\\((?=[^)]*\\beach\\b)`, 'i')
/** `prolonged twice by a year`, `three times, each for 6 months` */
const SO_OFTEN =
  /\b(twice|two times|thrice|three times),? (?:each )?(?:by|for|of)(?: up to)? (?:an? )?(?=\w)/gi
const NO_OPTION =
  /^(?:no(?! (?:more|longer|later|less|fewer|greater) than\b)(?!\.? ?\d)|none|nil|zero(?! to\b)|0(?![.,]?\d| ?(?:-|\/|to\b)))\b/i
const OPTIONAL = /\b(?:optional|possible|potential|available|may|can|could|unless|but|if)\b/i

/** The options that a cell of an extension column names, together. */
export function readOptions(raw: string, unit: PeriodUnit | null, isSure = false): TermReading {
  const text = plainMarks(raw)
    .replace(NUMBER_OF, '$1 x ')
    .replace(NUMBER_EACH, '$1 x ')
    .replace(SO_OFTEN, (_, often: string) => `${/^tw/i.test(often) ? 2 : 3} x `)
  if (text === '' || isNil(text)) return { kind: 'nil' }
  if (text.length > LIMITS.figureCharacters) return badTerm('this is too long for a length of time')
  if (NO_OPTION.test(text)) {
    if (lengthsIn(text).every(({ amount }) => amount === 0)) return { kind: 'nil' }
    if (!OPTIONAL.test(text)) return badTerm('it says none, and a length')
  }
  const pieces = text.split(/\s*(?:\+|\bplus\b|&|;|,|\band\b|\bthen\b)\s*/i)
  const named = /\((years?|yrs?|months?|mths?)\)$/i.exec(text)?.[1]
  const own = lengthsIn(named === undefined ? text : `${text} 1 ${named}`)
  const inferred = own[0]?.unit ?? unit
  const numbers = (text.match(/\d+(?:\.\d+)?/g) ?? []).map(Number)
  if (!isSure && readsLikeYears(own, pieces, inferred, numbers)) {
    return badTerm('this reads like years, and the heading says months')
  }
  const { options, others, isWhole } = optionsIn(text, inferred)
  if (options.length > 0 && options.every(({ amount }) => amount === 0)) return { kind: 'nil' }
  if (options.length === 0) {
    return badTerm(numbers.length > 0 ? 'the unit is missing' : 'how long it is is not said')
  }
  const term = { kind: 'term', base: [], options } as const
  return {
    ...term,
    ...(others.length === 0 ? {} : { others }),
    ...(isWhole === null ? {} : { isWhole }),
  }
}

/**
 * The options that stand behind the day of an end, and nothing else: `+ 1 + 1`, `(plus 12 months)`,
 * `with option to extend 2 years`. Bare numbers are years.
 */
export function optionsBehind(words: string): readonly Period[] {
  const text = plainMarks(words)
    .replace(/^[\s(,;:–-]+|[\s).,;]+$/g, '')
    .replace(/\bby (?=\d)/gi, '')
  const isBare = /^\+ ?\d(?: ?\+ ?\d)*$/.test(text)
  if (!isBare && !(OPTIONS_LEAD.test(text) && isTermAlone(text))) return []
  const term = readOptions(text, 'years', true)
  return term.kind === 'term' && term.others === undefined ? term.options : []
}
const OPTIONS_LEAD =
  /^(?:\+|plus\b|with\b|and\b|(?:an? )?option|extend|extension|possible|optional)/i

/** The lengths of options in a part of a cell: what else they may mean is left out. */
export function partLengths(text: string, unit: PeriodUnit | null): readonly Period[] {
  return optionsIn(text, unit).options
}

/** A length where it stands, with how often it is meant and the words before it. */
interface Span {
  /** Ascending; several where a range or a choice stands before one unit. */
  readonly lengths: readonly Period[]
  readonly count: number
  /** Less than `count` where that is a choice: `1 or 2 x 12 months`. */
  readonly lowest: number
  /** What stands between the one before and this. */
  readonly link: string
  /** What follows, as far as the next one. */
  readonly after: string
}

/** Before a bare number that is no length. */
const NUMBERED =
  /(?:(?:option|extension|period|lot|no\.?|phase|clause|section|schedule|year|yr|month)s?|#) *(?:\d+ *(?:[/,&]|and|or|to|-) *)*$/i
/** Before, or behind, a bare number beside a notice that is no length of one. */
const NO_LENGTH_OF_NOTICE = {
  before:
    /\b(?:cl|para\w*|sch|annex|appendix|page|item|part|ref\w*|version|v|terms?|conditions?|article|rule|reg\w*|stage|tier|band|level|grade|week|day|quarter|q|note|s|jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*[.:]? *(?:\d+ *(?:[/,&]|and|or|to|-) *)*$/i,
  // `24 hours`, `2 copies`: so many of something else.
  behind: /^ *(?!(?:plus|unless|is|was|as|ours|theirs|months|years)\b)[a-z]+s\b/i,
}
const TIMES_AFTER =
  /^['’]? *[,(]? *(?:[x×*] *(\d{1,2})\b\)?|(twice)\b|(two|three|four|five) times\b)/i

/** Every length of time in the text, in its order; a bare number is one of `unit`. */
function spansIn(
  text: string,
  unit: PeriodUnit | null,
  no: { readonly before: RegExp; readonly behind: RegExp } | null = null,
): Span[] {
  const plain = saidOnce(inDecimals(text.replace(DAYS_WRITTEN, ' ')))
  const times = [...plain.matchAll(TIMES)]
  const counted = new Map(times.map((each) => [each.index + each[0].length, each]))
  const found = [...plain.matchAll(LENGTHS)].map((each) => {
    return { from: each.index, to: each.index + each[0].length, lengths: lengthsOf(each) }
  })
  for (const { index, 0: number } of unit === null ? [] : plain.matchAll(BARE)) {
    const to = index + number.length
    const isCount = times.some((each) => {
      const least = COUNT_FROM.exec(plain.slice(0, each.index))?.[0].length ?? 0
      return index >= each.index - least && index < each.index + each[0].length
    })
    const isTaken = found.some((each) => index < each.to && to > each.from)
    const isAfter = found.some((each) =>
      /^['’]? *[,(]? *[x×*] *$/i.test(plain.slice(each.to, index)),
    )
    // `option 1+1` has two of a year, `option 1+2` is the first and the second.
    const isRepeated = /^ ?\+ ?(\d+)/.exec(plain.slice(to))?.[1] === number
    const isNumbered = !isRepeated && NUMBERED.test(plain.slice(0, index))
    if (isCount || isTaken || isAfter || isNumbered) continue
    if (no !== null && number.startsWith('0')) continue
    if (no?.before.test(plain.slice(0, index)) || no?.behind.test(plain.slice(to))) continue
    const isWorking = unit === 'working-days'
    const length = lengthOf(numberOf(number), isWorking ? 'days' : (unit ?? ''), isWorking)
    found.push({ from: index, to, lengths: [length] })
  }
  found.sort((a, b) => a.from - b.from)
  let last = 0
  return found.map(({ from, to, lengths }, at): Span => {
    const before = counted.get(from)
    const start = before !== undefined && before.index >= last ? before.index : from
    const rest = plain.slice(to, found[at + 1]?.from)
    const behind = TIMES_AFTER.exec(rest)
    const [, figure, twice, word] = behind ?? []
    const count =
      wholeNumber(
        start < from ? (before?.[1] ?? '') : (figure ?? (twice ? 'two' : (word ?? ''))),
      ) ?? 1
    const least = start < from ? COUNT_FROM.exec(plain.slice(last, start)) : null
    const link = plain.slice(last, start - (least?.[0].length ?? 0))
    last = to + (behind?.[0].length ?? 0)
    const lowest = least === null ? count : Math.min(count, wholeNumber(least[1] ?? '') ?? count)
    return { lengths, count, lowest, link, after: rest.slice(behind?.[0].length ?? 0) }
  })
}
/** Of days in figures no number is a length. */
const DAYS_WRITTEN =
  /\b(?:\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2})\b(?! ?(?:days|weeks|months|years)\b)/g
/** `two (2)`: a number in a word and in figures. */
const SAID_TWICE = new RegExp(`\\b(${WORDED}) *\\( *(\\d{1,4}) *\\)( ?)`, 'gi')
function saidOnce(text: string): string {
  return text.replace(SAID_TWICE, (whole, word: string, figure: string, back: string) => {
    return numberOf(word) === Number(figure) ? `${figure}${back}` : whole
  })
}
const COUNT_FROM = new RegExp(`\\b(\\d{1,2}|${UNIT_WORDS}) ?(?:or|to|-|/) ?$`, 'i')
const BARE = new RegExp(
  `(?<![\\w.£€$]|\\d,|\\d/\\d+/|(?:^|\\D)-)(?:\\d{1,3}(?:\\.\\d+)?(?![\\w%]|\\.\\d|,\\d{3})|(?!one\\b(?! *(?:\\+|plus\\b))(?<!(?:\\+|plus) *))(?:${WORDED}))(?! *(?:of|out of)\\b| *(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))|^one$`,
  'gi',
)

// What the words between two lengths say: that they add up, that one is made up of the other, or that
// either holds. What they do not say is not guessed: the shortest counts, and it is asked about.

const EITHER = /\b(?:or|either|alternatively|otherwise|whichever)\b|^ *\/ *$/i
const MADE_UP =
  /=|\b(?:as|being|compris\w+|consist\w+|made up|split|divided|broken|i\.?e\b|that is|namely|equal\w*|equivalent)\b/i
const ADDS =
  /\+|&|\b(?:plus|and|then|further|another|additional(?:ly)?|followed|thereafter|subsequent\w*|with)\b/i
const WITHIN =
  /\b(?:in|by|from)\b|^ *[([:] *$|\b(?:periods?|steps?|increments?|blocks?|tranches) of *$/i
const EACH_TIME =
  /^ *[-(]? *(?:each|apiece|at a time|a time|per (?:time|extension|option|period)|increments?|steps?|blocks?|tranches|intervals?)\b/i
const LISTS = /[,;\n]|\b(?:first|second|third|fourth|1st|2nd|3rd|4th|next|final|last)\b/i

const WHOLE_BEFORE =
  /\b(?:total(?:l?ing)?|overall|altogether|aggregate|combined|cumulative|whole|entire)\b[^,;+\d]*$|\bextend(?:able|ed|s)?(?: it| them)? (?:up )?to(?: an?)?(?: max\w*(?: of)?)?\s*$/i
const WHOLE_AFTER =
  /^['’]? *[,(]? *(?:in (?:total|all|aggregate|sum)\b|(?:total|overall|altogether|combined|cumulative(?:ly)?|all (?:told|together))(?: (?:contract|agreement|term|length|duration|period))*(?= *(?:$|[,;.)]))|incl\w*\.?(?: the)?(?: first)? (?:initial|base|core|original)\b)/i
const OF_CONTRACT =
  /\b(?:contract|agreement|initial|framework|including the (?:base|core|first))\b/i
const MOST_BEFORE =
  /\b(?:not? (?:to )?exceed(?:ing)?|cap(?:ped)?(?: at| of)?|limit(?:ed)?(?: to| of)?|no(?:t)? more than)[^,;+\d]*$/i
const UP_TO_BEFORE = /\b(?:up to|max(?:imum)?|at most|until)\b[^,;+\d]*$/i
const MOST_AFTER = /^['’]? *[,(]? *max(?:imum)?\.?(?= *(?:$|[,;)]))/i
/** Before, or behind, a length that is about something else than how long an option is. */
const OTHERWISE_BEFORE =
  /\b(?:every|after|within|review\w*|break\w*|minimum|min\.?|at least|initial(?:ly)?(?: (?:term|period))?(?: of)?|original(?: term)?(?: of)?|base(?: term)?(?: of)?|core(?: term)?(?: of)?|year|month)(?: (?:clause|point|at|after|of|the|a|every|break|review))*[ :]*$/i
const OTHERWISE_AFTER =
  /^['’]? *[,(]? *(?:(?:of )?(?:mobili[sz]ation|implementation|transition|hand-?over|set-?up|exit|warranty|mandatory)\b|(?:initial|minimum|base|core|original|review|break)(?: (?:clause|point|date|term|period))?(?= *(?:$|[,;)+]))|(?:before|prior|in advance|ahead of)\b)/i
const LEAST_BEFORE = /\b(?:minimum|min\.?|at least)(?: of)? *$/i
const INITIAL = /\b(?:initial|original|base|core)/i

const FIRM_BEFORE =
  /\b(?:initial(?:ly)?|original(?:ly)?|base|core|first|mandatory|firm|fixed|committed|guaranteed|certain)(?: (?:term|period|contract))?(?: of)?[ :]*$/i
const FIRM_AFTER =
  /^['’]? *[,(]? *(?:of )?(?:are |is )?(?:(?:the )?initial(?:ly)?|original(?:ly)?|base|core|mandatory|firm|fixed|committed|guaranteed|certain)(?: (?:term|period|contract|length|part))*(?= *(?:$|[,;)+]|\b(?:and|plus|with|then)\b))/i

/** Said to be the contract's own length. What stands right before another length is of that one. */
function isFirm({ link, after }: Span, isLast = false): boolean {
  return FIRM_BEFORE.test(link) || FIRM_AFTER.test(isLast ? after : `${after}#`)
}

function isOtherwise({ link, after }: Span): boolean {
  return OTHERWISE_BEFORE.test(link) || OTHERWISE_AFTER.test(after)
}

type Link = 'adds' | 'within' | 'either' | 'unclear'

function linkOf({ link }: Span, after: string): Link {
  if (EITHER.test(link)) return 'either'
  if (MADE_UP.test(link)) return 'within'
  if (ADDS.test(link)) return 'adds'
  if (WITHIN.test(link) || EACH_TIME.test(after)) return 'within'
  return LISTS.test(link) ? 'adds' : 'unclear'
}

/** `base`: how long the contract itself is, where its options stand behind it. */
function optionsIn(
  text: string,
  unit: PeriodUnit | null,
  base: readonly Period[] = [],
): {
  readonly options: readonly Period[]
  readonly others: readonly (readonly Period[])[]
  readonly isWhole: Whole | null
} {
  const all = spansIn(text, unit)
  const spans = all.filter((span) => !isOtherwise(span))
  const isWhole = ({ link, after }: Span) => WHOLE_BEFORE.test(link) || WHOLE_AFTER.test(after)
  const isMost = (span: Span, at: number) =>
    isWhole(span) ||
    (MOST_BEFORE.test(span.link) && !EACH_TIME.test(span.after)) ||
    (at > 0 &&
      !EACH_TIME.test(span.after) &&
      !ADDS.test(span.link) &&
      !EITHER.test(span.link) &&
      (UP_TO_BEFORE.test(span.link) || MOST_AFTER.test(span.after)))
  const most = spans.filter(isMost)
  const parts = spans.filter((span) => !most.includes(span))
  const [first, ...more] = parts
  const least = all.filter(({ link }) => LEAST_BEFORE.test(link))
  const isLimit = (span: Span) => most.includes(span) || UP_TO_BEFORE.test(span.link)
  if (least.length > 0 && spans.length > 0 && spans.every(isLimit)) {
    // `minimum 6 months, maximum 24 months`
    const [low, ...high] = [...least, ...spans].map(({ lengths }) => lengths.slice(0, 1))
    return { options: low ?? [], others: high, isWhole: null }
  }
  if (first === undefined) {
    const [shortest] = most
      .flatMap(({ lengths }) => lengths[0] ?? [])
      .sort((a, b) => daysIn(a) - daysIn(b))
    const [alone] = most.length === 1 ? most.filter(isWhole) : []
    const ofContract = alone !== undefined && OF_CONTRACT.test(`${alone.link} ${alone.after}`)
    return {
      options: shortest === undefined ? [] : [shortest],
      others: [],
      isWhole: alone === undefined ? null : ofContract ? 'surely' : 'perhaps',
    }
  }
  const limits = most.flatMap(({ lengths }) => lengths.at(-1) ?? [])
  const found = readingsOf(first, more)
    .flatMap((reading) => inSteps(reading, limits, first, more.length === 0, most.some(isWhole)))
    .map((reading) => limits.reduce((cut, limit) => within(cut, limit, base), reading))
    .sort((a, b) => daysOf(a) - daysOf(b))
  const [options = [], ...others] = found.filter((reading, at) => {
    const before = found[at - 1]
    return before === undefined || !isAsLong(before, reading)
  })
  return { options, others, isWhole: null }
}

/** What the lengths may mean together. */
function readingsOf(first: Span, more: readonly Span[]): Period[][] {
  const done: Period[][] = []
  /** Of those that add up: what stands before the last one, and the last one. */
  let before: Period[][] = [[]]
  let last = alternativesOf(first)
  const isChoice = [first, ...more].some(
    ({ link, lengths }) => EITHER.test(link) || lengths.length > 1,
  )
  const product = (a: readonly Period[][], b: readonly Period[][]) =>
    a.flatMap((one) => b.map((other) => [...one, ...other]))
  for (let at = 0; at < more.length; at += 1) {
    const span = more[at]
    if (span === undefined) break
    const own = alternativesOf(span)
    const said = linkOf(span, span.after)
    // `12, 24 or 36 months`
    const how = said === 'adds' && isChoice && !ADDS.test(span.link) ? 'either' : said
    if (how === 'either') {
      done.push(...product(before, last))
      before = [[]]
      last = own
    } else if (how === 'adds') {
      before = product(before, last)
      last = own
    } else if (how === 'within') {
      // As many of the next ones as make up the whole: `24 months (12 + 12)`.
      let made = own
      const [whole = []] = last
      while (more[at + 1] !== undefined && made.every((each) => daysOf(each) < daysOf(whole) - 9)) {
        const next = more[at + 1]
        if (next === undefined || linkOf(next, next.after) !== 'adds') break
        made = product(made, alternativesOf(next))
        at += 1
      }
      const [parts = []] = made
      if (last.length === 1 && made.length === 1 && isAsLong(parts, whole)) last = made
      else if (isAsLong(repeated(parts[0], timesIn(whole, parts)), whole)) {
        last = [repeated(parts[0], timesIn(whole, parts))]
      } else last = [...last, ...made]
    } else last = [...last, ...own, ...product(last, own)]
  }
  return [...done, ...product(before, last)]
}

function alternativesOf({ lengths, count, lowest }: Span): Period[][] {
  const counts = [...new Set([lowest, count])]
  // `0-24 months` is up to 24.
  const some = lengths.length > 1 ? lengths.filter(({ amount }) => amount > 0) : lengths
  return some.flatMap((length) => counts.map((each) => repeated(length, each)))
}

/** One length and the most that several of it come to: once, or as often as it goes. */
function inSteps(
  reading: Period[],
  limits: readonly Period[],
  { link, after }: Span,
  isAlone: boolean,
  ofWhole: boolean,
): Period[][] {
  const [step, ...more] = reading
  const [limit] = limits
  if (step === undefined || limit === undefined || more.length > 0 || !isAlone) return [reading]
  const times = timesIn([limit], [step])
  if (times < 2 || !isAsLong(repeated(step, times), [limit])) return [reading]
  const isSeveral =
    /\b(?:periods|extensions|options|increments|steps|terms)\b/i.test(`${link} ${after}`) ||
    EACH_TIME.test(after)
  if (isSeveral) return [repeated(step, times)]
  return ofWhole ? [reading] : [reading, repeated(step, times)]
}

/** The lengths as far as the most that they may come to, which may be that of the contract with them. */
function within(lengths: Period[], limit: Period, base: readonly Period[]): Period[] {
  // What is more than the contract itself is of both.
  let days = daysOf(base) < daysIn(limit) - 9 ? daysOf(base) : 0
  return lengths.flatMap((each) => {
    const left = daysIn(limit) - days
    days += daysIn(each)
    if (daysIn(each) <= left + 9) return each
    const months = Math.floor(left / 30.4)
    return months < 1 ? [] : { amount: months, unit: 'months' as const }
  })
}

function repeated(length: Period | undefined, count: number): Period[] {
  return length === undefined ? [] : Array.from({ length: Math.min(count, 20) }, () => length)
}

function timesIn(whole: readonly Period[], [step]: readonly Period[]): number {
  return step === undefined || daysIn(step) === 0 ? 0 : Math.round(daysOf(whole) / daysIn(step))
}

function daysOf(lengths: readonly Period[]): number {
  return lengths.reduce((days, each) => days + daysIn(each), 0)
}

function isAsLong(a: readonly Period[], b: readonly Period[]): boolean {
  return a.length > 0 && Math.abs(daysOf(a) - daysOf(b)) < 10
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
