/**
 * Paragraphs, rows and tables become a message: its blocks and its text come from the same lines.
 */
import type {
  ActionsBlock,
  DataTableBlock,
  HomeView,
  KnownBlock,
  ModalView,
  MrkdwnElement,
  PlainTextElement,
  SectionBlockAccessory,
} from '@slack/types'
import type { CivilDate } from '../rules/civil-date.ts'
import type { Decimal } from '../rules/money.ts'
import { button } from './buttons.ts'
import type { Message, MessageBlock, MessageFile } from './facts.ts'
import type { ChartBlock } from './months-ahead.ts'
import {
  dateWords,
  figure,
  firstLines,
  joined,
  Mrkdwn,
  mrkdwn,
  oneLine,
  plainText,
  shown,
  unitsOf,
} from './words.ts'

/** Lines that stand together. `note` is set small: how and why, after what matters. */
export interface Paragraph {
  readonly as: 'body' | 'note'
  readonly lines: readonly Mrkdwn[]
}

/** A table or a chart, and the lines that say in the text what it shows. */
export interface Figure {
  readonly as: 'figure'
  readonly blocks: readonly MessageBlock[]
  readonly lines: readonly Mrkdwn[]
}

/** A paragraph in the size that is read first. */
export function body(...lines: readonly (Mrkdwn | null)[]): Paragraph {
  return { as: 'body', lines: lines.filter((line) => line !== null) }
}

/** A paragraph in small print. */
/** Under its title the first of a list, and how many more there are; nothing where it is empty. */
export function listed<Item>(
  title: string,
  items: readonly Item[],
  most: number,
  line: (item: Item) => Mrkdwn,
  where?: string,
): Paragraph {
  if (items.length === 0) return body(null)
  return body(mrkdwn`*${title}*`, ...firstLines(items, most, line, where))
}

export function note(...lines: readonly (Mrkdwn | null)[]): Paragraph {
  return { as: 'note', lines: lines.filter((line) => line !== null) }
}

/**
 * The message that these paragraphs make, inside Slack's limits. `text` holds every line that
 * the blocks hold, because screen readers and notifications read only that. Buttons stand last.
 */
