/** `/contracts`: read what was typed, answer it, or do it. */
import type {
  AllMiddlewareArgs,
  GlobalShortcut,
  SlackCommandMiddlewareArgs,
  SlackEventMiddlewareArgs,
  SlackShortcutMiddlewareArgs,
} from '@slack/bolt'
import { acknowledge, snooze } from '../actions/acknowledge.ts'
import type { Actor } from '../actions/act.ts'
import { tables } from '../database/prisma.ts'
import { textOf } from '../delivery/slack-api.ts'
import { fieldOf } from '../delivery/slack-errors.ts'
import { UserError } from '../rules/user-error.ts'
import type { Action } from '../text/buttons.ts'
import type { Message } from '../text/facts.ts'
import { formAnswer, saidAnswer } from '../text/replies.ts'
import { about, answerCommand, answerTo, offered } from './answers.ts'
import { type ActionKind, actOnce, coverSaid, recordPublished, wordingSaid } from './buttons.ts'
import { exportAsked } from './export.ts'
import { readContract } from './facts/contract.ts'
import { readSpelt, teamNamed } from './facts/search.ts'
import { assignNamed, linkName, unlinkName } from './forms/assign.ts'
import {
  fillOf,
  type OpenedFor,
  openAddForm,
  openContractForm,
  openImportForm,
  openRules,
  openSettings,
  openWaiverForm,
} from './forms.ts'
import { renewHome } from './home.ts'
import type { Command, SettingsOf } from './parse/command-types.ts'
import { need } from './permissions.ts'
import {
  clockOf,
  firstTime,
  inChannel,
  inModal,
  type Reply,
  type RequestContext,
  replying,
  requestContext,
  type SlackDependencies,
  senderOf,
} from './request.ts'
import {
  endCalendar,
  listSubscriptions,
  openCalendar,
  subscribeChannel,
  unsubscribeChannel,
} from './subscriptions.ts'

type Typed = SlackCommandMiddlewareArgs & AllMiddlewareArgs

export async function handleCommand(deps: SlackDependencies, args: Typed): Promise<void> {
  const { ack, command, client, respond } = args
  // Slack waits three seconds: it is told at once that the command has arrived.
  await ack()
  const reply = inChannel(deps, command.team_id, respond)
  await replying(deps, reply, command.text, async () => {
    const once = `command:${command.trigger_id}`
    if (!(await firstTime(deps.pool, deps.organisation.id, once))) return
    const request = await requestContext(deps, client, {
      workspace: command.team_id,
      slackUser: command.user_id,
      channel: command.channel_id,
    })
    await answerTyped(request, command.text, command.trigger_id, reply)
  })
}

async function answerTyped(
  request: RequestContext,
  text: string,
  triggerId: string | null,
  reply: Reply,
): Promise<void> {
  await need(request, 'read', null)
  const read = await readSpelt(request.context(''), text, clockOf(request.deps))
  const message =
    read.verb !== 'misread'
      ? await doCommand(request, read, triggerId)
      : read.isOrder
        ? await askedFirst(request, read.meant, triggerId)
        : await answerTo(request, text)
  if (message !== null) await reply(message)
  if (ACTS.has(read.verb)) await renewHome(request)
}

// The same words in a channel or a thread, where the app is mentioned, and in its direct messages.

type Said = (SlackEventMiddlewareArgs<'app_mention'> | SlackEventMiddlewareArgs<'message'>) &
  AllMiddlewareArgs

/**
 * Answered in the thread of what was said, for all who read it: without amounts. In a direct message with
 * them. What a bot said, what was edited and what Slack sends again is left alone.
 */
export async function handleSaid(deps: SlackDependencies, args: Said): Promise<void> {
  const { event, body, client, context } = args
  const said = saidIn(event)
  if (said === null || said.user === context.botUserId) return
  const { channel, ts, threadTs, isDirect } = said
  const text = said.text
    .replaceAll(new RegExp(`<@${context.botUserId}(?:\\|[^>]*)?>`, 'g'), ' ')
    .trim()
  const thread = threadTs ?? (isDirect ? null : ts)
  const reply: Reply = async (message) => {
    await client.chat.postMessage({
      ...{ channel, text: message.text, blocks: [...message.blocks] },
      ...(thread === null ? {} : { thread_ts: thread }),
      ...{ unfurl_links: false, unfurl_media: false },
    })
  }
  await replying(deps, reply, text, async () => {
    // By the message: Slack sends an event again, and may send two kinds of event for one message.
    if (!(await firstTime(deps.pool, deps.organisation.id, `said:${channel}:${ts}`))) return
    const workspace = said.workspace ?? body.team_id
    const who = { workspace, slackUser: said.user, channel }
    const request = await requestContext(deps, client, who, !isDirect)
    await answerTyped(request, text, null, reply)
  })
}

