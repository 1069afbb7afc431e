/** Sends what happens to the app, over its request URL or its sockets, and repeats events. */
import type { Ack, Payload, Retry, Transport } from './transport.ts'

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

  /** From now on everything goes this way. */
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

  /** Forgets the repeats that are planned. */
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
