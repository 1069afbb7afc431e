/** Paragraphs become a message: the blocks and the text come from the same lines. */
import type { ActionsBlock, KnownBlock, MrkdwnElement } from '@slack/types'
import type { Mrkdwn } from './escape.ts'
import type { Message, MessageFile } from './facts.ts'
import { fitMessage, fitText, LIMITS } from './limits.ts'

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
    blocks: [...said.flatMap(blocksOf), ...(actions === null ? [] : [actions])],
    file,
  })
}

/** The text of such a message alone, for where nobody sees its blocks. */
export function composeText(paragraphs: readonly Paragraph[]): string {
  return fitText(linesOf(paragraphs.filter((paragraph) => paragraph.lines.length > 0)))
}

function linesOf(said: readonly Paragraph[]): string {
  return said.map(({ lines }) => lines.map(spoken).join('\n')).join('\n')
}

/** Outside text holds no asterisk (escape.ts), so every one left is ours and only sets type. */
function spoken(line: Mrkdwn): string {
  return line.toString().replaceAll('*', '')
}

function blocksOf({ as, lines }: Paragraph): KnownBlock[] {
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
