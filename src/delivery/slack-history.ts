/**
 * What stands in Slack's history: a message looked up by its key, and what was told in a stretch of
 * it.
 */
import type { ChannelDirectory } from './channels.ts'
import type { HistoryRange, HistoryResult, LookedUp, NotRead, Posted, Search } from './gateway.ts'
import { splitFingerprints } from './load.ts'
import { type Answer, type Call, codeOf, METADATA_EVENT, nextCursor, textOf } from './slack-api.ts'
import { fieldOf, verdictOf } from './slack-errors.ts'

/** The database's clock and Slack's may differ by this much. */
const CLOCKS_APART_MS = 600_000
const PAGE = 200
/** More (100,000 messages) are not read: an answer that leads on and on is none. */
const MOST_PAGES = 500

/**
 * Searches a channel, or a thread and then its channel, for the messages that carry these keys.
 * Every page is read, for on a busy channel a message may stand far back.
 */
export async function lookUp(
  call: Call,
  directory: ChannelDirectory,
  search: Search,
): Promise<LookedUp> {
  let channel: string
  try {
    channel = search.channelId ?? (await directory.find(search.destination)) ?? search.destination
  } catch (error) {
    // History knows channels by their ids alone: a name that nobody explains now is no answer.
    const why = notRead(error)
    if (why.kind !== 'unreadable') return why
    channel = search.destination
  }
  const first = await searchIn(call, channel, search)
  if (first.kind !== 'unreadable') return first
  switch (await directory.join(channel)) {
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
        // A reply that is also shown in the channel comes up twice.
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
async function* thread(call: Call, channel: string, reading: HistorySpan): AsyncGenerator<unknown> {
  try {
    yield* messages(call, channel, reading)
  } catch (error) {
    if (reading.threadTs === null || codeOf(error) !== 'thread_not_found') throw error
  }
}

/** The stretch to read; `until` null reads to the end. */
interface HistorySpan {
  readonly since: Date
  readonly until: Date | null
  readonly threadTs: string | null
}

/** Every message of a channel or a thread in a stretch of time, page after page. */
async function* messages(
  call: Call,
  channel: string,
  { since, until, threadTs }: HistorySpan,
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

/** What the metadata of a message of this app says; null where it is another's. */
function ourMessage(message: unknown): OurMessage | null {
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

interface OurMessage extends Posted {
  readonly key: string
  readonly tells: unknown
}

/** A refusal that names a lack (scope, membership, method) will be the same next time. */
function notRead(error: unknown): NotRead {
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

type Places = Map<string, { readonly channel: string; readonly ts: string }>

/** What one channel, or one thread, held; and our messages there that were replied to. */
interface Read {
  readonly told: Places
  readonly roots: readonly string[]
}

/**
 * Answers for a stretch, which must be over: what it held is remembered as long as the process
 * runs. What could not be read is asked again the next time, and only that.
 */
export function historian(
  call: Call,
  directory: ChannelDirectory,
): (stretch: HistoryRange) => Promise<HistoryResult> {
  const known = new Map<string, Promise<Read>>()
  const readOnce = async (channel: string, threadTs: string | null, { from, to }: HistoryRange) => {
    const name = [channel, threadTs, from.getTime(), to.getTime()].join(' ')
    const reading = known.get(name) ?? read(call, channel, threadTs, { from, to })
    known.set(name, reading)
    try {
      return await reading
    } catch (error) {
      known.delete(name)
      throw error
    }
  }
  return async (stretch) => {
    const channel = await directory.enter(stretch.destination)
    try {
      const main = await readOnce(channel, null, stretch)
      const told: Places = new Map(main.told)
      // A thread begun before the stretch may have been gone on with in it.
      for (const root of new Set([...main.roots, ...stretch.threads])) {
        for (const [name, place] of (await readOnce(channel, root, stretch)).told) {
          told.set(name, place)
        }
      }
      return { kind: 'read', told }
    } catch (error) {
      const without = notRead(error)
      return without.kind === 'blocked'
        ? { ...without, kind: 'later', retryAfterMs: null }
        : without
    }
  }
}

async function read(
  call: Call,
  channel: string,
  threadTs: string | null,
  { from: since, to: until }: Pick<HistoryRange, 'from' | 'to'>,
): Promise<Read> {
  const told: Places = new Map()
  const roots: string[] = []
  for await (const message of messages(call, channel, { since, until, threadTs })) {
    const ours = ourMessage(message)
    if (ours === null) continue
    const { ts, key, tells, hasReplies } = ours
    for (const name of [key, ...splitFingerprints(tells)]) told.set(name, { channel, ts })
    if (hasReplies) roots.push(ts)
  }
  return { told, roots }
}
