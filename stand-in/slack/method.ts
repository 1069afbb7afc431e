/** What the methods of the Web API share: what they see, and how they answer. */
import type { Triggers } from './delivery.ts'
import { type Answer, type Arguments, refusal } from './http.ts'
import type { Sockets } from './sockets.ts'
import type { Channel, Ledger, Pace, Scope, WorkspaceDirectory } from './state.ts'
import type { Views } from './views.ts'

export interface StandInState {
  readonly places: WorkspaceDirectory
  readonly ledger: Ledger
  readonly views: Views
  readonly triggers: Triggers
  readonly sockets: Sockets
  readonly pace: Pace
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** How long history keeps an accepted message back. */
  readonly historyLagMs: number
  /** Pages are never longer than this, whatever the caller asks for. */
  readonly longestPage: number
  readonly url: () => string
}

export interface Method {
  /** Whose token it takes: the bot's, unless it says the app's own. */
  readonly token?: 'app'
  /** Any of these lets the call through; none are needed where the list is empty. */
  readonly scopes: readonly Scope[]
  readonly answer: (args: Arguments, state: StandInState) => Answer
}

export function missingScope(needed: readonly Scope[], { places }: StandInState): Answer {
  return {
    ...refusal('missing_scope'),
    needed: needed.join(','),
    provided: [...places.scopes].join(','),
  }
}

/** The refusal of what needs another scope in this kind of channel; null where it is granted. */
export function lacksScope(
  { user, isPrivate }: Pick<Channel, 'user' | 'isPrivate'>,
  right: 'read' | 'history',
  state: StandInState,
): Answer | null {
  // Opening a direct conversation says all there is to know about it.
  if (user !== null && right === 'read') return null
  const kind =
    user !== null ? 'im:history' : (`${isPrivate ? 'groups' : 'channels'}:${right}` as const)
  return state.places.scopes.has(kind) ? null : missingScope([kind], state)
}

/** One page of a list, and the cursor of the next where there is one. */
export function page<Item>(
  items: readonly Item[],
  args: Arguments,
  longest: number,
): { readonly items: readonly Item[]; readonly nextCursor: string } | null {
  const cursor = args.text('cursor')
  const from = cursor === null ? 0 : Number(/^page:(\d+)$/.exec(cursor)?.[1] ?? Number.NaN)
  if (Number.isNaN(from)) return null
  const to = from + Math.max(1, Math.min(args.number('limit', 100), longest))
  return { items: items.slice(from, to), nextCursor: to < items.length ? `page:${to}` : '' }
}
