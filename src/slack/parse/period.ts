/** Stretches of time as people say them: months, quarters, financial years, feasts, what lies before and between. */
import {
  addDays,
  addMonths,
  type CivilDate,
  civilDate,
  dateParts,
  daysBetween,
  dayText,
  later,
  weekday,
} from '../../rules/civil-date.ts'
import { financialYearNamed, financialYearOf } from '../../rules/months.ts'
import { after, before, workingDayOnOrAfter } from '../../rules/working-days.ts'
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
  type Words,
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
      readonly used: number
    }
  /** It is meant as a time, and is none: said in words. */
  | { readonly problem: string; readonly used: number }

type Side = 'before' | 'by' | 'after' | 'since' | 'in'

/** The words before a time, and on which side of it they point. */
const SIDES: Readonly<Record<Side, readonly string[]>> = {
  by: phrases(
    'on or before, in or before, at or before, on or by, no later than, not later than, not after, ' +
      'not beyond, up until, up to, through to, by, until, till, til, through',
  ),
  before: phrases('before, prior to, ahead of, earlier than, sooner than, pre'),
  after: phrases('after, later than, beyond, post'),
  since: phrases(
    'on or after, in or after, at or after, not before, not until, no earlier than, ' +
      'not earlier than, no sooner than, since, from, as of, as from',
  ),
  in: ['during', 'in', 'within', 'on', 'over', 'for', 'of', 'at', ''],
}

/** `the end of`: of a quarter or a year its last month, of a month its last day; `by end march`. */
const END = 'the end of, end of, the last day of, last day of'
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
  const found = readBetween(words, at, clock, leaning) ?? readLength(words, at, clock)
  if (found !== null) return found
  for (const side of ['by', 'before', 'after', 'since', 'in'] as const) {
    const lead = longest(words, at, SIDES[side])
    if (lead === null) continue
    const edge = edgeAt(words, at + lead, side === 'by' || side === 'before')
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
    const on = side === 'since' && words[end] === 'on' ? 1 : 0
    const meant = since !== null ? 'since' : by !== null ? 'by' : side
    return {
      ...sideOf(time, meant, edge.of),
      days: null,
      used: end - at + (since ?? by ?? on),
    }
  }
  return null
}
/** `october 2027 onwards`, `march or earlier`. */
const ONWARDS = phrases(
  'onwards, onward, and later, or later, and after, or after, and beyond, and onwards',
)
const AND_BEFORE = phrases('or earlier, or before, and before, and earlier')

