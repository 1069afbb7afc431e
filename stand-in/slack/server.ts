/** The stand-in for Slack: a workspace over HTTP and WebSocket, as strict as Slack is. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { isRecord } from '../../src/rules/text-match.ts'
import { Actor } from './acts.ts'
import * as conversations from './conversations.ts'
import {
  type Ack,
  notAcked,
  type Payload,
  PostOffice,
  ResponseUrls,
  type Retry,
  type Transport,
  Triggers,
} from './delivery.ts'
import {
  type Answer,
  type Arguments,
  bearerOf,
  type Call,
  LARGEST_FILE,
  parseJson,
  readBody,
  readCall,
  refusal,
  signatureOf,
} from './http.ts'
import * as identity from './identity.ts'
import { type Method, missingScope, type StandInState } from './method.ts'
import {
  blocksValidate,
  completeUploadExternal,
  connectionsOpen,
  deleteMessage,
  filesInfo,
  getPermalink,
  getUploadURLExternal,
  postEphemeral,
  postMessage,
  readStored,
  receiveUpload,
  update,
  viewsOpen,
  viewsPublish,
  viewsPush,
  viewsUpdate,
} from './methods.ts'
import { type CommandOptions, restByQuiet, type UserSession } from './payloads.ts'
import { Sockets } from './sockets.ts'
import {
  Changes,
  type ChannelOptions,
  type Fault,
  Faults,
  Ledger,
  Pace,
  type Target,
  WorkspaceDirectory,
} from './state.ts'
import { Views } from './views.ts'

// A strict stand-in for Slack, spoken to over the wire only. It refuses what Slack refuses,
// remembers what it accepted, lets people act, and goes wrong when told to.

interface WorkspaceOptions {
  /** 0 (the default) takes a free one. */
  readonly port?: number
  readonly channels: readonly ChannelOptions[]
  /** Milliseconds since 1970: what message ids and the pace are made from. */
  readonly now: () => number
  readonly tokens?: readonly string[]
  readonly appTokens?: readonly string[]
  readonly signingSecret?: string
  readonly commands?: readonly CommandOptions[]
  /** One message in so many milliseconds in a channel, and calls by their tiers; 0 (the default) sets no pace. */
  readonly paceMs?: number
  readonly historyLagMs?: number
  readonly longestPage?: number
  /** How long the app may take to acknowledge; Slack's three seconds unless given. */
  readonly ackMs?: number
  /** When an event that was not acknowledged comes again; Slack's own times unless given. */
  readonly retryDelaysMs?: readonly number[]
  /** Milliseconds of a clock that nobody sets: trigger ids and response URLs expire by it. */
  readonly elapsed?: () => number
  /** Milliseconds since 1970 as the app reads them when it checks a signature. */
  readonly signedAt?: () => number
  /** Resolves when the app has finished with what it was sent; without it, quiet is waited for. */
  readonly idle?: () => Promise<void>
}

export interface Workspace {
  /** What SLACK_API_URL is set to; ends in a slash. */
  readonly url: string
  readonly ledger: Ledger
  readonly faults: Faults
  readonly places: WorkspaceDirectory
  readonly views: Views
  readonly sockets: Sockets
  /** Tells of every change, for a page that shows the workspace. */
  readonly changes: Changes
  /** What was sent to the app lately, the newest last. */
  readonly sent: readonly Payload[]
  /** From now on the app is told over HTTP. @throws Error when it fails Slack's challenge. */
  useRequestUrl(url: string): Promise<void>
  as(idOrName: string): Actor
  /** A trigger id as an act of this person would carry. */
  trigger(user: string): string
  /** Sends a payload to the app as it is: one sent before, or a forged one. */
  deliver(payload: Payload): Promise<Ack>
  close(): Promise<void>
}

