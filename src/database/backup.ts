/** The whole database into one file: one snapshot, a COPY a table, sealed with its hash. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import type pg from 'pg'
import type { ClientBase, Pool } from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { compare } from '../rules/text-match.ts'
import { countForPlanner, quoted, readTables, type Table } from './bulk.ts'
import { openClient, transact, withTimeLimit } from './connect.ts'
import { DatabaseProblem, errorCode, errorText } from './errors.ts'
import {
  applyWithin,
  lockMigrations,
  type Migration,
  readMigrations,
  readRecord,
} from './migrate.ts'

interface BackedUp {
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
  const recorded = [...(await readRecord(client)).values()].filter(({ finished }) => finished)
  const migrations = recorded.map(({ name }) => name).sort(compare)
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
async function writeTable(
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
async function* framesOf(file: string): AsyncGenerator<Frame> {
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

interface Restored {
  readonly takenAt: string
  readonly rows: number
  readonly sha256: string
  /** Migrations that brought an older backup up to date, by name. */
  readonly migrated: readonly string[]
}

interface RestoreOptions {
  readonly replace: boolean
  /** Connections of this program's own that do not count as others at work. */
  readonly ownConnections: number
}

/** Tables that are empty where nobody has worked yet. */
const WORKED = ['contract', 'source', 'person', 'delivery', 'audit_entry'] as const

/**
 * Restores as the role that owns the tables, in one transaction. A backup of an older version goes
 * into that version's tables, which are then brought up to date as the database would have been.
 * Afterwards the database says of itself that it was restored, and from when: delivery looks in
 * Slack for what it has forgotten.
 * @throws DatabaseProblem where the backup is not whole or of a newer version, the database is not
 *   empty, or somebody works in it.
 */
export function restoreBackup(
  ownerUrl: string,
  file: string,
  options: RestoreOptions,
): Promise<Restored> {
  return withTimeLimit('long', () => restore(ownerUrl, file, options))
}

async function restore(ownerUrl: string, file: string, options: RestoreOptions): Promise<Restored> {
  // Read to its end before anything is touched or waits for a lock.
  const { header } = await checkBackup(file)
  const { laid, later } = splitMigrations(header)
  const client = await openClient(ownerUrl, { applicationName: 'lapsewatch restore' })
  try {
    return await transact(client, '10s', async () => {
      await refuseOthers(client, options)
      const tables = await readTables(client)
      await client.query(`LOCK TABLE ${namesOf(tables)}`)
      if (!options.replace) await refuseWorked(client)
      if (later.length === 0) await emptyAll(client, tables)
      else await layDown(client, tables, laid)
      const restored = await readInto(client, file)
      await applyWithin(client, later)
      await noteRestore(client, restored.takenAt)
      const restoredTables = await readTables(client)
      await countForPlanner(
        client,
        restoredTables.map(({ name }) => name),
      )
      return { ...restored, migrated: later.map(({ name }) => name) }
    })
  } finally {
    await client.end().catch(() => undefined)
  }
}

const namesOf = (tables: readonly Table[]) => tables.map(({ name }) => quoted(name)).join(', ')

/** The migrations that the backup was made with, and those that came later. */
function splitMigrations({ migrations }: BackupHeader): {
  readonly laid: readonly Migration[]
  readonly later: readonly Migration[]
} {
  const known = readMigrations()
  const newer = migrations.filter((name) => !known.some((each) => each.name === name))
  if (newer.length > 0) {
    throw new DatabaseProblem(
      `This backup is of a newer version of Lapsewatch (it has migration ${newer.at(-1)}): update Lapsewatch, then restore it.`,
    )
  }
  const isLaid = ({ name }: Migration) => migrations.includes(name)
  return { laid: known.filter(isLaid), later: known.filter((each) => !isLaid(each)) }
}

async function refuseOthers(client: pg.Client, { ownConnections }: RestoreOptions): Promise<void> {
  const found = await client.query<{ others: number }>(
    `SELECT count(*)::int AS others FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'lapsewatch'`,
  )
  if ((found.rows[0]?.others ?? 0) > ownConnections) {
    throw new DatabaseProblem(
      'Lapsewatch is at work in this database: stop every process of it first.',
    )
  }
}

