/** The waivers that were recorded, with whose contract each belongs to. */

import type { Pool, PoolClient } from 'pg'
import { tables } from '../database/prisma.ts'
import { type CivilDate, civilDateIn } from '../rules/civil-date.ts'
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

interface WaiversAsked {
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
  const found = await tables(client).waiver.findMany({
    where: {
      organisationId,
      ...(withdrawn ? {} : { withdrawnAt: null }),
      ...(contractId === null ? {} : { contractId }),
      ...(teamId === null ? {} : { contract: { teamId } }),
      AND: [
        beganFrom === null ? {} : { beganOn: { gte: beganFrom } },
        beganTo === null ? {} : { beganOn: { lte: beganTo } },
      ],
    },
    orderBy: [{ beganOn: 'desc' }, { id: 'desc' }],
    include: {
      contract: { include: { team: { include: { organisation: true } } } },
      extension: { select: { rule: true } },
    },
  })
  return found.map((row) => {
    const { id, contractId: of, category, reason, requestedOn, approvedOn, beganOn, approver } = row
    const { net, gross, supplierYear, committeeOn, withdrawnAt, withdrawnWhy } = row
    const { reference, title, supplier, currency, start: contractStart, team } = row.contract
    const zone = team.timeZone ?? team.organisation.timeZone
    const waiver = {
      ...{ id, contractId: of, reference, title, supplier, team: team.name, currency },
      ...{ contractStart, rule: row.extension?.rule ?? null, category, reason, requestedOn },
      ...{ approvedOn, beganOn, approver, net, gross, supplierYear, committeeOn },
      withdrawnOn: withdrawnAt === null ? null : civilDateIn(withdrawnAt, zone),
      withdrawnWhy,
    }
    return { ...waiver, ...recordedAs(waiver) }
  })
}
