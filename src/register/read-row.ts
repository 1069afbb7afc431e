/** One row of a register into a draft, or into what is wrong with it. */
import { addDays, addMonths, type CivilDate } from '../domain/civil-date.ts'
import type { End, ValueBasis, VatState } from '../domain/contract.ts'
import type { Decimal } from '../domain/money.ts'
import { checkEnd, type EndCheck, isSentinel } from './check-end.ts'
import { namesIn } from './clean-text.ts'
import type { Columns } from './columns.ts'
import type { Row } from './csv-scan.ts'
import type { Draft, DraftExtension, Problem, ReadItem } from './draft.ts'
import type { Field } from './headings.ts'
import { readCurrency } from './read-amount.ts'
import { Cells, type TableReading } from './read-cells.ts'
import {
  extensionKind,
  formOf,
  isClosed,
  regimeOf,
  routeOf,
  vatRecovery,
  vatState,
  yesOrNo,
} from './words.ts'

const NO_WARNINGS: readonly Problem[] = []

/**
 * A reader of rows below these headings. It gives null for a blank row, `skipped` for totals,
 * notes and repeated headings, `rejected` for a row with any error, else the draft.
 */
export function rowReader(table: TableReading): (row: Row) => ReadItem | null {
  const { columns } = table
  const cells = new Cells(table)
  const width = columns.headings.length
  return (row) => {
    const filled = filledCells(row)
    if (filled === 0) return null
    const at = String(row.line)
    cells.begin(row)
    if (row.cells.length > width && row.cells.slice(width).some((cell) => cell.trim() !== '')) {
      return { kind: 'rejected', problems: [tooManyCells(row, width)] }
    }
    const why = noContract(row, filled, columns)
    if (why !== null) return { kind: 'skipped', at, why }
    const draft = readDraft(cells, at)
    const { problems } = cells
    if (problems.length === 0) return { kind: 'draft', draft, warnings: NO_WARNINGS }
    const rejected = problems.some(({ severity }) => severity === 'error')
    return rejected ? { kind: 'rejected', problems } : { kind: 'draft', draft, warnings: problems }
  }
}

/** How many cells hold something: counted up to two, more does not matter. */
function filledCells(row: Row): number {
  let filled = 0
  for (const cell of row.cells) {
    if (cell !== '' && cell.trim() !== '' && ++filled === 2) break
  }
  return filled
}

function noContract(row: Row, filled: number, columns: Columns): string | null {
  const first = row.cells.find((cell) => cell.trim() !== '') ?? ''
  if (
    /^\s*(?:grand |sub[- ]?)?totals?\b/i.test(first) &&
    columns.all.every(({ field, index }) => {
      return (
        !SAYING.has(field) || (row.cells[index] ?? '').trim() === '' || row.cells[index] === first
      )
    })
  )
    return 'a row of totals'
  if (filled === 1 && columns.headings.length >= 4) return 'a note: only one cell is filled'
  let equal = 0
  for (const { index, heading } of columns.all) {
    if (row.cells[index]?.trim() !== heading.text) break
    equal++
  }
  return equal === columns.all.length ? 'the headings again' : null
}
const SAYING: ReadonlySet<Field> = new Set(['reference', 'title', 'supplier', 'start', 'end'])

function tooManyCells(row: Row, width: number): Problem {
  return {
    at: String(row.line),
    reference: null,
    field: null,
    value: row.cells.slice(width).join(', ').slice(0, 200),
    problem: `the row has ${row.cells.length} cells, the headings ${width}`,
    remedy: 'Put quotation marks around the cell that holds the separator.',
    severity: 'error',
  }
}

