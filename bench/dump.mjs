// The rows that an import wrote, table by table, as files that COPY reads.
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'

/** What an import writes, parents before children. The organisation and its team stand already. */
const TABLES = [
  'source',
  'import',
  'import_problem',
  'person',
  'buyer',
  'product',
  'contract',
  'contract_import',
  'contract_buyer',
  'contract_product',
  'extension',
  'deadline',
  'audit_entry',
  'audit_change',
  'delivery',
]

/** Writes the rows of the database at this address into a folder; returns how many of each table. */
export async function dumpTables(url, folder) {
  mkdirSync(folder, { recursive: true })
  const client = new pg.Client(url)
  await client.connect()
  const tables = []
  const rows = {}
  for (const table of TABLES) {
    const columns = await client.query(
      'SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position',
      [table],
    )
    tables.push({ table, columns: columns.rows.map((row) => row.name) })
    await pipeline(
      client.query(copyTo(`COPY "${table}" TO STDOUT`)),
      createWriteStream(path.join(folder, table)),
    )
  }
  Object.assign(rows, await countTables(client))
  writeFileSync(path.join(folder, 'tables.json'), JSON.stringify(tables))
  await client.end()
  return rows
}

/** How many rows each of those tables holds. */
export async function countTables(client) {
  const rows = {}
  for (const table of TABLES) {
    const counted = await client.query(`SELECT count(*)::int AS n FROM "${table}"`)
    rows[table] = counted.rows[0].n
  }
  return rows
}
