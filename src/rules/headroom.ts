/**
 * How much of what procurement law allows has been used: several tests, never one number, and
 * never a verdict. An extension counts towards the test of the rule it was recorded under.
 */
import { Big } from 'big.js'
import { addDays, addMonths, type CivilDate, daysBetween, dayText, later } from './civil-date.ts'
import { currentEnd, type Extension, movesEnd, type Regime } from './contract.ts'
import {
  isProvidedFor,
  lifetimeValue,
  maximumTerm,
  onBasisOf,
  type ValuedChange,
  valueWith,
} from './estimated-value.ts'
import { HEADROOM_RULES, type HeadroomRule, type RuleLimit, ruleNamed } from './headroom-rules.ts'
import { lowestThreshold, type Threshold } from './legal-figures.ts'
import { canonical, type Decimal } from './money.ts'
import type { AwardedContract } from './premium.ts'
import { isDirectAwardOfPsr, isFramework } from './procurement-routes.ts'
import {
  type Authority,
  type ContractLaw,
  type LawFacts,
  mayBeNewer,
  mayBeOlder,
  type Nation,
  PA23_FROM,
  regimeOf,
} from './regime.ts'

/** What the tests need to know of a contract; null where nobody has said. */
export interface HeadroomFacts extends AwardedContract, LawFacts {
  /** By which it was bought; null where no route is recorded. */
  readonly route?: string | null
  /** Works have a higher limit; unknown counts as goods and services. */
  readonly works: boolean | null
  readonly lightTouch: boolean | null
  /** The last day on which its framework takes call-offs; null where it relies on none, or none is known. */
  readonly callOffsUntil?: CivilDate | null
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
  /** Null where nobody has said: the lower threshold counts. */
  readonly authority: Authority | null
  readonly nation?: Nation | null
}

export interface Headroom extends ContractLaw {
  readonly tests: readonly HeadroomTest[]
}

