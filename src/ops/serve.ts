/** The port for supervisors, apart from the one that Slack calls. */
import { once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'

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
