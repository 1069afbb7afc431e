/**
 * How much of what procurement law allows has been used: several tests, never one number, and
 * never a verdict. An extension counts towards the test of the rule it was recorded under.
 */
import { Big } from 'big.js'
import { addDays, addMonths, asCivilDate, type CivilDate, daysBetween } from './civil-date.ts'
import { currentEnd, type Extension, movesEnd, type Regime } from './contract.ts'
import { HEADROOM_RULES, type HeadroomRule, type RuleLimit, ruleNamed } from './headroom-rules.ts'
import { canonical, type Decimal } from './money.ts'
import type { AwardedContract } from './premium.ts'
import { type Authority, thresholdOn } from './thresholds.ts'

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

// What stands where no test of headroom measures a contract: left to a person.

/** What the law of the regime, or the rule that was named, measures in no test of ours. */
function withoutTest(regime: Regime | null, counted: readonly Counted[]): HeadroomTest[] {
  const own = counted.some(({ under, as }) => as === 'named' && under.length === 0)
  if (regime === null) return [NO_REGIME]
  return regime === 'below-threshold' || regime === 'other' || own ? [OWN_RULES] : []
}

const LEFT_TO_A_PERSON = { measure: 'judgement', used: null, limit: null, percent: null } as const

const OWN_RULES: HeadroomTest = {
  ...LEFT_TO_A_PERSON,
  rule: 'own-rules',
  title: 'Our own standing orders',
  state: 'check',
  citation: 'Standing financial instructions',
  source: 'https://www.legislation.gov.uk/ukpga/2023/54/part/6',
  notes: ['The tests of the procurement regulations do not measure this.'],
}

const NO_REGIME: HeadroomTest = {
  ...LEFT_TO_A_PERSON,
  rule: 'regime',
  title: 'Which law the contract stands under',
  state: 'unknown',
  citation: 'Procurement Act 2023, s.74',
  source: 'https://www.legislation.gov.uk/ukpga/2023/54/section/74',
  notes: ['Neither its regime nor its start is recorded: record one of them.'],
}

const LIGHT_TOUCH: HeadroomTest = {
  ...LEFT_TO_A_PERSON,
  rule: 'pa23-light-touch',
  title: 'Light-touch contracts are exempt',
  state: 'check',
  citation: 'Procurement Act 2023, s.74(2)',
  source: 'https://www.legislation.gov.uk/ukpga/2023/54/section/74',
  notes: ['Taken from its category: check that it is a light-touch contract.'],
}

// One test of headroom: what is used of a limit, and where that leaves it.

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

function testOf(
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

// Which extensions count towards which rule of headroom, and how many days they cover.

/** Added cover with the rules towards which it counts. */
interface Counted {
  readonly from: CivilDate
  readonly to: CivilDate
  readonly cost: Decimal | null
  readonly currency: string
  readonly under: readonly HeadroomRule[]
  /** unnamed: no rule was recorded; unclassified: nobody has said what it was; asked: not real. */
  readonly as: 'named' | 'unnamed' | 'unclassified' | 'asked'
}

function counting(
  facts: HeadroomFacts,
  extensions: readonly RuledExtension[],
  regime: Regime | null,
  asked: HeadroomAsked,
): Counted[] {
  const unnamed = HEADROOM_RULES.filter((rule) => rule.regime === regime && rule.takesUnnamed)
  const counted = extensions.filter(movesEnd).map((extension): Counted => {
    const { from, to, cost, currency, kind, rule } = extension
    const span = { from, to, cost, currency }
    if (kind === 'unknown') return { ...span, under: unnamed, as: 'unclassified' }
    const named = rule === null ? null : ruleNamed(rule, regime)
    if (named !== null) return { ...span, under: [named], as: 'named' }
    // Recorded under something that is no test of ours, such as a waiver: it uses none.
    if (rule !== null && !isAmbiguous(rule)) return { ...span, under: [], as: 'named' }
    const provided = HEADROOM_RULES.filter((each) => each.regime === regime && each.provided)
    if (kind === 'option' || kind === 'renewal') return { ...span, under: provided, as: 'named' }
    return { ...span, under: unnamed, as: 'unnamed' }
  })
  const end = currentEnd({ awardedEnd: facts.awardedEnd, extensions })
  if (asked.addDays <= 0 || end.kind !== 'dated') return counted
  const from = addDays(end.latest, 1)
  const to = addDays(end.latest, asked.addDays)
  const added = { from, to, cost: asked.addCost, currency: facts.currency }
  return [...counted, { ...added, under: unnamed, as: 'asked' }]
}

/** A section that holds more than one rule says nothing of which was meant. */
function isAmbiguous(rule: string): boolean {
  return /\b(?:s\.?|section|reg\.?|regulation)\s*(?:74|72)\s*$/i.test(rule)
}

/** Serial changes are counted together; a day that two of them cover counts once. */
function daysCovered(spans: readonly Pick<Counted, 'from' | 'to'>[]): number {
  let days = 0
  let covered: CivilDate | null = null
  for (const { from, to } of [...spans].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    const first: CivilDate = covered !== null && covered >= from ? addDays(covered, 1) : from
    if (to < first) continue
    days += daysBetween(first, to) + 1
    covered = to
  }
  return days
}

// The tests of headroom that are counted in money: limit and use, exact, in the contract's currency.

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

function moneyLimit(
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

interface MoneyUse {
  readonly amount: Decimal
  /** A cost is not known: the use can only be more. */
  readonly missing: boolean
  readonly notes: readonly string[]
}

/** Changes are counted together, each as a change: one that makes it cheaper uses headroom too. */
function moneyUsed(
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
