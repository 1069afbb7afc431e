/** Reminder schedules: how many days before a deadline it is told of, and as people type them. */
import { addDays, addMonths, type CivilDate, daysBetween, earlier, later } from './civil-date.ts'
import type { DeadlineKind } from './contract.ts'
import {
  addWorkingDays,
  type Calendar,
  isWorkingDay,
  workingDayOnOrAfter,
  workingDayOnOrBefore,
} from './working-days.ts'

// Reminder schedules: on which days before and after a deadline somebody is told.
//
// A reminder is named by its days before the deadline, negative after it. A reminder that falls on a
// non-working day moves to the working day before; reminders that then fall together merge into the
// smaller one.

/** Nothing is sent earlier than so many days before its deadline: the weekly summary tells of it. */
export const EARLIEST_REMINDER = 180
export const MOST_REMINDERS = 15

/**
 * What comes after the deadline's day. `fortnightly`: working days 1 and 5, then every week, of which
 * every second one is told in the channel and the others in the thread alone. `weekly-then-monthly`:
 * a question on the day after, then weekly for eight weeks, then monthly. `once`: one word on the day
 * after that it was missed.
 */
export const AFTERWARDS = [
  'nothing',
  'once',
  'every-14-days',
  'every-30-days',
  'fortnightly',
  'weekly-then-monthly',
  'every-working-day',
] as const
type Afterwards = (typeof AFTERWARDS)[number]

export interface ReminderSchedule {
  /** Days before the deadline, from the first to the last. */
  readonly before: readonly number[]
  readonly afterwards: Afterwards
}

export const DEFAULT_SCHEDULES: Readonly<Record<DeadlineKind, ReminderSchedule>> = {
  'start-by': { before: [90, 30, 14, 7, 0], afterwards: 'every-14-days' },
  notice: { before: [60, 30, 14, 7, 3, 1, 0], afterwards: 'nothing' },
  renewal: { before: [60], afterwards: 'nothing' },
  option: { before: [90, 30, 14, 7, 3, 1, 0], afterwards: 'nothing' },
  'call-off-by': { before: [180, 90, 30, 7, 0], afterwards: 'nothing' },
  end: { before: [180, 90, 60, 30, 14, 7, 3, 1, 0], afterwards: 'fortnightly' },
  'emergency-end': { before: [21, 14, 10, 7, 5, 3, 2, 1, 0], afterwards: 'fortnightly' },
  review: { before: [90, 30, 7, 0], afterwards: 'every-30-days' },
}

/** What is left of a schedule for a contract of small value. */
export const SMALL_VALUE_REMINDERS: readonly number[] = [90, 30, 7, 0]

/** A reminder on the calendar. */
export interface ReminderDay {
  readonly rung: number
  readonly on: CivilDate
  /** Told in the thread of what was told before, not in the channel. */
  readonly inThread?: true
}

export interface ScheduleSpan {
  readonly deadline: CivilDate
  /** The latest day that an imprecise deadline may mean: overdue only after it. */
  readonly latest: CivilDate
  /** Reminders before this day do not exist. */
  readonly notBefore: CivilDate | null
  /** Reminders after this day do not exist. */
  readonly notAfter: CivilDate | null
}

/** A schedule with its days: reminders up to the deadline are counted, those after it are not. */
export interface DatedSchedule {
  readonly schedule: ReminderSchedule
  readonly span: ScheduleSpan
  readonly calendar: Calendar
  /** The reminders on or before the deadline, from the first to the last. */
  readonly before: readonly ReminderDay[]
}

/** Kept by whoever asks about many days, as a replay of years does: the count is the same on each. */
export function datedSchedule(
  schedule: ReminderSchedule,
  span: ScheduleSpan,
  calendar: Calendar,
): DatedSchedule {
  return { schedule, span, calendar, before: remindersBefore(schedule, span, calendar) }
}

/** The last reminder on or before `day`, and the first one after it. */
export function remindersAround(
  dated: DatedSchedule,
  day: CivilDate,
): { readonly passed: ReminderDay | null; readonly next: ReminderDay | null } {
  let passed: ReminderDay | null = null
  for (const reminder of dated.before) {
    if (reminder.on > day) return { passed, next: reminder }
    passed = reminder
  }
  for (const reminder of remindersPast(dated, day)) {
    if (reminder.on > day) return { passed, next: reminder }
    passed = reminder
  }
  return { passed, next: null }
}

/** The reminders in order, for some without end; overdue ones long before `near` may be left out. */
export function* remindersFrom(dated: DatedSchedule, near: CivilDate): Generator<ReminderDay> {
  yield* dated.before
  yield* remindersPast(dated, near)
}

function remindersBefore(
  schedule: ReminderSchedule,
  span: ScheduleSpan,
  calendar: Calendar,
): ReminderDay[] {
  const days: ReminderDay[] = []
  const { deadline, latest } = span
  const add = (rung: number) => {
    const on = workingDayOnOrBefore(addDays(deadline, -rung), calendar)
    if (outside(on, span)) return
    if (days.at(-1)?.on === on) days.pop()
    days.push({ rung, on })
  }
  for (const reminder of schedule.before) add(reminder)
  // What is not told again once it is over is told before its latest day too, where that comes much later.
  const isLast = schedule.afterwards === 'nothing' || schedule.afterwards === 'once'
  const apart = isLast ? daysBetween(deadline, latest) : 0
  for (const reminder of schedule.before) if (apart - reminder > MONTH) add(reminder - apart)
  return days
}

