/** What every connection is told, and what becomes of one that falls silent. */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import type { TestContext } from 'vitest'
// biome-ignore lint/correctness/useImportExtensions: it is JavaScript, for the proofs as well
import { openPostgresProxy } from '../prove/postgres-proxy.mjs'
import { inTransaction, onEachAnswer, openPool, withTimeLimit } from '../src/database/connect.ts'
import type { Database } from '../src/database/open.ts'
import { tables } from '../src/database/prisma.ts'
import { freePort } from './support/command.ts'
import { endOn } from './support/contract-facts.ts'
import { migratedDatabase, openAt } from './support/database.ts'
import { connected, rowsAt } from './support/postgres.ts'
import { draft, setupIn } from './support/setup.ts'

// Those of silent connections do nothing but wait for limits of time.
vi.setConfig({ maxConcurrency: 10 })

const MONDAY = '2026-11-23'

type Made = Awaited<ReturnType<typeof migratedDatabase>>
interface Urls {
  readonly run?: string
  readonly owner?: string
  readonly questionMs?: number
}
const opening = (made: Made, { run, owner, ...more }: Urls = {}) =>
  openAt(run ?? made.runUrl, owner ?? made.ownerUrl, { poolSize: 3, ...more })

let made: Made
let opened: Database | null = null

/** A database for each test, which `open` opens and nobody has to close. */
function useOne() {
  beforeEach(async () => {
    made = await migratedDatabase()
  })
  afterEach(async () => {
    await opened?.close()
    opened = null
    await made.drop()
  })
}
async function open(urls: Urls = {}) {
  opened = await opening(made, urls)
  return opened
}
const asAdmin = (...statements: readonly string[]) =>
  connected(made.adminUrl, async (admin) => {
    for (const statement of statements) await admin.query(statement)
  })

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
  const setup = await setupIn(database)
  const drafts = [
    draft('A-1', { end: endOn('2026-12-11'), title: 'Schröder’s “pumps” \\ 5' }),
    draft('A-2', { end: endOn('2027-03-05') }),
  ]
  await setup.import(drafts, MONDAY)
  await setup.sweep(MONDAY)
  const again = await setup.import(drafts, MONDAY)
  const ends = await setup.rows(
    `SELECT reference, title, end_latest AS "end", next_rung_on AS next FROM contract ORDER BY 1`,
  )
  const queued = await setup.rows<{ facts: unknown }>(
    'SELECT purpose, as_of AS day, facts, destination FROM delivery ORDER BY id',
  )
  return { alerts: await setup.alerts(), ends, queued, unchanged: again.unchanged }
}

async function tameWay() {
  const tame = await migratedDatabase()
  const database = await opening(tame)
  try {
    return await wayOfARegister(database)
  } finally {
    await database.close()
    await tame.drop()
  }
}

