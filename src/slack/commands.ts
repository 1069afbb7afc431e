/** `/contracts`: read what was typed, answer it, or do it. */
import type { AllMiddlewareArgs, SlackCommandMiddlewareArgs } from '@slack/bolt'
import { acknowledge, snooze } from '../actions/acknowledge.ts'
import type { Actor } from '../actions/act.ts'
import type { Message } from '../text/facts.ts'
import { saidAnswer } from '../text/replies.ts'
import { about, answerCommand, answerTo } from './answers.ts'
import { type ActionKind, actOnce, recordPublished } from './buttons.ts'
import { endCalendar, openCalendar } from './calendars.ts'
import { exportAsked } from './export.ts'
import { teamNamed } from './facts/search.ts'
import { assignNamed } from './forms/assign.ts'
import {
  type OpenedFor,
  openAddForm,
  openContractForm,
  openImportForm,
  openRules,
  openSettings,
} from './forms.ts'
import { renewHome } from './home.ts'
import { readCommand } from './parse/command.ts'
import type { Command, SettingsOf } from './parse/command-types.ts'
import { need } from './permissions.ts'
import {
  firstTime,
  inChannel,
  type RequestContext,
  replying,
  requestContext,
  type SlackDependencies,
} from './request.ts'
import { listSubscriptions, subscribeChannel, unsubscribeChannel } from './subscriptions.ts'

type Typed = SlackCommandMiddlewareArgs & AllMiddlewareArgs

export async function handleCommand(deps: SlackDependencies, args: Typed): Promise<void> {
  const { ack, command, client, respond } = args
  // Slack waits three seconds: it is told at once that the command has arrived.
  await ack()
  const reply = inChannel(respond)
  await replying(deps, reply, command.text, async () => {
    const once = `command:${command.trigger_id}`
    if (!(await firstTime(deps.pool, deps.organisation.id, once))) return
    const request = await requestContext(deps, client, {
      workspace: command.team_id,
      slackUser: command.user_id,
      channel: command.channel_id,
    })
    await need(request, 'read', null)
    const { calendar } = deps.rulesOf(deps.organisation)
    const read = readCommand(command.text, { today: deps.today(), calendar })
    const message =
      read.verb === 'misread'
        ? await answerTo(request, command.text)
        : await doCommand(request, read, command.trigger_id)
    if (message !== null) await reply(message)
    if (ACTS.has(read.verb)) await renewHome(request)
  })
}

/** What changes contracts at once; a form does it when it comes back. */
const ACTS: ReadonlySet<string> = new Set<Command['verb']>(['ack', 'snooze', 'own', 'published'])

/** The answer, or null where a form was opened instead. */
async function doCommand(
  request: RequestContext,
  command: Command,
  triggerId: string,
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
      if (command.owner === null && command.deputy === null) {
        return opening(request, command.ref, 'assign', triggerId)
      }
      return changing(request, command.ref, 'assigned', (id, actor) =>
        assignNamed({ ...request, actor }, id, command.owner, command.deputy),
      )
    case 'settings':
      return settingsAsked(request, command.of, triggerId)
    case 'extend':
    case 'withdraw':
    case 'decide':
    case 'edit':
      return opening(request, command.ref, command.verb, triggerId)
    case 'import':
      await openImportForm(request, asked(triggerId))
      return null
    case 'add':
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
    case 'export':
      return exportAsked(request, command.filters)
    default:
      return answerCommand(request, command)
  }
}

/** The form of whose settings were asked for; null, as it answers for itself. */
async function settingsAsked(
  request: RequestContext,
  of: SettingsOf,
  triggerId: string,
): Promise<Message | null> {
  if ('ref' in of) return opening(request, of.ref, 'rules', triggerId)
  if ('team' in of) {
    await need(request, 'administer', null)
    const named = await teamNamed(request, of.team)
    await openSettings(request, named?.id ?? null, asked(triggerId))
  } else await openRules(request, null, asked(triggerId))
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
  form: 'assign' | 'extend' | 'withdraw' | 'decide' | 'edit' | 'rules',
  triggerId: string,
): Promise<Message | null> {
  let opened = false
  const answer = await about(request, ref, async (id) => {
    // The form reads the contract as it is: whatever version is named.
    const subject = { contractId: id, version: 1, alertIds: [] }
    await openContractForm(request, form, subject, asked(triggerId))
    opened = true
    return saidAnswer('')
  })
  return opened ? null : answer
}
