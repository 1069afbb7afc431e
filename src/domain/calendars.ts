/** Calendars by name: the project's own for the United Kingdom, date-holidays for other countries. */
import { createRequire } from 'node:module'
import { addDays, asCivilDate, type CivilDate } from './civil-date.ts'
import { type Calendar, isUkCalendar, ukCalendar } from './working-days.ts'

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
