/** A table block: its first row is the heading, and it scrolls by itself where it is too wide. */
import type { Block } from '../content/blocks.ts'
import { emojiText } from './emoji.ts'
import { attribute, type Html, html } from './html.ts'
import type { Look } from './look.ts'
import { richTextHtml } from './rich-text.ts'

type Table = Extract<Block, { type: 'table' }>
type Cell = Table['rows'][number][number]

export function tableHtml({ rows, column_settings }: Table, look: Look): Html {
  const [head = [], ...body] = rows
  const place = (column: number) => attribute('class', column_settings?.[column]?.align ?? null)
  const cells = (row: readonly Cell[]) =>
    row.map((cell, column) => html`<td${place(column)}>${cellHtml(cell, look)}</td>`)
  return html`<div class="block table" role="region" aria-label="Table" tabindex="0"><table><thead><tr>${head.map(
    (cell, column) => html`<th scope="col"${place(column)}>${cellHtml(cell, look)}</th>`,
  )}</tr></thead><tbody>${body.map((row) => html`<tr>${cells(row)}</tr>`)}</tbody></table></div>`
}

function cellHtml(cell: Cell, look: Look): Html {
  switch (cell.type) {
    case 'raw_text':
      return emojiText(cell.text)
    case 'raw_number':
      return html`${cell.text ?? cell.value}`
    case 'rich_text':
      return richTextHtml(cell, look)
  }
}
