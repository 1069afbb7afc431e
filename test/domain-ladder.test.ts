import fc from 'fast-check'
import { addDays, type CivilDate, dateOfDayNumber, dayNumber } from '../src/rules/civil-date.ts'
import { DEADLINE_KINDS, type DeadlineKind, severity } from '../src/rules/contract.ts'
import {
  datedSchedule,
  type ReminderDay,
  remindersAround,
  remindersFrom,
  type ScheduleSpan,
} from '../src/rules/reminder-schedule.ts'
import { isWorkingDay } from '../src/rules/working-days.ts'
import { day, ENGLAND, RULES } from './support/contract-facts.ts'
import { holds } from './support/holds.ts'

describe('each ladder has exactly these days around Christmas and Easter', () => {
  test('an end on Sun 27 Dec 2026: the last three fall together on Christmas Eve', () => {
    expect(rungs('end', '2026-12-27', 21)).toEqual([
      '180 2026-06-30',
      '90 2026-09-28',
      '60 2026-10-28',
      '30 2026-11-27',
      '14 2026-12-11',
      '7 2026-12-18',
      '0 2026-12-24',
      // Monday is a bank holiday: the question waits for Tuesday, it does not move before the end.
      '-1 2026-12-29',
      // The fifth working day after it.
      '-9 2027-01-05',
      '-14 2027-01-08',
      '-21 2027-01-15 in the thread',
      '-28 2027-01-22',
      '-35 2027-01-29 in the thread',
      '-42 2027-02-05',
      '-49 2027-02-12 in the thread',
      '-56 2027-02-19',
      '-63 2027-02-26 in the thread',
      '-70 2027-03-05',
      '-77 2027-03-12 in the thread',
      '-84 2027-03-19',
      // The Friday is a holiday.
      '-91 2027-03-25 in the thread',
    ])
  })

  test('an emergency extension to the same day: the same after it', () => {
    expect(rungs('emergency-end', '2026-12-27', 11)).toEqual([
      '21 2026-12-04',
      '14 2026-12-11',
      '10 2026-12-17',
      '7 2026-12-18',
      '5 2026-12-22',
      '0 2026-12-24',
      '-1 2026-12-29',
      '-9 2027-01-05',
      '-14 2027-01-08',
      '-21 2027-01-15 in the thread',
      '-28 2027-01-22',
    ])
  })

  test('a notice by Tue 29 Dec 2026: nothing after it', () => {
    expect(rungs('notice', '2026-12-29', 20)).toEqual([
      '60 2026-10-30',
      '30 2026-11-27',
      '14 2026-12-15',
      '7 2026-12-22',
      '1 2026-12-24',
      '0 2026-12-29',
    ])
  })

  test('an option by Tue 30 Mar 2027, after Easter: nothing after it', () => {
    expect(rungs('option', '2027-03-30', 20)).toEqual([
      '90 2026-12-30',
      '30 2027-02-26',
      '14 2027-03-16',
      '7 2027-03-23',
      '1 2027-03-25',
      '0 2027-03-30',
    ])
  })

  test('a start-by on Thu 24 Dec 2026: every 14 days until it is decided', () => {
    expect(rungs('start-by', '2026-12-24', 8)).toEqual([
      '90 2026-09-25',
      '30 2026-11-24',
      '14 2026-12-10',
      '7 2026-12-17',
      '0 2026-12-24',
      '-14 2027-01-07',
      '-28 2027-01-21',
      '-42 2027-02-04',
    ])
  })

  test('an end known to the month: weekly within it, the question after it, weekly again, half of them in the thread', () => {
    const month = { latest: day('2026-06-30') }
    expect(rungs('end', '2026-06-01', 24, month).slice(7)).toEqual([
      '0 2026-06-01',
      '-7 2026-06-08 in the thread',
      '-14 2026-06-15',
      '-21 2026-06-22 in the thread',
      '-28 2026-06-29',
      '-30 2026-07-01',
      '-36 2026-07-07',
      '-43 2026-07-14',
      '-50 2026-07-21 in the thread',
      '-57 2026-07-28',
      '-64 2026-08-04 in the thread',
      '-71 2026-08-11',
      '-78 2026-08-18 in the thread',
      '-85 2026-08-25',
      '-92 2026-09-01 in the thread',
      '-99 2026-09-08',
      '-106 2026-09-15 in the thread',
    ])
    // The last of its days is one of the weekly ones.
    const weeks = { latest: day('2026-06-29') }
    expect(rungs('end', '2026-06-01', 14, weeks).slice(10)).toEqual([
      '-21 2026-06-22 in the thread',
      '-28 2026-06-29',
      '-29 2026-06-30',
      '-35 2026-07-06',
    ])
  })
})

