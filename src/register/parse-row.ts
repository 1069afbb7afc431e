/** One row of a register into a draft, or into what is wrong with it. */
import { addDays, addMonths, type CivilDate } from '../rules/civil-date.ts'
import { type End, VALUE_BASES, type ValueBasis, type VatState } from '../rules/contract.ts'
import { type Decimal, isNothing } from '../rules/money.ts'
import type { ChargeUnit } from '../rules/premium.ts'
import type { Columns } from './column-mapping.ts'
import type { Field } from './column-names.ts'
import type {
  Draft,
  DraftExtension,
  DraftPrices,
  ExtensionRecord,
  Problem,
  ReadItem,
  UnitTerms,
} from './draft.ts'
import type { RegisterRow } from './formats/csv-rows.ts'
import { readCurrency } from './parse-amount.ts'
import { Cells, type TableReading } from './parse-cells.ts'
import { checkEnd, isSentinel } from './parse-date.ts'
import {
  extensionKind,
  formOf,
  isClosed,
  namesIn,
  quotedNames,
  regimeOf,
  routeOf,
  vatRecovery,
  vatState,
  yesOrNo,
} from './parse-words.ts'

const NO_WARNINGS: readonly Problem[] = []

/**
 * A reader of rows below these headings. It gives null for a blank row, `skipped` for totals,
 * notes and repeated headings, `rejected` for a row with any error, else the draft.
 */
