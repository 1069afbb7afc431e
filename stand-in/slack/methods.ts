/** Methods of the Web API: chat, files, views, blocks.validate, apps.connections.open. */

import { isRecord } from '../../src/rules/text-match.ts'
import { type Answer, type Arguments, refusal } from './http.ts'
import type { Method, StandInState } from './method.ts'
import {
  APP,
  type Channel,
  type PostedMessage,
  type ShownView,
  type StoredFile,
  type WorkspaceDirectory,
} from './state.ts'
import {
  type ContentProblem,
  contentProblem,
  isMetadata,
  messageBlockProblems,
  type Problem,
  problemLine,
  readView,
  type ViewSource,
  viewProblems,
} from './validate.ts'
import { asSlackShowsView } from './views.ts'

export const postMessage: Method = {
  scopes: ['chat:write'],
  answer(args, state) {
    const channel = postable(args, state)
    if (channel === null) return refusal('channel_not_found')
    if (channel.archived) return refusal('is_archived')
    if (!channel.member && !state.places.scopes.has('chat:write.public')) {
      return refusal('not_in_channel')
    }
    const problem = problemIn(args, state)
    if (problem !== null) return refusal(problem.error, problem.lines)
    const threadTs = args.text('thread_ts')
    if (threadTs !== null && state.ledger.message(channel.id, threadTs) === null) {
      return refusal('thread_not_found')
    }
    const at = state.now()
    const wait = state.pace.exceeded(channel.id, at)
    if (wait !== null) return { ok: false, error: 'ratelimited', retryAfter: wait }
    const posted = state.ledger.add({
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
  answer: (args, state) =>
    withMessage(args, state, 'ts', (message) => {
      const problem = problemIn(args, state)
      if (problem !== null) return refusal(problem.error, problem.lines)
      const { metadata, ...said } = content(args)
      // Slack keeps a message's metadata when an update names none.
      const change = args.structure('metadata') === undefined ? said : { ...said, metadata }
      const { channel, ts, text } = state.ledger.edit(message, change, state.now())
      return { ok: true, channel, ts, text }
    }),
}

export const postEphemeral: Method = {
  scopes: ['chat:write'],
  answer(args, state) {
    const channel = postable(args, state)
    if (channel === null) return refusal('channel_not_found')
    if (channel.archived) return refusal('is_archived')
    if (!channel.member) return refusal('not_in_channel')
    const user = state.places.users.find(({ id }) => id === args.text('user'))
    if (user === undefined || !state.places.isIn(channel, user)) {
      return refusal('user_not_in_channel')
    }
    const problem = problemIn(args, state)
    if (problem !== null) return refusal(problem.error, problem.lines)
    const { text, blocks } = content(args)
    const shown = state.ledger.addEphemeral({
      channel: channel.id,
      user: user.id,
      threadTs: args.text('thread_ts'),
      text,
      blocks,
      at: state.now(),
    })
    return { ok: true, message_ts: shown.ts }
  },
}

export const deleteMessage: Method = {
  scopes: ['chat:write'],
  answer: (args, state) =>
    withMessage(args, state, 'ts', (message) => {
      state.ledger.remove(message)
      return { ok: true, channel: message.channel, ts: message.ts }
    }),
}

export const getPermalink: Method = {
  scopes: [],
  answer: (args, state) =>
    withMessage(args, state, 'message_ts', ({ channel, ts }) => {
      const permalink = `${state.url()}archives/${channel}/p${ts.replace('.', '')}`
      return { ok: true, channel, permalink }
    }),
}

/** Goes on with the message that is named, in a channel that the app sees. */
function withMessage(
  args: Arguments,
  { places, ledger }: StandInState,
  ts: 'ts' | 'message_ts',
  go: (message: PostedMessage) => Answer,
): Answer {
  const channel = places.visible(args.text('channel'))
  if (channel === null) return refusal('channel_not_found')
  const message = ledger.message(channel.id, args.text(ts) ?? '')
  return message === null ? refusal('message_not_found') : go(message)
}

/** Posting takes an id, a name, or a person's id. */
function postable(args: Arguments, { places }: StandInState): Channel | null {
  const named = args.text('channel')
  const user = places.users.find(({ id, deleted }) => id === named && !deleted)
  return user === undefined ? places.visible(named, { byName: true }) : places.direct(user)
}

function problemIn(args: Arguments, { places }: StandInState): ContentProblem | null {
  const [blocks, metadata] = [args.structure('blocks'), args.structure('metadata')]
  return contentProblem(args.text('text'), blocks, metadata, places.unknownBlocks)
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

/** A message as history shows it; metadata only where it was asked for. */
export function asSlackShows(
  message: PostedMessage,
  withMetadata: boolean,
): Record<string, unknown> {
  return {
    type: 'message',
    ...(message.by === undefined ? { user: APP.user, bot_id: APP.bot } : { user: message.by }),
    ts: message.ts,
    text: message.text,
    blocks: message.blocks,
    ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
    ...(withMetadata && message.metadata !== null ? { metadata: message.metadata } : {}),
  }
}

const LONGEST_ALT_TEXT = 1000

export const getUploadURLExternal: Method = {
  scopes: ['files:write'],
  answer(args, { places, url }) {
    const name = args.text('filename')
    const length = args.number('length', 0)
    if (name === null || length <= 0) return refusal('invalid_arguments')
    if ((args.text('alt_txt') ?? '').length > LONGEST_ALT_TEXT) return refusal('alt_txt_too_large')
    const { id } = places.addFile(name, length, APP.user)
    return { ok: true, file_id: id, upload_url: `${url()}upload/${id}` }
  },
}

export const completeUploadExternal: Method = {
  scopes: ['files:write'],
  answer(args, { places, url }) {
    const named = args.structure('files')
    if (!Array.isArray(named) || named.length === 0) return refusal('invalid_arguments')
    // A shared file carries no metadata and could not be looked up: the bot never asks for it.
    if (args.text('channel_id') !== null) return refusal('not_supported_by_stand_in')
    const files = []
    for (const entry of named) {
      const file = isRecord(entry) ? places.files.get(String(entry.id)) : undefined
      if (file === undefined || file.content === null) return refusal('file_not_found')
      const title = isRecord(entry) && typeof entry.title === 'string' ? entry.title : file.name
      places.completeFile(file, title)
      files.push(describeFile(file, url()))
    }
    return { ok: true, files }
  },
}

export const filesInfo: Method = {
  scopes: ['files:read'],
  answer(args, { places, url }) {
    const file = places.files.get(args.text('file') ?? '')
    return file === undefined || !file.complete
      ? refusal('file_not_found')
      : { ok: true, file: describeFile(file, url()) }
  },
}

/** A file as Slack shows it to the app. @param url where the workspace listens. */
export function describeFile(file: StoredFile, url: string): Record<string, unknown> {
  const place = `${file.id}/${encodeURIComponent(file.name)}`
  return {
    id: file.id,
    name: file.name,
    title: file.title ?? file.name,
    filetype: /\.(\w+)$/.exec(file.name)?.[1]?.toLowerCase() ?? 'text',
    size: file.length,
    user: file.user,
    permalink: `${url}files/${place}`,
    url_private: `${url}files-pri/${place}`,
    url_private_download: `${url}files-pri/${place}`,
  }
}

/** The bytes of a file, for a bot token that may read files; else the HTTP status to answer with. */
export function readStored(
  places: WorkspaceDirectory,
  id: string,
  token: string | null,
): Buffer | 403 | 404 {
  if (token === null || places.tokens.get(token) !== 'good') return 403
  if (!places.scopes.has('files:read')) return 403
  return places.files.get(id)?.content ?? 404
}

/** Takes the bytes of a promised file; the HTTP status to answer with. */
export function receiveUpload(
  places: WorkspaceDirectory,
  id: string,
  content: Buffer,
): 200 | 400 | 404 {
  const file = places.files.get(id)
  if (file === undefined) return 404
  if (content.length !== file.length) return 400
  file.content = content
  return 200
}

export const viewsOpen: Method = {
  scopes: [],
  answer: (args, state) =>
    withView(args, state, 'modal', null, (source) => {
      const trigger = state.triggers.exchange(args.text('trigger_id'))
      if ('error' in trigger) return refusal(trigger.error)
      return shown(state.views.open(trigger.user, source, trigger.channel))
    }),
}

export const viewsPush: Method = {
  scopes: [],
  answer: (args, state) =>
    withView(args, state, 'modal', null, (source) => {
      const trigger = state.triggers.exchange(args.text('trigger_id'))
      if ('error' in trigger) return refusal(trigger.error)
      if (trigger.modal === null) return refusal('not_found')
      if (state.views.view(trigger.modal) === null) return refusal('not_found')
      const pushed = state.views.push(trigger.user, source)
      return pushed === null ? refusal('push_limit_reached') : shown(pushed)
    }),
}

export const viewsUpdate: Method = {
  scopes: [],
  answer(args, state) {
    const externalId = args.text('external_id')
    const known =
      externalId === null ? state.views.view(args.text('view_id')) : state.views.named(externalId)
    if (known === null) return refusal('not_found')
    return withView(args, state, known.source.type, known, (source) =>
      shown(state.views.update(known, source)),
    )
  },
}

export const viewsPublish: Method = {
  scopes: [],
  answer(args, state) {
    const user = state.places.users.find(({ id }) => id === args.text('user_id'))
    if (user === undefined || user.deleted) {
      return refusal('invalid_arguments', ['[ERROR] no such user [json-pointer:/user_id]'])
    }
    return withView(args, state, 'home', state.views.home(user.id), (source) =>
      shown(state.views.publish(user.id, source)),
    )
  },
}

/** Goes on with a view that Slack takes; refuses any other, and one made from an older state. */
function withView(
  args: Arguments,
  { views }: StandInState,
  type: ViewSource['type'],
  known: ShownView | null,
  go: (source: ViewSource) => Answer,
): Answer {
  const read = readView(args.structure('view'), type)
  if ('error' in read) return refusal(read.error, read.problems.map(problemLine))
  const hash = args.text('hash')
  if (hash !== null && hash !== known?.hash) return refusal('hash_conflict')
  const { external_id } = read.view
  const namesake = external_id === undefined ? null : views.named(external_id)
  return namesake !== null && namesake.id !== known?.id
    ? refusal('duplicate_external_id')
    : go(read.view)
}

function shown(view: ShownView): Answer {
  return { ok: true, view: asSlackShowsView(view) }
}

/** apps.connections.open: the address of a socket, good for one connection. */
export const connectionsOpen: Method = {
  token: 'app',
  scopes: [],
  answer: (_args, { sockets, url }) => ({
    ok: true,
    url: `${url().replace(/^http/, 'ws')}link/?ticket=${sockets.issueTicket()}`,
  }),
}

export const blocksValidate: Method = {
  scopes: [],
  answer(args) {
    const blocks = args.structure('blocks')
    const message = args.structure('message')
    const view = args.structure('view')
    const given = [blocks, message, view].filter((one) => one !== undefined)
    if (given.length !== 1) return refusal('invalid_arguments')
    if (blocks !== undefined) return verdict('invalid_blocks', messageBlockProblems(blocks))
    if (view !== undefined) return verdict('invalid_view', viewProblems(view))
    const inside = isRecord(message) ? message.blocks : null
    return verdict('invalid_message', messageBlockProblems(inside))
  },
}

function verdict(error: string, problems: readonly Problem[]): Answer {
  if (problems.length === 0) return { ok: true }
  return {
    ...refusal(error, problems.map(problemLine)),
    errors: problems.map((problem) => ({ ...problem, code: 'failed_constraint' })),
  }
}
