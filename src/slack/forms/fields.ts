/**
 * What every form is made of: its fields, what it carries hidden, and an answer shown as a form.
 */

import type { InputBlock, InputBlockElement, KnownBlock, ModalView } from '@slack/types'
import { z } from 'zod'
import { FIELDS } from '../../register/column-names.ts'
import { readAmount } from '../../register/parse-amount.ts'
import {
  type CivilDate,
  dayText,
  FIRST_RECORDED,
  LAST_RECORDED,
  parseCivilDate,
} from '../../rules/civil-date.ts'
import type { ContractNames, Period } from '../../rules/contract.ts'
import type { Decimal } from '../../rules/money.ts'
import { folded, isRecord } from '../../rules/text-match.ts'
import { periodText } from '../../rules/working-days.ts'
import type { ButtonSubject } from '../../text/buttons.ts'
import { contractName, type Message, type PersonFact } from '../../text/facts.ts'
import {
  type AnswerPart,
  blocksOf,
  body,
  fitView,
  plainBlocks,
  VIEW_LIMITS,
} from '../../text/message.ts'
import { type Mrkdwn, mrkdwn, plain, plainText, shown, unitsOf } from '../../text/words.ts'
import { readSpan } from '../parse/when.ts'

/**
 * The form and what it is about, as the block id of each of its fields names them. When a view is
 * updated, Slack keeps what was typed in every input whose block id and action id stay, and ignores
 * what the new view would show there: without the subject one team's channel would stand in
 * another team's form. Two forms of one subject differ too.
 */
export function formId(callbackId: string, about: ModalContext | ImportPlan): string {
  if ('fileId' in about) return `${callbackId}:file-${about.fileId}`
  const { contractId, extensionId, teamId, questionId } = about
  const of = { contract: contractId, extension: extensionId, team: teamId, question: questionId }
  const subject = Object.entries(of)
    .filter(([, id]) => id !== null)
    .map(([kind, id]) => `${kind}-${id}`)
  return `${callbackId}:${subject.join(':') || 'organisation'}`
}

