import { isRecord } from '../../src/rules/text-match.ts'
import type { Payload, PostOffice } from './delivery.ts'
import { describeUser } from './identity.ts'
import { describeFile } from './methods.ts'
import {
  type ActProblems,
  type ActResult,
  actionPayload,
  closedPayload,
  commandPayload,
  DONE,
  eventPayload,
  failed,
  type Surface,
  shortcutPayload,
  submissionPayload,
  suggestionPayload,
  type UserSession,
  watchAct,
} from './payloads.ts'
import {
  APP,
  type Channel,
  type EphemeralMessage,
  type FieldValue,
  type PostedMessage,
  type ShownView,
  type StoredFile,
  type User,
  type Values,
  type WorkspaceDirectory,
} from './state.ts'
import {
  type Block,
  type Field,
  fieldsOf,
  messageBlocks,
  readOptions,
  readView,
  withIds,
} from './validate.ts'
import { complaintOf, type Given, givenValue, initialValue, isEmpty } from './views.ts'

/** Somebody who uses Slack: each act returns what that person then sees. */
export class Actor {
  readonly #stage: UserSession
  readonly user: User

  constructor(session: UserSession, user: User) {
    this.#stage = session
    this.user = user
  }

  /** Types a slash command in a channel, named by id or name. @throws Error outside of it. */
  async command(command: string, text: string, channelName: string): Promise<ActResult> {
    const channel = this.#channel(channelName)
    return await this.#act(() => runCommand(this.#stage, this.user, channel, command, text))
  }

  /** Presses a button. Where several share the action id, the value says which one. */
  press(surface: Surface, actionId: string, value: string | null = null): Promise<ActResult> {
    return this.#act(() => actOn(this.#stage, this.user, surface, { actionId, value }))
  }

  /** Chooses in a menu, a date picker or any other element that acts at once. */
  select(surface: Surface, actionId: string, given: Given): Promise<ActResult> {
    const value = typeof given === 'string' ? given : null
    return this.#act(() => actOn(this.#stage, this.user, surface, { actionId, value, given }))
  }

  /** Types into a menu whose options the app answers with: the texts of what it then offers. */
  suggests(surface: Surface, actionId: string, typed: string): Promise<readonly string[]> {
    return suggest(this.#stage, this.user, surface, actionId, typed)
  }

  /** Opens these menus of a view whose options the app answers with; all of them where none is named. */
  async askOptions(view: ShownView, names?: readonly string[]): Promise<void> {
    for (const field of fieldsOn(view)) {
      const { element, actionId, blockId } = field
      const isMeant = names === undefined || names.includes(actionId) || names.includes(blockId)
      if (element.type !== 'external_select' || !isMeant) continue
      if (this.#stage.views.suggested(view.id, field).length > 0) continue
      await this.suggests(view, actionId, '')
    }
  }

  /** Fills in the modal's fields, by block id or action id, and submits it. */
  submit(view: ShownView, given: Readonly<Record<string, Given>> = {}): Promise<ActResult> {
    return this.#act(async () => {
      await this.askOptions(onTop(this.#stage, this.user, view), Object.keys(given))
      fillIn(this.#stage, onTop(this.#stage, this.user, view), given)
      return await submitModal(this.#stage, this.user, onTop(this.#stage, this.user, view))
    })
  }

  /** Types into the modal's fields, by block id or action id, without sending anything. */
  fill(view: ShownView, given: Readonly<Record<string, Given>>): void {
    fillIn(this.#stage, onTop(this.#stage, this.user, view), given)
  }

  close(view: ShownView): Promise<ActResult> {
    return this.#act(async () => {
      const open = onTop(this.#stage, this.user, view)
      return await closeModal(this.#stage, this.user, open)
    })
  }

  openHome(): Promise<ActResult> {
    return this.#act(async () => {
      const { post, now, ledger } = this.#stage
      const event = {
        type: 'app_home_opened',
        user: this.user.id,
        channel: this.direct().id,
        tab: 'home',
        event_ts: ledger.stamp(now()),
      }
      return delivered(post, eventPayload(event, now()))
    })
  }

  /**
   * Says something in a channel, or to the app alone in `direct().id`. The app hears of it where it is
   * mentioned or spoken to, as far as its scopes let it. `event`: what Slack tells besides.
   */
  says(text: string, channelName: string, said: SaidOptions = {}): Promise<ActResult> {
    const channel = this.#channel(channelName)
    return this.#act(() => say(this.#stage, this.user, channel, text, said))
  }

  /** Chooses a global shortcut of the app. */
  shortcut(callbackId: string): Promise<ActResult> {
    const { triggers, post } = this.#stage
    return this.#act(async () => {
      const triggerId = triggers.issue(this.user.id, { channel: null })
      return delivered(post, shortcutPayload(this.user, callbackId, triggerId))
    })
  }

  /** Is renamed, made a guest, or has their account closed or opened again. */
  changes(change: Membership): Promise<ActResult> {
    return this.#act(() => changeMember(this.#stage, this.user, change))
  }

  /** Comes into the workspace: the app hears of them for the first time. */
  joins(): Promise<ActResult> {
    return this.#act(() => changeMember(this.#stage, this.user, {}, 'team_join'))
  }

  /** Puts a file into Slack, to be named by its id in a modal's file field. */
  upload(name: string, content: Buffer | string): StoredFile {
    const { places } = this.#stage
    const bytes = Buffer.from(content)
    const file = places.addFile(name, bytes.length, this.user.id)
    file.content = bytes
    places.completeFile(file, name)
    return file
  }

  /** What the person sees in a channel, in order; threads are told by their threadTs. */
  messages(channelName: string): readonly (PostedMessage | EphemeralMessage)[] {
    const { id } = this.#channel(channelName)
    const { ledger } = this.#stage
    const own = ledger.ephemerals.filter(
      ({ channel, user }) => channel === id && user === this.user.id,
    )
    return [...ledger.inChannel(id), ...own].sort((a, b) => Number(a.ts) - Number(b.ts))
  }

  /** The channel in which the person talks with the app alone. */
  direct(): Channel {
    return this.#stage.places.direct(this.user)
  }

  #act(act: () => Promise<ActProblems>): Promise<ActResult> {
    return watchAct(this.#stage, this.user, act)
  }

  #channel(named: string): Channel {
    const { places } = this.#stage
    const channel = places.channel(named)
    if (places.isIn(channel, this.user)) return channel
    throw new Error(`${this.user.name} is not in ${named}.`)
  }
}

