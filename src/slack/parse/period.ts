/** Stretches of time as people say them: months, quarters, financial years, feasts, what lies before and between. */
import {
  addDays,
  addMonths,
  type CivilDate,
  civilDate,
  dateParts,
  daysBetween,
  daysInMonth,
  dayText,
  earlier,
  easterSunday,
  later,
  MONTH_NAMES,
  monthsFrom,
  weekday,
} from '../../rules/civil-date.ts'
import { financialYearNamed, financialYearOf } from '../../rules/months.ts'
import {
  after,
  before,
  type Calendar,
  isWorkingDay,
  workingDayOnOrAfter,
} from '../../rules/working-days.ts'
import {
  type Clock,
  type DateReading,
  type Leaning,
  longest,
  monthAt,
  phrases,
  readCounted,
  readDay,
  readSpan,
  readWeeksOn,
  type Words,
  weekdayAt,
  yearOfTwo,
} from './when.ts'

/** Both days included; null where it is open. */
export interface Range {
  readonly from: CivilDate | null
  readonly to: CivilDate | null
}

export type PeriodReading =
  | {
      readonly range: Range
      /** What it is called; null where its days say it. */
      readonly as: string | null
      /** Where it is the next so many days, whatever the day. */
      readonly days: number | null
      /** Only these days of the week. */
      readonly weekdays?: readonly number[]
      readonly used: number
    }
  /** It is meant as a time, and is none: said in words. */
  | { readonly problem: string; readonly used: number }

type Side = 'before' | 'by' | 'after' | 'since' | 'in'

/** The words before a time, and on which side of it they point. */
const SIDES: Readonly<Record<Side, readonly string[]>> = {
  by: phrases(
    'in the run up to, in the run-up to, on or before, in or before, at or before, on or by, no later than, not later than, not after, ' +
      'not beyond, up until, up to, through to, by, until, till, til, through, <=, ≤',
  ),
  before: phrases(
    'before, since before, from before, prior to, ahead of, in advance of, in time for, this side of, earlier than, sooner than, ' +
      'pre, up to but not including, <',
  ),
  after: phrases('after, later than, beyond, post, past, >'),
  since: phrases(
    'on or after, in or after, at or after, not before, not until, no earlier than, ' +
      'not earlier than, no sooner than, since, from, as of, as from, >=, ≥',
  ),
  in: ['during', 'in', 'within', 'on', 'over', 'for', 'of', 'at', ''],
}

/**
 * `the end of`: of a quarter or a year its last month, of a week its last three days, of a month its last
 * day; behind a word that wants a time also `end march`.
 */
const END = 'the end of, end of, the very end of, very end of, the back end of, the tail end of'
const WANTS_TIME =
  /^(?:at|by|before|until|till?|for|after|due|ending|ends|expiring|expires?|finishing|lapsing|renewing|renews?|endings|expiries|renewals)$/
const START = phrases('the start of, start of, the beginning of, beginning of')
type Edge = 'start' | 'end' | null

/**
 * The stretch of time that begins at this word, or null. A month, quarter or feast without a year is the
 * one under way or the next one; looking back, the last one.
 */
export function readPeriod(
  words: Words,
  at: number,
  clock: Clock,
  leaning: Leaning = 'ahead',
): PeriodReading | null {
  const found =
    readWeekdays(words, at) ??
    readBetween(words, at, clock, leaning) ??
    readLength(words, at, clock)
  if (found !== null) return found
  for (const side of ['by', 'before', 'after', 'since', 'in'] as const) {
    const lead = longest(words, at, SIDES[side])
    if (lead === null) continue
    const edge = edgeAt(words, at + lead)
    const begins = at + lead + edge.used
    const isWhole = edge.of === 'end' || words[begins - 1] === 'of'
    const time = readTime(words, begins, clock, leaning, isWhole)
    // What `at the start of` a time is, nobody can say: it is named.
    if (time === null || (edge.of === 'start' && side === 'in')) continue
    if ('problem' in time) return { problem: time.problem, used: begins - at + time.used }
    const end = begins + time.used
    const isIn = side === 'in' && edge.of === null
    const since = isIn || side === 'since' ? longest(words, end, ONWARDS) : null
    const by = isIn && since === null ? longest(words, end, AND_BEFORE) : null
    const on = longest(words, end, side === 'since' ? ['on', ...INCLUSIVE] : INCLUSIVE)
    const inclusive = side === 'since' || side === 'by' ? (on ?? 0) : 0
    const meant = since !== null ? 'since' : by !== null ? 'by' : side
    const stretch = sideOf(time, meant, edge.of)
    const { from } = stretch.range
    // What happened since a day that is past happened by today.
    const isSoFar = words[at] === 'since' && from !== null && from <= clock.today
    return {
      ...stretch,
      ...(isSoFar ? { range: { from, to: clock.today } } : {}),
      days: null,
      used: end - at + (since ?? by ?? inclusive),
    }
  }
  return null
}

/** `on a saturday or sunday`, `on weekends`: whichever day of that name. */
function readWeekdays(words: Words, at: number): PeriodReading | null {
  let end = at + (longest(words, at, ['on', 'at', '']) ?? 0)
  const found: number[] = []
  let isAny = false
  for (;;) {
    const article = /^(?:an?|any)$/.test(words[end] ?? '') ? 1 : 0
    const [whole = '', one = '', ending = ''] =
      /^([a-z]+?)(s?)$/.exec(words[end + article] ?? '') ?? []
    const isOne = weekdayAt([whole], 0) !== null
    // `weds` is the day itself, `wednesdays` whichever.
    const isLong = /day$|^week/.test(one)
    const [word, plural] = isOne || !isLong ? [whole, ''] : [one, ending]
    const day = weekdayAt([word], 0)
    const of = day === null ? [] : [day]
    const known = word === 'weekend' ? [6, 7] : word === 'weekday' ? [1, 2, 3, 4, 5] : of
    if (known.length === 0 || (found.length === 0 && article === 0 && plural !== 's')) break
    isAny ||= article === 1 || plural === 's'
    found.push(...known)
    end += article + 1
    if (!/^(?:or|and|\/)$/.test(words[end] ?? '')) break
    end += 1
  }
  if (!isAny) return null
  if (/^(?:or|and|\/)$/.test(words[end - 1] ?? '')) end -= 1
  const weekdays = [...new Set(found)].toSorted((one, other) => one - other)
  const names = weekdays.map((day) => WEEKDAYS[day - 1]).join(' or ')
  return {
    ...{ range: { from: null, to: null }, as: `on a ${names}`, days: null },
    ...{ weekdays, used: end - at },
  }
}

