import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import type { MigrationList, SchemasContainer } from '@prisma/schema-engine-wasm'
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg'
import pg from 'pg'
import { MIGRATIONS } from '../../src/database/migrate.ts'

const SCHEMA = fileURLToPath(new URL('../../prisma/schema.prisma', import.meta.url))
const { CHAR, UUID } = pg.types.builtins

/** Prisma's schema engine, in this process and without its download, on one database. */
export async function schemaEngine(url: string) {
  await load()
  const adapter = bindMigrationAwareSqlAdapterFactory(new CatalogueReader(url))
  const datamodels: [string, string][] = [['schema.prisma', schemaText()]]
  return bindings.SchemaEngine.new({ datamodels }, () => undefined, adapter)
}

/**
 * Prisma's adapter refuses columns of PostgreSQL's type "char", of which the catalogue is full, and
 * the engine wants them as characters. They pass the adapter as uuid, which the catalogue has none
 * of, and are given their own type behind it.
 */
class CatalogueReader extends PrismaPg {
  constructor(url: string) {
    const pool = new pg.Pool({ connectionString: url, max: 2 })
    pool.on('error', () => undefined)
    const query = pool.query.bind(pool) as (config: unknown) => Promise<pg.QueryResult>
    super(
      Object.assign(pool, {
        query: async (config: unknown) => {
          const result = await query(config)
          for (const field of result.fields) if (field.dataTypeID === CHAR) field.dataTypeID = UUID
          return result
        },
      }),
    )
  }

  override async connect() {
    const connection = await super.connect()
    const queryRaw = connection.queryRaw.bind(connection)
    connection.queryRaw = async (query) => {
      const result = await queryRaw(query)
      const columnTypes = result.columnTypes.map((type) =>
        type === ColumnTypeEnum.Uuid ? ColumnTypeEnum.Character : type,
      )
      return { ...result, columnTypes }
    }
    return connection
  }
}

export function schemaText(): string {
  return readFileSync(SCHEMA, 'utf8')
}

export function schemaFiles(text: string): SchemasContainer {
  return { files: [{ path: 'schema.prisma', content: text }] }
}

/** The migrations of the checkout, as the engine takes them. */
export function migrationList(): MigrationList {
  const names = readdirSync(MIGRATIONS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
  return {
    baseDir: MIGRATIONS,
    lockfile: {
      path: 'migration_lock.toml',
      content: readFileSync(path.join(MIGRATIONS, 'migration_lock.toml'), 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories: names.map((name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: {
          tag: 'ok',
          value: readFileSync(path.join(MIGRATIONS, name, 'migration.sql'), 'utf8'),
        },
      },
    })),
  }
}

/** The package's own entry imports the .wasm file as a module, which Node refuses. */
async function load(): Promise<void> {
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm')
  const bytes = readFileSync(path.join(path.dirname(entry), 'schema_engine_bg.wasm'))
  const exports = await instantiate(bytes, { './schema_engine_bg.js': { ...bindings } })
  bindings.__wbg_set_wasm(exports)
  const start = exports.__wbindgen_start
  if (typeof start === 'function') start()
}

/** WebAssembly is in Node, but in none of the type libraries that this project loads. */
async function instantiate(bytes: Buffer, imports: object): Promise<Record<string, unknown>> {
  const { WebAssembly } = globalThis as unknown as {
    WebAssembly: {
      instantiate(
        bytes: Buffer,
        imports: object,
      ): Promise<{ instance: { exports: Record<string, unknown> } }>
    }
  }
  return (await WebAssembly.instantiate(bytes, imports)).instance.exports
}
