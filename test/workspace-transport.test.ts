/** How the workspace reaches an app: signatures, sockets, and what is sent again. */

import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect as connectTo } from 'node:net'
import { SocketModeReceiver } from '@slack/bolt'
import type { Payload } from '../stand-in/slack/delivery.ts'
import { signedRequest } from '../stand-in/slack/server.ts'
import { addPeople, PEOPLE } from '../stand-in/slack/state.ts'
import { type EchoApp, SIGNING_SECRET, SILENT, startEcho } from './support/echo-app.ts'
import { useWorkspace } from './support/outbox.ts'
import { present } from './support/present.ts'

let apps: EchoApp[] = []
const idle = async () => {
  for (const app of apps) await app.idle()
}
const { workspace } = useWorkspace(
  {
    lenient: true,
    now: () => Date.UTC(2027, 3, 1),
    signingSecret: SIGNING_SECRET,
    ackMs: 800,
    retryDelaysMs: [0, 10, 20],
    idle,
  },
  ({ places }) => addPeople(places),
)
afterEach(async () => {
  await idle()
  for (const app of apps) await app.stop()
  apps = []
})

async function start(transport: 'http' | 'sockets'): Promise<EchoApp> {
  const app = await startEcho(workspace, transport)
  apps.push(app)
  return app
}

const due = () => workspace.as(PEOPLE.owner).command('/contracts', 'due', 'contracts')
const event: Payload = {
  type: 'events_api',
  body: {
    type: 'event_callback',
    event_id: 'Ev1',
    event: { type: 'app_home_opened', user: PEOPLE.owner },
  },
}

describe('over HTTP', () => {
  const send = async (app: EchoApp, signingSecret: string, age: number) => {
    const payload = present(workspace.sent[0])
    const signedAt = () => Date.now() - age
    const request = signedRequest(payload, null, { signingSecret, signedAt })
    return (await fetch(app.url, { method: 'POST', ...request })).status
  }

  test('a forged or an old signature is answered 401 and reaches no handler', async () => {
    const app = await start('http')
    await due()
    expect(await send(app, 'another secret', 0)).toBe(401)
    expect(await send(app, SIGNING_SECRET, 301_000)).toBe(401)
    expect(app.heard).toEqual(['command due'])
    expect(await send(app, SIGNING_SECRET, 0)).toBe(200)
  })

  test('an address that fails the challenge is not used', async () => {
    await expect(workspace.useRequestUrl('http://127.0.0.1:9/slack/events')).rejects.toThrow(
      'did not answer the challenge (dispatch_failed)',
    )
  })

  describe('to an app that is slow to acknowledge', () => {
    let server: Server
    let requests: Record<string, unknown>[]
    let answer: 'never' | number

    beforeEach(async () => {
      requests = []
      answer = 200
      server = createServer((request, response) => {
        let body = ''
        request.on('data', (piece) => (body += String(piece)))
        request.on('end', () => {
          const challenge = /"challenge":"([^"]+)"/.exec(body)?.[1]
          if (challenge !== undefined) {
            response.end(challenge)
            return
          }
          const { 'x-slack-retry-num': num, 'x-slack-retry-reason': reason } = request.headers
          requests.push({ num, reason, body })
          if (answer !== 'never') response.writeHead(answer).end()
        })
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as AddressInfo
      await workspace.useRequestUrl(`http://127.0.0.1:${port}/`)
    })
    afterEach(() => {
      server.closeAllConnections()
      server.close()
    })

    test('an event comes three times more, numbered and with the reason, always the same', async () => {
      answer = 'never'
      expect(await workspace.deliver(event)).toMatchObject({ failure: 'operation_timeout' })
      await expect.poll(() => requests.length).toBe(4)
      expect(requests.map(({ num, reason }) => [num, reason])).toEqual([
        [undefined, undefined],
        ['1', 'http_timeout'],
        ['2', 'http_timeout'],
        ['3', 'http_timeout'],
      ])
      expect(new Set(requests.map(({ body }) => body)).size).toBe(1)
    })

    test('an event that is acknowledged at last comes no more', async () => {
      answer = 500
      await workspace.deliver(event)
      answer = 200
      await expect.poll(() => requests.length).toBe(2)
      expect(requests[1]).toMatchObject({ num: '1', reason: 'http_error' })
    })

    test('a command never comes twice', async () => {
      answer = 500
      expect(await due()).toMatchObject({ problem: 'http_service_error' })
      expect(requests).toHaveLength(1)
    })
  })
})