function edgeAt(words: Words, at: number, isLimit: boolean): { of: Edge; used: number } {
  const end = longest(words, at, phrases(isLimit ? `${END}, end` : END))
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
  switch (side) {
    case 'by':
    case 'before':
      if (edge === 'start' || (side === 'before' && edge === null)) {
        return { range: { from: null, to: addDays(from, -1) }, as: named('before ') }
      }
      return eve === undefined
        ? {
            range: { from: null, to },
            as: named(as?.startsWith('the end of ') ? 'by ' : 'by the end of '),
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
  const opens = longest(words, at + lead, phrases(`${END}, `)) ?? 0
  const begins = at + lead + opens
  const day = /^(\d{1,2})(?:st|nd|rd|th)?$/.exec(words[begins] ?? '')
  const whole = readTime(words, begins, clock, leaning, opens > 0)
  if (whole !== null && 'problem' in whole) return null
  const edged = (time: Time): Time =>
    opens === 0 ? time : { ...time, from: later(time.from, firstOfLast(time.from, time.to)) }
  const first = whole === null ? null : edged(whole)
  const join = begins + (first?.used ?? 1)
  // `march and april` are two months, and no stretch.
  if (!JOINS.includes(words[join] ?? '') || (words[join] === 'and' && !isBetween)) return null
  const end = longest(words, join + 1, ['the end of', 'end of', '']) ?? 0
  const seconds = (today: CivilDate) =>
    readTime(words, join + 1 + end, { ...clock, today }, leaning, end > 0)
  const told = seconds(clock.today)
  const second = told !== null && 'problem' in told && first !== null ? seconds(first.from) : told
  if (second === null) return null
  const used = join + 1 + end + second.used - at
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
  beyond: phrases('in more than, in over, more than, over, longer than, at least, beyond, after'),
  within: phrases(
    'in less than, less than, in under, under, in the next, within the next, over the next, ' +
      'for the next, during the next, the next, next, in the coming, over the coming, ' +
      'within the coming, the coming, coming, no more than, up to, within, inside, in, ',
  ),
} as const
const AHEAD = phrases(
  'from now, from today, of today, of now, from now on, away, left, remaining, to run, or less, to go, time, ahead, out, ',
)
const LATE = ['ago', 'late', 'overdue', 'old', 'back']

function readLength(words: Words, at: number, clock: Clock): PeriodReading | null {
  const { today, calendar } = clock
  for (const side of ['back', 'beyond', 'within'] as const) {
    const both = side === 'within' ? readLengths(words, at, clock) : null
    if (both !== null) return both
    const lead = longest(words, at, LENGTHS[side])
    const span =
      lead === null
        ? null
        : spanAt(words, at + lead, words[at + lead - 2] === 'the' || words[at] === 'the')
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
  const lead = longest(words, at, ['in between', 'between', 'within', 'in', 'from', '']) ?? 0
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
    readPart(words, at, clock, leaning) ??
    readFinancialYear(words, at, clock, isWhole) ??
    readUnit(words, at, clock, isWhole) ??
    readFeast(words, at, clock, leaning) ??
    readMonthOfYear(words, at, clock, leaning) ??
    dayAt(words, at, clock, leaning) ??
    readMonth(words, at, clock, leaning) ??
    readYear(words, at)
  return found === null ? null : { ...found, used: found.used + the }
}

function dayAt(words: Words, at: number, { today }: Clock, leaning: Leaning): Timed | null {
  const read = readDay(words, at, today, leaning)
  if (read === null || 'problem' in read) return read
  const { day, used } = read
  return {
    from: day,
    to: day,
    as: null,
    used,
    open: !/\d{4}|\/\d\d$|\.\d\d$/.test(words.slice(at, at + used).join(' ')),
  }
}

/** So many months from the first of this one. */
function months(year: number, month: number, count: number): Pick<Time, 'from' | 'to'> | null {
  const from = civilDate(year, month, 1)
  return from === null ? null : { from, to: addDays(addMonths(from, count), -1) }
}

/** The one of these, a year apart, that is under way or next; looking back the last that has begun. */
function nearest(
  today: CivilDate,
  leaning: Leaning,
  inYear: (year: number) => Pick<Time, 'from' | 'to'> | null,
) {
  const { year } = dateParts(today)
  const all = [year - 2, year - 1, year, year + 1, year + 2].flatMap((each) => inYear(each) ?? [])
  return leaning === 'ahead'
    ? all.find(({ to }) => to >= today)
    : all.findLast(({ from }) => from <= today)
}

/** How far a year of two figures may lie from this one. */
const YEARS_AROUND = 5

/**
 * `07/2027`, `sept 27`: where those two figures may be a day as well as a year, the month of the year is
 * meant if it holds that day too; else nobody can say, and it is named.
 */
function readMonthOfYear(words: Words, at: number, clock: Clock, leaning: Leaning): Timed | null {
  const [, figures, named] = /^(0?[1-9]|1[0-2])[/.-](20\d\d)$/.exec(words[at] ?? '') ?? []
  if (figures !== undefined) {
    const made = months(Number(named), Number(figures), 1)
    const name = MONTH_NAMES[Number(figures) - 1]
    return made === null ? null : { ...made, as: `${name} ${named}`, used: 1, open: false }
  }
  const month = monthAt(words, at)
  const two = /^\d\d$/.exec(words[at + 1] ?? '')
  const year = two === null ? 0 : fullYear(two[0])
  if (month === null || Math.abs(year - dateParts(clock.today).year) > YEARS_AROUND) return null
  // `mar 27 2027` is a day.
  if (/^(?:20)?\d\d$/.test(words[at + 2] ?? '')) return null
  const made = months(year, month, 1)
  const day = readDay(words, at, clock.today, leaning)
  const name = MONTH_NAMES[month - 1] ?? ''
  if (made === null) return null
  const holdsDay = day === null || 'problem' in day || (day.day >= made.from && day.day <= made.to)
  return holdsDay
    ? { ...made, as: `${name} ${year}`, used: 2, open: false }
    : {
        problem: `${name} ${two?.[0]} may be a day or a year: write ${Number(two?.[0])} ${name} or ${name} ${year}.`,
        used: 2,
      }
}

const MONTH_NAMES =
  'January February March April May June July August September October November December'.split(' ')

/** `march`, `mar 2027`, `mar-27`, `next march`, `march of next year`. */
function readMonth(words: Words, at: number, clock: Clock, leaning: Leaning): Time | null {
  const determined = longest(words, at, ['this', 'next', 'coming', 'last', ...THIRDS]) ?? 0
  const third = THIRDS.indexOf(words[at] ?? '')
  const joined = /^([a-z]{3,9})[-'’/]'?(\d{4}|\d{2})$/.exec(words[at + determined] ?? '')
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
  const side = words[at] === 'last' ? 'back' : leaning
  const made =
    named === null
      ? nearest(words[at] === 'next' ? addMonths(clock.today, 1) : clock.today, side, (year) =>
          months(year, month, 1),
        )
      : months(named.year, month, 1)
  if (made === null || made === undefined) return null
  const days = third < 0 ? made : thirdOf(made, third)
  return {
    ...days,
    as: `${third < 0 ? '' : `${THIRDS[third]} `}${name} ${dateParts(made.from).year}`,
    used: determined + 1 + (named?.used ?? 0),
    open: named === null,
  }
}

const THIRDS = ['early', 'mid', 'late']

/** Its first ten days, the next ten, or what is left of it. */
function thirdOf(
  { from, to }: Pick<Time, 'from' | 'to'>,
  third: number,
): Pick<Time, 'from' | 'to'> {
  return { from: addDays(from, third * 10), to: third === 2 ? to : addDays(from, third * 10 + 9) }
}

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
  const lead = longest(words, at, ['calendar year', 'year', '']) ?? 0
  const year = /^20\d\d$/.exec(words[at + lead] ?? '')
  const made = year === null ? null : months(Number(year[0]), 1, 12)
  return made === null ? null : { ...made, as: `calendar year ${year?.[0]}`, used: lead + 1 }
}

const ORDINALS = 'first second third fourth'.split(' ')
const PART = /^(q)([1-4])$|^(h)([12])$/

/** `q1 2027`, `q1 26/27`, `2027 q1`, `the second half of the financial year`: a calendar's or a financial year's. */
function readPart(words: Words, at: number, clock: Clock, leaning: Leaning): Time | null {
  // `fy 2026/27 q4`: the year that stands before is the part's.
  const before = readFinancialYear(words, at, clock, false)
  const behind = before === null ? null : PART.exec(words[at + before.used] ?? '')
  if (before !== null && behind !== null) {
    const { from, as, used } = before
    const length = behind[1] === 'q' ? 3 : 6
    const begins = addMonths(from, (Number(behind[2] ?? behind[4]) - 1) * length)
    const to = addDays(addMonths(begins, length), -1)
    return { from: begins, to, as: `${behind[0].toUpperCase()} of ${as}`, used: used + 1 }
  }
  const first =
    /^(20\d\d|\d\d\/\d\d)$/.test(words[at] ?? '') && /^[qh]\d$/.test(words[at + 1] ?? '') ? 1 : 0
  const short = PART.exec(words[at + first] ?? '')
  // `the last quarter of 2026` is its fourth; `last quarter` the one before this.
  const isLast = /^(?:last|final)$/.test(words[at] ?? '') && /^(?:of|in)$/.test(words[at + 2] ?? '')
  const last = isLast ? { quarter: 3, half: 1 }[words[at + 1] ?? ''] : undefined
  const ordinal =
    last ??
    ORDINALS.findIndex((each, index) => {
      return words[at] === each || words[at] === `${index + 1}${['st', 'nd', 'rd', 'th'][index]}`
    })
  const unit =
    short?.[1] ??
    short?.[3] ??
    { quarter: 'q', half: 'h' }[ordinal < 0 ? '' : (words[at + 1] ?? '')]
  const spelled =
    unit === undefined && words[at] === 'quarter' ? /^[1-4]$/.exec(words[at + 1] ?? '') : null
  const kind = unit ?? (spelled === null ? undefined : 'q')
  if (kind === undefined) return null
  const number =
    short !== null
      ? Number(short[2] ?? short[4])
      : spelled !== null
        ? Number(spelled[0])
        : ordinal + 1
  const length = kind === 'q' ? 3 : 6
  if (number * length > 12) return null
  const begins = first === 1 ? at : at + (short === null ? 2 : 1)
  const of = longest(words, begins, ['of the', 'of', 'in', '']) ?? 0
  // `the first half of march` is no half of a year.
  if (of > 0 && monthAt(words, begins + of) !== null) return null
  const financial = readFinancialYear(words, begins + of, clock, of > 0)
  const name = kind === 'q' ? `Q${number}` : `H${number}`
  if (financial !== null) {
    const from = addMonths(financial.from, (number - 1) * length)
    const used = begins + of + financial.used - at + first
    return {
      from,
      to: addDays(addMonths(from, length), -1),
      as: `${name} of ${financial.as}`,
      used,
    }
  }
  const plain = /^\d\d$/.exec(words[begins] ?? '')
  const year =
    plain === null || ordinal >= 0
      ? yearAt(words, begins, clock)
      : { year: fullYear(plain[0]), used: 1 }
  const inYear = (each: number) => months(each, (number - 1) * length + 1, length)
  const made = year === null ? nearest(clock.today, leaning, inYear) : inYear(year.year)
  if (made === null || made === undefined) return null
  return {
    ...made,
    as: `calendar ${name} ${dateParts(made.from).year}`,
    used: begins - at + (year?.used ?? 0) + first,
    open: year === null,
  }
}

const FINANCIAL = ['fy', 'f/y', 'financial year', 'fiscal year', 'fiscal', 'finyear']

/** `fy 2027/28`, `fy27/28`, `2027-28`, `27/28`, `this financial year`; `fy27` begins in 2027. */
function readFinancialYear(words: Words, at: number, clock: Clock, isWhole: boolean): Time | null {
  const { today, yearStart } = clock
  const lead = longest(words, at, FINANCIAL)
  const joined = /^fy[-/]?(\d.*)$/.exec(words[at] ?? '')
  const figures = joined?.[1] ?? words[at + (lead ?? 0)] ?? ''
  const spelled = /^(20\d\d|\d\d)(?:[/-](20\d\d|\d\d))?$/.exec(figures)
  const isNamed = lead !== null || joined !== null
  const begins = spelled === null ? '' : String(fullYear(spelled[1] ?? ''))
  const second = spelled?.[2]
  // Without the word two years have to be named, and be no day and month.
  const isYears =
    spelled !== null && (isNamed || (second !== undefined && Number(second.slice(-2)) > 12))
  if (isYears) {
    const year = financialYearNamed(
      second === undefined ? begins : `${begins}/${second}`,
      yearStart,
    )
    return year === null ? null : { ...financial(year), used: (lead ?? 0) + 1 }
  }
  const shift =
    longest(words, at, ['last', 'previous', 'past']) !== null
      ? -1
      : longest(words, at, ['next', 'coming', 'following']) !== null
        ? 1
        : 0
  const determined = shift !== 0 || longest(words, at, ['this', 'current', 'our']) !== null ? 1 : 0
  const unit = longest(words, at + determined, FINANCIAL)
  if (unit === null || (determined === 0 && !isWhole && words[at - 1] !== 'the')) return null
  const year = financialYearOf(addMonths(today, shift * 12), yearStart)
  return { ...financial(year), used: determined + unit }
}

function financial({ name, first, last }: ReturnType<typeof financialYearOf>): Omit<Time, 'used'> {
  return { from: first, to: last, as: `financial year ${name}` }
}

/** `this week`, `next month`, `last quarter`, `year end`. */
function readUnit(
  words: Words,
  at: number,
  { today, yearStart }: Clock,
  isWhole: boolean,
): Time | null {
  const yearEnd = longest(
    words,
    at,
    phrases(
      'financial year end, fy end, end of financial year, end of fy, year end, year-end, yearend, ' +
        'financial year-end',
    ),
  )
  const { year, month } = dateParts(today)
  if (yearEnd !== null) {
    const { last, name } = financialYearOf(today, yearStart)
    return { from: last, to: last, as: `the end of financial year ${name}`, used: yearEnd }
  }
  const side = /^(?:this|current)$/.test(words[at] ?? '')
    ? 0
    : /^(?:next|coming|following)$/.test(words[at] ?? '')
      ? 1
      : /^(?:last|previous|past)$/.test(words[at] ?? '')
        ? -1
        : null
  const unit = words[at + (side === null ? 0 : 1)] ?? ''
  if (side === null && !isWhole) return null
  const shift = side ?? 0
  const used = side === null ? 1 : 2
  const monday = addDays(today, 1 - weekday(today) + shift * 7)
  const first = addMonths(civilDate(year, month, 1) ?? today, shift)
  switch (unit) {
    case 'week':
      return { from: monday, to: addDays(monday, 6), as: `the week of ${dayText(monday)}`, used }
    case 'weekend':
      return { from: addDays(monday, 5), to: addDays(monday, 6), as: null, used }
    case 'month': {
      const { year: of, month: which } = dateParts(first)
      return {
        from: first,
        to: addDays(addMonths(first, 1), -1),
        as: `${MONTH_NAMES[which - 1]} ${of}`,
        used,
      }
    }
    case 'quarter':
    case 'half': {
      const length = unit === 'quarter' ? 3 : 6
      const begins = Math.floor((month - 1) / length) * length + 1
      const from = addMonths(civilDate(year, begins, 1) ?? today, shift * length)
      const at = dateParts(from)
      const number = (at.month - 1) / length + 1
      return {
        from,
        to: addDays(addMonths(from, length), -1),
        as: `calendar ${unit === 'quarter' ? 'Q' : 'H'}${number} ${at.year}`,
        used,
      }
    }
    case 'year': {
      const made = months(year + shift, 1, 12)
      return made === null ? null : { ...made, as: `calendar year ${year + shift}`, used }
    }
    default:
      return null
  }
}

// Feasts. Easter by the method of Meeus, Jones and Butcher (Nature, 1876; Meeus, Astronomical Algorithms, ch. 8).

export function easterSunday(year: number): CivilDate | null {
  const century = Math.floor(year / 100)
  const golden = year % 19
  const moon =
    (19 * golden +
      century -
      Math.floor(century / 4) -
      Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3) +
      15) %
    30
  const day = (32 + 2 * (century % 4) + 2 * Math.floor((year % 100) / 4) - moon - (year % 4)) % 7
  const shift = Math.floor((golden + 11 * moon + 22 * day) / 451)
  const sum = moon + day - 7 * shift + 114
  return civilDate(year, Math.floor(sum / 31), (sum % 31) + 1)
}

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
  xmas: [12, 25, 12, 26],
  'boxing day': [12, 26, 12, 26],
  'new years eve': [12, 31, 12, 31],
  'new years day': [1, 1, 1, 1],
  'new year': [1, 1, 1, 1],
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
  const said = name === 'xmas' ? 'christmas' : name
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
