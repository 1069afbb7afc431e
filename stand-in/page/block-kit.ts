/** Block Kit as HTML: messages, modals and App Home. */
import { textsOf } from '../../src/text/message.ts'
import type { Values } from '../slack/state.ts'
import {
  type Block,
  type BoxOption,
  type Element,
  type Interactive,
  offered,
  type ViewSource,
} from '../slack/validate.ts'
import { attribute, type Html, type HtmlPart, html, NOTHING } from './html.ts'
import {
  emojiText,
  type FieldPosition,
  linkHtml,
  type NamedPerson,
  plainHtml,
  type RenderContext,
  textHtml,
} from './rich-text.ts'

type Picture = Extract<Block, { type: 'image' }>
type Section = Extract<Block, { type: 'section' }>

/** The blocks in their order. The ids of blocks must have been given before. */
export function blocksHtml(
  blocks: readonly Block[],
  position: Omit<FieldPosition, 'blockId'>,
): Html {
  return html`${blocks.map((block) => blockHtml(block, { ...position, blockId: block.block_id ?? '' }))}`
}

function blockHtml(block: Block, position: FieldPosition): Html {
  const { context } = position
  switch (block.type) {
    case 'section':
      return sectionHtml(block, position)
    case 'header':
      return html`<h3 class="block header">${plainHtml(block.text.text)}</h3>`
    case 'context':
      return html`<div class="block context">${block.elements.map((element) =>
        element.type === 'image'
          ? pictureHtml(element)
          : html`<span>${textHtml(element, context)}</span>`,
      )}</div>`
    case 'actions':
      return html`<div class="block actions">${block.elements.map((element) =>
        elementHtml(element, position),
      )}</div>`
    case 'image':
      return imageHtml(block)
    case 'divider':
      return html`<hr class="block">`
    case 'input':
      return inputHtml(block, position)
    case 'markdown':
      return html`<pre class="block markdown">${block.text}</pre>`
    case 'table':
    case 'data_table':
      return tableHtml(block)
    case 'data_visualization':
      return chartHtml(block)
  }
}

function sectionHtml({ text, fields, accessory }: Section, position: FieldPosition): Html {
  const { context } = position
  const beside =
    accessory === undefined
      ? NOTHING
      : html`<div class="accessory">${
          accessory.type === 'image' ? pictureHtml(accessory) : elementHtml(accessory, position)
        }</div>`
  return html`<div class="block section"><div class="words">${
    text === undefined ? NOTHING : html`<div>${textHtml(text, context)}</div>`
  }${
    fields === undefined
      ? NOTHING
      : html`<div class="fields">${fields.map((field) => html`<div>${textHtml(field, context)}</div>`)}</div>`
  }</div>${beside}</div>`
}

function imageHtml(block: Picture): Html {
  const title =
    block.title === undefined ? NOTHING : html`<figcaption>${block.title.text}</figcaption>`
  return html`<figure class="block image">${title}${pictureHtml(block)}</figure>`
}

/** Nothing is loaded from elsewhere: a picture of another site is told of, not shown. */
function pictureHtml({ alt_text }: Pick<Picture, 'alt_text'>): Html {
  return html`<span class="no-picture">Picture: ${alt_text}</span>`
}

type Button = Extract<Element, { type: 'button' }>
type Overflow = Extract<Element, { type: 'overflow' }>

/** An element outside of an input block: it acts at once. */
function elementHtml(element: Interactive, position: FieldPosition): Html {
  if (element.type === 'button') return buttonHtml(element, position)
  if (element.type === 'overflow') return overflowHtml(element, position)
  if (!isControl(element)) return NOTHING
  const placeholder = 'placeholder' in element ? element.placeholder?.text : undefined
  const label = placeholder ?? 'Choose'
  return controlHtml(element, position, { id: null, label, describedBy: null, acts: true })
}

function buttonHtml(button: Button, { blockId, context }: FieldPosition): Html {
  const { text, value, style, url, accessibility_label, action_id } = button
  const inner = plainHtml(text.text)
  const classes = ['button', ...(style === undefined ? [] : [style])].join(' ')
  if (url !== undefined) {
    return linkHtml(context.here(url) ?? url, inner, {
      className: classes,
      label: accessibility_label,
    })
  }
  return html`<button type="button" class="${classes}" data-act="${action_id ?? ''}" data-block="${blockId}"${attribute('data-value', value)}${attribute('aria-label', accessibility_label)}${confirmation(button)}>${inner}</button>`
}

