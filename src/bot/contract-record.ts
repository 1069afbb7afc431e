/** The forms that put contracts into the record, or put right what it says. */
import { addedAnswer } from '../messages/answers/added.ts'
import type { Message } from '../messages/facts.ts'
import { type ContractEdit, editContract } from '../register/by-hand/edit.ts'
import { enterContract } from '../register/by-hand/enter.ts'
import type { ContractEntry } from '../register/by-hand/entry.ts'
import { type Actor, act } from '../watch/act.ts'
import { memberNamed } from './assigning.ts'
import { addedFacts } from './facts/added.ts'
import { needTeam } from './rights.ts'
import type { Scene } from './scene.ts'
import type { ContractSent } from './submissions/read-contract.ts'

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

/** What the form changes: saving one that was open for long takes nothing back that others changed. */
export async function editOf(
  scene: Scene,
  { changes: { owner, ...changes }, terminatesOn, why, holds }: ContractSent,
): Promise<ContractEdit> {
  if (changes.teamId !== undefined) await needTeam(scene, changes.teamId)
  const ownerId =
    owner === undefined
      ? {}
      : { ownerId: owner === null ? null : await memberNamed(scene, owner, 'owner') }
  const entry: Partial<ContractEntry> = { ...changes, ...ownerId }
  return { changes: entry, terminatesOn, why, holds }
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
