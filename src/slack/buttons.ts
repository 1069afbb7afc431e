/** Buttons and menus: what was pressed is read strictly, allowed or refused, and acts once. */

import type { AllMiddlewareArgs, BlockAction, SlackActionMiddlewareArgs } from '@slack/bolt'
import pLimit, { type LimitFunction } from 'p-limit'
import type { Pool } from 'pg'
import {
  acknowledge,
  answerSupply,
  confirmTriage,
  markHistoric,
  snooze,
} from '../actions/acknowledge.ts'
import { type Actor, Overtaken } from '../actions/act.ts'
import { answerChain } from '../actions/chains.ts'
import { answerCheckpoint, type CheckpointAnswer } from '../actions/checkpoints.ts'
import {
  type CoverInput,
  coverProduct,
  type MeaningSaid,
  restSupport,
  sayWording,
} from '../actions/cover.ts'
import { recordNotice } from '../actions/decide.ts'
import { tables } from '../database/prisma.ts'
import { lastAct } from '../delivery/acts.ts'
import { textOf } from '../delivery/slack-api.ts'
import { chainWith, readChains } from '../reports/chains.ts'
import { historyOf } from '../reports/history.ts'
import { readCheckpoint } from '../reports/procurement.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import type { ContractNames } from '../rules/contract.ts'
import { NOTICE_TITLES, type Notice } from '../rules/notices.ts'
import type { RecordedCover } from '../rules/support.ts'
import { ContractGone, UserError } from '../rules/user-error.ts'
import {
  type Action,
  type ButtonSubject,
  CONTRACT_FORMS,
  type ContractAct,
  readAction,
} from '../text/buttons.ts'
import { chainAnsweredAnswer } from '../text/chains.ts'
import type { Message } from '../text/facts.ts'
import { checkpointAnswer } from '../text/procurement.ts'
import { saidAnswer } from '../text/replies.ts'
import { KIND_WORDS, recordedWords } from '../text/support.ts'
import { type ActionRecord, cameFirstAnswer, doneAnswer } from '../text/warning.ts'
import { counted, dateWords, figure } from '../text/words.ts'
import { about, answerTo, sharedAnswer } from './answers.ts'
import { chainFacts } from './facts/analysis.ts'
import { linkName, sayClaim, sayIdentity, unlinkName } from './forms/assign.ts'
import { openForm } from './forms.ts'
import { renewHome, showHome } from './home.ts'
import { answerAsked, undo } from './import.ts'
import type { Command } from './parse/command-types.ts'
import { need, needTeam, needTriage } from './permissions.ts'
import {
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
import { endSubscription } from './subscriptions.ts'

type Pressed = SlackActionMiddlewareArgs<BlockAction> & AllMiddlewareArgs

export async function handleAction(
  deps: SlackDependencies,
  args: Pressed | unknown,
): Promise<void> {
  const { ack, body, action, client } = args as Pressed
  await ack()
  const read = readAction(action)
  const reply = replyTo(deps, args as Pressed)
  await replying(deps, reply, 'that button', async () => {
    if (read === null)
      throw new UserError('That button is not one of ours any more. Ask again with /contracts.')
    const request = await requestContext(deps, client, senderOf(body, body.channel?.id))
    if (FORM_ACTS.has(read.act)) {
      // A trigger lives three seconds and works once: no inbox is needed for what only opens a form.
      return openForm(request, read, { triggerId: body.trigger_id, modal: modalOf(body) })
    }
    const once = `press:${action.action_ts}:${body.user.id}:${action.action_id}`
    if (!(await firstTime(deps.pool, deps.organisation.id, once))) return
    await press(request, read, reply)
    if (!READS.has(read.act)) await renewHome(request)
  })
}

function replyTo(deps: SlackDependencies, { body, client, respond }: Pressed): Reply {
  if (body.response_url !== undefined) {
    const own = body.container.is_ephemeral === true
    return inChannel(deps, senderOf(body).workspace, respond, { own, thread: threadOf(body) })
  }
  const { user, trigger_id: triggerId } = body
  return inModal({ deps, client, slackUser: user.id, triggerId, modal: modalOf(body) })
}

/** The thread in which it was pressed; null for a message that is no reply. */
function threadOf({ container, message }: BlockAction): string | null {
  const thread = textOf(container, 'thread_ts') ?? textOf(message, 'thread_ts')
  return thread === textOf(container, 'message_ts') ? null : thread
}

function modalOf({ view }: BlockAction) {
  return view?.type === 'modal' ? { id: view.id, hash: view.hash } : null
}

const FORM_ACTS: ReadonlySet<string> = new Set<Action['act']>([
  ...(['open', 'fill', 'settings-team', 'team-rules', 'ended', 'answer-own'] as const),
  ...CONTRACT_FORMS,
])

/** What changes nothing. */
const READS: ReadonlySet<string> = new Set<Action['act']>([
  ...(['page', 'run', 'share', 'show', 'explain', 'history', 'home'] as const),
])

async function press(request: RequestContext, action: Action, reply: Reply): Promise<void> {
  if ('subject' in action) return pressContract(request, action.act, action.subject, reply)
  switch (action.act) {
    case 'page':
      return reply(await answerTo(request, action.query, { page: action.page }), {
        replace: true,
      })
    case 'run':
      return reply(await answerTo(request, action.query))
    case 'home':
      return showHome(request, action.view)
    case 'link':
      return reply(await linkName(request, `person ${action.personId}`, action), {
        replace: true,
      })
    case 'unlink':
      return reply(await unlinkName(request, `person ${action.personId}`), { replace: true })
    case 'identity-yes':
    case 'identity-no':
      return reply(await sayIdentity(request, action.personId, action.act === 'identity-yes'))
    case 'claim-confirm':
    case 'claim-refuse':
      return reply(await sayClaim(request, action.personId, action.act === 'claim-confirm'))
    case 'share':
      return reply(await sharedAnswer(request, action.query), { shared: true })
    case 'chain-confirm':
    case 'chain-refuse':
      return reply(await sayOfChain(request, action.contractId, action.act === 'chain-confirm'))
    case 'triage-confirm':
      await needTriage(request, action.teamId)
      return reply(await confirmTriage(request.deps.pool, request.actor, action.teamId))
    case 'answer':
      return reply(await answerAsked(request, action.questionId, action.choice), { replace: true })
    case 'undo-import':
      return reply(await undo(request, action.importId))
    case 'checkpoint-done':
    case 'checkpoint-slip':
      return reply(await pressCheckpoint(request, action))
    case 'support-ack':
    case 'support-snooze-1d':
    case 'support-snooze-1w':
    case 'support-snooze-2w':
      return reply(await pressReminder(request, action))
    case 'unsubscribe':
      return reply(await endSubscription(request, action.subscriptionId), { replace: true })
    default:
      throw new UserError('That button opens a form: press it again.')
  }
}

/** The acts on one contract that need nothing more to be filled in. */
async function pressContract(
  request: RequestContext,
  act: ContractAct,
  subject: ButtonSubject,
  reply: Reply,
): Promise<void> {
  const { pool } = request.deps
  const { contractId } = subject
  if (act === 'show' || act === 'explain' || act === 'history') {
    await need(request, 'read', contractId)
    return reply(await answerTo(request, `${act} #${contractId}`))
  }
  await need(request, 'change', contractId)
  const once = async (kind: ActionKind, work: (actor: Actor) => Promise<void>) =>
    reply((await actOnce(request, subject, kind, work)).message)
  switch (act) {
    case 'ack':
      return once('acknowledged', (actor) => acknowledge(pool, actor, contractId))
    case 'snooze-1d':
    case 'snooze-1w':
    case 'snooze-2w':
      return once('snoozed', (actor) => snooze(pool, actor, contractId, presetDays(act), null))
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

const PRESET_DAYS = { '1d': 1, '1w': 7, '2w': 14 } as const

/** `snooze-1w` of a contract, `support-snooze-1w` of a release. */
function presetDays(act: `${string}snooze-${keyof typeof PRESET_DAYS}`): number {
  return PRESET_DAYS[act.slice(-2) as keyof typeof PRESET_DAYS]
}

/** A reminder of a release: for the people of its team. */
async function pressReminder(
  request: RequestContext,
  action: Extract<Action, { readonly product: string }>,
): Promise<Message> {
  await needTeam(request, action.teamId, 'put off its reminders')
  const { act } = action
  const days = act === 'support-ack' ? null : presetDays(act)
  const rest = await restSupport(request.deps.pool, request.actor, action, days)
  const what = days === null ? 'You are on it' : 'Put off'
  return saidAnswer(`${what}: ${rest.name} is asked about again on ${dateWords(rest.until)}.`)
}

/** @throws UserError where they may not, or where somebody answered already. */
async function sayOfChain(
  request: RequestContext,
  contractId: number,
  rollovers: boolean,
): Promise<Message> {
  await need(request, 'change', contractId)
  const { pool, organisation, rulesOf } = request.deps
  const { chainToleranceDays: toleranceDays } = rulesOf(organisation)
  const asked = { organisationId: organisation.id, teamId: null, toleranceDays }
  const proposed = chainWith(await readChains(pool, asked), contractId)
  if (proposed === null) {
    throw new UserError(
      'Somebody has said already what that chain is. Look again: /contracts chains',
    )
  }
  // The awards that followed are closed by it: each is somebody's.
  for (const { id } of proposed.links) await need(request, 'change', id)
  const chain = await answerChain(pool, request.actor, contractId, rollovers)
  return chainAnsweredAnswer(chainFacts(chain, true), rollovers)
}

// The answer to a question about a checkpoint: done, or slipped to a day.

type CheckpointAction = Extract<Action, { readonly checkpointId: number }>

/** @throws UserError where it is gone, answered already, or the asker may not change the contract. */
async function pressCheckpoint(
  request: RequestContext,
  action: CheckpointAction,
): Promise<Message> {
  const { pool, organisation } = request.deps
  await need(request, 'read', null)
  const found = await readCheckpoint(pool, organisation.id, action.checkpointId)
  if (found === null) {
    throw new UserError(
      'That procurement is not under way any more: another decision took its place, or the contract is gone.',
    )
  }
  const { contractId, name, named } = found
  await need(request, 'change', contractId)
  const answer: CheckpointAnswer =
    action.act === 'checkpoint-done'
      ? { said: 'done', on: null }
      : { said: 'slipped', to: action.to }
  const answered = await answerCheckpoint(pool, request.actor, contractId, name, answer)
  const hidePrices = request.context('').hidePrices
  return checkpointAnswer(named, name, { by: null, ...answered }, hidePrices)
}

/** @throws UserError where the contract has no open task of this notice, or the asker may not change it. */
export async function recordPublished(
  request: RequestContext,
  { ref, notice, said }: { readonly ref: string; readonly notice: Notice; readonly said: string },
): Promise<Message> {
  return about(request, ref, async (id) => {
    await need(request, 'change', id)
    const { on } = await recordNotice(request.deps.pool, request.actor, id, notice, said)
    return saidAnswer(
      `Recorded: the ${NOTICE_TITLES[notice]} (${notice}) of ${dateWords(on)} is settled. What you said stands in the history.`,
    )
  })
}

// What a contract covers, and what words for products mean.

/** For those who may change the contract. */
export async function coverSaid(
  request: RequestContext,
  { ref, product, kind, count, custom, forAll }: Extract<Command, { readonly verb: 'cover' }>,
): Promise<Message> {
  return about(request, ref, async (id) => {
    await need(request, 'change', id)
    const { pool, today } = request.deps
    const said = { product, release: '', kind, count, custom, forAll }
    const cover = await coverProduct(pool, request.actor, id, said)
    return saidAnswer(coverRecorded(said, cover, today()))
  })
}

/** `Recorded: it covers Microsoft Windows Server 2016 (support, 200, for all teams). Support until …` */
export function coverRecorded(
  { kind, count, forAll }: Pick<CoverInput, 'kind' | 'count' | 'forAll'>,
  cover: RecordedCover,
  today: CivilDate,
): string {
  const many = count === null ? '' : `, ${figure(count)}`
  const all = forAll === true ? ', for all teams' : ''
  return `Recorded: it covers ${cover.name} (${KIND_WORDS[kind]}${many}${all}).${recordedWords(cover, today)}`
}

/** What words mean holds for the whole organisation, so that administrators say it. */
export async function wordingSaid(
  request: RequestContext,
  { words, is }: NonNullable<Extract<Command, { readonly verb: 'products' }>['says']>,
): Promise<Message> {
  await need(request, 'administer', null)
  const { pool, today } = request.deps
  const isNothing = is !== null && /^(?:nothing|none|unknown)$/i.test(is.trim())
  const said: MeaningSaid =
    is === null ? 'proposed' : isNothing ? 'nothing' : { product: is, release: '' }
  const { name, linked } = await sayWording(pool, request.actor, today(), words, said)
  return saidAnswer(
    name === null
      ? 'Recorded: no product whose end of support is known here.'
      : `Recorded: that is ${name}. ${counted(linked, 'row')} linked, and the same words from now on.`,
  )
}

// An act on a contract is done once: by the first of those who saw it as it was. Whoever comes
// second is told what the first one did, in place of a second act.

/** What is about to be done, by the name that the record will give it; `marked`: as historic or not. */
export type ActionKind =
  | Extract<
      ActionRecord['what'],
      'acknowledged' | 'snoozed' | 'decided' | 'extended' | 'withdrawn' | 'assigned' | 'edited'
    >
  | 'still-supplied'
  | 'closed'
  | 'marked'

/** The contract as the person saw it; version null where they typed a command. */
export interface SeenContract {
  readonly contractId: number
  readonly version: number | null
}

type ActionOutcome =
  | { readonly kind: 'done'; readonly message: Message }
  /** The same person did the same already; nothing was done now. */
  | { readonly kind: 'again'; readonly message: Message }
  /** Somebody else acted since the person looked; nothing was done now. */
  | { readonly kind: 'late'; readonly message: Message; readonly first: ActionRecord }

/** Shared by all handlers of this process; other processes are kept out by the contract's version. */
const acting = new Map<string, LimitFunction>()

/** How often an act is tried while imports and sweeps move the contract's version. */
const TRIES = 3

/**
 * Does the work as the actor it is given, who acts on the version that was read here. Rights were
 * checked before. @throws UserError as `work` does.
 */
export async function actOnce(
  request: RequestContext,
  seen: SeenContract,
  kind: ActionKind,
  work: (actor: Actor) => Promise<void>,
): Promise<ActionOutcome> {
  const { pool, organisation } = request.deps
  return inTurn(`${organisation.id}/${seen.contractId}`, async () => {
    for (let attempt = 1; ; attempt += 1) {
      const standing = await readStanding(pool, organisation.id, seen.contractId)
      const fits = attempt === 1 && stillFits(kind, seen, standing)
      const first = fits ? null : await firstAct(request, seen, kind, standing)
      if (first !== null) return toldOf(request, standing, first)
      try {
        await work({ ...request.actor, seenVersion: standing.version })
        return { kind: 'done', message: await actedAnswer(request, seen.contractId) }
      } catch (error) {
        if (!(error instanceof Overtaken) || attempt === TRIES) throw error
      }
    }
  })
}

interface Standing extends ContractNames {
  readonly version: number
  readonly hasOpenWarning: boolean
  /** Closed, or said to be supplied without cover. */
  readonly supplyAnswered: boolean
}

async function readStanding(pool: Pool, organisationId: number, id: number): Promise<Standing> {
  const standing = await tables(pool).contract.findFirst({
    where: { id, organisationId },
    select: {
      ...{ version: true, reference: true, title: true, supplier: true },
      ...{ closedOn: true, outOfContractOn: true },
      alerts: { where: { state: 'open' }, take: 1, select: { id: true } },
    },
  })
  if (standing === null) throw new ContractGone()
  const { closedOn, outOfContractOn, alerts, ...named } = standing
  const supplyAnswered = closedOn !== null || outOfContractOn !== null
  return { ...named, supplyAnswered, hasOpenWarning: alerts.length > 0 }
}

/**
 * Whether the act still answers what the person saw. What the warnings themselves tell goes before
 * the version: imports and settings move it as well, without anybody having acted.
 */
function stillFits(kind: ActionKind, { version }: SeenContract, standing: Standing): boolean {
  const unchanged = version === null || version === standing.version
  switch (kind) {
    case 'acknowledged':
      return standing.hasOpenWarning
    case 'snoozed':
      return unchanged || standing.hasOpenWarning
    case 'still-supplied':
    case 'closed':
      return !standing.supplyAnswered
    case 'marked':
      return true
    default:
      return unchanged
  }
}

/**
 * What was done first; null where nobody did it, or the same person did something else. A contract's
 * version grows with each entry about it, so that what came since it was seen is among so many of them:
 * also where an import or an act about something else followed on the one that did.
 */
async function firstAct(
  request: RequestContext,
  { contractId, version }: SeenContract,
  kind: ActionKind,
  standing: Standing,
): Promise<ActionRecord | null> {
  const { pool, organisation, today } = request.deps
  const kinds = ANSWERED_BY.get(kind)
  const since = version === null ? 0 : standing.version - version
  // The act that settled the warning may have come before the list was made that holds the button.
  const entries = kinds === undefined ? since : Number.POSITIVE_INFINITY
  const meant = { entries, ...(kinds === undefined ? {} : { kinds }) }
  const act = await lastAct(pool, organisation.id, contractId, today(), meant)
  if (act === null) return null
  return isOwn(request, act) && act.what !== kind ? null : act
}

/** Acts after which there is no warning to acknowledge, and no question whether it is supplied. */
const ANSWERED_BY: ReadonlyMap<ActionKind, ReadonlySet<ActionRecord['what']>> = new Map([
  [
    'acknowledged',
    new Set<ActionRecord['what']>([
      ...(['acknowledged', 'snoozed', 'decided', 'extended', 'withdrawn', 'edited'] as const),
      ...(['closed', 'still-supplied', 'no-longer-supplied'] as const),
    ]),
  ],
  ...(['still-supplied', 'closed'] as const).map(
    (kind) =>
      [
        kind,
        new Set<ActionRecord['what']>(['still-supplied', 'closed', 'no-longer-supplied']),
      ] as const,
  ),
])

function toldOf(
  request: RequestContext,
  contract: ContractNames,
  first: ActionRecord,
): ActionOutcome {
  return isOwn(request, first)
    ? { kind: 'again', message: doneAnswer(contract, first, request.shared) }
    : { kind: 'late', message: cameFirstAnswer(contract, first, request.shared), first }
}

function isOwn({ asker }: RequestContext, { by }: ActionRecord): boolean {
  return by?.slackUser === asker.slackUser
}

// What the person who acted is told: the act as the record has it.

async function actedAnswer(request: RequestContext, contractId: number): Promise<Message> {
  const { pool, organisation } = request.deps
  const contract = await tables(pool).contract.findFirst({
    where: { id: contractId, organisationId: organisation.id },
    select: { reference: true, title: true, supplier: true },
  })
  if (!contract) return saidAnswer('Done.')
  const act = await lastAct(pool, organisation.id, contractId, request.deps.today())
  if (act) return doneAnswer(contract, act, request.shared)
  const { lines } = await historyOf(pool, organisation.id, contractId, 1)
  return saidAnswer(`Done: ${lines[0]?.what ?? 'recorded'} ${contract.reference}.`)
}

/** Acts on the same contract wait for each other, so that the second sees the first. */
async function inTurn<T>(contract: string, work: () => Promise<T>): Promise<T> {
  const turns = acting.get(contract) ?? pLimit(1)
  acting.set(contract, turns)
  try {
    return await turns(work)
  } finally {
    if (turns.activeCount + turns.pendingCount === 0) acting.delete(contract)
  }
}
