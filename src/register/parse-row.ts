/** One row of a register into a draft, or into what is wrong with it. */
import { addDays, addMonths, type CivilDate } from '../rules/civil-date.ts'
import {
  type End,
  type Period,
  type PeriodUnit,
  VALUE_BASES,
  type ValueBasis,
  type VatState,
} from '../rules/contract.ts'
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
import {
  readCurrency,
  readOptions,
  readPeriod,
  readTerm,
  type TermReading,
} from './parse-amount.ts'
import { Cells, type TableReading } from './parse-cells.ts'
import { checkEnd, isSentinel } from './parse-date.ts'
import {
  extensionKind,
  formOf,
  isNobody,
  namesIn,
  quotedNames,
  regimeOf,
  routeOf,
  statusSays,
  vatRecovery,
  vatState,
  yesOrNo,
} from './parse-words.ts'
import {
  askExtension,
  askNotice,
  askRenewal,
  askRoute,
  askServed,
  askStatus,
  askTerm,
} from './questions.ts'

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
  const said = cells.firstDay('start')
  const { end, endSource, currentEnd, options } = readEnds(cells, said)
  const start = end.kind === 'dated' && said !== null && said > end.latest ? null : said
  const contractType = columns.contractType === null ? null : cells.text('contractType')
  const route = cells.text('route')
  const regime = cells.text('regime')
  const form = cells.text('form') ?? contractType
  const owner = personIn(cells, 'owner')
  const { maximumEnd, optionEnds } = readOptionsOf(cells, start, end, options)
  const automaticRenewal = readYesOrNo(cells, 'automaticRenewal')
  return {
    at,
    ...named(cells, 'identity'),
    ...named(cells, 'deputyEmail'),
    ...named(cells, 'categoryLeadEmail'),
    ...(cells.isOwn ? readEndsNow(cells) : {}),
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
    deputy: personIn(cells, 'deputy'),
    category: cells.text('category'),
    categoryLead: personIn(cells, 'categoryLead'),
    form: (form === null ? null : formOf(form)) ?? 'contract',
    start,
    end,
    endSource,
    maximumEnd,
    ...(optionEnds.length > 1 ? { optionEnds } : {}),
    currentEnd,
    extensions: readExtensions(cells, end, currentEnd),
    ...readNotice(cells, end, automaticRenewal),
    automaticRenewal,
    renewalTerm: cells.period('renewalTerm'),
    reviewOn: cells.firstDay('review'),
    ...readPersonalData(cells),
    ...readCallOffBy(cells),
    regime: regime === null ? null : regimeOf(regime),
    route: readRoute(cells, route, contractType),
    products: namesOf(cells, 'products'),
    units: cells.amount('units')?.amount ?? null,
    unitPrice: cells.amount('unitPrice')?.amount ?? null,
    ...readValue(cells),
    ...readPrices(cells),
    ...readUnitTerms(cells),
    ...parentOf(cells.text('parent')),
    predecessor: cells.text('predecessor'),
    successor: cells.text('successor'),
    closed: readClosed(cells, end, currentEnd, automaticRenewal),
  }
}

/** What an export of ours says of the current end: it follows from other columns, and is not taken. */
function readEndsNow(cells: Cells): Pick<Draft, 'endsNow'> {
  const reading = cells.other('Ends now')
  return reading.kind === 'date' ? { endsNow: reading.latest } : {}
}

/** Somebody; words such as `Vacant` and `TBC` are nobody, and noted. */
function personIn(cells: Cells, field: 'owner' | 'deputy' | 'categoryLead'): string | null {
  const text = cells.text(field)
  if (text === null || !isNobody(text)) return text
  cells.report(field, 'this names nobody', 'Name a person, with an address.', 'note')
  return null
}

/**
 * Whether the register says that it is over. While its end is ahead it stays watched, whatever its
 * status says, and somebody is asked.
 */
function readClosed(
  cells: Cells,
  end: End,
  currentEnd: CivilDate | null,
  renews: boolean | null,
): boolean {
  const status = cells.text('status')
  const says = status === null ? null : statusSays(status)
  if (cells.isOwn) return says === 'closed'
  if (status === null || says === null || says === 'runs') {
    if (status !== null && says === null) {
      cells.report('status', 'this status is not known: it changes nothing', 'None needed.', 'note')
    }
    return false
  }
  if (says === 'notice') {
    const ask = renews === true ? askServed(status) : undefined
    const problem = 'the status tells of notice: it ends on its day'
    cells.report(
      'status',
      problem,
      'Say whether notice was served.',
      ask ? 'question' : 'note',
      ask,
    )
    return false
  }
  const last = end.kind === 'dated' ? (currentEnd ?? end.latest) : null
  if (last === null || last < cells.today) return says === 'closed'
  const problem = `its status says that it is over, and its end, ${last}, is still ahead: it stays watched`
  const remedy = 'Give the day on which it really ended.'
  cells.report('status', problem, remedy, 'question', askStatus(status, last))
  return false
}

