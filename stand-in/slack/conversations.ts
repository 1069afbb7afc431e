/** conversations.list, info, members, history, replies, join, open. */
import { type Answer, type Arguments, refusal } from './http.ts'
import { lacksScope, type Method, page, type StandInState } from './method.ts'
import { asSlackShows } from './methods.ts'
import type { Channel, PostedMessage } from './state.ts'

export const list: Method = {
  scopes: ['channels:read', 'groups:read'],
  answer(args, state) {
    const { places, longestPage } = state
    const types = (args.text('types') ?? 'public_channel').split(',')
    for (const type of types) {
      const lacking = lacksScope(
        { user: null, isPrivate: type === 'private_channel' },
        'read',
        state,
      )
      if (lacking !== null) return lacking
    }
    const hidden = args.flag('exclude_archived')
    const shown = places.channels.filter(
      (channel) =>
        channel.user === null &&
        types.includes(channel.isPrivate ? 'private_channel' : 'public_channel') &&
        (!channel.isPrivate || channel.member) &&
        !(hidden && channel.archived),
    )
    const part = page(shown, args, longestPage)
    if (part === null) return refusal('invalid_cursor')
    return {
      ok: true,
      channels: part.items.map(describe),
      response_metadata: { next_cursor: part.nextCursor },
    }
  },
}

export const info: Method = {
  scopes: ['channels:read', 'groups:read'],
  answer: (args, state) =>
    visible(args, state, 'read', (channel) => {
      const counted = args.flag('include_num_members')
        ? { num_members: state.places.membersOf(channel).length }
        : {}
      return { ok: true, channel: { ...describe(channel), ...counted } }
    }),
}

export const members: Method = {
  scopes: ['channels:read', 'groups:read'],
  answer: (args, state) =>
    visible(args, state, 'read', (channel) => {
      const part = page(state.places.membersOf(channel), args, state.longestPage)
      if (part === null) return refusal('invalid_cursor')
      return {
        ok: true,
        members: part.items,
        response_metadata: { next_cursor: part.nextCursor },
      }
    }),
}

export const history: Method = {
  scopes: ['channels:history', 'groups:history', 'im:history'],
  answer: (args, state) =>
    readable(args, state, (channel) => {
      const shown = state.ledger
        .inChannel(channel.id)
        .filter((message) => message.threadTs === null || message.broadcast)
        .toReversed()
      return messages(shown, args, state)
    }),
}

export const replies: Method = {
  scopes: ['channels:history', 'groups:history', 'im:history'],
  answer: (args, state) =>
    readable(args, state, (channel) => {
      const ts = args.text('ts')
      const thread = state.ledger
        .inChannel(channel.id)
        .filter((message) => message.ts === ts || message.threadTs === ts)
      return thread.length === 0 ? refusal('thread_not_found') : messages(thread, args, state)
    }),
}

export const join: Method = {
  scopes: ['channels:join'],
  answer(args, state) {
    const channel = state.places.visible(args.text('channel'))
    if (channel === null) return refusal('channel_not_found')
    if (channel.isPrivate) return refusal('method_not_supported_for_channel_type')
    if (channel.archived) return refusal('is_archived')
    state.places.join(channel)
    return { ok: true, channel: describe(channel) }
  },
}

export const open: Method = {
  scopes: ['im:write'],
  answer(args, { places }) {
    const user = places.users.find(({ id }) => id === args.text('users'))
    if (user === undefined) return refusal('user_not_found')
    return user.deleted
      ? refusal('user_disabled')
      : { ok: true, channel: { id: places.direct(user).id } }
  },
}

/** History is only for members; names are not taken here. */
function readable(
  args: Arguments,
  state: StandInState,
  read: (channel: Channel) => Answer,
): Answer {
  return visible(args, state, 'history', (channel) =>
    channel.member ? read(channel) : refusal('not_in_channel'),
  )
}

function visible(
  args: Arguments,
  state: StandInState,
  right: 'read' | 'history',
  read: (channel: Channel) => Answer,
): Answer {
  const channel = state.places.visible(args.text('channel'))
  if (channel === null) return refusal('channel_not_found')
  return lacksScope(channel, right, state) ?? read(channel)
}

function messages(found: readonly PostedMessage[], args: Arguments, state: StandInState): Answer {
  const oldest = args.number('oldest', 0)
  const latest = args.number('latest', Number.POSITIVE_INFINITY)
  const visibleUntil = state.now() - state.historyLagMs
  const within = found.filter(
    ({ ts, at }) => Number(ts) > oldest && Number(ts) < latest && at <= visibleUntil,
  )
  const part = page(within, args, state.longestPage)
  if (part === null) return refusal('invalid_cursor')
  const replies = repliesIn(found[0]?.channel ?? '', state)
  const threadOf = ({ ts }: PostedMessage) => {
    const count = replies.get(ts)
    return count === undefined ? {} : { thread_ts: ts, reply_count: count }
  }
  return {
    ok: true,
    messages: part.items.map((message) => ({
      ...asSlackShows(message, args.flag('include_all_metadata')),
      ...threadOf(message),
    })),
    has_more: part.nextCursor !== '',
    response_metadata: { next_cursor: part.nextCursor },
  }
}

/** How many replies each message of a channel has, by its ts. */
function repliesIn(channel: string, { ledger }: StandInState): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { threadTs } of ledger.inChannel(channel)) {
    if (threadTs !== null) counts.set(threadTs, (counts.get(threadTs) ?? 0) + 1)
  }
  return counts
}

function describe(channel: Channel): Record<string, unknown> {
  const isDirect = channel.user !== null
  return {
    id: channel.id,
    ...(isDirect ? { user: channel.user } : { name: channel.name }),
    is_channel: !channel.isPrivate,
    is_group: channel.isPrivate && !isDirect,
    is_private: channel.isPrivate,
    is_im: isDirect,
    is_member: channel.member,
    is_archived: channel.archived,
    is_shared: channel.isShared,
    is_ext_shared: channel.isShared,
    is_org_shared: false,
  }
}
