/** Opens a CSV register: encoding, delimiter, headings, order of dates; then row by row. */
import {
  type Columns,
  columnProblems,
  DateSurvey,
  dateColumns,
  decimalMarks,
  describe,
  findHeadings,
  headingsRead,
  ordersOf,
  readHandMap,
  shownHeadings,
} from '../column-mapping.ts'
import type { OpenOptions, OpenRegister, ReadItem } from '../draft.ts'
import type { TableReading } from '../parse-cells.ts'
import { rowReader } from '../parse-row.ts'
import { type CsvFile, csvRows, DELIMITERS, headRows, type RegisterRow } from './csv-rows.ts'
import type { Sniffed } from './detect.ts'
import { headText, surveyText, type TextSurvey } from './encoding.ts'

/** Opens the CSV register that was sniffed; see `openRegister` for its errors. */
export async function openTable(file: Sniffed, options: OpenOptions): Promise<OpenRegister> {
  const survey = await surveyText(file.path, file.name, (read) =>
    options.onProgress?.(read, file.bytes),
  )
  const map = readHandMap(options.map)
  const text = headText(file.head, survey.encoding)
  const whole = file.bytes === file.head.length
  const readings = DELIMITERS.map((delimiter) => ({
    name: delimiter,
    rows: headRows(text, delimiter, whole, file.name),
  }))
  const { name: delimiter, columns } = findHeadings(file.name, readings, map, options)
  const head = readings.find(({ name }) => name === delimiter)?.rows ?? []
  const csv = { path: file.path, name: file.name, encoding: survey.encoding, delimiter }
  const { orders, years, isAmbiguous } = await dateOrders(csv, columns, head, survey, options)
  const below = head.filter(({ line }) => line > columns.line)
  const marks = decimalMarks(columns, below)
  return {
    format: 'csv',
    mapping: describe(columns, orders),
    unmapped: columns.unmapped,
    headings: shownHeadings(delimiter, columns, below, isAmbiguous),
    headingsRead: headingsRead(columns),
    warnings: columnProblems(file.name, columns, below, options),
    written: { line: columns.line, rows: () => csvRows(csv) },
    ocidPrefix: null,
    total: survey.oddQuotes ? null : Math.max(0, survey.lines - columns.line),
    items: () =>
      items(csv, {
        columns,
        orders,
        marks,
        years,
        timeZone: options.timeZone,
        today: options.today,
      }),
  }
}

/**
 * The order of each date column. The head settles it where no date anywhere in the file could
 * say otherwise, which spares most registers a second reading.
 */
async function dateOrders(
  csv: CsvFile,
  columns: Columns,
  head: readonly RegisterRow[],
  survey: TextSurvey,
  options: OpenOptions,
): Promise<ReturnType<typeof ordersOf>> {
  const dates = new DateSurvey(dateColumns(columns))
  const { anyDmy, anyMdy, anyAmbiguous, oddQuotes } = survey
  for (const row of head) if (row.line > columns.line) dates.see(row)
  const numericDates = anyDmy || anyMdy || anyAmbiguous
  const certain = options.dates !== null || !numericDates || (!anyMdy && dates.settled())
  // An unclosed quote is found here, before the first row is given out.
  if (certain && !oddQuotes) return ordersOf(dates, csv.name, options)
  for await (const rows of csvRows(csv)) {
    for (const row of rows) if (row.line > columns.line) dates.see(row)
  }
  return ordersOf(dates, csv.name, options)
}

async function* items(csv: CsvFile, table: TableReading): AsyncGenerator<ReadItem> {
  const { line } = table.columns
  const read = rowReader(table)
  for await (const rows of csvRows(csv)) {
    for (const row of rows) {
      const item = row.line <= line ? null : read(row)
      if (item !== null) yield item
    }
  }
}
