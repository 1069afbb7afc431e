/** chat.postMessage, postEphemeral, update, delete and getPermalink. */
import { type ContentProblem, contentProblem } from './content/message.ts'
import { pictureProblem } from './content/pictures.ts'
import type { Metadata, PostedMessage } from './ledger.ts'
import { type Method, refusal, type Scene } from './method.ts'
import { APP } from './people.ts'
import type { Channel } from './places.ts'
import { type Arguments, isRecord } from './request.ts'

export const postMessage: Method = {
  scopes: ['chat:write'],
  answer(args, scene) {
    const channel = postable(args, scene)
    if (channel === null) return refusal('channel_not_found')
    if (channel.archived) return refusal('is_archived')
    if (!channel.member && !scene.places.scopes.has('chat:write.public')) {
      return refusal('not_in_channel')
    }
    const problem = problemIn(args) ?? pictureProblem(args.structure('blocks'), scene.places)
    if (problem !== null) return refusal(problem.error, problem.lines)
    const threadTs = args.text('thread_ts')
    if (threadTs !== null && scene.ledger.message(channel.id, threadTs) === null) {
      return refusal('thread_not_found')
    }
    const at = scene.now()
    const wait = scene.pace.exceeded(channel.id, at)
    if (wait !== null) return { ok: false, error: 'ratelimited', retryAfter: wait }
    const posted = scene.ledger.add({
      channel: channel.id,
      threadTs,
      broadcast: threadTs !== null && args.flag('reply_broadcast'),
      ...content(args),
      at,
    })
    return { ok: true, channel: channel.id, ts: posted.ts, message: asSlackShows(posted, true) }
  },
}

export const update: Method = {
  scopes: ['chat:write'],
  answer(args, scene) {
    const channel = scene.places.visible(args.text('channel'))
    if (channel === null) return refusal('channel_not_found')
    const message = scene.ledger.message(channel.id, args.text('ts') ?? '')
    if (message === null) return refusal('message_not_found')
    const metadata = args.structure('metadata')
    const problem = problemIn(args) ?? pictureProblem(args.structure('blocks'), scene.places)
    if (problem !== null) return refusal(problem.error, problem.lines)
    const edited = scene.ledger.edit(
      message,
      // Slack keeps a message's metadata when an update names none.
      {
        ...content(args),
        metadata: metadata === undefined ? message.metadata : content(args).metadata,
      },
      scene.now(),
    )
    return { ok: true, channel: channel.id, ts: edited.ts, text: edited.text }
  },
}

export const postEphemeral: Method = {
  scopes: ['chat:write'],
  answer(args, scene) {
    const channel = postable(args, scene)
    if (channel === null) return refusal('channel_not_found')
    if (channel.archived) return refusal('is_archived')
    if (!channel.member) return refusal('not_in_channel')
    const user = scene.places.users.find(({ id }) => id === args.text('user'))
    if (user === undefined || !scene.places.isIn(channel, user)) {
      return refusal('user_not_in_channel')
    }
    const problem = problemIn(args)
    if (problem !== null) return refusal(problem.error, problem.lines)
    const { text, blocks } = content(args)
    const shown = scene.ledger.addEphemeral({
      channel: channel.id,
      user: user.id,
      threadTs: args.text('thread_ts'),
      text,
      blocks,
      at: scene.now(),
    })
    return { ok: true, message_ts: shown.ts }
  },
}

export const deleteMessage: Method = {
  scopes: ['chat:write'],
  answer(args, { places, ledger }) {
    const channel = places.visible(args.text('channel'))
    if (channel === null) return refusal('channel_not_found')
    const message = ledger.message(channel.id, args.text('ts') ?? '')
    if (message === null) return refusal('message_not_found')
    ledger.remove(message)
    return { ok: true, channel: channel.id, ts: message.ts }
  },
}

export const getPermalink: Method = {
  scopes: [],
  answer(args, { places, ledger, url }) {
    const channel = places.visible(args.text('channel'))
    if (channel === null) return refusal('channel_not_found')
    const message = ledger.message(channel.id, args.text('message_ts') ?? '')
    if (message === null) return refusal('message_not_found')
    const permalink = `${url()}archives/${channel.id}/p${message.ts.replace('.', '')}`
    return { ok: true, channel: channel.id, permalink }
  },
}

/** Posting takes an id, a name, or a person's id. */
function postable(args: Arguments, { places }: Scene): Channel | null {
  const named = args.text('channel')
  const user = places.users.find(({ id, deleted }) => id === named && !deleted)
  return user === undefined ? places.visible(named, { byName: true }) : places.direct(user)
}

function problemIn(args: Arguments): ContentProblem | null {
  return contentProblem(args.text('text'), args.structure('blocks'), args.structure('metadata'))
}

function content(args: Arguments): Pick<PostedMessage, 'text' | 'blocks' | 'metadata'> {
  const blocks = args.structure('blocks')
  const metadata = args.structure('metadata')
  return {
    text: args.text('text') ?? '',
    blocks: Array.isArray(blocks) ? blocks : [],
    metadata: isMetadata(metadata) ? metadata : null,
  }
}

function isMetadata(value: unknown): value is Metadata {
  return isRecord(value) && typeof value.event_type === 'string' && isRecord(value.event_payload)
}

/** A message as history shows it; metadata only where it was asked for. */
export function asSlackShows(
  message: PostedMessage,
  withMetadata: boolean,
): Record<string, unknown> {
  return {
    type: 'message',
    user: APP.user,
    bot_id: APP.bot,
    ts: message.ts,
    text: message.text,
    blocks: message.blocks,
    ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
    ...(withMetadata && message.metadata !== null ? { metadata: message.metadata } : {}),
  }
}
