/** What supervisors ask, on a port of its own. */
import { connect } from 'node:net'
import pg from 'pg'
// biome-ignore lint/correctness/useImportExtensions: it is JavaScript, for the proofs as well
import { openPostgresProxy } from '../prove/postgres-proxy.mjs'
import { deliverDue } from '../src/delivery/worker.ts'
import { lackingIn, type OpsServer, opsRoutes, serveOps } from '../src/ops/http.ts'
import { type Metrics, openMetrics } from '../src/ops/metrics.ts'
import { openWorkspace } from '../stand-in/slack/server.ts'
import { freshDatabase, openAt, type TestDatabase } from './support/database.ts'
import { type Outbox, openOutbox, worker } from './support/outbox.ts'

let database: TestDatabase
let outbox: Outbox
let metrics: Metrics
let server: OpsServer
const state = {
  elapsed: 0,
  tickDueBy: Number.POSITIVE_INFINITY,
  heardAt: Number.POSITIVE_INFINITY,
  lacking: [] as string[],
  databaseDown: false,
}

beforeAll(async () => {
  database = await freshDatabase()
  outbox = await openOutbox(database.pool)
  const elapsed = () => state.elapsed
  metrics = openMetrics({ pool: database.pool, organisationId: outbox.organisationId, elapsed })
  const app = opsRoutes({
    metrics,
    watches: true,
    tickDueBy: () => state.tickDueBy,
    heardAt: () => state.heardAt,
    silentForMs: 45_000,
    askDatabase: async () => {
      if (state.databaseDown) throw new Error('password authentication failed for user "secret"')
      return await lackingIn(database.pool)
    },
    notReady: () => state.lacking,
    elapsed,
    startedAt: 0,
  })
  server = await serveOps(app, 0, '127.0.0.1')
})
afterAll(async () => {
  await server.close()
  await database.drop()
})

