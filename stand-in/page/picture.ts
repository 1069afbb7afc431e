/** Messages, a modal or a Home as a page that stands by itself, to be made a picture of. */
import { readFileSync } from 'node:fs'
import type { Values } from '../slack/state.ts'
import { readView, withIds } from '../slack/validate.ts'
import { startValues } from '../slack/views.ts'
import { homeHtml, modalHtml } from './block-kit.ts'
import { messageHtml } from './document.ts'
import { type Html, html, NOTHING, trusted } from './html.ts'
import type { RenderContext } from './rich-text.ts'
import { assetPath } from './server.ts'

/** What a picture shows; everything but one of `messages` and `view` may be left out. */
interface PictureSource {
  readonly messages?: readonly {
    readonly text?: string
    readonly blocks?: readonly unknown[]
    readonly ts?: string
    readonly user?: string
    readonly threadTs?: string | null
  }[]
  /** As the app opens it: a modal or a Home. */
  readonly view?: unknown
  /** What is wrong with the modal's fields, by block id. */
  readonly errors?: Readonly<Record<string, string>>
  /** What stands in the modal's fields, by block id and action id, where it is more than at first. */
  readonly values?: Values
  readonly people?: Readonly<Record<string, string>>
  readonly channels?: Readonly<Record<string, string>>
  readonly title?: string
}

/** The page of a picture, with its styles in it: nothing is loaded. @throws Error for a bad view. */
export function picturePage(source: PictureSource, theme: 'light' | 'dark'): string {
  const context = renderContextOf(source)
  const style = trusted(readFileSync(assetPath('slack.css'), 'utf8'))
  const inside = source.view === undefined ? thread(source, context) : viewHtml(source, context)
  return `<!doctype html>${html`<html lang="en-GB" data-theme="${theme}"><head><meta charset="utf-8"><title>Lapsewatch</title><style>${style}</style></head><body class="picture"><main id="picture">${inside}</main></body></html>`}`
}

function thread({ messages = [], title }: PictureSource, context: RenderContext): Html {
  const heading = title === undefined ? NOTHING : html`<h2 class="picture-title">${title}</h2>`
  return html`${heading}${messages.map(
    ({ text = '', blocks = [], ts, user, threadTs = null }, index) => {
      const stamp = ts ?? `${FIRST_TS + index}.000100`
      const shown = { channel: '', ts: stamp, threadTs, text, blocks, at: Number(stamp) * 1000 }
      return user === undefined
        ? messageHtml(
            { kind: 'message', broadcast: false, metadata: null, editedTs: null, ...shown },
            context,
          )
        : messageHtml({ kind: 'ephemeral', user, ...shown }, context)
    },
  )}`
}

/** 09:00 on Mon 27 Mar 2023, in UTC. */
const FIRST_TS = 1_679_907_600

function viewHtml(
  { view, errors = {}, values: given = {} }: PictureSource,
  context: RenderContext,
): Html {
  const type = (view as { type?: unknown }).type === 'home' ? 'home' : 'modal'
  const read = readView(view, type)
  if ('error' in read) {
    const where = read.problems.map(({ pointer, message }) => `${pointer} ${message}`).join('; ')
    throw new Error(`The view cannot be shown: ${read.error} ${where}`)
  }
  const source = { ...read.view, blocks: withIds(read.view.blocks, 'v') }
  const values = startValues(source, given, null)
  const open = { id: 'V1', source, values }
  return type === 'home' ? homeHtml(open, context) : modalHtml(open, context, errors)
}

function renderContextOf({ people = {}, channels = {} }: PictureSource): RenderContext {
  const list = (names: Readonly<Record<string, string>>) =>
    Object.entries(names).map(([id, name]) => ({ id, name }))
  return {
    person: (id) => people[id] ?? null,
    channel: (id) => channels[id] ?? null,
    group: () => null,
    here: () => null,
    people: list(people),
    channels: list(channels),
    timeZone: 'Europe/London',
  }
}
