/** The whole page, as the server writes it: the script only keeps it up to date. */
import { DateTime } from 'luxon'
import type { CivilDate } from '../../src/rules/civil-date.ts'
import { MANUAL, usage, VERBS } from '../../src/text/help.ts'
import type { Workspace } from '../slack/server.ts'
import type { Channel, EphemeralMessage, PostedMessage, User } from '../slack/state.ts'
import { messageBlocks, withIds } from '../slack/validate.ts'
import { startValues } from '../slack/views.ts'
import { blocksHtml, homeHtml, modalHtml } from './block-kit.ts'
import { attribute, type Html, html, NOTHING, trusted } from './html.ts'
import { mrkdwnHtml, type RenderContext } from './rich-text.ts'

interface PageState {
  readonly place: PageLocation
  readonly controls: DemoControls
  readonly guide: Guide
  readonly unread: Unread
  /** What is wrong with the fields of the open modal, by block id. */
  readonly errors: Readonly<Record<string, string>>
}

export function documentText(shown: PageState): string {
  const { place, controls } = shown
  const context = renderContextFor(place.user, controls)
  const title = titleOf(place)
  return `<!doctype html>${html`<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} · Lapsewatch</title><link rel="icon" href="/assets/icon.svg"><link rel="stylesheet" href="/assets/slack.css"><link rel="stylesheet" href="/assets/page.css"><script type="module" src="/assets/client.js"></script></head><body data-as="${place.persona.id}" data-in="${place.channel?.id ?? 'home'}">
<a class="skip" href="#main">Skip to the messages</a>
${barHtml(shown)}
<div class="frame"${attribute('data-thread', place.thread !== null)}>
<nav aria-label="Conversations" data-part="nav">${sidebarHtml(place, controls, shown.unread)}</nav>
<main id="main" tabindex="-1"><h1 data-part="title">${title}</h1><div data-part="guide">${guideHtml(shown.guide)}</div>${mainHtml(shown, context)}</main>
${place.thread === null ? NOTHING : html`<aside aria-label="Thread" data-part="thread">${threadHtml(place, controls, context)}</aside>`}
</div>
<dialog id="modal" data-part="modal" aria-labelledby="modal-title">${modalPart(shown, context)}</dialog>
<dialog id="confirm" aria-labelledby="confirm-title"></dialog>
<div id="toast" role="status"></div>
<script type="application/json" id="commands">${trusted(commandsJson().replaceAll('<', '\\u003c'))}</script>
</body></html>`}`
}

function titleOf({ channel }: PageLocation): string {
  if (channel === null) return 'Lapsewatch: Home'
  return channel.user === null ? `#${channel.name}` : 'Lapsewatch: Messages'
}

function barHtml({ place, controls }: PageState): Html {
  const until = controls.passingUntil()
  const busy = attribute('disabled', until !== null)
  return html`<header class="bar"><p class="name"><strong>Lapsewatch</strong> <span>local workspace, all invented</span></p><div class="clock" role="group" aria-label="Clock" data-part="clock"><p aria-live="polite">Today is <strong>${dayWords(controls.today())}</strong>${
    until === null ? NOTHING : html`, on the way to ${dayWords(until)}`
  }</p><button type="button" class="button" data-pass="next-day"${busy}>Next day</button><button type="button" class="button" data-pass="next-monday"${busy}>Next Monday</button><button type="button" class="button" data-pass="30-days"${busy}>+30 days</button></div><div class="who"><label for="who">You are</label><select id="who">${controls.personas.map(
    ({ id, name, role, channel }) =>
      html`<option value="${addressOf(place, { as: id, in: channel })}"${attribute('selected', id === place.persona.id)}>${name}, ${role}</option>`,
  )}</select><button type="button" class="button" id="reset">Reset<span class="unseen"> everything</span></button></div></header>`
}

function mainHtml({ place, controls }: PageState, context: RenderContext): Html {
  if (place.channel === null) {
    const home = controls.workspace.views.home(place.user.id)
    return html`<div class="scroller" data-part="home" tabindex="0"><h2 class="unseen">Home</h2>${
      home === null ? html`<p class="nothing">Home is being opened…</p>` : homeHtml(home, context)
    }</div>`
  }
  return html`<div class="scroller" id="messages" data-part="messages" role="log" aria-label="Messages" tabindex="0">${conversationHtml(place, controls, context)}</div>${composerHtml(place)}`
}

function modalPart({ place, controls, errors }: PageState, context: RenderContext): Html {
  const modal = controls.workspace.views.modal(place.user.id)
  return modal === null ? NOTHING : modalHtml(modal, context, errors)
}

