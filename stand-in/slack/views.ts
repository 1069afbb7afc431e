/** Modals and App Home: shown, changed, filled in, and what their fields hold. */
import { z } from 'zod'
import {
  APP,
  type Changes,
  type FieldValue,
  type ShownView,
  type StoredFile,
  type Values,
} from './state.ts'
import {
  type Block,
  type BoxOption,
  type Field,
  fieldsOf,
  type Interactive,
  offered,
  type ViewSource,
  withIds,
} from './validate.ts'

/**
 * What a person gives: text as typed, the value (or the words) of an option, an id, a date, the
 * ids of files; several in a list; null leaves the field empty.
 */
export type Given = string | readonly string[] | null

type Kind = 'text' | 'option' | 'id' | 'date' | 'file'

interface Slot {
  readonly kind: Kind
  readonly key: string
  readonly initial: string
  readonly many: boolean
}

const slot = (many: boolean) => (kind: Kind, key: string, initial: string) => {
  return { kind, key, initial, many }
}
const [one, several] = [slot(false), slot(true)]

/** Where each element's value stands; buttons and overflow menus hold none. */
const SLOTS: Readonly<Record<Interactive['type'], Slot | null>> = {
  button: null,
  overflow: null,
  plain_text_input: one('text', 'value', 'initial_value'),
  static_select: one('option', 'selected_option', 'initial_option'),
  external_select: one('option', 'selected_option', 'initial_option'),
  radio_buttons: one('option', 'selected_option', 'initial_option'),
  checkboxes: several('option', 'selected_options', 'initial_options'),
  users_select: one('id', 'selected_user', 'initial_user'),
  conversations_select: one('id', 'selected_conversation', 'initial_conversation'),
  datepicker: one('date', 'selected_date', 'initial_date'),
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

interface FieldSources {
  readonly file: (id: string) => StoredFile
  readonly describeFile: (file: StoredFile) => Record<string, unknown>
  /** What the app offered last where its menu was typed into. */
  readonly suggested: readonly BoxOption[]
}

/** The value that a person gives a field. @throws Error when the field cannot hold it. */
export function givenValue(field: Field, given: Given, sources: FieldSources): FieldValue {
  const { element, actionId } = field
  const slot = SLOTS[element.type]
  if (slot === null) throw new Error(`${actionId} is a ${element.type}: it can only be pressed.`)
  if (given === null) return { type: element.type, [slot.key]: slot.many ? [] : null }
  const list = typeof given === 'string' ? [given] : given
  const [first, ...rest] = list.map((text) => single(slot.kind, field, text, sources))
  if (!slot.many && (first === undefined || rest.length > 0)) {
    throw new Error(`${actionId} takes one value, not ${list.length}.`)
  }
  const value = slot.many ? [first, ...rest].filter((item) => item !== undefined) : first
  return { type: element.type, [slot.key]: value }
}

function single(kind: Kind, field: Field, text: string, sources: FieldSources): unknown {
  switch (kind) {
    case 'text':
    case 'id':
      return text
    case 'option':
      return chosenOption(field, text, sources.suggested)
    case 'date':
      if (z.iso.date().safeParse(text).success) return text
      throw new Error(`${field.actionId} takes a date as YYYY-MM-DD, not "${text}".`)
    case 'file':
      return sources.describeFile(sources.file(text))
  }
}

function chosenOption(
  { element, actionId }: Field,
  text: string,
  suggested: readonly BoxOption[],
): BoxOption {
  const own = 'options' in element || 'option_groups' in element ? offered(element) : []
  const options = element.type === 'external_select' ? suggested : own
  const found =
    options.find(({ value }) => value === text) ?? options.find((one) => one.text.text === text)
  if (found !== undefined) return found
  const known = options.map(({ value }) => value).join(', ')
  throw new Error(`${actionId} offers no "${text}"; it offers: ${known || 'nothing'}.`)
}

export function isEmpty(value: FieldValue): boolean {
  return Object.entries(value).every(
    ([key, held]) =>
      key === 'type' || held === null || held === '' || (Array.isArray(held) && held.length === 0),
  )
}

const DEEPEST_STACK = 3

export class Views {
  readonly #changes: Changes
  readonly #views = new Map<string, ShownView>()
  readonly #stacks = new Map<string, readonly string[]>()
  readonly #homes = new Map<string, string>()
  readonly #suggested = new Map<string, readonly BoxOption[]>()
  #count = 0

  constructor(changes: Changes) {
    this.#changes = changes
  }

  /** The modal before the person; null where none is open. */
  modal(user: string): ShownView | null {
    return this.stack(user).at(-1) ?? null
  }

  /** All modals of the person, the root first. */
  stack(user: string): readonly ShownView[] {
    return (this.#stacks.get(user) ?? []).flatMap((id) => this.#views.get(id) ?? [])
  }

  home(user: string): ShownView | null {
    return this.view(this.#homes.get(user) ?? null)
  }

  /** A view that is open or published; null where it is gone. */
  view(id: string | null): ShownView | null {
    return (id === null ? undefined : this.#views.get(id)) ?? null
  }

  /** What the app offered in a menu of this surface, a view or a message. */
  suggested(
    surface: string,
    { blockId, actionId }: Pick<Field, 'blockId' | 'actionId'>,
  ): readonly BoxOption[] {
    return this.#suggested.get([surface, blockId, actionId].join(' ')) ?? []
  }

  suggest(surface: string, { blockId, actionId }: Field, options: readonly BoxOption[]): void {
    this.#suggested.set([surface, blockId, actionId].join(' '), options)
  }

  named(externalId: string): ShownView | null {
    return [...this.#views.values()].find(({ source }) => source.external_id === externalId) ?? null
  }

  open(user: string, source: ViewSource, channel: string | null): ShownView {
    this.#drop(user)
    return this.#stackUp(user, source, channel)
  }

  /** Lays a modal over the one that is open; null when three are open already. */
  push(user: string, source: ViewSource): ShownView | null {
    const open = this.stack(user)
    if (open.length >= DEEPEST_STACK) return null
    return this.#stackUp(user, source, open[0]?.channel ?? null)
  }

  publish(user: string, source: ViewSource): ShownView {
    const known = this.home(user)
    return known === null ? this.#firstHome(user, source) : this.update(known, source)
  }

  /** Shows something else in a view. What a person gave stays where block and action stay. */
  update(known: ShownView, source: ViewSource): ShownView {
    const hash = this.#nextHash()
    const identified = identify(source, hash)
    return this.#show({
      ...known,
      hash,
      source: identified,
      values: startValues(identified, known.values, known.channel),
    })
  }

  fill(id: string, values: Values): ShownView {
    const known = this.view(id)
    if (known === null) throw new Error(`The view ${id} is no longer open.`)
    return this.#show({ ...known, values: merged(known.values, values) })
  }

  /** Closes the modal on top, and those under it too when `all` is set. */
  close(user: string, { all = false } = {}): void {
    const [top, ...under] = this.stack(user).toReversed()
    if (top === undefined) return
    if (all) {
      this.#drop(user)
    } else {
      this.#views.delete(top.id)
      this.#stacks.set(
        user,
        under.toReversed().map(({ id }) => id),
      )
    }
    this.#changes.tell({ kind: 'modal', user, view: this.modal(user) })
  }

  #stackUp(user: string, source: ViewSource, channel: string | null): ShownView {
    const below = this.stack(user)
    const view = this.#newView(user, source, channel, below)
    this.#stacks.set(user, [...below.map(({ id }) => id), view.id])
    return this.#show(view)
  }

  #firstHome(user: string, source: ViewSource): ShownView {
    const view = this.#newView(user, source, null, [])
    this.#homes.set(user, view.id)
    return this.#show(view)
  }

  #newView(
    user: string,
    source: ViewSource,
    channel: string | null,
    below: readonly ShownView[],
  ): ShownView {
    this.#count += 1
    const id = `V${String(this.#count).padStart(4, '0')}`
    const hash = this.#nextHash()
    const identified = identify(source, hash)
    return {
      kind: 'view',
      id,
      user,
      hash,
      source: identified,
      rootId: below[0]?.id ?? id,
      previousId: below.at(-1)?.id ?? null,
      channel,
      values: startValues(identified, {}, channel),
    }
  }

  #show(view: ShownView): ShownView {
    this.#views.set(view.id, view)
    const { user } = view
    this.#changes.tell(
      view.source.type === 'home'
        ? { kind: 'home', user, view }
        : { kind: 'modal', user, view: this.modal(user) },
    )
    return view
  }

  #drop(user: string): void {
    for (const { id } of this.stack(user)) this.#views.delete(id)
    this.#stacks.delete(user)
  }

  #nextHash(): string {
    this.#count += 1
    return `${this.#count}.${(this.#count * 2_654_435_761).toString(16)}`
  }
}

