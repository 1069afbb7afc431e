/** The forms about one contract: opened with what is known of it. */
import type { ModalView } from '@slack/types'
import { UserError } from '../rules/refusal.ts'
import type { Action, ButtonSubject, ContractAct } from '../text/buttons.ts'
import { contractModal } from '../text/forms/contract.ts'
import { decideModal } from '../text/forms/decide.ts'
import { classifyModal, extendModal, withdrawModal } from '../text/forms/extend.ts'
import { importModal } from '../text/forms/import.ts'
import { settingsModal } from '../text/forms/settings.ts'
import { assignModal, preferencesModal, snoozeModal } from '../text/forms/snooze-assign.ts'
import { tooLateAnswer } from '../text/replies.ts'
import { fitView } from '../text/slack-limits.ts'
import { need } from './authorize.ts'
import type { RequestContext } from './context.ts'
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
import { type Opening, showView } from './reply.ts'
import { rulesView, settingsForm } from './settings.ts'

/** How a form is shown: from a press or a command, and in the modal that was pressed or a new one. */
export type OpenedFor = Pick<Opening, 'triggerId' | 'modal'>

/** Opens the form that a button stands for, while its trigger lives. */
export async function openForm(
  scene: RequestContext,
  action: Action,
  asked: OpenedFor,
): Promise<void> {
  const anew = { ...asked, modal: null }
  if ('subject' in action) return openContractForm(scene, action.act, action.subject, anew)
  // Of these each leads to the next, in the same modal.
  if (action.act === 'settings-team') return openSettings(scene, action.teamId, asked)
  if (action.act === 'team-rules') return openRules(scene, action.teamId, asked)
  if (action.act === 'open') {
    switch (action.what) {
      case 'organisation-rules':
        return openRules(scene, null, asked)
      case 'settings':
        return openSettings(scene, null, anew)
      case 'add':
        return openAddForm(scene, null, anew)
      case 'import':
        return openImportForm(scene, anew)
      case 'preferences': {
        await need(scene, 'read', null)
        const view = preferencesModal(await preferencesForm(scene.context('')))
        return open(scene, view, anew, action)
      }
    }
  }
  throw new UserError(
    'That does not work in Slack yet. Ask whoever runs Lapsewatch: the command line has it.',
  )
}

/** The file of a register, its name and its team; only administrators import. */
export async function openImportForm(scene: RequestContext, asked: OpenedFor): Promise<void> {
  await need(scene, 'administer', null)
  const view = importModal(await importForm(scene.context('')))
  return open(scene, view, asked, { act: 'open', what: 'import' })
}

/** For a contract that no register holds; whose team it may go to is asked when it comes back. */
export async function openAddForm(
  scene: RequestContext,
  title: string | null,
  asked: OpenedFor,
): Promise<void> {
  await need(scene, 'read', null)
  const view = contractModal(await contractForm(scene.context(''), null, title))
  return open(scene, view, asked, { act: 'open', what: 'add' })
}

/** For administrators: the settings of this team; null: of the asker's, else of the default one. */
export async function openSettings(
  scene: RequestContext,
  teamId: number | null,
  asked: OpenedFor,
): Promise<void> {
  await need(scene, 'administer', null)
  const again: Action =
    teamId === null ? { act: 'open', what: 'settings' } : { act: 'settings-team', teamId }
  return open(scene, settingsModal(await settingsForm(scene.context(''), teamId)), asked, again)
}

/** For administrators: the rules of this team; null: those that hold where no team has others. */
export async function openRules(
  scene: RequestContext,
  teamId: number | null,
  asked: OpenedFor,
): Promise<void> {
  const again: Action =
    teamId === null ? { act: 'open', what: 'organisation-rules' } : { act: 'team-rules', teamId }
  return open(scene, await rulesView(scene, { teamId, contractId: null }), asked, again)
}

export async function openContractForm(
  scene: RequestContext,
  act: ContractAct,
  subject: ButtonSubject,
  asked: OpenedFor,
): Promise<void> {
  const { contractId } = subject
  await need(scene, 'change', contractId)
  return open(scene, await contractView(scene, act, contractId), asked, { act, subject })
}

async function contractView(
  scene: RequestContext,
  act: ContractAct,
  contractId: number,
): Promise<ModalView> {
  const context = scene.context('')
  switch (act) {
    case 'snooze-date':
      return snoozeModal(await snoozeForm(context, contractId), scene.stage.today())
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
      return rulesView(scene, { teamId: null, contractId })
    default:
      throw new UserError('That button opens no form: ask again with /contracts.')
  }
}

/** @param again what opens it anew, for when this comes too late. */
async function open(
  scene: RequestContext,
  view: ModalView,
  asked: OpenedFor,
  again: Action,
): Promise<void> {
  const { stage, client, asker } = scene
  const opening = { ...asked, stage, client, slackUser: asker.slackUser }
  await showView(opening, fitView(view), tooLateAnswer(view.title.text, again))
}
