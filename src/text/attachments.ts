/** Files and charts beside a message; CSV files that no spreadsheet runs as formulas. */
import type { KnownBlock } from '@slack/types'
import { body, compose, note } from './blocks.ts'
import type { Message, MessageFile } from './facts.ts'
import { Mrkdwn, mrkdwn, oneLine, plainText, shown } from './mrkdwn.ts'
import { fitMessage } from './slack-limits.ts'

// A message with its file and its chart, or without them, and with lines of ours around it.

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

/** The message with its chart, an uploaded file; its words stand in the text already. */
export function withPictureFile(message: Message, fileId: string): Message {
  const { picture } = message
  if (!picture) return message
  const block: KnownBlock = {
    type: 'image',
    slack_file: { id: fileId },
    alt_text: picture.altText,
    title: plainText(picture.title, 150),
  }
  const blocks = [
    ...message.blocks.slice(0, picture.after),
    block,
    ...message.blocks.slice(picture.after),
  ]
  return fitMessage({ ...message, blocks, picture: null })
}

/** The message without its chart, saying so; what it shows is said in words instead. */
export function withoutPicture(message: Message, why: string): Message {
  const { picture } = message
  if (!picture) return message
  const lost = mrkdwn`The chart could not be attached (${shown(why, 120)}). ${shown(picture.altText, 1000)}`
  return withLines({ ...message, picture: null }, [], [lost])
}

/** Lines of ours before and after a message, in its text as well as in its blocks. */
export function withLines(
  message: Message,
  before: readonly Mrkdwn[],
  after: readonly Mrkdwn[],
): Message {
  if (before.length === 0 && after.length === 0) return message
  const top = compose([body(...before)])
  const end = compose([note(...after)])
  return fitMessage({
    ...message,
    text: [...before, message.text, ...after].join('\n'),
    blocks: [
      ...(before.length === 0 ? [] : top.blocks),
      ...message.blocks,
      ...(after.length === 0 ? [] : end.blocks),
    ],
  })
}

// Tables for people's spreadsheets: what did not fit into a message.

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

// Text that a spreadsheet would run as a formula, made text and back.

/** What spreadsheets take for the beginning of a formula; full-width signs count too. */
const RUNS = /^'*[=+\-@|%\uff1d\uff0b\uff0d\uff20]/

/** With a leading apostrophe where a spreadsheet would run it: then the cell is text. */
export function guarded(text: string): string {
  return RUNS.test(text) ? `'${text}` : text
}

/** What `guarded` was given. */
export function unguarded(text: string): string {
  return text.startsWith("'") && RUNS.test(text) ? text.slice(1) : text
}