/** The reminders after a deadline; those long before `near` may be left out. */
export function* remindersPast(
  { schedule, span, calendar }: DatedSchedule,
  near: CivilDate,
): Generator<ReminderDay> {
  // Nothing outside the span exists, so nothing outside it has to be counted through.
  let from = span.notAfter === null ? near : earlier(near, span.notAfter)
  if (span.notBefore !== null) from = later(from, span.notBefore)
  for (const reminder of remindersAfter(schedule.afterwards, span, calendar, from)) {
    // These have no last one of their own: the last day of the span ends them.
    if (span.notAfter !== null && reminder.on > span.notAfter) return
    if (!outside(reminder.on, span)) yield reminder
  }
}

/** The reminders after a deadline, without end; those long before `near` may be left out. */
function* remindersAfter(
  afterwards: Afterwards,
  span: ScheduleSpan,
  calendar: Calendar,
  near: CivilDate,
): Generator<ReminderDay> {
  const { deadline, latest } = span
  const daysUntil = (on: CivilDate) => daysBetween(on, deadline)
  // The day after is never moved to the working day before: it speaks of what has passed.
  const dayAfter = workingDayOnOrAfter(addDays(latest, 1), calendar)
  const moved = (nominal: CivilDate): ReminderDay => ({
    rung: daysUntil(nominal),
    on: workingDayOnOrBefore(nominal, calendar),
  })
  switch (afterwards) {
    case 'nothing':
      return
    case 'once':
      yield { rung: daysUntil(addDays(latest, 1)), on: dayAfter }
      return
    case 'every-working-day': {
      let day = later(dayAfter, addDays(near, -14))
      if (!isWorkingDay(day, calendar)) day = addWorkingDays(day, 1, calendar)
      for (; ; day = addWorkingDays(day, 1, calendar)) yield { rung: daysUntil(day), on: day }
    }
    case 'every-14-days':
    case 'every-30-days': {
      const every = afterwards === 'every-14-days' ? 14 : 30
      const skipped = Math.max(0, Math.floor(daysBetween(deadline, near) / every) - 2)
      for (let count = skipped + 1; ; count += 1) yield moved(addDays(deadline, count * every))
    }
    case 'fortnightly': {
      const weekly = (from: CivilDate, count: number): ReminderDay => {
        const { rung, on } = moved(addDays(from, count * WEEK))
        return count % 2 === 1 ? { rung, on, inThread: true } : { rung, on }
      }
      // Between the earliest and the latest day it may lapse any day; after that it has.
      for (let count = firstWeek(deadline, near); addDays(deadline, count * WEEK) <= latest; ) {
        yield weekly(deadline, count)
        count += 1
      }
      const fifth = addWorkingDays(dayAfter, 4, calendar)
      yield { rung: daysUntil(addDays(latest, 1)), on: dayAfter }
      yield { rung: daysUntil(fifth), on: fifth }
      for (let count = firstWeek(latest, near); ; count += 1) {
        const told = weekly(latest, count)
        if (told.on > fifth) yield told
      }
    }
    case 'weekly-then-monthly': {
      // Between the earliest and the latest day it may lapse any day; after that it has.
      for (let count = firstCount(deadline, near); ; count += 1) {
        const day = weeklyThenMonthly(deadline, count)
        if (day > latest) break
        yield moved(day)
      }
      yield { rung: daysUntil(addDays(latest, 1)), on: dayAfter }
      for (let count = firstCount(latest, near); ; count += 1) {
        const told = moved(weeklyThenMonthly(latest, count))
        if (told.on > dayAfter) yield told
      }
    }
  }
}

const WEEK = 7
const MONTH = 31

/** The week to begin with, counted from 1: those long past are left out. */
function firstWeek(from: CivilDate, near: CivilDate): number {
  return Math.max(1, Math.floor(daysBetween(from, near) / WEEK) - 2)
}

const WEEKS = 8

/** Weekly for eight weeks, then monthly from the day of the eighth; counted from 1. */
function weeklyThenMonthly(from: CivilDate, count: number): CivilDate {
  return count <= WEEKS
    ? addDays(from, count * 7)
    : addMonths(addDays(from, WEEKS * 7), count - WEEKS)
}

/** The count to begin with: months long past are left out. */
function firstCount(from: CivilDate, near: CivilDate): number {
  const months = Math.floor(daysBetween(addDays(from, WEEKS * 7), near) / 31) - 2
  return months <= 0 ? 1 : WEEKS + months + 1
}

function outside(on: CivilDate, span: ScheduleSpan): boolean {
  return (
    (span.notBefore !== null && on < span.notBefore) ||
    (span.notAfter !== null && on > span.notAfter)
  )
}

// Schedules as people write them: `90, 30, 14, 7, 0`, with what follows the day after a `then`.

/** The days of a list, from the largest to the smallest, each once; null where it is none. */
export function readReminderDays(text: string): number[] | null {
  if (!/^[\d,; ]*$/.test(text)) return null
  const days = text.split(/[,; ]+/).filter((each) => each !== '')
  return [...new Set(days.map(Number))].sort((a, b) => b - a)
}

/** `90, 30, 7, 0 then every-14-days`; null where it is no schedule. Its limits are checked elsewhere. */
export function readSchedule(text: string): Partial<ReminderSchedule> | null {
  const [days = '', then, more] = text.trim().split(/\s+then\s+/i)
  const before = readReminderDays(days.trim())
  const afterwards = AFTERWARDS.find((each) => each === then?.trim().toLowerCase())
  if (before === null || before.length === 0) return null
  if (more !== undefined || (then !== undefined && afterwards === undefined)) return null
  return afterwards === undefined ? { before } : { before, afterwards }
}

export function scheduleWords({ before, afterwards }: ReminderSchedule): string {
  return `${before.join(', ')} then ${afterwards}`
}
