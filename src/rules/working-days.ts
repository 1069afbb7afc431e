/** Working days, periods and calendars, with the bank holidays of the United Kingdom. */
import { createRequire } from 'node:module'
import {
  addDays,
  addMonths,
  asCivilDate,
  type CivilDate,
  lastOfMonths,
  weekday,
} from './civil-date.ts'
import type { Period } from './contract.ts'

// Bank holidays of the United Kingdom by division, 2019 to 2028.
// Source: gov.uk/bank-holidays (Open Government Licence v3.0). A line is a year: MM-DD.

export const UK_DIVISIONS = ['england-and-wales', 'scotland', 'northern-ireland'] as const
export type UkDivision = (typeof UK_DIVISIONS)[number]

export const UK_BANK_HOLIDAYS: Readonly<Record<UkDivision, Readonly<Record<number, string>>>> = {
  'england-and-wales': {
    2019: '01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26',
    2020: '01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28',
    2021: '01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28',
    2022: '01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27',
    2023: '01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26',
    2024: '01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26',
    2025: '01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26',
    2026: '01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28',
    2027: '01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28',
    2028: '01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26',
  },
  scotland: {
    2019: '01-01 01-02 04-19 05-06 05-27 08-05 12-02 12-25 12-26',
    2020: '01-01 01-02 04-10 05-08 05-25 08-03 11-30 12-25 12-28',
    2021: '01-01 01-04 04-02 05-03 05-31 08-02 11-30 12-27 12-28',
    2022: '01-03 01-04 04-15 05-02 06-02 06-03 08-01 09-19 11-30 12-26 12-27',
    2023: '01-02 01-03 04-07 05-01 05-08 05-29 08-07 11-30 12-25 12-26',
    2024: '01-01 01-02 03-29 05-06 05-27 08-05 12-02 12-25 12-26',
    2025: '01-01 01-02 04-18 05-05 05-26 08-04 12-01 12-25 12-26',
    2026: '01-01 01-02 04-03 05-04 05-25 06-15 08-03 11-30 12-25 12-28',
    2027: '01-01 01-04 03-26 05-03 05-31 08-02 11-30 12-27 12-28',
    2028: '01-03 01-04 04-14 05-01 05-29 08-07 11-30 12-25 12-26',
  },
  'northern-ireland': {
    2019: '01-01 03-18 04-19 04-22 05-06 05-27 07-12 08-26 12-25 12-26',
    2020: '01-01 03-17 04-10 04-13 05-08 05-25 07-13 08-31 12-25 12-28',
    2021: '01-01 03-17 04-02 04-05 05-03 05-31 07-12 08-30 12-27 12-28',
    2022: '01-03 03-17 04-15 04-18 05-02 06-02 06-03 07-12 08-29 09-19 12-26 12-27',
    2023: '01-02 03-17 04-07 04-10 05-01 05-08 05-29 07-12 08-28 12-25 12-26',
    2024: '01-01 03-18 03-29 04-01 05-06 05-27 07-12 08-26 12-25 12-26',
    2025: '01-01 03-17 04-18 04-21 05-05 05-26 07-14 08-25 12-25 12-26',
    2026: '01-01 03-17 04-03 04-06 05-04 05-25 07-13 08-31 12-25 12-28',
    2027: '01-01 03-17 03-26 03-29 05-03 05-31 07-12 08-30 12-27 12-28',
    2028: '01-03 03-17 04-14 04-17 05-01 05-29 07-12 08-28 12-25 12-26',
  },
}

// Working days: Monday to Friday, less the holidays of one calendar.

export interface Calendar {
  readonly name: string
  isHoliday(date: CivilDate): boolean
  /** The last day whose holidays are known; null where they are computed for any year. */
  readonly knownTo: CivilDate | null
}

export const UK_CALENDARS = [...UK_DIVISIONS, 'any-uk'] as const
type UkCalendarName = (typeof UK_CALENDARS)[number]

/** One division's calendar, or `any-uk`: a holiday in any of the three is one. */
export function ukCalendar(name: UkCalendarName): Calendar {
  const made = ukCalendars.get(name)
  if (made) return made
  const divisions: readonly UkDivision[] = name === 'any-uk' ? UK_DIVISIONS : [name]
  const holidays = new Set<string>()
  let lastYear = 0
  for (const division of divisions) {
    for (const [year, days] of Object.entries(UK_BANK_HOLIDAYS[division])) {
      lastYear = Math.max(lastYear, Number(year))
      for (const day of days.split(' ')) holidays.add(`${year}-${day}`)
    }
  }
  const calendar = calendarOf(name, holidays, asCivilDate(`${lastYear}-12-31`))
  ukCalendars.set(name, calendar)
  return calendar
}
const ukCalendars = new Map<UkCalendarName, Calendar>()

/** A calendar from a set of dates. */
function calendarOf(
  name: string,
  holidays: ReadonlySet<string>,
  knownTo: CivilDate | null,
): Calendar {
  return { name, knownTo, isHoliday: (date) => holidays.has(date) }
}

export function isUkCalendar(name: string): name is UkCalendarName {
  return (UK_CALENDARS as readonly string[]).includes(name)
}

export function isWorkingDay(date: CivilDate, calendar: Calendar): boolean {
  return weekday(date) <= 5 && !calendar.isHoliday(date)
}

/** The date itself where it is a working day, else the last one before it. */
export function workingDayOnOrBefore(date: CivilDate, calendar: Calendar): CivilDate {
  let day = date
  while (!isWorkingDay(day, calendar)) day = addDays(day, -1)
  return day
}

/** The date itself where it is a working day, else the first one after it. */
export function workingDayOnOrAfter(date: CivilDate, calendar: Calendar): CivilDate {
  let day = date
  while (!isWorkingDay(day, calendar)) day = addDays(day, 1)
  return day
}

