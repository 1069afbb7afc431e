/** What prices are made from, as the database holds it. */
import type { Pool, PoolClient } from 'pg'
import type { CivilDate } from '../rules/civil-date.ts'
import type { Period, PeriodUnit } from '../rules/contract.ts'
import type { Decimal } from '../rules/money.ts'
import { type Baseline, baseline, type NoBaseline, type PricedContract } from '../rules/premium.ts'

/** The columns of `contract c` that `pricedOf` reads. */
export const PRICE_COLUMNS = `
  c.start AS "priceStart", c.end_latest AS "awardedLatest", c.maximum_end AS "awardedMaximum",
  c.value, c.value_basis AS "valueBasis", c.vat, c.currency,
  c.periodic_charge AS "periodicCharge", c.charge_unit AS "chargeUnit",
  c.invoiced_last_year AS "invoicedLastYear", c.one_off_charges AS "oneOffCharges",
  c.minimum_extension_amount AS "minimumAmount", c.minimum_extension_unit AS "minimumUnit"`

export interface PriceRow
  extends Omit<PricedContract, 'start' | 'awardedEnd' | 'awardedMaximumEnd'> {
  readonly priceStart: CivilDate | null
  readonly awardedLatest: CivilDate | null
  readonly awardedMaximum: CivilDate | null
  readonly minimumAmount: number | null
  readonly minimumUnit: PeriodUnit | null
}

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
  const { awardedLatest, minimumAmount, minimumUnit } = row
  return {
    start: row.priceStart,
    // Prices count to the latest day that an end may mean, and need no other.
    awardedEnd:
      awardedLatest === null
        ? { kind: 'undated' }
        : { kind: 'dated', earliest: awardedLatest, latest: awardedLatest, precision: 'day' },
    awardedMaximumEnd: row.awardedMaximum,
    value: row.value,
    valueBasis: row.valueBasis,
    vat: row.vat,
    currency: row.currency,
    periodicCharge: row.periodicCharge,
    chargeUnit: row.chargeUnit,
    invoicedLastYear: row.invoicedLastYear,
    oneOffCharges: row.oneOffCharges,
    minimumExtension:
      minimumAmount === null || minimumUnit === null
        ? null
        : { amount: minimumAmount, unit: minimumUnit },
  }
}
