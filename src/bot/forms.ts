/** Which form a button or command opens, for whom. */
import type { ModalView } from '@slack/types'
import { Refusal } from '../domain/refusal.ts'
import type { Action, ContractAct, Subject } from '../messages/buttons/action.ts'
import { contractModal } from '../messages/modals/contract.ts'
import { decideModal } from '../messages/modals/decide.ts'
import { classifyModal, extendModal } from '../messages/modals/extend.ts'
import { importModal } from '../messages/modals/import.ts'
import { assignModal, preferencesModal, snoozeModal } from '../messages/modals/small.ts'
import { withdrawModal } from '../messages/modals/withdraw.ts'
import { fitView } from '../messages/view-limits.ts'
import { WHOLE_ORGANISATION } from '../watch/change-rules.ts'
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
import { teamNamed } from './facts/team-named.ts'
import { need } from './rights.ts'
import { rulesView } from './rules-form.ts'
import type { Scene } from './scene.ts'
import { settingsView } from './team-settings.ts'

/** Opens the form that a button stands for, while its trigger lives. */
export async function openForm(scene: Scene, action: Action, triggerId: string): Promise<void> {
  if ('subject' in action) return openContractForm(scene, action.act, action.subject, triggerId)
  if (action.act === 'open' && action.what === 'preferences') {
    await need(scene, 'read', null)
    return open(scene, preferencesModal(await preferencesForm(scene.context(''))), triggerId)
  }
  if (action.act === 'open' && action.what === 'add') return openAddForm(scene, null, triggerId)
  if (action.act === 'open' && action.what === 'import') return openImportForm(scene, triggerId)
  if (action.act === 'open' && action.what === 'settings') {
    return openSettings(scene, null, triggerId)
  }
  if (action.act === 'open' && action.what === 'organisation-rules') {
    return openOrganisationRules(scene, triggerId)
  }
  throw new Refusal(
    'That does not work in Slack yet. Ask whoever runs Lapsewatch: the command line has it.',
  )
}

/** The file of a register, its name and its team; only administrators import. */
export async function openImportForm(scene: Scene, triggerId: string): Promise<void> {
  await need(scene, 'administer', null)
  return open(scene, importModal(await importForm(scene.context(''))), triggerId)
}

/** For a contract that no register holds; whose team it may go to is asked when it comes back. */
export async function openAddForm(
  scene: Scene,
  title: string | null,
  triggerId: string,
): Promise<void> {
  await need(scene, 'read', null)
  return open(scene, contractModal(await contractForm(scene.context(''), null, title)), triggerId)
}

/** For administrators: the settings of this team; null: of the asker's, else of the default one. */
export async function openSettings(
  scene: Scene,
  team: string | null,
  triggerId: string,
): Promise<void> {
  await need(scene, 'administer', null)
  const named = await teamNamed(scene, team)
  return open(scene, await settingsView(scene, named?.id ?? null), triggerId)
}

/** For administrators: the rules that hold where no team and no contract has others. */
export async function openOrganisationRules(scene: Scene, triggerId: string): Promise<void> {
  return open(scene, await rulesView(scene, WHOLE_ORGANISATION), triggerId)
}

export async function openContractForm(
  scene: Scene,
  act: ContractAct,
  { contractId }: Subject,
  triggerId: string,
): Promise<void> {
  await need(scene, 'change', contractId)
  const context = scene.context('')
  const { today } = scene.stage
  switch (act) {
    case 'snooze-date':
      return open(scene, snoozeModal(await snoozeForm(context, contractId), today()), triggerId)
    case 'decide':
      return open(scene, decideModal(await decideForm(context, contractId)), triggerId)
    case 'extend':
      return open(scene, extendModal(await extendForm(context, contractId)), triggerId)
    case 'classify':
      return open(scene, classifyModal(await classifyForm(context, contractId)), triggerId)
    case 'withdraw':
      return open(scene, withdrawModal(await withdrawForm(context, contractId)), triggerId)
    case 'assign':
      return open(scene, assignModal(await assignForm(context, contractId)), triggerId)
    case 'edit':
      return open(scene, contractModal(await contractForm(context, contractId)), triggerId)
    case 'rules':
      return open(scene, await rulesView(scene, { teamId: null, contractId }), triggerId)
    default:
      throw new Refusal('That button opens no form: ask again with /contracts.')
  }
}

async function open(scene: Scene, view: ModalView, triggerId: string): Promise<void> {
  await scene.client.views.open({ trigger_id: triggerId, view: fitView(view) })
}
