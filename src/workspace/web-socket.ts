/**
 * The server's end of a WebSocket (RFC 6455), as far as Socket Mode needs it: text both ways,
 * pings answered, an orderly close. No extension is ever agreed to.
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

const ACCEPT_SALT = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const LARGEST_MESSAGE = 4_000_000

const OPCODES = { continuation: 0, text: 1, close: 8, ping: 9, pong: 10 } as const

interface Frame {
  readonly final: boolean
  readonly opcode: number
  readonly payload: Buffer
}

export interface WebSocketEvents {
  readonly onText: (text: string) => void
  readonly onClose: () => void
}

/** Answers the handshake. Null where the request asks for no WebSocket; then nothing is written. */
export function acceptWebSocket(
  request: IncomingMessage,
  line: Duplex,
  events: WebSocketEvents,
): WebSocketLine | null {
  const key = request.headers['sec-websocket-key']
  if (request.headers.upgrade?.toLowerCase() !== 'websocket' || key === undefined) return null
  const accept = createHash('sha1').update(`${key}${ACCEPT_SALT}`).digest('base64')
  line.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${accept}`,
      '\r\n',
    ].join('\r\n'),
  )
  return new WebSocketLine(line, events)
}

export class WebSocketLine {
  readonly #line: Duplex
  readonly #events: WebSocketEvents
  #unread: Buffer = Buffer.alloc(0)
  #pieces: Buffer[] = []
  #closing = false

  constructor(line: Duplex, events: WebSocketEvents) {
    this.#line = line
    this.#events = events
    line.on('data', (data: Buffer) => this.#read(data))
    // A line that breaks closes as well: there is nothing else to do about it.
    line.on('error', () => line.destroy())
    line.on('close', () => events.onClose())
  }

  send(text: string): void {
    this.#write(OPCODES.text, Buffer.from(text))
  }

  /** Asks the other end to close. */
  close(): void {
    if (this.#closing) return
    this.#closing = true
    this.#write(OPCODES.close, Buffer.from([0x03, 0xe8]))
  }

  /** Cuts the line without a word. */
  drop(): void {
    this.#line.destroy()
  }

  #read(data: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, data])
    for (;;) {
      const found = takeFrame(this.#unread)
      if (found === 'incomplete') return
      if (found === 'broken') {
        this.drop()
        return
      }
      this.#unread = found.rest
      this.#take(found.frame)
    }
  }

  #take({ final, opcode, payload }: Frame): void {
    switch (opcode) {
      case OPCODES.text:
      case OPCODES.continuation:
        this.#pieces.push(payload)
        if (!final) return
        this.#events.onText(Buffer.concat(this.#pieces.splice(0)).toString('utf8'))
        return
      case OPCODES.ping:
        this.#write(OPCODES.pong, payload)
        return
      case OPCODES.close:
        if (!this.#closing) this.#write(OPCODES.close, payload.subarray(0, 2))
        this.#line.end(() => this.#line.destroy())
        return
      case OPCODES.pong:
        return
      default:
        this.drop()
    }
  }

  #write(opcode: number, payload: Buffer): void {
    if (this.#line.writable)
      this.#line.write(Buffer.concat([header(opcode, payload.length), payload]))
  }
}

/** A server's frames are never masked and, here, never in pieces. */
function header(opcode: number, length: number): Buffer {
  const first = 0x80 | opcode
  if (length < 126) return Buffer.from([first, length])
  if (length < 65_536) {
    const short = Buffer.from([first, 126, 0, 0])
    short.writeUInt16BE(length, 2)
    return short
  }
  const long = Buffer.alloc(10)
  long[0] = first
  long[1] = 127
  long.writeBigUInt64BE(BigInt(length), 2)
  return long
}

/** The first frame of what has arrived. A client's frame that is not masked breaks the protocol. */
function takeFrame(
  data: Buffer,
): { readonly frame: Frame; readonly rest: Buffer } | 'incomplete' | 'broken' {
  if (data.length < 2) return 'incomplete'
  const first = data.readUInt8(0)
  const second = data.readUInt8(1)
  const reserved = first & 0x70
  if (reserved !== 0 || (second & 0x80) === 0) return 'broken'
  const short = second & 0x7f
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0
  const maskAt = 2 + lengthBytes
  if (data.length < maskAt + 4) return 'incomplete'
  const length =
    lengthBytes === 0
      ? short
      : lengthBytes === 2
        ? data.readUInt16BE(2)
        : Number(data.readBigUInt64BE(2))
  if (length > LARGEST_MESSAGE) return 'broken'
  const from = maskAt + 4
  if (data.length < from + length) return 'incomplete'
  const mask = data.subarray(maskAt, from)
  const payload = Buffer.alloc(length)
  for (let at = 0; at < length; at += 1) {
    payload[at] = data.readUInt8(from + at) ^ mask.readUInt8(at % 4)
  }
  return {
    frame: { final: (first & 0x80) !== 0, opcode: first & 0x0f, payload },
    rest: data.subarray(from + length),
  }
}