/** Somebody's own words, said just now; null for what bots say, for edits and for all that is no message. */
function saidIn(event: unknown) {
  const [user, channel, ts] = ['user', 'channel', 'ts'].map((name) => textOf(event, name))
  const subtype = textOf(event, 'subtype')
  const isDirect = textOf(event, 'channel_type') === 'im'
  if (user == null || channel == null || ts == null) return null
  const isMessage = subtype === null || subtype === 'thread_broadcast' || subtype === 'file_share'
  if (!isMessage || (textOf(event, 'type') === 'message' && !isDirect)) return null
  const isOthers = ['bot_id', 'edited', 'app_id'].some((name) => fieldOf(event, name) != null)
  if (isOthers) return null
  return {
    ...{ user, channel, ts, isDirect },
    text: textOf(event, 'text') ?? '',
    threadTs: textOf(event, 'thread_ts'),
    workspace: textOf(event, 'user_team') ?? textOf(event, 'team'),
  }
}

/** The global shortcut: a contract that no register holds. */
export async function handleAddShortcut(
  deps: SlackDependencies,
  { ack, shortcut, client }: SlackShortcutMiddlewareArgs<GlobalShortcut> & AllMiddlewareArgs,
): Promise<void> {
  await ack()
  const { user, trigger_id: triggerId } = shortcut
  const opening = { deps, client, slackUser: user.id, triggerId, modal: null }
  await replying(deps, inModal(opening), 'add', async () => {
    const request = await requestContext(deps, client, senderOf(shortcut))
    await openAddForm(request, null, asked(triggerId))
  })
}

/** What changes contracts at once; a form does it when it comes back. */
const ACTS: ReadonlySet<string> = new Set<Command['verb']>([
  ...(['ack', 'snooze', 'own', 'published', 'link', 'unlink', 'cover'] as const),
])

/** An order in people's words that would silence warnings: its form, or a button that does it. */
async function askedFirst(
  request: RequestContext,
  order: Command | null,
  triggerId: string | null,
): Promise<Message | null> {
  return order?.verb === 'snooze'
    ? opening(request, order.ref, 'snooze-date', triggerId, order)
    : order && answerCommand(request, order)
}

/** The answer, or null where a form was opened instead. */
async function doCommand(
  request: RequestContext,
  command: Command,
  triggerId: string | null,
): Promise<Message | null> {
  const { pool } = request.deps
  switch (command.verb) {
    case 'ack':
      return changing(request, command.ref, 'acknowledged', (id, actor) =>
        acknowledge(pool, actor, id),
      )
    case 'snooze':
      return changing(request, command.ref, 'snoozed', (id, actor) =>
        snooze(pool, actor, id, command.until, command.why),
      )
    case 'own':
      // Of a name alone somebody has to say whose account it is.
      if (command.owner === null ? command.deputy === null : 'name' in command.owner) {
        return opening(request, command.ref, 'assign', triggerId, command)
      }
      return changing(request, command.ref, 'assigned', (id, actor) =>
        assignNamed({ ...request, actor }, id, command.owner, command.deputy),
      )
    case 'settings':
      return settingsAsked(request, command.of, triggerId)
    case 'withdraw': {
      const ref = await ofWaiver(request, command.ref)
      return opening(request, ref, 'withdraw', triggerId, { ...command, ref })
    }
    case 'extend':
    case 'decide':
    case 'edit':
      return opening(request, command.ref, command.verb, triggerId, command)
    case 'waiver':
      if (command.ref !== null) return opening(request, command.ref, 'waiver', triggerId)
      if (triggerId === null) return openedBy({ act: 'open', what: 'waiver' })
      await openWaiverForm(request, asked(triggerId))
      return null
    case 'import':
      if (triggerId === null) return openedBy({ act: 'open', what: 'import' })
      await openImportForm(request, asked(triggerId))
      return null
    case 'add':
      if (triggerId === null) return openedBy({ act: 'open', what: 'add' })
      await openAddForm(request, command.title, asked(triggerId))
      return null
    case 'subscribe':
      return subscribeChannel(request, command.filters, command.channel)
    case 'unsubscribe':
      return unsubscribeChannel(request, command.channel)
    case 'subscriptions':
      return listSubscriptions(request, command.channel)
    case 'calendar':
      return command.revoke
        ? endCalendar(request, command.team)
        : openCalendar(request, command.team)
    case 'published':
      return recordPublished(request, command)
    case 'link':
      return linkName(request, command.name, command.who)
    case 'unlink':
      return unlinkName(request, command.name)
    case 'cover':
      return coverSaid(request, command)
    case 'products':
      return command.says === null
        ? answerCommand(request, command, { toAsker: true })
        : wordingSaid(request, command.says)
    case 'export':
      return exportAsked(request, command.filters)
    default:
      return answerCommand(request, command, { toAsker: true })
  }
}

