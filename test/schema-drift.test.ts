import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { freshDatabase, type TestDatabase } from './support/database.ts'
import { migrationList, schemaEngine, schemaFiles, schemaText } from './support/schema-engine.ts'

let database: TestDatabase
let engine: Awaited<ReturnType<typeof schemaEngine>>

beforeAll(async () => {
  database = await freshDatabase()
  engine = await schemaEngine(database.ownerUrl)
})

afterAll(() => database.drop())

test('a migrated database is what schema.prisma describes', async () => {
  expect(await difference(schemaText())).toBe('-- This is an empty migration.')
})

test('a column that only schema.prisma has would be noticed', async () => {
  const text = schemaText().replace('model Organisation {', 'model Organisation {\n  extra Int?')
  expect(await difference(text)).toContain('ADD COLUMN     "extra" INTEGER')
})

test('an index that only the migrations have would be noticed', async () => {
  const text = schemaText().replace(/slug( +)String( +)@unique/, 'slug String')
  expect(await difference(text)).toContain('DROP INDEX')
})

test("Prisma's own migrate agrees with the record of what was applied", async () => {
  const state = await engine.diagnoseMigrationHistory({
    migrationsList: migrationList(),
    optInToShadowDatabase: false,
    filters,
  })
  expect(state).toMatchObject({
    history: null,
    editedMigrationNames: [],
    failedMigrationNames: [],
    hasMigrationsTable: true,
  })
  const { appliedMigrationNames } = await engine.applyMigrations({
    migrationsList: migrationList(),
    filters,
  })
  expect(appliedMigrationNames).toEqual([])
})

test('the client that is committed is the one that schema.prisma makes', {
  timeout: 600_000,
}, () => {
  const made = mkdtempSync(path.join(tmpdir(), 'lapsewatch-client-'))
  try {
    const { status, stderr } = spawnSync(process.execPath, [at('tools/prisma/generate.mjs'), made])
    expect(status, String(stderr)).toBe(0)
    expect(filesOf(at('src/database/generated'))).toEqual(filesOf(made))
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
})

test('to the client, civil dates and amounts are text, and what is left out is the database’s', async () => {
  const columns = await database.pool.query<{ column: string; type: string; fills: boolean }>(
    `SELECT table_name || '.' || column_name AS column, data_type AS type,
       column_default = 'CURRENT_TIMESTAMP' AS fills FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name <> '_prisma_migrations'
       AND (data_type IN ('date', 'numeric') OR column_default = 'CURRENT_TIMESTAMP')`,
  )
  const told = models().flatMap(({ table, lines }) =>
    [...lines.matchAll(/^ {2}(\w+) +(\w+)\??( .*)?$/gm)].map(([, name, type, rest = '']) => {
      const column = `${table}.${rest.match(/@map\("(\w+)"\)/)?.[1] ?? name}`
      return [column, { type, fills: rest.includes('@default(dbgenerated("now()"))') }] as const
    }),
  )
  const client = new Map(told)
  expect(columns.rows.length).toBeGreaterThan(50)
  for (const { column, type, fills } of columns.rows) {
    if (fills) expect(client.get(column), column).toMatchObject({ fills })
    else expect(client.get(column), `${column} ${type}`).toMatchObject({ type: 'String' })
  }
})

/** What the client was made from stands in it: each model with its table and its lines. */
function models() {
  const written = readFileSync(at('src/database/generated/internal/class.ts'), 'utf8')
  const schema: string = JSON.parse(written.match(/"inlineSchema": (".*"),/)?.[1] ?? '""')
  return [...schema.matchAll(/^model \w+ \{\n([\s\S]*?)^\}/gm)].map(([, lines = '']) => {
    const table = lines.match(/@@map\("(\w+)"\)/)?.[1]
    return { table, lines }
  })
}

function at(file: string): string {
  return fileURLToPath(new URL(`../${file}`, import.meta.url))
}

function filesOf(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => [path.relative(folder, file), readFileSync(file, 'utf8')]),
  )
}

const filters = { externalTables: [], externalEnums: [] }

/** The SQL that would lead from the database to a schema. */
async function difference(schema: string): Promise<string> {
  const { stdout } = await engine.diff({
    from: { tag: 'schemaDatasource', ...schemaFiles(schemaText()), configDir: '' },
    to: { tag: 'schemaDatamodel', ...schemaFiles(schema) },
    script: true,
    exitCode: null,
    shadowDatabaseUrl: null,
    filters,
  } as Parameters<typeof engine.diff>[0])
  return (stdout ?? '').trim()
}
