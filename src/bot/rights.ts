/** The check before every act: made on the server, whatever the button or form said. */
import { Refusal } from '../domain/refusal.ts'
import { mayThey, type Right } from './access.ts'
import { responsibleFor } from './facts/responsible.ts'
import type { Scene } from './scene.ts'

/** @throws Refusal that says who may, where the asker may not. */
export async function need(scene: Scene, right: Right, contractId: number | null): Promise<void> {
  const contract = contractId === null ? null : await responsibleFor(scene.stage.pool, contractId)
  const verdict = mayThey(scene.asker, right, contract)
  if (!verdict.allowed) throw new Refusal(verdict.why)
}
