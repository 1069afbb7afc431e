import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import pg from 'pg'
import { inject } from 'vitest'
import { type Database, type DatabaseOptions, openDatabase } from '../../src/database/open.ts'
import { onDatabase, TEMPLATE } from './postgres.ts'

export type TestDatabase = Database & {
  /** The address of the role that owns the tables. */
  readonly ownerUrl: string
  /** The address of the superuser. */
  readonly adminUrl: string
  /** Closes the connections and drops the database. */
  drop(): Promise<void>
}

/** The database at these addresses, opened as the program opens it. */
export function openAt(
  databaseUrl: string | null,
  migrateUrl: string | null,
  options: Partial<DatabaseOptions> = {},
): Promise<Database> {
  const own = { databaseUrl, migrateUrl, dataFolder: tmpdir(), log: () => undefined, poolSize: 2 }
  return openDatabase({ ...own, ...options })
}

/**
 * A migrated, empty database of the test's own, opened as the program opens it.
 * Call it in `beforeAll` or `beforeEach`, and `drop()` in the matching `after`.
 */
export async function freshDatabase(poolSize = 5): Promise<TestDatabase> {
  const made = spare.get(poolSize)?.pop() ?? (await openOwn(poolSize))
  let isOver = false
  let isAltered = false
  const altered = (url: string) => {
    isAltered = true
    return url
  }
  return {
    ...made.database,
    pool: untilOver(made.database.pool, () => isOver),
    get ownerUrl() {
      return altered(made.ownerUrl)
    },
    get adminUrl() {
      return altered(made.adminUrl)
    },
    close() {
      isOver = true
      return made.database.close()
    },
    async drop() {
      const isSpare = !isOver && !isAltered && (await emptied(made))
      isOver = true
      if (isSpare) {
        spare.set(poolSize, [...(spare.get(poolSize) ?? []), made])
        return
      }
      await made.database.close()
      await made.drop()
    },
  }
}

/**
 * Databases that a worker is done with, by the size of their pool. The next test has one emptied, with
 * connections that know its tables: a new one costs twice what a small test does in it.
 */
const spare = new Map<number, Own[]>()

type Own = Awaited<ReturnType<typeof openOwn>>

async function openOwn(poolSize: number) {
  const made = await makeDatabase(TEMPLATE)
  const database = await openAt(made.runUrl, made.ownerUrl, {
    poolSize,
    // The machine may be busy: no test but those of time limits is about how long an answer takes.
    questionMs: 120_000,
  })
  return { ...made, database, deleted: 0 }
}

/** What was begun for a test and not waited for must not reach the next one's database. */
function untilOver(pool: pg.Pool, isOver: () => boolean): pg.Pool {
  return new Proxy(pool, {
    get(it, name) {
      if (isOver() && (name === 'query' || name === 'connect')) {
        return () => Promise.reject(new Error('This database is another test\u2019s by now.'))
      }
      return Reflect.get(it, name)
    },
  })
}

const MOST_DELETED = 10_000

/** False where somebody else is still connected, or much was in it: then it is better dropped. */
async function emptied(own: Own): Promise<boolean> {
  const { pool } = own.database
  if (pool.ending || pool.idleCount < pool.totalCount || pool.waitingCount > 0) return false
  try {
    const { rows } = await pool.query<{ deleted: number | null }>(
      'SELECT test.emptied($1)::int AS deleted',
      [pool.totalCount],
    )
    const [{ deleted } = { deleted: null }] = rows
    own.deleted += deleted ?? 0
    return deleted !== null && own.deleted < MOST_DELETED
  } catch {
    return false
  }
}

/** The same for all tests of a file or a describe. */
export function useDatabase(
  poolSize?: number,
  prepare: (database: TestDatabase) => unknown = () => undefined,
): TestDatabase {
  const standing = stand<TestDatabase>()
  beforeAll(async () => {
    await prepare(standing.put(await freshDatabase(poolSize)))
  })
  afterAll(() => standing.it.drop())
  return standing.it
}

/** What hooks open: `it` stands for whatever was put last, so that tests can be written before. */
export function stand<T extends object>() {
  let now: T | null = null
  const it = new Proxy({} as T, {
    get(_, name) {
      if (now === null) throw new Error(`Nothing is open yet that has ${String(name)}.`)
      return Reflect.get(now, name)
    },
  })
  const put = (opened: T): T => {
    now = opened
    return opened
  }
  return { it, put }
}

/** A database without a table in it; `drop` ends whatever is still connected. */
export async function emptyDatabase() {
  return makeDatabase('template1')
}

/** A migrated, empty database that nobody has opened yet. */
export async function migratedDatabase() {
  return makeDatabase(TEMPLATE)
}

/** Logged in once for all that a worker makes: a login takes as long as half of a database. */
let admins: pg.Pool | null = null
function asAdmin(sql: string) {
  const { admin } = inject('postgres')
  if (admins === null) {
    admins = new pg.Pool({ connectionString: admin, idleTimeoutMillis: 0, allowExitOnIdle: true })
    // The server goes before its workers do.
    admins.on('error', () => undefined)
  }
  return admins.query(sql)
}

async function makeDatabase(template: string) {
  const { admin, owner, run } = inject('postgres')
  const name = `test_${randomBytes(6).toString('hex')}`
  // Files of a folder in memory are copied in a tenth of the time that it takes through the log.
  const how = `TEMPLATE ${template} STRATEGY FILE_COPY OWNER lapsewatch_owner`
  await asAdmin(`CREATE DATABASE ${name} ${how}`)
  return {
    name,
    adminUrl: onDatabase(admin, name),
    ownerUrl: onDatabase(owner, name),
    runUrl: onDatabase(run, name),
    async drop() {
      await whenLeft(name)
      await asAdmin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    },
  }
}

/** Half a second for those who are leaving: a pool has ended before its sockets are closed, and hears no error any more. */
async function whenLeft(name: string) {
  for (let tries = 0; tries < 100; tries += 1) {
    const { rowCount } = await asAdmin(
      `SELECT pg_sleep(0.005) FROM pg_stat_activity WHERE datname = '${name}' LIMIT 1`,
    )
    if (rowCount === 0) return
  }
}
