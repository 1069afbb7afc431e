/** What happens is sent to the app and repeated as Slack repeats it; response URLs and triggers. */
import { randomUUID } from 'node:crypto'
import { isRecord } from '../../src/rules/text-match.ts'
import { type Answer, refusal } from './http.ts'
import type { Ledger, WorkspaceDirectory } from './state.ts'
import { contentProblem } from './validate.ts'

const REMEMBERED = 1000

export class PostOffice {
  /** What was sent lately, the newest last: to be sent again, or forged. */
  readonly sent: Payload[] = []
  readonly #retryDelaysMs: readonly number[]
  readonly #timers = new Set<NodeJS.Timeout>()
  #transport: Transport

  /** @param retryDelaysMs how long after each failure an event is sent again. */
  constructor(transport: Transport, retryDelaysMs: readonly number[]) {
    this.#transport = transport
    this.#retryDelaysMs = retryDelaysMs
  }

  use(transport: Transport): void {
    this.#transport = transport
  }

  /**
   * Sends once. An event that is not acknowledged is sent again later, at most three times; a
   * command or a press never is: the person sees that it failed.
   */
  async deliver(payload: Payload): Promise<Ack> {
    this.sent.push(payload)
    if (this.sent.length > REMEMBERED) this.sent.shift()
    const ack = await this.#transport.deliver(payload, null)
    if (payload.type === 'events_api') this.#plan(payload, ack, 1)
    return ack
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }

  #plan(payload: Payload, ack: Ack, number: number): void {
    const delay = this.#retryDelaysMs[number - 1]
    if (ack.acked || ack.final || delay === undefined) return
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      void this.#repeat(payload, { number, reason: ack.reason })
    }, delay)
    this.#timers.add(timer)
  }

  async #repeat(payload: Payload, retry: Retry): Promise<void> {
    const ack = await this.#transport.deliver(payload, retry)
    this.#plan(payload, ack, retry.number + 1)
  }
}

const USES = 5
const RESPONSE_URL_EXPIRES_AFTER_MS = 30 * 60_000

interface Occasion {
  readonly user: string
  readonly channel: string
  /** The message whose button was pressed; null after a command. */
  readonly original: { readonly kind: 'message' | 'ephemeral'; readonly ts: string } | null
}

interface Issued {
  readonly occasion: Occasion
  readonly issuedAt: number
  uses: number
}

export class ResponseUrls {
  readonly #ledger: Ledger
  readonly #places: WorkspaceDirectory
  readonly #now: () => number
  readonly #elapsed: () => number
  readonly #issued = new Map<string, Issued>()

  /** @param elapsed milliseconds of a clock that nobody sets; `now` dates the messages. */
  constructor(
    ledger: Ledger,
    places: WorkspaceDirectory,
    now: () => number,
    elapsed: () => number,
  ) {
    this.#ledger = ledger
    this.#places = places
    this.#now = now
    this.#elapsed = elapsed
  }

  /** Makes a response_url for this command, press or form; returns the last part of its path. */
  issue(occasion: Occasion): string {
    const id = randomUUID()
    const issuedAt = this.#elapsed()
    for (const [old, issued] of this.#issued) {
      if (issuedAt - issued.issuedAt <= 2 * RESPONSE_URL_EXPIRES_AFTER_MS) break
      this.#issued.delete(old)
    }
    this.#issued.set(id, { occasion, issuedAt, uses: 0 })
    return id
  }

  /** The channel that an address answers in, for faults that are planned for it. */
  channelOf(id: string): string | null {
    return this.#issued.get(id)?.occasion.channel ?? null
  }

  /** Takes an answer. A refused one counts as no use. */
  answer(id: string, said: unknown): Answer {
    const issued = this.#issued.get(id)
    if (issued === undefined || this.#elapsed() - issued.issuedAt > RESPONSE_URL_EXPIRES_AFTER_MS) {
      return refusal('expired_url')
    }
    if (issued.uses >= USES) return refusal('used_url')
    const answer = this.say(issued.occasion, said)
    if (answer.ok) issued.uses += 1
    return answer
  }

