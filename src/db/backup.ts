/** The whole database into one file: one snapshot, a COPY a table, sealed with its hash. */
import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import type { ClientBase, Pool } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { type BackupHeader, type Frame, frameWriter, readFrames } from './backup-format.ts'
import { withTimeLimit } from './connection.ts'
import { DatabaseProblem, errorCode } from './problem.ts'
import { quoted, readMigrationNames, readTables, type Table } from './tables.ts'

export interface BackedUp {
  readonly takenAt: string
  readonly tables: number
  readonly sha256: string
}

/**
 * Writes a backup that only its owner may read, and reads it again to see that it is whole. Others
 * go on working meanwhile: it shows the database at one moment.
 * @throws DatabaseProblem where the file exists, or cannot be written.
 */
export function backUp(pool: Pool, file: string): Promise<BackedUp> {
  return withTimeLimit('long', () => backUpTo(pool, file))
}

async function backUpTo(pool: Pool, file: string): Promise<BackedUp> {
  const partial = `${file}.partial`
  await claimName(file)
  const client = await pool.connect()
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const written = await writeFile(client, partial)
    await client.query('COMMIT')
    const read = await checkBackup(partial)
    if (read.sha256 !== written.sha256) {
      throw new DatabaseProblem(
        'The backup reads otherwise than it was written: the disk is at fault.',
      )
    }
    await rename(partial, file)
    client.release()
    return written
  } catch (error) {
    client.release(true)
    await rm(partial, { force: true })
    throw error
  }
}

/** @throws DatabaseProblem where there is such a file: a backup never replaces another. */
async function claimName(file: string): Promise<void> {
  try {
    await (await open(file, 'wx', 0o600)).close()
    await rm(file)
  } catch (error) {
    throw new DatabaseProblem(
      errorCode(error) === 'EEXIST'
        ? `${file} exists already: give the backup a name of its own.`
        : `${file} cannot be written (${errorCode(error) ?? 'unknown'}): name a folder that exists and that you may write to.`,
    )
  }
}

async function writeFile(client: ClientBase, file: string): Promise<BackedUp> {
  const gzip = createGzip({ level: 6 })
  const stored = pipeline(gzip, createWriteStream(file, { mode: 0o600, flags: 'w', flush: true }))
  stored.catch((error: Error) => gzip.destroy(error))
  const frames = frameWriter(gzip)
  const taken = await client.query<{ at: Date }>('SELECT transaction_timestamp() AS at')
  const takenAt = (taken.rows[0]?.at ?? new Date(0)).toISOString()
  const migrations = await readMigrationNames(client)
  await frames.header({ lapsewatch: 'backup', version: 1, takenAt, migrations })
  const tables = await readTables(client)
  for (const table of tables) await writeTable(client, table, frames)
  for (const sequence of await readSequences(client)) await frames.sequence(sequence)
  const sha256 = await frames.seal()
  gzip.end()
  await stored
  return { takenAt, tables: tables.length, sha256 }
}

/** A table's rows in the order of its key, so that equal contents make equal bytes. */
export async function writeTable(
  client: ClientBase,
  { name, columns, order }: Table,
  frames: Pick<ReturnType<typeof frameWriter>, 'table' | 'rows' | 'end'>,
): Promise<void> {
  await frames.table({ table: name, columns })
  const list = columns.map(quoted).join(', ')
  const rows = client.query(
    copyTo(`COPY (SELECT ${list} FROM ${quoted(name)} ORDER BY ${order}) TO STDOUT`),
  )
  // Rows come one by one: small ones are gathered, a frame each would double the file.
  let pieces: Buffer[] = []
  let length = 0
  const flush = async () => {
    if (length > 0) await frames.rows(Buffer.concat(pieces))
    pieces = []
    length = 0
  }
  for await (const piece of rows as AsyncIterable<Buffer>) {
    pieces.push(piece)
    length += piece.length
    if (length >= GATHER) await flush()
  }
  await flush()
  await frames.end()
}

const GATHER = 256 * 1024

export async function readSequences(
  client: ClientBase,
): Promise<{ readonly sequence: string; readonly value: string }[]> {
  const found = await client.query<{ sequence: string; value: string }>(
    `SELECT sequencename::text AS sequence, coalesce(last_value, 0)::text AS value FROM pg_sequences
     WHERE schemaname = current_schema() ORDER BY sequencename`,
  )
  return found.rows
}

/** What a backup is of, once it was read to its end. @throws DatabaseProblem where it is not whole. */
export async function checkBackup(
  file: string,
): Promise<{ readonly header: BackupHeader; readonly sha256: string }> {
  let header: BackupHeader | null = null
  for await (const frame of framesOf(file)) {
    if (frame.kind === 'header') header = frame.header
    if (frame.kind === 'sealed' && header !== null) return { header, sha256: frame.sha256 }
  }
  throw new DatabaseProblem(`${file} is no backup of Lapsewatch.`)
}

/** The frames of a backup's file. @throws DatabaseProblem where it is none. */
export async function* framesOf(file: string): AsyncGenerator<Frame> {
  const input = createReadStream(file)
  const gunzip = createGunzip()
  input.on('error', (error) => gunzip.destroy(error))
  try {
    yield* readFrames(input.pipe(gunzip), file)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw new DatabaseProblem(`There is no file ${file}.`)
    throw error
  } finally {
    input.destroy()
  }
}
