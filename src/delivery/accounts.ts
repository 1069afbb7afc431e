/** People's Slack accounts: whether one is still open, and whose an address is. */
import { ask, fieldOf, textOf } from './ask.ts'
import type { Call } from './call.ts'

/** `unknown`: Slack did not say; then somebody is mentioned all the same. */
export type Account = 'open' | 'closed' | 'unknown'

export interface Accounts {
  of(user: string): Promise<Account>
  /** The member behind an address; null where there is none, or Slack does not say. */
  byEmail(email: string): Promise<Member | null>
}

export interface Member {
  readonly id: string
  readonly name: string | null
}

const REMEMBERED_MS = 60 * 60_000
/** What Slack did not answer is asked again soon, and an account that is closed may open again. */
const SHORT_MS = 60_000

/** Each account is asked for once an hour, in milliseconds of a monotonic clock. Never throws. */
export function accounts(call: Call, elapsed: () => number): Accounts {
  const states = remembered<Account>(elapsed, (found) => found !== 'open')
  const members = remembered<Found>(elapsed, ({ sure }) => !sure)
  return {
    of: (user) =>
      states(user, async () => {
        const asked = await ask(call, 'users.info', { user })
        if (!asked.ok) return 'unknown'
        return fieldOf(fieldOf(asked.answer, 'user'), 'deleted') === true ? 'closed' : 'open'
      }),
    async byEmail(email) {
      const { member } = await members(email, async () => {
        const asked = await ask(call, 'users.lookupByEmail', { email })
        if (!asked.ok) return { member: null, sure: asked.code === 'users_not_found' }
        return { member: memberIn(fieldOf(asked.answer, 'user')), sure: true }
      })
      return member
    },
  }
}

interface Found {
  readonly member: Member | null
  readonly sure: boolean
}

/** The member that Slack describes; null for whoever may answer for no contract. */
export function memberIn(user: unknown): Member | null {
  const id = textOf(user, 'id')
  if (id === null || SIGNS.some((sign) => fieldOf(user, sign) === true)) return null
  return { id, name: textOf(fieldOf(user, 'profile'), 'real_name') ?? textOf(user, 'real_name') }
}

/** Guests, bots, strangers and closed accounts answer for no contract. */
const SIGNS = ['is_restricted', 'is_ultra_restricted', 'is_bot', 'is_stranger', 'deleted'] as const

function remembered<Value>(
  elapsed: () => number,
  isShort: (value: Value) => boolean,
): (key: string, read: () => Promise<Value>) => Promise<Value> {
  const held = new Map<string, { readonly value: Promise<Value>; until: number }>()
  return (key, read) => {
    const before = held.get(key)
    if (before !== undefined && before.until > elapsed()) return before.value
    const entry = { value: read(), until: elapsed() + REMEMBERED_MS }
    held.set(key, entry)
    void entry.value.then((value) => {
      if (isShort(value)) entry.until = elapsed() + SHORT_MS
    })
    return entry.value
  }
}