/**
 * The date so many working days later, the date itself not counted; a negative number counts
 * back. Zero gives the date unchanged, even where it is no working day.
 */
export function addWorkingDays(date: CivilDate, days: number, calendar: Calendar): CivilDate {
  const step = days < 0 ? -1 : 1
  let left = Math.abs(days)
  let day = date
  while (left > 0) {
    day = addDays(day, step)
    if (isWorkingDay(day, calendar)) left -= 1
  }
  return day
}

/**
 * The last day of a period of working days that begins with `first`, `first` itself counted where
 * it is a working day: the eight days of the standstill (Procurement Act 2023, s.51).
 */
export function lastOfWorkingDays(first: CivilDate, days: number, calendar: Calendar): CivilDate {
  return addWorkingDays(addDays(first, -1), days, calendar)
}

/** What to say of a date that lies past the calendar's last known holiday; null where it does not. */
export function unknownHolidays(date: CivilDate, calendar: Calendar): string | null {
  if (calendar.knownTo === null || date <= calendar.knownTo) return null
  return `The bank holidays of ${calendar.name} are known to ${calendar.knownTo}; ${date} lies later, so it may move by a day or two.`
}

// Calendars by name: the project's own for the United Kingdom, date-holidays for other countries.

/**
 * The calendar of that name, or null where there is none: a UK division, `any-uk`, or a country
 * code with an optional region, such as `FR` or `DE-BY`. Plain `GB` is refused: it has no August
 * bank holiday, so a division has to be named.
 */
export function calendarNamed(name: string): Calendar | null {
  if (isUkCalendar(name)) return ukCalendar(name)
  const code = /^([A-Z]{2})(?:-([A-Za-z0-9]{1,8}))?$/.exec(name)
  if (!code || code[1] === 'GB') return null
  return made.get(name) ?? countryCalendar(name, code[1] ?? '', code[2])
}

const made = new Map<string, Calendar>()

interface HolidayTable {
  getHolidays(year: number): readonly Holiday[]
}
interface Holiday {
  /** Its first day, and a time of day that does not matter here. */
  readonly date: string
  readonly type: string
  readonly start: Date
  readonly end: Date
}
type Holidays = new (
  country: string,
  state?: string,
) => HolidayTable & {
  getCountries(): Record<string, string>
  getStates(country: string): Record<string, string> | undefined
}

function countryCalendar(
  name: string,
  country: string,
  region: string | undefined,
): Calendar | null {
  // Loaded only where a country is asked for: its tables take 150 ms.
  const Table = createRequire(import.meta.url)('date-holidays') as Holidays
  const table = region === undefined ? new Table(country) : new Table(country, region)
  if (!(country in table.getCountries())) return null
  if (region !== undefined && !(region in (table.getStates(country) ?? {}))) return null
  const years = new Map<string, ReadonlySet<string>>()
  const holidaysOf = (year: string) => {
    const known = years.get(year)
    if (known) return known
    const days = table.getHolidays(Number(year)).filter((each) => each.type === 'public')
    const set = new Set(days.flatMap(daysOf))
    years.set(year, set)
    return set
  }
  const calendar: Calendar = {
    name,
    knownTo: null,
    isHoliday: (date: CivilDate) => holidaysOf(date.slice(0, 4)).has(date),
  }
  made.set(name, calendar)
  return calendar
}

/** Every day of a holiday: Eid and the New Year last several in some countries. */
function daysOf({ date, start, end }: Holiday): CivilDate[] {
  const first = asCivilDate(date.slice(0, 10))
  // Rounded, as a clock change within it makes a day an hour shorter or longer.
  const length = Math.max(1, Math.round((end.getTime() - start.getTime()) / MILLISECONDS_A_DAY))
  return Array.from({ length }, (_, index) => addDays(first, index))
}
const MILLISECONDS_A_DAY = 86_400_000

// Periods as contracts word them, counted on the calendar.

/** The date a period before another; months and years keep the day of the month where they can. */
export function before(date: CivilDate, period: Period, calendar: Calendar): CivilDate {
  return shift(date, period, -1, calendar)
}

/** The date a period after another. */
export function after(date: CivilDate, period: Period, calendar: Calendar): CivilDate {
  return shift(date, period, 1, calendar)
}

/**
 * The last day of so many terms in a row that begin on `first`: a year from 1 May is 30 April, a
 * month is 31 May. Counted from `first` at once, so that no short month shortens the later terms.
 */
export function endOfTerms(
  first: CivilDate,
  terms: number,
  term: Period,
  calendar: Calendar,
): CivilDate {
  const amount = term.amount * terms
  if (term.unit === 'months') return lastOfMonths(first, amount)
  if (term.unit === 'years') return lastOfMonths(first, amount * 12)
  return addDays(after(first, { ...term, amount }, calendar), -1)
}

/** `3 months`, `1 year`, `10 working days`. */
export function periodText(period: Period): string {
  const unit = period.unit === 'working-days' ? 'working days' : period.unit
  return `${period.amount} ${period.amount === 1 ? unit.slice(0, -1) : unit}`
}

function shift(date: CivilDate, period: Period, sign: 1 | -1, calendar: Calendar): CivilDate {
  const amount = sign * period.amount
  switch (period.unit) {
    case 'days':
      return addDays(date, amount)
    case 'weeks':
      return addDays(date, amount * 7)
    case 'working-days':
      // Counted back from a Sunday, Friday is the last of them: what is sent five before is there on it.
      return addWorkingDays(
        sign < 0 ? workingDayOnOrBefore(date, calendar) : date,
        amount,
        calendar,
      )
    case 'months':
      return addMonths(date, amount)
    case 'years':
      return addMonths(date, amount * 12)
  }
}