function readDraft(cells: Cells, at: string): Draft {
  const { columns } = cells
  const ocid = cells.text('ocid')
  const reference = cells.text('reference') ?? ocid
  cells.reference = reference
  const title = cells.text('title')
  const supplier = namesOf(cells, 'supplier').join('; ') || null
  if (reference === null && title === null && supplier === null) {
    const remedy = 'Fill in a reference, a title or a supplier.'
    cells.report(null, 'there is nothing to call the contract by', remedy, 'error')
  }
  const start = cells.firstDay('start')
  const { end, endSource, currentEnd } = readEnds(cells, start)
  const contractType = columns.contractType === null ? null : cells.text('contractType')
  const route = cells.text('route')
  const regime = cells.text('regime')
  const form = cells.text('form') ?? contractType
  const owner = cells.text('owner')
  const status = cells.text('status')
  return {
    at,
    reference,
    lot: cells.text('lot'),
    ocid,
    awardOrContractId: null,
    title,
    buyers: namesOf(cells, 'buyer'),
    supplier,
    reseller: cells.text('reseller'),
    department: cells.text('department'),
    team: cells.text('team'),
    owner,
    ownerEmail: cells.text('ownerEmail') ?? (owner?.includes('@') ? owner : null),
    deputy: cells.text('deputy'),
    category: cells.text('category'),
    categoryLead: cells.text('categoryLead'),
    form: (form === null ? null : formOf(form)) ?? 'contract',
    start,
    end,
    endSource,
    maximumEnd: readMaximumEnd(cells, start, end),
    currentEnd,
    extensions: readExtensions(cells, end, currentEnd),
    noticePeriod: cells.period('noticePeriod'),
    automaticRenewal: readAutomaticRenewal(cells),
    renewalTerm: cells.period('renewalTerm'),
    reviewOn: cells.firstDay('review', 'warning'),
    regime: regime === null ? null : regimeOf(regime),
    route: routeOf(route ?? contractType ?? ''),
    products: namesOf(cells, 'products'),
    units: cells.amount('units', 'warning')?.amount ?? null,
    unitPrice: cells.amount('unitPrice', 'warning')?.amount ?? null,
    ...readValue(cells),
    predecessor: cells.text('predecessor'),
    successor: cells.text('successor'),
    closed: status !== null && isClosed(status),
  }
}

function namesOf(cells: Cells, field: Field): string[] {
  const text = cells.text(field)
  if (text === null) return []
  if (!/[[|;]/.test(text)) return [text]
  const part = cells.columns[field]?.heading.packed?.findIndex((name) => name.includes('name')) ?? 0
  return namesIn(text, Math.max(0, part))
}

function readEnds(
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

function readMaximumEnd(cells: Cells, start: CivilDate | null, end: End): CivilDate | null {
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

function readExtensions(
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
      status: /\b(?:proposed|requested|not (?:yet )?(?:agreed|signed))\b/i.test(words ?? '')
        ? 'proposed'
        : 'confirmed',
      from,
      to,
      cost,
      knownOn: cells.firstDay('extensionAgreed'),
      source,
    },
  ]
}

function readAutomaticRenewal(cells: Cells): boolean | null {
  const text = cells.text('automaticRenewal')
  const answer = text === null ? null : yesOrNo(text)
  if (text !== null && answer === null) {
    cells.report('automaticRenewal', 'neither yes nor no', 'Write yes or no.', 'warning')
  }
  return answer
}

interface Value {
  readonly value: Decimal | null
  readonly valueBasis: ValueBasis
  readonly vat: VatState
  readonly vatRecoverable: Draft['vatRecoverable']
  readonly currency: string
}

const VALUES = [
  ['value', null],
  ['maximumValue', 'maximum'],
  ['annualValue', 'annual'],
] as const

/** The first of the value columns that says something, with its basis and what it says of tax. */
function readValue(cells: Cells): Value {
  const { vat: vatColumn, vatRecoverable: recovery, currency: currencyColumn } = cells.columns
  const vatText = vatColumn === null ? null : cells.text('vat')
  const recoveryText = recovery === null ? null : cells.text('vatRecoverable')
  const currencyText = currencyColumn === null ? null : cells.text('currency')
  const currency = currencyText === null ? null : readCurrency(currencyText)
  if (currencyText !== null && currency === null) {
    cells.report('currency', 'this currency is not known', 'Write its code, such as GBP.', 'error')
  }
  for (const [field, basis] of VALUES) {
    const amount = cells.amount(field)
    const heading = cells.columns[field]?.heading
    if (amount === null || heading === undefined) continue
    return {
      value: amount.amount,
      valueBasis: amount.annual ? 'annual' : (basis ?? basisOf(heading.key)),
      vat:
        vatText !== null && vatColumn !== null
          ? vatState(vatText, vatColumn.heading.key)
          : (heading.vat ?? amount.vat ?? (heading.key === AWARD_VALUE ? 'net' : 'unknown')),
      vatRecoverable: recoveryOf(recoveryText, recovery?.heading.key),
      currency: currency ?? amount.currency ?? heading.currency ?? 'GBP',
    }
  }
  return {
    value: null,
    valueBasis: 'unknown',
    vat: 'unknown',
    vatRecoverable: recoveryOf(recoveryText, recovery?.heading.key),
    currency: currency ?? 'GBP',
  }
}

/** Atamis's export: without VAT, with every option (domain facts, section 4). */
const AWARD_VALUE = 'contract award value'

function basisOf(key: string): ValueBasis {
  if (key === AWARD_VALUE) return 'maximum'
  return /total|lifetime|whole life|original|awarded|contract value|sum to be paid/.test(key)
    ? 'committed'
    : 'unknown'
}

function recoveryOf(text: string | null, question: string | undefined): Draft['vatRecoverable'] {
  return text === null ? 'unknown' : vatRecovery(text, question ?? '')
}
