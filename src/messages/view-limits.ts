/** Slack's hard limits for modals and App Home: `fitView` is the last hand that touches a view. */
import type { HomeView, KnownBlock, ModalView, PlainTextElement } from '@slack/types'
import { fitMessage } from './limits.ts'
import { unitsOf } from './plain-text.ts'

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
  const blocks = fitBlocks(view.blocks as KnownBlock[])
  if (view.type === 'home') return { ...view, blocks }
  return {
    ...view,
    blocks,
    title: cut(view.title, VIEW_LIMITS.title),
    ...(view.submit === undefined ? {} : { submit: cut(view.submit, VIEW_LIMITS.title) }),
    ...(view.close === undefined ? {} : { close: cut(view.close, VIEW_LIMITS.title) }),
  }
}

function fitBlocks(blocks: readonly KnownBlock[]): KnownBlock[] {
  const fitted = blocks.flatMap(fitBlock)
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

function fitBlock(block: KnownBlock): readonly KnownBlock[] {
  if (block.type !== 'input') {
    // One block alone is never too much for a message: only its own limits apply.
    return fitMessage({ text: '-', blocks: [block], file: null }).blocks
  }
  const { element } = block
  return [
    {
      ...block,
      label: cut(block.label, VIEW_LIMITS.label),
      ...(block.hint === undefined ? {} : { hint: cut(block.hint, VIEW_LIMITS.hint) }),
      element:
        element.type === 'static_select' && element.options !== undefined
          ? { ...element, options: element.options.slice(0, VIEW_LIMITS.options) }
          : element,
    },
  ]
}

function cut(text: PlainTextElement, most: number): PlainTextElement {
  return { ...text, text: unitsOf(text.text, most) || '–' }
}
