/** Rows of a CSV file, streamed, with the line each begins on. */
import { CsvScanner, type Row } from './csv-scan.ts'
import { RegisterError } from './draft.ts'
import { type Encoding, textStream } from './encoding.ts'
import { LIMITS } from './limits.ts'
import { unreadable } from './sniff.ts'

export const DELIMITERS = [',', ';', '\t', '|'] as const

/** What is needed to read a CSV file's rows. */
export interface CsvFile {
  readonly path: string
  readonly name: string
  readonly encoding: Encoding
  readonly delimiter: string
}

/**
 * The rows of a file from its first line, as many at a time as one piece of the file holds.
 * @throws RegisterError for a quote that never closes, a row over the limit, too many rows or
 * columns; the rows before it have been given out by then.
 */
export async function* csvRows(file: CsvFile): AsyncGenerator<readonly Row[]> {
  const scanner = new CsvScanner(file.name, file.delimiter)
  const stream = textStream(file.path, file.encoding)
  let count = 0
  try {
    for await (const piece of stream) {
      if (!Buffer.isBuffer(piece)) continue
      const rows = scanner.take(piece, false)
      count += rows.length
      check(file.name, rows, count)
      yield rows
    }
    const rest = scanner.take(Buffer.alloc(0), true)
    check(file.name, rest, count)
    yield rest
  } catch (error) {
    throw error instanceof RegisterError ? error : unreadable(file.path, file.name, error)
  } finally {
    stream.destroy()
  }
}

function check(name: string, rows: readonly Row[], count: number): void {
  if (count > LIMITS.rows) throw tooLong(name)
  const wide = rows.find(({ cells }) => cells.length > LIMITS.columns)
  if (wide !== undefined) throw tooWide(name, wide)
}

/**
 * The first rows of a text under a delimiter. `whole` says that the text is the whole file; else
 * its last row may be cut and is left out.
 */
export function headRows(text: string, delimiter: string, whole: boolean, name: string): Row[] {
  const rows: Row[] = []
  try {
    return new CsvScanner(name, delimiter).take(Buffer.from(text), whole, rows)
  } catch (error) {
    // Damage is reported when the file is read; here the rows before it tell the headings.
    if (error instanceof RegisterError) return rows
    throw error
  }
}

/** The refusal of a row with too many columns. */
export function tooWide(name: string, row: Row): RegisterError {
  return new RegisterError(
    `${name}: line ${row.line} has ${row.cells.length} columns, more than ${LIMITS.columns}. ` +
      'Export only the columns that describe contracts.',
  )
}

/** The refusal of a register with too many rows. */
function tooLong(name: string): RegisterError {
  return new RegisterError(
    `${name} has more than ${LIMITS.rows.toLocaleString('en-GB')} rows. ` +
      'Split it into several files, each with the headings, and import them one by one.',
  )
}