/** The length of the notice, with its words where they say more or cannot be read. */
function readNotice(
  cells: Cells,
  end: End,
  renews: boolean | null,
): Pick<Draft, 'noticePeriod' | 'noticeText'> {
  const words = cells.text('noticePeriod')
  if (words === null) return { noticePeriod: null }
  const reading = readPeriod(words, cells.unit('noticePeriod'))
  if (reading.kind === 'bad') {
    const ask = renews === true ? askNotice(words) : undefined
    const problem = `the notice cannot be read (${reading.problem})`
    const severity = ask === undefined ? 'warning' : 'question'
    cells.report('noticePeriod', problem, reading.remedy, severity, ask)
    return { noticePeriod: null, noticeText: words }
  }
  if (reading.kind === 'nil') return { noticePeriod: null }
  if (reading.words !== undefined) {
    const problem = 'several lengths stand here: the longest counts'
    cells.report('noticePeriod', problem, 'Write the one that holds.', 'warning')
  }
  if (renews === null && end.kind === 'dated' && end.latest >= cells.today) {
    const problem = 'whether it renews by itself is not said'
    const remedy = 'Say it in a column "Automatic renewal".'
    cells.report('noticePeriod', problem, remedy, 'question', askRenewal(words))
  }
  const { period } = reading
  const isPlain = /^\d+ ?[a-z]+(?: [a-z]+)?$/i.test(words) || /^\d+$/.test(words)
  return isPlain ? { noticePeriod: period } : { noticePeriod: period, noticeText: words }
}

/** A route in words that are not known is asked about: until then it is assumed, never replaced. */
function readRoute(cells: Cells, route: string | null, contractType: string | null): string | null {
  const read = routeOf(route ?? contractType ?? '')
  if (route !== null && read === null && !SAYS_NO_ROUTE.test(route)) {
    const problem = 'this route is none that is known here'
    cells.report('route', problem, 'Say which route it is.', 'question', askRoute(route))
  }
  return read
}
const SAYS_NO_ROUTE =
  /^\W*(?:tb[acd]|to be (?:confirmed|decided|determined|agreed)|unknown|not (?:known|recorded|applicable|yet (?:known|decided))|other|various|see notes?|historic(?:al)?|legacy)\W*$/i

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

function readCallOffBy(cells: Cells): { readonly callOffBy?: CivilDate } {
  const day = cells.firstDay('callOffBy')
  return day === null ? {} : { callOffBy: day }
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
  /** Lengths that the column of its term gives besides: counted from the end. */
  readonly options: readonly Period[]
}

const NO_OPTIONS: readonly Period[] = []

/** The awarded end and the register's own current end, where a row has both. */
function readEnds(cells: Cells, start: CivilDate | null): Ends {
  const current = endOf(cells, 'currentEnd', start)
  const awarded = endOf(cells, 'end', start, current.kind !== 'dated')
  if (current.kind !== 'undated') {
    return { ...readCurrentEnd(cells, awarded, current), options: NO_OPTIONS }
  }
  if (awarded.kind !== 'undated') {
    const endSource = sourceOf(cells, 'end')
    return { end: awarded, endSource, currentEnd: null, options: NO_OPTIONS }
  }
  return (
    readTermEnd(cells, start) ?? {
      end: awarded,
      endSource: null,
      currentEnd: null,
      options: NO_OPTIONS,
    }
  )
}

