// Commands as processes of their own, by turns with the plainest process that does the same, and
// with those of an older checkout where BENCH_BEFORE names one (built, and of the same migrations).
import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { openDatabase } from '../dist/src/database/open.js'
import { ensureOrganisation, rulesByTeam } from '../dist/src/database/organisation.js'
import { fill } from './bot.mjs'
import { cleanEnvironment, PRELOAD, ROOT } from './child.mjs'
import { figures } from './figures.mjs'
import { keepPlan } from './hand-sweep.mjs'
import { DAY, hold, takeBack, UNGROUPED } from './held.mjs'

const SETTINGS = {
  ...{ timeZone: 'Europe/London', calendar: 'england-and-wales' },
  ...{ channel: null, escalationChannel: null },
}

/** Node alone, and Node that asks a database one question. */
const NOTHING = ['-e', '0']
const SELECT = [
  '--input-type=module',
  ...['-e', script(`const { rows } = await client.query('SELECT count(*) FROM contract')`)],
]
/** What `due` asks, written out as it comes. */
const DUE = [
  '--input-type=module',
  '-e',
  script(`const { rows } = await client.query({ text: process.env.BENCH_DUE, types: {
      getTypeParser: (type, format) =>
        [1082, 1700].includes(type) ? String : pg.types.getTypeParser(type, format) } })
    process.stdout.write(JSON.stringify(rows))`),
]

function script(work) {
  return `import pg from 'pg'
    const client = new pg.Client(process.env.DATABASE_URL)
    await client.connect()
    ${work}
    await client.end()`
}

/**
 * Each row: what was measured, its tries and those of what stands beside it, and the target: so many `times` the
 * floor, so many milliseconds that it `addsMs` to it, or of its own `atMostMs` and `peakMb`.
 */
export async function benchCommands(server, { rounds, held }, say) {
  const before = process.env.BENCH_BEFORE ?? null
  const cli = (root, ...args) => [path.join(root, 'dist/cli.js'), ...args]
  const rows = []
  const row = async (what, { of, env = {}, floor, ready, ...target }, count = rounds) => {
    say(`Commands: ${what}…`)
    const roots = { now: ROOT, ...(before === null ? {} : { before }) }
    const runs = {
      ...Object.fromEntries(Object.entries(roots).map(([name, root]) => [name, of(root)])),
      ...(floor === undefined ? {} : { floor }),
    }
    rows.push({ what, target, ...(await byTurns(runs, { env, ready }, count)) })
  }
  const help = (root) => [cli(root, 'due', '--help')]
  await row('due --help', { of: help, floor: [NOTHING], times: 2.2 })
  await row('  what npm adds', {
    addsMs: 150,
    of: (root) => [['npm', 'run', '-s', 'cli', '--prefix', root, '--', 'due', '--help']],
    floor: [cli(ROOT, 'due', '--help')],
  })
  const env = await server.fresh('bench_commands')
  await ended(await started(cli(ROOT, 'sample'), env))
  await row('due, sample', { of: (root) => [cli(root, 'due')], env, floor: [SELECT], times: 2.5 })
  const daily = await dailyDatabase(server, say)
  await row('sweep and deliver, 10,000 held, 100 due', {
    times: 3,
    of: (root) => [cli(root, 'sweep', '--as-of', DAY), cli(root, 'deliver')],
    ...{ env: daily.env, floor: [NOTHING, NOTHING], ready: daily.ready },
  })
  await daily.close()
  for (const size of held) {
    const large = await server.fresh(`bench_commands_${size}`)
    await fill(large, size, say)
    const count = size.toLocaleString('en-GB')
    const asked = await askedOf(large)
    const tries = size < 1_000_000 ? rounds : 3
    await row(
      `due --json, ${asked.items.toLocaleString('en-GB')} of ${count} held`,
      {
        times: 1.5,
        of: (root) => [cli(root, 'due', '--json', '--as-of', DAY, '--days', String(DUE_DAYS))],
        ...{ env: { ...large, BENCH_DUE: asked.sql }, floor: [DUE] },
      },
      tries,
    )
    const weekly = (root) => [cli(root, 'weekly', '--json', '--as-of', DAY)]
    const target = { atMostMs: size < 1_000_000 ? 1_200 : 6_000, peakMb: 200 }
    await row(`weekly --json, ${count} held`, { of: weekly, env: large, ...target }, tries)
  }
  return rows
}

