/** A backup back into a database: all of it or nothing, and proved equal before it counts. */
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { checkBackup, framesOf, readSequences, writeTable } from './backup.ts'
import { type BackupHeader, frameWriter, type TableHead } from './backup-format.ts'
import { openClient, withTimeLimit } from './connection.ts'
import { applyWithin, lockMigrations, type Migration, readMigrations } from './migrate.ts'
import { DatabaseProblem, errorCode, errorText } from './problem.ts'
import { quoted, readTables, type Table } from './tables.ts'

export interface Restored {
  readonly takenAt: string
  readonly rows: number
  readonly sha256: string
  /** Migrations that brought an older backup up to date, by name. */
  readonly migrated: readonly string[]
}

export interface RestoreOptions {
  /** Whether what the database holds may be lost. */
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
    await client.query('BEGIN')
    await client.query(`SET LOCAL lock_timeout = '10s'`)
    await refuseOthers(client, options)
    const tables = await readTables(client)
    await client.query(`LOCK TABLE ${namesOf(tables)}`)
    if (!options.replace) await refuseWorked(client)
    if (later.length === 0) await emptyAll(client, tables)
    else await layDown(client, tables, laid)
    const restored = await readInto(client, file)
    await applyWithin(client, later)
    await noteRestore(client, restored.takenAt)
    await client.query(`ANALYZE ${namesOf(await readTables(client))}`)
    await client.query('COMMIT')
    return { ...restored, migrated: later.map(({ name }) => name) }
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
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
  for (const { name } of tables)
    await client.query(`ALTER TABLE ${quoted(name)} DISABLE TRIGGER USER`)
  await client.query(`TRUNCATE ${tables.map(({ name }) => quoted(name)).join(', ')}`)
  for (const { name } of tables)
    await client.query(`ALTER TABLE ${quoted(name)} ENABLE TRIGGER USER`)
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
