/** Socket Mode: up to ten connections, any of which may get what happens in the workspace. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { isRecord } from '../../src/rules/text-match.ts'
import { type Ack, notAcked, type Payload, type Retry, type Transport } from './delivery.ts'
import { parseJson } from './http.ts'
import { APP } from './state.ts'

const MOST_CONNECTIONS = 10
const LARGEST_MESSAGE = 4_000_000

interface SocketsOptions {
  readonly ackMs: number
  readonly failed: (what: string) => void
}

interface Waiting {
  readonly envelope: Readonly<Record<string, unknown>>
  line: WebSocket
  readonly settle: (ack: Ack) => void
}

export class Sockets implements Transport {
  readonly #options: SocketsOptions
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE })
  readonly #tickets = new Set<string>()
  /** Those that were greeted; the others are on their way out. */
  readonly #lines: WebSocket[] = []
  readonly #open = new Set<WebSocket>()
  readonly #waiting = new Map<string, Waiting>()
  #turn = 0

  constructor(options: SocketsOptions) {
    this.#options = options
  }

  get connections(): number {
    return this.#lines.length
  }

  /** A ticket is good for one connection. */
  issueTicket(): string {
    const ticket = randomUUID()
    this.#tickets.add(ticket)
    return ticket
  }

  /** Takes a connection up, or cuts it where its ticket is no good. */
  connect(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { searchParams } = new URL(request.url ?? '/', 'http://workspace')
    if (!this.#tickets.delete(searchParams.get('ticket') ?? '')) {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n', () => socket.destroy())
      return
    }
    this.#server.handleUpgrade(request, socket, head, (line) => this.#greet(line))
  }

  #greet(line: WebSocket): void {
    line.on('message', (data) => this.#receive(String(data)))
    line.on('close', () => this.#lost(line))
    // A connection that breaks closes as well: there is nothing else to do about it.
    line.on('error', () => line.terminate())
    this.#open.add(line)
    if (this.#lines.length >= MOST_CONNECTIONS) {
      line.send(disconnectWord('too_many_websockets'))
      line.close()
    } else {
      this.#lines.push(line)
      line.send(JSON.stringify({ ...HELLO, num_connections: this.#lines.length }))
    }
  }

  deliver(payload: Payload, retry: Retry | null): Promise<Ack> {
    const line = this.#next()
    if (line === null) return Promise.resolve(notAcked('dispatch_failed', 'connection_failed'))
    const envelope = envelopeOf(payload, retry)
    return new Promise((resolve) => {
      const settle = (ack: Ack) => {
        clearTimeout(timer)
        this.#waiting.delete(envelope.envelope_id)
        resolve(ack)
      }
      const timer = setTimeout(
        () => settle(notAcked('operation_timeout', 'timeout')),
        this.#options.ackMs,
      )
      this.#waiting.set(envelope.envelope_id, { envelope, line, settle })
      line.send(JSON.stringify(envelope))
    })
  }

  /** Tells every connection to come again elsewhere, as Slack does every few hours. */
  refresh(): void {
    for (const line of this.#lines) line.send(disconnectWord('refresh_requested'))
  }

  drop(): void {
    for (const line of this.#open) line.terminate()
  }

  #next(): WebSocket | null {
    this.#turn += 1
    return this.#lines[this.#turn % Math.max(1, this.#lines.length)] ?? null
  }

  /** What a lost connection did not acknowledge goes to another one, if there is any. */
  #lost(line: WebSocket): void {
    this.#open.delete(line)
    const index = this.#lines.indexOf(line)
    if (index >= 0) this.#lines.splice(index, 1)
    for (const waiting of this.#waiting.values()) {
      if (waiting.line !== line) continue
      const other = this.#next()
      if (other === null) {
        waiting.settle(notAcked('dispatch_failed', 'connection_failed'))
      } else {
        waiting.line = other
        other.send(JSON.stringify(waiting.envelope))
      }
    }
  }

  #receive(text: string): void {
    const ack = parseJson(text)
    const id = isRecord(ack) ? ack.envelope_id : undefined
    if (!isRecord(ack) || typeof id !== 'string') {
      this.#options.failed('A socket sent something that acknowledges nothing.')
      return
    }
    const { payload } = ack
    const empty = payload === undefined || (isRecord(payload) && Object.keys(payload).length === 0)
    // An acknowledgement that comes too late finds nothing that waits: Slack drops it as well.
    this.#waiting.get(id)?.settle({ acked: true, body: empty ? undefined : payload })
  }
}

const HELLO = {
  type: 'hello',
  connection_info: { app_id: APP.id },
  debug_info: { host: 'stand-in', approximate_connection_time: 18_060 },
}

function disconnectWord(reason: string): string {
  return JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'stand-in' } })
}

function envelopeOf({ type, body }: Payload, retry: Retry | null) {
  return {
    envelope_id: randomUUID(),
    type,
    payload: body,
    accepts_response_payload: type !== 'events_api',
    ...(retry === null ? {} : { retry_attempt: retry.number, retry_reason: retry.reason }),
  }
}