function identify(source: ViewSource, seed: string): ViewSource {
  return { ...source, blocks: withIds(source.blocks, seed) }
}

/** What stands in the fields before anyone touched them, or as given where the field is the same. */
export function startValues(
  { blocks }: { readonly blocks: readonly Block[] },
  given: Values,
  channel: string | null,
): Values {
  const values: Record<string, Record<string, FieldValue>> = {}
  for (const { blockId, actionId, element } of fieldsOf(blocks)) {
    const before = given[blockId]?.[actionId]
    const value = before?.type === element.type ? before : initialValue(element, channel)
    if (value !== null) values[blockId] = { ...values[blockId], [actionId]: value }
  }
  return values
}

function merged(values: Values, more: Values): Values {
  const all = { ...values }
  for (const [blockId, fields] of Object.entries(more)) {
    all[blockId] = { ...all[blockId], ...fields }
  }
  return all
}

/** The `view` of a payload or of an answer, with the state of its fields. */
export function asSlackShowsView({
  id,
  hash,
  source,
  rootId,
  previousId,
  values,
}: ShownView): Record<string, unknown> {
  const modal = source.type === 'modal' ? source : null
  return {
    id,
    team_id: APP.team,
    type: source.type,
    blocks: source.blocks,
    private_metadata: source.private_metadata ?? '',
    callback_id: source.callback_id ?? '',
    external_id: source.external_id ?? '',
    state: { values },
    hash,
    title: modal?.title ?? null,
    submit: modal?.submit ?? null,
    close: modal?.close ?? null,
    clear_on_close: modal?.clear_on_close ?? false,
    notify_on_close: modal?.notify_on_close ?? false,
    root_view_id: rootId,
    previous_view_id: previousId,
    app_id: APP.id,
    app_installed_team_id: APP.team,
    bot_id: APP.bot,
  }
}

