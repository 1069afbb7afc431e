/** What Slack sends to the app when somebody acts. */
import { randomUUID } from 'node:crypto'
import { asSlackShows } from '../chat.ts'
import type { Field } from '../fields.ts'
import type { EphemeralMessage, PostedMessage } from '../ledger.ts'
import { APP, type User } from '../people.ts'
import type { Channel } from '../places.ts'
import type { Payload } from '../transport.ts'
import { asSlackShowsView } from '../view-output.ts'
import type { ShownView, Values } from '../views.ts'

export type Surface = PostedMessage | EphemeralMessage | ShownView

/** An act that can be answered. */
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
  return {
    type: 'interactive',
    body: {
      type: 'block_actions',
      ...actor(user),
      ...VERIFICATION,
      trigger_id: triggerId,
      ...placeOf(surface, channel),
      ...(responseUrl === null ? {} : { state: { values }, response_url: responseUrl }),
      actions: [action],
    },
  }
}

export function suggestionPayload(
  user: User,
  surface: Surface,
  channel: Channel | null,
  { actionId, blockId }: Field,
  query: string,
): Payload {
  return {
    type: 'interactive',
    body: {
      type: 'block_suggestion',
      ...actor(user),
      ...VERIFICATION,
      ...placeOf(surface, channel),
      action_id: actionId,
      block_id: blockId,
      value: query,
    },
  }
}

export function submissionPayload(user: User, view: ShownView, triggerId: string): Payload {
  return {
    type: 'interactive',
    body: {
      type: 'view_submission',
      ...actor(user),
      ...VERIFICATION,
      trigger_id: triggerId,
      view: asSlackShowsView(view),
      response_urls: [],
    },
  }
}

export function closedPayload(user: User, view: ShownView, cleared: boolean): Payload {
  return {
    type: 'interactive',
    body: {
      type: 'view_closed',
      ...actor(user),
      ...VERIFICATION,
      view: asSlackShowsView(view),
      is_cleared: cleared,
    },
  }
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

function actor(user: User): Record<string, unknown> {
  return {
    user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId },
    team: { id: user.teamId, domain: APP.teamDomain },
    enterprise: null,
    is_enterprise_install: false,
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