export function compose(
  paragraphs: readonly (Paragraph | Figure)[],
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

function linesOf(said: readonly (Paragraph | Figure)[]): string {
  return said.map(({ lines }) => lines.map(spokenLine).join('\n')).join('\n')
}

/** Outside text holds no asterisk (text/mrkdwn.ts), so every one left is ours and only sets type. */
function spokenLine(line: Mrkdwn): string {
  return line.toString().replaceAll('*', '')
}

function paragraphBlocks(said: Paragraph | Figure): readonly MessageBlock[] {
  if (said.as === 'figure') return said.blocks
  const { as, lines } = said
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
export type AnswerPart = Paragraph | Figure | AnswerRow | ActionsBlock

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
  return fitMessage({ text: text.join('\n'), blocks: partBlocks(said), file })
}

/** The same as blocks, for modals and App Home. */
export function blocksOf(parts: readonly (AnswerPart | null)[]): KnownBlock[] {
  return plainBlocks(partBlocks(parts))
}

function partBlocks(parts: readonly (AnswerPart | null)[]): MessageBlock[] {
  return parts.flatMap((part): readonly MessageBlock[] => {
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

/** Slack's limits for a table, and how many characters one takes at most. */
const TABLE = { rows: 100, columns: 20, cell: 120, text: 8000 } as const

/** A cell: a text, or words with the number by which Slack sorts them. */
export type TableCell = string | { readonly value: number; readonly words: string }

export function countCell(count: number): TableCell {
  return { value: count, words: figure(count) }
}

/** An amount in words; what is unknown is told and not sorted. */
export function amountCell(amount: Decimal | null, words: string): TableCell {
  return amount === null ? words : { value: Number(amount), words }
}

/** A day, sorted as one. */
export function dateCell(on: CivilDate): TableCell {
  return { value: Number(on.replaceAll('-', '')), words: dateWords(on) }
}

/**
 * The first rows under their headings, without columns that are empty, and all rows as lines that
 * name their columns: `Buyer Ashmarrow; units 9,200`. The first column is what a row is about.
 */
export function dataTable(
  title: string,
  headings: readonly string[],
  rows: readonly (readonly TableCell[])[],
  lines: readonly Mrkdwn[] = namedLines(
    headings,
    rows.map((row) => row.map(cellWords)),
  ),
): Figure {
  const columns = headings
    .flatMap((_, at) => (rows.some((row) => cellWords(row[at] ?? '') !== '') ? [at] : []))
    .slice(0, TABLE.columns)
  const header = columns.map((at) => cell(headings[at] ?? ''))
  const shownRows: Cells[] = []
  let room = TABLE.text - lengthOf(header)
  for (const row of rows.slice(0, TABLE.rows)) {
    const cells = columns.map((at) => cell(row[at] ?? ''))
    room -= lengthOf(cells)
    if (room < 0) break
    shownRows.push(cells)
  }
  if (shownRows.length === 0) return { as: 'figure', blocks: [], lines }
  const caption = plainText(title, 120).text
  const left = rows.length - shownRows.length
  const block: DataTableBlock = {
    type: 'data_table',
    caption:
      left === 0
        ? caption
        : `${caption}: the first ${figure(shownRows.length)} of ${figure(rows.length)}`,
    rows: [header, ...shownRows],
    page_size: Math.min(shownRows.length, 25),
  }
  return { as: 'figure', blocks: [block], lines }
}

type Cells = DataTableBlock['rows'][number]

function lengthOf(cells: Cells): number {
  return textsOf(cells).reduce((sum, text) => sum + text.length, 0)
}

export function cellWords(of: TableCell): string {
  return typeof of === 'string' ? of : of.words
}

function cell(of: TableCell): Cells[number] {
  const { text } = plainText(cellWords(of), TABLE.cell)
  return typeof of === 'string' || !Number.isFinite(of.value)
    ? { type: 'raw_text', text }
    : { type: 'raw_number', value: of.value, text }
}

function namedLines(headings: readonly string[], rows: readonly (readonly string[])[]): Mrkdwn[] {
  return rows.map((row) => {
    const said = headings.flatMap((heading, at) => {
      const text = row[at] ?? ''
      return text === '' || text === '–'
        ? []
        : [mrkdwn`${shown(heading, 40)} ${shown(text, TABLE.cell)}`]
    })
    return mrkdwn`• ${joined(said, '; ')}`
  })
}

// Slack brings new blocks to workspaces in stages, and never to modals and Home: there the same
// stands as text.

export const DATA_BLOCKS = ['data_table', 'data_visualization'] as const
export type DataBlockType = (typeof DATA_BLOCKS)[number]

/** Which of them a message holds. */
export function dataBlocksIn({ blocks }: Pick<Message, 'blocks'>): DataBlockType[] {
  return DATA_BLOCKS.filter((wanted) => blocks.some(({ type }) => type === wanted))
}

/** The message with text in place of its blocks of these types; it says the same. */
export function withTextFor(message: Message, types: readonly DataBlockType[]): Message {
  if (types.length === 0) return message
  return fitMessage({ ...message, blocks: plainBlocks(message.blocks, types) })
}

/** Blocks as every surface takes them. */
export function plainBlocks(blocks: readonly MessageBlock[]): KnownBlock[]
export function plainBlocks(
  blocks: readonly MessageBlock[],
  types: readonly DataBlockType[],
): MessageBlock[]
export function plainBlocks(
  blocks: readonly MessageBlock[],
  types: readonly string[] = DATA_BLOCKS,
): MessageBlock[] {
  return blocks.flatMap((block) => {
    const data = types.includes(block.type) ? dataOf(block) : null
    return data === null ? [block] : textBlocks(data)
  })
}

interface DataShown {
  readonly title: string
  /** Headings first. */
  readonly rows: readonly (readonly string[])[]
}

/** What a table or a chart holds, as texts; null for any other block. */
export function dataOf(block: MessageBlock): DataShown | null {
  if (block.type === 'data_table') {
    const { caption: title, rows } = block
    return { title, rows: rows.map((row) => row.map((each) => textsOf(each).join(''))) }
  }
  if (block.type !== 'data_visualization') return null
  const { title, chart } = block as ChartBlock
  const { categories, y_label = '' } = chart.axis_config
  const rows = categories.map((category, at) => [
    category,
    ...chart.series.map(({ data }) => figure(data[at]?.value ?? 0)),
  ])
  return {
    title: y_label === '' ? title : `${title} (${y_label})`,
    rows: [['', ...chart.series.map(({ name }) => name)], ...rows],
  }
}

/** As wide as a message of Slack's is on a small window: what is wider would be broken in its middle. */
const ALIGNED = { width: 76, length: 2600 } as const

/** Columns under one another where they have room, else lines that name them. */
function textBlocks({ title, rows }: DataShown): readonly MessageBlock[] {
  const heading = mrkdwn`*${shown(title, 150)}*`
  const aligned = alignedRows(rows, (text) => shown(text, TABLE.cell).toString()).join('\n')
  const fits =
    aligned.length <= ALIGNED.length &&
    alignedRows(rows).every((line) => textColumns(line) <= ALIGNED.width)
  const [headings = [], ...others] = rows
  return compose([
    fits
      ? body(heading, new Mrkdwn(`\`\`\`\n${aligned}\n\`\`\``))
      : body(heading, ...namedLines(headings, others)),
  ]).blocks
}

/** One line a row, the columns under one another. @param written a cell as it is written, as wide as it is */
function alignedRows(
  rows: readonly (readonly string[])[],
  written = (text: string) => text,
): string[] {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => textColumns(row[at] ?? ''))),
  )
  return rows.map((row) =>
    row
      .map(
        (text, at) =>
          written(text) + ' '.repeat(Math.max(0, (widths[at] ?? 0) - textColumns(text))),
      )
      .join('  ')
      .trimEnd(),
  )
}

/** Columns that a text takes: wide letters and emoji take two, marks and asterisks of type none. */
export function textColumns(text: string): number {
  let sum = 0
  for (const letter of text) {
    if (letter === '*' || /\p{Mn}|\u200d|\ufe0f/u.test(letter)) continue
    sum +=
      /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/u.test(
        letter,
      )
        ? 2
        : 1
  }
  return sum
}

// Slack's hard limits for messages: everything that is sent passes this check last.

/** In characters or pieces, as Slack counts them (its reference pages; `blockText` was measured). */
export const LIMITS = {
  blocks: 50,
  /** Slack answers msg_blocks_too_long from about 13,200 on. */
  blockText: 12_000,
  text: 40_000,
  /** Of the cells of all tables together. */
  cells: 10_000,
  section: 3000,
  fields: 10,
  field: 2000,
  header: 150,
  contextElements: 10,
  contextText: 2000,
  actions: 25,
} as const

/** What the sentence about what was left out may take. */
const REST_ROOM = 120

/**
 * The message with everything inside Slack's limits. What is too long is cut at the end of a line
 * and what was left out is counted; buttons stay. Never throws, whatever the size.
 */
export function fitMessage(message: Message): Message {
  return { ...message, text: fitText(message.text), blocks: fitBlocks(message.blocks) }
}

/** A message's text inside its limit; never empty. */
function fitText(text: string): string {
  if (text === '') return 'Nothing to say.'
  if (text.length <= LIMITS.text) return text
  const kept = cutAtLine(text, LIMITS.text - REST_ROOM)
  return `${kept}\n${rest(lineCount(text) - lineCount(kept))}`
}

function fitBlocks(blocks: readonly MessageBlock[]): MessageBlock[] {
  const fitted = withinCells(blocks)
    .map(fitBlock)
    .filter((block) => block !== null)
  if (fitted.length <= LIMITS.blocks && textLength(fitted) <= LIMITS.blockText) return fitted
  const buttons = fitted.filter((block) => block.type === 'actions').slice(0, LIMITS.blocks - 2)
  const kept: MessageBlock[] = []
  let room = LIMITS.blockText - REST_ROOM - textLength(buttons)
  let dropped = 0
  for (const block of fitted) {
    if (block.type === 'actions') continue
    const length = textLength([block])
    const places = LIMITS.blocks - 1 - buttons.length - kept.length
    if (dropped === 0 && places > 0 && length <= room) {
      kept.push(block)
      room -= length
    } else {
      dropped += blockLines(block)
    }
  }
  if (dropped > 0) {
    kept.push({ type: 'context', elements: [{ type: 'mrkdwn', text: rest(dropped) }] })
  }
  return [...kept, ...buttons]
}

/** A table for whose cells there is no room beside those before it is told as text. */
function withinCells(blocks: readonly MessageBlock[]): MessageBlock[] {
  let room: number = LIMITS.cells
  return blocks.flatMap((block): MessageBlock[] => {
    if (block.type !== 'data_table') return [block]
    const length = block.rows.reduce((sum, row) => sum + lengthOf(row), 0)
    if (length > room) return plainBlocks([block])
    room -= length
    return [block]
  })
}

function rest(lines: number): string {
  return `… and ${lines.toLocaleString('en-GB')} more ${lines === 1 ? 'line' : 'lines'} that did not fit.`
}

/** The block inside its own limits, or null where nothing of it is left to show. */
function fitBlock(block: MessageBlock): MessageBlock | null {
  switch (block.type) {
    case 'header':
      return { ...block, text: { ...block.text, text: cut(block.text.text, LIMITS.header) } }
    case 'section':
      return {
        ...block,
        ...(block.text === undefined
          ? {}
          : { text: { ...block.text, text: cut(block.text.text, LIMITS.section) } }),
        ...(block.fields === undefined
          ? {}
          : {
              fields: block.fields
                .slice(0, LIMITS.fields)
                .map((field) => ({ ...field, text: cut(field.text, LIMITS.field) })),
            }),
      }
    case 'context':
      if (block.elements.length === 0) return null
      return {
        ...block,
        elements: block.elements
          .slice(0, LIMITS.contextElements)
          .map((element) =>
            'text' in element
              ? { ...element, text: cut(element.text, LIMITS.contextText) }
              : element,
          ),
      }
    case 'actions':
      return block.elements.length === 0
        ? null
        : { ...block, elements: block.elements.slice(0, LIMITS.actions) }
    default:
      return block
  }
}

/** Cut at the end of a line where one is near, else between words; markup is closed again. */
function cut(text: string, limit: number): string {
  // Slack refuses an empty text.
  if (text === '') return ' '
  if (text.length <= limit) return text
  const kept = cutAtLine(text, limit - 3)
  const lastLine = kept.slice(kept.lastIndexOf('\n') + 1)
  const open = (lastLine.split('*').length - 1) % 2 === 1
  return `${kept}…${open ? '*' : ''}`
}

function cutAtLine(text: string, limit: number): string {
  const head = text.slice(0, limit)
  const line = head.lastIndexOf('\n')
  if (line > limit / 2) return head.slice(0, line)
  // Half an entity, half a mention or half an emoji would be shown as rubbish.
  return head
    .replace(/&[a-z]{0,4}$/, '')
    .replace(/<[^<>]*$/, '')
    .replace(/[\ud800-\udbff]$/, '')
    .trimEnd()
}

/** How many characters of text these blocks carry. */
export function textLength(blocks: readonly MessageBlock[]): number {
  return textsOf(blocks).reduce((sum, text) => sum + text.length, 0)
}

/** Every text that blocks carry, in reading order: all that stands under a key `text`. */
export function textsOf(value: unknown): string[] {
  const texts: string[] = []
  addTexts(texts, value)
  return texts
}

function addTexts(texts: string[], value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'text' && typeof inner === 'string') texts.push(inner)
    else addTexts(texts, inner)
  }
}