  /** Shows what the app said to an act, in an acknowledgement or by its address. */
  say(occasion: Occasion, said: unknown): Answer {
    const message = typeof said === 'string' ? { text: said } : said
    if (!isRecord(message)) return refusal('invalid_payload')
    if (message.delete_original === true) return this.#remove(occasion)
    const text = typeof message.text === 'string' && message.text !== '' ? message.text : null
    const problem = contentProblem(
      text,
      message.blocks,
      message.metadata,
      this.#places.unknownBlocks,
    )
    if (problem !== null) return refusal(problem.error, problem.lines)
    const blocks: readonly unknown[] = Array.isArray(message.blocks) ? message.blocks : []
    const content = { text: text ?? '', blocks }
    if (message.replace_original === true && this.#replace(occasion, content)) return { ok: true }
    this.#add(occasion, message, content)
    return { ok: true }
  }

  #remove({ original, channel }: Occasion): Answer {
    if (original === null) return refusal('message_not_found')
    if (original.kind === 'ephemeral') {
      this.#ledger.removeEphemeral(original.ts)
      return { ok: true }
    }
    const message = this.#ledger.message(channel, original.ts)
    if (message === null) return refusal('message_not_found')
    this.#ledger.remove(message)
    return { ok: true }
  }

  #replace({ original, channel }: Occasion, content: Content): boolean {
    if (original === null) return false
    if (original.kind === 'ephemeral') {
      this.#ledger.editEphemeral(original.ts, content)
      return true
    }
    const message = this.#ledger.message(channel, original.ts)
    if (message === null) return false
    this.#ledger.edit(message, content, this.#now())
    return true
  }

  #add(occasion: Occasion, message: Record<string, unknown>, content: Content): void {
    const { channel, user } = occasion
    // Where the button stood in a thread, only an answer that names it stays there.
    const threadTs = typeof message.thread_ts === 'string' ? message.thread_ts : null
    const at = this.#now()
    if (message.response_type === 'in_channel') {
      const add = { channel, threadTs, broadcast: false, metadata: null, at }
      this.#ledger.add({ ...add, ...content })
    } else {
      this.#ledger.addEphemeral({ channel, user, threadTs, at, ...content })
    }
  }
}

interface Content {
  readonly text: string
  readonly blocks: readonly unknown[]
}

const TRIGGER_EXPIRES_AFTER_MS = 3000
/** After this one is forgotten: then it is unknown rather than expired. */
const FORGOTTEN_AFTER_MS = 600_000

interface Place {
  /** The modal that was acted in; null outside of any. */
  readonly modal: string | null
  /** The conversation that was acted in, where there is one. */
  readonly channel: string | null
}

interface Trigger extends Place {
  readonly user: string
  readonly issuedAt: number
  used: boolean
}

type Exchange =
  | Pick<Trigger, 'user' | 'modal' | 'channel'>
  | { readonly error: 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id' }

export class Triggers {
  readonly #elapsed: () => number
  readonly #issued = new Map<string, Trigger>()
  #count = 0

  /** @param elapsed milliseconds of a clock that nobody sets. */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed
  }

  issue(user: string, { modal = null, channel = null }: Partial<Place> = {}): string {
    this.#count += 1
    const id = `${this.#count}.${7_000_000 + this.#count}.${user.toLowerCase()}`
    const issuedAt = this.#elapsed()
    for (const [old, trigger] of this.#issued) {
      if (issuedAt - trigger.issuedAt < FORGOTTEN_AFTER_MS) break
      this.#issued.delete(old)
    }
    this.#issued.set(id, { user, modal, channel, issuedAt, used: false })
    return id
  }

  exchange(id: string | null): Exchange {
    const trigger = id === null ? undefined : this.#issued.get(id)
    if (trigger === undefined) return { error: 'invalid_trigger_id' }
    if (this.#elapsed() - trigger.issuedAt > TRIGGER_EXPIRES_AFTER_MS) {
      return { error: 'expired_trigger_id' }
    }
    if (trigger.used) return { error: 'exchanged_trigger_id' }
    trigger.used = true
    return trigger
  }
}

/** What happened in the workspace, as Slack tells the app. */
export interface Payload {
  readonly type: 'slash_commands' | 'interactive' | 'events_api'
  readonly body: Readonly<Record<string, unknown>>
}

export interface Retry {
  readonly number: number
  readonly reason: 'http_timeout' | 'http_error' | 'connection_failed' | 'timeout'
}

/** What Slack tells the person when the app did not answer as it must. */
export type Failure =
  /** No acknowledgement in time. */
  | 'operation_timeout'
  /** The app answered with an error. */
  | 'http_service_error'
  /** The app could not be reached. */
  | 'dispatch_failed'

export type Ack =
  | { readonly acked: true; readonly body: unknown }
  | {
      readonly acked: false
      readonly failure: Failure
      readonly reason: Retry['reason']
      readonly final: boolean
    }

export interface Transport {
  /** Sends once and waits for the acknowledgement, no longer than Slack would. */
  deliver(payload: Payload, retry: Retry | null): Promise<Ack>
}

export function notAcked(failure: Failure, reason: Retry['reason'], final = false): Ack {
  return { acked: false, failure, reason, final }
}
