/**
 * Paragraphs, rows and tables become a message: its blocks and its text come from the same lines.
 */
import type {
  ActionsBlock,
  KnownBlock,
  MrkdwnElement,
  SectionBlockAccessory,
  TableBlock,
} from '@slack/types'
import { button } from './buttons.ts'
import type { Message, MessageFile } from './facts.ts'
import { joined, type Mrkdwn, mrkdwn, plain, shown } from './mrkdwn.ts'
import { fitMessage, fitText, LIMITS } from './slack-limits.ts'

// Paragraphs become a message: the blocks and the text come from the same lines.

/** Lines that stand together. `note` is set small: how and why, after what matters. */
export interface Paragraph {
  readonly as: 'body' | 'note'
  readonly lines: readonly Mrkdwn[]
}

/** A paragraph in the size that is read first. */
export function body(...lines: readonly (Mrkdwn | null)[]): Paragraph {
  return { as: 'body', lines: lines.filter((line) => line !== null) }
}

/** A paragraph in small print. */
export function note(...lines: readonly (Mrkdwn | null)[]): Paragraph {
  return { as: 'note', lines: lines.filter((line) => line !== null) }
}

/**
 * The message that these paragraphs make, inside Slack's limits. `text` holds every line that
 * the blocks hold, because screen readers and notifications read only that. Buttons stand last.
 */
export function compose(
  paragraphs: readonly Paragraph[],
  {
    actions = null,
    file = null,
  }: { actions?: ActionsBlock | null; file?: MessageFile | null } = {},
): Message {
  const said = paragraphs.filter((paragraph) => paragraph.lines.length > 0)
  return fitMessage({
    text: linesOf(said),
    blocks: [...said.flatMap(paragraphBlocks), ...(actions === null ? [] : [actions])],
    file,
  })
}

/** The text of such a message alone, for where nobody sees its blocks. */
export function composeText(paragraphs: readonly Paragraph[]): string {
  return fitText(linesOf(paragraphs.filter((paragraph) => paragraph.lines.length > 0)))
}

function linesOf(said: readonly Paragraph[]): string {
  return said.map(({ lines }) => lines.map(spokenLine).join('\n')).join('\n')
}

/** Outside text holds no asterisk (text/mrkdwn.ts), so every one left is ours and only sets type. */
function spokenLine(line: Mrkdwn): string {
  return line.toString().replaceAll('*', '')
}

function paragraphBlocks({ as, lines }: Paragraph): KnownBlock[] {
  return packed(lines, as === 'body' ? LIMITS.section : LIMITS.contextText).map((text) =>
    as === 'body'
      ? { type: 'section', text: mrkdwnElement(text) }
      : { type: 'context', elements: [mrkdwnElement(text)] },
  )
}

/** `verbatim`: Slack makes no links or mentions of its own out of names and addresses. */
function mrkdwnElement(text: string): MrkdwnElement {
  return { type: 'mrkdwn', text, verbatim: true }
}

function packed(lines: readonly Mrkdwn[], limit: number): string[] {
  const texts: string[] = []
  let open = ''
  for (const line of lines.map(String)) {
    if (open !== '' && open.length + 1 + line.length > limit) {
      texts.push(open)
      open = line
    } else {
      open = open === '' ? line : `${open}\n${line}`
    }
  }
  return open === '' ? texts : [...texts, open]
}

// Paragraphs, rows with a menu and rows of buttons become the blocks of an answer.

export interface AnswerRow {
  readonly as: 'row'
  readonly lines: readonly Mrkdwn[]
  readonly accessory: SectionBlockAccessory | null
}
export type AnswerPart = Paragraph | AnswerRow | ActionsBlock

/** Lines with something to press beside them. */
export function rowWith(
  accessory: SectionBlockAccessory | null,
  ...lines: readonly (Mrkdwn | null)[]
): AnswerRow {
  return { as: 'row', accessory, lines: lines.filter((line) => line !== null) }
}

/** The answer that these parts make, inside Slack's limits; `text` says all of it. */
export function answer(
  parts: readonly (AnswerPart | null)[],
  file: Message['file'] = null,
): Message {
  const said = parts.filter((part) => part !== null)
  const text = said.map(spokenPart).filter((part) => part !== '')
  return fitMessage({ text: text.join('\n'), blocks: blocksOf(said), file })
}

/** The same as blocks, for App Home. */
export function blocksOf(parts: readonly (AnswerPart | null)[]): KnownBlock[] {
  return parts.flatMap((part): readonly KnownBlock[] => {
    if (part === null) return []
    if (!('as' in part)) return [part]
    if (part.lines.length === 0) return []
    if (part.as !== 'row') return compose([part]).blocks
    const text = joined(part.lines, '\n').toString()
    const { accessory } = part
    return [
      {
        type: 'section',
        text: { type: 'mrkdwn', text, verbatim: true },
        ...(accessory === null ? {} : { accessory }),
      },
    ]
  })
}

function spokenPart(part: AnswerPart): string {
  return 'as' in part ? joined(part.lines, '\n').toString().replaceAll('*', '') : ''
}

/** "Share here", where the answer was not shared already. */
export function shareButton({ query, shared }: { query: string; shared: boolean }) {
  return shared ? null : button('Share here', { act: 'share', query })
}

/** The buttons to the pages before and after. */
export function pageButtons({
  query,
  shared,
  page,
  pages,
}: {
  query: string
  shared: boolean
  page: number
  pages: number
}) {
  if (shared) return []
  return [
    page > 1 ? button('Previous', { act: 'page', query, page: page - 1 }) : null,
    page < pages ? button('Next', { act: 'page', query, page: page + 1 }) : null,
  ]
}

// Slack's table: figures side by side. Whoever cannot see it reads the same rows as lines.

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
