/**
 * The rules under which a contract may be changed, as data: what each measures, its limit, where
 * it is written and since when. They are flags for a person, never decisions.
 *
 * Read in the Procurement Act 2023 (s.74, Schedule 8), the Public Contracts Regulations 2015
 * (reg 72) and the Health Care Services (Provider Selection Regime) Regulations 2023 (reg 13).
 */
import { asCivilDate, type CivilDate } from './civil-date.ts'
import type { Regime } from './contract.ts'

/** How much of a rule is a figure; the rest of every rule is judgement. */
export type RuleLimit =
  /** A share of the maximum term provided for on award, in percent. */
  | { readonly measure: 'days'; readonly percent: number }
  /** A share of the value, in percent; for works another where the rule has one. */
  | {
      readonly measure: 'money'
      readonly percent: number
      readonly worksPercent: number
      /** `and-threshold`: below the threshold too; an amount: whichever of the two is larger. */
      readonly beside: 'and-threshold' | { readonly orBelow: string } | null
      /** Whether a change of exactly the limit is past it. */
      readonly strictly: boolean
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
  readonly citation: string
  readonly source: string
  readonly from: CivilDate
  readonly to: CivilDate | null
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

type Marks = Partial<Pick<HeadroomRule, 'always' | 'takesUnnamed' | 'provided'>>

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
  ...marks,
  citation: `${law.act}, ${place}`,
  source: `${law.url}/${path}`,
  from: law.from,
  to: null,
})

const JUDGEMENT: RuleLimit = { measure: 'judgement' }

const money = (
  percent: number,
  worksPercent: number,
  beside: Extract<RuleLimit, { measure: 'money' }>['beside'],
  strictly: boolean,
): RuleLimit => ({ measure: 'money', percent, worksPercent, beside, strictly })

const HALF = money(50, 50, null, false)

const SHOWN: Marks = { always: true }

const SHOWN_AND_UNNAMED: Marks = { always: true, takesUnnamed: true }

const PROVIDED: Marks = { provided: true }

export const HEADROOM_RULES: readonly HeadroomRule[] = [
  rule(
    PA23,
    'pa23-not-substantial',
    'Not substantial',
    's.74(3)',
    'section/74',
    { measure: 'days', percent: 10 },
    SHOWN_AND_UNNAMED,
  ),
  rule(
    PA23,
    'pa23-below-threshold',
    'Below-threshold modification',
    's.74(4)',
    'section/74',
    money(10, 15, 'and-threshold', false),
    SHOWN_AND_UNNAMED,
  ),
  rule(
    PA23,
    'pa23-option',
    'Option provided for in the contract',
    'Schedule 8 para 1',
    'schedule/8',
    JUDGEMENT,
    PROVIDED,
  ),
  rule(
    PA23,
    'pa23-urgency',
    'Urgency or protection of life',
    'Schedule 8 para 2',
    'schedule/8',
    JUDGEMENT,
  ),
  rule(
    PA23,
    'pa23-unforeseeable',
    'Circumstances nobody could foresee',
    'Schedule 8 para 4',
    'schedule/8',
    HALF,
  ),
  rule(PA23, 'pa23-known-risk', 'A known risk came true', 'Schedule 8 para 5', 'schedule/8', HALF),
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
    money(10, 15, 'and-threshold', false),
    SHOWN_AND_UNNAMED,
  ),
  rule(
    PCR15,
    'pcr15-review-clause',
    'Clear review clause',
    'reg 72(1)(a)',
    'regulation/72',
    JUDGEMENT,
    PROVIDED,
  ),
  rule(
    PCR15,
    'pcr15-additional',
    'Additional works or services',
    'reg 72(1)(b)',
    'regulation/72',
    HALF,
  ),
  rule(PCR15, 'pcr15-unforeseeable', 'Unforeseeable need', 'reg 72(1)(c)', 'regulation/72', HALF),
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
    'reg 13, small change',
    'regulation/13',
    money(25, 25, { orBelow: '500000' }, true),
    SHOWN_AND_UNNAMED,
  ),
  rule(
    PSR23,
    'psr23-provided',
    'Clearly provided for',
    'reg 13, provided for',
    'regulation/13',
    JUDGEMENT,
    PROVIDED,
  ),
  rule(
    PSR23,
    'psr23-external',
    'External factors',
    'reg 13, external factors',
    'regulation/13',
    JUDGEMENT,
  ),
  rule(
    PSR23,
    'psr23-material',
    'Services not materially different in character',
    'reg 13, character',
    'regulation/13',
    JUDGEMENT,
    SHOWN,
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
    [each.id, each.citation, briefly(each)].some((name) => plain(name) === said),
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

/** From the Procurement Act 2023, the Public Contracts Regulations 2015 and the PSR 2023. */
export const DEFAULT_GROUNDS: readonly Ground[] = [
  {
    id: 'pa23-option',
    title: 'Option provided for in the contract',
    rule: 'Procurement Act 2023, Schedule 8 para 1',
  },
  {
    id: 'pa23-urgency',
    title: 'Urgency or protection of life',
    rule: 'Procurement Act 2023, Schedule 8 para 2',
  },
  {
    id: 'pa23-unforeseeable',
    title: 'Circumstances nobody could foresee',
    rule: 'Procurement Act 2023, Schedule 8 para 4',
  },
  {
    id: 'pa23-known-risk',
    title: 'A known risk came true',
    rule: 'Procurement Act 2023, Schedule 8 para 5',
  },
  {
    id: 'pa23-not-substantial',
    title: 'Not substantial',
    rule: 'Procurement Act 2023, s.74(3)',
  },
  {
    id: 'pa23-below-threshold',
    title: 'Below-threshold modification',
    rule: 'Procurement Act 2023, s.74(4)',
  },
  { id: 'pcr15-review-clause', title: 'Clear review clause', rule: 'PCR 2015, reg 72(1)(a)' },
  {
    id: 'pcr15-additional',
    title: 'Additional works or services',
    rule: 'PCR 2015, reg 72(1)(b)',
  },
  { id: 'pcr15-unforeseeable', title: 'Unforeseeable need', rule: 'PCR 2015, reg 72(1)(c)' },
  { id: 'pcr15-not-substantial', title: 'Not substantial', rule: 'PCR 2015, reg 72(1)(e)' },
  { id: 'pcr15-small', title: 'Small in value', rule: 'PCR 2015, reg 72(5)' },
  { id: 'psr23-provided', title: 'Clearly provided for', rule: 'PSR 2023, reg 13, provided for' },
  { id: 'psr23-external', title: 'External factors', rule: 'PSR 2023, reg 13, external factors' },
  {
    id: 'psr23-small',
    title: 'Not materially different, small',
    rule: 'PSR 2023, reg 13, small change',
  },
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
