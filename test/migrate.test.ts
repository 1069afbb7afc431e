import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { migrate } from '../src/database/migrate.ts'
import { emptyDatabase } from './support/database.ts'
import { rowsAt } from './support/postgres.ts'

let database: Awaited<ReturnType<typeof emptyDatabase>>
let folder: string

beforeEach(async () => {
  database = await emptyDatabase()
  folder = mkdtempSync(path.join(tmpdir(), 'lapsewatch-migrations-'))
  chmodSync(folder, 0o755)
  write('0001_first', 'CREATE TABLE first (id int); INSERT INTO first VALUES (1);')
})

afterEach(async () => {
  await database.drop()
  rmSync(folder, { recursive: true })
})

test('migrations are applied in order, once', async () => {
  write('0002_second', 'ALTER TABLE first RENAME TO second')
  expect(await run()).toEqual({ applied: ['0001_first', '0002_second'] })
  expect(await run()).toEqual({ applied: [] })
  expect(await query('SELECT id FROM second')).toEqual([{ id: 1 }])
})

test('a migration added later is applied on top', async () => {
  await run()
  write('0002_second', 'CREATE TABLE second ()')
  expect(await run()).toEqual({ applied: ['0002_second'] })
})

test('processes that start together apply each migration once between them', async () => {
  write('0002_second', 'CREATE TABLE second ()')
  const results = await Promise.all([run(), run(), run(), run(), run()])
  expect(results.flatMap((result) => result.applied).sort()).toEqual(['0001_first', '0002_second'])
  expect(await query('SELECT id FROM first')).toEqual([{ id: 1 }])
})

test("the record is the one that Prisma's own tools read", async () => {
  await run()
  const [row] = await query('SELECT * FROM _prisma_migrations')
  expect(row).toMatchObject({
    migration_name: '0001_first',
    // Of the file's bytes, as sha256sum gives it.
    checksum: '8e5ae63deb3b2c04b6e63453a8e40cda3c895c869c3e7c1edb5f01a8645c13a9',
    applied_steps_count: 1,
    rolled_back_at: null,
    logs: null,
  })
  expect(row?.finished_at).toBeInstanceOf(Date)
})

test('a migration that fails leaves nothing behind, names its line, and can be put right', async () => {
  await run()
  write('0002_second', 'CREATE TABLE second ();\nSELECT *\nFROM nowhere;')
  await expect(run()).rejects.toThrow(
    /0002_second failed .* relation "nowhere" does not exist .*migration\.sql, line 3/,
  )
  expect(await query("SELECT tablename FROM pg_tables WHERE tablename = 'second'")).toEqual([])
  write('0002_second', 'CREATE TABLE second ()')
  expect(await run()).toEqual({ applied: ['0002_second'] })
})

test('a new database is made whole or not at all', async () => {
  write('0002_second', 'CREATE TABLE second ();\nSELECT *\nFROM nowhere;')
  await expect(run()).rejects.toThrow(/0002_second failed .*migration\.sql, line 3/)
  expect(await query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).toEqual([])
  write('0002_second', 'CREATE TABLE second ()')
  expect(await run()).toEqual({ applied: ['0001_first', '0002_second'] })
  expect(await query('SELECT migration_name FROM _prisma_migrations ORDER BY started_at')).toEqual([
    { migration_name: '0001_first' },
    { migration_name: '0002_second' },
  ])
})

test('a migration changed after it was applied is refused by name', async () => {
  await run()
  write('0001_first', 'CREATE TABLE first (id bigint)')
  await expect(run()).rejects.toThrow(/0001_first was changed after it was applied/)
})

test('a database used by a newer version is refused', async () => {
  write('0002_newer', 'CREATE TABLE newer ()')
  await run()
  rmSync(path.join(folder, '0002_newer'), { recursive: true })
  await expect(run()).rejects.toThrow(/0002_newer, which this version .* does not know.*Update/)
})

test('a migration that Prisma left half done is refused until it is settled', async () => {
  await run()
  write('0002_half', 'CREATE TABLE half ()')
  await query(
    "INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('x', 'y', '0002_half')",
  )
  await expect(run()).rejects.toThrow(/0002_half was begun by Prisma.*migrate resolve/)
  await query("UPDATE _prisma_migrations SET rolled_back_at = now() WHERE id = 'x'")
  expect(await run()).toEqual({ applied: ['0002_half'] })
})

test("the program's role cannot touch the record of migrations", async () => {
  await migrate(database.ownerUrl)
  const tried = query('DELETE FROM _prisma_migrations', database.runUrl)
  await expect(tried).rejects.toThrow(/permission denied/)
})

function run() {
  return migrate(database.ownerUrl, folder)
}

function write(name: string, sql: string): void {
  mkdirSync(path.join(folder, name), { recursive: true })
  writeFileSync(path.join(folder, name, 'migration.sql'), sql)
}

const query = (sql: string, url = database.ownerUrl) => rowsAt(url, sql)