function overflowHtml(overflow: Overflow, { blockId }: FieldPosition): Html {
  const act = overflow.action_id ?? ''
  return html`<details class="overflow"><summary class="button" aria-label="More actions" title="More actions">⋯</summary><ul>${overflow.options.map(
    ({ text, value, url, description }) => {
      const inner = html`${plainHtml(text.text)}${description === undefined ? NOTHING : html`<small>${description.text}</small>`}`
      return url === undefined
        ? html`<li><button type="button" data-act="${act}" data-block="${blockId}" data-value="${value}"${confirmation(overflow)}>${inner}</button></li>`
        : html`<li>${linkHtml(url, inner)}</li>`
    },
  )}</ul></details>`
}

/** The question that is asked before the act, for the page's script. */
function confirmation({ confirm }: Pick<Button, 'confirm'>): Html {
  return confirm === undefined
    ? NOTHING
    : attribute(
        'data-confirm',
        JSON.stringify(
          [confirm.title, confirm.text, confirm.confirm, confirm.deny].map(
            (one) => one?.text ?? '',
          ),
        ),
      )
}

type Input = Extract<Block, { type: 'input' }>

function inputHtml(block: Input, position: FieldPosition): Html {
  const { label, hint, optional, element } = block
  if (!isControl(element)) return NOTHING
  const id = `f-${position.surface}-${position.blockId}`
  const error = position.errors[position.blockId]
  const notes = [
    ...(error === undefined ? [] : [`${id}-error`]),
    ...(hint === undefined ? [] : [`${id}-hint`]),
  ]
  const many = element.type === 'radio_buttons' || element.type === 'checkboxes'
  const words = html`${label.text}${optional ? html` <span class="optional">(optional)</span>` : NOTHING}`
  const control = controlHtml(element, position, {
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

type Control = Exclude<Interactive, { type: 'button' } | { type: 'overflow' }>

function isControl(element: Interactive): element is Control {
  return element.type !== 'button' && element.type !== 'overflow'
}

function controlHtml(element: Control, position: FieldPosition, wiring: Wiring): Html {
  const attributes = common(element, position, wiring)
  const held = heldIn(element, position)
  switch (element.type) {
    case 'static_select':
      return selectHtml(attributes, element, entriesOf(element), held)
    case 'external_select':
      return selectHtml(attributes, element, askedOf(element, position), held)
    case 'users_select':
      return selectHtml(attributes, element, position.context.people.map(named), held)
    case 'conversations_select':
      return selectHtml(attributes, element, position.context.channels.map(named), held)
    case 'radio_buttons':
    case 'checkboxes':
      return choicesHtml(element, position, wiring, held)
    case 'datepicker':
      return html`<input type="date"${attributes} value="${held[0] ?? ''}">`
    case 'file_input':
      return html`<input type="file"${attributes}${attribute('multiple', (element.max_files ?? 10) > 1)}${attribute(
        'accept',
        element.filetypes?.map((type) => `.${type}`).join(','),
      )}>`
    case 'plain_text_input':
      return element.multiline
        ? html`<textarea rows="3"${attributes}${typing(element)}>${held[0] ?? ''}</textarea>`
        : html`<input type="text"${attributes}${typing(element)} value="${held[0] ?? ''}">`
  }
}

/** What every control carries; the kind tells the script how to read it. */
function common(element: Control, { blockId }: FieldPosition, wiring: Wiring): Html {
  return html`${attribute('id', wiring.id)}${attribute('aria-label', wiring.id === null ? wiring.label : null)}${attribute('aria-describedby', wiring.describedBy)} data-field="${element.action_id ?? ''}" data-block="${blockId}" data-kind="${element.type}"${attribute('data-acts', wiring.acts)}`
}

/** What stands in the field: values of options, ids, dates, or the text. */
function heldIn(element: Control, { values, blockId }: FieldPosition): readonly string[] {
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

const entry =
  (group: string | null) =>
  ({ value, text }: BoxOption): Entry => ({ group, value, text: text.text })

function entriesOf(element: Extract<Control, { type: 'static_select' }>): Entry[] {
  return element.option_groups === undefined
    ? offered(element).map(entry(null))
    : element.option_groups.flatMap(({ label, options }) => options.map(entry(label.text)))
}

function askedOf(
  element: Extract<Control, { type: 'external_select' }>,
  { context, surface, blockId }: FieldPosition,
): Entry[] {
  const { initial_option: first, action_id = '' } = element
  const asked = context.suggested?.(surface, { blockId, actionId: action_id }) ?? []
  const isOffered = first === undefined || asked.some(({ value }) => value === first.value)
  const options = isOffered ? asked : [first, ...asked]
  return options.map(({ value, text }) => ({ group: null, value, text: text.text }))
}

const named = ({ id, name }: NamedPerson): Entry => ({ group: null, value: id, text: name })

function selectHtml(
  attributes: Html,
  { placeholder }: { placeholder?: { text: string } | undefined },
  entries: readonly Entry[],
  held: readonly string[],
): Html {
  const option = ({ value, text }: Entry) =>
    html`<option value="${value}"${attribute('selected', held.includes(value))}>${text}</option>`
  const groups = [...new Set(entries.map(({ group }) => group))]
  const list: HtmlPart[] = groups.map((group) => {
    const inside = entries.filter((entry) => entry.group === group).map(option)
    return group === null ? inside : html`<optgroup label="${group}">${inside}</optgroup>`
  })
  return html`<select${attributes}><option value="">${placeholder?.text ?? 'Choose…'}</option>${list}</select>`
}

function typing(element: {
  readonly placeholder?: { readonly text: string } | undefined
  readonly max_length?: number | undefined
}): Html {
  return html`${attribute('placeholder', element.placeholder?.text)}${attribute('maxlength', element.max_length)} autocomplete="off"`
}

type Boxes = Extract<Interactive, { type: 'radio_buttons' | 'checkboxes' }>

function choicesHtml(
  element: Boxes,
  { surface, blockId, context }: FieldPosition,
  wiring: Wiring,
  held: readonly string[],
): Html {
  const radio = element.type === 'radio_buttons'
  const name = `${surface}/${blockId}/${element.action_id ?? ''}`
  return html`<span class="choices" role="${radio ? 'radiogroup' : 'group'}"${attribute('id', wiring.id)} aria-label="${wiring.label}"${attribute('aria-describedby', wiring.describedBy)} data-field="${element.action_id ?? ''}" data-block="${blockId}" data-kind="${element.type}"${attribute('data-acts', wiring.acts)}>${element.options.map(
    ({ text, value, description }) =>
      html`<label><input type="${radio ? 'radio' : 'checkbox'}" name="${name}" value="${value}"${attribute('checked', held.includes(value))}><span>${textHtml(text, context)}${
        description === undefined ? NOTHING : html`<small>${textHtml(description, context)}</small>`
      }</span></label>`,
  )}</span>`
}

type Table = Extract<Block, { type: 'table' | 'data_table' }>
type Cell = Table['rows'][number][number]

/** A heading row, and a heading column where the block names one. */
function tableHtml(table: Table): Html {
  const [head = [], ...body] = table.rows
  const data = table.type === 'data_table' ? table : null
  const settings = table.type === 'table' ? table.column_settings : undefined
  const heads = data === null ? -1 : (data.row_header_column_index ?? 0)
  const place = (column: number) => {
    const numbers = body.length > 0 && body.every((row) => row[column]?.type === 'raw_number')
    return attribute(
      'class',
      settings?.[column]?.align ?? (data !== null && numbers ? 'right' : null),
    )
  }
  const cell = (each: Cell, column: number) =>
    column === heads
      ? html`<th scope="row"${place(column)}>${cellHtml(each)}</th>`
      : html`<td${place(column)}>${cellHtml(each)}</td>`
  return html`<div class="block table" role="group" aria-label="${data?.caption ?? 'Table'}" tabindex="0"><table>${
    data === null ? NOTHING : html`<caption>${emojiText(data.caption)}</caption>`
  }<thead><tr>${head.map(
    (each, column) => html`<th scope="col"${place(column)}>${cellHtml(each)}</th>`,
  )}</tr></thead><tbody>${body.map((row) => html`<tr>${row.map(cell)}</tr>`)}</tbody></table></div>`
}

function cellHtml(cell: Cell): Html {
  if (cell.type === 'rich_text') return emojiText(textsOf(cell.elements).join(''))
  return cell.type === 'raw_text' ? emojiText(cell.text) : html`${cell.text ?? cell.value}`
}

type Chart = Extract<Block, { type: 'data_visualization' }>

const CHART = { width: 600, height: 180, labels: 20 } as const

/** Drawn, with its figures as a table for whoever does not see it or looks at a small screen. */
function chartHtml({ title, chart }: Chart): Html {
  const { series, axis_config } = chart
  const { categories, x_label = '', y_label } = axis_config
  const pointOf = ({ data }: (typeof series)[number], label: string) =>
    data.find((point) => point.label === label)?.value ?? 0
  const values = series.flatMap(({ data }) => data.map(({ value }) => value))
  const bottom = Math.min(0, ...values)
  const span = Math.max(0, ...values) - bottom || 1
  const heightAt = (value: number) => CHART.height * (1 - (value - bottom) / span)
  const slot = CHART.width / categories.length
  const width = (slot * 0.8) / series.length
  const zero = heightAt(0)
  const drawn = series.map((each, at) => {
    if (chart.type !== 'bar') {
      const points = categories.map(
        (label, column) => `${(column + 0.5) * slot},${heightAt(pointOf(each, label))}`,
      )
      return html`<polyline class="s${at}" points="${points.join(' ')}"></polyline>`
    }
    return categories.map((label, column) => {
      const y = heightAt(pointOf(each, label))
      const x = column * slot + slot * 0.1 + at * width
      return html`<rect class="s${at}" x="${x}" y="${Math.min(y, zero)}" width="${width}" height="${Math.abs(y - zero)}"></rect>`
    })
  })
  const text = (words: string) => ({ type: 'raw_text' as const, text: words })
  const rows = [
    [text(x_label || '\u2013'), ...series.map(({ name }) => text(name))],
    ...categories.map((label) => [
      text(label),
      ...series.map((each) => ({
        type: 'raw_number' as const,
        value: pointOf(each, label),
        text: pointOf(each, label).toLocaleString('en-GB'),
      })),
    ]),
  ]
  return html`<figure class="block chart"><figcaption>${emojiText(title)}</figcaption><ul class="legend">${series.map(
    ({ name }, at) => html`<li class="s${at}">${emojiText(name)}</li>`,
  )}</ul>${y_label === undefined ? NOTHING : html`<p>${emojiText(y_label)}</p>`}<svg viewBox="0 0 ${CHART.width} ${CHART.height + CHART.labels}" role="img" aria-label="${`${title}: its figures are in the table`}">${drawn}<line x1="0" x2="${CHART.width}" y1="${zero}" y2="${zero}"></line>${categories.map(
    (label, column) =>
      html`<text x="${(column + 0.5) * slot}" y="${CHART.height + 15}">${label}</text>`,
  )}</svg><details><summary>Figures</summary>${tableHtml({ type: 'data_table', caption: title, rows })}</details></figure>`
}

interface OpenView {
  readonly id: string
  readonly source: ViewSource
  readonly values: Values
}

/** @param errors what is wrong with each field, by block id. */
export function modalHtml(
  { id, source, values }: OpenView,
  context: RenderContext,
  errors: Readonly<Record<string, string>> = {},
): Html {
  if (source.type !== 'modal') return NOTHING
  const blocks = blocksHtml(source.blocks, { surface: id, values, errors, context })
  const close = source.close?.text ?? 'Close'
  return html`<form class="modal" data-view="${id}" novalidate aria-labelledby="modal-title"><header><h2 id="modal-title">${source.title.text}</h2><button type="button" class="button icon" data-close aria-label="Close">×</button></header><div class="modal-body">${blocks}</div><footer><button type="button" class="button" data-close>${close}</button>${
    source.submit === undefined
      ? NOTHING
      : html`<button type="submit" class="button primary">${source.submit.text}</button>`
  }</footer></form>`
}

export function homeHtml({ id, source, values }: OpenView, context: RenderContext): Html {
  const blocks = blocksHtml(source.blocks, { surface: id, values, errors: {}, context })
  return html`<div class="home" data-view="${id}"${attribute('data-home', true)}>${blocks}</div>`
}

/** How a control is tied to its label, its notes and the page's script. */
interface Wiring {
  /** For the label's `for`; without it the control carries the label itself. */
  readonly id: string | null
  readonly label: string
  /** The id of what explains or complains. */
  readonly describedBy: string | null
  readonly acts: boolean
}
