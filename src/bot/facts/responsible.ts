/** Who answers for a contract, so that rights can be judged. */
import type { Pool } from 'pg'
import type { Responsible } from '../access.ts'

/** Those who answer for a contract of this organisation; null where there is no such contract. */
export async function responsibleIn(
  pool: Pool,
  organisationId: number,
  contractId: number,
): Promise<Responsible | null> {
  const found = await pool.query<Responsible>(
    `SELECT ${RESPONSIBLE} FROM contract c JOIN team t ON t.id = c.team_id
     WHERE c.id = $1 AND c.organisation_id = $2`,
    [contractId, organisationId],
  )
  return found.rows[0] ?? null
}

/** The columns of `Responsible`, of contract `c` and its team `t`. */
export const RESPONSIBLE = `c.owner_id AS "ownerId", c.deputy_id AS "deputyId",
  c.category_lead_id AS "categoryLeadId", t.user_group AS "teamUserGroup", t.name AS team`

export interface TeamStanding {
  readonly id: number
  readonly name: string
  /** Has a user group, or somebody who answers for one of its contracts. */
  readonly isPeopled: boolean
}

/** The team of this id, the default one where none is named; null where there is no such team. */
export async function teamStanding(
  pool: Pool,
  organisationId: number,
  teamId: number | null,
): Promise<TeamStanding | null> {
  const found = await pool.query<TeamStanding>(
    `SELECT t.id, t.name, t.user_group IS NOT NULL OR EXISTS (
       SELECT FROM contract c WHERE c.team_id = t.id
         AND coalesce(c.owner_id, c.deputy_id, c.category_lead_id) IS NOT NULL) AS "isPeopled"
     FROM team t WHERE t.organisation_id = $1 AND CASE WHEN $2::int IS NULL THEN t.is_default ELSE t.id = $2 END`,
    [organisationId, teamId],
  )
  return found.rows[0] ?? null
}
