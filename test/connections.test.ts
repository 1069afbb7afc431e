/** What every connection is told, and what becomes of one that falls silent. */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Database, openDatabase } from '../src/db/open.ts'
import { prismaOver } from '../src/db/prisma.ts'
import { inTransaction } from '../src/db/transaction.ts'
import { endOn } from './support/contract-facts.ts'
import { migratedDatabase } from './support/database.ts'
import { draft, houseIn } from './support/house.ts'

const MONDAY = '2026-11-23'

let made: Awaited<ReturnType<typeof migratedDatabase>>
let opened: Database | null = null
beforeEach(async () => {
  made = await migratedDatabase()
})
afterEach(async () => {
  await opened?.close()
  opened = null
  await made.drop()
})

async function open(urls: { run?: string; owner?: string; questionMs?: number } = {}) {
  opened = await openDatabase({
    databaseUrl: urls.run ?? made.runUrl,
    migrateUrl: urls.owner ?? made.ownerUrl,
    dataFolder: tmpdir(),
    log: () => undefined,
    poolSize: 3,
    ...(urls.questionMs === undefined ? {} : { questionMs: urls.questionMs }),
  })
  return opened
}
async function asAdmin(...statements: readonly string[]): Promise<void> {
  const admin = new pg.Client({ connectionString: made.adminUrl })
  await admin.connect()
  try {
    for (const statement of statements) await admin.query(statement)
  } finally {
    await admin.end()
  }
}

/** What somebody may have set for the user, for other programs of theirs, and what has to hold. */
const SETTINGS = [
  ['datestyle', "'SQL, MDY'", 'ISO, YMD'],
  ['timezone', "'Pacific/Kiritimati'", 'UTC'],
  ['intervalstyle', "'iso_8601'", 'postgres'],
  ['bytea_output', "'escape'", 'hex'],
  ['extra_float_digits', '-15', '1'],
  ['search_path', "'elsewhere'", 'public'],
  ['standard_conforming_strings', 'off', 'on'],
  ['array_nulls', 'off', 'on'],
  ['quote_all_identifiers', 'on', 'off'],
  ['transform_null_equals', 'on', 'off'],
  ['client_encoding', "'LATIN1'", 'UTF8'],
  ['default_transaction_isolation', "'serializable'", 'read committed'],
  ['row_security', 'on', 'off'],
  ['exit_on_error', 'on', 'off'],
  ['statement_timeout', "'5s'", '27s'],
  ['lock_timeout', "'1ms'", '0'],
  ['idle_in_transaction_session_timeout', "'5s'", '1min'],
  ['transaction_timeout', "'5s'", '0'],
  ['idle_session_timeout', "'5s'", '0'],
  ['synchronous_commit', 'off', 'on'],
] as const

const hostile = (of: string) =>
  SETTINGS.map(
    ([name, value]) => `ALTER ROLE ${of} IN DATABASE ${made.name} SET ${name} = ${value}`,
  )

/** Everything that a register goes through, and what comes out of it. */
async function wayOfARegister(database: Database) {
  const house = await houseIn(database)
  const drafts = [
    draft('A-1', { end: endOn('2026-12-11'), title: 'Schröder’s “pumps” \\ 5' }),
    draft('A-2', { end: endOn('2027-03-05') }),
  ]
  await house.import(drafts, MONDAY)
  await house.sweep(MONDAY)
  const again = await house.import(drafts, MONDAY)
  const ends = await house.rows(
    `SELECT reference, title, end_latest AS "end", next_rung_on AS next FROM contract ORDER BY 1`,
  )
  const queued = await house.rows<{ facts: unknown }>(
    'SELECT purpose, as_of AS day, facts, destination FROM delivery ORDER BY id',
  )
  return { alerts: await house.alerts(), ends, queued, unchanged: again.unchanged }
}

async function tameWay() {
  const tame = await migratedDatabase()
  const { run, owner } = { run: tame.runUrl, owner: tame.ownerUrl }
  const database = await openDatabase({
    databaseUrl: run,
    migrateUrl: owner,
    dataFolder: tmpdir(),
    log: () => undefined,
    poolSize: 3,
  })
  try {
    return await wayOfARegister(database)
  } finally {
    await database.close()
    await tame.drop()
  }
}

describe('whatever is set for the user or the database,', () => {
  test('every connection has the settings that the program reckons with', async () => {
    await asAdmin('CREATE SCHEMA elsewhere', ...hostile('lapsewatch_run'))
    const { pool } = await open()
    for (const [name, , wanted] of SETTINGS) {
      const { rows } = await pool.query('SELECT current_setting($1) AS is', [name])
      expect(rows, name).toEqual([{ is: wanted }])
    }
  })

  test('the same register makes the same days, warnings and messages', async () => {
    await asAdmin(
      'CREATE SCHEMA elsewhere',
      'GRANT ALL ON SCHEMA elsewhere TO lapsewatch_run, lapsewatch_owner',
      ...hostile('lapsewatch_run'),
      ...hostile('lapsewatch_owner'),
      `ALTER DATABASE ${made.name} SET datestyle = 'German'`,
    )
    const tame = await tameWay()
    expect(tame.alerts).toEqual(['2026-11-23 end 180', '2026-11-23 end 30'])
    expect(await wayOfARegister(await open())).toEqual(tame)
  })

  test('Prisma’s connections have them as well', async () => {
    await asAdmin('CREATE SCHEMA elsewhere', ...hostile('lapsewatch_run'))
    const { pool } = await open()
    const prisma = prismaOver(pool)
    const seen = await prisma.$queryRaw<{ style: string; path: string }[]>`
      SELECT current_setting('datestyle') AS style, current_setting('search_path') AS path`
    expect(seen).toEqual([{ style: 'ISO, YMD', path: 'public' }])
    expect(await prisma.delivery.count()).toBe(0)
  })

  test('tables in another schema are not taken for an empty database', async () => {
    await asAdmin(
      'ALTER SCHEMA public RENAME TO kept',
      'CREATE SCHEMA public',
      `ALTER DATABASE ${made.name} SET search_path = kept`,
    )
    await expect(open()).rejects.toThrow(/tables are in the schema kept/)
  })

  test('checks of the audit that are turned off keep it from starting', async () => {
    await asAdmin(
      `ALTER ROLE lapsewatch_run IN DATABASE ${made.name} SET session_replication_role = replica`,
    )
    await expect(open()).rejects.toThrow(/session_replication_role = replica.*RESET/)
  })
})

