// npm run prove:faults [-- --episodes 200 --seed N --only 17,18 --kind '408,HTML+database cut']
// Slack and the connections to PostgreSQL misbehave at random while two worker processes send. An
// episode queues warnings, replies, updates and drafts of waivers, lets one or two faults last for
// a while, ends them, and measures until everything has arrived. The judge is what the stand-in for
// Slack took: nothing lost, nothing repeated without a word, nothing that hangs, and every episode
// recovered within its bound; else it ends with 1. What an episode does is drawn from the seed and
// its number. Several lanes, each with a Slack, a PostgreSQL and two workers, run beside each other.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { parseArgs } from 'node:util'
import { startServer } from '../bench/server.mjs'
import { UNKNOWN_MS } from '../dist/src/delivery/channels.js'
import { DELIVERY_DEFAULTS } from '../dist/src/delivery/rate-limit.js'
import { openWorkspace } from '../dist/stand-in/slack/server.js'
import { DATABASE, SLACK } from './fault-kinds.mjs'
import { openOutbox, runCli, startWorker } from './outbox.mjs'
// biome-ignore lint/correctness/useImportExtensions: it would have the types imported.
import { openPostgresProxy } from './postgres-proxy.mjs'
import { seeded, sleep } from './random.mjs'

const { values } = parseArgs({
  options: {
    episodes: { type: 'string', default: '200' },
    seed: { type: 'string' },
    only: { type: 'string' },
    kind: { type: 'string' },
    lanes: { type: 'string', default: '6' },
    scale: { type: 'string', default: '20' },
    // A fault lasts no longer than so many milliseconds.
    lasts: { type: 'string', default: '30000' },
    // So many milliseconds more for everything, on a machine with much else to do.
    busy: { type: 'string', default: '5000' },
    verbose: { type: 'boolean', default: false },
    // An empty, migrated database to use instead of servers of the proof's own; then one lane.
    database: { type: 'string' },
    migrate: { type: 'string' },
    admin: { type: 'string' },
  },
})
const SEED = Number(values.seed ?? Date.now() % 1_000_000)
const SCALE = Number(values.scale)
const BUSY_MS = Number(values.busy)
const NUMBERS =
  values.only?.split(',').map(Number) ??
  Array.from({ length: Number(values.episodes) }, (_, n) => n + 1)
const LANES = values.database === undefined ? Math.min(Number(values.lanes), NUMBERS.length) : 1

const DIVIDED = [
  ...['leaseMs', 'historyLagMs', 'timeoutMs', 'paceMs', 'workspacePauseMs', 'blockedPauseMs'],
  'longestPauseMs',
]
/** The times of delivery, all divided by one factor but for the two that say so. */
const DELIVERY = {
  ...Object.fromEntries(DIVIDED.map((name) => [name, DELIVERY_DEFAULTS[name] / SCALE])),
  /** Stands for 72 hours. */
  giveUpMs: 30_000,
  /** A quarter of the real one: many workers share this machine. */
  pollMs: 250,
}
const TIMES = {
  ...DELIVERY,
  longestBackOffMs: (15 * 60_000) / SCALE,
  /** Who reads a channel is asked again after this; not divided either. */
  readersAgainMs: UNKNOWN_MS,
  /** What a channel rests where Slack does not say for how long; not divided. */
  unsaidMs: 30_000,
  /** What is promised of a database that is back; not divided. */
  databaseMs: 115_000 + BUSY_MS,
  busyMs: BUSY_MS,
  /** Somebody must be told of a death within the hour. */
  hourMs: 3_600_000 / SCALE,
  /** A worker that was asked to stop. */
  stopMs: 10_000 + BUSY_MS,
  healthyMs: 25_000 + BUSY_MS,
}
const CHANNELS_EACH = 5
const say = (line) => process.stderr.write(`${line}\n`)
const began = performance.now()
const inSeconds = (ms) => `${(ms / 1000).toFixed(1)} s`
/** Against what was promised, a line each. */
const violations = []
const results = []

