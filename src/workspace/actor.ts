/** Somebody who uses Slack: each act returns what that person then sees. */
import { z } from 'zod'
import { type BoxOption, option, optionGroup } from './content/options.ts'
import { type FieldValue, type Given, givenValue } from './field-values.ts'
import type { Field } from './fields.ts'
import { describeFile } from './files.ts'
import type { EphemeralMessage, PostedMessage } from './ledger.ts'
import { escapeTyped } from './mentions.ts'
import {
  actionPayload,
  closedPayload,
  commandPayload,
  eventPayload,
  type Surface,
  suggestionPayload,
} from './payloads.ts'
import type { User } from './people.ts'
import type { Channel, StoredFile } from './places.ts'
import { DONE, type Outcome, type Problem, type Seen, watchAct } from './seen.ts'
import type { Stage } from './stage.ts'
import { submitModal } from './submit.ts'
import { channelOf, fieldOn, fieldsOn, menuKey, reachable, valuesOn } from './surfaces.ts'
import type { ShownView } from './views.ts'

export class Actor {
  readonly #stage: Stage
  readonly user: User

  constructor(stage: Stage, user: User) {
    this.#stage = stage
    this.user = user
  }

  /** Types a slash command in a channel, named by id or name. */
  command(command: string, text: string, channelName: string): Promise<Seen> {
    const channel = this.#channel(channelName)
    return this.#act(async () => {
      const { commands, places, responseUrls } = this.#stage
      const known = commands.find((one) => one.command === command)
      if (known === undefined || !places.scopes.has('commands')) {
        return { problem: 'invalid_command', errors: {} }
      }
      const occasion = {
        user: this.user.id,
        channel: channel.id,
        threadTs: null,
        original: null,
      }
      const payload = commandPayload(
        this.user,
        channel,
        command,
        known.shouldEscape ? escapeTyped(text, places) : text,
        this.#answerable(responseUrls.issue(occasion), null),
      )
      const ack = await this.#stage.post.deliver(payload)
      if (!ack.acked) return failed(ack.failure)
      if (ack.body === undefined) return DONE
      const said = responseUrls.say(occasion, ack.body)
      if (said.ok) return DONE
      this.#stage.ledger.failures.push(`A command was answered with ${said.error}.`)
      return failed('invalid_response')
    })
  }

  /** Presses a button. Where several share the action id, the value says which one. */
  press(surface: Surface, actionId: string, value: string | null = null): Promise<Seen> {
    return this.#actOn(surface, actionId, value, undefined)
  }

  /** Chooses in a menu, a date picker or any other element that acts at once. */
  select(surface: Surface, actionId: string, given: Given): Promise<Seen> {
    return this.#actOn(surface, actionId, typeof given === 'string' ? given : null, given)
  }

  /** Types into a menu whose options the app loads. */
  async options(
    surface: Surface,
    actionId: string,
    query: string,
  ): Promise<{ readonly problem: Problem | null; readonly options: readonly BoxOption[] }> {
    const here = reachable(surface, this.user, this.#stage)
    const field = fieldOn(here, actionId, null)
    const channel = channelOf(here, this.#stage)
    const payload = suggestionPayload(this.user, here, channel, field, query)
    const ack = await this.#stage.post.deliver(payload)
    if (!ack.acked) return { problem: ack.failure, options: [] }
    const read = offers.safeParse(ack.body)
    if (!read.success) {
      this.#stage.ledger.failures.push(`The options of ${actionId} cannot be shown.`)
      return { problem: 'invalid_response', options: [] }
    }
    const options =
      'options' in read.data
        ? read.data.options
        : read.data.option_groups.flatMap((group) => group.options)
    this.#stage.loaded.set(menuKey(here, field), options)
    return { problem: null, options }
  }

  /** Fills in the modal's fields, by block id or action id, and submits it. */
  submit(view: ShownView, given: Readonly<Record<string, Given>> = {}): Promise<Seen> {
    return this.#act(() => {
      const open = this.#onTop(view)
      const fields = fieldsOn(open)
      for (const [name, one] of Object.entries(given)) {
        const field = fields.find(({ blockId, actionId }) => blockId === name || actionId === name)
        if (field === undefined) {
          const known = fields.map(({ blockId }) => blockId).join(', ')
          throw new Error(`The modal has no field ${name}; it has: ${known || 'none'}.`)
        }
        this.#fill(open, field, one)
      }
      return submitModal(this.#stage, this.user, this.#onTop(view))
    })
  }

  /** Closes the modal on top without submitting it. */
  close(view: ShownView): Promise<Seen> {
    return this.#act(async () => {
      const { source, ...open } = this.#onTop(view)
      const modal = source.type === 'modal' ? source : null
      const all = modal?.clear_on_close ?? false
      this.#stage.views.close(this.user.id, { all })
      if (modal?.notify_on_close !== true) return DONE
      await this.#stage.post.deliver(closedPayload(this.user, { source, ...open }, all))
      return DONE
    })
  }

  /** Opens the app's Home. */
  openHome(): Promise<Seen> {
    return this.#act(async () => {
      const { places, post, now } = this.#stage
      const channel = places.direct(this.user)
      const ts = String(now() / 1000)
      const event = {
        type: 'app_home_opened',
        user: this.user.id,
        channel: channel.id,
        tab: 'home',
        event_ts: ts,
      }
      const ack = await post.deliver(eventPayload(event, now()))
      return ack.acked ? DONE : failed(ack.failure)
    })
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

  #actOn(
    surface: Surface,
    actionId: string,
    value: string | null,
    given: Given | undefined,
  ): Promise<Seen> {
    return this.#act(async () => {
      const stage = this.#stage
      const here = reachable(surface, this.user, stage)
      const field = fieldOn(here, actionId, value)
      if (field.input !== null && !field.input.dispatches) {
        throw new Error(`${actionId} is sent with its modal, not by itself.`)
      }
      const held = this.#heldAfter(here, field, value, given)
      const after = here.kind === 'view' ? reachable(here, this.user, stage) : here
      const payload = actionPayload(
        this.user,
        after,
        channelOf(after, stage),
        field,
        held,
        valuesOn(after),
        this.#answerable(this.#responseUrl(after), modalOf(after)),
        String(stage.now() / 1000),
      )
      const ack = await stage.post.deliver(payload)
      return ack.acked ? DONE : failed(ack.failure)
    })
  }

  /** What the element sends; in a view, what was chosen stays chosen. */
  #heldAfter(
    surface: Surface,
    field: Field,
    value: string | null,
    given: Given | undefined,
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
    return this.#fill(surface, field, given)
  }

  #fill(surface: Surface, field: Field, given: Given): FieldValue {
    const { places, views, loaded, url } = this.#stage
    const value = givenValue(field, given, {
      loaded: loaded.get(menuKey(surface, field)) ?? [],
      file: (id) => {
        const file = places.files.get(id)
        if (file?.content == null) throw new Error(`There is no file ${id}: upload it first.`)
        return file
      },
      describeFile: (file) => describeFile(file, url()),
    })
    if (surface.kind === 'view') {
      views.fill(surface.id, { [field.blockId]: { [field.actionId]: value } })
    }
    return value
  }

  #act(act: () => Promise<Outcome>): Promise<Seen> {
    return watchAct(this.#stage, this.user, act)
  }

  #onTop(view: ShownView): ShownView {
    const top = this.#stage.views.modal(this.user.id)
    if (top === null || top.id !== view.id) {
      throw new Error(`The view ${view.id} is not the modal before ${this.user.name}.`)
    }
    return top
  }

  #answerable(responseId: string, modal: string | null) {
    const { triggers, url } = this.#stage
    return {
      triggerId: triggers.issue(this.user.id, modal),
      responseUrl: `${url()}response/${responseId}`,
    }
  }

  #responseUrl(surface: Surface): string {
    if (surface.kind === 'view') return ''
    return this.#stage.responseUrls.issue({
      user: this.user.id,
      channel: surface.channel,
      threadTs: surface.threadTs,
      original: { kind: surface.kind, ts: surface.ts },
    })
  }

  #channel(named: string): Channel {
    const { places } = this.#stage
    const channel = places.channel(named)
    if (places.isIn(channel, this.user)) return channel
    throw new Error(`${this.user.name} is not in ${named}.`)
  }
}

const offers = z.union([
  z.strictObject({ options: z.array(option).max(100) }),
  z.strictObject({ option_groups: z.array(optionGroup).max(100) }),
])

function modalOf(surface: Surface): string | null {
  return surface.kind === 'view' && surface.source.type === 'modal' ? surface.id : null
}

function failed(problem: Problem): Outcome {
  return { problem, errors: {} }
}
