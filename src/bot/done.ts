/** What the person who acted is told: the act as the record has it. */
import { doneAnswer, saidAnswer } from '../messages/answers/replies.ts'
import type { Message } from '../messages/facts.ts'
import type { Named } from '../messages/naming.ts'
import { historyOf } from '../watch/history.ts'
import { lastAct } from './last-act.ts'
import type { Scene } from './scene.ts'

/** The answer after an act on one contract. */
export async function actedAnswer(scene: Scene, contractId: number): Promise<Message> {
  const { pool, organisation } = scene.stage
  const found = await pool.query<Named>(
    'SELECT reference, title, supplier FROM contract WHERE id = $1 AND organisation_id = $2',
    [contractId, organisation.id],
  )
  const [contract] = found.rows
  if (!contract) return saidAnswer('Done.')
  const act = await lastAct(pool, organisation.id, contractId, scene.stage.today())
  if (act) return doneAnswer(contract, act)
  const { lines } = await historyOf(pool, organisation.id, contractId, 1)
  return saidAnswer(`Done: ${lines[0]?.what ?? 'recorded'} ${contract.reference}.`)
}