/** A draft that is nothing without its amounts. */
const WAIVER = {
  on: '2027-03-31',
  reference: 'P-0',
  title: 'Imaging licences',
  supplier: 'Northwind',
  buyer: null,
  team: 'All contracts',
  owner: null,
  start: '2024-05-01',
  awardedEnd: '2027-04-30',
  value: '1200000',
  currency: 'GBP',
  extension: {
    from: '2027-05-01',
    to: '2027-07-31',
    cost: '120000',
    rule: null,
    grounds: null,
    approver: null,
    noticeReference: null,
  },
  premium: {
    baseline: null,
    method: 'no figures',
    assumed: false,
    months: 3,
    premium: null,
    ratio: null,
  },
  headroom: [],
  earlier: [],
}

say(
  `Seed ${SEED}: ${NUMBERS.length} episodes, ${LANES} lanes of two workers. Delivery's times divided by ${SCALE}: timeout ${inSeconds(TIMES.timeoutMs)}, lease ${inSeconds(TIMES.leaseMs)}, an hour ${inSeconds(TIMES.hourMs)}; 72 hours are ${inSeconds(TIMES.giveUpMs)}. The bound for the database is not divided; a busy machine has ${inSeconds(BUSY_MS)} more.`,
)
const waiting = [...NUMBERS]
const totals = {
  items: 0,
  lost: 0,
  unmarked: 0,
  marked: 0,
  takenBack: 0,
  dead: 0,
  outside: 0,
  stopped: 0,
}
const lanes = Array.from({ length: LANES }, (_, n) => runLane(n + 1))
for (const { reason } of await Promise.allSettled(lanes)) {
  if (reason !== undefined) violations.push(`A lane ended: ${reason.stack}`)
}
report()

/** One database after another's episodes, and the verdict on all that it was to send. */
async function runLane(number) {
  const lane = await openLane(number)
  try {
    for (let episode = waiting.shift(); episode !== undefined; episode = waiting.shift()) {
      await runEpisode(lane, episode)
    }
    await judge(lane)
  } finally {
    await lane.close()
  }
}

/** A Slack, a database, two workers, and what is known of them. */
async function openLane(number) {
  const own = values.database === undefined ? await startServer(() => undefined) : null
  const addresses =
    own === null
      ? { DATABASE_URL: values.database, LAPSEWATCH_MIGRATE_URL: values.migrate }
      : await own.fresh(`prove_faults_${number}`)
  const adminUrl = own === null ? values.admin : own.adminUrl(`prove_faults_${number}`)
  const workspace = await openWorkspace({
    now: Date.now,
    channels: [
      { name: 'contracts' },
      { id: 'CESCALATION', name: 'escalation' },
      ...NUMBERS.flatMap(channelsOf),
    ],
    historyLagMs: TIMES.historyLagMs * 0.6,
  })
  workspace.places.addUser('U0ADMIN', 'admin', { isAdmin: true })
  const env = {
    ...addresses,
    SLACK_BOT_TOKEN: 'xoxb-stand-in',
    SLACK_API_URL: workspace.url,
    LAPSEWATCH_CHANNEL: '#contracts',
    LAPSEWATCH_ESCALATION_CHANNEL: '#escalation',
    LAPSEWATCH_ADMINISTRATORS: 'U0ADMIN',
    LAPSEWATCH_SLACK_TIMEOUT_SECONDS: String(TIMES.timeoutMs / 1000),
    LAPSEWATCH_HISTORY_LAG_SECONDS: String(TIMES.historyLagMs / 1000),
    LAPSEWATCH_LEASE_SECONDS: String(TIMES.leaseMs / 1000),
    PROVE_DELIVERY: JSON.stringify(DELIVERY),
  }
  // The proof queues and looks past every fault: as superuser, on a database that is read-only to others.
  const outbox = await openOutbox(env, {
    connectionString: adminUrl,
    options: '-c default_transaction_read_only=off',
    query_timeout: 60_000,
  })
  const lane = {
    number,
    database: new URL(adminUrl).pathname.slice(1),
    workspace,
    env,
    outbox,
    admin: outbox.pool,
    posted: watchLedger(workspace),
    /** One for each worker. It is a proxy for any TCP. */
    proxies: await Promise.all(
      [1, 2].map(async () => ({
        database: await openPostgresProxy(addresses.DATABASE_URL),
        slack: await openPostgresProxy(workspace.url),
        opsPort: await freePort(),
      })),
    ),
    /** All that it was to send. */
    items: [],
    /** Faults of single messages that never end. */
    forGood: new Map(),
    slack: null,
    databaseFault: false,
    closing: false,
    workers: [],
    async close() {
      lane.closing = true
      await Promise.all(lane.workers.map((worker) => worker.stop()))
      await outbox.pool.end()
      for (const { database, slack } of lane.proxies)
        await Promise.all([database.close(), slack.close()])
      await workspace.close()
      await own?.close()
    },
  }
  workspace.faults.choose(
    (target) => lane.forGood.get(target.delivery) ?? lane.slack?.(target) ?? null,
  )
  lane.workers = lane.proxies.map((proxy) => keepWorker(lane, proxy))
  await Promise.all(lane.workers.map((worker) => worker.up()))
  return lane
}

