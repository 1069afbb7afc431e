/** Buttons and menus: what was pressed is read strictly, allowed or refused, and acts once. */
import type { AllMiddlewareArgs, BlockAction, SlackActionMiddlewareArgs } from '@slack/bolt'
import { acknowledge, answerSupply, markHistoric, snooze } from '../actions/acknowledge.ts'
import type { Actor } from '../actions/act.ts'
import { answerChain } from '../actions/chains.ts'
import { answerCheckpoint, type CheckpointAnswer } from '../actions/checkpoints.ts'
import { recordNotice } from '../actions/publish-notice.ts'
import { confirmTriage } from '../actions/triage.ts'
import { chainWith, readChains } from '../reports/chains.ts'
import { readCheckpoint } from '../reports/procurement.ts'
import { addDays, type CivilDate } from '../rules/civil-date.ts'
import { NOTICE_TITLES, type Notice } from '../rules/notices.ts'
import { UserError } from '../rules/refusal.ts'
import { type Action, type ButtonSubject, type ContractAct, readAction } from '../text/buttons.ts'
import { chainAnsweredAnswer } from '../text/chains.ts'
import type { Message } from '../text/facts.ts'
import { checkpointAnswer } from '../text/procurement.ts'
import { saidAnswer } from '../text/replies.ts'
import { dateWords } from '../text/words.ts'
import { type ActionKind, actOnce } from './act-once.ts'
import { about, answerTo } from './answers.ts'
import { need, needTriage } from './authorize.ts'
import { openScene, type RequestContext, type SlackDependencies } from './context.ts'
import { chainFacts } from './facts/analysis.ts'
import { openForm } from './forms.ts'
import { renewHome } from './home.ts'
import { inChannel, inModal, type Reply, replying } from './reply.ts'
import { firstTime } from './request-dedup.ts'
import { endSubscription } from './subscriptions.ts'

// Buttons and menus: what was pressed is read strictly, allowed or refused, and acts once.

type Pressed = SlackActionMiddlewareArgs<BlockAction> & AllMiddlewareArgs

export async function handleAction(
  stage: SlackDependencies,
  args: Pressed | unknown,
): Promise<void> {
  const { ack, body, action, client } = args as Pressed
  await ack()
  const read = readAction(action)
  const reply = replyTo(stage, args as Pressed)
  await replying(stage, reply, 'that button', async () => {
    if (read === null)
      throw new UserError('That button is not one of ours any more. Ask again with /contracts.')
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

function replyTo(stage: SlackDependencies, { body, client, respond }: Pressed): Reply {
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

async function press(scene: RequestContext, action: Action, reply: Reply): Promise<void> {
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
      throw new UserError('That button opens a form: press it again.')
  }
}

/** The acts on one contract that need nothing more to be filled in. */
async function pressContract(
  scene: RequestContext,
  act: ContractAct,
  subject: ButtonSubject,
  reply: Reply,
): Promise<void> {
  const { pool } = scene.stage
  const { contractId } = subject
  if (act === 'show' || act === 'explain' || act === 'history') {
    await need(scene, 'read', contractId)
    return reply(await answerTo(scene, `${act} #${contractId}`))
  }
  await need(scene, 'change', contractId)
  const once = async (deed: ActionKind, work: (actor: Actor) => Promise<void>) =>
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
      throw new UserError('That button opens a form: press it again.')
  }
}

const PRESET_DAYS = { 'snooze-1d': 1, 'snooze-1w': 7, 'snooze-2w': 14 } as const

function presetDay(today: CivilDate, act: keyof typeof PRESET_DAYS): CivilDate {
  return addDays(today, PRESET_DAYS[act])
}

// "These are rollovers", or not: said by whoever may change every contract of the chain.

/** @throws Refusal where they may not, or where somebody answered already. */
async function sayOfChain(
  scene: RequestContext,
  contractId: number,
  rollovers: boolean,
): Promise<Message> {
  await need(scene, 'change', contractId)
  const { pool, organisation, rulesOf } = scene.stage
  const { chainToleranceDays: toleranceDays } = rulesOf(organisation)
  const asked = { organisationId: organisation.id, teamId: null, toleranceDays }
  const proposed = chainWith(await readChains(pool, asked), contractId)
  if (proposed === null) {
    throw new UserError(
      'Somebody has said already what that chain is. Look again: /contracts chains',
    )
  }
  // The awards that followed are closed by it: each is somebody's.
  for (const { id } of proposed.links) await need(scene, 'change', id)
  const chain = await answerChain(pool, scene.actor, contractId, rollovers)
  return chainAnsweredAnswer(chainFacts(chain, true), rollovers)
}

// The answer to a question about a checkpoint: done, or slipped to a day.

type CheckpointAction = Extract<Action, { readonly checkpointId: number }>

/** @throws Refusal where it is gone, answered already, or the asker may not change the contract. */
async function pressCheckpoint(scene: RequestContext, action: CheckpointAction): Promise<Message> {
  const { pool, organisation, today } = scene.stage
  await need(scene, 'read', null)
  const found = await readCheckpoint(pool, organisation.id, action.checkpointId)
  if (found === null) {
    throw new UserError(
      'That procurement is not under way any more: another decision took its place, or the contract is gone.',
    )
  }
  const { contractId, name, named } = found
  await need(scene, 'change', contractId)
  const answer: CheckpointAnswer =
    action.act === 'checkpoint-done'
      ? { said: 'done', on: today() }
      : { said: 'slipped', to: action.to }
  const { award, gap } = await answerCheckpoint(pool, scene.actor, contractId, name, answer)
  const doneOn = answer.said === 'done' ? answer.on : null
  const slippedTo = answer.said === 'slipped' ? answer.to : null
  const hidePrices = scene.context('').hidePrices
  return checkpointAnswer(named, name, { by: null, doneOn, slippedTo, award, gap }, hidePrices)
}

// Somebody says that a notice was published, or why none is called for.

/** @throws Refusal where the contract has no open task of this notice, or the asker may not change it. */
export async function recordPublished(
  scene: RequestContext,
  { ref, notice, said }: { readonly ref: string; readonly notice: Notice; readonly said: string },
): Promise<Message> {
  return about(scene, ref, async (id) => {
    await need(scene, 'change', id)
    const { on } = await recordNotice(scene.stage.pool, scene.actor, id, notice, said)
    return saidAnswer(
      `Recorded: the ${NOTICE_TITLES[notice]} (${notice}) of ${dateWords(on)} is settled. What you said stands in the history.`,
    )
  })
}