/**
 * `before we break up for xmas`, `until the board meets in march`: a side, and a clause that says only when.
 * `isClausal`: no condition begins at that word.
 */
export function readClause(
  words: Words,
  at: number,
  clock: Clock,
  leaning: Leaning,
  isClausal: (at: number) => boolean,
): PeriodReading | null {
  if (!/^(?:before|after|until|till?|by)$/.test(words[at] ?? '')) return null
  for (let end = at + 2; end < Math.min(at + 9, words.length) && isClausal(end - 1); end++) {
    // The time of the clause has a word before it that wants one.
    if (!/^(?:for|in|on|at|this|next)$/.test(words[end] ?? '')) continue
    const lead = /^(?:this|next)$/.test(words[end] ?? '') ? 0 : 1
    const period = readPeriod([words[at] ?? '', ...words.slice(end + lead)], 0, clock, leaning)
    if (period === null || 'problem' in period) continue
    return { ...period, used: period.used - 1 + end + lead - at }
  }
  return null
}

/** `october 2027 onwards`, `march or earlier`. */
const ONWARDS = phrases(
  'onwards, onward, and later, or later, and after, or after, and beyond, and onwards',
)
const AND_BEFORE = phrases('or earlier, or before, or sooner, and before, and earlier')
const INCLUSIVE = ['inclusive', 'incl']

function edgeAt(words: Words, at: number): { of: Edge; used: number } {
  const isWanted = WANTS_TIME.test(words[at - 1] ?? '') && words[at + 1] !== 'date'
  const end = longest(words, at, phrases(isWanted ? `${END}, end` : END))
  if (end !== null) return { of: 'end', used: end }
  const start = longest(words, at, START)
  return { of: start === null ? null : 'start', used: start ?? 0 }
}

function sideOf(
  { from, to, as, eve }: Time,
  side: Side,
  edge: Edge,
): { range: Range; as: string | null } {
  const last = edge === 'end' ? later(from, firstOfLast(from, to)) : from
  const named = (lead: string, tail = '') => (as === null ? null : `${lead}${as}${tail}`)
  const the = edge === 'end' ? 'the end of ' : ''
  const isEnd = as?.startsWith('the end of ') === true
  switch (side) {
    case 'by':
    case 'before':
      // The last day of a year is still before its end.
      if (edge === 'start' || (side === 'before' && edge === null && !isEnd)) {
        return { range: { from: null, to: addDays(from, -1) }, as: named('before ') }
      }
      return eve === undefined
        ? {
            range: { from: null, to },
            as: named(isEnd ? 'by ' : 'by the end of '),
          }
        : { range: { from: null, to: from }, as: named('by ') }
    case 'after': {
      const start = edge === 'start' ? from : to
      return { range: { from: addDays(start, 1), to: null }, as: named('after ') }
    }
    case 'since':
      return { range: { from: last, to: null }, as: named(`from ${the}`, ' on') }
    case 'in':
      return { range: { from: edge === 'end' ? last : (eve ?? from), to }, as: named(the) }
  }
}

function firstOfLast(from: CivilDate, to: CivilDate): CivilDate {
  const { year, month } = dateParts(to)
  if (daysBetween(from, to) < 7) return addDays(to, -2)
  return daysBetween(from, to) > 31 ? (civilDate(year, month, 1) ?? to) : to
}

/**
 * The day that somebody names to be asked again on, or to be covered until: `2w`, `next friday`, `end of
 * june`; of a stretch to come its first, of one under way its last.
 */
export function readPoint(
  words: Words,
  at: number,
  clock: Clock,
  leaning: Leaning,
): DateReading | null {
  const lead = longest(words, at, UNTIL) ?? 0
  const counted = readCounted(words, at + lead, clock)
  if (counted !== null) return { ...counted, used: counted.used + lead }
  const isAfter = words[at + lead] === 'after'
  const end = longest(words, at + lead, phrases(`${END}, `)) ?? 0
  const begins = at + lead + (isAfter ? 1 : end)
  const time =
    dayAt(words, begins, clock, leaning) ?? readTime(words, begins, clock, leaning, end > 0)
  if (time === null || 'problem' in time) {
    return time === null ? null : { ...time, used: begins - at + time.used }
  }
  const { from, to, used } = time
  const isUnderWay = from <= clock.today && to > clock.today
  // After a feast nobody is at work before the first working day.
  const day = isAfter
    ? workingDayOnOrAfter(addDays(to, 1), clock.calendar)
    : end > 0 || isUnderWay
      ? to
      : from
  return { day, used: begins - at + used }
}
const UNTIL = ['until', 'till', 'til', 'for', 'in', 'on', 'by', 'within', 'over', '']

const JOINS = ['and', 'to', 'until', 'till', 'til', 'through', '-', '–', '—']

/** `between 1 and 31 march`, `january to march 2027`: what the second says of the year holds for the first. */
function readBetween(
  words: Words,
  at: number,
  clock: Clock,
  leaning: Leaning,
): PeriodReading | null {
  const lead = longest(words, at, ['between', 'from', '']) ?? 0
  const isBetween = words[at] === 'between'
  const opens = longest(words, at + lead, phrases(lead > 0 ? `${END}, end, ` : `${END}, `)) ?? 0
  const begins = at + lead + opens + (words[at + lead + opens] === 'the' ? 1 : 0)
  const day = /^(\d{1,2})(?:st|nd|rd|th)?$/.exec(words[begins] ?? '')
  const whole = readTime(words, begins, clock, leaning, opens > 0)
  if (whole !== null && 'problem' in whole) return null
  const edged = (time: Time): Time =>
    opens === 0 ? time : { ...time, from: later(time.from, firstOfLast(time.from, time.to)) }
  // `the 1st and 15th of march`: of the month that is named behind.
  const first = whole === null || (day !== null && whole.used === 1) ? null : edged(whole)
  const join = begins + (first?.used ?? 1)
  // `march and april` are two months, and no stretch.
  if (!JOINS.includes(words[join] ?? '') || (words[join] === 'and' && !isBetween)) return null
  const end = longest(words, join + 1, phrases(`${END}, end, `)) ?? 0
  const seconds = (today: CivilDate) =>
    readTime(words, join + 1 + end, { ...clock, today }, leaning, end > 0)
  const told = seconds(clock.today)
  const read = told !== null && 'problem' in told && first !== null ? seconds(first.from) : told
  // To a feast is to its own day.
  const second =
    read === null || 'problem' in read || read.eve === undefined ? read : { ...read, to: read.from }
  if (second === null) return null
  const last = join + 1 + end + second.used
  const used = last + (longest(words, last, INCLUSIVE) ?? 0) - at
  if ('problem' in second) return { problem: second.problem, used }
  const { year, month } = dateParts(second.to)
  if (first === null) {
    const from =
      second.from === second.to && day !== null ? civilDate(year, month, Number(day[1])) : null
    return from === null ? null : stretch(from, second.to, used)
  }
  const again = (from: number, today: CivilDate, side: Leaning): Time | null => {
    const read = readTime(words, from, { ...clock, today }, side, false)
    return read === null || 'problem' in read ? null : from === begins ? edged(read) : read
  }
  const from =
    first.open && (!second.open || first.from > second.to)
      ? again(begins, second.to, 'back')
      : first
  if (second.open && !first.open && second.to < first.from) {
    return stretch(first.from, again(join + 1 + end, first.from, 'ahead')?.to ?? second.to, used)
  }
  if (first.open && second.open && first.from > second.to && leaning === 'ahead') {
    return stretch(first.from, again(join + 1 + end, first.from, 'ahead')?.to ?? second.to, used)
  }
  return stretch((from ?? first).from, second.to, used)
}