/** The tests of the contract's regime, and of every other rule that an extension names. */
export function headroom(
  given: HeadroomFacts,
  extensions: readonly RuledExtension[],
  asked: HeadroomAsked,
): Headroom {
  const facts = { ...given, nation: asked.nation ?? given.nation ?? null }
  const law = regimeOf(facts)
  const { regime } = law
  const counted = counting(facts, extensions, regime, asked)
  const rules = HEADROOM_RULES.filter(
    (rule) =>
      (rule.regime === regime && rule.always && !isSpared(rule, facts)) ||
      counted.some(({ under }) => under.includes(rule)),
  )
  const tests = rules.map((rule) => testOf(rule, { ...facts, regime }, counted, asked))
  if (facts.lightTouch === true && regime === 'PA23') return { ...law, tests: [LIGHT_TOUCH] }
  const converted = regime === 'below-threshold' ? conversion(facts, extensions, asked) : []
  const open = [...otherLaw(law, facts), ...afterItsFramework(facts)]
  return { ...law, tests: [...tests, ...converted, ...withoutTest(law, counted), ...open] }
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

/** Awarded under direct award A or B, only the character of the services counts (reg 13(3)). */
function isSpared({ id }: HeadroomRule, { route = null }: HeadroomFacts): boolean {
  return id === 'psr23-small' && isDirectAwardOfPsr(route)
}

// A contract below the threshold that is changed so that it is not below it any more: a convertible
// contract, to which the rules for changes of public contracts apply (s.74(1)).

/** Whether the Act is the law of a contract above the threshold; where nothing tells, it may be. */
export function isOfTheAct(facts: LawFacts): boolean {
  const recorded = facts.regime === 'below-threshold' ? null : facts.regime
  const { regime } = regimeOf({ ...facts, regime: recorded })
  return regime === null || regime === 'PA23'
}

/**
 * Its value with VAT after these changes, and the threshold, where that is not below it; else null, also
 * where another law holds.
 */
export function convertedBy(
  facts: HeadroomFacts,
  changes: readonly ValuedChange[],
  authority: Authority | null,
): { readonly gross: Big; readonly threshold: Threshold } | null {
  const { start } = facts
  const gross = valueWith(facts, changes, start)
  if (start === null || start < PA23_FROM || gross === null || !isOfTheAct(facts)) return null
  const made = changes.filter((change) => !isProvidedFor(change))
  const last = made.reduce((day, { from }) => later(day, from), start)
  const threshold = lowestThreshold([start, last], authority, { ...facts, regime: 'PA23' })
  return gross.gte(threshold.amount) ? { gross, threshold } : null
}

function conversion(
  facts: HeadroomFacts,
  extensions: readonly RuledExtension[],
  asked: HeadroomAsked,
): HeadroomTest[] {
  const { addDays: days, addCost: cost } = asked
  const end = currentEnd({ awardedEnd: facts.awardedEnd, extensions })
  const span =
    days > 0 && end.kind === 'dated'
      ? [{ from: addDays(end.latest, 1), to: addDays(end.latest, days) }]
      : []
  const more = span.map((each) => ({ ...each, kind: null, cost, currency: facts.currency }))
  const { authority } = asked
  const already = convertedBy(facts, [], authority)
  const found = already ?? convertedBy(facts, [...extensions.filter(movesEnd), ...more], authority)
  if (found === null) return []
  if (already === null && facts.lightTouch === true) return [LIGHT_TOUCH]
  const { gross, threshold } = found
  const against = `£${figureText(canonical(gross.round(2)))} with VAT against £${figureText(threshold.amount)}`
  const unsaid = threshold.authorityUnknown ? [AUTHORITY_UNKNOWN] : []
  return [
    already === null
      ? {
          ...CONVERTIBLE,
          notes: [
            `With its changes it is not below the threshold any more (${against}): the tests of s.74 then apply to the change.`,
            ...unsaid,
          ],
        }
      : { ...NOT_BELOW, notes: [`${NOT_BELOW_WORDS} (${against}): which law holds?`, ...unsaid] },
  ]
}

export const NOT_BELOW_WORDS = 'Recorded as below the threshold, and its value is not'

// What stands where no test of headroom measures a contract: left to a person.

/** What the law of the regime, or the rule that was named, measures in no test of ours. */
function withoutTest(law: ContractLaw, counted: readonly Counted[]): HeadroomTest[] {
  const { regime, because, contradiction } = law
  if (contradiction !== undefined) {
    return [{ ...NO_REGIME, state: 'check', notes: [`${capital(contradiction)}: which holds?`] }]
  }
  if (regime === null) {
    return [
      because === undefined
        ? NO_REGIME
        : { ...NO_REGIME, notes: [`${capital(because)}: record it.`] },
    ]
  }
  if (regime === 'other') {
    return [
      because === undefined
        ? OUTSIDE
        : { ...OUTSIDE, notes: [`${capital(because)}: outside these tests, check.`] },
    ]
  }
  return regime === 'below-threshold' || counted.some(({ as }) => as === 'own') ? [OWN_RULES] : []
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const LEFT_TO_A_PERSON = { measure: 'judgement', used: null, limit: null, percent: null } as const

const CONVERTIBLE: HeadroomTest = {
  ...LEFT_TO_A_PERSON,
  rule: 'pa23-convertible',
  title: 'Becomes a public contract by the change',
  state: 'check',
  citation: 'Procurement Act 2023, s.74(1)',
  source: 'https://www.legislation.gov.uk/ukpga/2023/54/section/74',
  notes: [],
}

const NOT_BELOW: HeadroomTest = {
  ...CONVERTIBLE,
  title: 'Not below the threshold',
  citation: 'Procurement Act 2023, s.3(2)',
  source: 'https://www.legislation.gov.uk/ukpga/2023/54/section/3',
}

const OWN_RULES: HeadroomTest = {
  ...LEFT_TO_A_PERSON,
  rule: 'own-rules',
  title: 'Our own standing orders',
  state: 'check',
  citation: 'Standing financial instructions',
  source: 'https://www.legislation.gov.uk/ukpga/2023/54/part/6',
  notes: ['The tests of the procurement regulations do not measure this.'],
}

const OUTSIDE: HeadroomTest = { ...OWN_RULES, notes: ['Outside these tests: check.'] }

const NO_REGIME: HeadroomTest = {
  ...LEFT_TO_A_PERSON,
  rule: 'regime',
  title: 'Which law the contract stands under',
  state: 'unknown',
  citation: 'Procurement Act 2023, s.74',
  source: 'https://www.legislation.gov.uk/ukpga/2023/54/section/74',
  notes: ['Neither its regime nor its start is recorded: record one of them.'],
}

const MAY_BE_OLDER: HeadroomTest = {
  ...NO_REGIME,
  state: 'check',
  citation: 'SI 2024/716 reg 5',
  source: 'https://www.legislation.gov.uk/uksi/2024/716/regulation/5',
  notes: [
    'Assumed from its start: where its procurement commenced before 24 Feb 2025, reg 72 of PCR 2015 holds. Record its regime.',
  ],
}

const MAY_BE_NEWER: HeadroomTest = {
  ...MAY_BE_OLDER,
  notes: [
    'Recorded as under PCR 2015, and it starts more than a year after that was revoked: where its procurement commenced since, the Procurement Act 2023 holds, with its notices. Which law holds?',
  ],
}

/** What speaks for another law than the one that was taken or recorded. */
function otherLaw(law: ContractLaw, facts: HeadroomFacts): HeadroomTest[] {
  if (mayBeOlder(law, facts)) return [MAY_BE_OLDER]
  const { route = null } = facts
  const relies = route !== null && (isFramework(route) || route === 'dynamic-market')
  return mayBeNewer(facts) && !relies ? [MAY_BE_NEWER] : []
}

/** Only while its framework takes call-offs is one awarded in accordance with it (s.45(1)). */
function afterItsFramework({ start, callOffsUntil = null }: HeadroomFacts): HeadroomTest[] {
  if (start === null || callOffsUntil === null || start <= callOffsUntil) return []
  return [
    {
      ...CONVERTIBLE,
      rule: 'call-off',
      title: 'Called off in time',
      citation: 'Procurement Act 2023, s.45(1); PCR 2015, reg 33',
      source: 'https://www.legislation.gov.uk/ukpga/2023/54/section/45',
      notes: [
        `It starts on ${dayText(start)}, and its framework took call-offs until ${dayText(callOffsUntil)}: was it awarded by then?`,
      ],
    },
  ]
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
  const counted = all.filter(
    ({ under }) =>
      under.includes(rule) || (rule.beside !== null && under.some(({ id }) => id === rule.beside)),
  )
  const { id, title, citation, source, limit } = rule
  const named = { rule: id, title, measure: limit.measure, citation, source }
  const unclassified = counted.filter((each) => each.as === 'unclassified')
  const known = counted.filter((each) => each.as !== 'unclassified')
  const notes = notesOf(counted, rule)
  switch (limit.measure) {
    case 'judgement': {
      const said = rule.bar === null || counted.length === 0 ? notes : [...notes, rule.bar]
      return { ...named, used: null, limit: null, percent: null, state: 'check', notes: said }
    }
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
      const use: MoneyUse = moneyUsed(known, facts.currency, limit)
      const bar = rule.bar === null || counted.length === 0 ? [] : [rule.bar]
      const said = [...notes, ...most.notes, ...use.notes, ...bar]
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
      const percent = most.of === null ? null : tenths((Number(use.amount) / Number(most.of)) * 100)
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

function notesOf(counted: readonly Counted[], { serial }: HeadroomRule): string[] {
  const notes: string[] = []
  const own = counted.filter((each) => each.as === 'own').length
  const unnamed = counted.filter((each) => each.as === 'unnamed').length
  const unclassified = counted.filter((each) => each.as === 'unclassified').length
  if (unnamed > 0) {
    notes.push(
      `Counts ${unnamed === 1 ? 'an extension that is' : `${unnamed} extensions that are`} recorded under no rule: name the rule.`,
    )
  }
  if (own > 0) {
    notes.push(
      `Counts ${own === 1 ? 'an extension that rests' : `${own} extensions that rest`} on our own rules alone, which are no ground in law: name the ground beside them.`,
    )
  }
  if (serial !== null && counted.length > 1) notes.push(serial)
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
interface Counted extends Omit<ValuedChange, 'kind'> {
  readonly under: readonly HeadroomRule[]
  /**
   * unnamed: no rule was recorded; own: only one of our own, which is no ground in law and uses
   * headroom as if there were none; unclassified: nobody has said what it was; asked: not real.
   */
  readonly as: 'named' | 'unnamed' | 'own' | 'unclassified' | 'asked'
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
    const provided = HEADROOM_RULES.filter((each) => each.regime === regime && each.provided)
    if (isProvidedFor(extension)) return { ...span, under: provided, as: 'named' }
    return { ...span, under: unnamed, as: rule === null || isAmbiguous(rule) ? 'unnamed' : 'own' }
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

interface MoneyLimit {
  /** Null where it cannot be said. */
  readonly amount: Decimal | null
  /** What the percentage is of: the value; null where the limit is no share of it. */
  readonly of: Decimal | null
  /** Whether exactly the limit is past it. */
  readonly strictly: boolean
  readonly notes: readonly string[]
}

function moneyLimit(
  facts: HeadroomFacts,
  rule: MoneyRule,
  { on, authority }: { readonly on: CivilDate; readonly authority: Authority | null },
  term: number | null,
): MoneyLimit {
  const unknown = (why: string): MoneyLimit => ({
    amount: null,
    of: null,
    strictly: false,
    notes: [why],
  })
  if (facts.currency !== 'GBP')
    return unknown(`The limits are in pounds, the contract in ${facts.currency}.`)
  const { value, notes } = lifetimeValue(facts, term)
  const percent = facts.works === true ? rule.worksPercent : rule.percent
  const valued = value?.gt(0) ? value : null
  if (percent !== null && valued === null)
    return unknown('The value of the contract is not known: record it.')
  const of = valued === null ? null : canonical(valued)
  const limit = (amount: Big, strictly: boolean, more: readonly string[]): MoneyLimit => ({
    amount: canonical(amount.round(2, Big.roundDown)),
    of: percent === null ? null : of,
    strictly,
    notes: [...(percent === null ? [] : notes), ...more],
  })
  const share = percent === null || valued === null ? null : valued.times(percent).div(100)
  if (rule.beside !== 'and-threshold') {
    if (share === null) throw new RangeError('A limit needs a share of the value or a threshold.')
    if (rule.beside === null) return limit(share, rule.strictly, [])
    const amount = new Big(rule.beside.orBelow)
    return limit(amount.gt(share) ? amount : share, rule.strictly, [])
  }
  const { regime, start } = facts
  const isOfAct = regime === 'PA23' && start !== null && start >= PA23_FROM
  const threshold = lowestThreshold(isOfAct ? [on, start] : [on], authority, facts)
  const most = onBasisOf(new Big(threshold.amount), facts.vat, on)
  const less = share === null ? '' : `, which is less than ${percent}% of the value`
  const thresholdNotes = [
    `The limit is the threshold (${threshold.figure.section}, ${WHOSE[threshold.figure.name] ?? threshold.figure.name}, £${figureText(threshold.amount)} with VAT)${less}.`,
    ...(threshold.assumed
      ? [
          `Thresholds of ${on.slice(0, 4)} are not known: those of ${threshold.figure.from.slice(0, 4)} were taken.`,
        ]
      : []),
    ...(threshold.authorityUnknown ? [AUTHORITY_UNKNOWN] : []),
  ]
  return share === null || most.lte(share)
    ? limit(most, true, thresholdNotes)
    : limit(share, rule.strictly, [])
}

const WHOSE: Readonly<Record<string, string>> = {
  'threshold central': 'central authority',
  'threshold sub-central': 'sub-central authority',
  'threshold works': 'works',
  'threshold light touch': 'light touch',
}

/** What every answer says that rests on who the authority is, while nobody has said. */
export const AUTHORITY_UNKNOWN =
  'Which kind of authority this is, is not recorded: the lower threshold was taken (settings set authority).'

function figureText(amount: Decimal): string {
  return amount.replace(/\.00$/, '').replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

interface MoneyUse {
  readonly amount: Decimal
  /** A cost is not known: the use can only be more. */
  readonly missing: boolean
  readonly notes: readonly string[]
}

/** What a rule counts of the costs: see its limit. */
function moneyUsed(
  counted: readonly { readonly cost: Decimal | null; readonly currency: string }[],
  currency: string,
  { of, counts }: Pick<MoneyRule, 'of' | 'counts'>,
): MoneyUse {
  let used = new Big(0)
  let missing = 0
  for (const each of counted) {
    if (each.cost === null || each.currency !== currency) {
      missing += 1
      continue
    }
    const cost = new Big(each.cost)
    const counting =
      counts === 'net' ? cost : counts === 'changes' ? cost.abs() : cost.gt(0) ? cost : new Big(0)
    if (of === 'together') used = used.plus(counting)
    else if (counting.gt(used)) used = counting
  }
  const which =
    missing === counted.length ? 'The cost' : `The cost of ${missing} of ${counted.length}`
  const notes = missing === 0 ? [] : [`${which} is not known, or in another currency: record it.`]
  return { amount: canonical(used.abs()), missing: missing > 0, notes }
}
