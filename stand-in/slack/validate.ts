/** What Slack refuses in messages, modals and App Home: every block, element and text. */

import { z } from 'zod'
import { isRecord } from '../../src/rules/text-match.ts'

const LONGEST_TEXT = 40_000
/** Undocumented: measured, Slack gives up at about this sum over all blocks. */
const LONGEST_BLOCK_TEXT = 13_200
const LARGEST_METADATA = 16_000
/** Of the cells of all tables of a message together. */
const MOST_CELL_TEXT = 10_000

/** Slack's refusal of a message's content: its error, and where it looked. */
export interface ContentProblem {
  readonly error: string
  readonly lines: readonly string[]
}

/**
 * What is wrong with text, blocks or metadata as they came in; null where nothing is.
 * @param unknown types of blocks that have not come to this workspace yet
 */
export function contentProblem(
  text: string | null,
  blocks: unknown,
  metadata: unknown,
  unknown: ReadonlySet<string>,
): ContentProblem | null {
  if (text === null && (blocks === undefined || (Array.isArray(blocks) && blocks.length === 0))) {
    return { error: 'no_text', lines: [] }
  }
  if (text !== null && text.length > LONGEST_TEXT) return { error: 'msg_too_long', lines: [] }
  return (blocks === undefined ? null : blocksProblem(blocks, unknown)) ?? metadataProblem(metadata)
}

/** What is wrong with the blocks of a message, each with its place. */
export function messageBlockProblems(blocks: unknown): readonly Problem[] {
  return problemsOf(messageBlocks, blocks, '/blocks')
}

function blocksProblem(blocks: unknown, unknown: ReadonlySet<string>): ContentProblem | null {
  if (!Array.isArray(blocks)) return { error: 'invalid_blocks_format', lines: [] }
  const unsupported = blocks.flatMap((block: unknown, at): Problem[] => {
    const type = isRecord(block) ? String(block.type) : ''
    const pointer = `/blocks/${at}/type`
    return unknown.has(type) ? [{ pointer, message: `unsupported type: ${type}` }] : []
  })
  const problems = unsupported.length > 0 ? unsupported : messageBlockProblems(blocks)
  if (problems.length > 0) return { error: 'invalid_blocks', lines: problems.map(problemLine) }
  return textSum(blocks) > LONGEST_BLOCK_TEXT ? { error: 'msg_blocks_too_long', lines: [] } : null
}

function metadataProblem(metadata: unknown): ContentProblem | null {
  if (metadata === undefined) return null
  if (!isMetadata(metadata)) return { error: 'invalid_metadata_format', lines: [] }
  return JSON.stringify(metadata).length > LARGEST_METADATA
    ? { error: 'metadata_too_large', lines: [] }
    : null
}

export interface Metadata {
  readonly event_type: string
  readonly event_payload: Readonly<Record<string, unknown>>
}

export function isMetadata(value: unknown): value is Metadata {
  return isRecord(value) && typeof value.event_type === 'string' && isRecord(value.event_payload)
}

function textSum(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textSum(item), 0)
  if (!isRecord(value)) return 0
  return Object.entries(value).reduce(
    (sum, [key, inner]) =>
      sum + (key === 'text' && typeof inner === 'string' ? inner.length : textSum(inner)),
    0,
  )
}

/** action_id, block_id and callback_id. */
const LONGEST_ID = 255

const text = (longest: number, least = 1) => z.string().min(least).max(longest)
const list = <Item extends z.ZodType>(item: Item, most: number, least = 1) =>
  z.array(item).min(least).max(most)
const flag = z.boolean()

/** An object with these fields and no others; the optional ones may be left out. */
function object<Needed extends z.ZodRawShape, Optional extends z.ZodRawShape>(
  needed: Needed,
  optional: Optional,
) {
  return z.strictObject({ ...needed, ...z.strictObject(optional).partial().shape })
}

/** A block, element or text, which its type names. */
function typed<Type extends string, Needed extends z.ZodRawShape, Optional extends z.ZodRawShape>(
  type: Type,
  needed: Needed,
  optional: Optional,
) {
  return object({ type: z.literal(type), ...needed }, optional)
}