describe('the rungs of any deadline', () => {
  const anyDay = fc
    .integer({ min: dayNumber(day('2018-01-01')), max: dayNumber(day('2031-12-31')) })
    .map(dateOfDayNumber)
  const anySpan = fc
    .record({
      deadline: anyDay,
      width: fc.constantFrom(0, 0, 0, 29, 30, 89, 364),
      startsBefore: fc.option(fc.integer({ min: 0, max: 400 })),
      stopsAfter: fc.option(fc.integer({ min: 0, max: 400 })),
    })
    .map(
      ({ deadline, width, startsBefore, stopsAfter }): ScheduleSpan => ({
        deadline,
        latest: addDays(deadline, width),
        notBefore: startsBefore === null ? null : addDays(deadline, -startsBefore),
        notAfter: stopsAfter === null ? null : addDays(deadline, width + stopsAfter),
      }),
    )
  const anyKind = fc.constantFrom(...DEADLINE_KINDS)

  test('come later and count smaller, one a day, on working days, within the span', () => {
    holds([anyKind, anySpan], 500, (kind, span) => {
      let last: ReminderDay | null = null
      for (const rung of take(
        remindersFrom(datedSchedule(RULES.ladders[kind], span, ENGLAND), span.deadline),
        40,
      )) {
        expect(isWorkingDay(rung.on, ENGLAND)).toBe(true)
        if (span.notBefore !== null) expect(rung.on >= span.notBefore).toBe(true)
        if (span.notAfter !== null) expect(rung.on <= span.notAfter).toBe(true)
        // Nothing comes late that should come before the deadline.
        if (rung.rung >= 0) expect(rung.on <= addDays(span.deadline, -rung.rung)).toBe(true)
        if (last !== null) {
          expect(rung.on > last.on).toBe(true)
          expect(rung.rung).toBeLessThan(last.rung)
        }
        last = rung
      }
    })
  })

  test('around any day are the ones that walking through all of them would find', () => {
    holds([anyKind, anySpan, fc.integer({ min: -400, max: 1500 })], 300, (kind, span, away) => {
      const today = addDays(span.deadline, away)
      let passed: ReminderDay | null = null
      let next: ReminderDay | null = null
      for (const rung of remindersFrom(
        datedSchedule(RULES.ladders[kind], span, ENGLAND),
        FAR_BACK,
      )) {
        if (rung.on > today) {
          next = rung
          break
        }
        passed = rung
      }
      expect(remindersAround(datedSchedule(RULES.ladders[kind], span, ENGLAND), today)).toEqual({
        passed,
        next,
      })
    })
  })

  test('rungs before the contract’s start do not exist', () => {
    const late = { notBefore: day('2026-12-11') }
    expect(rungs('end', '2026-12-27', 3, late)).toEqual([
      '14 2026-12-11',
      '7 2026-12-18',
      '0 2026-12-24',
    ])
  })

  test('days a thousand years away are found at once, in the past and in the future', () => {
    let asked = 0
    const counting = {
      ...ENGLAND,
      isHoliday: (date: CivilDate) => {
        asked += 1
        return ENGLAND.isHoliday(date)
      },
    }
    for (const kind of DEADLINE_KINDS) {
      for (const [deadline, today] of [
        ['1901-01-01', '2098-12-31'],
        ['2098-12-31', '1901-01-01'],
        ['1901-01-01', '9990-01-01'],
        ['9000-01-01', '0500-01-01'],
      ] as const) {
        const span = {
          deadline: day(deadline),
          latest: day(deadline),
          notBefore: null,
          notAfter: null,
        }
        remindersAround(datedSchedule(RULES.ladders[kind], span, counting), day(today))
        const begins = { ...span, notBefore: day('9000-01-01') }
        remindersAround(datedSchedule(RULES.ladders[kind], begins, counting), day(today))
      }
    }
    // A schedule has fifteen days at most before its deadline, and a few around the day that is asked for.
    expect(asked).toBeGreaterThan(0)
    expect(asked / (DEADLINE_KINDS.length * 4 * 2)).toBeLessThan(100)
  })
})

test('severity: overdue after the day, urgent from 7 days, soon from 30, else planned', () => {
  expect([-1, 0, 7, 8, 30, 31].map(severity)).toEqual([
    'overdue',
    'urgent',
    'urgent',
    'soon',
    'soon',
    'planned',
  ])
})

const FAR_BACK = day('1990-01-01')

function rungs(
  kind: DeadlineKind,
  deadline: string,
  count: number,
  changes: Partial<ScheduleSpan> = {},
): string[] {
  const last: CivilDate = day(deadline)
  const span = { deadline: last, latest: last, notBefore: null, notAfter: null, ...changes }
  const found = remindersFrom(datedSchedule(RULES.ladders[kind], span, ENGLAND), last)
  return [...take(found, count)].map(
    ({ rung, on, inThread }) => `${rung} ${on}${inThread ? ' in the thread' : ''}`,
  )
}

function* take(rungs: Iterable<ReminderDay>, count: number): Generator<ReminderDay> {
  let left = count
  for (const rung of rungs) {
    if (left === 0) return
    left -= 1
    yield rung
  }
}
