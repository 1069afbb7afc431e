// What an import is measured against: parse the register with the plain parser, then COPY the rows
// that the import wrote into the same tables. Run in a process of its own:
// node bench/copy-tables.mjs csv|ocds REGISTER DUMP
import { createReadStream, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parse } from 'csv-parse'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

const [format, register, dump] = process.argv.slice(2)
const parsed = format === 'csv' ? await parseCsv(register) : parseJson(register)
const client = new pg.Client(process.env.DATABASE_URL)
await client.connect()
await client.query('BEGIN')
for (const { table, columns } of JSON.parse(
  await readFile(path.join(dump, 'tables.json'), 'utf8'),
)) {
  const names = columns.map((column) => `"${column}"`).join(', ')
  const into = client.query(copyFrom(`COPY "${table}" (${names}) FROM STDIN`))
  await pipeline(createReadStream(path.join(dump, table)), into)
}
await client.query('COMMIT')
await client.end()
process.stdout.write(JSON.stringify({ parsed }))

async function parseCsv(file) {
  let rows = 0
  for await (const _ of createReadStream(file).pipe(parse())) rows += 1
  return rows
}

function parseJson(file) {
  return JSON.parse(readFileSync(file, 'utf8')).releases.length
}