describe('whatever is set for the user or the database,', () => {
  useOne()
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

  test('Prisma’s questions have them as well: a day and a moment stay what they are', async () => {
    await asAdmin('CREATE SCHEMA elsewhere', ...hostile('lapsewatch_run'))
    const { pool } = await open()
    const at = new Date('2026-03-29T00:30:00.123Z')
    const { id } = await tables(pool).organisation.create({
      data: { slug: 'own', name: 'Own', timeZone: 'UTC', calendar: 'x', backedUpAt: at },
      select: { id: true },
    })
    await tables(pool).team.create({
      data: { organisationId: id, name: 'A', nameKey: 'a', laddersFrom: '2026-03-29' },
    })
    const written = await pool.query(
      `SELECT t.ladders_from AS day, to_char(o.backed_up_at AT TIME ZONE 'UTC', 'HH24:MI:SS.MS') AS at
       FROM team t JOIN organisation o ON o.id = t.organisation_id`,
    )
    expect(written.rows).toEqual([{ day: '2026-03-29', at: '00:30:00.123' }])
    const read = await tables(pool).team.findFirst({
      select: { laddersFrom: true, organisation: { select: { backedUpAt: true } } },
    })
    expect(read).toEqual({ laddersFrom: '2026-03-29', organisation: { backedUpAt: at } })
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

describe('a database that is up to date', () => {
  useOne()

  test('is opened by one connection, which asks for its migrations as well', async ({
    onTestFinished,
  }) => {
    const proxy = await openPostgresProxy(made.runUrl)
    onTestFinished(() => proxy.close())
    const { pool, applied } = await open({ run: proxy.url(), owner: proxy.url(made.ownerUrl) })
    expect(proxy.accepted()).toBe(1)
    expect(applied).toEqual([])
    const { rows } = await pool.query('SELECT current_user AS role')
    expect(rows).toEqual([{ role: 'lapsewatch_run' }])
  })

  test.each([
    ['a newer migration', `migration_name = '9999_newer'`, /9999_newer, which this version/],
    ['a changed one', `checksum = 'another'`, /was changed after it was applied/],
    ['one that was left half done', 'finished_at = NULL', /was begun by Prisma/],
  ])('%s in its record is refused', async (_, set, why) => {
    await asAdmin(
      `UPDATE _prisma_migrations SET ${set}
        WHERE migration_name = (SELECT max(migration_name) FROM _prisma_migrations)`,
    )
    await expect(open()).rejects.toThrow(why)
  })
})

describe.concurrent('a connection that falls silent', () => {
  const QUESTION_MS = 3000
  let shared: Made
  beforeAll(async () => {
    shared = await migratedDatabase()
  })
  afterAll(() => shared.drop())

  async function silenced({ onTestFinished }: TestContext) {
    const proxy = await openPostgresProxy(shared.runUrl)
    onTestFinished(() => proxy.close())
    const database = await opening(shared, { run: proxy.url(), questionMs: QUESTION_MS })
    onTestFinished(() => database.close())
    const works = async () => {
      const { rows } = await database.pool.query('SELECT 1 AS n')
      expect(rows).toEqual([{ n: 1 }])
    }
    return { proxy, database, works }
  }
  /** How long until it has failed. */
  async function failsAfter(work: () => Promise<unknown>): Promise<number> {
    const began = performance.now()
    await expect(work()).rejects.toThrow()
    return performance.now() - began
  }

  test.for([
    ['swallows everything', { kind: 'silent' }],
    ['holds everything back', { kind: 'hold' }],
    ['cuts an answer off and falls silent', { kind: 'truncate', bytes: 7, after: 'silent' }],
  ] as const)('and %s is given up in time and never used again', async ([, fault], context) => {
    const { proxy, database, works } = await silenced(context)
    await works()
    proxy.become(fault)
    const ms = await failsAfter(() => database.pool.query('SELECT 2 AS n'))
    expect(ms).toBeLessThan(QUESTION_MS * 3)
    proxy.become({ kind: 'forward' })
    await works()
    // Whatever came late came to nobody.
    await Promise.all(Array.from({ length: 6 }, works))
  })

  test.for([
    ['ends', { kind: 'truncate', bytes: 7, after: 'end' }],
    ['is reset', { kind: 'truncate', bytes: 7, after: 'reset' }],
  ] as const)('and %s in the middle of an answer fails at once', async ([, fault], context) => {
    const { proxy, works } = await silenced(context)
    proxy.become(fault)
    await failsAfter(works)
    proxy.become({ kind: 'forward' })
    await works()
  })

  test('a question that may take long is asked after, and given up where nobody works on it', async (context) => {
    const { proxy, database, works } = await silenced(context)
    const asked = withTimeLimit('long', () =>
      inTransaction(database.pool, async (client) => {
        await client.query('SELECT 1')
        proxy.become({ kind: 'silent' })
        await client.query('SELECT 2')
      }),
    )
    const ms = await failsAfter(() => asked)
    // Its own limit is thirty times that of a question.
    expect(ms).toBeLessThan(QUESTION_MS * 4)
    proxy.become({ kind: 'forward' })
    await works()
  })

  test('also where only its own connection is dead and the server answers others', async (context) => {
    const { proxy, database, works } = await silenced(context)
    const asked = withTimeLimit('long', () =>
      inTransaction(database.pool, async (client) => {
        await client.query('SELECT 1')
        proxy.become({ kind: 'silent' })
        const second = client.query('SELECT 2')
        await vi.waitFor(() => expect(proxy.open()).toBeGreaterThan(0))
        setTimeout(() => proxy.become({ kind: 'forward' }), 100)
        await second
      }),
    )
    expect(await failsAfter(() => asked)).toBeLessThan(QUESTION_MS * 4)
    await works()
  })

  test('a question that the server works on is left alone, however silent it is', async (context) => {
    const { database } = await silenced(context)
    let answers = 0
    const slow = onEachAnswer(
      () => {
        answers += 1
      },
      () => withTimeLimit('long', () => database.pool.query('SELECT pg_sleep(4.5), 3 AS n')),
    )
    expect((await slow).rows).toMatchObject([{ n: 3 }])
    // Each look at the server that found it at work counts as a sign of life.
    expect(answers).toBeGreaterThan(4)
  })

  test('the locks of a transaction that was given up are free within the time that its server waits', async (context) => {
    const { proxy, database } = await silenced(context)
    const holding = inTransaction(database.pool, async (client) => {
      await client.query('SELECT pg_advisory_xact_lock(7)')
      proxy.become({ kind: 'silent' })
      await client.query('SELECT 1')
    })
    await failsAfter(() => holding)
    proxy.become({ kind: 'forward' })
    await vi.waitFor(
      async () => {
        const { rows } = await database.pool.query('SELECT pg_try_advisory_xact_lock(7) AS free')
        expect(rows).toEqual([{ free: true }])
      },
      { timeout: 30_000, interval: 100 },
    )
  })

  test('closing ends, though nobody says farewell', async (context) => {
    const { proxy, database, works } = await silenced(context)
    await works()
    proxy.become({ kind: 'silent' })
    const began = performance.now()
    await database.close()
    expect(performance.now() - began).toBeLessThan(QUESTION_MS * 2)
  })
})

describe('a server that was read-only', () => {
  useOne()
  test('is written to once it no longer is, over the same pool', async () => {
    const { pool } = await open()
    const writes = () =>
      inTransaction(pool, (client) =>
        client.query(
          `INSERT INTO organisation (slug, name, time_zone, calendar)
           VALUES (gen_random_uuid(), 'Trust group', 'Europe/London', 'england-and-wales')`,
        ),
      )
    await asAdmin(
      `ALTER DATABASE "${made.name}" SET default_transaction_read_only = on`,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    )
    await vi.waitFor(() => expect(writes()).rejects.toMatchObject({ code: '25006' }))
    await asAdmin(
      'SET default_transaction_read_only = off',
      `ALTER DATABASE "${made.name}" RESET default_transaction_read_only`,
    )
    await writes()
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
      await rowsAt(url(made.runUrl), 'SELECT 1')
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

describe.skipIf(!POOLER)('behind PgBouncer (needs pgbouncer)', () => {
  useOne()
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
      // A slow machine lets it idle for longer than its server allows.
      other.on('error', () => undefined)
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
    expect(await rowsAt(pooler.url(made.adminUrl), 'SELECT current_user AS role')).toEqual([
      { role: 'lapsewatch_admin' },
    ])
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

describe('a connection that is lost', () => {
  useOne()

  test('is told of while the program runs, and not once it ends its connections', async () => {
    const lines: string[] = []
    const log = (line: string) => void lines.push(line)
    const pool = await openPool(made.runUrl, 2, { applicationName: 'test', log })
    pool.emit('error', new Error('it went away'), new pg.Client())
    expect(lines).toHaveLength(1)
    const ended = pool.end()
    pool.emit('error', new Error('terminating connection'), new pg.Client())
    await ended
    expect(lines).toHaveLength(1)
  })
})
