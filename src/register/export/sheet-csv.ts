/**
 * A table as CSV, piece by piece: as RFC 4180 says, with a byte order mark for spreadsheets. Days
 * are written as 2027-04-30, which spreadsheets of every country and every import read alike.
 */
import type { ExportCell, Sheet } from './sheet.ts'

/** Rows in a piece. */
const PIECE = 500

export async function* sheetCsv({ headings, rows }: Sheet): AsyncGenerator<string> {
  let piece = `\ufeff${headings.join(',')}\r\n`
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
