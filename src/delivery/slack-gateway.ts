/** The only caller of Slack's Web API. */
import type { Logger, WebClientOptions } from '@slack/web-api'
import { LogLevel, WebClient } from '@slack/web-api'
import type { Message } from '../messages/facts.ts'
import { accounts } from './accounts.ts'
import { type Answer, type Call, METADATA_EVENT } from './call.ts'
import { channelBook } from './channel-book.ts'
import type { Gateway, Identity, Outgoing } from './gateway.ts'
import { lookUp } from './history.ts'
import { readership } from './readership.ts'
import { historian } from './told-between.ts'
import { uploadFile, uploadPicture } from './upload.ts'
import { type Verdict, verdictOf } from './verdict.ts'

export interface SlackOptions {
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
  const book = channelBook(call, options.elapsed)
  let workspace: string | null = null
  let self: string | null = null
  const identify = async (): Promise<Identity> => {
    try {
      const { team_id: team, user_id: user } = await call('auth.test', {})
      workspace = typeof team === 'string' ? team : null
      self = typeof user === 'string' ? user : null
      return { kind: 'known', workspace }
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
  return {
    paced: true,
    enter: book.enter,
    readersOf: readership({ call, app, find: book.find, elapsed: options.elapsed }),
    accountOf: people.of,
    accountOfEmail: people.byEmail,
    post: async (outgoing) => {
      const verdict = await post(call, outgoing)
      if (verdict.kind === 'sent' && verdict.channel !== null) {
        book.learn(outgoing.channel, verdict.channel)
      }
      return verdict
    },
    update: (channel, ts, message) => update(call, channel, ts, message),
    lookUp: (search) => lookUp(call, book, search),
    toldBetween: historian(call, book),
    uploadFile: (file, memory) => uploadFile({ call, timeoutMs }, file, memory),
    uploadPicture: (picture, memory) => uploadPicture({ call, timeoutMs }, picture, memory),
    identify,
    workspace: async () => {
      if (workspace === null) await identify()
      return workspace
    },
  }
}

async function post(call: Call, outgoing: Outgoing): Promise<Verdict> {
  const { channel, message, key, tells, threadTs, broadcast } = outgoing
  try {
    const answer = await call('chat.postMessage', {
      channel,
      ...content(message),
      metadata: { event_type: METADATA_EVENT, event_payload: { delivery_id: key, tells } },
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

function sent({ channel, ts }: Answer): Verdict {
  return {
    kind: 'sent',
    channel: typeof channel === 'string' ? channel : null,
    ts: typeof ts === 'string' ? ts : null,
  }
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
  return async (method, args) => (await client.apiCall(method, args)) as Answer
}

/** The client takes a 429 for a rate limit only when it says for how long. */
const withRetryAfter: NonNullable<WebClientOptions['fetch']> = async (url, init) => {
  const response = await fetch(url, init)
  const header = response.headers.get('retry-after')
  if (response.status !== 429 || /^\d+$/.test(header ?? '')) return response
  return new Response(null, { status: 429, headers: { 'retry-after': '30' } })
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
