/** The page's requests, all of them. */
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createAdaptorServer, type ServerType } from '@hono/node-server'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { compress } from 'hono/compress'
import { streamSSE } from 'hono/streaming'
import { z } from 'zod'
import type { ActResult, Problem, Surface } from '../slack/payloads.ts'
import {
  type DemoControls,
  documentText,
  maySee,
  messagesAt,
  type PageLocation,
  readPlace,
  STEPS,
  STRIDES,
  type Step,
} from './document.ts'

const LARGEST_FILE = 64 * 1024 * 1024

const ASSETS: Readonly<Record<string, string>> = {
  'slack.css': 'text/css; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'client.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
}

interface Memory {
  readonly settled: Set<Step>
  readonly seen: Map<string, string>
  /** What is wrong with the fields of a modal, by its id. */
  readonly errors: Map<string, Readonly<Record<string, string>>>
}

export function pageOver(controls: DemoControls): Hono {
  const memory: Memory = { settled: new Set(), seen: new Map(), errors: new Map() }
  controls.listen((what) => {
    if (what === 'reset') for (const each of Object.values(memory)) each.clear()
  })
  const app = new Hono()
  app.use(guard)
  app.use(compress())
  app.onError((error, context) => context.json({ problem: error.message, errors: {} }, 409))
  app.get('/', async (context) => {
    const place = placeOf(context, controls)
    // The script fetches the page again whenever Home changes: only a visit opens it.
    if (context.req.header('x-lapsewatch') === undefined) await openHome(place, controls)
    const modal = controls.workspace.views.modal(place.user.id)
    if (modal !== null) await controls.workspace.as(place.user.id).askOptions(modal)
    return context.html(show(place, controls, memory))
  })
  app.get('/live', (context) => liveStream(context, controls))
  app.get('/assets/:name', (context) => asset(context))
  app.get('/files/:id/:name', (context) => file(context, controls))
  app.post('/act', bodyLimit({ maxSize: 1024 * 1024 }), async (context) =>
    context.json(await doAct(context, controls, memory)),
  )
  app.post('/upload', bodyLimit({ maxSize: LARGEST_FILE }), async (context) => {
    const { user } = placeOf(context, controls)
    const name = (context.req.query('name') ?? 'file').slice(0, 200)
    const content = Buffer.from(await context.req.arrayBuffer())
    return context.json({ id: controls.workspace.as(user.id).upload(name, content).id })
  })
  return app
}

function placeOf(context: Context, controls: DemoControls): PageLocation {
  return readPlace(new URL(context.req.url).searchParams, controls)
}

/** Whoever looks at Home sees it as of today: the bot writes it when it is opened. */
async function openHome({ user, channel }: PageLocation, controls: DemoControls): Promise<void> {
  if (channel === null) await controls.workspace.as(user.id).openHome()
}

function show(
  place: PageLocation,
  controls: DemoControls,
  { settled, seen, errors }: Memory,
): string {
  const { user, channel } = place
  const key = (id: string) => `${user.id} ${id}`
  if (channel !== null) {
    const last = messagesAt(place, controls).at(-1)
    if (last !== undefined) seen.set(key(channel.id), last.ts)
  }
  const unread = (id: string) => {
    const from = Number(seen.get(key(id)) ?? 0)
    return controls.workspace.ledger.inChannel(id).filter(({ ts }) => Number(ts) > from).length
  }
  const modal = controls.workspace.views.modal(user.id)
  return documentText({
    place,
    controls,
    guide: { settled },
    unread,
    errors: (modal === null ? undefined : errors.get(modal.id)) ?? {},
  })
}

async function doAct(
  context: Context,
  controls: DemoControls,
  memory: Memory,
): Promise<PageActResult> {
  const wanted = act.parse(await context.req.json())
  switch (wanted.do) {
    case 'pass':
      memory.settled.add('pass')
      await controls.pass(wanted.stride)
      await openHome(placeOf(context, controls), controls)
      return FINE
    case 'reset':
      await controls.reset()
      return FINE
    case 'settle-step':
      for (const step of wanted.step === 'all' ? STEPS : [wanted.step]) memory.settled.add(step)
      return FINE
  }
  if (wanted.do === 'command') memory.settled.add('see')
  const done = await carryOut(wanted, placeOf(context, controls), controls)
  const acted = wanted.do === 'press' || wanted.do === 'submit'
  if (acted && Object.keys(done.errors).length === 0) memory.settled.add('act')
  if (wanted.do === 'submit') memory.errors.set(wanted.surface, done.errors)
  return done
}

const FINE: PageActResult = { problem: null, errors: {} }

