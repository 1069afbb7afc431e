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
  const channel = search.channelId ?? (await book.idOf(search.destination)) ?? search.destination
  const first = await searchIn(call, channel, search)
  if (first.kind !== 'unreadable' || !(await book.join(channel))) return first
  return await searchIn(call, channel, search)
}

async function searchIn(call: Call, channel: string, search: Search): Promise<Found> {
  try {
    for await (const message of messages(call, channel, search)) {
      const ts = matchingTs(message, search.key)
      if (ts !== null) return { kind: 'found', channel, ts }
    }
    return { kind: 'absent' }
  } catch (error) {
    return withoutAnswer(error)
  }
}

async function* messages(
  call: Call,
  channel: string,
  { since, threadTs }: Search,
): AsyncGenerator<unknown> {
  const method = threadTs === null ? 'conversations.history' : 'conversations.replies'
  const oldest = Math.max(0, since.getTime() - CLOCKS_APART_MS) / 1000
  let cursor: string | undefined
  do {
    const answer: Answer = await call(method, {
      channel,
      ...(threadTs === null ? {} : { ts: threadTs }),
      oldest: oldest.toFixed(6),
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
  const metadata = field(message, 'metadata')
  if (field(metadata, 'event_type') !== METADATA_EVENT) return null
  if (field(field(metadata, 'event_payload'), 'delivery_id') !== key) return null
  const ts = field(message, 'ts')
  return typeof ts === 'string' ? ts : null
}

/** A refusal that names a lack (scope, membership, method) will be the same next time. */
function withoutAnswer(error: unknown): Found {
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
