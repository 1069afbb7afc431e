/** Opens a CSV register: encoding, delimiter, headings, order of dates; then row by row. */
import { type Columns, dateColumns, decimalMarks, describe } from './columns.ts'
import { type CsvFile, csvRows, DELIMITERS, headRows, type Row } from './csv.ts'
import { DateSurvey } from './date-order.ts'
import type { DateOrder, OpenOptions, OpenRegister, ReadItem } from './draft.ts'
import { headText, surveyText, type TextSurvey } from './encoding.ts'
import { findHeadings, readHandMap } from './find-headings.ts'
import { LIMITS } from './limits.ts'
import type { TableReading } from './read-cells.ts'
import { rowReader } from './read-row.ts'
import type { Sniffed } from './sniff.ts'

/** Rows of the head that are looked at for the order of dates. */
const HEAD_ROWS = 500

/** Opens the CSV register that was sniffed; see `openRegister` for its errors. */
export async function openTable(file: Sniffed, options: OpenOptions): Promise<OpenRegister> {
  const survey = await surveyText(file.path, file.name, (read) =>
    options.onProgress?.(read, file.bytes),
  )
  const map = readHandMap(options.map)
  const text = headText(file.head, survey.encoding)
  const found = findHeadings(
    file.name,
    DELIMITERS.map((delimiter) => ({
      name: delimiter,
      rows: headRows(text, delimiter, LIMITS.headingRows),
    })),
    map,
  )
  const { columns } = found
  const head = headRows(text, found.name, HEAD_ROWS)
  const csv: CsvFile = {
    path: file.path,
    name: file.name,
    encoding: survey.encoding,
    delimiter: found.name,
    fromLine: beginsOn(columns, head),
  }
  const orders = await dateOrders(csv, columns, head, survey, options.dates)
  const below = head.filter(({ line }) => line > columns.line)
  const marks = decimalMarks(columns, below)
  return {
    format: 'csv',
    mapping: describe(columns, orders),
    unmapped: columns.unmapped,
    ocidPrefix: null,
    total: survey.oddQuotes ? null : Math.max(0, survey.lines - columns.line),
    items: () => items(csv, { columns, orders, marks, timeZone: options.timeZone }),
  }
}

/**
 * Where the parser is to begin. It counts a line break inside quotes twice where that is CR LF,
 * so titles with such cells are read with the rest and passed over.
 */
function beginsOn(columns: Columns, head: readonly Row[]): number {
  const above = head.filter(({ line }) => line < columns.line)
  return above.some(({ cells }) => cells.some((cell) => cell.includes('\n'))) ? 1 : columns.line
}

/**
 * The order of each date column. The head settles it where no date anywhere in the file could
 * say otherwise, which spares most registers a second reading (0.6 s for 100,000 rows).
 */
async function dateOrders(
  csv: CsvFile,
  columns: Columns,
  head: readonly Row[],
  survey: TextSurvey,
  forced: DateOrder | null,
): Promise<Map<number, DateOrder | null>> {
  const dates = new DateSurvey(dateColumns(columns))
  const { anyDmy, anyMdy, anyAmbiguous, oddQuotes } = survey
  for (const row of head) if (row.line > columns.line) dates.see(row)
  const numericDates = anyDmy || anyMdy || anyAmbiguous
  const certain = forced !== null || !numericDates || (!anyMdy && dates.settled())
  // An unclosed quote is found here, before the first row is given out.
  if (certain && !oddQuotes) return dates.orders(csv.name, forced)
  for await (const row of csvRows(csv)) if (row.line > columns.line) dates.see(row)
  return dates.orders(csv.name, forced)
}

async function* items(csv: CsvFile, table: TableReading): AsyncGenerator<ReadItem> {
  const { line } = table.columns
  const read = rowReader(table)
  for await (const row of csvRows(csv)) {
    if (row.line <= line) continue
    const item = read(row)
    if (item !== null) yield item
  }
}
