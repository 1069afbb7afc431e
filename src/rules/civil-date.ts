/**
 * Civil dates: a day on the calendar, never an instant.
 *
 * A `CivilDate` is the text `YYYY-MM-DD`, checked once where it enters. Text order is
 * date order, so `<` and `>` compare two of them; it passes through JSON, SQL `date`
 * columns and logs without a time zone ever touching it.
 */
import { DateTime, Settings } from 'luxon'

// An invalid date compares false both ways, so that what depends on it would stay silent.
Settings.throwOnInvalid = true

declare const civil: unique symbol
/** A day of the proleptic Gregorian calendar as `YYYY-MM-DD`, years 0001 to 9999. */
export type CivilDate = string & { readonly [civil]: true }

/** The calendar has no day after it. */
export const LAST_DAY = '9999-12-31'

const SHAPE = /^(\d{4})-(\d{2})-(\d{2})$/

const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334] as const

/** Whether February has 29 days in that year. */
export function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
}

/** The number of days of a month (1 to 12) of a year. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** The civil date of these numbers, or null where there is no such day. */
export function civilDate(year: number, month: number, day: number): CivilDate | null {
  if (!Number.isInteger(year) || year < 1 || year > 9999) return null
  if (!Number.isInteger(month) || month < 1 || month > 12) return null
  if (!Number.isInteger(day) || day < 1 || day > daysInMonth(year, month)) return null
  return format(year, month, day)
}

/** The civil date that the text `YYYY-MM-DD` names, or null where it names none. */
export function parseCivilDate(text: string): CivilDate | null {
  const match = SHAPE.exec(text)
  return match ? civilDate(Number(match[1]), Number(match[2]), Number(match[3])) : null
}

/**
 * The civil date that the text names.
 * @throws RangeError where the text is no date: for values that were checked before.
 */
export function asCivilDate(text: string): CivilDate {
  const date = parseCivilDate(text)
  if (date === null) throw new RangeError(`"${text}" is not a date: write it as YYYY-MM-DD.`)
  return date
}

/**
 * The days that a register, a form or a command may record: spreadsheets write an empty date as the
 * day before the first, and a contract that runs until further notice as one after the last.
 */
export const FIRST_RECORDED = '1900-01-02' as CivilDate
export const LAST_RECORDED = '2098-12-31' as CivilDate

/** Nobody looks further ahead, or adds more days to a contract. */
export const MOST_DAYS_AHEAD = 36_500

/** How far ahead is looked for what is due, and what it would cost, where nobody says how far. */
export const DUE_DAYS_AHEAD = 90

/**
 * The same for contracts that end together, where somebody asks and where they are listed unasked:
 * replacing several at once takes longer than replacing one.
 */
export const CLIFF_DAYS_AHEAD = { asked: 365, listed: 180 } as const

/** A year from any day on, in days, also where a 29 February lies in it. */
export const YEAR_AHEAD = 366

/** Year, month (1 to 12) and day of a date. */
export function dateParts(date: CivilDate): { year: number; month: number; day: number } {
  // Digit by digit: three times as quick as slices, and every rule ends up here.
  return {
    year: digit(date, 0) * 1000 + digit(date, 1) * 100 + digit(date, 2) * 10 + digit(date, 3),
    month: digit(date, 5) * 10 + digit(date, 6),
    day: digit(date, 8) * 10 + digit(date, 9),
  }
}

function digit(date: CivilDate, at: number): number {
  return date.charCodeAt(at) - 48
}

/** Days since 1970-01-01, which is day 0 and a Thursday. */
export function dayNumber(date: CivilDate): number {
  const { year, month, day } = dateParts(date)
  return numberOf(year, month, day)
}

function numberOf(year: number, month: number, day: number): number {
  const y = year - 1
  const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400)
  const inYear = (DAYS_BEFORE_MONTH[month - 1] ?? 0) + (month > 2 && isLeapYear(year) ? 1 : 0) + day
  return y * 365 + leaps + inYear - 719_163
}

