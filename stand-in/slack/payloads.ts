/** What Slack sends to the app when somebody acts, and what that person then sees. */
import { randomUUID } from 'node:crypto'
import type { Failure, Payload, PostOffice, ResponseUrls } from './delivery.ts'
import type { StandInState } from './method.ts'
import { asSlackShows } from './methods.ts'
import {
  APP,
  type Changes,
  type Channel,
  type EphemeralMessage,
  type PostedMessage,
  type ShownView,
  type User,
  type Values,
  type WorkspaceEvent,
} from './state.ts'
import type { Field } from './validate.ts'
import { asSlackShowsView } from './views.ts'

export type Surface = PostedMessage | EphemeralMessage | ShownView

interface Answerable {
  readonly triggerId: string
  readonly responseUrl: string
}

const VERIFICATION = { token: 'stand-in', api_app_id: APP.id } as const

export function commandPayload(
  user: User,
  channel: Channel,
  command: string,
  text: string,
  { triggerId, responseUrl }: Answerable,
): Payload {
  return {
    type: 'slash_commands',
    body: {
      ...VERIFICATION,
      team_id: user.teamId,
      team_domain: APP.teamDomain,
      channel_id: channel.id,
      channel_name: channelName(channel),
      user_id: user.id,
      user_name: user.name,
      command,
      text,
      is_enterprise_install: 'false',
      response_url: responseUrl,
      trigger_id: triggerId,
    },
  }
}

/** A command is told no more of a private conversation than its kind. */
function channelName({ user, isPrivate, name }: Channel): string {
  if (user !== null) return 'directmessage'
  return isPrivate ? 'privategroup' : name
}

export function actionPayload(
  user: User,
  surface: Surface,
  channel: Channel | null,
  field: Field,
  held: Readonly<Record<string, unknown>>,
  values: Values,
  {
    triggerId,
    responseUrl,
    actionTs,
  }: {
    readonly triggerId: string
    readonly responseUrl: string | null
    /** Tells this act from every other. */
    readonly actionTs: string
  },
): Payload {
  const action = {
    action_id: field.actionId,
    block_id: field.blockId,
    type: field.element.type,
    ...held,
    action_ts: actionTs,
  }
  return interactive('block_actions', user, {
    trigger_id: triggerId,
    ...placeOf(surface, channel),
    ...(responseUrl === null ? {} : { state: { values }, response_url: responseUrl }),
    actions: [action],
  })
}

/** What was typed into a menu whose options the app answers with. */
export function suggestionPayload(
  user: User,
  surface: Surface,
  channel: Channel | null,
  { actionId, blockId }: Field,
  value: string,
): Payload {
  return interactive('block_suggestion', user, {
    ...placeOf(surface, channel),
    ...{ action_id: actionId, block_id: blockId, value },
  })
}

export function submissionPayload(user: User, view: ShownView, triggerId: string): Payload {
  return interactive('view_submission', user, {
    trigger_id: triggerId,
    view: asSlackShowsView(view),
    response_urls: [],
  })
}

export function shortcutPayload(user: User, callbackId: string, triggerId: string): Payload {
  return interactive('shortcut', user, {
    trigger_id: triggerId,
    callback_id: callbackId,
    action_ts: String(Date.parse('2026-11-23') / 1000),
  })
}

export function closedPayload(user: User, view: ShownView, cleared: boolean): Payload {
  return interactive('view_closed', user, { view: asSlackShowsView(view), is_cleared: cleared })
}

/** @param at milliseconds since 1970. */
export function eventPayload(event: Readonly<Record<string, unknown>>, at: number): Payload {
  return {
    type: 'events_api',
    body: {
      ...VERIFICATION,
      team_id: APP.team,
      event,
      type: 'event_callback',
      event_id: `Ev${randomUUID().replaceAll('-', '').slice(0, 10).toUpperCase()}`,
      event_time: Math.floor(at / 1000),
      authorizations: [
        {
          enterprise_id: null,
          team_id: APP.team,
          user_id: APP.user,
          is_bot: true,
          is_enterprise_install: false,
        },
      ],
      is_ext_shared_channel: false,
    },
  }
}

