/**
 * One product, edition and term, bought by several at different prices: what they pay for a unit and
 * a year, what all would save at the best of these prices (an estimate), and to which day each
 * contract would have to run so that one joint deal could follow.
 */
import { Big } from 'big.js'
import { type CivilDate, daysBetween } from './civil-date.ts'
import type { ValueBasis } from './contract.ts'
import { canonical, type Decimal } from './money.ts'
import { monthCount, monthsNumber } from './months.ts'
import { A_YEAR, CHARGE_UNITS, type ChargeUnit } from './premium.ts'

export interface Holding {
  readonly id: number
  readonly product: string
  readonly edition: string | null
  readonly start: CivilDate | null
  /** As awarded: what was agreed when the price was. */
  readonly awardedEnd: CivilDate | null
  readonly currentEnd: CivilDate | null
  readonly units: Decimal | null
  readonly unitPrice: Decimal | null
  /** The time that the unit price is for; null where the register does not say. */
  readonly per: ChargeUnit | null
  readonly value: Decimal | null
  readonly valueBasis: ValueBasis
  readonly currency: string
}

interface ComparedHolding {
  readonly holding: Holding
  /** For one unit and one year. */
  readonly yearlyPrice: Decimal
  /** Whether the time that the price is for was worked out from the value instead of recorded. */
  readonly inferred: boolean
  /** A year at the best price instead of its own; 0.00 for the best. */
  readonly saving: Decimal
}

export interface Comparison {
  readonly product: string
  readonly edition: string | null
  readonly months: number
  readonly currency: string
  /** The cheapest first. At least two. */
  readonly items: readonly ComparedHolding[]
  readonly lowest: Decimal
  readonly highest: Decimal
  /** The highest price over the lowest, to two places. */
  readonly spread: number
  /** A year, all units at the lowest price. An estimate. */
  readonly saving: Decimal
  /** The last day of the last contract: a joint deal could begin on the next. */
  readonly jointEnd: CivilDate
  /** The contracts that end before it, and how many days each would have to be extended. */
  readonly coTerm: readonly {
    readonly id: number
    readonly to: CivilDate
    readonly days: number
  }[]
}

export interface Consolidation {
  /** The largest saving first. */
  readonly comparisons: readonly Comparison[]
  /** What could not be compared, and why, in words. */
  readonly left: readonly { readonly id: number; readonly why: string }[]
}

/** Compares what is alike; everything else is named with what is missing. */
export function consolidate(holdings: readonly Holding[]): Consolidation {
  const left: { id: number; why: string }[] = []
  const groups = new Map<string, Priced[]>()
  for (const holding of holdings) {
    const priced = pricedOf(holding)
    if (typeof priced === 'string') left.push({ id: holding.id, why: priced })
    else {
      const key = [holding.product, holding.edition ?? '', priced.months, holding.currency].join(
        '\n',
      )
      groups.set(key, [...(groups.get(key) ?? []), priced])
    }
  }
  const comparisons: Comparison[] = []
  for (const group of groups.values()) {
    if (group.length > 1) comparisons.push(compared(group))
    else for (const { holding } of group) left.push({ id: holding.id, why: ALONE })
  }
  comparisons.sort((a, b) => new Big(b.saving).cmp(a.saving))
  return { comparisons, left }
}

const ALONE = 'no other contract holds the same product, edition and term'

interface Priced {
  readonly holding: Holding
  readonly end: CivilDate
  readonly months: number
  readonly units: Big
  readonly yearly: Big
  readonly inferred: boolean
}

/** The holding with its yearly unit price, or what is missing for one. */
function pricedOf(holding: Holding): Priced | string {
  const { units, unitPrice, currentEnd, start, awardedEnd } = holding
  if (units === null || new Big(units).lte(0)) return 'the number of units is not recorded'
  if (unitPrice === null) return 'the unit price is not recorded'
  if (currentEnd === null) return 'it has no end'
  if (start === null || awardedEnd === null) return 'its term is not recorded'
  if (awardedEnd < start) return 'its term is not recorded'
  const months = Math.max(1, Math.round(monthsNumber(monthCount(start, awardedEnd))))
  const per = holding.per ?? inferredPer(holding, months)
  if (per === null) return 'the time that the unit price is for is not recorded'
  const [times, over] = A_YEAR[per]
  return {
    holding,
    end: currentEnd,
    months,
    units: new Big(units),
    yearly: new Big(unitPrice).times(times).div(over),
    inferred: holding.per === null,
  }
}

/** The unit of time for which units × price gives the value, to one part in fifty. */
function inferredPer(
  { units, unitPrice, value, valueBasis }: Holding,
  months: number,
): ChargeUnit | null {
  if (units === null || unitPrice === null || value === null) return null
  const years = valueBasis === 'annual' ? 1 : months / 12
  const once = new Big(units).times(unitPrice)
  if (once.lte(0)) return null
  const times = new Big(value).div(once).toNumber()
  return (
    CHARGE_UNITS.find((per) => {
      const [often, over] = A_YEAR[per]
      return Math.abs((times * over) / (often * years) - 1) < 0.02
    }) ?? null
  )
}

function compared(group: readonly Priced[]): Comparison {
  const sorted = group.toSorted((a, b) => a.yearly.cmp(b.yearly) || a.holding.id - b.holding.id)
  const [first] = sorted
  const last = sorted.at(-1)
  if (!first || !last) throw new RangeError('A comparison of nothing says nothing.')
  const { product, edition, currency } = first.holding
  const items = sorted.map(({ holding, yearly, units, inferred }) => ({
    holding,
    yearlyPrice: money(yearly),
    inferred,
    saving: money(yearly.minus(first.yearly).times(units)),
  }))
  const jointEnd = sorted.map(({ end }) => end).reduce((a, b) => (a > b ? a : b))
  return {
    product,
    edition,
    months: first.months,
    currency,
    items,
    lowest: money(first.yearly),
    highest: money(last.yearly),
    spread: first.yearly.lte(0)
      ? 0
      : last.yearly.div(first.yearly).round(2, Big.roundHalfUp).toNumber(),
    saving: money(items.reduce((sum, { saving }) => sum.plus(saving), new Big(0))),
    jointEnd,
    coTerm: sorted
      .filter(({ end }) => end < jointEnd)
      .map(({ holding: { id }, end }) => ({ id, to: jointEnd, days: daysBetween(end, jointEnd) })),
  }
}

function money(amount: Big): Decimal {
  return canonical(amount.round(2, Big.roundHalfUp))
}