async function refuseWorked(client: pg.Client): Promise<void> {
  const full = WORKED.map((table) => `EXISTS (SELECT FROM ${quoted(table)})`).join(' OR ')
  const found = await client.query<{ worked: boolean }>(`SELECT ${full} AS worked`)
  if (found.rows[0]?.worked !== true) return
  throw new DatabaseProblem(
    'This database is not empty, and all that it holds would be lost. Restore into an empty one (another LAPSEWATCH_DATA or DATABASE_URL), or say --replace.',
  )
}

/** The audit refuses to be emptied: its guards stand aside for this transaction, as its owner may. */
async function emptyAll(client: pg.Client, tables: readonly Table[]): Promise<void> {
  const guards = async (what: 'DISABLE' | 'ENABLE') => {
    for (const { name } of tables)
      await client.query(`ALTER TABLE ${quoted(name)} ${what} TRIGGER USER`)
  }
  await guards('DISABLE')
  await client.query(`TRUNCATE ${namesOf(tables)}`)
  await guards('ENABLE')
}

/** Replaces the tables by those of an older version, empty. */
async function layDown(
  client: pg.Client,
  tables: readonly Table[],
  migrations: readonly Migration[],
): Promise<void> {
  await lockMigrations(client)
  const functions = await client.query<{ name: string }>(
    `SELECT DISTINCT t.tgfoid::regprocedure::text AS name
     FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid
     WHERE NOT t.tgisinternal AND r.relnamespace = current_schema()::regnamespace
       AND r.relname = ANY($1)`,
    [tables.map(({ name }) => name)],
  )
  try {
    await client.query(`DROP TABLE ${namesOf(tables)}, _prisma_migrations`)
    for (const { name } of functions.rows) await client.query(`DROP FUNCTION ${name}`)
  } catch (error) {
    if (errorCode(error) !== '2BP01') throw error
    throw new DatabaseProblem(
      `This backup is of an older version, whose tables would replace those that are here, and something of yours is built on them (${errorText(error)}). Restore it into an empty database.`,
    )
  }
  await applyWithin(client, migrations)
}

async function readInto(
  client: pg.Client,
  file: string,
): Promise<Pick<Restored, 'takenAt' | 'rows' | 'sha256'>> {
  const tables = await readTables(client)
  const written: Table[] = []
  let header: BackupHeader | null = null
  let copy: ReturnType<typeof openCopy> | null = null
  let rows = 0
  let isHashed = true
  for await (const frame of framesOf(file)) {
    switch (frame.kind) {
      case 'header':
        header = frame.header
        break
      case 'table':
        written.push(tableOf(frame.head, tables, written))
        copy = openCopy(client, frame.head)
        break
      case 'rows':
        if (copy === null) throw new DatabaseProblem(`${file} is no backup of Lapsewatch.`)
        await copy.write(frame.bytes)
        break
      case 'end':
        isHashed = frame.isHashed
        rows += (await copy?.end()) ?? 0
        copy = null
        break
      case 'sequence':
        await setSequence(client, frame.sequence)
        break
      case 'sealed': {
        if (header === null || written.length < tables.length) {
          throw new DatabaseProblem(`${file} lacks tables that its version has: it was damaged.`)
        }
        await proveEqual(client, written, header, isHashed, frame.sha256)
        return { takenAt: header.takenAt, rows, sha256: frame.sha256 }
      }
    }
  }
  throw new DatabaseProblem(`${file} is cut off: its end is missing.`)
}

/** Names come from a file: only those that the database has are put into SQL. */
function tableOf(
  { table: name, columns }: TableHead,
  tables: readonly Table[],
  written: readonly Table[],
): Table {
  const table = tables.find((each) => each.name === name)
  const same =
    table !== undefined &&
    table.columns.length === columns.length &&
    table.columns.every((column) => columns.includes(column))
  if (!same || written.some((each) => each.name === name)) {
    throw new DatabaseProblem(
      `This backup has a table "${name}" that does not fit its version of the database: it was damaged.`,
    )
  }
  return { ...table, columns }
}

function openCopy(client: pg.Client, { table, columns }: TableHead) {
  const names = columns.map(quoted).join(', ')
  const stream = client.query(copyFrom(`COPY ${quoted(table)} (${names}) FROM STDIN`))
  const done = finished(stream)
  done.catch(() => undefined)
  return {
    async write(bytes: Buffer): Promise<void> {
      if (!stream.write(bytes)) await Promise.race([once(stream, 'drain'), done])
    },
    async end(): Promise<number> {
      stream.end()
      await done
      return stream.rowCount
    },
  }
}