/** Opens a workspace on the loopback interface. @throws Error when the port is taken. */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const session = setSession(options, () => urlOf(server))
  const { ledger, places, views, sockets, changes, post, responseUrls } = session
  const faults = new Faults()
  const server = await openServer(options.port ?? 0, { state: session, faults, responseUrls })
  return {
    url: `${urlOf(server)}api/`,
    ledger,
    faults,
    places,
    views,
    sockets,
    changes,
    sent: post.sent,
    async useRequestUrl(url) {
      post.use(
        await openRequestUrl({
          url,
          signingSecret: options.signingSecret ?? 'stand-in',
          ackMs: options.ackMs ?? ACK_MS,
          signedAt: options.signedAt ?? Date.now,
        }),
      )
    },
    as: (idOrName) => new Actor(session, places.person(idOrName)),
    trigger: (user) => session.triggers.issue(user, { modal: views.modal(user)?.id ?? null }),
    deliver: (payload) => post.deliver(payload),
    async close() {
      post.close()
      sockets.drop()
      await closeServer(server)
    },
  }
}

const ACK_MS = 3000
/** At once, after a minute, after five. */
const RETRY_DELAYS_MS = [0, 60_000, 300_000]

function setSession(options: WorkspaceOptions, url: () => string): UserSession {
  const elapsed = options.elapsed ?? (() => performance.now())
  const changes = new Changes()
  const ledger = new Ledger(changes)
  const sockets = new Sockets({
    ackMs: options.ackMs ?? ACK_MS,
    failed: (what) => ledger.failures.push(what),
  })
  const { idle } = options
  const places = furnish(options, changes)
  return {
    places,
    ledger,
    changes,
    sockets,
    views: new Views(changes),
    triggers: new Triggers(elapsed),
    responseUrls: new ResponseUrls(ledger, places, options.now, elapsed),
    post: new PostOffice(sockets, options.retryDelaysMs ?? RETRY_DELAYS_MS),
    pace: new Pace(options.paceMs ?? 0),
    now: options.now,
    historyLagMs: options.historyLagMs ?? 0,
    longestPage: options.longestPage ?? 200,
    url,
    commands: options.commands ?? [{ command: '/contracts', shouldEscape: true }],
    rest: idle ?? ((count) => restByQuiet(count, () => performance.now())),
  }
}

function furnish(options: WorkspaceOptions, changes: Changes): WorkspaceDirectory {
  const places = new WorkspaceDirectory(changes)
  for (const channel of options.channels) places.addChannel(channel)
  for (const token of options.tokens ?? ['xoxb-stand-in']) places.tokens.set(token, 'good')
  for (const token of options.appTokens ?? ['xapp-stand-in']) {
    places.appTokens.set(token, new Set(['connections:write']))
  }
  return places
}

interface StandIn {
  readonly state: StandInState
  readonly faults: Faults
  readonly responseUrls: ResponseUrls
}

