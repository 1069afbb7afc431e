/** Somebody who uses Slack: each act returns what that person then sees. */
import type { Given } from '../field-values.ts'
import type { EphemeralMessage, PostedMessage } from '../ledger.ts'
import type { User } from '../people.ts'
import type { Channel, StoredFile } from '../places.ts'
import type { ShownView } from '../views.ts'
import { runCommand } from './command.ts'
import { actOn } from './element.ts'
import { changeMember, type Membership } from './membership.ts'
import { closeModal, fillIn, onTop } from './modal.ts'
import { loadOptions, type Offer } from './options.ts'
import { eventPayload, type Surface } from './payloads.ts'
import { DONE, failed, type Outcome, type Seen, watchAct } from './seen.ts'
import type { Stage } from './stage.ts'
import { submitModal } from './submit.ts'

export class Actor {
  readonly #stage: Stage
  readonly user: User

  constructor(stage: Stage, user: User) {
    this.#stage = stage
    this.user = user
  }

  /** Types a slash command in a channel, named by id or name. @throws Error outside of it. */
  async command(command: string, text: string, channelName: string): Promise<Seen> {
    const channel = this.#channel(channelName)
    return await this.#act(() => runCommand(this.#stage, this.user, channel, command, text))
  }

  /** Presses a button. Where several share the action id, the value says which one. */
  press(surface: Surface, actionId: string, value: string | null = null): Promise<Seen> {
    return this.#act(() => actOn(this.#stage, this.user, surface, { actionId, value }))
  }

  /** Chooses in a menu, a date picker or any other element that acts at once. */
  select(surface: Surface, actionId: string, given: Given): Promise<Seen> {
    const value = typeof given === 'string' ? given : null
    return this.#act(() => actOn(this.#stage, this.user, surface, { actionId, value, given }))
  }

  /** Types into a menu whose options the app loads. */
  options(surface: Surface, actionId: string, query: string): Promise<Offer> {
    return loadOptions(this.#stage, this.user, surface, actionId, query)
  }

  /** Fills in the modal's fields, by block id or action id, and submits it. */
  submit(view: ShownView, given: Readonly<Record<string, Given>> = {}): Promise<Seen> {
    return this.#act(async () => {
      fillIn(this.#stage, onTop(this.#stage, this.user, view), given)
      return await submitModal(this.#stage, this.user, onTop(this.#stage, this.user, view))
    })
  }

  /** Types into the modal's fields, by block id or action id, without sending anything. */
  fill(view: ShownView, given: Readonly<Record<string, Given>>): void {
    fillIn(this.#stage, onTop(this.#stage, this.user, view), given)
  }

  /** Closes the modal on top without submitting it. */
  close(view: ShownView): Promise<Seen> {
    return this.#act(async () => {
      const open = onTop(this.#stage, this.user, view)
      return await closeModal(this.#stage, this.user, open)
    })
  }

  /** Opens the app's Home. */
  openHome(): Promise<Seen> {
    return this.#act(async () => {
      const { post, now, ledger } = this.#stage
      const event = {
        type: 'app_home_opened',
        user: this.user.id,
        channel: this.direct().id,
        tab: 'home',
        event_ts: ledger.stamp(now()),
      }
      const ack = await post.deliver(eventPayload(event, now()))
      return ack.acked ? DONE : failed(ack.failure)
    })
  }

  /** Is renamed, made a guest, or has their account closed or opened again. */
  changes(change: Membership): Promise<Seen> {
    return this.#act(() => changeMember(this.#stage, this.user, change))
  }

  /** Comes into the workspace: the app hears of them for the first time. */
  joins(): Promise<Seen> {
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

  #act(act: () => Promise<Outcome>): Promise<Seen> {
    return watchAct(this.#stage, this.user, act)
  }

  #channel(named: string): Channel {
    const { places } = this.#stage
    const channel = places.channel(named)
    if (places.isIn(channel, this.user)) return channel
    throw new Error(`${this.user.name} is not in ${named}.`)
  }
}
