import fc from 'fast-check'
import { DateTime } from 'luxon'
import {
  addDays,
  addMonths,
  asCivilDate,
  type CivilDate,
  civilDate,
  dateOfDayNumber,
  dateParts,
  dayNumber,
  daysBetween,
  daysInMonth,
  dayText,
  isLeapYear,
  lastOfMonths,
  parseCivilDate,
  weekday,
} from '../src/rules/civil-date.ts'
import { after, before, endOfTerms, periodText } from '../src/rules/working-days.ts'
import { day, ENGLAND } from './support/contract-facts.ts'
import { useDatabase } from './support/database.ts'
import { holds } from './support/holds.ts'
import { present } from './support/present.ts'

const FIRST = dayNumber(day('0001-01-01'))
const LAST = dayNumber(day('9999-12-31'))
const anyDay = fc.integer({ min: FIRST, max: LAST }).map(dateOfDayNumber)

describe('a civil date is a day on the calendar', () => {
  test('every day from 0001 to 9999 has its own number, one after another', () => {
    let number = FIRST
    for (let year = 1; year <= 9999; year += 1) {
      for (let month = 1; month <= 12; month += 1) {
        const date = present(civilDate(year, month, 1), `no ${year}-${month}-01`)
        if (dayNumber(date) !== number) expect(dayNumber(date), date).toBe(number)
        number += daysInMonth(year, month)
      }
    }
    expect(number).toBe(LAST + 1)
    expect(dayNumber(day('1970-01-01'))).toBe(0)
  })

  test('a number and its date lead back to each other', () => {
    holds([fc.integer({ min: FIRST, max: LAST })], (number) => {
      const date = dateOfDayNumber(number)
      expect(dayNumber(date)).toBe(number)
      expect(parseCivilDate(date)).toBe(date)
      const { year, month, day } = dateParts(date)
      expect(civilDate(year, month, day)).toBe(date)
    })
  })

  test('a day that is kept for later is the same as one that was counted', () => {
    for (const text of ['1969-12-31', '1970-01-01', '2026-11-22', '2099-12-31', '2100-01-01']) {
      const number = dayNumber(day(text))
      expect([dateOfDayNumber(number), dateOfDayNumber(number)]).toEqual([text, text])
    }
  })

  test('text order is date order', () => {
    holds([anyDay, anyDay], (a, b) => {
      expect(Math.sign(dayNumber(a) - dayNumber(b))).toBe(a < b ? -1 : a > b ? 1 : 0)
    })
  })

  test('what is no day is refused', () => {
    for (const text of [
      '2026-02-29',
      '1900-02-29',
      '2026-13-01',
      '2026-00-10',
      '2026-04-31',
      '0000-01-01',
      '2026-1-1',
      '2026-01-01T00:00:00Z',
      ' 2026-01-01',
      '',
    ]) {
      expect(parseCivilDate(text), text).toBeNull()
      expect(() => asCivilDate(text)).toThrow(/write it as YYYY-MM-DD/)
    }
    expect(civilDate(2026, 1.5, 1)).toBeNull()
    expect(civilDate(10000, 1, 1)).toBeNull()
  })

  test('leap years are those of the Gregorian calendar', () => {
    expect([1900, 2000, 2024, 2025, 2100, 2400].filter(isLeapYear)).toEqual([2000, 2024, 2400])
    expect(parseCivilDate('2000-02-29')).toBe('2000-02-29')
  })

  test('days past either end of the calendar are refused, never wrapped', () => {
    expect(() => addDays(day('9999-12-31'), 1)).toThrow(/outside the years 1 to 9999/)
    expect(() => addDays(day('0001-01-01'), -1)).toThrow(/outside the years 1 to 9999/)
    expect(() => addMonths(day('9999-12-31'), 1)).toThrow(/outside the years 1 to 9999/)
  })
})

describe('counting days', () => {
  test('so many days later and back again is the same day, over any clock change', () => {
    holds([anyDay, fc.integer({ min: -4000, max: 4000 })], (date, days) => {
      const number = dayNumber(date) + days
      fc.pre(number >= FIRST && number <= LAST)
      const to = addDays(date, days)
      expect(addDays(to, -days)).toBe(date)
      expect(daysBetween(date, to)).toBe(days)
    })
  })

  test('the weekday is the one that luxon names', () => {
    holds([anyDay], 1000, (date) => {
      expect(weekday(date)).toBe(DateTime.fromISO(date, { zone: 'utc' }).weekday)
    })
    expect(dayText(day('2027-04-30'))).toBe('Fri 30 Apr 2027')
    expect(dayText(day('1969-12-28'))).toBe('Sun 28 Dec 1969')
  })
})

