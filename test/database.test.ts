import { execFileSync } from 'node:child_process'
import { CopyBatch, type CopyRow } from '../src/database/bulk.ts'
import { inTransaction } from '../src/database/connect.ts'
import { connectionProblem } from '../src/database/errors.ts'
import { environment } from './support/command.ts'
import { openAt, useDatabase } from './support/database.ts'
import { rowsAt } from './support/postgres.ts'

const database = useDatabase()

describe('the program runs with as few rights as it needs', () => {
  test('it is neither owner nor superuser, also when its address logs in as one', async () => {
    const opened = await open(database.adminUrl)
    const { rows } = await opened.pool.query('SELECT current_user AS role')
    expect(rows).toEqual([{ role: 'lapsewatch_run' }])
    await opened.close()
  })

  test('it can add to the audit but not rewrite it', async () => {
    for (const table of ['audit_entry', 'audit_change']) {
      for (const change of [`UPDATE ${table} SET position = 0`, `DELETE FROM ${table}`]) {
        await expect(database.pool.query(change)).rejects.toThrow(/permission denied/)
      }
    }
  })

  test('it can take the next number of every sequence and set none', async () => {
    const { rows } = await database.pool.query<{ name: string }>(
      'SELECT sequencename AS name FROM pg_sequences WHERE schemaname = current_schema()',
    )
    expect(rows.length).toBeGreaterThan(15)
    for (const { name } of rows) {
      await database.pool.query('SELECT nextval($1)', [name])
      const set = database.pool.query('SELECT setval($1, 1)', [name])
      await expect(set, name).rejects.toThrow(/permission denied/)
    }
  })

  test('nor can it set one that a later migration makes', async () => {
    await rowsAt(database.ownerUrl, 'CREATE TABLE later (id serial PRIMARY KEY)')
    await database.pool.query('INSERT INTO later DEFAULT VALUES')
    const set = database.pool.query(`SELECT setval('later_id_seq', 1)`)
    await expect(set).rejects.toThrow(/permission denied/)
  })
})

describe('values arrive as what they are', () => {
  test('days and amounts are exact text, counts are numbers, instants are dates', async () => {
    const { rows } = await database.pool.query(`
      SELECT DATE '2027-03-28' AS day, ARRAY[DATE '2027-03-28'] AS days,
             1.50::numeric AS amount, ARRAY[1.50, NULL]::numeric[] AS amounts,
             7::bigint AS count, ARRAY[7]::bigint[] AS counts,
             TIMESTAMPTZ '2027-03-28 01:00+00' AS instant`)
    expect(rows).toEqual([
      {
        day: '2027-03-28',
        days: ['2027-03-28'],
        amount: '1.50',
        amounts: ['1.50', null],
        count: 7,
        counts: [7],
        instant: new Date('2027-03-28T01:00:00Z'),
      },
    ])
  })

  test('a count too large for a number is an error, never a wrong number', async () => {
    await expect(database.pool.query('SELECT 9007199254740993')).rejects.toThrow(/cast .* to text/)
  })

  test('every connection reckons in UTC', async () => {
    const { rows } = await database.pool.query("SELECT current_setting('timezone') AS zone")
    expect(rows).toEqual([{ zone: 'UTC' }])
  })
})

declare module 'vitest' {
  interface TaskMeta {
    /** Which clock and zone each process of a run had, for prove/dates.mjs. */
    clocks?: Readonly<Record<string, string>>
  }
}

test('this process, its commands and the database go by one clock', async ({ task }) => {
  const asked = Date.now()
  const { rows } = await database.pool.query<{ now: Date }>('SELECT clock_timestamp() AS now')
  const SHOWN = 'JSON.stringify([new Date(), Intl.DateTimeFormat().resolvedOptions().timeZone])'
  const shown = execFileSync(process.execPath, ['-p', SHOWN], { env: environment({}) })
  const [command, commandZone] = JSON.parse(String(shown)) as [string, string]
  const told = rows[0]?.now ?? new Date(0)
  for (const each of [told, new Date(command)]) {
    expect(each.getTime()).toBeGreaterThanOrEqual(asked - 1)
    expect(each.getTime()).toBeLessThanOrEqual(Date.now() + 1)
  }
  const { timeZone: zone } = Intl.DateTimeFormat().resolvedOptions()
  expect(commandZone).toBe(zone)
  const tests = new Date(asked).toISOString()
  task.meta.clocks = { tests, command, database: told.toISOString(), zone, commandZone }
})

