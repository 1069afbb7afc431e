/** Which contracts an export is of. */
import type { Pool } from 'pg'
import { nameKey } from '../../db/organisation.ts'

/** Which contracts: all that is given has to fit. */
export interface ExportFilters {
  readonly teamId: number | null
  readonly source: string | null
  /** A part of the supplier's name. */
  readonly supplier: string | null
}

/** The ids of the contracts that fit, closed and historic ones too, in the order of their numbers. */
export async function exportedIds(
  pool: Pool,
  organisationId: number,
  { teamId, source, supplier }: ExportFilters,
): Promise<number[]> {
  const key = supplier === null ? null : nameKey(supplier)
  const found = await pool.query<{ id: number }>(
    `SELECT c.id FROM contract c JOIN source s ON s.id = c.source_id
     WHERE c.organisation_id = $1 AND ($2::int IS NULL OR c.team_id = $2)
       AND ($3::text IS NULL OR s.name = $3)
       AND ($4::text IS NULL OR position($4 IN c.supplier_key) > 0) ORDER BY c.id`,
    [organisationId, teamId, source, key],
  )
  return found.rows.map(({ id }) => id)
}
