/** Tables for people's spreadsheets: what did not fit into a message. */
import { oneLine } from './escape.ts'
import type { MessageFile } from './facts.ts'
import { guarded } from './formula-guard.ts'

/** A number is ours and stays one; a text may come from outside; null is an empty cell. */
export type Cell = string | number | null

/**
 * A CSV file with these headings and rows: quoted as RFC 4180 says, with a byte order mark so that
 * spreadsheets read it as UTF-8, and with no text that a spreadsheet would run as a formula.
 */
export function csvFile(
  name: string,
  title: string,
  headings: readonly string[],
  rows: readonly (readonly Cell[])[],
): MessageFile {
  const lines = [headings, ...rows].map((row) => row.map(cell).join(','))
  return { name: `${name}.csv`, title, content: `\ufeff${lines.join('\r\n')}\r\n` }
}

function cell(value: Cell): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = guarded(oneLine(value))
  return /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
