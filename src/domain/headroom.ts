/**
 * How much of what procurement law allows has been used: several tests, never one number, and
 * never a verdict. An extension counts towards the test of the rule it was recorded under.
 */
import type { AwardedContract } from './baseline.ts'
import { addDays, addMonths, asCivilDate, type CivilDate, daysBetween } from './civil-date.ts'
import type { Regime } from './contract.ts'
import { currentEnd } from './current-end.ts'
import type { Extension } from './extension.ts'
import { counting } from './headroom-counted.ts'
import { LIGHT_TOUCH, withoutTest } from './headroom-exempt.ts'
import { HEADROOM_RULES } from './headroom-rules.ts'
import { type HeadroomTest, testOf } from './headroom-test.ts'
import type { Decimal } from './money.ts'
import type { Authority } from './thresholds.ts'

/** What the tests need to know of a contract; null where nobody has said. */
export interface HeadroomFacts extends AwardedContract {
  /** Its own, else its framework's. */
  readonly regime: Regime | null
  /** Works have a higher limit; unknown counts as goods and services. */
  readonly works: boolean | null
  readonly lightTouch: boolean | null
}

export interface RuledExtension
  extends Pick<Extension, 'kind' | 'status' | 'from' | 'to' | 'cost' | 'knownOn'> {
  /** The rule it was recorded under, as it was written; null where none was named. */
  readonly rule: string | null
  readonly currency: string
}

export interface HeadroomAsked {
  /** What the use would be with so many days more, from the day after the current end. */
  readonly addDays: number
  /** What those days would cost; null where it is unknown. */
  readonly addCost: Decimal | null
  /** The day whose thresholds hold. */
  readonly on: CivilDate
  readonly authority: Authority
}

/** Under which law a contract stands; null where neither regime nor start is recorded. */
export interface ContractLaw {
  readonly regime: Regime | null
  /** The regime is not recorded: it was taken from the start. */
  readonly assumed: boolean
}

export interface Headroom extends ContractLaw {
  readonly tests: readonly HeadroomTest[]
}

/** The tests of the contract's regime, and of every other rule that an extension names. */
export function headroom(
  facts: HeadroomFacts,
  extensions: readonly RuledExtension[],
  asked: HeadroomAsked,
): Headroom {
  const { regime, assumed } = regimeOf(facts)
  const counted = counting(facts, extensions, regime, asked)
  const rules = HEADROOM_RULES.filter(
    (rule) =>
      (rule.regime === regime && rule.always) || counted.some(({ under }) => under.includes(rule)),
  )
  const tests = rules.map((rule) => testOf(rule, facts, counted, asked))
  if (facts.lightTouch === true && regime === 'PA23')
    return { regime, assumed, tests: [LIGHT_TOUCH] }
  return { regime, assumed, tests: [...tests, ...withoutTest(regime, counted)] }
}

/** One calendar month more: the days from the day after the current end, and the tests with them. */
export function oneMoreMonth(
  facts: HeadroomFacts,
  extensions: readonly RuledExtension[],
  asked: Omit<HeadroomAsked, 'addDays' | 'addCost'>,
): { readonly days: number; readonly tests: readonly HeadroomTest[] } | null {
  const end = currentEnd({ awardedEnd: facts.awardedEnd, extensions })
  if (end.kind !== 'dated') return null
  const first = addDays(end.latest, 1)
  const days = daysBetween(first, addMonths(first, 1))
  const { tests } = headroom(facts, extensions, { ...asked, addDays: days, addCost: null })
  return { days, tests }
}

/** The Procurement Act 2023 came into force; what began before stays under what went before. */
const PA23_FROM = asCivilDate('2025-02-24')

/** Its own, or the law in force on its start. */
export function regimeOf({ regime, start }: Pick<HeadroomFacts, 'regime' | 'start'>): ContractLaw {
  if (regime !== null || start === null) return { regime, assumed: false }
  return { regime: start < PA23_FROM ? 'PCR15' : 'PA23', assumed: true }
}
