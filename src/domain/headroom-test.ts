/** One test of headroom: what is used of a limit, and where that leaves it. */
import { daysBetween } from './civil-date.ts'
import type { HeadroomAsked, HeadroomFacts } from './headroom.ts'
import { type Counted, daysCovered } from './headroom-counted.ts'
import { type MoneyUse, moneyLimit, moneyUsed } from './headroom-money.ts'
import type { HeadroomRule } from './headroom-rules.ts'
import type { Decimal } from './money.ts'

export interface HeadroomTest {
  /** The id of its rule. */
  readonly rule: string
  readonly title: string
  readonly measure: 'days' | 'money' | 'judgement'
  /** Days, or an amount in the contract's currency; null where it is unknown or no figure. */
  readonly used: number | Decimal | null
  readonly limit: number | Decimal | null
  /** The use in percent of the maximum term or of the value, to one place. */
  readonly percent: number | null
  readonly state: HeadroomState
  readonly citation: string
  readonly source: string
  /** What has to be said beside the figures, in sentences. */
  readonly notes: readonly string[]
}

/**
 * inside, near and over speak of one test, never of the contract; `check` is for a person, and
 * `unknown` says that a fact is missing.
 */
export type HeadroomState = 'inside' | 'near' | 'over' | 'unknown' | 'check'

export function testOf(
  rule: HeadroomRule,
  facts: HeadroomFacts,
  all: readonly Counted[],
  asked: HeadroomAsked,
): HeadroomTest {
  const counted = all.filter(({ under }) => under.includes(rule))
  const { id, title, citation, source, limit } = rule
  const named = { rule: id, title, measure: limit.measure, citation, source }
  const unclassified = counted.filter((each) => each.as === 'unclassified')
  const known = counted.filter((each) => each.as !== 'unclassified')
  const notes = notesOf(counted)
  switch (limit.measure) {
    case 'judgement':
      return { ...named, used: null, limit: null, percent: null, state: 'check', notes }
    case 'days': {
      const term = maximumTerm(facts)
      const used = daysCovered(known)
      if (term === null) {
        const why = 'The maximum term on award is not known: record the start and the end.'
        return {
          ...named,
          used,
          limit: null,
          percent: null,
          state: 'unknown',
          notes: [...notes, why],
        }
      }
      const most = (term * limit.percent) / 100
      const state = stateOf(used * 100, term * limit.percent, unclassified.length > 0, false)
      return { ...named, used, limit: most, percent: tenths((used / term) * 100), state, notes }
    }
    case 'money': {
      const most = moneyLimit(facts, limit, asked, maximumTerm(facts))
      const use: MoneyUse = moneyUsed(known, facts.currency)
      const said = [...notes, ...most.notes, ...use.notes]
      if (most.amount === null) {
        return {
          ...named,
          used: use.amount,
          limit: null,
          percent: null,
          state: 'unknown',
          notes: said,
        }
      }
      const missing = unclassified.length > 0 || use.missing
      const state = stateOf(Number(use.amount), Number(most.amount), missing, most.strictly)
      const percent = tenths((Number(use.amount) / Number(most.of)) * 100)
      return { ...named, used: use.amount, limit: most.amount, percent, state, notes: said }
    }
  }
}

/** From this share of a limit on a test is near it. */
const NEAR_FROM = 0.9

/** What is missing can only add: over stays over, all else is unknown. */
function stateOf(used: number, limit: number, missing: boolean, strictly: boolean): HeadroomState {
  if (used > limit || (strictly && used === limit && used > 0)) return 'over'
  if (missing) return 'unknown'
  return used > 0 && used >= limit * NEAR_FROM ? 'near' : 'inside'
}

/**
 * Days of the maximum term provided for on award, first and last counted; of an imprecise end the
 * earliest day, which is the careful reading. Null where start or end is not known.
 */
export function maximumTerm(
  facts: Pick<HeadroomFacts, 'start' | 'awardedEnd' | 'awardedMaximumEnd'>,
): number | null {
  const { start, awardedEnd, awardedMaximumEnd } = facts
  if (start === null || awardedEnd.kind !== 'dated') return null
  const last =
    awardedMaximumEnd !== null && awardedMaximumEnd > awardedEnd.latest
      ? awardedMaximumEnd
      : awardedEnd.earliest
  const days = daysBetween(start, last) + 1
  return days > 0 ? days : null
}

function notesOf(counted: readonly Counted[]): string[] {
  const notes: string[] = []
  const unnamed = counted.filter((each) => each.as === 'unnamed').length
  const unclassified = counted.filter((each) => each.as === 'unclassified').length
  if (unnamed > 0) {
    notes.push(
      `Counts ${unnamed === 1 ? 'an extension that is' : `${unnamed} extensions that are`} recorded under no rule: name the rule.`,
    )
  }
  if (unclassified > 0) {
    notes.push(
      `Leaves out ${unclassified === 1 ? 'an extension that nobody has' : `${unclassified} extensions that nobody has`} classified: say what ${unclassified === 1 ? 'it was' : 'they were'}.`,
    )
  }
  return notes
}

function tenths(number: number): number {
  return Math.round(number * 10) / 10
}
