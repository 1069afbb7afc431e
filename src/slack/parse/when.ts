/** Days and spans as people type them: `tomorrow`, `next friday`, `30 Apr 2027`, `3 months`. */
import { wholeNumber } from '../../register/parse-date.ts'
import {
  addDays,
  addMonths,
  type CivilDate,
  civilDate,
  dateParts,
  dayText,
  monthNamed,
  weekday,
} from '../../rules/civil-date.ts'
import type { Period, PeriodUnit } from '../../rules/contract.ts'
import { groupedBy } from '../../rules/text-match.ts'
import { after, before, type Calendar } from '../../rules/working-days.ts'

/** From where time is counted. */
export interface Clock {
  readonly today: CivilDate
  /** For spans in working days. */
  readonly calendar: Calendar
  /** The month in which financial years begin. */
  readonly yearStart: number
}

/** Words in lower case; null (a quote, a mention) never fits. */
export type Words = readonly (string | null)[]

/** How many words the longest of these phrases takes there; null where none stands. '' always does. */
export function longest(words: Words, at: number, phrases: readonly string[]): number | null {
  const apart = APART.get(phrases) ?? takenApart(phrases)
  const first = words[at]
  const begun = typeof first === 'string' ? apart.get(first) : undefined
  const stands = begun?.find((parts) => parts.every((part, index) => words[at + index] === part))
  return stands?.length ?? (apart.has('') ? 0 : null)
}

/** By their first words, the longest first; once for each list, as it is looked for at every word. */
function takenApart(phrases: readonly string[]): Apart {
  const text = `${phrases.length} ${phrases.join()}`
  const apart =
    ALIKE.get(text) ??
    groupedBy(
      phrases
        .map((phrase) => phrase.split(' ').filter(Boolean))
        .toSorted((one, other) => other.length - one.length),
      ([first = '']) => first,
    )
  ALIKE.set(text, apart)
  APART.set(phrases, apart)
  return apart
}
type Apart = ReadonlyMap<string, readonly (readonly string[])[]>
const APART = new WeakMap<readonly string[], Apart>()
const ALIKE = new Map<string, Apart>()

/** `before, prior to`: the phrases that such patterns stand for, the same list each time. */
export function phrases(patterns: string): readonly string[] {
  const list = LISTS.get(patterns) ?? [...new Set(spelledOut(patterns))]
  LISTS.set(patterns, list)
  return list
}

const LISTS = new Map<string, readonly string[]>()

// The forms of words by rule: a table names each verb and each pattern of words once.

/** What is no `ed`, with its participle where that is another word. */
const IRREGULAR = new Map(
  'run ran, come came, go went gone, begin began begun, fall fell fallen, buy bought, pay paid, have had, get got, give gave given, hold held, keep kept, lead led, sell sold, let let, send sent, draw drew drawn, take took taken, put put, bring brought, stand stood, sit sat, deal dealt, make made, tell told, leave left, think thought, see saw seen, spend spent, cost cost, hit hit, die died'
    .split(', ')
    .map((each): [string, string[]] => [each.split(' ')[0] ?? '', each.split(' ').slice(1)]),
)
/** `run out`: `run out`, `runs out`, `running out`; and `ran out`. */
function formsOf(verb: string): {
  readonly now: readonly string[]
  readonly past: readonly string[]
} {
  const [first = '', ...rest] = verb.split(' ')
  const tail = rest.map((each) => ` ${each}`).join('')
  const isDoubled = /^(?:[^aeiou]*[aeiou][^aeiouwxy]|begin|cancel)$/.test(first)
  const stem = isDoubled ? `${first}${first.at(-1)}` : first.replace(/(?<=[^aeo])e$/, '')
  const several = /(?:s|x|ch|sh|[^a]go|^go|^do)$/.test(first)
    ? `${first}es`
    : first === 'have'
      ? 'has'
      : `${first}s`.replace(/(?<=[^aeiou])ys$/, 'ies')
  const ing = `${first === 'die' ? 'dy' : stem}ing`
  const past = IRREGULAR.get(first) ?? [`${stem}ed`.replace(/(?<=[^aeiou])yed$/, 'ied')]
  return {
    now: [first, several, ing].map((each) => each + tail),
    past: past.map((each) => each + tail),
  }
}

