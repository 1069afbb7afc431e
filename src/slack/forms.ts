/** The forms about one contract: opened with what is known of it. */
import type { ModalView } from '@slack/types'
import { readTeams } from '../database/organisation.ts'
import { readQuestions } from '../register/import/questions.ts'
import { readEnded } from '../reports/ended.ts'
import { addDays, type CivilDate } from '../rules/civil-date.ts'
import { UserError } from '../rules/user-error.ts'
import { endOfTerms } from '../rules/working-days.ts'
import type { Action, ButtonSubject, ContractAct } from '../text/buttons.ts'
import { fitView } from '../text/message.ts'
import { tooLateAnswer } from '../text/replies.ts'
import {
  assignForm,
  classifyForm,
  contractForm,
  coverForm,
  decideForm,
  extendForm,
  importForm,
  preferencesForm,
  proposedOwner,
  snoozeForm,
  waiverForm,
  withdrawForm,
} from './facts/forms.ts'
import { assignModal, preferencesModal } from './forms/assign.ts'
import { contractModal } from './forms/contract.ts'
import { coverModal } from './forms/cover.ts'
import { decideModal, type EndedForm, endedModal, snoozeModal } from './forms/decide.ts'
import { classifyModal, extendModal, waiverModal, withdrawModal } from './forms/extend.ts'
import { importModal, ownAnswerModal } from './forms/import.ts'
import { settingsModal } from './forms/settings.ts'
import { readCommand } from './parse/command.ts'
import type { Command, Fill } from './parse/command-types.ts'
import type { Clock } from './parse/when.ts'
import { need, needAnswer, needTriage } from './permissions.ts'
import { clockOf, type Opening, type RequestContext, showView } from './request.ts'
import { rulesView, settingsForm } from './settings.ts'

/** How a form is shown: from a press or a command, and in the modal that was pressed or a new one. */
export type OpenedFor = Pick<Opening, 'triggerId' | 'modal'>

/** Opens the form that a button stands for, while its trigger lives. */
export async function openForm(
  request: RequestContext,
  action: Action,
  asked: OpenedFor,
): Promise<void> {
  const anew = { ...asked, modal: null }
  if ('subject' in action) {
    // From the form of an extension it leads on, in the same modal.
    const how = action.act === 'classify' ? asked : anew
    return openContractForm(request, action.act, action.subject, how)
  }
  if (action.act === 'fill') return openFilled(request, action.query, anew)
  // Of these each leads to the next, in the same modal.
  if (action.act === 'settings-team') return openSettings(request, action.teamId, asked)
  if (action.act === 'team-rules') return openRules(request, action.teamId, asked)
  if (action.act === 'ended') return openEnded(request, action.teamId, anew)
  if (action.act === 'answer-own') return openOwnAnswer(request, action, anew)
  if (action.act === 'open') {
    switch (action.what) {
      case 'organisation-rules':
        return openRules(request, null, asked)
      case 'settings':
        return openSettings(request, null, anew)
      case 'add':
        return openAddForm(request, null, anew)
      case 'waiver':
        return openWaiverForm(request, anew)
      case 'import':
        return openImportForm(request, anew)
      case 'preferences': {
        await need(request, 'read', null)
        const view = preferencesModal(await preferencesForm(request.context('')))
        return open(request, view, anew, action)
      }
    }
  }
  throw new UserError(
    'That does not work in Slack yet. Ask whoever runs Lapsewatch: the command line has it.',
  )
}

/** For whoever may answer it: as long as nobody has. */
async function openOwnAnswer(
  request: RequestContext,
  action: Extract<Action, { readonly act: 'answer-own' }>,
  asked: OpenedFor,
): Promise<void> {
  await needAnswer(request, action.questionId)
  const { pool, organisation } = request.deps
  const questions = await readQuestions(pool, organisation.id, { isOpen: true })
  const question = questions.find(({ id }) => id === action.questionId)
  if (question === undefined) throw new UserError('That question is answered already.')
  return open(request, ownAnswerModal(question), asked, action)
}

/** What of a team had ended before it was first read; for whoever may confirm its list. */
async function openEnded(request: RequestContext, teamId: number, asked: OpenedFor): Promise<void> {
  await needTriage(request, teamId)
  const view = endedModal({ ...(await endedOf(request, teamId)), hidePrices: false })
  return open(request, view, asked, { act: 'ended', teamId })
}

/** @throws UserError where the team is gone, or nothing of it is left to answer. */
export async function endedOf(
  { deps }: RequestContext,
  teamId: number,
): Promise<Pick<EndedForm, 'team' | 'items'>> {
  const { pool, organisation, rulesOf } = deps
  const team = (await readTeams(pool, organisation.id)).find(({ id }) => id === teamId)
  if (team === undefined) throw new UserError('That team is gone.')
  const items = await readEnded(pool, organisation.id, [team], rulesOf)
  if (items.length > 0) return { team, items }
  throw new UserError(
    'Nothing is left to answer: somebody has said of all whether they are supplied.',
  )
}