/** Listens on the loopback interface. @throws Error when the port is taken. */
async function openServer(port: number, standIn: StandIn): Promise<Server> {
  const server = createServer((request, response) => {
    handle(request, response, standIn).catch((error: unknown) => {
      standIn.state.ledger.failures.push(`A request could not be handled: ${String(error)}`)
      response.destroy()
    })
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    standIn.state.sockets.connect(request, socket, head)
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
function urlOf(server: Server): string {
  const address = server.address() as AddressInfo | null
  if (address === null) throw new Error('The workspace is closed.')
  return `http://127.0.0.1:${address.port}/`
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  standIn: StandIn,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://workspace')
  const [, folder = '', id = ''] = pathname.split('/')
  const body = await readBody(request, folder === 'upload' ? LARGEST_FILE : undefined)
  switch (folder) {
    case 'upload': {
      await answerUpload(id, body, response, standIn)
      return
    }
    case 'files-pri':
      sendFile(response, readStored(standIn.state.places, id, bearerOf(request)))
      return
    case 'response':
      await answerAct(id, body, response, standIn)
      return
    default:
      await answerMethod(request, pathname, body, response, standIn)
  }
}

/** Bytes for a promised file; counted and disturbed under the name `upload`. */
async function answerUpload(
  id: string,
  body: Buffer,
  response: ServerResponse,
  standIn: StandIn,
): Promise<void> {
  await carryOut(
    { method: 'upload', channel: null, delivery: null },
    () => {
      const status = receiveUpload(standIn.state.places, id, body)
      return status === 200 ? { ok: true } : { ok: false, error: `${status}` }
    },
    (result) => {
      const status = result.ok ? 200 : Number(result.error)
      response.writeHead(status, { 'content-type': 'text/plain' }).end(`${status}`)
    },
    response,
    standIn,
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
  standIn: StandIn,
): Promise<void> {
  const channel = standIn.responseUrls.channelOf(id)
  const target = { method: 'response_url', channel, delivery: null }
  await carryOut(
    target,
    () => standIn.responseUrls.answer(id, parseJson(body.toString('utf8'))),
    (result) => {
      const status = result.ok ? 200 : result.error.endsWith('_url') ? 404 : 400
      sendJson(response, result, status)
    },
    response,
    standIn,
  )
}

async function answerMethod(
  request: IncomingMessage,
  pathname: string,
  body: Buffer,
  response: ServerResponse,
  standIn: StandIn,
): Promise<void> {
  const { state } = standIn
  const call = readCall(request, pathname, body)
  if (call === null) {
    state.ledger.failures.push(`The body of a call of ${pathname} cannot be read.`)
    sendJson(response, { ok: false, error: 'invalid_json' })
    return
  }
  response.setHeader('x-oauth-scopes', [...state.places.scopes].join(','))
  await carryOut(
    { method: call.method, channel: call.args.text('channel'), delivery: deliveryOf(call.args) },
    () => answerCall(call, state),
    (result) => sendAnswer(response, result),
    response,
    standIn,
  )
}

/** Carries out what was asked for and answers, unless a fault was planned for it. */
async function carryOut(
  target: Target,
  ask: () => Answer,
  send: (result: Answer) => void,
  response: ServerResponse,
  { state, faults }: StandIn,
): Promise<void> {
  const { method, channel } = target
  const record = (answer: string) =>
    state.ledger.calls.push({ method, channel, answer, at: state.now() })
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

const METHODS: ReadonlyMap<string, Method> = new Map(
  Object.entries({
    'apps.connections.open': connectionsOpen,
    'auth.test': identity.authTest,
    'blocks.validate': blocksValidate,
    'chat.delete': deleteMessage,
    'chat.getPermalink': getPermalink,
    'chat.postEphemeral': postEphemeral,
    'chat.postMessage': postMessage,
    'chat.update': update,
    'conversations.history': conversations.history,
    'conversations.info': conversations.info,
    'conversations.join': conversations.join,
    'conversations.list': conversations.list,
    'conversations.members': conversations.members,
    'conversations.open': conversations.open,
    'conversations.replies': conversations.replies,
    'files.completeUploadExternal': completeUploadExternal,
    'files.getUploadURLExternal': getUploadURLExternal,
    'files.info': filesInfo,
    'usergroups.list': identity.userGroupsList,
    'usergroups.users.list': identity.userGroupsUsersList,
    'users.info': identity.usersInfo,
    'users.list': identity.usersList,
    'users.lookupByEmail': identity.lookupByEmail,
    'views.open': viewsOpen,
    'views.publish': viewsPublish,
    'views.push': viewsPush,
    'views.update': viewsUpdate,
  } satisfies Record<string, Method>),
)

/** Carries a call out. An unknown method is refused and recorded as a failure of the caller. */
function answerCall(call: Call, state: StandInState): Answer {
  const method = METHODS.get(call.method)
  if (method === undefined) {
    state.ledger.failures.push(`The method ${call.method} is unknown here.`)
    return refusal('unknown_method')
  }
  if (call.token === null) return refusal('not_authed')
  const refused = refusedToken(call.token, method, state)
  if (refused !== null) return refused
  const wait = state.pace.tooOften(call.method, mostAMinute(call.method), state.now())
  if (wait !== null) return { ...refusal('ratelimited'), retryAfter: wait }
  return method.answer(call.args, state)
}

/** By Slack's tiers, the least of each; how often messages are posted a channel's own pace says. */
function mostAMinute(method: string): number {
  if (/^(?:conversations|users|usergroups)\.(?:users\.)?list$/.test(method)) return 20
  if (method === 'chat.postMessage') return Number.POSITIVE_INFINITY
  return TIER_3.has(method) ? 50 : 100
}

const TIER_3: ReadonlySet<string> = new Set([
  ...['chat.update', 'chat.delete', 'users.lookupByEmail'],
  ...['history', 'replies', 'info', 'join', 'open'].map((name) => `conversations.${name}`),
])

function refusedToken(token: string, method: Method, state: StandInState): Answer | null {
  const ofApp = state.places.appTokens.get(token)
  if (method.token === 'app') {
    if (ofApp === undefined) {
      return refusal(state.places.tokens.has(token) ? 'not_allowed_token_type' : 'invalid_auth')
    }
    return ofApp.has('connections:write')
      ? null
      : { ...refusal('missing_scope'), needed: 'connections:write' }
  }
  if (ofApp !== undefined) return refusal('not_allowed_token_type')
  const standing = state.places.tokens.get(token) ?? 'invalid_auth'
  if (standing !== 'good') return refusal(standing)
  const { scopes } = method
  return scopes.length === 0 || scopes.some((scope) => state.places.scopes.has(scope))
    ? null
    : missingScope(scopes, state)
}

interface RequestUrlOptions {
  readonly url: string
  readonly signingSecret: string
  readonly ackMs: number
  /** Milliseconds since 1970, by the clock that the app checks signatures against. */
  readonly signedAt: () => number
}

/** @throws Error when the address does not answer Slack's challenge; it is not used then. */
async function openRequestUrl(options: RequestUrlOptions): Promise<Transport> {
  const transport: Transport = {
    deliver: (payload, retry) => deliver(payload, retry, options),
  }
  const challenge = 'challenge-of-the-stand-in'
  const body = { type: 'url_verification', token: 'stand-in', challenge }
  const ack = await transport.deliver({ type: 'events_api', body }, null)
  const answer = ack.acked ? ack.body : null
  const said =
    typeof answer === 'object' && answer !== null && 'challenge' in answer
      ? answer.challenge
      : answer
  if (said !== challenge) {
    throw new Error(
      `${options.url} did not answer the challenge (${ack.acked ? 'wrong answer' : ack.failure}). ` +
        'Check that the app listens there and has the same signing secret.',
    )
  }
  return transport
}

async function deliver(
  payload: Payload,
  retry: Retry | null,
  options: RequestUrlOptions,
): Promise<Ack> {
  try {
    const response = await fetch(options.url, {
      method: 'POST',
      ...signedRequest(payload, retry, options),
      signal: AbortSignal.timeout(options.ackMs),
    })
    const text = await response.text()
    if (response.ok) return { acked: true, body: readAnswer(response, text) }
    const final = response.headers.get('x-slack-no-retry') === '1'
    return notAcked('http_service_error', 'http_error', final)
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError'
      ? notAcked('operation_timeout', 'http_timeout')
      : notAcked('dispatch_failed', 'connection_failed')
  }
}

/** The headers and the body of a request as Slack sends it. */
export function signedRequest(
  payload: Payload,
  retry: Retry | null,
  { signingSecret, signedAt }: Pick<RequestUrlOptions, 'signingSecret' | 'signedAt'>,
): { readonly headers: Record<string, string>; readonly body: string } {
  const seconds = Math.floor(signedAt() / 1000)
  const { type, body } = encoded(payload)
  return {
    body,
    headers: {
      'content-type': type,
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': String(seconds),
      'x-slack-signature': signatureOf(signingSecret, seconds, body),
      ...(retry === null
        ? {}
        : { 'x-slack-retry-num': String(retry.number), 'x-slack-retry-reason': retry.reason }),
    },
  }
}

function encoded({ type, body }: Payload): { readonly type: string; readonly body: string } {
  const form = 'application/x-www-form-urlencoded'
  switch (type) {
    case 'slash_commands': {
      const fields = Object.entries(body).map(([name, value]): [string, string] => [
        name,
        String(value),
      ])
      return { type: form, body: new URLSearchParams(fields).toString() }
    }
    case 'interactive':
      return {
        type: form,
        body: new URLSearchParams({ payload: JSON.stringify(body) }).toString(),
      }
    case 'events_api':
      return { type: 'application/json', body: JSON.stringify(body) }
  }
}

/** An empty answer is none; JSON is read; anything else is text. */
function readAnswer(response: Response, text: string): unknown {
  if (text === '') return undefined
  if (!(response.headers.get('content-type') ?? '').includes('json')) return text
  const answer: unknown = JSON.parse(text)
  return answer
}
