/**
 * The forms of settings: opened for administrators, previewed, saved when the same is sent again.
 */
import { createHash } from 'node:crypto'
import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt'
import type { ModalView } from '@slack/types'
import { changeRules, changeTeam, type RulesScope, tryRules, tryTeam } from '../actions/settings.ts'
import { readContracts } from '../database/contracts.ts'
import {
  RULE_KEYS,
  RULE_LISTS,
  type RuleChange,
  type RuleList,
  ruleChanges,
  ruleLines,
  ruleName,
  type StandingRules,
  settingOf,
  type TypedRule,
  withRuleChanges,
} from '../rules/settings-text.ts'
import { ContractGone, UserError } from '../rules/user-error.ts'
import type { Message } from '../text/facts.ts'
import { answer, body } from '../text/message.ts'
import { type Mrkdwn, mrkdwn, teamWords } from '../text/words.ts'
import { channelsReached } from '../warnings/recipients.ts'
import { namedOf, readContract, subjectOf } from './facts/contract.ts'
import { teamsOf } from './facts/filters.ts'
import type { FieldErrors } from './forms/fields.ts'
import type { RulesSent, SettingsSent } from './forms/settings.ts'
import {
  ownerWords,
  type RulesForm,
  type RulesOf,
  reachLine,
  ruleChangeLines,
  rulesModal,
  type SettingsForm,
  type SettingsInput,
  settingsChanges,
  settingsModal,
} from './forms/settings.ts'
import { renewHome } from './home.ts'
import { need } from './permissions.ts'
import {
  atBlocks,
  type BotContext,
  errorAtField,
  failure,
  firstTime,
  type RequestContext,
  requestContext,
  type SlackDependencies,
  senderOf,
  tellDirectly,
} from './request.ts'

export function submitSettings(
  deps: SlackDependencies,
  args: SubmittedView,
  { teamId, previewed, input, touched, held }: SettingsSent,
): Promise<void> {
  return inTwoSteps(deps, args, 'those settings', async (request) => {
    await need(request, 'administer', null)
    const context = request.context('')
    const before = await settingsForm(context, teamId)
    const errors = await unseenChannels(request, before, input)
    if (errors !== null) return { errors }
    const { standing } = await standingRules(context, { teamId, contractId: null })
    const { typed, ...columns } = input
    const changes = changesOf(standing, typed, touched)
    const nation = touched.includes('nation') ? (held.nation ?? 'above') : before.nation
    const lines = settingsChanges(before, { ...before, ...columns, nation }, changes)
    const mark = markOf(lines.map(String))
    const change = { ...columns, rules: stepOf(changes) }
    if (previewed !== mark) {
      const isSame = lines.length === 0
      const tried = isSame ? null : await tryTeam(deps.pool, request.actor, teamId, change)
      const reach = reachLine(tried?.rekeyed ?? null, tried?.moved ?? null)
      const preview = { lines: isSame ? [NOTHING] : [...lines, reach], mark, touched }
      return { view: settingsModal({ ...before, ...held, preview }) }
    }
    const save = async () => {
      const changed = await changeTeam(deps.pool, request.actor, teamId, change)
      const saved = mrkdwn`*The settings of ${teamWords(before.team.name)} are saved*`
      return answer([body(saved, ...lines, reachLine(changed.rekeyed, changed.moved))])
    }
    return { save }
  })
}

type SubmittedView = SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs

/** What a form comes to: errors at its fields, the same form with its preview, or what saves it. */
type Step =
  | { readonly errors: FieldErrors }
  | { readonly view: ModalView }
  | { readonly save: () => Promise<Message> }

