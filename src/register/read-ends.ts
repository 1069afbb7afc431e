/** The ends of a contract in a row: awarded, current, at most, extended. */
import { addDays, addMonths, type CivilDate } from '../domain/civil-date.ts'
import type { End } from '../domain/contract.ts'
import { checkEnd, isSentinel } from './check-end.ts'
import type { DraftExtension, ExtensionRecord } from './draft.ts'
import type { Field } from './headings.ts'
import type { Cells } from './read-cells.ts'
import { extensionKind } from './words.ts'

interface Ends {
  readonly end: End
  readonly endSource: string | null
  readonly currentEnd: CivilDate | null
}

/** The awarded end and the register's own current end, where a row has both. */
export function readEnds(cells: Cells, start: CivilDate | null): Ends {
  const current = endOf(cells, 'currentEnd', start)
  const awarded = endOf(cells, 'end', start, current.kind !== 'dated')
  if (current.kind !== 'undated') return readCurrentEnd(cells, awarded, current)
  if (awarded.kind !== 'undated') {
    return { end: awarded, endSource: sourceOf(cells, 'end'), currentEnd: null }
  }
  const months = start === null ? 0 : cells.months('termMonths')
  if (start === null || months === 0) return { end: awarded, endSource: null, currentEnd: null }
  const last = addDays(addMonths(start, months), -1)
  const counted = `${sourceOf(cells, 'termMonths')}, counted from the start`
  const end: End = { kind: 'dated', earliest: last, latest: last, precision: 'day' }
  return { end, endSource: counted, currentEnd: null }
}

/**
 * A later current end stays apart, as awarded ends are frozen. An earlier one counts in the awarded
 * end's place; so does the only one of both that is a day, and one that says that it has no end:
 * of an awarded end long past nobody would be told.
 */
function readCurrentEnd(cells: Cells, awarded: End, current: End): Ends {
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

function endOf(cells: Cells, field: Field, start: CivilDate | null, wantsRolling = true): End {
  const { end, finding } = checkEnd(cells.date(field), start)
  if (finding !== null && (wantsRolling || end.kind !== 'rolling')) {
    cells.report(field, finding.problem, finding.remedy, finding.severity)
  }
  return end
}

function sourceOf(cells: Cells, field: Field): string | null {
  const column = cells.columns[field]
  return column === null ? null : `column "${column.heading.text}"`
}

/** The day past which no option reaches: written, or counted from the end in months. */
export function readMaximumEnd(cells: Cells, start: CivilDate | null, end: End): CivilDate | null {
  const written = cells.lastDay('maximumEnd')
  if (written !== null) {
    if (isSentinel(written, start)) return null
    if (end.kind !== 'dated' || written >= end.latest) return written
    const remedy = 'Correct the maximum end or the end; until then no option is watched.'
    cells.report('maximumEnd', 'the maximum end lies before the end', remedy, 'warning')
    return null
  }
  if (end.kind !== 'dated') return null
  const months = cells.months('extensionMonths') + cells.months('secondExtensionMonths')
  // Counted from the day after, so that the end of a month stays the end of a month.
  return months === 0 ? null : addDays(addMonths(addDays(end.latest, 1), months), -1)
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
  if (to === null) {
    if ((words ?? from ?? cost) !== null && cells.raw('extensionEnd').trim() === '') {
      const remedy = 'Fill in the day on which the extension ends.'
      cells.report('extensionEnd', 'an extension without its end', remedy, 'warning')
    }
    return NO_EXTENSIONS
  }
  if (from !== null && to < from) {
    const remedy = 'Correct the start or the end of the extension.'
    cells.report('extensionEnd', `the extension ends before it starts, ${from}`, remedy, 'error')
  } else if (end.kind === 'dated' && to <= end.latest && currentEnd === null) {
    const remedy = 'Check both dates: such an extension moves nothing.'
    cells.report('extensionEnd', 'the extension does not reach past the end', remedy, 'warning')
  }
  if (ends.kind === 'date' && ends.precision !== 'day') {
    const problem = `only the ${ends.precision} is known: it counts to its last day, ${to}`
    const remedy = 'Write the day, so that no warning comes too late.'
    cells.report('extensionEnd', problem, remedy, 'warning')
  }
  const source = sourceOf(cells, 'extensionEnd') ?? ''
  return [
    {
      kind: words === null ? 'unknown' : extensionKind(words),
      status: readStatus(cells, words),
      from,
      to,
      cost,
      knownOn: cells.firstDay('extensionAgreed'),
      source,
      ...readRecord(cells),
    },
  ]
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
    invoiced: cells.amount('extensionInvoiced', 'warning')?.amount ?? null,
  }
  return Object.values(record).every((each) => each === null) ? {} : { record }
}
