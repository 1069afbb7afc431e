import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { type FirstQuestion, openClient, transact, withTimeLimit } from './connect.ts'
import { connectionProblem, DatabaseProblem, errorText } from './errors.ts'

/** prisma/migrations of this checkout, or the copy of it beside the compiled program. */
export const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))

/** The advisory lock that Prisma's own migrate takes, so that the two never run side by side. */
const PRISMA_LOCK = 72707369
const LOCK_TIMEOUT = '60s'

export type Migration = { readonly name: string; readonly sql: string; readonly checksum: string }

type Recorded = {
  readonly name: string
  readonly checksum: string
  readonly finished: boolean
}

/**
 * Applies the migrations that the database does not have yet, in the order of their names, each
 * in one transaction: one that fails leaves nothing behind. The record is kept in Prisma's own
 * table, so `prisma migrate status` and `deploy` agree with it. Any number of processes may run
 * this at once.
 *
 * @returns the names of those applied now.
 * @throws DatabaseProblem where one fails, was changed after it was applied, was left half done by
 *   Prisma, or is one that this version does not know.
 */
export function migrate(url: string, folder: string = MIGRATIONS): Promise<{ applied: string[] }> {
  return withTimeLimit('long', () => applyAll(url, readMigrations(folder)))
}

async function applyAll(url: string, known: readonly Migration[]): Promise<{ applied: string[] }> {
  let client: pg.Client | null = null
  try {
    client = await openClient(url, { applicationName: 'lapsewatch migrate' })
    if ((await nextToApply(client, known)).length === 0) return { applied: [] }
    const applied: string[] = []
    for (;;) {
      const names = await applyNext(client, known)
      if (names.length === 0) return { applied }
      applied.push(...names)
    }
  } catch (error) {
    throw connectionProblem(url, error)
  } finally {
    await client?.end()
  }
}

/**
 * Whether the record holds every migration of the folder as it is, and no other: then there is
 * nothing to apply. Of whatever else it holds, `migrate` says what is wrong.
 */
export async function isMigrated(ask: FirstQuestion): Promise<boolean> {
  const known = readMigrations(MIGRATIONS)
  const { rows } = await ask<Recorded>(RECORDED)
  return (
    rows.length === known.length &&
    known.every((migration) =>
      rows.some(
        (each) =>
          each.finished && each.name === migration.name && each.checksum === migration.checksum,
      ),
    )
  )
}

/** The migrations of a folder in the order of their names. */
export function readMigrations(folder: string = MIGRATIONS): Migration[] {
  if (!existsSync(folder)) {
    throw new DatabaseProblem(`The migrations in ${folder} are missing: restore them from git.`)
  }
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const bytes = readFileSync(path.join(folder, name, 'migration.sql'))
      const checksum = createHash('sha256').update(bytes).digest('hex')
      return { name, sql: bytes.toString('utf8'), checksum }
    })
}

/**
 * Applies what comes next, under a lock that ends with its transaction (a lock of the session would
 * outlive it behind a connection pooler), and returns its names: none where nothing is left.
 */
async function applyNext(client: pg.Client, known: readonly Migration[]): Promise<string[]> {
  return transact(client, LOCK_TIMEOUT, async () => {
    await lockMigrations(client)
    // Looked at again: whoever held the lock may have applied it.
    const next = await nextToApply(client, known)
    await applyWithin(client, next)
    return next.map(({ name }) => name)
  })
}

/** Keeps every other process from migrating until the transaction ends. */
export async function lockMigrations(client: pg.Client): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [PRISMA_LOCK])
}

/**
 * Applies these in the transaction that the caller has begun, and takes back where one fails.
 * @throws DatabaseProblem with the line at which it failed.
 */
export async function applyWithin(
  client: pg.Client,
  migrations: readonly Migration[],
): Promise<void> {
  for (const migration of migrations) {
    try {
      await client.query(RECORD_TABLE)
      await client.query(migration.sql)
      await client.query(RECORD, [randomUUID(), migration.checksum, migration.name])
      await client.query(KEEP_RECORD)
    } catch (error) {
      throw new DatabaseProblem(
        `Migration ${migration.name} failed and was rolled back whole: ${errorText(error)}${lineOf(error, migration)}. The database is as it was; put the cause right and start again.`,
      )
    }
  }
}

