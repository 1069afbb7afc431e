/** What the methods of the Web API share: what they see, and how they answer. */
import type { Ledger } from './ledger.ts'
import type { Pace } from './pace.ts'
import type { Channel, Places } from './places.ts'
import type { Arguments } from './request.ts'
import type { Scope } from './scopes.ts'
import type { Sockets } from './sockets.ts'
import type { Triggers } from './triggers.ts'
import type { Views } from './views.ts'

/** What a method may look at and change. */
export interface Scene {
  readonly places: Places
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
  /** Where this workspace listens. */
  readonly url: () => string
}

export type Answer =
  | { readonly ok: true; readonly [field: string]: unknown }
  | { readonly ok: false; readonly error: string; readonly [field: string]: unknown }

export interface Method {
  /** Whose token it takes: the bot's, unless it says the app's own. */
  readonly token?: 'app'
  /** Any of these lets the call through; none are needed where the list is empty. */
  readonly scopes: readonly Scope[]
  readonly answer: (args: Arguments, scene: Scene) => Answer
}

/** @param lines what is wrong and where, as Slack adds it for people to read. */
export function refusal(error: string, lines: readonly string[] = []): Answer {
  return lines.length === 0
    ? { ok: false, error }
    : { ok: false, error, response_metadata: { messages: lines } }
}

export function missingScope(needed: readonly Scope[], { places }: Scene): Answer {
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
  scene: Scene,
): Answer | null {
  // Opening a direct conversation says all there is to know about it.
  if (user !== null && right === 'read') return null
  const kind =
    user !== null ? 'im:history' : (`${isPrivate ? 'groups' : 'channels'}:${right}` as const)
  return scene.places.scopes.has(kind) ? null : missingScope([kind], scene)
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