const DUE_DAYS = 600

/** The same SELECT as the command's, its values written in. */
async function askedOf(env) {
  const texts = []
  const { pool, close } = await openDatabase({ ...opened(env), poolSize: 1 })
  try {
    const { listDue } = await import('../dist/src/reports/list.js')
    const { rows } = await pool.query(`SELECT id FROM organisation`)
    const query = pool.query.bind(pool)
    pool.query = (text, values) => {
      texts.push([text, values])
      return query(text, values)
    }
    const asked = {
      organisationId: rows[0].id,
      asOf: DAY,
      days: DUE_DAYS,
      teamId: null,
      limit: null,
    }
    const { items } = await listDue(pool, asked)
    const [[text, values]] = texts
    const literal = (value) => (typeof value === 'string' ? `'${value}'` : String(value ?? 'NULL'))
    const sql = text.replace(/\$(\d+)/g, (_, at) => literal(values[at - 1]))
    return { sql, items: items.length }
  } finally {
    await close()
  }
}

/** 10,000 contracts of which 100 are due; `ready` takes back what a day wrote. */
async function dailyDatabase(server, say) {
  const env = await server.fresh('bench_daily')
  const owner = new pg.Client(env.LAPSEWATCH_MIGRATE_URL)
  await owner.connect()
  const { pool, close } = await openDatabase({ ...opened(env), log: say, poolSize: 2 })
  const { id } = await ensureOrganisation(pool, new Date(), SETTINGS)
  await close()
  await hold(owner, id, 10_000, rulesByTeam({})({ calendar: SETTINGS.calendar }), 100)
  await owner.query(UNGROUPED)
  await ended(await started([path.join(ROOT, 'dist/cli.js'), 'sweep', '--as-of', DAY], env))
  await keepPlan(owner)
  return { env, ready: () => takeBack(owner), close: () => owner.end() }
}

function opened(env) {
  const { DATABASE_URL: databaseUrl, LAPSEWATCH_MIGRATE_URL: migrateUrl } = env
  return { databaseUrl, migrateUrl, dataFolder: '', log: () => undefined }
}

/** Wall and processor time and peak memory of each, one after another in every round. */
async function byTurns(runs, { env, ready }, rounds) {
  const names = Object.keys(runs)
  const tries = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = 0; round <= rounds; round += 1) {
    // Whoever goes first pays for what the others find ready.
    for (const name of names.map((_, at) => names[(at + round) % names.length])) {
      await ready?.()
      const took = { ms: 0, cpuMs: 0, peakMb: 0 }
      for (const args of runs[name]) {
        const { ms, cpuMs, peakMb } = await ended(await started(args, env))
        took.ms += ms
        took.cpuMs += cpuMs
        took.peakMb = Math.max(took.peakMb, peakMb)
      }
      // The first round warms all of them up.
      if (round > 0) tries[name].push(took)
    }
  }
  const of = (name, key) => figures(tries[name].map((each) => each[key]))
  return Object.fromEntries(
    names.map((name) => [
      name,
      { ms: of(name, 'ms'), cpuMs: of(name, 'cpuMs'), peakMb: of(name, 'peakMb') },
    ]),
  )
}

let count = 0

async function started(args, env) {
  const file = path.join(tmpdir(), `lapsewatch-bench-${process.pid}-${count++}`)
  const [command, ...rest] = args[0] === 'npm' ? args : [process.execPath, ...args]
  const began = performance.now()
  const child = spawn(command, rest, {
    // Where packages are found, and a .env is not.
    cwd: path.join(ROOT, 'bench'),
    env: { ...cleanEnvironment(), ...env, NODE_OPTIONS: `--require ${PRELOAD}`, BENCH_PEAK: file },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  return { child, began, file, args }
}

async function ended({ child, began, file, args }) {
  let told = ''
  child.stderr.on('data', (chunk) => {
    told += chunk
  })
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const ms = performance.now() - began
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${told}`)
  const [peakKb, cpuUs] = readFileSync(file, 'utf8').split(' ').map(Number)
  rmSync(file)
  return { ms, cpuMs: cpuUs / 1000, peakMb: peakKb / 1024 }
}