/**
 * The first that is not applied; of a database that has none, all of them: it is made whole or not
 * at all, and waits for the disk once. Refuses a record that disagrees.
 */
async function nextToApply(
  client: pg.Client,
  known: readonly Migration[],
): Promise<readonly Migration[]> {
  const recorded = await readRecord(client)
  for (const { name, checksum, finished } of recorded.values()) {
    const migration = known.find((one) => one.name === name)
    if (!migration) {
      throw new DatabaseProblem(
        `The database has migration ${name}, which this version of Lapsewatch does not know: it was used by a newer one. Update Lapsewatch, or point it at another database.`,
      )
    }
    if (!finished) {
      throw new DatabaseProblem(
        `Migration ${name} was begun by Prisma and did not finish: look at what it left, then settle it in tools/prisma with "npm ci" and "npx prisma migrate resolve --rolled-back ${name}" (or --applied).`,
      )
    }
    if (migration.checksum !== checksum) {
      throw new DatabaseProblem(
        `Migration ${name} was changed after it was applied: restore prisma/migrations/${name}/migration.sql from git and write the change as a new migration.`,
      )
    }
  }
  if (recorded.size === 0) return known
  return known.filter((migration) => !recorded.has(migration.name)).slice(0, 1)
}

/**
 * What the record of migrations says, by name; nothing where there is none yet.
 * @throws DatabaseProblem where the tables are in another schema than `public`: a search path decides nothing
 */
export async function readRecord(client: pg.ClientBase): Promise<Map<string, Recorded>> {
  const { rows: held } = await client.query<{ schema: string; isOurs: boolean; tables: string[] }>(
    `SELECT schemaname AS schema, schemaname IS NOT DISTINCT FROM current_schema() AS "isOurs",
            array_agg(tablename::text) AS tables
       FROM pg_tables WHERE tablename = ANY($1) GROUP BY schemaname`,
    [['_prisma_migrations', ...MARKS]],
  )
  if (held.some(({ isOurs, tables }) => isOurs && tables.includes('_prisma_migrations'))) {
    const { rows } = await client.query<Recorded>(RECORDED)
    return new Map(rows.map((row) => [row.name, row]))
  }
  const elsewhere = held.find(
    ({ isOurs, tables }) => !isOurs && MARKS.every((name) => tables.includes(name)),
  )
  if (elsewhere === undefined) return new Map()
  throw new DatabaseProblem(
    `Lapsewatch's tables are in the schema ${elsewhere.schema} of this database, and it keeps them in public: back them up with the version that you had and restore them into an empty database, or move every table, sequence and function of that schema to public.`,
  )
}

/** A schema that has all of these holds a database of Lapsewatch. */
const MARKS = ['contract', 'delivery', 'audit_entry']

const RECORDED = `
  SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
    FROM public._prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`

/** The line of the file at which the server stopped, where it says. */
function lineOf(error: unknown, { name, sql }: Migration): string {
  if (!(error instanceof pg.DatabaseError) || error.position === undefined) return ''
  const line = sql.slice(0, Number(error.position)).split('\n').length
  return ` (prisma/migrations/${name}/migration.sql, line ${line})`
}

/** The columns that Prisma gives its table. */
const RECORD_TABLE = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  varchar(36) PRIMARY KEY NOT NULL,
    checksum            varchar(64) NOT NULL,
    finished_at         timestamptz,
    migration_name      varchar(255) NOT NULL,
    logs                text,
    rolled_back_at      timestamptz,
    started_at          timestamptz NOT NULL DEFAULT now(),
    applied_steps_count integer NOT NULL DEFAULT 0
  )`

const RECORD = `
  INSERT INTO _prisma_migrations
    (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
  VALUES ($1, $2, $3, clock_timestamp(), clock_timestamp(), 1)`

/** A migration that grants "all tables" to the program's role does not mean this one. */
const KEEP_RECORD = `
  DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'lapsewatch_run') THEN
      REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON _prisma_migrations FROM lapsewatch_run;
    END IF;
  END $$`
