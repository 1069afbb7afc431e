/** What a field holds, as Slack sends it: what it shows from the start, or what a person gave. */
import { z } from 'zod'
import { type BoxOption, offered } from './content/options.ts'
import type { Field, Interactive } from './fields.ts'
import type { StoredFile } from './places.ts'

/** One entry of state.values. */
export interface FieldValue {
  readonly type: string
  readonly [key: string]: unknown
}

/**
 * What a person gives: text as typed, the value (or the words) of an option, an id, a date, the
 * ids of files; several in a list; null leaves the field empty.
 */
export type Given = string | readonly string[] | null

type Kind = 'text' | 'option' | 'id' | 'date' | 'time' | 'seconds' | 'file'

interface Slot {
  readonly kind: Kind
  readonly key: string
  readonly initial: string
  readonly many: boolean
}

const one = (kind: Kind, key: string, initial: string): Slot => ({
  kind,
  key,
  initial,
  many: false,
})
const several = (kind: Kind, key: string, initial: string): Slot => ({
  kind,
  key,
  initial,
  many: true,
})

/** Where each element's value stands; buttons and overflow menus hold none. */
const SLOTS: Readonly<Record<Interactive['type'], Slot | null>> = {
  button: null,
  overflow: null,
  plain_text_input: one('text', 'value', 'initial_value'),
  email_text_input: one('text', 'value', 'initial_value'),
  url_text_input: one('text', 'value', 'initial_value'),
  number_input: one('text', 'value', 'initial_value'),
  static_select: one('option', 'selected_option', 'initial_option'),
  external_select: one('option', 'selected_option', 'initial_option'),
  radio_buttons: one('option', 'selected_option', 'initial_option'),
  multi_static_select: several('option', 'selected_options', 'initial_options'),
  multi_external_select: several('option', 'selected_options', 'initial_options'),
  checkboxes: several('option', 'selected_options', 'initial_options'),
  users_select: one('id', 'selected_user', 'initial_user'),
  multi_users_select: several('id', 'selected_users', 'initial_users'),
  channels_select: one('id', 'selected_channel', 'initial_channel'),
  multi_channels_select: several('id', 'selected_channels', 'initial_channels'),
  conversations_select: one('id', 'selected_conversation', 'initial_conversation'),
  multi_conversations_select: several('id', 'selected_conversations', 'initial_conversations'),
  datepicker: one('date', 'selected_date', 'initial_date'),
  timepicker: one('time', 'selected_time', 'initial_time'),
  datetimepicker: one('seconds', 'selected_date_time', 'initial_date_time'),
  file_input: several('file', 'files', ''),
}

/**
 * What the field holds before anyone touched it; null where it holds nothing ever.
 * @param channel the conversation that the person is in.
 */
export function initialValue(element: Interactive, channel: string | null): FieldValue | null {
  const slot = SLOTS[element.type]
  if (slot === null) return null
  const all: Readonly<Record<string, unknown>> = element
  const initial = all[slot.initial] ?? currentConversation(all, channel)
  const value = slot.many && typeof initial === 'string' ? [initial] : initial
  return { type: element.type, [slot.key]: value ?? (slot.many ? [] : null) }
}

function currentConversation(
  element: Readonly<Record<string, unknown>>,
  channel: string | null,
): string | null {
  return element.default_to_current_conversation === true ? channel : null
}

export interface Supply {
  /** What the app last offered for a menu whose options it loads. */
  readonly loaded: readonly BoxOption[]
  readonly file: (id: string) => StoredFile
  readonly describeFile: (file: StoredFile) => Record<string, unknown>
}

/** The value that a person gives a field. @throws Error when the field cannot hold it. */
export function givenValue(field: Field, given: Given, supply: Supply): FieldValue {
  const { element, actionId } = field
  const slot = SLOTS[element.type]
  if (slot === null) throw new Error(`${actionId} is a ${element.type}: it can only be pressed.`)
  if (given === null) return { type: element.type, [slot.key]: slot.many ? [] : null }
  const list = typeof given === 'string' ? [given] : given
  const [first, ...rest] = list.map((text) => single(slot.kind, field, text, supply))
  if (!slot.many && (first === undefined || rest.length > 0)) {
    throw new Error(`${actionId} takes one value, not ${list.length}.`)
  }
  const value = slot.many ? [first, ...rest].filter((item) => item !== undefined) : first
  return { type: element.type, [slot.key]: value }
}

function single(kind: Kind, field: Field, text: string, supply: Supply): unknown {
  switch (kind) {
    case 'text':
    case 'id':
      return text
    case 'option':
      return chosenOption(field, text, supply.loaded)
    case 'date':
      return parsed(z.iso.date(), text, `${field.actionId} takes a date as YYYY-MM-DD`)
    case 'time':
      return parsed(
        z.iso.time({ precision: -1 }),
        text,
        `${field.actionId} takes a time of day as HH:MM`,
      )
    case 'seconds':
      return Number(parsed(z.string().regex(/^\d{10}$/), text, `${field.actionId} takes seconds`))
    case 'file':
      return supply.describeFile(supply.file(text))
  }
}

function chosenOption(field: Field, text: string, loaded: readonly BoxOption[]): BoxOption {
  const { element, actionId } = field
  const options = 'options' in element || 'option_groups' in element ? offered(element) : loaded
  const found =
    options.find(({ value }) => value === text) ?? options.find((one) => one.text.text === text)
  if (found !== undefined) return found
  const known = options.map(({ value }) => value).join(', ')
  throw new Error(`${actionId} offers no "${text}"; it offers: ${known || 'nothing'}.`)
}

function parsed(shape: z.ZodType<string>, text: string, wanted: string): string {
  const read = shape.safeParse(text)
  if (!read.success) throw new Error(`${wanted}, not "${text}".`)
  return read.data
}

/** Whether a value holds nothing. */
export function isEmpty(value: FieldValue): boolean {
  return Object.entries(value).every(
    ([key, held]) =>
      key === 'type' || held === null || held === '' || (Array.isArray(held) && held.length === 0),
  )
}
