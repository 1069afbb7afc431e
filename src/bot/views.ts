/** Forms that come back: read strictly, allowed or refused, done once; errors stand at their fields. */
import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt'
import { Refusal } from '../domain/refusal.ts'
import { saidAnswer } from '../messages/answers/replies.ts'
import type { Message } from '../messages/facts.ts'
import { DEFAULT_GROUNDS } from '../messages/modals/grounds.ts'
import type { Actor } from '../watch/act.ts'
import { type Assignment, assign } from '../watch/assign.ts'
import { classify } from '../watch/classify.ts'
import { decide } from '../watch/decide.ts'
import { extend } from '../watch/extend.ts'
import { snooze } from '../watch/snooze.ts'
import { withdrawExtension } from '../watch/withdraw.ts'
import type { Deed } from './act-once.ts'
import { memberNamed } from './assigning.ts'
import { submitOnce } from './came-first.ts'
import { addContract, edit, editOf } from './contract-record.ts'
import { atBlocks, errorAtField } from './form-errors.ts'
import { renewHome } from './home.ts'
import { handleImport } from './importing.ts'
import { firstTime, forget } from './inbox.ts'
import { setVoice } from './preferences.ts'
import { failure, tellDirectly } from './reply.ts'
import { need } from './rights.ts'
import { submitRules } from './rules-form.ts'
import { openScene, type Scene, type Stage } from './scene.ts'
import type { ClassifyInput } from './submissions/read-extension.ts'
import { type AssignInput, readSubmission, type Submission } from './submissions/read-submission.ts'
import { submitSettings } from './team-settings.ts'

type Sent = SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs

export async function handleSubmission(stage: Stage, args: Sent | unknown): Promise<void> {
  const { ack, body, view, client } = args as Sent
  const read = readSubmission(view, stage.today())
  if (read === null) {
    await ack()
    stage.log('A form came back that is none of ours, or was tampered with: nothing was done.')
    return
  }
  if (read.form === 'errors') {
    const errors = atBlocks(view.state.values, read.errors)
    return void (await ack({ response_action: 'errors', errors }))
  }
  if (read.form === 'settings') return submitSettings(stage, args as Sent, read)
  if (read.form === 'rules') return submitRules(stage, args as Sent, read)
  if (read.form === 'import' || read.form === 'headings' || read.form === 'apply') {
    return handleImport(stage, args as Sent, read)
  }
  const workspace = body.user.team_id ?? body.team?.id ?? ''
  // Slack gives each form that it opens an id of its own. The same form is sent again after an
  // error: only a finished one is remembered.
  const once = `form:${view.id}`
  const { pool, organisation } = stage
  let said: Message
  let acted: Scene | null = null
  try {
    if (!(await firstTime(pool, organisation.id, once))) return void (await ack())
    try {
      const scene = await openScene(stage, client, {
        workspace,
        slackUser: body.user.id,
        channel: null,
      })
      said = await submit(scene, read, view)
      acted = scene
    } catch (error) {
      await forget(pool, organisation.id, once)
      throw error
    }
  } catch (error) {
    // The form stays open, so that nothing is lost that was typed.
    const errors = errorAtField(stage, view.state.values, error)
    if (errors !== null) {
      return void (await ack({ response_action: 'errors', errors: { ...errors } }))
    }
    said = failure(stage, 'that form', error)
  }
  await ack()
  await tellDirectly(stage, body.user.id, said)
  if (acted !== null) await renewHome(acted)
}

async function submit(scene: Scene, sent: Submission, view: Sent['view']): Promise<Message> {
  if (sent.form === 'preferences') {
    await need(scene, 'read', null)
    if (sent.input.voice === null) return saidAnswer('Your preference is as it was.')
    await setVoice(scene, sent.input.voice)
    return saidAnswer('Your preference is saved.')
  }
  if (sent.form === 'add') return addContract(scene, sent.input)
  if (!('about' in sent)) throw new Refusal('That form does not work in Slack yet.')
  const { contractId, version } = sent.about
  await need(scene, 'change', contractId)
  const once = (deed: Deed, work: (actor: Actor) => Promise<void>) =>
    submitOnce(scene, { contractId, version, viewId: view.id }, deed, work)
  const { pool } = scene.stage
  switch (sent.form) {
    case 'extend': {
      const { kind, to, from, status } = sent.input
      const extension = { kind, to, from, status, ...paid(sent.input) }
      return once(
        'extended',
        async (actor) => void (await extend(pool, actor, contractId, extension)),
      )
    }
    case 'classify': {
      const said = { ...paid(sent.input), kind: sent.input.kind, cost: sent.input.cost }
      return once('extended', (actor) => classify(pool, actor, contractId, sent.extensionId, said))
    }
    case 'withdraw': {
      const { extensionId, why } = sent.input
      return once('withdrawn', (actor) =>
        withdrawExtension(pool, actor, contractId, extensionId, why),
      )
    }
    case 'decide': {
      const { deadline, text, evidence } = sent.input
      return once('decided', (actor) =>
        decide(pool, actor, contractId, { kind: deadline, text, evidence }),
      )
    }
    case 'snooze': {
      const { until, why } = sent.input
      return once('snoozed', (actor) => snooze(pool, actor, contractId, until, why))
    }
    case 'assign': {
      const assignment = await assignmentOf(scene, sent.input)
      return once('assigned', (actor) => assign(pool, actor, contractId, assignment))
    }
    case 'edit': {
      const changed = await editOf(scene, sent.input)
      return once('edited', (actor) => edit(scene, actor, contractId, changed))
    }
  }
}

/** What an extension costs and rests on, as the record has it. */
function paid(input: ClassifyInput) {
  const ground = DEFAULT_GROUNDS.find((each) => each.id === input.grounds)
  const grounds = [ground?.title ?? input.grounds, input.cause].filter((part) => part !== null)
  return {
    cost: input.cost ?? null,
    rule: ground?.rule ?? null,
    grounds: grounds.length === 0 ? null : grounds.join(': '),
    approver: input.approver,
    noticeReference: input.noticeReference,
  }
}

async function assignmentOf(scene: Scene, { owner, deputy }: AssignInput): Promise<Assignment> {
  const idOf = async (slackUser: string | null, field: string) =>
    slackUser === null ? null : memberNamed(scene, slackUser, field)
  return {
    ...(owner === undefined ? {} : { ownerId: await idOf(owner, 'owner') }),
    ...(deputy === undefined ? {} : { deputyId: await idOf(deputy, 'deputy') }),
  }
}
