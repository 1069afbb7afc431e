/** A table as a workbook: dates and amounts as a spreadsheet's own, where they are exact in it. */
import type { Row } from 'write-excel-file/node'
import { Refusal } from '../../domain/refusal.ts'
import { LIMITS } from '../limits.ts'
import type { DateFormat, ExportCell, Sheet } from './sheet.ts'

/**
 * The bytes of the workbook, its days in that format.
 * @throws Refusal for more rows than are held in memory at once.
 */
export async function sheetXlsx(
  { name, headings, rows: cells }: Sheet,
  format: DateFormat,
): Promise<Buffer> {
  const rows: Row[] = [
    headings.map((heading) => ({ value: heading, type: String, fontWeight: 'bold' })),
  ]
  for await (const row of cells) {
    rows.push(row.map((cell) => sheetCell(cell, format)))
    needSheetRows(rows.length - 1)
  }
  const columns = headings.map((heading) => ({ width: Math.max(12, heading.length + 2) }))
  // Loaded where a workbook is written: it takes a sixth of what a command needs to start.
  const { default: writeWorkbook } = await import('write-excel-file/node')
  const workbook = writeWorkbook(rows, { sheet: name, columns, stickyRowsCount: 1 })
  return workbook.toBuffer()
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

/** @throws Refusal for more rows than a workbook takes here. */
export function needSheetRows(count: number): void {
  if (count < LIMITS.exportSheetRows) return
  throw new Refusal(
    `A workbook takes at most ${LIMITS.exportSheetRows.toLocaleString('en-GB')} rows here. Export it as CSV, or fewer contracts.`,
  )
}
