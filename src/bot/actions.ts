/** Buttons and menus: what was pressed is read strictly, allowed or refused, and acts once. */
import type { AllMiddlewareArgs, BlockAction, SlackActionMiddlewareArgs } from '@slack/bolt'
import { addDays, type CivilDate } from '../domain/civil-date.ts'
import { Refusal } from '../domain/refusal.ts'
import {
  type Action,
  type ContractAct,
  readAction,
  type Subject,
} from '../messages/buttons/action.ts'
import { acknowledge } from '../watch/acknowledge.ts'
import type { Actor } from '../watch/act.ts'
import { markHistoric } from '../watch/historic.ts'
import { snooze } from '../watch/snooze.ts'
import { answerSupply } from '../watch/supply.ts'
import { confirmTriage } from '../watch/triage.ts'
import { actOnce, type Deed } from './act-once.ts'
import { answerTo } from './answers.ts'
import { sayOfChain } from './chain-answers.ts'
import { pressCheckpoint } from './checkpoint-press.ts'
import { openForm } from './forms.ts'
import { renewHome } from './home.ts'
import { firstTime } from './inbox.ts'
import { inChannel, inModal, type Reply, replying } from './reply.ts'
import { need, needTriage } from './rights.ts'
import { openScene, type Scene, type Stage } from './scene.ts'
import { endSubscription } from './subscribing.ts'

type Pressed = SlackActionMiddlewareArgs<BlockAction> & AllMiddlewareArgs

export async function handleAction(stage: Stage, args: Pressed | unknown): Promise<void> {
  const { ack, body, action, client } = args as Pressed
  await ack()
  const read = readAction(action)
  const reply = replyTo(stage, args as Pressed)
  await replying(stage, reply, 'that button', async () => {
    if (read === null)
      throw new Refusal('That button is not one of ours any more. Ask again with /contracts.')
    const workspace = body.user.team_id ?? body.team?.id ?? ''
    const channel = body.channel?.id ?? null
    const scene = await openScene(stage, client, { workspace, slackUser: body.user.id, channel })
    if (FORM_ACTS.has(read.act)) {
      // A trigger lives three seconds and works once: no inbox is needed for what only opens a form.
      return openForm(scene, read, { triggerId: body.trigger_id, modal: modalOf(body) })
    }
    const once = `press:${action.action_ts}:${body.user.id}:${action.action_id}`
    if (!(await firstTime(stage.pool, stage.organisation.id, once))) return
    await press(scene, read, reply)
    if (!READS.has(read.act)) await renewHome(scene)
  })
}

function replyTo(stage: Stage, { body, client, respond }: Pressed): Reply {
  if (body.response_url !== undefined)
    return inChannel(respond, body.container.is_ephemeral === true)
  const { user, trigger_id: triggerId } = body
  return inModal({ stage, client, slackUser: user.id, triggerId, modal: modalOf(body) })
}

function modalOf({ view }: BlockAction) {
  return view?.type === 'modal' ? { id: view.id, hash: view.hash } : null
}

const FORM_ACTS: ReadonlySet<string> = new Set<Action['act']>([
  'open',
  'settings-team',
  'team-rules',
  'snooze-date',
  'decide',
  'extend',
  'classify',
  'withdraw',
  'assign',
  'edit',
  'rules',
])

/** What changes nothing. */
const READS: ReadonlySet<string> = new Set<Action['act']>([
  ...(['page', 'run', 'share', 'show', 'explain', 'history'] as const),
])

async function press(scene: Scene, action: Action, reply: Reply): Promise<void> {
  if ('subject' in action) return pressContract(scene, action.act, action.subject, reply)
  switch (action.act) {
    case 'page':
      return reply(await answerTo(scene, action.query, { page: action.page }), {
        replace: true,
      })
    case 'run':
      return reply(await answerTo(scene, action.query))
    case 'share':
      return reply(await answerTo(scene, action.query, { shared: true }), { shared: true })
    case 'chain-confirm':
    case 'chain-refuse':
      return reply(await sayOfChain(scene, action.contractId, action.act === 'chain-confirm'))
    case 'triage-confirm':
      await needTriage(scene, action.teamId)
      return reply(await confirmTriage(scene.stage.pool, scene.actor, action.teamId))
    case 'checkpoint-done':
    case 'checkpoint-slip':
      return reply(await pressCheckpoint(scene, action))
    case 'unsubscribe':
      return reply(await endSubscription(scene, action.subscriptionId), { replace: true })
    default:
      throw new Refusal('That button opens a form: press it again.')
  }
}

/** The acts on one contract that need nothing more to be filled in. */
async function pressContract(
  scene: Scene,
  act: ContractAct,
  subject: Subject,
  reply: Reply,
): Promise<void> {
  const { pool } = scene.stage
  const { contractId } = subject
  if (act === 'show' || act === 'explain' || act === 'history') {
    await need(scene, 'read', contractId)
    return reply(await answerTo(scene, `${act} #${contractId}`))
  }
  await need(scene, 'change', contractId)
  const once = async (deed: Deed, work: (actor: Actor) => Promise<void>) =>
    reply((await actOnce(scene, subject, deed, work)).message)
  switch (act) {
    case 'ack':
      return once('acknowledged', (actor) => acknowledge(pool, actor, contractId))
    case 'snooze-1d':
    case 'snooze-1w':
    case 'snooze-2w': {
      const until = presetDay(scene.stage.today(), act)
      return once('snoozed', (actor) => snooze(pool, actor, contractId, until, null))
    }
    case 'supplied-yes':
      return once('still-supplied', (actor) => answerSupply(pool, actor, contractId, true))
    case 'supplied-no':
      return once('closed', (actor) => answerSupply(pool, actor, contractId, false))
    case 'historic':
    case 'reactivate':
      return once('marked', (actor) => markHistoric(pool, actor, contractId, act === 'historic'))
    default:
      throw new Refusal('That button opens a form: press it again.')
  }
}

const PRESET_DAYS = { 'snooze-1d': 1, 'snooze-1w': 7, 'snooze-2w': 14 } as const

function presetDay(today: CivilDate, act: keyof typeof PRESET_DAYS): CivilDate {
  return addDays(today, PRESET_DAYS[act])
}