function dayWords(day: string): string {
  return DateTime.fromISO(day, { locale: 'en-GB', zone: 'utc' }).toFormat('ccc d LLL yyyy')
}

/** How many messages of a channel the person has not seen yet. */
type Unread = (channelId: string) => number

function sidebarHtml(place: PageLocation, controls: DemoControls, unread: Unread): Html {
  const channels = channelsOf(place.user, controls)
  const shared = channels.filter(({ user }) => user === null)
  const direct = channels.find(({ user }) => user !== null)
  const item = (id: string, name: string) => {
    const here = (place.channel?.id ?? HOME) === id
    const news = id === HOME || here ? 0 : unread(id)
    return html`<li><a href="${addressOf(place, { in: id })}"${here ? html` aria-current="page"` : NOTHING}>${name}${
      news > 0 ? html` <span class="news">${news}<span class="unseen"> new</span></span>` : NOTHING
    }</a></li>`
  }
  return html`<h2>Channels</h2><ul>${shared.map(({ id, name }) => item(id, `# ${name}`))}</ul><h2>Lapsewatch</h2><ul>${item(HOME, 'Home')}${
    direct === undefined ? NOTHING : item(direct.id, 'Messages')
  }</ul>`
}

export function messagesAt(
  { user, channel }: PageLocation,
  { workspace }: DemoControls,
): readonly VisibleMessage[] {
  return channel === null ? [] : workspace.as(user.id).messages(channel.id)
}

function conversationHtml(
  place: PageLocation,
  controls: DemoControls,
  context: RenderContext,
): Html {
  const all = messagesAt(place, controls)
  const top = all.filter(isInChannel)
  const shown = top.slice(-place.most)
  const earlier = top.length - shown.length
  return html`${
    earlier > 0
      ? html`<p class="earlier"><a href="${addressOf(place, { most: place.most * 2 })}">Show earlier messages (${earlier})</a></p>`
      : NOTHING
  }${byDay(shown, context.timeZone).map(
    ({ day, messages }) =>
      html`<section class="day" aria-label="${day}"><h2><span>${day}</span></h2>${messages.map(
        (message) => messageHtml(message, context, below(place, all, message)),
      )}</section>`,
  )}${shown.length === 0 ? html`<p class="nothing">Nothing has been said here yet.</p>` : NOTHING}`
}

function threadHtml(place: PageLocation, controls: DemoControls, context: RenderContext): Html {
  const { thread } = place
  if (thread === null) return NOTHING
  const messages = messagesAt(place, controls).filter(
    ({ ts, threadTs }) => ts === thread || threadTs === thread,
  )
  return html`<header class="bar-of-thread"><h2>Thread</h2><a class="button icon" href="${addressOf(place, { thread: null })}" aria-label="Close the thread">×</a></header><div class="thread-messages">${messages.map(
    (message) => messageHtml(message, context),
  )}</div>`
}

function isInChannel(message: VisibleMessage): boolean {
  return message.threadTs === null || message.kind === 'ephemeral' || message.broadcast
}

function below(place: PageLocation, all: readonly VisibleMessage[], message: VisibleMessage): Html {
  return message.kind === 'ephemeral'
    ? html`<p class="replies"><button type="button" class="button plain" data-forget="${message.ts}">Dismiss this answer</button></p>`
    : threadLink(place, all, message)
}

function threadLink(
  place: PageLocation,
  all: readonly VisibleMessage[],
  { ts, threadTs }: VisibleMessage,
): Html {
  const root = threadTs ?? ts
  const count = all.filter((one) => one.threadTs === root).length
  if (count === 0) return NOTHING
  const words =
    threadTs === null ? `${count} ${count === 1 ? 'reply' : 'replies'}` : 'View the thread'
  return html`<p class="replies"><a href="${addressOf(place, { thread: root })}">${words}</a></p>`
}

interface Day {
  readonly day: string
  readonly messages: VisibleMessage[]
}

function byDay(messages: readonly VisibleMessage[], timeZone: string): readonly Day[] {
  const days: Day[] = []
  for (const message of messages) {
    const moment = DateTime.fromSeconds(Number(message.ts), { zone: timeZone, locale: 'en-GB' })
    const day = moment.toFormat('cccc d LLLL yyyy')
    const last = days.at(-1)
    if (last?.day === day) last.messages.push(message)
    else days.push({ day, messages: [message] })
  }
  return days
}

function composerHtml({ channel }: PageLocation): Html {
  const where = channel === null || channel.user !== null ? 'Lapsewatch' : `#${channel.name}`
  return html`<form id="composer" autocomplete="off"><label class="unseen" for="command">Command in ${where}</label><div class="typing"><input id="command" name="command" type="text" placeholder="/contracts help" spellcheck="false" maxlength="2000" role="combobox" aria-expanded="false" aria-controls="completions" aria-autocomplete="list" aria-describedby="command-help"><button class="button primary" type="submit">Send</button></div><ul id="completions" role="listbox" aria-label="Commands" hidden></ul><p id="command-help" class="hint">Type / for the commands.</p></form>`
}

