/** What is odd about extensions: overlaps, gaps, and days past the maximum end. */
import type { Pool, PoolClient } from 'pg'
import { readContracts } from '../db/watched.ts'
import { type ExtensionRemark, extensionRemarks } from '../domain/extension-remarks.ts'

export interface RemarkOnContract extends ExtensionRemark {
  readonly contractId: number
  readonly reference: string
}

/** Of these contracts, by reference. */
export async function readRemarks(
  client: Pool | PoolClient,
  contractIds: readonly number[],
): Promise<RemarkOnContract[]> {
  const records = await readContracts(client, contractIds)
  return records
    .flatMap(({ row, contract }) =>
      extensionRemarks(contract).map((remark) => ({
        contractId: row.id,
        reference: row.reference,
        ...remark,
      })),
    )
    .sort((a, b) => (a.reference < b.reference ? -1 : a.reference > b.reference ? 1 : 0))
}
