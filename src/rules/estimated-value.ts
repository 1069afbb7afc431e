/**
 * What a contract is worth over its whole term, and with VAT: thresholds compare gross with gross
 * (Procurement Act 2023, ss.4 and 123(2)).
 */
import { Big } from 'big.js'
import { type CivilDate, daysBetween } from './civil-date.ts'
import type { ExtensionKind } from './contract.ts'
import { type Decimal, quotient, ukVatPercent, type VatState } from './money.ts'
import type { AwardedContract } from './premium.ts'

const DAYS_A_YEAR = 365

/**
 * Days of the maximum term provided for on award, first and last counted; of an imprecise end the
 * earliest day, which is the careful reading. Null where start or end is not known.
 */
export function maximumTerm({
  start,
  awardedEnd,
  awardedMaximumEnd,
}: Pick<AwardedContract, 'start' | 'awardedEnd' | 'awardedMaximumEnd'>): number | null {
  if (start === null || awardedEnd.kind !== 'dated') return null
  const last =
    awardedMaximumEnd !== null && awardedMaximumEnd > awardedEnd.latest
      ? awardedMaximumEnd
      : awardedEnd.earliest
  const days = daysBetween(start, last) + 1
  return days > 0 ? days : null
}

/** Of the whole term; null where it is not known. */
export function lifetimeValue(
  { value, valueBasis }: Pick<AwardedContract, 'value' | 'valueBasis'>,
  term: number | null,
): { readonly value: Big | null; readonly notes: readonly string[] } {
  if (value === null) return { value: null, notes: [] }
  if (valueBasis !== 'annual') return { value: new Big(value), notes: [] }
  if (term === null)
    return { value: null, notes: ['The value is a year’s, and the term is not known.'] }
  const whole = new Big(value).times(term).div(DAYS_A_YEAR).round(2, Big.roundHalfUp)
  return { value: whole, notes: ['A year’s value, taken for the maximum term.'] }
}

/**
 * The same for what is estimated: what an option to extend would cost is in it (Schedule 3 para 1(2)(c)),
 * so that a committed value counts for the maximum term, at what its own term costs.
 */
function wholeValue(contract: AwardedContract): Big | null {
  const term = maximumTerm(contract)
  const { value } = lifetimeValue(contract, term)
  const committed = maximumTerm({ ...contract, awardedMaximumEnd: null })
  if (value === null || term === null || committed === null) return value
  return countsOptions(contract) ? quotient(value.times(term), committed) : value
}

/** Whether what its options would cost was added to the value that is recorded. */
export function countsOptions(contract: AwardedContract): boolean {
  const [term, committed] = [contract, { ...contract, awardedMaximumEnd: null }].map(maximumTerm)
  return contract.valueBasis === 'committed' && committed != null && term !== committed
}

/** An amount with VAT: as it stands where it is known to include it, else with the rate of the day. */
function grossOf(amount: Big, vat: VatState, on: CivilDate | null): Big {
  return vat === 'gross' ? amount : amount.times(100 + ukVatPercent(on)).div(100)
}

/** What the contract provides for is no change of it, and is in its value already. */
export function isProvidedFor({ kind }: Pick<ValuedChange, 'kind'>): boolean {
  return kind === 'option' || kind === 'renewal'
}

/** A change as it moves the estimated value. */
export interface ValuedChange {
  readonly kind: ExtensionKind | null
  readonly from: CivilDate
  readonly to: CivilDate
  readonly cost: Decimal | null
  readonly currency: string
}

/**
 * The value in pounds with VAT once these changes are made. Options and renewals are in the value
 * already (Schedule 3 para 1(2)(c)); a cost that is not known counts as the same days cost until now. Null
 * where the value is unknown or in another currency.
 */
export function valueWith(
  contract: AwardedContract,
  changes: readonly ValuedChange[],
  on: CivilDate | null,
): Big | null {
  const term = maximumTerm(contract)
  const value = wholeValue(contract)
  if (contract.currency !== 'GBP' || value === null || value.lte(0)) return null
  const added = changes
    .filter((change) => !isProvidedFor(change))
    .reduce((sum, { cost, currency, from, to }) => {
      if (cost !== null && currency === contract.currency) return sum.plus(cost)
      return term === null ? sum : sum.plus(value.times(daysBetween(from, to) + 1).div(term))
    }, new Big(0))
  return grossOf(value.plus(added), contract.vat, on)
}

/** Net or gross as the contract is: what an amount with VAT is on its basis. */
export function onBasisOf(gross: Big, vat: VatState, on: CivilDate | null): Big {
  return vat === 'gross' ? gross : gross.times(100).div(100 + ukVatPercent(on))
}

/** The lifetime value in pounds with VAT; null where it is unknown or in another currency. */
export function estimatedValue(contract: AwardedContract, on: CivilDate | null): Big | null {
  if (contract.currency !== 'GBP') return null
  const value = wholeValue(contract)
  return value === null || value.lte(0) ? null : grossOf(value, contract.vat, on)
}
