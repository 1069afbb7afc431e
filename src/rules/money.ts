/** Exact money: a decimal with a currency, net of tax unless its field says otherwise. */
import { Big } from 'big.js'
import { asCivilDate, type CivilDate } from './civil-date.ts'

declare const decimal: unique symbol
/** An exact decimal as text, for example `1234.50`: never a binary floating-point number. */
export type Decimal = string & { readonly [decimal]: true }

/** An amount in one currency (ISO 4217, for example GBP). */
export interface Money {
  readonly amount: Decimal
  readonly currency: string
}

/** The decimal of a text such as `1234.5`, `1e6` or `-0.10`; null where it is none. */
export function parseDecimal(text: string): Decimal | null {
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$/i.test(text)) return null
  return canonical(new Big(text.replace(/^\+/, '')))
}

/** Two places at least, more where the amount has them (a unit price of 0.0125 keeps all four). */
export function canonical(value: Big): Decimal {
  return value.toFixed(Math.max(2, decimals(value))) as Decimal
}

/** Whether an amount is less than another: exactly, where floats are near a threshold. */
export function isLess(amount: Decimal, limit: Decimal | number): boolean {
  return new Big(amount).lt(limit)
}

/** Whether an amount is zero: what registers write where no price is known. */
export function isNothing(amount: Decimal): boolean {
  return /^-?[0.]+$/.test(amount)
}

/**
 * The decimal of a value that was checked before, such as a database numeric.
 * @throws RangeError where it is none.
 */
export function asDecimal(text: string): Decimal {
  const value = parseDecimal(text)
  if (value === null) throw new RangeError(`"${text}" is not a decimal number.`)
  return value
}

/** These amounts added up by currency, the most frequent currency first; null ones are left out. */
export function sumByCurrency(
  amounts: readonly { readonly amount: Decimal | null; readonly currency: string }[],
): Money[] {
  const sums = new Map<string, { sum: Big; count: number }>()
  for (const { amount, currency } of amounts) {
    if (amount === null) continue
    const held = sums.get(currency)
    if (held === undefined) sums.set(currency, { sum: new Big(amount), count: 1 })
    else {
      held.sum = held.sum.plus(amount)
      held.count += 1
    }
  }
  return [...sums]
    .sort(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1))
    .map(([currency, { sum }]) => ({ amount: canonical(sum), currency }))
}

// The quotient of two exact decimals: digit for digit what big.js gives (twenty places, half away
// from zero), ten times as quick where both have many digits. A price is mostly this division, and
// a register of 100,000 has thousands of prices.

const PLACES = 20

/** @throws Error where it is divided by zero, as big.js does. */
export function quotient(dividend: Big, divisor: Big | number): Big {
  const by = typeof divisor === 'number' ? new Big(divisor) : divisor
  // Zeros have signs and errors of their own.
  if (dividend.c[0] === 0 || by.c[0] === 0) return dividend.div(by)
  const shift = PLACES + decimals(by) - decimals(dividend)
  const above = shift < 0 ? digits(dividend) : digits(dividend) * 10n ** BigInt(shift)
  const below = shift < 0 ? digits(by) * 10n ** BigInt(-shift) : digits(by)
  const rounded = (2n * above + below) / (2n * below)
  return new Big(`${dividend.s === by.s ? '' : '-'}${rounded}e-${PLACES}`)
}

function digits({ c }: Big): bigint {
  return BigInt(c.join(''))
}

/** How many places its digits reach behind the point; negative where they end before it. */
function decimals({ c, e }: Big): number {
  return c.length - 1 - e
}

// Value added tax in prices: what is net, and what a budget must carry.

export type VatState = 'net' | 'gross' | 'unknown'
export const VAT_RECOVERIES = ['full', 'none', 'part', 'unknown'] as const
export type VatRecovery = (typeof VAT_RECOVERIES)[number]

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
