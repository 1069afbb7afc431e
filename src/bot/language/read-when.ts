/** A day as people type it: a date, a length of time from today, `tomorrow`, `next friday`. */
import {
  addDays,
  addMonths,
  asCivilDate,
  type CivilDate,
  civilDate,
  dateParts,
  daysInMonth,
  weekday,
} from '../../domain/civil-date.ts'
import { after, before } from '../../domain/period.ts'
import type { Calendar } from '../../domain/working-days.ts'
import { type DateReading, type Leaning, readDate, weekdayAt } from './read-date.ts'
import { readSpan } from './read-span.ts'

/** From where time is counted. */
export interface Clock {
  readonly today: CivilDate
  /** For spans in working days. */
  readonly calendar: Calendar
}

const BEFORE_A_TIME = new Set(['until', 'til', 'till', 'for', 'in', 'on', 'by', 'within', 'over'])

/**
 * The day that begins at this word, or null where none does. Words in lower case; a null (a quote,
 * a mention) never fits. `friday` is the next one after today, `next friday` the one of the next
 * week from Monday to Sunday, `30/04` the next 30 April.
 */
export function readWhen(
  words: readonly (string | null)[],
  at: number,
  clock: Clock,
  leaning: Leaning = 'ahead',
): DateReading | null {
  const preposition = BEFORE_A_TIME.has(words[at] ?? '') ? 1 : 0
  const article = words[at + preposition] === 'the' && words[at + preposition + 1] === 'end' ? 1 : 0
  const lead = preposition + article
  const found =
    readDate(words, at + lead, clock.today, leaning) ??
    counted(words, at + lead, clock) ??
    named(words, at + lead, clock.today, leaning)
  return found === null ? null : { ...found, used: found.used + lead }
}

function counted(
  words: readonly (string | null)[],
  at: number,
  { today, calendar }: Clock,
): DateReading | null {
  // `the next 2 weeks` is a span, `next week` is a day.
  const skipped =
    words[at] === 'the' ? (words[at + 1] === 'next' ? 2 : 1) : words[at] === 'next' ? 1 : 0
  const span = readSpan(words, at + skipped)
  if (span === null) return null
  const ago = words[at + skipped + span.used] === 'ago'
  const used = skipped + span.used + (ago ? 1 : 0)
  if (outsideCalendar(today)) return { problem: 'That lies outside the calendar.', used }
  return { day: (ago ? before : after)(today, span.period, calendar), used }
}

/** The longest span is a hundred years. */
function outsideCalendar(today: CivilDate): boolean {
  const { year } = dateParts(today)
  return year < 200 || year > 9800
}

function named(
  words: readonly (string | null)[],
  at: number,
  today: CivilDate,
  leaning: Leaning,
): DateReading | null {
  const word = words[at]
  const following = words[at + 1] ?? ''
  if (word === 'today' || word === 'now') return { day: today, used: 1 }
  if (word === 'tomorrow' || word === 'tmrw') return { day: addDays(today, 1), used: 1 }
  if (word === 'yesterday') return { day: addDays(today, -1), used: 1 }
  const bare = weekdayAt(words, at)
  if (bare !== null) return { day: onWeekday(today, bare, leaning), used: 1 }
  if (word === 'this' || word === 'coming' || word === 'last') {
    const day = weekdayAt(words, at + 1)
    const side = word === 'last' ? 'back' : 'ahead'
    if (day !== null) return { day: onWeekday(today, day, side), used: 2 }
    return word === 'this' ? endOf(words, at + 1, 1, today) : null
  }
  if (word === 'next') {
    const monday = addDays(today, 8 - weekday(today))
    const day = weekdayAt(words, at + 1)
    if (day !== null) return { day: addDays(monday, day - 1), used: 2 }
    if (following === 'week') return { day: monday, used: 2 }
    if (following === 'month') return { day: addMonths(firstOfMonth(today), 1), used: 2 }
    return null
  }
  const filler = /^(?:the|this)$/.test(words[at + 2] ?? '') ? 1 : 0
  return word === 'end' && following === 'of'
    ? endOf(words, at + 2 + filler, 2 + filler, today)
    : null
}

function onWeekday(today: CivilDate, day: number, leaning: Leaning): CivilDate {
  return leaning === 'ahead'
    ? addDays(today, ((day - weekday(today) + 6) % 7) + 1)
    : addDays(today, -((weekday(today) - day + 6) % 7) - 1)
}

/** The last day of this week, month or year; `before`: how many words led to the unit. */
function endOf(
  words: readonly (string | null)[],
  unit: number,
  before: number,
  today: CivilDate,
): DateReading | null {
  const used = before + 1
  const { year, month } = dateParts(today)
  switch (words[unit]) {
    case 'week':
      return { day: addDays(today, 7 - weekday(today)), used }
    case 'month':
      return { day: civilDate(year, month, daysInMonth(year, month)) ?? today, used }
    case 'year':
      return { day: civilDate(year, 12, 31) ?? today, used }
    default:
      return null
  }
}

function firstOfMonth(date: CivilDate): CivilDate {
  return asCivilDate(`${date.slice(0, 7)}-01`)
}
