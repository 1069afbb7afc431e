// npm run prove:soak [-- --ticks 1440 --contracts 2000 --days 30]
// A day of ticks, compressed: the worker's own tick and delivery run once for each minute, on a
// register whose contracts lapse all the time. Memory that is still in use after a collection must
// not grow: the last quarter is compared with the second. Ends with 1 where it grew by more than
// 5 % and 2 MB, or where a message was lost or repeated.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { writeCsv } from '../bench/registers.mjs'
import { startServer } from '../bench/server.mjs'
import { openDatabase } from '../dist/src/database/open.js'
import { rulesByTeam } from '../dist/src/database/organisation.js'
import { DELIVERY_DEFAULTS } from '../dist/src/delivery/rate-limit.js'
import { openSlackGateway } from '../dist/src/delivery/slack-client.js'
import { deliverDue } from '../dist/src/delivery/worker.js'
import { tick } from '../dist/src/warnings/schedule.js'
import { judge, openOutbox, runCli } from './outbox.mjs'

const { values } = parseArgs({
  options: {
    ticks: { type: 'string', default: '1440' },
    contracts: { type: 'string', default: '2000' },
    days: { type: 'string', default: '30' },
  },
})
if (globalThis.gc === undefined) {
  process.stderr.write('Run it with node --expose-gc: memory is counted after a collection.\n')
  process.exit(2)
}
const TICKS = Number(values.ticks)
const STEP_MS = (Number(values.days) * 86_400_000) / TICKS
const say = (line) => process.stderr.write(`${line}\n`)
const server = await startServer(say)
const standIn = fork(fileURLToPath(new URL('stand-in.mjs', import.meta.url)))
const [{ url }] = await once(standIn, 'message')
const env = {
  ...(await server.fresh('prove_soak')),
  LAPSEWATCH_CHANNEL: '#contracts',
  LAPSEWATCH_TRIAGE_DAYS: '0',
}
const from = new Date()
const file = path.join(server.folder, 'register.csv')
await writeCsv(file, Number(values.contracts), Math.floor(from.getTime() / 86_400_000))
const outbox = await openOutbox(env)
await runCli(['import', file], env)
rmSync(file)
const database = await openDatabase({
  databaseUrl: env.DATABASE_URL,
  migrateUrl: env.LAPSEWATCH_MIGRATE_URL,
  dataFolder: server.folder,
  log: say,
  poolSize: 10,
})
const { rows } = await outbox.pool.query('SELECT id FROM organisation')
const context = {
  organisationId: rows[0].id,
  rulesOf: rulesByTeam({}),
  times: { sweepAt: { hour: 9, minute: 0 }, weeklyAt: { hour: 9, minute: 0 }, weeklyOn: 1 },
  owner: 'soak',
}
const deps = {
  pool: database.pool,
  gateway: openSlackGateway({
    token: 'xoxb-stand-in',
    apiUrl: url,
    timeoutMs: 10_000,
    elapsed: () => performance.now(),
  }),
  owner: 'soak',
  settings: { ...DELIVERY_DEFAULTS, paceMs: 0 },
  jitter: Math.random,
  elapsed: () => performance.now(),
  log: () => undefined,
}
const used = []
let messages = 0
for (let n = 0; n < TICKS; n += 1) {
  await tick(database.pool, { ...context, now: new Date(from.getTime() + n * STEP_MS) })
  messages += (await deliverDue(deps)).sent
  if (n % 10 === 9) {
    globalThis.gc()
    used.push(process.memoryUsage().heapUsed)
  }
  if (n % 240 === 239) {
    say(`${n + 1} ticks, ${messages} messages, ${megabytes(used.at(-1))} MB in use`)
  }
}
standIn.send('judge')
const [{ times }] = await once(standIn, 'message')
const verdict = await judge(outbox.pool, { timesDelivered: () => new Map(times) })
await database.close()
await outbox.pool.end()
standIn.disconnect()
await server.close()
const quarter = Math.floor(used.length / 4)
const before = median(used.slice(quarter, 2 * quarter))
const after = median(used.slice(-quarter))
const grew = after - before
process.stdout.write(
  `${TICKS} ticks over ${values.days} days, ${messages} messages; in use after a collection: ${megabytes(before)} MB in the second quarter, ${megabytes(after)} MB in the last; lost ${verdict.lost}, repeated ${verdict.repeated}\n`,
)
process.exitCode =
  (grew > before * 0.05 && grew > 2e6) || verdict.lost + verdict.repeated > 0 ? 1 : 0

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1)
}
