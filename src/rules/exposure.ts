/**
 * What it would cost if a contract lapsed and had to be extended in a hurry: the run-rate, which is
 * payable anyway, apart from the estimated extra. The extra follows from what emergency extensions
 * cost before, in this order: the contract's own; the supplier's, where there are three or more; the
 * organisation's; else a setting. Avoiding it is a potential cost avoidance, an estimate.
 */
import { Big } from 'big.js'
import { addDays, type CivilDate, lastOfMonths } from './civil-date.ts'
import type { Extension, Period } from './contract.ts'
import type { Decimal } from './money.ts'
import { monthCount, monthsNumber } from './months.ts'
import {
  type Baseline,
  baseline,
  type NoBaseline,
  type PricedContract,
  premium,
  priceAt,
} from './premium.ts'

/** So many emergency extensions of a supplier's say something of it; fewer may be chance. */
const SUPPLIER_RATIOS = 3

/** Ratios of emergency extensions, priced, by where they come from. */
interface PastRatios {
  readonly own: readonly number[]
  readonly supplier: readonly number[]
  readonly organisation: readonly number[]
  /** The setting for where there are none. */
  readonly fallback: number
}

export interface Exposure {
  /** The ordinary cost of the extension that a lapse would bring, or null where unknown. */
  readonly runRate: Decimal | null
  /** The estimated extra for it. */
  readonly extra: Decimal | null
  readonly months: number
  readonly ratio: number
  /** Where the ratio comes from. */
  readonly whence: string
  /** Where the baseline comes from, or why there is no price. */
  readonly from: string
  /** Both in one. */
  readonly method: string
}

/**
 * What a lapse after `end` would cost, over the supplier's minimum extension, else one month. A
 * baseline that is at hand spares reckoning it again.
 */
export function exposure(
  contract: PricedContract & { readonly minimumExtension: Period | null },
  end: CivilDate,
  past: PastRatios,
  base: Baseline | NoBaseline = baseline(contract),
): Exposure {
  const from = addDays(end, 1)
  const count = monthCount(from, lastDay(from, contract.minimumExtension))
  const months = monthsNumber(count)
  const { ratio, whence } = ratioOf(past)
  if (!base.known) {
    const { why } = base
    return { months, ratio, whence, runRate: null, extra: null, from: why, method: why }
  }
  const { runRate, extra } = priceAt(base, count, ratio)
  const method = `${base.method}; ratio ${whence}`
  return { months, ratio, whence, runRate, extra, from: base.method, method }
}

/** The ratio to reckon with, and whose past it is. */
export function ratioOf(past: PastRatios): { readonly ratio: number; readonly whence: string } {
  const own = median(past.own)
  if (own !== null) return { ratio: own, whence: "of the contract's own past" }
  const supplier = past.supplier.length < SUPPLIER_RATIOS ? null : median(past.supplier)
  if (supplier !== null) {
    return { ratio: supplier, whence: `of the supplier's past (${past.supplier.length} times)` }
  }
  const all = median(past.organisation)
  if (all !== null) {
    const times = past.organisation.length
    return { ratio: all, whence: `of the organisation's past (median of ${times})` }
  }
  return { ratio: past.fallback, whence: 'assumed' }
}

/** The ratios of a contract's emergency extensions that were agreed and can be priced. */
export function emergencyRatios(
  extensions: readonly Extension[],
  base: Baseline | NoBaseline,
): number[] {
  return extensions
    .filter(({ kind, status }) => kind === 'emergency' && status === 'confirmed')
    .map((each) => premium(each, base).ratio)
    .filter((ratio) => ratio !== null)
}

/** The middle of these numbers, or null where there are none. */
export function median(numbers: readonly number[]): number | null {
  const known = MEDIANS.get(numbers)
  if (known !== undefined) return known
  const middle = middleOf(numbers)
  MEDIANS.set(numbers, middle)
  return middle
}

// Thousands of contracts share one organisation's list: sorting it for each of 6,500 lapses took 0.7 s.
// Lists are gathered before they are asked about, and not changed after.
const MEDIANS = new WeakMap<readonly number[], number | null>()

function middleOf(numbers: readonly number[]): number | null {
  const ordered = [...numbers].sort((a, b) => a - b)
  const upper = ordered[Math.floor(ordered.length / 2)]
  const lower = ordered[Math.floor((ordered.length - 1) / 2)]
  if (upper === undefined || lower === undefined) return null
  return new Big(lower).plus(upper).div(2).round(4, Big.roundHalfUp).toNumber()
}

function lastDay(from: CivilDate, term: Period | null): CivilDate {
  if (term === null) return lastOfMonths(from, 1)
  switch (term.unit) {
    case 'months':
      return lastOfMonths(from, term.amount)
    case 'years':
      return lastOfMonths(from, term.amount * 12)
    case 'weeks':
      return addDays(from, term.amount * 7 - 1)
    case 'days':
      return addDays(from, term.amount - 1)
    case 'working-days':
      // Five working days are a week: the calendar does not matter to a price.
      return addDays(from, Math.ceil((term.amount * 7) / 5) - 1)
  }
}
