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
