/**
 * Clients that take their time, on both ports that others reach: whoever asks properly is answered,
 * and calendars share no fate with health checks or with what Slack sends.
 */
import http from 'node:http'
import { connect, type Socket } from 'node:net'
import { calendarDesk, calendarRoutes } from '../src/ops/calendar.ts'
import { lackingIn, type OpsServer, opsRoutes, serveOps } from '../src/ops/http.ts'
import { openMetrics } from '../src/ops/metrics.ts'
import { GATE_LIMITS } from '../src/slack/transport.ts'
import { signatureOf } from '../stand-in/slack/http.ts'
import { PEOPLE } from '../stand-in/slack/state.ts'
import { type BotSetup, openBotSetup, SIGNING_SECRET, said, TODAY } from './support/bot-setup.ts'
import { connected } from './support/postgres.ts'

const SLOW = 300
/** Twenty requests, one after another: a second each on a machine that has other things to do. */
const ANSWERED_WITHIN_MS = 20_000
/** More than the operating system takes over for a client that reads nothing. */
const LARGE = Buffer.alloc(4_000_000, 'x')
/** No limit of time helps here: `bot-gate.test.ts` has those. */
const PATIENT = { ...GATE_LIMITS, headersMs: 60_000, requestMs: 60_000, answerMs: 60_000 }
const REGISTER = `Reference,Title,Supplier,Owner email,Start,End,Value
C-1,Licences,Acme,owner@trust.example,2024-01-01,2027-03-31,20000
`

type Port = 'the port that Slack calls' | "the supervisors' port"
const PORTS: readonly Port[] = ['the port that Slack calls', "the supervisors' port"]

let setup: BotSetup
let ops: OpsServer
let calendar: string
let closing: Promise<void> | null = null
const closeSetup = () => {
  closing ??= setup.close()
  return closing
}
beforeAll(async () => {
  setup = await openBotSetup('http', REGISTER, {
    limits: PATIENT,
    routes: [{ path: '/large', method: ['GET'], handler: (_, response) => response.end(LARGE) }],
  })
  const { pool } = setup.database
  const shown = said(await setup.type(PEOPLE.owner, 'calendar'))
  calendar = /\/calendar\/[0-9a-f]{64}\.ics/.exec(shown)?.[0] ?? ''
  expect(calendar).not.toBe('')
  const elapsed = () => performance.now()
  const organisationId = setup.organisation.id
  const app = opsRoutes({
    metrics: openMetrics({ pool, organisationId, elapsed }),
    watches: false,
    tickDueBy: () => Number.POSITIVE_INFINITY,
    heardAt: elapsed,
    silentForMs: 1,
    askDatabase: () => lackingIn(pool),
    notReady: () => [],
    elapsed,
    startedAt: elapsed(),
  })
  const now = () => new Date()
  const desk = calendarDesk({
    pool,
    organisationId,
    now,
    today: () => TODAY,
    elapsed,
    log: () => undefined,
  })
  app.route(
    '/',
    calendarRoutes(() => desk),
  )
  app.get('/large', (c) => c.body(LARGE))
  ops = await serveOps(app, 0, '127.0.0.1')
})
afterAll(async () => {
  await ops.close()
  await closeSetup()
})

const sockets: Socket[] = []
const timers: NodeJS.Timeout[] = []
afterEach(() => {
  for (const timer of timers.splice(0)) clearInterval(timer)
  for (const socket of sockets.splice(0)) socket.destroy()
})

const numberOf = (port: Port) =>
  port === "the supervisors' port" ? ops.port : Number(new URL(setup.requestUrl ?? '').port)

/** Resolves once the server has heard of all of them. */
async function occupy(port: Port, begin: (socket: Socket) => void): Promise<void> {
  const one = () =>
    new Promise<void>((resolve) => {
      const socket = connect(numberOf(port), '127.0.0.1')
      sockets.push(socket)
      socket.on('error', () => resolve()).once('close', () => resolve())
      socket.once('connect', () => {
        begin(socket)
        resolve()
      })
    })
  await Promise.all(Array.from({ length: SLOW }, one))
}