function commandsJson(): string {
  const all = VERBS.map((verb) => {
    const { does, takes, examples } = MANUAL[verb]
    return {
      command: `/contracts ${verb}`,
      usage: `/contracts ${usage(verb)}`,
      does,
      takes,
      examples,
    }
  })
  return JSON.stringify(all)
}

type VisibleMessage = PostedMessage | EphemeralMessage

/** @param below what stands under it: the way into its thread. */
export function messageHtml(
  message: VisibleMessage,
  context: RenderContext,
  below: Html = NOTHING,
): Html {
  const { ts, kind } = message
  const edited = message.kind === 'message' && message.editedTs !== null
  return html`<article class="message ${kind}" data-key="${ts}" data-ts="${ts}" data-kind="${kind}"><div class="avatar" aria-hidden="true">L</div><div class="said"><header><strong>Lapsewatch</strong> <span class="badge">APP</span> ${time(ts, context)}${
    edited ? html` <span class="edited">(edited)</span>` : NOTHING
  }</header>${
    kind === 'ephemeral' ? html`<p class="only">Only visible to you</p>` : NOTHING
  }${contentHtml(message, context)}${below}</div></article>`
}

function contentHtml({ text, blocks, ts }: VisibleMessage, context: RenderContext): Html {
  const read = messageBlocks.safeParse(blocks)
  if (!read.success || read.data.length === 0) {
    return html`<div class="block section"><div>${mrkdwnHtml(text, context)}</div></div>`
  }
  const identified = withIds(read.data, ts)
  const values = startValues({ blocks: identified }, {}, null)
  return blocksHtml(identified, { surface: ts, values, errors: {}, context })
}

function time(ts: string, { timeZone }: RenderContext): Html {
  const moment = DateTime.fromSeconds(Number(ts), { zone: timeZone, locale: 'en-GB' })
  return html`<time datetime="${moment.toUTC().toISO() ?? ''}" title="${moment.toFormat('cccc d LLLL yyyy, HH:mm')}">${moment.toFormat('HH:mm')}</time>`
}

function renderContextFor(user: User, controls: DemoControls): RenderContext {
  const { places } = controls.workspace
  const member = places.users.filter(({ isBot, deleted }) => !isBot && !deleted)
  return {
    person: (id) => places.users.find((one) => one.id === id)?.realName ?? null,
    channel: (id) => places.channels.find((one) => one.id === id && !one.isPrivate)?.name ?? null,
    group: (id) => places.groups.find((one) => one.id === id)?.name ?? null,
    here: (address) => {
      const [, id = ''] = /\/files\/(F\d+)\//.exec(address) ?? []
      const file = places.files.get(id)
      const ours = address.startsWith(controls.workspace.url.replace(/api\/$/, ''))
      if (!ours || file === undefined) return null
      return `/files/${id}/${encodeURIComponent(file.name)}?as=${user.id}`
    },
    suggested: (surface, field) => controls.workspace.views.suggested(surface, field),
    people: member.map(({ id, realName }) => ({ id, name: realName })),
    channels: channelsOf(user, controls)
      .filter((channel) => channel.user === null)
      .map(({ id, name }) => ({ id, name: `#${name}` })),
    timeZone: controls.timeZone,
  }
}

/** Whether the person may open a file: their own, or one that a message they see names. */
export function maySee(user: User, id: string, controls: DemoControls): boolean {
  const { places, ledger, views } = controls.workspace
  if (places.files.get(id)?.user === user.id) return true
  const named = new RegExp(`\\b${id}\\b`)
  const names = (shown: unknown) => named.test(JSON.stringify(shown))
  const seen = channelsOf(user, controls).flatMap((channel): readonly PostedMessage[] =>
    ledger.inChannel(channel.id),
  )
  return (
    seen.some(names) ||
    ledger.ephemerals.some((message) => message.user === user.id && names(message)) ||
    views.stack(user.id).some(names) ||
    names(views.home(user.id))
  )
}

export interface PageLocation {
  readonly persona: DemoPerson
  readonly user: User
  /** Null: the app's Home. */
  readonly channel: Channel | null
  /** The ts of the thread's first message; null where none is open. */
  readonly thread: string | null
  readonly most: number
}

