/** Contracts that replace one another, by the references that a register gives. */
import type { PoolClient } from 'pg'
import { rekey } from '../../db/rekey.ts'
import type { CreateContext } from './create.ts'

/**
 * Gives each contract the first day of its signed successor in the same source, found by either
 * one's reference to the other; a contract that has started or has an end counts as signed.
 */
export async function linkSuccessors(client: PoolClient, context: CreateContext): Promise<void> {
  const linked = await client.query<{ id: number }>(
    `UPDATE contract old SET successor_start = found.start
     FROM (
       SELECT id, min(start) AS start FROM (
         SELECT o.id, n.start FROM contract o JOIN contract n
           ON n.source_id = o.source_id AND n.reference_key = lower(o.successor)
         WHERE o.source_id = $1 AND o.successor IS NOT NULL AND n.closed_on IS NULL
         UNION ALL
         SELECT o.id, n.start FROM contract n JOIN contract o
           ON o.source_id = n.source_id AND o.reference_key = lower(n.predecessor)
         WHERE n.source_id = $1 AND n.predecessor IS NOT NULL AND n.closed_on IS NULL) pairs
       WHERE start IS NOT NULL GROUP BY id) found
     WHERE old.id = found.id AND old.successor_start IS DISTINCT FROM found.start
     RETURNING old.id`,
    [context.sourceId],
  )
  const ids = linked.rows.map((row) => row.id)
  if (ids.length === 0) return
  const { organisationId, teams, rulesOf, today } = context
  await rekey(client, { organisationId, teams, rulesOf, today }, ids)
}
