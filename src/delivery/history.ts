/** Whether a message arrived: Slack's history, read to its end, knows. */

import { type Answer, type Call, METADATA_EVENT } from './call.ts'
import type { ChannelBook } from './channel-book.ts'
import type { Found, Search } from './gateway.ts'
import { verdictOf } from './verdict.ts'

/** The database's clock and Slack's may differ by this much. */
const CLOCKS_APART_MS = 600_000
const PAGE = 200

/**
 * Searches a channel, or a thread, for the message that carries this key. Every page is read, for
 * on a busy channel the message may stand far back. `absent` is said only after the last one.
 */
export async function lookUp(call: Call, book: ChannelBook, search: Search): Promise<Found> {
  let channel: string
  try {
    channel = search.channelId ?? (await book.find(search.destination)) ?? search.destination
  } catch (error) {
    // History knows channels by their ids alone: a name that nobody explains now is no answer.
    const why = withoutAnswer(error)
    if (why.kind !== 'unreadable') return why
    channel = search.destination
  }
  const first = await searchIn(call, channel, search)
  if (first.kind !== 'unreadable' || !(await book.join(channel))) return first
  return await searchIn(call, channel, search)
}

async function searchIn(call: Call, channel: string, search: Search): Promise<Found> {
  try {
    for await (const message of messages(call, channel, { ...search, until: null })) {
      const ts = matchingTs(message, search.key)
      if (ts !== null) return { kind: 'found', channel, ts }
    }
    return { kind: 'absent' }
  } catch (error) {
    return withoutAnswer(error)
  }
}

/** The stretch to read; `until` null reads to the end. */
export interface Reading {
  readonly since: Date
  readonly until: Date | null
  readonly threadTs: string | null
}

/** Every message of a channel or a thread in a stretch of time, page after page. */
export async function* messages(
  call: Call,
  channel: string,
  { since, until, threadTs }: Reading,
): AsyncGenerator<unknown> {
  const method = threadTs === null ? 'conversations.history' : 'conversations.replies'
  const seconds = (ms: number) => (Math.max(0, ms) / 1000).toFixed(6)
  const oldest = seconds(since.getTime() - CLOCKS_APART_MS)
  let cursor: string | undefined
  do {
    const answer: Answer = await call(method, {
      channel,
      ...(threadTs === null ? {} : { ts: threadTs }),
      oldest,
      ...(until === null ? {} : { latest: seconds(until.getTime() + CLOCKS_APART_MS) }),
      limit: PAGE,
      include_all_metadata: true,
      cursor,
    })
    const { messages } = answer
    if (!Array.isArray(messages)) throw new Error('The history holds no list of messages.')
    yield* messages
    cursor = answer.response_metadata?.next_cursor
  } while (cursor !== undefined && cursor !== '')
}

function matchingTs(message: unknown, key: string): string | null {
  const ours = ourMessage(message)
  return ours?.key === key ? ours.ts : null
}

/** What a message of ours says of itself; null where it is not ours. */
export function ourMessage(message: unknown): OurMessage | null {
  const metadata = field(message, 'metadata')
  if (field(metadata, 'event_type') !== METADATA_EVENT) return null
  const payload = field(metadata, 'event_payload')
  const ts = field(message, 'ts')
  if (typeof ts !== 'string') return null
  const replies = field(message, 'reply_count')
  return {
    ts,
    key: String(field(payload, 'delivery_id')),
    tells: field(payload, 'tells'),
    hasReplies: typeof replies === 'number' && replies > 0,
  }
}

export interface OurMessage {
  readonly ts: string
  readonly key: string
  readonly tells: unknown
  readonly hasReplies: boolean
}

/** A refusal that names a lack (scope, membership, method) will be the same next time. */
export function withoutAnswer(error: unknown): Found {
  const verdict = verdictOf(error)
  const { why } = verdict
  switch (verdict.kind) {
    case 'refused':
      return { kind: 'later', why, retryAfterMs: verdict.retryAfterMs }
    case 'blocked':
      return verdict.scope === 'workspace' && !why.startsWith('missing_scope')
        ? { kind: 'blocked', why }
        : { kind: 'unreadable', why }
    case 'invalid':
      return { kind: 'unreadable', why }
    case 'uncertain':
      return UNSUPPORTED.some((name) => why.startsWith(name))
        ? { kind: 'unreadable', why }
        : { kind: 'later', why, retryAfterMs: null }
  }
}

const UNSUPPORTED = ['unknown_method', 'method_deprecated', 'deprecated_endpoint', 'not_supported']

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