async function inTwoSteps(
  deps: SlackDependencies,
  { ack, body: sent, view, client }: SubmittedView,
  what: string,
  next: (request: RequestContext) => Promise<Step>,
): Promise<void> {
  let request: RequestContext
  let step: Step
  try {
    request = await requestContext(deps, client, senderOf(sent))
    step = await next(request)
  } catch (error) {
    const errors = errorAtField(deps, view.state.values, error) ?? {}
    return void (await ack({ response_action: 'errors', errors: { ...errors } }))
  }
  if ('errors' in step) {
    const errors = atBlocks(view.state.values, step.errors)
    return void (await ack({ response_action: 'errors', errors }))
  }
  if ('view' in step) return void (await ack({ response_action: 'update', view: step.view }))
  // Counting many contracts anew takes longer than Slack waits.
  await ack()
  if (!(await firstTime(deps.pool, deps.organisation.id, `form:${view.id}`))) return
  const said = await step.save().catch((error: unknown) => failure(deps, what, error))
  await tellDirectly(deps, sent.user.id, said)
  await renewHome(request)
}

/** An error for each field whose channel the bot cannot see: nobody there would be warned. */
async function unseenChannels(
  { client }: RequestContext,
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

/** Of what was touched only what differs from what stands now: what others set meanwhile stays. */
function changesOf(
  standing: StandingRules,
  typed: readonly TypedRule[],
  touched: readonly string[],
): RuleChange[] {
  return ruleChanges(standing, typed).filter(({ key }) => touched.includes(ruleName(key)))
}

const NOTHING = mrkdwn`Nothing: everything is as it was.`

/** Known again only while the same is sent and what it would change has stayed the same. */
function markOf(changes: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(changes)).digest('hex')
}

/**
 * For this team; where none is named, for the asker's, else for the default one.
 * @throws UserError where there is no such team.
 */
export async function settingsForm(
  context: BotContext,
  teamId: number | null,
): Promise<SettingsForm> {
  const teams = await context.teams()
  const wanted = teamId ?? (await teamsOf(context))[0]?.id ?? teams[0]?.id
  const team = teams.find(({ id }) => id === wanted)
  if (team === undefined) throw new UserError('That team is gone: open the settings again.')
  const { calendar, organisationRules, teamRules } = team
  const rules = context.rulesOf(team)
  const above = context.rulesOf({ calendar, organisationRules })
  return {
    team: { id: team.id, name: team.name },
    teams: teams.map(({ id, name }) => ({ id, name })),
    channel: await channelOf(context, team.channel),
    escalationChannel: await channelOf(context, team.escalationChannel),
    timeZone: team.timeZone,
    calendar: team.calendar,
    ladders: ruleLines(rules, 'ladders'),
    startByFrom: String(rules.startByFrom),
    authority: inTeam(teamRules?.authority),
    nation: inTeam(teamRules?.nation),
    ofOrganisation: { authority: above.authority, nation: above.nation },
  }
}

function inTeam(own: string | null | undefined): string {
  if (own === undefined) return 'above'
  return own ?? 'unknown'
}

/** A name is shown by the id its messages went to: a select of channels takes ids only. */
async function channelOf(
  { pool, organisationId }: BotContext,
  destination: string | null,
): Promise<string | null> {
  if (destination === null || /^[CG][A-Z0-9]{6,}$/.test(destination)) return destination
  const [reached] = await channelsReached(pool, organisationId, [destination])
  const id = reached?.id ?? null
  return id !== null && /^[CG][A-Z0-9]+$/.test(id) ? id : destination
}

// The form of the rules of the organisation, a team or one contract: shown what it would change when
// it is sent, saved when the same is sent again.

/** A contract's for those who may change it; all others for administrators. */
export async function rulesView(request: RequestContext, scope: RulesScope) {
  await needRules(request, scope)
  return rulesModal((await rulesForm(request.context(''), scope)).form)
}

async function needRules(request: RequestContext, { contractId }: RulesScope): Promise<void> {
  await need(request, contractId === null ? 'administer' : 'change', contractId)
}

