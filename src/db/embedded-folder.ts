import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { DatabaseProblem, errorCode, errorText } from './problem.ts'

/** Where things are in the data folder. */
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
