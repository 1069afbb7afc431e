/** After an end without evidence: is the service still being supplied? */
import type { Pool } from 'pg'
import { currentEnd } from '../domain/current-end.ts'
import { Refusal } from '../domain/refusal.ts'
import { dayText } from '../domain/words.ts'
import { type Actor, act } from './act.ts'

/**
 * Records the answer. Yes: the contract is out of contract from the day after its end, and stays
 * in every summary until something covers it. No: its exit is confirmed and the contract closed.
 * @throws Refusal while the contract still runs.
 */
export async function answerSupply(
  pool: Pool,
  actor: Actor,
  contractId: number,
  supplied: boolean,
): Promise<void> {
  await act(pool, actor, contractId, async (client, { today, record }) => {
    const end = currentEnd(record.contract)
    if (end.kind !== 'dated' || end.latest >= today) {
      throw new Refusal(
        `${record.row.reference} has not ended, so that there is nothing to answer yet.`,
      )
    }
    if (supplied) {
      await client.query('UPDATE contract SET out_of_contract_on = $2::date + 1 WHERE id = $1', [
        contractId,
        end.latest,
      ])
      return [
        { contractId, what: 'updated', field: 'out_of_contract_on', from: null, to: end.latest },
      ]
    }
    await client.query(
      `UPDATE contract SET closed_on = $2, closed_why = $3, out_of_contract_on = NULL WHERE id = $1`,
      [contractId, today, `no longer supplied, said on ${dayText(today)}`],
    )
    return [{ contractId, what: 'closed', field: null, from: null, to: 'no longer supplied' }]
  })
}
