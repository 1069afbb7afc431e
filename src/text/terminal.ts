/** What a terminal shows: a message without Slack's markup, tables and lines within its width. */
import type { Message, MessageBlock } from './facts.ts'
import { dataOf, textColumns, textsOf } from './message.ts'

/** How it is set: columns of the terminal, and whether it shows colour and weight. */
export interface TerminalOptions {
  readonly width: number
  readonly colour: boolean
}

/**
 * The message as lines for a terminal, ending without a line break. Outside text carries no
 * control characters (text/mrkdwn.ts), so nothing in it can move the cursor or set a colour.
 */
export function terminalText(message: Message, options: TerminalOptions): string {
  const paragraphs = message.blocks.flatMap((block) => paragraphOf(block, options))
  const said = paragraphs.length > 0 ? paragraphs : [wrapped(unescaped(message.text), options)]
  const attached =
    message.file === null ? [] : [`File: ${message.file.name} (${message.file.title})`]
  return [...said, ...attached].join('\n').trim()
}

function paragraphOf(block: MessageBlock, options: TerminalOptions): string[] {
  if (block.type === 'divider') return ['-'.repeat(Math.min(options.width, 40))]
  if (block.type === 'actions') return []
  const data = dataOf(block)
  if (data !== null) {
    const title = block.type === 'data_table' ? [] : ['', data.title]
    return [...title, ...tableLines(data.rows, options.width)]
  }
  const small = block.type === 'context'
  return textsOf(block).map((text) => {
    const lines = wrapped(text, options)
    return small && options.colour ? dim(lines) : `${opensList(text) ? '\n' : ''}${lines}`
  })
}

/** A paragraph whose heading stands on a line of its own: set apart from what comes before. */
function opensList(text: string): boolean {
  return /^\*[^*\n]+\*\n/.test(text)
}

function wrapped(text: string, options: TerminalOptions): string {
  const width = Math.max(20, options.width)
  return text
    .split('\n')
    .flatMap((line) => wrapLine(unescaped(line), width))
    .map((line) => (options.colour ? line : line.replaceAll('*', '')))
    .join('\n')
    .replace(/\*([^*]*)\*/g, (_, words: string) => bold(words))
}

/** Slack's mentions and links in plain words, and its entities as the characters they stand for. */
function unescaped(text: string): string {
  return text
    .replace(/<([@#!])([^>|]+)(?:\|([^>]*))?>/g, (_, sign: string, id: string, label?: string) =>
      label === undefined ? `${sign === '!' ? '@' : sign}${id}` : label,
    )
    .replace(/<([^>|@#!][^>|]*)(?:\|([^>]*))?>/g, (_, url: string, label?: string) =>
      label === undefined ? url : `${label} (${url})`,
    )
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

/** Words that go over the width continue on the next line, indented. */
function wrapLine(
  line: string,
  width: number,
  indent = '  ',
  columnsOf: (text: string) => number = textColumns,
): string[] {
  const lines: string[] = []
  const lead = /^ */.exec(line)?.[0] ?? ''
  let open = lead
  for (const word of line.slice(lead.length).split(' ')) {
    const longer = open === lead ? `${open}${word}` : `${open} ${word}`
    if (open.trim() !== '' && columnsOf(longer) > width) {
      lines.push(open.trimEnd())
      open = `${indent}${word}`
    } else {
      open = longer
    }
  }
  return [...lines, open]
}

/**
 * The columns of a terminal; null where nobody watches, as in a file: lines are as long as they are. Some
 * terminals say 0 columns: they are taken for 80.
 */
export function terminalWidth(stream: {
  readonly isTTY?: boolean
  readonly columns?: number
}): number | null {
  const { isTTY, columns = 0 } = stream
  return isTTY !== true ? null : columns > 0 ? columns : 80
}

/** Lines that are longer than the terminal, broken between words; a null width breaks none. */
export function fittedLines(text: string, width: number | null): string {
  if (width === null) return text
  return text
    .split('\n')
    .flatMap((line) => (columnsOf(line) > width ? wrapLine(line, width, '  ', columnsOf) : [line]))
    .join('\n')
}

/** Columns of a text that is shown without bold: an asterisk takes one. */
function columnsOf(text: string): number {
  return textColumns(text.replaceAll('*', '.'))
}

/** No column is made narrower to fit. */
const LEAST_COLUMNS = 14

/**
 * Rows under the headings of the first one. What is too wide is broken within its cell, the widest column
 * first; where columns have no room beside each other, each row is told by itself.
 */
export function tableLines(rows: readonly (readonly string[])[], width: number | null): string[] {
  const [headings = [], ...others] = rows
  const widths = columnsWithin(rows, width)
  if (widths === null) return others.flatMap((row) => toldByItself(headings, row, width ?? 0))
  return rows.flatMap((row) => {
    const cells = row.map((text, at) => cellLines(text, widths[at] ?? 0))
    const height = Math.max(1, ...cells.map(({ length }) => length))
    return Array.from({ length: height }, (_, line) =>
      cells
        .map((lines, at) => {
          const text = lines[line] ?? ''
          return text + ' '.repeat(Math.max(0, (widths[at] ?? 0) - columnsOf(text)))
        })
        .join('  ')
        .trimEnd(),
    )
  })
}

/** How wide each column may be; null where there is no room for all of them. */
function columnsWithin(
  rows: readonly (readonly string[])[],
  width: number | null,
): readonly number[] | null {
  const widest = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => columnsOf(row[at] ?? ''))),
  )
  const room = (width ?? Number.POSITIVE_INFINITY) - 2 * (widest.length - 1)
  const within = (most: number) => widest.map((columns) => Math.min(columns, most))
  const needed = (most: number) => within(most).reduce((sum, columns) => sum + columns, 0)
  let most = Math.max(0, ...widest)
  while (needed(most) > room && most > LEAST_COLUMNS) most -= 1
  return needed(most) > room ? null : within(most)
}

/** A word that is longer than its cell is broken as well. */
function cellLines(text: string, width: number): string[] {
  if (columnsOf(text) <= width) return [text]
  const words = text.split(' ').flatMap((word) => {
    const letters = [...word]
    const pieces: string[] = []
    while (letters.length > 0) {
      let piece = ''
      while (letters[0] !== undefined && columnsOf(piece + letters[0]) <= Math.max(2, width)) {
        piece += letters.shift()
      }
      pieces.push(piece)
    }
    return pieces
  })
  return wrapLine(words.join(' '), width, '', columnsOf)
}

function toldByItself(
  headings: readonly string[],
  [first = '', ...rest]: readonly string[],
  width: number,
): string[] {
  const facts = rest.map((text, at) => `${headings[at + 1] ?? ''}: ${text}`).join('; ')
  return [first, ...(facts === '' ? [] : [`  ${facts}`])].flatMap((line) =>
    wrapLine(line, width, '    ', columnsOf),
  )
}

function bold(words: string): string {
  return `\u001b[1m${words.replaceAll('\n', '\u001b[22m\n\u001b[1m')}\u001b[22m`
}

function dim(lines: string): string {
  return lines
    .split('\n')
    .map((line) => `\u001b[2m${line}\u001b[22m`)
    .join('\n')
}
