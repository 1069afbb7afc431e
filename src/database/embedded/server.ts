/**
 * The embedded server: prepared, started or joined, with its roles, and stopped by the last to
 * leave.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import { openClient } from '../connect.ts'
import { DatabaseProblem, errorCode, errorText } from '../errors.ts'
import {
  canEnter,
  type EmbeddedFolder,
  embeddedFolder,
  makeSecrets,
  type Pointer,
  program,
  readPointer,
  readSecrets,
  runAs,
  type Secrets,
  type ServerFiles,
  type ServerUser,
  serverFiles,
  serverUser,
  unwritable,
  writePointer,
} from './files.ts'
import { canLogIn, hold, type ProcessLock, processAlive, withFolderLock } from './locks.ts'

type EmbeddedOptions = {
  /** Holds the pointer, the passwords, the log and, where the server's user can enter, the data. */
  readonly dataFolder: string
  readonly log: (line: string) => void
  /** Where root puts what the server's user could not reach in the data folder. */
  readonly shelter?: string
  /** False gives up crash safety for speed: for throw-away data only. */
  readonly durable?: boolean
}

type EmbeddedServer = {
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
  readonly processLock: ProcessLock
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
      if (!(await running.processLock.release())) return
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

/**
 * Attaches where this folder's server runs at the noted port and a login succeeds: a pid file may
 * outlive its server, a port may change hands, and a copy of the folder has the same port and
 * passwords as the folder whose server answers there.
 */
async function attach(
  folder: EmbeddedFolder,
  started: Running['started'],
  lost: () => void,
): Promise<Running | null> {
  const pointer = readPointer(folder)
  if (!pointer?.prepared) return null
  const { cluster, port } = pointer
  if (serverPid(cluster) === null || serverPort(cluster) !== port) return null
  const secrets = readSecrets(folder)
  if (!secrets) return null
  const url = serverUrl('lapsewatch_run', secrets.run, port, 'postgres')
  const processLock = await hold(url, lost)
  return processLock && { processLock, secrets, pointer, started }
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
    await initCluster(files, place, user, secrets.admin, durable)
    pointer = { ...pointer, cluster: place }
    writePointer(folder, pointer)
  }
  const port = await startServer(folder, pointer, files, user, secrets, durable)
  if (!pointer.prepared) await prepareServer(secrets, port)
  writePointer(folder, { ...pointer, port, prepared: true })
  // On a busy machine a login to a server that has just come up may take longer than it is given.
  for (let logins = 0; logins < 3; logins += 1) {
    const running = await attach(folder, isNew ? 'new' : 'started', lost)
    if (running) return running
  }
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

const START_WAIT_MS = 120_000
/** Twice as long after each failure: some six seconds in all. */
const FIRST_PAUSE_MS = 50
const MOST_FAILURES = 7

/** Below what Linux, macOS and Windows give to outgoing connections, which would take it away. */
const PORTS = { from: 20_000, below: 32_768 } as const
const PORT_WAIT_MS = 5_000

/** Starts the server and returns its port once it takes logins. */
async function startServer(
  folder: EmbeddedFolder,
  pointer: Pointer,
  files: ServerFiles,
  user: ServerUser | null,
  secrets: Secrets,
  durable: boolean,
): Promise<number> {
  const { cluster } = pointer
  const adminUrl = (at: number) => serverUrl('lapsewatch_admin', secrets.admin, at, 'postgres')
  const deadline = performance.now() + START_WAIT_MS
  const logStart = statSync(folder.log, { throwIfNoEntry: false })?.size ?? 0
  let port = await freePort(pointer.port)
  for (let failures = 0; performance.now() < deadline && failures < MOST_FAILURES; failures += 1) {
    // One that is shutting down, or that lives on without a pointer to it.
    for (; serverPid(cluster) !== null && performance.now() < deadline; await pause(5)) {
      const running = serverPort(cluster)
      if (running !== null && serverReady(cluster) && (await canLogIn(adminUrl(running))))
        return running
    }
    clearStalePid(cluster)
    const server = launch(files, cluster, user, port, folder.log, durable)
    while (!server.exited() && performance.now() < deadline) {
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

const ADMIN = 'lapsewatch_admin'

const LOG_LIMIT_BYTES = 1_000_000
const STOP_WAIT_MS = 30_000

/** The major version whose server wrote a cluster, or null where there is no cluster. */
function clusterMajor(cluster: string): number | null {
  const file = path.join(cluster, 'PG_VERSION')
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : null
}

/** Makes a cluster, aside first, so that what carries its name is always complete. */
async function initCluster(
  files: ServerFiles,
  cluster: string,
  user: ServerUser | null,
  adminPassword: string,
  durable: boolean,
): Promise<void> {
  const fresh = `${cluster}.${process.pid}`
  const passwordFile = `${fresh}.password`
  try {
    rmSync(fresh, { recursive: true, force: true })
    mkdirSync(fresh, { recursive: true, mode: 0o700 })
    writeFileSync(passwordFile, adminPassword, { mode: 0o600 })
    if (user) for (const made of [fresh, passwordFile]) chownSync(made, user.uid, user.gid)
    const args = [
      ...['--pgdata', fresh, '--username', ADMIN, '--pwfile', passwordFile],
      ...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--no-instructions'],
      // PostgreSQL's own C.UTF-8: the same order of text on every system, whatever its libc.
      ...['--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--locale', 'C'],
      ...(durable ? [] : ['--no-sync']),
    ]
    const why = await failureOf(program(files, 'initdb'), args, user)
    if (why !== null) {
      throw new DatabaseProblem(`The database folder ${cluster} could not be made: ${why}`)
    }
    renameSync(fresh, cluster)
  } finally {
    rmSync(passwordFile, { force: true })
    rmSync(fresh, { recursive: true, force: true })
  }
}

/** Why the command did not end well; null where it did. */
function failureOf(command: string, args: string[], user: ServerUser | null) {
  return new Promise<string | null>((resolve) => {
    const stdio = ['ignore', 'ignore', 'pipe'] as const
    const child = spawn(command, args, { ...runAs(user), stdio: [...stdio] })
    let told = ''
    child.stderr?.on('data', (piece) => {
      told += piece
    })
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code) => resolve(code === 0 ? null : told.trim()))
  })
}

type Launched = { readonly child: ChildProcess; exited(): boolean }

/**
 * Starts the server on loopback. It gets a session of its own, so that neither Ctrl-C nor the end
 * of this process takes it down with other processes still using it.
 */
function launch(
  files: ServerFiles,
  cluster: string,
  user: ServerUser | null,
  port: number,
  logFile: string,
  durable: boolean,
): Launched {
  if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES) {
    renameSync(logFile, `${logFile}.1`)
  }
  const log = openSync(logFile, 'a', 0o600)
  try {
    const child = spawn(program(files, 'postgres'), ['-D', cluster, ...settings(port, durable)], {
      ...runAs(user),
      detached: true,
      stdio: ['ignore', log, log],
    })
    let exited = false
    child.on('exit', () => {
      exited = true
    })
    child.on('error', () => {
      exited = true
    })
    child.unref()
    return { child, exited: () => exited }
  } finally {
    closeSync(log)
  }
}

function settings(port: number, durable: boolean): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 100,
    shared_buffers: '128MB',
    // One machine, no replicas.
    wal_level: 'minimal',
    max_wal_senders: 0,
    max_logical_replication_workers: 0,
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // A client killed during a long query frees its locks within seconds.
    client_connection_check_interval: '5s',
    // Above "error": the program reports its own failed statements, and their values, which may
    // name people, stay out of the log. It grows by some ten lines a start.
    log_min_messages: 'log',
    log_checkpoints: 'off',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** The process id of the server that runs on a cluster, or null where none does. */
export function serverPid(cluster: string): number | null {
  const pid = Number.parseInt(pidFile(cluster)[0] ?? '', 10)
  return Number.isInteger(pid) && processAlive(pid) && isServer(pid) ? pid : null
}

/** The port that the running server wrote down, or null. */
function serverPort(cluster: string): number | null {
  const port = Number.parseInt(pidFile(cluster)[3] ?? '', 10)
  return Number.isInteger(port) ? port : null
}

/** Whether the running server says that it takes logins; asked before each try, to spare its log. */
function serverReady(cluster: string): boolean {
  return pidFile(cluster)[7]?.trim() === 'ready'
}

/**
 * Removes what a server that died with the machine left, where its number is another's by now, and
 * what came along with a copy of another server's folder.
 */
function clearStalePid(cluster: string): void {
  const lines = pidLines(cluster)
  const pid = Number.parseInt(lines[0] ?? '', 10)
  const isOthers = Number.isInteger(pid) && processAlive(pid) && !isServer(pid)
  if (isOthers || isOfOther(cluster, lines)) {
    rmSync(path.join(cluster, 'postmaster.pid'), { force: true })
  }
}

/** False only where the system says that the process is some other program. */
function isServer(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('postgres')
  } catch {
    return true
  }
}