test('a statement that takes too long is ended by the server', async () => {
  const slow = inTransaction(database.pool, async (client) => {
    await client.query("SET LOCAL statement_timeout = '50ms'; SELECT pg_sleep(30)")
  })
  await expect(slow).rejects.toThrow(/statement timeout/)
})

describe('a transaction', () => {
  test('is undone whole by any error, and its connection serves on', async () => {
    const failing = inTransaction(database.pool, async (client) => {
      await client.query('SELECT pg_advisory_xact_lock(1)')
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    const { rows } = await database.pool.query('SELECT pg_try_advisory_lock(1) AS free')
    expect(rows).toEqual([{ free: true }])
  })

  test('that copies rows into several tables writes all of them, or none and serves on', async () => {
    const odd = ['back\\slash', 'two\nlines\tand a tab', '', null]
    const client = await database.pool.connect()
    const batchOf = (second: CopyRow) => {
      const batch = new CopyBatch(['one', 'two', 'three', 'none'])
      for (const [id, what] of odd.entries()) batch.add('one', [{ id, what }])
      batch.add('two', [second])
      batch.add(
        'three',
        Array.from({ length: 5000 }, (_, id) => ({ what: 'x'.repeat(200), id })),
      )
      return batch
    }
    await client.query(`CREATE TEMP TABLE one (id int, what text); CREATE TEMP TABLE two (LIKE one);
      CREATE TEMP TABLE three (LIKE one); CREATE TEMP TABLE none (LIKE one)`)
    for (const bad of ['no number', 1.5]) {
      await expect(batchOf({ id: bad, what: null }).write(client)).rejects.toThrow(
        /invalid input syntax/,
      )
      expect((await client.query('SELECT FROM one')).rowCount).toBe(0)
    }
    await Promise.all([
      batchOf({ id: 1, what: 'a' }).write(client),
      batchOf({ id: 2, what: 'b' }).write(client),
    ])
    const { rows } = await client.query('SELECT DISTINCT id, what FROM one ORDER BY id')
    expect(rows.map(({ what }) => what)).toEqual(odd)
    const counts = await client.query(
      'SELECT (SELECT count(*) FROM two) AS two, (SELECT count(*) FROM three) AS three',
    )
    expect(counts.rows).toEqual([{ two: 2, three: 10_000 }])
    client.release(true)
  })

  test('that PostgreSQL breaks off for a conflict runs again, three times at most', async () => {
    for (const [failures, runs] of [
      [2, 3],
      [5, 3],
    ] as const) {
      let begun = 0
      const work = inTransaction(database.pool, async (client) => {
        begun += 1
        if (begun <= failures) {
          await client.query("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$")
        }
        return 'done'
      })
      if (failures < 3) expect(await work).toBe('done')
      else await expect(work).rejects.toMatchObject({ code: '40001' })
      expect(begun).toBe(runs)
    }
  })
})

describe('an address that does not work is explained without its password', () => {
  const wrong = (change: (url: URL) => void) => {
    const url = new URL(database.adminUrl)
    change(url)
    return url.href
  }
  test.each([
    ['a closed port', (url: URL) => (url.port = '1'), /No database server answers at .*:1:/],
    ['a wrong password', (url: URL) => (url.password = 'hidden'), /refuses the password of/],
    ['no such database', (url: URL) => (url.pathname = '/gone'), /There is no database gone/],
    ['no such host', (url: URL) => (url.hostname = 'gone.invalid'), /host/],
    ['TLS asked of a server without', (url: URL) => (url.search = '?sslmode=require'), /TLS/],
    [
      'another protocol',
      (url: URL) => (url.href = 'mysql://a:hidden@b/c'),
      /no PostgreSQL address/,
    ],
  ])('%s', async (_, change, sentence) => {
    const tried = open(wrong(change))
    await expect(tried).rejects.toThrow(sentence)
    await expect(tried).rejects.not.toThrow(/hidden/)
  })

  test('a password in what the server said is taken out', () => {
    const problem = connectionProblem(
      'postgresql://u:s%40cret@h/d',
      new Error('bad s@cret s%40cret'),
    )
    expect(problem.message).toContain('bad … …')
  })
})

const open = (databaseUrl: string) => openAt(databaseUrl, null)