function stretch(from: CivilDate, to: CivilDate, used: number): PeriodReading {
  return from > to
    ? { problem: `${dayText(from)} lies after ${dayText(to)}: name the earlier day first.`, used }
    : { range: { from, to }, as: null, days: null, used }
}

// Lengths of time from today: `in 90 days`, `the next 6 months`, `the last year`, `more than 30 days`.

const LENGTHS = {
  back: phrases(
    'in the last, in the past, over the last, over the past, within the last, within the past, ' +
      'during the last, during the past, the last, the past, last, past, previous',
  ),
  beyond: phrases(
    'in more than, in over, more than, over, longer than, at least, no less than, beyond, after',
  ),
  within: phrases(
    'in less than, less than, in under, under, fewer than, in fewer than, in the next, within the next, over the next, ' +
      'for the next, during the next, the next, next, in the coming, over the coming, ' +
      'within the coming, the coming, coming, no more than, up to, within, inside [the next], in, ',
  ),
} as const
const AHEAD_WORDS =
  'from now, from today, of today, of now, from now on, away, left [to run|to go|on them|on it], remaining, to run, to go, time, ahead, out'
const AHEAD = phrases(`${AHEAD_WORDS}, or less [left|to run|to go|remaining], `)
const LATE = ['ago', 'late', 'overdue', 'old', 'back']
/** What lists look ahead where nobody says how far: the answer says the days. */
const SOON = phrases('soon, very soon, quite soon, shortly, before long, in the near future')
const SOON_DAYS = 90

function readLength(words: Words, at: number, clock: Clock): PeriodReading | null {
  const { today, calendar } = clock
  const soon = longest(words, at, SOON)
  if (soon !== null) {
    const range = { from: null, to: addDays(today, SOON_DAYS) }
    return { range, as: null, days: SOON_DAYS, used: soon }
  }
  // `last 2 weeks of march`, `year to march 2028`, `a week on friday` are times of the calendar.
  let begins = at
  while (/^(?:in|within|over|for|during|the|by|on)$/.test(words[begins] ?? '')) begins += 1
  const isPart =
    readPart(words, begins, clock, 'ahead') !== null || readWeeksOn(words, begins, today) !== null
  if (isPart) return null
  for (const side of ['back', 'beyond', 'within'] as const) {
    const both = side === 'within' ? readLengths(words, at, clock) : null
    if (both !== null) return both
    const lead = longest(words, at, LENGTHS[side])
    const span =
      lead === null ? null : spanAt(words, at + lead, words.slice(at, at + lead).includes('the'))
    if (lead === null || span === null) continue
    const end = at + lead + span.used
    const { year } = dateParts(today)
    if (year < 200 || year > 9800)
      return { problem: 'That lies outside the calendar.', used: end - at }
    const past = before(today, span.period, calendar)
    const ahead = daysBetween(today, after(today, span.period, calendar))
    const of = (from: CivilDate | null, to: CivilDate | null, used = end - at): PeriodReading => {
      return { range: { from, to }, as: null, days: null, used }
    }
    const late = longest(words, end, LATE)
    // `12 months or more left`
    const more = longest(
      words,
      end,
      phrases('or more, or longer, plus, +, or over, minimum, at least'),
    )
    if (side === 'within' && more !== null) {
      const left = longest(words, end + more, phrases(AHEAD_WORDS)) ?? 0
      if (left > 0) return of(addDays(today, ahead), null, end + more + left - at)
    }
    if (side === 'back') return of(past, today)
    if (late !== null && side === 'beyond') return of(null, addDays(past, -1), end - at + 1)
    if (late !== null) return words[end] === 'ago' ? of(past, past, end - at + 1) : null
    // `a notice of 3 months`, `a 12 month contract`: a length, and no time.
    const tail = longest(words, end, AHEAD) ?? 0
    // `90 days from 1 january`: counted from another day than today.
    if (tail === 0 && /^(?:from|after|before|of)$/.test(words[end] ?? '')) {
      const other = readTime(words, end + 1, clock, 'ahead', false)
      const used = other === null ? 0 : end + 1 + other.used - at
      if (used > 0) return { problem: words.slice(at, at + used).join(' '), used }
    }
    if (side === 'beyond') return of(addDays(today, ahead + 1), null, end - at + tail)
    return { ...of(null, addDays(today, ahead), end - at + tail), days: ahead }
  }
  return null
}

/** `in 6 to 12 months`, `between 3 and 6 months from now`. */
function readLengths(words: Words, at: number, { today, calendar }: Clock): PeriodReading | null {
  const lead = longest(words, at, BOTH) ?? 0
  const begins = at + lead
  const second = readSpan(words, begins + 2)
  if (second === null || !/^(?:to|and|-|–|or)$/.test(words[begins + 1] ?? '')) return null
  const first = readSpan([words[begins] ?? '', second.period.unit], 0)
  if (first === null || (words[begins + 1] === 'and' && lead === 0)) return null
  const used = lead + 2 + second.used
  const [from, to] = [first, second].map(({ period }) => after(today, period, calendar))
  const tail = longest(words, at + used, AHEAD) ?? 0
  return from === undefined || to === undefined ? null : stretch(from, to, used + tail)
}

const BOTH = phrases(
  'in between, between, within, in, from, next, the next, in the next, within the next, over the next, ',
)

/** `next year` is the calendar's, `the next year` one from today; a quarter is always the calendar's. */
function spanAt(words: Words, at: number, isThe: boolean) {
  const unit = words[at] ?? ''
  if (!isThe || !/^(?:week|month|year|fortnight)$/.test(unit)) return readSpan(words, at)
  const one = readSpan(['1', unit], 0)
  return one === null ? null : { ...one, used: 1 }
}

