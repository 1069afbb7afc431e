/** When a contract of a register ends, how far its options reach, and what extended it. */
import {
  addDays,
  type CivilDate,
  daysBetween,
  dayText,
  lastOfMonths,
  later,
} from '../rules/civil-date.ts'
import type { End, Period, PeriodUnit } from '../rules/contract.ts'
import { periodText } from '../rules/working-days.ts'
import type { Field } from './column-names.ts'
import type { Draft, DraftExtension, ExtensionRecord } from './draft.ts'
import { lengthsIn, readOptions, readTerm, type TermReading } from './parse-amount.ts'
import type { Cells } from './parse-cells.ts'
import { checkEnd, type DateReading, dayOfYearIn, isSentinel } from './parse-date.ts'
import { extensionKind } from './parse-words.ts'
import {
  askBeforeStart,
  askExtension,
  askIsDay,
  askLength,
  askMaximum,
  askTerm,
  askUnread,
  askWhichColumn,
  askWhichDay,
  askWhichEnd,
} from './questions.ts'

export interface Ends {
  readonly end: End
  readonly endSource: string | null
  readonly currentEnd: CivilDate | null
  /** Lengths that the column of its term gives besides: counted from the end. */
  readonly options: readonly Period[]
  /** There where no other end is given than the latest possible. */
  readonly endIsMaximum?: true
  /** There where its words say that it goes on from term to term. */
  readonly rolls?: Rolling
}

/** What the words of an end say of the terms from one to the next of which it goes on. */
export interface Rolling {
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
  const other = endOf(cells, 'otherEnd', start)
  const isElsewhere =
    current.kind !== 'undated' ||
    other.kind !== 'undated' ||
    cells.text('termMonths') !== null ||
    cells.text('otherTerm') !== null ||
    (['maximumEnd', 'extensionEnd', 'rollsFrom'] as const).some(
      (field) => cells.dateIn(field).kind === 'date',
    )
  const awarded = endOf(cells, 'end', start, current.kind !== 'dated', isElsewhere)
  const endSource = awarded.kind === 'undated' ? null : sourceOf(cells, 'end')
  const found: Ends =
    current.kind !== 'undated'
      ? { ...readCurrentEnd(cells, awarded, current), options: NO_OPTIONS }
      : ((awarded.kind === 'undated' ? readTermEnd(cells, start) : null) ?? {
          end: awarded,
          endSource,
          currentEnd: null,
          options: NO_OPTIONS,
        })
  const given = orMaximum(cells, withOther(cells, found, other), start)
  const ends = given.end.kind === 'undated' ? orRenewal(cells, given, start) : given
  tellImprecise(cells, ends, start)
  // What an export of ours says of its terms stands in columns of their own.
  const rolls = ends.end.kind === 'rolling' && !cells.isOwn ? rollsIn(cells) : null
  return rolls === null ? ends : { ...ends, rolls }
}

const ROLLS_IN = ['currentEnd', 'end', 'otherEnd', 'termMonths', 'otherTerm'] as const

/** What the row says of its terms, where it goes on from one to the next. */
function rollsIn(cells: Cells): Rolling | null {
  for (const field of ROLLS_IN) {
    const reading = cells.dateIn(field)
    if (reading.kind !== 'rolling' || reading.rolls === undefined) continue
    const words = cells.text(field) ?? ''
    return { words, ...termsIn(words, reading.rolls.from, cells.today) }
  }
  return null
}

const EACH: readonly (readonly [RegExp, Period])[] = [
  [/\b(?:half[- ]?year|six[- ]month|bi-?annual)/i, { amount: 6, unit: 'months' }],
  [/\b(?:annual|year|per annum|p\.?a\.?\b)/i, { amount: 12, unit: 'months' }],
  [/\bquarter/i, { amount: 3, unit: 'months' }],
  [/\bmonth/i, { amount: 1, unit: 'months' }],
  [/\bweek/i, { amount: 1, unit: 'weeks' }],
]

const NOTICE_IN =
  /\b(?:\d{1,4}|[a-z]+(?:-[a-z]+)?)(?: \(\d+\))?[ -]*(?:(?:calendar|working|business) )?(?:days?|weeks?|months?|mths?|years?|yrs?)['’]?s?['’]?(?: (?:written|prior|advance|clear))* notice\b|\bnotice(?: period)?(?: of|:)? *(?:\d{1,4}|[a-z]+)[ -]*(?:(?:calendar|working|business) )?(?:days?|weeks?|months?|years?)\b/i

/** `Rolling 12 months, 3 months' notice`: what is about the terms, and what about the notice. */
function termsIn(words: string, from: CivilDate | null, today: CivilDate): Omit<Rolling, 'words'> {
  const notice = NOTICE_IN.exec(words)?.[0] ?? null
  const rest = notice === null ? words : words.replace(notice, ' ')
  const inYear = dayOfYearIn(rest, today)
  const said = lengthsIn(rest)[0] ?? EACH.find(([each]) => each.test(rest))?.[1] ?? null
  const term = said ?? (inYear === null ? null : ({ amount: 12, unit: 'months' } as const))
  return { term, from: from ?? inYear, notice }
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
  const { end } = checkEnd(cells.dateIn('rollsFrom'), start)
  if (end.kind !== 'dated' || end.precision !== 'day' || end.latest < cells.today) return ends
  return { ...ends, end, endSource: sourceOf(cells, 'rollsFrom') }
}