function byteASecond(socket: Socket, head: string): void {
  socket.write(head)
  timers.push(setInterval(() => socket.writable && socket.write('x'), 1000))
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`
const KINDS: readonly (readonly [string, (socket: Socket) => void])[] = [
  ['say nothing', () => undefined],
  [
    'send their headers byte by byte',
    (socket) => byteASecond(socket, 'POST /slack/events HTTP/1.1\r\nx: '),
  ],
  [
    'send their bodies byte by byte',
    (socket) =>
      byteASecond(socket, 'POST /slack/events HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n'),
  ],
  [
    'send the body of a question byte by byte',
    (socket) => byteASecond(socket, 'GET /none HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n'),
  ],
  ['ask once and stay', (socket) => socket.resume().write(get('/none'))],
  ['do not take their answers', (socket) => socket.pause().write(get('/large'))],
]

/** On a connection of its own; null where there was no answer. */
function ask(
  port: Port,
  path: string,
  {
    body,
    headers = {},
  }: { readonly body?: string; readonly headers?: Record<string, string> } = {},
): Promise<number | null> {
  return new Promise((resolve) => {
    const asked = http.request(
      {
        host: '127.0.0.1',
        port: numberOf(port),
        path,
        agent: false,
        method: body === undefined ? 'GET' : 'POST',
        headers,
      },
      (answer) => {
        answer
          .resume()
          .once('close', () => resolve(answer.complete ? (answer.statusCode ?? null) : null))
      },
    )
    asked.once('error', () => resolve(null))
    asked.end(body)
  })
}

/** What Slack sends, signed. */
function fromSlack(): Promise<number | null> {
  const body = JSON.stringify({ type: 'url_verification', challenge: 'x' })
  const seconds = Math.floor(Date.now() / 1000)
  return ask('the port that Slack calls', '/slack/events', {
    body,
    headers: {
      'content-type': 'application/json',
      'x-slack-request-timestamp': String(seconds),
      'x-slack-signature': signatureOf(SIGNING_SECRET, seconds, body),
    },
  })
}

const PROPER: Record<Port, (n: number) => Promise<number | null>> = {
  'the port that Slack calls': fromSlack,
  "the supervisors' port": (n) =>
    ask("the supervisors' port", ['/livez', '/readyz', '/metrics', calendar][n % 4] ?? ''),
}

describe.each(PORTS)('at %s', (port) => {
  test.each(KINDS)(`${SLOW} clients that %s keep nobody else out`, async (_, begin) => {
    await occupy(port, begin)
    const from = performance.now()
    for (let n = 0; n < 20; n += 1) expect(await PROPER[port](n)).toBe(200)
    expect(performance.now() - from).toBeLessThan(ANSWERED_WITHIN_MS)
  })
})

describe.each(PORTS)(
  'a database that answers no calendar, and 300 that ask for one at %s',
  (port) => {
    test('leave health checks, figures and what Slack sends as they were', async () => {
      await connected(setup.database.ownerUrl, async (locked) => {
        await locked.query('BEGIN; LOCK TABLE calendar_feed')
        await occupy(port, (socket) => socket.resume().write(get(calendar)))
        for (const path of ['/livez', '/readyz', '/metrics']) {
          expect(await ask("the supervisors' port", path), path).toBe(200)
        }
        expect(await fromSlack()).toBe(200)
      })
    })
  },
)

test('bodies that arrive slowly hold bounded memory: the oldest of them are cut off', async () => {
  const half = 512 * 1024
  const head = `POST /slack/events HTTP/1.1\r\nhost: x\r\ncontent-length: ${half}\r\n\r\n`
  const almost = head + 'x'.repeat(half - 1)
  let closed = 0
  await occupy('the port that Slack calls', (socket) => {
    socket.once('close', () => {
      closed += 1
    })
    socket.write(almost)
  })
  const fit = GATE_LIMITS.arrivingBytes / half
  await expect.poll(() => closed).toBeGreaterThanOrEqual(SLOW - fit)
  expect(await fromSlack()).toBe(200)
})

test('the bot stops within ten seconds whatever its clients do', async () => {
  await occupy('the port that Slack calls', (socket) =>
    byteASecond(socket, 'POST /slack/events HTTP/1.1\r\nx: '),
  )
  const from = performance.now()
  await closeSetup()
  expect(performance.now() - from).toBeLessThan(10_000)
})
