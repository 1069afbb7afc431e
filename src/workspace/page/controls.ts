/** Menus, pickers and fields: one native control for each, with what stands in it now. */
import { type BoxOption, offered } from '../content/options.ts'
import type { Interactive } from '../fields.ts'
import { choicesHtml } from './choices.ts'
import { attribute, type Html, html, NOTHING, type Part } from './html.ts'
import type { Named, Spot } from './look.ts'
import type { Wiring } from './wiring.ts'

/** Everything that holds a value. */
export type Control = Exclude<Interactive, { type: 'button' } | { type: 'overflow' }>

export function isControl(element: Interactive): element is Control {
  return element.type !== 'button' && element.type !== 'overflow'
}

export function controlHtml(element: Control, spot: Spot, wiring: Wiring): Html {
  const attributes = common(element, spot, wiring)
  const held = heldIn(element, spot)
  switch (element.type) {
    case 'static_select':
    case 'multi_static_select':
      return selectHtml(
        attributes,
        element,
        entriesOf(element),
        held,
        element.type.startsWith('multi'),
      )
    case 'users_select':
    case 'multi_users_select':
      return selectHtml(attributes, element, people(spot), held, element.type.startsWith('multi'))
    case 'channels_select':
    case 'conversations_select':
    case 'multi_channels_select':
    case 'multi_conversations_select':
      return selectHtml(attributes, element, channels(spot), held, element.type.startsWith('multi'))
    case 'external_select':
    case 'multi_external_select':
      return html`<input type="search"${attributes} data-loads value="${held[0] ?? ''}"${attribute('placeholder', element.placeholder?.text)} autocomplete="off">`
    case 'radio_buttons':
    case 'checkboxes':
      return choicesHtml(element, spot, wiring, held)
    case 'datepicker':
      return html`<input type="date"${attributes} value="${held[0] ?? ''}">`
    case 'timepicker':
      return html`<input type="time"${attributes} value="${held[0] ?? ''}">`
    case 'datetimepicker':
      return html`<input type="datetime-local"${attributes} value="${held[0] ?? ''}">`
    case 'file_input':
      return html`<input type="file"${attributes}${attribute('multiple', (element.max_files ?? 10) > 1)}${attribute(
        'accept',
        element.filetypes?.map((type) => `.${type}`).join(','),
      )}>`
    case 'plain_text_input':
      return element.multiline
        ? html`<textarea rows="3"${attributes}${typing(element)}>${held[0] ?? ''}</textarea>`
        : html`<input type="text"${attributes}${typing(element)} value="${held[0] ?? ''}">`
    case 'email_text_input':
      return html`<input type="email"${attributes}${typing(element)} value="${held[0] ?? ''}">`
    case 'url_text_input':
      return html`<input type="url"${attributes}${typing(element)} value="${held[0] ?? ''}">`
    case 'number_input':
      return html`<input type="text" inputmode="decimal"${attributes}${typing(element)} value="${held[0] ?? ''}">`
  }
}

/** What every control carries; the kind tells the script how to read it. */
function common(element: Control, { blockId }: Spot, wiring: Wiring): Html {
  return html`${attribute('id', wiring.id)}${attribute('aria-label', wiring.id === null ? wiring.label : null)}${attribute('aria-describedby', wiring.describedBy)} data-field="${element.action_id ?? ''}" data-block="${blockId}" data-kind="${element.type}"${attribute('data-acts', wiring.acts)}`
}

/** What stands in the field: values of options, ids, dates, or the text. */
function heldIn(element: Control, { values, blockId }: Spot): readonly string[] {
  const held = values[blockId]?.[element.action_id ?? '']
  if (held === undefined) return []
  return Object.entries(held).flatMap(([key, value]) => (key === 'type' ? [] : written(value)))
}

function written(value: unknown): string[] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return value.flatMap(written)
  if (typeof value === 'object') {
    const { value: chosen, id } = value as { value?: unknown; id?: unknown }
    return [String(chosen ?? id ?? '')]
  }
  return [String(value)]
}

interface Entry {
  readonly group: string | null
  readonly value: string
  readonly text: string
}

function entriesOf(
  element: Extract<Control, { type: 'static_select' | 'multi_static_select' }>,
): Entry[] {
  const entry = (group: string | null) => (option: BoxOption) => ({
    group,
    value: option.value,
    text: option.text.text,
  })
  return element.option_groups === undefined
    ? offered(element).map(entry(null))
    : element.option_groups.flatMap(({ label, options }) => options.map(entry(label.text)))
}

const named = ({ id, name }: Named): Entry => ({ group: null, value: id, text: name })
const people = ({ look }: Spot) => look.people.map(named)
const channels = ({ look }: Spot) => look.channels.map(named)

function selectHtml(
  attributes: Html,
  { placeholder }: { placeholder?: { text: string } | undefined },
  entries: readonly Entry[],
  held: readonly string[],
  many: boolean,
): Html {
  const option = ({ value, text }: Entry) =>
    html`<option value="${value}"${attribute('selected', held.includes(value))}>${text}</option>`
  const groups = [...new Set(entries.map(({ group }) => group))]
  const list: Part[] = groups.map((group) => {
    const inside = entries.filter((entry) => entry.group === group).map(option)
    return group === null ? inside : html`<optgroup label="${group}">${inside}</optgroup>`
  })
  const empty = many ? NOTHING : html`<option value="">${placeholder?.text ?? 'Choose…'}</option>`
  return html`<select${attributes}${attribute('multiple', many)}>${empty}${list}</select>`
}

function typing(element: {
  readonly placeholder?: { readonly text: string } | undefined
  readonly max_length?: number | undefined
}): Html {
  return html`${attribute('placeholder', element.placeholder?.text)}${attribute('maxlength', element.max_length)} autocomplete="off"`
}