function blockLines(block: MessageBlock): number {
  return textsOf(block).reduce((sum, text) => sum + lineCount(text), 0)
}

function lineCount(text: string): number {
  return text.split('\n').length
}

// Slack's hard limits for modals and App Home: `fitView` is applied to a view last.

export const VIEW_LIMITS = {
  blocks: 100,
  bytes: 250_000,
  title: 24,
  metadata: 3000,
  callback: 255,
  label: 2000,
  hint: 2000,
  placeholder: 150,
  options: 100,
  choices: 10,
  value: 75,
  typed: 3000,
} as const

/** Room for the sentence about what was left out. */
const SPARE = 2000

/**
 * The view with everything inside Slack's limits: texts cut, blocks that are too many left out and
 * counted, the last one kept where it holds buttons. Never throws.
 */
export function fitView(view: ModalView): ModalView
export function fitView(view: HomeView): HomeView
export function fitView(view: ModalView | HomeView): ModalView | HomeView {
  const blocks = fitViewBlocks(view.blocks as KnownBlock[])
  if (view.type === 'home') return { ...view, blocks }
  return {
    ...view,
    blocks,
    title: cutPlainText(view.title, VIEW_LIMITS.title),
    ...(view.submit === undefined ? {} : { submit: cutPlainText(view.submit, VIEW_LIMITS.title) }),
    ...(view.close === undefined ? {} : { close: cutPlainText(view.close, VIEW_LIMITS.title) }),
  }
}