async function runCommand(
  session: UserSession,
  user: User,
  channel: Channel,
  command: string,
  text: string,
): Promise<ActProblems> {
  const { commands, places, responseUrls, triggers, url } = session
  const known = commands.find((one) => one.command === command)
  if (known === undefined || !places.scopes.has('commands')) return failed('invalid_command')
  const occasion = { user: user.id, channel: channel.id, original: null }
  const typed = known.shouldEscape ? escapeTyped(text, places) : text
  const payload = commandPayload(user, channel, command, typed, {
    triggerId: triggers.issue(user.id, { channel: channel.id }),
    responseUrl: `${url()}response/${responseUrls.issue(occasion)}`,
  })
  const ack = await session.post.deliver(payload)
  if (!ack.acked) return failed(ack.failure)
  if (ack.body === undefined) return DONE
  const said = responseUrls.say(occasion, ack.body)
  if (said.ok) return DONE
  session.ledger.failures.push(`A command was acknowledged with what Slack refuses: ${said.error}.`)
  return failed('invalid_response')
}

interface SaidOptions {
  readonly threadTs?: string
  /** As often as Slack sends the same event. */
  readonly times?: number
  readonly event?: Readonly<Record<string, unknown>>
}

async function say(
  { places, ledger, now, post }: UserSession,
  user: User,
  channel: Channel,
  typed: string,
  { threadTs, times = 1, event: more = {} }: SaidOptions,
): Promise<ActProblems> {
  // In what is said, Slack names people by their id alone.
  const text = escapeTyped(typed, places).replace(/<@(\w+)\|[^>]*>/g, '<@$1>')
  const said = ledger.add({
    ...{ channel: channel.id, threadTs: threadTs ?? null, broadcast: false, by: user.id },
    ...{ text, blocks: [], metadata: null, at: now() },
  })
  const isDirect = channel.user !== null
  const hears = isDirect
    ? places.scopes.has('im:history')
    : places.scopes.has('app_mentions:read') && text.includes(`<@${APP.user}>`)
  if (!hears) return DONE
  const event = {
    ...(isDirect ? { type: 'message', channel_type: 'im' } : { type: 'app_mention' }),
    ...{ user: user.id, text, channel: channel.id, ts: said.ts, event_ts: said.ts },
    ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    team: user.teamId,
    ...more,
  }
  const payload = eventPayload(event, now())
  for (let time = 0; time < times; time++) {
    const ack = await post.deliver(payload)
    if (!ack.acked) return failed(ack.failure)
  }
  return DONE
}

