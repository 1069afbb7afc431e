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
