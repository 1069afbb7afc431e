/** Where on the page somebody is: who they are, which conversation, which thread. */
import type { User } from '../people.ts'
import type { Channel } from '../places.ts'
import type { Persona, Stand } from './stand.ts'

export interface Place {
  readonly persona: Persona
  readonly user: User
  /** Null: the app's Home. */
  readonly channel: Channel | null
  /** The ts of the thread's first message; null where none is open. */
  readonly thread: string | null
  /** How many messages are shown. */
  readonly most: number
}

/** Shown at first, and more with each request for more. */
const MESSAGES_SHOWN = 40

export const HOME = 'home'

/** Reads an address; what it names wrongly becomes what is shown first. */
export function readPlace(search: URLSearchParams, stand: Stand): Place {
  const { personas, workspace } = stand
  const persona = personas.find(({ id }) => id === search.get('as')) ?? personas[0]
  if (persona === undefined) throw new Error('The page has nobody to be.')
  const { places } = workspace
  const user = places.person(persona.id)
  const named = search.get('in') ?? persona.channel
  const all = Number(search.get('most'))
  const channel =
    named === HOME
      ? null
      : (channelsOf(user, stand).find(({ id }) => id === named) ?? places.channel(persona.channel))
  const thread = search.get('thread')
  return {
    persona,
    user,
    channel,
    thread:
      channel !== null && thread !== null && hasMessage(stand, channel, thread) ? thread : null,
    most: Number.isInteger(all) && all > 0 ? Math.min(all, 2000) : MESSAGES_SHOWN,
  }
}

/** The channels that the person is in, the direct conversation with the app last. */
export function channelsOf(user: User, { workspace: { places } }: Stand): readonly Channel[] {
  const shared = places.channels.filter((one) => one.user === null && places.isIn(one, user))
  return [...shared, places.direct(user)]
}

/** An address of the page. */
export function addressOf(
  { persona, channel, thread, most }: Place,
  change: {
    readonly as?: string
    readonly in?: string
    readonly thread?: string | null
    readonly most?: number
  } = {},
): string {
  const search = new URLSearchParams({
    as: change.as ?? persona.id,
    in: change.in ?? channel?.id ?? HOME,
  })
  const open = change.thread === undefined ? thread : change.thread
  if (open !== null && change.in === undefined) search.set('thread', open)
  const shown = change.most ?? most
  if (shown !== MESSAGES_SHOWN && change.in === undefined) search.set('most', String(shown))
  return `/?${search}`
}

function hasMessage({ workspace }: Stand, channel: Channel, ts: string): boolean {
  return workspace.ledger.message(channel.id, ts) !== null
}
