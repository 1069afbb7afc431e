import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import pg from 'pg'
import { verifyAudit } from '../src/database/audit-log.ts'
import { backUp, checkBackup, restoreBackup } from '../src/database/backup.ts'
import { readMigrations } from '../src/database/migrate.ts'
import { splitFingerprints } from '../src/delivery/load.ts'
import { deliverDue } from '../src/delivery/worker.ts'
import { addDays } from '../src/rules/civil-date.ts'
import { openWorkspace, type Workspace } from '../stand-in/slack/server.ts'
import { day, endOn } from './support/contract-facts.ts'
import { freshDatabase, type TestDatabase } from './support/database.ts'
import { worker } from './support/outbox.ts'
import { rowsAt } from './support/postgres.ts'
import { draft, openSetup, type Setup } from './support/setup.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'backup-'))
let count = 0
const newFile = () => {
  count += 1
  return path.join(folder, `${count}.lapsewatch`)
}
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Place = Pick<TestDatabase, 'pool' | 'ownerUrl'>

const MONDAY = day('2026-11-23')

describe('a backup', () => {
  let setup: Setup
  let other: TestDatabase
  let file: string
  beforeAll(async () => {
    setup = await openSetup()
    await setup.import(
      [draft('A\\t"1"', { title: `Tab\there, new\nline, ö, 😀, \\N`, owner: 'Amira Khan' })],
      '2026-11-20',
    )
    await setup.sweep('2027-03-01')
    other = await freshDatabase()
    file = newFile()
    await backUp(setup.db.pool, file)
  })
  afterAll(async () => {
    await setup.drop()
    await other.drop()
  })
  const restore = (from: string, replace = false, into: Place = other) =>
    restoreBackup(into.ownerUrl, from, { replace, ownConnections: 10 })
  const contracts = async (database: Place) =>
    (await database.pool.query('SELECT reference, title FROM contract ORDER BY id')).rows

  test('that is damaged anywhere, cut off, or no backup is refused, and nothing is changed', async () => {
    const whole = readFileSync(file)
    const inner = gunzipSync(whole)
    const swapped = Buffer.from(
      inner.toString('latin1').replace('Northwind', 'Northwynd'),
      'latin1',
    )
    const flipped = Buffer.from(whole)
    flipped[Math.floor(whole.length / 2)] = (flipped[Math.floor(whole.length / 2)] ?? 0) ^ 0xff
    const inContract = inner.indexOf(10, inner.indexOf('"table":"contract"')) + 40
    // A damaged date would be refused by the server, half way and with its contents.
    const date = Buffer.from(inner.toString('latin1').replace('2027-03-31', '2027-99-31'), 'latin1')
    const bad = [
      [gzipSync(swapped), /changed or damaged.* in table "\w+", after [\d,]+ bytes/],
      [gzipSync(date), /changed or damaged/],
      [gzipSync(inner.subarray(0, inner.length - 80)), /cut off/],
      [
        gzipSync(inner.subarray(0, inContract)),
        /cut off.* in table "contract", after [\d,]+ bytes/,
      ],
      [whole.subarray(0, whole.length - 20), /damaged/],
      [flipped, /damaged|no backup/],
      [Buffer.from('Ref,Title\n'), /cannot be read/],
      [gzipSync(Buffer.from('{"lapsewatch":"backup","version":2}\n')), /update Lapsewatch/],
      [gzipSync(Buffer.from('{"rows":99999999999}\n')), /no backup/],
      [gzipSync(Buffer.alloc(3_000_000, 65)), /no backup/],
    ] as const
    for (const [bytes, why] of bad) {
      const name = newFile()
      writeFileSync(name, bytes)
      await expect(restore(name)).rejects.toThrow(why)
      await expect(checkBackup(name)).rejects.toThrow(why)
      if (why.source !== 'update Lapsewatch') await expect(restore(name)).rejects.toThrow(name)
    }
    await expect(restore(path.join(folder, 'none'))).rejects.toThrow('There is no file')
    expect(await contracts(other)).toEqual([])
  })

  test('of a newer version is refused, with what to do', async () => {
    const name = newFile()
    await backUp(setup.db.pool, name)
    const newer = `UPDATE _prisma_migrations SET migration_name = $1 WHERE migration_name = $2`
    const last = readMigrations().at(-1)?.name
    await asOwner(setup.db, newer, ['29990101000000_later', last])
    const later = newFile()
    await backUp(setup.db.pool, later).finally(() =>
      asOwner(setup.db, newer, [last, '29990101000000_later']),
    )
    await expect(restore(later)).rejects.toThrow(
      /newer version.*29990101000000_later.*update Lapsewatch/,
    )
  })

  test('that is interrupted half way leaves what was there, also where it is of an older version', async () => {
    const own = await openSetup()
    await own.import([draft('KEPT')], '2026-11-20')
    const stands = await contracts(own.db)
    const older = fileURLToPath(new URL('registers/upgrade/06-migrations.backup', import.meta.url))
    // Held by somebody else, so that the restore stands where its tables are half filled, or laid.
    await asOwner(
      own.db,
      `CREATE FUNCTION stand() RETURNS trigger LANGUAGE plpgsql AS
         'BEGIN PERFORM pg_advisory_xact_lock(72707369); RETURN NEW; END';
       CREATE TRIGGER stand BEFORE INSERT ON contract FOR EACH ROW EXECUTE FUNCTION stand()`,
    )
    for (const from of [file, older]) {
      const other = new pg.Client({ connectionString: own.db.ownerUrl })
      await other.connect()
      await other.query('SELECT pg_advisory_lock(72707369)')
      const restoring = restore(from, true, own.db)
      const refused = expect(restoring).rejects.toThrow()
      const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'lapsewatch restore'
          AND wait_event_type = 'Lock'`
      await expect.poll(async () => (await other.query(cut)).rowCount).toBe(1)
      await refused
      await other.end()
      expect(await contracts(own.db)).toEqual(stands)
    }
    await own.drop()
  })

  test('comes back whole into an empty database: every row, the audit, the next numbers', async () => {
    const restored = await restore(file)
    expect(await contracts(other)).toEqual(await contracts(setup.db))
    const { id } = setup.organisation
    expect(await verifyAudit(other.pool, id)).toEqual(await verifyAudit(setup.db.pool, id))
    expect((await verifyAudit(other.pool, id)).entries).toBeGreaterThan(0)
    const again = newFile()
    await other.pool.query('UPDATE organisation SET restored_at = NULL, backed_up_at = NULL')
    expect((await backUp(other.pool, again)).sha256).not.toBe('')
    const body = (name: string) =>
      gunzipSync(readFileSync(name))
        .toString()
        .replaceAll(/,"hash":"\w+"/g, '')
        .split('\n')
        .slice(1, -2)
    expect(body(again)).toEqual(body(file))
    expect(restored.rows).toBeGreaterThan(5)
    // The guards of the audit stand again.
    await expect(other.pool.query('DELETE FROM audit_change')).rejects.toThrow()
    await expect(asOwner(other, 'DELETE FROM audit_change')).rejects.toThrow('only grows')
  })

  test('replaces what is there only where that is said', async () => {
    await expect(restore(file)).rejects.toThrow(/not empty.*--replace/)
    await other.pool.query(`UPDATE contract SET title = 'Later'`)
    await restore(file, true)
    expect(await contracts(other)).toEqual(await contracts(setup.db))
  })

  test('is not restored under a process that works', async () => {
    await other.pool.query('SELECT 1')
    await expect(
      restoreBackup(other.ownerUrl, file, { replace: true, ownConnections: 0 }),
    ).rejects.toThrow('stop every process')
  })

  test('never replaces a file, and only its owner may read it', async () => {
    await expect(backUp(setup.db.pool, file)).rejects.toThrow('exists already')
    await expect(backUp(setup.db.pool, path.join(folder, 'no', 'x'))).rejects.toThrow('folder')
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('is of one moment, whatever is written meanwhile', async () => {
    const before = await contracts(setup.db)
    const name = newFile()
    await Promise.all([
      backUp(setup.db.pool, name),
      setup.db.pool.query(`UPDATE contract SET title = title || '.'`),
      setup.db.pool.query(`UPDATE team SET name = name || '.'`),
    ])
    await restore(name, true)
    const titles = (await contracts(other)).map(({ title }) => title)
    expect(
      [before, await contracts(setup.db)].map((rows) => rows.map(({ title }) => title)),
    ).toContainEqual(titles)
  })
})

describe('an older state that is restored', () => {
  let setup: Setup
  let workspace: Workspace
  let file: string
  /** What was sent before the backup stands an hour earlier: outside the stretch that is read. */
  let earlier = 3_600_000

  /** Days before the backup and after it: in threads, in groups and one by one. */
  beforeAll(async () => {
    setup = await openSetup()
    await setup.rows(`UPDATE team SET channel = 'C0ONE', created_at = '2026-01-01'`)
    workspace = await openWorkspace({
      channels: [{ id: 'C0ONE', name: 'one' }] as never,
      now: () => Date.now() - earlier,
    })
    const soon = ['2026-12-10', '2026-12-18', '2026-12-28', '2027-01-15']
    await setup.import(
      soon.map((end, index) => draft(`S-${index}`, { end: endOn(end) })),
      '2026-11-20',
    )
    await days(0, 4)
    file = newFile()
    await backUp(setup.db.pool, file)
    earlier = 0
    await importLater(7)
    await days(7, 11, 18, 25)
    expect(repeats()).toBe(0)
  })
  afterAll(async () => {
    await workspace.close()
    await setup.drop()
  })
  afterEach(() => workspace.faults.clear())

  const deliver = () => deliverDue(worker(setup.db.pool, workspace))
  const onDay = (count: number) => addDays(MONDAY, count)
  async function days(...counts: readonly number[]): Promise<void> {
    for (const count of counts) {
      await setup.sweep(onDay(count))
      await deliver()
    }
  }
  /** A register that the backup does not know: read again, its contracts have other numbers. */
  async function importLater(count: number, drafts = LATER): Promise<void> {
    await setup.import(drafts, onDay(count), { source: 'second' })
  }
  const LATER = Array.from({ length: 7 }, (_, index) =>
    draft(`M-${index}`, { end: endOn('2027-01-04') }),
  )
  /** How many warnings were told more than once. */
  const repeats = () => {
    const told = workspace.ledger.messages.flatMap(({ metadata }) =>
      splitFingerprints(metadata?.event_payload.tells),
    )
    return told.length - new Set(told).size
  }
  async function restore(): Promise<void> {
    const options = { replace: true, ownConnections: 10 }
    await restoreBackup(setup.db.ownerUrl, file, options)
    await importLater(25, LATER.toReversed())
  }

  test('repeats nothing that was sent after it, and goes on with what was not', async () => {
    const before = workspace.ledger.messages.length
    await restore()
    await days(25)
    // Caught up in one grouped message, all of it was told: in threads, in groups and one by one.
    expect(workspace.ledger.messages.length).toBe(before)
    await days(28, 35, 42)
    expect(repeats()).toBe(0)
    expect(workspace.ledger.messages.length).toBeGreaterThan(before)
    const open = `SELECT FROM delivery WHERE state NOT IN ('SENT', 'SUPERSEDED')`
    expect(await setup.rows(open)).toEqual([])
    expect(workspace.ledger.failures).toEqual([])
  })

  test('waits where Slack does not answer, and marks a possible repeat where history is closed', async () => {
    await restore()
    await setup.sweep(onDay(25))
    const before = workspace.ledger.messages.length
    const always = { method: 'conversations.history', times: 1000 }
    workspace.faults.plan({ kind: 'status', status: 500, accepted: false }, always)
    await deliver()
    expect(workspace.ledger.messages.length).toBe(before)
    workspace.faults.clear()
    workspace.faults.plan({ kind: 'error', error: 'missing_scope', accepted: false }, always)
    await setup.rows(`UPDATE delivery SET due_at = now() WHERE state = 'RETRY'`)
    await deliver()
    const later = workspace.ledger.messages.slice(before).map(({ text }) => text)
    expect(later.length).toBeGreaterThan(0)
    for (const text of later) expect(text).toMatch(/possible repeat/i)
  })

  test('would repeat without the look (so that the tests above say something)', async () => {
    await restore()
    await setup.rows('UPDATE organisation SET restored_at = NULL')
    const before = repeats()
    await days(25)
    expect(repeats()).toBeGreaterThan(before)
  })
})

function asOwner(
  { ownerUrl }: Pick<TestDatabase, 'ownerUrl'>,
  sql: string,
  values: readonly unknown[] = [],
) {
  return rowsAt(ownerUrl, sql, values)
}
