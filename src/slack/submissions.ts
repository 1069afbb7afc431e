/** Forms that come back: read strictly, allowed or refused, done once; errors stand at their fields. */
import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt'
import { answerEnded, snooze } from '../actions/acknowledge.ts'
import type { Actor } from '../actions/act.ts'
import { type Assignment, assign } from '../actions/assign.ts'
import { changeCover, coverProduct } from '../actions/cover.ts'
import { decide } from '../actions/decide.ts'
import { classify, extend, withdrawExtension } from '../actions/extend.ts'
import { recordWaiver, SameWaiver, withdrawWaiver } from '../actions/waiver.ts'
import { type CivilDate, dayText } from '../rules/civil-date.ts'
import { UserError } from '../rules/user-error.ts'
import type { ButtonSubject } from '../text/buttons.ts'
import type { Message } from '../text/facts.ts'
import { saidAnswer } from '../text/replies.ts'
import { waiverSaid } from '../text/waiver.ts'
import type { ActionRecord } from '../text/warning.ts'
import { counted } from '../text/words.ts'
import { type ActionKind, actOnce, coverRecorded, type SeenContract } from './buttons.ts'
import { waiverForm } from './facts/forms.ts'
import { findForBot } from './facts/search.ts'
import {
  ASSIGN_FORM,
  type AssignInput,
  memberNamed,
  PREFERENCES_FORM,
  readAssignment,
  readPreference,
  setVoice,
} from './forms/assign.ts'
import {
  ADD_FORM,
  addContract,
  type ContractSent,
  EDIT_FORM,
  edit,
  editOf,
  readContract,
} from './forms/contract.ts'
import { COVER_FORM, type CoverSent, readCoverForm } from './forms/cover.ts'
import {
  DECIDE_FORM,
  type DecideInput,
  ENDED_FORM,
  type EndedInput,
  readDecision,
  readEndedForm,
  readSnooze,
  SNOOZE_FORM,
  type SnoozeInput,
} from './forms/decide.ts'
import {
  CLASSIFY_FORM,
  type ClassifyInput,
  EXTEND_FORM,
  type ExtendInput,
  paid,
  readClassification,
  readExtension,
  readWaiver,
  readWithdrawal,
  WAIVER_FORM,
  type WaiverInput,
  WITHDRAW_FORM,
  type WithdrawInput,
} from './forms/extend.ts'
import {
  type FieldErrors,
  type Fields,
  fieldsOf,
  formId,
  type ImportPlan,
  type ModalContext,
  readContext,
  readPlan,
  shownInputs,
} from './forms/fields.ts'
import {
  APPLY_FORM,
  HEADINGS_FORM,
  IMPORT_FORM,
  type ImportStep,
  OWN_ANSWER_FORM,
  readHeadings,
  readImport,
  readOwnAnswer,
} from './forms/import.ts'
import {
  RULES_FORM,
  type RulesSent,
  readRules,
  readSettings,
  SETTINGS_FORM,
  type SettingsSent,
} from './forms/settings.ts'
import { endedOf } from './forms.ts'
import { renewHome } from './home.ts'
import { answerAsked, handleImport } from './import.ts'
import { need, needTriage } from './permissions.ts'
import {
  atBlocks,
  errorAtField,
  failure,
  firstTime,
  forget,
  type RequestContext,
  requestContext,
  type SlackDependencies,
  senderOf,
  tellDirectly,
} from './request.ts'
import { submitRules, submitSettings } from './settings.ts'

type Sent = SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs

export async function handleSubmission(
  deps: SlackDependencies,
  args: Sent | unknown,
): Promise<void> {
  const { ack, body, view, client } = args as Sent
  const read = readSubmission(view, deps.today())
  if (read === null) {
    await ack()
    deps.log('A form came back that is none of ours, or was tampered with: nothing was done.')
    return
  }
  if (read.form === 'errors') {
    const errors = atBlocks(view.state.values, read.errors)
    return void (await ack({ response_action: 'errors', errors }))
  }
  if (read.form === 'settings') return submitSettings(deps, args as Sent, read)
  if (read.form === 'rules') return submitRules(deps, args as Sent, read)
  if (read.form === 'import' || read.form === 'headings' || read.form === 'apply') {
    return handleImport(deps, args as Sent, read)
  }
  // Slack gives each form that it opens an id of its own. The same form is sent again after an
  // error: only a finished one is remembered.
  const once = `form:${view.id}`
  const { pool, organisation } = deps
  let said: Message
  let acted: RequestContext | null = null
  try {
    if (!(await firstTime(pool, organisation.id, once))) return void (await ack())
    try {
      const request = await requestContext(deps, client, senderOf(body))
      said = await submit(request, read, view)
      acted = request
    } catch (error) {
      await forget(pool, organisation.id, once)
      throw error
    }
  } catch (error) {
    // The form stays open, so that nothing is lost that was typed.
    const errors = errorAtField(deps, view.state.values, error)
    if (errors !== null) {
      return void (await ack({ response_action: 'errors', errors: { ...errors } }))
    }
    said = failure(deps, 'that form', error)
  }
  await ack()
  await tellDirectly(deps, body.user.id, said)
  if (acted !== null) await renewHome(acted)
}

