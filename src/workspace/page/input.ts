/** A field of a form: its label, what it takes, the hint, and what is wrong with it. */
import type { Block } from '../content/blocks.ts'
import { controlHtml, isControl } from './controls.ts'
import { type Html, html, NOTHING } from './html.ts'
import type { Spot } from './look.ts'

type Input = Extract<Block, { type: 'input' }>

export function inputHtml(block: Input, spot: Spot): Html {
  const { label, hint, optional, element } = block
  if (!isControl(element)) return NOTHING
  const id = `f-${spot.surface}-${spot.blockId}`
  const error = spot.errors[spot.blockId]
  const notes = [
    ...(error === undefined ? [] : [`${id}-error`]),
    ...(hint === undefined ? [] : [`${id}-hint`]),
  ]
  const many = element.type === 'radio_buttons' || element.type === 'checkboxes'
  const words = html`${label.text}${optional ? html` <span class="optional">(optional)</span>` : NOTHING}`
  const control = controlHtml(element, spot, {
    id,
    label: label.text,
    describedBy: notes.length === 0 ? null : notes.join(' '),
    acts: block.dispatch_action ?? false,
  })
  return html`<div class="block input${error === undefined ? '' : ' wrong'}">${
    many
      ? html`<span class="label">${words}</span>`
      : html`<label class="label" for="${id}">${words}</label>`
  }${control}${error === undefined ? NOTHING : html`<p class="error" id="${id}-error" role="alert">${error}</p>`}${
    hint === undefined ? NOTHING : html`<p class="hint" id="${id}-hint">${hint.text}</p>`
  }</div>`
}