export function submitRules(
  deps: SlackDependencies,
  args: SubmittedView,
  { scope, previewed, input }: RulesSent,
): Promise<void> {
  return inTwoSteps(deps, args, 'those rules', async (request) => {
    await needRules(request, scope)
    const { form, standing } = await rulesForm(request.context(''), scope)
    const changes = changesOf(standing, input.typed, input.touched)
    const mark = markOf(changes)
    if (previewed !== mark) {
      const lines = await rulesPreviewLines(request, scope, changes)
      const preview = { lines, mark, touched: input.touched }
      return { view: rulesModal({ ...form, lines: input.lines, preview }) }
    }
    const save = async () => {
      if (changes.length > 0) await changeRules(deps.pool, request.actor, scope, stepOf(changes))
      const saved = mrkdwn`*The rules of ${ownerWords(form.of)} are saved*`
      return answer([body(saved, ...linesOf(changes))])
    }
    return { save }
  })
}

function stepOf(changes: readonly RuleChange[]) {
  return (kept: Parameters<typeof withRuleChanges>[0]) => withRuleChanges(kept, changes)
}

async function rulesPreviewLines(
  { deps, actor }: RequestContext,
  scope: RulesScope,
  changes: readonly RuleChange[],
): Promise<Mrkdwn[]> {
  const lines = linesOf(changes)
  if (changes.length === 0) return lines
  if (scope.contractId !== null) {
    return [...lines, mrkdwn`The deadlines of this contract are counted anew.`]
  }
  const reach = await tryRules(deps.pool, actor, scope.teamId, stepOf(changes))
  if (reach !== null || scope.teamId !== null) {
    return [...lines, reachLine(reach?.rekeyed ?? null, reach?.moved ?? null)]
  }
  return [...lines, mrkdwn`All contracts are counted anew, which may take some minutes.`]
}

function linesOf(changes: readonly RuleChange[]): Mrkdwn[] {
  if (changes.length === 0) return [NOTHING]
  return ruleChangeLines(changes)
}

// What the modal of the rules of the organisation, a team or one contract begins with.

interface RulesFormFacts {
  readonly form: RulesForm
  readonly standing: StandingRules
}

/** @throws UserError where there is no such team or contract. */
async function rulesForm(context: BotContext, scope: RulesScope): Promise<RulesFormFacts> {
  const { of, standing } = await standingRules(context, scope)
  const lines = RULE_LISTS.map((list) => [list, ruleLines(standing.rules, list)])
  return {
    standing,
    form: {
      of,
      own: RULE_KEYS.filter((key) => settingOf(standing.own, key) !== undefined).map(ruleName),
      lines: Object.fromEntries(lines) as Record<RuleList, string>,
    },
  }
}

async function standingRules(
  context: BotContext,
  { teamId, contractId }: RulesScope,
): Promise<{ of: RulesOf; standing: StandingRules }> {
  const { rulesOf } = context
  const teams = await context.teams()
  if (contractId !== null) {
    const row = await readContract(context, contractId)
    const [record] = await readContracts(context.pool, [contractId])
    const team = teams.find(({ id }) => id === record?.row.teamId)
    if (record === undefined || team === undefined) throw new ContractGone()
    const rules = rulesOf(team, record.row)
    return {
      of: { kind: 'contract', subject: subjectOf(row), contract: namedOf(row) },
      standing: { rules, above: rulesOf(team), own: record.row.rules ?? {} },
    }
  }
  const [first] = teams
  const team = teamId === null ? first : teams.find(({ id }) => id === teamId)
  if (team === undefined) throw new UserError('That team is gone: open the settings again.')
  const { calendar, organisationRules, teamRules, id, name } = team
  const organisation = rulesOf({ calendar, organisationRules })
  if (teamId === null) {
    const standing = {
      rules: organisation,
      above: rulesOf({ calendar }),
      own: organisationRules ?? {},
    }
    return { of: { kind: 'organisation' }, standing }
  }
  const standing = { rules: rulesOf(team), above: organisation, own: teamRules ?? {} }
  return { of: { kind: 'team', id, name }, standing }
}
