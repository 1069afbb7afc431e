/** Who is in a channel: colleagues, guests, and people of other organisations. */
import { ask, fieldOf, textOf } from './ask.ts'
import type { Call } from './call.ts'

export interface Company {
  readonly guests: number
  readonly outsiders: number
  /** How many were looked at, and whether that is everybody. */
  readonly seen: number
  readonly complete: boolean
  /** Why nobody, or not everybody, could be looked at. */
  readonly why: string | null
}

/** `kind` is null where Slack does not say; `why` then tells how it answered. */
export interface Described {
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

export type Kind = 'member' | 'guest' | 'outsider'

const PAGE = 1000
/** 20,000 members of one channel, 50,000 people of a workspace: beyond them it stays unknown. */
const MOST_MEMBER_PAGES = 20
const MOST_PEOPLE_PAGES = 50
/** Up to so many strangers are asked for one by one; more are found in the list of everybody. */
const ONE_BY_ONE = 40
const AT_ONCE = 5
/** A colleague seldom becomes a guest; who comes into a channel is looked at each time. */
const KNOWN_MS = 60 * 60_000

/**
 * A function that looks at the members of a channel; a person is looked up once an hour, in
 * milliseconds of a monotonic clock. Never throws: `complete` says whether everybody was seen.
 */
export function company(
  call: Call,
  app: () => Promise<OwnApp>,
  elapsed: () => number,
): { of(channel: string): Promise<Company>; kindOf(user: string): Promise<Described> } {
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

interface Members {
  readonly ids: readonly string[]
  readonly all: boolean
  readonly why: string | null
}

async function membersOf(call: Call, channel: string): Promise<Members> {
  const ids: string[] = []
  let cursor: string | null = null
  for (let pages = 0; pages < MOST_MEMBER_PAGES; pages += 1) {
    const listed = await ask(call, 'conversations.members', {
      channel,
      limit: PAGE,
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
      limit: PAGE,
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

/** An answer without its list is no empty list. */
const UNREAD = 'Slack answered without a list of people'

function isListOf<Item>(list: unknown, isOne: (item: unknown) => boolean): list is Item[] {
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
function kindIn(user: unknown, workspace: string): Kind | null {
  const team = textOf(user, 'team_id')
  if ((team !== null && team !== workspace) || fieldOf(user, 'is_stranger') === true) {
    return 'outsider'
  }
  const isGuest =
    fieldOf(user, 'is_restricted') === true || fieldOf(user, 'is_ultra_restricted') === true
  if (isGuest) return 'guest'
  return team === null ? null : 'member'
}