function fitViewBlocks(blocks: readonly KnownBlock[]): KnownBlock[] {
  const fitted = blocks.flatMap(fitViewBlock)
  if (fitted.length <= VIEW_LIMITS.blocks && bytes(fitted) <= VIEW_LIMITS.bytes) return fitted
  const kept: KnownBlock[] = []
  let room = VIEW_LIMITS.bytes - SPARE
  for (const block of fitted) {
    room -= bytes(block) + 1
    if (room < 0 || kept.length === VIEW_LIMITS.blocks - 1) break
    kept.push(block)
  }
  const left = fitted.length - kept.length
  const words = `… and ${left.toLocaleString('en-GB')} more that did not fit here.`
  return [...kept, { type: 'context', elements: [{ type: 'mrkdwn', text: words }] }]
}

/** A view's text counts in bytes of UTF-8. */
function bytes(value: unknown): number {
  let count = 0
  for (const character of JSON.stringify(value)) {
    const code = character.codePointAt(0) ?? 0
    count += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return count
}

function fitViewBlock(block: KnownBlock): readonly KnownBlock[] {
  if (block.type !== 'input') {
    // One block alone is never too much for a message: only its own limits apply.
    return plainBlocks(fitMessage({ text: '-', blocks: [block], file: null }).blocks)
  }
  const { element } = block
  return [
    {
      ...block,
      label: cutPlainText(block.label, VIEW_LIMITS.label),
      ...(block.hint === undefined ? {} : { hint: cutPlainText(block.hint, VIEW_LIMITS.hint) }),
      element:
        element.type === 'static_select' && element.options !== undefined
          ? { ...element, options: element.options.slice(0, VIEW_LIMITS.options) }
          : element,
    },
  ]
}

function cutPlainText(text: PlainTextElement, most: number): PlainTextElement {
  return { ...text, text: unitsOf(text.text, most) || '–' }
}

// Files beside a message; CSV files that no spreadsheet runs as formulas.

/** The message with a link to its file, which the readers of the message may then open. */
export function withFileLink(message: Message, permalink: string): Message {
  if (message.file === null) return message
  // Blocks are verbatim: an address is a link only where it is written as one.
  const address = permalink.replace(/[<>|\s]/g, '')
  const link = mrkdwn`${new Mrkdwn(`<${address}|`)}${shown(message.file.title, 80)}${new Mrkdwn('>')}`
  return withLines({ ...message, file: null }, [], [link])
}

/** The message without its file, saying so: the figures in it stand all the same. */
export function withoutFile(message: Message, why: string): Message {
  if (message.file === null) return message
  const { title } = message.file
  const lost = mrkdwn`The file "${shown(title, 80)}" could not be attached (${shown(why, 120)}).`
  return withLines({ ...message, file: null }, [], [lost])
}

/**
 * Lines of ours near the top and at the end of a message, in its text as well as in its blocks. The
 * first line stays the first: it says what to do, and is all that a notification shows.
 */
export function withLines(
  message: Message,
  top: readonly Mrkdwn[],
  after: readonly Mrkdwn[],
): Message {
  if (top.length === 0 && after.length === 0) return message
  const said = compose([body(...top)])
  const end = compose([note(...after)])
  const [first, ...others] = message.blocks
  return fitMessage({
    ...message,
    text: [afterFirstLine(message.text, top.map(spokenLine)), ...after].join('\n'),
    blocks: [
      ...(first === undefined ? [] : [first]),
      ...(top.length === 0 ? [] : said.blocks),
      ...others,
      ...(after.length === 0 ? [] : end.blocks),
    ],
  })
}

/** The text with these lines behind its first one. */
export function afterFirstLine(text: string, lines: readonly string[]): string {
  const [first = '', ...rest] = text.split('\n')
  return [first, ...lines, ...rest].join('\n')
}

/** A number is ours and stays one; a text may come from outside; null is an empty cell. */
export type Cell = string | number | null

/** The columns of a table: each heading with what stands below it. */
export type Columns<Item, Of = Cell> = Readonly<Record<string, (item: Item) => Of>>

/** A row for each item, its cells in the order of the columns. */
export function rowsUnder<Item, Of>(columns: Columns<Item, Of>, items: readonly Item[]): Of[][] {
  return items.map((item) => Object.values(columns).map((cell) => cell(item)))
}

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
  const lines = [headings, ...rows].map((row) => row.map(csvCell).join(','))
  return { name: `${name}.csv`, title, content: `\ufeff${lines.join('\r\n')}\r\n` }
}

function csvCell(value: Cell): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = guarded(oneLine(value))
  return /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** What spreadsheets take for the beginning of a formula; full-width signs count too. */
const RUNS = /^'*[=+\-@|%\uff1d\uff0b\uff0d\uff20]/

/** With a leading apostrophe where a spreadsheet would run it: then the cell is text. */
export function guarded(text: string): string {
  return RUNS.test(text) ? `'${text}` : text
}

export function unguarded(text: string): string {
  return text.startsWith("'") && RUNS.test(text) ? text.slice(1) : text
}
