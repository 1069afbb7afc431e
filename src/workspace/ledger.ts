/** What the workspace accepted and what it refused: the judge of what was sent. */

export interface Metadata {
  readonly event_type: string
  readonly event_payload: Readonly<Record<string, unknown>>
}

export interface PostedMessage {
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
  readonly #messages = new Map<string, PostedMessage>()
  #lastMicroseconds = 0

  /** Every message as it stands now, in the order of acceptance. */
  get messages(): readonly PostedMessage[] {
    return [...this.#messages.values()]
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
  add(message: Omit<PostedMessage, 'ts' | 'editedTs'>): PostedMessage {
    const posted = { ...message, ts: this.#nextTs(message.at), editedTs: null }
    this.#messages.set(posted.ts, posted)
    return posted
  }

  edit(message: PostedMessage, change: Partial<PostedMessage>, at: number): PostedMessage {
    const edited = { ...message, ...change, ts: message.ts, editedTs: this.#nextTs(at) }
    this.#messages.set(edited.ts, edited)
    return edited
  }

  #nextTs(at: number): string {
    this.#lastMicroseconds = Math.max(Math.floor(at * 1000), this.#lastMicroseconds + 1)
    const digits = String(this.#lastMicroseconds).padStart(7, '0')
    return `${digits.slice(0, -6)}.${digits.slice(-6)}`
  }
}
