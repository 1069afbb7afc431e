/**
 * The rules under which a contract may be changed, as data: what each measures, its limit, where
 * it is written and since when. They are flags for a person, never decisions.
 *
 * Read in the Procurement Act 2023 (s.74, Schedule 8), the Public Contracts Regulations 2015
 * (reg 72) and the Health Care Services (Provider Selection Regime) Regulations 2023 (regs 13, 14).
 */
import { asCivilDate, type CivilDate } from './civil-date.ts'
import type { Regime } from './contract.ts'
import { figure } from './legal-figures.ts'

/** How much of a rule is a figure; the rest of every rule is judgement. */
export type RuleLimit =
  /** A share of the maximum term provided for on award, in percent. */
  | { readonly measure: 'days'; readonly percent: number }
  /** A share of the value, in percent; for works another where the rule has one; or the threshold. */
  | {
      readonly measure: 'money'
      /** Null where the threshold alone is the limit. */
      readonly percent: number | null
      readonly worksPercent: number | null
      /** `and-threshold`: below the threshold too; an amount: whichever of the two is larger. */
      readonly beside: 'and-threshold' | { readonly orBelow: number } | null
      /** Whether a change of exactly the limit is past it. */
      readonly strictly: boolean
      /** `each`: every modification is a test of its own, and the largest is shown. */
      readonly of: 'each' | 'together'
      /** Whether a saving counts as a change, not at all, or against what was added. */
      readonly counts: 'changes' | 'increases' | 'net'
    }
  | { readonly measure: 'judgement' }

export interface HeadroomRule {
  /** The same as the ground's on which an extension is recorded. */
  readonly id: string
  readonly regime: Regime
  readonly title: string
  readonly limit: RuleLimit
  /** Listed even where nothing is recorded under it. */
  readonly always: boolean
  /** Whether an extension recorded under no rule counts here until somebody names one. */
  readonly takesUnnamed: boolean
  /** What an option or a renewal that the contract provides for rests on. */
  readonly provided: boolean
  /** Whether an extension may be recorded under it: the others are looked at beside every ground. */
  readonly ground: boolean
  /** Another test of the same ground: what is recorded under that one counts here too. */
  readonly beside: string | null
  /** What the law says of modifications that belong together, or where the count is the careful one. */
  readonly serial: string | null
  /** What bars it, in a sentence; null where the limit says it all. */
  readonly bar: string | null
  /** How it was written before, so that what is recorded stays readable. */
  readonly formerly: string | null
  readonly citation: string
  readonly source: string
  readonly from: CivilDate
}

const PA23 = {
  regime: 'PA23',
  from: asCivilDate('2025-02-24'),
  act: 'Procurement Act 2023',
  url: 'https://www.legislation.gov.uk/ukpga/2023/54',
} as const

const PCR15 = {
  regime: 'PCR15',
  from: asCivilDate('2015-02-26'),
  act: 'PCR 2015',
  url: 'https://www.legislation.gov.uk/uksi/2015/102',
} as const

const PSR23 = {
  regime: 'PSR23',
  from: asCivilDate('2024-01-01'),
  act: 'PSR 2023',
  url: 'https://www.legislation.gov.uk/uksi/2023/1348',
} as const

type Law = typeof PA23 | typeof PCR15 | typeof PSR23

type Marks = Partial<
  Pick<
    HeadroomRule,
    'always' | 'takesUnnamed' | 'provided' | 'beside' | 'serial' | 'bar' | 'formerly'
  >
>

const rule = (
  law: Law,
  id: string,
  title: string,
  place: string,
  path: string,
  limit: RuleLimit,
  marks: Marks = {},
): HeadroomRule => ({
  id,
  regime: law.regime,
  title,
  limit,
  always: false,
  takesUnnamed: false,
  provided: false,
  beside: null,
  serial: null,
  bar: null,
  formerly: null,
  ...marks,
  ground: !BESIDE.test(id),
  citation: `${law.act}, ${place}`,
  source: `${law.url}/${path}`,
  from: law.from,
})

const BESIDE = /-(?:scope|economic-balance|material|aggregate)$/

const JUDGEMENT: RuleLimit = { measure: 'judgement' }

type MoneyLimit = Extract<RuleLimit, { measure: 'money' }>

