/**
 * Slack's hard limits for messages, modals and App Home: the last hand on everything that is sent.
 */
import type { HomeView, KnownBlock, ModalView, PlainTextElement } from '@slack/types'
import type { Message } from './facts.ts'
import { unitsOf } from './mrkdwn.ts'

// Slack's hard limits, kept in one place: `fitMessage` is the last hand that touches a message.

/** In characters or pieces, as Slack counts them (its reference pages; `blockText` was measured). */
export const LIMITS = {
  blocks: 50,
  /** Slack answers msg_blocks_too_long from about 13,200 on. */
  blockText: 12_000,
  text: 40_000,
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
export function fitText(text: string): string {
  if (text === '') return 'Nothing to say.'
  if (text.length <= LIMITS.text) return text
  const kept = cutAtLine(text, LIMITS.text - REST_ROOM)
  return `${kept}\n${rest(lineCount(text) - lineCount(kept))}`
}

function fitBlocks(blocks: readonly KnownBlock[]): KnownBlock[] {
  const fitted = blocks.map(fitBlock).filter((block) => block !== null)
  if (fitted.length <= LIMITS.blocks && textLength(fitted) <= LIMITS.blockText) return fitted
  const buttons = fitted.filter((block) => block.type === 'actions').slice(0, LIMITS.blocks - 2)
  const kept: KnownBlock[] = []
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

function rest(lines: number): string {
  return `… and ${lines.toLocaleString('en-GB')} more ${lines === 1 ? 'line' : 'lines'} that did not fit.`
}

/** The block inside its own limits, or null where nothing of it is left to show. */
function fitBlock(block: KnownBlock): KnownBlock | null {
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
export function textLength(blocks: readonly KnownBlock[]): number {
  return textsOf(blocks).reduce((sum, text) => sum + text.length, 0)
}

/** Every text that blocks carry, in reading order: all that stands under a key `text`. */
export function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'text' && typeof inner === 'string' ? [inner] : textsOf(inner),
  )
}

function blockLines(block: KnownBlock): number {
  return textsOf(block).reduce((sum, text) => sum + lineCount(text), 0)
}

function lineCount(text: string): number {
  return text.split('\n').length
}

// Slack's hard limits for modals and App Home: `fitView` is the last hand that touches a view.

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
export function bytes(value: unknown): number {
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
    return fitMessage({ text: '-', blocks: [block], file: null }).blocks
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
