/** The port for supervisors, apart from the one that Slack calls. */
import { once } from 'node:events'
import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'

export interface OpsServer {
  readonly port: number
  close(): Promise<void>
}

/** Nobody needs longer to ask three questions: slow clients do not hold sockets. */
const REQUEST_WITHIN_MS = 5000
const MOST_CONNECTIONS = 50

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
  })
  server.maxConnections = MOST_CONNECTIONS
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close() {
      if ('closeAllConnections' in server) server.closeAllConnections()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}
