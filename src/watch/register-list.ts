/** The register, page by page. */
import type { Pool } from 'pg'
import type { CivilDate } from '../domain/civil-date.ts'
import type { Decimal } from '../domain/money.ts'
import { type ContractState, stateSql } from './state.ts'

export interface ListedContract {
  readonly reference: string
  readonly source: string
  readonly title: string | null
  readonly buyer: string | null
  readonly supplier: string | null
  readonly start: CivilDate | null
  readonly end: CivilDate | null
  readonly currentEnd: CivilDate | null
  /** The earlier end that the register gives, only where people recorded a later one: it warns. */
  readonly disputedEnd?: CivilDate
  readonly value: Decimal | null
  readonly currency: string
  readonly state: ContractState
}

export const PAGE_SIZE = 100

export async function listContracts(
  pool: Pool,
  organisationId: number,
  page: number,
  today: CivilDate,
): Promise<{ readonly total: number; readonly items: readonly ListedContract[] }> {
  const total = await pool.query<{ n: number }>(
    'SELECT count(*) AS n FROM contract WHERE organisation_id = $1',
    [organisationId],
  )
  const found = await pool.query<
    Omit<ListedContract, 'disputedEnd'> & { readonly disputedEnd: CivilDate | null }
  >(
    `SELECT c.reference, s.name AS source, c.title,
            (SELECT string_agg(b.name, '; ' ORDER BY cb.position) FROM contract_buyer cb
             JOIN buyer b ON b.id = cb.buyer_id WHERE cb.contract_id = c.id) AS buyer,
            c.supplier, c.start, c.end_latest AS "end", c.current_latest AS "currentEnd",
            c.disputed_end AS "disputedEnd",
            c.value, c.currency, ${stateSql('$2')} AS state
     FROM contract c JOIN source s ON s.id = c.source_id
     WHERE c.organisation_id = $1 ORDER BY c.id LIMIT ${PAGE_SIZE} OFFSET $3`,
    [organisationId, today, (page - 1) * PAGE_SIZE],
  )
  const items = found.rows.map(({ disputedEnd, ...item }): ListedContract => {
    return disputedEnd === null ? item : { ...item, disputedEnd }
  })
  return { total: total.rows[0]?.n ?? 0, items }
}
