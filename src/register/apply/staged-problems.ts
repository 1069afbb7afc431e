/** Staged rows that speak of the same contract: told, by line. */
import type { PoolClient } from 'pg'
import type { Draft, Problem } from '../draft.ts'

/** Rows of the same contract that say different things: none of them is applied. */
export async function conflictProblems(client: PoolClient): Promise<Problem[]> {
  const found = await client.query<{ at: string; draft: string; lines: string[] }>(
    `SELECT at, draft,
            array_agg(at) OVER (PARTITION BY external_id) AS lines
     FROM staged JOIN staged_draft USING (ordinal) WHERE verdict = 'conflict' ORDER BY ordinal`,
  )
  return found.rows.map(({ at, draft, lines }) => ({
    at,
    reference: referenceIn(draft),
    field: null,
    value: referenceIn(draft),
    problem: `says something else of the same contract than ${others(lines, at)}`,
    remedy: 'keep one row for each contract, or give different contracts different references',
    severity: 'error',
  }))
}

/** Rows that say exactly the same of one contract: told once for each contract. */
export async function repeatProblems(client: PoolClient): Promise<Problem[]> {
  const found = await client.query<{ draft: string; lines: string[] }>(
    `SELECT min(draft) AS draft, array_agg(at ORDER BY ordinal) AS lines
     FROM staged JOIN staged_draft USING (ordinal)
     WHERE external_id IN (SELECT external_id FROM staged WHERE verdict = 'repeat')
     GROUP BY external_id
     HAVING count(DISTINCT regexp_replace(draft, '"at":"(?:[^"\\\\]|\\\\.)*",', '')) < count(*)
     ORDER BY min(ordinal)`,
  )
  return found.rows.map(({ draft, lines }) => {
    const reference = referenceIn(draft)
    const [first = '', second = ''] = lines
    return {
      at: second,
      reference,
      field: null,
      value: reference,
      problem: `says the same as ${first}${lines.length > 2 ? `, and so do ${others(lines.slice(1), second)}` : ''}: it counts once`,
      remedy: 'take the repeated row out of the register',
      severity: 'warning',
    }
  })
}

function referenceIn(draft: string): string | null {
  return (JSON.parse(draft) as Draft).reference
}

function others(lines: readonly string[], at: string): string {
  const rest = lines.filter((line) => line !== at)
  const named = rest.slice(0, 5).join(', ')
  return rest.length > 5 ? `${named} and ${rest.length - 5} more` : named
}
