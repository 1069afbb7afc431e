/**
 * The gate before the bot's HTTP side. Whoever reaches the port may send anything, signed or not:
 * what is too large, too slow or too much is turned away before it costs memory or a signature.
 */
import type {
  IncomingMessage,
  RequestListener,
  Server,
  ServerOptions,
  ServerResponse,
} from 'node:http'

export interface GateLimits {
  /** Slack's largest request, a form's submission, is a quarter of this. */
  readonly bodyBytes: number
  /** How long a request may take to arrive, headers first. */
  readonly headersMs: number
  readonly requestMs: number
  /** How long an answer may take: Slack gives up after three seconds. */
  readonly answerMs: number
  /** How often slow ones are looked for. */
  readonly checkMs: number
  /** At once: open sockets, and requests that are worked on. */
  readonly connections: number
  readonly underWay: number
  /** Requests a second that go through for long, and how many may come at once before. */
  readonly perSecond: number
  readonly burst: number
}

/** A workspace of 10,000 people presses some ten buttons a second at its busiest. */
export const GATE_LIMITS: GateLimits = {
  bodyBytes: 1024 * 1024,
  headersMs: 5000,
  requestMs: 10_000,
  answerMs: 10_000,
  checkMs: 1000,
  connections: 256,
  underWay: 100,
  perSecond: 100,
  burst: 300,
}

/** What Node's own server enforces. */
export function serverOptions(limits: GateLimits): ServerOptions {
  return {
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: limits.checkMs,
    keepAliveTimeout: 5000,
    maxHeaderSize: 16 * 1024,
  }
}

/** Sockets beyond the limit are closed as they come. */
export function limitConnections(server: Server, limits: GateLimits): void {
  server.maxConnections = limits.connections
}

/** The same listener behind the gate; `elapsed` in milliseconds of a monotonic clock. */
export function gated(
  listener: RequestListener,
  limits: GateLimits,
  elapsed: () => number,
): RequestListener {
  let underWay = 0
  let left = limits.burst
  let filledAt = elapsed()
  const admit = () => {
    const now = elapsed()
    left = Math.min(limits.burst, left + ((now - filledAt) / 1000) * limits.perSecond)
    filledAt = now
    if (left < 1) return false
    left -= 1
    return true
  }
  return (request, response) => {
    const status =
      refusal(request, limits) ?? (underWay >= limits.underWay || !admit() ? 503 : null)
    if (status !== null) {
      // The rest of the body is not waited for.
      response.writeHead(status, { connection: 'close', ...(status === 503 ? AGAIN : {}) })
      response.end(() => request.destroy())
      return
    }
    underWay += 1
    // A request that nobody answers would hold its socket and its place for ever.
    const late = setTimeout(() => {
      if (!response.headersSent) response.writeHead(503, { connection: 'close', ...AGAIN })
      response.end(() => request.destroy())
    }, limits.answerMs)
    response.once('close', () => {
      clearTimeout(late)
      underWay -= 1
    })
    if (request.method === 'GET') listener(request, response)
    else void passOn(listener, request, response, limits.bodyBytes)
  }
}

/** The body is read here, within its limit, and handed on where it holds what Slack sends. */
async function passOn(
  listener: RequestListener,
  request: IncomingMessage,
  response: ServerResponse,
  most: number,
): Promise<void> {
  const turnAway = (status: number) => {
    response.writeHead(status, { connection: 'close' })
    response.end(() => request.destroy())
  }
  try {
    const rawBody = await bodyOf(request, most)
    if (rawBody === null) return turnAway(413)
    if (!isMeantForUs(rawBody.toString('utf8'), request.headers['content-type'] ?? '')) {
      return turnAway(400)
    }
    // Bolt takes a body that was read before from here.
    listener(Object.assign(request, { rawBody }), response)
  } catch {
    // The sender went away, or was cut off.
    request.destroy()
  }
}

/** Null where it is larger than that. */
async function bodyOf(request: IncomingMessage, most: number): Promise<Buffer | null> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length
    if (length > most) return null
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/**
 * Whether a body is an object, or a form whose payload is one. Bolt takes that for granted: signed,
 * `payload=null` would end the process.
 */
function isMeantForUs(body: string, type: string): boolean {
  if (!type.includes('application/x-www-form-urlencoded')) return isObject(body)
  const payload = new URLSearchParams(body).get('payload')
  return payload === null || isObject(payload)
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

const AGAIN = { 'retry-after': '1' }

function refusal(
  { method, headers, url }: IncomingMessage,
  { bodyBytes }: GateLimits,
): number | null {
  if (method !== 'POST' && method !== 'GET') return 405
  if (!isDecodable(url ?? '')) return 400
  return Number(headers['content-length'] ?? 0) > bodyBytes ? 413 : null
}

/** A path with half a percent sign would be thrown about by whoever takes it apart. */
function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url.split('?')[0] ?? '')
    return true
  } catch {
    return false
  }
}
