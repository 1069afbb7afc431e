/** Value added tax in prices: what is net, and what a budget must carry. */
import { Big } from 'big.js'
import { asCivilDate, type CivilDate } from './civil-date.ts'
import type { VatRecovery, VatState } from './contract.ts'
import { canonical, type Decimal } from './money.ts'

/**
 * The standard rates of the United Kingdom in per cent, each from its first day: Value Added Tax
 * Act 1994, s.2, as amended (https://www.legislation.gov.uk/ukpga/1994/23/section/2); the rate of
 * today stands at https://www.gov.uk/vat-rates. The latest first.
 */
const UK_VAT_RATES: readonly { readonly from: CivilDate; readonly percent: number }[] = [
  { from: asCivilDate('2011-01-04'), percent: 20 },
  { from: asCivilDate('2010-01-01'), percent: 17.5 },
  { from: asCivilDate('2008-12-01'), percent: 15 },
  { from: asCivilDate('1991-04-01'), percent: 17.5 },
]

/** The standard rate on a day; today's where the day is not known, the earliest before the table. */
export function ukVatPercent(on: CivilDate | null): number {
  const known = UK_VAT_RATES.find(({ from }) => on === null || from <= on) ?? UK_VAT_RATES.at(-1)
  return known?.percent ?? 20
}

/**
 * An amount without tax, to the penny, and what was assumed for it. Tax is only taken out of pounds
 * that are known to include it, at the rate of the day on which it was agreed: of other currencies
 * the rate is not known.
 */
export function netOf(
  amount: Decimal,
  vat: VatState,
  currency: string,
  on: CivilDate | null,
): { readonly amount: Big; readonly assumed: string | null } {
  const given = new Big(amount)
  if (vat !== 'gross') return { amount: given, assumed: null }
  if (currency !== 'GBP') return { amount: given, assumed: 'tax included' }
  const percent = ukVatPercent(on)
  return { amount: given.times(100).div(100 + percent), assumed: `VAT of ${percent}% taken out` }
}

/**
 * What a net cost takes from the budget: with tax where none of it comes back, as it stands where
 * all of it does, null where that is not known or only a part comes back.
 */
export function budgetCost(
  net: Decimal | null,
  recoverable: VatRecovery,
  currency: string,
  on: CivilDate | null,
): Decimal | null {
  if (net === null || recoverable === 'unknown' || recoverable === 'part') return null
  if (recoverable === 'full') return net
  if (currency !== 'GBP') return null
  return canonical(
    new Big(net)
      .times(100 + ukVatPercent(on))
      .div(100)
      .round(2, Big.roundHalfUp),
  )
}
