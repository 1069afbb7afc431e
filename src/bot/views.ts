/** Forms that come back: read strictly, allowed or refused, done once; errors stand at their fields. */
import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt'
import { Refusal } from '../domain/refusal.ts'
import { saidAnswer } from '../messages/answers/replies.ts'
import type { Message } from '../messages/facts.ts'
import { DEFAULT_GROUNDS } from '../messages/modals/grounds.ts'
import { decide, extend } from '../watch/act.ts'
import { type Assignment, assign } from '../watch/assign.ts'
import { classify } from '../watch/classify.ts'
import { snooze } from '../watch/snooze.ts'
import { actedAnswer } from './done.ts'
import { firstTime, forget } from './inbox.ts'
import { setVoice } from './preferences.ts'
import { failure } from './reply.ts'
import { need } from './rights.ts'
import { openScene, type Scene, type Stage } from './scene.ts'
import type { ClassifyInput } from './submissions/read-extension.ts'
import { readSubmission, type Submission } from './submissions/read-submission.ts'

type Sent = SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs

export async function handleSubmission(stage: Stage, args: Sent | unknown): Promise<void> {
  const { ack, body, view, client } = args as Sent
  const read = readSubmission(view, stage.today())
  if (read === null) {
    await ack()
    stage.log('A form came back that is none of ours, or was tampered with: nothing was done.')
    return
  }
  if (read.form === 'errors')
    return void (await ack({ response_action: 'errors', errors: { ...read.errors } }))
  const workspace = body.user.team_id ?? body.team?.id ?? ''
  // The same form is sent again after an error: only a finished one is remembered.
  const once = `form:${view.id}:${view.hash}`
  let said: Message
  try {
    const scene = await openScene(stage, client, {
      workspace,
      slackUser: body.user.id,
      channel: null,
    })
    if (!(await firstTime(stage.pool, stage.organisation.id, once))) return void (await ack())
    said = await submit(scene, read)
  } catch (error) {
    await forget(stage.pool, stage.organisation.id, once)
    const field = firstField(view.state.values)
    if (error instanceof Refusal && field !== null) {
      return void (await ack({
        response_action: 'errors',
        errors: { [field]: error.message.slice(0, 150) },
      }))
    }
    await ack()
    said = failure(stage, 'that form', error)
  }
  await ack()
  await tell(args as Sent, said)
}

async function submit(scene: Scene, sent: Submission): Promise<Message> {
  const { pool } = scene.stage
  const { actor } = scene
  if (sent.form === 'preferences') {
    await need(scene, 'read', null)
    await setVoice(scene, sent.input.voice)
    return saidAnswer('Your preference is saved.')
  }
  if (!('about' in sent)) throw new Refusal('That form does not work in Slack yet.')
  const { contractId } = sent.about
  await need(scene, 'change', contractId)
  switch (sent.form) {
    case 'extend': {
      const { kind, to, from, status } = sent.input
      await extend(pool, actor, contractId, { kind, to, from, status, ...paid(sent.input) })
      break
    }
    case 'classify':
      await classify(pool, actor, contractId, sent.extensionId, {
        kind: sent.input.kind,
        ...paid(sent.input),
      })
      break
    case 'decide': {
      const { deadline, text, evidence } = sent.input
      await decide(pool, actor, contractId, { kind: deadline, text, evidence })
      break
    }
    case 'snooze':
      await snooze(pool, actor, contractId, sent.input.until, sent.input.why)
      break
    case 'assign':
      await assign(pool, actor, contractId, await assignmentOf(scene, sent.input))
      break
    default:
      throw new Refusal('That form does not work in Slack yet.')
  }
  return actedAnswer(scene, contractId)
}

/** What an extension costs and rests on, as the record has it. */
function paid(input: ClassifyInput) {
  const ground = DEFAULT_GROUNDS.find((each) => each.id === input.grounds)
  const grounds = [ground?.title ?? input.grounds, input.cause].filter((part) => part !== null)
  return {
    cost: input.cost,
    rule: ground?.rule ?? null,
    grounds: grounds.length === 0 ? null : grounds.join(': '),
    approver: input.approver,
    noticeReference: input.noticeReference,
  }
}

async function assignmentOf(
  scene: Scene,
  { owner, deputy }: { readonly owner: string | null; readonly deputy: string | null },
): Promise<Assignment> {
  const personOf = async (slackUser: string) => {
    const person = await scene.stage.directory.askerOf(scene.client, scene.workspace, slackUser)
    if (!person.isMember) {
      throw new Refusal(
        'Choose full members of this workspace: guests and bots cannot answer for a contract.',
      )
    }
    return person.personId
  }
  return {
    ownerId: owner === null ? null : await personOf(owner),
    deputyId: deputy === null ? null : await personOf(deputy),
  }
}

/** Told in a direct message: a form knows no channel. */
async function tell({ body, client }: Sent, { text, blocks }: Message): Promise<void> {
  await client.chat.postMessage({ channel: body.user.id, text, blocks: [...blocks] })
}

function firstField(values: Readonly<Record<string, unknown>>): string | null {
  return Object.keys(values)[0] ?? null
}