/**
 * The date of a day number.
 * @throws RangeError outside the years 0001 to 9999.
 */
export function dateOfDayNumber(number: number): CivilDate {
  const kept = KEPT[number]
  if (kept !== undefined) return kept
  const date = countDate(number)
  if (number >= 0 && number < KEPT_DAYS) KEPT[number] = date
  return date
}

// Contracts share their days: keeping those of 1970 to 2099 makes a sweep's plans twice as quick
// and takes 2 MB at most.
const KEPT_DAYS = 47_482
const KEPT = new Array<CivilDate | undefined>(KEPT_DAYS)

function countDate(number: number): CivilDate {
  // Counting in 400-year cycles from 0000-03-01 puts the leap day last in its year.
  const shifted = number + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  )
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
  if (year < 1 || year > 9999)
    throw new RangeError(`Day ${number} lies outside the years 1 to 9999.`)
  return format(year, month, day)
}

/** The date so many days later; a negative number counts back. */
export function addDays(date: CivilDate, days: number): CivilDate {
  return dateOfDayNumber(dayNumber(date) + days)
}

/** How many days `to` lies after `from`; negative where it lies before. */
export function daysBetween(from: CivilDate, to: CivilDate): number {
  return dayNumber(to) - dayNumber(from)
}

/**
 * The date so many months later, counted from this anchor: the same day of the month, or the
 * month's last day where it has no such day (31 Jan + 1 month = 28 Feb, + 2 months = 31 Mar).
 * Add all the months at once: adding one and then another can end on another day.
 */
export function addMonths(date: CivilDate, months: number): CivilDate {
  const { year, month, day } = dateParts(date)
  const count = year * 12 + (month - 1) + months
  const toYear = Math.floor(count / 12)
  const toMonth = count - toYear * 12 + 1
  if (toYear < 1 || toYear > 9999) {
    throw new RangeError(`${date} and ${months} months lies outside the years 1 to 9999.`)
  }
  const toDay = Math.min(day, daysInMonth(toYear, toMonth))
  return dateOfDayNumber(numberOf(toYear, toMonth, toDay))
}

/**
 * The last day of so many months that begin on `first`: the day before the same day of the month, or
 * the month's last day where it has no such day. A year from 29 Feb 2024 ends on 28 Feb 2025, half a
 * year from 31 Aug on 28 Feb, and a year from 1 Mar 2023 on 29 Feb 2024.
 */
export function lastOfMonths(first: CivilDate, months: number): CivilDate {
  const same = addMonths(first, months)
  return dateParts(same).day < dateParts(first).day ? same : addDays(same, -1)
}

const PARTS = { 1: 'month', 3: 'quarter', 6: 'half-year', 12: 'year' } as const

/** Which part of the calendar these days are, its first and last included; null where they are none. */
export function calendarPart(
  first: CivilDate,
  last: CivilDate,
): (typeof PARTS)[keyof typeof PARTS] | null {
  const [a, b] = [dateParts(first), dateParts(last)]
  if (a.day !== 1 || b.day !== daysInMonth(b.year, b.month)) return null
  const months = (b.year - a.year) * 12 + b.month - a.month + 1
  // A year may be a financial one.
  if (months !== 1 && months !== 3 && months !== 6 && months !== 12) return null
  return months === 12 || b.month % months === 0 ? PARTS[months] : null
}

/** Some days in words: `Fri 30 Apr 2027`, `June 2018`, `Q2 2026`, `H1 2026`, `2026`, or from when to when. */
export function spanText(first: CivilDate, last: CivilDate): string {
  if (first === last) return dayText(last)
  const { year, month } = dateParts(last)
  switch (calendarPart(first, last)) {
    case 'month':
      return `${MONTH_NAMES[month - 1]} ${year}`
    case 'quarter':
      return `Q${month / 3} ${year}`
    case 'half-year':
      return `H${month / 6} ${year}`
    case 'year':
      return month === 12 ? `${year}` : `the year to ${dayText(last)}`
    case null:
      return `${dayText(first)} to ${dayText(last)}`
  }
}

