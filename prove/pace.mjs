// npm run prove:pace [-- --deliveries 10000 --channels 50]
// A real worker sends at Slack's pace of one message a second in a channel. The slowest channel's
// own minimum is what its messages would take with nobody else there. Ends with 1 where all
// together took more than 1.1 times as long, or where a message was lost or repeated. Then the
// same without a pace: messages a second.
import { parseArgs } from 'node:util'
import { startServer } from '../bench/server.mjs'
import { openDatabase } from '../dist/src/database/open.js'
import { DELIVERY_DEFAULTS } from '../dist/src/delivery/rate-limit.js'
import { openSlackGateway } from '../dist/src/delivery/slack-client.js'
import { deliverDue } from '../dist/src/delivery/worker.js'
import { openWorkspace } from '../dist/stand-in/slack/server.js'
import { judge, openOutbox, startWorker } from './outbox.mjs'
import { sleep } from './random.mjs'

const { values } = parseArgs({
  options: {
    deliveries: { type: 'string', default: '10000' },
    channels: { type: 'string', default: '50' },
    free: { type: 'string', default: '3000' },
  },
})
const PACE_MS = 1000
const LIMIT = 1.1
const LEAST_A_SECOND = 300
const say = (line) => process.stderr.write(`${line}\n`)
const channels = Array.from({ length: Number(values.channels) }, (_, n) => `ward-${n}`)
const named = channels.map((name) => `#${name}`)
const server = await startServer(say)
const failed = []
try {
  if (Number(values.deliveries) > 0) await paced(Number(values.deliveries))
  await unpaced(Number(values.free))
} finally {
  await server.close()
}
process.stdout.write(failed.length === 0 ? 'within the limits\n' : `missed: ${failed.join('; ')}\n`)
process.exitCode = failed.length === 0 ? 0 : 1

async function paced(count) {
  const { workspace, env, outbox } = await stage('prove_pace', PACE_MS)
  await outbox.queue(count, named)
  const worker = startWorker(env)
  let before = -1
  for (let quiet = 0; quiet < 30; ) {
    await sleep(1000)
    const { SENT = 0 } = await outbox.states()
    if (SENT === count) break
    quiet = SENT === before ? quiet + 1 : 0
    before = SENT
    if (SENT % 500 < 50) say(`${SENT} of ${count} sent`)
  }
  worker.child.kill('SIGTERM')
  await worker.ended
  const posts = workspace.ledger.messages
  const took =
    (Math.max(...posts.map(({ at }) => at)) - Math.min(...posts.map(({ at }) => at))) / 1000
  const busiest = Math.max(...perChannel(posts).values())
  const least = ((busiest - 1) * PACE_MS) / 1000
  const limited = workspace.ledger.calls.filter(({ answer }) => answer === 'ratelimited').length
  const verdict = await judge(outbox.pool, workspace.ledger)
  process.stdout.write(
    `${posts.length} messages over ${channels.length} channels in ${took.toFixed(1)} s; the slowest channel alone takes ${least} s: ${(took / least).toFixed(3)} times; refused for their pace: ${limited}; lost ${verdict.lost}, repeated ${verdict.repeated}\n`,
  )
  if (took > LIMIT * least) failed.push(`more than ${LIMIT} times the slowest channel's own time`)
  if (verdict.lost + verdict.repeated > 0) failed.push('a message was lost or repeated')
  await leave({ workspace, outbox })
}

async function unpaced(count) {
  const { workspace, env, outbox } = await stage('prove_free', 0)
  await outbox.queue(count, named)
  const database = await openDatabase({
    databaseUrl: env.DATABASE_URL,
    migrateUrl: env.LAPSEWATCH_MIGRATE_URL,
    dataFolder: server.folder,
    log: say,
    poolSize: 10,
  })
  const began = performance.now()
  const { sent } = await deliverDue({
    pool: database.pool,
    gateway: openSlackGateway({
      token: 'xoxb-stand-in',
      apiUrl: workspace.url,
      timeoutMs: 10_000,
      elapsed: () => performance.now(),
    }),
    owner: 'proof',
    settings: { ...DELIVERY_DEFAULTS, paceMs: 0 },
    jitter: Math.random,
    elapsed: () => performance.now(),
    log: () => undefined,
  })
  const seconds = (performance.now() - began) / 1000
  await database.close()
  const rate = sent / seconds
  const verdict = await judge(outbox.pool, workspace.ledger)
  process.stdout.write(
    `${sent} messages without a pace in ${seconds.toFixed(1)} s: ${rate.toFixed(0)} a second, one worker and the stand-in for Slack in one process; lost ${verdict.lost}, repeated ${verdict.repeated}\n`,
  )
  if (rate < LEAST_A_SECOND) failed.push(`fewer than ${LEAST_A_SECOND} a second`)
  if (verdict.lost + verdict.repeated > 0) failed.push('a message was lost or repeated')
  await leave({ workspace, outbox })
}

async function stage(name, paceMs) {
  const workspace = await openWorkspace({
    now: Date.now,
    channels: channels.map((each) => ({ name: each })),
    paceMs,
  })
  const env = {
    ...(await server.fresh(name)),
    SLACK_BOT_TOKEN: 'xoxb-stand-in',
    SLACK_API_URL: workspace.url,
  }
  return { workspace, env, outbox: await openOutbox({ ...env, SLACK_BOT_TOKEN: '' }) }
}

async function leave({ workspace, outbox }) {
  await outbox.pool.end()
  await workspace.close()
}

function perChannel(posts) {
  const counts = new Map()
  for (const { channel } of posts) counts.set(channel, (counts.get(channel) ?? 0) + 1)
  return counts
}
