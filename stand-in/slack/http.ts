/** Requests to the Web API as Slack reads them, its answers, and its signature. */
import { createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isRecord } from '../../src/rules/text-match.ts'

/** Slack closes the connection on bodies of this size too. */
const LARGEST_BODY = 4_000_000

export interface Call {
  readonly method: string
  readonly token: string | null
  readonly args: Arguments
}

/** Files may be far larger than messages: Slack takes a gigabyte, a register's lists are some megabytes. */
export const LARGEST_FILE = 100_000_000

/** The bytes of a request's body. @throws Error when it is larger than Slack would read. */
export async function readBody(
  request: IncomingMessage,
  largest: number = LARGEST_BODY,
): Promise<Buffer> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request) {
    if (!Buffer.isBuffer(piece)) throw new Error('The body of a request arrived as text.')
    size += piece.length
    if (size > largest) throw new Error(`A request's body is larger than ${largest} bytes.`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** The call that a request makes; null where its body is neither a form nor a JSON object. */
export function readCall(request: IncomingMessage, path: string, body: Buffer): Call | null {
  const args = readArguments(request.headers['content-type'] ?? '', body.toString('utf8'))
  if (args === null) return null
  return {
    method: path.replace(/^\/api\//, ''),
    token: bearerOf(request) ?? args.text('token'),
    args,
  }
}

export function bearerOf(request: IncomingMessage): string | null {
  return /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? null
}

function readArguments(type: string, body: string): Arguments | null {
  if (!type.startsWith('application/json')) {
    return new Arguments(Object.fromEntries(new URLSearchParams(body)))
  }
  const parsed = parseJson(body)
  return isRecord(parsed) ? new Arguments(parsed) : null
}

/** What a call was given. In a form, lists and objects arrive as JSON text. */
export class Arguments {
  readonly #values: Readonly<Record<string, unknown>>
  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values
  }

  /** The argument as text, or null where it is missing or empty. */
  text(name: string): string | null {
    const value = this.#values[name]
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    return typeof value === 'string' && value !== '' ? value : null
  }

  flag(name: string): boolean {
    const value = this.text(name)
    return value === 'true' || value === '1'
  }

  /** The argument as a number, or the given one where it is none. */
  number(name: string, otherwise: number): number {
    const value = Number(this.text(name) ?? Number.NaN)
    return Number.isFinite(value) ? value : otherwise
  }

  /** A list or an object; undefined where it is missing, null where it cannot be read. */
  structure(name: string): unknown {
    const value = this.#values[name]
    if (value === undefined || value === '') return undefined
    return typeof value === 'string' ? parseJson(value) : value
  }
}

/** Null where the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

export type Answer =
  | { readonly ok: true; readonly [field: string]: unknown }
  | { readonly ok: false; readonly error: string; readonly [field: string]: unknown }

/** @param lines what is wrong and where, as Slack adds it for people to read. */
export function refusal(error: string, lines: readonly string[] = []): Answer {
  return lines.length === 0
    ? { ok: false, error }
    : { ok: false, error, response_metadata: { messages: lines } }
}

/** @param seconds since 1970, also sent as x-slack-request-timestamp. */
export function signatureOf(signingSecret: string, seconds: number, body: string): string {
  const digest = createHmac('sha256', signingSecret).update(`v0:${seconds}:${body}`).digest('hex')
  return `v0=${digest}`
}
