/** What was wrong with rows, kept and listed until a later import puts it right. */
import type { PoolClient } from 'pg'
import { copyRows } from '../../db/copy.ts'
import type { Problem } from '../draft.ts'

/**
 * Keeps this import's problems. Earlier ones of the source are put right by a row of the same
 * reference that could be read now, and those of the same file by its being read again.
 */
export async function keepProblems(
  client: PoolClient,
  organisationId: number,
  sourceId: number,
  importId: number,
  problems: readonly Problem[],
): Promise<void> {
  await client.query(
    `UPDATE import_problem SET resolved_import_id = $2
     FROM import earlier, import this
     WHERE import_problem.source_id = $1 AND import_problem.resolved_import_id IS NULL
       AND earlier.id = import_problem.import_id AND this.id = $2
       AND (earlier.file = this.file
            OR EXISTS (SELECT FROM staged s WHERE s.reference_key = lower(import_problem.reference)
                       AND s.verdict IS DISTINCT FROM 'conflict'))`,
    [sourceId, importId],
  )
  await copyRows(
    client,
    'import_problem',
    [
      'organisation_id',
      'source_id',
      'import_id',
      'at',
      'reference',
      'field',
      'value',
      'problem',
      'remedy',
      'severity',
    ],
    problems.map(({ at, reference, field, value, problem, remedy, severity }) => [
      organisationId,
      sourceId,
      importId,
      at,
      reference,
      field,
      value,
      problem,
      remedy,
      severity,
    ]),
  )
}

/** Contracts of this source that the file no longer holds: told, never closed. */
export async function missingProblem(
  client: PoolClient,
  sourceId: number,
  rejectedReferences: readonly string[],
): Promise<Problem | null> {
  const found = await client.query<{ references: string[]; total: number }>(
    `SELECT (array_agg(reference ORDER BY reference))[1:10] AS references, count(*) AS total FROM contract
     WHERE source_id = $1 AND closed_on IS NULL AND reference_key <> ALL($2)
       AND id NOT IN (SELECT contract_id FROM staged WHERE contract_id IS NOT NULL)`,
    [sourceId, rejectedReferences],
  )
  const { references, total } = found.rows[0] ?? { references: [], total: 0 }
  if (total === 0) return null
  const more = total > references.length ? ` and ${total - references.length} more` : ''
  return {
    at: 'the whole file',
    reference: null,
    field: null,
    value: `${references.join(', ')}${more}`,
    problem: `${total === 1 ? 'one contract' : `${total} contracts`} of this source ${total === 1 ? 'is' : 'are'} not in the file`,
    remedy:
      'they stay watched: close those that are over, or use another --source for another register',
    severity: 'warning',
  }
}
