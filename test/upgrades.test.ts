/**
 * Upgrades. `registers/upgrade` holds backups of databases that the programs of their day filled:
 * 6, 10 and 13 migrations (commits da1b5ba^, 5f56d1a^, fe5b415^ of 22 Nov 2026), each with the three
 * files beside them imported, swept on 27 and 30 Nov, and acted on.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { verifyAudit } from '../src/database/audit-log.ts'
import { backUp, checkBackup, readSequences, restoreBackup } from '../src/database/backup.ts'
import { quoted, readTables } from '../src/database/bulk.ts'
import { MIGRATIONS, migrate, readMigrations } from '../src/database/migrate.ts'
import type { ImportResult } from '../src/register/import/import.ts'
import { emptyDatabase, freshDatabase, type TestDatabase } from './support/database.ts'
import { connected } from './support/postgres.ts'
import { present } from './support/present.ts'
import { type Setup, setupIn } from './support/setup.ts'

const FOLDER = fileURLToPath(new URL('registers/upgrade/', import.meta.url))
const names = readMigrations().map(({ name }) => name)
/** The first version that took backups, and the last one before today's: by their migrations. */
const COUNTS = [11, names.length - 1]
const SWEPT = '2026-11-30'
const AGAIN = '2026-12-01'

const folder = mkdtempSync(path.join(tmpdir(), 'upgrades-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Address = Pick<TestDatabase, 'ownerUrl'>

/** A backup as its program took it, in today's database. */
async function restored(file: string): Promise<TestDatabase> {
  const database = await freshDatabase()
  await restoreBackup(database.ownerUrl, file, { replace: false, ownConnections: 5 })
  return database
}

const asOwner = <T>({ ownerUrl }: Address, work: (client: pg.Client) => Promise<T>) =>
  connected(ownerUrl, work)

/** A database with these migrations alone, and with the rows of another as far as it has room. */
async function olderDatabase(migrations: readonly string[], from: Address) {
  const database = await emptyDatabase()
  const own = mkdtempSync(path.join(folder, 'migrations-'))
  mkdirSync(own, { recursive: true })
  for (const name of migrations) {
    cpSync(path.join(MIGRATIONS, name), path.join(own, name), { recursive: true })
  }
  await migrate(database.ownerUrl, own)
  await asOwner(from, (source) =>
    asOwner(database, async (target) => {
      for (const { name } of await readTables(target)) {
        const table = quoted(name)
        const { rows } = await source.query(`SELECT json_agg(t)::text AS rows FROM ${table} t`)
        await target.query(
          `INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $1)`,
          [rows[0]?.rows ?? '[]'],
        )
      }
      for (const { sequence, value } of await readSequences(source)) {
        await target.query(
          `SELECT setval(sequencename::regclass, greatest($2::bigint, 1), $2 <> '0')
           FROM pg_sequences WHERE sequencename = $1`,
          [sequence, value],
        )
      }
    }),
  )
  return database
}

/** Every row of these tables, or of all; without what a restore notes of itself. */
const contents = (database: Address, only: readonly string[] | null = null) =>
  asOwner(database, async (client) => {
    const all: Record<string, unknown> = {}
    for (const { name, order } of await readTables(client)) {
      if (only !== null && !only.includes(name)) continue
      const { rows } = await client.query(
        `SELECT to_jsonb(t) - ARRAY['restored_at', 'backed_up_at'] AS row
         FROM ${quoted(name)} t ORDER BY ${order}`,
      )
      all[name] = rows.map(({ row }) => row)
    }
    return all
  })

async function readAgain(setup: Setup, file: string): Promise<ImportResult> {
  const options = { source: null, triageDays: 14 }
  return (await setup.importFile(path.join(FOLDER, file), AGAIN, options)).result
}

type Contents = Record<(typeof KEPT)[number], Record<string, unknown>[]>

const written = (row: object) => JSON.stringify(row)

function contractIn({ contract }: Contents, reference: string): Record<string, unknown> {
  return present(contract.find((each) => each.reference === reference))
}

/** Without one contract, and without what belongs to it. */
function without(reference: string, all: Contents): Contents {
  const own = contractIn(all, reference)
  const tables = Object.entries(all).map(([name, rows]) => [
    name,
    rows.filter((each) => each !== own && each.contract_id !== own.id),
  ])
  return Object.fromEntries(tables) as Contents
}

/** How many warnings of each kind were taken back. */
async function supersededKinds(database: Address): Promise<Readonly<Record<string, number>>> {
  const { alert = [] } = await contents(database, ['alert'])
  const counts: Record<string, number> = {}
  for (const { kind, state } of alert as { kind: string; state: string }[]) {
    if (state === 'superseded') counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

/** What a reader of the same register may not touch. */
const KEPT = [
  ...(['contract', 'extension', 'decision', 'deadline', 'alert', 'delivery', 'person'] as const),
]

describe.each(['06', '10', '13'])('a database of %s migrations', (count) => {
  const file = path.join(FOLDER, `${count}-migrations.backup`)
  let database: TestDatabase
  let setup: Setup
  beforeAll(async () => {
    database = await restored(file)
  })
  afterAll(() => setup.drop())

  test('comes back from its backup as it would have been brought up to date', async () => {
    const { header } = await checkBackup(file)
    expect(header.migrations.length).toBe(Number(count))
    const inPlace = await olderDatabase(header.migrations, database)
    await migrate(inPlace.ownerUrl)
    const all = await contents(database)
    expect(await contents(inPlace)).toEqual(all)
    expect(all.contract).toHaveLength(24)
    await inPlace.drop()
    const { id } = (all.organisation as { id: number }[])[0] ?? { id: 0 }
    expect((await verifyAudit(database.pool, id)).entries).toBeGreaterThan(5)
    // The guards of the audit stand, and the program's role may do what it may.
    await expect(database.pool.query('DELETE FROM audit_change')).rejects.toThrow('permission')
    await expect(
      asOwner(database, (client) => client.query('DELETE FROM audit_change')),
    ).rejects.toThrow('only grows')
  })

  test('reads the same register again and changes nothing, asks nothing, warns of nothing again', async () => {
    setup = await setupIn(database)
    const held = await supersededKinds(database)
    await setup.followRules(SWEPT)
    const told = await setup.alerts()
    await setup.sweep(SWEPT)
    // A start-by on an assumed route counts to the latest day of the fastest one since: what was
    // said of its earlier day no longer holds. A notice of which nobody said whether the contract
    // renews is no deadline since, and is asked about. Nothing else was taken back.
    const since = (await setup.alerts()).filter((each) => !told.includes(each))
    const taken = await supersededKinds(database)
    const moved = { 'start-by': 0, notice: 0 }
    expect({ ...taken, ...moved }).toEqual({ ...held, ...moved })
    // What older programs did not warn of at all, or of another day.
    for (const alert of since) expect(alert).toMatch(/ (?:review|start-by|renewal) /)
    const before = (await contents(database, KEPT)) as Contents
    const result = await readAgain(setup, 'register.csv')
    // A-015 has a start that nobody can read: older programs rejected it, now its end is watched.
    // A-008 is rolling, with a notice: it renews by itself since, for terms that are asked about.
    expect(result).toMatchObject({ created: 1, updated: 1, isSameFile: true })
    expect(result.updatedFields).toEqual([{ field: 'automatic_renewal', contracts: 1 }])
    // A-001 leaves something open that is asked about since, and two name a route by half; an end is
    // known to the month, and one is missing.
    const references = result.problems.map(({ reference }) => reference)
    expect(references).toEqual(['A-001', 'A-001', 'A-006', 'A-007', 'A-008', 'A-013', 'A-015'])
    expect(await setup.sweep(SWEPT)).toMatchObject({ raised: 0, superseded: 0, queued: 0 })
    const after = without('A-015', (await contents(database, KEPT)) as Contents)
    // A-008 is presumed to have renewed, with a notice for its next term: that is all that is new of it.
    const { deadline, extension, ...others } = after
    const known = new Set(Object.values(before).flat().map(written))
    const isKnown = (row: object) => known.has(written(row))
    const fresh = [...extension, ...deadline].filter((row) => !isKnown(row))
    const { id, ...renewing } = contractIn(before, 'A-008')
    expect(fresh.map((row) => [row.from_on ?? row.due_on, row.to_on ?? row.settled_why])).toEqual([
      ['2021-01-01', '2026-12-31'],
      ['2027-01-01', '2027-12-31'],
      ['2026-11-27', 'it went on into the next term'],
      ['2027-11-29', null],
    ])
    expect(new Set(fresh.map((row) => row.contract_id))).toEqual(new Set([id]))
    expect(renewing.automatic_renewal).toBeNull()
    const { version } = contractIn(after, 'A-008')
    Object.assign(contractIn(before, 'A-008'), { automatic_renewal: true, version })
    const kept = { deadline: deadline.filter(isKnown), extension: extension.filter(isKnown) }
    expect({ ...others, ...kept }).toEqual(before)
  })

  test('reads more from a register than its program did, and the release notes name it', async () => {
    const notes = await readFile(new URL('../CHANGELOG.md', import.meta.url), 'utf8')
    const named = notes.split('### What an import of the same registers updates')[1] ?? ''
    for (const file of ['wide.csv', 'notices.json']) {
      const { updatedFields, problems, isSameFile } = await readAgain(setup, file)
      expect(isSameFile).toBe(true)
      expect(problems).toEqual([])
      expect(updatedFields).not.toEqual([])
      for (const { field } of updatedFields) expect(named, field).toContain(`\`${field}\``)
      expect(await readAgain(setup, file)).toMatchObject({ updated: 0, updatedFields: [] })
    }
    const told = await setup.alerts()
    expect(await setup.sweep(SWEPT)).toMatchObject({ superseded: 0 })
    // W-002 had a value of 0, and its start-by on an assumed route is still to come; W-003 was
    // rejected by older programs.
    const both = [...(await setup.alerts('W-002')), ...(await setup.alerts('W-003'))]
    const since = (await setup.alerts()).length - told.length
    expect([both.length, since]).toEqual([1, 1])
  })
})

describe('a backup of the first version that took any, and of the one before this', () => {
  let current: TestDatabase
  let target: TestDatabase
  beforeAll(async () => {
    current = await restored(path.join(FOLDER, '13-migrations.backup'))
    target = await freshDatabase()
  })
  afterAll(async () => {
    await current.drop()
    await target.drop()
  })

  test.each(COUNTS)(
    'with %i migrations it comes back, and is brought up to date',
    async (count) => {
      const older = await olderDatabase(names.slice(0, count), current)
      const pool = new pg.Pool({ connectionString: older.ownerUrl })
      const file = path.join(folder, `${count}.backup`)
      await backUp(pool, file)
      await pool.end()
      await older.drop()
      const options = { replace: true, ownConnections: 5 }
      const { migrated } = await restoreBackup(target.ownerUrl, file, options)
      expect(migrated).toEqual(names.slice(count))
      expect(await contents(target)).toEqual(await contents(current))
    },
  )
})
