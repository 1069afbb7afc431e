/** Lengths of time as people type them: `30d`, `2 weeks`, `a fortnight`, `10 working days`. */
import type { Period, PeriodUnit } from '../../domain/contract.ts'

export interface Span {
  readonly period: Period
  /** How many words it took. */
  readonly used: number
}

const UNITS: ReadonlyMap<string, PeriodUnit> = new Map([
  ...['d', 'day', 'days'].map((word): [string, PeriodUnit] => [word, 'days']),
  ...['w', 'wk', 'wks', 'week', 'weeks'].map((word): [string, PeriodUnit] => [word, 'weeks']),
  ...['m', 'mo', 'mth', 'mths', 'month', 'months'].map((word): [string, PeriodUnit] => [
    word,
    'months',
  ]),
  ...['y', 'yr', 'yrs', 'year', 'years'].map((word): [string, PeriodUnit] => [word, 'years']),
  ...['wd', 'bd', 'working-day', 'working-days'].map((word): [string, PeriodUnit] => [
    word,
    'working-days',
  ]),
])
const NUMBERS = 'one two three four five six seven eight nine ten eleven twelve'.split(' ')

/** What may be asked for: longer spans leave the calendar, and mean nothing here. */
const MOST: Readonly<Record<PeriodUnit, number>> = {
  days: 9999,
  'working-days': 2000,
  weeks: 1500,
  months: 1200,
  years: 100,
}

/** The span that begins at this word, or null where none does. Words in lower case; null never fits. */
export function readSpan(words: readonly (string | null)[], at: number): Span | null {
  const [first, second, third] = words.slice(at, at + 3)
  if (first === undefined || first === null) return null
  const joined = /^(\d{1,4})([a-z-]+)$/.exec(first)
  if (joined) return span(Number(joined[1]), UNITS.get(joined[2] ?? ''), 1)
  if (first === 'fortnight') return span(2, 'weeks', 1)
  const amount = amountOf(first)
  if (amount === null) return null
  if (second === 'fortnight' || second === 'fortnights') return span(amount * 2, 'weeks', 2)
  if (second === 'quarter' || second === 'quarters') return span(amount * 3, 'months', 2)
  if ((second === 'working' || second === 'business') && /^days?$/.test(third ?? '')) {
    return span(amount, 'working-days', 3)
  }
  return span(amount, UNITS.get(second ?? ''), 2)
}

function amountOf(word: string): number | null {
  if (/^\d{1,4}$/.test(word)) return Number(word)
  if (word === 'a' || word === 'an') return 1
  const index = NUMBERS.indexOf(word)
  return index < 0 ? null : index + 1
}

function span(amount: number, unit: PeriodUnit | undefined, used: number): Span | null {
  if (unit === undefined || amount > MOST[unit]) return null
  return { period: { amount, unit }, used }
}
