/** A message on a terminal: the words of its blocks, wrapped, without Slack's markup. */
import type { Message, MessageBlock } from './facts.ts'
import { alignedRows, dataOf, textColumns, textsOf } from './message.ts'

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
    return [...title, ...alignedRows(data.rows)]
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
function wrapLine(line: string, width: number): string[] {
  const lines: string[] = []
  let open = ''
  for (const word of line.split(' ')) {
    const longer = open === '' ? word : `${open} ${word}`
    if (open.trim() !== '' && textColumns(longer) > width) {
      lines.push(open)
      open = `  ${word}`
    } else {
      open = longer
    }
  }
  return [...lines, open]
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
