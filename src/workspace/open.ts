/**
 * A strict stand-in for Slack, spoken to over HTTP only. It refuses what Slack refuses, remembers
 * what it accepted, and goes wrong when told to.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { answerCall } from './calls.ts'
import { type Fault, Faults } from './faults.ts'
import { receiveUpload } from './files.ts'
import { Ledger } from './ledger.ts'
import type { Answer, Scene } from './method.ts'
import { Pace } from './pace.ts'
import { type ChannelOptions, Places } from './places.ts'
import { type Call, readBody, readCall } from './request.ts'

export interface WorkspaceOptions {
  /** 0 (the default) takes a free one. */
  readonly port?: number
  readonly channels: readonly ChannelOptions[]
  /** Milliseconds since 1970: what message ids and the pace are made from. */
  readonly now: () => number
  /** The bot tokens that are good. */
  readonly tokens?: readonly string[]
  /** One message in so many milliseconds in a channel; 0 (the default) sets no pace. */
  readonly paceMs?: number
  readonly historyLagMs?: number
  readonly longestPage?: number
}

export interface Workspace {
  /** What SLACK_API_URL is set to; ends in a slash. */
  readonly url: string
  readonly ledger: Ledger
  readonly faults: Faults
  readonly places: Places
  /** Cuts every open connection and stops listening. */
  close(): Promise<void>
}

/** Opens a workspace on the loopback interface. @throws Error when the port is taken. */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const places = new Places()
  for (const channel of options.channels) places.addChannel(channel)
  for (const token of options.tokens ?? ['xoxb-stand-in']) places.tokens.set(token, 'good')
  const faults = new Faults()
  const scene: Scene = {
    places,
    ledger: new Ledger(),
    pace: new Pace(options.paceMs ?? 0),
    now: options.now,
    historyLagMs: options.historyLagMs ?? 0,
    longestPage: options.longestPage ?? 200,
    url: () => urlOf(server),
  }
  const server = createServer((request, response) => {
    handle(request, response, scene, faults).catch((error: unknown) => {
      scene.ledger.failures.push(`A request could not be handled: ${String(error)}`)
      response.destroy()
    })
  })
  // Idle connections outlive any pause between calls: a close at the wrong moment would look like
  // a lost reply that nobody planned.
  server.keepAliveTimeout = 120_000
  await listen(server, options.port ?? 0)
  return {
    url: `${urlOf(server)}api/`,
    ledger: scene.ledger,
    faults,
    places,
    close: () => closeServer(server),
  }
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  scene: Scene,
  faults: Faults,
): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://workspace').pathname
  const body = await readBody(request)
  const upload = /^\/upload\/(\w+)$/.exec(path)?.[1]
  if (upload !== undefined) {
    const status = receiveUpload(scene.places, upload, body)
    response.writeHead(status, { 'content-type': 'text/plain' }).end(`${status}`)
    return
  }
  const call = readCall(request, path, body)
  if (call === null) {
    scene.ledger.failures.push(`The body of a call of ${path} cannot be read.`)
    sendJson(response, { ok: false, error: 'invalid_json' })
    return
  }
  await answer(call, response, scene, faults)
}

async function answer(
  call: Call,
  response: ServerResponse,
  scene: Scene,
  faults: Faults,
): Promise<void> {
  const channel = call.args.text('channel')
  const record = (said: string) =>
    scene.ledger.calls.push({ method: call.method, channel, answer: said, at: scene.now() })
  const fault = faults.take({ method: call.method, channel })
  if (fault === null) {
    const result = answerCall(call, scene)
    record(result.ok ? 'ok' : result.error)
    sendAnswer(response, result)
    return
  }
  record(fault.kind)
  if (fault.kind === 'late' || ('accepted' in fault && fault.accepted)) {
    const result = answerCall(call, scene)
    if (fault.kind === 'late') {
      await wait(fault.ms)
      sendAnswer(response, result)
      return
    }
  }
  sendFault(response, fault)
}

function sendFault(response: ServerResponse, fault: Exclude<Fault, { kind: 'late' }>): void {
  switch (fault.kind) {
    case 'rate-limited':
      sendRateLimit(response, fault.retryAfter)
      return
    case 'status':
      response.writeHead(fault.status, { 'content-type': 'text/html' }).end('<h1>Sorry</h1>')
      return
    case 'error':
      sendJson(response, { ok: false, error: fault.error })
      return
    case 'unreadable':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>a proxy</html>')
      return
    case 'dropped':
      response.destroy()
      return
    case 'never':
      return
  }
}

function sendAnswer(response: ServerResponse, result: Answer): void {
  const retryAfter = result.retryAfter
  if (typeof retryAfter === 'number') sendRateLimit(response, retryAfter)
  else sendJson(response, result)
}

function sendRateLimit(response: ServerResponse, seconds: number): void {
  response
    .writeHead(429, { 'content-type': 'application/json', 'retry-after': String(seconds) })
    .end('{"ok":false,"error":"ratelimited"}')
}

function sendJson(response: ServerResponse, result: Answer): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result))
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

function urlOf(server: Server): string {
  const address = server.address() as AddressInfo | null
  if (address === null) throw new Error('The workspace is closed.')
  return `http://127.0.0.1:${address.port}/`
}
