/** "These are rollovers", or not: said by whoever may change every contract of the chain. */
import { Refusal } from '../domain/refusal.ts'
import { chainAnsweredAnswer } from '../messages/answers/chains.ts'
import type { Message } from '../messages/facts.ts'
import { answerChain } from '../watch/answer-chain.ts'
import { chainWith, readChains } from '../watch/chains.ts'
import { chainFacts } from './facts/chains.ts'
import { need } from './rights.ts'
import type { Scene } from './scene.ts'

/** @throws Refusal where they may not, or where somebody answered already. */
export async function sayOfChain(
  scene: Scene,
  contractId: number,
  rollovers: boolean,
): Promise<Message> {
  await need(scene, 'change', contractId)
  const { pool, organisation, rulesOf } = scene.stage
  const { chainToleranceDays: toleranceDays } = rulesOf(organisation)
  const asked = { organisationId: organisation.id, teamId: null, toleranceDays }
  const proposed = chainWith(await readChains(pool, asked), contractId)
  if (proposed === null) {
    throw new Refusal('Somebody has said already what that chain is. Look again: /contracts chains')
  }
  // The awards that followed are closed by it: each is somebody's.
  for (const { id } of proposed.links) await need(scene, 'change', id)
  const chain = await answerChain(pool, scene.actor, contractId, rollovers)
  return chainAnsweredAnswer(chainFacts(chain, true), rollovers)
}
