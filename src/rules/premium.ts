/**
 * What an extension costs beyond the ordinary: the baseline, its share of the days, and the
 * premium.
 */
import { Big } from 'big.js'
import { type CivilDate, daysBetween, earlier, later } from './civil-date.ts'
import type { Contract, End } from './contract.ts'
import { canonical, type Decimal, netOf, quotient } from './money.ts'
import { type MonthCount, monthCount, monthsExact, monthsNumber } from './months.ts'

// What an extension costs beyond the ordinary: its cost without the baseline for its months. Only
// the premium could have been avoided; the rest would have been paid anyway. A negative one is a
// cheaper month and counts as such. Always an estimate.

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
function ordinaryCost(base: Baseline, over: Span): Decimal {
  const months = monthsExact(monthCount(over.from, over.to))
  return canonical(base.exact.times(months).round(2, Big.roundHalfUp))
}

// What a service that is supplied without cover costs by the day, until something covers it.

export interface Accruing {
  /** The first day without cover. */
  readonly since: CivilDate
  /** Its ordinary cost from then to today, both included: an estimate. Null where unknown. */
  readonly accrued: Decimal | null
  /** A month's ordinary cost. */
  readonly baseline: Decimal | null
  /** How the baseline was found, or what is missing for one. */
  readonly method: string
}

/** Today's supply has begun, and counts in full; before the first day nothing has accrued. */
export function accruing(
  base: Baseline | NoBaseline,
  since: CivilDate,
  today: CivilDate,
): Accruing {
  if (!base.known) return { since, accrued: null, baseline: null, method: base.why }
  const { amount, method } = base
  const accrued = today < since ? null : ordinaryCost(base, { from: since, to: today })
  return { since, accrued, baseline: amount, method }
}

// What days without a contract would cost, as an emergency extension over them. Always an estimate.

export interface GapCost {
  /** The ordinary cost of these days, payable anyway; null where it is unknown. */
  readonly runRate: Decimal | null
  /** The estimated extra for them; null where it is unknown. */
  readonly extra: Decimal | null
  /** How it was found, or why there is no price. */
  readonly method: string
}

/** The price of a gap over these days, at that ratio to the baseline. */
export function gapCost(
  base: Baseline | NoBaseline,
  over: Span,
  { ratio, whence }: { readonly ratio: number; readonly whence: string },
): GapCost {
  if (!base.known) return { runRate: null, extra: null, method: base.why }
  const method = `${base.method}; ratio ${Number(ratio.toFixed(2))} ${whence}`
  return { ...priceAt(base, monthCount(over.from, over.to), ratio), method }
}

/** What so many months cost in any case, and how much more an extension in a hurry, at that ratio. */
export function priceAt({ exact }: Baseline, months: MonthCount, ratio: number) {
  const runRate = exact.times(monthsExact(months))
  return {
    runRate: canonical(runRate.round(2, Big.roundHalfUp)),
    extra: canonical(runRate.times(new Big(ratio).minus(1)).round(2, Big.roundHalfUp)),
  }
}

// What of an amount falls to which days. A financial year or month gets what its days carry, and
// the parts of a whole add up to it to the penny, however it is cut: each part is the difference
// of two rounded running totals, so that neighbours share their rounding.

export interface Span {
  readonly from: CivilDate
  /** Inclusive. */
  readonly to: CivilDate
}

/** The part of an amount spread evenly over `over` that falls within `part`; zero where they do not meet. */
export function shareOf(amount: Decimal, over: Span, part: Span): Decimal {
  return canonical(exactShare(amount, over, part))
}

