/** Working days: Monday to Friday, less the holidays of one calendar. */
import { UK_BANK_HOLIDAYS, UK_DIVISIONS, type UkDivision } from './bank-holidays.ts'
import { addDays, asCivilDate, type CivilDate, weekday } from './civil-date.ts'

export interface Calendar {
  readonly name: string
  isHoliday(date: CivilDate): boolean
  /** The last day whose holidays are known; null where they are computed for any year. */
  readonly knownTo: CivilDate | null
}

export const UK_CALENDARS = [...UK_DIVISIONS, 'any-uk'] as const
export type UkCalendarName = (typeof UK_CALENDARS)[number]

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