/**
 * Each of the phrases that patterns stand for: `(a|b)` one of them, `[a|b]` one or none, `{end|lapse}` these
 * verbs as they are now, `{~end}` as they were. What stands within another is one more of its choices.
 */
function spelledOut(patterns: string): string[] {
  return patterns.split(', ').flatMap((pattern) => {
    const parts = pattern.split(/([()[\]{}|])/)
    // Up to where the bracket closes, or the pattern ends.
    const choices = (): string[] => {
      const before: string[] = []
      let said = ['']
      for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
        if (/^[)\]}]$/.test(part)) break
        if (part === '|') before.push(...said.splice(0, said.length, ''))
        else {
          const next = /^[([{]$/.test(part) ? chosen(part, choices()) : [part]
          said = said.flatMap((begun) => next.map((each) => begun + each))
        }
      }
      return [...before, ...said]
    }
    return choices().map((each) => each.replace(/ +/g, ' ').trim())
  })
}

function chosen(bracket: string, choices: readonly string[]): readonly string[] {
  if (bracket === '(') return choices
  if (bracket === '[') return ['', ...choices]
  const tense = choices[0]?.startsWith('~') === true ? 'past' : 'now'
  return choices.flatMap((verb) => formsOf(verb.replace('~', ''))[tense])
}

/** A span from today: `3d`, `2 weeks ago`, `the next 2 weeks`, which is no day as `next week` is. */
export function readCounted(
  words: Words,
  at: number,
  { today, calendar }: Clock,
): DateReading | null {
  const skipped = longest(words, at, ['the next', 'the', 'next', '']) ?? 0
  const later = readWeeksOn(words, at, today)
  if (later !== null) return later
  const span = readSpan(words, at + skipped)
  if (span === null) return null
  const ago = words[at + skipped + span.used] === 'ago'
  const used = skipped + span.used + (ago ? 1 : 0)
  if (outsideCalendar(today)) return { problem: 'That lies outside the calendar.', used }
  return { day: (ago ? before : after)(today, span.period, calendar), used }
}

/**
 * One day by its date, its weekday, or today, tomorrow and yesterday. `friday` is the next one after
 * today, `next friday` the one of the next week from Monday to Sunday, `30/04` the next 30 April.
 */
export function readDay(
  words: Words,
  at: number,
  today: CivilDate,
  leaning: Leaning,
): DateReading | null {
  return (
    readWeeksOn(words, at, today) ??
    readDate(words, at, today, leaning) ??
    named(words, at, today, leaning)
  )
}

/** `a week on friday`, `2 weeks tomorrow`, `friday week`. */
export function readWeeksOn(words: Words, at: number, today: CivilDate): DateReading | null {
  const span = readSpan(words, at)
  const base =
    span === null
      ? at
      : at + span.used + (/^(?:on|from)$/.test(words[at + span.used] ?? '') ? 1 : 0)
  const day = named(words, base, today, 'ahead')
  if (day === null || 'problem' in day) return null
  if (span === null) {
    const isWeek = weekdayAt(words, at) !== null && words[at + day.used] === 'week'
    return isWeek && !/^(?:of|in|commencing|beginning|ending)$/.test(words[at + day.used + 1] ?? '')
      ? { day: addDays(day.day, 7), used: day.used + 1 }
      : null
  }
  // `a week from today` is the length that it counts.
  const isLength = words[base - 1] === 'from' && weekdayAt(words, base) === null
  if (span.period.unit !== 'weeks' || isLength) return null
  return { day: addDays(day.day, span.period.amount * 7), used: base + day.used - at }
}

/** The longest span is a hundred years. */
function outsideCalendar(today: CivilDate): boolean {
  const { year } = dateParts(today)
  return year < 200 || year > 9800
}

function named(words: Words, at: number, today: CivilDate, leaning: Leaning): DateReading | null {
  const word = words[at]
  if (word === 'today' || word === 'now') return { day: today, used: 1 }
  if (word === 'tomorrow' || word === 'tmrw') return { day: addDays(today, 1), used: 1 }
  if (word === 'yesterday') return { day: addDays(today, -1), used: 1 }
  if (longest(words, at, ['this time next year', 'same time next year']) !== null) {
    return { day: addMonths(today, 12), used: 4 }
  }
  const bare = weekdayAt(words, at)
  if (bare !== null) return { day: onWeekday(today, bare, leaning), used: 1 }
  const day = weekdayAt(words, at + 1)
  if (day === null) return null
  if (word === 'this' || word === 'coming' || word === 'last') {
    return { day: onWeekday(today, day, word === 'last' ? 'back' : 'ahead'), used: 2 }
  }
  const monday = addDays(today, 8 - weekday(today))
  return word === 'next' ? { day: addDays(monday, day - 1), used: 2 } : null
}

