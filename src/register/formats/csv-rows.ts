/** Rows of a CSV file, streamed, with the line each begins on. */
import { RegisterError } from '../draft.ts'
import { LIMITS } from '../limits.ts'
import { unreadable } from './detect.ts'
import { type Encoding, textStream } from './encoding.ts'

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
export async function* csvRows(file: CsvFile): AsyncGenerator<readonly RegisterRow[]> {
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

function check(name: string, rows: readonly RegisterRow[], count: number): void {
  if (count > LIMITS.rows) throw tooLong(name)
  const wide = rows.find(({ cells }) => cells.length > LIMITS.columns)
  if (wide !== undefined) throw tooWide(name, wide)
}

/**
 * The first rows of a text under a delimiter. `whole` says that the text is the whole file; else
 * its last row may be cut and is left out.
 */
export function headRows(
  text: string,
  delimiter: string,
  whole: boolean,
  name: string,
): RegisterRow[] {
  const rows: RegisterRow[] = []
  try {
    return new CsvScanner(name, delimiter).take(Buffer.from(text), whole, rows)
  } catch (error) {
    // Damage is reported when the file is read; here the rows before it tell the headings.
    if (error instanceof RegisterError) return rows
    throw error
  }
}

/** The refusal of a row with too many columns. */
export function tooWide(name: string, row: RegisterRow): RegisterError {
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

// Cuts CSV bytes into rows. Written here because csv-parse 7 takes 85 µs for every row that is
// shorter or longer than the first (8.4 s for 100,000 rows, 1.4 s without), counts CR LF inside
// quotes twice, and loses the line on which an unclosed quote opened. A property test holds its
// cells against csv-parse's.

/** A row as the file has it. */
export interface RegisterRow {
  /** 1-based: the line of the file, or the row of the sheet, on which it begins. */
  readonly line: number
  readonly cells: readonly string[]
  /** Addresses behind the words of cells, by their column, counted from 0. */
  readonly links?: ReadonlyMap<number, string>
}

const QUOTE = 0x22
const NEWLINE = 0x0a
const RETURN = 0x0d

/** Cuts rows off bytes that arrive piece by piece, and keeps what begins an unfinished row. */
export class CsvScanner {
  readonly #name: string
  readonly #delimiter: number
  #rest: Buffer = Buffer.alloc(0)
  #line = 1
  #begun = false

  constructor(name: string, delimiter: string) {
    this.#name = name
    this.#delimiter = delimiter.charCodeAt(0)
  }

  /**
   * The rows that are complete with this piece of UTF-8 text; with the last one, all of them.
   * A blank line is a row of one blank cell. They are put into `rows`, up to the failure if any.
   * @throws RegisterError for a quote that never closes and a row over the limit, with the line.
   */
  take(piece: Buffer, last: boolean, rows: RegisterRow[] = []): RegisterRow[] {
    let bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    if (!this.#begun) {
      if (bytes.length < 3 && !last) {
        this.#rest = bytes
        return rows
      }
      this.#begun = true
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3)
    }
    let from = 0
    while (from < bytes.length) {
      const to = this.#row(bytes, from, last, rows)
      if (to < 0) break
      from = to
    }
    this.#rest = bytes.subarray(from)
    if (this.#rest.length > LIMITS.recordCharacters) throw this.#endless()
    return rows
  }

  /** Adds the row that begins at `from`; gives where the next begins, or -1 where it is cut. */
  #row(bytes: Buffer, from: number, last: boolean, rows: RegisterRow[]): number {
    const cells: string[] = []
    const length = bytes.length
    let breaks = 0
    let at = from
    for (;;) {
      if (bytes[at] === QUOTE) {
        const close = closingQuote(bytes, at + 1)
        if (close < 0 || (close + 1 === length && !last)) {
          if (last) throw this.#unclosed(this.#line + breaks)
          return -1
        }
        const inside = countBreaks(bytes, at + 1, close)
        const end = this.#cellEnd(bytes, close + 1)
        if (end === close + 1) {
          const text = bytes.toString('utf8', at + 1, close)
          cells.push(text.includes('"') ? text.replaceAll('""', '"') : text)
        } else {
          // Text after a closing quote is kept as written; after several lines it means that
          // the quote was never closed and a later one was taken for its end.
          if (inside > 0) throw this.#unclosed(this.#line + breaks)
          cells.push(bytes.toString('utf8', at, end))
        }
        breaks += inside
        at = end
      } else {
        const end = this.#cellEnd(bytes, at)
        cells.push(end === at ? '' : bytes.toString('utf8', at, end))
        at = end
      }
      if (at >= length) {
        if (!last) return -1
        break
      }
      const byte = bytes[at++]
      if (byte === this.#delimiter) continue
      if (byte === RETURN) {
        if (at === length && !last) return -1
        if (bytes[at] === NEWLINE) at++
      }
      break
    }
    if (at - from > LIMITS.recordCharacters) throw this.#endless()
    rows.push({ line: this.#line, cells })
    this.#line += 1 + breaks
    return at
  }

  #cellEnd(bytes: Buffer, from: number): number {
    const delimiter = this.#delimiter
    const length = bytes.length
    let at = from
    for (; at < length; at++) {
      const byte = bytes[at]
      if (byte === delimiter || byte === NEWLINE || byte === RETURN) break
    }
    return at
  }

  #unclosed(line: number): RegisterError {
    return new RegisterError(
      `${this.#name}: a quotation mark that opens on line ${line} never closes. ` +
        'Close it, or remove it, and import the file again.',
    )
  }

  #endless(): RegisterError {
    return new RegisterError(
      `${this.#name}: the row that begins on line ${this.#line} is longer than ` +
        `${LIMITS.recordCharacters.toLocaleString('en-GB')} characters. ` +
        'A quotation mark on that line probably never closes: close it, or remove it.',
    )
  }
}

/** Where the quote closes that opened before `from`; doubled quotes inside do not close it. */
function closingQuote(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(QUOTE, from)
  while (at >= 0 && bytes[at + 1] === QUOTE) at = bytes.indexOf(QUOTE, at + 2)
  return at
}

function countBreaks(bytes: Buffer, from: number, to: number): number {
  let count = 0
  let at = bytes.indexOf(NEWLINE, from)
  while (at >= 0 && at < to) {
    count++
    at = bytes.indexOf(NEWLINE, at + 1)
  }
  return count
}