export function rowReader(table: TableReading): (row: RegisterRow) => ReadItem | null {
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
function filledCells(row: RegisterRow): number {
  let filled = 0
  for (const cell of row.cells) {
    if (cell !== '' && cell.trim() !== '' && ++filled === 2) break
  }
  return filled
}

function noContract(row: RegisterRow, filled: number, columns: Columns): string | null {
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

function tooManyCells(row: RegisterRow, width: number): Problem {
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
    ...named(cells, 'identity'),
    ...named(cells, 'deputyEmail'),
    ...named(cells, 'categoryLeadEmail'),
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
    automaticRenewal: readYesOrNo(cells, 'automaticRenewal'),
    renewalTerm: cells.period('renewalTerm'),
    reviewOn: cells.firstDay('review', 'warning'),
    ...readPersonalData(cells),
    regime: regime === null ? null : regimeOf(regime),
    route: routeOf(route ?? contractType ?? ''),
    products: namesOf(cells, 'products'),
    units: cells.amount('units', 'warning')?.amount ?? null,
    unitPrice: cells.amount('unitPrice', 'warning')?.amount ?? null,
    ...readValue(cells),
    ...readPrices(cells),
    ...readUnitTerms(cells),
    ...parentOf(cells.text('parent')),
    predecessor: cells.text('predecessor'),
    successor: cells.text('successor'),
    closed: status !== null && isClosed(status),
  }
}

function parentOf(parent: string | null): Pick<Draft, 'parent'> {
  return parent === null ? {} : { parent }
}

function namesOf(cells: Cells, field: Field): string[] {
  const text = cells.text(field)
  if (text === null) return []
  const quoted = cells.isOwn ? quotedNames(text) : null
  if (quoted !== null) return quoted
  if (!/[[|;]/.test(text)) return [text]
  const part = cells.columns[field]?.heading.packed?.findIndex((name) => name.includes('name')) ?? 0
  return namesIn(text, Math.max(0, part))
}

/** There only where the row says it, so that other registers read as before. */
function named<Name extends 'identity' | 'deputyEmail' | 'categoryLeadEmail'>(
  cells: Cells,
  field: Name,
): { readonly [name in Name]?: string } {
  const text = cells.text(field)
  return text === null ? {} : ({ [field]: text } as { readonly [name in Name]?: string })
}

/**
 * There only where the row says it. An assessment that was made tells of personal data; that none
 * was made does not tell that there is none.
 */
function readPersonalData(cells: Cells): { readonly personalData?: boolean } {
  const answer = readYesOrNo(cells, 'personalData')
  const heading = cells.columns.personalData?.heading.key ?? ''
  const isAssessment = /dpia|assessment/.test(heading)
  return answer === null || (isAssessment && !answer) ? {} : { personalData: answer }
}

function readYesOrNo(cells: Cells, field: Field): boolean | null {
  const text = cells.text(field)
  const answer = text === null ? null : yesOrNo(text)
  if (text !== null && answer === null) {
    cells.report(field, 'neither yes nor no', 'Write yes or no.', 'warning')
  }
  return answer
}

interface Ends {
  readonly end: End
  readonly endSource: string | null
  readonly currentEnd: CivilDate | null
}

/** The awarded end and the register's own current end, where a row has both. */
function readEnds(cells: Cells, start: CivilDate | null): Ends {
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

/** The extension that a row tells of, if any. */
function readExtensions(
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

/** Nothing where the row says none of it; 0 says nothing either, but in an export of ours. */
function readPrices(cells: Cells): { readonly prices?: DraftPrices } {
  const prices: DraftPrices = {
    ...readCharge(cells),
    invoicedLastYear: amount(cells, 'invoicedLastYear'),
    oneOffCharges: amount(cells, 'oneOffCharges'),
    minimumExtension: cells.period('minimumExtension'),
  }
  return Object.values(prices).every((each) => each === null) ? {} : { prices }
}

function readCharge(cells: Cells): Pick<DraftPrices, 'periodicCharge' | 'chargeUnit'> {
  const none = { periodicCharge: null, chargeUnit: null }
  const charge = cells.amount('periodicCharge', 'warning')
  if (charge === null || (isNothing(charge.amount) && !cells.isOwn)) return none
  const periodicCharge = charge.amount
  const words = cells.text('chargeUnit')
  const heading = cells.columns.periodicCharge?.heading.key ?? ''
  const chargeUnit = charge.annual ? 'year' : chargeUnitOf(words ?? heading)
  if (chargeUnit !== null) return { periodicCharge, chargeUnit }
  const remedy = 'Write month, quarter or year into a column "Charge unit".'
  const field = words === null ? 'periodicCharge' : 'chargeUnit'
  cells.report(field, 'what the charge is for is not said', remedy, 'warning')
  return none
}

/** Nothing where the row says none of it. The time is in its own column or in the price's heading. */
function readUnitTerms(cells: Cells): { readonly unitTerms?: UnitTerms } {
  const words = cells.text('unitPricePer') ?? cells.columns.unitPrice?.heading.key ?? ''
  const edition = cells.text('edition')
  const unitPricePer = cells.text('unitPrice') === null ? null : chargeUnitOf(words)
  return edition === null && unitPricePer === null ? {} : { unitTerms: { edition, unitPricePer } }
}

/** `monthly`, `per quarter`, `Annual`, `every week`; null where the words name no unit. */
function chargeUnitOf(words: string): ChargeUnit | null {
  const unit = /\b(?:(dai|day)|(week)|(month|p\.?m\b)|(quarter)|(annu|year|p\.?a\b))/i.exec(words)
  if (!unit) return null
  const [, day, week, month, quarter] = unit
  if (day) return 'day'
  if (week) return 'week'
  if (month) return 'month'
  return quarter ? 'quarter' : 'year'
}

function amount(cells: Cells, field: 'invoicedLastYear' | 'oneOffCharges'): Decimal | null {
  const said = cells.amount(field, 'warning')?.amount ?? null
  return said === null || (isNothing(said) && !cells.isOwn) ? null : said
}

/** What a row says of money, and of the tax in it. */
export interface Value {
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

/**
 * The first of the value columns that says something, with its basis and what it says of tax. A
 * value of 0 says nothing: spread over months it would make the whole of a rollover a premium.
 */
function readValue(cells: Cells): Value {
  const { vat: vatColumn, vatRecoverable: recovery, currency: currencyColumn } = cells.columns
  const vatText = vatColumn === null ? null : cells.text('vat')
  const recoveryText = recovery === null ? null : cells.text('vatRecoverable')
  const currencyText = currencyColumn === null ? null : cells.text('currency')
  const currency = currencyText === null ? null : readCurrency(currencyText)
  if (currencyText !== null && currency === null) {
    cells.report('currency', 'this currency is not known', 'Write its code, such as GBP.', 'error')
  }
  const saidBasis = basisSaid(cells)
  for (const [field, basis] of VALUES) {
    const amount = cells.amount(field)
    const heading = cells.columns[field]?.heading
    if (amount === null || heading === undefined) continue
    if (isNothing(amount.amount) && !cells.isOwn) continue
    return {
      value: amount.amount,
      valueBasis: saidBasis ?? (amount.annual ? 'annual' : (basis ?? basisOf(heading.key))),
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
    valueBasis: saidBasis ?? 'unknown',
    vat: 'unknown',
    vatRecoverable: recoveryOf(recoveryText, recovery?.heading.key),
    currency: currency ?? 'GBP',
  }
}

/** From a column of its own, which goes before the heading of the value. */
function basisSaid(cells: Cells): ValueBasis | null {
  if (cells.columns.valueBasis === null) return null
  const text = cells.text('valueBasis')?.toLowerCase() ?? 'unknown'
  return VALUE_BASES.find((basis) => basis === text) ?? null
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