/** Text without markup. @param longest in characters, as Slack counts them. */
function plainText(longest: number) {
  return typed('plain_text', { text: text(longest) }, { emoji: flag })
}

/** Text with Slack's markup or without. */
function anyText(longest: number) {
  const marked = typed('mrkdwn', { text: text(longest) }, { verbatim: flag })
  return z.discriminatedUnion('type', [plainText(longest), marked])
}

const style = z.enum(['primary', 'danger'])

/** A question that Slack asks before it passes an action on. */
const confirmation = object(
  { title: plainText(100), text: anyText(300), confirm: plainText(30), deny: plainText(30) },
  { style },
)

const actionable = { action_id: text(LONGEST_ID) }
const confirmable = { ...actionable, confirm: confirmation }
const focusable = { focus_on_load: flag }
const placeholdable = { placeholder: plainText(150) }
const menu = { ...confirmable, ...focusable, ...placeholdable }

const LONGEST = 75

/** What can be chosen, in text with markup or without. */
function optionOf<Text extends z.ZodType>(words: Text) {
  return object({ text: words, value: text(LONGEST) }, { description: words })
}
const option = optionOf(plainText(LONGEST))

/** An entry of an overflow menu, which may lead to a page. */
const overflowOption = option.extend({ url: text(3000, 0).optional() })

/** A checkbox or a radio button, which may carry markup. */
const boxOption = optionOf(anyText(LONGEST))
export type BoxOption = z.infer<typeof boxOption>

const optionGroups = list(
  z.strictObject({ label: plainText(LONGEST), options: list(option, 100) }),
  100,
)

interface Choice {
  readonly options?: readonly BoxOption[] | undefined
  readonly option_groups?: readonly { readonly options: readonly BoxOption[] }[] | undefined
  readonly initial_option?: BoxOption | undefined
  readonly initial_options?: readonly BoxOption[] | undefined
}

/** The options that an app answers with when somebody types into its menu; null where Slack takes none. */
export function readOptions(answer: unknown): readonly BoxOption[] | null {
  const { data } = optionsAnswer.safeParse(answer)
  return data === undefined ? null : offered(data)
}
const optionsAnswer = z.union([
  z.strictObject({ options: list(option, 100, 0) }),
  z.strictObject({ option_groups: optionGroups }),
])

/** Everything that a menu offers, whether in groups or not. */
export function offered(menu: Choice): readonly BoxOption[] {
  return menu.options ?? menu.option_groups?.flatMap(({ options }) => options) ?? []
}

/** Slack takes options or groups, never both, and wants the chosen ones to be among them. */
function choiceProblem(menu: Choice): string | null {
  if ((menu.options === undefined) === (menu.option_groups === undefined)) {
    return 'must have either options or option_groups'
  }
  const known = new Set(offered(menu).map(canonical))
  const chosen = [
    ...(menu.initial_options ?? []),
    ...(menu.initial_option ? [menu.initial_option] : []),
  ]
  return chosen.every((initial) => known.has(canonical(initial)))
    ? null
    : 'the initial option is none of the options'
}

function canonical({ text, value, description }: BoxOption): string {
  return JSON.stringify([text.type, text.text, value, description?.text ?? null])
}

const boxes = list(boxOption, 10)
const MENUS = [
  chosenAmong(
    typed(
      'static_select',
      {},
      { ...menu, options: list(option, 100), option_groups: optionGroups, initial_option: option },
    ),
  ),
  typed(
    'external_select',
    {},
    { ...menu, initial_option: option, min_query_length: z.int().min(0) },
  ),
  typed('users_select', {}, { ...menu, initial_user: z.string().min(1) }),
  typed(
    'conversations_select',
    {},
    {
      ...menu,
      default_to_current_conversation: flag,
      filter: object(
        {},
        {
          include: z.array(z.enum(['im', 'mpim', 'private', 'public'])).min(1),
          exclude_external_shared_channels: flag,
          exclude_bot_users: flag,
        },
      ),
      initial_conversation: z.string().min(1),
      response_url_enabled: flag,
    },
  ),
  chosenAmong(
    typed(
      'checkboxes',
      { options: boxes },
      { ...confirmable, ...focusable, initial_options: boxes },
    ),
  ),
  chosenAmong(
    typed(
      'radio_buttons',
      { options: boxes },
      { ...confirmable, ...focusable, initial_option: boxOption },
    ),
  ),
] as const

