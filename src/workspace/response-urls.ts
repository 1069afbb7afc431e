/** Response URLs: five answers to one act, within half an hour of it. */
import { randomUUID } from 'node:crypto'
import { contentProblem } from './content/message.ts'
import type { Ledger } from './ledger.ts'
import { type Answer, refusal } from './method.ts'
import { isRecord } from './request.ts'

const USES = 5
const EXPIRES_AFTER_MS = 30 * 60_000

/** What was acted on, and by whom. */
export interface Occasion {
  readonly user: string
  readonly channel: string
  readonly threadTs: string | null
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
  readonly #now: () => number
  readonly #elapsed: () => number
  readonly #issued = new Map<string, Issued>()

  /** @param elapsed milliseconds of a clock that nobody sets; `now` dates the messages. */
  constructor(ledger: Ledger, now: () => number, elapsed: () => number) {
    this.#ledger = ledger
    this.#now = now
    this.#elapsed = elapsed
  }

  /** The last part of an address that answers this occasion. */
  issue(occasion: Occasion): string {
    const id = randomUUID()
    const issuedAt = this.#elapsed()
    for (const [old, issued] of this.#issued) {
      if (issuedAt - issued.issuedAt <= 2 * EXPIRES_AFTER_MS) break
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
    if (issued === undefined || this.#elapsed() - issued.issuedAt > EXPIRES_AFTER_MS) {
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
    const problem = contentProblem(text, message.blocks, message.metadata)
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
    const named = typeof message.thread_ts === 'string' ? message.thread_ts : null
    const threadTs = named ?? occasion.threadTs
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
