/** Who reads what is posted to a destination: only colleagues, or others as well. */
import { ask, fieldOf, textOf } from './ask.ts'
import type { Call } from './call.ts'
import { isPersonId } from './channel-book.ts'
import { company, type Kind, type OwnApp } from './company.ts'

/** `unknown` is treated as `others`: what is confidential waits until somebody can say. */
export type Readers = 'own' | 'others' | 'unknown'

/** A channel may be shared, and a guest come in, at any moment. */
const REMEMBERED_MS = 5 * 60_000
/** What could not be found out is asked again soon. */
const UNKNOWN_MS = 30_000

export interface ReadershipOptions {
  readonly call: Call
  readonly app: () => Promise<OwnApp>
  /** The id of a destination, or null where it is not to be had. */
  readonly idOf: (destination: string) => Promise<string | null>
  /** Milliseconds of a monotonic clock. */
  readonly elapsed: () => number
}

/** A function that says who reads a destination, remembered for five minutes. Never throws. */
export function readership(options: ReadershipOptions): (destination: string) => Promise<Readers> {
  const { call, app, idOf, elapsed } = options
  const held = new Map<string, { readonly readers: Promise<Readers>; until: number }>()
  const people = company(call, app, elapsed)

  const look = async (destination: string): Promise<Readers> => {
    // Without knowing whose workspace it is, nobody can be told from a stranger.
    if ((await app()).workspace === '') return 'unknown'
    if (isPersonId(destination)) return readerOf(await people.kindOf(destination))
    const channel = await idOf(destination)
    if (channel === null) return 'unknown'
    const asked = await ask(call, 'conversations.info', { channel })
    if (!asked.ok) return 'unknown'
    const about = fieldOf(asked.answer, 'channel')
    const person = textOf(about, 'user')
    if (person !== null) return readerOf(await people.kindOf(person))
    if (SHARED.some((sign) => isSet(fieldOf(about, sign)))) return 'others'
    const { guests, outsiders, complete } = await people.of(channel)
    if (guests + outsiders > 0) return 'others'
    return complete ? 'own' : 'unknown'
  }
  return (destination) => {
    const before = held.get(destination)
    if (before !== undefined && before.until > elapsed()) return before.readers
    const readers = look(destination).catch((): Readers => 'unknown')
    const entry = { readers, until: elapsed() + REMEMBERED_MS }
    held.set(destination, entry)
    void readers.then((found) => {
      if (found === 'unknown') entry.until = elapsed() + UNKNOWN_MS
    })
    return readers
  }
}

function readerOf(kind: Kind | null): Readers {
  if (kind === null) return 'unknown'
  return kind === 'member' ? 'own' : 'others'
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