/** Of those that were shown and are not answered yet: ticked ones are still supplied, the others closed. */
async function submitEnded(
  request: RequestContext,
  teamId: number,
  { shown, supplied }: EndedInput,
): Promise<Message> {
  await needTriage(request, teamId)
  const { items } = await endedOf(request, teamId)
  const answered = items.filter(({ contractId }) => shown.includes(contractId))
  for (const { contractId } of answered) await need(request, 'change', contractId)
  const counts = await answerEnded(request.deps.pool, request.actor, answered, new Set(supplied))
  const left = items.length - answered.length
  return saidAnswer(
    `${counted(counts.supplied, 'contract')} still supplied: out of contract, counted from now on. ${counted(counts.closed, 'contract')} closed; the command line takes one back (ended --reopen).${left > 0 ? ` ${counted(left, 'contract')} more to answer: /contracts triage` : ''}`,
  )
}

async function submit(
  request: RequestContext,
  sent: Submission,
  view: Sent['view'],
): Promise<Message> {
  if (sent.form === 'preferences') {
    await need(request, 'read', null)
    if (sent.input.voice === null) return saidAnswer('Your preference is as it was.')
    await setVoice(request, sent.input.voice)
    return saidAnswer('Your preference is saved.')
  }
  if (sent.form === 'add') return addContract(request, sent.input)
  if (sent.form === 'own-answer') return answerAsked(request, sent.questionId, sent.input)
  if (sent.form === 'ended') return submitEnded(request, sent.teamId, sent.input)
  if (sent.form === 'waiver') return submitWaiver(request, sent, view.id)
  if (!('about' in sent)) throw new UserError('That form does not work in Slack yet.')
  const { contractId, version } = sent.about
  await need(request, 'change', contractId)
  const once = (kind: ActionKind, work: (actor: Actor) => Promise<void>) =>
    submitOnce(request, { contractId, version, viewId: view.id }, kind, work)
  const { pool } = request.deps
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
      const { record, id, why } = sent.input
      if (record === 'waiver') {
        await withdrawWaiver(pool, request.actor, id, why ?? '', contractId)
        return saidAnswer(`Waiver ${id} is taken back; the history keeps it.`)
      }
      return once('withdrawn', (actor) => withdrawExtension(pool, actor, contractId, id, why))
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
      const assignment = await assignmentOf(request, sent.input)
      return once('assigned', (actor) => assign(pool, actor, contractId, assignment))
    }
    case 'covers':
      return submitCover(request, contractId, sent.input)
    case 'edit': {
      const changed = await editOf(request, sent.input)
      return once('edited', (actor) => edit(request, actor, contractId, changed))
    }
  }
}

/** What somebody else changed meanwhile is told at its field; two people may each add a product. */
async function submitCover(
  request: RequestContext,
  contractId: number,
  { coverId, remove, product, ...how }: CoverSent,
): Promise<Message> {
  const { pool } = request.deps
  if (coverId !== null) {
    const changed = await changeCover(pool, request.actor, contractId, coverId, {
      ...{ ...how, product, remove },
    })
    return saidAnswer(
      changed.removed
        ? `Recorded: it does not cover ${changed.name}.`
        : coverRecorded(changed.said, changed, request.deps.today()),
    )
  }
  if (product === null || how.kind === null) throw new UserError('Name the product and the way.')
  const said = { ...how, kind: how.kind, product, release: '' }
  const cover = await coverProduct(pool, request.actor, contractId, said)
  return saidAnswer(coverRecorded(said, cover, request.deps.today()))
}