/** An end known to the month, quarter or year, or one of two days: which it is would move every date. */
function tellImprecise(
  cells: Cells,
  { end, currentEnd, endSource }: Ends,
  start: CivilDate | null,
): void {
  if (cells.isOwn || end.kind !== 'dated') return
  if (currentEnd !== null || end.latest < cells.today) return
  const field = (['end', 'currentEnd', 'otherEnd', 'maximumEnd'] as const).find(
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
    const second = { kind: 'dated', earliest: last, latest: last, precision: 'day' } as const
    const ask = askWhichEnd(words, first, second, end)
    const problem = `two days stand here: ${end.earliest} warns until somebody says which holds`
    cells.report(field, problem, 'Write the one that holds.', 'question', ask)
  }
  if (end.precision === 'day') return
  const problem = `only the ${end.precision} is known: warnings count to its first day, ${dayText(end.earliest)}, and it is overdue after ${dayText(end.latest)}`
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
  const words = cells.text(field)
  if (words === null) return false
  const day = cells.dateIn(field)
  if (day.kind === 'rolling' || (day.kind === 'date' && day.precision === 'day')) return true
  return readTerm(words, termUnit(cells, field)).kind === 'term'
}

function termUnit(cells: Cells, field: TermField): PeriodUnit | null {
  const inKey = cells.columns[field]?.heading.key.includes('month') ? 'months' : null
  return cells.unit(field) ?? inKey
}

function termEndIn(cells: Cells, field: TermField, start: CivilDate | null): Ends | null {
  const words = cells.text(field)
  if (words === null) return null
  const day = cells.dateIn(field)
  const source = `${sourceOf(cells, field)}, counted from the start`
  if (day.kind === 'rolling' || (day.kind === 'date' && day.precision === 'day')) {
    const { end } = checkEnd(day, start)
    return { end, endSource: sourceOf(cells, field), currentEnd: null, options: NO_OPTIONS }
  }
  const reading = readTerm(words, termUnit(cells, field))
  if (reading.kind === 'nil') return null
  if (start === null) {
    const problem = 'a length without a start: no end is known'
    cells.report(field, problem, 'Fill in the start or the end.', 'warning')
    return null
  }
  const ends = (term: TermReading): Pick<Ends, 'end' | 'options'> | null => {
    if (term.kind !== 'term') return null
    const last = dayAfterLengths(start, term.base)
    const end: End = { kind: 'dated', earliest: last, latest: last, precision: 'day' }
    return { end, options: term.options }
  }
  const read = ends(reading)
  if (read !== null) return { ...read, endSource: source, currentEnd: null }
  if (reading.kind !== 'bad') return null
  const says = (unit: PeriodUnit): Partial<Draft> | null => {
    const found = ends(readTerm(words, unit, true))
    if (found === null || found.end.kind !== 'dated') return null
    const optionEnds = endsOfOptions(found.end.latest, found.options)
    return { end: found.end, endSource: source, maximumEnd: optionEnds.at(-1) ?? null }
  }
  const [years, months] = [says('years'), says('months')]
  const heading = cells.name(field)
  const ask = years && months ? askTerm(words, 'term', heading, years, months) : undefined
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
  const { earliest, latest, precision } = current
  const apart = { end: awarded, endSource: sourceOf(cells, 'end') }
  if (precision === 'day') return { ...apart, currentEnd: latest }
  // It may be any of these days, the awarded end among them.
  if (earliest <= awarded.latest) return { ...apart, currentEnd: null }
  const problem = `only the ${precision} is known: warnings count to its first day, ${earliest}`
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
  const unread = (words: string) => askUnread(cells.name(field), words)
  const reading = cells.date(field, 'warning', isElsewhere ? undefined : unread)
  const { end, finding } = checkEnd(ofTwoDays(reading, start, cells.today), start)
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
}

/** The day past which no option reaches: written, or counted from the end; and each option's own. */
export function readOptionsOf(
  cells: Cells,
  start: CivilDate | null,
  end: End,
  ofTerm: readonly Period[],
): OptionsRead {
  const read = readReach(cells, start, end, ofTerm)
  const inCell = OPTION_CELLS.map((field) => exerciseBy(cells, field, end)?.by ?? null)
  const optionBy = [cells.firstDay('optionBy'), ...inCell].reduce((first, day) =>
    first === null || (day !== null && day < first) ? day : first,
  )
  return { ...read, optionBy }
}

const OPTION_CELLS = ['extensionMonths', 'secondExtensionMonths'] as const
type OptionCell = (typeof OPTION_CELLS)[number]

