/** Channels of Slack: found and joined, who is in them, and whether others than colleagues read. */
import { sleep } from './rate-limit.ts'
import { type Answer, ask, type Call, isSaid, nextCursor, textOf } from './slack-api.ts'
import { fieldOf, verdictOf } from './slack-errors.ts'

export interface ChannelDirectory {
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
const CHANNELS_A_PAGE = 200
/** Beyond this many pages (200,000 channels) a name is left as it is. */
const MOST_PAGES = 1000

/** A cache of channels, empty at first. */
export function channelDirectory(call: Call, elapsed: () => number): ChannelDirectory {
  const ids = new Map<string, string>()
  const followed = new Map<string, string>()
  const joined = new Map<string, ReturnType<ChannelDirectory['join']>>()
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

async function tryJoin(call: Call, id: string): ReturnType<ChannelDirectory['join']> {
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
      limit: CHANNELS_A_PAGE,
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

/**
 * `unknown` is neither of the two others: what is confidential is held back, and is not given up.
 * `gone`: Slack says that there is no such channel or person, so that waiting would not help.
 */
export type Readers =
  | { readonly kind: 'own' | 'others' }
  | { readonly kind: 'unknown'; readonly why: string; readonly gone: boolean }

/** A channel may be shared, and a guest come in, at any moment. */
const REMEMBERED_MS = 5 * 60_000
/** What could not be found out is asked again soon. */
export const UNKNOWN_MS = 5000
/** A warning waits no longer for the answer; the question goes on, and the next who asks gets it. */
const LONGEST_MS = 20_000

interface ReadershipOptions {
  readonly call: Call
  readonly app: () => Promise<OwnApp>
  /** The id of a destination, null where Slack has none; throws where Slack did not say. */
  readonly find: (destination: string) => Promise<string | null>
  readonly elapsed: () => number
}

/** A function that says who reads a destination, remembered for five minutes. Never throws. */
export function readership(options: ReadershipOptions): (destination: string) => Promise<Readers> {
  const { call, app, find, elapsed } = options
  const held = new Map<string, { readonly readers: Promise<Readers>; until: number }>()
  const people = channelMembers(call, app, elapsed)

  const ofPerson = async (person: string): Promise<Readers> => {
    const { kind, why } = await people.kindOf(person)
    if (kind === null) return unknown(why ?? 'Slack does not describe this person')
    return { kind: kind === 'member' ? 'own' : 'others' }
  }
  const look = async (destination: string): Promise<Readers> => {
    // Without knowing whose workspace it is, nobody can be told from a stranger.
    const own = await app()
    if (own.workspace === '') return unknown(own.why ?? 'Slack does not say whose token it is')
    if (isPersonId(destination)) return await ofPerson(destination)
    const channel = await find(destination)
    if (channel === null) return unknown('channel_not_found')
    const asked = await ask(call, 'conversations.info', { channel })
    if (!asked.ok) return unknown(asked.why)
    const about = fieldOf(asked.answer, 'channel')
    if (textOf(about, 'id') === null) return unknown('Slack does not describe the channel')
    const person = textOf(about, 'user')
    if (person !== null) return await ofPerson(person)
    if (SHARED.some((sign) => isSet(fieldOf(about, sign)))) return { kind: 'others' }
    const { guests, outsiders, complete, why } = await people.of(channel)
    if (guests + outsiders > 0) return { kind: 'others' }
    return complete ? { kind: 'own' } : unknown(why ?? 'not all of its members could be looked at')
  }
  return async (destination) => {
    const before = held.get(destination)
    const known = before !== undefined && before.until > elapsed() ? before.readers : null
    const readers =
      known ?? look(destination).catch((error: unknown) => unknown(verdictOf(error).why))
    if (known === null) {
      const entry = { readers, until: elapsed() + REMEMBERED_MS }
      held.set(destination, entry)
      void readers.then((found) => {
        if (found.kind !== 'unknown') return
        // Posting is refused as well, and goes on once the token is put right: with its amounts.
        entry.until = elapsed() + (REFUSED.test(found.why) ? 0 : UNKNOWN_MS)
      })
    }
    const answered = new AbortController()
    const late = sleep(LONGEST_MS, answered.signal).then(() => unknown('Slack takes too long'))
    return await Promise.race([readers, late]).finally(() => answered.abort())
  }
}

/** Slack's words for a token that it does not take. */
const REFUSED = /^(account_inactive|invalid_auth|not_authed|token_expired|token_revoked)\b/

/** Slack's words for a destination that it does not have. */
const GONE = /^(channel_not_found|user_not_found)\b/

function unknown(why: string): Readers {
  return { kind: 'unknown', why, gone: GONE.test(why) }
}

/** Shared with another organisation or workspace, or offered to one that has not answered yet. */
const SHARED = [
  'is_ext_shared',
  'is_shared',
  'is_org_shared',
  'is_pending_ext_shared',
  'pending_shared',
  'pending_connected_team_ids',
] as const

function isSet(sign: unknown): boolean {
  return Array.isArray(sign) ? sign.length > 0 : sign === true
}

export interface ChannelMembers {
  readonly guests: number
  readonly outsiders: number
  /** How many were looked at, and whether that is everybody. */
  readonly seen: number
  readonly complete: boolean
  /** Why nobody, or not everybody, could be looked at. */
  readonly why: string | null
}

/** `kind` is null where Slack does not say; `why` then tells how it answered. */
interface Described {
  readonly kind: Kind | null
  readonly why: string | null
}

export interface OwnApp {
  /** The workspace's id, empty where it is not known. */
  readonly workspace: string
  /** The app's own user, who is no stranger in any channel. */
  readonly self: string | null
  /** How Slack answered instead, where it is not known. */
  readonly why?: string
}

type Kind = 'member' | 'guest' | 'outsider'

export const MEMBERS_A_PAGE = 1000
/** 20,000 members of one channel, 50,000 people of a workspace: beyond them it stays unknown. */
const MOST_MEMBER_PAGES = 20
export const MOST_PEOPLE_PAGES = 50
/** Up to so many strangers are asked for one by one; more are found in the list of everybody. */
const ONE_BY_ONE = 40
const AT_ONCE = 5
/** A colleague seldom becomes a guest; who comes into a channel is looked at each time. */
const KNOWN_MS = 60 * 60_000

/**
 * A function that looks at the members of a channel; a person is looked up once an hour, in
 * milliseconds of a monotonic clock. Never throws: `complete` says whether everybody was seen.
 */
export function channelMembers(
  call: Call,
  app: () => Promise<OwnApp>,
  elapsed: () => number,
): { of(channel: string): Promise<ChannelMembers>; kindOf(user: string): Promise<Described> } {
  const everybody: Listing = { cursor: null }
  const known = new Map<string, { readonly kind: Kind; readonly until: number }>()
  const fresh = (id: string) => {
    const held = known.get(id)
    return held !== undefined && held.until > elapsed() ? held.kind : null
  }
  const learn = (user: unknown, workspace: string) => {
    const id = textOf(user, 'id')
    const kind = kindIn(user, workspace)
    if (id !== null && kind !== null) known.set(id, { kind, until: elapsed() + KNOWN_MS })
  }
  const learnAll = async (ids: readonly string[], workspace: string): Promise<string | null> => {
    if (ids.filter((id) => fresh(id) === null).length > ONE_BY_ONE) {
      const why = await learnEverybody(call, everybody, (user) => learn(user, workspace))
      if (why !== null) return why
    }
    const left = ids.filter((id) => fresh(id) === null).slice(0, ONE_BY_ONE)
    return learnEach(call, left, (user) => learn(user, workspace))
  }
  return {
    async of(channel) {
      const { workspace, self } = await app()
      const { ids, why: unlisted, all } = await membersOf(call, channel)
      const members = ids.filter((id) => id !== self)
      const why = unlisted ?? (await learnAll(members, workspace))
      const kinds = members.flatMap((id) => fresh(id) ?? [])
      return {
        guests: kinds.filter((kind) => kind === 'guest').length,
        outsiders: kinds.filter((kind) => kind === 'outsider').length,
        seen: kinds.length,
        complete: all && kinds.length === members.length,
        why,
      }
    },
    async kindOf(user) {
      const held = fresh(user)
      if (held !== null) return { kind: held, why: null }
      const { workspace } = await app()
      const asked = await ask(call, 'users.info', { user })
      if (!asked.ok) return { kind: null, why: asked.why }
      learn(fieldOf(asked.answer, 'user'), workspace)
      return { kind: fresh(user), why: null }
    },
  }
}

async function membersOf(call: Call, channel: string) {
  const ids: string[] = []
  let cursor: string | null = null
  for (let pages = 0; pages < MOST_MEMBER_PAGES; pages += 1) {
    const listed = await ask(call, 'conversations.members', {
      channel,
      limit: MEMBERS_A_PAGE,
      ...(cursor === null ? {} : { cursor }),
    })
    if (!listed.ok) return { ids, all: false, why: listed.why }
    const { members, response_metadata: more } = listed.answer
    if (!isListOf<string>(members, (id) => typeof id === 'string'))
      return { ids, all: false, why: UNREAD }
    ids.push(...members)
    cursor = textOf(more, 'next_cursor')
    if (cursor === null) return { ids, all: true, why: null }
  }
  return { ids, all: false, why: null }
}

/** Where the list of everybody broke off; the next look goes on there. */
interface Listing {
  cursor: string | null
}

/**
 * Stops where Slack refuses to go on, and says why. Slack allows twenty pages a minute: begun anew
 * each time, the list of a large workspace would never come to its end.
 */
async function learnEverybody(
  call: Call,
  listing: Listing,
  learn: (user: unknown) => void,
): Promise<string | null> {
  for (let pages = 0; pages < MOST_PEOPLE_PAGES; pages += 1) {
    const { cursor } = listing
    const listed = await ask(call, 'users.list', {
      limit: MEMBERS_A_PAGE,
      ...(cursor === null ? {} : { cursor }),
    })
    if (!listed.ok) {
      if (listed.code === 'invalid_cursor') listing.cursor = null
      return listed.why
    }
    const { members, response_metadata: more } = listed.answer
    if (!isListOf(members, (user) => textOf(user, 'id') !== null)) return UNREAD
    members.forEach(learn)
    listing.cursor = textOf(more, 'next_cursor')
    if (listing.cursor === null) return null
  }
  listing.cursor = null
  return null
}

/** The reason where an answer lacks its list: that is not the same as an empty one. */
export const UNREAD = 'Slack answered without a list of people'

export function isListOf<Item>(list: unknown, isOne: (item: unknown) => boolean): list is Item[] {
  return Array.isArray(list) && list.every(isOne)
}

async function learnEach(
  call: Call,
  ids: readonly string[],
  learn: (user: unknown) => void,
): Promise<string | null> {
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const asked = await Promise.all(
      ids.slice(from, from + AT_ONCE).map((user) => ask(call, 'users.info', { user })),
    )
    for (const about of asked) if (about.ok) learn(fieldOf(about.answer, 'user'))
    for (const about of asked) {
      // One whom Slack does not know says nothing of the others.
      if (!about.ok && about.code !== 'user_not_found') return about.why
    }
  }
  return null
}

/** Null where Slack leaves out what would say so: somebody undescribed is no colleague yet. */
export function kindIn(user: unknown, workspace: string): Kind | null {
  const team = textOf(user, 'team_id')
  if ((team !== null && team !== workspace) || fieldOf(user, 'is_stranger') === true) {
    return 'outsider'
  }
  const isGuest =
    fieldOf(user, 'is_restricted') === true || fieldOf(user, 'is_ultra_restricted') === true
  if (isGuest) return 'guest'
  return team === null ? null : 'member'
}