/** `waiver 12`: the contract of the waiver of that number. @throws UserError where there is none. */
async function ofWaiver({ deps }: RequestContext, ref: string): Promise<string> {
  const number = /^waiver #?([1-9]\d{0,8})$/i.exec(ref)?.[1]
  if (number === undefined) return ref
  const found = await tables(deps.pool).waiver.findFirst({
    where: { id: Number(number), organisationId: deps.organisation.id, withdrawnAt: null },
    select: { contractId: true },
  })
  if (found === null)
    throw new UserError(`There is no waiver ${number}: /contracts waivers lists them.`)
  return `#${found.contractId}`
}

/** Where nothing was pressed Slack opens no form: a button does. */
function openedBy(action: Action): Message {
  return formAnswer('The form opens with this button.', action)
}

/** The form of whose settings were asked for; null, as it answers for itself. */
async function settingsAsked(
  request: RequestContext,
  of: SettingsOf,
  triggerId: string | null,
): Promise<Message | null> {
  if ('ref' in of) return opening(request, of.ref, 'rules', triggerId)
  await need(request, 'administer', null)
  if ('team' in of) {
    const named = await teamNamed(request, of.team)
    if (triggerId === null) {
      return openedBy(
        named === null
          ? { act: 'open', what: 'settings' }
          : { act: 'settings-team', teamId: named.id },
      )
    }
    await openSettings(request, named?.id ?? null, asked(triggerId))
  } else if (triggerId === null) return openedBy({ act: 'open', what: 'organisation-rules' })
  else await openRules(request, null, asked(triggerId))
  return null
}

function asked(triggerId: string): OpenedFor {
  return { triggerId, modal: null }
}

async function changing(
  request: RequestContext,
  ref: string,
  kind: ActionKind,
  work: (contractId: number, actor: Actor) => Promise<void>,
): Promise<Message> {
  return about(request, ref, async (id) => {
    await need(request, 'change', id)
    const seen = { contractId: id, version: null }
    return (await actOnce(request, seen, kind, (actor) => work(id, actor))).message
  })
}

async function opening(
  request: RequestContext,
  ref: string,
  form: 'snooze-date' | 'assign' | 'extend' | 'withdraw' | 'waiver' | 'decide' | 'edit' | 'rules',
  triggerId: string | null,
  command: Command | null = null,
): Promise<Message | null> {
  let opened = false
  const answer = await about(request, ref, async (id) => {
    // The form reads the contract as it is: whatever version is named.
    const subject = { contractId: id, version: 1, alertIds: [] }
    if (triggerId === null) {
      await need(request, 'change', id)
      if (command !== null && 'ref' in command)
        return offered(request, { ...command, ref: `#${id}` })
      const { reference, title, supplier } = await readContract(request.context(''), id)
      const name = title ?? supplier ?? reference
      const how = `${name}, ${reference}: the form opens with this button.`
      return formAnswer(how, { act: form, subject })
    }
    await openContractForm(request, form, subject, asked(triggerId), fillOf(command))
    opened = true
    return saidAnswer('')
  })
  return opened ? null : answer
}
