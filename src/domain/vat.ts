/** Value added tax in prices: what is net, and what a budget must carry. */
import { Big } from 'big.js'
import type { VatRecovery, VatState } from './contract.ts'
import { canonical, type Decimal } from './money.ts'

/** The standard rate of the United Kingdom since 4 January 2011, in per cent: gov.uk/vat-rates. */
export const UK_VAT_PERCENT = 20

/**
 * An amount without tax, to the penny, and what was assumed for it. Tax is only taken out of pounds
 * that are known to include it: of other currencies the rate is not known.
 */
export function netOf(
  amount: Decimal,
  vat: VatState,
  currency: string,
  percent = UK_VAT_PERCENT,
): { readonly amount: Big; readonly assumed: string | null } {
  const given = new Big(amount)
  if (vat !== 'gross') return { amount: given, assumed: null }
  if (currency !== 'GBP') return { amount: given, assumed: 'tax included' }
  return { amount: given.times(100).div(100 + percent), assumed: `VAT of ${percent} % taken out` }
}

/**
 * What a net cost takes from the budget: with tax where none of it comes back, as it stands where
 * all of it does, null where that is not known or only a part comes back.
 */
export function budgetCost(
  net: Decimal | null,
  recoverable: VatRecovery,
  currency: string,
  percent = UK_VAT_PERCENT,
): Decimal | null {
  if (net === null || recoverable === 'unknown' || recoverable === 'part') return null
  if (recoverable === 'full') return net
  if (currency !== 'GBP') return null
  return canonical(
    new Big(net)
      .times(100 + percent)
      .div(100)
      .round(2, Big.roundHalfUp),
  )
}
