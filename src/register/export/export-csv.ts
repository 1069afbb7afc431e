/** The register as CSV, piece by piece: as RFC 4180 says, with a byte order mark for spreadsheets. */
import { EXPORT_COLUMNS, type ExportCell, exportRows } from './export-columns.ts'
import type { ExportedContract } from './read-export.ts'

export async function* exportCsv(
  contracts: AsyncIterable<ExportedContract>,
): AsyncGenerator<string> {
  yield `\ufeff${EXPORT_COLUMNS.map(({ heading }) => heading).join(',')}\r\n`
  for await (const contract of contracts) {
    yield exportRows(contract)
      .map((row) => `${row.map(csvCell).join(',')}\r\n`)
      .join('')
  }
}

function csvCell(cell: ExportCell): string {
  if (cell === null) return ''
  if ('day' in cell) return cell.day
  if ('number' in cell) return cell.number
  const { text } = cell
  return /[",;|\r\n\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