/** What says the same as a record that stands is asked about once: sent again it is meant. */
async function submitWaiver(
  request: RequestContext,
  { about, input: { contract, waiver, currencies } }: Extract<Submission, { form: 'waiver' }>,
  viewId: string,
): Promise<Message> {
  const { pool, organisation, today } = request.deps
  await need(request, 'read', null)
  const contractId = about?.contractId ?? (await contractNamed(request, contract ?? ''))
  await need(request, 'change', contractId)
  const { currency } = await waiverForm(request.context(''), contractId)
  const [foreign] = Object.entries(currencies).filter(([, written]) => written !== currency)
  if (foreign !== undefined) {
    const [field, written] = foreign
    const words = `The contract is in ${currency} and this is in ${written}: write it in ${currency}.`
    throw new UserError(words, [], field)
  }
  const record = (again: boolean) => recordWaiver(pool, request.actor, contractId, waiver, again)
  const recorded = await record(false).catch(async (error: unknown) => {
    if (!(error instanceof SameWaiver)) throw error
    if (await firstTime(pool, organisation.id, `told:${viewId}:${error.waiverId}`)) {
      throw new UserError(
        `${error.message} Send it again to record it once more, or close the form.`,
        [],
        'beganOn',
      )
    }
    return record(true)
  })
  return saidAnswer(waiverSaid(recorded, waiver.approver, today()))
}

/** @throws UserError at its field where none, or more than one, is called so. */
async function contractNamed(request: RequestContext, typed: string): Promise<number> {
  const found = await findForBot(request.context(''), typed)
  if (found.kind === 'one') return found.contractId
  const words =
    found.kind === 'several'
      ? 'Several contracts are called so: give the whole reference, or #number.'
      : 'No contract is called so: give its reference, or #number.'
  throw new UserError(words, [], 'contract')
}

async function assignmentOf(
  request: RequestContext,
  { owner, deputy }: AssignInput,
): Promise<Assignment> {
  const idOf = async (slackUser: string | null, field: string) =>
    slackUser === null ? null : memberNamed(request, slackUser, field)
  return {
    ...(owner === undefined ? {} : { ownerId: await idOf(owner, 'owner') }),
    ...(deputy === undefined ? {} : { deputyId: await idOf(deputy, 'deputy') }),
  }
}

/**
 * As `actOnce`, for a form: what was typed is worth keeping, so that the first time it comes back
 * too late it stays open and says who came first; sent again it is meant, and is done.
 * @throws UserError that says who came first, or as `work` does.
 */
async function submitOnce(
  request: RequestContext,
  { viewId, ...seen }: SeenContract & { readonly viewId: string },
  kind: ActionKind,
  work: (actor: Actor) => Promise<void>,
) {
  const outcome = await actOnce(request, seen, kind, work)
  if (outcome.kind !== 'late') return outcome.message
  const { pool, organisation } = request.deps
  const told = `told:${viewId}`
  if (await firstTime(pool, organisation.id, told)) throw new UserError(firstWords(outcome.first))
  return (await actOnce(request, { ...seen, version: null }, kind, work)).message
}

/** Short enough for the place under a field, which takes 150 characters. */
function firstWords(first: ActionRecord): string {
  const name = first.by?.name.slice(0, 40) || 'Somebody'
  return `${name} came first and ${didWords(first)}. Send it again to do this as well, or close the form.`
}

function didWords(act: ActionRecord): string {
  switch (act.what) {
    case 'acknowledged':
      return 'is on it'
    case 'snoozed':
      return `snoozed it until ${dayText(act.until)}`
    case 'decided':
      return 'recorded a decision'
    case 'extended':
      return `extended it to ${dayText(act.to)}`
    case 'withdrawn':
      return 'withdrew an extension'
    case 'assigned':
      return 'reassigned it'
    case 'still-supplied':
      return 'said that it is still supplied'
    case 'no-longer-supplied':
    case 'closed':
      return 'closed it'
    case 'escalated':
      return 'escalated it'
    case 'edited':
      return `changed its ${act.fields.slice(0, 3).join(', ')}`.slice(0, 50)
  }
}

/** Forms about one contract, by their names. */
interface ContractInputs {
  readonly edit: ContractSent
  readonly extend: ExtendInput
  readonly withdraw: WithdrawInput
  readonly decide: DecideInput
  readonly snooze: SnoozeInput
  readonly assign: AssignInput
  readonly covers: CoverSent
}
type ContractForm = {
  [Form in keyof ContractInputs]: {
    readonly form: Form
    /** As it was when the form was opened. */
    readonly about: ButtonSubject
    readonly input: ContractInputs[Form]
  }
}[keyof ContractInputs]

type Submission =
  | ContractForm
  | {
      readonly form: 'classify'
      readonly about: ButtonSubject
      readonly extensionId: number
      readonly input: ClassifyInput
    }
  | { readonly form: 'add'; readonly input: ContractSent }
  | { readonly form: 'preferences'; readonly input: ReturnType<typeof readPreference> }
  | { readonly form: 'ended'; readonly teamId: number; readonly input: EndedInput }
  | { readonly form: 'own-answer'; readonly questionId: number; readonly input: string }
  /** `about` null: of the contract that was typed. */
  | {
      readonly form: 'waiver'
      readonly about: ButtonSubject | null
      readonly input: WaiverInput
    }
  | SettingsSent
  | RulesSent
  | ImportStep
  | { readonly form: 'errors'; readonly errors: FieldErrors }

