/** A backup back into a database: all of it or nothing, and proved equal before it counts. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { framesOf, readSequences, writeTable } from './backup.ts'
import { type BackupHeader, frameWriter, type TableHead } from './backup-format.ts'
import { openClient, withTimeLimit } from './connection.ts'
import { DatabaseProblem } from './problem.ts'
import { quoted, readMigrationNames, readTables, type Table } from './tables.ts'

export interface Restored {
  readonly takenAt: string
  readonly rows: number
  readonly sha256: string
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
 * Restores as the role that owns the tables, in one transaction. Afterwards the database says of
 * itself that it was restored, and from when: delivery looks in Slack for what it has forgotten.
 * @throws DatabaseProblem where the backup is not whole or of another schema, the database is not
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
  const client = await openClient(ownerUrl, { applicationName: 'lapsewatch restore' })
  try {
    await client.query('BEGIN')
    await client.query(`SET LOCAL lock_timeout = '10s'`)
    await refuseOthers(client, options)
    const tables = await readTables(client)
    await client.query(`LOCK TABLE ${tables.map(({ name }) => quoted(name)).join(', ')}`)
    if (!options.replace) await refuseWorked(client)
    await emptyAll(client, tables)
    const restored = await readInto(client, file, tables)
    await noteRestore(client, restored.takenAt)
    await client.query(`ANALYZE ${tables.map(({ name }) => quoted(name)).join(', ')}`)
    await client.query('COMMIT')
    return restored
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  } finally {
    await client.end()
  }
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

async function readInto(
  client: pg.Client,
  file: string,
  tables: readonly Table[],
): Promise<Restored> {
  let header: BackupHeader | null = null
  let copy: ReturnType<typeof openCopy> | null = null
  let rows = 0
  const seen = new Set<string>()
  for await (const frame of framesOf(file)) {
    if (frame.kind === 'header') {
      header = frame.header
      await refuseOtherSchema(client, header)
      continue
    }
    if (header === null) throw new DatabaseProblem('This file is no backup of Lapsewatch.')
    switch (frame.kind) {
      case 'table':
        checkHead(frame.head, tables, seen)
        copy = openCopy(client, frame.head)
        break
      case 'rows':
        if (copy === null) throw new DatabaseProblem('This file is no backup of Lapsewatch.')
        await copy.write(frame.bytes)
        break
      case 'end':
        rows += (await copy?.end()) ?? 0
        copy = null
        break
      case 'sequence':
        await setSequence(client, frame.sequence)
        break
      case 'sealed': {
        await proveEqual(client, tables, header, frame.sha256)
        return { takenAt: header.takenAt, rows, sha256: frame.sha256 }
      }
    }
  }
  throw new DatabaseProblem('This backup is cut off: its end is missing.')
}

async function refuseOtherSchema(client: pg.Client, header: BackupHeader): Promise<void> {
  const known = await readMigrationNames(client)
  const newer = header.migrations.filter((name) => !known.includes(name))
  if (newer.length > 0) {
    throw new DatabaseProblem(
      `This backup is of a newer version of Lapsewatch (it has migration ${newer.at(-1)}): update Lapsewatch, then restore it.`,
    )
  }
  const older = known.filter((name) => !header.migrations.includes(name))
  if (older.length > 0) {
    throw new DatabaseProblem(
      `This backup is of an older version of Lapsewatch (it lacks migration ${older[0]}): restore it with the version that took it, into an empty database, then start this one, which brings it up to date.`,
    )
  }
}

/** Names come from a file: only those that the database has are put into SQL. */
function checkHead(head: TableHead, tables: readonly Table[], seen: Set<string>): void {
  const table = tables.find(({ name }) => name === head.table)
  const same =
    table !== undefined &&
    table.columns.length === head.columns.length &&
    table.columns.every((column) => head.columns.includes(column))
  if (!same || seen.has(head.table)) {
    throw new DatabaseProblem(
      `This backup has a table "${head.table}" that does not fit this database: it was damaged.`,
    )
  }
  seen.add(head.table)
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
  sha256: string,
): Promise<void> {
  const hash = createHash('sha256')
  const nowhere = { write: (bytes: Buffer) => hash.update(bytes) !== undefined }
  const frames = frameWriter(nowhere as never)
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