/** The form of a command that a person typed where no form can be opened, about contract `#number`. */
async function openFilled(request: RequestContext, query: string, asked: OpenedFor): Promise<void> {
  const command = readCommand(query, clockOf(request.deps))
  const form = FORMS[command.verb]
  const number = 'ref' in command ? /^#([1-9]\d{0,8})$/.exec(command.ref ?? '') : null
  if (command.verb === 'misread' || form === undefined || number === null) {
    throw new UserError('That button is not one of ours any more. Ask again with /contracts.')
  }
  // The form is filled from the contract as it is now, so that the version here does not matter.
  const subject = { contractId: Number(number[1]), version: 1, alertIds: [] }
  return openContractForm(request, form, subject, asked, fillOf(command))
}

/** What a command says of its form. */
export function fillOf(command: Command | null): Partial<Fill> {
  const says =
    command !== null &&
    ('choice' in command || 'by' in command || 'owner' in command || 'until' in command)
  return says ? command : {}
}

const FORMS: Readonly<Record<string, ContractAct>> = {
  ...{ extend: 'extend', withdraw: 'withdraw', decide: 'decide', edit: 'edit', own: 'assign' },
  snooze: 'snooze-date',
}

/** The file of a register, its name and its team; only administrators import. */
export async function openImportForm(request: RequestContext, asked: OpenedFor): Promise<void> {
  await need(request, 'administer', null)
  const view = importModal(await importForm(request.context('')))
  return open(request, view, asked, { act: 'open', what: 'import' })
}

/** For a contract that no register holds; whose team it may go to is asked when it comes back. */
export async function openAddForm(
  request: RequestContext,
  title: string | null,
  asked: OpenedFor,
): Promise<void> {
  await need(request, 'change', null)
  const view = contractModal(await contractForm(request.context(''), null, title))
  return open(request, view, asked, { act: 'open', what: 'add' })
}

/** The form of a waiver of a contract that it asks for; whether they may change it is asked when it comes back. */
export async function openWaiverForm(request: RequestContext, asked: OpenedFor): Promise<void> {
  await need(request, 'read', null)
  return open(request, waiverModal(null), asked, { act: 'open', what: 'waiver' })
}

/** For administrators: the settings of this team; null: of the asker's, else of the default one. */
export async function openSettings(
  request: RequestContext,
  teamId: number | null,
  asked: OpenedFor,
): Promise<void> {
  await need(request, 'administer', null)
  const again: Action =
    teamId === null ? { act: 'open', what: 'settings' } : { act: 'settings-team', teamId }
  return open(request, settingsModal(await settingsForm(request.context(''), teamId)), asked, again)
}

/** For administrators: the rules of this team; null: those that hold where no team has others. */
export async function openRules(
  request: RequestContext,
  teamId: number | null,
  asked: OpenedFor,
): Promise<void> {
  const again: Action =
    teamId === null ? { act: 'open', what: 'organisation-rules' } : { act: 'team-rules', teamId }
  return open(request, await rulesView(request, { teamId, contractId: null }), asked, again)
}

export async function openContractForm(
  request: RequestContext,
  act: ContractAct,
  subject: ButtonSubject,
  asked: OpenedFor,
  fill: Partial<Fill> = {},
): Promise<void> {
  const { contractId } = subject
  await need(request, 'change', contractId)
  return open(request, await contractView(request, act, contractId, fill), asked, { act, subject })
}

async function contractView(
  request: RequestContext,
  act: ContractAct,
  contractId: number,
  fill: Partial<Fill>,
): Promise<ModalView> {
  const context = request.context('')
  switch (act) {
    case 'snooze-date':
      return snoozeModal(
        await snoozeForm(context, contractId),
        request.deps.today(),
        'until' in fill ? fill : {},
      )
    case 'decide':
      return decideModal(
        await decideForm(context, contractId),
        'choice' in fill ? fill.choice : null,
      )
    case 'extend': {
      const form = await extendForm(context, contractId)
      return extendModal(
        form,
        'by' in fill ? proposed(form.end, fill, clockOf(request.deps)) : null,
      )
    }
    case 'classify':
      return classifyModal(await classifyForm(context, contractId))
    case 'withdraw':
      return withdrawModal(await withdrawForm(context, contractId))
    case 'waiver':
      return waiverModal(await waiverForm(context, contractId))
    case 'assign':
      return assignModal(
        await assignForm(context, contractId),
        'owner' in fill && fill.owner ? await proposedOwner(context, fill.owner) : null,
      )
    case 'edit':
      return contractModal(await contractForm(context, contractId))
    case 'covers':
      return coverModal(await coverForm(context, contractId))
    case 'rules':
      return rulesView(request, { teamId: null, contractId })
    default:
      throw new UserError('That button opens no form: ask again with /contracts.')
  }
}

/** `one month` is counted from the day after the end that is recorded. */
function proposed(
  end: CivilDate | null,
  { to = null, by = null, kind = null }: Partial<Extract<Fill, { readonly by: unknown }>>,
  { calendar }: Clock,
) {
  const reached = end === null || by === null ? null : endOfTerms(addDays(end, 1), 1, by, calendar)
  return { to: to ?? reached, kind }
}

/** @param again what opens it anew, for when this comes too late. */
async function open(
  request: RequestContext,
  view: ModalView,
  asked: OpenedFor,
  again: Action,
): Promise<void> {
  const { deps, client, asker } = request
  const opening = { ...asked, deps, client, slackUser: asker.slackUser }
  await showView(opening, fitView(view), tooLateAnswer(view.title.text, again))
}