const POOLER = spawnSync('pgbouncer', ['--version']).status === 0

interface Pooler {
  url(of: string): string
  stop(): void
}

/** PgBouncer before the test's database, with the passwords of its users. */
async function startPooler(mode: string, more: readonly string[] = []): Promise<Pooler> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lapsewatch-pooler-'))
  const port = await freePort()
  const server = new URL(made.runUrl)
  const users = [made.runUrl, made.ownerUrl, made.adminUrl].map((url) => new URL(url))
  writeFileSync(
    path.join(folder, 'users'),
    users.map(({ username, password }) => `"${username}" "${password}"\n`).join(''),
  )
  writeFileSync(
    path.join(folder, 'pgbouncer.ini'),
    [
      '[databases]',
      `${made.name} = host=${server.hostname} port=${server.port}`,
      '[pgbouncer]',
      `listen_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =`,
      `auth_type = trust\nauth_file = ${folder}/users`,
      `pool_mode = ${mode}\ndefault_pool_size = 2`,
      ...more,
    ].join('\n'),
  )
  chmodSync(folder, 0o755)
  // It does not run as root.
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  const child = spawn('pgbouncer', ['-q', path.join(folder, 'pgbouncer.ini')], {
    ...nobody,
    stdio: 'ignore',
  })
  const url = (of: string) => {
    const through = new URL(of)
    through.host = `127.0.0.1:${port}`
    return through.href
  }
  await vi.waitFor(
    async () => {
      const client = new pg.Client({ connectionString: url(made.runUrl) })
      await client.connect()
      await client.end()
    },
    { timeout: 20_000, interval: 50 },
  )
  return {
    url,
    stop() {
      child.kill('SIGKILL')
      rmSync(folder, { recursive: true })
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

describe.skipIf(!POOLER)('behind PgBouncer (needs pgbouncer)', () => {
  let pooler: Pooler | null = null
  afterEach(async () => {
    await opened?.close()
    pooler?.stop()
    pooler = null
  })

  test.each([
    ['transaction', []],
    ['transaction', ['ignore_startup_parameters = options,extra_float_digits']],
    ['session', []],
  ] as const)(
    'in %s mode (%j) a register makes the same days, warnings and messages, whoever used the connections before',
    async (mode, more) => {
      await asAdmin(
        'CREATE SCHEMA elsewhere',
        'GRANT ALL ON SCHEMA elsewhere TO lapsewatch_run, lapsewatch_owner',
        ...hostile('lapsewatch_run'),
        ...hostile('lapsewatch_owner'),
      )
      pooler = await startPooler(mode, more)
      const tame = await tameWay()
      const database = await open({
        run: pooler.url(made.runUrl),
        owner: pooler.url(made.ownerUrl),
      })
      // Another program leaves its own settings behind.
      const other = new pg.Client({ connectionString: pooler.url(made.runUrl) })
      await other.connect()
      await other.query(
        `SET datestyle = 'German'; SET search_path = elsewhere; SET timezone = 'Asia/Kabul'`,
      )
      expect(await wayOfARegister(database)).toEqual(tame)
      await other.end()
    },
  )

  test('every transaction takes the role that cannot rewrite the audit, and none leaves it behind', async () => {
    pooler = await startPooler('transaction')
    const { pool } = await open({ run: pooler.url(made.adminUrl) })
    const role = () => pool.query('SELECT current_user AS role').then(({ rows }) => rows)
    expect(await role()).toEqual([{ role: 'lapsewatch_run' }])
    const inside = await inTransaction(pool, (client) =>
      client.query('SELECT current_user AS role'),
    )
    expect(inside.rows).toEqual([{ role: 'lapsewatch_run' }])
    const other = new pg.Client({ connectionString: pooler.url(made.adminUrl) })
    await other.connect()
    const { rows } = await other.query('SELECT current_user AS role')
    expect(rows).toEqual([{ role: 'lapsewatch_admin' }])
    await other.end()
    // An error leaves the connection as usable as before.
    await expect(pool.query('SELECT 1/0')).rejects.toThrow(/division/)
    expect(await role()).toEqual([{ role: 'lapsewatch_run' }])
  })

  test('in statement mode the start is refused with what to do', async () => {
    pooler = await startPooler('statement')
    await expect(open({ run: pooler.url(made.runUrl), owner: made.ownerUrl })).rejects.toThrow(
      /pool_mode/,
    )
  })
})
