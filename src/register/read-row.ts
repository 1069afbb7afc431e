/** One row of a register into a draft, or into what is wrong with it. */
import { namesIn, quotedNames } from './clean-text.ts'
import type { Columns } from './columns.ts'
import type { Row } from './csv-scan.ts'
import type { Draft, Problem, ReadItem } from './draft.ts'
import type { Field } from './headings.ts'
import { Cells, type TableReading } from './read-cells.ts'
import { readEnds, readExtensions, readMaximumEnd } from './read-ends.ts'
import { readPrices, readUnitTerms } from './read-prices.ts'
import { readValue } from './read-value.ts'
import { formOf, isClosed, regimeOf, routeOf, yesOrNo } from './words.ts'

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