function asset(context: Context): Response {
  const name = context.req.param('name') ?? ''
  const type = ASSETS[name]
  if (type === undefined) return context.notFound() as Response
  return context.body(readFileSync(assetPath(name), 'utf8'), 200, {
    'content-type': type,
    'cache-control': 'no-cache',
  })
}

/** To be kept, not shown: nothing that was uploaded runs in the page. */
function file(context: Context, controls: DemoControls): Response {
  const { user } = placeOf(context, controls)
  const id = context.req.param('id') ?? ''
  const found = controls.workspace.places.files.get(id)
  if (found?.content == null || !maySee(user, id, controls)) return context.notFound() as Response
  return context.body(new Uint8Array(found.content), 200, {
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(found.name)}`,
  })
}

const given = z.union([z.string(), z.array(z.string()), z.null()])
const values = z.record(z.string(), given).default({})

const act = z.discriminatedUnion('do', [
  z.object({ do: z.literal('command'), text: z.string().max(4000) }),
  z.object({
    do: z.literal('press'),
    /** The ts of the message or the id of the view. */
    surface: z.string(),
    action: z.string(),
    value: z.string().nullable().default(null),
    values,
  }),
  z.object({
    do: z.literal('choose'),
    surface: z.string(),
    action: z.string(),
    given,
    values,
  }),
  z.object({ do: z.literal('submit'), surface: z.string(), values }),
  z.object({ do: z.literal('close'), surface: z.string() }),
  z.object({ do: z.literal('open-home') }),
  z.object({ do: z.literal('forget'), surface: z.string() }),
  z.object({ do: z.literal('pass'), stride: z.enum(STRIDES) }),
  z.object({ do: z.literal('reset') }),
  z.object({ do: z.literal('settle-step'), step: z.enum(['see', 'act', 'pass', 'all']) }),
])
type Act = z.infer<typeof act>

/** What came of it: what to tell the person, and what is wrong with the fields of a modal. */
interface PageActResult {
  readonly problem: string | null
  readonly errors: Readonly<Record<string, string>>
}

type WorkspaceAct = Exclude<Act, { do: 'pass' | 'reset' | 'settle-step' }>

/** Carries out an act in the workspace. @throws Error where there is nothing of this name to act on. */
async function carryOut(
  wanted: WorkspaceAct,
  place: PageLocation,
  controls: DemoControls,
): Promise<PageActResult> {
  const actor = controls.workspace.as(place.user.id)
  switch (wanted.do) {
    case 'command': {
      const { channel } = place
      if (channel === null) return told('Commands are typed in a channel: choose one.')
      // A mention is said for all to read; what is typed else is meant for the bot as well.
      if (/^@\S/.test(wanted.text.trim())) return done(await actor.says(wanted.text, channel.id))
      const { command, text } = split(wanted.text)
      return done(await actor.command(command, text, channel.id))
    }
    case 'press': {
      const surface = surfaceOf(wanted.surface, place, controls)
      if (isModal(surface)) actor.fill(surface, wanted.values)
      return done(await actor.press(surface, wanted.action, wanted.value))
    }
    case 'choose': {
      const surface = surfaceOf(wanted.surface, place, controls)
      if (isModal(surface)) actor.fill(surface, wanted.values)
      return done(await actor.select(surface, wanted.action, wanted.given))
    }
    case 'submit': {
      const surface = surfaceOf(wanted.surface, place, controls)
      return isModal(surface)
        ? done(await actor.submit(surface, wanted.values))
        : told('That is no form.')
    }
    case 'close': {
      const surface = surfaceOf(wanted.surface, place, controls)
      return isModal(surface) ? done(await actor.close(surface)) : told('That is no form.')
    }
    case 'open-home':
      return done(await actor.openHome())
    case 'forget': {
      const surface = surfaceOf(wanted.surface, place, controls)
      if (surface.kind === 'ephemeral') controls.workspace.ledger.removeEphemeral(surface.ts)
      return told(null)
    }
  }
}

/** What is typed without a slash is a command as well. */
function split(typed: string): { readonly command: string; readonly text: string } {
  const [, command = '/contracts', text = ''] = /^(\/\S+)?\s*([\s\S]*)$/.exec(typed.trim()) ?? []
  return { command, text }
}

function surfaceOf(
  id: string,
  { user, channel }: PageLocation,
  { workspace }: DemoControls,
): Surface {
  const view = workspace.views.view(id)
  if (view !== null) return view
  const message =
    channel === null
      ? undefined
      : workspace
          .as(user.id)
          .messages(channel.id)
          .find(({ ts }) => ts === id)
  if (message === undefined) throw new Error('What you pressed is no longer there.')
  return message
}

function isModal(surface: Surface): surface is Extract<Surface, { kind: 'view' }> {
  return surface.kind === 'view' && surface.source.type === 'modal'
}

function done({ problem, errors }: ActResult): PageActResult {
  return { problem: problem === null ? null : PROBLEMS[problem], errors }
}

function told(problem: string | null): PageActResult {
  return { problem, errors: {} }
}

/** As Slack would put it, and what to do. */
const PROBLEMS: Readonly<Record<Problem, string>> = {
  operation_timeout: 'Lapsewatch did not answer in time. Try it once more.',
  http_service_error: 'Lapsewatch answered with an error. Look at its log on the terminal.',
  dispatch_failed: 'Lapsewatch cannot be reached. Wait a moment, then try again.',
  invalid_command: 'There is no such command here. Begin with /contracts.',
  invalid_response: 'Lapsewatch answered with something that Slack would not show.',
}

const BEAT_MS = 20_000
/** Changes that come together are told once. */
const GATHER_MS = 25

function liveStream(context: Context, controls: DemoControls): Response {
  return streamSSE(context, async (stream) => {
    let news: string | null = 'changed'
    let wake = () => undefined as undefined
    const tell = (what: string) => {
      if (news !== 'reset') news = what
      wake()
    }
    const stops = [
      controls.workspace.changes.listen(() => tell('changed')),
      controls.listen((what) => tell(what === 'reset' ? 'reset' : 'changed')),
    ]
    stream.onAbort(() => {
      for (const stop of stops) stop()
      wake()
    })
    while (!stream.aborted) {
      if (news === null)
        await waitFor((end) => {
          wake = end
        }, BEAT_MS)
      if (stream.aborted) break
      await waitFor(() => undefined, GATHER_MS)
      const event: string = news ?? 'beat'
      news = null
      await stream.writeSSE({ event, data: '' })
    }
  })
}

function waitFor(register: (end: () => undefined) => void, longestMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, longestMs)
    register(() => {
      clearTimeout(timer)
      resolve()
      return undefined
    })
  })
}

/** Compiled or not, this file stands three folders below the project's own. */
const FOLDER = new URL('./assets/', import.meta.url)

export function assetPath(name: string): string {
  return fileURLToPath(new URL(name, FOLDER))
}

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
}

/** Names by which a browser on this machine reaches the loopback interface. */
const OWN_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * Refuses requests that name another host (a foreign name that was pointed at this machine), and
 * changes that another page asks for.
 */
const guard: MiddlewareHandler = async (context, next) => {
  const { method } = context.req
  const host = context.req.header('host') ?? ''
  if (!isOwn(`http://${host}`)) {
    return context.text('This page is only shown at 127.0.0.1 and localhost.\n', 403)
  }
  if (method !== 'GET' && method !== 'HEAD') {
    const origin = context.req.header('origin')
    // The header of our own cannot be sent from elsewhere without being asked for first.
    if (origin !== `http://${host}` || context.req.header('x-lapsewatch') !== 'page') {
      return context.text('Only the page itself can change anything.\n', 403)
    }
  }
  await next()
  for (const [name, value] of Object.entries(HEADERS)) context.header(name, value)
  if (!context.res.headers.has('cache-control')) context.header('cache-control', 'no-store')
  return undefined
}

