/** When a contract of a register ends, how far its options reach, and what extended it. */
import {
  addDays,
  type CivilDate,
  calendarPart,
  dateParts,
  daysBetween,
  dayText,
  lastOfMonths,
  later,
} from '../rules/civil-date.ts'
import { type DatedEnd, type End, endOn, type Period, type PeriodUnit } from '../rules/contract.ts'
import { isNotSettled, isPlaceholder, plainAnswer } from '../rules/text-match.ts'
import { periodText } from '../rules/working-days.ts'
import {
  askBeforeStart,
  askCounted,
  askExtension,
  askHowLong,
  askIsDay,
  askLength,
  askMaximum,
  askNotTaken,
  askOptions,
  askTaken,
  askTerm,
  askUnread,
  askWhichColumn,
  askWhichDay,
  askWhichEnd,
  askWithOptions,
  knownTo,
  wordingOf,
} from './asks.ts'
import type { Column } from './column-mapping.ts'
import { type Field, saysUsed } from './column-names.ts'
import type { Draft, DraftExtension, ExtensionRecord } from './draft.ts'
import {
  A_LENGTH,
  daysIn,
  isTermAlone,
  lengthsIn,
  optionsBehind,
  partLengths,
  readOptions,
  readPeriod,
  readTerm,
  type TermReading,
} from './parse-amount.ts'
import type { Cells } from './parse-cells.ts'
import {
  checkEnd,
  type DateReading,
  dayOfYearIn,
  dayWithoutYear,
  inEnglish,
  isSentinel,
  plainMarks,
} from './parse-date.ts'
import {
  extensionKind,
  isBreakAlone,
  isOnlyPossible,
  isUnagreed,
  type OptionFate,
  optionFate,
  optionsLeft,
  optionsMeant,
  optionsNamed,
  withoutLimits,
  yesOrNo,
} from './parse-words.ts'

export interface Ends {
  readonly end: End
  readonly endSource: string | null
  readonly currentEnd: CivilDate | null
  /** Lengths that the column of its term gives besides: counted from the end. */
  readonly options: readonly Period[]
  /** There where its words say what became of them. */
  readonly fates?: CellOptions
  /** There where no other end is given than the latest possible. */
  readonly endIsMaximum?: true
  /** There where its words say that it goes on from term to term. */
  readonly rolls?: Rolling
}

/** What the words of an end say of the terms from one to the next of which it goes on. */
export interface Rolling {
  readonly field: Field
  readonly words: string
  /** How long each is; null where they do not say. */
  readonly term: Period | null
  /** The first day of one of them; null where they do not say. */
  readonly from: CivilDate | null
  /** What they say of notice; null where nothing. */
  readonly notice: string | null
}

const NO_OPTIONS: readonly Period[] = []

/**
 * The awarded end and the register's own current end, where a row has both. Nothing is lost that could
 * be the end: of two that differ the earlier warns, and the latest possible counts where it is alone.
 */
export function readEnds(cells: Cells, start: CivilDate | null): Ends {
  const current = endOf(cells, 'currentEnd', start)
  const isBeside =
    current.kind !== 'undated' || cells.text('end') !== null || cells.text('termMonths') !== null
  const other = endOf(cells, 'otherEnd', start, true, isBeside)
  const isElsewhere =
    current.kind !== 'undated' ||
    other.kind !== 'undated' ||
    cells.text('termMonths') !== null ||
    cells.text('otherTerm') !== null ||
    givesEnd(cells)
  const counted = countedEnd(cells, 'end', start)
  const awarded = endOf(cells, 'end', start, current.kind !== 'dated', isElsewhere)
  const endSource = awarded.kind === 'undated' ? null : sourceOf(cells, 'end')
  const found: Ends =
    current.kind !== 'undated'
      ? { ...readCurrentEnd(cells, awarded, current), options: NO_OPTIONS }
      : ((awarded.kind === 'undated' ? readTermEnd(cells, start) : null) ?? {
          end: awarded,
          endSource,
          currentEnd: null,
          options: counted?.options ?? optionsBeside(cells, start, awarded),
        })
  const given = orMaximum(cells, withOther(cells, found, other), start)
  const whole = given.end.kind === 'undated' ? orRenewal(cells, given, start) : given
  const ends = cells.isOwn ? whole : withTermBeside(cells, whole, start)
  if (ends === whole && !cells.isOwn) tellTermBeside(cells, ends, start)
  tellImprecise(cells, ends, start)
  // What an export of ours says of its terms stands in columns of their own.
  const rolls = cells.isOwn ? null : rollsIn(cells, ends.end, start)
  return rolls === null ? ends : { ...ends, rolls }
}