async function setSequence(
  client: pg.Client,
  { sequence, value }: { readonly sequence: string; readonly value: string },
): Promise<void> {
  const found = await client.query(
    `SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, greatest($2::bigint, 1), $2 <> 0)
     FROM pg_sequences WHERE schemaname = current_schema() AND sequencename = $1`,
    [sequence, value],
  )
  if (found.rowCount !== 1) {
    throw new DatabaseProblem(`This backup has a sequence "${sequence}" that this database lacks.`)
  }
}

/** What stands in the database now is written again, as a backup would be, and must hash the same. */
async function proveEqual(
  client: pg.Client,
  tables: readonly Table[],
  header: BackupHeader,
  isHashed: boolean,
  sha256: string,
): Promise<void> {
  const frames = frameWriter({ write: () => true }, isHashed)
  await frames.header(header)
  for (const table of tables) await writeTable(client, table, frames)
  for (const sequence of await readSequences(client)) await frames.sequence(sequence)
  if ((await frames.seal()) !== sha256) {
    throw new DatabaseProblem(
      'What was restored is not what the backup holds; nothing was changed. Report this fault.',
    )
  }
}

async function noteRestore(client: pg.Client, takenAt: string): Promise<void> {
  // Where a restored backup was itself restored lately, both stretches count as one.
  await client.query(
    `UPDATE organisation SET restored_at = clock_timestamp(),
       backed_up_at = CASE WHEN restored_at > now() - interval '60 days'
                           THEN least(backed_up_at, $1::timestamptz) ELSE $1::timestamptz END`,
    [takenAt],
  )
}

// A backup's form, inside gzip: lines of JSON, each the begin or the end of something, and the rows
// of a table between them in pieces that say how long they are. The last line seals what stands
// before it with its hash.

interface BackupHeader {
  readonly lapsewatch: 'backup'
  readonly version: 1
  readonly takenAt: string
  readonly migrations: readonly string[]
}

interface TableHead {
  readonly table: string
  readonly columns: readonly string[]
}

interface Sequence {
  readonly sequence: string
  readonly value: string
}

/** What a backup holds, in its order. */
type Frame =
  | { readonly kind: 'header'; readonly header: BackupHeader }
  | { readonly kind: 'table'; readonly head: TableHead }
  | { readonly kind: 'rows'; readonly bytes: Buffer }
  | { readonly kind: 'end'; readonly isHashed: boolean }
  | { readonly kind: 'sequence'; readonly sequence: Sequence }
  | { readonly kind: 'sealed'; readonly sha256: string }

/** A piece of rows is at most so long; a longer one is no backup of ours. */
const LONGEST_PIECE = 64 * 1024 * 1024
const LONGEST_LINE = 1024 * 1024

/**
 * Writes frames and hashes them; waits where the stream is full. Each table ends with the hash of
 * all before it, so that a change is found where it is (`isHashed`; the first backups had none).
 */
function frameWriter(out: Pick<Writable, 'write'>, isHashed = true) {
  const hash = createHash('sha256')
  const write = async (bytes: Buffer) => {
    hash.update(bytes)
    if (!out.write(bytes)) await once(out as Writable, 'drain')
  }
  const line = (value: unknown) => write(Buffer.from(`${JSON.stringify(value)}\n`))
  return {
    header: (header: BackupHeader) => line(header),
    table: (head: TableHead) => line(head),
    async rows(bytes: Buffer) {
      for (let from = 0; from < bytes.length; from += LONGEST_PIECE) {
        const piece = bytes.subarray(from, from + LONGEST_PIECE)
        await line({ rows: piece.length })
        await write(piece)
      }
    },
    end: () => line(isHashed ? { end: true, hash: hash.copy().digest('hex') } : { end: true }),
    sequence: (sequence: Sequence) => line(sequence),
    async seal(): Promise<string> {
      const sha256 = hash.copy().digest('hex')
      await line({ sha256 })
      return sha256
    },
  }
}

/**
 * The frames of a backup, the hash of all before it checked at each table's end and at the seal.
 * @throws DatabaseProblem where it is cut off, was changed, or is none, with the place.
 */