function isOwn(origin: string): boolean {
  return URL.canParse(origin) && OWN_NAMES.has(new URL(origin).hostname)
}

/** The page is for this machine alone: no setting makes it listen elsewhere. */
const LOOPBACK = '127.0.0.1'
const MORE_PORTS = 20

/** Listens on the port or the next free one; on any where it is 0. @throws Error where none is free. */
export async function listenOnLoopback(app: Hono, port: number) {
  for (let tried = port; ; tried += 1) {
    const server = createAdaptorServer({ fetch: app.fetch })
    try {
      await listening(server, tried)
    } catch (error) {
      const taken = (error as { code?: unknown }).code === 'EADDRINUSE'
      if (taken && tried < Math.min(port + MORE_PORTS, 65_535)) continue
      throw new Error(
        `The page cannot be opened: no port from ${port} to ${tried} is free. Set LAPSEWATCH_PAGE_PORT to another.`,
        { cause: error },
      )
    }
    const { port: taken } = server.address() as AddressInfo
    return {
      url: `http://${LOOPBACK}:${taken}`,
      close: () =>
        new Promise<void>((resolve) => {
          server.close(() => resolve())
          if ('closeAllConnections' in server) server.closeAllConnections()
        }),
    }
  }
}

function listening(server: ServerType, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, LOOPBACK, resolve)
  })
}