function chosenAmong<Menu extends z.ZodObject>(menuShape: Menu): Menu {
  return menuShape.superRefine((value, context) => {
    const message = choiceProblem(value)
    if (message !== null) context.addIssue({ code: 'custom', message })
  })
}

const TRIGGERS = z.enum(['on_enter_pressed', 'on_character_entered'])
const plainTextInput = typed(
  'plain_text_input',
  {},
  {
    ...actionable,
    ...focusable,
    ...placeholdable,
    dispatch_action_config: object({}, { trigger_actions_on: z.array(TRIGGERS).min(1) }),
    initial_value: text(3000, 0),
    multiline: flag,
    min_length: z.int().min(0).max(3000),
    max_length: z.int().min(1).max(3000),
  },
).refine(
  ({ initial_value = '', max_length = 3000 }) => initial_value.length <= max_length,
  'initial_value is longer than max_length',
)
const fileInput = typed(
  'file_input',
  {},
  {
    ...actionable,
    filetypes: z.array(z.string().min(1)).min(1),
    max_files: z.int().min(1).max(10),
  },
)

const button = typed(
  'button',
  { text: plainText(75) },
  {
    ...confirmable,
    value: text(2000, 0),
    url: text(3000, 0),
    style,
    accessibility_label: text(75, 0),
  },
)
const overflow = typed('overflow', { options: list(overflowOption, 5) }, confirmable)
const datepicker = typed('datepicker', {}, { ...menu, initial_date: z.iso.date() })
/** An image as an element and, with a title and an id, as a block. */
const IMAGE = { alt_text: text(2000), image_url: text(3000) }
const imageElement = typed('image', IMAGE, {})

const accessory = z.discriminatedUnion('type', [
  button,
  overflow,
  imageElement,
  datepicker,
  ...MENUS,
])
const actionElement = z.discriminatedUnion('type', [button, overflow, datepicker, ...MENUS])
const inputElement = z.discriminatedUnion('type', [plainTextInput, fileInput, datepicker, ...MENUS])
export type Element =
  | z.infer<typeof accessory>
  | z.infer<typeof actionElement>
  | z.infer<typeof inputElement>

const id = { block_id: text(LONGEST_ID) }

const section = typed(
  'section',
  {},
  { ...id, text: anyText(3000), fields: list(anyText(2000), 10), accessory, expand: flag },
).refine(({ text, fields }) => text !== undefined || fields !== undefined, 'needs text or fields')
const header = typed('header', { text: plainText(150) }, id)
const context = typed('context', { elements: list(z.union([imageElement, anyText(2000)]), 10) }, id)
const actions = typed('actions', { elements: list(actionElement, 25) }, id)
const image = typed('image', IMAGE, { ...id, title: plainText(2000) })
const divider = typed('divider', {}, id)
const input = typed(
  'input',
  { label: plainText(2000), element: inputElement },
  { ...id, hint: plainText(2000), optional: flag, dispatch_action: flag },
)
const markdown = typed('markdown', { text: text(12_000) }, id)

const rawText = typed('raw_text', { text: z.string().min(1) }, {})
const column = object({}, { align: z.enum(['left', 'center', 'right']), is_wrapped: flag })
const cell = z.discriminatedUnion('type', [
  rawText,
  typed('raw_number', { value: z.number() }, { text: z.string() }),
])
const table = typed(
  'table',
  { rows: list(list(cell, 20), 100) },
  { ...id, column_settings: list(column.nullable(), 20, 0) },
)

const dataCell = z.discriminatedUnion('type', [
  rawText,
  typed('raw_number', { value: z.number(), text: z.string().min(1) }, {}),
  typed('rich_text', { elements: z.array(z.unknown()).min(1) }, {}),
])
const dataTable = typed(
  'data_table',
  { caption: z.string().min(1), rows: list(list(dataCell, 20), 101, 2) },
  { ...id, page_size: z.int().min(1).max(100), row_header_column_index: z.int().min(0) },
)
  .refine(({ rows }) => rows.every(({ length }) => length === rows[0]?.length), {
    path: ['rows'],
    message: 'all rows must have the same number of cells',
  })
  .refine(({ rows }) => rows[0]?.every(({ type }) => type !== 'rich_text'), {
    path: ['rows', 0],
    message: 'a heading cannot be rich_text',
  })
  .refine(
    ({ rows, row_header_column_index: at = 0 }) => at < (rows[0]?.length ?? 0),
    'row_header_column_index names no column',
  )

