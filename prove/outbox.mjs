// A full outbox: contracts of a fictional register, each with one warning to be posted.
import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { cleanEnvironment, ROOT } from '../bench/child.mjs'

/** The organisation and its team, made as the program makes them; a pool to look in with. */
export async function openOutbox(env, connection = { connectionString: env.DATABASE_URL }) {
  await runCli(['team', 'list', '--json'], { ...env, SLACK_BOT_TOKEN: '' })
  pg.types.setTypeParser(pg.types.builtins.INT8, Number)
  const pool = new pg.Pool({ ...connection, max: 4 })
  pool.on('error', () => undefined)
  const { rows } = await pool.query('SELECT organisation_id, id FROM team WHERE is_default')
  const [{ organisation_id: organisation, id: team }] = rows
  const source = await pool.query(
    `INSERT INTO source (organisation_id, name) VALUES ($1, 'proof') RETURNING id`,
    [organisation],
  )
  let queued = 0
  return {
    pool,
    get queued() {
      return queued
    },
    /** So many more warnings, spread evenly over the channels; their deliveries. */
    async queue(count, channels) {
      const from = queued
      queued += count
      const values = [organisation, team, source.rows[0].id, from, count, channels]
      return (await pool.query(QUEUE, values)).rows
    },
    /** What follows on these deliveries, one each: its facts name them by `link`. */
    async follow(deliveries, purpose, link, facts = {}) {
      const ids = deliveries.map(({ id }) => id)
      return (await pool.query(FOLLOW, [ids, purpose, link, facts])).rows
    },
    async states() {
      const { rows } = await pool.query(
        `SELECT state, count(*) AS n FROM delivery WHERE ${QUEUED} GROUP BY state`,
      )
      return Object.fromEntries(rows.map(({ state, n }) => [state, n]))
    },
  }
}

/** What a worker's own sweep raises for a team without a channel, on working days, is no part of a proof. */
const QUEUED = `destination <> 'terminal'`

const QUEUE = `
  WITH held AS (
    INSERT INTO contract (organisation_id, team_id, source_id, external_id, reference,
      reference_key, title, supplier, start, end_kind, end_precision, end_earliest, end_latest,
      current_earliest, current_latest, value, first_seen_on)
    SELECT $1, $2, $3, 'P-' || n, 'P-' || n, 'p-' || n, 'Imaging licences', 'Northwind',
      '2024-05-01', 'dated', 'day', '2027-04-30', '2027-04-30', '2027-04-30', '2027-04-30',
      1200000, '2026-01-01'
      FROM generate_series($4::int, $4::int + $5::int - 1) n RETURNING id, reference),
  dated AS (
    INSERT INTO deadline (organisation_id, contract_id, kind, due_on, reason)
    SELECT $1, id, 'end', '2027-04-30', 'The contract ends on that day.' FROM held),
  raised AS (
    INSERT INTO alert (organisation_id, contract_id, kind, deadline_on, rung, raised_on)
    SELECT $1, id, 'end', '2027-04-30', 30, '2027-03-31' FROM held RETURNING id, contract_id),
  queued AS (
    INSERT INTO delivery (organisation_id, team_id, subject, purpose, sequence, destination, as_of)
    SELECT $1, $2, 'contract:' || id, 'post', 1,
      ($6::text[])[1 + id % cardinality($6::text[])], '2027-03-31'
      FROM held RETURNING id, key, subject, purpose, destination),
  carried AS (
    INSERT INTO delivery_alert (delivery_id, alert_id)
    SELECT queued.id, raised.id
      FROM queued JOIN raised ON queued.subject = 'contract:' || raised.contract_id)
  SELECT queued.*, held.reference FROM queued JOIN held ON queued.subject = 'contract:' || held.id`

// Of the next day, as a sweep would: of a deadline that its place was told of today a reply says nothing new.
const FOLLOW = `
  WITH queued AS (
    INSERT INTO delivery (organisation_id, team_id, subject, purpose, sequence, destination, as_of, facts)
    SELECT d.organisation_id, d.team_id, d.subject, $2, 1 + coalesce((SELECT max(f.sequence)
             FROM delivery f WHERE f.subject = d.subject AND f.purpose = $2), 0),
           d.destination, d.as_of + 1, $4::jsonb || jsonb_build_object($3::text, d.id)
      FROM delivery d WHERE d.id = ANY ($1)
    RETURNING id, key, purpose, destination, (facts ->> $3)::int AS of),
  carried AS (
    INSERT INTO delivery_alert (delivery_id, alert_id)
    SELECT queued.id, a.alert_id FROM queued JOIN delivery_alert a ON a.delivery_id = queued.of)
  SELECT * FROM queued`

/** Workers that run: none outlives a proof that fails. */
const running = new Set()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
process.once('SIGTERM', () => process.exit(143))

/** A process of the program that finds and sends, as it runs for real. */
export function startWorker(env, nodeOptions = []) {
  const child = spawn(process.execPath, [...nodeOptions, path.join(ROOT, 'dist/main.js')], {
    cwd: tmpdir(),
    env: { ...cleanEnvironment(), LAPSEWATCH_ROLE: 'worker', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  running.add(child)
  let said = ''
  let watching = () => {}
  const up = new Promise((resolve) => {
    watching = resolve
  })
  const ended = new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      running.delete(child)
      watching()
      resolve({ code, signal })
    })
  })
  child.stderr.setEncoding('utf8')
  child.stderr.on('data', (chunk) => {
    said = (said + chunk).slice(-4000)
    if (said.includes('Lapsewatch is watching')) watching()
  })
  return { child, up, ended, said: () => said }
}

/** No command of a proof takes so long: one that hangs is named. */
const COMMAND_MS = 120_000

/** A command of the program; what it wrote to stdout. */
export async function runCli(args, env, codes = [0]) {
  const child = spawn(process.execPath, [path.join(ROOT, 'dist/cli.js'), ...args], {
    cwd: tmpdir(),
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: COMMAND_MS,
    killSignal: 'SIGKILL',
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    said += chunk
  })
  const code = await new Promise((resolve) =>
    child.once('close', (ended, signal) => resolve(ended ?? signal)),
  )
  if (!codes.includes(code)) throw new Error(`lapsewatch ${args.join(' ')} ended with ${code}.`)
  return said
}

/** How often Slack took each queued warning: what was lost, and what was repeated. */
export async function judge(pool, ledger) {
  // An update rewrites a message that was judged already.
  const { rows } = await pool.query(
    `SELECT key FROM delivery WHERE ${QUEUED} AND state <> 'SUPERSEDED' AND purpose <> 'update'`,
  )
  const times = ledger.timesDelivered()
  const counts = rows.map(({ key }) => times.get(key) ?? 0)
  return {
    lost: counts.filter((n) => n === 0).length,
    repeated: counts.filter((n) => n > 1).length,
  }
}
