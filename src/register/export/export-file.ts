/** The register out, for the command line and for Slack. */
import type { Pool } from 'pg'
import { nameKey } from '../../db/organisation.ts'
import { exportCsv } from './export-csv.ts'
import { exportedContracts } from './read-export.ts'

export const EXPORT_FORMATS = ['csv', 'xlsx'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/** The file's bytes, piece by piece, with these contracts in this order. */
export async function* exportFile(
  pool: Pool,
  organisationId: number,
  ids: readonly number[],
  format: ExportFormat,
): AsyncGenerator<string | Buffer> {
  const contracts = exportedContracts(pool, organisationId, ids)
  if (format === 'csv') yield* exportCsv(contracts)
  else {
    // The library takes its time to load.
    const { exportXlsx } = await import('./export-xlsx.ts')
    yield await exportXlsx(contracts)
  }
}

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
