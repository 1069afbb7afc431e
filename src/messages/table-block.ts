/** Slack's table: figures side by side. Whoever cannot see it reads the same rows as lines. */
import type { KnownBlock, TableBlock } from '@slack/types'
import { joined, type Mrkdwn, mrkdwn, plain, shown } from './escape.ts'

/** Slack's limits. */
const ROWS = 100
const COLUMNS = 20
const CELL = 120

export interface Column {
  readonly heading: string
  readonly align?: 'left' | 'right'
}

/** The first 99 rows under their headings; an empty cell is a dash. */
export function tableBlock(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): TableBlock {
  const headings = columns.slice(0, COLUMNS).map(({ heading }) => cell(heading))
  return {
    type: 'table',
    rows: [
      headings,
      ...rows.slice(0, ROWS - 1).map((row) => headings.map((_, at) => cell(row[at] ?? ''))),
    ],
    column_settings: columns
      .slice(0, COLUMNS)
      .map(({ align }) => ({ align: align ?? 'left', is_wrapped: true })),
  }
}

function cell(text: string): { type: 'raw_text'; text: string } {
  return { type: 'raw_text', text: plain(text, CELL) || '–' }
}

/** The rows as lines that name their columns: `Buyer Ashmarrow; units 9,200`. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): Mrkdwn[] {
  return rows.map((row) => {
    const said = columns.flatMap(({ heading }, at) => {
      const text = row[at] ?? ''
      return text === '' ? [] : [mrkdwn`${shown(heading, 40)} ${shown(text, CELL)}`]
    })
    return mrkdwn`• ${joined(said, '; ')}`
  })
}

/** The rows of a table block as texts, headings first; null for any other block. */
export function tableTexts(block: KnownBlock): string[][] | null {
  if (block.type !== 'table') return null
  return block.rows.map((row) => row.map((each) => ('text' in each ? String(each.text) : '')))
}
