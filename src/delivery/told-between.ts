/** What was told in a stretch of Slack's history: each channel and thread is read once. */
import type { Call } from './call.ts'
import type { ChannelBook } from './channel-book.ts'
import type { Stretch, Told } from './gateway.ts'
import { messages, notRead, ourMessage } from './history.ts'
import { splitTells } from './tells.ts'

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
export function historian(call: Call, book: ChannelBook): (stretch: Stretch) => Promise<Told> {
  const known = new Map<string, Promise<Read>>()
  const readOnce = async (channel: string, threadTs: string | null, { from, to }: Stretch) => {
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
    const channel = await book.enter(stretch.destination)
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
  { from: since, to: until }: Pick<Stretch, 'from' | 'to'>,
): Promise<Read> {
  const told: Places = new Map()
  const roots: string[] = []
  for await (const message of messages(call, channel, { since, until, threadTs })) {
    const ours = ourMessage(message)
    if (ours === null) continue
    const { ts, key, tells, hasReplies } = ours
    for (const name of [key, ...splitTells(tells)]) told.set(name, { channel, ts })
    if (hasReplies) roots.push(ts)
  }
  return { told, roots }
}