const money = (
  percent: number | null,
  worksPercent: number | null,
  more: Pick<MoneyLimit, 'beside' | 'strictly' | 'of' | 'counts'>,
): RuleLimit => ({ measure: 'money', percent, worksPercent, ...more })

/** Half of the value, each increase by itself. */
const half = (percent: number): RuleLimit =>
  money(percent, percent, { beside: null, strictly: false, of: 'each', counts: 'increases' })

const SHOWN: Marks = { always: true }
const SHOWN_AND_UNNAMED: Marks = { always: true, takesUnnamed: true }
const PROVIDED: Marks = { provided: true }

const PA23_SERIAL = {
  serial:
    'Each modification is a test of its own, but not where it could have been made together with another (s.74(7)–(8)).',
}
const PCR_SERIAL = {
  serial:
    'Each modification is a test of its own, but they may not be split to go round the rules (reg 72(2)). With an indexation clause the updated value counts (reg 72(7)).',
}
const URGENT_BAR =
  'Not where the urgency was foreseeable or attributable to the authority: poor planning, such as letting a contract run out, bars it.'

export const HEADROOM_RULES: readonly HeadroomRule[] = [
  rule(
    PA23,
    'pa23-not-substantial',
    'Not substantial',
    's.74(3)',
    'section/74',
    { measure: 'days', percent: figure('substantial term') },
    {
      ...SHOWN_AND_UNNAMED,
      serial:
        'The 10% is of each modification: counting them together is the careful reading (s.74(3)(a)).',
    },
  ),
  rule(
    PA23,
    'pa23-below-threshold',
    'Below-threshold modification',
    's.74(4)',
    'section/74',
    money(figure('small modification'), figure('small modification of works'), {
      beside: null,
      strictly: false,
      of: 'each',
      counts: 'changes',
    }),
    { ...SHOWN_AND_UNNAMED, ...PA23_SERIAL },
  ),
  rule(
    PA23,
    'pa23-below-threshold-aggregate',
    'Below-threshold modifications together',
    's.74(4)(b)',
    'section/74',
    money(null, null, {
      beside: 'and-threshold',
      strictly: true,
      of: 'together',
      counts: 'increases',
    }),
    {
      ...SHOWN_AND_UNNAMED,
      beside: 'pa23-below-threshold',
      serial: 'Savings are left out, which is the careful reading (s.74(6)).',
    },
  ),
  rule(
    PA23,
    'pa23-option',
    'Option provided for in the contract',
    'Schedule 8 para 1',
    'schedule/8',
    JUDGEMENT,
    {
      ...PROVIDED,
      bar: 'It has to be provided for unambiguously, in the contract and in the notice of its award.',
    },
  ),
  rule(
    PA23,
    'pa23-urgency',
    'Urgency or protection of life',
    'Schedule 8 para 2',
    'schedule/8',
    JUDGEMENT,
    { bar: URGENT_BAR },
  ),
  rule(
    PA23,
    'pa23-unforeseeable',
    'Circumstances nobody could foresee',
    'Schedule 8 para 4',
    'schedule/8',
    half(figure('permitted increase')),
    { ...PA23_SERIAL, bar: 'Not where it changes the overall nature of the contract.' },
  ),
  rule(
    PA23,
    'pa23-known-risk',
    'A known risk came true',
    'Schedule 8 para 5',
    'schedule/8',
    half(figure('permitted increase')),
    {
      ...PA23_SERIAL,
      bar: 'Only a risk that the tender or transparency notice named, which nobody’s act or omission brought about (para 6).',
    },
  ),
  rule(
    PA23,
    'pa23-additional',
    'Additional goods, services or works',
    'Schedule 8 para 8',
    'schedule/8',
    half(figure('permitted increase')),
    {
      ...PA23_SERIAL,
      bar: 'Only where another supplier’s would be different or incompatible, with disproportionate difficulties and substantial duplication of costs.',
    },
  ),
  rule(
    PA23,
    'pa23-restructuring',
    'Transfer on corporate restructuring',
    'Schedule 8 para 9',
    'schedule/8',
    JUDGEMENT,
    { bar: 'Not to an excluded supplier; it always calls for a contract change notice (s.75(2)).' },
  ),
  rule(
    PA23,
    'pa23-defence-technology',
    'Defence: developments in technology',
    'Schedule 8 para 10',
    'schedule/8',
    JUDGEMENT,
    { bar: 'Defence authority contracts only.' },
  ),
  rule(
    PA23,
    'pa23-defence-supply',
    'Defence: continuous supply',
    'Schedule 8 para 11',
    'schedule/8',
    JUDGEMENT,
    { bar: 'Defence authority contracts only.' },
  ),
  rule(
    PA23,
    'pa23-scope',
    'Scope not changed materially',
    's.74(3)(b)',
    'section/74',
    JUDGEMENT,
    SHOWN,
  ),
  rule(
    PA23,
    'pa23-economic-balance',
    'Economic balance not changed materially',
    's.74(3)(c)',
    'section/74',
    JUDGEMENT,
    SHOWN,
  ),
  rule(
    PCR15,
    'pcr15-small',
    'Small in value',
    'reg 72(5)',
    'regulation/72',
    money(figure('PCR small'), figure('PCR small works'), {
      beside: 'and-threshold',
      strictly: true,
      of: 'together',
      counts: 'net',
    }),
    {
      ...SHOWN_AND_UNNAMED,
      serial:
        'The net cumulative value counts (reg 72(6)); with an indexation clause the updated contract value (reg 72(7)).',
    },
  ),
  rule(
    PCR15,
    'pcr15-review-clause',
    'Clear review clause',
    'reg 72(1)(a)',
    'regulation/72',
    JUDGEMENT,
    {
      ...PROVIDED,
      bar: 'It has to stand in the initial procurement documents, clear, precise and unequivocal.',
    },
  ),
  rule(
    PCR15,
    'pcr15-additional',
    'Additional works, services or supplies',
    'reg 72(1)(b)',
    'regulation/72',
    half(figure('PCR increase')),
    {
      ...PCR_SERIAL,
      bar: 'Only where a change of contractor cannot be made for economic or technical reasons and would cause significant inconvenience.',
    },
  ),
  rule(
    PCR15,
    'pcr15-unforeseeable',
    'Unforeseeable need',
    'reg 72(1)(c)',
    'regulation/72',
    half(figure('PCR increase')),
    {
      ...PCR_SERIAL,
      bar: 'Not where a diligent authority could have foreseen the need, such as the end of a contract.',
    },
  ),
  rule(
    PCR15,
    'pcr15-replacement',
    'A new contractor takes the place of the first',
    'reg 72(1)(d)',
    'regulation/72',
    JUDGEMENT,
    {
      bar: 'Only by a review clause, or by succession after a restructuring without other substantial changes.',
    },
  ),
  rule(
    PCR15,
    'pcr15-not-substantial',
    'Not substantial',
    'reg 72(1)(e)',
    'regulation/72',
    JUDGEMENT,
    SHOWN,
  ),
  rule(
    PCR15,
    'pcr15-scope',
    'Scope not extended considerably',
    'reg 72(8)(d)',
    'regulation/72',
    JUDGEMENT,
    SHOWN,
  ),
  rule(
    PCR15,
    'pcr15-economic-balance',
    'Economic balance not moved to the supplier',
    'reg 72(8)(c)',
    'regulation/72',
    JUDGEMENT,
    SHOWN,
  ),
  rule(
    PSR23,
    'psr23-small',
    'Not materially different, small',
    'reg 13(2)(b)',
    'regulation/13',
    money(figure('PSR small share'), figure('PSR small share'), {
      beside: { orBelow: figure('PSR small') },
      strictly: true,
      of: 'together',
      counts: 'changes',
    }),
    {
      ...SHOWN_AND_UNNAMED,
      serial: 'Savings count as changes too, which is the careful reading.',
      formerly: 'PSR 2023, reg 13, small change',
    },
  ),
  rule(
    PSR23,
    'psr23-provided',
    'Clearly provided for',
    'reg 13(1)(a)',
    'regulation/13',
    JUDGEMENT,
    {
      ...PROVIDED,
      formerly: 'PSR 2023, reg 13, provided for',
    },
  ),
  rule(
    PSR23,
    'psr23-succession',
    'Another provider by succession',
    'reg 13(1)(b)',
    'regulation/13',
    JUDGEMENT,
    {
      bar: 'Solely after corporate changes, to a provider that meets the basic selection criteria.',
    },
  ),
  rule(PSR23, 'psr23-external', 'External factors', 'reg 13(1)(c)', 'regulation/13', JUDGEMENT, {
    bar: 'Only what neither the authority nor the provider controls, and not materially different in character.',
    formerly: 'PSR 2023, reg 13, external factors',
  }),
  rule(
    PSR23,
    'psr23-direct-award',
    'Awarded under direct award A or B: not materially different',
    'reg 13(3)',
    'regulation/13',
    JUDGEMENT,
    { bar: 'Only where the contract itself was awarded under direct award process A or B.' },
  ),
  rule(PSR23, 'psr23-urgent', 'Urgent modification', 'reg 14(2)', 'regulation/14', JUDGEMENT, {
    bar: `Only where waiting would risk patient or public safety. ${URGENT_BAR}`,
  }),
  rule(
    PSR23,
    'psr23-standstill-review',
    'Bridges the end while a standstill review runs',
    'reg 14(3)',
    'regulation/14',
    JUDGEMENT,
    {
      bar: 'Only where independent expert advice was sought in the standstill (reg 14(3)(b)), and the contract is likely to expire before it ends.',
    },
  ),
  rule(
    PSR23,
    'psr23-material',
    'Services not materially different in character',
    'reg 13(2)(a)',
    'regulation/13',
    JUDGEMENT,
    { ...SHOWN, formerly: 'PSR 2023, reg 13, character' },
  ),
]