/** What the server of this cluster wrote down of itself; empty where none did. */
function pidFile(cluster: string): string[] {
  const lines = pidLines(cluster)
  return isOfOther(cluster, lines) ? [] : lines
}

/** Whether these lines name another folder that is there: a folder that was moved names one that is gone. */
function isOfOther(cluster: string, [, folder = '']: readonly string[]): boolean {
  const [named, own] = [folder.trim(), cluster].map((each) =>
    each === '' ? undefined : statSync(each, { throwIfNoEntry: false, bigint: true }),
  )
  return (
    named !== undefined && own !== undefined && (named.ino !== own.ino || named.dev !== own.dev)
  )
}

function pidLines(cluster: string): string[] {
  try {
    return readFileSync(path.join(cluster, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return []
  }
}

/** Stops the server (fast shutdown: open transactions roll back) and waits until it is down. */
export async function stopServer(files: ServerFiles | null, cluster: string): Promise<void> {
  const pid = serverPid(cluster)
  if (pid === null) return
  if (process.platform === 'win32' && files) {
    // Windows knows no SIGINT between processes; pg_ctl asks the server by its own signal pipe.
    spawnSync(program(files, 'pg_ctl'), ['stop', '-m', 'fast', '-D', cluster], { stdio: 'ignore' })
    return
  }
  try {
    process.kill(pid, 'SIGINT')
  } catch (error) {
    // Another user's server: that user's next process to end stops it.
    if (errorCode(error) === 'EPERM' || errorCode(error) === 'ESRCH') return
    throw error
  }
  for (let waited = 0; waited < STOP_WAIT_MS && pidFile(cluster).length > 0; waited += 5) {
    await pause(5)
  }
}

type ServerRole = 'lapsewatch_admin' | 'lapsewatch_owner' | 'lapsewatch_run'

function serverUrl(
  role: ServerRole,
  password: string,
  port: number,
  database = 'lapsewatch',
): string {
  return `postgresql://${role}:${password}@127.0.0.1:${port}/${database}`
}

/**
 * Makes the two login roles and the database, as far as they are missing: a first start that was
 * cut short is finished by the next.
 */
async function prepareServer(secrets: Secrets, port: number): Promise<void> {
  const url = serverUrl('lapsewatch_admin', secrets.admin, port, 'postgres')
  const client = await openClient(url, { applicationName: 'lapsewatch' })
  try {
    // No role of ours is called as the database is.
    const names = await client.query<{ name: string }>(
      'SELECT rolname AS name FROM pg_roles UNION ALL SELECT datname FROM pg_database',
    )
    const has = new Set(names.rows.map((row) => row.name))
    for (const [role, password] of [
      ['lapsewatch_owner', secrets.owner],
      ['lapsewatch_run', secrets.run],
    ] as const) {
      await client.query(
        `${has.has(role) ? 'ALTER' : 'CREATE'} ROLE ${role} LOGIN PASSWORD '${password}'`,
      )
    }
    if (!has.has('lapsewatch')) {
      await createDatabase(client, 'lapsewatch')
    }
  } finally {
    await client.end()
  }
}

/** An empty one, of the role that owns the tables. */
export async function createDatabase(client: pg.Client, name: string): Promise<void> {
  await client.query(`CREATE DATABASE ${name} OWNER lapsewatch_owner`)
}
