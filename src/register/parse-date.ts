/** Dates as registers write them, and what an end date means beside its start. */
import { DateTime, IANAZone } from 'luxon'
import {
  addMonths,
  asCivilDate,
  type CivilDate,
  civilDate,
  dateOfDayNumber,
  daysInMonth,
  dayText,
  parseCivilDate,
} from '../rules/civil-date.ts'
import type { End, Precision } from '../rules/contract.ts'
import type { DateOrder } from './draft.ts'
import { LIMITS } from './limits.ts'

// Reads one date of a register: never guesses, always says why it could not.

export type DateReading =
  | {
      readonly kind: 'date'
      readonly earliest: CivilDate
      readonly latest: CivilDate
      readonly precision: Precision
    }
  /** Blank, `N/A`, `TBC`, 1900-01-01: unknown. */
  | { readonly kind: 'nil' }
  /** `ongoing`, `until further notice`: it runs until somebody ends it. */
  | { readonly kind: 'rolling' }
  | { readonly kind: 'bad'; readonly problem: string; readonly remedy: string }

const NIL: DateReading = { kind: 'nil' }
const ROLLING: DateReading = { kind: 'rolling' }

const NIL_WORDS =
  /^(?:-+|—|–|\.+|\?+|n\/?a|n\.a\.?|#n\/a|none|nil|null|unknown|not known|tb[cad]|to be (?:confirmed|agreed|decided|advised)|not applicable|not available|not stated|not specified|pending)$/i
const ROLLING_WORDS =
  /^(?:rolling(?: (?:contract|monthly|annual|annually))?|on-?going|until further notice|open[ -]?ended|perpetual|evergreen|indefinite(?:ly)?|no (?:fixed )?end(?: date)?|continuous|permanent)$/i

/** Whether the text says that nothing is known. */
export function isNil(text: string): boolean {
  return text === '' || (text.length <= 20 && NIL_WORDS.test(text))
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const MONTH_NAME =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?'

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?=$|[T ]\d{2}:?\d{2})/
const YEAR_FIRST = /^(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:[T ].*)?$/
const ISO_LOOSE = /^(\d{4})-(\d{1,2})-(\d{1,2})$/
const NUMERIC =
  /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:,?[T ]\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?)?$/i
const NUMERIC_SHORT = /^\d{1,2}[/.-]\d{1,2}[/.-]\d{2}$/
const DAY_NAMED = new RegExp(
  `^(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?(\\d{1,2})(?:st|nd|rd|th)?[ -]*(?:of )?${MONTH_NAME}[ ,-]*(\\d{4})$`,
  'i',
)
const NAMED_DAY = new RegExp(`^${MONTH_NAME} (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})$`, 'i')
const NAMED_SHORT = new RegExp(`^(?:\\d{1,2}[ -])?${MONTH_NAME}[ '’-]*\\d{2}$`, 'i')
const MONTH_NAMED = new RegExp(`^(?:(?:until|end of|to) )?${MONTH_NAME}[ ,-]*(\\d{4})$`, 'i')
const MONTH_ISO = /^(\d{4})[-/](\d{1,2})$/
const MONTH_NUMERIC = /^(\d{1,2})[/.-](\d{4})$/
const QUARTER = /^(?:q([1-4])[ /-]*(\d{4})|(\d{4})[ /-]*q([1-4]))$/i
const YEAR = /^(?:until |end of )?(\d{4})$/i
const SERIAL = /^\d{5,6}(?:\.\d+)?$/

/** Excel's day 0 is 1899-12-30 for every day after its 29 February 1900, which never was. */
const EXCEL_DAY_ZERO = 25_569
const SERIAL_LEAST = 20_000
const SERIAL_MOST = 110_000
/** 9999-12-31 as Excel counts it: a sentinel. */
const SERIAL_SENTINEL = 2_958_465

/**
 * What a date cell says. ISO dates are taken as written, without their time; with `timeZone`
 * an instant becomes the civil day that it is there. Day and month of `03/04/2026` follow
 * `order`; without an order such a date is bad unless it reads the same both ways.
 */