// The rule of headroom that somebody means, however it is written.

/**
 * The rule that was meant: by its id, its citation, or the place of it (`s.74(3)`, `reg 72(5)`),
 * whatever the case; null where none or more than one fits. A place fits only within `regime`.
 */
export function ruleNamed(text: string, regime: Regime | null): HeadroomRule | null {
  const said = plain(text)
  if (said === '') return null
  const exact = HEADROOM_RULES.find((each) =>
    [each.id, each.citation, briefly(each), each.formerly ?? each.id].some(
      (name) => plain(name) === said,
    ),
  )
  if (exact) return exact
  const near = HEADROOM_RULES.filter(
    (each) =>
      (regime === null || each.regime === regime) &&
      (plain(each.title) === said || plain(each.citation).endsWith(` ${said}`)),
  )
  return near.length === 1 ? (near[0] ?? null) : null
}

/** `PA23 s.74(3)`. */
function briefly({ regime, citation }: HeadroomRule): string {
  return `${regime} ${citation.slice(citation.indexOf(',') + 1)}`
}

/** `Non-substantial` and `not substantial` are one; so are `s74(3)` and `s.74(3)`. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/\bnon-/g, 'not ')
    .replace(/[.,:;\s-]+/g, ' ')
    .replace(/\bsection (?=\d)/g, 's')
    .replace(/\bs (?=\d)/g, 's')
    .replace(/\bregulation (?=\d)/g, 'reg ')
    .replace(/\bsch (?=\d)/g, 'schedule ')
    .trim()
}

// On which rule an extension may rest: a list to start with, that an organisation can change.

export interface Ground {
  /** At most 75 characters: letters, digits and hyphens. */
  readonly id: string
  readonly title: string
  /** Where it is written. */
  readonly rule: string
}

/** Every rule that an extension may rest on; what is only looked at beside one is left out. */
export const DEFAULT_GROUNDS: readonly Ground[] = [
  ...HEADROOM_RULES.filter(({ ground }) => ground).map(({ id, title, citation }) => ({
    id,
    title,
    rule: citation,
  })),
  { id: 'waiver', title: 'Waiver of our own rules', rule: 'Standing financial instructions' },
  { id: 'other', title: 'Other: say which below', rule: 'Check with procurement' },
]

/**
 * Of the list those that can hold under a contract's law: of the other laws none, of one's own rules
 * all. Where the law is not known, every one.
 */
export function groundsUnder(
  regime: Regime | null,
  grounds: readonly Ground[] = DEFAULT_GROUNDS,
): readonly Ground[] {
  if (regime === null) return grounds
  return grounds.filter(({ id }) => {
    const rule = HEADROOM_RULES.find((each) => each.id === id)
    return rule === undefined || rule.regime === regime
  })
}
