/** Channels: from the name people write to the id that Slack's history wants, joined once. */
import { ask, isSaid, textOf } from './ask.ts'
import { type Answer, type Call, nextCursor } from './call.ts'
import { verdictOf } from './verdict.ts'

export interface ChannelBook {
  /** See `Gateway.enter`. Never fails: a name can be posted to as it is. */
  enter(destination: string): Promise<string>
  /** The id of a destination, or null where it is not to be had. */
  idOf(destination: string): Promise<string | null>
  /** The same; what Slack was asked for it and did not answer is thrown, and asked again next time. */
  find(destination: string): Promise<string | null>
  /** Joins a channel by its id: whether the app is in it now, may not be, or Slack did not say. */
  join(id: string): Promise<'in' | 'out' | 'unknown'>
  /** The id of a destination that is known already. */
  known(destination: string): string | null
  /** What a post said about where it went. */
  learn(destination: string, id: string): void
  /** See `Gateway`. */
  follow(destination: string, id: string | null): void
  leadsElsewhere(destination: string, id: string): Promise<boolean>
}

/** A list that was refused, or did not hold a name, is asked for again after this long. */
const STALE_AFTER_MS = 60_000
const PAGE = 200
/** Beyond this many pages (200,000 channels) a name is left as it is. */
const MOST_PAGES = 1000

/** A book with nothing in it yet; it fills as it is asked. */
export function channelBook(call: Call, elapsed: () => number): ChannelBook {
  const ids = new Map<string, string>()
  const followed = new Map<string, string>()
  const joined = new Map<string, ReturnType<ChannelBook['join']>>()
  let listing: Promise<void> = Promise.resolve()
  let listedAt = Number.NEGATIVE_INFINITY

  const list = async () => {
    try {
      for await (const [name, id] of allChannels(call)) ids.set(name, id)
    } catch (error) {
      // A list that was only lost is asked for again by the next who needs it.
      const { kind } = verdictOf(error)
      if (kind === 'refused' || kind === 'uncertain') listedAt = Number.NEGATIVE_INFINITY
      throw error
    }
  }
  const find = async (destination: string) => {
    if (isChannelId(destination)) return destination
    const name = destination.replace(/^#/, '')
    if (isPersonId(name)) return await directId(name)
    const known = followed.get(name)
    if (known !== undefined) return known
    if (!ids.has(name) && elapsed() - listedAt > STALE_AFTER_MS) {
      listedAt = elapsed()
      listing = list()
    }
    if (!ids.has(name)) await listing
    return ids.get(name) ?? null
  }
  // Without the scope, or with a stand-in that has no list, names stay names.
  const idOf = (destination: string) => find(destination).catch(() => null)
  const directId = async (user: string) => {
    const known = ids.get(user)
    if (known !== undefined) return known
    const { channel } = await call('conversations.open', { users: user })
    const id = textOf(channel, 'id')
    if (id === null) throw new Error('The answer names no conversation.')
    ids.set(user, id)
    return id
  }
  const join = (id: string) => {
    const going = joined.get(id) ?? tryJoin(call, id)
    joined.set(id, going)
    return going
  }
  return {
    async enter(destination) {
      const id = await idOf(destination)
      if (id === null) return destination
      if (id.startsWith('C')) await join(id)
      return id
    },
    idOf,
    find,
    join(id) {
      joined.delete(id)
      return join(id)
    },
    known(destination) {
      const name = destination.replace(/^#/, '')
      return isId(destination) ? null : (followed.get(name) ?? ids.get(name) ?? null)
    },
    follow(destination, id) {
      const name = destination.replace(/^#/, '')
      if (isId(destination)) return
      if (id !== null) followed.set(name, id)
      else if (followed.delete(name)) ids.delete(name)
    },
    async leadsElsewhere(destination, id) {
      const name = destination.replace(/^#/, '')
      if (isId(destination) || followed.get(name) !== id) return false
      followed.delete(name)
      ids.delete(name)
      const found = await idOf(destination)
      return found !== null && found !== id
    },
    learn(destination, id) {
      if (destination !== id) ids.set(destination.replace(/^#/, ''), id)
    },
  }
}

async function tryJoin(call: Call, id: string): ReturnType<ChannelBook['join']> {
  const asked = await ask(call, 'conversations.join', { channel: id })
  if (asked.ok) return 'in'
  // A private channel, or no scope: posting may work all the same, and says so where it does not.
  return isSaid(asked.code) ? 'out' : 'unknown'
}

async function* allChannels(call: Call): AsyncGenerator<[string, string]> {
  let cursor: string | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer: Answer = await call('conversations.list', {
      types: 'public_channel,private_channel',
      exclude_archived: false,
      limit: PAGE,
      cursor,
    })
    if (!Array.isArray(answer.channels)) throw new Error('The answer lists no channels.')
    for (const channel of answer.channels) {
      const id = textOf(channel, 'id')
      const name: unknown = typeof channel === 'object' && channel !== null ? channel.name : null
      if (id !== null && typeof name === 'string') yield [name, id]
    }
    cursor = nextCursor(answer, cursor)
    if (cursor === undefined) return
  }
}

function isId(destination: string): boolean {
  return isChannelId(destination) || isPersonId(destination)
}

/** Slack's ids are capitals and figures, its channel names never are. */
export function isChannelId(destination: string): boolean {
  return /^[CGDZ][A-Z0-9]{2,}$/.test(destination)
}

/** A person's id in place of a channel's: they are written to directly. */
export function isPersonId(destination: string): boolean {
  return /^[UW][A-Z0-9]{2,}$/.test(destination)
}
