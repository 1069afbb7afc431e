/** The port that Slack calls: too large, too slow and too much is turned away, and the rest goes on. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { boltLogger } from '../src/slack/app.ts'
import {
  GATE_LIMITS,
  limitConnections,
  openReceiver,
  serverOptions,
} from '../src/slack/transport.ts'
import { signatureOf } from '../stand-in/slack/http.ts'

const LIMITS = {
  ...GATE_LIMITS,
  // A busy machine needs some of it for an honest request.
  headersMs: 1000,
  requestMs: 2000,
  checkMs: 100,
  connections: 60,
  slack: { underWay: 20, burst: 40, perSecond: 20 },
}
const SECRET = 'secret'

let server: Server
let port = 0
let handled = 0
beforeAll(async () => {
  const receiver = openReceiver({
    transport: { kind: 'http', signingSecret: SECRET, port: 0 },
    apiUrl: 'http://127.0.0.1:1/api/',
    logger: boltLogger(() => undefined),
    routes: [],
    limits: LIMITS,
  })
  receiver.init({
    processEvent: async ({ ack }: { ack: () => Promise<void> }) => {
      handled += 1
      await ack()
    },
  } as never)
  server = (await receiver.start(0, serverOptions(LIMITS) as never)) as Server
  limitConnections(server, LIMITS)
  const address = server.address()
  port = typeof address === 'object' ? (address?.port ?? 0) : 0
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const url = () => `http://127.0.0.1:${port}/slack/events`

/** Signed as Bolt reads it: over the number that the header's text makes. */
function signedAt(stamp: string): Promise<number | null> {
  const body = 'command=%2Fcontracts&text=due'
  return status({
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': stamp,
      'x-slack-signature': signatureOf(SECRET, Number(stamp), body),
    },
  })
}
const honest = () => signedAt(String(Math.floor(Date.now() / 1000)))

async function status(init: RequestInit): Promise<number | null> {
  try {
    return (await fetch(url(), init)).status
  } catch {
    return null
  }
}

/** What comes back over a bare socket until it is closed. */
function raw(write: (socket: Socket) => void): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(port, '127.0.0.1')
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += String(chunk)
    })
    socket.on('error', () => undefined).once('close', () => resolve(text))
    write(socket)
  })
}

test('a body of ten megabytes is refused before it is read, announced or not', async () => {
  const heap = process.memoryUsage().rss
  const big = 'x'.repeat(10_000_000)
  expect([413, 408, null]).toContain(await status({ method: 'POST', body: big }))
  const head = 'POST /slack/events HTTP/1.1\r\nhost: x\r\n'
  const announced = await raw((socket) => socket.write(`${head}content-length: 10000000\r\n\r\n`))
  expect(announced).toContain('413')
  const unannounced = await raw((socket) => {
    socket.write(`${head}transfer-encoding: chunked\r\n\r\n`)
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
    for (let n = 0; n < 40; n += 1) socket.write(chunk)
  })
  expect(unannounced).not.toContain('200')
  expect(process.memoryUsage().rss - heap).toBeLessThan(150_000_000)
  expect(handled).toBe(0)
  await expect.poll(honest).toBe(200)
})

test.each([
  ['a year ahead', (now: number) => String(now + 365 * 86_400)],
  ['six minutes ahead', (now: number) => String(now + 360)],
  ['six minutes ago', (now: number) => String(now - 360)],
  ['in milliseconds', (now: number) => String(now * 1000)],
  ['Infinity', () => 'Infinity'],
  ['1e400', () => '1e400'],
  ['NaN', () => 'NaN'],
  ['nothing', () => ''],
  ['before 1970', (now: number) => String(-now)],
  ['with a sign', (now: number) => `+${now}`],
  ['with a fraction', (now: number) => `${now}.5`],
  ['with an exponent', (now: number) => `${now}e0`],
  ['in hexadecimal', (now: number) => `0x${now.toString(16)}`],
  ['said twice', (now: number) => `${now}, ${now}`],
])('a request that is signed well for a time %s is refused', async (_, stamp) => {
  const before = handled
  await expect.poll(() => signedAt(stamp(Math.floor(Date.now() / 1000)))).toBe(401)
  expect(handled).toBe(before)
})

test('a clock that is four minutes off, before or after, is no reason to refuse', async () => {
  const now = Math.floor(Date.now() / 1000)
  await expect.poll(() => signedAt(String(now - 240))).toBe(200)
  await expect.poll(() => signedAt(String(now + 240))).toBe(200)
})

test('whoever sends a request byte by byte is cut off, and keeps nobody else out', async () => {
  const slow = Array.from({ length: 20 }, () =>
    raw((socket) => {
      socket.write('POST /slack/events HTTP/1.1\r\nhost: x\r\n')
      const drip = setInterval(() => socket.write('x: 1\r\n'), 50)
      socket.once('close', () => clearInterval(drip))
    }),
  )
  const slowBody = raw((socket) => {
    socket.write('POST /slack/events HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n')
    const drip = setInterval(() => socket.write('x'), 50)
    socket.once('close', () => clearInterval(drip))
  })
  await expect.poll(honest).toBe(200)
  for (const text of await Promise.all([...slow, slowBody])) expect(text).not.toContain('200')
  await expect.poll(honest).toBe(200)
})

test('a flood is answered with "later", and what follows it is served', async () => {
  const before = handled
  const answers = await Promise.all(Array.from({ length: 400 }, () => status({ method: 'POST' })))
  expect(answers.filter((each) => each === 503).length).toBeGreaterThan(0)
  expect(answers.filter((each) => each === 200)).toEqual([])
  expect(handled).toBe(before)
  await expect.poll(honest).toBe(200)
})

test('beyond the limit of connections the ones that waited longest are closed, and a new one is served', async () => {
  const idle: Socket[] = []
  const closed = new Set<number>()
  for (let n = 0; n < 100; n += 1) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined).once('close', () => closed.add(n))
    idle.push(socket)
    await once(socket, 'connect')
  }
  // The flood of the test before may not have been forgiven yet.
  await expect.poll(honest).toBe(200)
  await expect.poll(() => closed.size).toBeGreaterThan(39)
  expect([...closed].slice(0, 40)).toEqual(Array.from({ length: 40 }, (_, n) => n))
  for (const socket of idle) socket.destroy()
})

test.each(['PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s is no way to reach it', async (method) => {
  // A connection that was kept open may have been closed for a newer one.
  await expect.poll(() => status({ method })).toBe(405)
})
