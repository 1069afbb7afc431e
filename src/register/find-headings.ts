/** Finds the row of headings in a table, and under which delimiter or on which sheet it stands. */
import { type Columns, type HandMap, headingScore, list, mapColumns, suffices } from './columns.ts'
import { tooWide } from './csv.ts'
import type { Row } from './csv-scan.ts'
import { RegisterError } from './draft.ts'
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
 * @throws RegisterError where no row can be the headings, with what was seen and how to map it.
 */
export function findHeadings<Name extends string>(
  file: string,
  readings: readonly Reading<Name>[],
  map: HandMap,
): { name: Name; columns: Columns } {
  let best: { name: Name; row: Row; score: number } | null = null
  for (const { name, rows } of readings) {
    for (const row of rows.slice(0, LIMITS.headingRows)) {
      if (row.cells.length > LIMITS.columns) throw tooWide(file, row)
      const score = headingScore(row.cells, map)
      if (score > 0 && (best === null || score > best.score)) best = { name, row, score }
    }
  }
  if (best === null) throw unrecognised(file, readings)
  const columns = mapColumns(best.row.cells, best.row.line, map)
  if (!suffices(columns)) throw unrecognised(file, readings, columns)
  return { name: best.name, columns }
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