async function* readFrames(input: AsyncIterable<Buffer>, file: string): AsyncGenerator<Frame> {
  const hash = createHash('sha256')
  let held: Buffer = Buffer.alloc(0)
  let taken = 0
  let table: string | null = null
  const source = input[Symbol.asyncIterator]()
  const more = async (): Promise<boolean> => {
    const next = await source.next()
    if (next.done === true) return false
    held = held.length === 0 ? next.value : Buffer.concat([held, next.value])
    return true
  }
  const take = async (length: number): Promise<Buffer> => {
    while (held.length < length) if (!(await more())) throw new Damaged('cut off')
    const piece = held.subarray(0, length)
    held = held.subarray(length)
    taken += length
    return piece
  }
  const takeLine = async (): Promise<Buffer> => {
    for (let from = 0; ; ) {
      const end = held.indexOf(10, from)
      if (end >= 0) return await take(end + 1)
      if (held.length > LONGEST_LINE) throw new Damaged('no backup')
      from = held.length
      if (!(await more())) throw new Damaged(taken > 0 ? 'cut off' : 'no backup')
    }
  }
  try {
    for (;;) {
      const line = await takeLine()
      const value = parsed(line)
      const sealed = value.sha256
      if (typeof sealed === 'string') {
        if (hash.digest('hex') !== sealed) throw new Damaged('changed')
        yield { kind: 'sealed', sha256: sealed }
        return
      }
      if (typeof value.hash === 'string' && hash.copy().digest('hex') !== value.hash) {
        throw new Damaged('changed')
      }
      hash.update(line)
      if (typeof value.rows === 'number') {
        if (!(value.rows >= 0 && value.rows <= LONGEST_PIECE)) throw new Damaged('no backup')
        const bytes = await take(value.rows)
        hash.update(bytes)
        yield { kind: 'rows', bytes }
        continue
      }
      const frame = asFrame(value)
      if (frame.kind === 'table') table = frame.head.table
      yield frame
      if (frame.kind === 'end') table = null
    }
  } catch (error) {
    // What gzip finds comes as an error of its own.
    const isDamaged = error instanceof Damaged || errorCode(error)?.startsWith('Z_') === true
    if (!isDamaged) throw error
    const what = error instanceof Damaged ? error.what : 'damaged'
    const within = table === null ? '' : `in table "${table}", `
    const place = `${file}: ${within}after ${taken.toLocaleString('en-GB')} bytes of its contents`
    throw new DatabaseProblem(`${DAMAGE[what]} (${place})`)
  }
}

/** That what was read is not what was written; where, the reader knows. */
class Damaged extends Error {
  readonly what: keyof typeof DAMAGE
  constructor(what: keyof typeof DAMAGE) {
    super(what)
    this.what = what
  }
}

const DAMAGE = {
  'cut off': 'This backup is cut off: its end is missing. Take another copy of it.',
  changed:
    'This backup was changed or damaged: its contents do not fit its hash. Take another copy of it.',
  damaged:
    'This backup was damaged: its compressed contents cannot be read. Take another copy of it.',
  'no backup': 'This file is no backup of Lapsewatch, or it was damaged.',
}

function asFrame(value: Record<string, unknown>): Frame {
  if (value.end === true) return { kind: 'end', isHashed: 'hash' in value }
  if (value.lapsewatch === 'backup') {
    const { version, takenAt, migrations } = value
    if (version !== 1) {
      throw new DatabaseProblem(
        `This backup has form ${String(version)}, which this version of Lapsewatch does not read: update Lapsewatch.`,
      )
    }
    if (typeof takenAt !== 'string' || !areTexts(migrations)) throw new Damaged('no backup')
    return { kind: 'header', header: { lapsewatch: 'backup', version, takenAt, migrations } }
  }
  const { table, columns, sequence, value: at } = value
  if (typeof table === 'string' && areTexts(columns))
    return { kind: 'table', head: { table, columns } }
  if (typeof sequence === 'string' && typeof at === 'string') {
    return { kind: 'sequence', sequence: { sequence, value: at } }
  }
  throw new Damaged('no backup')
}

function parsed(line: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'))
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {
    // Told below.
  }
  throw new Damaged('no backup')
}

function areTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}
