import type pg from 'pg'
import { type FirstQuestion, openPool } from './connect.ts'
import { startEmbedded } from './embedded/server.ts'
import { connectionProblem, DatabaseProblem } from './errors.ts'
import { isMigrated, migrate } from './migrate.ts'

/** The role that the program runs as wherever it may: it cannot rewrite the audit. */
const RUN_ROLE = 'lapsewatch_run'

export type DatabaseOptions = {
  /** A PostgreSQL server of the user's own; null for the embedded one. */
  readonly databaseUrl: string | null
  /** The address to migrate with, where the one to run with may not; null for the same. */
  readonly migrateUrl: string | null
  readonly dataFolder: string
  readonly log: (line: string) => void
  readonly poolSize: number
  /** How long a question to the database may take; absent for 30 s. */
  readonly questionMs?: number
}

export type Database = {
  readonly pool: pg.Pool
  /** The address with its password: for a connection of one's own, never for a log. */
  readonly url: string
  /** The same of the role that owns the tables. */
  readonly ownerUrl: string
  /** Whose server it is, and for the embedded one how it was come by. */
  readonly server: 'given' | 'new' | 'started' | 'attached'
  readonly applied: readonly string[]
  /** When the server answered last, in milliseconds of `performance.now()`. */
  heardAt(): number
  /** Ends the connections and lets go of the embedded server. May be called more than once. */
  close(): Promise<void>
}

type Place = {
  readonly runUrl: string
  readonly migrateUrl: string
  readonly server: Database['server']
  close(): Promise<void>
}

/**
 * The database, migrated and ready: the given one, else the embedded one of the data folder.
 * @throws DatabaseProblem with what is wrong, where, and what to do.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const place = await findPlace(options)
  let pool: pg.Pool | null = null
  try {
    let heardAt = performance.now()
    const heard = () => {
      heardAt = performance.now()
    }
    const current = await openCurrent(place, options, heard)
    pool = current
    const applied = current === null ? (await migrate(place.migrateUrl)).applied : []
    const opened = current ?? (await poolFor(place.runUrl, options, heard))
    pool = opened
    let closing: Promise<void> | null = null
    const close = async () => {
      await opened.end()
      await place.close()
    }
    return {
      pool: opened,
      url: place.runUrl,
      ownerUrl: place.migrateUrl,
      server: place.server,
      applied,
      heardAt: () => heardAt,
      close: () => {
        closing ??= close()
        return closing
      },
    }
  } catch (error) {
    await pool?.end()
    await place.close()
    throw error
  }
}

async function findPlace(options: DatabaseOptions): Promise<Place> {
  const { databaseUrl, migrateUrl, dataFolder, log } = options
  if (databaseUrl === null) {
    const server = await startEmbedded({ dataFolder, log })
    return { ...server, server: server.started }
  }
  return {
    runUrl: checkedUrl(databaseUrl),
    migrateUrl: checkedUrl(migrateUrl ?? databaseUrl),
    server: 'given',
    close: async () => undefined,
  }
}

function checkedUrl(url: string): string {
  if (URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol)) return url
  throw new DatabaseProblem(
    'DATABASE_URL is no PostgreSQL address: write it as postgresql://USER:PASSWORD@HOST:5432/DATABASE (special characters in the password percent-encoded).',
  )
}

/**
 * The pool where nothing is to be migrated, which its first connection tells; null where something is.
 * Where the address to migrate with is another, what is wrong with this one is told after migrating.
 */
async function openCurrent(
  place: Place,
  options: DatabaseOptions,
  heard: () => void,
): Promise<pg.Pool | null> {
  let isCurrent = false
  try {
    const pool = await poolFor(place.runUrl, options, heard, async (ask) => {
      isCurrent = await isMigrated(ask)
    })
    if (isCurrent) return pool
    await pool.end()
    return null
  } catch (error) {
    if (place.migrateUrl === place.runUrl) throw error
    return null
  }
}

/** `look`: what its first connection looks at where the record of migrations can be read. */
async function poolFor(
  url: string,
  options: DatabaseOptions,
  heard: () => void,
  look?: (ask: FirstQuestion) => Promise<void>,
): Promise<pg.Pool> {
  const { log, poolSize, questionMs } = options
  const roleFor = async (ask: FirstQuestion) => {
    const { rows } = await ask<{ mayRun: boolean; hasRecord: boolean }>(FIRST, [RUN_ROLE])
    const [{ mayRun = false, hasRecord = false } = {}] = rows
    if (hasRecord) await look?.(ask)
    return mayRun ? RUN_ROLE : null
  }
  const connecting = { applicationName: 'lapsewatch', log, questionMs, answered: heard, roleFor }
  try {
    return await openPool(url, poolSize, connecting)
  } catch (error) {
    throw connectionProblem(url, error)
  }
}

/** A server as it says of itself. */
interface Server {
  readonly version: string
  readonly role: string
  readonly now: Date
  readonly isStandby: boolean
  readonly isReadOnly: boolean
}

export async function readServer(pool: pg.Pool): Promise<Server> {
  const { rows } = await pool.query<Server>(
    `SELECT current_setting('server_version') AS version, current_user AS role, clock_timestamp() AS now,
            pg_is_in_recovery() AS "isStandby",
            current_setting('transaction_read_only')::bool AS "isReadOnly"`,
  )
  const [server] = rows
  if (server === undefined) throw new Error('The database says nothing of itself.')
  return server
}

/**
 * Whether there is a role to run as that the user may become and is not already, and whether the
 * record of migrations can be read. Before PostgreSQL 16 every member may take a role; since then
 * that is a right of its own.
 */
const FIRST = `
  SELECT EXISTS (SELECT FROM pg_catalog.pg_roles
                  WHERE rolname = $1 AND rolname <> current_user
                    AND CASE WHEN pg_catalog.current_setting('server_version_num')::int >= 160000
                             THEN pg_catalog.pg_has_role(current_user, oid, 'SET')
                             ELSE pg_catalog.pg_has_role(current_user, oid, 'MEMBER') END) AS "mayRun",
         pg_catalog.has_table_privilege(pg_catalog.to_regclass('public._prisma_migrations'), 'SELECT')
           IS TRUE AS "hasRecord"`
