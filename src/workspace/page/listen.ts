/** Opens the page for browsers on this machine. */
import type { AddressInfo } from 'node:net'
import { createAdaptorServer, type ServerType } from '@hono/node-server'
import type { Hono } from 'hono'

export interface OpenPage {
  /** Where the page is; without a slash at the end. */
  readonly url: string
  close(): Promise<void>
}

/** The page is for this machine alone: no setting makes it listen elsewhere. */
const LOOPBACK = '127.0.0.1'
const MORE_PORTS = 20

/** Listens on the port or the next free one; on any where it is 0. @throws Error where none is free. */
export async function listenOnLoopback(app: Hono, port: number): Promise<OpenPage> {
  for (let tried = port; ; tried += 1) {
    const server = createAdaptorServer({ fetch: app.fetch })
    try {
      await listening(server, tried)
    } catch (error) {
      const taken = (error as { code?: unknown }).code === 'EADDRINUSE'
      if (taken && tried < Math.min(port + MORE_PORTS, 65_535)) continue
      throw new Error(
        `The page cannot be opened: no port from ${port} to ${tried} is free. Set LAPSEWATCH_PAGE_PORT to another.`,
        { cause: error },
      )
    }
    const { port: taken } = server.address() as AddressInfo
    return {
      url: `http://${LOOPBACK}:${taken}`,
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve())
          if ('closeAllConnections' in server) server.closeAllConnections()
        }),
    }
  }
}

function listening(server: ServerType, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, LOOPBACK, resolve)
  })
}