/** The same, to reckon on with. */
export function exactShare(amount: Decimal, over: Span, part: Span): Big {
  const from = later(over.from, part.from)
  const to = earlier(over.to, part.to)
  if (to < from) return new Big(0)
  const total = new Big(amount)
  if (from === over.from && to === over.to) return total
  const length = daysBetween(over.from, over.to) + 1
  const before = daysBetween(over.from, from)
  const through = daysBetween(over.from, to) + 1
  return running(total, through, length).minus(running(total, before, length))
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

// The baseline: what a contract costs in an ordinary month, from the best that is known of it. In
// this order: the current periodic charge; what was invoiced in the last twelve months; the value
// without one-off charges over the months of its own basis. Else unknown, which is never zero.

export const CHARGE_UNITS = ['day', 'week', 'month', 'quarter', 'year'] as const
/** How often a periodic charge falls due. */
export type ChargeUnit = (typeof CHARGE_UNITS)[number]

/** A contract's term and value as they were awarded. */
export type AwardedContract = Required<
  Pick<Contract, 'start' | 'awardedEnd' | 'awardedMaximumEnd' | 'value' | 'currency'> &
    Pick<Contract, 'valueBasis' | 'vat'>
>

/** What the price of a contract follows from. */
export interface PricedContract extends AwardedContract {
  /** The current charge for one unit of time, net. */
  readonly periodicCharge: Decimal | null
  readonly chargeUnit: ChargeUnit | null
  /** What was invoiced in the last twelve months, net. */
  readonly invoicedLastYear: Decimal | null
  /** Charges within the value that do not come again, such as set-up. */
  readonly oneOffCharges: Decimal | null
}

export interface Baseline {
  readonly known: true
  /** A month's cost, net, to the penny. */
  readonly amount: Decimal
  /** The same, to twenty places: what further sums are made from. */
  readonly exact: Big
  /** How it was found, in words: `straight line over 60 months, basis assumed committed`. */
  readonly method: string
  /** Whether anything in it was assumed rather than recorded. */
  readonly assumed: boolean
}
export interface NoBaseline {
  readonly known: false
  /** What is missing, in words. */
  readonly why: string
}

/** A month's ordinary cost with its method, or what is missing for one. */
export function baseline(contract: PricedContract): Baseline | NoBaseline {
  return (
    fromCharge(contract) ?? fromInvoices(contract) ?? fromAnnual(contract) ?? fromValue(contract)
  )
}

/**
 * How often a charge falls due in a year, as a fraction. A week is 7 days of a year of 365, so that
 * 52 weeks and a day cost what 365 days do.
 */
export const A_YEAR: Readonly<Record<ChargeUnit, readonly [times: number, over: number]>> = {
  day: [365, 1],
  week: [365, 7],
  month: [12, 1],
  quarter: [4, 1],
  year: [1, 1],
}

function fromCharge({ periodicCharge, chargeUnit }: PricedContract): Baseline | null {
  if (periodicCharge === null || chargeUnit === null) return null
  const [times, over] = A_YEAR[chargeUnit]
  return found(
    quotient(new Big(periodicCharge).times(times), over * 12),
    `charge per ${chargeUnit}`,
    false,
  )
}

function fromInvoices({ invoicedLastYear }: PricedContract): Baseline | null {
  if (invoicedLastYear === null) return null
  return found(quotient(new Big(invoicedLastYear), 12), 'invoiced in the last 12 months', false)
}

function fromAnnual({ value, valueBasis, vat, currency, start }: PricedContract): Baseline | null {
  if (value === null || valueBasis !== 'annual') return null
  const net = netOf(value, vat, currency, start)
  const method = worded('annual value over 12 months', [net.assumed])
  return found(quotient(net.amount, 12), method, net.assumed !== null)
}

function fromValue(contract: PricedContract): Baseline | NoBaseline {
  const { start, value, valueBasis, vat, currency } = contract
  if (value === null) return missing('no charge, invoices or value recorded')
  if (start === null) return missing('no start recorded')
  const last = valueBasis === 'maximum' ? contract.awardedMaximumEnd : latest(contract.awardedEnd)
  if (last === null) {
    const which = valueBasis === 'maximum' ? 'maximum end' : 'awarded end'
    return missing(`no ${which} recorded, over which to spread the value`)
  }
  if (last < start) return missing('its end lies before its start')
  const net = netOf(value, vat, currency, start)
  const spread = net.amount.minus(contract.oneOffCharges ?? 0)
  if (spread.lt(0)) return missing('its one-off charges are more than its value')
  const months = monthCount(start, last)
  const exactly = monthsExact(months)
  const basis = valueBasis === 'unknown' ? 'basis assumed committed' : null
  const over = monthsNumber(months)
  const straight = `straight line over ${over} ${over === 1 ? 'month' : 'months'}`
  const option = valueBasis === 'maximum' ? 'options included' : null
  const without = contract.oneOffCharges === null ? null : 'without one-off charges'
  return found(
    quotient(spread, exactly),
    worded(straight, [option, without, basis, net.assumed]),
    basis !== null || net.assumed !== null,
  )
}

function latest(end: End): CivilDate | null {
  return end.kind === 'dated' ? end.latest : null
}

function worded(method: string, more: readonly (string | null)[]): string {
  return [method, ...more.filter((each) => each !== null)].join(', ')
}

function found(exact: Big, method: string, assumed: boolean): Baseline {
  const amount = canonical(exact.round(2, Big.roundHalfUp))
  return { known: true, amount, exact, method, assumed }
}

function missing(why: string): NoBaseline {
  return { known: false, why }
}
