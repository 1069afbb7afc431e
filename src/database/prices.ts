/** What prices are made from, as the database holds it. */
import type { Pool, PoolClient } from 'pg'
import type { Period } from '../rules/contract.ts'
import type { Decimal } from '../rules/money.ts'
import { type Baseline, baseline, type NoBaseline, type PricedContract } from '../rules/premium.ts'
import { PRICE_COLUMNS, type PriceRow, periodOf } from './contracts.ts'

/** A contract's ordinary month, or what is missing for it. */
export async function readBaseline(
  client: Pool | PoolClient,
  contractId: number,
): Promise<Baseline | NoBaseline> {
  const found = await client.query<PriceRow>(
    `SELECT ${PRICE_COLUMNS} FROM contract c WHERE c.id = $1`,
    [contractId],
  )
  const [row] = found.rows
  return row === undefined ? { known: false, why: 'the contract is gone' } : baseline(pricedOf(row))
}

/**
 * The baseline to measure an extension with. Of one that nobody has classified there is no premium:
 * it may have been planned all along. A cost in another currency cannot be compared.
 */
export function baselineFor(
  row: PriceRow,
  extension: { readonly kind: string; readonly cost: Decimal | null },
  costCurrency: string,
): Baseline | NoBaseline {
  const { kind, cost } = extension
  if (kind === 'unknown')
    return { known: false, why: 'nobody has said what kind of extension it is' }
  if (cost === null || costCurrency === row.currency) return baseline(pricedOf(row))
  return { known: false, why: `its cost is in ${costCurrency}` }
}

export function pricedOf(
  row: PriceRow,
): PricedContract & { readonly minimumExtension: Period | null } {
  const { start, endLatest, value, valueBasis, vat, currency } = row
  const { periodicCharge, chargeUnit, invoicedLastYear, oneOffCharges } = row
  return {
    start,
    value,
    valueBasis,
    vat,
    currency,
    periodicCharge,
    chargeUnit,
    invoicedLastYear,
    oneOffCharges,
    // Prices count to the latest day that an end may mean, and need no other.
    awardedEnd:
      endLatest === null
        ? { kind: 'undated' }
        : { kind: 'dated', earliest: endLatest, latest: endLatest, precision: 'day' },
    awardedMaximumEnd: row.maximumEnd,
    minimumExtension: periodOf(row.minimumAmount, row.minimumUnit),
  }
}