/** The end that a length gives, counted from the start; null where it gives none. */
function readTermEnd(cells: Cells, start: CivilDate | null): Ends | null {
  const words = cells.text('termMonths')
  if (words === null) return null
  const day = cells.dateIn('termMonths')
  const source = `${sourceOf(cells, 'termMonths')}, counted from the start`
  if (day.kind === 'rolling' || (day.kind === 'date' && day.precision === 'day')) {
    const { end } = checkEnd(day, start)
    return { end, endSource: sourceOf(cells, 'termMonths'), currentEnd: null, options: NO_OPTIONS }
  }
  const unit =
    cells.unit('termMonths') ??
    (cells.columns.termMonths?.heading.key.includes('month') ? 'months' : null)
  const reading = readTerm(words, unit)
  if (reading.kind === 'nil') return null
  if (start === null) {
    const problem = 'a length without a start: no end is known'
    cells.report('termMonths', problem, 'Fill in the start or the end.', 'warning')
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
  const heading = cells.columns.termMonths?.heading.text ?? ''
  const ask = years && months ? askTerm(words, 'term', heading, years, months) : undefined
  const severity = ask === undefined ? 'warning' : 'question'
  cells.report('termMonths', `${reading.problem}: no end is known`, reading.remedy, severity, ask)
  return null
}

/** The last day of these lengths, one after another, from this first day. */
function dayAfterLengths(from: CivilDate, lengths: readonly Period[]): CivilDate {
  let next = from
  let months = 0
  let days = 0
  for (const { amount, unit } of lengths) {
    if (unit === 'months') months += amount
    else if (unit === 'years') months += amount * 12
    else days += unit === 'weeks' ? amount * 7 : amount
  }
  if (months > 0) next = addMonths(next, Math.min(months, MOST_MONTHS))
  return addDays(next, Math.min(days, MOST_MONTHS * 30) - 1)
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
function readCurrentEnd(cells: Cells, awarded: End, current: End): Omit<Ends, 'options'> {
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
  const reading = cells.date(field, field === 'end' ? 'error' : 'warning')
  const { end, finding } = checkEnd(reading, start)
  if (finding === null || (!wantsRolling && end.kind === 'rolling')) return end
  if (finding.severity === 'error' && end.kind === 'dated' && end.latest >= cells.today) {
    // The end is still ahead: it warns, and what is unknown is the start.
    const problem = `the start lies after the end, ${end.latest}: the start is unknown`
    cells.report('start', problem, 'Correct the start or the end.', 'warning')
  } else {
    cells.report(field, finding.problem, finding.remedy, finding.severity)
  }
  return end
}

function sourceOf(cells: Cells, field: Field): string | null {
  const column = cells.columns[field]
  return column === null ? null : `column "${column.heading.text}"`
}

/** The day past which no option reaches: written, or counted from the end; and each option's own. */
function readOptionsOf(
  cells: Cells,
  start: CivilDate | null,
  end: End,
  ofTerm: readonly Period[],
): { readonly maximumEnd: CivilDate | null; readonly optionEnds: readonly CivilDate[] } {
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
  for (const field of ['extensionMonths', 'secondExtensionMonths'] as const) {
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
  field: 'extensionMonths' | 'secondExtensionMonths',
  start: CivilDate | null,
  end: End,
): Period[] | CivilDate | null {
  const words = cells.text(field)
  if (words === null) return null
  const day = cells.dateIn(field)
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
  const charge = cells.amount('periodicCharge')
  if (charge === null) return chargeInValue(cells)
  if (isNothing(charge.amount) && !cells.isOwn) return none
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

/** `£400 per month` in the column of the value. */
function chargeInValue(cells: Cells): Pick<DraftPrices, 'periodicCharge' | 'chargeUnit'> {
  for (const [field] of VALUES) {
    const reading = cells.amountIn(field)
    if (reading.kind !== 'amount' || reading.per === undefined) continue
    return { periodicCharge: reading.amount, chargeUnit: reading.per }
  }
  return { periodicCharge: null, chargeUnit: null }
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
  const said = cells.amount(field)?.amount ?? null
  return said === null || (isNothing(said) && !cells.isOwn) ? null : said
}

/** What a row says of money, and of the tax in it. */
export interface Value {
  readonly value: Decimal | null
  /** There only where it is no plain amount. */
  readonly valueText?: string
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
    const problem = 'this currency is not known: the amounts are unknown'
    cells.report('currency', problem, 'Write its code, such as GBP.', 'warning')
  }
  const isForeign = currencyText !== null && currency === null
  const saidBasis = basisSaid(cells)
  let valueText: string | null = isForeign ? currencyText : null
  for (const [field, basis] of VALUES) {
    const amount = cells.amount(field)
    const heading = cells.columns[field]?.heading
    const words = cells.text(field)
    if (amount === null || amount.words !== undefined) valueText ??= words
    if (amount === null || heading === undefined || amount.per !== undefined || isForeign) continue
    if (isNothing(amount.amount) && !cells.isOwn) continue
    return {
      value: amount.amount,
      ...(amount.words === undefined ? {} : { valueText: amount.words }),
      valueBasis: saidBasis ?? (amount.annual ? 'annual' : (basis ?? basisOf(heading.key))),
      vat:
        vatText !== null && vatColumn !== null
          ? vatState(vatText, vatColumn.heading.key)
          : (heading.vat ?? amount.vat ?? (heading.key === AWARD_VALUE ? 'net' : 'unknown')),
      vatRecoverable: recoveryOf(recoveryText, recovery?.heading.key),
      currency: currency ?? amount.currency ?? heading.currency ?? otherCurrency(cells),
    }
  }
  return {
    value: null,
    ...(valueText === null ? {} : { valueText }),
    valueBasis: saidBasis ?? 'unknown',
    vat: 'unknown',
    vatRecoverable: recoveryOf(recoveryText, recovery?.heading.key),
    currency: currency ?? otherCurrency(cells),
  }
}

/** The currency that the other amounts of the row, or their headings, name. */
function otherCurrency(cells: Cells): string {
  for (const field of PRICED) {
    const reading = cells.amountIn(field)
    if (reading.kind !== 'amount') continue
    const currency = reading.currency ?? cells.columns[field]?.heading.currency ?? null
    if (currency !== null) return currency
  }
  return 'GBP'
}
const PRICED = [
  'value',
  'maximumValue',
  'annualValue',
  'periodicCharge',
  'unitPrice',
  'invoicedLastYear',
] as const

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