// A time with a first and a last day.

interface Time {
  readonly from: CivilDate
  readonly to: CivilDate
  readonly as: string | null
  readonly used: number
  /** No year was said. */
  readonly open?: boolean
  /** A feast begins on the days before it. */
  readonly eve?: CivilDate
}

type Timed = Time | { readonly problem: string; readonly used: number }

/** `isWhole`: after `end of`, `month` alone is this one. */
function readTime(
  words: Words,
  start: number,
  clock: Clock,
  leaning: Leaning,
  isWhole: boolean,
): Timed | null {
  const the = words[start] === 'the' ? 1 : 0
  const at = start + the
  const found =
    readClipped(words, at, clock, leaning) ??
    readPart(words, at, clock, leaning) ??
    readBeside(words, at, clock, leaning) ??
    readFinancialYear(words, at, clock) ??
    readUnit(words, at, clock, isWhole) ??
    readBankHoliday(words, at, clock, leaning) ??
    readFeast(words, at, clock, leaning) ??
    readSeason(words, at, clock, leaning) ??
    readMonthOfYear(words, at, clock, leaning) ??
    dayAt(words, at, clock, leaning) ??
    readMonth(words, at, clock, leaning) ??
    readYear(words, at)
  if (found === null || 'problem' in found) return found && { ...found, used: found.used + the }
  // `fy 2026/27 q4`: the year that stands before is the part's.
  const behind = shareAt(words, at + found.used)
  const part = behind?.isShort ? partOf(found, behind, clock.calendar) : null
  return behind === null || part === null
    ? { ...found, used: found.used + the }
    : { ...part, used: found.used + behind.used + the }
}

const REST = phrases(
  'rest of, remainder of, remaining part of, what is left of, later in, later, later on in',
)
const SO_FAR = phrases('earlier in, earlier, so far in, so far')

/** `the rest of november`, `later this year`, `earlier this month`: what of it lies ahead of today, or before. */
function readClipped(words: Words, at: number, clock: Clock, leaning: Leaning): Timed | null {
  const rest = longest(words, at, REST)
  const lead = rest ?? longest(words, at, SO_FAR)
  if (lead === null) return null
  const whole = readTime(
    words,
    at + lead,
    clock,
    leaning,
    /^(?:of|in)$/.test(words[at + lead - 1] ?? ''),
  )
  if (whole === null || 'problem' in whole) return whole
  const { today } = clock
  const [from, to] =
    rest === null
      ? [whole.from, earlier(whole.to, addDays(today, -1))]
      : [later(whole.from, today), whole.to]
  const used = lead + whole.used
  if (from > to) return { problem: words.slice(at, at + used).join(' '), used }
  return {
    from,
    to,
    as: whole.as === null ? null : `${rest === null ? 'so far in' : 'the rest of'} ${whole.as}`,
    used,
  }
}

const BESIDE = new Map<string, 'from' | 'to' | 'before' | 'after'>([
  ...(['commencing', 'beginning', 'starting', 'of'] as const).map(
    (word) => [word, 'from'] as const,
  ),
  ...(['ending', 'to'] as const).map((word) => [word, 'to'] as const),
  ...(['before', 'after'] as const).map((word) => [word, word] as const),
])

/** `week commencing 7 december`, `week ending friday`, `the month after easter`: a length on one side of a time. */
function readBeside(words: Words, at: number, clock: Clock, leaning: Leaning): Timed | null {
  const unit = readSpan(['1', words[at] ?? ''], 0)
  const side = BESIDE.get(words[at + 1] ?? '')
  const isWeek = side === 'from' || side === 'to'
  if (unit === null || side === undefined) return null
  if (isWeek ? words[at] !== 'week' : words[at - 1] !== 'the') return null
  const begins = at + 2 + (words[at + 2] === 'the' ? 1 : 0)
  const time = isWeek
    ? dayAt(words, begins, clock, leaning)
    : readTime(words, begins, clock, leaning, false)
  if (time === null || 'problem' in time) return time && { ...time, used: time.used + begins - at }
  const used = begins - at + time.used
  const first = time.eve ?? time.from
  if (side === 'before') {
    const from = before(first, unit.period, clock.calendar)
    return { from, to: addDays(first, -1), as: null, used }
  }
  if (side === 'after') {
    const to = after(time.to, unit.period, clock.calendar)
    return { from: addDays(time.to, 1), to, as: null, used }
  }
  const from = addDays(time.from, side === 'to' ? -6 : 0)
  return { from, to: addDays(from, 6), as: `the week of ${dayText(from)}`, used }
}

function dayAt(words: Words, at: number, { today }: Clock, leaning: Leaning): Timed | null {
  const read = readDay(words, at, today, leaning)
  if (read === null || 'problem' in read) return read
  const { day, used } = read
  const said = words.slice(at, at + used).join(' ')
  return {
    from: day,
    to: day,
    as: null,
    used,
    // `now` and `a week on friday` are of no other year.
    open: /\d/.test(said) && !/week/.test(said) && !WITH_YEAR.test(said),
  }
}