function channelsOf(episode) {
  return Array.from({ length: CHANNELS_EACH }, (_, n) => ({
    id: `CE${episode}N${n}`,
    name: `e${episode}-${n}`,
  }))
}

/** What Slack took of each delivery, by its key: every message as it stands, and what was taken back. */
function watchLedger(workspace) {
  const posted = new Map()
  workspace.changes.listen(({ kind, message }) => {
    const key = message?.metadata?.event_payload.delivery_id
    if (key === undefined) return
    const messages = posted.get(key) ?? new Map()
    messages.set(message.ts, {
      ts: message.ts,
      threadTs: message.threadTs,
      edited: message.editedTs !== null,
      marked: /possible repeat/i.test(`${message.text} ${JSON.stringify(message.blocks)}`),
      removed: kind === 'message-removed',
    })
    posted.set(key, messages)
  })
  return {
    all: (key) => [...(posted.get(key)?.values() ?? [])],
    standing: (key) => [...(posted.get(key)?.values() ?? [])].filter(({ removed }) => !removed),
  }
}

/** A worker process as a supervisor keeps it: another starts where one ended. */
function keepWorker(lane, proxy) {
  const env = {
    ...lane.env,
    LAPSEWATCH_OPS_PORT: String(proxy.opsPort),
    DATABASE_URL: proxy.database.url(),
    LAPSEWATCH_MIGRATE_URL: proxy.database.url(lane.env.LAPSEWATCH_MIGRATE_URL),
    SLACK_API_URL: proxy.slack.url(),
  }
  const scaled = ['--import', new URL('scaled.mjs', import.meta.url).href]
  let worker
  let asked = false
  const start = () => {
    asked = false
    const one = startWorker(env, scaled)
    worker = one
    // One that was replaced meanwhile starts no second one: two would share a port, and nobody would
    // stop the first.
    void one.ended.then(async ({ code, signal }) => {
      if (asked || worker !== one) return
      // Without a database it cannot start, and says so.
      if (!lane.databaseFault && !lane.closing) {
        violations.push(`A worker ended by itself (${code ?? signal}):\n${one.said()}`)
      }
      await sleep(500)
      if (!asked && worker === one && !lane.closing) start()
    })
  }
  start()
  return {
    up: () => worker.up,
    lives: () => lives(proxy.opsPort),
    said: () => worker.said(),
    owns: (owner) => owner.split(':').includes(String(worker.child.pid)),
    /** Asks it to stop; how long that took. */
    async stop() {
      asked = true
      const askedAt = performance.now()
      const killing = new AbortController()
      worker.child.kill('SIGTERM')
      void sleep(TIMES.stopMs, null, killing).then(
        () => worker.child.kill('SIGKILL'),
        () => null,
      )
      const { signal } = await worker.ended
      killing.abort()
      const ms = performance.now() - askedAt
      if (signal === 'SIGKILL')
        violations.push(
          `A worker did not stop within ${inSeconds(TIMES.stopMs)}:\n${worker.said()}`,
        )
      return ms
    },
    start,
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  return port
}

/** Whether its tick goes on and its database answers, as a supervisor is told. */
async function lives(port) {
  const asked = ['livez', 'readyz'].map((path) =>
    fetch(`http://127.0.0.1:${port}/${path}`, { signal: AbortSignal.timeout(5000) }),
  )
  const answers = await Promise.allSettled(asked)
  return answers.every(({ value }) => value?.ok === true)
}

/** Everything random about an episode comes from here. */
function drawing(episode) {
  const random = seeded(SEED * 7919 + episode * 104_729)
  for (let n = 0; n < 8; n += 1) random()
  return {
    random,
    chance: (of) => random() < of,
    pick: (items) => items[Math.floor(random() * items.length)],
    between: (from, to) => from + random() * (to - from),
  }
}

/** Kinds come in turn, each as often as another, in an order of the seed's; one in five with a second. */
function kindsOf(episode, draw) {
  const chosen = values.kind?.split(',')
  if (chosen !== undefined) return chosen[(episode - 1) % chosen.length].split('+')
  const names = [...Object.keys(SLACK), ...Object.keys(DATABASE)]
  const random = seeded(SEED + Math.floor((episode - 1) / names.length))
  const order = names.map((name) => ({ name, at: random() })).toSorted((a, b) => a.at - b.at)
  const { name } = order[(episode - 1) % names.length]
  if (!draw.chance(0.2)) return [name]
  return [name, draw.pick(Object.keys(name in SLACK ? DATABASE : SLACK))]
}

async function runEpisode(lane, episode) {
  const draw = drawing(episode)
  const kinds = kindsOf(episode, draw)
  const channels = channelsOf(episode)
  const onDatabase = kinds.some((kind) => kind in DATABASE)
  // Slack's are far shorter than what stands for 72 hours.
  const long = kinds.every((kind) => kind in DATABASE) && draw.chance(0.25)
  const drawnMs = long ? draw.between(15e3, 30e3) : draw.between(1e3, 4e3)
  const lastsMs = Math.min(drawnMs, Number(values.lasts))
  const moreAfterMs = draw.between(0, 0.7) * lastsMs
  const stops = draw.chance(0.15)
  const stopAfterMs = draw.random() * lastsMs
  const faults = kinds.map((kind) =>
    (SLACK[kind] ?? DATABASE[kind])(draw, TIMES, lastsMs, { ...lane, channels }),
  )
  const what = `episode ${episode}, ${kinds.map((kind, n) => `${kind} (${faults[n].note})`).join(' and ')} for ${inSeconds(lastsMs)}`
  const wrong = (line) => violations.push(`${what}: ${line}`)
  const items = []
  const add = (deliveries) => {
    for (const delivery of deliveries) {
      const { reference, key } = items.find(({ id }) => id === delivery.of) ?? delivery
      const item = { ...delivery, reference, firstKey: key, what }
      items.push(item)
      lane.items.push(item)
    }
    return deliveries
  }
  const destinations = channels.map(({ name }) => `#${name}`)
  const firsts = add(await lane.outbox.queue(8, destinations))
  if (!(await allInOrder(lane, items, TIMES.healthyMs)).ok)
    wrong('it did not send before the fault')

  lane.databaseFault = onDatabase
  lane.slack = (target) => faults.reduce((met, { slack }) => met ?? slack?.(target) ?? null, null)
  for (const { way } of faults) await way?.begin()
  const forGood = faults.find((fault) => fault.forGood !== undefined)?.forGood
  const queueing = queueMore()
  const stopping = stops ? stopOne() : null
  await sleep(lastsMs)
  lane.slack = null
  for (const { way } of faults) await way?.end()
  const endedAt = new Date()
  const since = performance.now()
  if (faults.some(({ commandEnds }) => commandEnds)) await runCli(['resume', 'all'], lane.env)
  await queueing
  await stopping
  const withinMs = Math.max(...faults.map((fault) => fault.withinMs))
  // What can never be sent, and what waits for it, is judged at the end of the lane.
  const others = items.filter(
    ({ firstKey, key }) => !lane.forGood.has(firstKey) && !lane.forGood.has(key),
  )
  const { ok, left } = await allInOrder(
    lane,
    others,
    withinMs,
    faults.some(({ deaths }) => deaths),
  )
  const tookMs = performance.now() - since
  for (const line of left) {
    violations.push(`not within ${inSeconds(withinMs)}: ${line}`)
    say(`  ${line}`)
  }
  if (ok && onDatabase && !(await bothWork(lane, destinations, add, endedAt, since + withinMs))) {
    wrong(`one of the workers sends nothing ${inSeconds(withinMs)} after its end`)
  }
  if (!ok && values.verbose) for (const { said } of lane.workers) say(said().slice(-1500))
  lane.databaseFault = false
  await endForgotten(lane, endedAt)
  results.push({ kinds, tookMs, withinMs, ok })
  say(
    `${inSeconds(performance.now() - began)}  ${ok ? '' : 'NOT '}recovered in ${inSeconds(tookMs)} (${inSeconds(withinMs)}): ${what}`,
  )

  async function queueMore() {
    const { queue, follow } = lane.outbox
    add(await follow(firsts.slice(0, 4), 'thread', 'thread_of'))
    add(await follow(firsts.slice(2, 6), 'update', 'update_of'))
    add(await follow(firsts.slice(0, 2), 'waiver', 'thread_of', { waiver: WAIVER }))
    await sleep(moreAfterMs)
    const more = add(await queue(6, destinations))
    const replies = add(await follow(more.slice(0, 4), 'thread', 'thread_of'))
    if (forGood === undefined) return
    for (const { key } of [more[0], replies.at(-1)]) lane.forGood.set(key, forGood)
  }

  async function stopOne() {
    await sleep(stopAfterMs)
    const worker = draw.pick(lane.workers)
    totals.stopped += 1
    await worker.stop()
    worker.start()
  }
}

/** Looks until all of them are in order or the time is over; what is left, in words. */
async function allInOrder(lane, items, withinMs, deaths = false) {
  const until = performance.now() + withinMs
  for (;;) {
    const left = await notInOrder(lane, items, deaths)
    if (left.length === 0 || performance.now() > until) return { ok: left.length === 0, left }
    await sleep(100)
  }
}

async function notInOrder(lane, items, deaths) {
  const { rows } = await lane.admin.query(
    `SELECT d.id, d.state, d.attempt, d.problem, d.due_at - clock_timestamp() AS due, copy.key AS copy_key
       FROM delivery d LEFT JOIN delivery copy
         ON copy.subject = d.subject AND copy.purpose = 'fallback' AND copy.sequence = d.id
      WHERE d.id = ANY ($1)`,
    [items.map(({ id }) => id)],
  )
  const byId = new Map(rows.map((row) => [row.id, row]))
  return items.flatMap((item) => {
    const row = byId.get(item.id)
    const why = row === undefined ? 'it is gone' : fault(lane, item, row, deaths)
    return why === null
      ? []
      : [`${describe(item)}: ${why} (${row?.state}, attempt ${row?.attempt}, ${row?.problem})`]
  })
}

function describe({ what, id, purpose, destination, reference }) {
  return `${what}: delivery ${id}, ${purpose} of ${reference} to ${destination}`
}

/** Why it is not where it should be; null where it is. */
function fault({ posted }, { key, firstKey, purpose }, { state, copy_key: copyKey }, deaths) {
  if (state === 'DEAD' && deaths) return null
  if (purpose === 'update') {
    const first = posted.standing(firstKey)
    if (state === 'SENT' && first.some(({ edited }) => edited)) return null
    return `Slack shows the old words`
  }
  if (posted.standing(key).length > 0)
    return state === 'SENT' ? null : 'it arrived, and is not known to'
  if (copyKey !== null && posted.standing(copyKey).length > 0) return null
  return 'Slack does not have it'
}

/** Both workers have sent something since; they are given more to send until they have. */
async function bothWork(lane, destinations, add, since, until) {
  for (;;) {
    const { rows } = await lane.admin.query(
      'SELECT DISTINCT owner FROM delivery WHERE sent_at > $1 AND owner IS NOT NULL',
      [since],
    )
    if (lane.workers.every(({ owns }) => rows.some(({ owner }) => owns(owner)))) return true
    if (performance.now() > until) return false
    add(await lane.outbox.queue(CHANNELS_EACH, destinations))
    await sleep(1000)
  }
}

/** Sessions of connections that the fault broke for good: a server's keep-alive ends them in time. */
async function endForgotten({ admin }, since) {
  await admin.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name LIKE 'lapsewatch%' AND state_change < $1`,
    [since],
  )
}

/** What came of everything that this lane was to send. */
async function judge(lane) {
  const { items, posted, forGood, workspace } = lane
  const stuck = items.filter(({ key, firstKey }) => forGood.has(key) || forGood.has(firstKey))
  // Given up, tried for a last time, and its followers after it.
  const patienceMs = TIMES.giveUpMs + 2 * TIMES.longestBackOffMs + TIMES.leaseMs
  if (stuck.length > 0) {
    const { left } = await allInOrder(lane, stuck, patienceMs, true)
    for (const line of left) violations.push(`refused for good, and not given up: ${line}`)
  }
  const { rows } = await lane.admin.query(
    `SELECT id, state, problem FROM delivery WHERE state = 'DEAD'`,
  )
  const dead = new Map(rows.map((row) => [row.id, row]))
  const gone = items.filter(({ id, key }) => dead.has(id) && posted.standing(key).length === 0)
  const told = workspace.ledger
  const named = ({ reference }) =>
    told.messages.some(
      ({ channel, text, blocks }) =>
        (channel === 'CESCALATION' || channel === 'D0ADMIN') &&
        mentions(`${text} ${JSON.stringify(blocks)}`, reference),
    )
  const until = performance.now() + TIMES.hourMs
  while (!gone.every(named) && performance.now() < until) await sleep(200)
  const doctor = gone.length === 0 ? '' : await runCli(['doctor', '--json'], lane.env, [0, 1])
  // It names the latest, and counts the others.
  const unknown = gone
    .toSorted((a, b) => b.id - a.id)
    .slice(0, 3)
    .filter(({ reference }) => !mentions(doctor, reference))
  for (const item of unknown) violations.push(`dead, and doctor does not say so: ${describe(item)}`)
  // Whatever Slack takes after the timeout, it has taken by now.
  await sleep(10 * TIMES.timeoutMs)
  const ticking = performance.now() + TIMES.databaseMs
  for (const worker of lane.workers) {
    while (!(await worker.lives()) && performance.now() < ticking) await sleep(500)
    if (!(await worker.lives())) violations.push(`a worker hangs in the end:\n${worker.said()}`)
  }
  totals.items += items.length
  totals.dead += dead.size
  for (const item of items) {
    const standing = posted.standing(item.key)
    const all = posted.all(item.key)
    totals.marked += standing.filter(({ marked }) => marked).length
    totals.takenBack += all.length - standing.length
    const thread = new Set(posted.all(item.firstKey).map(({ ts }) => ts))
    const isReply = item.purpose === 'thread' || item.purpose === 'waiver'
    if (isReply && standing.some(({ threadTs }) => !thread.has(threadTs))) totals.outside += 1
    if (standing.filter(({ marked }) => !marked).length > 1) {
      totals.unmarked += 1
      violations.push(`repeated unmarked: ${describe(item)}`)
    }
    if (gone.includes(item) && !named(item)) {
      totals.lost += 1
      violations.push(`dead, and nobody was told: ${describe(item)} (${dead.get(item.id).problem})`)
    }
  }
  const left = await notInOrder(lane, items, true)
  totals.lost += left.length
  for (const line of left) violations.push(`lost: ${line}`)
  for (const failure of told.failures) violations.push(`Slack did not understand: ${failure}`)
}

function mentions(text, reference) {
  return new RegExp(`\\b${reference}\\b`).test(text)
}

function report() {
  const took = new Map()
  for (const { kinds, tookMs, withinMs } of results) {
    const name = kinds.length > 1 ? 'two at once' : kinds[0]
    took.set(name, [...(took.get(name) ?? []), { tookMs, withinMs }])
  }
  const order = [...Object.keys(SLACK), ...Object.keys(DATABASE), 'two at once']
  const table = order.flatMap((name) => {
    const own = (took.get(name) ?? []).toSorted((a, b) => a.tookMs - b.tookMs)
    if (own.length === 0) return []
    const bound = Math.max(...own.map(({ withinMs }) => withinMs))
    const figures = `median ${inSeconds(own[own.length >> 1].tookMs)}, worst ${inSeconds(own.at(-1).tookMs)}, bound ${inSeconds(bound)}`
    return [`${name.padEnd(30)} ${String(own.length).padStart(3)}  ${figures}`]
  })
  const late = results.filter(({ ok }) => !ok).length
  const { items, lost, unmarked, marked, takenBack, dead, outside, stopped } = totals
  const said = [
    ...table,
    ...violations.map((line) => `AGAINST THE PROMISE: ${line}`),
    `${items} messages in ${results.length} episodes; ${marked} say "possible repeat", ${takenBack} were taken back, ${dead} are dead, ${outside} replies stand outside their thread; ${stopped} workers were stopped in the middle`,
    `${inSeconds(performance.now() - began)}; seed ${SEED} (npm run prove:faults -- --seed ${SEED} --episodes ${values.episodes})`,
    `lost ${lost}, repeated unmarked ${unmarked}, recovered late ${late}, against the promise ${violations.length}`,
    '',
  ].join('\n')
  // Whatever a lane that could not be opened left running ends with it.
  process.stdout.write(said, () => process.exit(violations.length > 0 ? 1 : 0))
}