/** 1 for Monday to 7 for Sunday, as ISO 8601 numbers them. */
export function weekday(date: CivilDate): number {
  const fromThursday = dayNumber(date) % 7
  return ((fromThursday + 7 + 3) % 7) + 1
}

/** The earlier of two dates that may not be known: none comes after all. */
export function earliestOf(a: CivilDate | null, b: CivilDate | null): CivilDate | null {
  return a === null || b === null ? (a ?? b) : earlier(a, b)
}

/** The earlier of two dates. */
export function earlier(a: CivilDate, b: CivilDate): CivilDate {
  return a < b ? a : b
}

/** The later of two dates. */
export function later(a: CivilDate, b: CivilDate): CivilDate {
  return a > b ? a : b
}

function format(year: number, month: number, day: number): CivilDate {
  const y = String(year).padStart(4, '0')
  return `${y}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}` as CivilDate
}

// How dates are worded wherever a rule gives its reason: `Fri 30 Apr 2027`.

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const

export const MONTH_NAMES: readonly string[] =
  'January February March April May June July August September October November December'.split(' ')

/** 1 to 12 of a month's name or how it is shortened (`mar`, `sept`), in any case; null of another word. */
export function monthNamed(word: string): number | null {
  const name = word.toLowerCase().replace(/\.$/, '')
  const at = MONTH_NAMES.findIndex((each) => {
    const whole = each.toLowerCase()
    return (
      name === whole || name === whole.slice(0, 3) || (name === 'sept' && whole === 'september')
    )
  })
  return at < 0 ? null : at + 1
}

/** So many months from the first day of this one; null outside the calendar. */
export function monthsFrom(
  year: number,
  month: number,
  count: number,
): { readonly from: CivilDate; readonly to: CivilDate } | null {
  const last = month - 2 + count
  const [lastYear, lastMonth] = [year + Math.floor(last / 12), (last % 12) + 1]
  const [from, to] = [
    civilDate(year, month, 1),
    civilDate(lastYear, lastMonth, daysInMonth(lastYear, lastMonth)),
  ]
  return from === null || to === null ? null : { from, to }
}

export function dayText(date: CivilDate): string {
  const { year, month, day } = dateParts(date)
  return `${WEEKDAYS[weekday(date) - 1]} ${day} ${MONTH_NAMES[month - 1]?.slice(0, 3)} ${year}`
}

export function civilDateIn(instant: Date, timeZone: string): CivilDate {
  return asCivilDate(DateTime.fromJSDate(instant, { zone: timeZone }).toFormat('yyyy-MM-dd'))
}

/** The civil days of a clock: in a zone of its own, and in each team's. */
export function civilClock(now: () => Date, timeZone: string) {
  return {
    today: () => civilDateIn(now(), timeZone),
    todayOf: (team: { readonly timeZone: string }) => civilDateIn(now(), team.timeZone),
  }
}

/** The instant of a civil day and a time of day in a zone; where the clock skips it, the next one that exists. */
export function instantOf(
  day: CivilDate,
  time: { readonly hour: number; readonly minute: number },
  zone: string,
): Date {
  const [year, month, date] = day.split('-').map(Number)
  return DateTime.fromObject({ year, month, day: date, ...time } as never, { zone }).toJSDate()
}

/** By the method of Meeus, Jones and Butcher (Nature, 1876; Meeus, Astronomical Algorithms, ch. 8). */
export function easterSunday(year: number): CivilDate | null {
  const century = Math.floor(year / 100)
  const golden = year % 19
  const moon =
    (19 * golden +
      century -
      Math.floor(century / 4) -
      Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3) +
      15) %
    30
  const day = (32 + 2 * (century % 4) + 2 * Math.floor((year % 100) / 4) - moon - (year % 4)) % 7
  const shift = Math.floor((golden + 11 * moon + 22 * day) / 451)
  const sum = moon + day - 7 * shift + 114
  return civilDate(year, Math.floor(sum / 31), (sum % 31) + 1)
}
