/**
 * What of an amount falls to which days. A financial year or month gets what its days carry, and
 * the parts of a whole add up to it to the penny, however it is cut: each part is the difference
 * of two rounded running totals, so that neighbours share their rounding.
 */
import { Big } from 'big.js'
import { type CivilDate, daysBetween, earlier, later } from './civil-date.ts'
import { canonical, type Decimal } from './money.ts'
import { quotient } from './quotient.ts'

export interface Span {
  readonly from: CivilDate
  /** Inclusive. */
  readonly to: CivilDate
}

/** The part of an amount spread evenly over `over` that falls within `part`; zero where they do not meet. */
export function shareOf(amount: Decimal, over: Span, part: Span): Decimal {
  const from = later(over.from, part.from)
  const to = earlier(over.to, part.to)
  if (to < from) return canonical(new Big(0))
  const length = daysBetween(over.from, over.to) + 1
  const before = daysBetween(over.from, from)
  const through = daysBetween(over.from, to) + 1
  const total = new Big(amount)
  return canonical(running(total, through, length).minus(running(total, before, length)))
}

/** The sum of exact amounts, whatever their order; null counts as nothing and must be told apart. */
export function sum(amounts: Iterable<Decimal | null>): Decimal {
  let total = new Big(0)
  for (const amount of amounts) if (amount !== null) total = total.plus(amount)
  return canonical(total)
}

function running(total: Big, days: number, length: number): Big {
  return days === length ? total : quotient(total.times(days), length).round(2, Big.roundHalfUp)
}