function interactive(type: string, user: User, what: Readonly<Record<string, unknown>>): Payload {
  return {
    type: 'interactive',
    body: {
      type,
      user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId },
      team: { id: user.teamId, domain: APP.teamDomain },
      enterprise: null,
      is_enterprise_install: false,
      ...VERIFICATION,
      ...what,
    },
  }
}

/** Where the act took place. Of a message to one person, Slack sends the place but not the text. */
function placeOf(surface: Surface, channel: Channel | null): Record<string, unknown> {
  if (surface.kind === 'view') {
    return {
      container: { type: 'view', view_id: surface.id },
      view: asSlackShowsView(surface),
    }
  }
  const isEphemeral = surface.kind === 'ephemeral'
  return {
    container: {
      type: 'message',
      message_ts: surface.ts,
      channel_id: surface.channel,
      is_ephemeral: isEphemeral,
      ...(surface.threadTs === null ? {} : { thread_ts: surface.threadTs }),
    },
    channel: { id: surface.channel, name: channel === null ? '' : channelName(channel) },
    ...(isEphemeral ? {} : { message: asSlackShows(surface, true) }),
  }
}

/** Why the act itself failed, as Slack's client would tell the person. */
export type Problem =
  | Failure
  /** No such command, or the app may not have any. */
  | 'invalid_command'
  /** The app answered with something that Slack does not take. */
  | 'invalid_response'

export interface ActResult {
  readonly problem: Problem | null
  /** What stands at the fields of the modal, by block id. */
  readonly errors: Readonly<Record<string, string>>
  /** Messages to this person alone, new or changed since the act began. */
  readonly ephemerals: readonly EphemeralMessage[]
  /** Messages in the person's channels, new or changed since the act began. */
  readonly messages: readonly PostedMessage[]
  readonly removed: readonly (PostedMessage | EphemeralMessage)[]
  readonly modal: ShownView | null
  readonly home: ShownView | null
}

export type ActProblems = Pick<ActResult, 'problem' | 'errors'>

export const DONE: ActProblems = { problem: null, errors: {} }

export function failed(problem: Problem): ActProblems {
  return { problem, errors: {} }
}

/** Carries an act out and tells what the person saw of it once the app has come to rest. */
export async function watchAct(
  session: UserSession,
  user: User,
  act: () => Promise<ActProblems>,
): Promise<ActResult> {
  const changes: WorkspaceEvent[] = []
  const stop = session.changes.listen((change) => {
    if (concerns(change, user, session)) changes.push(change)
  })
  try {
    const outcome = await act()
    await session.rest(() => changes.length)
    return { ...outcome, ...collected(changes, user, session) }
  } finally {
    stop()
  }
}

function concerns(change: WorkspaceEvent, user: User, { places }: UserSession): boolean {
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
  changes: readonly WorkspaceEvent[],
  user: User,
  { views }: UserSession,
): Omit<ActResult, 'problem' | 'errors'> {
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

export interface CommandOptions {
  readonly command: string
  /** Mentions come as Slack's ids, and markup is made harmless. */
  readonly shouldEscape: boolean
}

export interface UserSession extends StandInState {
  readonly changes: Changes
  readonly post: PostOffice
  readonly responseUrls: ResponseUrls
  readonly commands: readonly CommandOptions[]
  /** Waits until the app has nothing left to do. @param count of what the person saw so far. */
  readonly rest: (count: () => number) => Promise<void>
}

/** When nobody says when the app has finished: how long to wait for it. */
const FIRST_SIGN_MS = 1000
const QUIET_MS = 40
const LOOK_EVERY_MS = 5

/**
 * Waits for the first thing to see, a second at most, then until nothing has come for a moment.
 * @param elapsed milliseconds of a clock that nobody sets.
 */
export async function restByQuiet(count: () => number, elapsed: () => number): Promise<void> {
  const from = elapsed()
  let last = from
  let seen = count()
  while (elapsed() - (seen === 0 ? from : last) < (seen === 0 ? FIRST_SIGN_MS : QUIET_MS)) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    if (count() !== seen) last = elapsed()
    seen = count()
  }
}
