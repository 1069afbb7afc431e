import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
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
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { processAlive } from './folder-lock.ts'
import { DatabaseProblem, errorCode } from './problem.ts'
import { program, type ServerFiles } from './server-files.ts'
import { runAs, type ServerUser } from './server-user.ts'

/** The superuser of an embedded cluster. */
export const ADMIN = 'lapsewatch_admin'

const LOG_LIMIT_BYTES = 1_000_000
const STOP_WAIT_MS = 30_000

/** The major version whose server wrote a cluster, or null where there is no cluster. */
export function clusterMajor(cluster: string): number | null {
  const file = path.join(cluster, 'PG_VERSION')
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : null
}

/** Makes a cluster, aside first, so that what carries its name is always complete. */
export function initCluster(
  files: ServerFiles,
  cluster: string,
  user: ServerUser | null,
  adminPassword: string,
  durable: boolean,
): void {
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
    const made = spawnSync(program(files, 'initdb'), args, { ...runAs(user), encoding: 'utf8' })
    if (made.status !== 0) {
      throw new DatabaseProblem(
        `The database folder ${cluster} could not be made: ${made.error?.message ?? made.stderr.trim()}`,
      )
    }
    renameSync(fresh, cluster)
  } finally {
    rmSync(passwordFile, { force: true })
    rmSync(fresh, { recursive: true, force: true })
  }
}

export type Launched = { readonly child: ChildProcess; exited(): boolean }

/**
 * Starts the server on loopback. It gets a session of its own, so that neither Ctrl-C nor the end
 * of this process takes it down with other processes still using it.
 */
export function launch(
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
export function serverPort(cluster: string): number | null {
  const port = Number.parseInt(pidFile(cluster)[3] ?? '', 10)
  return Number.isInteger(port) ? port : null
}

/** Whether the running server says that it takes logins; asked before each try, to spare its log. */
export function serverReady(cluster: string): boolean {
  return pidFile(cluster)[7]?.trim() === 'ready'
}

/** Removes what a server that died with the machine left, where its number is another's by now. */
export function clearStalePid(cluster: string): void {
  const pid = Number.parseInt(pidFile(cluster)[0] ?? '', 10)
  if (Number.isInteger(pid) && processAlive(pid) && !isServer(pid)) {
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

function pidFile(cluster: string): string[] {
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
