import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { addDays, dateOfDayNumber, dayNumber, weekday } from '../src/rules/civil-date.ts'
import {
  addWorkingDays,
  calendarNamed,
  isUkCalendar,
  isWorkingDay,
  lastOfWorkingDays,
  UK_BANK_HOLIDAYS,
  UK_CALENDARS,
  UK_DIVISIONS,
  type UkDivision,
  ukCalendar,
  unknownHolidays,
  workingDayOnOrAfter,
  workingDayOnOrBefore,
} from '../src/rules/working-days.ts'
import { day, ENGLAND } from './support/contract-facts.ts'
import { holds } from './support/holds.ts'

const anyCalendar = fc.constantFrom(...UK_CALENDARS).map(ukCalendar)
const anyDay = fc
  .integer({ min: dayNumber(day('2018-06-01')), max: dayNumber(day('2030-12-31')) })
  .map(dateOfDayNumber)

describe('eight working days of standstill, the day of the notice counted', () => {
  test.each([
    ['2025-12-19', 'england-and-wales', '2026-01-02'],
    ['2025-12-19', 'any-uk', '2026-01-05'],
    ['2026-06-10', 'england-and-wales', '2026-06-19'],
    ['2026-06-10', 'scotland', '2026-06-22'],
    ['2026-07-06', 'england-and-wales', '2026-07-15'],
    ['2026-07-06', 'northern-ireland', '2026-07-16'],
    ['2026-11-23', 'england-and-wales', '2026-12-02'],
    ['2026-11-23', 'scotland', '2026-12-03'],
  ] as const)('published on %s in %s: they end on %s', (first, calendar, last) => {
    expect(lastOfWorkingDays(day(first), 8, ukCalendar(calendar))).toBe(last)
  })

  test('a notice on a non-working day starts the count on the next working day', () => {
    expect(lastOfWorkingDays(day('2025-12-20'), 1, ENGLAND)).toBe('2025-12-22')
  })
})

describe('working days', () => {
  test('so many on and so many back is the same day, from a working day', () => {
    holds([anyCalendar, anyDay, fc.integer({ min: -300, max: 300 })], (calendar, date, count) => {
      const from = workingDayOnOrBefore(date, calendar)
      const to = addWorkingDays(from, count, calendar)
      expect(isWorkingDay(to, calendar)).toBe(true)
      expect(addWorkingDays(to, -count, calendar)).toBe(from)
    })
  })

  test('the nearest working day before and after have none between them and the day', () => {
    holds([anyCalendar, anyDay], (calendar, date) => {
      const before = workingDayOnOrBefore(date, calendar)
      const after = workingDayOnOrAfter(date, calendar)
      expect(before <= date && date <= after).toBe(true)
      for (let each = addDays(before, 1); each < date; each = addDays(each, 1)) {
        expect(isWorkingDay(each, calendar)).toBe(false)
      }
      for (let each = addDays(after, -1); each > date; each = addDays(each, -1)) {
        expect(isWorkingDay(each, calendar)).toBe(false)
      }
    })
  })

  test('none counted leaves the day as it is, even a Sunday', () => {
    expect(addWorkingDays(day('2026-11-22'), 0, ENGLAND)).toBe('2026-11-22')
  })

  test('any-uk rests when any division rests', () => {
    holds([anyDay], (date) => {
      const each = UK_DIVISIONS.every((name) => isWorkingDay(date, ukCalendar(name)))
      expect(isWorkingDay(date, ukCalendar('any-uk'))).toBe(each)
    })
  })

  test('only the four calendars of the United Kingdom go by these names', () => {
    expect(UK_CALENDARS.every(isUkCalendar)).toBe(true)
    expect(isUkCalendar('GB')).toBe(false)
  })

  test('a date past the last known holiday comes with a remark, an earlier one with none', () => {
    expect(unknownHolidays(day('2028-12-31'), ENGLAND)).toBeNull()
    expect(unknownHolidays(day('2029-01-01'), ENGLAND)).toMatch(
      /known to 2028-12-31; 2029-01-01 lies later/,
    )
    expect(isWorkingDay(day('2035-12-25'), ENGLAND)).toBe(true)
  })
})

describe('the calendars of other countries', () => {
  const rests = (name: string, dates: string[]) =>
    dates.filter((date) => !isWorkingDay(day(date), calendarNamed(name) ?? ENGLAND))

  test('come by country and region', () => {
    expect(rests('FR', ['2027-07-14', '2027-07-15'])).toEqual(['2027-07-14'])
    expect(rests('DE-BY', ['2027-01-06'])).toEqual(['2027-01-06'])
    expect(rests('DE', ['2027-01-06'])).toEqual([])
  })

  test('know every day of a holiday that lasts several', () => {
    const newYear = ['2026-01-01', '2026-01-02', '2026-01-05', '2026-01-08']
    expect(rests('AM', newYear)).toEqual(['2026-01-01', '2026-01-02', '2026-01-05'])
  })

  test('a name that means none is refused, plain GB among them', () => {
    expect(['GB', 'XX', 'DE-XX', 'england', ''].map(calendarNamed)).toEqual([
      null,
      null,
      null,
      null,
      null,
    ])
    expect(calendarNamed('scotland')).toBe(ukCalendar('scotland'))
  })
})

describe('the table of bank holidays', () => {
  const published = fileURLToPath(
    new URL('../../shared/data/bank-holidays/bank-holidays.json', import.meta.url),
  )
  test.skipIf(!existsSync(published))('is the one that gov.uk publishes, to the day', () => {
    const file = JSON.parse(readFileSync(published, 'utf8')) as Record<
      UkDivision,
      { events: { date: string }[] }
    >
    for (const division of UK_DIVISIONS) {
      expect(tableOf(division), division).toEqual(file[division].events.map(({ date }) => date))
    }
  })

  test('agrees with date-holidays on every weekday, save Scotland’s day in June 2026', () => {
    const Holidays = createRequire(import.meta.url)('date-holidays') as new (
      country: string,
      state: string,
    ) => { getHolidays(year: number): { date: string; type: string }[] }
    const states = { 'england-and-wales': 'ENG', scotland: 'SCT', 'northern-ireland': 'NIR' }
    for (const division of UK_DIVISIONS) {
      const theirs = new Set<string>()
      const table = new Holidays('GB', states[division])
      for (let year = 2019; year <= 2028; year += 1) {
        for (const { date, type } of table.getHolidays(year)) {
          const on = day(date.slice(0, 10))
          if (type === 'public' && weekday(on) <= 5) theirs.add(on)
        }
      }
      const ours = tableOf(division)
      const extra = ours.filter((date) => !theirs.has(date))
      expect(extra, division).toEqual(division === 'scotland' ? ['2026-06-15'] : [])
      expect([...theirs].filter((date) => !ours.includes(date))).toEqual([])
    }
  })

  function tableOf(division: UkDivision): string[] {
    return Object.entries(UK_BANK_HOLIDAYS[division]).flatMap(([year, days]) =>
      days.split(' ').map((each) => `${year}-${each}`),
    )
  }
})
