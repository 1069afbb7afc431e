/** A contract that was just entered, and what is due of it next. */
import type { Pool } from 'pg'
import type { CivilDate } from '../../domain/civil-date.ts'
import type { DeadlineKind } from '../../domain/deadline-kinds.ts'
import type { AddedFacts } from '../../messages/answers/added.ts'

export async function addedFacts(
  pool: Pool,
  organisationId: number,
  contractId: number,
): Promise<AddedFacts> {
  const found = await pool.query<AddedFacts['contract'] & Omit<AddedFacts, 'contract' | 'next'>>(
    `SELECT c.id AS "contractId", c.version, c.reference, c.title, c.supplier, t.name AS team, c.historic,
            c.current_latest AS "end"
     FROM contract c JOIN team t ON t.id = c.team_id WHERE c.id = $1 AND c.organisation_id = $2`,
    [contractId, organisationId],
  )
  const next = await pool.query<{ kind: DeadlineKind; on: CivilDate }>(
    `SELECT kind, due_on AS "on" FROM deadline WHERE contract_id = $1 AND settled_why IS NULL
     ORDER BY due_on, kind LIMIT 1`,
    [contractId],
  )
  const [row] = found.rows
  if (!row) throw new Error(`Contract ${contractId} went away right after it was entered.`)
  const { team, historic, end, ...contract } = row
  return { contract, team, historic, end, next: next.rows[0] ?? null }
}
