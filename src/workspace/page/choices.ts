/** Radio buttons and checkboxes. */
import type { Interactive } from '../fields.ts'
import { attribute, type Html, html, NOTHING } from './html.ts'
import type { Spot } from './look.ts'
import { textHtml } from './text.ts'
import type { Wiring } from './wiring.ts'

type Boxes = Extract<Interactive, { type: 'radio_buttons' | 'checkboxes' }>

export function choicesHtml(
  element: Boxes,
  { surface, blockId, look }: Spot,
  wiring: Wiring,
  held: readonly string[],
): Html {
  const radio = element.type === 'radio_buttons'
  const name = `${surface}/${blockId}/${element.action_id ?? ''}`
  return html`<span class="choices" role="${radio ? 'radiogroup' : 'group'}"${attribute('id', wiring.id)} aria-label="${wiring.label}"${attribute('aria-describedby', wiring.describedBy)} data-field="${element.action_id ?? ''}" data-block="${blockId}" data-kind="${element.type}"${attribute('data-acts', wiring.acts)}>${element.options.map(
    ({ text, value, description }) =>
      html`<label><input type="${radio ? 'radio' : 'checkbox'}" name="${name}" value="${value}"${attribute('checked', held.includes(value))}><span>${textHtml(text, look)}${
        description === undefined ? NOTHING : html`<small>${textHtml(description, look)}</small>`
      }</span></label>`,
  )}</span>`
}