/** Shown at first, and more with each request for more. */
const MESSAGES_SHOWN = 40

const HOME = 'home'

/** Reads an address; what it names wrongly becomes what is shown first. */
export function readPlace(search: URLSearchParams, controls: DemoControls): PageLocation {
  const { personas, workspace } = controls
  const persona = personas.find(({ id }) => id === search.get('as')) ?? personas[0]
  if (persona === undefined) throw new Error('The page has nobody to be.')
  const { places } = workspace
  const user = places.person(persona.id)
  const named = search.get('in') ?? persona.channel
  const all = Number(search.get('most'))
  const channel =
    named === HOME
      ? null
      : (channelsOf(user, controls).find(({ id }) => id === named) ??
        places.channel(persona.channel))
  const thread = search.get('thread')
  return {
    persona,
    user,
    channel,
    thread:
      channel !== null &&
      thread !== null &&
      controls.workspace.ledger.message(channel.id, thread) !== null
        ? thread
        : null,
    most: Number.isInteger(all) && all > 0 ? Math.min(all, 2000) : MESSAGES_SHOWN,
  }
}

/** The channels that the person is in, the direct conversation with the app last. */
function channelsOf(user: User, { workspace: { places } }: DemoControls): readonly Channel[] {
  const shared = places.channels.filter((one) => one.user === null && places.isIn(one, user))
  return [...shared, places.direct(user)]
}

function addressOf(
  { persona, channel, thread, most }: PageLocation,
  change: {
    readonly as?: string
    readonly in?: string
    readonly thread?: string | null
    readonly most?: number
  } = {},
): string {
  const search = new URLSearchParams({
    as: change.as ?? persona.id,
    in: change.in ?? channel?.id ?? HOME,
  })
  const open = change.thread === undefined ? thread : change.thread
  if (open !== null && change.in === undefined) search.set('thread', open)
  const shown = change.most ?? most
  if (shown !== MESSAGES_SHOWN && change.in === undefined) search.set('most', String(shown))
  return `/?${search}`
}

export const STEPS = ['see', 'act', 'pass'] as const
export type Step = (typeof STEPS)[number]

interface Guide {
  readonly settled: ReadonlySet<Step>
}

const WORDS: Readonly<
  Record<Step, { readonly title: string; readonly how: string; readonly button: string }>
> = {
  see: {
    title: 'See what is due',
    how: 'For the next 90 days. Only you see the answer.',
    button: 'Show what is due',
  },
  act: {
    title: 'Act on a warning',
    how: 'Be on it, put it off, or extend. Reset undoes it.',
    button: 'To a warning',
  },
  pass: {
    title: 'Let a month pass',
    how: 'The daily check runs as in earnest.',
    button: '+30 days',
  },
}

function guideHtml({ settled }: Guide): Html {
  const left = STEPS.filter((step) => !settled.has(step))
  if (left.length === 0) return NOTHING
  return html`<section class="guide" aria-labelledby="guide-title"><header><h2 id="guide-title">Three first steps</h2><button type="button" class="button icon" data-guide="all" aria-label="Dismiss the guide">×</button></header><ol>${STEPS.map(
    (step) => {
      const { title, how, button } = WORDS[step]
      return settled.has(step)
        ? html`<li class="done"><strong>${title}</strong> <span>Done</span></li>`
        : html`<li><strong>${title}</strong><p>${how}</p><p class="row"><button type="button" class="button" data-step="${step}">${button}</button><button type="button" class="button icon" data-guide="${step}" aria-label="Dismiss: ${title}">×</button></p></li>`
    },
  )}</ol></section>`
}

export interface DemoPerson {
  readonly id: string
  readonly name: string
  /** What they are to the contracts. */
  readonly role: string
  readonly channel: string
}

export const STRIDES = ['next-day', 'next-monday', '30-days'] as const
export type Stride = (typeof STRIDES)[number]

export interface DemoControls {
  /** Another one after a reset. */
  readonly workspace: Workspace
  readonly personas: readonly DemoPerson[]
  readonly timeZone: string
  readonly today: () => CivilDate
  /** The day that the clock is on its way to; null while it rests. */
  readonly passingUntil: () => CivilDate | null
  /** Moves the clock; resolves on arrival. @throws Error while it moves already. */
  readonly pass: (stride: Stride) => Promise<void>
  readonly reset: () => Promise<void>
  /** Calls the listener when a day has passed or all was reset. @returns what ends that. */
  readonly listen: (listener: (what: 'day' | 'reset') => void) => () => void
}
