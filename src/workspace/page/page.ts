/** The page's requests, all of them. */
import { readFileSync } from 'node:fs'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { compress } from 'hono/compress'
import { act, carryOut, type Done } from './acts.ts'
import { assetPath } from './assets.ts'
import { messagesAt } from './conversation.ts'
import { documentText } from './document.ts'
import { guard } from './guard.ts'
import { STEPS, type Step } from './guide.ts'
import { liveStream } from './live.ts'
import { maySee } from './page-look.ts'
import { type Place, readPlace } from './place.ts'
import type { Stand } from './stand.ts'

/** The largest file that a visitor may hand over. */
const LARGEST_FILE = 64 * 1024 * 1024

const ASSETS: Readonly<Record<string, string>> = {
  'slack.css': 'text/css; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'client.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
}

/** What the page remembers of its visitor. */
interface Memory {
  readonly settled: Set<Step>
  /** The last message seen, by person and channel. */
  readonly seen: Map<string, string>
  /** What is wrong with the fields of a modal, by its id. */
  readonly errors: Map<string, Readonly<Record<string, string>>>
}

export function pageOver(stand: Stand): Hono {
  const memory: Memory = { settled: new Set(), seen: new Map(), errors: new Map() }
  stand.listen((what) => {
    if (what === 'reset') for (const each of Object.values(memory)) each.clear()
  })
  const app = new Hono()
  app.use(guard)
  app.use(compress())
  app.onError((error, context) => context.json({ problem: error.message, errors: {} }, 409))
  app.get('/', async (context) => {
    const place = placeOf(context, stand)
    // The script fetches the page again whenever Home changes: only a visit opens it.
    if (context.req.header('x-lapsewatch') === undefined) await openHome(place, stand)
    return context.html(show(place, stand, memory))
  })
  app.get('/live', (context) => liveStream(context, stand))
  app.get('/assets/:name', (context) => asset(context))
  app.get('/files/:id/:name', (context) => file(context, stand))
  app.post('/act', bodyLimit({ maxSize: 1024 * 1024 }), async (context) =>
    context.json(await doAct(context, stand, memory)),
  )
  app.post('/upload', bodyLimit({ maxSize: LARGEST_FILE }), async (context) => {
    const { user } = placeOf(context, stand)
    const name = (context.req.query('name') ?? 'file').slice(0, 200)
    const content = Buffer.from(await context.req.arrayBuffer())
    return context.json({ id: stand.workspace.as(user.id).upload(name, content).id })
  })
  return app
}

function placeOf(context: Context, stand: Stand): Place {
  return readPlace(new URL(context.req.url).searchParams, stand)
}

/** Whoever looks at Home sees it as of today: the bot writes it when it is opened. */
async function openHome({ user, channel }: Place, stand: Stand): Promise<void> {
  if (channel === null) await stand.workspace.as(user.id).openHome()
}

function show(place: Place, stand: Stand, { settled, seen, errors }: Memory): string {
  const { user, channel } = place
  const key = (id: string) => `${user.id} ${id}`
  if (channel !== null) {
    const last = messagesAt(place, stand).at(-1)
    if (last !== undefined) seen.set(key(channel.id), last.ts)
  }
  const unread = (id: string) => {
    const from = Number(seen.get(key(id)) ?? 0)
    return stand.workspace.ledger.inChannel(id).filter(({ ts }) => Number(ts) > from).length
  }
  const modal = stand.workspace.views.modal(user.id)
  return documentText({
    place,
    stand,
    guide: { settled },
    unread,
    errors: (modal === null ? undefined : errors.get(modal.id)) ?? {},
  })
}

async function doAct(context: Context, stand: Stand, memory: Memory): Promise<Done> {
  const wanted = act.parse(await context.req.json())
  switch (wanted.do) {
    case 'pass':
      memory.settled.add('pass')
      await stand.pass(wanted.stride)
      await openHome(placeOf(context, stand), stand)
      return FINE
    case 'reset':
      await stand.reset()
      return FINE
    case 'settle-step':
      for (const step of wanted.step === 'all' ? STEPS : [wanted.step]) memory.settled.add(step)
      return FINE
  }
  if (wanted.do === 'command') memory.settled.add('see')
  const done = await carryOut(wanted, placeOf(context, stand), stand)
  const acted = wanted.do === 'press' || wanted.do === 'submit'
  if (acted && Object.keys(done.errors).length === 0) memory.settled.add('act')
  if (wanted.do === 'submit') memory.errors.set(wanted.surface, done.errors)
  return done
}

const FINE: Done = { problem: null, errors: {} }

function asset(context: Context): Response {
  const name = context.req.param('name') ?? ''
  const type = ASSETS[name]
  if (type === undefined) return context.notFound() as Response
  return context.body(readFileSync(assetPath(name), 'utf8'), 200, {
    'content-type': type,
    'cache-control': 'no-cache',
  })
}

/** Pictures are shown, everything else is kept: nothing that was uploaded runs in the page. */
function file(context: Context, stand: Stand): Response {
  const { user } = placeOf(context, stand)
  const id = context.req.param('id') ?? ''
  const found = stand.workspace.places.files.get(id)
  if (found?.content == null || !maySee(user, id, stand)) return context.notFound() as Response
  const isPicture = /\.png$/i.test(found.name)
  return context.body(new Uint8Array(found.content), 200, {
    'content-type': isPicture ? 'image/png' : 'application/octet-stream',
    'content-disposition': isPicture
      ? 'inline'
      : `attachment; filename*=UTF-8''${encodeURIComponent(found.name)}`,
  })
}
