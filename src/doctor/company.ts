/** Who else is in a channel: guests, and people of other organisations. */
import type { Answer, Call } from '../delivery/call.ts'
import { ask, fieldOf, textOf } from './ask.ts'

export interface Company {
  readonly guests: number
  readonly outsiders: number
  /** How many were looked at, and whether that is everybody. */
  readonly seen: number
  readonly complete: boolean
  /** Why nobody, or not everybody, could be looked at. */
  readonly why: string | null
}

/** One page: enough for a team's channel, and some seconds for a large one. */
const MOST_MEMBERS = 200
const AT_ONCE = 5

/** A function that looks at the members of a channel; each person is looked up once. */
export function company(call: Call, workspace: string): (channel: string) => Promise<Company> {
  const known = new Map<string, Kind>()
  return async (channel) => {
    const listed = await ask(call, 'conversations.members', { channel, limit: MOST_MEMBERS })
    if (!listed.ok) return { ...NOBODY, complete: false, why: listed.why }
    const members = membersIn(listed.answer)
    const why = await lookUp(call, workspace, members, known)
    const kinds = members.flatMap((id) => known.get(id) ?? [])
    const cursor = textOf(listed.answer.response_metadata, 'next_cursor')
    return {
      guests: kinds.filter((kind) => kind === 'guest').length,
      outsiders: kinds.filter((kind) => kind === 'outsider').length,
      seen: kinds.length,
      complete: cursor === null && kinds.length === members.length,
      why,
    }
  }
}

type Kind = 'member' | 'guest' | 'outsider'
const NOBODY: Company = { guests: 0, outsiders: 0, seen: 0, complete: true, why: null }

/** Fills in those who are not known yet; stops where Slack refuses to go on, and says why. */
async function lookUp(
  call: Call,
  workspace: string,
  members: readonly string[],
  known: Map<string, Kind>,
): Promise<string | null> {
  const unknown = members.filter((id) => !known.has(id))
  for (let from = 0; from < unknown.length; from += AT_ONCE) {
    const asked = await Promise.all(
      unknown.slice(from, from + AT_ONCE).map(async (user) => ({
        user,
        about: await ask(call, 'users.info', { user }),
      })),
    )
    for (const { user, about } of asked) {
      if (about.ok) known.set(user, kindOf(fieldOf(about.answer, 'user'), workspace))
    }
    for (const { about } of asked) {
      // One whom Slack does not know says nothing of the others.
      if (!about.ok && about.code !== 'user_not_found') return about.why
    }
  }
  return null
}

function membersIn(answer: Answer): string[] {
  const { members } = answer
  return Array.isArray(members)
    ? members.filter((id) => typeof id === 'string').slice(0, MOST_MEMBERS)
    : []
}

function kindOf(user: unknown, workspace: string): Kind {
  const team = textOf(user, 'team_id')
  const isElsewhere = team !== null && workspace !== '' && team !== workspace
  if (isElsewhere || fieldOf(user, 'is_stranger') === true) return 'outsider'
  const isGuest =
    fieldOf(user, 'is_restricted') === true || fieldOf(user, 'is_ultra_restricted') === true
  return isGuest ? 'guest' : 'member'
}
