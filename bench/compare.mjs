// node bench/compare.mjs CHECKOUT [ROWS]
// Imports the same registers with this checkout and with another one that is built, each into a
// database of its own, and compares the contents of all tables after each import: first, again, with
// every end moved, and after that was undone; as CSV, as a workbook and as OCDS. Left out is what
// differs from run to run: moments, and what the audit digests of them.
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { ROOT, runChild } from './child.mjs'
import { writeCsv, writeOcds, writeXlsx } from './registers.mjs'
import { startServer } from './server.mjs'

const [other, rows = '20000'] = process.argv.slice(2)
if (other === undefined) {
  process.stderr.write('Name another checkout that is built.\n')
  process.exit(2)
}
const count = Number(rows)
const say = (line) => process.stderr.write(`${line}\n`)
const server = await startServer(say)
let differences = 0
try {
  const folder = path.join(server.folder, 'registers')
  mkdirSync(folder)
  const today = Math.floor(Date.now() / 86_400_000)
  const file = (name) => path.join(folder, name)
  await writeCsv(file('register.csv'), count, today)
  await writeCsv(file('moved.csv'), count, today, 40)
  await writeXlsx(file('book.xlsx'), count, today)
  await writeOcds(file('releases.json'), Math.ceil(count / 5), today)
  const steps = [
    ['import', file('register.csv')],
    ['import', file('register.csv')],
    ['import', file('moved.csv'), '--source', 'register'],
    ['import', 'undo', '--source', 'register'],
    ['import', file('book.xlsx')],
    ['import', file('releases.json')],
    ['sweep'],
  ]
  const envs = [await server.fresh('compare_ours'), await server.fresh('compare_other')]
  for (const step of steps) {
    const name = step.map((each) => path.basename(each)).join(' ')
    say(`${name}…`)
    const seen = []
    for (const [index, checkout] of [ROOT, path.resolve(other)].entries()) {
      const { out } = await runChild(
        [path.join(checkout, 'dist/cli.js'), ...step, '--json'],
        envs[index],
      )
      seen.push({ out: plain(out), tables: await contents(envs[index].DATABASE_URL) })
    }
    differences += compare(name, ...seen)
  }
} finally {
  await server.close()
}
process.stdout.write(differences === 0 ? 'All tables hold the same.\n' : `${differences} differ.\n`)
process.exitCode = differences === 0 ? 0 : 1

/** Without what differs from run to run: moments, random identities, how long it took. */
function plain(text) {
  return text
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:[\d:.]+(?:Z|[+-]\d\d(?::?\d\d)?)?/g, 'T')
    .replaceAll(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, 'U')
    .replaceAll(/"ms":[\d.]+/g, '"ms"')
}

/** Of each table how many rows it holds, and a digest of them in order. */
async function contents(url) {
  const client = new pg.Client(url)
  await client.connect()
  const columns = await client.query(
    `SELECT table_name AS name, array_agg(quote_ident(column_name) ORDER BY ordinal_position) AS columns
     FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
     WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND data_type <> 'timestamp with time zone'
       AND table_name <> '_prisma_migrations'
       AND NOT (table_name = 'audit_entry' AND column_name IN ('hash', 'previous_hash'))
     GROUP BY table_name ORDER BY table_name`,
  )
  const found = {}
  for (const { name, columns: of } of columns.rows) {
    const read = await client.query({
      text: `SELECT r::text FROM (SELECT ${of.join(', ')} FROM "${name}") r ORDER BY r::text COLLATE "C"`,
      rowMode: 'array',
    })
    const hash = createHash('sha256')
    const texts = read.rows.map(([text]) => plain(text))
    for (const text of texts.sort()) hash.update(`${text}\n`)
    found[name] = { rows: texts.length, digest: hash.digest('hex'), texts }
  }
  await client.end()
  return found
}

function compare(name, ours, others) {
  let differ = 0
  if (ours.out !== others.out) {
    differ += 1
    say(`  ${name}: other answers:\n${ours.out.slice(0, 1500)}\n${others.out.slice(0, 1500)}`)
  }
  for (const [table, { rows, digest, texts }] of Object.entries(ours.tables)) {
    const beside = others.tables[table]
    if (beside?.digest === digest) continue
    differ += 1
    const held = new Set(beside?.texts)
    const first = texts.find((text) => !held.has(text))
    const own = new Set(texts)
    const second = beside?.texts.find((text) => !own.has(text))
    say(
      `  ${name}: ${table} holds ${rows} and ${beside?.rows} rows, such as\n    ${first?.slice(0, 600)}\n    ${second?.slice(0, 600)}`,
    )
  }
  const filled = Object.values(ours.tables).filter(({ rows }) => rows > 0)
  const total = filled.reduce((sum, { rows }) => sum + rows, 0)
  process.stdout.write(
    `${name}: ${filled.length} tables, ${total} rows, ${differ === 0 ? 'the same' : `${differ} differ`}\n`,
  )
  return differ
}
