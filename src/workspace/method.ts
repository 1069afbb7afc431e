/** What the methods of the Web API share: what they see, and how they answer. */
import type { Ledger } from './ledger.ts'
import type { Pace } from './pace.ts'
import type { Places, Scope } from './places.ts'
import type { Arguments } from './request.ts'

/** What a method may look at and change. */
export interface Scene {
  readonly places: Places
  readonly ledger: Ledger
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
  /** Any of these lets the call through; none are needed where the list is empty. */
  readonly scopes: readonly Scope[]
  readonly answer: (args: Arguments, scene: Scene) => Answer
}

export function refusal(error: string, detail?: string): Answer {
  return detail === undefined
    ? { ok: false, error }
    : { ok: false, error, response_metadata: { messages: [`[ERROR] ${detail}`] } }
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
