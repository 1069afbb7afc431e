import { randomBytes } from 'node:crypto'
import { chownSync, mkdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { clusterMajor, initCluster, stopServer } from './cluster.ts'
import {
  type EmbeddedFolder,
  embeddedFolder,
  makeSecrets,
  type Pointer,
  readPointer,
  readSecrets,
  type Secrets,
  unwritable,
  writePointer,
} from './embedded-folder.ts'
import { prepareServer, serverUrl } from './embedded-roles.ts'
import { withFolderLock } from './folder-lock.ts'
import { hold, type Keeper } from './keeper.ts'
import { DatabaseProblem, errorCode, errorText } from './problem.ts'
import { type ServerFiles, serverFiles } from './server-files.ts'
import { startServer } from './server-start.ts'
import { canEnter, type ServerUser, serverUser } from './server-user.ts'

export type EmbeddedOptions = {
  /** Holds the pointer, the passwords, the log and, where the server's user can enter, the data. */
  readonly dataFolder: string
  readonly log: (line: string) => void
  /** Where root puts what the server's user could not reach in the data folder. */
  readonly shelter?: string
  /** False gives up crash safety for speed: for throw-away data only. */
  readonly durable?: boolean
}

export type EmbeddedServer = {
  /** Logs in as lapsewatch_owner, which owns the database and migrates it. */
  readonly migrateUrl: string
  /** Logs in as lapsewatch_run, which holds only what migrations grant. */
  readonly runUrl: string
  /** Logs in as the superuser, on the same database. */
  readonly adminUrl: string
  /** A first start, a start on data there was, or a server that ran already. */
  readonly started: 'new' | 'started' | 'attached'
  /** Lets go; the last process that does stops the server. */
  close(): Promise<void>
}

type Running = {
  readonly keeper: Keeper
  readonly secrets: Secrets
  readonly pointer: Pointer
  readonly started: EmbeddedServer['started']
}

const SHELTER = '/var/lib/lapsewatch'
const REVIVE_MS = [100, 1_000, 5_000]
const REVIVE_LATER_MS = 10_000

/**
 * The embedded PostgreSQL of a data folder: attached to where it runs, else started, else made.
 * Should it go away while in use, it is started again at the same address.
 * @throws DatabaseProblem where it cannot run here, saying what to do instead.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const folder = embeddedFolder(options.dataFolder)
  let closing = false
  let running = await obtain(folder, options, lost)
  const { secrets, pointer, started } = running
  return {
    migrateUrl: serverUrl('lapsewatch_owner', secrets.owner, pointer.port),
    runUrl: serverUrl('lapsewatch_run', secrets.run, pointer.port),
    adminUrl: serverUrl('lapsewatch_admin', secrets.admin, pointer.port),
    started,
    async close() {
      closing = true
      if (!(await running.keeper.release())) return
      const files = process.platform === 'win32' ? serverFiles(null, SHELTER, options.log) : null
      await stopServer(files, pointer.cluster)
    },
  }

  function lost(): void {
    if (closing) return
    options.log('The embedded database went away; starting it again…')
    void revive()
  }

  async function revive(): Promise<void> {
    for (let tries = 0; !closing; tries += 1) {
      await pause(REVIVE_MS[tries] ?? REVIVE_LATER_MS, undefined, { ref: false })
      if (closing) return
      try {
        running = await obtain(folder, options, lost)
      } catch (error) {
        options.log(errorText(error))
        continue
      }
      if (running.pointer.port === pointer.port) options.log('The embedded database is back.')
      else options.log('The embedded database is back at another port: restart Lapsewatch.')
      return
    }
  }
}

async function obtain(
  folder: EmbeddedFolder,
  options: EmbeddedOptions,
  lost: () => void,
): Promise<Running> {
  const found = await attach(folder, 'attached', lost)
  if (found) return found
  try {
    return await withFolderLock(folder.lock, () => attachOrStart(folder, options, lost))
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS', 'ENOSPC'].includes(errorCode(error) ?? '')) {
      throw unwritable(folder.root, error)
    }
    throw error
  }
}

/** Attaches where a login succeeds: a pid file may outlive its server, a port may change hands. */
async function attach(
  folder: EmbeddedFolder,
  started: Running['started'],
  lost: () => void,
): Promise<Running | null> {
  const pointer = readPointer(folder)
  if (!pointer?.prepared) return null
  const secrets = readSecrets(folder)
  if (!secrets) return null
  const url = serverUrl('lapsewatch_run', secrets.run, pointer.port, 'postgres')
  const keeper = await hold(url, lost)
  return keeper && { keeper, secrets, pointer, started }
}

async function attachOrStart(
  folder: EmbeddedFolder,
  options: EmbeddedOptions,
  lost: () => void,
): Promise<Running> {
  // Whoever held the lock may have started it.
  const found = await attach(folder, 'attached', lost)
  if (found) return found

  const before = readPointer(folder)
  const cluster = before?.cluster ?? folder.cluster
  const isNew = checkCluster(folder, before, cluster)
  const user = serverUser(isNew ? null : statSync(cluster).uid, options.log)
  const shelter = options.shelter ?? SHELTER
  const files = serverFiles(user, shelter, options.log)
  const major = clusterMajor(cluster)
  if (major !== null && major !== files.major) throw otherMajor(folder, cluster, major, files)

  const durable = options.durable ?? true
  const secrets = readSecrets(folder) ?? makeSecrets(folder)
  let pointer = before ?? { major: files.major, port: 0, cluster, prepared: false }
  if (isNew) {
    const place = placeForData(folder, user, shelter, options.log)
    options.log('Setting up the database…')
    initCluster(files, place, user, secrets.admin, durable)
    pointer = { ...pointer, cluster: place }
    writePointer(folder, pointer)
  }
  const port = await startServer(folder, pointer, files, user, secrets, durable)
  if (!pointer.prepared) await prepareServer(secrets, port)
  writePointer(folder, { ...pointer, port, prepared: true })
  const running = await attach(folder, isNew ? 'new' : 'started', lost)
  if (running) return running
  throw new DatabaseProblem(`The embedded database went away as it started: see ${folder.log}.`)
}

/** Whether a cluster is still to be made; refuses where one should be there and is not whole. */
function checkCluster(folder: EmbeddedFolder, before: Pointer | null, cluster: string): boolean {
  if (clusterMajor(cluster) === null) {
    if (before === null) return true
    throw new DatabaseProblem(
      `The database should be in ${cluster}, but is not there: bring it back (a disk not mounted, a folder moved), or delete ${folder.pointer} to begin with an empty one.`,
    )
  }
  if (readSecrets(folder)) return false
  throw new DatabaseProblem(
    `There is a database in ${cluster}, but its passwords in ${folder.secrets} are missing: bring that file back, or move ${cluster} and ${folder.pointer} aside to begin with an empty database.`,
  )
}

function otherMajor(
  folder: EmbeddedFolder,
  cluster: string,
  major: number,
  files: ServerFiles,
): DatabaseProblem {
  return new DatabaseProblem(
    `The database in ${cluster} was written by PostgreSQL ${major}; this version of Lapsewatch brings PostgreSQL ${files.major}, which cannot read it. Go back to the version you had, or set DATABASE_URL to a PostgreSQL ${major} server on that folder, or move ${cluster} and ${folder.pointer} aside and import the registers again.`,
  )
}

/** The data folder itself, or, where the server's user cannot enter it, a place in the shelter. */
function placeForData(
  folder: EmbeddedFolder,
  user: ServerUser | null,
  shelter: string,
  log: (line: string) => void,
): string {
  if (user === null || canEnter(user, folder.root)) return folder.cluster
  const place = path.join(shelter, `data-${randomBytes(6).toString('hex')}`)
  mkdirSync(place, { recursive: true, mode: 0o711 })
  chownSync(place, user.uid, user.gid)
  if (!canEnter(user, place)) {
    throw new DatabaseProblem(
      `PostgreSQL does not run as root, and the user ${user.name} can enter neither ${folder.root} nor ${shelter}: name a folder in LAPSEWATCH_DATA that it can enter, or set DATABASE_URL.`,
    )
  }
  log(`The data goes to ${place}: ${user.name}, who runs the server, cannot enter ${folder.root}.`)
  return path.join(place, 'postgres')
}
