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
  for (let failures = 0; Date.now() < deadline && failures < 5; failures += 1) {
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
    // Its port may have been taken since it was found free.
    port = await freePort(0)
  }
  throw new DatabaseProblem(
    `The embedded database in ${cluster} did not start. Its log ${folder.log} ends with:\n${logEnd(folder.log, logStart)}`,
  )
}

/** The wanted port where it is free, else any free one. */
async function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', () => (wanted === 0 ? reject : resolve(freePort(0))))
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      probe.close(() => resolve(port))
    })
  })
}

function logEnd(file: string, from: number): string {
  if (!existsSync(file)) return '(empty)'
  const text = readFileSync(file).subarray(from).toString('utf8').trim()
  return text.split('\n').slice(-8).join('\n')
}
