/** The forms about one contract: opened with what is known of it. */
import type { ModalView } from '@slack/types'
import { readTeams } from '../database/organisation.ts'
import { readEnded } from '../reports/ended.ts'
import { UserError } from '../rules/user-error.ts'
import type { Action, ButtonSubject, ContractAct } from '../text/buttons.ts'
import { fitView } from '../text/message.ts'
import { tooLateAnswer } from '../text/replies.ts'
import {
  assignForm,
  classifyForm,
  contractForm,
  decideForm,
  extendForm,
  importForm,
  preferencesForm,
  snoozeForm,
  withdrawForm,
} from './facts/forms.ts'
import { assignModal, preferencesModal } from './forms/assign.ts'
import { contractModal } from './forms/contract.ts'
import { decideModal, type EndedForm, endedModal } from './forms/decide.ts'
import { classifyModal, extendModal, withdrawModal } from './forms/extend.ts'
import { importModal } from './forms/import.ts'
import { settingsModal } from './forms/settings.ts'
import { snoozeModal } from './forms/snooze.ts'
import { need, needTriage } from './permissions.ts'
import { type Opening, type RequestContext, showView } from './request.ts'
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
  if ('subject' in action) return openContractForm(request, action.act, action.subject, anew)
  // Of these each leads to the next, in the same modal.
  if (action.act === 'settings-team') return openSettings(request, action.teamId, asked)
  if (action.act === 'team-rules') return openRules(request, action.teamId, asked)
  if (action.act === 'ended') return openEnded(request, action.teamId, anew)
  if (action.act === 'open') {
    switch (action.what) {
      case 'organisation-rules':
        return openRules(request, null, asked)
      case 'settings':
        return openSettings(request, null, anew)
      case 'add':
        return openAddForm(request, null, anew)
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
  await need(request, 'read', null)
  const view = contractModal(await contractForm(request.context(''), null, title))
  return open(request, view, asked, { act: 'open', what: 'add' })
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
): Promise<void> {
  const { contractId } = subject
  await need(request, 'change', contractId)
  return open(request, await contractView(request, act, contractId), asked, { act, subject })
}

async function contractView(
  request: RequestContext,
  act: ContractAct,
  contractId: number,
): Promise<ModalView> {
  const context = request.context('')
  switch (act) {
    case 'snooze-date':
      return snoozeModal(await snoozeForm(context, contractId), request.deps.today())
    case 'decide':
      return decideModal(await decideForm(context, contractId))
    case 'extend':
      return extendModal(await extendForm(context, contractId))
    case 'classify':
      return classifyModal(await classifyForm(context, contractId))
    case 'withdraw':
      return withdrawModal(await withdrawForm(context, contractId))
    case 'assign':
      return assignModal(await assignForm(context, contractId))
    case 'edit':
      return contractModal(await contractForm(context, contractId))
    case 'rules':
      return rulesView(request, { teamId: null, contractId })
    default:
      throw new UserError('That button opens no form: ask again with /contracts.')
  }
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
