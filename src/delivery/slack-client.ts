/** The only caller of Slack's Web API. */
import { type Logger, LogLevel, WebClient, type WebClientOptions } from '@slack/web-api'
import type { Message } from '../text/facts.ts'
import { channelDirectory, readership } from './channels.ts'
import { accounts, membersByDay } from './departed-people.ts'
import type { Gateway, Identity, Outgoing } from './gateway.ts'
import { LONGEST_PAUSE_MS } from './rate-limit.ts'
import { type Answer, ask, type Call, METADATA_EVENT, textOf } from './slack-api.ts'
import { type Verdict, verdictOf } from './slack-errors.ts'
import { historian, lookUp } from './slack-history.ts'
import { uploadFile } from './uploads.ts'

interface SlackOptions {
  readonly token: string
  /** For GovSlack and stand-ins; ends in `/api/`. */
  readonly apiUrl: string
  readonly timeoutMs: number
  /** Milliseconds of a monotonic clock: how old what is remembered of channels is. */
  readonly elapsed: () => number
}

/** A gateway to the workspace of this token. Opening it calls nothing yet. */
export function openSlackGateway(options: SlackOptions): Gateway {
  const call = slackCaller(options)
  const { timeoutMs } = options
  const directory = channelDirectory(call, options.elapsed)
  let workspace: string | null = null
  let self: string | null = null
  const identify = async (): Promise<Identity> => {
    try {
      const answer = await call('auth.test', {})
      workspace = textOf(answer, 'team_id')
      self = textOf(answer, 'user_id')
      const { scopes } = answer.response_metadata ?? {}
      return Array.isArray(scopes) && !scopes.includes('chat:write')
        ? { kind: 'refused', why: 'missing_scope: needs chat:write' }
        : { kind: 'known', workspace }
    } catch (error) {
      const { kind, why } = verdictOf(error)
      return { kind: kind === 'blocked' ? 'refused' : 'unreachable', why }
    }
  }
  const people = accounts(call, options.elapsed)
  const app = async () => {
    const known = workspace === null ? await identify() : null
    const why = known === null || known.kind === 'known' ? {} : { why: known.why }
    return { workspace: workspace ?? '', self, ...why }
  }
  const readersOf = readership({ call, app, find: directory.find, elapsed: options.elapsed })
  return {
    paced: true,
    enter: directory.enter,
    follow: directory.follow,
    leadsElsewhere: directory.leadsElsewhere,
    // Remembered by the channel's id: a name may lead to another one, with other readers.
    readersOf: (destination) => readersOf(directory.known(destination) ?? destination),
    accountOf: people.of,
    accountOfEmail: people.byEmail,
    membersOn: membersByDay(call, app, options.elapsed),
    post: async (outgoing) => {
      const verdict = await post(call, outgoing)
      if (verdict.kind === 'sent' && verdict.channel !== null) {
        directory.learn(outgoing.channel, verdict.channel)
      }
      return verdict
    },
    update: (channel, ts, message) => update(call, channel, ts, message),
    takeBack: (channel, ts) => takeBack(call, channel, ts),
    lookUp: (search) => lookUp(call, directory, search),
    toldBetween: historian(call, directory),
    uploadFile: (file, memory) => uploadFile({ call, timeoutMs }, file, memory),
    identify,
    workspace: async () => {
      if (workspace === null) await identify()
      return workspace
    },
  }
}

async function post(call: Call, outgoing: Outgoing): Promise<Verdict> {
  const { channel, message, key, tells, repeat, threadTs, broadcast } = outgoing
  const payload = { delivery_id: key, tells, ...(repeat ? { repeat } : {}) }
  try {
    const answer = await call('chat.postMessage', {
      channel,
      ...content(message),
      metadata: { event_type: METADATA_EVENT, event_payload: payload },
      unfurl_links: false,
      unfurl_media: false,
      ...(threadTs === null ? {} : { thread_ts: threadTs, reply_broadcast: broadcast }),
    })
    return sent(answer)
  } catch (error) {
    return verdictOf(error)
  }
}

async function update(call: Call, channel: string, ts: string, message: Message): Promise<Verdict> {
  try {
    return sent(await call('chat.update', { channel, ts, ...content(message) }))
  } catch (error) {
    return verdictOf(error)
  }
}

function content(message: Message): Record<string, unknown> {
  return {
    text: message.text,
    ...(message.blocks.length === 0 ? {} : { blocks: message.blocks }),
  }
}

/** An answer that does not say where the message stands does not say that it stands. */
function sent(answer: Answer): Verdict {
  const channel = textOf(answer, 'channel')
  const ts = textOf(answer, 'ts')
  return channel === null || ts === null
    ? { kind: 'uncertain', why: 'the answer names no message' }
    : { kind: 'sent', channel, ts }
}

async function takeBack(call: Call, channel: string, ts: string): Promise<boolean> {
  const asked = await ask(call, 'chat.delete', { channel, ts })
  return asked.ok || asked.code === 'message_not_found'
}

/** One request a call, never a second: the outbox decides about retries, the client does not. */
export function slackCaller({
  token,
  apiUrl,
  timeoutMs,
}: Pick<SlackOptions, 'token' | 'apiUrl' | 'timeoutMs'>): Call {
  const client = new WebClient(token, {
    slackApiUrl: apiUrl,
    timeout: timeoutMs,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: silent,
    fetch: withRetryAfter,
  })
  return async (method, args) => {
    const answer: { readonly ok?: unknown } = await client.apiCall(method, args)
    if (answer.ok !== true) throw new Error('the answer does not say whether it went well')
    return answer as Answer
  }
}

/** The client takes a 429 for a rate limit only when it says for how many seconds. */
const withRetryAfter: NonNullable<WebClientOptions['fetch']> = async (url, init) => {
  const response = await fetch(url, init)
  if (response.status !== 429) return response
  await response.body?.cancel()
  const seconds = secondsOf(response.headers.get('retry-after'), response.headers.get('date'))
  return new Response(null, { status: 429, headers: { 'retry-after': String(seconds) } })
}

const UNSAID_SECONDS = 30

/** Seconds, or a date to be compared with the server's own: from 1 to an hour, 30 where it says neither. */
export function secondsOf(retryAfter: string | null, date: string | null): number {
  const text = retryAfter?.trim() ?? ''
  const seconds = text === '' ? Number.NaN : Number(text)
  const asked = Number.isNaN(seconds) ? (Date.parse(text) - Date.parse(date ?? '')) / 1000 : seconds
  if (Number.isNaN(asked)) return UNSAID_SECONDS
  return Math.ceil(Math.min(Math.max(asked, 1), LONGEST_PAUSE_MS / 1000))
}

/** What went wrong is in the verdict; the client's own lines would carry messages and channels. */
const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
}
