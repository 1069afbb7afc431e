/** The workspace's HTTP side: calls, uploads, downloads, answers to acts, and sockets. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { answerCall } from './calls.ts'
import type { Fault, Faults, Target } from './faults.ts'
import { readStored, receiveUpload } from './files.ts'
import type { Answer, Scene } from './method.ts'
import {
  type Arguments,
  bearerOf,
  isRecord,
  LARGEST_FILE,
  parseJson,
  readBody,
  readCall,
} from './request.ts'
import type { ResponseUrls } from './response-urls.ts'

export interface House {
  readonly scene: Scene
  readonly faults: Faults
  readonly responseUrls: ResponseUrls
}

/** Listens on the loopback interface. @throws Error when the port is taken. */
export async function openServer(port: number, house: House): Promise<Server> {
  const server = createServer((request, response) => {
    handle(request, response, house).catch((error: unknown) => {
      house.scene.ledger.failures.push(`A request could not be handled: ${String(error)}`)
      response.destroy()
    })
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    house.scene.sockets.connect(request, socket, head)
  })
  // Idle connections outlive any pause between calls: a close at the wrong moment would look like
  // a lost reply that nobody planned.
  server.keepAliveTimeout = 120_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return server
}

/** The address of a listening server; ends in a slash. */
export function urlOf(server: Server): string {
  const address = server.address() as AddressInfo | null
  if (address === null) throw new Error('The workspace is closed.')
  return `http://127.0.0.1:${address.port}/`
}

/** Cuts every open connection and stops listening. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  house: House,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://workspace')
  const [, folder = '', id = ''] = pathname.split('/')
  const body = await readBody(request, folder === 'upload' ? LARGEST_FILE : undefined)
  switch (folder) {
    case 'upload': {
      await answerUpload(id, body, response, house)
      return
    }
    case 'files-pri':
      sendFile(response, readStored(house.scene.places, id, bearerOf(request)))
      return
    case 'response':
      await answerAct(id, body, response, house)
      return
    default:
      await answerMethod(request, pathname, body, response, house)
  }
}

/** Bytes for a promised file; counted and disturbed under the name `upload`. */
async function answerUpload(
  id: string,
  body: Buffer,
  response: ServerResponse,
  house: House,
): Promise<void> {
  await carryOut(
    { method: 'upload', channel: null, delivery: null },
    () => {
      const status = receiveUpload(house.scene.places, id, body)
      return status === 200 ? { ok: true } : { ok: false, error: `${status}` }
    },
    (result) => {
      const status = result.ok ? 200 : Number(result.error)
      response.writeHead(status, { 'content-type': 'text/plain' }).end(`${status}`)
    },
    response,
    house,
  )
}

function sendFile(response: ServerResponse, found: Buffer | 403 | 404): void {
  if (typeof found === 'number') response.writeHead(found).end()
  else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(found)
}

async function answerAct(
  id: string,
  body: Buffer,
  response: ServerResponse,
  house: House,
): Promise<void> {
  const channel = house.responseUrls.channelOf(id)
  const target = { method: 'response_url', channel, delivery: null }
  await carryOut(
    target,
    () => house.responseUrls.answer(id, parseJson(body.toString('utf8'))),
    (result) => {
      const status = result.ok ? 200 : result.error.endsWith('_url') ? 404 : 400
      sendJson(response, result, status)
    },
    response,
    house,
  )
}

async function answerMethod(
  request: IncomingMessage,
  pathname: string,
  body: Buffer,
  response: ServerResponse,
  house: House,
): Promise<void> {
  const { scene } = house
  const call = readCall(request, pathname, body)
  if (call === null) {
    scene.ledger.failures.push(`The body of a call of ${pathname} cannot be read.`)
    sendJson(response, { ok: false, error: 'invalid_json' })
    return
  }
  response.setHeader('x-oauth-scopes', [...scene.places.scopes].join(','))
  await carryOut(
    { method: call.method, channel: call.args.text('channel'), delivery: deliveryOf(call.args) },
    () => answerCall(call, scene),
    (result) => sendAnswer(response, result),
    response,
    house,
  )
}

/** Carries out what was asked for and answers, unless a fault was planned for it. */
async function carryOut(
  target: Target,
  ask: () => Answer,
  send: (result: Answer) => void,
  response: ServerResponse,
  { scene, faults }: House,
): Promise<void> {
  const { method, channel } = target
  const record = (answer: string) =>
    scene.ledger.calls.push({ method, channel, answer, at: scene.now() })
  const fault = faults.take(target)
  if (fault === null) {
    const result = ask()
    record(result.ok ? 'ok' : result.error)
    send(result)
    return
  }
  record(fault.kind)
  if (fault.kind === 'late') {
    const result = ask()
    await wait(fault.ms)
    send(result)
    return
  }
  if (fault.kind === 'accepted-late') {
    await wait(fault.ms)
    ask()
    return
  }
  if ('accepted' in fault && fault.accepted) ask()
  sendFault(response, fault)
}

/** The delivery's id in the metadata of what is posted. */
function deliveryOf(args: Arguments): string | null {
  const metadata = args.structure('metadata')
  const payload = isRecord(metadata) ? metadata.event_payload : null
  const id = isRecord(payload) ? payload.delivery_id : null
  return typeof id === 'string' ? id : null
}

function sendFault(
  response: ServerResponse,
  fault: Exclude<Fault, { kind: 'late' | 'accepted-late' }>,
): void {
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
    case 'body':
      response.writeHead(200, { 'content-type': 'application/json' }).end(fault.body)
      return
    case 'truncated':
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': 100 })
        .write('{"ok":true,"channel":', () => response.destroy())
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

function sendRateLimit(response: ServerResponse, seconds: number | string): void {
  response
    .writeHead(429, { 'content-type': 'application/json', 'retry-after': String(seconds) })
    .end('{"ok":false,"error":"ratelimited"}')
}

function sendJson(response: ServerResponse, result: Answer, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(result))
}