const LONGEST_TEXT = 3000

/** The complaint about a field of an input block; null where Slack would send it. */
export function complaintOf({ element, input }: Field, value: FieldValue): string | null {
  if (isEmpty(value)) return input?.optional ? null : 'Please complete this required field.'
  const text = typeof value.value === 'string' ? value.value : ''
  switch (element.type) {
    case 'plain_text_input': {
      const { min_length = 0, max_length = LONGEST_TEXT } = element
      if (text.length < min_length) return `Enter at least ${min_length} characters.`
      return text.length > max_length ? `Enter no more than ${max_length} characters.` : null
    }
    case 'file_input':
      return fileComplaint(value.files, element)
    default:
      return null
  }
}

function fileComplaint(
  files: unknown,
  limits: {
    readonly max_files?: number | undefined
    readonly filetypes?: readonly string[] | undefined
  },
): string | null {
  const list = Array.isArray(files) ? files : []
  const most = limits.max_files ?? 10
  if (list.length > most) return `Add no more than ${most} files.`
  const types: unknown[] = list.map((file: { filetype?: unknown }) => file.filetype)
  const { filetypes } = limits
  return filetypes === undefined || types.every((type) => filetypes.includes(String(type)))
    ? null
    : `Add files of these types only: ${filetypes.join(', ')}.`
}
