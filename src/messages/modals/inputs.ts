/** The fields of modals. A field's name is its block id; its element is always called `value`. */
import type { InputBlock, InputBlockElement, KnownBlock, ModalView } from '@slack/types'
import type { CivilDate } from '../../domain/civil-date.ts'
import { blocksOf, type Part } from '../answers/answer.ts'
import { plainText, unitsOf } from '../plain-text.ts'
import { fitView, VIEW_LIMITS } from '../view-limits.ts'
import { type ModalContext, writeContext } from './context.ts'

export const ELEMENT = 'value'

export interface Field {
  readonly name: string
  readonly label: string
  readonly hint?: string
  /** Fields are asked for unless this says otherwise. */
  readonly optional?: boolean
}

export interface Choice {
  readonly value: string
  readonly text: string
  readonly description?: string
}

/** A line of text, or several. What stands in it already is shown as it is, up to its length. */
export function textField(
  field: Field,
  initial: string | null,
  { lines = false, most = 300 }: { lines?: boolean; most?: number } = {},
): InputBlock {
  const shown = initial === null ? '' : inputText(initial, most, lines)
  return input(field, {
    type: 'plain_text_input',
    action_id: ELEMENT,
    multiline: lines,
    max_length: most,
    ...(shown === '' ? {} : { initial_value: shown }),
  })
}

/**
 * What a text field shows of a text: control characters out, cut to its length. Compare with it to
 * see whether somebody changed the field: a long title must not be cut by saving something else.
 */
export function inputText(text: string, most = 300, lines = false): string {
  const clean = text
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(lines ? /(?!\n)\p{Cc}+/gu : /[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
  return unitsOf(clean, most)
}

export function dateField(field: Field, initial: CivilDate | null): InputBlock {
  return input(field, {
    type: 'datepicker',
    action_id: ELEMENT,
    ...(initial === null ? {} : { initial_date: initial }),
  })
}

/**
 * One of at most a hundred; the one that is chosen already is always among them. A choice whose
 * value Slack would refuse is left out.
 */
export function selectField(
  field: Field,
  choices: readonly Choice[],
  initial: string | null,
): InputBlock {
  const fitting = choices.filter(({ value }) => value !== '' && value.length <= VIEW_LIMITS.value)
  const chosen = fitting.find(({ value }) => value === initial)
  const first = fitting.slice(0, VIEW_LIMITS.options)
  const shown =
    chosen === undefined || first.includes(chosen) ? first : [chosen, ...first.slice(0, -1)]
  return input(field, {
    type: 'static_select',
    action_id: ELEMENT,
    placeholder: plainText('Choose', VIEW_LIMITS.placeholder),
    options: shown.map(optionOf),
    ...(chosen === undefined ? {} : { initial_option: optionOf(chosen) }),
  })
}

/** One of at most ten, all in sight. */
export function radioField(
  field: Field,
  choices: readonly Choice[],
  initial: string | null,
): InputBlock {
  const chosen = choices.find(({ value }) => value === initial)
  return input(field, {
    type: 'radio_buttons',
    action_id: ELEMENT,
    options: choices.slice(0, VIEW_LIMITS.choices).map(optionOf),
    ...(chosen === undefined ? {} : { initial_option: optionOf(chosen) }),
  })
}

export function personField(field: Field, slackUser: string | null): InputBlock {
  return input(field, {
    type: 'users_select',
    action_id: ELEMENT,
    placeholder: plainText('Choose a person', VIEW_LIMITS.placeholder),
    ...(slackUser === null ? {} : { initial_user: slackUser }),
  })
}

export function channelField(field: Field, channel: string | null): InputBlock {
  return input(field, {
    type: 'conversations_select',
    action_id: ELEMENT,
    placeholder: plainText('Choose a channel', VIEW_LIMITS.placeholder),
    filter: { include: ['public', 'private'], exclude_bot_users: true },
    ...(channel === null ? {} : { initial_conversation: channel }),
  })
}

export function fileField(field: Field, types: readonly string[]): InputBlock {
  return input(field, {
    type: 'file_input',
    action_id: ELEMENT,
    filetypes: [...types],
    max_files: 1,
  })
}

/** The modal of these fields, inside Slack's limits; a context of another shape comes as text. */
export function modal(
  callbackId: string,
  title: string,
  submit: string,
  context: Partial<ModalContext> | string,
  content: readonly (Part | InputBlock | null)[],
): ModalView {
  return fitView({
    type: 'modal',
    callback_id: callbackId,
    private_metadata: typeof context === 'string' ? context : writeContext(context),
    title: plainText(title, VIEW_LIMITS.title),
    submit: plainText(submit, VIEW_LIMITS.title),
    close: plainText('Cancel', VIEW_LIMITS.title),
    blocks: content.flatMap((part): readonly KnownBlock[] =>
      part !== null && 'type' in part && part.type === 'input' ? [part] : blocksOf([part as Part]),
    ),
  })
}

function input({ name, label, hint, optional }: Field, element: InputBlockElement): InputBlock {
  return {
    type: 'input',
    block_id: name,
    label: plainText(label, VIEW_LIMITS.label),
    ...(hint === undefined ? {} : { hint: plainText(hint, VIEW_LIMITS.hint) }),
    ...(optional === true ? { optional } : {}),
    element,
  }
}

function optionOf({ value, text, description }: Choice) {
  return {
    text: plainText(text, 75),
    value,
    ...(description === undefined ? {} : { description: plainText(description, 75) }),
  }
}
