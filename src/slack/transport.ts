/** How Slack reaches the bot: over a socket that the bot opens, or over HTTP that Slack calls. */
import type {
  IncomingMessage,
  RequestListener,
  Server,
  ServerOptions,
  ServerResponse,
} from 'node:http'
import {
  type CustomRoute,
  HTTPReceiver,
  type Logger,
  LogLevel,
  type Receiver,
  SocketModeReceiver,
} from '@slack/bolt'
import { openBucket, preferNewcomers } from '../ops/http.ts'

export type Transport =
  | { readonly kind: 'socket'; readonly appToken: string }
  | { readonly kind: 'http'; readonly signingSecret: string; readonly port: number }

interface TransportOptions {
  readonly transport: Transport
  readonly apiUrl: string
  readonly logger: Logger
  readonly routes: readonly CustomRoute[]
  readonly limits?: GateLimits
  /** Milliseconds since 1970, as Slack reckons them when it signs: the machine's clock by default. */
  readonly clock?: () => number
}

/** Where Slack posts to, under the bot's own address. */
export const EVENTS_PATH = '/slack/events'

/**
 * A receiver of its own for App. Left to App, the socket's client would share App's options object
 * and write a hundred retries into it, which every handler would then inherit.
 */
export function openReceiver({
  transport,
  apiUrl,
  logger,
  routes,
  limits = GATE_LIMITS,
  clock = Date.now,
}: TransportOptions): Receiver {
  if (transport.kind === 'socket') {
    return new SocketModeReceiver({
      appToken: transport.appToken,
      logger,
      logLevel: LogLevel.WARN,
      customRoutes: [...routes],
      installerOptions: { clientOptions: { slackApiUrl: apiUrl } },
    })
  }
  const receiver = new HTTPReceiver({
    signingSecret: transport.signingSecret,
    port: transport.port,
    endpoints: EVENTS_PATH,
    logger,
    logLevel: LogLevel.WARN,
    customRoutes: [...routes],
    bodyLimit: GATE_LIMITS.bodyBytes,
  })
  const listener = signedLately(receiver.requestListener, clock)
  receiver.requestListener = gated(listener, limits, () => performance.now())
  return receiver
}

/** How far the moment of a signature may lie from now, before or after. */
const SIGNED_WITHIN_S = 5 * 60

/**
 * The same listener for requests that say they were signed lately. Bolt refuses only what is too
 * old, and takes any number for a time: signed for next year, or for `Infinity`, a request that
 * somebody once saw could be sent again for as long.
 */
function signedLately(listener: RequestListener, clock: () => number): RequestListener {
  return (request, response) => {
    const stamp = request.headers['x-slack-request-timestamp']
    // Without any, Bolt takes it for unsigned.
    if (stamp === undefined || isLately(String(stamp), clock() / 1000)) {
      return listener(request, response)
    }
    response.writeHead(401, { connection: 'close' })
    response.end(() => request.destroy())
  }
}

function isLately(stamp: string, now: number): boolean {
  return /^\d{1,12}$/.test(stamp) && Math.abs(Number(stamp) - now) <= SIGNED_WITHIN_S
}

// The gate before the bot's HTTP side. Whoever reaches the port may send anything, signed or not:
// what is too large, too slow or too much is turned away before it costs memory or a signature.

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
  /** Open sockets at once. */
  readonly connections: number
  /** Bodies that are still arriving, together. */
  readonly arrivingBytes: number
  /** What Slack sends, and what calendars fetch: neither can use up what the other has. */
  readonly slack: Allowance
  readonly calendars: Allowance
}

interface Allowance {
  /** Requests that are worked on at once. */
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
  arrivingBytes: 64 * 1024 * 1024,
  slack: { underWay: 100, perSecond: 100, burst: 300 },
  calendars: { underWay: 50, perSecond: 50, burst: 200 },
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

/** New connections win over idle and slow ones. */
export function limitConnections(
  server: Server,
  { connections, requestMs, answerMs }: GateLimits,
): void {
  // By then the gate has answered by itself; what is still there is not being read.
  preferNewcomers(server, { connections, answerMs: requestMs + answerMs + 1000 })
}

/** The same listener behind the gate; `elapsed` in milliseconds of a monotonic clock. */
function gated(
  listener: RequestListener,
  limits: GateLimits,
  elapsed: () => number,
): RequestListener {
  const readBody = bodyReader(limits)
  const admitSlack = admission(limits.slack, elapsed)
  const admitCalendar = admission(limits.calendars, elapsed)
  return (request, response) => {
    const turnAway = (status: number) => {
      // The rest of the body is not waited for.
      response.writeHead(status, { connection: 'close', ...(status === 503 ? AGAIN : {}) })
      response.end(() => request.destroy())
    }
    const work = (admit: Admit, rawBody: Buffer | null) => {
      if (!admit(response)) return turnAway(503)
      if (rawBody !== null) {
        if (!isMeantForUs(rawBody.toString('utf8'), request.headers['content-type'] ?? '')) {
          return turnAway(400)
        }
        // Bolt takes a body that was read before from here.
        Object.assign(request, { rawBody })
      }
      // A request that nobody answers would hold its socket and its place for ever.
      const late = setTimeout(() => {
        if (response.headersSent) request.destroy()
        else turnAway(503)
      }, limits.answerMs)
      response.once('close', () => clearTimeout(late))
      listener(request, response)
    }
    const status = refusal(request, limits)
    if (status !== null) return turnAway(status)
    if (request.method === 'GET') return work(admitCalendar, null)
    // Only a body that is there whole takes a place: slow ones keep nobody out.
    readBody(request)
      .then((rawBody) => (rawBody === null ? turnAway(413) : work(admitSlack, rawBody)))
      // The sender went away, or was cut off; or there is no such path.
      .catch(() => request.destroy())
  }
}

type Admit = (response: ServerResponse) => boolean

function admission(allowance: Allowance, elapsed: () => number): Admit {
  const bucket = openBucket(allowance, elapsed)
  const open = new Set<ServerResponse>()
  return (response) => {
    // An answer that is made, and slowly taken, is no work.
    const underWay = [...open].filter(({ writableEnded }) => !writableEnded).length
    if (underWay >= allowance.underWay || !bucket.take()) return false
    open.add(response)
    response.once('close', () => open.delete(response))
    return true
  }
}

/**
 * Reads bodies within their limit; null where one is larger. Those that are arriving hold
 * `arrivingBytes` together: beyond that the oldest is cut off.
 */
function bodyReader({ bodyBytes, arrivingBytes }: GateLimits) {
  const arriving = new Set<IncomingMessage>()
  let total = 0
  return async (request: IncomingMessage): Promise<Buffer | null> => {
    const pieces: Buffer[] = []
    let length = 0
    arriving.add(request)
    try {
      for await (const piece of request as AsyncIterable<Buffer>) {
        length += piece.length
        total += piece.length
        if (length > bodyBytes) return null
        pieces.push(piece)
        if (total > arrivingBytes) {
          const [oldest] = arriving
          oldest?.destroy()
        }
      }
      return Buffer.concat(pieces)
    } finally {
      arriving.delete(request)
      total -= length
    }
  }
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
