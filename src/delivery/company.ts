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

export interface OwnApp {
  /** The workspace's id, empty where it is not known. */
  readonly workspace: string
  /** The app's own user, who is no stranger in any channel. */
  readonly self: string | null
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
): { of(channel: string): Promise<Company>; kindOf(user: string): Promise<Kind | null> } {
  const known = new Map<string, { readonly kind: Kind; readonly until: number }>()
  const fresh = (id: string) => {
    const held = known.get(id)
    return held !== undefined && held.until > elapsed() ? held.kind : null
  }
  const learn = (user: unknown, workspace: string) => {
    const id = textOf(user, 'id')
    if (id !== null) known.set(id, { kind: kindIn(user, workspace), until: elapsed() + KNOWN_MS })
  }
  const learnAll = async (ids: readonly string[], workspace: string): Promise<string | null> => {
    if (ids.filter((id) => fresh(id) === null).length > ONE_BY_ONE) {
      const why = await learnEverybody(call, (user) => learn(user, workspace))
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
      const { workspace } = await app()
      await learnAll([user], workspace)
      return fresh(user)
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
    if (Array.isArray(members)) ids.push(...members.filter((id) => typeof id === 'string'))
    cursor = textOf(more, 'next_cursor')
    if (cursor === null) return { ids, all: true, why: null }
  }
  return { ids, all: false, why: null }
}

/** Stops where Slack refuses to go on, and says why. */
async function learnEverybody(call: Call, learn: (user: unknown) => void): Promise<string | null> {
  let cursor: string | null = null
  for (let pages = 0; pages < MOST_PEOPLE_PAGES; pages += 1) {
    const listed = await ask(call, 'users.list', {
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    })
    if (!listed.ok) return listed.why
    const { members, response_metadata: more } = listed.answer
    if (Array.isArray(members)) members.forEach(learn)
    cursor = textOf(more, 'next_cursor')
    if (cursor === null) return null
  }
  return null
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

function kindIn(user: unknown, workspace: string): Kind {
  const team = textOf(user, 'team_id')
  const isElsewhere = team !== null && workspace !== '' && team !== workspace
  if (isElsewhere || fieldOf(user, 'is_stranger') === true) return 'outsider'
  const isGuest =
    fieldOf(user, 'is_restricted') === true || fieldOf(user, 'is_ultra_restricted') === true
  return isGuest ? 'guest' : 'member'
}