const series = z.strictObject({
  name: text(20),
  data: z.array(z.strictObject({ label: text(20), value: z.number() })).min(1),
})
const chart = z
  .strictObject({
    type: z.enum(['bar', 'line', 'area']),
    series: list(series, 6),
    axis_config: object(
      { categories: list(text(20), 20) },
      { x_label: text(50), y_label: text(50) },
    ),
  })
  .refine(
    ({ series: each }) => new Set(each.map(({ name }) => name)).size === each.length,
    'the names of series must be unique',
  )
  .refine(({ axis_config: { categories } }) => new Set(categories).size === categories.length, {
    path: ['axis_config', 'categories'],
    message: 'categories must be unique',
  })
  .refine(({ series: each, axis_config: { categories } }) => {
    const wanted = JSON.stringify(categories.toSorted())
    return each.every(
      ({ data }) => JSON.stringify(data.map(({ label }) => label).toSorted()) === wanted,
    )
  }, 'a series must have exactly one point for each category')
const dataVisualization = typed('data_visualization', { title: text(50), chart }, id)

const anywhere = [section, header, context, actions, image, divider] as const
const messageBlock = z.discriminatedUnion('type', [
  ...anywhere,
  markdown,
  table,
  dataTable,
  dataVisualization,
])
const viewBlock = z.discriminatedUnion('type', [...anywhere, input])
type ViewBlock = z.infer<typeof viewBlock>
export type Block = z.infer<typeof messageBlock> | ViewBlock

export const messageBlocks = z
  .array(messageBlock)
  .max(50)
  .superRefine(uniqueIds)
  .refine(
    (blocks) => blocks.filter(({ type }) => type === 'table').length <= 1,
    'no more than one table',
  )
  .refine(
    (blocks) => blocks.filter(({ type }) => type === 'data_visualization').length <= 2,
    'no more than two charts',
  )
  .refine((blocks) => {
    const cells = blocks.map((each) => ('rows' in each ? textSum(each.rows) : 0))
    return cells.reduce((sum, length) => sum + length, 0) <= MOST_CELL_TEXT
  }, 'the cells of all tables hold too many characters')
const viewBlocks = z.array(viewBlock).max(100).superRefine(uniqueIds)

/** Block ids stand once in a message or view, action ids once in their block. */
function uniqueIds(blocks: readonly Block[], refusing: z.RefinementCtx): void {
  const ids = blocks.flatMap(({ block_id }) => block_id ?? [])
  if (new Set(ids).size < ids.length) {
    refusing.addIssue({ code: 'custom', message: 'a block_id stands twice' })
  }
  for (const [index, one] of blocks.entries()) {
    if (one.type !== 'actions') continue
    const actionIds = one.elements.flatMap(({ action_id }) => action_id ?? [])
    if (new Set(actionIds).size === actionIds.length) continue
    const path = [index, 'elements']
    refusing.addIssue({ code: 'custom', message: 'an action_id stands twice', path })
  }
}

/** In bytes of the view as JSON. */
const LARGEST_VIEW = 250_000

const kept = {
  private_metadata: text(3000, 0),
  callback_id: text(LONGEST_ID, 0),
  external_id: text(LONGEST_ID, 0),
}
const modal = typed(
  'modal',
  { blocks: viewBlocks, title: plainText(24) },
  {
    ...kept,
    submit: plainText(24),
    close: plainText(24),
    clear_on_close: flag,
    notify_on_close: flag,
    submit_disabled: flag,
  },
).refine(
  ({ blocks, submit }) => submit !== undefined || !blocks.some(({ type }) => type === 'input'),
  {
    path: ['submit'],
    message: '`submit` is required when an `input` block is within the `blocks` array',
  },
)
const home = typed('home', { blocks: viewBlocks }, kept)
const view = z
  .discriminatedUnion('type', [modal, home])
  .refine(({ blocks }) => fieldsOf(blocks).filter(takesFocus).length <= 1, {
    path: ['blocks'],
    message: 'only one element may take the focus',
  })

