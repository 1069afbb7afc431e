/** Which contract each staged row speaks of, and what becomes of the row. */
import type { PoolClient } from 'pg'

/** What becomes of a staged row; null until it is known. */
export type StagedVerdict = 'new' | 'changed' | 'unchanged' | 'repeat' | 'conflict'

/**
 * Tells the staged rows apart: which contract of this source each speaks of, which are new, and
 * which repeat or contradict another row or say nothing new. `teamId` is the team that everything
 * goes to, whatever the register says.
 */
export async function identifyStaged(
  client: PoolClient,
  sourceId: number,
  teamId: number | null,
): Promise<void> {
  // The planner knows little of rows that were written a moment ago: a loop that it takes for one
  // round was seen to run 100,000 rounds over as many rows.
  await client.query('SET LOCAL enable_nestloop = off')
  // A reference that stands for several lots or suppliers in one file is told apart by them.
  await client.query(`
    WITH again AS (
      SELECT reference_key FROM staged WHERE reference_key IS NOT NULL
      GROUP BY reference_key HAVING count(*) > 1),
    several AS (
      SELECT reference_key FROM staged JOIN again USING (reference_key) WHERE NOT named
      GROUP BY reference_key HAVING count(DISTINCT (lot, supplier_key)) > 1)
    UPDATE staged SET external_id = external_id || '|' || coalesce(lot, '') || '|' || coalesce(supplier_key, '')
    WHERE NOT named AND reference_key IN (SELECT reference_key FROM several)`)
  await client.query(`
    WITH again AS (SELECT external_id FROM staged GROUP BY external_id HAVING count(*) > 1),
    repeated AS (
      SELECT external_id, min(ordinal) AS first, count(DISTINCT base_hash) AS versions,
             count(DISTINCT hash) AS hashes, string_agg(hash, '' ORDER BY ordinal) AS together
      FROM staged JOIN again USING (external_id) GROUP BY external_id)
    UPDATE staged SET
      verdict = CASE WHEN repeated.versions > 1 THEN 'conflict' WHEN ordinal > repeated.first THEN 'repeat' END,
      hash = CASE WHEN repeated.versions = 1 AND repeated.hashes > 1 THEN md5(repeated.together) ELSE hash END
    FROM repeated WHERE repeated.external_id = staged.external_id`)
  await client.query(
    `UPDATE staged SET contract_id = contract.id FROM contract
     WHERE contract.source_id = $1 AND contract.external_id = staged.external_id`,
    [sourceId],
  )
  // The same reference, lot and supplier under the identity that another file gave it.
  await client.query(
    `UPDATE staged SET contract_id = c.id FROM contract c
     WHERE staged.contract_id IS NULL AND staged.reference_key IS NOT NULL AND c.source_id = $1
       AND c.reference_key = staged.reference_key AND c.lot IS NOT DISTINCT FROM staged.lot
       AND c.supplier_key IS NOT DISTINCT FROM staged.supplier_key
       AND NOT EXISTS (SELECT FROM staged s WHERE s.contract_id = c.id)`,
    [sourceId],
  )
  await client.query(
    `UPDATE staged SET verdict = 'unchanged' FROM contract_import i
     WHERE staged.verdict IS NULL AND i.contract_id = staged.contract_id AND i.row_hash = staged.hash`,
  )
  await findNewTeams(client, teamId)
  await client.query(`
    UPDATE staged SET verdict = CASE WHEN contract_id IS NULL THEN 'new' ELSE 'changed' END,
      contract_id = coalesce(contract_id, nextval(pg_get_serial_sequence('contract', 'id')))
    WHERE verdict IS NULL`)
  await client.query('CREATE INDEX ON staged (verdict, ordinal)')
  await client.query('CREATE INDEX ON staged_draft (ordinal)')
  // Without fresh statistics the planner takes these columns for empty and reads the table for each row.
  await client.query('ANALYZE staged, staged_draft')
  await client.query('SET LOCAL enable_nestloop = on')
}

/**
 * Rows that say the same as before but go to another team now: to the one that everything goes to,
 * or from the default team to one that was made since.
 */
async function findNewTeams(client: PoolClient, teamId: number | null): Promise<void> {
  if (teamId !== null) {
    await client.query(
      `UPDATE staged SET verdict = NULL FROM contract c
       WHERE staged.verdict = 'unchanged' AND c.id = staged.contract_id AND c.team_id <> $1`,
      [teamId],
    )
    return
  }
  await client.query(
    `UPDATE staged SET verdict = NULL FROM contract c JOIN team held ON held.id = c.team_id AND held.is_default
     WHERE staged.verdict = 'unchanged' AND c.id = staged.contract_id AND EXISTS (
       SELECT FROM team t WHERE t.organisation_id = c.organisation_id AND NOT t.is_default
         AND t.name_key IN (staged.team_key, staged.department_key))`,
  )
}

export interface StagedCounts {
  readonly same: number
  readonly changed: number
  readonly repeats: number
  readonly conflicts: number
}

export async function countStaged(client: PoolClient): Promise<StagedCounts> {
  const counted = await client.query<{ verdict: StagedVerdict; n: number }>(
    'SELECT verdict, count(*) AS n FROM staged GROUP BY verdict',
  )
  const of = (verdict: StagedVerdict) => counted.rows.find((row) => row.verdict === verdict)?.n ?? 0
  return {
    same: of('unchanged'),
    changed: of('changed'),
    repeats: of('repeat'),
    conflicts: of('conflict'),
  }
}