async function ask(path: string) {
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`)
  return { status: answer.status, text: await answer.text() }
}

/** What /metrics says once the database was asked in time: a busy machine may be late. */
async function figures(read = async () => (await ask('/metrics')).text): Promise<string> {
  return await vi.waitFor(
    async () => {
      const text = await read()
      expect(text).toContain('lapsewatch_outbox_age_seconds 0\n')
      return text
    },
    { timeout: 50_000, interval: 100 },
  )
}

test('/livez fails once no tick has ended well for five minutes', async () => {
  expect(await ask('/livez')).toMatchObject({ status: 200 })
  state.elapsed = 301_000
  expect(await ask('/livez')).toMatchObject({ status: 503 })
  metrics.ticked('failed', 5)
  expect(await ask('/livez')).toMatchObject({ status: 503 })
  metrics.ticked('done', 5)
  expect(await ask('/livez')).toMatchObject({ status: 200 })
})

test('/livez fails within a minute of a tick that stands still, or of a database that is silent', async () => {
  state.elapsed = 400_000
  state.tickDueBy = 399_999
  expect(await ask('/livez')).toEqual({ status: 503, text: 'the tick stands still\n' })
  state.tickDueBy = Number.POSITIVE_INFINITY
  state.heardAt = 354_999
  expect(await ask('/livez')).toEqual({ status: 503, text: 'the database does not answer\n' })
  state.heardAt = Number.POSITIVE_INFINITY
  expect(await ask('/livez')).toMatchObject({ status: 200 })
})

test('/readyz tells of a database that takes no writes, and of connections that are used up', async () => {
  const name = new URL(database.url).pathname.slice(1)
  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  const opened = await openAt(database.url, database.ownerUrl, { questionMs: 6000 })
  try {
    expect(await lackingIn(opened.pool)).toEqual([])
    await admin.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`)
    const held = await Promise.all([opened.pool.connect(), opened.pool.connect()])
    const waiting = opened.pool.query('SELECT 1')
    expect(await lackingIn(opened.pool)).toEqual(['all 2 connections of this process are in use'])
    for (const client of held) client.release(true)
    await waiting
    await vi.waitFor(async () => {
      expect(await lackingIn(opened.pool)).toEqual(['the database is set to read only'])
    })
    await admin.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`)
    await admin.query(`ALTER DATABASE ${name} CONNECTION LIMIT 0`)
    await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND usename = 'lapsewatch_run'`)
    await vi.waitFor(async () => {
      expect(await lackingIn(opened.pool)).toEqual(['the database server has no connection left'])
    })
  } finally {
    await admin.query(`ALTER DATABASE ${name} CONNECTION LIMIT -1`)
    await admin.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`)
    await admin.end()
    await opened.close()
  }
})

test('/metrics answers at once what it knows, and how old that is, while the database is silent', async () => {
  const proxy = await openPostgresProxy(database.url)
  const behind = await openAt(proxy.url(), database.ownerUrl, { questionMs: 6000 })
  try {
    const { organisationId } = outbox
    const { registry } = openMetrics({
      pool: behind.pool,
      organisationId,
      elapsed: () => performance.now(),
    })
    await figures(() => registry.metrics())
    proxy.become({ kind: 'silent' })
    const asked = performance.now()
    const text = await registry.metrics()
    expect(performance.now() - asked).toBeLessThan(5000)
    expect(text).toContain('lapsewatch_database_up 0')
    expect(text).toContain('lapsewatch_deliveries{state="PENDING"} 0')
    expect(Number(/^lapsewatch_outbox_age_seconds (\S+)/m.exec(text)?.[1])).toBeGreaterThan(1)
    proxy.become({ kind: 'forward' })
    await vi.waitFor(
      async () => expect(await registry.metrics()).toContain('lapsewatch_database_up 1'),
      { timeout: 30_000, interval: 100 },
    )
  } finally {
    await behind.close()
    await proxy.close()
  }
})

test('/readyz says what is lacking, and nothing of why the database refuses', async () => {
  expect(await ask('/readyz')).toEqual({ status: 200, text: 'ok\n' })
  state.lacking = ['stopping']
  state.databaseDown = true
  expect(await ask('/readyz')).toEqual({
    status: 503,
    text: 'stopping\nthe database does not answer\n',
  })
  state.lacking = []
  state.databaseDown = false
})

test('/metrics shows the queue, how late messages were, and what came of each attempt', async () => {
  const workspace = await openWorkspace({
    channels: [{ id: 'C1', name: 'one' }] as never,
    now: () => Date.now(),
  })
  await outbox.queue('#one', { title: 'Secret title' })
  await outbox.queue('#one')
  await database.pool.query(`UPDATE delivery SET created_at = now() - interval '2 minutes',
    due_at = now() - interval '2 minutes'`)
  const before = await figures()
  expect(before).toContain('lapsewatch_deliveries{state="PENDING"} 2')
  expect(Number(/^lapsewatch_queue_age_seconds (\S+)/m.exec(before)?.[1])).toBeGreaterThan(119)
  await deliverDue({ ...worker(database.pool, workspace), observe: metrics.attempted })
  await workspace.close()
  metrics.ranSlots(1)
  metrics.swept({ raised: 2, superseded: 0, queued: 2 })
  metrics.checked([{ what: 'waiting', alarm: true, count: 3, words: 'Amira Khan waits.' }])
  const text = await figures()
  expect(text).toContain('lapsewatch_delivery_attempts_total{outcome="sent"} 2')
  expect(text).toContain('lapsewatch_due_to_sent_seconds_bucket{le="60"} 0')
  expect(text).toContain('lapsewatch_due_to_sent_seconds_bucket{le="300"} 2')
  expect(text).toContain('lapsewatch_deliveries{state="SENDING"} 0')
  // What follows once the readers are known is not due yet.
  expect(text).toContain('lapsewatch_queue_age_seconds 0')
  expect(text).toContain('lapsewatch_findings{what="waiting"} 3')
  expect(text).toContain('lapsewatch_slots_total 1')
  expect(text).toContain('lapsewatch_alerts_raised_total 2')
  expect(text).toContain('lapsewatch_database_up 1')
  expect(text).toMatch(/nodejs_eventloop_lag_seconds \d/)
  expect(text).not.toMatch(/Secret title|Amira|#one|C1/)
})

test('other paths are not there, and a flood shares one look at the database', async () => {
  expect(await ask('/')).toMatchObject({ status: 404 })
  expect(await ask('/metrics/../admin')).toMatchObject({ status: 404 })
  const answers = await Promise.all(Array.from({ length: 40 }, () => ask('/metrics')))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
})

test('a request with endless headers does not hold its socket', async () => {
  const socket = connect(server.port, '127.0.0.1')
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve())
  })
  socket.on('error', () => undefined).resume()
  socket.write(`GET /livez HTTP/1.1\r\nhost: x\r\n${'x-long: 1\r\n'.repeat(3000)}`)
  await closed
})