export type ViewSource = z.infer<typeof view>

/** A view that Slack would take, or why it would not: its error and the places. */
type ReadView =
  | { readonly view: ViewSource }
  | { readonly error: string; readonly problems: readonly Problem[] }

/** Reads a view as it came in. @param type what the method wants: a modal or a Home. */
export function readView(value: unknown, type: ViewSource['type']): ReadView {
  const bytes = value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value))
  if (bytes > LARGEST_VIEW) return { error: 'view_too_large', problems: [] }
  const read = view.safeParse(value)
  if (!read.success) return { error: 'invalid_arguments', problems: viewProblems(value) }
  return read.data.type === type
    ? { view: read.data }
    : {
        error: 'invalid_arguments',
        problems: [{ pointer: '/view/type', message: `must be ${type}` }],
      }
}

/** Everything that is wrong with a view, each with its place. */
export function viewProblems(value: unknown): readonly Problem[] {
  return problemsOf(view, value, '/view')
}

function takesFocus({ element }: Field): boolean {
  return 'focus_on_load' in element && element.focus_on_load === true
}

export interface Problem {
  /** A JSON pointer into what was sent, for example `/blocks/0/text`. */
  readonly pointer: string
  readonly message: string
}

/** Everything that the shape refuses, in the order in which it stands; empty where nothing is. */
function problemsOf(shape: z.ZodType, value: unknown, root: string): readonly Problem[] {
  const { error } = shape.safeParse(value)
  if (error === undefined) return []
  return error.issues.map(({ path, message }) => ({
    pointer: [root, ...path.map(String)].join('/'),
    message,
  }))
}

/** The line that Slack puts into response_metadata.messages. */
export function problemLine({ pointer, message }: Problem): string {
  return `[ERROR] ${message} [json-pointer:${pointer}]`
}

export type Interactive = Exclude<Element, { type: 'image' }>

export interface Field {
  readonly blockId: string
  readonly actionId: string
  readonly element: Interactive
  /** In an input block; then it is sent with the view, and alone only when it dispatches. */
  readonly input: { readonly optional: boolean; readonly dispatches: boolean } | null
}

/** The blocks with an id for each block and element that came without; the seed makes them differ. */
export function withIds(blocks: readonly ViewBlock[], seed: string): ViewBlock[]
export function withIds(blocks: readonly Block[], seed: string): Block[]
export function withIds(blocks: readonly Block[], seed: string): Block[] {
  return blocks.map((block, index) => {
    const block_id = block.block_id ?? `${seed}-${index}`
    const identified = <Given extends Element>(element: Given, place = 0): Given =>
      element.type === 'image' || element.action_id !== undefined
        ? element
        : { ...element, action_id: `${seed}-${index}-${place}` }
    switch (block.type) {
      case 'actions':
        return { ...block, block_id, elements: block.elements.map(identified) }
      case 'input':
        return { ...block, block_id, element: identified(block.element) }
      case 'section':
        return block.accessory === undefined
          ? { ...block, block_id }
          : { ...block, block_id, accessory: identified(block.accessory) }
      default:
        return { ...block, block_id }
    }
  })
}

/** Every field of blocks that have their ids, in the order in which they stand. */
export function fieldsOf(blocks: readonly Block[]): readonly Field[] {
  return blocks.flatMap((block) => {
    const field = (element: Element, input: Field['input'] = null): Field[] =>
      element.type === 'image'
        ? []
        : [{ blockId: block.block_id ?? '', actionId: element.action_id ?? '', element, input }]
    switch (block.type) {
      case 'actions':
        return block.elements.flatMap((element) => field(element))
      case 'section':
        return block.accessory === undefined ? [] : field(block.accessory)
      case 'input':
        return field(block.element, {
          optional: block.optional ?? false,
          dispatches: block.dispatch_action ?? false,
        })
      default:
        return []
    }
  })
}