const OUTDATED =
  'This form was opened before Lapsewatch was updated: nothing was changed. Close it and open it again.'

/**
 * Reads `payload.view` of a `view_submission`. Null for a view that is none of ours or was tampered
 * with: then nothing may be done. Rights are not looked at here.
 */
export function readSubmission(view: unknown, today: CivilDate): Submission | null {
  if (typeof view !== 'object' || view === null) return null
  const { callback_id: form, private_metadata: metadata, blocks } = view as Record<string, unknown>
  const plan = readPlan(metadata)
  const context = plan === null ? readContext(metadata) : null
  const about = plan ?? context
  if (about === null || typeof form !== 'string') return null
  const id = formId(form, about)
  const fields = fieldsOf(view as Record<string, unknown>, id)
  if (fields === null) return null
  const foreign = [...(shownInputs(blocks)?.keys() ?? [])].find((each) => !each.endsWith(`@${id}`))
  // Of an older version of this program, or of another subject: neither may be read as this one's.
  if (foreign !== undefined) return { form: 'errors', errors: { [foreign]: OUTDATED } }
  const step = plan === null ? null : readStep(form, plan, fields)
  const read = step ?? (context && readForm(form, context, fields, today))
  const errors = fields.errors()
  return errors === null ? read : { form: 'errors', errors }
}

function readStep(form: string, plan: ImportPlan, fields: Fields): Submission | null {
  if (form === APPLY_FORM) return { form: 'apply', plan }
  if (form !== HEADINGS_FORM) return null
  const input = readHeadings(fields, plan)
  return input === null ? null : { form: 'headings', plan, input }
}

function readForm(
  form: string,
  context: ModalContext,
  fields: Fields,
  today: CivilDate,
): Submission | null {
  const { contractId, teamId, previewed, touched, questionId } = context
  switch (form) {
    case OWN_ANSWER_FORM:
      if (questionId === null) return null
      return sent('own-answer', readOwnAnswer(fields), { questionId })
    case ADD_FORM:
      return sent('add', readContract(fields, true))
    case IMPORT_FORM:
      return sent('import', readImport(fields))
    case PREFERENCES_FORM:
      return sent('preferences', readPreference(fields))
    case WAIVER_FORM:
      if (contractId !== null) return readContractForm(form, context, fields, today)
      return sent('waiver', readWaiver(fields, false, today), { about: null })
    case ENDED_FORM:
      if (teamId === null) return null
      return { form: 'ended', teamId, input: readEndedForm(fields) }
    case SETTINGS_FORM:
      if (teamId === null) return null
      return { form: 'settings', teamId, previewed, ...readSettings(fields, touched) }
    case RULES_FORM: {
      const scope = { teamId: contractId === null ? teamId : null, contractId }
      return { form: 'rules', scope, previewed, input: readRules(fields, touched) }
    }
    default:
      return readContractForm(form, context, fields, today)
  }
}

function readContractForm(
  form: string,
  { contractId, version, alertIds, extensionId, end }: ModalContext,
  fields: Fields,
  today: CivilDate,
): Submission | null {
  if (contractId === null || version === null) return null
  const about = { contractId, version, alertIds }
  switch (form) {
    case EDIT_FORM:
      return sent('edit', readContract(fields, false), { about })
    case EXTEND_FORM:
      return sent('extend', readExtension(fields, end), { about })
    case CLASSIFY_FORM:
      if (extensionId === null) return null
      return sent('classify', readClassification(fields), { about, extensionId })
    case WITHDRAW_FORM:
      return sent('withdraw', readWithdrawal(fields), { about })
    case WAIVER_FORM:
      return sent('waiver', readWaiver(fields, true, today), { about })
    case DECIDE_FORM:
      return sent('decide', readDecision(fields), { about })
    case SNOOZE_FORM:
      return sent('snooze', readSnooze(fields, today), { about })
    case ASSIGN_FORM:
      return sent('assign', readAssignment(fields), { about })
    case COVER_FORM:
      return sent('covers', readCoverForm(fields), { about })
    default:
      return null
  }
}

function sent<Form extends string, Input, Rest extends object>(
  form: Form,
  input: Input | null,
  rest?: Rest,
) {
  return input === null ? null : { form, input, ...(rest as Rest) }
}
