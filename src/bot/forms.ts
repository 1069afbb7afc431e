/** Which form a button or command opens, for whom. */
import type { ModalView } from '@slack/types'
import { Refusal } from '../domain/refusal.ts'
import { tooLateAnswer } from '../messages/answers/replies.ts'
import type { Action, ContractAct, Subject } from '../messages/buttons/action.ts'
import { contractModal } from '../messages/modals/contract.ts'
import { decideModal } from '../messages/modals/decide.ts'
import { classifyModal, extendModal } from '../messages/modals/extend.ts'
import { importModal } from '../messages/modals/import.ts'
import { assignModal, preferencesModal, snoozeModal } from '../messages/modals/small.ts'
import { settingsModal } from '../messages/modals/team-settings.ts'
import { withdrawModal } from '../messages/modals/withdraw.ts'
import { fitView } from '../messages/view-limits.ts'
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
import { settingsForm } from './facts/settings-form.ts'
import { type Opening, showView } from './reply.ts'
import { need } from './rights.ts'
import { rulesView } from './rules-form.ts'
import type { Scene } from './scene.ts'

/** How a form is shown: from a press or a command, and in the modal that was pressed or a new one. */
export type Asked = Pick<Opening, 'triggerId' | 'modal'>

/** Opens the form that a button stands for, while its trigger lives. */
export async function openForm(scene: Scene, action: Action, asked: Asked): Promise<void> {
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
  throw new Refusal(
    'That does not work in Slack yet. Ask whoever runs Lapsewatch: the command line has it.',
  )
}

/** The file of a register, its name and its team; only administrators import. */
export async function openImportForm(scene: Scene, asked: Asked): Promise<void> {
  await need(scene, 'administer', null)
  const view = importModal(await importForm(scene.context('')))
  return open(scene, view, asked, { act: 'open', what: 'import' })
}

/** For a contract that no register holds; whose team it may go to is asked when it comes back. */
export async function openAddForm(scene: Scene, title: string | null, asked: Asked): Promise<void> {
  await need(scene, 'read', null)
  const view = contractModal(await contractForm(scene.context(''), null, title))
  return open(scene, view, asked, { act: 'open', what: 'add' })
}

/** For administrators: the settings of this team; null: of the asker's, else of the default one. */
export async function openSettings(
  scene: Scene,
  teamId: number | null,
  asked: Asked,
): Promise<void> {
  await need(scene, 'administer', null)
  const again: Action =
    teamId === null ? { act: 'open', what: 'settings' } : { act: 'settings-team', teamId }
  return open(scene, settingsModal(await settingsForm(scene.context(''), teamId)), asked, again)
}

/** For administrators: the rules of this team; null: those that hold where no team has others. */
export async function openRules(scene: Scene, teamId: number | null, asked: Asked): Promise<void> {
  const again: Action =
    teamId === null ? { act: 'open', what: 'organisation-rules' } : { act: 'team-rules', teamId }
  return open(scene, await rulesView(scene, { teamId, contractId: null }), asked, again)
}

export async function openContractForm(
  scene: Scene,
  act: ContractAct,
  subject: Subject,
  asked: Asked,
): Promise<void> {
  const { contractId } = subject
  await need(scene, 'change', contractId)
  return open(scene, await contractView(scene, act, contractId), asked, { act, subject })
}

async function contractView(
  scene: Scene,
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
      throw new Refusal('That button opens no form: ask again with /contracts.')
  }
}

/** @param again what opens it anew, for when this comes too late. */
async function open(scene: Scene, view: ModalView, asked: Asked, again: Action): Promise<void> {
  const { stage, client, asker } = scene
  const opening = { ...asked, stage, client, slackUser: asker.slackUser }
  await showView(opening, fitView(view), tooLateAnswer(view.title.text, again))
}
