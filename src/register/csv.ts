/** Rows of a CSV file: its delimiter found, its rows streamed with the line each begins on. */
import { type CsvError, type Options, parse } from 'csv-parse'
import { parse as parseHead } from 'csv-parse/sync'
import { RegisterError } from './draft.ts'
import { type Encoding, textStream } from './encoding.ts'
import { LIMITS } from './limits.ts'

/** A row as the file has it. */
export interface Row {
  /** 1-based: the line of the file, or the row of the sheet, on which it begins. */
  readonly line: number
  readonly cells: readonly string[]
}

export const DELIMITERS = [',', ';', '\t', '|'] as const

/** What is needed to read a CSV file's rows. */
export interface CsvFile {
  readonly path: string
  readonly name: string
  readonly encoding: Encoding
  readonly delimiter: string
  /** The line to begin on: that of the headings, or 1. */
  readonly fromLine: number
}

const OPTIONS: Options = {
  bom: true,
  relax_column_count: true,
  relax_quotes: true,
  record_delimiter: ['\r\n', '\n', '\r'],
  max_record_size: LIMITS.recordCharacters,
}

/**
 * Rows from `fromLine` on, streamed. Blank lines come as a row of one blank cell.
 * @throws RegisterError for a quote that never closes, a record over the limit, too many rows
 * or columns; the rows before it have been given out by then.
 */
export async function* csvRows(file: CsvFile): AsyncGenerator<Row> {
  const stream = textStream(file.path, file.encoding)
  const parser = parse({ ...OPTIONS, delimiter: file.delimiter, from_line: file.fromLine })
  stream.on('error', (error) => parser.destroy(error))
  stream.pipe(parser)
  let line = file.fromLine
  let rows = 0
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      if (cells.length > LIMITS.columns) throw tooWide(file.name, line, cells.length)
      if (++rows > LIMITS.rows) throw tooLong(file.name)
      yield { line, cells }
      line += 1 + breaksWithin(cells)
    }
  } catch (error) {
    throw isCsvError(error) ? await broken(file, error) : error
  } finally {
    stream.destroy()
    parser.destroy()
  }
}

/** Line breaks inside quoted cells: the record's further lines. */
function breaksWithin(cells: readonly string[]): number {
  let count = 0
  for (const cell of cells) {
    let at = cell.indexOf('\n')
    while (at >= 0) {
      count++
      at = cell.indexOf('\n', at + 1)
    }
  }
  return count
}

/** The first rows of a text under each delimiter: which one fits is told by the headings. */
export function headRows(text: string, delimiter: string, most: number): Row[] {
  const rows: Row[] = []
  let line = 1
  const keep = (cells: string[]): string[] => {
    rows.push({ line, cells })
    line += 1 + breaksWithin(cells)
    return cells
  }
  try {
    parseHead(text, { ...OPTIONS, delimiter, to: most, on_record: keep })
  } catch (error) {
    // The text may be cut inside a quoted cell; the rows before the cut are whole.
    if (!isCsvError(error)) throw error
  }
  return rows
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_')
}

async function broken(file: CsvFile, error: CsvError): Promise<RegisterError> {
  const line = await lineOfBrokenRecord(file)
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    return new RegisterError(
      `${file.name}: the row that begins on line ${line} is longer than ` +
        `${LIMITS.recordCharacters.toLocaleString('en-GB')} characters. ` +
        'A quotation mark on that line probably never closes: close it, or remove it.',
    )
  }
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') {
    return new RegisterError(
      `${file.name}: a quotation mark that opens on line ${line} never closes. ` +
        'Close it, or remove it, and import the file again.',
    )
  }
  return new RegisterError(
    `${file.name}: line ${line} cannot be read as CSV. Save it as CSV (UTF-8) again.`,
  )
}

/** Reads again, slowly, counting as the parser counts: only after a failure. */
async function lineOfBrokenRecord(file: CsvFile): Promise<number> {
  const stream = textStream(file.path, file.encoding)
  let line = 1
  const count = (cells: string[]): null => {
    line += 1 + breaksWithin(cells)
    return null
  }
  const parser = parse({ ...OPTIONS, delimiter: file.delimiter, on_record: count })
  stream.on('error', (error) => parser.destroy(error))
  stream.pipe(parser)
  try {
    for await (const _ of parser) break
  } catch {
    return line
  } finally {
    stream.destroy()
  }
  return line
}

function tooWide(name: string, line: number, columns: number): RegisterError {
  return new RegisterError(
    `${name}: line ${line} has ${columns} columns, more than ${LIMITS.columns}. ` +
      'Export only the columns that describe contracts.',
  )
}

/** The refusal of a register with too many rows. */
export function tooLong(name: string): RegisterError {
  return new RegisterError(
    `${name} has more than ${LIMITS.rows.toLocaleString('en-GB')} rows. ` +
      'Split it into several files, each with the headings, and import them one by one.',
  )
}
