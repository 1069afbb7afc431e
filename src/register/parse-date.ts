/** Dates as registers write them, and what an end date means beside its start. */
import { DateTime, IANAZone } from 'luxon'
import {
  addDays,
  addMonths,
  type CivilDate,
  civilDate,
  dateOfDayNumber,
  daysBetween,
  dayText,
  easterSunday,
  FIRST_RECORDED,
  LAST_RECORDED,
  lastOfMonths,
  later,
  monthNamed,
  monthsFrom,
  parseCivilDate,
  weekday,
} from '../rules/civil-date.ts'
import type { End, Precision } from '../rules/contract.ts'
import { isNil } from '../rules/text-match.ts'
import type { DateOrder } from './draft.ts'
import { LIMITS } from './limits.ts'

// Reads one date of a register: never guesses, always says why it could not.

export type DateReading =
  | {
      readonly kind: 'date'
      readonly earliest: CivilDate
      readonly latest: CivilDate
      readonly precision: Precision
      /** What the cell says besides, where it says more than a date. */
      readonly remark?: string
      /** Of these words what stands behind the only date. */
      readonly behind?: string
      /** The latest of several dates that stand there: the first of them counts. */
      readonly last?: CivilDate
      /** The first day of a span (`1 April 2024 - 31 March 2027`), which is not counted among its days. */
      readonly begins?: CivilDate
      /** A bare number, read as a spreadsheet counts days. */
      readonly isNumber?: true
      /** Its month does not have the day that is written: the last that it has. */
      readonly noSuchDay?: true
      /** Its words say that from then on it goes from term to term. */
      readonly rolls?: true
    }
  /** Blank, `N/A`, `TBC`, 1900-01-01: unknown. */
  | { readonly kind: 'nil' }
  /**
   * `ongoing`, `until further notice`: it runs until somebody ends it. `rolls`: it goes from term to
   * term (`rolling 12 months`), counted from `from` where the words give that day.
   */
  | { readonly kind: 'rolling'; readonly rolls?: { readonly from: CivilDate | null } }
  | {
      readonly kind: 'bad'
      readonly problem: string
      readonly remedy: string
      /** Of a day that its month does not have: the last that it has. */
      readonly instead?: CivilDate
    }

const NIL: DateReading = { kind: 'nil' }
const ROLLING: DateReading = { kind: 'rolling' }

/** That it runs until somebody ends it. */
const ROLLING_WORDS =
  /\b(?:rolling|rolls|on-?going|(?:un)?til (?:further notice|(?:it is )?(?:terminated|cancell?ed)|termination|notice)|open[ -]?ended|perpetual|perpetuity|evergreen|indefinite(?:ly)?|no (?:fixed |set |defined |specified )?(?:end|expiry)(?: date)?|(?:no|non) expir\w+|continuous|continuing|permanent|month(?:ly)?[ -]to[ -]month(?:ly)?|year(?:ly)?[ -]to[ -]year(?:ly)?|week(?:ly)?[ -]to[ -]week(?:ly)?|quarter(?:ly)?[ -]to[ -]quarter(?:ly)?|month by month|year (?:by|on) year|periodic|(?:then|thereafter|afterwards?|followed by|reverting to|moving to|continu\w+|goes on)[ ,:–-]+(?:(?:on|to|with|a|an|runs?|goes)\s+)*(?:weekly|monthly|quarterly|annual(?:ly)?|yearly)|(?:auto(?:matic(?:ally)?)?|self)[ -]?renew\w*|renews|(?:annual(?:ly)?|yearly|monthly|quarterly) renew(?:al|ing)s?|renewable (?:annual|month|year|quarter)ly)\b/i
/** That what goes from term to term may do so only where somebody agrees. */
const MAY_RENEW = /\brenewable\b|\b(?:may|can|could|option\w*|if|subject to)\b/i
/** Of these, that it goes on from term to term. */
const TERM_WORDS =
  /\b(?:rolling|rolls|evergreen|(?:month|year|week|quarter)(?:ly)?[ -](?:to|by|on)[ -](?:month|year|week|quarter)(?:ly)?|periodic|(?:then|thereafter|afterwards?|followed by|reverting to|moving to|continu\w+|goes on)[ ,:–-]+(?:(?:on|to|with|a|an|runs?|goes)\s+)*(?:weekly|monthly|quarterly|annual(?:ly)?|yearly)|(?:auto(?:matic(?:ally)?)?|self)[ -]?renew\w*|renews|renewable|(?:annual(?:ly)?|yearly|monthly|quarterly) renew\w*)\b/i
/** That such words are denied, or stand for something that is over. */
const NOT_ROLLING =
  /\b(?:not(?! less| fewer| later)|never|no longer|(?:is|does|will|wo)n.?t|ceased|stopped|was|(?<!be )cancell?ed|disabled|declined|(?:switched|turned) off|opted out)\b/i

/** The day and month that stand in the text without a year behind them, as `--MM-DD`; null where there are none. */
export function dayWithoutYear(text: string): string | null {
  const [, before, name, otherName, after] = DAY_IN_YEAR.exec(plainMarks(text)) ?? []
  const month = monthOf(name ?? otherName)
  const two = (figure: string | number) => String(figure).padStart(2, '0')
  return month === 0 ? null : `--${two(month)}-${two(before ?? after ?? '')}`
}

const MONTH_NAME =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?'

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?=$|[T ]\d{2}:?\d{2})/
const YEAR_FIRST = /^(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:[T ].*)?$/
const ISO_LOOSE = /^(\d{4})-(\d{1,2})-(\d{1,2})$/
const NUMERIC =
  /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:,?[T ]\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?)?$/i
