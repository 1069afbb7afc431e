/** conversations.list, info, history, replies, join, open. */
import { asSlackShows } from './chat.ts'
import type { PostedMessage } from './ledger.ts'
import { type Answer, type Method, page, refusal, type Scene } from './method.ts'
import type { Channel } from './places.ts'
import type { Arguments } from './request.ts'

export const list: Method = {
  scopes: ['channels:read', 'groups:read'],
  answer(args, { places, longestPage }) {
    const types = (args.text('types') ?? 'public_channel').split(',')
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
  answer(args, { places }) {
    const channel = places.visible(args.text('channel'))
    return channel === null
      ? refusal('channel_not_found')
      : { ok: true, channel: describe(channel) }
  },
}

export const history: Method = {
  scopes: ['channels:history', 'groups:history', 'im:history'],
  answer(args, scene) {
    return readable(args, scene, (channel) => {
      const shown = scene.ledger
        .inChannel(channel.id)
        .filter((message) => message.threadTs === null || message.broadcast)
        .toReversed()
      return messages(shown, args, scene)
    })
  },
}

export const replies: Method = {
  scopes: ['channels:history', 'groups:history', 'im:history'],
  answer(args, scene) {
    return readable(args, scene, (channel) => {
      const ts = args.text('ts')
      const thread = scene.ledger
        .inChannel(channel.id)
        .filter((message) => message.ts === ts || message.threadTs === ts)
      return thread.length === 0 ? refusal('thread_not_found') : messages(thread, args, scene)
    })
  },
}

export const join: Method = {
  scopes: ['channels:join'],
  answer(args, { places }) {
    const channel = places.visible(args.text('channel'))
    if (channel === null) return refusal('channel_not_found')
    if (channel.isPrivate) return refusal('method_not_supported_for_channel_type')
    if (channel.archived) return refusal('is_archived')
    channel.member = true
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
function readable(args: Arguments, { places }: Scene, read: (channel: Channel) => Answer): Answer {
  const channel = places.visible(args.text('channel'))
  if (channel === null) return refusal('channel_not_found')
  return channel.member ? read(channel) : refusal('not_in_channel')
}

function messages(found: readonly PostedMessage[], args: Arguments, scene: Scene): Answer {
  const oldest = args.number('oldest', 0)
  const latest = args.number('latest', Number.POSITIVE_INFINITY)
  const visibleUntil = scene.now() - scene.historyLagMs
  const within = found.filter(
    ({ ts, at }) => Number(ts) > oldest && Number(ts) < latest && at <= visibleUntil,
  )
  const part = page(within, args, scene.longestPage)
  if (part === null) return refusal('invalid_cursor')
  return {
    ok: true,
    messages: part.items.map((message) => asSlackShows(message, args.flag('include_all_metadata'))),
    has_more: part.nextCursor !== '',
    response_metadata: { next_cursor: part.nextCursor },
  }
}

function describe(channel: Channel): Record<string, unknown> {
  return {
    id: channel.id,
    name: channel.name,
    is_channel: !channel.isPrivate,
    is_private: channel.isPrivate,
    is_im: channel.user !== null,
    is_member: channel.member,
    is_archived: channel.archived,
  }
}
