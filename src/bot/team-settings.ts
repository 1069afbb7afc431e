/**
 * The form of a team's settings: opened for administrators, shown what it would change when it is
 * sent, saved when the same is sent again.
 */
import { createHash } from 'node:crypto'
import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt'
import { DEADLINE_KINDS } from '../domain/deadline-kinds.ts'
import type { RuleSettings } from '../domain/rule-settings.ts'
import { answer } from '../messages/answers/answer.ts'
import { body } from '../messages/compose.ts'
import { mrkdwn, shown } from '../messages/escape.ts'
import type { Message } from '../messages/facts.ts'
import { reachLine, settingsChanges } from '../messages/modals/settings-changes.ts'
import { type SettingsForm, settingsModal } from '../messages/modals/team-settings.ts'
import { changeTeam, type TeamSettings, tryTeam } from '../watch/team-settings.ts'
import { settingsForm } from './facts/settings-form.ts'
import { atBlocks, errorAtField } from './form-errors.ts'
import { renewHome } from './home.ts'
import { firstTime } from './inbox.ts'
import { failure, tellDirectly } from './reply.ts'
import { need } from './rights.ts'
import { openScene, type Scene, type Stage } from './scene.ts'
import type { SettingsInput } from './submissions/read-settings.ts'
import type { SettingsSent } from './submissions/read-submission.ts'

type Sent = SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs

export async function submitSettings(
  stage: Stage,
  args: Sent,
  { teamId, previewed, input, touched, held }: SettingsSent,
): Promise<void> {
  const { ack, body: sent, view, client } = args
  let save: () => Promise<Message>
  let scene: Scene
  try {
    const workspace = sent.user.team_id ?? sent.team?.id ?? ''
    scene = await openScene(stage, client, {
      workspace,
      slackUser: sent.user.id,
      channel: null,
    })
    await need(scene, 'administer', null)
    const before = await settingsForm(scene.context(''), teamId)
    const errors = await unseenChannels(scene, before, input)
    if (errors !== null) {
      return void (await ack({
        response_action: 'errors',
        errors: atBlocks(view.state.values, errors),
      }))
    }
    const change = changeOf(before, input)
    const mark = markOf(before, input)
    if (previewed !== mark) {
      const lines = await previewLines(scene, teamId, before, input, change)
      const form = settingsModal({ ...before, ...held, preview: { lines, mark, touched } })
      return void (await ack({ response_action: 'update', view: form }))
    }
    save = async () => {
      const changed = await changeTeam(stage.pool, scene.actor, teamId, change)
      const saved = mrkdwn`*The settings of team ${shown(before.team.name, 80)} are saved*`
      const lines = settingsChanges(before, afterwards(before, input))
      return answer([body(saved, ...lines, reachLine(changed.rekeyed, changed.moved))])
    }
  } catch (error) {
    const errors = errorAtField(stage, view.state.values, error) ?? {}
    return void (await ack({ response_action: 'errors', errors: { ...errors } }))
  }
  // Counting a large team anew takes longer than Slack waits.
  await ack()
  if (!(await firstTime(stage.pool, stage.organisation.id, `form:${view.id}`))) return
  const said = await save().catch((error: unknown) => failure(stage, 'those settings', error))
  await tellDirectly(stage, sent.user.id, said)
  await renewHome(scene)
}

/** A channel that the bot cannot see would never be warned: each stands with its field. */
async function unseenChannels(
  { client }: Scene,
  before: SettingsForm,
  input: SettingsInput,
): Promise<Record<string, string> | null> {
  const errors: Record<string, string> = {}
  const look = async (field: string, was: string | null, channel: string | null = null) => {
    if (channel === null || channel === was) return
    const seen = await client.conversations.info({ channel }).catch(() => null)
    if (seen?.channel === undefined || seen.channel.is_archived === true) {
      errors[field] = 'Lapsewatch cannot see this channel: invite it there, then save again.'
    }
  }
  await look('channel', before.channel, input.channel)
  await look('escalation', before.escalationChannel, input.escalationChannel)
  return Object.keys(errors).length === 0 ? null : errors
}

function afterwards(before: SettingsForm, input: SettingsInput): SettingsForm {
  return { ...before, ...input, ladders: { ...before.ladders, ...input.ladders } }
}

/** Of what was touched only what differs from what stands now: what others set meanwhile stays. */
function changeOf(
  before: SettingsForm,
  { ladders: steps, startByFrom, ...own }: SettingsInput,
): TeamSettings {
  const kinds = DEADLINE_KINDS.filter(
    (kind) => (steps[kind] ?? before.ladders[kind]).join() !== before.ladders[kind].join(),
  )
  const isMoved = startByFrom !== undefined && startByFrom !== before.startByFrom
  return {
    ...own,
    rules: (kept): RuleSettings => {
      const ladders = { ...kept.ladders }
      for (const kind of kinds) {
        ladders[kind] = { ...ladders[kind], before: [...(steps[kind] ?? [])] }
      }
      return {
        ...kept,
        ...(kinds.length === 0 ? {} : { ladders }),
        ...(isMoved ? { startByFrom } : {}),
      }
    },
  }
}

async function previewLines(
  { stage, actor }: Scene,
  teamId: number,
  before: SettingsForm,
  input: SettingsInput,
  change: TeamSettings,
) {
  const lines = settingsChanges(before, afterwards(before, input))
  if (lines.length === 0) return [mrkdwn`Nothing: everything is as it was.`]
  const tried = await tryTeam(stage.pool, actor, teamId, change)
  return [...lines, reachLine(tried?.rekeyed ?? null, tried?.moved ?? null)]
}

/** Known again only while the same is sent and what it would change has stayed the same. */
function markOf(before: SettingsForm, input: SettingsInput): string {
  const lines = settingsChanges(before, afterwards(before, input)).map(String)
  return createHash('sha256').update(JSON.stringify(lines)).digest('hex')
}
