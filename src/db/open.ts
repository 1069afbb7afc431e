import pg from 'pg'
import { columnTypes } from './column-types.ts'
import { connectionProblem } from './connection-error.ts'
import { startEmbedded } from './embedded.ts'
import { migrate } from './migrate.ts'
import { DatabaseProblem, errorCode } from './problem.ts'

/** The role that the program runs as wherever it may: it cannot rewrite the audit. */
export const RUN_ROLE = 'lapsewatch_run'

export type DatabaseOptions = {
  /** A PostgreSQL server of the user's own; null for the embedded one. */
  readonly databaseUrl: string | null
  /** The address to migrate with, where the one to run with may not; null for the same. */
  readonly migrateUrl: string | null
  /** The embedded server's folder. */
  readonly dataFolder: string
  readonly log: (line: string) => void
  /** Most connections at once. */
  readonly poolSize: number
}

export type Database = {
  readonly pool: pg.Pool
  /** The address with its password: for a connection of one's own, never for a log. */
  readonly url: string
  /** The same of the role that owns the tables. */
  readonly ownerUrl: string
  /** Whose server it is, and for the embedded one how it was come by. */
  readonly server: 'given' | 'new' | 'started' | 'attached'
  /** Migrations that opening applied. */
  readonly applied: readonly string[]
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
    const { applied } = await migrate(place.migrateUrl)
    const opened = await openPool(place.runUrl, options)
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

async function openPool(url: string, options: DatabaseOptions): Promise<pg.Pool> {
  try {
    const role = await roleToTake(url)
    if (role === null) return await makePool(url, null, options)
    try {
      return await makePool(url, role, options)
    } catch (error) {
      // A connection pooler in between that passes no startup options on.
      if (errorCode(error) !== '08P01') throw error
      options.log(`This connection cannot take the role ${role}; running as the user it names.`)
      return await makePool(url, null, options)
    }
  } catch (error) {
    throw connectionProblem(url, error)
  }
}

/** The role to run as: null where the user is it already, may not become it, or it is missing. */
async function roleToTake(url: string): Promise<string | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rowCount } = await client.query(
      // Before PostgreSQL 16 every member may take the role; since then it is a right of its own.
      `SELECT FROM pg_roles
        WHERE rolname = $1 AND rolname <> current_user
          AND CASE WHEN current_setting('server_version_num')::int >= 160000
                   THEN pg_has_role(current_user, oid, 'SET')
                   ELSE pg_has_role(current_user, oid, 'MEMBER') END`,
      [RUN_ROLE],
    )
    return rowCount === 0 ? null : RUN_ROLE
  } finally {
    await client.end()
  }
}

/**
 * Many short questions at once: a worker process or compiled code for one of them costs more than it
 * saves, and takes a processor from the others. Lists of 100,000 are sorted in memory.
 */
const SESSION = [
  '-c timezone=UTC',
  '-c jit=off',
  '-c max_parallel_workers_per_gather=0',
  '-c work_mem=16MB',
]

/** A pool whose first connection has been made, so that a wrong address is found out here. */
async function makePool(
  url: string,
  role: string | null,
  options: DatabaseOptions,
): Promise<pg.Pool> {
  const given = new URL(url).searchParams.get('options')
  const settings = [given, ...SESSION, role && `-c role=${role}`].filter(Boolean).join(' ')
  const address = new URL(url)
  address.searchParams.delete('options')
  const pool = new pg.Pool({
    connectionString: address.href,
    application_name: 'lapsewatch',
    options: settings,
    max: options.poolSize,
    types: columnTypes,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  })
  // A connection in use has no listener of the pool's: one that died between two statements of a
  // transaction would end the process. The next statement fails, and says so.
  pool.on('connect', (client) => {
    client.on('error', () => undefined)
  })
  pool.on('error', (error) => {
    options.log(`A connection to the database was lost (${error.message}); a new one is made.`)
  })
  try {
    ;(await pool.connect()).release()
    return pool
  } catch (error) {
    await pool.end()
    throw error
  }
}