describe('counting months', () => {
  test('they are counted from the anchor: a short month shortens itself alone', () => {
    const anchor = day('2027-01-31')
    expect([1, 2, 3, 12, -1, -2, 13].map((months) => addMonths(anchor, months))).toEqual([
      '2027-02-28',
      '2027-03-31',
      '2027-04-30',
      '2028-01-31',
      '2026-12-31',
      '2026-11-30',
      '2028-02-29',
    ])
  })

  test('periods count as the contract words them', () => {
    const end = day('2027-05-31')
    const back = (amount: number, unit: 'days' | 'weeks' | 'months' | 'years' | 'working-days') =>
      before(end, { amount, unit }, ENGLAND)
    expect(back(90, 'days')).toBe('2027-03-02')
    expect(back(3, 'months')).toBe('2027-02-28')
    expect(back(12, 'weeks')).toBe('2027-03-08')
    expect(back(1, 'years')).toBe('2026-05-31')
    expect(back(2, 'working-days')).toBe('2027-05-26')
    expect(after(day('2028-02-29'), { amount: 1, unit: 'years' }, ENGLAND)).toBe('2029-02-28')
    expect(periodText({ amount: 1, unit: 'months' })).toBe('1 month')
    expect(periodText({ amount: 10, unit: 'working-days' })).toBe('10 working days')
  })

  test('a term ends on the day before its anniversary', () => {
    const year = { amount: 1, unit: 'years' } as const
    const month = { amount: 1, unit: 'months' } as const
    expect(endOfTerms(day('2026-05-01'), 1, year, ENGLAND)).toBe('2027-04-30')
    expect(endOfTerms(day('2026-05-01'), 1, month, ENGLAND)).toBe('2026-05-31')
    expect(endOfTerms(day('2027-01-31'), 2, month, ENGLAND)).toBe('2027-03-30')
  })

  describe('beside PostgreSQL', () => {
    const database = useDatabase(1)

    test('10,000 random dates and months land where date + interval lands', async () => {
      const months = fc.integer({ min: -1200, max: 1200 })
      const near = fc.integer({
        min: dayNumber(day('1500-01-01')),
        max: dayNumber(day('2500-12-31')),
      })
      const samples = fc.sample(fc.tuple(near.map(dateOfDayNumber), months), 10_000)
      // Month ends are where the two could part.
      const tried = samples.map(([date, count], index): [CivilDate, number] => {
        const { year, month } = dateParts(date)
        const last = civilDate(year, month, daysInMonth(year, month))
        return [index % 3 === 0 && last !== null ? last : date, count]
      })
      const { rows } = await database.pool.query<{ moved: string; isodow: number }>(
        `SELECT (d + make_interval(months => m))::date AS moved,
                extract(isodow FROM d)::int AS isodow
         FROM unnest($1::date[], $2::int[]) WITH ORDINALITY AS t (d, m, n) ORDER BY n`,
        [tried.map(([date]) => date), tried.map(([, count]) => count)],
      )
      expect(rows.length).toBe(10_000)
      const apart = tried.filter(([date, count], index) => {
        const row = rows[index]
        return addMonths(date, count) !== row?.moved || weekday(date) !== row?.isodow
      })
      expect(apart).toEqual([])
    })
  })
})

describe('a term ends on the day before the same day so many months later', () => {
  test.each([
    ['2024-02-29', 12, '2025-02-28'],
    ['2024-02-29', 48, '2028-02-28'],
    ['2024-08-31', 6, '2025-02-28'],
    ['2024-08-31', 12, '2025-08-30'],
    ['2023-03-01', 12, '2024-02-29'],
    ['2026-10-31', 1, '2026-11-30'],
    ['2026-04-01', 24, '2028-03-31'],
  ])('%s and %i months: %s', (first, months, last) => {
    expect(lastOfMonths(asCivilDate(first), months)).toBe(last)
  })

  test('for every first day from 2024 to 2032 and every length up to ten years', () => {
    const from = dayNumber(asCivilDate('2024-01-01'))
    const to = dayNumber(asCivilDate('2032-12-31'))
    for (let number = from; number <= to; number += 1) {
      const first = dateOfDayNumber(number)
      const { year, month, day } = dateParts(first)
      for (const months of [1, 2, 3, 6, 9, 11, 12, 13, 18, 24, 36, 60, 120]) {
        const last = lastOfMonths(first, months)
        const at = year * 12 + month - 1 + months
        const [toYear, toMonth] = [Math.floor(at / 12), (at % 12) + 1]
        const same = civilDate(toYear, toMonth, day)
        // The day after is that same day; where the month lacks it, the first of the next month.
        const next = addDays(last, 1)
        if (same === null)
          expect(dateParts(next)).toMatchObject({ month: (toMonth % 12) + 1, day: 1 })
        else expect(next).toBe(same)
      }
    }
  })
})
