// Imports beside the plainest way of bringing the same rows in: the parser alone, and COPY.
import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { runChild } from './child.mjs'
import { countTables, dumpTables } from './dump.mjs'
import { figures } from './figures.mjs'
import { writeCsv, writeOcds, writeXlsx } from './registers.mjs'

/** A CSV register: first, again, and again with every end moved; each beside csv-parse and COPY. */
export async function benchCsv(server, rows, rounds, say) {
  const today = Math.floor(Date.now() / 86_400_000)
  const folder = ready(server)
  const file = path.join(folder, 'register.csv')
  const moved = path.join(folder, 'moved.csv')
  say(`CSV: writing ${rows.toLocaleString('en-GB')} rows…`)
  await writeCsv(file, rows, today)
  await writeCsv(moved, rows, today, 40)
  const first = await beside(server, 'csv', file, rounds, say)
  say('CSV: the same again, then with every end moved…')
  const env = await server.fresh('bench_import')
  await importInto(server, env, file, { created: rows })
  const again = await importInto(server, env, file, { unchanged: rows })
  const changed = await importInto(server, env, moved, { updated: rows }, ['--source', 'register'])
  return { rows, ...first, again: brief(again), changed: brief(changed) }
}

/** The same rows as a workbook, beside their CSV file. */
export async function benchXlsx(server, rows, rounds, say) {
  const today = Math.floor(Date.now() / 86_400_000)
  const folder = ready(server)
  const [csv, xlsx] = ['csv', 'xlsx'].map((format) => path.join(folder, `register.${format}`))
  say(`XLSX: writing ${rows.toLocaleString('en-GB')} rows…`)
  await writeCsv(csv, rows, today)
  await writeXlsx(xlsx, rows, today)
  const imports = []
  const besides = []
  for (let round = 1; round <= rounds; round += 1) {
    say(`XLSX: round ${round} of ${rounds}…`)
    for (const [file, tries] of [
      [xlsx, imports],
      [csv, besides],
    ]) {
      const env = await server.fresh('bench_import')
      await prepare(server, env)
      tries.push(await importInto(server, env, file, { created: rows }))
    }
  }
  return { rows, import: brief(...imports), copy: brief(...besides) }
}

/** An OCDS release package beside JSON.parse and COPY. */
export async function benchOcds(server, releases, rounds, say) {
  const today = Math.floor(Date.now() / 86_400_000)
  const file = path.join(ready(server), 'releases.json')
  say(`OCDS: writing ${releases.toLocaleString('en-GB')} releases…`)
  await writeOcds(file, releases, today)
  return { releases, ...(await beside(server, 'ocds', file, rounds, say)) }
}

function ready(server) {
  const folder = path.join(server.folder, 'registers')
  if (!existsSync(folder)) mkdirSync(folder)
  return folder
}

/** Both by turns, each into a database of its own and a process of its own; the rows must be as many. */
async function beside(server, format, file, rounds, say) {
  const dump = path.join(server.folder, `rows-${format}`)
  const imports = []
  const copies = []
  let rows = null
  for (let round = 1; round <= rounds; round += 1) {
    say(`${format.toUpperCase()}: round ${round} of ${rounds}…`)
    const into = await server.fresh('bench_import')
    await prepare(server, into)
    imports.push(await importInto(server, into, file, {}))
    rows ??= await dumpTables(into.DATABASE_URL, dump)
    const beside = await server.fresh('bench_copy')
    await prepare(server, beside)
    copies.push(await worked(server, ['bench/copy-tables.mjs', format, file, dump], beside))
    await sameCounts(beside.DATABASE_URL, rows)
  }
  return {
    rowsWritten: rows,
    import: brief(...imports),
    copy: brief(...copies),
  }
}

/** The organisation and its team, which are there before a register comes; nothing left to write out. */
async function prepare(server, env) {
  await runChild(['dist/cli.js', 'team', '--json'], env)
  await server.settle()
}

/** Runs it, and says what the server worked for it as well. */
async function worked(server, args, env) {
  const before = server.workedMs()
  const done = await runChild(args, env)
  // The server counts a connection's process once it has ended.
  await new Promise((resolve) => setTimeout(resolve, 300))
  return { ...done, serverMs: before === null ? null : server.workedMs() - before }
}

async function importInto(server, env, file, expected, options = []) {
  const args = [process.env.BENCH_CLI ?? 'dist/cli.js', 'import', file, ...options, '--json']
  const done = await worked(server, args, env)
  const result = JSON.parse(done.out)
  for (const [name, count] of Object.entries(expected)) {
    if (result[name] !== count) {
      throw new Error(`${file}: ${result[name]} ${name}, not ${count}: ${done.out.slice(0, 500)}`)
    }
  }
  return done
}

async function sameCounts(url, rows) {
  const client = new pg.Client(url)
  await client.connect()
  const copied = await countTables(client)
  await client.end()
  if (JSON.stringify(copied) !== JSON.stringify(rows)) {
    throw new Error(`COPY wrote ${JSON.stringify(copied)}, the import ${JSON.stringify(rows)}.`)
  }
}

function brief(...runs) {
  return {
    ms: figures(runs.map((run) => run.ms)),
    nodeMs: figures(runs.map((run) => run.cpuMs)),
    serverMs: figures(runs.map((run) => run.serverMs)),
    peakMb: Math.max(...runs.map((run) => run.peakMb)),
  }
}
