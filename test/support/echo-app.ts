/** A small app made with the real Bolt, on either transport, to try the workspace with. */
import type { Server } from 'node:http'
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt'
import type { KnownBlock, View } from '@slack/types'
import type { Workspace } from '../../stand-in/slack/server.ts'

export type Transport = 'http' | 'sockets'
export const SIGNING_SECRET = 'a secret of the tests'

export interface EchoApp {
  /** Resolves when no handler runs any more. */
  idle(): Promise<void>
  /** What reached the handlers, in order: `command`, `action press`, `view form`, … */
  readonly heard: string[]
  /** Where it listens in HTTP mode. */
  readonly url: string
  stop(): Promise<void>
}

const plain = (text: string) => ({ type: 'plain_text' as const, text })
const section = (text: string): KnownBlock => {
  return { type: 'section', text: { type: 'mrkdwn', text } }
}
const option = (value: string) => ({ text: plain(value.toUpperCase()), value })

/** Starts the app against the workspace. */
export async function startEcho(workspace: Workspace, transport: Transport): Promise<EchoApp> {
  const { receiver, start } =
    transport === 'http' ? httpReceiver(workspace) : socketReceiver(workspace)
  const app = new App({
    token: 'xoxb-stand-in',
    receiver,
    clientOptions: { slackApiUrl: workspace.url, retryConfig: { retries: 0 } },
    logLevel: LogLevel.ERROR,
  })
  const flight = countFlights(app)
  const heard: string[] = []
  answerCommands(app, heard)
  answerActions(app, heard)
  answerViews(app, heard)
  const url = await start(app)
  return { idle: flight.idle, heard, url, stop: async () => void (await app.stop()) }
}

function httpReceiver(workspace: Workspace) {
  const receiver = new HTTPReceiver({
    signingSecret: SIGNING_SECRET,
    logLevel: LogLevel.ERROR,
    // Later than the workspace waits, as Bolt's own 3,001 ms are later than Slack's 3,000.
    unhandledRequestTimeoutMillis: 400,
    logger: SILENT,
  })
  return {
    receiver,
    async start(app: App): Promise<string> {
      const server = (await app.start(0)) as Server
      const address = server.address()
      if (typeof address !== 'object' || address === null) throw new Error('The app is not up.')
      const url = `http://127.0.0.1:${address.port}/slack/events`
      await workspace.useRequestUrl(url)
      return url
    },
  }
}

function socketReceiver(workspace: Workspace) {
  const receiver = new SocketModeReceiver({
    appToken: 'xapp-stand-in',
    logger: SILENT,
    // Options of its own: the socket client writes its retries into them.
    installerOptions: { clientOptions: { slackApiUrl: workspace.url } },
    clientPingTimeout: 200,
  })
  return {
    receiver,
    async start(app: App): Promise<string> {
      await app.start()
      return ''
    },
  }
}

/** Bolt's complaints about what the tests do to it on purpose. */
const nothing = () => {}
export const SILENT = {
  ...{ debug: nothing, info: nothing, warn: nothing, error: nothing },
  ...{ setLevel: nothing, setName: nothing, getLevel: () => LogLevel.ERROR },
}

function countFlights(app: App): { idle(): Promise<void> } {
  let flying = 0
  let waiting: (() => void)[] = []
  app.use(async ({ next }) => {
    flying += 1
    try {
      await next()
    } finally {
      flying -= 1
      if (flying === 0) for (const resolve of waiting.splice(0)) resolve()
    }
  })
  return {
    async idle() {
      if (flying > 0) await new Promise<void>((resolve) => (waiting = [...waiting, resolve]))
    },
  }
}

function answerCommands(app: App, heard: string[]): void {
  app.command('/contracts', async ({ command, ack, respond, client }) => {
    const [verb = '', ...rest] = command.text.split(' ')
    heard.push(`command ${command.text}`)
    if (verb === 'silent') return
    if (verb === 'say') {
      await ack(rest.join(' '))
      return
    }
    await ack()
    if (verb === 'modal') {
      await client.views.open({ trigger_id: command.trigger_id, view: form() })
    } else if (verb === 'post') {
      const posted = { text: 'Posted', blocks: [section('Posted'), BUTTONS] }
      await client.chat.postMessage({ channel: command.channel_id, ...posted })
    } else if (verb === 'often') {
      for (let n = 1; n <= 6; n += 1) await respond(`Answer ${n}`).catch(() => undefined)
    } else {
      await respond({ text: command.text, blocks: [section(`You said ${command.text}`), BUTTONS] })
    }
  })
}

