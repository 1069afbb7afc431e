/**
 * What a supervisor asks: `/livez` (restart me where it is not 200), `/readyz` (send me work),
 * `/metrics`. Answers name no person, contract or channel, and say no more of a failure than that.
 */
import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import type { Pool } from 'pg'
import { withTimeLimit } from '../database/connect.ts'
import { errorCode } from '../database/errors.ts'
import { readServer } from '../database/open.ts'
import { DATABASE_WITHIN_MS, inTime, type Metrics } from './metrics.ts'

export interface Health {
  readonly metrics: Metrics
  readonly watches: boolean
  readonly tickDueBy: () => number
  readonly heardAt: () => number
  readonly silentForMs: number
  /** What is wrong with the database, in words; empty where nothing is. */
  readonly askDatabase: () => Promise<readonly string[]>
  /** Why it takes no work now, by part; empty where it does. */
  readonly notReady: () => readonly string[]
  readonly elapsed: () => number
  readonly startedAt: number
}

/** Five ticks without one that ended well: something hangs. */
const TICK_WITHIN_MS = 5 * 60_000

/** Why this process should be started again; null where it works. */
export function hangs(health: Omit<Health, 'askDatabase' | 'notReady'>): string | null {
  const { watches, tickDueBy, heardAt, silentForMs, metrics, startedAt } = health
  const now = health.elapsed()
  if (!watches) return null
  if (now > tickDueBy()) return 'the tick stands still'
  if (now - heardAt() > silentForMs) return 'the database does not answer'
  const last = metrics.lastTickAt() ?? startedAt
  return now - last > TICK_WITHIN_MS ? 'no tick has ended well for five minutes' : null
}

export function opsRoutes(health: Health): Hono {
  const app = new Hono()
  app.get('/livez', (c) => {
    const why = hangs(health)
    return why === null ? c.text('ok\n') : c.text(`${why}\n`, 503)
  })
  app.get('/readyz', async (c) => {
    const lacking = [...health.notReady(), ...(await databaseLacking(health))]
    return lacking.length === 0 ? c.text('ok\n') : c.text(`${lacking.join('\n')}\n`, 503)
  })
  let scrape: Promise<string> | null = null
  app.get('/metrics', async (c) => {
    // Many askers share one look at the database.
    scrape ??= health.metrics.registry.metrics().finally(() => {
      scrape = null
    })
    return c.text(await scrape, 200, { 'content-type': health.metrics.registry.contentType })
  })
  app.notFound((c) => c.text('not found\n', 404))
  app.onError((_, c) => c.text('failed\n', 500))
  return app
}

async function databaseLacking({ askDatabase }: Health): Promise<readonly string[]> {
  const silent = ['the database does not answer']
  return await inTime(askDatabase(), DATABASE_WITHIN_MS, silent).catch(() => silent)
}

/** What a pool of connections lacks to work with, in words. @throws the database's error. */
export async function lackingIn(pool: Pool): Promise<readonly string[]> {
  const { max } = pool.options
  const used = [`all ${max} connections of this process are in use`]
  if (pool.waitingCount > 0 && pool.idleCount === 0 && pool.totalCount >= max) return used
  try {
    const { isStandby, isReadOnly } = await withTimeLimit('brief', () => readServer(pool))
    if (isStandby) return ['the database is a standby, which takes no writes']
    return isReadOnly ? ['the database is set to read only'] : []
  } catch (error) {
    if (errorCode(error) === '53300') return ['the database server has no connection left']
    throw error
  }
}

export interface OpsServer {
  readonly port: number
  close(): Promise<void>
}

/** Nobody needs longer to ask three questions, or to take an answer. */
const REQUEST_WITHIN_MS = 5000
const ANSWER_WITHIN_MS = 15_000
const MOST_CONNECTIONS = 128

/** Listens; port 0 takes a free one. @throws Error where the port is taken. */
export async function serveOps(app: Hono, port: number, host: string): Promise<OpsServer> {
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: {
      requestTimeout: REQUEST_WITHIN_MS,
      headersTimeout: REQUEST_WITHIN_MS,
      connectionsCheckingInterval: 1000,
      maxHeaderSize: 8192,
    },
  }) as Server
  preferNewcomers(server, { connections: MOST_CONNECTIONS, answerMs: ANSWER_WITHIN_MS })
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/**
 * Where the limit of connections is reached, a new one takes the place of the one that has waited
 * longest: for the rest of a request, for the next one, or for the answer to be taken. Whoever is
 * slow thus keeps nobody out, also from behind a proxy, where all come from one address. Where
 * every one is being answered, the oldest of those goes. An answer that is not taken in time
 * (`answerMs`, from the request's headers on) ends its connection.
 */
export function preferNewcomers(
  server: Server,
  { connections, answerMs }: { readonly connections: number; readonly answerMs: number },
): void {
  /** Who has waited longest stands first. */
  const open = new Map<Socket, Exchange | null>()
  const waits = (exchange: Exchange | null) =>
    exchange === null || !exchange.request.complete || exchange.response.writableEnded
  const firstToGo = () => {
    for (const [socket, exchange] of open) if (waits(exchange)) return socket
    return open.keys().next().value
  }
  server.on('connection', (socket: Socket) => {
    open.set(socket, null)
    socket.once('close', () => open.delete(socket))
    if (open.size <= connections) return
    const dropped = firstToGo()
    if (dropped === undefined) return
    open.delete(dropped)
    dropped.destroy()
  })
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request
    // One that was dropped may still have had a request in its buffer.
    if (open.has(socket)) open.set(socket, { request, response })
    const late = setTimeout(() => socket.destroy(), answerMs)
    response.once('close', () => {
      clearTimeout(late)
      if (open.delete(socket)) open.set(socket, null)
    })
  })
}

// So many at once, and so many a second for long.

export interface Bucket {
  /** Takes one; false where none is left for now. */
  take(): boolean
}

/** Full to begin with; `elapsed` in milliseconds of a monotonic clock. */
export function openBucket(
  { burst, perSecond }: { readonly burst: number; readonly perSecond: number },
  elapsed: () => number,
): Bucket {
  let left = burst
  let filledAt = elapsed()
  return {
    take() {
      const now = elapsed()
      left = Math.min(burst, left + ((now - filledAt) / 1000) * perSecond)
      filledAt = now
      if (left < 1) return false
      left -= 1
      return true
    },
  }
}
