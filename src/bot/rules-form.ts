/**
 * The form of the rules of the organisation, a team or one contract: shown what it would change when
 * it is sent, saved when the same is sent again.
 */
import { createHash } from 'node:crypto'
import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt'
import { ruleName } from '../domain/rule-keys.ts'
import { type RuleChange, ruleChanges, withRuleChanges } from '../domain/rule-lines.ts'
import { answer } from '../messages/answers/answer.ts'
import { body } from '../messages/compose.ts'
import { type Mrkdwn, mrkdwn } from '../messages/escape.ts'
import type { Message } from '../messages/facts.ts'
import { ownerWords, ruleChangeLines, rulesModal } from '../messages/modals/rules.ts'
import { reachLine } from '../messages/modals/settings-changes.ts'
import { changeRules, type RulesScope, tryRules } from '../watch/change-rules.ts'
import { rulesForm } from './facts/rules-form.ts'
import { errorAtField } from './form-errors.ts'
import { renewHome } from './home.ts'
import { firstTime } from './inbox.ts'
import { failure, tellDirectly } from './reply.ts'
import { need } from './rights.ts'
import { openScene, type Scene, type Stage } from './scene.ts'
import type { RulesSent } from './submissions/read-submission.ts'

/** A contract's for those who may change it; all others for administrators. */
export async function rulesView(scene: Scene, scope: RulesScope) {
  await needRules(scene, scope)
  return rulesModal((await rulesForm(scene.context(''), scope)).form)
}

async function needRules(scene: Scene, { contractId }: RulesScope): Promise<void> {
  await need(scene, contractId === null ? 'administer' : 'change', contractId)
}

type Sent = SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs

export async function submitRules(stage: Stage, args: Sent, sent: RulesSent): Promise<void> {
  const { ack, body: payload, view, client } = args
  const { scope, previewed, input } = sent
  let save: () => Promise<Message>
  let scene: Scene
  try {
    const workspace = payload.user.team_id ?? payload.team?.id ?? ''
    const slackUser = payload.user.id
    scene = await openScene(stage, client, { workspace, slackUser, channel: null })
    await needRules(scene, scope)
    const { form, standing } = await rulesForm(scene.context(''), scope)
    const changes = ruleChanges(standing, input.typed).filter(({ key }) =>
      input.touched.includes(ruleName(key)),
    )
    const mark = markOf(changes)
    if (previewed !== mark) {
      const lines = await previewLines(scene, scope, changes)
      const shown = rulesModal({
        ...form,
        lines: input.lines,
        preview: { lines, mark, touched: input.touched },
      })
      return void (await ack({ response_action: 'update', view: shown }))
    }
    save = async () => {
      if (changes.length > 0) await changeRules(stage.pool, scene.actor, scope, stepOf(changes))
      const saved = mrkdwn`*The rules of ${ownerWords(form.of)} are saved*`
      return answer([body(saved, ...linesOf(changes))])
    }
  } catch (error) {
    const errors = errorAtField(stage, view.state.values, error) ?? {}
    return void (await ack({ response_action: 'errors', errors: { ...errors } }))
  }
  // Counting many contracts anew takes longer than Slack waits.
  await ack()
  if (!(await firstTime(stage.pool, stage.organisation.id, `form:${view.id}`))) return
  const said = await save().catch((error: unknown) => failure(stage, 'those rules', error))
  await tellDirectly(stage, payload.user.id, said)
  await renewHome(scene)
}

function stepOf(changes: readonly RuleChange[]) {
  return (kept: Parameters<typeof withRuleChanges>[0]) => withRuleChanges(kept, changes)
}

async function previewLines(
  { stage, actor }: Scene,
  scope: RulesScope,
  changes: readonly RuleChange[],
): Promise<Mrkdwn[]> {
  const lines = linesOf(changes)
  if (changes.length === 0) return lines
  if (scope.contractId !== null) {
    return [...lines, mrkdwn`The deadlines of this contract are counted anew.`]
  }
  const reach = await tryRules(stage.pool, actor, scope.teamId, stepOf(changes))
  if (reach !== null || scope.teamId !== null) {
    return [...lines, reachLine(reach?.rekeyed ?? null, reach?.moved ?? null)]
  }
  return [...lines, mrkdwn`All contracts are counted anew, which may take some minutes.`]
}

function linesOf(changes: readonly RuleChange[]): Mrkdwn[] {
  if (changes.length === 0) return [mrkdwn`Nothing: everything is as it was.`]
  return ruleChangeLines(changes)
}

/** Known again only while the same would change from what stands. */
function markOf(changes: readonly RuleChange[]): string {
  return createHash('sha256').update(JSON.stringify(changes)).digest('hex')
}
