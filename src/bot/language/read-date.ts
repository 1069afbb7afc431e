/** Dates as people type them: ISO, day first, in words, with or without a year or a weekday. */
import { type CivilDate, civilDate, dateParts, weekday } from '../../domain/civil-date.ts'
import { dayText } from '../../domain/words.ts'

export type DateReading =
  | { readonly day: CivilDate; readonly used: number }
  /** It is meant as a date, and is none: said in words, with what to write instead. */
  | { readonly problem: string; readonly used: number }

/** Where a date has no year: the next such day, today included, or the last one. */
export type Leaning = 'ahead' | 'back'

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const MONTH =
  /^(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)$/
const DAY = /^(\d{1,2})(?:st|nd|rd|th)?$/
const YEAR = /^(\d{4})$/
const WEEKDAY =
  /^(mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday)$/
const WEEKDAYS = 'mon tue wed thu fri sat sun'.split(' ')

/** The date that begins at this word, or null where none does. */
export function readDate(
  words: readonly (string | null)[],
  at: number,
  today: CivilDate,
  leaning: Leaning,
): DateReading | null {
  const named = weekdayAt(words, at)
  if (named === null) return plainDate(words, at, today, leaning, null)
  return plainDate(words, at + 1, today, leaning, named)
}

/** 1 for Monday to 7 for Sunday, or null where the word names no weekday. */
export function weekdayAt(words: readonly (string | null)[], at: number): number | null {
  const word = words[at] ?? ''
  return WEEKDAY.test(word) ? WEEKDAYS.indexOf(word.slice(0, 3)) + 1 : null
}

function plainDate(
  words: readonly (string | null)[],
  at: number,
  today: CivilDate,
  leaning: Leaning,
  named: number | null,
): DateReading | null {
  const parts = figures(words[at] ?? '') ?? spelled(words, at)
  if (parts === null) return null
  const used = parts.used + (named === null ? 0 : 1)
  const { year, month, day } = parts
  if (month < 1 || month > 12) {
    return { problem: `${month} is no month: write the day first, such as 30/04/2027.`, used }
  }
  const found = year === null ? nearest(month, day, today, leaning) : civilDate(year, month, day)
  if (found === null) {
    const name = `${day}/${month}${year === null ? '' : `/${year}`}`
    return { problem: `There is no ${name}: check the day of the month.`, used }
  }
  if (named !== null && weekday(found) !== named) {
    return { problem: `That day is a ${dayText(found)}: check the weekday or the year.`, used }
  }
  return { day: found, used }
}

interface Parts {
  readonly year: number | null
  readonly month: number
  readonly day: number
  readonly used: number
}

/** `2027-04-30`, `30/04/2027`, `30.4.27`, `30/04`. */
function figures(word: string): Parts | null {
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(word)
  if (iso) return { year: Number(iso[1]), month: Number(iso[2]), day: Number(iso[3]), used: 1 }
  const full = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})$/.exec(word)
  if (full) {
    const year = Number(full[4]) + ((full[4] ?? '').length === 2 ? 2000 : 0)
    return { year, month: Number(full[3]), day: Number(full[1]), used: 1 }
  }
  const short = /^(\d{1,2})\/(\d{1,2})$/.exec(word)
  return short ? { year: null, month: Number(short[2]), day: Number(short[1]), used: 1 } : null
}

/** `30 apr`, `30th of April 2027`, `April 30, 2027`. */
function spelled(words: readonly (string | null)[], at: number): Parts | null {
  const first = words[at] ?? ''
  const dayFirst = DAY.exec(first)
  const next = dayFirst && words[at + 1] === 'of' ? at + 2 : at + 1
  const second = words[next] ?? ''
  const monthWord = dayFirst ? MONTH.exec(second) : MONTH.exec(first)
  const dayWord = dayFirst ?? DAY.exec(second)
  if (monthWord === null || dayWord === null) return null
  const year = YEAR.exec(words[next + 1] ?? '')
  return {
    year: year === null ? null : Number(year[1]),
    month: MONTHS.indexOf((monthWord[1] ?? '').slice(0, 3)) + 1,
    day: Number(dayWord[1]),
    used: next + 1 - at + (year === null ? 0 : 1),
  }
}

/** The nearest such day on that side of today; 29 February may be years away. */
function nearest(month: number, day: number, today: CivilDate, leaning: Leaning): CivilDate | null {
  const { year } = dateParts(today)
  for (let step = 0; step <= 8; step++) {
    const found = civilDate(leaning === 'ahead' ? year + step : year - step, month, day)
    if (found !== null && (leaning === 'ahead' ? found >= today : found <= today)) return found
  }
  return null
}
