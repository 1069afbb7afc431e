/** Tables made to be read. */
import Table from 'cli-table3'

/** Rows under headings; an empty list says so instead. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const made = new Table({
    head: [...headings],
    style: { head: [], border: [], compact: true },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
  })
  for (const row of rows)
    made.push(row.map((cell) => (cell === null ? '–' : visible(String(cell)))))
  return made.toString()
}

/** Text from outside without what would move the cursor or turn the line around. */
export function visible(text: string, most = 60): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').trim()
  return clean.length > most ? `${clean.slice(0, most - 1)}…` : clean
}
