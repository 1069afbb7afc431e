/** The ends of a contract in a row: awarded, current, at most, extended. */
import { addDays, addMonths, type CivilDate } from '../domain/civil-date.ts'
import type { End } from '../domain/contract.ts'
import { checkEnd, type EndCheck, isSentinel } from './check-end.ts'
import type { DraftExtension, ExtensionRecord } from './draft.ts'
import type { Field } from './headings.ts'
import type { Cells } from './read-cells.ts'
import { extensionKind } from './words.ts'

/** The awarded end and the register's own current end, where a row has both. */
export function readEnds(
  cells: Cells,
  start: CivilDate | null,
): { end: End; endSource: string | null; currentEnd: CivilDate | null } {
  const awarded = endOf(cells, 'end', start)
  const current = endOf(cells, 'currentEnd', start)
  if (awarded.end.kind !== 'undated') {
    const source = sourceOf(cells, 'end')
    if (current.end.kind !== 'dated')
      return { end: awarded.end, endSource: source, currentEnd: null }
    const currentEnd = current.end.latest
    if (awarded.end.kind === 'dated' && currentEnd < awarded.end.earliest) {
      const remedy = 'Check which of the two is right; the earlier one warns.'
      cells.report('currentEnd', 'the current end lies before the awarded end', remedy, 'warning')
    }
    return { end: awarded.end, endSource: source, currentEnd }
  }
  if (current.end.kind !== 'undated') {
    return { end: current.end, endSource: sourceOf(cells, 'currentEnd'), currentEnd: null }
  }
  const months = start === null ? 0 : cells.months('termMonths')
  if (start === null || months === 0) return { end: awarded.end, endSource: null, currentEnd: null }
  const last = addDays(addMonths(start, months), -1)
  const counted = `${sourceOf(cells, 'termMonths')}, counted from the start`
  const end: End = { kind: 'dated', earliest: last, latest: last, precision: 'day' }
  return { end, endSource: counted, currentEnd: null }
}

function endOf(cells: Cells, field: Field, start: CivilDate | null): EndCheck {
  const check = checkEnd(cells.date(field), start)
  if (check.finding !== null) {
    cells.report(field, check.finding.problem, check.finding.remedy, check.finding.severity)
  }
  return check
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
  const to = cells.lastDay('extensionEnd')
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
