// npm run prove:kills [-- --kills 500 --seed N --real]
// Real worker processes are killed at random moments, while Slack's replies are lost after and its
// requests before they are taken. The judge is what the stand-in for Slack took: every warning
// once. Ends with 1 where one was lost or repeated. --real uses the times of real use.
import { parseArgs } from 'node:util'
import { startServer } from '../bench/server.mjs'
import { openWorkspace } from '../dist/stand-in/slack/server.js'
import { judge, openOutbox, startWorker } from './outbox.mjs'
import { seeded, sleep } from './random.mjs'

const { values } = parseArgs({
  options: {
    kills: { type: 'string' },
    seed: { type: 'string' },
    workers: { type: 'string', default: '2' },
    ahead: { type: 'string', default: '150' },
    real: { type: 'boolean', default: false },
    // An empty, migrated database to use instead of a server of the proof's own.
    database: { type: 'string' },
    migrate: { type: 'string' },
  },
})
const KILLS = Number(values.kills ?? (values.real ? 10 : 500))
const SEED = Number(values.seed ?? Date.now() % 1_000_000)
const WORKERS = Number(values.workers)
const TIMES = values.real
  ? { timeout: 10, lag: 10, lease: 90 }
  : { timeout: 0.5, lag: 0.5, lease: 3 }
/** More than the workers can send between two kills, so that each kill meets a process at work. */
const AHEAD = Number(values.ahead)
const CHANNELS = Array.from({ length: 50 }, (_, n) => `ward-${n}`)
const say = (line) => process.stderr.write(`${line}\n`)

say(
  `Seed ${SEED}: ${KILLS} kills, ${WORKERS} workers, timeout ${TIMES.timeout} s, lease ${TIMES.lease} s, history after at most ${TIMES.lag} s.`,
)
const random = seeded(SEED)
const began = performance.now()
const server = values.database === undefined ? await startServer(say) : null
const workspace = await openWorkspace({
  now: Date.now,
  channels: CHANNELS.map((name) => ({ name })),
  historyLagMs: TIMES.lag * 600,
})
const met = { taken: 0, dropped: 0 }
workspace.faults.choose(({ method }) => {
  if (method !== 'chat.postMessage') return null
  const chance = random()
  if (chance >= 0.1) return null
  const accepted = chance < 0.07
  met[accepted ? 'taken' : 'dropped'] += 1
  return { kind: 'dropped', accepted }
})
const env = {
  ...(server === null
    ? { DATABASE_URL: values.database, LAPSEWATCH_MIGRATE_URL: values.migrate }
    : await server.fresh('prove_kills')),
  SLACK_BOT_TOKEN: 'xoxb-stand-in',
  SLACK_API_URL: workspace.url,
  LAPSEWATCH_SLACK_TIMEOUT_SECONDS: String(TIMES.timeout),
  LAPSEWATCH_HISTORY_LAG_SECONDS: String(TIMES.lag),
  LAPSEWATCH_LEASE_SECONDS: String(TIMES.lease),
}
const outbox = await openOutbox(env)
const counts = { kills: 0, midWork: 0 }
let verdict = null
try {
  await Promise.all(Array.from({ length: WORKERS }, liveAndDie))
  workspace.faults.clear()
  await finish()
  verdict = await judge(outbox.pool, workspace.ledger)
  report(verdict, await outbox.states())
} finally {
  await outbox.pool.end()
  await workspace.close()
  await server?.close()
}
process.stdout.write(`lost ${verdict.lost}, repeated ${verdict.repeated}\n`)
process.exitCode = verdict.lost + verdict.repeated > 0 ? 1 : 0

/** One worker slot: a worker, killed, and another in its place, until there were enough. */
async function liveAndDie() {
  while (counts.kills < KILLS) {
    counts.kills += 1
    await keepAhead()
    const worker = startWorker(env)
    // One in ten is killed while it starts.
    if (random() < 0.1) await sleep(random() * 600)
    else {
      await worker.up
      await somethingIsPosted()
      await sleep(random() * 1500)
    }
    worker.child.kill('SIGKILL')
    const { signal, code } = await worker.ended
    if (signal !== 'SIGKILL')
      throw new Error(`A worker ended by itself (${code}):\n${worker.said()}`)
    const { SENDING = 0 } = await outbox.states()
    if (SENDING > 0) counts.midWork += 1
    if (counts.kills % 25 === 0) {
      const { SENT = 0 } = await outbox.states()
      say(`${counts.kills} kills, ${SENT} of ${outbox.queued} sent, ${seconds()} s`)
    }
  }
}

/** On a busy machine a process may take longer to its first message than others live. */
async function somethingIsPosted() {
  const posted = () => workspace.ledger.messages.length
  const before = posted()
  const until = performance.now() + 10_000
  while (posted() === before && performance.now() < until) await sleep(20)
}

async function keepAhead() {
  const { PENDING = 0, RETRY = 0 } = await outbox.states()
  const missing = AHEAD - PENDING - RETRY
  if (missing > 0)
    await outbox.queue(
      missing,
      CHANNELS.map((name) => `#${name}`),
    )
}

/** Workers that nobody kills send the rest, and end when they are asked to. */
async function finish() {
  const workers = Array.from({ length: WORKERS }, () => startWorker(env))
  // A message may wait for a lease and a look-up; with nothing sent for so long, nothing will be.
  const patienceMs = 30_000 + 3000 * TIMES.lease
  let before = -1
  let movedAt = performance.now()
  for (;;) {
    const { SENT = 0, SUPERSEDED = 0, DEAD = 0, BLOCKED = 0, ...open } = await outbox.states()
    // What was sent again is taken back some leases later, where the first came late.
    const isTwice = [...workspace.ledger.timesDelivered().values()].some((n) => n > 1)
    if (Object.keys(open).length === 0 && !isTwice) break
    if (SENT !== before) movedAt = performance.now()
    if (performance.now() - movedAt > patienceMs) break
    before = SENT
    await sleep(100)
  }
  for (const { child } of workers) child.kill('SIGTERM')
  await Promise.all(workers.map(({ ended }) => ended))
}

function report({ lost, repeated }, states) {
  const calls = workspace.ledger.calls
  const count = (...methods) => calls.filter(({ method }) => methods.includes(method)).length
  const looked = count('conversations.history', 'conversations.replies')
  const posts = count('chat.postMessage')
  process.stdout.write(
    [
      `${outbox.queued} warnings, ${posts} posts, ${met.taken} replies lost after Slack took the message, ${met.dropped} requests lost before`,
      `${counts.kills} kills of a process, ${counts.midWork} of them with messages in hand somewhere`,
      `${looked} look-ups in histories, ${(looked / outbox.queued).toFixed(3)} a warning; ${count('chat.delete')} repeats taken back`,
      `states ${JSON.stringify(states)}; ${seconds()} s; seed ${SEED}${lost + repeated > 0 ? ` (npm run prove:kills -- --seed ${SEED})` : ''}`,
      '',
    ].join('\n'),
  )
}

function seconds() {
  return Math.round((performance.now() - began) / 1000)
}
