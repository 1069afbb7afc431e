/** How far a change of rules reaches, tried before it is made. */
import type { Pool, PoolClient } from 'pg'
import { takenBack } from '../db/transaction.ts'

export interface Reach {
  /** Contracts that were counted anew. */
  readonly rekeyed: number
  /** Of those, how many are to be looked at on another day than before. */
  readonly moved: number
}

/** The contracts of a team; of the organisation where none is given. */
export interface Reached {
  readonly organisationId: number
  readonly teamId: number | null
}

/** More contracts than this are not tried out while somebody waits: counting them anew takes long. */
const MOST_TRIED = 500

/** What `change` would do, tried and taken back; null where too many contracts follow. */
export async function tried(
  pool: Pool,
  { organisationId, teamId }: Reached,
  change: (client: PoolClient) => Promise<Reach>,
): Promise<Reach | null> {
  const found = await pool.query<{ id: number }>(`SELECT c.id ${OF_THESE} LIMIT $3`, [
    organisationId,
    teamId,
    MOST_TRIED + 1,
  ])
  return found.rows.length > MOST_TRIED ? null : takenBack(pool, change)
}

/** The reach of what `rekey` counts anew; it returns how many contracts. */
export async function reachOf(
  client: PoolClient,
  of: Reached,
  rekey: () => Promise<number>,
): Promise<Reach> {
  const before = await looksOf(client, of)
  const rekeyed = await rekey()
  if (rekeyed === 0) return { rekeyed, moved: 0 }
  const after = await looksOf(client, of)
  return { rekeyed, moved: [...after].filter(([id, look]) => before.get(id) !== look).length }
}

async function looksOf(
  client: PoolClient,
  { organisationId, teamId }: Reached,
): Promise<ReadonlyMap<number, string | null>> {
  const found = await client.query<{ id: number; on: string | null }>(
    `SELECT c.id, c.next_rung_on AS "on" ${OF_THESE}`,
    [organisationId, teamId],
  )
  return new Map(found.rows.map(({ id, on }) => [id, on]))
}

const OF_THESE =
  'FROM contract c WHERE c.organisation_id = $1 AND ($2::int IS NULL OR c.team_id = $2)'