const WITH_YEAR = /\d{4}|\d[/.-](?:\d{1,2}|[a-z]+)[/.-]\d\d$|\S \S+ ['’]?\d\d$/

/** The one of these, a year apart, that is under way or next; looking back the last that has begun. */
function nearest<Of extends Pick<Time, 'from' | 'to'>>(
  today: CivilDate,
  leaning: Leaning,
  inYear: (year: number) => Of | null,
): Of | undefined {
  const { year } = dateParts(today)
  const all = [year - 2, year - 1, year, year + 1, year + 2].flatMap((each) => inYear(each) ?? [])
  return leaning === 'ahead'
    ? all.find(({ to }) => to >= today)
    : all.findLast(({ from }) => from <= today)
}

/**
 * `07/2027`, `sept 27`: where those two figures may be a day as well as a year, the month of the year is
 * meant if it holds that day too; else nobody can say, and it is named.
 */
function readMonthOfYear(words: Words, at: number, clock: Clock, leaning: Leaning): Timed | null {
  const word = words[at] ?? ''
  const [, first, last] = /^(\d{1,2})[/.-](20\d\d)$/.exec(word) ?? []
  const [, begins, second] = /^(20\d\d)[/.-](0[1-9]|1[0-2])$/.exec(word) ?? []
  const figures = Number(first ?? second)
  if (figures >= 1 && figures <= 12) {
    const named = Number(last ?? begins)
    const made = monthsFrom(named, figures, 1)
    const name = MONTH_NAMES[figures - 1]
    return made === null ? null : { ...made, as: `${name} ${named}`, used: 1, open: false }
  }
  const month = monthAt(words, at)
  const two = words[at + 1] ?? ''
  const year = yearOfTwo(two, clock.today)
  if (month === null || year === null) return null
  // `mar 27 2027` is a day.
  if (/^(?:20)?\d\d$/.test(words[at + 2] ?? '')) return null
  const made = monthsFrom(year, month, 1)
  const day = readDay(words, at, clock.today, leaning)
  const name = MONTH_NAMES[month - 1] ?? ''
  if (made === null) return null
  // `end of march 28`: of a day there is no end.
  const isOf = /^(?:of|end|early|mid|late)$/.test(words[at - 1] ?? '')
  const holdsDay =
    isOf || day === null || 'problem' in day || (day.day >= made.from && day.day <= made.to)
  return holdsDay
    ? { ...made, as: `${name} ${year}`, used: 2, open: false }
    : {
        problem: `${name} ${two} may be a day or a year: write ${Number(two)} ${name} or ${name} ${year}.`,
        used: 2,
      }
}

/** `march`, `mar 2027`, `mar-27`, `next march`, `march of next year`, `late march`. */
function readMonth(words: Words, at: number, clock: Clock, leaning: Leaning): Time | null {
  const third = THIRDS.findIndex((each) => longest(words, at, each) !== null)
  const determined = longest(words, at, THIRDS[third] ?? DETERMINED) ?? 0
  const joined = /^([a-z]{3,9})[-'’/]?'?(\d{4}|\d{2})$/.exec(words[at + determined] ?? '')
  const month = monthAt(
    joined === null ? words : [joined[1] ?? ''],
    joined === null ? at + determined : 0,
  )
  if (month === null) return null
  const name = MONTH_NAMES[month - 1] ?? ''
  const begins = at + determined + 1
  // `contracts that may lapse`
  const isTimed = /^(?:in|by|before|after|during|since|until)$/.test(words[at - 1] ?? '')
  if (
    words[at] === 'may' &&
    !isTimed &&
    !(words[begins] === 'not' && monthAt(words, begins + 1) !== null) &&
    /^(?:be|not|end|lapse|need|have|expire|run|become|renew)$/.test(words[begins] ?? '')
  )
    return null
  const named =
    joined === null ? yearAt(words, begins, clock) : { year: fullYear(joined[2] ?? ''), used: 0 }
  const isBack = words.slice(at, at + determined).some((word) => /^(?:last|past)$/.test(word ?? ''))
  const made =
    named === null
      ? nearest(
          words[at] === 'next' ? addMonths(clock.today, 1) : clock.today,
          isBack ? 'back' : leaning,
          (year) => monthsFrom(year, month, 1),
        )
      : monthsFrom(named.year, month, 1)
  if (made === null || made === undefined) return null
  // Its first ten days, the next ten, or what is left of it.
  const days =
    third < 0
      ? made
      : {
          from: addDays(made.from, third * 10),
          to: third === 2 ? made.to : addDays(made.from, third * 10 + 9),
        }
  return {
    ...days,
    as: `${third < 0 ? '' : `${['early', 'mid', 'late'][third]} `}${name} ${dateParts(made.from).year}`,
    used: determined + 1 + (named?.used ?? 0),
    open: named === null,
  }
}
const DETERMINED = ['this', 'next', 'coming', 'last', 'this past', 'this last', 'this coming']
const THIRDS = [
  ['early', 'early in'],
  ['mid', 'middle of', 'the middle of'],
  ['late', 'late in'],
]

function fullYear(figures: string): number {
  return Number(figures) + (figures.length === 2 ? 2000 : 0)
}

/** `2027`, `of 2027`, `'27`, `next year`. */
function yearAt(
  words: Words,
  at: number,
  { today }: Clock,
): { readonly year: number; readonly used: number } | null {
  const lead = longest(words, at, ['of', 'in', 'of calendar', 'of calendar year', '']) ?? 0
  const figures = /^(20\d\d)$|^['’](\d\d)$/.exec(words[at + lead] ?? '')
  if (figures !== null) return { year: fullYear(figures[1] ?? figures[2] ?? ''), used: lead + 1 }
  const { year } = dateParts(today)
  const shift = ['last year', 'this year', 'next year'].findIndex(
    (each) => longest(words, at + lead, [each]) !== null,
  )
  return shift < 0 ? null : { year: year + shift - 1, used: lead + 2 }
}

function readYear(words: Words, at: number): Time | null {
  const lead = longest(words, at, ['calendar year', 'calendar', 'cy', 'year', '']) ?? 0
  const year = /^20\d\d$/.exec(words[at + lead] ?? '')
  const made = year === null ? null : monthsFrom(Number(year[0]), 1, 12)
  return made === null ? null : { ...made, as: `calendar year ${year?.[0]}`, used: lead + 1 }
}

// A part of a stretch of time: `q1 26/27`, `last week of march`, `first half of april`, `first 10 days of q3`.

/** Which part of what it is divided into; from the end on below 0. A number is a weekday. */
interface Share {
  readonly unit: 'day' | 'working-day' | 'week' | 'month' | 'quarter' | 'half' | number
  readonly which: number
  readonly count: number
  readonly used: number
  /** `q1`, `quarter 1`: also of the year that stands before it. */
  readonly isShort: boolean
}

const ORDINALS = 'first second third fourth fifth sixth seventh eighth ninth tenth'.split(' ')
const SUFFIXES = ['st', 'nd', 'rd', 'th', 'th', 'th', 'th', 'th', 'th', 'th']
const DIVISIONS: ReadonlyMap<string, Share['unit']> = new Map([
  ['day', 'day'],
  ['week', 'week'],
  ['month', 'month'],
  ['quarter', 'quarter'],
  ['half', 'half'],
])

function shareAt(words: Words, at: number): Share | null {
  const [first = '', second = ''] = [words[at] ?? '', words[at + 1] ?? '']
  const short = /^([qh])([1-4])$/.exec(first)
  const unit = short === null ? DIVISIONS.get(first) : short[1] === 'q' ? 'quarter' : 'half'
  const number = short?.[2] ?? /^[1-5]$/.exec(unit === 'day' ? '' : second)?.[0]
  if (unit !== undefined && number !== undefined) {
    return { unit, which: Number(number), count: 1, used: short === null ? 2 : 1, isShort: true }
  }
  const isBack = /^(?:back|latter)$/.test(first) && second === 'half'
  const ordinal = ORDINALS.findIndex((each, index) => {
    return first === each || first === `${index + 1}${SUFFIXES[index]}`
  })
  const which =
    /^(?:last|final|closing)$/.test(first) || isBack
      ? -1
      : first === 'penultimate'
        ? -2
        : ordinal + 1
  if (which === 0) return null
  const span = Math.abs(which) === 1 ? readSpan(words, at + 1) : null
  if (span !== null && span.period.unit !== 'years') {
    const { amount, unit: counted } = span.period
    const divided = counted === 'working-days' ? 'working-day' : DIVISIONS.get(counted.slice(0, -1))
    if (divided !== undefined) {
      return { unit: divided, which, count: amount, used: 1 + span.used, isShort: false }
    }
  }
  const isWorking = longest(words, at + 1, ['working day', 'business day']) !== null
  const divided = isWorking ? 'working-day' : (DIVISIONS.get(second) ?? weekdayAt(words, at + 1))
  return divided === null
    ? null
    : { unit: divided, which, count: 1, used: isWorking ? 3 : 2, isShort: false }
}

/** That part, or null where there is none. */
function partOf(whole: Time, share: Share, calendar: Calendar): Omit<Time, 'used'> | null {
  const { unit, which, count } = share
  const range =
    unit === 'month' || unit === 'quarter' || unit === 'half'
      ? monthsOf(whole, unit, which, count)
      : daysOf(whole, unit, which, count, calendar)
  if (range === null) return null
  const [from, to] = range
  const { as } = whole
  const isYear = as !== null && /^(?:calendar|financial) year /.test(as) && count === 1
  if (isYear && (unit === 'quarter' || unit === 'half')) {
    const size = unit === 'quarter' ? 3 : 6
    const number = which > 0 ? which : 12 / size + 1 + which
    const name = `${unit === 'quarter' ? 'Q' : 'H'}${number}`
    const [, year] = /^calendar year (.+)$/.exec(as) ?? []
    return { from, to, as: year === undefined ? `${name} of ${as}` : `calendar ${name} ${year}` }
  }
  const one = typeof unit === 'number' ? WEEKDAYS[unit - 1] : unit.replace('-', ' ')
  const said = which === -1 ? 'last' : which === -2 ? 'last but one' : ORDINALS[which - 1]
  const name =
    as === null || from === to
      ? null
      : `the ${said} ${count > 1 ? `${count} ${one}s` : one} of ${as}`
  return { from, to, as: name, open: whole.open ?? false }
}
const WEEKDAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ')

type Days = readonly [CivilDate, CivilDate]

/** Months, quarters and halves of what whole months are; half a month is its first fifteen days, or the rest. */
function monthsOf(
  { from, to }: Time,
  unit: 'month' | 'quarter' | 'half',
  which: number,
  count: number,
): Days | null {
  const [first, last] = [dateParts(from), dateParts(to)]
  const isWhole = first.day === 1 && last.day === daysInMonth(last.year, last.month)
  if (!isWhole) return null
  const months = (last.year - first.year) * 12 + last.month - first.month + 1
  if (unit === 'half' && months === 1) {
    if (Math.abs(which) > 2) return null
    return which === 1 || which === -2 ? [from, addDays(from, 14)] : [addDays(from, 15), to]
  }
  const size = unit === 'month' ? 1 : unit === 'quarter' ? 3 : months / 2
  const skipped = which > 0 ? (which - 1) * size : months + which * size - (count - 1) * size
  const isInside = skipped >= 0 && skipped + size * count <= months && size * count < months
  if (!isInside || !Number.isInteger(size)) return null
  const begins = addMonths(from, skipped)
  return [begins, addDays(addMonths(begins, size * count), -1)]
}

function daysOf(
  { from, to }: Time,
  unit: 'day' | 'working-day' | 'week' | number,
  which: number,
  count: number,
  calendar: Calendar,
): Days | null {
  if (unit === 'week' && daysBetween(from, to) < 7) return null
  const isCounted = (day: CivilDate) =>
    typeof unit === 'number'
      ? weekday(day) === unit
      : unit !== 'working-day' || isWorkingDay(day, calendar)
  const days = Array.from({ length: daysBetween(from, to) + 1 }, (_, index) => addDays(from, index))
  const fitting = days.filter(isCounted)
  const size = unit === 'week' ? 7 : 1
  const begins = which > 0 ? (which - 1) * size : fitting.length + which * size - (count - 1) * size
  // Of a fifth week there are some days.
  const [first, last] = [
    fitting[begins],
    fitting[begins + size * count - 1] ?? (unit === 'week' ? to : undefined),
  ]
  return begins < 0 || first === undefined || last === undefined ? null : [first, last]
}

/** A quarter or half takes two figures for its year; a part of nothing that was read is named. */
function readPart(words: Words, at: number, clock: Clock, leaning: Leaning): Timed | null {
  const share = shareAt(words, at)
  if (share === null) return readSpanTo(words, at, clock, leaning)
  const { unit, which } = share
  const begins = at + share.used
  const of = longest(words, begins, ['of the', 'of', 'in the', 'in', '']) ?? 0
  const two =
    unit === 'quarter' || unit === 'half' ? yearOfTwo(words[begins + of] ?? '', clock.today) : null
  const year = two === null ? null : monthsFrom(two, 1, 12)
  const isRelative = /^(?:this|next|last|current|coming)$/.test(words[begins + of] ?? '')
  const wholeOn = (today: CivilDate): Timed | null =>
    year !== null
      ? { ...year, as: `calendar year ${two}`, used: 1 }
      : of === 0 && which < 0 && isRelative
        ? null
        : readTime(words, begins + of, { ...clock, today }, leaning, of > 0)
  const whole = wholeOn(clock.today)
  const used = share.used + of + (whole?.used ?? 0)
  const part = whole === null || 'problem' in whole ? null : partOf(whole, share, clock.calendar)
  if (part !== null && whole !== null) {
    const next =
      leaning === 'ahead' && part.open && part.to < clock.today && !('problem' in whole)
        ? wholeOn(addDays(whole.to, 1))
        : null
    const again = next === null || 'problem' in next ? null : partOf(next, share, clock.calendar)
    return { ...(again ?? part), used }
  }
  const isOf = words[begins] === 'of'
  if (!isOf && which > 0 && (unit === 'quarter' || unit === 'half')) {
    const inYear = (each: number) => {
      const made = monthsFrom(each, 1, 12)
      return (
        made && partOf({ ...made, as: `calendar year ${each}`, used: 0 }, share, clock.calendar)
      )
    }
    const made = nearest(clock.today, leaning, inYear)
    return made === undefined ? null : { ...made, used: share.used, open: true }
  }
  const named = isOf || (whole !== null && of > 0) ? used : 0
  return named === 0 ? null : { problem: words.slice(at, at + named).join(' '), used: named }
}

/** `year to march 2028`, `the quarter ending june`, `6 months to 31 december`: so long, up to that day. */
function readSpanTo(words: Words, at: number, clock: Clock, leaning: Leaning): Timed | null {
  const units = [['year', ...FINANCIAL], ['quarter'], ['half', 'half year']]
  const unit = units.findIndex((each) => longest(words, at, each) !== null)
  const span = unit < 0 ? readSpan(words, at) : null
  const per = span?.period.unit === 'months' ? 1 : span?.period.unit === 'years' ? 12 : 0
  const months = unit < 0 ? (span?.period.amount ?? 0) * per : ([12, 3, 6][unit] ?? 0)
  const lead = at + (longest(words, at, units[unit] ?? []) ?? span?.used ?? 0)
  const join = longest(
    words,
    lead,
    phrases('to, up to, ending, ended, ending in, to the end of, to end, to end of, ending on'),
  )
  if (months === 0 || months > 120 || join === null) return null
  const last = readTime(words, lead + join, clock, leaning, false)
  if (last === null || 'problem' in last || daysBetween(last.from, last.to) > 31) return null
  const from = addMonths(addDays(last.to, 1), -months)
  return { from, to: last.to, as: null, used: lead + join + last.used - at }
}

const FINANCIAL = phrases(
  'fy, f/y, financial year, fiscal year, fiscal, finyear, fin year, finance year, financial yr',
)

/** `fy 2027/28`, `fy27/28`, `2027-28`, `27/28`; `fy27` is the year that ends in 2027, as in a register. */
function readFinancialYear(words: Words, at: number, { yearStart }: Clock): Time | null {
  const lead = longest(words, at, FINANCIAL)
  const joined = /^fy[-/]?(\d.*)$/.exec(words[at] ?? '')
  const year = longest(words, at, ['year']) ?? 0
  const begins = joined === null ? at + (lead ?? year) : at
  const spelled = /^['’]?(20\d\d|\d\d)(?:[/–-](20\d\d|\d\d))?$/.exec(
    joined?.[1] ?? words[begins] ?? '',
  )
  const tail = lead === null && joined === null ? longest(words, begins + 1, FINANCIAL) : 0
  const isNamed = lead !== null || joined !== null || (tail !== null && year === 0)
  const second = spelled?.[2]
  // Without the word two years have to be named, and be no day and month.
  const isYears = second !== undefined && (isNamed || Number(second.slice(-2)) > 12)
  if (spelled === null || !(isYears || (isNamed && second === undefined))) return null
  const first = fullYear(spelled[1] ?? '')
  const name = second === undefined ? `${first - (yearStart > 1 ? 1 : 0)}` : `${first}/${second}`
  const found = financialYearNamed(name, yearStart)
  return found === null ? null : { ...financial(found), used: begins + 1 + (tail ?? 0) - at }
}

function financial({ name, first, last }: ReturnType<typeof financialYearOf>): Omit<Time, 'used'> {
  return { from: first, to: last, as: `financial year ${name}` }
}

const SIDES_OF_NOW: readonly (readonly [number, readonly string[]])[] = [
  [0, ['this', 'current', 'our', 'this current']],
  [1, ['next', 'coming', 'following', 'this coming', 'new']],
  [-1, ['last', 'previous', 'past', 'prior', 'this past']],
]

/** `this week`, `next month`, `last quarter`, `the month after next`, `this fy`, `year end`. */
function readUnit(words: Words, at: number, clock: Clock, isWhole: boolean): Time | null {
  for (const [unit, ends] of [
    ['financial year', YEAR_ENDS],
    ['month', ['month end', 'month-end']],
    ['quarter', ['quarter end', 'quarter-end']],
  ] as const) {
    const end = longest(words, at, ends)
    const made = end === null ? null : unitOf(unit, 0, clock)
    if (made !== null && end !== null) {
      return { from: made.to, to: made.to, as: `the end of ${made.as}`, used: end }
    }
  }
  const [side, said] = SIDES_OF_NOW.find(([, each]) => longest(words, at, each) !== null) ?? []
  const begins = at + (said === undefined ? 0 : (longest(words, at, said) ?? 0))
  const year = longest(words, begins, FINANCIAL)
  // Without `this` it is the year that is named behind it.
  const calendar =
    side === undefined && (!isWhole || /^\d/.test(words[begins + 2] ?? ''))
      ? null
      : longest(words, begins, ['calendar year', 'calendar month'])
  const unit = year === null ? (words[begins + (calendar ?? 1) - 1] ?? '') : 'financial year'
  const end = begins + (year ?? calendar ?? 1)
  const far = longest(words, end, side === undefined ? ['after next', 'before last'] : ['but one'])
  if (words[at] === 'new' && unit === 'year' && !IN_THE.test(`${words[at - 2]} ${words[at - 1]}`)) {
    return null
  }
  const isMeant =
    side !== undefined || far !== null || isWhole || (year !== null && words[at - 1] === 'the')
  if (!isMeant) return null
  const shift =
    far === null ? (side ?? 0) : side !== undefined ? side * 2 : words[end] === 'after' ? 2 : -2
  const made = unitOf(unit, shift, clock)
  return made === null ? null : { ...made, used: end + (far ?? 0) - at }
}
/** `in the new year` is all of it; `by the new year` its first day. */
const IN_THE = /\b(?:in|during|into|of)(?: the)?$/
const YEAR_ENDS = phrases(
  'financial year end, fy end, end of financial year, end of fy, year end, year-end, yearend, ' +
    'financial year-end',
)

/** This week, month and so on, or so many of them later. */
function unitOf(
  unit: string,
  shift: number,
  { today, yearStart }: Clock,
): Omit<Time, 'used'> | null {
  const { year, month } = dateParts(today)
  const monday = addDays(today, 1 - weekday(today) + shift * 7)
  const span = (from: CivilDate, months: number) => {
    return { from, to: addDays(addMonths(from, months), -1) }
  }
  const firstOf = (size: number) => {
    const begins = Math.floor((month - 1) / size) * size + 1
    return addMonths(civilDate(year, begins, 1) ?? today, shift * size)
  }
  switch (unit) {
    case 'week':
      return { from: monday, to: addDays(monday, 6), as: `the week of ${dayText(monday)}` }
    case 'weekend':
      return { from: addDays(monday, 5), to: addDays(monday, 6), as: null }
    case 'month': {
      const { year: of, month: which } = dateParts(firstOf(1))
      return { ...span(firstOf(1), 1), as: `${MONTH_NAMES[which - 1]} ${of}` }
    }
    case 'quarter':
    case 'half': {
      const length = unit === 'quarter' ? 3 : 6
      const at = dateParts(firstOf(length))
      const name = `${unit === 'quarter' ? 'Q' : 'H'}${(at.month - 1) / length + 1}`
      return { ...span(firstOf(length), length), as: `calendar ${name} ${at.year}` }
    }
    case 'year':
      return { ...span(firstOf(12), 12), as: `calendar year ${year + shift}` }
    case 'financial year':
      return financial(financialYearOf(addMonths(today, shift * 12), yearStart))
    default:
      return null
  }
}

// Feasts.

/** From Easter Sunday: its first day, its last, and the first of the holidays that belong to it. */
const EASTER: Readonly<Record<string, readonly [number, number, number]>> = {
  'good friday': [-2, -2, -2],
  'easter sunday': [0, 0, 0],
  'easter monday': [1, 1, 1],
  'easter weekend': [-2, 1, -2],
  easter: [0, 1, -2],
}
/** Month and day of the first and the last day. */
const FIXED: Readonly<Record<string, readonly [number, number, number, number]>> = {
  'christmas eve': [12, 24, 12, 24],
  'christmas day': [12, 25, 12, 25],
  christmas: [12, 25, 12, 26],
  'boxing day': [12, 26, 12, 26],
  'new years eve': [12, 31, 12, 31],
  'new years day': [1, 1, 1, 1],
  'new year': [1, 1, 1, 1],
}

/** `august bank holiday`, `late may bank holiday`; `the next bank holiday`: days that the calendar knows. */
function readBankHoliday(words: Words, at: number, clock: Clock, leaning: Leaning): Timed | null {
  const which = longest(words, at, ['this', 'next', 'last', 'first', 'early', 'late', 'the']) ?? 0
  const season = /^(?:spring|summer)$/.exec(words[at + which] ?? '')?.[0]
  const month = season === undefined ? monthAt(words, at + which) : season === 'spring' ? 5 : 8
  const begins = at + which + (month === null ? 0 : 1)
  const length = longest(words, begins, [
    'bank holiday',
    'bank holiday monday',
    'bank hol',
    'bank hols',
  ])
  if (length === null || begins === at) return null
  const named = yearAt(words, begins + length, clock)
  const used = begins + length + (named?.used ?? 0) - at
  const holidaysOf = (from: CivilDate, days: number) =>
    Array.from({ length: days }, (_, step) => addDays(from, step)).filter(
      (day) => weekday(day) <= 5 && clock.calendar.isHoliday(day),
    )
  const single = (day: CivilDate | undefined) =>
    day && { from: day, to: day, as: null, used, open: named === null }
  const said = words.slice(at, at + used).join(' ')
  const isBack = words[at] === 'last' || leaning === 'back'
  if (month === null) {
    const day = isBack
      ? holidaysOf(addDays(clock.today, -366), 366).at(-1)
      : holidaysOf(addDays(clock.today, 1), 366)[0]
    return single(day) ?? { problem: said, used }
  }
  const inYear = (year: number) => {
    const days = holidaysOf(civilDate(year, month, 1) ?? clock.today, daysInMonth(year, month))
    const isLast = season === 'spring' || /^(?:last|late)$/.test(words[at] ?? '')
    const isFirst = /^(?:first|early)$/.test(words[at] ?? '')
    const day = isFirst ? days[0] : isLast || days.length === 1 ? days.at(-1) : undefined
    return single(day) ?? null
  }
  const found = named === null ? nearest(clock.today, leaning, inYear) : inYear(named.year)
  return found ?? { problem: said, used }
}

const SEASONS: Readonly<Record<string, number>> = { spring: 3, summer: 6, autumn: 9, winter: 12 }
/** `this autumn`, `spring 2027`: three whole months; when holidays and terms are, no calendar of ours tells. */
function readSeason(words: Words, at: number, clock: Clock, leaning: Leaning): Timed | null {
  const which =
    longest(words, at, ['this', 'next', 'last', 'the', 'coming', 'this coming', 'this past', '']) ??
    0
  const begins = at + which
  const season = words[begins] ?? ''
  const month = SEASONS[season]
  if (month === undefined) return null
  const isOther = /^(?:holidays?|hols?|term|break|recess|bank)$/.test(words[begins + 1] ?? '')
  const two = yearOfTwo(words[begins + 1] ?? '', clock.today)
  const named =
    two === null ? yearAt(words, begins + (isOther ? 2 : 1), clock) : { year: two, used: 1 }
  const used = begins + (isOther ? 2 : 1) + (named?.used ?? 0) - at
  if (isOther) return { problem: words.slice(at, at + used).join(' '), used }
  const inYear = (year: number) => monthsFrom(year, month, 3)
  const isBack = words[at] === 'last' || words[at + 1] === 'past' || leaning === 'back'
  const found =
    named === null ? nearest(clock.today, isBack ? 'back' : 'ahead', inYear) : inYear(named.year)
  if (found === null || found === undefined) return null
  return { ...found, as: `${season} ${dateParts(found.from).year}`, used, open: named === null }
}

function readFeast(words: Words, at: number, clock: Clock, leaning: Leaning): Time | null {
  const next = longest(words, at, ['this', 'next', 'last', 'the']) ?? 0
  const begins = at + next
  const plain = words.slice(begins, begins + 3).map((word) => word?.replace(/['’]/g, '') ?? null)
  const name = [...Object.keys(EASTER), ...Object.keys(FIXED)].find(
    (each) => longest(plain, 0, [each]) !== null,
  )
  if (name === undefined) return null
  const length = name.split(' ').length
  const named = yearAt(words, begins + length, clock)
  const inYear = (year: number) => feast(name, year)
  const found =
    named === null
      ? nearest(clock.today, words[at] === 'last' ? 'back' : leaning, inYear)
      : inYear(named.year)
  if (found === null || found === undefined) return null
  const said = name
  return {
    ...found,
    as: `${said.charAt(0).toUpperCase()}${said.slice(1)} ${dateParts(later(found.from, found.to)).year}`,
    used: next + length + (named?.used ?? 0),
    open: named === null,
  }
}

function feast(name: string, year: number): Pick<Time, 'from' | 'to' | 'eve'> | null {
  const offsets = EASTER[name]
  const sunday = easterSunday(year)
  if (offsets !== undefined && sunday !== null) {
    const [from, to, eve] = offsets.map((days) => addDays(sunday, days)) as [
      CivilDate,
      CivilDate,
      CivilDate,
    ]
    return { from, to, eve }
  }
  const [month = 1, day = 1, lastMonth = 1, lastDay = 1] = FIXED[name] ?? []
  const from = civilDate(year, month, day)
  const to = civilDate(year, lastMonth, lastDay)
  return from === null || to === null ? null : { from, to, eve: from }
}
