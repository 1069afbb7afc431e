/**
 * What an extension costs beyond the ordinary: its cost without the baseline for its months. Only
 * the premium could have been avoided; the rest would have been paid anyway. A negative one is a
 * cheaper month and counts as such. Always an estimate.
 */
import { Big } from 'big.js'
import type { Span } from './allocation.ts'
import type { Baseline, NoBaseline } from './baseline.ts'
import { canonical, type Decimal } from './money.ts'
import { monthCount, monthsExact, monthsNumber } from './months.ts'
import { quotient } from './quotient.ts'

export interface Premium {
  /** A month's ordinary cost, or null where it is unknown. */
  readonly baseline: Decimal | null
  /** How the baseline was found, or why there is none. */
  readonly method: string
  readonly assumed: boolean
  /** The months of the extension, to four places. */
  readonly months: number
  /** Cost − baseline × months, to the penny; null where either is unknown. */
  readonly premium: Decimal | null
  /** Cost ÷ (baseline × months), to four places; null where it cannot be told. */
  readonly ratio: number | null
}

/** The premium of an extension of that cost over these days. */
export function premium(
  extension: Span & { readonly cost: Decimal | null },
  base: Baseline | NoBaseline,
): Premium {
  const count = monthCount(extension.from, extension.to)
  const months = monthsNumber(count)
  if (!base.known) {
    const { why } = base
    return { baseline: null, method: why, assumed: false, months, premium: null, ratio: null }
  }
  const { amount, method, assumed } = base
  const known = { baseline: amount, method, assumed, months }
  if (extension.cost === null) return { ...known, premium: null, ratio: null }
  const ordinary = base.exact.times(monthsExact(count))
  const cost = new Big(extension.cost)
  return {
    ...known,
    premium: canonical(cost.minus(ordinary).round(2, Big.roundHalfUp)),
    ratio: ordinary.eq(0) ? null : quotient(cost, ordinary).round(4, Big.roundHalfUp).toNumber(),
  }
}

/** What the ordinary cost of these days is: the run-rate, payable anyway. */
export function ordinaryCost(base: Baseline, over: Span): Decimal {
  const months = monthsExact(monthCount(over.from, over.to))
  return canonical(base.exact.times(months).round(2, Big.roundHalfUp))
}