/** What may change of somebody: an administrator of the workspace does most of it. */
type Membership = Partial<Pick<User, 'realName' | 'guest' | 'deleted'>>

async function changeMember(
  session: UserSession,
  user: User,
  change: Membership,
  type: 'user_change' | 'team_join' = 'user_change',
): Promise<ActProblems> {
  Object.assign(user, change)
  const at = session.now()
  const event = { type, user: describeUser(user, session), event_ts: session.ledger.stamp(at) }
  return delivered(session.post, eventPayload(event, at))
}

/**
 * The text as the app gets it where the command asks for escaped text: `@name` and `#channel` as
 * Slack's mentions, and what would be markup made harmless.
 */
function escapeTyped(text: string, places: WorkspaceDirectory): string {
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return safe.replace(/([@#])([\p{L}\p{N}._-]+)/gu, (typed, sign: string, name: string) => {
    if (sign === '#') {
      const channel = places.channels.find((one) => one.name === name && one.user === null)
      return channel === undefined ? typed : `<#${channel.id}|${channel.isPrivate ? '' : name}>`
    }
    const user = places.users.find((one) => one.name === name)
    if (user !== undefined) return `<@${user.id}|${user.name}>`
    const group = places.groups.find(({ handle }) => handle === name)
    return group === undefined ? typed : `<!subteam^${group.id}|@${group.handle}>`
  })
}

/** The view as it now stands. @throws Error when it is not the modal on top. */
function onTop({ views }: UserSession, user: User, view: ShownView): ShownView {
  const top = views.modal(user.id)
  if (top === null || top.id !== view.id) {
    throw new Error(`The view ${view.id} is not the modal before ${user.name}.`)
  }
  return top
}

/** Gives several fields their values, each named by its block id or its action id. */
function fillIn(
  session: UserSession,
  view: ShownView,
  given: Readonly<Record<string, Given>>,
): void {
  const fields = fieldsOn(view)
  for (const [name, one] of Object.entries(given)) {
    // Block ids are unique in a view; one action id may stand in every block of it.
    const field =
      fields.find(({ blockId }) => blockId === name) ??
      fields.find(({ actionId }) => actionId === name)
    if (field === undefined) {
      const known = fields.map(({ blockId }) => blockId).join(', ')
      throw new Error(`The modal has no field ${name}; it has: ${known || 'none'}.`)
    }
    fill(session, view, field, one)
  }
}

/** Closes the modal without submitting it, and tells the app where it wants to know. */
async function closeModal(session: UserSession, user: User, view: ShownView): Promise<ActProblems> {
  const modal = view.source.type === 'modal' ? view.source : null
  const all = modal?.clear_on_close ?? false
  session.views.close(user.id, { all })
  if (modal?.notify_on_close === true) await session.post.deliver(closedPayload(user, view, all))
  return DONE
}

/** Which element is meant, and what is chosen in it; a button takes nothing but a press. */
interface Choice {
  readonly actionId: string
  /** Tells apart buttons and options that share the action id. */
  readonly value: string | null
  /** Undefined for a press. */
  readonly given?: Given
}

/** Sends what an element does at once. @throws Error where there is no such element to act on. */
async function actOn(
  session: UserSession,
  user: User,
  surface: Surface,
  choice: Choice,
): Promise<ActProblems> {
  const before = reachable(surface, user, session)
  const field = fieldOn(before, choice.actionId, choice.value)
  if (field.input !== null && !field.input.dispatches) {
    throw new Error(`${choice.actionId} is sent with its modal, not by itself.`)
  }
  const held = heldAfter(session, before, field, choice)
  // In a view the choice stays, and the app is sent the view with it.
  const now = reachable(before, user, session)
  const payload = actionPayload(user, now, channelOf(now, session), field, held, valuesOn(now), {
    triggerId: session.triggers.issue(user.id, {
      modal: now.kind === 'view' && now.source.type === 'modal' ? now.id : null,
      channel: now.channel,
    }),
    responseUrl: responseUrl(session, user, now),
    actionTs: session.ledger.stamp(session.now()),
  })
  return delivered(session.post, payload)
}

async function delivered(post: PostOffice, payload: Payload): Promise<ActProblems> {
  const ack = await post.deliver(payload)
  return ack.acked ? DONE : failed(ack.failure)
}

function heldAfter(
  session: UserSession,
  surface: Surface,
  field: Field,
  { value, given }: Choice,
): Readonly<Record<string, unknown>> {
  const { element, actionId } = field
  if (element.type === 'button') {
    const { text, value: carried } = element
    return { text, ...(carried === undefined ? {} : { value: carried }) }
  }
  if (element.type === 'overflow') {
    const chosen = element.options.find((option) => option.value === value)
    if (chosen === undefined) throw new Error(`${actionId} offers no "${value ?? ''}".`)
    return { selected_option: chosen }
  }
  if (given === undefined) throw new Error(`${actionId} is no button: choose something in it.`)
  return fill(session, surface, field, given)
}

/** Slack asks once so many letters are typed. */
const LEAST_TYPED = 3

async function suggest(
  session: UserSession,
  user: User,
  surface: Surface,
  actionId: string,
  typed: string,
): Promise<readonly string[]> {
  const before = reachable(surface, user, session)
  const field = fieldOn(before, actionId, null)
  const { element } = field
  if (element.type !== 'external_select') throw new Error(`${actionId} has options of its own.`)
  if (typed.length < (element.min_query_length ?? LEAST_TYPED)) return []
  const asked = suggestionPayload(user, before, channelOf(before, session), field, typed)
  const ack = await session.post.deliver(asked)
  const options = ack.acked ? readOptions(ack.body) : null
  if (options === null) session.ledger.failures.push(`${actionId} was given no options to show.`)
  session.views.suggest(idOf(before), field, options ?? [])
  return (options ?? []).map(({ text }) => text.text)
}

function idOf(surface: Surface): string {
  return surface.kind === 'view' ? surface.id : surface.ts
}

/** Gives a field its value; in a view it stays there. @throws Error where it cannot hold it. */
function fill(session: UserSession, surface: Surface, field: Field, given: Given): FieldValue {
  const { places, views, url } = session
  const value = givenValue(field, given, {
    file(id) {
      const file = places.files.get(id)
      if (file === undefined || file.content === null) {
        throw new Error(`There is no file ${id}: upload it first.`)
      }
      return file
    },
    describeFile: (file) => describeFile(file, url()),
    suggested: views.suggested(idOf(surface), field),
  })
  if (surface.kind === 'view') {
    views.fill(surface.id, { [field.blockId]: { [field.actionId]: value } })
  }
  return value
}

/** Views are answered by updating them; only messages have an address. */
function responseUrl(
  { responseUrls, url }: UserSession,
  user: User,
  surface: Surface,
): string | null {
  if (surface.kind === 'view') return null
  const { channel, kind, ts } = surface
  const original = { kind, ts }
  return `${url()}response/${responseUrls.issue({ user: user.id, channel, original })}`
}

/** Sends the modal with what stands in its fields; one with bad fields is not sent. */
async function submitModal(
  session: UserSession,
  user: User,
  view: ShownView,
): Promise<ActProblems> {
  const errors = complaints(view)
  if (Object.keys(errors).length > 0) return { problem: null, errors }
  const trigger = session.triggers.issue(user.id, { modal: view.id, channel: view.channel })
  const ack = await session.post.deliver(submissionPayload(user, view, trigger))
  return ack.acked ? respond(session, user, view, ack.body) : failed(ack.failure)
}

function complaints({ source, values }: ShownView): Readonly<Record<string, string>> {
  return Object.fromEntries(
    fieldsOf(source.blocks).flatMap((field) => {
      const value = values[field.blockId]?.[field.actionId]
      if (field.input === null || value === undefined) return []
      if (field.input.optional && isEmpty(value)) return []
      const complaint = complaintOf(field, value)
      return complaint === null ? [] : [[field.blockId, complaint]]
    }),
  )
}

/** Does with the modal what the app asks for; without a wish it closes. */
function respond(session: UserSession, user: User, view: ShownView, body: unknown): ActProblems {
  if (body === undefined) {
    session.views.close(user.id)
    return DONE
  }
  const action = isRecord(body) ? body.response_action : null
  if (!isRecord(body)) return invalid(session, 'The answer to a submission is no object.')
  switch (action) {
    case 'clear':
      session.views.close(user.id, { all: true })
      return DONE
    case 'errors':
      return fieldErrors(session, view, body.errors)
    case 'update':
    case 'push':
      return nextView(session, user, view, action, body.view)
    default:
      return invalid(session, `A submission has no response_action "${String(action)}".`)
  }
}

function fieldErrors(session: UserSession, view: ShownView, errors: unknown): ActProblems {
  const inputs = fieldsOf(view.source.blocks).filter(({ input }) => input !== null)
  const known = new Set(inputs.map(({ blockId }) => blockId))
  const entries = isRecord(errors) ? Object.entries(errors) : []
  const shown: Record<string, string> = {}
  for (const [blockId, text] of entries) {
    if (typeof text !== 'string' || text === '' || !known.has(blockId)) {
      return invalid(session, `An error stands at "${blockId}", which is no input of the modal.`)
    }
    shown[blockId] = text
  }
  return entries.length === 0
    ? invalid(session, 'A submission was answered with errors, but with none.')
    : { problem: null, errors: shown }
}

function nextView(
  session: UserSession,
  user: User,
  before: ShownView,
  action: 'update' | 'push',
  view: unknown,
): ActProblems {
  const read = readView(view, 'modal')
  if ('error' in read) {
    const where = read.problems.map(({ pointer, message }) => `${pointer} ${message}`).join('; ')
    return invalid(session, `A submission was answered with a bad view: ${read.error} ${where}`)
  }
  if (action === 'update') {
    // The app may have changed the modal by a call before it answered.
    session.views.update(session.views.view(before.id) ?? before, read.view)
    return DONE
  }
  return session.views.push(user.id, read.view) === null
    ? invalid(session, 'A submission was answered with a fourth modal.')
    : DONE
}

function invalid({ ledger }: UserSession, why: string): ActProblems {
  ledger.failures.push(why)
  return failed('invalid_response')
}

/** The surface as it may be acted on by this person. @throws Error where it may not. */
function reachable(surface: Surface, user: User, session: UserSession): Surface {
  const where = nameOf(surface)
  if (surface.kind === 'view') {
    const open = session.views.view(surface.id)
    if (open === null) throw new Error(`${where} is no longer open.`)
    if (open.user !== user.id) throw new Error(`${where} is not shown to ${user.name}.`)
    return open
  }
  const channel = channelOf(surface, session)
  if (channel === null || !session.places.isIn(channel, user)) {
    throw new Error(`${user.name} is not in the channel of ${where}.`)
  }
  if (surface.kind === 'ephemeral' && surface.user !== user.id) {
    throw new Error(`${where} is not shown to ${user.name}.`)
  }
  return surface
}

function channelOf(surface: Surface, { places }: UserSession): Channel | null {
  return surface.kind === 'view'
    ? null
    : (places.channels.find(({ id }) => id === surface.channel) ?? null)
}

function fieldsOn(surface: Surface): readonly Field[] {
  return fieldsOf(blocksOf(surface))
}

/**
 * The one field with this action id; where several share it, the button or the option with this
 * value decides. @throws Error naming what there is instead.
 */
function fieldOn(surface: Surface, actionId: string, value: string | null): Field {
  const fields = fieldsOn(surface)
  const named = fields.filter((field) => field.actionId === actionId)
  const fitting = value === null ? named : named.filter((field) => carries(field, value))
  const [found] = fitting.length > 0 ? fitting : named
  if (found !== undefined && (value === null || fitting.length > 0 || named.length === 1)) {
    return found
  }
  const known = [...new Set(fields.map((field) => field.actionId))].join(', ')
  throw new Error(`${nameOf(surface)} has no ${actionId}; it has: ${known || 'nothing to press'}.`)
}

function carries({ element }: Field, value: string): boolean {
  if (element.type === 'button') return element.value === value
  const offers = element.type === 'overflow' || element.type === 'static_select'
  return offers && (element.options ?? []).some((option) => option.value === value)
}

/** What stands in the fields of a surface before the act. */
function valuesOn(surface: Surface): Values {
  if (surface.kind === 'view') return surface.values
  const values: Record<string, Record<string, FieldValue>> = {}
  for (const { blockId, actionId, element } of fieldsOn(surface)) {
    const value = initialValue(element, surface.channel)
    if (value !== null) values[blockId] = { ...values[blockId], [actionId]: value }
  }
  return values
}

function blocksOf(surface: Surface): readonly Block[] {
  return surface.kind === 'view'
    ? surface.source.blocks
    : withIds(messageBlocks.parse(surface.blocks), surface.ts)
}

function nameOf(surface: Surface): string {
  return surface.kind === 'view' ? `The view ${surface.id}` : `The message ${surface.ts}`
}