function blockId(name: string, form: string): string {
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

/**
 * What a text field shows of a text: control characters out, cut to its length. Compare with it to
 * see whether somebody changed the field: a long title must not be cut by saving something else.
 */
function inputText(text: string, most = 300, lines = false): string {
  const clean = text
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(lines ? /(?!\n)\p{Cc}+/gu : /[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
  return unitsOf(clean, most)
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

/** One of many, asked for by what is typed: a form of any number of such fields stays small. */
export function askedField(field: Field, initial: Choice): InputBlock {
  return input(field, {
    type: 'external_select',
    action_id: field.name,
    placeholder: plainText('Choose', VIEW_LIMITS.placeholder),
    min_query_length: 0,
    initial_option: optionOf(initial),
  })
}

/** The options that Slack asks for: those whose text holds what was typed, a hundred at most. */
export function optionsFor(choices: readonly Choice[], typed: string) {
  const wanted = folded(typed)
  const fitting = choices.filter(({ text }) => folded(text).includes(wanted))
  return fitting.slice(0, VIEW_LIMITS.options).map(optionOf)
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

// A field of a form from both of its sides, each said once: what is shown in it, and what is read from it.

export interface FormField<Held, Read = Held> {
  show(name: string, held: Held | null | undefined): InputBlock
  read(fields: Fields, name: string): Read
}
type Beside = Omit<Field, 'name' | 'label'>

/** Most fields may be left empty. */
export const REQUIRED = { optional: false } as const

/** A line of text, or several. What stands in it already is shown as it is, up to its length. */
export function textAsked(
  label: string,
  most = 300,
  { lines = false, ...beside }: Beside & { readonly lines?: boolean } = {},
): FormField<string, string | null> {
  return {
    show: (name, held) => {
      const initial = inputText(held ?? '', most, lines)
      return input(
        { optional: true, ...beside, name, label },
        {
          type: 'plain_text_input',
          action_id: name,
          multiline: lines,
          max_length: most,
          ...(initial === '' ? {} : { initial_value: initial }),
        },
      )
    },
    read: (fields, name) => fields.text(name, most),
  }
}

export function dayAsked(
  label: string,
  beside: Beside = {},
): FormField<CivilDate, CivilDate | null> {
  return {
    show: (name, held) =>
      input(
        { optional: true, ...beside, name, label },
        { type: 'datepicker', action_id: name, ...(held == null ? {} : { initial_date: held }) },
      ),
    read: (fields, name) => fields.date(name),
  }
}

/** `all`: in sight at once. */
export function choiceAsked<T extends string>(
  label: string,
  choices: readonly (Choice & { readonly value: T })[],
  { all = false, ...beside }: Beside & { readonly all?: boolean } = {},
): FormField<T, T | null> {
  const values = choices.map(({ value }) => value)
  return {
    show: (name, held) =>
      (all ? radioField : selectField)(
        { optional: true, ...beside, name, label },
        choices,
        held ?? null,
      ),
    read: (fields, name) => fields.choice(name, values),
  }
}

export function amountAsked(label: string, hint?: string): FormField<string, ReadAmount | null> {
  return {
    ...textAsked(label, MOST_FIGURE, { hint }),
    read: (fields, name) => fields.amount(name),
  }
}

export function periodAsked(label: string, hint: string): FormField<Period, Period | null> {
  const { show } = textAsked(label, MOST_FIGURE, { hint })
  return {
    show: (name, held) => show(name, held && periodText(held)),
    read: (fields, name) => fields.period(name),
  }
}

const YES_OR_NO = [
  { value: 'yes', text: 'Yes' },
  { value: 'no', text: 'No' },
  { value: 'unknown', text: 'Not known' },
] as const

/** Null: nobody knows. */
export function yesOrNoAsked(label: string, hint?: string): FormField<boolean, boolean | null> {
  const { show, read } = choiceAsked(label, YES_OR_NO, { ...REQUIRED, hint })
  return {
    show: (name, held) => show(name, held === true ? 'yes' : held === false ? 'no' : 'unknown'),
    read: (fields, name) => {
      const said = read(fields, name)
      return said === 'yes' ? true : said === 'no' ? false : null
    },
  }
}

type FormFields = Readonly<Record<string, FormField<never, unknown>>>

/** The fields in their order, with what is held of each. */
export function shownFields<Of extends FormFields>(
  asked: Of,
  held: { readonly [Name in keyof Of]?: Parameters<Of[Name]['show']>[1] },
): InputBlock[] {
  return Object.entries(asked).map(([name, field]) => field.show(name, held[name] as never))
}

export function readAsked<Of extends FormFields>(
  fields: Fields,
  asked: Of,
): { [Name in keyof Of]: ReturnType<Of[Name]['read']> } {
  const read = Object.entries(asked).map(([name, field]) => [name, field.read(fields, name)])
  return Object.fromEntries(read)
}

/** A contract that a form is about, and its first line. */
export interface AboutContract {
  readonly subject: ButtonSubject
  readonly contract: ContractNames
}

export function contractLine(contract: ContractNames, ...more: readonly Mrkdwn[]): AnswerPart {
  return body(mrkdwn`*${contractName(contract, 100)}*, ${shown(contract.reference, 60)}`, ...more)
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
    blocks: plainBlocks(message.blocks),
  })
}

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
  /** A hash of the changes that the preview showed; null where nothing was previewed. */
  readonly previewed: string | null
  /** What the person had changed by then; the view shows it as if it stood there. */
  readonly touched: readonly string[]
  /** What a register leaves open. */
  readonly questionId: number | null
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
  questionId: null,
}

const MOST_ALERTS = 50

/** A number that names something: a row of the database, a version, a line. */
const id = z.int().min(1).max(2_147_483_647)
const text = (shape: RegExp) => z.string().regex(shape)

/** Its version first; the last two only where something was shown before. */
const Context = z.tuple([
  z.literal(2),
  id.nullable(),
  id.nullable(),
  z.array(id).max(MOST_ALERTS),
  id.nullable(),
  id.nullable(),
  z
    .custom<CivilDate>((each) => typeof each === 'string' && parseCivilDate(each) !== null)
    .nullable(),
  text(/^[A-Za-z0-9-]{1,64}$/)
    .nullable()
    .optional(),
  z.array(text(/^[A-Za-z.-]{1,60}$/)).optional(),
  id.optional(),
])

export function contextOf(context: Partial<ModalContext>): ModalContext {
  return { ...NO_CONTEXT, ...context }
}

export function writeContext(context: Partial<ModalContext>): string {
  const { contractId, version, alertIds, extensionId, teamId, end, previewed, touched } =
    contextOf(context)
  const { questionId = null } = context
  const alerts = alertIds.slice(0, MOST_ALERTS)
  const parts = [2, contractId, version, alerts, extensionId, teamId, end]
  if (questionId !== null) return JSON.stringify([...parts, previewed, touched, questionId])
  return JSON.stringify(previewed === null ? parts : [...parts, previewed, touched])
}

/** The context that `writeContext` wrote; null for anything else. */
export function readContext(metadata: unknown): ModalContext | null {
  const parts = readMetadata(Context, metadata)
  if (parts === null) return null
  const [, contractId, version, alertIds, extensionId, teamId, end] = parts
  const [previewed = null, touched = [], questionId = null] = [parts[7], parts[8], parts[9]]
  if ((contractId === null) !== (version === null)) return null
  const about = { contractId, version, alertIds, extensionId, teamId, questionId }
  return { ...about, end, previewed, touched }
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
  /** What the columns of the pages until now stand for, counted from 0; null: not read. */
  readonly fields: readonly (readonly [number, string | null])[]
  /** The page of columns that is shown, counted from 0, and how many columns come after it. */
  readonly page: number
  readonly left: number
}

/** Two letters a column, so that hundreds fit: its field's place in the list, `--` not read, `..` not said. */
function writeFields(fields: ImportPlan['fields']): string {
  const last = Math.max(-1, ...fields.map(([index]) => index))
  const said = new Map(fields)
  return Array.from({ length: last + 1 }, (_, index) => {
    const name = said.get(index)
    if (name === undefined) return '..'
    const at = (FIELDS as readonly (string | null)[]).indexOf(name)
    return at < 0 ? '--' : at.toString(36).padStart(2, '0')
  }).join('')
}

function readFields(written: string): ImportPlan['fields'] {
  return (written.match(/../g) ?? []).flatMap((letters, index) => {
    if (letters === '..') return []
    return [[index, FIELDS[Number.parseInt(letters, 36)] ?? null] as const]
  })
}

const Plan = z.tuple([
  z.literal(2),
  text(/^[A-Z][A-Z0-9]{2,20}$/),
  z.string().max(100).nullable(),
  id.nullable(),
  z.enum(['dmy', 'mdy']).nullable(),
  z.tuple([z.string().max(10), id]).nullable(),
  text(/^(?:\.\.|--|[0-9a-z]{2}){0,999}$/),
  z.int().min(0).max(99),
  z.int().min(0).max(999),
])

function writePlan({ fileId, source, teamId, dates, at, fields, page, left }: ImportPlan): string {
  const place = at === null ? null : [at.reading, at.line]
  return JSON.stringify([2, fileId, source, teamId, dates, place, writeFields(fields), page, left])
}

/** The plan that `writePlan` wrote; null for anything else. */
export function readPlan(metadata: unknown): ImportPlan | null {
  const parts = readMetadata(Plan, metadata)
  if (parts === null) return null
  const [, fileId, source, teamId, dates, place, fields, page, left] = parts
  const at = place === null ? null : { reading: place[0], line: place[1] }
  return { fileId, source, teamId, dates, at, fields: readFields(fields), page, left }
}

/** Slack takes no more characters. */
const MOST_CHARACTERS = 3000

function readMetadata<T>(schema: z.ZodType<T>, metadata: unknown): T | null {
  if (typeof metadata !== 'string' || metadata.length > MOST_CHARACTERS) return null
  try {
    return schema.safeParse(JSON.parse(metadata)).data ?? null
  } catch {
    return null
  }
}

/** One sentence each, by the field's name: as Slack's `errors` wants them. */
export type FieldErrors = Readonly<Record<string, string>>

/** `currency`: as it is written with the amount. */
export interface ReadAmount {
  readonly amount: Decimal
  readonly currency: string | null
}

/** Characters of an amount or a length of time. */
const MOST_FIGURE = 40

/** A form changes what was touched in it: what it showed may be older than what others did since. */
export interface Fields {
  /** Whether a field holds something else than it showed at first; false where there is no such field. */
  touched(name: string): boolean
  shown(name: string): string
  /** Whether the box of this value is ticked. */
  ticked(name: string, value: string): boolean
  /** A text without the space around it; null where nothing was typed. */
  text(name: string, most: number): string | null
  date(name: string): CivilDate | null
  /** The chosen one of these; null where none was chosen, or one that was not offered. */
  choice<T extends string>(name: string, offered: readonly T[]): T | null
  chosen(name: string): string | null
  person(name: string): string | null
  channel(name: string): string | null
  files(name: string): readonly string[]
  amount(name: string): ReadAmount | null
  period(name: string): Period | null
  /** The values of all boxes that were shown, ticked or not. */
  offered(name: string): readonly string[]
  /** Says what is wrong with a field; the first error of a field stands. */
  wrong(name: string, problem: string): void
  errors(): FieldErrors | null
}

type Element = Readonly<Record<string, unknown>>

/** The inputs of a view by their block ids, as they were shown; null where it has no list of blocks. */
export function shownInputs(blocks: unknown): ReadonlyMap<string, Element> | null {
  if (!Array.isArray(blocks)) return null
  const inputs = blocks.filter(isRecord).filter(({ type }) => type === 'input')
  return new Map(
    inputs.map(({ block_id, element }) => [String(block_id), isRecord(element) ? element : {}]),
  )
}

/**
 * The fields of this form (`formId`) in a view that came back; null where it is no such thing.
 * Blocks of any other form or subject are not seen.
 */
export function fieldsOf(view: Element, form: string): Fields | null {
  const values = isRecord(view.state) ? view.state.values : null
  const inputs = shownInputs(view.blocks)
  if (!isRecord(values) || inputs === null) return null
  const errors = new Map<string, string>()
  const element = (name: string): Element => {
    const id = blockId(name, form)
    const block = inputs.has(id) && Object.hasOwn(values, id) ? values[id] : null
    const found = isRecord(block) ? block[name] : null
    return isRecord(found) ? found : {}
  }
  const shown = (name: string) => heldIn(inputs.get(blockId(name, form)) ?? {}, /^initial_/)
  const touched = (name: string) => {
    const now = element(name)
    return Object.keys(now).length > 0 && heldIn(now, /^(value|files|selected_.*)$/) !== shown(name)
  }
  const wrong = (name: string, problem: string) => {
    if (!errors.has(name)) errors.set(name, problem)
  }
  const text = (name: string, most: number) => {
    const { value } = element(name)
    if (typeof value !== 'string' || value.trim() === '') return null
    const typed = value.trim()
    if (typed.length <= most || !touched(name)) return typed
    wrong(name, `Write at most ${most} characters; these are ${typed.length}.`)
    return null
  }
  const chosen = (name: string) => {
    const option = element(name).selected_option
    return isRecord(option) && typeof option.value === 'string' ? option.value : null
  }
  const slackId = (value: unknown) =>
    typeof value === 'string' && /^[A-Z][A-Z0-9]{2,20}$/.test(value) ? value : null
  return {
    touched,
    shown,
    ticked: (name, value) => {
      const { selected_options: options } = element(name)
      return (
        Array.isArray(options) && options.some((each) => isRecord(each) && each.value === value)
      )
    },
    offered: (name) => {
      const { options } = inputs.get(blockId(name, form)) ?? {}
      return (Array.isArray(options) ? options : []).flatMap((each) =>
        isRecord(each) && typeof each.value === 'string' ? [each.value] : [],
      )
    },
    text,
    chosen,
    wrong,
    date: (name) => {
      const { selected_date: date } = element(name)
      const day = typeof date === 'string' ? parseCivilDate(date) : null
      const fits = day === null || (day >= FIRST_RECORDED && day <= LAST_RECORDED)
      if (fits || !touched(name)) return day
      wrong(name, `Choose a day from ${dayText(FIRST_RECORDED)} to ${dayText(LAST_RECORDED)}.`)
      return null
    },
    choice: (name, offered) => offered.find((each) => each === chosen(name)) ?? null,
    person: (name) => slackId(element(name).selected_user),
    channel: (name) => slackId(element(name).selected_conversation),
    files: (name) => {
      const { files } = element(name)
      if (!Array.isArray(files)) return []
      return files
        .map((file: unknown) => (isRecord(file) ? slackId(file.id) : null))
        .filter((id) => id !== null)
    },
    amount: (name) => {
      const typed = text(name, MOST_FIGURE)
      if (typed === null) return null
      const read = readAmount(typed)
      if (read.kind === 'amount') return { amount: read.amount, currency: read.currency }
      if (read.kind === 'bad' && touched(name))
        wrong(name, `It could not be read: ${read.problem}. ${read.remedy}`)
      return null
    },
    period: (name) => {
      const typed = text(name, MOST_FIGURE)
      if (typed === null) return null
      const words = typed.toLowerCase().split(/\s+/)
      const span = readSpan(words, 0)
      if (span !== null && span.used === words.length && span.period.amount > 0) return span.period
      if (touched(name))
        wrong(name, 'Write a length of time such as 3 months, 90 days or 10 working days.')
      return null
    },
    errors: () => (errors.size === 0 ? null : Object.fromEntries(errors)),
  }
}

/**
 * Says at its field what a form's schema finds wrong. `isNew` false: only where the field, or another
 * that the rule is about, was touched; what the person left alone is not theirs to put right.
 */
export function check(fields: Fields, schema: z.ZodType, values: unknown, isNew = true): void {
  for (const issue of schema.safeParse(values).error?.issues ?? []) {
    const [name = ''] = issue.path.map(String)
    const others = issue.code === 'custom' ? (issue.params?.with ?? []) : []
    if (isNew || [name, ...others].some(fields.touched)) fields.wrong(name, issue.message)
  }
}

/** What the schema makes of the values; null where something is wrong, which stands at its field. */
export function checked<T>(fields: Fields, schema: z.ZodType<T>, values: unknown): T | null {
  check(fields, schema, values)
  return schema.safeParse(values).data ?? null
}

/** The number in a database that was chosen; null where none was. */
export function idOf(chosen: string | null): number | null {
  return chosen !== null && /^[1-9]\d{0,8}$/.test(chosen) ? Number(chosen) : null
}

/** A day that has to be chosen. */
export const requiredDay = (problem: string) =>
  z.custom<CivilDate>((each) => typeof each === 'string', { error: problem })

/** Where a rule over several fields is told, whatever else is wrong; `others`: what it is about too. */
export function at<T>(name: string, problem: string | ((input: T) => string), ...others: string[]) {
  const error =
    typeof problem === 'string' ? problem : ({ input }: { input: unknown }) => problem(input as T)
  return { path: [name], error, params: { with: others }, when: () => true }
}

/** What an element holds in the slots of these names, as one text to be compared; '' for nothing. */
function heldIn(element: Element, slots: RegExp): string {
  const held = Object.entries(element).find(([key, each]) => slots.test(key) && each !== null)
  return held === undefined ? '' : plainOf(held[1])
}

function plainOf(value: unknown): string {
  if (typeof value === 'string') return value.replaceAll('\r\n', '\n').trim()
  if (Array.isArray(value)) return value.map(plainOf).sort().join('\n')
  return isRecord(value) ? String(value.value ?? value.id ?? '') : ''
}

/**
 * The person or channel that was chosen; null where its box says that there shall be none; undefined
 * where it was left alone. An empty field alone never means nobody: it may stand for somebody without
 * an account, who cannot be shown in it.
 */
export function chosenOrNobody(
  fields: Fields,
  name: string,
  chosen: string | null,
): string | null | undefined {
  const nobody = fields.ticked('nobody', name)
  if (nobody && chosen !== null && fields.touched(name)) {
    fields.wrong(name, 'Choose one here, or tick the box below: not both.')
  }
  if (nobody) return null
  if (!fields.touched(name)) return undefined
  if (chosen === null)
    fields.wrong(name, 'An empty field changes nothing: tick the box below for none.')
  return chosen ?? undefined
}