const NUMERIC_SHORT = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{2})$/
const DAY_NAMED = new RegExp(
  `^(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?(\\d{1,2})(?:st|nd|rd|th)?[ /-]*(?:of )?${MONTH_NAME}[ ,/-]*(\\d{4})$`,
  'i',
)
const NAMED_DAY = new RegExp(`^${MONTH_NAME} (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})$`, 'i')
const NAMED_SHORT = new RegExp(
  `^(?:(?:until|end of|to|by) )?(?:(\\d{1,2})(?:st|nd|rd|th)?[ /-]*)?${MONTH_NAME}[ '’/-]*(\\d{2})$`,
  'i',
)
const MONTH_NAMED = new RegExp(`^(?:(?:until|end of|to) )?${MONTH_NAME}[ ,-]*(\\d{4})$`, 'i')
const NO_YEAR = new RegExp(
  `^(?:\\d{1,2}(?:st|nd|rd|th)?[ -]*${MONTH_NAME}|${MONTH_NAME}[ -]*\\d{1,2}(?:st|nd|rd|th)|${MONTH_NAME})$`,
  'i',
)
const MONTH_ISO = /^(\d{4})[-/](\d{1,2})$/
const MONTH_NUMERIC = /^(\d{1,2})[/.-](\d{4})$/
const QUARTER = /^(?:q([1-4])[ /-]*(\d{4})|(\d{4})[ /-]*q([1-4])|q([1-4])[ '’/-]*(\d{2}))$/i
const YEAR =
  /^(?:(?:until|(?:the )?end(?: of)?|early|mid|late|during|in|sometime in)[ -])?(\d{4})$/i
const SERIAL = /^\d{5,6}(?:\.\d+)?$/

/** Excel's day 0 is 1899-12-30 for every day after its 29 February 1900, which never was. */
const EXCEL_DAY_ZERO = 25_569
const SERIAL_LEAST = 20_000
const SERIAL_MOST = 110_000
/** 9999-12-31 as Excel counts it: a sentinel. */
const SERIAL_SENTINEL = 2_958_465

/** How the dates of a column are to be read. */
export interface DateStyle {
  readonly timeZone?: string | null
  /** The last year that two digits may stand for: up to 2051 `24` is 2024, and `52` is not read. Null: none. */
  readonly years?: number | null
  /** Whether it is a last day: then words that say from when on are no date. */
  readonly isEnd?: boolean
  /** What a bare number counts its days from, in days after 1899-12-30. */
  readonly dayZero?: number
}

/**
 * What a date cell says. ISO dates are taken as written, without their time; with `timeZone`
 * an instant becomes the civil day that it is there. Day and month of `03/04/2026` follow
 * `order`; without an order such a date is bad unless it reads the same both ways. Among words the
 * one date that stands there is read, and what stands beside it is given as the remark.
 */
export function readDate(
  raw: string,
  order: DateOrder | null,
  style: DateStyle | string | null = null,
): DateReading {
  const {
    timeZone = null,
    years = null,
    isEnd = false,
    dayZero = 0,
  } = typeof style === 'string' ? { timeZone: style } : (style ?? {})
  if (raw.trim() === '') return NIL
  if (raw.trim().length > LIMITS.figureCharacters) return notADate()
  const text = plainMarks(raw)
  const iso = ISO.exec(text)
  if (iso) {
    if (timeZone !== null && text.length > 10) return inZone(text, timeZone)
    return day(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  }
  const numeric = NUMERIC.exec(text)
  if (numeric) return numericDate(Number(numeric[1]), Number(numeric[2]), Number(numeric[3]), order)
  if (isNil(text)) return NIL
  const said = withDaysOfFeast(withPlainQuarter(text.replace(/\s+/g, ' ')))
  const plain = withOwnYears(said)
  const written = writtenDate(plain, order, years) ?? besideDate(plain, order, years)
  if (written !== null) return written
  const among = amongWords(plain, order, years, isEnd) ?? serial(text, dayZero)
  const isWhole = plain === said || among.kind !== 'date' || among.remark === undefined
  return isWhole ? among : { ...among, remark: said }
}

const UNUSUAL = /[^\x20-\x7e£€]/
const PARTS_OF_ONE: ReadonlyMap<string, string> = new Map([
  ['½', '.5'],
  ['¼', '.25'],
  ['¾', '.75'],
])

/** Without what only looks otherwise: full-width figures, other blanks and dashes, marks that nobody sees. */
export function plainMarks(raw: string): string {
  const text = UNUSUAL.test(raw) ? usualMarks(raw) : raw.trim()
  return inEnglish(text)
}

function usualMarks(raw: string): string {
  return raw
    .replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g, '')
    .replace(/[\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]/g, '-')
    .replace(/[\u2044\u2215]/g, '/')
    .replace(/(\d?) ?([½¼¾])/g, (_, whole: string, part: string) => {
      return `${whole === '' ? '0' : whole}${PARTS_OF_ONE.get(part) ?? ''}`
    })
    .replace(/[\uff01-\uff5e]/g, (mark) => String.fromCharCode(mark.charCodeAt(0) - 0xfee0))
    .replace(/\s/g, ' ')
    .trim()
}

const WELSH_YEAR = '(?:m|b|f)?l(?:ynedd|wyddyn|wydd)'
const WELSH_UNIT = `(?:[fm]is(?:oedd)?|${WELSH_YEAR}|wythnos(?:au)?|(?:dd|n|d)?iwrnod(?:au)?)`
/** Before a unit of time alone: elsewhere they are other words. */
const WELSH_NUMBERS: readonly (readonly [welsh: string, english: string])[] = (
  [
    ['naw deg', '90'],
    ['chwe deg|trigain', '60'],
    ['tri deg', '30'],
    ['un ar bymtheg', '16'],
    ['dau ddeg pedwar', '24'],
    ['deuddeg|un deg dau', '12'],
    ['deunaw|un deg wyth', '18'],
    ['ugain', '20'],
    ['d?degw?', '10'],
    ['naw', '9'],
    ['wyth', '8'],
    ['saith', '7'],
    ['chwe(?:ch)?', '6'],
    ['pump?', '5'],
    ['ped(?:war|air)', '4'],
    ['t(?:ri|air)', '3'],
    ['d(?:au|wy)', '2'],
    ['un', '1'],
  ] as const
).map(([welsh, figure]) => [`(?:${welsh})(?= ${WELSH_UNIT}(?!\\p{L}))`, figure])

/** Welsh in the cells of a register, in this order. */
const WELSH: readonly (readonly [welsh: string, english: string])[] = [
  ...WELSH_NUMBERS,
  ['o fis i fis', 'month to month'],
  ['o flwyddyn i flwyddyn', 'year to year'],
  ['bob mis|misol', 'monthly'],
  ['bob blwyddyn|blynyddol', 'annually'],
  ['bob chwarter|chwarterol', 'quarterly'],
  ['y mis', 'per month'],
  ['y flwyddyn', 'per year'],
  ['yr hydref', 'autumn'],
  ['gwanwyn|y gwanwyn', 'spring'],
  ['(?:yr )?haf', 'summer'],
  ['(?:y )?gaeaf', 'winter'],
  ['ionawr', 'January'],
  ['chwefror', 'February'],
  ['mawrth', 'March'],
  ['ebrill', 'April'],
  ['(?<=\\d ?)mai|mai(?= \\d)', 'May'],
  ['mehefin', 'June'],
  ['gorffennaf', 'July'],
  ['awst', 'August'],
  ['medi', 'September'],
  ['hydref', 'October'],
  ['tachwedd', 'November'],
  ['rhagfyr', 'December'],
  ['(?<=\\d ?)(?:f?mis(?:oedd)?|fis)', 'months'],
  [`(?<!\\d ?)(?:blwyddyn|flwyddyn)(?! \\d)`, '1 year'],
  ['(?<!\\d ?)mis(?= o |$)', '1 month'],
  [WELSH_YEAR, 'years'],
  ['(?:o )?rh?ybudd', 'notice'],
  ['pythefnos', 'a fortnight'],
  ['wythnos(?:au)?', 'weeks'],
  ['(?:dd|n|d)?iwrnod(?:au)?', 'days'],
  ['hyd at', 'up to'],
  ['hyd|tan(?= (?:\\w+ )?\\d)', 'until'],
  ['(?:ym)?estynn?wyd|wedi(?:.i| ei) (?:(?:h)?ymestyn|h?estyn)', 'extended'],
  ['d?diwedd', 'end of'],
  ['wedi dod i ben|daeth i ben', 'ended'],
  ['(?:yn |bydd yn |fydd yn )?d(?:od|aw) i ben', 'ends'],
  ['parhaus', 'ongoing'],
  ['(?:yn )?b?pharhau|(?:yn )?parhau', 'continues'],
  [
    'heb (?:ei |gael ei )?|ni(?:d)? (?:fydd yn |yw.n |chaiff ei )?(?=adnewyddu|estyn|ymestyn)',
    'not ',
  ],
  ['wedi(?:.i| ei) h?adnewyddu|adnewyddwyd', 'renewed'],
  ['h?estyn|ymestyn', 'extend'],
  ['canslwyd|wedi(?:.i| ei) g?canslo|wedi(?:.i| ei) ganslo', 'cancelled'],
  ['(?:wedi(?:.i| ei) )?rh?oi|rhoddwyd', 'given'],
  ['yn fyw|byw|gweithredol', 'live'],
  ['i.?w (?:gadarnhau|gytuno)', 'TBC'],
  ['na[cg] (?:oes|ydyw?)', 'no'],
  ['oes|ydyw?', 'yes'],
  ['dim(?=$| /)', 'none'],
  ['(?:yn )?adnewyddu(?:.n)?', 'renews'],
  ['awtomatig', 'automatically'],
  ['bob', 'every'],
  ['opsiwn', 'option'],
  ['defnyddiwyd|wedi.i d?defnyddio', 'used'],
  ['(?:yn |i.?w |caiff ei )?d?terfyn(?:ir|u)', 'terminates'],
  ['terfynwyd|wedi(?:.i| ei) d?derfynu', 'terminated'],
  ['(?:swydd )?(?:g?wag)', 'vacant'],
]
const inWelsh = (words: string, flags: string) =>
  new RegExp(`(?<!\\p{L})(?:${words})(?!\\p{L})`, flags)
/** A quick look: numbers in words stand before a unit of time, which is looked for alone. */
const MAY_BE_WELSH = inWelsh(
  [...WELSH.slice(WELSH_NUMBERS.length).map(([each]) => each), WELSH_UNIT].join('|'),
  'iu',
)
const WELSH_WORDS = WELSH.map(([each, english]) => [inWelsh(each, 'giu'), english] as const)

/** The same where words of it are Welsh: months, lengths of time, yes and no. */
export function inEnglish(text: string): string {
  if (!/[a-z]{3}/i.test(text)) return text
  // The cells of a row are looked at several times.
  let english = READ.get(text)
  if (english === undefined) {
    english = MAY_BE_WELSH.test(text) ? translated(text) : text
    if (READ.size >= 200) READ.clear()
    READ.set(text, english)
  }
  return english
}
const READ = new Map<string, string>()

function translated(text: string): string {
  const [welsh = '', english = '', another] = text.split(' / ')
  const figures = (part: string) => (part.match(/\d+/g) ?? []).join()
  const isTwice = another === undefined && !MAY_BE_WELSH.test(english)
  // `5 mlynedd / 5 years` says one thing twice.
  if (isTwice && figures(welsh) !== '' && figures(welsh) === figures(english)) return english
  return WELSH_WORDS.reduce((said, [word, meaning]) => said.replace(word, meaning), text)
}

const ANOTHER_DAY =
  /^(?:was|were|formerly|previously|originally|not (?:before|earlier than|until)|no earlier than|other than) (.+)$/i

const DAY_OF_MONTHS =
  /^(?:(?:on|until|till|to|by|ends? on|expires? on) )?(?:the )?(last|final|first) (?:(calendar|working|business) )?day (?:of|in) (.+)$/i

const WEEK =
  /^(?:the )?(?:(w\/?e|week[ -]ending)|w\/?[cb]|week[ -](?:commencing|beginning|starting))[.:]? (.+)$/i

/** A date behind words that mean its week, or that it is not the day; null where none stands. */
function besideDate(
  text: string,
  order: DateOrder | null,
  years: number | null,
): DateReading | null {
  const [, isEnding, ofWeek] = WEEK.exec(text) ?? []
  const week = ofWeek === undefined ? null : writtenDate(ofWeek, order, years)
  if (week?.kind === 'date' && week.precision === 'day') {
    const first = addDays(week.earliest, isEnding === undefined ? 0 : -6)
    return { ...week, earliest: first, latest: addDays(first, 6), precision: 'month' }
  }
  const [, last, kind = '', of = ''] = DAY_OF_MONTHS.exec(text) ?? []
  const span = last === undefined ? null : writtenDate(of, order, years)
  if (span?.kind === 'date' && span.precision !== 'day') {
    const isLast = !/first/i.test(last ?? '')
    if (!/working|business/i.test(kind)) return exactly(isLast ? span.latest : span.earliest)
    // Holidays are not looked up: at most so many stand together.
    return isLast
      ? { ...span, earliest: addDays(span.latest, -6), precision: 'month' }
      : { ...span, latest: addDays(span.earliest, 6), precision: 'month' }
  }
  const named = ANOTHER_DAY.exec(text)?.[1]
  const reading = named === undefined ? null : writtenDate(named, order, years)
  if (reading?.kind !== 'date') return reading
  return bad('these words say which day it is not, or was', 'Write the day that holds.')
}

const ROMAN = 'i ii iii iv v vi vii viii ix x xi xii'.split(' ')
const ROMAN_MONTH =
  /^(\d{1,2})(?:\.? ([IVX]{1,4})\.? (\d{4})|([./-]) ?([IVX]{1,4})\4 ?(\d{4}|\d{2}))$/i
const NAMED_DAY_SHORT = new RegExp(`^${MONTH_NAME} (\\d{1,2})(?:st|nd|rd|th)?,? ['’](\\d{2})$`, 'i')
const YEAR_NAMED = new RegExp(`^(\\d{4})[ /.-]?${MONTH_NAME}[ /.-]?(\\d{1,2})$`, 'i')
/** Of universities it ends with July, of schools with August. */
const ACADEMIC =
  /^(?:(?:the )?(end) (?:of )?)?(?:the )?(?:academic year|school year|a\/?y) (?:(end)(?:ing)? (?:in )?)?(?:(?:20)?\d{2} ?[/–-] ?)?((?:20)?\d{2})(?: ?(end))?$/i
const ISO_WEEK = /^(\d{4})-?W(\d{2})(?:-?([1-7]))?$/i
const YEAR_END =
  /^(?:the )?(?:f?\/?y\/?e|(?:(?:financial |fiscal |f\/?y )?year|f\/?y)[ -]end(?:ing|ed|s)?)[.:]?[ -]*(?:on |at |in |of )?(?=\S*\d|[a-z]{3})(.+)$/i

/** Ways of writing a day, or a week, that few registers have; null where it is none of them. */
function rarelyWritten(
  text: string,
  order: DateOrder | null,
  years: number | null,
): DateReading | null {
  const roman = ROMAN_MONTH.exec(text)
  if (roman) {
    const month = ROMAN.indexOf((roman[2] ?? roman[5] ?? '').toLowerCase()) + 1
    const year = roman[3] ?? roman[6] ?? ''
    if (month === 0) return null
    const whole = year.length === 2 ? wholeYear(year, years) : Number(year)
    return whole === null ? twoDigits() : day(whole, month, Number(roman[1]))
  }
  const short = NAMED_DAY_SHORT.exec(text)
  if (short) {
    const year = wholeYear(short[3], years)
    return year === null ? twoDigits() : day(year, monthOf(short[1]), Number(short[2]))
  }
  const named = YEAR_NAMED.exec(text)
  if (named) return day(Number(named[1]), monthOf(named[2]), Number(named[3]))
  const academic = ACADEMIC.exec(text)
  if (academic) {
    const [, begins, ending, second = '', ends] = academic
    const year = 2000 + (Number(second) % 100)
    const isEnd = (begins ?? ending ?? ends) !== undefined
    const [first, last] = [
      `${isEnd ? year : year - 1}-${isEnd ? '07-31' : '08-01'}`,
      `${year}-08-31`,
    ]
    return RANGE.test(`${first}..${last}`) ? writtenDate(`${first}..${last}`, order, years) : null
  }
  const week = ISO_WEEK.exec(text)
  if (week) return isoWeek(Number(week[1]), Number(week[2]), week[3])
  const ended = YEAR_END.exec(text)?.[1]
  const end =
    ended === undefined
      ? null
      : (writtenDate(ended, order, years ?? LAST_OF_CENTURY) ?? financialYear(`end of ${ended}`))
  if (end?.kind !== 'date' || end.precision === 'day') return end
  const year = YEAR.exec(ended ?? '')
  if (year === null) return exactly(end.latest)
  // A year alone: the financial year that ends in it, or any year.
  return /^(?:the )?f/i.test(text) ? ofFinancialYear(Number(year[1]) - 1) : end
}

/** A week from Monday to Sunday, numbered as ISO 8601 does, or a day of it. */
function isoWeek(year: number, number: number, dayOfWeek: string | undefined): DateReading {
  const fourth = civilDate(year, 1, 4)
  if (fourth === null || number < 1) return notADate()
  const first = addDays(fourth, (number - 1) * 7 + 1 - weekday(fourth))
  // The Thursday of a week says whose year it is of.
  if (!addDays(first, 3).startsWith(String(year)))
    return bad('there is no such week', 'Correct it.')
  if (dayOfWeek !== undefined) return exactly(addDays(first, Number(dayOfWeek) - 1))
  return { kind: 'date', earliest: first, latest: addDays(first, 6), precision: 'month' }
}

const NTH = '1st 2nd 3rd 4th first second third fourth'.split(' ')
const NTH_QUARTER = new RegExp(`\\b(${NTH.join('|')}) (?:quarter|qtr)\\b(?: of)?`, 'i')

/** `1st quarter of`, `Qtr 1`, `1Q`: as `Q1` is written. */
function withPlainQuarter(text: string): string {
  if (!/quarter|qtr|\dq/i.test(text)) return text
  return text
    .replace(NTH_QUARTER, (_, nth: string) => `q${(NTH.indexOf(nth.toLowerCase()) % 4) + 1}`)
    .replace(/\b(?:quarter|qtr)[ -]?([1-4])\b(?: of)?/i, 'q$1')
    .replace(/\b([1-4])q(?=[ '’/-]?\d)/i, 'q$1 ')
}

/** A day of a year: by month and day, from Easter Sunday in days, or as the last (0) or nth Monday of a month. */
type FeastDay = string | number | readonly [month: number, nth: number]

/** Feasts, bank holidays and quarter days, first and last; where one day is all, only that. */
const FEASTS: readonly (readonly [RegExp, FeastDay, FeastDay?])[] = [
  [/good friday/, -2],
  [/easter (?:sunday|day)/, 0],
  [/easter monday/, 1],
  [/(?:easter|holy) saturday/, -1],
  [/palm sunday/, -7],
  [/(?:holy|easter) week/, -7, 7],
  [/maundy thursday|holy thursday/, -3],
  [/shrove tuesday|pancake day/, -47],
  [/ash wednesday/, -46],
  [/ascension(?: day)?/, 39],
  [/trinity(?: sunday)?/, 56],
  [/easter(?: (?:weekend|holidays?|break|bank holidays?))?/, -2, 1],
  [/whit(?: ?sun(?:day)?| ?monday|suntide)|pentecost/, 49, 50],
  // The bank holiday of Scotland in August is the first Monday.
  [/(?:august|summer)(?: bank)? holiday/, [8, 1], [8, 0]],
  [/(?:late may|spring)(?: bank)? holiday/, [5, 0]],
  [/early may(?: bank)? holiday/, [5, 1]],
  [/may day(?: bank holiday)?/, '05-01', [5, 1]],
  [/may bank holiday/, [5, 1], [5, 0]],
  [/christmas eve/, '12-24'],
  [/(?:christmas|xmas) day/, '12-25'],
  [/boxing day/, '12-26'],
  [/(?:christmas|xmas)(?: (?:holidays?|break|quarter day))?/, '12-24', '12-26'],
  [/new years eve|hogmanay/, '12-31'],
  [/new years day/, '01-01'],
  [/lady day/, '03-25'],
  [/midsummer(?: day)?/, '06-24'],
  [/michaelmas/, '09-29'],
]
const FEAST = new RegExp(
  `\\b(?:the )?(${FEASTS.map(([each]) => each.source).join('|')})(?: (?:of|in))?,? ((?:19|20)\\d\\d)\\b`,
  'gi',
)
const NEW_YEAR = /\bnew years? ((?:19|20)\d\d)\b/gi
const MAY_BE_NAMED =
  /easter|friday|thursday|tuesday|wednesday|s[au][tn]|holiday|christmas|xmas|day\b|week|whit|pentecost|ascension|trinity|hogmanay|michaelmas|new year|midsummer/i
const DAYS_OF_WEEK = 'mon tue wed thu fri sat sun'.split(' ')
const NTH_WEEKDAY = new RegExp(
  `\\b(?:the )?(last|final|${NTH.join('|')}) (?:(mon|tue|wed|thu|fri|sat|sun)(?:s|r|rs|nes|ur)?(?:day)?|day) (?:in|of) (?=[a-z])${MONTH_NAME},? ((?:19|20)\\d\\d)\\b`,
  'gi',
)

/** `Easter 2027`, `Lady Day 2028`, `last Friday in March 2027`: as its days are written. */
function withDaysOfFeast(text: string): string {
  if (!MAY_BE_NAMED.test(text)) return text
  const plain = text.replace(/(new year)['’]?s/i, '$1s')
  return plain
    .replace(NTH_WEEKDAY, (whole, nth: string, name: string | undefined, month: string, year) => {
      const days = monthsFrom(Number(year), monthOf(month), 1)
      if (days === null) return whole
      const at = /last|final/i.test(nth) ? 0 : (NTH.indexOf(nth.toLowerCase()) % 4) + 1
      if (name === undefined) return at === 0 ? days.to : addDays(days.from, at - 1)
      return nthWeekday(days, DAYS_OF_WEEK.indexOf(name.toLowerCase()) + 1, at)
    })
    .replace(FEAST, (whole, name: string, year: string) => {
      const [, first, last = first] =
        FEASTS.find(([each]) => new RegExp(`^(?:${each.source})$`, 'i').test(name)) ?? []
      if (first === undefined || last === undefined) return whole
      const days = [first, last].map((each) => dayOfFeast(each, Number(year)))
      const [from, to] = days
      if (!from || !to) return whole
      return from === to ? from : `${from}..${to}`
    })
    .replace(NEW_YEAR, (_, year: string) => `${Number(year) - 1}-12-31..${year}-01-01`)
}

function dayOfFeast(day: FeastDay, year: number): CivilDate | null {
  if (typeof day === 'string') return parseCivilDate(`${year}-${day}`)
  if (typeof day !== 'number') {
    const days = monthsFrom(year, day[0], 1)
    return days === null ? null : nthWeekday(days, 1, day[1])
  }
  const sunday = easterSunday(year)
  return sunday === null ? null : addDays(sunday, day)
}

/** Of a month the nth such day (1 Monday to 7 Sunday), or the last one (0). */
function nthWeekday(
  { from, to }: { readonly from: CivilDate; readonly to: CivilDate },
  wanted: number,
  nth: number,
): CivilDate {
  return nth === 0 ? weekdayBefore(to, wanted) : addDays(weekdayAfter(from, wanted), (nth - 1) * 7)
}

/** The last such day up to this one, and the first from this one on. */
function weekdayBefore(day: CivilDate, wanted: number): CivilDate {
  return addDays(day, -((weekday(day) - wanted + 7) % 7))
}
function weekdayAfter(day: CivilDate, wanted: number): CivilDate {
  return addDays(day, (wanted - weekday(day) + 7) % 7)
}

const EITHER_OF = ' ?(?:/|-|,|&|\\b(?:to|or|and)\\b) ?'
const MONTH_OR_QUARTER = `(?:${MONTH_NAME}|[qh][1-4])`
/** Each: what has no year (or month) of its own, what joins it, and what stands behind the next one. */
const WITHOUT_YEAR = new RegExp(
  `(?<![a-z])(${MONTH_OR_QUARTER})(${EITHER_OF})(?=(${MONTH_OR_QUARTER})[ ,-]?((?:19|20)\\d\\d(?:/\\d\\d)?)(?!\\d))`,
  'gi',
)
const DAY_WITHOUT_YEAR = new RegExp(
  `(?<![\\d/.-])(\\d{1,2}(?:st|nd|rd|th)? ${MONTH_NAME})( ?(?:-|,|&|\\b(?:to|or|and)\\b) ?)(?=\\d{1,2}(?:st|nd|rd|th)? (${MONTH_NAME}),? ((?:19|20)\\d\\d)(?!\\d))`,
  'gi',
)
const NAMED_WEEKDAY = '(?:(?:mon|tue|wed|thu|fri|sat|sun)(?:s|r|rs|nes|ur)?(?:day)?,? )?'
const DAY_ALONE = new RegExp(
  `(?<=(?:^|[(,:;] ?|\\b(?:on|by|the|until|till|either|between|from|to|or|of|ends?|ending|expir\\w+) )${NAMED_WEEKDAY})(\\d{1,2})(?:st|nd|rd|th)?( ?(?:/|,|\\b(?:to|or|and)\\b|&) ?|-)(?=${NAMED_WEEKDAY}\\d{1,2}(?:st|nd|rd|th)? (?:of )?(${MONTH_NAME}),? ((?:19|20)\\d\\d)(?!\\d))`,
  'gi',
)

const MORE_DAYS = '(?:\\d{1,2}(?:st|nd|rd|th)?(?: ?(?:/|,|-|&|\\b(?:to|or|and)\\b) ?))*'
/** The same where the month stands before its day: `March 30 or 31, 2027`, `March 30 to April 2, 2027`. */
const NAMED_DAY_ALONE = new RegExp(
  `(?<![a-z])(${MONTH_NAME}) (\\d{1,2})(?:st|nd|rd|th)?( ?(?:/|,|-|&|\\b(?:to|or|and)\\b) ?)(?=${MORE_DAYS}\\d{1,2}(?:st|nd|rd|th)?,? ((?:19|20)\\d\\d)(?!\\d))`,
  'gi',
)
const NAMED_DAY_WITHOUT_YEAR = new RegExp(
  `(?<![a-z])(${MONTH_NAME}) (\\d{1,2})(?:st|nd|rd|th)?( ?(?:/|,|-|&|\\b(?:to|or|and)\\b) ?)(?=(${MONTH_NAME}) \\d{1,2}(?:st|nd|rd|th)?,? ((?:19|20)\\d\\d)(?!\\d))`,
  'gi',
)

const DAY_OF_FIGURES =
  /(?<![\w/.:+-])(\d{1,2})( ?(?:,|\b(?:to|or|and)\b|&) ?)(?=\d{1,2}([/.-]\d{1,2}[/.-](?:\d{4}|\d{2}))(?!\d))/gi

/** `March/April 2027`, `Q1 or Q2 2027`, `30 or 31 March 2027`: every one with the year of the last. */
function withOwnYears(text: string): string {
  if (!EITHER_IN.test(text)) return text
  let plain = text
  for (let before = ''; before !== plain; ) {
    before = plain
    plain = plain
      .replace(WITHOUT_YEAR, (_, first, _name, join, second, _other, year) => {
        return `${first} ${yearBefore(first, second, year)}${join}`
      })
      .replace(DAY_WITHOUT_YEAR, (_, first, name, join, second, _other, year) => {
        return `${first} ${yearBefore(name, second, year)}${join}`
      })
      .replace(DAY_ALONE, (_, first, join, month, _name, year) => {
        return `${first} ${month} ${year}${join}`
      })
      .replace(DAY_OF_FIGURES, (_, first, join, month) => `${first}${month}${join}`)
      .replace(NAMED_DAY_ALONE, (_, month, _name, first, join, year) => {
        return `${month} ${first}, ${year}${join === ', ' ? ' and ' : join}${month} `
      })
      .replace(NAMED_DAY_WITHOUT_YEAR, (_, month, _name, first, join, second, _other, year) => {
        return `${month} ${first}, ${yearBefore(month, second, year)}${join}`
      })
  }
  return plain
}
const EITHER_IN = /[a-z\d] ?(?:[/,&-]|\b(?:to|or|and)\b) ?(?:[a-z]|\d{1,2}\D).*\d{2}/i

/** Of months or quarters that stand in turn the first is never behind the second: `Dec/Jan 2028`. */
function yearBefore(first: string, second: string, year: string): string {
  const place = (name: string) => monthNamed(name.replace('.', '')) ?? Number(name[1])
  if (place(first) <= place(second) || year.length > 4) return year
  return String(Number(year) - 1)
}

/** A cell that is a date and nothing else; null where it is something else. */
function writtenDate(
  text: string,
  order: DateOrder | null,
  years: number | null,
): DateReading | null {
  const iso = ISO.exec(text)
  if (iso) return day(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  const numeric = NUMERIC.exec(text)
  if (numeric) return numericDate(Number(numeric[1]), Number(numeric[2]), Number(numeric[3]), order)
  const dayNamed = DAY_NAMED.exec(text)
  if (dayNamed) return day(Number(dayNamed[3]), monthOf(dayNamed[2]), Number(dayNamed[1]))
  const namedDay = NAMED_DAY.exec(text)
  if (namedDay) return day(Number(namedDay[3]), monthOf(namedDay[1]), Number(namedDay[2]))
  const yearFirst = YEAR_FIRST.exec(text) ?? ISO_LOOSE.exec(text) ?? ISO_BASIC.exec(text)
  if (yearFirst) return day(Number(yearFirst[1]), Number(yearFirst[2]), Number(yearFirst[3]))
  const short = NUMERIC_SHORT.exec(text)
  if (short) {
    const year = wholeYear(short[3], years)
    return year === null
      ? twoDigits()
      : numericDate(Number(short[1]), Number(short[2]), year, order)
  }
  const namedShort = NAMED_SHORT.exec(text)
  if (namedShort) {
    const [, dayOfMonth, name, two] = namedShort
    const isDay = MONTH_AND_DAY.test(text) && (years ?? 0) % 100 !== 99
    const year = isDay ? null : wholeYear(two, years)
    if (year === null) return twoDigits()
    return dayOfMonth === undefined
      ? months(year, monthOf(name), 1, 'month')
      : day(year, monthOf(name), Number(dayOfMonth))
  }
  if (NO_YEAR.test(text)) return bad('the year is missing', 'Write it as YYYY-MM-DD.')
  const monthNamed = MONTH_NAMED.exec(text)
  if (monthNamed) return months(Number(monthNamed[2]), monthOf(monthNamed[1]), 1, 'month')
  const financial = financialYear(text)
  if (financial !== null) return financial
  const monthIso = MONTH_ISO.exec(text)
  if (monthIso) return months(Number(monthIso[1]), Number(monthIso[2]), 1, 'month')
  const monthNumeric = MONTH_NUMERIC.exec(text)
  if (monthNumeric) return months(Number(monthNumeric[2]), Number(monthNumeric[1]), 1, 'month')
  const quarter = QUARTER.exec(text)
  if (quarter) {
    const number = Number(quarter[1] ?? quarter[4] ?? quarter[5])
    const year = quarter[6] === undefined ? 0 : wholeYear(quarter[6], years)
    if (year === null) return twoDigits()
    return months(Number(quarter[2] ?? quarter[3] ?? year), number * 3 - 2, 3, 'quarter')
  }
  const season = SEASON.exec(text)
  if (season) {
    const first = SEASONS.get((season[1] ?? '').toLowerCase()) ?? 1
    return months(Number(season[2]), first, 3, 'quarter')
  }
  const half = HALF.exec(text)
  if (half) {
    const [, first, firstYear, lastYear, second] = half
    const isSecond = /^(?:2|second|h2)/i.test(first ?? second ?? '')
    return months(Number(firstYear ?? lastYear), isSecond ? 7 : 1, 6, 'year')
  }
  const range = RANGE.exec(text)
  if (range) {
    const [earliest, latest] = [parseCivilDate(range[1] ?? ''), parseCivilDate(range[2] ?? '')]
    if (earliest === null || latest === null || latest < earliest) return notADate()
    const days = daysBetween(earliest, latest)
    const precision = days > 92 ? 'year' : days > 31 ? 'quarter' : 'month'
    return { kind: 'date', earliest, latest, precision }
  }
  const year = YEAR.exec(text)
  return year ? months(Number(year[1]), 1, 12, 'year') : rarelyWritten(text, order, years)
}

const HALF =
  /^(?:the )?(?:(h[12]|(?:1st|2nd|first|second) half(?: of)?) ?[ ,/-]?(\d{4})|(\d{4})[ /-]*(h[12]))$/i
/** As an export of ours writes days that are no month, quarter or year of the calendar. */
const RANGE = /^(\d{4}-\d{2}-\d{2}) ?\.\. ?(\d{4}-\d{2}-\d{2})$/

const ISO_BASIC = /^((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/
const SEASON =
  /^(?:(?:until|till|to|by|in|during|early|mid|late|(?:the )?end of)[ -])?(?:the )?(spring|summer|autumn|fall)(?: of)? (\d{4})$/i
const SEASONS: ReadonlyMap<string, number> = new Map([
  ['spring', 3],
  ['summer', 6],
  ['autumn', 9],
  ['fall', 9],
])

const FINANCIAL =
  /^(?:(?:the )?(end) (?:of )?)?(?:(?:the )?(?:q([1-4])|h([12]))[ ,/-]*)?(?:the )?(fy|f\/y|financial year|fiscal year)?[ -]*((?:20)?\d{2}) ?[/–-] ?((?:20)?\d{2})(?: (fy|financial year|fiscal year))?(?:[ ,-]*(?:year[ -]?)?(end))?$/i

/** April to March, where the two years follow one another: `2026/27`, `FY26-27`, `Q2 2026/27`. */
function financialYear(text: string): DateReading | null {
  const named = NAMED_FINANCIAL.exec(text)
  if (named) {
    // `FY27` is the year that ends in 2027: of the two that it may mean the earlier.
    const year = ofFinancialYear(1999 + (Number(named[2]) % 100))
    if ((named[1] ?? named[3]) === undefined || year.kind !== 'date') return year
    return { ...year, earliest: year.latest, latest: lastOfMonths(addDays(year.latest, 1), 12) }
  }
  const parts = FINANCIAL.exec(text)
  if (!parts) return null
  const [, begins, quarter, half, word, first = '', second = '', wordBehind, ends] = parts
  const isEnd = (begins ?? ends) !== undefined
  if (first.length === 2 && (word ?? wordBehind ?? quarter ?? half) === undefined && !isEnd) {
    return null
  }
  const year = 2000 + (Number(first) % 100)
  if ((year + 1) % 100 !== Number(second) % 100) return null
  // `2010-11` is a month of ISO as well: only old contracts could end there.
  if (/^\d{4}-\d{2}$/.test(text) && Number(second) <= 12) return null
  const [after, count] =
    quarter !== undefined
      ? [Number(quarter) * 3 - 3, 3]
      : half !== undefined
        ? [Number(half) * 6 - 6, 6]
        : [0, 12]
  const april = civilDate(year, 4, 1)
  if (april === null) return notADate()
  const earliest = addMonths(april, after)
  const latest = lastOfMonths(earliest, count)
  if (isEnd) return exactly(latest)
  return { kind: 'date', earliest, latest, precision: count === 3 ? 'quarter' : 'year' }
}

const NAMED_FINANCIAL =
  /^(?:(?:the )?(end) (?:of )?)?(?:the )?(?:fy|f\/y|financial year|fiscal year)[ -]*((?:20)?\d{2})(?:[ ,-]*(?:year[ -]?)?(end))?$/i

function ofFinancialYear(year: number): DateReading {
  return months(year, 4, 12, 'year')
}

// A date among words: `until 31/03/2027`, `Wed 31 March 2027`, `31/03/2027 (+1+1)`.

/** But for one that is itself the day: `the Friday before 1 April 2027`. */
const WEEKDAY =
  /\b(?:mon|tue|wed|thu|fri|sat|sun)(?:s|r|rs|nes|ur)?(?:day)?\b\.?,?(?! (?:(?:immediately )?(?:before|prior to|preceding|ahead of|after|following)|on or (?:before|after))\b)/gi
const WEEKDAY_BEFORE =
  /\b(?:the )?(?:last |final )?(mon|tue|wed|thu|fri|sat|sun)(?:s|r|rs|nes|ur)?(?:day)? (?:immediately )?(on or )?(?:before|prior to|preceding|ahead of)(?: the)?$/i
/** `the Friday after`, `first working day after`, `the week following`, of days that come behind one. */
const DAY_AFTER =
  /\b(?:the )?(?:first |next )?(?:(mon|tue|wed|thu|fri|sat|sun)(?:s|r|rs|nes|ur)?(?:day)?|(working day|business day|day|weekend|week)) (?:immediately )?(on or )?(?:after|following)(?: the)?$/i
const ANY_DATE = new RegExp(
  [
    '\\d{4}-\\d{2}-\\d{2}\\.\\.\\d{4}-\\d{2}-\\d{2}',
    '\\d{4}-\\d{2}-\\d{2}',
    '\\d{4}[/.]\\d{1,2}[/.]\\d{1,2}',
    '\\d{4}-?W\\d{2}(?:-?[1-7])?(?![\\w-])',
    `\\d{4}[ /.-]${MONTH_NAME}[ /.-]\\d{1,2}(?!\\d)`,
    '\\d{1,2}([./-])[IVX]{1,4}\\2(?:\\d{4}|\\d{2})(?!\\d)',
    '\\d{1,2}[/.-]\\d{1,2}[/.-](?:\\d{4}|\\d{2})(?!\\d| ?(?:days|weeks|months|years)\\b)',
    `\\d{1,2}(?:st|nd|rd|th)?[ /-]*(?:of )?${MONTH_NAME}[ ,/-]*(?:\\d{4}|['’]?\\d{2})(?!\\d)`,
    `${MONTH_NAME} \\d{1,2}(?:st|nd|rd|th)?,? \\d{4}`,
    `${MONTH_NAME}[ ,-]*(?:of )?\\d{4}`,
    '(?:fy|f/y|financial year|fiscal year)[ -]*(?:20)?\\d{2}(?: ?[/–-] ?(?:20)?\\d{2})?(?!\\d)',
    'q[1-4][ /-]*\\d{4}(?:/\\d{2})?',
    'h[12][ /-]*\\d{4}',
    '(?<!\\d)20\\d{2}/\\d{2}(?!\\d)',
    '(?<![\\d/.-])20\\d{2}(?![\\d/.-])',
  ].join('|'),
  'gi',
)
const LENGTH =
  /(\d{1,3}|[a-z]+)(?: ?\(\d{1,3}\))?[ -]*(?:(calendar|clear|full|working|business)[ -])?(day|week|fortnight|month|year|yr|mth)s?\b['’]?/i

// Words beside a day that mean another one: the day before it, or one so long before or after it.

/** Behind these it is the day before. A time of that day is no day: `before midnight on`. */
const EVE =
  /(?<!\b(?:or|not?|any ?time) )\b(?:(?:the )?(?:day|night|evening) before|before|prior to|preceding|earlier than|ahead of|short of|eve of|(?:(?:up )?(?:to|until|till)[ ,]+)?(?:but )?(?:excluding|exclusive of|excl|not incl(?:uding|usive of)?)|(?:ceas\w+|ends?|ending|terminat\w+|cancell?\w*|expir\w+|clos\w+)\b[^\d]{0,20}\b(?:with effect from|w\.?e\.?f|effective(?: from)?|as (?:of|from)|from))[.:]?(?: on| the)*$/i
const MIDNIGHT = '(?:0{1,2}[:.h]?00(?:[:.]00)?|12(?:[:.]00){0,2} ?a\\.?m\\b\\.?)'
/** Behind a day without a word: as a database writes the day itself. */
const STAMPED = '(?:0{1,2}:00(?::00)?|12:00(?::00)? ?am\\b)'
/** The first moment of it is the last one of the day before. */
const FIRST_MOMENT = new RegExp(
  `\\b(?:(?:start|beginning|opening|commencement) of(?: the)?(?: day| business| trading| work)*(?: on)?|first (?:thing|minute|moment)(?: on| of)?)$|(?:^|[^\\d:.])${MIDNIGHT}(?: ?h(?:ou)?rs)?(?: ?(?:gmt|bst|utc))?(?: on| of)?$`,
  'i',
)
const NOT_INCLUDED = new RegExp(
  `^\\W*(?:excl(?:usive|uded|uding)?\\b|not incl(?:uded|usive)?\\b|at (?:the )?(?:start|beginning)(?: of (?:the )?(?:day|business))?\\b|start of (?:the )?(?:day|business)\\b|at ${MIDNIGHT}|${MIDNIGHT} ?h(?:ou)?rs\\b|(?!${STAMPED})${MIDNIGHT}|(?<=\\(\\s*)${MIDNIGHT})(?!\\d)`,
  'i',
)
const SO_LONG_BEFORE = new RegExp(
  `${LENGTH.source} (?:before|prior to|ahead of|in advance of|preceding|short of)(?: the)?(?: (?:end|expiry|date)(?: of| on)?)?$`,
  'i',
)
const LESS = new RegExp(`^\\W*(?:less|minus)\\s+${LENGTH.source}(?! notice)`, 'i')
/** `1 April 2027 - 1 day`; a dash may also only part the two. */
const DASHED = new RegExp(`^ ?- ?${LENGTH.source}\\s*(?=[.,;)]|$)`, 'i')
const SO_LONG_AFTER = new RegExp(
  `${LENGTH.source} (?:from|after|following|since|post) (?:the |our )?([a-z][a-z'’ -]{2,40}?)(?: on| of| being| dated| in)?$`,
  'i',
)
const BEGINNING =
  /\b(?:go|live|start|commenc\w*|award|sign\w*|effective|mobili\w+|launch|kick|deliver\w*|accept\w*|hand|install\w*|implement\w*|deploy\w*|inception|begin\w*|contract date|order|purchase)\b/i
const PLUS = new RegExp(
  `^\\W*(?:plus|for(?: a (?:period|term) of)?|lasting)\\s+(?:a )?${LENGTH.source}(?! (?:option|ext|notice))`,
  'i',
)

type DayRead = Extract<DateReading, { kind: 'date' }>

interface Meant {
  readonly reading: DateReading
  /** What of the words before and behind it is said with that. */
  readonly lead: string
  readonly tail: string
}

/** The day that is meant by one among words: `lead` before it, `tail` behind it. */
function meantDay(read: DayRead, before: string, tail: string, isEnd: boolean): Meant {
  const lead = before.replace(/[\s,(:–-]+$/, '')
  const as = (reading: DateReading, ofLead: string, ofTail = ''): Meant => {
    return { reading, lead: ofLead, tail: ofTail }
  }
  const onWeekday = WEEKDAY_BEFORE.exec(lead)
  if (onWeekday !== null) {
    const [words, name = '', onOr] = onWeekday
    const wanted = DAYS_OF_WEEK.indexOf(name.toLowerCase()) + 1
    const before = (day: CivilDate) =>
      weekdayBefore(addDays(day, onOr === undefined ? -1 : 0), wanted)
    // Of days that are no month or year, such as those of Easter, it may be before the first or the last.
    const isFew = daysBetween(read.earliest, read.latest) < 14
    return as(between(before(read.earliest), before(isFew ? read.latest : read.earliest)), words)
  }
  const behindIt = DAY_AFTER.exec(lead)
  if (behindIt !== null) {
    const [words, name, kind = '', onOr] = behindIt
    const [first, last] = [read.earliest, read.latest].map((day) =>
      addDays(day, onOr === undefined ? 1 : 0),
    )
    if (first !== undefined && last !== undefined) {
      const wanted = DAYS_OF_WEEK.indexOf((name ?? 'sat').toLowerCase()) + 1
      if (name !== undefined)
        return as(between(weekdayAfter(first, wanted), weekdayAfter(last, wanted)), words)
      if (/^day/i.test(kind)) return as(between(first, last), words)
      if (/^weekend/i.test(kind)) {
        return as(
          between(weekdayAfter(first, wanted), addDays(weekdayAfter(last, wanted), 1)),
          words,
        )
      }
      // Holidays are not looked up: at most so many stand together.
      return as(between(first, addDays(last, /^week/i.test(kind) ? 13 : 6)), words)
    }
  }
  const ahead = SO_LONG_BEFORE.exec(lead)
  const isThe = /^(?:the|last)$/i.test(ahead?.[1] ?? '')
  if (ahead !== null && (!isThe || /working|business/i.test(ahead[2] ?? ''))) {
    const [words] = ahead
    return as(movedBy(read, isThe ? Object.assign(ahead, { 1: 'one' }) : ahead, -1), words)
  }
  const less = LESS.exec(tail)
  if (less !== null) return as(movedBy(read, less, -1), '', less[0])
  const dashed = isEnd ? DASHED.exec(tail) : null
  if (dashed !== null && /^\d/.test(dashed[1] ?? '')) {
    const moved = movedBy(read, dashed, -1)
    const isSure = moved.kind !== 'date' || /^day/i.test(dashed[3] ?? '')
    return as(isSure ? moved : { ...moved, last: read.latest }, '', dashed[0])
  }
  const after = isEnd ? SO_LONG_AFTER.exec(lead) : null
  if (after !== null) {
    const moved = movedBy(read, after, 1)
    return as(BEGINNING.test(after[4] ?? '') ? moved : either(read, moved), after[0])
  }
  const more = isEnd ? PLUS.exec(tail) : null
  if (more !== null) {
    const moved = movedBy(read, more, 1)
    return as(BEGINS.test(before) ? moved : either(read, moved), '', more[0])
  }
  const eve = exactly(addDays(read.earliest, -1))
  const isDay = read.precision === 'day'
  const [words] = EVE.exec(lead) ?? (isDay ? FIRST_MOMENT.exec(lead) : null) ?? []
  if (words !== undefined) return as(eve, words)
  const [behind] = NOT_INCLUDED.exec(tail) ?? []
  if (behind !== undefined) return as(eve, '', behind)
  // `midnight 31 March/1 April 2027`
  const isNight =
    isDay && eve.kind === 'date' && dayWithoutYear(lead) === `-${eve.earliest.slice(4)}`
  return isNight ? as(eve, lead) : as(read, '')
}

/** One day, or any of these. */
function between(earliest: CivilDate, latest: CivilDate): DateReading {
  const days = daysBetween(earliest, latest)
  if (days === 0) return exactly(earliest)
  return { kind: 'date', earliest, latest, precision: days > 31 ? 'quarter' : 'month' }
}

/** So long before the day, or the last day of so long from it on. Working days may be so many days twice. */
function movedBy(read: DayRead, found: RegExpExecArray, sign: 1 | -1): DateReading {
  const [whole, figure = '', kind = '', name = ''] = found
  const amount = wholeNumber(figure)
  if (amount === null) return bad('how long that is cannot be read', 'Write the day as YYYY-MM-DD.')
  const unit = name.toLowerCase()
  const days = { day: 1, week: 7, fortnight: 14 }[unit]
  const months = unit[0] === 'y' ? 12 : 1
  const moved = (day: CivilDate) => {
    if (days !== undefined) return addDays(day, sign * amount * days - (sign > 0 ? 1 : 0))
    return sign > 0 ? lastOfMonths(day, amount * months) : addMonths(day, -amount * months)
  }
  // `after` the day it is counted from: the first day is the next one.
  const from = sign > 0 && /\b(?:after|following)\b/i.test(whole) ? 1 : 0
  const [earliest, latest] = [
    moved(addDays(read.earliest, from)),
    moved(addDays(read.latest, from)),
  ]
  if (!/working|business/i.test(kind)) return { ...read, earliest, latest }
  const most = addDays(earliest, sign < 0 ? -amount - 5 : 0)
  return {
    ...read,
    earliest: most,
    latest: sign < 0 ? addDays(read.latest, -amount) : latest,
    precision: 'month',
  }
}

function either(read: DayRead, moved: DateReading): DateReading {
  return moved.kind === 'date' ? { ...read, last: moved.latest } : moved
}

const BEGINS =
  /\b(?:from|since|after|following|commenc\w*|start\w*|beg[iau]n\w*|effective|w\.?e\.?f\.?|signed|awarded|let|reviewed|renewed|extended) (?:on |the |in )*$/i
const FINISHES = /\b(?:until|till?|ends?|ending|expir\w*|terminat\w*)\b/i
/** Words that say nothing beside a date. */
const NOISE =
  /\b(?:until|till|to|by|on|at|the|of|in|end|ends|ending|expires|expiring|expiry|date|from|since|start(?:s|ed|ing)?|commenc(?:es|ed|ing)|effective|midnight|inclusive|incl|hrs?|hours?|gmt|bst|utc|am|pm|dd|year)\b|\d{1,2}:\d{2}(?::\d{2})?|[\s.,;:()-]/gi

function amongWords(
  text: string,
  order: DateOrder | null,
  years: number | null,
  isEnd: boolean,
): DateReading | null {
  const bare = text
    .replace(WEEKDAY, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[ ,]+|[ ,.;]+$/g, '')
  const all = bare === '' ? [] : [...bare.matchAll(ANY_DATE)]
  const found = isEnd && all.length > 1 ? all.filter((each) => !isOfBreak(bare, each)) : all
  const rolls = ROLLING_WORDS.test(text) && !NOT_ROLLING.test(text.replace(UNLESS, ' '))
  const [first] = found
  if (first === undefined) return rolls ? rollingOf(text, null) : null
  const lead = bare.slice(0, first.index)
  const begins = BEGINS.test(lead)
  if (begins && rolls && found.length === 1) {
    const since = writtenDate(first[0], order, years)
    const isDay = since?.kind === 'date' && since.precision === 'day'
    const isAfter = /\b(?:after|following)\b/i.test(lead)
    return rollingOf(text, isDay ? addDays(since.earliest, isAfter ? 1 : 0) : null)
  }
  const meant = found.map(({ 0: each, index }, at): Meant => {
    const reading = writtenDate(each, order, years) ?? notADate()
    if (reading.kind !== 'date') return { reading, lead: '', tail: '' }
    const before = found[at - 1]
    const from = before === undefined ? 0 : before.index + before[0].length
    const to = index + each.length
    return meantDay(reading, bare.slice(from, index), bare.slice(to, found[at + 1]?.index), isEnd)
  })
  const begun = isEnd ? spanStart(meant, bare, found) : null
  const readings = meant.slice(begun === null ? 0 : 1).map(({ reading }) => reading)
  const failed = readings.find((each) => each.kind === 'bad')
  if (failed) return failed
  const read = readings.filter((each) => each.kind === 'date')
  // `last day of session 2026/27 (25/06/2027)`: a year beside a day is no other end.
  const finer = read.filter(({ precision }) => precision !== 'year')
  const said = finer.length > 0 && !/\b(?:or|either)\b/i.test(bare) ? finer : read
  // `31 Mawrth 2027 / 31 March 2027`: one day in two languages.
  const dates = said.every((each) => isSameDays(each, said[0])) ? said.slice(0, 1) : said
  const date = dates.reduce<(typeof dates)[number] | undefined>(
    (least, each) => (least === undefined || each.earliest < least.earliest ? each : least),
    undefined,
  )
  if (date === undefined) return null
  const isMoved = meant.some(({ lead, tail }) => lead !== '' || tail !== '')
  if (isEnd && begins && begun === null && dates.length === 1 && !isMoved)
    return afterLength(lead, date, text)
  if (!isEnd && FINISHES.test(lead)) return bad('this says when it ends', 'Write the first day.')
  const goesOn =
    rolls && isEnd && TERM_WORDS.test(text) && !MAY_RENEW.test(text) && !deniesRenewal(text)
  const words = [...found.map(([each]) => each), ...meant.flatMap((each) => [each.lead, each.tail])]
    .filter((each) => each !== '')
    .reduce((left, each) => left.replace(each, ' '), bare)
  const rest = (goesOn ? words.replace(ROLLING_NOISE, ' ') : words).replace(NOISE, '')
  const isPlain = dates.length === 1 && rest === ''
  const last = dates.reduce((most, each) => later(most, each.last ?? each.latest), date.latest)
  return {
    ...date,
    ...(isPlain ? {} : { remark: text }),
    ...(isPlain || found.length > 1 ? {} : { behind: bare.slice(first.index + first[0].length) }),
    ...(dates.length > 1 || date.last !== undefined ? { last } : {}),
    ...(goesOn ? { rolls: true } : {}),
    ...(begun === null ? {} : { begins: begun }),
  }
}

/** Of a break before its end, and not the end: `31/03/2030 (break 31/03/2028)`. */
function isOfBreak(text: string, { index }: RegExpExecArray): boolean {
  return /\b(?:break|early (?:exit|release|termination)|(?:may|can|could|right to|option to) (?:be )?(?:exit|terminat|leave|left|end|cancel|withdraw)\w*)\b[^;,]*$/i.test(
    text.slice(0, index),
  )
}

function isSameDays(one: DayRead, other: DayRead | undefined): boolean {
  return one.earliest === other?.earliest && one.latest === other.latest && one.last === other.last
}

/** The first of two days that stand as `1 April 2024 - 31 March 2027`: the second is the end. */
function spanStart(
  meant: readonly Meant[],
  text: string,
  found: readonly RegExpExecArray[],
): CivilDate | null {
  const [first, second] = meant
  const [a, b] = found
  if (first?.reading.kind !== 'date' || second?.reading.kind !== 'date') return null
  if (a === undefined || b === undefined) return null
  if (!SPANS.test(text.slice(a.index + a[0].length, b.index))) return null
  const days = daysBetween(first.reading.latest, second.reading.earliest)
  // Nearer to one another they may be two days of which either is the end.
  return days > 92 ? first.reading.earliest : null
}
const SPANS = /^[ ,]*(?:[-–—]|to|until|till?|through|thru)[ ,]*$/i

const DENIES = /\b(?:no|non|without)\b/i

/** Whether words of renewal are denied, or said to be over; not where that is what would stop it. */
export function deniesRenewal(text: string): boolean {
  const said = text.replace(UNLESS, ' ')
  return NOT_ROLLING.test(said) || DENIES.test(said)
}
export const UNLESS = /\b(?:unless|until|if not|except (?:if|where|when))\b[^,;.]*/gi
/** Words that say nothing besides, of a day from which on it goes from term to term. */
const ROLLING_NOISE =
  /\b(?:then|there ?after|afterwards|roll(?:s|ing)?(?: over| on)?|auto(?:matic(?:ally)?)?|self|renew\w*|evergreen|contract|agreement|basis|period|terms?|and|for|every|each|a|per|unless|notice|is|given|served|half|(?:bi-?)?annual(?:ly)?|(?:\d{1,2}[ -]?)?(?:month|mth|year|yr|quarter|week)(?:s|ly)?)\b/gi

/** `Aug-27`, `Mar '28`: no day of a month stands before it. */
const MONTH_OF_SHORT_YEAR = new RegExp(
  `(?<!\\d(?:st|nd|rd|th)?[ /-]*)\\b${MONTH_NAME}(?: ?(?:-|[/'’])(?=\\d{2})| (?=2[4-9]|3\\d))(\\d{2})(?![\\d/-]| ?(?:st|nd|rd|th)\\b|,? (?:19|20)\\d\\d)`,
  'gi',
)

/** Every day, month or quarter that stands among these words; a year alone says too little. */
export function datesAmong(
  raw: string,
  order: DateOrder | null,
  years: number | null,
): readonly DayRead[] {
  const plain = withOwnYears(withDaysOfFeast(withPlainQuarter(plainMarks(raw))))
  const text = plain.replace(MONTH_OF_SHORT_YEAR, (_, month, year) => `${month} 20${year}`)
  return [...text.matchAll(ANY_DATE)].flatMap(([each]) => {
    const read = writtenDate(each, order, years ?? LAST_OF_CENTURY)
    return read?.kind === 'date' && read.precision !== 'year' ? [read] : []
  })
}

// A length of time and a day in the cell of a notice.

const BEFORE_IT =
  /\b(?:before|prior to|ahead of|in advance of|preceding|ending|to end|ends|expiring|to expire|expires|to|until)\b/i
const FROM_IT =
  /\b(?:from|after|following|since|beginning|starting|commencing|as of|w\.?e\.?f\.?)\b/i
const LENGTH_AND_DAY = new RegExp(
  `${LENGTH.source}(?: (?:written|prior|of|notice|in writing)\\b)* ?(\\()?([a-z. ]{2,60}?) ?(?:on |the |of )*$`,
  'i',
)

/** `unread`: which day stands there cannot be read. */
export type NoticeDays =
  | { readonly kind: 'before' | 'from'; readonly base: CivilDate; readonly day: CivilDate }
  | { readonly kind: 'unread' }

/**
 * What a length of time and a day mean together in the cell of a notice: `3 months before 1 March 2027` the
 * day so long before it, `12 months from 1 April 2026` the last of so long from it on. A day without a year
 * is the last such day up to the one after this end. Null where no length and day stand so.
 */
export function noticeDays(
  raw: string,
  order: DateOrder | null,
  years: number | null,
  end: CivilDate,
): NoticeDays | null {
  const text = inYearOf(raw.replace(WEEKDAY, ' '), end)
  const [date, another] = text === null ? [] : [...text.matchAll(ANY_DATE)]
  if (text === null || date === undefined || another !== undefined) return null
  const read = writtenDate(date[0], order, years)
  const found = LENGTH_AND_DAY.exec(text.slice(0, date.index))
  const words = found?.[5] ?? ''
  const isFrom = FROM_IT.test(words)
  if (found === null || /\b(?:not|no|at any time|nor)\b/i.test(words)) return null
  if (!isFrom && !BEFORE_IT.test(words)) return null
  if (read?.kind !== 'date' || read.precision !== 'day') return { kind: 'unread' }
  // `6 months (before 30 September 2026)`: the day itself, in other words or besides.
  if (found[4] !== undefined && !isFrom) {
    return { kind: 'from', base: read.earliest, day: read.earliest }
  }
  const after = isFrom && /after|following/i.test(words) ? 'after' : ''
  const moved = movedBy(read, Object.assign(found, { 0: after }), isFrom ? 1 : -1)
  if (moved.kind !== 'date') return { kind: 'unread' }
  return { kind: isFrom ? 'from' : 'before', base: read.earliest, day: moved.earliest }
}

/** The day of `by 31 December each year`, the last one up to this end; null where anything else stands there. */
export function noticeDayInYear(raw: string, end: CivilDate): CivilDate | null {
  const text = inYearOf(raw, end)
  const [written = ''] = /\d{4}-\d{2}-\d{2}/.exec(text ?? '') ?? []
  const day = DAY_IN_YEAR.test(plainMarks(raw)) ? parseCivilDate(written) : null
  if (text === null || day === null || /\bnot before\b/i.test(text)) return null
  if (!DAY_ALONE_IN_YEAR.test(text.replace(written, ' '))) return null
  const isBefore = /\b(?:before|prior to)\b/i.test(text) && !/on or before/i.test(text)
  const by = isBefore ? addDays(day, -1) : day
  // So soon behind the last end, or with this one, nobody gives notice: another thing is meant.
  const ahead = daysBetween(by, end)
  return ahead > 0 && ahead < 300 ? by : null
}

const DAY_ALONE_IN_YEAR =
  /^(?:annual(?:ly)?|yearly|each|every|any|year|notice|written|in writing|(?:to|must) be (?:given|served|received)|given|served?|give|due|deadline|latest|last (?:day|date)|is|by|before|prior to|on|or|(?:no|not) later than|the|end of|of|in|per annum|p\.?a\.?|[\s,.()-])*$/i

/** The text in plain marks, with its day without a year as the last such day up to the one after this end is written. */
function inYearOf(raw: string, end: CivilDate): string | null {
  const text = plainMarks(raw).replace(/\s+/g, ' ')
  if (text.length > LIMITS.figureCharacters || !/[a-z]/i.test(text)) return null
  return text.replace(DAY_IN_YEAR, (whole, before, name, otherName, after) => {
    const on = (year: number) =>
      civilDate(year, monthOf(name ?? otherName), Number(before ?? after))
    const year = Number(end.slice(0, 4))
    const last = addDays(end, 1)
    return (
      [on(year + 1), on(year), on(year - 1)].find((day) => day !== null && day <= last) ?? whole
    )
  })
}

const DAY_AND_MONTH = `(?:(\\d{1,2})(?:st|nd|rd|th)? (?:of )?${MONTH_NAME}|${MONTH_NAME} (\\d{1,2})(?:st|nd|rd|th)?)(?![a-z]|[ ,]*\\d)`
const DAY_IN_YEAR = new RegExp(`\\b${DAY_AND_MONTH}`, 'i')
const DAY_OF_YEAR = new RegExp(
  `\\b(until |to |ends? |ending |expir\\w+ )?(?:on |each |every |the )*${DAY_AND_MONTH}`,
  'i',
)

/** The first day of a year counted from such a day as `each 1 April`: the last one that has passed; null where there is none. */
export function dayOfYearIn(text: string, today: CivilDate): CivilDate | null {
  const found = DAY_OF_YEAR.exec(text)
  // `since Apr 25` is a month of a year.
  if (
    !found ||
    /\b(?:since|from|in) +[a-z]{3,9}\.? \d\d$/i.test(text.slice(0, found.index + found[0].length))
  )
    return null
  const [, isLast, before, name, otherName, after] = found
  const on = (year: number) => civilDate(year, monthOf(name ?? otherName), Number(before ?? after))
  const year = Number(today.slice(0, 4))
  const day = [on(year), on(year - 1)].find((each) => each !== null && each <= today) ?? null
  return day === null || isLast === undefined ? day : addDays(day, 1)
}

function rollingOf(text: string, from: CivilDate | null): DateReading {
  return TERM_WORDS.test(text) ? { kind: 'rolling', rolls: { from } } : ROLLING
}

/** `3 years from 1 April 2024`: the last day of that time; without a length it is no end. */
function afterLength(lead: string, date: DayRead, remark: string): DateReading {
  const length = LENGTH.exec(lead)
  if (length === null || wholeNumber(length[1] ?? '') === null) {
    // `after Easter 2027`: until somebody says when, it is warned of from the first of these days.
    const days = daysBetween(date.earliest, date.latest)
    if (days > 0 && days < 14 && /\b(?:after|following)\b/i.test(lead)) return { ...date, remark }
    return bad('this says when it begins, not when it ends', 'Write the last day as YYYY-MM-DD.')
  }
  const after = /\b(?:after|following)\b/i.exec(lead)?.[0] ?? ''
  const moved = movedBy(date, Object.assign(length, { 0: `${length[0]} ${after}` }), 1)
  return moved.kind === 'date' ? { ...moved, remark } : moved
}

const UNITS_IN_WORDS =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  )
const TENS_IN_WORDS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')

/** `90`, `ninety`, `twenty-four`, `a`; null for any other word. */
export function wholeNumber(text: string): number | null {
  if (/^\d{1,4}$/.test(text)) return Number(text)
  const [isHundred, more] = /^(?:(?:one|an?) )?hundred(?:(?: and)? (.+))?$/i.exec(text) ?? []
  if (isHundred !== undefined) {
    const rest = more === undefined ? 0 : wholeNumber(more)
    return rest === null || rest > 99 ? null : 100 + rest
  }
  const [first = '', second] = text.toLowerCase().split(/[ -]/)
  if (/^(?:an?|single)$/.test(first)) return 1
  const small = UNITS_IN_WORDS.indexOf(first)
  if (small >= 0 && second === undefined) return small
  const tens = TENS_IN_WORDS.indexOf(first)
  if (tens < 0) return null
  const ones = second === undefined ? 0 : UNITS_IN_WORDS.indexOf(second)
  return ones < 0 || ones > 9 ? null : (tens + 2) * 10 + ones
}

/** Two digits whose century nobody doubts. */
export const LAST_OF_CENTURY = 2099

/** The year of the century of the last possible one; null where it would lie after that. */
function wholeYear(two: string | undefined, last: number | null): number | null {
  const year = last === null ? null : last - (last % 100) + Number(two)
  return year !== null && last !== null && year <= last ? year : null
}

function twoDigits(): DateReading {
  return bad(
    'the year has two digits',
    'Write the year with four digits, such as 31/03/2027, or give --years 2000.',
  )
}

function serial(text: string, dayZero: number): DateReading {
  if (/^0?[01]?(?:\.0+)?$/.test(text)) return NIL
  if (text === String(SERIAL_SENTINEL)) return ROLLING
  const number = SERIAL.test(text) ? Math.floor(Number(text)) : 0
  if (number >= SERIAL_LEAST && number <= SERIAL_MOST) {
    const counted = exactly(dateOfDayNumber(number + dayZero - EXCEL_DAY_ZERO))
    return counted.kind === 'date' ? { ...counted, isNumber: true } : counted
  }
  return notADate()
}

function numericDate(a: number, b: number, year: number, order: DateOrder | null): DateReading {
  if (a === b) return day(year, a, b)
  if (order === 'dmy') return b > 12 && a <= 12 ? against('day first') : day(year, b, a)
  if (order === 'mdy') return a > 12 && b <= 12 ? against('month first') : day(year, a, b)
  if (a > 12) return day(year, b, a)
  if (b > 12) return day(year, a, b)
  return bad(
    'day and month could be either way round',
    'Write it as YYYY-MM-DD, or give --dates dmy or --dates mdy.',
  )
}

function against(order: string): DateReading {
  return bad(`the other dates of this column have the ${order}`, 'Write it as YYYY-MM-DD.')
}

function inZone(text: string, timeZone: string): DateReading {
  // A date-time without an offset is local already: there is no instant to convert.
  if (!/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text)) return readDate(text.slice(0, 10), null)
  const local = DateTime.fromISO(text.replace(' ', 'T'), { zone: IANAZone.create(timeZone) })
  const date = local.isValid ? parseCivilDate(local.toFormat('yyyy-MM-dd')) : null
  return date === null ? notADate() : exactly(date)
}

function day(year: number, month: number, dayOfMonth: number): DateReading {
  const date = civilDate(year, month, dayOfMonth)
  if (date !== null) return exactly(date)
  const noSuchDay = bad('there is no such day', 'Correct the day, the month or the year.')
  const first = dayOfMonth > 28 && dayOfMonth < 32 ? civilDate(year, month, 1) : null
  return first === null ? noSuchDay : { ...noSuchDay, instead: lastOfMonths(first, 1) }
}

function exactly(date: CivilDate): DateReading {
  // Spreadsheets and old systems write an empty date as their own first day.
  if (date < FIRST_RECORDED) return NIL
  return { kind: 'date', earliest: date, latest: date, precision: 'day' }
}

function months(year: number, month: number, count: number, precision: Precision): DateReading {
  const found = monthsFrom(year, month, count)
  if (found === null || year < 1900) return notADate()
  return { kind: 'date', earliest: found.from, latest: found.to, precision }
}

function monthOf(name: string | undefined): number {
  return monthNamed(name ?? '') ?? 0
}

function notADate(): DateReading {
  return bad('this is not a date', 'Write it as YYYY-MM-DD, for example 2027-03-31.')
}

function bad(problem: string, remedy: string): Extract<DateReading, { kind: 'bad' }> {
  return { kind: 'bad', problem, remedy }
}

/**
 * What a cell tells of the order of day and month in its column: settled either way, could be
 * either (`ambiguous`), starts with the year (`ymd`), or nothing.
 */
export function dateEvidence(raw: string): DateOrder | 'ambiguous' | null {
  if (raw.length > LIMITS.figureCharacters) return null
  const text = plainMarks(raw)
  const numeric = NUMERIC.exec(text)
  const dates = numeric === null ? [...spansApart(text).matchAll(NUMERIC_AMONG)] : [numeric]
  if (dates.length > 0) {
    const shown = dates.map(([, a, b]) => orderShown(Number(a), Number(b)))
    return (
      shown.find((each) => each === 'dmy' || each === 'mdy') ??
      shown.find((each) => each !== null) ??
      null
    )
  }
  return ISO.test(text) || YEAR_FIRST.test(text) ? 'ymd' : null
}
const NUMERIC_AMONG = /(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})[/.-](?:\d{4}|\d{2})(?![\d/.-])/g

function orderShown(a: number, b: number): 'dmy' | 'mdy' | 'ambiguous' | null {
  if (a > 12 && a <= 31 && b <= 12) return 'dmy'
  if (b > 12 && b <= 31 && a <= 12) return 'mdy'
  return a === b || a > 12 || b > 12 ? null : 'ambiguous'
}

/** `1/4/24-31/3/27`: the two days apart. */
function spansApart(text: string): string {
  return text.replace(/(?<=\d[/.]\d{1,2}[/.]\d{2,4})-(?=\d{1,2}[/.]\d)/g, ' - ')
}

/** What the dates of a text show of their years. */
export interface YearsShown {
  /** Whether one has four digits. */
  readonly four: boolean
  /** Those of two digits: infinite where that may be a day of its month (`Mar 31`). */
  readonly two: readonly number[]
  /** Of each numeric one, whether only with the year first it is of a first or last day: `24-04-01`. */
  readonly yearFirst: readonly boolean[]
}

/** The years of the dates in a cell. */
export function yearsShown(raw: string): YearsShown {
  const text = raw.length > LIMITS.figureCharacters ? '' : plainMarks(raw)
  if (!/\d/.test(text)) return NO_YEARS
  const numeric = [...spansApart(text).matchAll(SHORT_AMONG)]
  const named = NAMED_SHORT.exec(text)?.[3]
  if (numeric.length === 0 && named === undefined) {
    return /(?<!\d)20\d{2}(?!\d)/.test(text) ? { ...NO_YEARS, four: true } : NO_YEARS
  }
  const ofNamed = named === undefined ? [] : [MONTH_AND_DAY.test(text) ? Infinity : Number(named)]
  return {
    four: false,
    two: [...ofNamed, ...numeric.map(([, , year]) => Number(year))],
    yearFirst: numeric.map(([, first, last]) => isEdge(last) && !isEdge(first)),
  }
}
const NO_YEARS: YearsShown = { four: false, two: [], yearFirst: [] }
const SHORT_AMONG = /(?<![\d/.-])(\d{1,2})[/.-]\d{1,2}[/.-](\d{2})(?![\d/.-])/g
/** A month with a number behind it that may be its day. */
const MONTH_AND_DAY = new RegExp(`^\\D*${MONTH_NAME} *(?:0[1-9]|[12]\\d|3[01])$`, 'i')

/** Whether it is the first or a last day of a month, as most terms begin and end. */
function isEdge(day: string | undefined): boolean {
  return [1, 28, 29, 30, 31].includes(Number(day))
}

/** A quick look: where it says no, there is neither evidence in the text. */
export function mayBeEvidence(text: string): boolean {
  return /\d[/.-]\d|20\d\d/.test(text) || NAMED_SHORT.test(text)
}

/** Terms of fifty years and more are typing errors or sentinels (2122) in every register tried. */
const LONGEST_MONTHS = 600

export interface EndCheck {
  readonly end: End
  readonly finding: {
    readonly problem: string
    readonly remedy: string
    readonly severity: 'error' | 'warning'
  } | null
}

const UNDATED: EndCheck = { end: { kind: 'undated' }, finding: null }
const ROLLING_END: EndCheck = { end: { kind: 'rolling' }, finding: null }

/** Judges an end that was read; a bad reading counts as undated and was reported before. */
export function checkEnd(reading: DateReading, start: CivilDate | null): EndCheck {
  if (reading.kind === 'rolling') return ROLLING_END
  if (reading.kind !== 'date') return UNDATED
  if (isSentinel(reading.latest, start)) {
    return {
      end: { kind: 'rolling' },
      finding: {
        problem: `an end this far away stands for "no end": taken as rolling`,
        remedy: 'Give its notice period and a review date, or the real end.',
        severity: 'warning',
      },
    }
  }
  const { earliest, latest, precision } = reading
  const end: End = { kind: 'dated', earliest, latest, precision }
  if (start !== null && latest < start) {
    return {
      end,
      finding: {
        problem: `the end lies before the start, ${dayText(start)}`,
        remedy: 'Correct the start or the end.',
        severity: 'error',
      },
    }
  }
  return { end, finding: null }
}

/** Whether a date stands for "no end". */
export function isSentinel(date: CivilDate, start: CivilDate | null): boolean {
  // Nobody awards a contract to the end of the century.
  if (date > LAST_RECORDED) return true
  // Years compared first: the months are counted only for terms that come near.
  if (start === null || Number(date.slice(0, 4)) - Number(start.slice(0, 4)) < 50) return false
  return date > addMonths(start, LONGEST_MONTHS)
}
