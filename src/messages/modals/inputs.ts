/** The fields of modals. A field's name is its element's action id; its block id says whose it is. */
import type { InputBlock, InputBlockElement, KnownBlock, ModalView } from '@slack/types'
import type { CivilDate } from '../../domain/civil-date.ts'
import { blocksOf, type Part } from '../answers/answer.ts'
import { plain } from '../escape.ts'
import type { PersonFact } from '../facts.ts'
import { plainText, unitsOf } from '../plain-text.ts'
import { fitView, VIEW_LIMITS } from '../view-limits.ts'
import { contextOf, type ModalContext, writeContext } from './context.ts'
import { type ImportPlan, writePlan } from './import-plan.ts'

/**
 * The form and what it is about, as the block id of each of its fields names them. When a view is
 * updated, Slack keeps what was typed in every input whose block id and action id stay, and ignores
 * what the new view would show there: without the subject one team's channel would stand in
 * another team's form. Two forms of one subject differ too.
 */
export function formId(callbackId: string, about: ModalContext | ImportPlan): string {
  if ('fileId' in about) return `${callbackId}:file-${about.fileId}`
  const { contractId, extensionId, teamId } = about
  const subject = Object.entries({ contract: contractId, extension: extensionId, team: teamId })
    .filter(([, id]) => id !== null)
    .map(([kind, id]) => `${kind}-${id}`)
  return `${callbackId}:${subject.join(':') || 'organisation'}`
}

export function blockId(name: string, form: string): string {
  return `${name}@${form}`
}

export interface Field {
  readonly name: string
  readonly label: string
  readonly hint?: string | undefined
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
    action_id: field.name,
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
    action_id: field.name,
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
    action_id: field.name,
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
    action_id: field.name,
    options: choices.slice(0, VIEW_LIMITS.choices).map(optionOf),
    ...(chosen === undefined ? {} : { initial_option: optionOf(chosen) }),
  })
}

/** Boxes for what an empty field does not say; at first none is ticked. */
export function boxesField(
  field: Field,
  choices: readonly Choice[],
  ticked: readonly string[] = [],
): InputBlock {
  const options = choices.slice(0, VIEW_LIMITS.choices)
  const initial = options.filter(({ value }) => ticked.includes(value))
  return input(field, {
    type: 'checkboxes',
    action_id: field.name,
    options: options.map(optionOf),
    ...(initial.length === 0 ? {} : { initial_options: initial.map(optionOf) }),
  })
}

/**
 * Somebody without an account cannot stand in it: they are named beside it, as an empty field is
 * read as no change.
 */
export function personField(field: Field, person: PersonFact | null): InputBlock {
  const slackUser = person?.slackUser ?? null
  const named = person !== null && slackUser === null ? person.name : null
  return input(
    withHint(
      field,
      named === null
        ? null
        : `Now: ${plain(named, 80) || 'somebody without a name'}, without an open account in Slack. Leave it empty to keep them.`,
    ),
    {
      type: 'users_select',
      action_id: field.name,
      placeholder: plainText('Choose a person', VIEW_LIMITS.placeholder),
      ...(slackUser === null ? {} : { initial_user: slackUser }),
    },
  )
}

/** A channel that is known by its name only cannot stand in it: it is named beside it. */
export function channelField(field: Field, named: string | null): InputBlock {
  const channel = named !== null && /^[CG][A-Z0-9]{6,}$/.test(named) ? named : null
  const hint =
    named !== null && channel === null
      ? `Now: ${plain(named, 80)}. Leave it empty to keep it.`
      : null
  return input(
    { ...withHint(field, hint), optional: field.optional === true || hint !== null },
    {
      type: 'conversations_select',
      action_id: field.name,
      placeholder: plainText('Choose a channel', VIEW_LIMITS.placeholder),
      filter: { include: ['public', 'private'], exclude_bot_users: true },
      ...(channel === null ? {} : { initial_conversation: channel }),
    },
  )
}

export function fileField(field: Field, types: readonly string[]): InputBlock {
  return input(field, {
    type: 'file_input',
    action_id: field.name,
    filetypes: [...types],
    max_files: 1,
  })
}

/** The modal of these fields, inside Slack's limits. */
export function modal(
  callbackId: string,
  title: string,
  submit: string,
  context: Partial<ModalContext> | ImportPlan,
  content: readonly (Part | InputBlock | null)[],
): ModalView {
  const about = 'fileId' in context ? context : contextOf(context)
  const form = formId(callbackId, about)
  return fitView({
    type: 'modal',
    callback_id: callbackId,
    private_metadata: 'fileId' in about ? writePlan(about) : writeContext(about),
    title: plainText(title, VIEW_LIMITS.title),
    submit: plainText(submit, VIEW_LIMITS.title),
    close: plainText('Cancel', VIEW_LIMITS.title),
    blocks: content.flatMap((part): readonly KnownBlock[] =>
      part !== null && 'type' in part && part.type === 'input'
        ? [{ ...part, block_id: blockId(part.block_id ?? '', form) }]
        : blocksOf([part as Part]),
    ),
  })
}

function withHint(field: Field, hint: string | null): Field {
  return hint === null ? field : { ...field, hint: [hint, field.hint].filter(Boolean).join(' ') }
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