/** Options behind the day of the end, or behind the length of its term where that ends on the same day. */
function optionsBeside(cells: Cells, start: CivilDate | null, end: End): readonly Period[] {
  const behind = cells.optionsBehind('end')
  if (behind.length > 0 || start === null || end.kind !== 'dated' || cells.isOwn) return behind
  for (const field of TERMS) {
    const text = cells.text(field)
    if (text === null || !/[+(]|\bplus\b|option|exten/i.test(text)) continue
    const term = readTerm(noticeApart(withoutFates(text)).rest, termUnit(cells, field) ?? 'years')
    if (term.kind !== 'term' || term.options.length === 0 || term.instead !== undefined) continue
    if (Math.abs(daysBetween(dayAfterLengths(start, term.base), end.latest)) < 10)
      return term.options
  }
  return behind
}

/**
 * A term whose words name its options, beside an end that those reach: `3+1+1` and five years on. Of options that
 * have begun the rest is left; before, nobody knows whether they were taken, and the earlier end warns.
 */
function withTermBeside(cells: Cells, found: Ends, start: CivilDate | null): Ends {
  const { end, currentEnd } = found
  if (start === null || end.kind !== 'dated' || end.precision !== 'day') return found
  if (currentEnd !== null || found.endSource !== sourceOf(cells, 'end')) return found
  for (const field of TERMS) {
    const text = cells.text(field)
    if (text === null || !/[+(]|\bplus\b|option|exten/i.test(text)) continue
    const term = readTerm(noticeApart(withoutFates(text)).rest, termUnit(cells, field) ?? 'years')
    if (term.kind !== 'term' || term.options.length === 0 || term.instead !== undefined) continue
    const base = dayAfterLengths(start, term.base)
    const reached = [base, ...endsOfOptions(base, term.options)]
    const run = reached.findIndex((day) => Math.abs(daysBetween(day, end.latest)) < 10)
    if (run <= 0) continue
    if (base < cells.today || found.options.length > 0) {
      return {
        ...found,
        options: found.options.length > 0 ? found.options : term.options.slice(run),
      }
    }
    const own = endOn(base)
    const says = { heading: cells.name(field), words: text }
    const ask = askWithOptions(says, own, end, reached.slice(1))
    const problem = `the end, ${dayText(end.latest)}, is that of its options: ${dayText(base)} warns until somebody says which holds`
    cells.report('end', problem, 'Write the end without its options.', 'question', ask)
    return { ...found, end: own, options: term.options }
  }
  return found
}

/** A term that ends on another day than the end beside it: told, for nobody knows which of them is wrong. */
function tellTermBeside(
  cells: Cells,
  { end, currentEnd, endSource }: Ends,
  start: CivilDate | null,
): void {
  if (start === null || end.kind !== 'dated' || end.precision !== 'day') return
  if (endSource !== sourceOf(cells, 'end')) return
  const ends = [end.latest, currentEnd, cells.dateIn('maximumEnd')].flatMap((each) => {
    if (typeof each === 'string') return each
    return each?.kind === 'date' ? each.latest : []
  })
  for (const field of TERMS) {
    const text = cells.text(field)
    const term =
      text === null ? null : readTerm(termWords(cells, field, text)[0], termUnit(cells, field))
    if (term?.kind !== 'term' || term.options.length > 0 || term.instead !== undefined) continue
    if (term.isLimit !== undefined || term.isWhole !== undefined) continue
    const last = dayAfterLengths(start, term.base)
    // Months are counted to the day, or to the one before; days are counted out.
    const isCountedOut = term.base.every(({ unit }) => unit === 'days' || unit === 'weeks')
    const off = Math.min(...ends.map((day) => Math.abs(daysBetween(last, day))))
    if (off <= (isCountedOut ? 0 : 1)) continue
    const problem = `from its start that would be to ${dayText(last)}: the end, ${dayText(end.latest)}, counts`
    const severity = isCountedOut ? 'warning' : 'note'
    cells.report(field, problem, 'Put right the one that is wrong.', severity)
    return
  }
}

const ROLLS_IN = [
  ...(['currentEnd', 'end', 'otherEnd', 'termMonths', 'otherTerm'] as const),
  ...(['rollsFrom', 'automaticRenewal'] as const),
] as const

/** What the row says of its terms, where it goes on from one to the next, or will from its end on. */
function rollsIn(cells: Cells, end: End, start: CivilDate | null): Rolling | null {
  for (const field of ROLLS_IN) {
    const said = cells.dateIn(field)
    const reading = notYetRolling(said, start, cells.today)
    const words = cells.text(field) ?? ''
    if (reading.kind === 'rolling' && reading.rolls !== undefined && end.kind === 'rolling') {
      return { field, words, ...termsIn(words, reading.rolls.from, cells.today) }
    }
    if (reading.kind === 'rolling' && end.kind === 'dated' && beforeRolling(words) !== null) {
      return { field, words, ...termsIn(words, null, cells.today), from: null }
    }
    const isEnd = reading.kind === 'date' && end.kind === 'dated' && reading.latest === end.latest
    if (isEnd && reading.rolls === true) {
      return { field, words, ...termsIn(words, null, cells.today), from: null }
    }
  }
  if (end.kind !== 'rolling') return null
  // `Ongoing`, with a notice of `1 month before anniversary`: what has one goes on from year to year.
  for (const field of ['noticePeriod', 'noticeBy'] as const) {
    const words = cells.text(field) ?? ''
    if (/\banniversar/i.test(words)) return { field, words, term: A_YEAR, from: null, notice: null }
  }
  return null
}

const A_YEAR: Period = { amount: 12, unit: 'months' }

/** `24 months, then month to month`: the length before it goes on from term to term; null where there is none. */
function beforeRolling(words: string): string | null {
  const [, head = ''] = THEN_ROLLS.exec(words) ?? []
  return lengthsIn(head).length > 0 && isTermAlone(head.replace(FROM_START, ' ')) ? head : null
}
const THEN_ROLLS =
  /^(.+?)[,;]?\s+(?:and )?(?:then|followed by|thereafter|after (?:which|that)|moving to|reverting to)\b/i

/** `From 1 Jan 2028 rolls quarterly`: until then it has an end, unless it only begins then. */
function notYetRolling(
  reading: DateReading,
  start: CivilDate | null,
  today: CivilDate,
): DateReading {
  const from = reading.kind === 'rolling' ? (reading.rolls?.from ?? null) : null
  if (from === null || from <= today || (start !== null && start >= from)) return reading
  const last = addDays(from, -1)
  return { kind: 'date', earliest: last, latest: last, precision: 'day', rolls: true }
}

const EACH: readonly (readonly [RegExp, Period])[] = [
  [/\b(?:half[- ]?year|six[- ]month|bi-?annual)/i, { amount: 6, unit: 'months' }],
  [/\b(?:annual|year|per annum|p\.?a\.?\b)/i, { amount: 12, unit: 'months' }],
  [/\b(?:quarter|qtr)/i, { amount: 3, unit: 'months' }],
  [/\bmonth/i, { amount: 1, unit: 'months' }],
  [/\bweek/i, { amount: 1, unit: 'weeks' }],
]

const OF_NOTICE = String.raw`['’]?s?['’]?(?: (?:\(?written\)?|prior|advance|clear|formal|full|termination|cancellation|minimum|in writing))* notice(?: period)?\b`
const MORE_DAYS = String.raw`(?: *(?:and|plus|\+) *(?:\d{1,3}|[a-z]+) (?:calendar |working |business )?days?)?`
const NOTICE_IN = new RegExp(
  String.raw`${A_LENGTH}(?: *(?:and|plus|\+) *${A_LENGTH})*${OF_NOTICE}|\bnotice(?: period)?(?: of|:)? *${A_LENGTH}(?: *(?:and|plus|\+) *${A_LENGTH})*`,
  'i',
)
/** How long before: `60 days prior`, `3 months beforehand`. */
const SO_LONG_AHEAD = String.raw`${A_LENGTH}['’]? (?:or more |at least |clear )?(?:before(?:hand)?|prior|ahead|(?:in )?advance|earlier|out|pre-?renewal|(?:written )?warning)\b`
const TO_STOP = String.raw`(?:cancell?\w*|terminat\w*|opt(?:s|ed|ing)?[ -]?out|stopp?\w*|withdraw\w*|object\w*|declin\w*|notif\w*|told|tell\w*|non-?renewal|exit\w*)`
/** The same of what would stop it, without that word: `unless cancelled 60 days before`, `opt-out window 45 days`. */
const STOPPED_AHEAD = new RegExp(
  String.raw`(?<=\b(?:unless|if not|${TO_STOP})\b[^,;.]{0,60}?)${SO_LONG_AHEAD}|${A_LENGTH}['’]?s?['’]? (?:\w+ )?(?:window|${TO_STOP}(?: (?:period|terms?|clause))?)\b|\b(?:window|${TO_STOP}(?: (?:period|window|terms?|deadline|clause))?)(?: of| is| within|:| -)? *\(?${A_LENGTH}`,
  'i',
)
/** The same beside other lengths, which it is not added to. */
const NOTICE_AMONG = new RegExp(
  String.raw`(?:\b(?:subject to|on|with|by|upon|giving|not less than|at least|no later than|minimum(?: of)?|exercis\w+|an?)\s+)*(?:${A_LENGTH}${MORE_DAYS}${OF_NOTICE}|\bnotice\b[^\d,;+&]{0,40}?${A_LENGTH}${MORE_DAYS}|${A_LENGTH}['’]? (?:before|prior to|ahead of|in advance of|preceding) (?:the |its |each )?(?:[a-z]+ ){0,2}(?:end|expiry|expiration|expires|termination|renewal|anniversary|date)\b|${STOPPED_AHEAD.source})`,
  'gi',
)

const MAY_BE_NOTICE = /notice|before|prior|ahead|advance|preced|window|cancel|terminat|opt|warning/i

/** The words, and what they say of notice, apart. */
export function noticeApart(words: string): {
  readonly rest: string
  readonly notice: string | null
} {
  const found = MAY_BE_NOTICE.test(words) ? words.match(NOTICE_AMONG) : null
  if (found === null) return { rest: words, notice: null }
  return {
    rest: words
      .replace(NOTICE_AMONG, ' ')
      .replace(/\(\s*\)/g, ' ')
      .trim(),
    notice: found.join(' / '),
  }
}

/** `Rolling 12 months, 3 months' notice`: what is about the terms, and what about the notice. */
function termsIn(
  words: string,
  from: CivilDate | null,
  today: CivilDate,
): Omit<Rolling, 'field' | 'words'> {
  const notice = noticeIn(words)
  const rest = withoutNotice(words)
  const inYear = dayOfYearIn(rest, today)
  const term = termIn(rest) ?? (inYear === null ? null : ({ amount: 12, unit: 'months' } as const))
  return { term, from: from ?? inYear, notice }
}

/** The notice that stands among other words, or how long before its renewal it can be stopped. */
export function noticeIn(words: string): string | null {
  if (!MAY_BE_NOTICE.test(words)) return null
  const found = /notice/i.test(words) ? NOTICE_IN.exec(words) : null
  return (found ?? STOPPED_AHEAD.exec(words) ?? AHEAD_OF_RENEWAL.exec(words))?.[0] ?? null
}
/** What renews by itself, and so long before: `Yes, 60 days in advance`. */
const AHEAD_OF_RENEWAL = new RegExp(
  String.raw`(?<=\b(?:yes|auto\w*|renew\w*|rolls?(?:ing)?)\b(?:(?!review|tender|procur|plan|paid|pay|invoice)[^;.]){0,60}?)${SO_LONG_AHEAD}`,
  'i',
)

function withoutNotice(words: string): string {
  const notice = noticeIn(words)
  return notice === null ? words : words.replace(notice, ' ')
}

/** How long a term is: what stands behind the word for going on, else right before it. */
function termIn(words: string): Period | null {
  const [, head = '', tail = ''] = GOES_ON.exec(words) ?? [null, '', words]
  const near = head.trim().split(/\s+/).slice(-3).join(' ')
  for (const part of [tail, near, words]) {
    const said = lengthsIn(part)[0] ?? EACH.find(([each]) => each.test(part))?.[1]
    if (said !== undefined) return said
  }
  return null
}
const GOES_ON = /^(.*?)\b(?:roll(?:s|ing)|renew\w*|then|thereafter)\b(.*)$/is

/** How long its terms are, by a column of its own, the words of its end, or what it says of renewal. */
export function renewalTermOf(
  cells: Cells,
  rolls: Rolling | null,
  renews: boolean | null,
): Period | null {
  const words = cells.text('renewalTerm')
  if (words === null) {
    const said = renews === true && !cells.isOwn ? cells.text('automaticRenewal') : null
    return rolls?.term ?? (said === null ? null : termIn(withoutNotice(inEnglish(said))))
  }
  const rest = withoutNotice(words)
  const each = readPeriod(rest, cells.unit('renewalTerm')).kind === 'bad' ? termIn(rest) : null
  return each ?? cells.period('renewalTerm') ?? rolls?.term ?? null
}

/** Another column that reads as the end: beside one that is still ahead the earlier of the two warns. */
function withOther(cells: Cells, found: Ends, other: End): Ends {
  const { end, currentEnd } = found
  if (other.kind === 'undated') return found
  if (end.kind === 'undated')
    return { ...found, end: other, endSource: sourceOf(cells, 'otherEnd') }
  if (end.kind === 'rolling' || other.kind === 'rolling') {
    if (end.kind === other.kind) return found
    const problem = 'one column gives an end and another says that there is none: the end warns'
    cells.report('otherEnd', problem, 'Say which of them holds.', 'warning')
    return end.kind === 'dated' ? found : { ...found, end: other }
  }
  const last = currentEnd ?? end.latest
  const isFirst = other.earliest < end.earliest
  // The last day of cover, and the day after it, are one end.
  const isOne = [end.latest, last].some((day) => Math.abs(daysBetween(day, other.latest)) <= 1)
  if (isOne) return isFirst && currentEnd === null ? { ...found, end: other } : found
  if (isFirst && other.latest < cells.today && end.precision !== 'day') return found
  const early = isFirst ? other : end
  const late = isFirst ? last : later(last, other.latest)
  const endSource = isFirst ? sourceOf(cells, 'otherEnd') : found.endSource
  if (early.latest < cells.today) return { ...found, end: early, endSource, currentEnd: late }
  const heading = cells.name('otherEnd')
  const first = cells.name(cells.columns.end === null ? 'currentEnd' : 'end')
  const problem = `"${first}" and "${heading}" differ: ${early.latest} warns until somebody says which holds`
  const ask = askWhichColumn(
    { heading: first, end },
    { heading, end: other },
    {
      end: early,
      source: sourceOf(cells, isFirst ? 'end' : 'otherEnd') ?? '',
      to: late,
    },
  )
  cells.report('otherEnd', problem, 'Say which of the two is the end.', 'question', ask)
  return { ...found, end: early, endSource, currentEnd: null }
}

/** The latest possible end, where the row gives no other: better too late a warning than none. */
function orMaximum(cells: Cells, ends: Ends, start: CivilDate | null): Ends {
  if (ends.endIsMaximum === true && ends.end.kind === 'dated') {
    const field = TERMS.find((each) => cells.text(each) !== null) ?? 'termMonths'
    const problem = `how long it is at most is said: ${dayText(ends.end.latest)}, the latest possible, warns`
    const ask = askMaximum(cells.name(field), ends.end)
    cells.report(field, problem, 'Fill in the day on which it ends.', 'question', ask)
    return ends
  }
  if (ends.end.kind !== 'undated' || ends.currentEnd !== null) return ends
  if (cells.dateIn('extensionEnd').kind === 'date') return ends
  const { end } = checkEnd(cells.dateIn('maximumEnd'), start)
  if (end.kind === 'undated') return ends
  const endSource = sourceOf(cells, 'maximumEnd')
  if (end.kind === 'rolling') return { ...ends, end, endSource }
  const heading = cells.columns.maximumEnd?.heading.text ?? ''
  const problem = `no other end is given than the latest possible, ${end.latest}: it warns`
  const ask = askMaximum(heading, end)
  cells.report('maximumEnd', problem, 'Fill in the day on which it ends.', 'question', ask)
  return { ...ends, end, endSource, endIsMaximum: true }
}

/** The day on which it is to renew, where the row gives no end. */
function orRenewal(cells: Cells, ends: Ends, start: CivilDate | null): Ends {
  if (ends.currentEnd !== null || cells.dateIn('extensionEnd').kind === 'date') return ends
  for (const field of ['rollsFrom', 'automaticRenewal'] as const) {
    const said = cells.dateIn(field)
    const reading = notYetRolling(said, start, cells.today)
    if (field === 'automaticRenewal' && reading === said) continue
    const { end } = checkEnd(reading, start)
    if (end.kind === 'dated' && end.precision === 'day' && end.latest >= cells.today) {
      return { ...ends, end, endSource: sourceOf(cells, field) }
    }
  }
  return ends
}

/** An end known to the month, quarter or year, or one of two days: which it is would move every date. */
function tellImprecise(
  cells: Cells,
  { end, currentEnd, endSource }: Ends,
  start: CivilDate | null,
): void {
  if (cells.isOwn || end.kind !== 'dated') return
  if (currentEnd !== null || end.latest < cells.today) return
  const field = (['end', 'currentEnd', 'otherEnd', 'maximumEnd', ...TERMS] as const).find(
    (each) => cells.columns[each] !== null && sourceOf(cells, each) === endSource,
  )
  if (field === undefined) return
  const words = cells.text(field) ?? ''
  const reading = cells.dateIn(field)
  if (reading.kind === 'date' && reading.isNumber) {
    const heading = cells.columns[field]?.heading.text ?? ''
    const problem = `a bare number: read as ${dayText(end.latest)}, as a spreadsheet counts days`
    const ask = askIsDay(heading, words, end)
    cells.report(field, problem, 'Write the day, such as 2027-06-30.', 'question', ask)
    return
  }
  if (reading.kind === 'date' && reading.last !== undefined && reading.earliest !== start) {
    const { earliest, latest, last } = reading
    const first = { kind: 'dated', earliest, latest, precision: reading.precision } as const
    const ask = askWhichEnd(words, first, endOn(last), end)
    const problem = `two days stand here: ${end.earliest} warns until somebody says which holds`
    cells.report(field, problem, 'Write the one that holds.', 'question', ask)
  }
  if (end.precision === 'day') return
  const problem = `only the ${knownTo(end)} is known: warnings count to its first day, ${dayText(end.earliest)}, and it is overdue after ${dayText(end.latest)}`
  const ask = askWhichDay(words, end)
  cells.report(field, problem, 'Write the day, such as 2027-06-30.', 'question', ask)
}

/**
 * The end that a length gives, counted from the start; null where it gives none. Of two columns of
 * its length that differ the shorter warns, until somebody says which holds.
 */
function readTermEnd(cells: Cells, start: CivilDate | null): Ends | null {
  const read = TERMS.filter((field) => saysLength(cells, field))
  const [only = 'termMonths', other] = read
  const first = termEndIn(cells, only, start)
  const second = other === undefined || first === null ? null : termEndIn(cells, other, start)
  if (first === null || second === null) return first
  const [a, b] = [first.end, second.end]
  if (a.kind !== 'dated' || b.kind !== 'dated') return a.kind === 'dated' ? first : second
  if (a.latest === b.latest) return first.options.length > 0 ? first : second
  const held = a.latest < b.latest ? first : second
  const of = (field: TermField, { end, endSource }: Ends) => {
    const words = cells.text(field) ?? ''
    return { heading: cells.name(field), words, says: { end, endSource } }
  }
  const holds = `the earlier end, ${dayText(held === first ? a.latest : b.latest)}`
  const ask = askLength('term', of('termMonths', first), of('otherTerm', second), holds)
  const problem = `"${cells.name('termMonths')}" and "${cells.name('otherTerm')}" differ: the shorter counts`
  cells.report('otherTerm', problem, 'Say which of the two holds.', 'question', ask)
  return held
}

const TERMS = ['termMonths', 'otherTerm'] as const
type TermField = (typeof TERMS)[number]

function saysLength(cells: Cells, field: TermField): boolean {
  const text = cells.text(field)
  if (text === null) return false
  const [words, day] = termWords(cells, field, text)
  if (day.kind === 'rolling' || (day.kind === 'date' && day.precision === 'day')) return true
  return readTerm(words, termUnit(cells, field)).kind === 'term'
}

/** The words of a length without what they say of notice, of options that are gone, and of what follows it; and their day. */
function termWords(cells: Cells, field: TermField, text: string): readonly [string, DateReading] {
  const words = noticeApart(withoutFates(text)).rest
  const whole = cells.dateInPart(field, noticeApart(text).rest)
  const part = words === text ? whole : cells.dateInPart(field, words)
  // `to 14/08/2024 (extended to 14/02/2027)`: one that may run on is not taken for one that is over.
  const isOver = part.kind === 'date' && (part.last ?? part.latest) < cells.today
  const isAhead = whole.kind === 'date' && (whole.last ?? whole.latest) >= cells.today
  const day = isOver && isAhead ? whole : part
  const head = day.kind === 'rolling' ? beforeRolling(words) : null
  return head === null ? [words, day] : [head, cells.dateInPart(field, head)]
}

function termUnit(cells: Cells, field: TermField): PeriodUnit | null {
  const inKey = cells.columns[field]?.heading.key.includes('month') ? 'months' : null
  return cells.unit(field) ?? inKey
}

type TermEnds = Pick<Ends, 'end' | 'options' | 'fates'>

/** Whether another column than those of lengths gives the day. */
function givesEnd(cells: Cells): boolean {
  return (['otherEnd', 'maximumEnd', 'extensionEnd', 'rollsFrom'] as const).some(
    (field) => cells.dateIn(field).kind === 'date',
  )
}

/** `5 yrs (3+1+1), commenced 14/02/2024`: the day is where its parts are counted from. */
function partsFrom(
  cells: Cells,
  field: TermField,
  words: string,
): { readonly parts: string; readonly from: CivilDate } | null {
  const [, parts = '', behind = ''] = PARTS_FROM.exec(words) ?? []
  const term = parts.includes('+') ? readTerm(parts, termUnit(cells, field)) : null
  const day = term?.kind === 'term' ? cells.dateInPart(field, behind) : null
  if (day?.kind === 'date' && day.precision === 'day') return { parts, from: day.earliest }
  // `01/06/2025 (18 months)`: of a term the day is its first, unless it says that it ends then.
  const [, first = '', length = ''] = DAY_AND_LENGTH.exec(words) ?? []
  const start = first === '' || ENDS_THEN.test(first) ? null : cells.dateInPart(field, first)
  const isDay = start?.kind === 'date' && start.precision === 'day' && start.last === undefined
  return isDay ? { parts: length, from: start.earliest } : null
}
const DAY_AND_LENGTH = new RegExp(
  String.raw`^([^()]*?\d{2,4})[\s(,;:–-]+(?:for |term |period of |initial )?(${A_LENGTH}(?: (?:term|period|contract))?)\)?\.?$`,
  'i',
)
const ENDS_THEN = /\b(?:to|until|till?|ends?|ending|expir\w*|by|expires?)\b/i
const PARTS_FROM =
  /^(.+?)[\s,;:(]*\b(?:commenc\w+|from|start(?:s|ed|ing)?|since|beg[iau]n\w*|w\.?e\.?f\.?)\s+(?:on\s+)?([^()]*\d{2})\)?\.?$/i

function termEndIn(cells: Cells, field: TermField, given: CivilDate | null): Ends | null {
  const text = cells.text(field)
  if (text === null) return null
  const [whole, written] = termWords(cells, field, text)
  const counted = partsFrom(cells, field, whole)
  const words = counted?.parts ?? whole
  const start = counted?.from ?? given
  const day: DateReading = counted === null ? written : { kind: 'nil' }
  const source = `${sourceOf(cells, field)}, counted from the start`
  if (day.kind === 'rolling' || (day.kind === 'date' && day.precision === 'day')) {
    const { end } = checkEnd(ofTwoDays(day, start, cells.today), start)
    // `1/4/22 - 31/3/27 + 2`
    const [, behind = ''] = /\d\s*\(?(\+.*|plus\b.*)$/i.exec(whole) ?? []
    const options = behind === '' ? NO_OPTIONS : optionsBehind(behind)
    return { end, endSource: sourceOf(cells, field), currentEnd: null, options }
  }
  const reading = readTerm(words, termUnit(cells, field))
  if (reading.kind === 'nil') return null
  const heading = cells.name(field)
  const unread = (wording?: string) =>
    givesEnd(cells) || cells.isOwn ? undefined : askUnread(heading, words, wording)
  if (start === null) {
    const isAlone = cells.columns.end === null
    const ask =
      reading.kind === 'term' ? unread('length without a start') : isAlone ? unread() : undefined
    const problem = 'a length without a start: no end is known'
    const severity = ask === undefined ? 'warning' : 'question'
    cells.report(field, problem, 'Fill in the start or the end.', severity, ask)
    return null
  }
  const ends = (term: TermReading): (Omit<TermEnds, 'end'> & { readonly end: DatedEnd }) | null => {
    if (term.kind !== 'term') return null
    const last = dayAfterLengths(start, term.base)
    const end = endOn(last)
    const unit = termUnit(cells, field)
    const fates = cellOptions(cells, field, text, last, (part) => {
      const read = readTerm(part, unit)
      return read.kind === 'term' && read.options.length > 0 ? read.options : []
    })
    return fates === null ? { end, options: term.options } : { end, options: NO_OPTIONS, fates }
  }
  if (reading.kind === 'term') {
    const each = [reading, ...(reading.instead ?? [])].flatMap((term) => {
      return ends({ kind: 'term', ...term }) ?? []
    })
    // The earliest that it may be, unless that has passed: a contract that runs is not taken for one that is over.
    const read = each.find(({ end }) => end.latest >= cells.today) ?? each.at(-1)
    if (read === undefined) return null
    const { end } = read
    const found = { ...read, endSource: source, currentEnd: null }
    const [first, ...more] = each
    if (first !== undefined && more.length > 0) {
      const ask = askHowLong(heading, words, each, endsOfOptions, source, end)
      const problem = `how long it is is not clear: ${dayText(end.latest)} warns until somebody says so`
      cells.report(field, problem, 'Write its last day, or one length.', 'question', ask)
    } else if (reading.others !== undefined) optionsHeld(cells, field, start, end, reading)
    if (reading.isLimit === 'most') return { ...found, endIsMaximum: true }
    if (reading.isLimit === 'least' && end.latest >= cells.today) {
      const problem = `it may be longer: ${dayText(end.latest)} warns`
      const ask = askCounted(heading, words, end)
      cells.report(field, problem, 'Write its last day, such as 2027-06-30.', 'question', ask)
    }
    if (reading.isLimit === 'least' && end.latest < cells.today) {
      const problem = 'only how long it is at least is said, and that has passed: no end is known'
      cells.report(field, problem, 'Write its last day.', 'question', unread())
      return null
    }
    return found
  }
  const says = (unit: PeriodUnit): Partial<Draft> | null => {
    const found = ends(readTerm(words, unit, true))
    if (found === null) return null
    const optionEnds = endsOfOptions(found.end.latest, found.options)
    return { end: found.end, endSource: source, maximumEnd: optionEnds.at(-1) ?? null }
  }
  const [years, months] = [says('years'), says('months')]
  const ask = years && months ? askTerm(words, 'term', heading, years, months) : unread()
  const severity = ask === undefined ? 'warning' : 'question'
  cells.report(field, `${reading.problem}: no end is known`, reading.remedy, severity, ask)
  return null
}

/** The last day of these lengths, one after another, from this first day. */
function dayAfterLengths(from: CivilDate, lengths: readonly Period[]): CivilDate {
  let months = 0
  let days = 0
  for (const { amount, unit } of lengths) {
    if (unit === 'months') months += amount
    else if (unit === 'years') months += amount * 12
    else days += unit === 'weeks' ? amount * 7 : amount
  }
  const last = months > 0 ? lastOfMonths(from, Math.min(months, MOST_MONTHS)) : addDays(from, -1)
  return addDays(last, Math.min(days, MOST_MONTHS * 30))
}
const MOST_MONTHS = 1200

/** The day to which each option reaches, counted from the day after the end. */
function endsOfOptions(end: CivilDate, options: readonly Period[]): CivilDate[] {
  return options.map((_, index) => dayAfterLengths(addDays(end, 1), options.slice(0, index + 1)))
}

/**
 * A later current end stays apart, as awarded ends are frozen. An earlier one counts in the awarded
 * end's place; so does the only one of both that is a day, and one that says that it has no end:
 * of an awarded end long past nobody would be told.
 */
function readCurrentEnd(
  cells: Cells,
  awarded: End,
  current: End,
): Omit<Ends, 'options' | 'endIsMaximum'> {
  const instead = { end: current, endSource: sourceOf(cells, 'currentEnd'), currentEnd: null }
  if (awarded.kind === 'dated' && current.kind === 'rolling') {
    const problem =
      'the current end says that it runs without an end: its awarded end is not warned of'
    const remedy = 'Give its notice period and a review date, or the real end.'
    cells.report('currentEnd', problem, remedy, 'warning')
  }
  if (awarded.kind !== 'dated' || current.kind !== 'dated') return instead
  if (current.latest < awarded.earliest) {
    const remedy = 'Check which of the two is right; until then the earlier one counts.'
    cells.report('currentEnd', 'the current end lies before the awarded end', remedy, 'warning')
    return instead
  }
  const { earliest, latest } = current
  const apart = { end: awarded, endSource: sourceOf(cells, 'end') }
  const said = withoutLimits(cells.text('currentEnd') ?? '')
  // As it is proposed: the end that is agreed warns until somebody says that it was signed.
  if (
    !cells.isOwn &&
    latest > awarded.latest &&
    awarded.latest >= cells.today &&
    isUnagreed(said)
  ) {
    const problem = `it does not say that it is agreed: ${awarded.latest} warns until somebody says so`
    const none = {
      from: null,
      cost: null,
      knownOn: null,
      source: sourceOf(cells, 'currentEnd') ?? '',
    }
    const extension = { kind: 'unknown', status: 'confirmed', to: latest, ...none } as const
    const ask = askExtension(
      cells.columns.currentEnd?.heading.text ?? '',
      awarded.latest,
      extension,
    )
    const remedy = 'Say whether it was signed or is the latest possible.'
    cells.report('currentEnd', problem, remedy, 'question', { ...ask, wording: wordingOf(said) })
    return { ...apart, currentEnd: null }
  }
  if (earliest === latest) return { ...apart, currentEnd: latest }
  // It may be any of these days, the awarded end among them.
  if (earliest <= awarded.latest) return { ...apart, currentEnd: null }
  const part = calendarPart(earliest, latest)
  const problem = `${part === null ? 'no day' : `only the ${part}`} is known: warnings count to its first day, ${earliest}`
  cells.report('currentEnd', problem, 'Write the day, such as 2027-06-30.', 'warning')
  return { ...apart, currentEnd: earliest }
}

function endOf(
  cells: Cells,
  field: Field,
  start: CivilDate | null,
  wantsRolling = true,
  isElsewhere = field !== 'end',
): End {
  const counted = cells.isOwn ? null : countedEnd(cells, field, start)
  if (counted !== null) {
    if (!counted.isSure) {
      const ask = askCounted(cells.name(field), cells.text(field) ?? '', counted.end)
      const problem = `a length of time: counted from the start, to ${dayText(counted.end.latest)}`
      cells.report(field, problem, 'Write the last day, such as 2027-06-30.', 'question', ask)
    }
    return counted.end
  }
  const unread = (words: string) => askUnread(cells.name(field), words)
  const reading = cells.date(field, 'warning', isElsewhere ? undefined : unread)
  if (reading.kind === 'nil' && !isElsewhere && !cells.isOwn && isNotSettled(cells.raw(field))) {
    const problem = 'when it ends is not settled: no end is known'
    const ask = unread(cells.raw(field).trim())
    cells.report(field, problem, 'Fill in its last day, or "rolling".', 'question', ask)
  }
  const held = ofTwoDays(notYetRolling(reading, start, cells.today), start, cells.today)
  const { end, finding } = checkEnd(held, start)
  if (finding === null || (!wantsRolling && end.kind === 'rolling')) return end
  if (finding.severity === 'error' && end.kind === 'dated' && end.latest >= cells.today) {
    // The end is still ahead: it warns, and what is unknown is the start.
    const problem = `the start lies after the end, ${end.latest}: the start is unknown`
    cells.report('start', problem, 'Correct the start or the end.', 'warning')
  } else if (finding.severity === 'error') {
    // Either may be wrong: a contract that runs is not taken for one that is over. Where another end
    // is given, one that cannot be is none.
    const asks = !isElsewhere && !cells.isOwn && end.kind === 'dated' && start !== null
    const ask = asks ? askBeforeStart(cells.name(field), end, start) : undefined
    const problem = isElsewhere ? finding.problem : `${finding.problem}: no end is known`
    cells.report(field, problem, finding.remedy, asks ? 'question' : 'warning', ask)
    return { kind: 'undated' }
  } else {
    cells.report(field, finding.problem, finding.remedy, 'warning')
  }
  return end
}

const FROM_START =
  /\b(from|after|following|since) (?:the )?(?:date of )?(?:(?:contract|agreement|service|lease|licen[cs]e|term|framework|call[ -]off)(?:['’]?s)? )?(?:start|commencement|beginning|inception|effective)(?: date)?(?: of (?:the )?(?:contract|agreement|services?))?\b|^(?:contract )?(?:start|commencement)(?: date)? ?(?:\+|plus) ?/i
const FROM_DAY =
  /\b(from|after|following|since|commencing|starting|beginning) (?:on )?(?:the )?(?=\d|[a-z]{3})/i

/** The end that a length of time in its place gives: `5 years from start`, `36 months`; null where it is none. */
function countedEnd(
  cells: Cells,
  field: Field,
  start: CivilDate | null,
): {
  readonly end: DatedEnd
  readonly options: readonly Period[]
  readonly isSure: boolean
} | null {
  const text = start === null ? null : cells.text(field)
  const said = text === null ? null : plainMarks(text)
  const words = said === null ? null : (beforeRolling(said) ?? said)
  if (start === null || words === null || !/[\d½]|[a-z]{3} (?:day|week|month|year)/i.test(words)) {
    return null
  }
  const { kind } = cells.dateIn(field)
  if (kind !== 'bad' && (kind !== 'rolling' || words === said)) return null
  if (/\b(?:each|every)\b/i.test(words)) return null
  const behind = FROM_START.exec(words)
  const day = behind === null ? FROM_DAY.exec(words) : null
  const { month, day: dayOfMonth } = dateParts(start)
  const two = (figure: number) => String(figure).padStart(2, '0')
  const isStart =
    day !== null && dayWithoutYear(words.slice(day.index)) === `--${two(month)}-${two(dayOfMonth)}`
  const length = isStart
    ? words.slice(0, day.index)
    : behind === null
      ? words
      : words.replace(FROM_START, ' ')
  if (!isTermAlone(length)) return null
  const term = readTerm(length, null)
  if (term.kind !== 'term' || term.instead !== undefined || term.isLimit !== undefined) return null
  const isAfter = /after|following/i.test(behind?.[1] ?? (isStart ? (day[1] ?? '') : ''))
  const last = dayAfterLengths(addDays(start, isAfter ? 1 : 0), term.base)
  return {
    end: endOn(last),
    options: term.options,
    isSure: behind !== null || isStart,
  }
}

/**
 * Of two days in a cell the earlier warns, unless it has passed, or is the start: then a contract that
 * runs would be taken for one that is over.
 */
function ofTwoDays(reading: DateReading, start: CivilDate | null, today: CivilDate): DateReading {
  if (reading.kind !== 'date' || reading.last === undefined || reading.last < today) return reading
  if (reading.latest >= today && reading.earliest !== start) return reading
  return { ...reading, earliest: reading.last, latest: reading.last, precision: 'day' }
}

function sourceOf(cells: Cells, field: Field): string | null {
  return cells.columns[field] === null ? null : `column "${cells.name(field)}"`
}

export interface OptionsRead {
  /** The day past which no option reaches. */
  readonly maximumEnd: CivilDate | null
  /** The day to which each reaches. */
  readonly optionEnds: readonly CivilDate[]
  /** The last day to exercise the first of them, where the row gives it. */
  readonly optionBy: CivilDate | null
  /** One that its words say was taken. */
  readonly taken: TakenOption | null
}

/** An option that was taken, as its words say. */
export interface TakenOption {
  readonly field: Field
  readonly words: string
  readonly to: CivilDate
  /** Whether the day stands there; else it is counted from the end. */
  readonly isDay: boolean
  /** What is left where the end counts it already. */
  readonly left: readonly CivilDate[]
}

/** The day past which no option reaches: written, or counted from the end; and each option's own. */
export function readOptionsOf(
  cells: Cells,
  start: CivilDate | null,
  { end, options, fates, endIsMaximum }: Ends,
): OptionsRead {
  const found = readReach(cells, start, end, options, fates ?? null)
  // The contract's own last day is no option.
  const isNone = end.kind === 'dated' && found.maximumEnd === end.latest && !endIsMaximum
  const read = isNone && !cells.isOwn ? { ...found, maximumEnd: null } : found
  const inCell = OPTION_CELLS.map((field) => exerciseBy(cells, field, end)?.by ?? null)
  const optionBy = [cells.firstDay('optionBy'), ...inCell].reduce((first, day) =>
    first === null || (day !== null && day < first) ? day : first,
  )
  return { ...read, optionBy }
}

const OPTION_CELLS = ['extensionMonths', 'secondExtensionMonths', 'automaticRenewal'] as const
type OptionCell = (typeof OPTION_CELLS)[number]

/** The words of a cell that are about options; null where it says none. */
function optionWords(cells: Cells, field: OptionCell): string | null {
  const text = cells.text(field)
  if (text === null || isBreakAlone(text)) return null
  if (field !== 'automaticRenewal') return ofAvailable(cells, field, text)
  // `No - 2+2 by written agreement only`: what does not renew by itself may still be extended.
  if (cells.isOwn || !OF_OPTIONS.test(text) || yesOrNo(text) === true) return null
  return text.replace(DOES_NOT_RENEW, '') || null
}
/** Below `used / available` what stands behind the slash. */
function ofAvailable(cells: Cells, field: OptionCell, text: string): string | null {
  const key = cells.columns[field]?.heading.key ?? ''
  if (!/\b(?:used|taken|exercised)\b.*\b(?:available|remaining|left)\b/.test(key)) return text
  const [, used, left = ''] = /^(\d+|nil|none|-) *\/ *(.+)$/i.exec(text) ?? []
  return used === undefined ? text : left
}
const OF_OPTIONS = /\d ?[+x×] ?\d|\boption(?:s|al)?\b|\bexten(?:d|sion)/i
const DOES_NOT_RENEW =
  /^(?:no|n|none|not automatic\w*|manual(?:ly)?|fixed(?: term)?)\b[\s,;:.–-]*(?:but |with )?/i

/** The unit of its bare numbers: as the heading says; else small ones that are added up are years. */
function optionUnit(cells: Cells, field: OptionCell, words: string): PeriodUnit | null {
  const heading = cells.columns[field]?.heading
  const said = heading?.unit ?? (heading?.key.includes('month') ? 'months' : null)
  if (said !== null) return said
  const numbers = (words.match(/\d+(?:\.\d+)?/g) ?? []).map(Number)
  if (numbers.length > 0 && Math.max(...numbers) >= 6) return 'months'
  return /\d ?(?:\+|plus) ?\d/i.test(words) ? 'years' : null
}

const EXERCISE =
  /\b(?:(?:to be |must be |if )?exercis\w*|notif\w*|(?:give |with )?notice|decision|decid\w*|elect\w*|serv(?:e|ed)|trigger\w*|tak(?:e|en) up|opt(?:ion)? by|laps(?:e|es)|by|before|no later than|deadline)\b/i

/** `12 months, exercise by 30/09/2026`: the day by which, and what stands there besides; null where it says none. */
function exerciseBy(
  cells: Cells,
  field: OptionCell,
  end: End,
): { readonly by: CivilDate; readonly rest: string } | null {
  const text = optionWords(cells, field)
  const words = text === null ? null : withoutFates(text)
  const found = words === null ? null : EXERCISE.exec(words)
  if (words === null || found === null) return null
  const tail = words.slice(found.index + found[0].length)
  const day = tail.replace(/^\W*(?:by|on|until|no later than|is)\b/i, '')
  const reading = cells.dateInPart(field, /before/i.test(found[0]) ? `before ${day}` : day)
  if (reading.kind !== 'date' || reading.precision !== 'day') return null
  if (end.kind === 'dated' && reading.earliest > end.latest) return null
  const left = words.slice(0, found.index).replace(/[\s,;:(–-]+$/, '')
  return {
    by: reading.earliest,
    rest: left === '' ? lengthsIn(tail).map(periodText).join(' + ') : left,
  }
}

// What became of an option, where the words of its cell say it: `1+1, first exercised to 31/03/2028`.

interface OptionSaid {
  readonly length: Period
  readonly fate: OptionFate | null
}

/** The options of a cell, each with what became of it. */
export interface CellOptions {
  readonly field: Field
  readonly words: string
  readonly options: readonly OptionSaid[]
  /** The day to which it was extended, where that stands there. */
  readonly to: CivilDate | null
  /** The day to which an option that is left reaches, where that stands there. */
  readonly reach: CivilDate | null
  /** What became of the options, where the cell says no more. */
  readonly whole: OptionFate | null
  readonly isUnclear: boolean
}

function clausesIn(words: string): string[] {
  return withoutLimits(noticeApart(words).rest)
    .split(/[;()[\]\n]+|:\s|,(?!\s*\d{4}\b)|\s[-–—]+\s|\.\s+|\b(?:and|but|of which|then)\b/i)
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '')
}

/** The words but for what they say of options that were taken, or are gone. */
function withoutFates(words: string): string {
  const clauses = clausesIn(words)
  const open = clauses.filter((clause) => optionFate(clause) === null)
  return open.length === clauses.length ? words : open.join(', ')
}

/** Null where the words say nothing of what became of them. `lengthsOf` reads a part that says none. */
function cellOptions(
  cells: Cells,
  field: Field,
  words: string,
  end: CivilDate | null,
  lengthsOf: (part: string) => readonly Period[],
): CellOptions | null {
  const clauses = clausesIn(words).map((text, at) => {
    // `2 x 12 months (1 remaining)`: the others were taken.
    const left = at === 0 ? null : optionsLeft(text)
    return { text, left, fate: left === null ? optionFate(text) : ('taken' as const) }
  })
  if (clauses.every(({ fate }) => fate === null)) return null
  let options: readonly OptionSaid[] = []
  let to: CivilDate | null = null
  let reach: CivilDate | null = null
  let whole: { readonly fate: OptionFate; readonly text: string } | null = null
  let isUnclear = false
  /** How many the part before has named. */
  let named = 0
  for (const { text, left, fate } of clauses) {
    if (left !== null && left <= options.length) {
      const first = options.length - left
      options = fated(options, 'taken', (at) => at < first)
      continue
    }
    if (fate === null) {
      const which = optionsNamed(text)
      const isAgain = which.length > 0 && which.every((at) => at < options.length)
      const lengths = isAgain ? [] : lengthsOf(text)
      const day = lengths.length > 0 ? null : cells.dateInPart(field, text)
      // `Invoked, runs to 31/03/2028`
      if (day?.kind === 'date' && whole?.fate === 'taken' && (end === null || day.latest > end)) {
        to = day.latest
      } else if (day?.kind === 'date' && (end === null || day.latest > end)) {
        reach = day.latest
      }
      // `24 months (12+12)`, `24 months (12 used, 12 remaining)`: said again in its parts, or what is left of it.
      const rest = options.filter((each) => each.fate === null)
      const isOfThem =
        rest.length === 1 && daysOf(rest.map(({ length }) => length)) === daysOf(lengths)
      if (isOfThem) options = options.filter((each) => each.fate !== null)
      options = [...options, ...lengths.map((length) => ({ length, fate }))]
      named = lengths.length
      continue
    }
    const day = fate === 'taken' ? cells.dateInPart(field, text) : null
    const isTo = /\b(?:to|until|till|through|ending|ends?)\b/i.test(text)
    if (day?.kind === 'date' && (isTo || (end !== null && day.latest > end))) {
      to = to === null ? day.latest : later(to, day.latest)
    }
    const which = optionsMeant(text, options.length)
    const count = options.length
    const [only] = options
    // `24 months, of which 12 used`: of the one length that stands there a part.
    const isPart = count === 1 && only?.fate === null && day?.kind !== 'date'
    // `12+12 first year signed`
    const isSum = count === 0 && /\d ?[+x×] ?\d/.test(text)
    const lengths = isSum
      ? lengthsOf(text)
      : partLengths(text, isPart && OF_ONE.test(text) ? only.length.unit : null)
    const ofSum = isSum ? optionsMeant(text, lengths.length) : null
    const part = daysOf(lengths)
    if (
      isPart &&
      part > 0 &&
      part < daysOf([only.length]) &&
      only.length.unit === lengths[0]?.unit
    ) {
      const { amount, unit } = only.length
      const used = lengths.reduce((sum, each) => sum + each.amount, 0)
      const rest = { length: { amount: amount - used, unit }, fate: null }
      options = [...lengths.map((length) => ({ length, fate })), rest]
      continue
    }
    if (which !== null && count > 0 && which.every((at) => at < count)) {
      options = fated(options, fate, (at) => which.includes(at))
    } else if (lengths.length > 0) {
      // `24 months, 12 months taken`: of them, or besides?
      isUnclear ||= which === null && named > 0 && options.some((each) => each.fate === null)
      const isMeant = (at: number) => ofSum === null || ofSum.includes(at)
      options = [
        ...options,
        ...lengths.map((length, at) => ({ length, fate: isMeant(at) ? fate : null })),
      ]
    } else if (count === 0) {
      whole = { fate, text }
    } else if (count === 1 || named === 1) {
      options = fated(options, fate, (at) => at === count - 1)
    } else if (fate === 'taken') {
      isUnclear ||= to === null
    } else {
      // All of them, or the last alone: asked about.
      options = fated(options, 'not-taken', () => true)
    }
  }
  if (whole !== null && options.length > 0 && options.every(({ fate }) => fate === null)) {
    // What became of them stands before them.
    const { fate, text } = whole
    const which = optionsMeant(text, options.length) ?? (options.length === 1 ? [0] : [])
    isUnclear ||= which.length === 0
    options = fated(options, fate, (at) => which.includes(at))
  }
  if (to !== null && end !== null && !options.some(({ fate }) => fate === 'taken')) {
    const reached = endsOfOptions(
      end,
      options.map(({ length }) => length),
    )
    const day = to
    const last = reached.findIndex((each) => Math.abs(daysBetween(each, day)) <= 1)
    options = fated(options, 'taken', (at) => at <= last)
  }
  options = inOrder(options)
  return { field, words, options, to, reach, whole: whole?.fate ?? null, isUnclear }
}

/** A number alone that was used, of one length: of its unit, and no count. */
const OF_ONE = /^\W*(?:of which )?\d{2}\b(?! ?[/.-])/i

function daysOf(lengths: readonly Period[]): number {
  return lengths.reduce((sum, each) => sum + daysIn(each), 0)
}

function fated(
  options: readonly OptionSaid[],
  fate: OptionFate,
  isMeant: (at: number) => boolean,
): OptionSaid[] {
  return options.map((each, at) => (isMeant(at) ? { ...each, fate } : each))
}

/** They are taken one after another. */
function inOrder(options: readonly OptionSaid[]): OptionSaid[] {
  const taken = options.findLastIndex(({ fate }) => fate === 'taken')
  return fated(options, 'taken', (at) => at < taken && options[at]?.fate === null)
}

function readReach(
  cells: Cells,
  start: CivilDate | null,
  end: End,
  ofTerm: readonly Period[],
  fates: CellOptions | null,
): Omit<OptionsRead, 'optionBy'> {
  const none = { maximumEnd: null, optionEnds: [], taken: null }
  const field = latestPossible(cells)
  const written = field === 'maximumEnd' || end.kind === 'dated' ? cells.lastDay(field) : null
  const words = cells.text(field) ?? ''
  const ownFate = written === null ? null : optionFate(withoutLimits(words))
  const told = fateSaid(cells, end, written !== null)
  const fate = ownFate ?? told?.whole ?? null
  const teller = told === null || ownFate !== null ? { field, words } : told
  if (written !== null && (fate === 'gone' || fate === 'not-taken')) {
    tellGone(cells, teller.field, teller.words, fate, end, [written])
    return none
  }
  if (written !== null) {
    if (isSentinel(written, start)) return none
    if (end.kind !== 'dated') return { ...none, maximumEnd: written }
    if (written >= end.latest) {
      const steps = cells.isOwn ? [] : stepsTo(cells, end.latest, written)
      const [to = written, ...left] = steps
      const taken =
        told?.whole === 'taken' && to > end.latest
          ? {
              field: told.field,
              words: told.words,
              to: told.to ?? to,
              isDay: told.to !== null,
              left,
            }
          : null
      return { maximumEnd: written, optionEnds: steps, taken }
    }
    const remedy = 'Correct the maximum end or the end; until then no option is watched.'
    cells.report(field, 'the maximum end lies before the end', remedy, 'warning')
    return none
  }
  const said = fates === null ? [] : [fates]
  let options: OptionSaid[] = ofTerm.map((length) => ({ length, fate: null }))
  /** Those of the columns of options, beside what the column of its term says of them. */
  const again: Period[] = []
  for (const field of OPTION_CELLS) {
    const found = readOptionCell(cells, field, start, end)
    if (found === null) continue
    if ('field' in found) {
      const isOfOthers = field === 'automaticRenewal' && options.length + again.length > 0
      said.push(isOfOthers ? asOne(found) : found)
    } else {
      const days = found.filter((each) => typeof each === 'string')
      const maximumEnd = days.at(-1)
      if (maximumEnd !== undefined) {
        return { ...none, maximumEnd, optionEnds: days.length > 1 ? days : [] }
      }
      for (const length of found) if (typeof length !== 'string') again.push(length)
    }
  }
  for (const column of cells.unreadOf('secondExtensionMonths')) {
    again.push(...thirdOption(cells, column))
  }
  const both = ofTerm.length > 0 && again.length > 0 && end.kind === 'dated'
  if (both) {
    // Said twice they are one and the same; else nobody knows which holds: never both together.
    const reached = [ofTerm, again].map((each) => endsOfOptions(end.latest, each))
    const [a = end.latest, b = end.latest] = reached.map((each) => each.at(-1) ?? end.latest)
    const isSame = Math.abs(daysBetween(a, b)) < 10
    if (!isSame && !cells.isOwn) {
      const readings = a < b ? reached : [...reached].reverse()
      const ask = askOptions(
        cells.name('extensionMonths'),
        cells.text('extensionMonths') ?? '',
        readings,
      )
      const problem = `its options differ from those that "${cells.name('termMonths')}" names: the shorter count`
      cells.report('extensionMonths', problem, 'Say which of the two hold.', 'question', ask)
    }
    if (!isSame && b < a) options = again.map((length) => ({ length, fate: null }))
  } else options.push(...again.map((length) => ({ length, fate: null })))
  const apart = said.length === 0 ? fateSaid(cells, end, options.length > 0) : null
  if (apart !== null) said.push(apart)
  if (said.length === 0 && (end.kind !== 'dated' || options.length === 0)) return none
  for (const { field, words, whole, options: own } of said) {
    // `3+1 years` in one column, and in another what became of the year.
    const nth = field === 'secondExtensionMonths' ? 1 : 0
    const which = field === apart?.field ? optionsUsed(cells, words, options) : null
    const isMeant = (at: number) =>
      which !== null ? which.includes(at) : whole === 'taken' || nth > 0 ? at === nth : true
    if (whole !== null && own.length === 0) options = fated(options, whole, isMeant)
    options.push(...own)
  }
  return reachOf(cells, end, inOrder(options), said)
}

/** The length of a third option in a column of its own; what is none is told. */
function thirdOption(cells: Cells, column: Column): readonly Period[] {
  const { heading } = column
  const cell = cells.textOf(column)
  if (cell === null) return []
  const unit = heading.unit ?? (heading.key.includes('month') ? 'months' : null)
  const lengths = partLengths(inEnglish(cell), unit)
  if (lengths.length === 0 && !/^0$/.test(cell)) {
    const problem = 'how long this option is cannot be read: it is not watched'
    cells.tell(heading.text, cell, problem, 'Write its length, such as 12 months.', 'warning')
  }
  return lengths
}

/** Which options a status is about, or, as many as so long a time, a column of those that were used; null where it does not say. */
function optionsUsed(
  cells: Cells,
  words: string,
  options: readonly OptionSaid[],
): readonly number[] | null {
  const { heading } = cells.columns.extensionStatus ?? {}
  if (heading === undefined || !saysUsed(heading)) return optionsMeant(words, options.length)
  const long = daysOf(partLengths(words, /^\d{2}$/.test(words) ? 'months' : null))
  const reached = options.map((_, at) =>
    daysOf(options.slice(0, at + 1).map(({ length }) => length)),
  )
  if (long > 0) return reached.flatMap((days, at) => (days <= long + 5 ? [at] : []))
  return optionsMeant(`${words} used`, options.length)
}

/**
 * What a status says of the options, `Option declined`, `Extended under option 1`; null where it says nothing
 * of them. Of one that was extended before nobody knows whether it was by an option, unless it has any.
 */
function fateSaid(cells: Cells, end: End, hasOptions: boolean): CellOptions | null {
  if (cells.isOwn || cells.text('extensionEnd') !== null) return null
  for (const { field, text } of cells.filled(['extensionStatus', 'status'])) {
    if (field === null || text.length > 120) continue
    const words = inEnglish(text)
    const heading = cells.columns[field]?.heading
    if (field === 'extensionStatus' && heading && saysUsed(heading)) {
      if (plainAnswer(text) === false || /^(?:0|none|nil|not? .*|n\/a)$/i.test(words)) continue
      const said = { field, words, options: [], to: null, reach: null, isUnclear: false }
      return { ...said, whole: optionFate(words) ?? 'taken' }
    }
    const isOfOptions =
      field === 'extensionStatus' || /\boptions?\b|(?<!\bin )\bextension\b/i.test(words)
    if (!isOfOptions && !(hasOptions && /\bexten/i.test(words))) continue
    const last = end.kind === 'dated' ? end.latest : null
    const said = cellOptions(cells, field, words, last, () => [])
    if (said !== null) return hasOptions ? asOne(said) : said
  }
  return null
}

/** Of options that another column names: what became of them, and not how long they are. */
function asOne(said: CellOptions): CellOptions {
  const [first] = said.options
  return first === undefined ? said : { ...said, options: [], whole: first.fate, isUnclear: false }
}

/** The day to which each option reaches, of several whose last is bounded by this day; else none. */
function stepsTo(cells: Cells, end: CivilDate, last: CivilDate): readonly CivilDate[] {
  const words = optionWords(cells, 'extensionMonths')
  if (words === null || clausesIn(words).length !== 1 || optionFate(words) !== null) return []
  const reading = readOptions(words, optionUnit(cells, 'extensionMonths', words))
  if (reading.kind !== 'term' || reading.others !== undefined) return []
  const before = endsOfOptions(end, reading.options).filter((day) => daysBetween(day, last) > 10)
  return before.length === 0 || before.length === reading.options.length ? [] : [...before, last]
}

/** How far the options reach that are left, and which of them were taken. */
function reachOf(
  cells: Cells,
  end: End,
  options: readonly OptionSaid[],
  said: readonly CellOptions[],
): Omit<OptionsRead, 'optionBy'> {
  const last = end.kind === 'dated' ? end.latest : null
  const ends = (of: readonly (OptionFate | null)[]) =>
    last === null
      ? []
      : endsOfOptions(
          last,
          options.filter(({ fate }) => of.includes(fate)).map(({ length }) => length),
        )
  const isUnclear = said.some((each) => each.isUnclear)
  const [named] = said
  for (const each of said) {
    const { field, words, whole } = each
    const isOpen = whole === 'taken' && !options.some(({ fate }) => fate === 'taken')
    if (each.isUnclear || (isOpen && each.to === null)) {
      const problem = each.isUnclear
        ? 'which of its options these words are about is not clear: all are watched'
        : 'its words say that an option was taken, and not to when: none is watched'
      cells.report(field, problem, 'Write the day to which it was extended as an end.', 'warning')
    } else if (whole === 'gone' || whole === 'not-taken') {
      tellGone(cells, field, words, whole, end, ends(['taken', null, whole]))
    } else if (each.options.some(({ fate }) => fate === 'gone' || fate === 'not-taken')) {
      const fate = each.options.some((one) => one.fate === 'not-taken') ? 'not-taken' : 'gone'
      tellGone(cells, field, words, fate, end, ends(['taken', null, 'not-taken']))
    }
  }
  const held = isUnclear ? ends(['taken', 'gone', 'not-taken', null]) : ends(['taken', null])
  const written = said.reduce<CivilDate | null>(
    (most, { to }) => (to === null ? most : most === null ? to : later(most, to)),
    null,
  )
  const counted = isUnclear ? null : (ends(['taken']).at(-1) ?? null)
  const to = written ?? counted
  const reached = said.flatMap(({ reach }) => reach ?? [])
  const left = [...ends([null]), ...reached].sort()
  // The end counts it already.
  const isCounted = to !== null && last !== null && to <= addDays(last, 1)
  if (isCounted && named !== undefined) {
    const problem = 'its words say that an option was taken: the end counts it already'
    cells.report(named.field, problem, 'None needed, if so.', 'note')
  }
  const all = [...held, ...reached, ...(to === null ? [] : [to])]
  const optionEnds = isCounted ? left : [...new Set(all)].sort()
  const maximumEnd = optionEnds.at(-1) ?? null
  const isNone = maximumEnd === null || (last !== null && maximumEnd <= last)
  const taken =
    to === null || isCounted || named === undefined
      ? null
      : { field: named.field, words: named.words, to, isDay: written !== null, left }
  return isNone ? { maximumEnd: null, optionEnds: [], taken } : { maximumEnd, optionEnds, taken }
}

/** Options that are gone are noted; of those that were only not taken it is asked, while they may be. */
function tellGone(
  cells: Cells,
  field: Field,
  words: string,
  fate: OptionFate,
  end: End,
  open: readonly CivilDate[],
): void {
  const maximumEnd = open.at(-1) ?? null
  const isAhead = end.kind !== 'dated' || end.latest >= cells.today
  const asks = fate === 'not-taken' && isAhead && maximumEnd !== null && !cells.isOwn
  const ask = asks
    ? askNotTaken(cells.name(field), words, { maximumEnd, optionEnds: open })
    : undefined
  const others = OPTION_CELLS.filter((each) => each !== field && optionWords(cells, each) !== null)
  const of = others.map((each) => ` of "${cells.name(each)}"`).join(' and')
  const problem = `its words say that an option${of} was not taken: that one is not watched`
  cells.report(field, problem, 'None needed, if so.', ask === undefined ? 'note' : 'question', ask)
}

/** The options of a cell, or the days to which they reach; null where it says none. */
function readOptionCell(
  cells: Cells,
  field: OptionCell,
  start: CivilDate | null,
  end: End,
): readonly Period[] | CellOptions | readonly CivilDate[] | null {
  const exercise = exerciseBy(cells, field, end)
  const text = optionWords(cells, field)
  if (text === null) return null
  const words = noticeApart(exercise?.rest ?? text).rest
  const heading = cells.columns[field]?.heading
  const unit = optionUnit(cells, field, words)
  const inferred = lengthsIn(text)[0]?.unit ?? unit
  const last = end.kind === 'dated' ? end.latest : null
  /** Of `5+2+2` how many options beside the contract itself its end counts already. */
  let counted = 0
  const said = cellOptions(cells, field, text, last, (part) => {
    const isDated = cells.dateInPart(field, part).kind === 'date'
    const bare = isDated || EXERCISE.test(part) ? null : inferred
    const lengths = partLengths(part, bare)
    const [own, after] = lengths
    const isFirst = own !== undefined && after !== undefined && daysIn(own) > daysIn(after)
    const run = start === null || last === null || !isFirst ? -1 : reachedBy(start, last, lengths)
    if (run < 0) return lengths
    counted = run
    return lengths.slice(1)
  })
  if (said !== null) return { ...said, options: said.options.slice(counted) }
  const isWhole = exercise === null && field !== 'automaticRenewal'
  const day = isWhole ? cells.dateIn(field) : cells.dateInPart(field, words)
  if (day.kind === 'date' && !/^\d{1,4}$/.test(words)) {
    if (end.kind === 'dated' && day.latest <= end.latest) {
      const problem = 'the option does not reach past the end'
      cells.report(field, problem, 'Correct the option or the end.', 'warning')
      return null
    }
    if (isSentinel(day.latest, start)) return null
    // `to 31/03/2028 and again to 31/03/2029`; of a choice the first day counts.
    const { latest, last = latest } = day
    const isChoice = /\b(?:or|either)\b/i.test(words)
    if (isChoice && last > latest && !cells.isOwn) {
      const says = [[latest], [last]]
      const ask = askOptions(cells.name(field), text, says)
      const problem = 'either of two days: the earlier counts'
      cells.report(field, problem, 'Write the one that holds.', 'question', ask)
    }
    if (isChoice || last <= latest || isSentinel(last, start)) return [latest]
    // The day after the end is the first of what it may be extended by.
    const isFrom = end.kind === 'dated' && latest === addDays(end.latest, 1)
    return isFrom ? [last] : [latest, last]
  }
  const whole = WHOLE_TERM.test(words) && start !== null ? readTerm(words, unit) : null
  if (
    whole?.kind === 'term' &&
    whole.options.length > 0 &&
    start !== null &&
    end.kind === 'dated'
  ) {
    // `3 years extendable up to 5 years`: its own length stands there too.
    const own = dayAfterLengths(start, whole.base)
    if (Math.abs(daysBetween(own, end.latest)) < 10)
      return optionsHeld(cells, field, start, end, whole)
  }
  const reading = readOptions(words, unit)
  if (reading.kind === 'term') return optionsHeld(cells, field, start, end, reading)
  if (reading.kind === 'nil' && words === text) return null
  if (reading.kind === 'nil') {
    const problem = 'its words tell of notice, and not how long an option is: none is watched'
    cells.report(field, problem, 'Write its length, such as 12 months.', 'warning')
    return null
  }
  const says = (unit: PeriodUnit): Partial<Draft> | null => {
    const term = readOptions(words, unit, true)
    if (term.kind !== 'term' || end.kind !== 'dated') return null
    return { maximumEnd: endsOfOptions(end.latest, term.options).at(-1) ?? null }
  }
  const [years, months] = [says('years'), says('months')]
  const ask =
    years && months ? askTerm(words, 'option', heading?.text ?? '', years, months) : undefined
  const severity = ask === undefined ? 'warning' : 'question'
  cells.report(field, `${reading.problem}: no option is watched`, reading.remedy, severity, ask)
  return null
}

/** Beside a length words that tell the contract's own from its options. */
const WHOLE_TERM = /\d.*\b(?:extend\w*|extensions?|initial|original|incl\w*|total)\b/i

/** Of words that may mean several things the option that reaches least far, until somebody says which holds. */
function optionsHeld(
  cells: Cells,
  field: OptionCell | TermField,
  start: CivilDate | null,
  end: End,
  { options, others = [], isWhole }: Extract<TermReading, { kind: 'term' }>,
): readonly Period[] | readonly CivilDate[] {
  if (end.kind !== 'dated') return options
  const { latest } = end
  const reached = endsOfOptions(latest, options)
  const words = cells.text(field) ?? ''
  // `5+2+2` of a contract that the first two have brought to its end: the rest is left.
  const [own, after] = options
  const isFirst = own !== undefined && after !== undefined && daysIn(own) > daysIn(after)
  const run = start === null || !isFirst ? -1 : reachedBy(start, latest, options)
  if (run > 0) return options.slice(run + 1)
  const ofContract =
    isWhole !== undefined && start !== null ? dayAfterLengths(start, options) : null
  if (ofContract !== null && isWhole === 'surely') {
    if (ofContract > latest) return [ofContract]
    const problem = 'the whole length does not reach past the end: no option is watched'
    cells.report(field, problem, 'Correct the length or the end.', 'warning')
    return []
  }
  const isBoth =
    ofContract !== null && ofContract > latest && ofContract < (reached.at(-1) ?? latest)
  // `36 + 12` of three years: the first may be the contract itself.
  const [first, second, ...rest] = options
  const isOwn =
    start !== null &&
    first !== undefined &&
    second !== undefined &&
    daysIn(first) > daysIn(second) &&
    Math.abs(daysBetween(start, latest) - daysIn(first)) < 10
  const readings = isBoth
    ? [[ofContract], reached]
    : isOwn
      ? [endsOfOptions(latest, [second, ...rest]), reached]
      : [reached, ...others.map((each) => endsOfOptions(latest, each))]
  if (readings.length > 1 && !cells.isOwn) {
    const problem = isBoth
      ? `of the options, or of the contract with them? The earlier day counts, ${dayText(ofContract)}`
      : 'which lengths its options have is not clear: the shortest counts'
    const ask = latest < cells.today ? undefined : askOptions(cells.name(field), words, readings)
    cells.report(
      field,
      problem,
      'Write its last day, or such as 2 x 12 months.',
      ask ? 'question' : 'warning',
      ask,
    )
  }
  return isBoth ? [ofContract] : isOwn ? [second, ...rest] : options
}

/** The place of the length with which these, one after another from the start, come to the end; else -1. */
function reachedBy(start: CivilDate, end: CivilDate, lengths: readonly Period[]): number {
  return lengths.findIndex((_, at) => {
    return Math.abs(daysBetween(dayAfterLengths(start, lengths.slice(0, at + 1)), end)) < 10
  })
}

/**
 * The extensions with an option that the row's words say was taken. Beside an end that is still ahead
 * nothing says that it was signed: both stand, the earlier warns.
 */
export function withTaken(
  cells: Cells,
  { end, currentEnd }: Ends,
  taken: TakenOption | null,
  extensions: readonly DraftExtension[],
): readonly DraftExtension[] {
  if (taken === null) return extensions
  const { field, words, to, isDay, left } = taken
  const isKnown =
    (currentEnd !== null && currentEnd >= to) || extensions.some((each) => each.to >= to)
  if (isKnown) return extensions
  const extension: DraftExtension = {
    ...{ kind: 'option', status: 'proposed', from: null, to, cost: null, knownOn: null },
    source: sourceOf(cells, field) ?? '',
  }
  if (isDay && (end.kind !== 'dated' || end.latest < cells.today)) {
    return [...extensions, { ...extension, status: 'confirmed' }]
  }
  if (end.kind !== 'dated') return extensions
  const besides = { extensions, maximumEnd: left.at(-1) ?? null, optionEnds: left }
  const ask = askTaken(cells.name(field), words, end.latest, extension, besides)
  const problem = `its words do not say that it was signed: ${end.latest} warns until somebody says so`
  const remedy = 'Write the day to which it was extended as the end, once that is signed.'
  cells.report(field, problem, remedy, 'question', ask)
  return [...extensions, extension]
}

const NO_EXTENSIONS: readonly DraftExtension[] = []

/** Where the latest possible end stands: in its own column, else in one of extensions whose cell says that it is only possible. */
export function latestPossible(cells: Cells): 'maximumEnd' | 'extensionEnd' {
  const isElsewhere = cells.text('maximumEnd') === null && !cells.isOwn
  return isElsewhere && isOnlyPossible(cells.text('extensionEnd') ?? '')
    ? 'extensionEnd'
    : 'maximumEnd'
}

/** The extension that a row tells of, if any. */
export function readExtensions(
  cells: Cells,
  end: End,
  currentEnd: CivilDate | null,
): readonly DraftExtension[] {
  const { columns } = cells
  if (columns.extensionEnd === null && columns.extensionKind === null) return NO_EXTENSIONS
  if (end.kind === 'dated' && latestPossible(cells) === 'extensionEnd') return NO_EXTENSIONS
  const words = cells.text('extensionKind')
  const from = cells.firstDay('extensionStart')
  const ends = cells.date('extensionEnd')
  const to = ends.kind === 'date' ? ends.latest : null
  const cost = cells.amount('extensionCost')?.amount ?? null
  const knownOn = cells.firstDay('extensionAgreed')
  if (to === null) {
    if ((words ?? from ?? cost) !== null && cells.raw('extensionEnd').trim() === '') {
      const remedy = 'Fill in the day on which the extension ends.'
      cells.report('extensionEnd', 'an extension without its end', remedy, 'warning')
    }
    return NO_EXTENSIONS
  }
  const isReversed = from !== null && to < from
  if (isReversed) {
    const remedy = 'Correct the start or the end of the extension.'
    const problem = `the extension ends before it starts, ${from}: it moves nothing`
    cells.report('extensionEnd', problem, remedy, 'warning')
    return NO_EXTENSIONS
  } else if (end.kind === 'dated' && to <= end.latest && currentEnd === null) {
    const remedy = 'Check both dates: such an extension moves nothing.'
    cells.report('extensionEnd', 'the extension does not reach past the end', remedy, 'warning')
  }
  if (ends.kind === 'date' && ends.precision !== 'day') {
    const problem = `only the ${ends.precision} is known: it counts to its last day, ${to}`
    const remedy = 'Write the day, so that no warning comes too late.'
    cells.report('extensionEnd', problem, remedy, 'warning')
  }
  const extension: DraftExtension = {
    kind: words === null ? 'unknown' : extensionKind(words),
    status: readStatus(cells, words),
    from,
    to,
    cost,
    knownOn,
    source: sourceOf(cells, 'extensionEnd') ?? '',
    ...readRecord(cells),
  }
  if (extension.status !== 'confirmed' || isSigned(cells, extension, words)) return [extension]
  if (end.kind !== 'dated' || end.latest < cells.today || to <= end.latest) return [extension]
  if (currentEnd !== null && currentEnd >= to) return [extension]
  // Beside an end that is still ahead nothing says that it was signed: both stand, the earlier warns.
  const heading = cells.columns.extensionEnd?.heading.text ?? ''
  const problem = `${heading} does not say that it was signed: ${end.latest} warns until somebody says so`
  const remedy = 'Say whether it was signed or is the latest possible.'
  const ask = askExtension(heading, end.latest, extension)
  cells.report('extensionEnd', problem, remedy, 'question', ask)
  return [{ ...extension, status: 'proposed' }]
}

/** Whether the row itself says that the extension was agreed. */
function isSigned(cells: Cells, extension: DraftExtension, words: string | null): boolean {
  if (cells.isOwn || extension.knownOn !== null || extension.kind !== 'unknown') return true
  if (extension.cost !== null || extension.from !== null || extension.record !== undefined)
    return true
  const text = `${words ?? ''} ${cells.text('extensionStatus') ?? ''} ${cells.columns.extensionEnd?.heading.key ?? ''}`
  return /\b(?:signed|agreed|confirmed|approved|granted|exercised|taken|executed|awarded)\b/i.test(
    text,
  )
}

function readStatus(cells: Cells, kind: string | null): DraftExtension['status'] {
  const words = `${kind ?? ''} ${cells.text('extensionStatus') ?? ''}`.replace(/\bexpired\b/gi, ' ')
  // One that has expired was one.
  const fate = optionFate(
    withoutLimits(cells.text('extensionEnd') ?? '').replace(/\bexpired\b/gi, ' '),
  )
  if (fate === 'gone' || optionFate(words) === 'gone') return 'withdrawn'
  return fate === 'not-taken' || isUnagreed(words) ? 'proposed' : 'confirmed'
}

/** Under which rule, why, by whom, and what was invoiced; nothing where the row says none of it. */
function readRecord(cells: Cells): { readonly record?: ExtensionRecord } {
  const record: ExtensionRecord = {
    rule: cells.text('extensionRule'),
    grounds: cells.text('extensionGrounds'),
    approver: approverIn(cells),
    noticeReference: cells.text('extensionNotice'),
    invoiced: cells.amount('extensionInvoiced')?.amount ?? null,
  }
  return Object.values(record).every((each) => each === null) ? {} : { record }
}

/** Words such as `TBC` are nobody, and noted. */
function approverIn(cells: Cells): string | null {
  const text = cells.text('extensionApprover')
  if (text === null || !isPlaceholder(text)) return text
  cells.report('extensionApprover', 'this names nobody', 'Name who approved it.', 'note')
  return null
}
