/** The register as a workbook: dates and amounts as a spreadsheet's own, where they are exact in it. */
import writeWorkbook, { type Row } from 'write-excel-file/node'
import { Refusal } from '../../domain/refusal.ts'
import { LIMITS } from '../limits.ts'
import { EXPORT_COLUMNS, type ExportCell, exportRows } from './export-columns.ts'
import type { ExportedContract } from './read-export.ts'

/**
 * The bytes of the workbook.
 * @throws Refusal for more rows than are held in memory at once.
 */
export async function exportXlsx(contracts: AsyncIterable<ExportedContract>): Promise<Buffer> {
  const rows: Row[] = [
    EXPORT_COLUMNS.map(({ heading }) => ({ value: heading, type: String, fontWeight: 'bold' })),
  ]
  for await (const contract of contracts) {
    for (const row of exportRows(contract)) rows.push(row.map(sheetCell))
    if (rows.length > LIMITS.exportSheetRows) throw tooLong()
  }
  const columns = EXPORT_COLUMNS.map(({ heading }) => ({ width: Math.max(12, heading.length + 2) }))
  const workbook = writeWorkbook(rows, { sheet: 'Contracts', columns, stickyRowsCount: 1 })
  return workbook.toBuffer()
}

/** Excel's calendar has a day in 1900 that never was: before March of that year days stay text. */
const FIRST_DAY = '1900-03-01'

/** Excel takes no longer text. */
const MOST_CHARACTERS = 32_000

function sheetCell(cell: ExportCell): Row[number] {
  if (cell === null) return null
  if ('day' in cell) {
    if (cell.day < FIRST_DAY) return { value: cell.day, type: String }
    return { value: new Date(`${cell.day}T00:00:00Z`), type: Date, format: 'yyyy-mm-dd' }
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

function tooLong(): Refusal {
  return new Refusal(
    `A workbook takes at most ${LIMITS.exportSheetRows.toLocaleString('en-GB')} rows here. Export it as CSV, or fewer contracts.`,
  )
}
