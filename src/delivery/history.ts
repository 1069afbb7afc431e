/** Whether messages arrived: Slack's history, read to its end, knows. */
import { codeOf, fieldOf, textOf } from './ask.ts'
import { type Answer, type Call, METADATA_EVENT, nextCursor } from './call.ts'
import type { ChannelBook } from './channel-book.ts'
import type { LookedUp, NotRead, Posted, Search } from './gateway.ts'
import { verdictOf } from './verdict.ts'

/** The database's clock and Slack's may differ by this much. */
const CLOCKS_APART_MS = 600_000
const PAGE = 200
/** More (100,000 messages) are not read: an answer that leads on and on is none. */
const MOST_PAGES = 500

/**
 * Searches a channel, or a thread and then its channel, for the messages that carry these keys.
 * Every page is read, for on a busy channel a message may stand far back.
 */
export async function lookUp(call: Call, book: ChannelBook, search: Search): Promise<LookedUp> {
  let channel: string
  try {
    channel = search.channelId ?? (await book.find(search.destination)) ?? search.destination
  } catch (error) {
    // History knows channels by their ids alone: a name that nobody explains now is no answer.
    const why = notRead(error)
    if (why.kind !== 'unreadable') return why
    channel = search.destination
  }
  const first = await searchIn(call, channel, search)
  if (first.kind !== 'unreadable') return first
  switch (await book.join(channel)) {
    case 'in':
      return await searchIn(call, channel, search)
    case 'out':
      return first
    case 'unknown':
      return { kind: 'later', why: first.why, retryAfterMs: null }
  }
}

async function searchIn(call: Call, channel: string, search: Search): Promise<LookedUp> {
  const found = new Map<string, Posted[]>()
  const missing = new Set(search.keys)
  try {
    // What was not taken as a reply stands in the channel by itself.
    for (const threadTs of search.threadTs === null ? [null] : [search.threadTs, null]) {
      if (missing.size === 0 && !search.repeats) break
      for await (const message of thread(call, channel, { ...search, threadTs, until: null })) {
        const ours = ourMessage(message)
        if (ours === null || !search.keys.includes(ours.key)) continue
        const before = found.get(ours.key) ?? []
        // A reply that the channel shows as well is read twice.
        if (!before.some(({ ts }) => ts === ours.ts)) found.set(ours.key, [...before, ours])
        missing.delete(ours.key)
        if (missing.size === 0 && !search.repeats) break
      }
    }
    return { kind: 'read', channel, found }
  } catch (error) {
    return notRead(error)
  }
}

/** A thread that is not there holds nothing. */
async function* thread(call: Call, channel: string, reading: Reading): AsyncGenerator<unknown> {
  try {
    yield* messages(call, channel, reading)
  } catch (error) {
    if (reading.threadTs === null || codeOf(error) !== 'thread_not_found') throw error
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
  for (let page = 0; page < MOST_PAGES; page += 1) {
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
    cursor = nextCursor(answer, cursor)
    if (cursor === undefined) return
  }
  throw new Error('The history has no end.')
}

/** What a message of ours says of itself; null where it is not ours. */
export function ourMessage(message: unknown): OurMessage | null {
  const metadata = fieldOf(message, 'metadata')
  if (fieldOf(metadata, 'event_type') !== METADATA_EVENT) return null
  const payload = fieldOf(metadata, 'event_payload')
  const ts = textOf(message, 'ts')
  if (ts === null) return null
  const replies = fieldOf(message, 'reply_count')
  return {
    ts,
    key: String(fieldOf(payload, 'delivery_id')),
    tells: fieldOf(payload, 'tells'),
    repeat: fieldOf(payload, 'repeat') === true,
    hasReplies: typeof replies === 'number' && replies > 0,
  }
}

export interface OurMessage extends Posted {
  readonly key: string
  readonly tells: unknown
}

/** A refusal that names a lack (scope, membership, method) will be the same next time. */
export function notRead(error: unknown): NotRead {
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