describe('over sockets', () => {
  test('without a connection a command fails', async () => {
    expect(await due()).toMatchObject({ problem: 'dispatch_failed' })
  })

  test('an event that is not acknowledged in time comes again', async () => {
    const client = await connect()
    const tries: unknown[] = []
    client.on('slack_event', ({ ack, body, retry_num, retry_reason }) => {
      tries.push([body, retry_num, retry_reason])
      if (tries.length === 3) void ack()
    })
    await workspace.deliver(event)
    await expect.poll(() => tries.length).toBe(3)
    expect(tries).toEqual([
      [event.body, undefined, undefined],
      [event.body, 1, 'timeout'],
      [event.body, 2, 'timeout'],
    ])
  })

  test('what a lost connection did not acknowledge goes to another one', async () => {
    const leaving = await connect()
    let got = 0
    leaving.on('slack_event', () => {
      got += 1
      void leaving.disconnect()
    })
    const app = await start('sockets')
    expect(await workspace.deliver(event)).toMatchObject({ acked: true })
    expect(await workspace.deliver(event)).toMatchObject({ acked: true })
    expect(got).toBe(1)
    expect(app.heard).toEqual(['home Ev1', 'home Ev1'])
  })

  test('any connection may get a payload', async () => {
    const several = [await start('sockets'), await start('sockets'), await start('sockets')]
    for (let n = 0; n < 6; n += 1) expect(await due()).toMatchObject({ problem: null })
    expect(several.map(({ heard }) => heard.length)).toEqual([2, 2, 2])
  })

  test('a connection that is told to come again does so, and works', async () => {
    const app = await start('sockets')
    workspace.sockets.refresh()
    await comesBack()
    expect(await due()).toMatchObject({ problem: null })
    expect(app.heard).toEqual(['command due'])
  })

  test('a dropped connection comes again', async () => {
    await start('sockets')
    workspace.sockets.drop()
    await comesBack()
    expect(await due()).toMatchObject({ problem: null })
  })

  test('ten connections are taken and an eleventh is sent away', async () => {
    for (let n = 0; n < 10; n += 1) await connect()
    const words: string[] = []
    const eleventh = socketClient()
    eleventh.on('ws_message', (word) => words.push(String(word)))
    void eleventh.start().catch(() => undefined)
    await expect.poll(() => words.length).toBe(1)
    expect(words[0]).toContain('too_many_websockets')
    expect(workspace.sockets.connections).toBe(10)
  })

  test('a ticket is good once, and none is good that was never issued', async () => {
    const path = new URL(String((await open('xapp-stand-in')).url))
    const known = `${path.pathname}${path.search}`
    expect(await greeting(known)).toContain('101 Switching Protocols')
    expect(await greeting(known)).toContain('403 Forbidden')
    expect(await greeting('/link/?ticket=made-up')).toContain('403 Forbidden')
  })

  test('only the token of the app itself, with its scope, opens a connection', async () => {
    workspace.places.appTokens.set('xapp-weak', new Set(['authorizations:read']))
    expect(await open('xoxb-stand-in')).toMatchObject({ error: 'not_allowed_token_type' })
    expect(await open('xapp-unknown')).toMatchObject({ error: 'invalid_auth' })
    expect(await open('xapp-weak')).toMatchObject({
      error: 'missing_scope',
      needed: 'connections:write',
    })
  })

  test.each([1, 125, 126, 65_535, 65_536, 300_000])(
    'a message of %i characters arrives whole, both ways',
    async (length) => {
      const client = await connect()
      client.on('slack_event', ({ ack, body }) => void ack(body))
      const body = { type: 'echo', text: 'é'.repeat(length) }
      expect(await workspace.deliver({ type: 'interactive', body })).toEqual({ acked: true, body })
    },
  )

  test('what acknowledges nothing is remembered as a failure', async () => {
    const { pathname, search } = new URL(String((await open('xapp-stand-in')).url))
    // FIN and text; masked, two characters long; the mask is all zeros.
    await greeting(`${pathname}${search}`, Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]))
    await expect.poll(() => workspace.ledger.failures).toHaveLength(1)
  })

  test('a frame that breaks the protocol ends its connection', async () => {
    const { pathname, search } = new URL(String((await open('xapp-stand-in')).url))
    await greeting(`${pathname}${search}`, Buffer.from([0x81, 0x02, 0x68, 0x69]))
    await expect.poll(() => workspace.sockets.connections).toBe(0)
    expect(workspace.ledger.failures).toEqual([])
  })

  async function open(token: string): Promise<Record<string, unknown>> {
    const response = await fetch(`${workspace.url}apps.connections.open`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    })
    return (await response.json()) as Record<string, unknown>
  }

  function socketClient() {
    const { client } = new SocketModeReceiver({
      appToken: 'xapp-stand-in',
      autoReconnectEnabled: false,
      logger: SILENT,
      installerOptions: { clientOptions: { slackApiUrl: workspace.url } },
    })
    return client
  }

  /** A connection of the real client that acknowledges nothing by itself. */
  async function connect() {
    const client = socketClient()
    await client.start()
    return client
  }

  async function comesBack(): Promise<void> {
    await expect.poll(() => workspace.sockets.connections).toBe(0)
    await expect.poll(() => workspace.sockets.connections).toBe(1)
  }

  /** What the workspace says first to a handshake by hand, after which the bytes are sent. */
  async function greeting(path: string, bytes = Buffer.alloc(0)): Promise<string> {
    const line = connectTo(Number(new URL(workspace.url).port), '127.0.0.1')
    const headers = [
      `GET ${path} HTTP/1.1`,
      'Host: workspace',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
      '\r\n',
    ]
    line.write(headers.join('\r\n'))
    const first = await new Promise<string>((resolve) =>
      line.once('data', (data) => resolve(String(data))),
    )
    line.write(bytes)
    return first
  }
})
