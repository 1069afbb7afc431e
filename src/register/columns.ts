/** Which column of a register holds which field. */
import { nearWord } from '../domain/near-word.ts'
import type { Row } from './csv-scan.ts'
import type { ColumnMapping, DateOrder } from './draft.ts'
import { RegisterError } from './draft.ts'
import {
  AMOUNT_FIELDS,
  compared,
  DATE_FIELDS,
  FIELDS,
  type Field,
  fieldNamed,
  fieldOf,
  type Heading,
  readHeading,
} from './headings.ts'
import { type DecimalMark, markShown } from './read-amount.ts'

export interface Column {
  readonly field: Field
  readonly index: number
  readonly heading: Heading
}

/** A register's columns, understood. */
export interface Columns {
  readonly all: readonly Column[]
  readonly headings: readonly string[]
  readonly unmapped: readonly string[]
  /** The line on which the headings stand. */
  readonly line: number
}

/** Choices by hand, checked: field to the heading as it is compared. */
export type HandMap = ReadonlyMap<Field, string>

/**
 * The fields of `--map`, checked.
 * @throws RegisterError for a field that does not exist, with the nearest one.
 */
export function readHandMap(map: ReadonlyMap<string, string>): HandMap {
  const chosen = new Map<Field, string>()
  for (const [name, heading] of map) {
    const field = fieldNamed(name)
    if (field === null) {
      const near = nearHeading(name, FIELDS)
      throw new RegisterError(
        `--map ${name}=…: there is no field "${name}"` +
          `${near === null ? '' : `; did you mean ${near}`}. The fields are: ${FIELDS.join(', ')}.`,
      )
    }
    chosen.set(field, heading)
  }
  return chosen
}

/** How many fields a row would give as the headings; choices by hand count too. */
export function headingScore(cells: readonly string[], map: HandMap): number {
  const fields = new Set<Field>()
  const keys = new Set<string>()
  for (const cell of cells) {
    if (cell.length > 200) continue
    const heading = readHeading(cell)
    keys.add(heading.key)
    const match = fieldOf(heading)
    if (match) fields.add(match.field)
  }
  let score = fields.size
  for (const heading of map.values()) if (keys.has(readHeading(heading).key)) score += 2
  return score
}

/** Whether a row with these fields can be the headings of a register. */
export function suffices(columns: Columns): boolean {
  const named = columns.all.some(({ field }) => NAMING.includes(field))
  return named && columns.all.length >= 2
}
const NAMING: readonly Field[] = ['reference', 'title', 'supplier', 'ocid']

/**
 * Maps headings to fields: choices by hand first (`map` by heading, `fields` by column), then the best-known heading of each field.
 * @throws RegisterError for a choice by hand of a heading that is not there.
 */
export function mapColumns(
  cells: readonly string[],
  line: number,
  map: HandMap,
  fields: ReadonlyMap<number, Field | null> = new Map(),
): Columns {
  const headings = cells.map(readHeading)
  const taken = new Map<number, Field>()
  const best = new Map<Field, { index: number; rank: number }>()
  for (const [field, wanted] of map) {
    const index = indexOfHeading(headings, field, wanted)
    best.set(field, { index, rank: -1 })
    taken.set(index, field)
  }
  for (const [index, field] of fields) {
    if (index >= headings.length || field === null) continue
    best.set(field, { index, rank: -1 })
    taken.set(index, field)
  }
  headings.forEach((heading, index) => {
    if (fields.get(index) === null) return
    const match = taken.has(index) || heading.key === '' ? null : fieldOf(heading)
    if (match === null) return
    const known = best.get(match.field)
    if (known === undefined || match.rank < known.rank) {
      best.set(match.field, { index, rank: match.rank })
    }
  })
  const current = best.get('currentEnd')
  if (
    current !== undefined &&
    !best.has('end') &&
    !map.has('currentEnd') &&
    !fields.has(current.index)
  ) {
    best.delete('currentEnd')
    best.set('end', current)
  }
  const all: Column[] = []
  for (const field of FIELDS) {
    const index = best.get(field)?.index
    const heading = index === undefined ? undefined : headings[index]
    if (index !== undefined && heading) all.push({ field, index, heading })
  }
  const used = new Set(all.map(({ index }) => index))
  const unmapped = headings.filter(({ key }, i) => key !== '' && !used.has(i)).map((h) => h.text)
  return { all, headings: headings.map((h) => h.text), unmapped, line }
}

function indexOfHeading(headings: readonly Heading[], field: Field, wanted: string): number {
  const exact = headings.findIndex(({ text }) => text === wanted.replace(/\s+/g, ' ').trim())
  if (exact >= 0) return exact
  const key = compared(wanted)
  const index = headings.findIndex((heading) => compared(heading.text) === key)
  if (index >= 0) return index
  const seen = headings.filter(({ key }) => key !== '').map(({ text }) => text)
  const near = nearHeading(wanted, seen)
  throw new RegisterError(
    `--map ${field}="${wanted}": there is no such heading` +
      `${near === null ? '' : `; did you mean "${near}"`}. The headings are: ${list(seen)}.`,
  )
}

/** The heading that was probably meant, whatever its case: two letters or a third of them may differ. */
function nearHeading(wanted: string, headings: readonly string[]): string | null {
  const byKey = new Map(headings.map((heading) => [heading.slice(0, 60).toLowerCase(), heading]))
  const near = nearWord(wanted.slice(0, 60).toLowerCase(), byKey.keys(), aThird)
  return near === null ? null : (byKey.get(near) ?? null)
}

function aThird(letters: number): number {
  return Math.max(2, Math.floor(letters / 3))
}

/** Headings for a message: each in quotes, the first thirty. */
export function list(headings: readonly string[]): string {
  const shown = headings.slice(0, 30).map((heading) => `"${heading.slice(0, 60)}"`)
  const more = headings.length - shown.length
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** The columns that hold dates. */
export function dateColumns(columns: Columns): readonly Column[] {
  return columns.all.filter(({ field }) => DATE_FIELDS.includes(field))
}

/** How the amounts of each column write their decimals, where these rows agree on it. */
export function decimalMarks(columns: Columns, rows: readonly Row[]): Map<number, DecimalMark> {
  const marks = new Map<number, DecimalMark>()
  for (const { field, index } of columns.all) {
    if (!AMOUNT_FIELDS.includes(field)) continue
    const shown = new Set(rows.map(({ cells }) => markShown(cells[index] ?? '')))
    shown.delete(null)
    const [mark] = shown
    if (shown.size === 1 && mark) marks.set(index, mark)
  }
  return marks
}

/** The mapping as a dry run shows it. */
export function describe(
  columns: Columns,
  orders: ReadonlyMap<number, DateOrder | null>,
): ColumnMapping[] {
  return columns.all.map(({ field, index, heading }) => ({
    field,
    heading: heading.text,
    dates: orders.get(index) ?? null,
  }))
}
