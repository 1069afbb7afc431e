/**
 * What every form is made of: its fields, what it carries hidden, and an answer shown as a form.
 */
import type { InputBlock, InputBlockElement, KnownBlock, ModalView } from '@slack/types'
import { type CivilDate, parseCivilDate } from '../../rules/civil-date.ts'
import type { Message, PersonFact } from '../facts.ts'
import {
  type AnswerPart,
  blocksOf,
  body,
  compose,
  fitView,
  tableLines,
  tableTexts,
  VIEW_LIMITS,
} from '../message.ts'
import { plain, plainText, unitsOf } from '../words.ts'

// The fields of modals. A field's name is its element's action id; its block id says whose it is.

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
  content: readonly (AnswerPart | InputBlock | null)[],
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
        : blocksOf([part as AnswerPart]),
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

// An answer shown in a modal: for buttons pressed where there is no channel to answer in.

const ANSWER_VIEW = 'lw.answer'

/** Nothing can be sent back from it; its buttons work as in a message. */
export function answerModal(title: string, message: Message): ModalView {
  return fitView({
    type: 'modal',
    callback_id: ANSWER_VIEW,
    title: plainText(title, VIEW_LIMITS.title),
    close: plainText('Close', VIEW_LIMITS.title),
    blocks: message.blocks.flatMap(inView),
  })
}

/** A view holds no table: its rows become lines. */
function inView(block: KnownBlock): KnownBlock[] {
  const rows = tableTexts(block)
  return rows === null ? [block] : [...compose([body(...linesOf(rows))]).blocks]
}

function linesOf([headings = [], ...rows]: readonly (readonly string[])[]) {
  return tableLines(
    headings.map((heading) => ({ heading })),
    rows,
  )
}

// What a modal is about: small, strict JSON in its private_metadata.

/** Everything is null that does not apply. Rights are checked again when the modal comes back. */
export interface ModalContext {
  readonly contractId: number | null
  /** The contract's version when the modal was opened: a later one says that somebody came first. */
  readonly version: number | null
  readonly alertIds: readonly number[]
  readonly extensionId: number | null
  readonly teamId: number | null
  /** The current end, so that a date can be told wrong at its field. */
  readonly end: CivilDate | null
  /** The mark of what the person was shown before they sent it a second time. */
  readonly previewed: string | null
  /** What the person had changed by then; the view shows it as if it stood there. */
  readonly touched: readonly string[]
}

const NO_CONTEXT: ModalContext = {
  contractId: null,
  version: null,
  alertIds: [],
  extensionId: null,
  teamId: null,
  end: null,
  previewed: null,
  touched: [],
}

const CONTEXT_VERSION = 2
const MOST_ALERTS = 50

export function contextOf(context: Partial<ModalContext>): ModalContext {
  return { ...NO_CONTEXT, ...context }
}

export function writeContext(context: Partial<ModalContext>): string {
  const { contractId, version, alertIds, extensionId, teamId, end, previewed, touched } =
    contextOf(context)
  const alerts = alertIds.slice(0, MOST_ALERTS)
  const parts = [CONTEXT_VERSION, contractId, version, alerts, extensionId, teamId, end]
  return JSON.stringify(previewed === null ? parts : [...parts, previewed, touched])
}

/** The context that `writeContext` wrote; null for anything else. */
export function readContext(metadata: unknown): ModalContext | null {
  const parts = readMetadata(metadata, CONTEXT_VERSION)
  if (parts === null || ![6, 7, 8].includes(parts.length)) return null
  const [contractId, version, alertIds, extensionId, teamId, end, previewed = null, touched = []] =
    parts
  const date = typeof end === 'string' ? parseCivilDate(end) : null
  if (!isIdOrNull(contractId) || !isIdOrNull(version) || !isIdOrNull(extensionId)) return null
  if ((contractId === null) !== (version === null) || !isIdOrNull(teamId)) return null
  if (!Array.isArray(alertIds) || alertIds.length > MOST_ALERTS || !alertIds.every(isNumber))
    return null
  if (previewed !== null && !isMark(previewed)) return null
  if (!Array.isArray(touched) || !touched.every(isName)) return null
  if (end !== null && date === null) return null
  return { contractId, version, alertIds, extensionId, teamId, end: date, previewed, touched }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z.-]{1,60}$/.test(value)
}

function isMark(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9-]{1,64}$/.test(value)
}

function isIdOrNull(value: unknown): value is number | null {
  return value === null || isNumber(value)
}

// What an import in Slack has settled so far: strict JSON in the private_metadata of its steps.

export interface ImportPlan {
  /** Slack's id of the file: whichever process takes the next step fetches it again. */
  readonly fileId: string
  readonly source: string | null
  readonly teamId: number | null
  readonly dates: 'dmy' | 'mdy' | null
  /** Where a table's headings stand; null for a register without headings. */
  readonly at: { readonly reading: string; readonly line: number } | null
  /** What columns stand for, counted from 0; null: not read. */
  readonly fields: readonly (readonly [number, string | null])[]
}

const IMPORT_PLAN_VERSION = 1
const MOST_FIELDS = 100

function writePlan({ fileId, source, teamId, dates, at, fields }: ImportPlan): string {
  const place = at === null ? null : [at.reading, at.line]
  return JSON.stringify([IMPORT_PLAN_VERSION, fileId, source, teamId, dates, place, fields])
}

/** The plan that `writePlan` wrote; null for anything else. */
export function readPlan(metadata: unknown): ImportPlan | null {
  const parts = readMetadata(metadata, IMPORT_PLAN_VERSION)
  if (parts === null || parts.length !== 6) return null
  const [fileId, source, teamId, dates, place, fields] = parts
  if (typeof fileId !== 'string' || !/^[A-Z][A-Z0-9]{2,20}$/.test(fileId)) return null
  if (source !== null && (typeof source !== 'string' || source.length > 100)) return null
  if (teamId !== null && !isNumber(teamId)) return null
  if (dates !== null && dates !== 'dmy' && dates !== 'mdy') return null
  if (!Array.isArray(fields) || fields.length > MOST_FIELDS || !fields.every(isChoice)) return null
  const at = place === null ? null : placeOf(place)
  return at === undefined ? null : { fileId, source, teamId, dates, at, fields }
}

function placeOf(place: unknown): ImportPlan['at'] | undefined {
  if (!Array.isArray(place) || place.length !== 2) return undefined
  const [reading, line] = place
  if (typeof reading !== 'string' || reading.length > 10 || !isNumber(line)) return undefined
  return { reading, line }
}

function isChoice(value: unknown): value is [number, string | null] {
  if (!Array.isArray(value) || value.length !== 2) return false
  const [index, field] = value
  const named = field === null || (typeof field === 'string' && /^[A-Za-z]{1,40}$/.test(field))
  return named && (index === 0 || isNumber(index)) && index < 1000
}

// What a modal carries from one step to the next in its private_metadata: a list, its version first.

/** Slack takes no more characters. */
const MOST_CHARACTERS = 3000

/** What follows the version in metadata of that version; null for anything else. */
function readMetadata(metadata: unknown, version: number): readonly unknown[] | null {
  if (typeof metadata !== 'string' || metadata.length > MOST_CHARACTERS) return null
  let parts: unknown
  try {
    parts = JSON.parse(metadata)
  } catch {
    return null
  }
  if (!Array.isArray(parts) || parts[0] !== version) return null
  return parts.slice(1)
}

/** A number that names something: a row of the database, a version, a line. */
function isNumber(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 2_147_483_647
}
