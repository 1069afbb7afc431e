/** What an extension costs, beside what its months cost ordinarily. Plain text: nothing is markup. */
import type { Accruing } from '../domain/accruing.ts'
import type { Decimal } from '../domain/money.ts'
import type { Premium } from '../domain/premium.ts'
import { amountWords, dateWords, estimateWords, figure } from './words.ts'

export interface PricedFact {
  readonly cost: Decimal | null
  readonly currency: string
  readonly price: Premium
}

/**
 * Cost, ratio and premium in sentences: `£4.6m for 1 month, about 1.7 times the baseline of £2.72m a
 * month. Premium £1.88m (estimate: straight line over 60 months, basis assumed committed).` What is
 * unknown is said to be.
 */
export function priceWords({ cost, currency, price }: PricedFact): string {
  const { baseline, method, premium, ratio } = price
  const during = monthsWords(price.months)
  if (baseline === null) {
    const paid = cost === null ? `Cost unknown, for ${during}` : `${amount(cost)} for ${during}`
    return `${paid}. Premium unknown: ${method}.`
  }
  const ordinary = `${estimate(baseline)} a month`
  if (cost === null || premium === null) {
    return `Cost unknown, for ${during}; the baseline is ${ordinary} (estimate: ${method}).`
  }
  const times = ratio === null ? 'against' : `about ${ratioWords(ratio)} times`
  const said = premium.startsWith('-')
    ? `${estimate(premium.slice(1) as Decimal)} less than the baseline`
    : `Premium ${estimate(premium)}`
  return `${amount(cost)} for ${during}, ${times} the baseline of ${ordinary}. ${said} (estimate: ${method}).`

  function amount(value: Decimal): string {
    return amountWords(value, currency)
  }

  function estimate(value: Decimal): string {
    return estimateWords(value, currency)
  }
}

/** What a service without cover costs by now: `About £33,000 since Sun 1 Nov 2026 …`. */
export function accruingWords(fact: Accruing, currency: string): string {
  const { accrued, baseline, method } = fact
  const since = `since ${dateWords(fact.since)}`
  if (accrued === null || baseline === null) {
    return `Out of contract ${since}; what it costs by the day is unknown: ${method}.`
  }
  return `About ${estimateWords(accrued, currency)} out of contract ${since}, at ${estimateWords(baseline, currency)} a month (estimate: ${method}).`
}

/** `1.7`: what people say; two places where it was set so (1.25), or would read as no difference (1.05). */
export function ratioWords(ratio: number): string {
  const exact = Number(ratio.toFixed(2)) === ratio
  const short = ratio.toFixed(1)
  const misleads = short === '0.0' || (short === '1.0' && ratio !== 1)
  return exact || misleads ? String(Number(ratio.toFixed(2))) : short
}

function monthsWords(months: number): string {
  const short = Number(months.toFixed(2))
  return `${Number.isInteger(short) ? figure(short) : short} ${short === 1 ? 'month' : 'months'}`
}
