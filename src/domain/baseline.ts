/**
 * The baseline: what a contract costs in an ordinary month, from the best that is known of it. In
 * this order: the current periodic charge; what was invoiced in the last twelve months; the value
 * without one-off charges over the months of its own basis. Else unknown, which is never zero.
 */
import { Big } from 'big.js'
import type { CivilDate } from './civil-date.ts'
import type { End, ValueBasis, VatState } from './contract.ts'
import { canonical, type Decimal } from './money.ts'
import { monthCount, monthsExact, monthsNumber } from './months.ts'
import { quotient } from './quotient.ts'
import { netOf } from './vat.ts'

export const CHARGE_UNITS = ['day', 'week', 'month', 'quarter', 'year'] as const
/** How often a periodic charge falls due. */
export type ChargeUnit = (typeof CHARGE_UNITS)[number]

/** A contract's term and value as they were awarded. */
export interface AwardedContract {
  readonly start: CivilDate | null
  readonly awardedEnd: End
  readonly awardedMaximumEnd: CivilDate | null
  readonly value: Decimal | null
  readonly valueBasis: ValueBasis
  readonly vat: VatState
  readonly currency: string
}

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

// A week is 7 days of a year of 365, so that 52 weeks and a day cost what 365 days do.
const MONTHLY: Readonly<Record<ChargeUnit, readonly [number, number]>> = {
  day: [365, 12],
  week: [365, 84],
  month: [1, 1],
  quarter: [1, 3],
  year: [1, 12],
}

function fromCharge({ periodicCharge, chargeUnit }: PricedContract): Baseline | null {
  if (periodicCharge === null || chargeUnit === null) return null
  const [times, over] = MONTHLY[chargeUnit]
  return found(
    quotient(new Big(periodicCharge).times(times), over),
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
