/** What was used of what procurement law allows, test by test and never as a verdict. Plain text. */
import type { Regime } from '../domain/contract.ts'
import type { HeadroomState, HeadroomTest } from '../domain/headroom-test.ts'
import type { Decimal } from '../domain/money.ts'
import { amountWords, figure } from './words.ts'

/** What stands under every figure of headroom. */
export const NEVER_A_VERDICT =
  'Each state speaks of its own test only: check with procurement law advice before relying on one.'

/** `the Procurement Act 2023 (assumed from its start)`. */
export function lawWords(regime: Regime | null, assumed: boolean): string {
  if (regime === null) return 'a law that nobody has recorded'
  return assumed ? `${LAWS[regime]} (assumed from its start)` : LAWS[regime]
}

const LAWS: Readonly<Record<Regime, string>> = {
  PA23: 'the Procurement Act 2023 (PA23)',
  PCR15: 'the Public Contracts Regulations 2015 (PCR15)',
  PSR23: 'the Provider Selection Regime 2023 (PSR23)',
  'below-threshold': 'the rules for contracts below the thresholds',
  other: 'rules of its own',
}

const STATES: Readonly<Record<HeadroomState, string>> = {
  inside: 'inside this limit',
  near: 'near this limit',
  over: 'past this limit: check',
  unknown: 'unknown, as a fact is missing',
  check: 'for a person to check',
}

export function stateWords(state: HeadroomState): string {
  return STATES[state]
}

/**
 * `31 of 36.5 days, 8.5 % of the longest term awarded`; null where it is no figure. `hidePrices`:
 * what is counted in money is not told.
 */
export function usedWords(
  { measure, used, limit, percent }: Pick<HeadroomTest, 'measure' | 'used' | 'limit' | 'percent'>,
  currency: string,
  hidePrices: boolean,
): string | null {
  if (measure === 'judgement') return null
  if (measure === 'money' && hidePrices) return 'amounts are not shown here'
  if (used === null) return null
  if (limit === null) return `${figureOf(used, currency)} used`
  const said = typeof used === 'number' ? tenths(used) : figureOf(used, currency)
  const most = figureOf(limit, currency)
  const share =
    percent === null
      ? ''
      : `, ${percent} % of ${measure === 'days' ? 'the longest term awarded' : 'the value'}`
  return `${said} of ${most} used${share}`
}

function figureOf(amount: number | Decimal, currency: string): string {
  return typeof amount === 'number'
    ? `${tenths(amount)} ${amount === 1 ? 'day' : 'days'}`
    : amountWords(amount, currency)
}

function tenths(days: number): string {
  return figure(Math.round(days * 10) / 10)
}

/** One calendar month more, for the tests that are counted; null where none is. */
export function oneMoreMonthWords(
  month: {
    readonly tests: readonly Pick<HeadroomTest, 'rule' | 'title' | 'percent' | 'state'>[]
  } | null,
): string | null {
  const days = month?.tests.find(
    ({ rule, percent }) => rule === 'pa23-not-substantial' && percent !== null,
  )
  return days === undefined
    ? null
    : `One more month would take "${days.title}" to ${days.percent} % (${stateWords(days.state)}).`
}

/**
 * The tests that have used something, in one line for a contract's card: null where none has.
 * Shares of money are left out where prices are hidden.
 */
export function headroomLine(tests: readonly HeadroomTest[], hidePrices: boolean): string | null {
  const said = tests
    .filter(({ measure }) => !(measure === 'money' && hidePrices))
    .filter(({ used, measure }) => measure !== 'judgement' && used !== null && Number(used) !== 0)
    .map(({ title, percent, state }) =>
      percent === null
        ? `"${title}" ${stateWords(state)}`
        : `"${title}" ${percent} %, ${stateWords(state)}`,
    )
  return said.length === 0
    ? null
    : `Headroom, each test by itself: ${said.join('; ')}. Check with procurement law advice.`
}