export function readDate(
  raw: string,
  order: DateOrder | null,
  timeZone: string | null = null,
): DateReading {
  const text = raw.trim()
  if (text === '') return NIL
  if (text.length > LIMITS.figureCharacters) return notADate()
  const iso = ISO.exec(text)
  if (iso) {
    if (timeZone !== null && text.length > 10) return inZone(text, timeZone)
    return day(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  }
  const numeric = NUMERIC.exec(text)
  if (numeric) return numericDate(Number(numeric[1]), Number(numeric[2]), Number(numeric[3]), order)
  if (isNil(text)) return NIL
  return written(text.replace(/\s+/g, ' '))
}

function written(text: string): DateReading {
  if (ROLLING_WORDS.test(text)) return ROLLING
  const dayNamed = DAY_NAMED.exec(text)
  if (dayNamed) return day(Number(dayNamed[3]), monthOf(dayNamed[2]), Number(dayNamed[1]))
  const namedDay = NAMED_DAY.exec(text)
  if (namedDay) return day(Number(namedDay[3]), monthOf(namedDay[1]), Number(namedDay[2]))
  const yearFirst = YEAR_FIRST.exec(text) ?? ISO_LOOSE.exec(text)
  if (yearFirst) return day(Number(yearFirst[1]), Number(yearFirst[2]), Number(yearFirst[3]))
  if (NUMERIC_SHORT.test(text) || NAMED_SHORT.test(text)) {
    return bad('the year has two digits', 'Write the year with four digits, such as 31/03/2027.')
  }
  const monthNamed = MONTH_NAMED.exec(text)
  if (monthNamed) return months(Number(monthNamed[2]), monthOf(monthNamed[1]), 1, 'month')
  const monthIso = MONTH_ISO.exec(text)
  if (monthIso) return months(Number(monthIso[1]), Number(monthIso[2]), 1, 'month')
  const monthNumeric = MONTH_NUMERIC.exec(text)
  if (monthNumeric) return months(Number(monthNumeric[2]), Number(monthNumeric[1]), 1, 'month')
  const quarter = QUARTER.exec(text)
  if (quarter) {
    const number = Number(quarter[1] ?? quarter[4])
    return months(Number(quarter[2] ?? quarter[3]), number * 3 - 2, 3, 'quarter')
  }
  const year = YEAR.exec(text)
  if (year) return months(Number(year[1]), 1, 12, 'year')
  return serial(text)
}

function serial(text: string): DateReading {
  if (/^0?[01]?(?:\.0+)?$/.test(text)) return NIL
  if (text === String(SERIAL_SENTINEL)) return ROLLING
  const number = SERIAL.test(text) ? Math.floor(Number(text)) : 0
  if (number >= SERIAL_LEAST && number <= SERIAL_MOST) {
    return exactly(dateOfDayNumber(number - EXCEL_DAY_ZERO))
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
  if (date === null) return bad('there is no such day', 'Correct the day, the month or the year.')
  return exactly(date)
}

const NO_DATE = asCivilDate('1900-01-01')

function exactly(date: CivilDate): DateReading {
  // Spreadsheets and old systems write an empty date as their own first day.
  if (date <= NO_DATE) return NIL
  return { kind: 'date', earliest: date, latest: date, precision: 'day' }
}

function months(year: number, month: number, count: number, precision: Precision): DateReading {
  const earliest = civilDate(year, month, 1)
  const lastMonth = month + count - 1
  const latest = civilDate(year, lastMonth, lastMonth <= 12 ? daysInMonth(year, lastMonth) : 0)
  if (earliest === null || latest === null || year < 1900) {
    return notADate()
  }
  return { kind: 'date', earliest, latest, precision }
}

function monthOf(name: string | undefined): number {
  return MONTHS.indexOf((name ?? '').slice(0, 3).toLowerCase()) + 1
}

function notADate(): DateReading {
  return bad('this is not a date', 'Write it as YYYY-MM-DD, for example 2027-03-31.')
}

function bad(problem: string, remedy: string): DateReading {
  return { kind: 'bad', problem, remedy }
}

/**
 * What a cell tells of the order of day and month in its column: settled either way, could be
 * either (`ambiguous`), starts with the year (`ymd`), or nothing.
 */
export function dateEvidence(text: string): DateOrder | 'ambiguous' | null {
  if (text.length > LIMITS.figureCharacters) return null
  const numeric = NUMERIC.exec(text)
  if (numeric) {
    const a = Number(numeric[1])
    const b = Number(numeric[2])
    if (a > 12 && a <= 31 && b <= 12) return 'dmy'
    if (b > 12 && b <= 31 && a <= 12) return 'mdy'
    return a === b || a > 12 || b > 12 ? null : 'ambiguous'
  }
  return ISO.test(text) || YEAR_FIRST.test(text) ? 'ymd' : null
}

/** From this year on an end is a sentinel: nobody awards a contract to the end of the century. */
const SENTINEL_YEAR = '2099'
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
  if (date >= SENTINEL_YEAR) return true
  // Years compared first: the months are counted only for terms that come near.
  if (start === null || Number(date.slice(0, 4)) - Number(start.slice(0, 4)) < 50) return false
  return date > addMonths(start, LONGEST_MONTHS)
}
