/** What the workspace accepted and what it refused: the judge of what was sent. */
import type { Changes } from './changes.ts'

export interface Metadata {
  readonly event_type: string
  readonly event_payload: Readonly<Record<string, unknown>>
}

export interface PostedMessage {
  readonly kind: 'message'
  /** The channel's id. */
  readonly channel: string
  /** Unique in the workspace and increasing. */
  readonly ts: string
  readonly threadTs: string | null
  /** A reply that the channel shows as well. */
  readonly broadcast: boolean
  readonly text: string
  readonly blocks: readonly unknown[]
  readonly metadata: Metadata | null
  readonly editedTs: string | null
  /** When it was accepted, in milliseconds of the workspace's clock. */
  readonly at: number
}

/** A message that one person sees and nobody else; it is in no history. */
export interface EphemeralMessage {
  readonly kind: 'ephemeral'
  readonly channel: string
  readonly user: string
  readonly ts: string
  readonly threadTs: string | null
  readonly text: string
  readonly blocks: readonly unknown[]
  readonly at: number
}

/** A call as it came in, and how it was answered (`ok`, Slack's error, or the fault it met). */
export interface CallRecord {
  readonly method: string
  readonly channel: string | null
  readonly answer: string
  readonly at: number
}

export class Ledger {
  readonly calls: CallRecord[] = []
  /** What no client of Slack's may do: unknown methods, unreadable bodies. Tests want it empty. */
  readonly failures: string[] = []
  readonly #changes: Changes
  readonly #messages = new Map<string, PostedMessage>()
  readonly #ephemerals = new Map<string, EphemeralMessage>()
  #lastMicroseconds = 0

  constructor(changes: Changes) {
    this.#changes = changes
  }

  /** Every message as it stands now, in the order of acceptance. */
  get messages(): readonly PostedMessage[] {
    return [...this.#messages.values()]
  }

  /** Every message to one person that is still shown, in the order of acceptance. */
  get ephemerals(): readonly EphemeralMessage[] {
    return [...this.#ephemerals.values()]
  }

  inChannel(channel: string): readonly PostedMessage[] {
    return this.messages.filter((message) => message.channel === channel)
  }

  message(channel: string, ts: string): PostedMessage | null {
    const message = this.#messages.get(ts)
    return message?.channel === channel ? message : null
  }

  /** How many messages carry each delivery's id. */
  timesDelivered(): ReadonlyMap<string, number> {
    const times = new Map<string, number>()
    for (const { metadata } of this.#messages.values()) {
      const id = metadata?.event_payload.delivery_id
      if (typeof id === 'string') times.set(id, (times.get(id) ?? 0) + 1)
    }
    return times
  }

  /** Records an accepted message and gives it its ts. */
  add(message: Omit<PostedMessage, 'kind' | 'ts' | 'editedTs'>): PostedMessage {
    const ts = this.stamp(message.at)
    const posted = { ...message, kind: 'message' as const, ts, editedTs: null }
    this.#messages.set(posted.ts, posted)
    this.#changes.tell({ kind: 'message', message: posted })
    return posted
  }

  edit(message: PostedMessage, change: Partial<PostedMessage>, at: number): PostedMessage {
    const edited = { ...message, ...change, ts: message.ts, editedTs: this.stamp(at) }
    this.#messages.set(edited.ts, edited)
    this.#changes.tell({ kind: 'message', message: edited })
    return edited
  }

  remove(message: PostedMessage): void {
    this.#messages.delete(message.ts)
    this.#changes.tell({ kind: 'message-removed', message })
  }

  addEphemeral(message: Omit<EphemeralMessage, 'kind' | 'ts'>): EphemeralMessage {
    const shown = { ...message, kind: 'ephemeral' as const, ts: this.stamp(message.at) }
    this.#ephemerals.set(shown.ts, shown)
    this.#changes.tell({ kind: 'ephemeral', message: shown })
    return shown
  }

  editEphemeral(ts: string, change: Pick<EphemeralMessage, 'text' | 'blocks'>): void {
    const known = this.#ephemerals.get(ts)
    if (known === undefined) return
    const edited = { ...known, ...change }
    this.#ephemerals.set(ts, edited)
    this.#changes.tell({ kind: 'ephemeral', message: edited })
  }

  removeEphemeral(ts: string): void {
    const known = this.#ephemerals.get(ts)
    if (known === undefined) return
    this.#ephemerals.delete(ts)
    this.#changes.tell({ kind: 'ephemeral-removed', message: known })
  }

  /** A time stamp that stands for nothing else in the workspace, also while its clock stands still. */
  stamp(at: number): string {
    this.#lastMicroseconds = Math.max(Math.floor(at * 1000), this.#lastMicroseconds + 1)
    const digits = String(this.#lastMicroseconds).padStart(7, '0')
    return `${digits.slice(0, -6)}.${digits.slice(-6)}`
  }
}