const EXERCISE =
  /\b(?:(?:to be |must be |if )?exercis\w*|notif\w*|(?:give |with )?notice|decision|decid\w*|elect\w*|serv(?:e|ed)|trigger\w*|tak(?:e|en) up|opt(?:ion)? by|by|before|no later than|deadline)\b/i

/** `12 months, exercise by 30/09/2026`: the day by which, and what stands there besides; null where it says none. */
function exerciseBy(
  cells: Cells,
  field: OptionCell,
  end: End,
): { readonly by: CivilDate; readonly rest: string } | null {
  const words = cells.text(field)
  const found = words === null ? null : EXERCISE.exec(words)
  if (words === null || found === null) return null
  const tail = words.slice(found.index + found[0].length)
  const reading = cells.dateInPart(
    field,
    tail.replace(/^\W*(?:by|before|on|until|no later than|is)\b/i, ''),
  )
  if (reading.kind !== 'date' || reading.precision !== 'day') return null
  if (end.kind === 'dated' && reading.earliest > end.latest) return null
  const left = words.slice(0, found.index).replace(/[\s,;:(–-]+$/, '')
  return {
    by: reading.earliest,
    rest: left === '' ? lengthsIn(tail).map(periodText).join(' + ') : left,
  }
}

function readReach(
  cells: Cells,
  start: CivilDate | null,
  end: End,
  ofTerm: readonly Period[],
): Omit<OptionsRead, 'optionBy'> {
  const none = { maximumEnd: null, optionEnds: [] }
  const written = cells.lastDay('maximumEnd')
  if (written !== null) {
    if (isSentinel(written, start)) return none
    if (end.kind !== 'dated' || written >= end.latest) return { ...none, maximumEnd: written }
    const remedy = 'Correct the maximum end or the end; until then no option is watched.'
    cells.report('maximumEnd', 'the maximum end lies before the end', remedy, 'warning')
    return none
  }
  const options: Period[] = [...ofTerm]
  for (const field of OPTION_CELLS) {
    const found = readOptionCell(cells, field, start, end)
    if (found === null) continue
    if (!Array.isArray(found)) return { ...none, maximumEnd: found as CivilDate }
    options.push(...(found as Period[]))
  }
  if (end.kind !== 'dated' || options.length === 0) return none
  const optionEnds = endsOfOptions(end.latest, options)
  const maximumEnd = optionEnds.at(-1) ?? null
  return maximumEnd === null || maximumEnd <= end.latest ? none : { maximumEnd, optionEnds }
}

/** The options of a cell, or the day to which they reach; null where it says none. */
function readOptionCell(
  cells: Cells,
  field: OptionCell,
  start: CivilDate | null,
  end: End,
): Period[] | CivilDate | null {
  const exercise = exerciseBy(cells, field, end)
  const words = exercise?.rest ?? cells.text(field)
  if (words === null) return null
  const day = exercise === null ? cells.dateIn(field) : cells.dateInPart(field, words)
  if (day.kind === 'date' && !/^\d{1,4}$/.test(words)) {
    if (end.kind === 'dated' && day.latest <= end.latest) {
      const problem = 'the option does not reach past the end'
      cells.report(field, problem, 'Correct the option or the end.', 'warning')
      return null
    }
    return isSentinel(day.latest, start) ? null : day.latest
  }
  const heading = cells.columns[field]?.heading
  const unit =
    heading?.unit ?? (/month|period|extension/.test(heading?.key ?? '') ? 'months' : null)
  const reading = readOptions(words, unit)
  if (reading.kind === 'nil') return null
  if (reading.kind === 'term') return [...reading.options]
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

const NO_EXTENSIONS: readonly DraftExtension[] = []

/** The extension that a row tells of, if any. */
export function readExtensions(
  cells: Cells,
  end: End,
  currentEnd: CivilDate | null,
): readonly DraftExtension[] {
  const { columns } = cells
  if (columns.extensionEnd === null && columns.extensionKind === null) return NO_EXTENSIONS
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
  const words = `${kind ?? ''} ${cells.text('extensionStatus') ?? ''}`
  if (/\b(?:withdrawn|cancelled|canceled)\b/i.test(words)) return 'withdrawn'
  return /\b(?:proposed|requested|not (?:yet )?(?:agreed|signed))\b/i.test(words)
    ? 'proposed'
    : 'confirmed'
}

/** Under which rule, why, by whom, and what was invoiced; nothing where the row says none of it. */
function readRecord(cells: Cells): { readonly record?: ExtensionRecord } {
  const record: ExtensionRecord = {
    rule: cells.text('extensionRule'),
    grounds: cells.text('extensionGrounds'),
    approver: cells.text('extensionApprover'),
    noticeReference: cells.text('extensionNotice'),
    invoiced: cells.amount('extensionInvoiced')?.amount ?? null,
  }
  return Object.values(record).every((each) => each === null) ? {} : { record }
}
