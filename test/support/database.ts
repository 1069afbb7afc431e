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
  const { ownerUrl, adminUrl, runUrl, drop } = await makeDatabase(TEMPLATE)
  const database = await openAt(runUrl, ownerUrl, {
    poolSize,
    // The machine may be busy: no test but those of time limits is about how long an answer takes.
    questionMs: 120_000,
  })
  return {
    ...database,
    ownerUrl,
    adminUrl,
    async drop() {
      await database.close()
      await drop()
    },
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
