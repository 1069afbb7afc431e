/** Reads a length of time as a register words it: a notice period, a renewal term. */
import type { Period, PeriodUnit } from '../domain/contract.ts'
import { LIMITS } from './limits.ts'

export type PeriodReading =
  | { readonly kind: 'period'; readonly period: Period }
  | { readonly kind: 'nil' }
  | { readonly kind: 'bad'; readonly problem: string; readonly remedy: string }

const NUMBER_WORDS = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
]
const SHAPE =
  /^(?:at least |minimum(?: of)? )?(\d{1,4}|[a-z]+)(?:\s*\(\d{1,4}\))?[\s-]*(working|business|calendar)?\s*(days?|weeks?|months?|mths?|mos?|years?|yrs?|d|w|m|y)?['’]?(?:\s+(?:written\s+)?notice)?(?:\s+(?:in\s+)?writing)?\.?$/i

/** A period such as `3 months`, `90 days`, `ten working days`; a bare number takes `unit`. */
export function readPeriod(raw: string, unit: PeriodUnit | null): PeriodReading {
  const text = raw.trim()
  if (text === '' || /^(?:-+|n\/?a|none|nil|unknown|tb[cd]|not known|not stated)$/i.test(text)) {
    return { kind: 'nil' }
  }
  if (text.length > LIMITS.figureCharacters) return bad('this is not a period of time')
  const match = SHAPE.exec(text)
  const amount = match ? amountOf(match[1] ?? '') : null
  if (!match || amount === null) return bad('this is not a period of time')
  const word = (match[3] ?? '').toLowerCase()
  const working = /^(?:working|business)$/i.test(match[2] ?? '')
  const named = word === '' ? unit : unitOf(word, working)
  if (named === null) return bad('the unit is missing')
  if (amount === 0) return { kind: 'nil' }
  if (amount > LONGEST[named]) return bad('this is longer than a hundred years')
  return { kind: 'period', period: { amount, unit: named } }
}

/** A hundred years: dates counted by more than that leave the calendar sooner or later. */
const LONGEST: Readonly<Record<PeriodUnit, number>> = {
  days: 36_525,
  'working-days': 26_000,
  weeks: 5_218,
  months: 1_200,
  years: 100,
}

function amountOf(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text)
  const index = NUMBER_WORDS.indexOf(text.toLowerCase())
  return index < 0 ? null : index
}

function unitOf(word: string, working: boolean): PeriodUnit {
  switch (word[0]) {
    case 'd':
      return working ? 'working-days' : 'days'
    case 'w':
      return 'weeks'
    case 'y':
      return 'years'
    default:
      return 'months'
  }
}

function bad(problem: string): PeriodReading {
  return { kind: 'bad', problem, remedy: 'Write a number and a unit, such as 3 months or 90 days.' }
}
