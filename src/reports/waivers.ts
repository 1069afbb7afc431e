/** The waivers that were recorded, with whose contract each belongs to. */

import type { Pool, PoolClient } from 'pg'
import { civilDay } from '../database/organisation.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import type { ContractNames } from '../rules/contract.ts'
import { recordedAs, type Waiver } from '../rules/waivers.ts'

export interface RecordedWaiver extends Waiver, ContractNames {
  readonly id: number
  readonly contractId: number
  readonly team: string
  readonly currency: string
  /** The first day of the contract; null where it is not recorded. */
  readonly contractStart: CivilDate | null
  /** The legal ground of the extension it belongs to; null where none is recorded. */
  readonly rule: string | null
  /** The day on which it was taken back, and why; null while it stands. */
  readonly withdrawnOn: CivilDate | null
  readonly withdrawnWhy: string | null
}

export interface WaiversAsked {
  readonly organisationId: number
  readonly teamId?: number | null
  readonly contractId?: number | null
  readonly beganFrom?: CivilDate | null
  readonly beganTo?: CivilDate | null
  /** Those that were taken back too. */
  readonly withdrawn?: boolean
}

/** The latest first; those that were taken back are left out, unless they are asked for. */
export async function readWaivers(
  client: Pool | PoolClient,
  {
    organisationId,
    teamId = null,
    contractId = null,
    beganFrom = null,
    beganTo = null,
    withdrawn = false,
  }: WaiversAsked,
): Promise<RecordedWaiver[]> {
  const { rows } = await client.query<RecordedWaiver>(WAIVERS, [
    organisationId,
    teamId,
    contractId,
    beganFrom,
    beganTo,
    withdrawn,
  ])
  return rows.map((row) => ({ ...row, ...recordedAs(row) }))
}

const WAIVERS = `
  SELECT w.id, w.contract_id AS "contractId", c.reference, c.title, c.supplier, t.name AS team, c.currency, c.start AS "contractStart", e.rule, w.category, w.reason,
         w.requested_on AS "requestedOn", w.approved_on AS "approvedOn", w.began_on AS "beganOn", w.approver,
         w.net, w.gross, w.supplier_year AS "supplierYear", w.committee_on AS "committeeOn",
         ${civilDay('w.withdrawn_at')} AS "withdrawnOn", w.withdrawn_why AS "withdrawnWhy"
    FROM waiver w JOIN contract c ON c.id = w.contract_id JOIN team t ON t.id = c.team_id
    JOIN organisation o ON o.id = w.organisation_id
    LEFT JOIN extension e ON e.id = w.extension_id
   WHERE w.organisation_id = $1 AND ($6 OR w.withdrawn_at IS NULL) AND ($2::int IS NULL OR c.team_id = $2)
     AND ($3::int IS NULL OR w.contract_id = $3) AND ($4::date IS NULL OR w.began_on >= $4)
     AND ($5::date IS NULL OR w.began_on <= $5)
   ORDER BY w.began_on DESC, w.id DESC`
