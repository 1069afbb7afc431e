/** `/contracts`: read what was typed, answer it, or do it. */
import type { AllMiddlewareArgs, SlackCommandMiddlewareArgs } from '@slack/bolt'
import { acknowledge, snooze } from '../actions/acknowledge.ts'
import type { Actor } from '../actions/act.ts'
import type { Message } from '../text/facts.ts'
import { saidAnswer } from '../text/replies.ts'
import { type ActionKind, actOnce } from './act-once.ts'
import { about, answerCommand, answerTo } from './answers.ts'
import { assignNamed } from './assign.ts'
import { need } from './authorize.ts'
import { recordPublished } from './buttons.ts'
import { endCalendar, openCalendar } from './calendars.ts'
import { openScene, type RequestContext, type SlackDependencies } from './context.ts'
import { exportAsked } from './export.ts'
import { teamNamed } from './facts/search.ts'
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
import { inChannel, replying } from './reply.ts'
import { firstTime } from './request-dedup.ts'
import { listSubscriptions, subscribeChannel, unsubscribeChannel } from './subscriptions.ts'

type Typed = SlackCommandMiddlewareArgs & AllMiddlewareArgs

export async function handleCommand(stage: SlackDependencies, args: Typed): Promise<void> {
  const { ack, command, client, respond } = args
  // Slack waits three seconds: it is told at once that the command has arrived.
  await ack()
  const reply = inChannel(respond)
  await replying(stage, reply, command.text, async () => {
    const once = `command:${command.trigger_id}`
    if (!(await firstTime(stage.pool, stage.organisation.id, once))) return
    const scene = await openScene(stage, client, {
      workspace: command.team_id,
      slackUser: command.user_id,
      channel: command.channel_id,
    })
    await need(scene, 'read', null)
    const { calendar } = stage.rulesOf(stage.organisation)
    const read = readCommand(command.text, { today: stage.today(), calendar })
    const message =
      read.verb === 'misread'
        ? await answerTo(scene, command.text)
        : await doCommand(scene, read, command.trigger_id)
    if (message !== null) await reply(message)
    if (ACTS.has(read.verb)) await renewHome(scene)
  })
}

/** What changes contracts at once; a form does it when it comes back. */
const ACTS: ReadonlySet<string> = new Set<Command['verb']>(['ack', 'snooze', 'own', 'published'])

/** The answer, or null where a form was opened instead. */
async function doCommand(
  scene: RequestContext,
  command: Command,
  triggerId: string,
): Promise<Message | null> {
  const { pool } = scene.stage
  switch (command.verb) {
    case 'ack':
      return changing(scene, command.ref, 'acknowledged', (id, actor) =>
        acknowledge(pool, actor, id),
      )
    case 'snooze':
      return changing(scene, command.ref, 'snoozed', (id, actor) =>
        snooze(pool, actor, id, command.until, command.why),
      )
    case 'own':
      if (command.owner === null && command.deputy === null) {
        return opening(scene, command.ref, 'assign', triggerId)
      }
      return changing(scene, command.ref, 'assigned', (id, actor) =>
        assignNamed({ ...scene, actor }, id, command.owner, command.deputy),
      )
    case 'settings':
      return settingsAsked(scene, command.of, triggerId)
    case 'extend':
    case 'withdraw':
    case 'decide':
    case 'edit':
      return opening(scene, command.ref, command.verb, triggerId)
    case 'import':
      await openImportForm(scene, asked(triggerId))
      return null
    case 'add':
      await openAddForm(scene, command.title, asked(triggerId))
      return null
    case 'subscribe':
      return subscribeChannel(scene, command.filters, command.channel)
    case 'unsubscribe':
      return unsubscribeChannel(scene, command.channel)
    case 'subscriptions':
      return listSubscriptions(scene, command.channel)
    case 'calendar':
      return command.revoke ? endCalendar(scene, command.team) : openCalendar(scene, command.team)
    case 'published':
      return recordPublished(scene, command)
    case 'export':
      return exportAsked(scene, command.filters)
    default:
      return answerCommand(scene, command)
  }
}

/** The form of whose settings were asked for; null, as it answers for itself. */
async function settingsAsked(
  scene: RequestContext,
  of: SettingsOf,
  triggerId: string,
): Promise<Message | null> {
  if ('ref' in of) return opening(scene, of.ref, 'rules', triggerId)
  if ('team' in of) {
    await need(scene, 'administer', null)
    const named = await teamNamed(scene, of.team)
    await openSettings(scene, named?.id ?? null, asked(triggerId))
  } else await openRules(scene, null, asked(triggerId))
  return null
}

function asked(triggerId: string): OpenedFor {
  return { triggerId, modal: null }
}

async function changing(
  scene: RequestContext,
  ref: string,
  deed: ActionKind,
  work: (contractId: number, actor: Actor) => Promise<void>,
): Promise<Message> {
  return about(scene, ref, async (id) => {
    await need(scene, 'change', id)
    const seen = { contractId: id, version: null }
    return (await actOnce(scene, seen, deed, (actor) => work(id, actor))).message
  })
}

async function opening(
  scene: RequestContext,
  ref: string,
  form: 'assign' | 'extend' | 'withdraw' | 'decide' | 'edit' | 'rules',
  triggerId: string,
): Promise<Message | null> {
  let opened = false
  const answer = await about(scene, ref, async (id) => {
    // The form reads the contract as it is: whatever version is named.
    const subject = { contractId: id, version: 1, alertIds: [] }
    await openContractForm(scene, form, subject, asked(triggerId))
    opened = true
    return saidAnswer('')
  })
  return opened ? null : answer
}
