/** A table on its way out, whatever it holds and whichever file it becomes. */
import type { Row } from 'write-excel-file/node'
import type { CivilDate } from '../../rules/civil-date.ts'
import { UserError } from '../../rules/user-error.ts'
import { guarded } from '../../text/message.ts'
import { oneLine } from '../../text/words.ts'
import { LIMITS } from '../limits.ts'

/** Text as it is, a day, a moment to the second, or an exact number; null is an empty cell. */
export type ExportCell =
  | { readonly text: string }
  | { readonly day: CivilDate }
  | { readonly at: Date }
  | { readonly number: string }
  | null

export interface Sheet {
  readonly name: string
  readonly headings: readonly string[]
  readonly rows: AsyncIterable<readonly ExportCell[]>
  /** The next sheet of a workbook, which may have one too; a CSV file has the first alone. */
  readonly beside?: Sheet
}

/** How days are written in a workbook: each is one that spreadsheets know. */
export const DATE_FORMATS = ['dd/mm/yyyy', 'yyyy-mm-dd', 'dd.mm.yyyy', 'mm/dd/yyyy'] as const
export type DateFormat = (typeof DATE_FORMATS)[number]

/** Text for people alone, on one line and never a formula: no import reads it back. */
export function saidCell(text: string | null): ExportCell {
  const said = text === null ? '' : guarded(oneLine(text))
  return said === '' ? null : { text: said }
}

export function dayCell(day: CivilDate | null): ExportCell {
  return day === null ? null : { day }
}

/** Three decimals after up to three digits could be read as a group of a thousand. */
export function numberCell(amount: string | number | null): ExportCell {
  if (amount === null) return null
  const number = String(amount)
  return { number: /\.\d{3}$/.test(number) ? `${number}0` : number }
}

// A table as CSV, piece by piece: as RFC 4180 says, with a byte order mark for spreadsheets. Days
// are written as 2027-04-30, which spreadsheets of every country and every import read alike.

/** Rows in a piece. */
const PIECE = 500

export async function* sheetCsv({ headings, rows }: Sheet): AsyncGenerator<string> {
  let piece = `\ufeff${headings.map((text) => csvCell({ text })).join(',')}\r\n`
  let held = 0
  for await (const row of rows) {
    piece += `${row.map(csvCell).join(',')}\r\n`
    held += 1
    if (held < PIECE) continue
    yield piece
    piece = ''
    held = 0
  }
  if (piece !== '') yield piece
}

function csvCell(cell: ExportCell): string {
  if (cell === null) return ''
  if ('day' in cell) return cell.day
  if ('at' in cell) return cell.at.toISOString().slice(0, 19).replace('T', ' ')
  if ('number' in cell) return cell.number
  const { text } = cell
  return /[",;|\r\n\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/**
 * The bytes of the workbook, its days in that format.
 * @throws UserError for more rows than are held in memory at once.
 */
export async function sheetXlsx(sheet: Sheet, format: DateFormat): Promise<Buffer> {
  const written = []
  for (let next: Sheet | undefined = sheet; next !== undefined; next = next.beside) {
    const { name, headings, rows: cells }: Sheet = next
    const rows: Row[] = [
      headings.map((heading) => ({ value: heading, type: String, fontWeight: 'bold' })),
    ]
    for await (const row of cells) {
      rows.push(row.map((cell) => sheetCell(cell, format)))
      needSheetRows(rows.length - 1)
    }
    const columns = headings.map((heading) => ({ width: Math.max(12, heading.length + 2) }))
    written.push({ data: rows, sheet: name, columns, stickyRowsCount: 1 })
  }
  // Loaded where a workbook is written: it takes a sixth of what a command needs to start.
  const { default: writeWorkbook } = await import('write-excel-file/node')
  return writeWorkbook(written).toBuffer()
}

/** Excel's calendar has a day in 1900 that never was: before March of that year days stay text. */
const FIRST_DAY = '1900-03-01'

/** Excel takes no longer text. */
const MOST_CHARACTERS = 32_000

function sheetCell(cell: ExportCell, format: DateFormat): Row[number] {
  if (cell === null) return null
  if ('day' in cell) {
    if (cell.day < FIRST_DAY) return { value: cell.day, type: String }
    return { value: new Date(`${cell.day}T00:00:00Z`), type: Date, format }
  }
  if ('at' in cell) {
    const value = new Date(Math.floor(cell.at.getTime() / 1000) * 1000)
    return { value, type: Date, format: `${format} hh:mm:ss` }
  }
  if ('number' in cell) {
    const value = Number(cell.number)
    return isExact(value, cell.number)
      ? { value, type: Number, format: '#,##0.00##' }
      : { value: cell.number, type: String }
  }
  // XML and its readers take none of these, and no register means anything by them.
  const clean = cell.text.replace(/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu, ' ')
  return { value: clean.slice(0, MOST_CHARACTERS), type: String }
}

function isExact(value: number, written: string): boolean {
  const places = written.split('.')[1]?.length ?? 0
  return written.length <= 15 && value.toFixed(places) === written
}

/** @throws UserError for more rows than a workbook takes here. */
export function needSheetRows(count: number): void {
  if (count < LIMITS.exportSheetRows) return
  throw new UserError(
    `A workbook takes at most ${LIMITS.exportSheetRows.toLocaleString('en-GB')} rows here. Export it as CSV, or fewer contracts.`,
  )
}
