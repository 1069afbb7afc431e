/** The tests of headroom that are counted in money: limit and use, exact, in the contract's currency. */
import { Big } from 'big.js'
import type { CivilDate } from './civil-date.ts'
import type { HeadroomFacts } from './headroom.ts'
import type { RuleLimit } from './headroom-rules.ts'
import { canonical, type Decimal } from './money.ts'
import { type Authority, thresholdOn } from './thresholds.ts'

type MoneyRule = Extract<RuleLimit, { measure: 'money' }>

export interface MoneyLimit {
  /** Null where it cannot be said. */
  readonly amount: Decimal | null
  /** What the percentage is of: the value. */
  readonly of: Decimal
  /** Whether exactly the limit is past it. */
  readonly strictly: boolean
  readonly notes: readonly string[]
}

/** Thresholds are written with VAT; a contract is net unless it says otherwise. */
export const VAT_RATE = '1.2'
const DAYS_A_YEAR = 365

export function moneyLimit(
  facts: HeadroomFacts,
  rule: MoneyRule,
  { on, authority }: { readonly on: CivilDate; readonly authority: Authority },
  term: number | null,
): MoneyLimit {
  const unknown = (why: string): MoneyLimit => ({
    amount: null,
    of: '0.00' as Decimal,
    strictly: false,
    notes: [why],
  })
  if (facts.currency !== 'GBP')
    return unknown(`The limits are in pounds, the contract in ${facts.currency}.`)
  const { value, notes } = lifetimeValue(facts, term)
  if (value === null || value.lte(0))
    return unknown('The value of the contract is not known: record it.')
  const percent = facts.works === true ? rule.worksPercent : rule.percent
  const share = value.times(percent).div(100)
  const of = canonical(value)
  const limit = (amount: Big, strictly: boolean, more: readonly string[]): MoneyLimit => ({
    amount: canonical(amount.round(2, Big.roundDown)),
    of,
    strictly,
    notes: [...notes, ...more],
  })
  if (rule.beside === null) return limit(share, rule.strictly, [])
  if (rule.beside !== 'and-threshold') {
    const amount = new Big(rule.beside.orBelow)
    return limit(amount.gt(share) ? amount : share, rule.strictly, [])
  }
  const { threshold, assumed } = thresholdOn(on)
  const gross = facts.works === true ? threshold.works : threshold.goodsAndServices[authority]
  const most = facts.vat === 'gross' ? new Big(gross) : new Big(gross).div(VAT_RATE)
  const thresholdNotes = [
    `The limit is the threshold (${threshold.source}, ${authority} authority), which is less than ${percent} % of the value.`,
    ...(assumed
      ? [
          `Thresholds of ${on.slice(0, 4)} are not known: those of ${threshold.from.slice(0, 4)} were taken.`,
        ]
      : []),
  ]
  return most.lte(share) ? limit(most, true, thresholdNotes) : limit(share, rule.strictly, [])
}

export interface MoneyUse {
  readonly amount: Decimal
  /** A cost is not known: the use can only be more. */
  readonly missing: boolean
  readonly notes: readonly string[]
}

/** Changes are counted together, each as a change: one that makes it cheaper uses headroom too. */
export function moneyUsed(
  counted: readonly { readonly cost: Decimal | null; readonly currency: string }[],
  currency: string,
): MoneyUse {
  let sum = new Big(0)
  let missing = 0
  for (const each of counted) {
    if (each.cost === null || each.currency !== currency) missing += 1
    else sum = sum.plus(new Big(each.cost).abs())
  }
  const which =
    missing === counted.length ? 'The cost' : `The cost of ${missing} of ${counted.length}`
  const notes = missing === 0 ? [] : [`${which} is not known, or in another currency: record it.`]
  return { amount: canonical(sum), missing: missing > 0, notes }
}

/** Of the whole term; null where it is not known. */
export function lifetimeValue(
  { value, valueBasis }: Pick<HeadroomFacts, 'value' | 'valueBasis'>,
  term: number | null,
): { readonly value: Big | null; readonly notes: readonly string[] } {
  if (value === null) return { value: null, notes: [] }
  if (valueBasis !== 'annual') return { value: new Big(value), notes: [] }
  if (term === null)
    return { value: null, notes: ['The value is a year’s, and the term is not known.'] }
  const whole = new Big(value).times(term).div(DAYS_A_YEAR).round(2, Big.roundHalfUp)
  return { value: whole, notes: ['A year’s value, taken for the maximum term.'] }
}
