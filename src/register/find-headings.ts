/** Finds the row of headings in a table, and under which delimiter or on which sheet it stands. */
import { type Columns, type HandMap, headingScore, list, mapColumns, suffices } from './columns.ts'
import { tooWide } from './csv.ts'
import type { Row } from './csv-scan.ts'
import { type ColumnChoice, type OpenOptions, RegisterError, type TableHeadings } from './draft.ts'
import { LIMITS } from './limits.ts'

export { readHandMap } from './columns.ts'

/** One way to read the beginning of a file: a delimiter, or a sheet. */
export interface Reading<Name extends string> {
  readonly name: Name
  readonly rows: readonly Row[]
}

/**
 * The best row of headings among the first twenty rows of each reading: the row that names most
 * fields. Of equal ones the first wins, so the first sheet with headings is taken.
 * @throws RegisterError where no row can be the headings, with what was seen and how to map it; not
 * where they are only to be shown (`lenient`): then the row with most cells stands for them.
 */
export function findHeadings<Name extends string>(
  file: string,
  readings: readonly Reading<Name>[],
  map: HandMap,
  { chosen, lenient = false }: Pick<OpenOptions, 'chosen' | 'lenient'> = {},
): { name: Name; columns: Columns } {
  if (chosen !== undefined) return chosenHeadings(file, readings, map, chosen)
  let best: { name: Name; row: Row; score: number } | null = null
  for (const { name, rows } of readings) {
    for (const row of rows.slice(0, LIMITS.headingRows)) {
      if (row.cells.length > LIMITS.columns) throw tooWide(file, row)
      const score = headingScore(row.cells, map)
      if (score > 0 && (best === null || score > best.score)) best = { name, row, score }
    }
  }
  if (lenient) best ??= widestRow(readings)
  if (best === null) throw unrecognised(file, readings)
  const columns = mapColumns(best.row.cells, best.row.line, map)
  if (!lenient && !suffices(columns)) throw unrecognised(file, readings, columns)
  return { name: best.name, columns }
}

/** The headings that were shown, with what was said of each. */
function chosenHeadings<Name extends string>(
  file: string,
  readings: readonly Reading<Name>[],
  map: HandMap,
  { at, fields }: ColumnChoice,
): { name: Name; columns: Columns } {
  const reading = readings.find(({ name }) => name === at.reading)
  const row = reading?.rows.find(({ line }) => line === at.line)
  if (reading === undefined || row === undefined) {
    throw new RegisterError(
      `${file} is no longer the file that was looked at. Begin again with it.`,
    )
  }
  return { name: reading.name, columns: mapColumns(row.cells, row.line, map, fields) }
}

/** A row of at least two filled cells, the one with most of them. */
function widestRow<Name extends string>(
  readings: readonly Reading<Name>[],
): { name: Name; row: Row; score: number } | null {
  let best: { name: Name; row: Row; score: number } | null = null
  for (const { name, rows } of readings) {
    for (const row of rows.slice(0, LIMITS.headingRows)) {
      const score = row.cells.filter((cell) => cell.trim() !== '').length
      if (score >= 2 && (best === null || score > best.score)) best = { name, row, score }
    }
  }
  return best
}

/** The headings as they are shown, each with the first of these cells that holds something. */
export function shownHeadings(
  reading: string,
  columns: Columns,
  rows: readonly Row[],
  ambiguousDates: boolean,
): TableHeadings {
  const { headings, line, all } = columns
  return {
    at: { reading, line },
    columns: headings.map((heading, index) => ({
      heading,
      field: all.find((column) => column.index === index)?.field ?? null,
      sample:
        rows.map(({ cells }) => cells[index]?.trim() ?? '').find((cell) => cell !== '') ?? null,
    })),
    ambiguousDates,
  }
}

function unrecognised(
  file: string,
  readings: readonly Reading<string>[],
  columns?: Columns,
): RegisterError {
  const rows = readings.flatMap(({ rows }) => rows)
  const width = (row: Row): number => row.cells.filter((cell) => cell.trim() !== '').length
  const widest = rows.reduce<Row | null>(
    (best, row) => (best === null || width(row) > width(best) ? row : best),
    null,
  )
  if (widest === null || width(widest) < 2) {
    return new RegisterError(
      `${file} has a single column, so it is no table of contracts. ` +
        'Export it with a column each for reference, supplier, start and end.',
    )
  }
  const seen = columns?.headings ?? widest.cells
  const known = columns?.all.map(({ field, heading }) => `${field} = "${heading.text}"`) ?? []
  return new RegisterError(
    `${file}: ${known.length === 0 ? 'no headings were recognised' : `only ${known.join(', ')} was recognised`}` +
      ` in its first ${LIMITS.headingRows} rows. Seen: ${list(seen.map((cell) => cell.trim()))}. ` +
      'Say which column is which, for example --map reference="…" --map end="…".',
  )
}