const BUTTONS: KnownBlock = {
  type: 'actions',
  elements: [
    { type: 'button', action_id: 'press', text: plain('Press'), value: 'one' },
    { type: 'button', action_id: 'lost', text: plain('Nobody listens') },
    { type: 'static_select', action_id: 'choose', options: [option('week'), option('month')] },
    { type: 'overflow', action_id: 'more', options: [option('history'), option('explain')] },
    { type: 'datepicker', action_id: 'until', initial_date: '2027-04-30' },
    { type: 'external_select', action_id: 'find', min_query_length: 2 },
  ],
}

/** By what was typed: some words, what Slack refuses, or nothing at all. */
function suggestedFor(typed: string): { readonly [name: string]: unknown } {
  const numbered = (count: number) =>
    Array.from({ length: count }, (_, n) => option(`${typed}${n}`))
  if (typed === 'groups') return { option_groups: [{ label: plain('All'), options: numbered(2) }] }
  if (typed === 'long') return { options: [option('x'.repeat(76))] }
  return { options: numbered(Number(/\d+$/.exec(typed)?.[0] ?? 2)) }
}

function answerActions(app: App, heard: string[]): void {
  app.action('press', async ({ ack, body, respond, action }) => {
    heard.push(`action press ${'value' in action ? action.value : ''}`)
    await ack()
    await respond({ text: `Pressed by <@${body.user.id}>`, replace_original: true })
  })
  app.action('more', async ({ ack, action, respond }) => {
    await ack()
    if (action.type === 'overflow') await respond(`More: ${action.selected_option.value}`)
  })
  app.action('choose', async ({ ack, action, respond }) => {
    await ack()
    if (action.type === 'static_select') await respond(`Chose ${action.selected_option.value}`)
  })
  app.options('find', async ({ ack, options }) => {
    heard.push(`options ${options.value}`)
    await ack(suggestedFor(options.value) as unknown as Parameters<typeof ack>[0])
  })
  app.action('find', async ({ ack, action, respond }) => {
    await ack()
    if (action.type === 'external_select') await respond(`Found ${action.selected_option?.value}`)
  })
  app.action('until', async ({ ack, action, respond }) => {
    await ack()
    if (action.type === 'datepicker') await respond(`Until ${action.selected_date ?? 'never'}`)
  })
  app.action('deeper', async ({ ack, body, client }) => {
    await ack()
    if (body.type !== 'block_actions') return
    await client.views.push({ trigger_id: body.trigger_id, view: form() }).catch((error) => {
      heard.push(String(error))
    })
  })
}

const DEEPER = { type: 'button' as const, action_id: 'deeper', text: plain('Deeper') }

/** A modal with a text, a day and a file. */
export function form(title = 'Form'): View {
  return {
    ...{ type: 'modal', callback_id: 'form', title: plain(title), submit: plain('Save') },
    ...{ private_metadata: 'kept', notify_on_close: true },
    blocks: [
      input('reference', { type: 'plain_text_input', action_id: 'text', max_length: 20 }),
      input('ends', { type: 'datepicker', action_id: 'day', initial_date: '2027-04-30' }),
      optional('file', { type: 'file_input', action_id: 'file', filetypes: ['csv'] }),
      { type: 'actions', block_id: 'buttons', elements: [DEEPER] },
    ],
  }
}

type Input = Extract<KnownBlock, { type: 'input' }>

function input(block_id: string, element: Input['element']): KnownBlock {
  return { type: 'input', block_id, label: plain(block_id), element }
}

function optional(block_id: string, element: Input['element']): KnownBlock {
  return { type: 'input', block_id, label: plain(block_id), element, optional: true }
}

function answerViews(app: App, heard: string[]): void {
  app.view('form', async ({ ack, view, client, body }) => {
    const text = view.state.values.reference?.text?.value ?? ''
    heard.push(`view form ${text}`)
    if (text === 'bad') {
      await ack({ response_action: 'errors', errors: { nothing: 'No such field.' } })
    } else {
      await ack()
      const said = { channel: 'C0CONTRACTS', text: JSON.stringify(view.state.values) }
      await client.chat.postEphemeral({ ...said, user: body.user.id })
    }
  })
  app.view({ callback_id: 'form', type: 'view_closed' }, async ({ ack }) => {
    heard.push('closed form')
    await ack()
  })
  app.event('app_home_opened', async ({ event, client, body }) => {
    heard.push(`home ${body.event_id}`)
    await client.views.publish({
      user_id: event.user,
      view: { type: 'home', blocks: [section(`Hello <@${event.user}>`), BUTTONS] },
    })
  })
}
