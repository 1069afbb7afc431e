/** Who reads what is posted to a destination: only colleagues, others as well, or nobody can say. */
import { ask, fieldOf, textOf } from './ask.ts'
import type { Call } from './call.ts'
import { isPersonId } from './channel-book.ts'
import { company, type OwnApp } from './company.ts'
import { sleep } from './sleep.ts'
import { verdictOf } from './verdict.ts'

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

export interface ReadershipOptions {
  readonly call: Call
  readonly app: () => Promise<OwnApp>
  /** The id of a destination, null where Slack has none; throws where Slack did not say. */
  readonly find: (destination: string) => Promise<string | null>
  /** Milliseconds of a monotonic clock. */
  readonly elapsed: () => number
}

/** A function that says who reads a destination, remembered for five minutes. Never throws. */
export function readership(options: ReadershipOptions): (destination: string) => Promise<Readers> {
  const { call, app, find, elapsed } = options
  const held = new Map<string, { readonly readers: Promise<Readers>; until: number }>()
  const people = company(call, app, elapsed)

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
