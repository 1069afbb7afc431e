import { randomInt } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { clearStalePid, launch, serverPid, serverPort, serverReady } from './cluster.ts'
import type { EmbeddedFolder, Pointer, Secrets } from './embedded-folder.ts'
import { serverUrl } from './embedded-roles.ts'
import { canLogIn } from './keeper.ts'
import { DatabaseProblem } from './problem.ts'
import type { ServerFiles } from './server-files.ts'
import type { ServerUser } from './server-user.ts'

const START_WAIT_MS = 120_000
/** Twice as long after each failure: some six seconds in all. */
const FIRST_PAUSE_MS = 50
const MOST_FAILURES = 7

/** Below what Linux, macOS and Windows give to outgoing connections, which would take it away. */
const PORTS = { from: 20_000, below: 32_768 } as const
const PORT_WAIT_MS = 5_000

/** Starts the server and returns its port once it takes logins. */
export async function startServer(
  folder: EmbeddedFolder,
  pointer: Pointer,
  files: ServerFiles,
  user: ServerUser | null,
  secrets: Secrets,
  durable: boolean,
): Promise<number> {
  const { cluster } = pointer
  const adminUrl = (at: number) => serverUrl('lapsewatch_admin', secrets.admin, at, 'postgres')
  const deadline = Date.now() + START_WAIT_MS
  const logStart = statSync(folder.log, { throwIfNoEntry: false })?.size ?? 0
  let port = await freePort(pointer.port)
  for (let failures = 0; Date.now() < deadline && failures < MOST_FAILURES; failures += 1) {
    // One that is shutting down, or that lives on without a pointer to it.
    for (; serverPid(cluster) !== null && Date.now() < deadline; await pause(5)) {
      const running = serverPort(cluster)
      if (running !== null && serverReady(cluster) && (await canLogIn(adminUrl(running))))
        return running
    }
    clearStalePid(cluster)
    const server = launch(files, cluster, user, port, folder.log, durable)
    while (!server.exited() && Date.now() < deadline) {
      if (serverReady(cluster) && (await canLogIn(adminUrl(port)))) return port
      await pause(5)
    }
    // A query that outlived a killed server holds its memory until it notices; whoever is
    // connected comes back to the old port, so that one is tried again, unless it was taken.
    await pause(FIRST_PAUSE_MS * 2 ** failures)
    port = await freePort(port)
  }
  throw new DatabaseProblem(
    `The embedded database in ${cluster} did not start. Its log ${folder.log} ends with:\n${logEnd(folder.log, logStart)}`,
  )
}

/** The wanted port where it is free or becomes so, else any free one; 0 wants none. */
async function freePort(wanted: number): Promise<number> {
  for (let waited = 0; wanted !== 0 && waited < PORT_WAIT_MS; waited += 100) {
    if (await isFree(wanted)) return wanted
    await pause(100)
  }
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(PORTS.from, PORTS.below)
    if (await isFree(port)) return port
  }
  throw new DatabaseProblem(
    `No port from ${PORTS.from} to ${PORTS.below - 1} is free on 127.0.0.1 for the embedded database: free one, or set DATABASE_URL.`,
  )
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

function logEnd(file: string, from: number): string {
  if (!existsSync(file)) return '(empty)'
  const text = readFileSync(file).subarray(from).toString('utf8').trim()
  return text.split('\n').slice(-8).join('\n')
}
