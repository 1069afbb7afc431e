/** What a person sees after an act. */
import type { Change } from '../changes.ts'
import type { EphemeralMessage, PostedMessage } from '../ledger.ts'
import type { User } from '../people.ts'
import type { Failure } from '../transport.ts'
import type { ShownView } from '../views.ts'
import type { Stage } from './stage.ts'

/** Why the act itself failed, as Slack's client would tell the person. */
export type Problem =
  | Failure
  /** No such command, or the app may not have any. */
  | 'invalid_command'
  /** The app answered with something that Slack does not take. */
  | 'invalid_response'

export interface Seen {
  readonly problem: Problem | null
  /** What stands at the fields of the modal, by block id. */
  readonly errors: Readonly<Record<string, string>>
  /** Messages to this person alone, new or changed since the act began. */
  readonly ephemerals: readonly EphemeralMessage[]
  /** Messages in the person's channels, new or changed since the act began. */
  readonly messages: readonly PostedMessage[]
  /** Messages that went away. */
  readonly removed: readonly (PostedMessage | EphemeralMessage)[]
  /** The modal that is now open. */
  readonly modal: ShownView | null
  /** The app's Home as it now is. */
  readonly home: ShownView | null
}

export type Outcome = Pick<Seen, 'problem' | 'errors'>

export const DONE: Outcome = { problem: null, errors: {} }

export function failed(problem: Problem): Outcome {
  return { problem, errors: {} }
}

/** Carries an act out and tells what the person saw of it once the app has come to rest. */
export async function watchAct(
  stage: Stage,
  user: User,
  act: () => Promise<Outcome>,
): Promise<Seen> {
  const changes: Change[] = []
  const stop = stage.changes.listen((change) => {
    if (concerns(change, user, stage)) changes.push(change)
  })
  try {
    const outcome = await act()
    await stage.rest(() => changes.length)
    return { ...outcome, ...collected(changes, user, stage) }
  } finally {
    stop()
  }
}

function concerns(change: Change, user: User, { places }: Stage): boolean {
  switch (change.kind) {
    case 'message':
    case 'message-removed': {
      const channel = places.channels.find(({ id }) => id === change.message.channel)
      return channel !== undefined && places.isIn(channel, user)
    }
    case 'ephemeral':
    case 'ephemeral-removed':
      return change.message.user === user.id
    case 'modal':
    case 'home':
      return change.user === user.id
    case 'channel':
    case 'file':
      return false
  }
}

function collected(
  changes: readonly Change[],
  user: User,
  { views }: Stage,
): Omit<Seen, 'problem' | 'errors'> {
  const messages = new Map<string, PostedMessage>()
  const ephemerals = new Map<string, EphemeralMessage>()
  const removed: (PostedMessage | EphemeralMessage)[] = []
  for (const change of changes) {
    switch (change.kind) {
      case 'message':
        messages.set(change.message.ts, change.message)
        break
      case 'ephemeral':
        ephemerals.set(change.message.ts, change.message)
        break
      case 'message-removed':
      case 'ephemeral-removed':
        messages.delete(change.message.ts)
        ephemerals.delete(change.message.ts)
        removed.push(change.message)
        break
      default:
    }
  }
  return {
    ephemerals: [...ephemerals.values()],
    messages: [...messages.values()],
    removed,
    modal: views.modal(user.id),
    home: views.home(user.id),
  }
}
