/** The forms that put contracts into the record, or put right what it says. */
import { Refusal } from '../domain/refusal.ts'
import { addedAnswer } from '../messages/answers/added.ts'
import type { Message } from '../messages/facts.ts'
import type { ContractInput } from '../messages/modals/contract.ts'
import { contractChanges } from '../messages/modals/contract-changes.ts'
import { type ContractEdit, editContract } from '../register/by-hand/edit.ts'
import { enterContract } from '../register/by-hand/enter.ts'
import type { ContractEntry } from '../register/by-hand/entry.ts'
import { type Actor, act } from '../watch/act.ts'
import { memberNamed } from './assigning.ts'
import { addedFacts } from './facts/added.ts'
import { needTeam } from './rights.ts'
import type { Scene } from './scene.ts'
import { fieldsOf } from './submissions/fields.ts'
import { type ContractSent, readContract } from './submissions/read-contract.ts'
import { shownState } from './submissions/shown-state.ts'

/** A contract that no register holds. @throws Refusal at its field. */
export async function addContract(scene: Scene, { contract }: ContractSent): Promise<Message> {
  const { pool, organisation } = scene.stage
  await needTeam(scene, contract.teamId)
  const { owner, ...entry } = contract
  const contractId = await enterContract(pool, scene.actor, {
    ...entry,
    ownerId: owner === null ? null : await memberNamed(scene, owner, 'owner'),
  })
  return addedAnswer(await addedFacts(pool, organisation.id, contractId))
}

/**
 * What the form changes: compared with what it showed, so that saving a form that was open for long
 * takes nothing back that others changed.
 */
export async function editOf(
  scene: Scene,
  blocks: unknown,
  { contract, terminatesOn, why, holds }: ContractSent,
): Promise<ContractEdit> {
  const shown = shownContract(blocks)
  const { owner, ...changes } = contractChanges(shown, contract)
  if (changes.teamId !== undefined) await needTeam(scene, changes.teamId)
  const ownerId =
    owner === undefined
      ? {}
      : { ownerId: owner === null ? null : await memberNamed(scene, owner, 'owner') }
  const entry: Partial<ContractEntry> = { ...changes, ...ownerId }
  return { changes: entry, terminatesOn, why, holds }
}

function shownContract(blocks: unknown): Partial<ContractInput> {
  const fields = fieldsOf(shownState(blocks))
  const read = fields === null ? null : readContract(fields)
  if (read === null) throw new Refusal('That form is out of date: open it again.')
  return read.contract
}

export async function edit(
  scene: Scene,
  actor: Actor,
  contractId: number,
  changed: ContractEdit,
): Promise<void> {
  await act(scene.stage.pool, actor, contractId, (client, acted) =>
    editContract(client, { ...actor, ...acted, contractId }, changed),
  )
}
