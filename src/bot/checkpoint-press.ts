/** The answer to a question about a checkpoint: done, or slipped to a day. */
import { Refusal } from '../domain/refusal.ts'
import { checkpointAnswer } from '../messages/answers/checkpoint.ts'
import type { Action } from '../messages/buttons/action.ts'
import type { Message } from '../messages/facts.ts'
import { answerCheckpoint, type CheckpointAnswer } from '../watch/checkpoints.ts'
import { readCheckpoint } from '../watch/procurement.ts'
import { need } from './rights.ts'
import type { Scene } from './scene.ts'

type CheckpointAction = Extract<Action, { readonly checkpointId: number }>

/** @throws Refusal where it is gone, answered already, or the asker may not change the contract. */
export async function pressCheckpoint(scene: Scene, action: CheckpointAction): Promise<Message> {
  const { pool, organisation, today } = scene.stage
  await need(scene, 'read', null)
  const found = await readCheckpoint(pool, organisation.id, action.checkpointId)
  if (found === null) {
    throw new Refusal(
      'That procurement is not under way any more: another decision took its place, or the contract is gone.',
    )
  }
  const { contractId, name, named } = found
  await need(scene, 'change', contractId)
  const answer: CheckpointAnswer =
    action.act === 'checkpoint-done'
      ? { said: 'done', on: today() }
      : { said: 'slipped', to: action.to }
  const { award, gap } = await answerCheckpoint(pool, scene.actor, contractId, name, answer)
  const doneOn = answer.said === 'done' ? answer.on : null
  const slippedTo = answer.said === 'slipped' ? answer.to : null
  const hidePrices = scene.context('').hidePrices
  return checkpointAnswer(named, name, { by: null, doneOn, slippedTo, award, gap }, hidePrices)
}