function onWeekday(today: CivilDate, day: number, leaning: Leaning): CivilDate {
  return leaning === 'ahead'
    ? addDays(today, ((day - weekday(today) + 6) % 7) + 1)
    : addDays(today, -((weekday(today) - day + 6) % 7) - 1)
}

// Dates as people type them: ISO, day first, in words, with or without a year or a weekday.

export type DateReading =
  | { readonly day: CivilDate; readonly used: number }
  /** It is meant as a date, and is none: said in words, with what to write instead. */
  | { readonly problem: string; readonly used: number }

/** Where a date has no year: the next such day, today included, or the last one. */
export type Leaning = 'ahead' | 'back'

/** 1 to 12, or null where the word names no month. */
export function monthAt(words: Words, at: number): number | null {
  return monthNamed(words[at] ?? '')
}

/** The year that two figures may be: none that lies far from this one. */
export function yearOfTwo(figures: string, today: CivilDate): number | null {
  const year = Number(figures) + 2000
  return /^\d\d$/.test(figures) && Math.abs(year - dateParts(today).year) <= 5 ? year : null
}

const DAY = /^(\d{1,2})(st|nd|rd|th)?$/
const WEEKDAY =
  /^(mon|tues?|wed(?:s|nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday)$/
const WEEKDAYS = 'mon tue wed thu fri sat sun'.split(' ')

/** The date that begins at this word, or null where none does. */
function readDate(
  words: Words,
  at: number,
  today: CivilDate,
  leaning: Leaning,
): DateReading | null {
  const named = weekdayAt(words, at)
  if (named === null) return plainDate(words, at, today, leaning, null)
  return plainDate(words, at + 1, today, leaning, named)
}

/** 1 for Monday to 7 for Sunday, or null where the word names no weekday. */
export function weekdayAt(words: Words, at: number): number | null {
  const word = words[at] ?? ''
  return WEEKDAY.test(word) ? WEEKDAYS.indexOf(word.slice(0, 3)) + 1 : null
}

function plainDate(
  words: Words,
  at: number,
  today: CivilDate,
  leaning: Leaning,
  named: number | null,
): DateReading | null {
  const parts = figures(words[at] ?? '') ?? spelled(words, at, today)
  if (parts === null) return null
  const used = parts.used + (named === null ? 0 : 1)
  const { year, month, day } = parts
  if (month === null) {
    const { year: thisYear, month: thisMonth } = dateParts(today)
    const days = Array.from({ length: 15 }, (_, step) => {
      const count = thisMonth - 1 + (leaning === 'ahead' ? step : -step)
      return civilDate(thisYear + Math.floor(count / 12), (((count % 12) + 12) % 12) + 1, day)
    })
    const found = days.find((each) => each !== null && isOnSide(each, today, leaning)) ?? null
    return found === null ? null : { day: found, used }
  }
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
  /** Null: of whatever month. */
  readonly month: number | null
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
  const joined = /^(\d{1,2})(?:st|nd|rd|th)?[-/.]?([a-z]{3,9})(?:[-/.]?['’]?(\d{4}|\d{2}))?$/.exec(
    word,
  )
  const month = monthNamed(joined?.[2] ?? '')
  if (joined && month !== null) {
    const year = joined[3]
    const named = year === undefined ? null : Number(year) + (year.length === 2 ? 2000 : 0)
    return { year: named, month, day: Number(joined[1]), used: 1 }
  }
  const short = /^(\d{1,2})\/(\d{1,2})$/.exec(word)
  return short ? { year: null, month: Number(short[2]), day: Number(short[1]), used: 1 } : null
}

/** `30 apr`, `30th of April '27`, `31 dec 26`, `April 30, 2027`, `the 15th`. */
function spelled(words: Words, at: number, today: CivilDate): Parts | null {
  const dayFirst = DAY.exec(words[at] ?? '')
  const next = dayFirst && words[at + 1] === 'of' ? at + 2 : at + 1
  const month = monthAt(words, dayFirst ? next : at)
  const dayWord = dayFirst ?? DAY.exec(words[next] ?? '')
  if (dayWord === null) return null
  const day = Number(dayWord[1])
  if (month === null) {
    const isAlone =
      dayWord[2] !== undefined &&
      dayFirst !== null &&
      LEADS_DAY.test(words[at - 1] ?? '') &&
      ENDS_DAY.test(words[at + 1] ?? '')
    return isAlone ? { year: null, month: null, day, used: 1 } : null
  }
  const figures = words[next + 1] ?? ''
  const two =
    monthAt(words, next + 2) === null ? yearOfTwo(figures.replace(/^['’]/, ''), today) : null
  const year = /^\d{4}$/.test(figures) ? Number(figures) : two
  return { year, month, day, used: next + 1 - at + (year === null ? 0 : 1) }
}
const LEADS_DAY = /^(?:the|by|on|before|after|until|till?|to|from|since|and)$/
const ENDS_DAY = /^(?:and|or|to|until|till?|please|with|over|under|for|[-–])?$/

function isOnSide(day: CivilDate, today: CivilDate, leaning: Leaning): boolean {
  return leaning === 'ahead' ? day >= today : day <= today
}

/** The nearest such day on that side of today; 29 February may be years away. */
function nearest(month: number, day: number, today: CivilDate, leaning: Leaning): CivilDate | null {
  const { year } = dateParts(today)
  for (let step = 0; step <= 8; step++) {
    const found = civilDate(leaning === 'ahead' ? year + step : year - step, month, day)
    if (found !== null && isOnSide(found, today, leaning)) return found
  }
  return null
}

// Lengths of time as people type them: `30d`, `2 weeks`, `a fortnight`, `10 working days`.

export interface Span {
  readonly period: Period
  /** How many words it took. */
  readonly used: number
}

const UNITS: ReadonlyMap<string, PeriodUnit> = new Map(
  Object.entries({
    ...{ days: 'd day days', weeks: 'w wk wks week weeks', months: 'm mo mth mths month months' },
    ...{ years: 'y yr yrs year years', 'working-days': 'wd bd working-day working-days' },
  }).flatMap(([unit, words]) =>
    words.split(' ').map((word) => [word, unit as PeriodUnit] as const),
  ),
)

/** What may be asked for: longer spans leave the calendar, and mean nothing here. */
const MOST: Readonly<Record<PeriodUnit, number>> = {
  days: 9999,
  'working-days': 2000,
  weeks: 1500,
  months: 1200,
  years: 100,
}

/** The span that begins at this word, or null where none does. Words in lower case; null never fits. */
export function readSpan(words: Words, at: number): Span | null {
  const [first, second, third] = words.slice(at, at + 3)
  if (first === undefined || first === null) return null
  const joined = /^(\d{1,4})([a-z-]+)$/.exec(first)
  if (joined) return span(Number(joined[1]), UNITS.get(joined[2] ?? ''), 1)
  if (first === 'fortnight') return span(2, 'weeks', 1)
  if (longest(words, at, ['half a year']) !== null) return span(6, 'months', 3)
  const pair = longest(words, at, COUPLE)
  if (pair !== null) return span(2, UNITS.get(words[at + pair] ?? ''), pair + 1)
  if (/^(?:another|further|extra)$/.test(first)) {
    // `another 2 weeks`, `another month`
    const more = readSpan(words, at + 1)
    if (more !== null) return { ...more, used: more.used + 1 }
  }
  if (/^an?$/.test(first) && /^(?:further|extra)$/.test(second ?? '')) {
    const more = readSpan(words, at + 1)
    return more === null ? null : { ...more, used: more.used + 1 }
  }
  const amount = /^(?:another|further|extra)$/.test(first) ? 1 : wholeNumber(first)
  if (amount === null) return null
  if (second === 'fortnight' || second === 'fortnights') return span(amount * 2, 'weeks', 2)
  if (second === 'quarter' || second === 'quarters') return span(amount * 3, 'months', 2)
  if ((second === 'working' || second === 'business') && /^days?$/.test(third ?? '')) {
    return span(amount, 'working-days', 3)
  }
  return span(amount, UNITS.get(second ?? ''), 2)
}

const COUPLE = ['a couple of', 'couple of', 'a couple', 'couple']

function span(amount: number, unit: PeriodUnit | undefined, used: number): Span | null {
  if (unit === undefined || amount > MOST[unit]) return null
  return { period: { amount, unit }, used }
}
