/** Marking a contract as finished long ago, and taking that back. */
import type { Pool } from 'pg'
import { Refusal } from '../domain/refusal.ts'
import { type Actor, act } from './act.ts'

/** A historic contract is listed and counted, never warned of; a reactivated one is watched again. */
export async function markHistoric(
  pool: Pool,
  actor: Actor,
  contractId: number,
  historic: boolean,
): Promise<void> {
  await act(pool, actor, contractId, async (client, { record }) => {
    const { reference, historic: was } = record.row
    if (was === historic) {
      throw new Refusal(`${reference} is ${was ? 'marked as historic' : 'watched'} already.`)
    }
    await client.query('UPDATE contract SET historic = $2 WHERE id = $1', [contractId, historic])
    return [
      { contractId, what: 'updated', field: 'historic', from: String(was), to: String(historic) },
    ]
  })
}
