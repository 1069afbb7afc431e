/** Under which law a contract stands: recorded, else from where, what and when. Never a verdict. */
import { addMonths, asCivilDate, type CivilDate } from './civil-date.ts'
import type { Regime } from './contract.ts'
import type { Calendar } from './working-days.ts'

/** The Procurement Act 2023 came into force; what began before stays under what went before. */
export const PA23_FROM = asCivilDate('2025-02-24')

const SUBJECTS = ['health services', 'defence', 'concession', 'utilities'] as const
/** What a contract is about, as far as a law of its own follows from it. */
type Subject = (typeof SUBJECTS)[number]

export interface LawFacts {
  /** Its framework's, else its own; null where nobody has said. */
  readonly regime: Regime | null
  /** It is its framework's, and nobody recorded one of the contract itself. */
  readonly ofFramework?: boolean
  readonly start: CivilDate | null
  readonly nation?: Nation | null
  readonly subject?: Subject | null
  /** A call-off stands under its framework's law, which may be the older one. */
  readonly callOff?: boolean
  /** The first day of the framework that it calls off from; null where that is not recorded. */
  readonly frameworkStart?: CivilDate | null
}

/** Under which law a contract stands; null where that is not known. */
export interface ContractLaw {
  readonly regime: Regime | null
  /** The regime is not recorded, or cannot be what is recorded: it was taken from other facts. */
  readonly assumed: boolean
  /** What it was taken from, where that is not the start alone. */
  readonly because?: string
  /** What speaks against what is recorded: a question, and until it is answered no tasks. */
  readonly contradiction?: string
}

export function regimeOf(facts: LawFacts): ContractLaw {
  const { regime, start, nation = null, subject = null } = facts
  if (regime === 'PA23' && start !== null && start < PA23_FROM) {
    const contradiction =
      'recorded as under the Procurement Act 2023, but it starts before 24 Feb 2025'
    return { regime, assumed: false, contradiction }
  }
  // Who lets a framework decides nothing about whom the Act binds.
  if (regime === null || facts.ofFramework === true) {
    if (nation === 'scotland') return taken('other', 'a Scottish authority (s.2(5))')
    if (nation === 'northern-ireland') return taken('other', 'a Northern Ireland authority (s.112)')
  }
  if (regime !== null) return { regime, assumed: false }
  if (subject === 'health services') {
    return nation === 'wales'
      ? taken('other', 'health services in Wales')
      : taken('PSR23', 'health care services')
  }
  if (subject !== null) return taken('other', SUBJECT_WORDS[subject])
  if (start === null) return { regime: null, assumed: false }
  if (start < PA23_FROM) return { regime: 'PCR15', assumed: true }
  if (facts.callOff !== true) return { regime: 'PA23', assumed: true }
  const { frameworkStart = null } = facts
  if (frameworkStart === null) {
    return {
      regime: null,
      assumed: false,
      because: 'a call-off whose framework’s law is not recorded',
    }
  }
  return taken(frameworkStart < PA23_FROM ? 'PCR15' : 'PA23', 'its framework’s start')
}

/** So long a procurement that commenced under the law before may take to its start. */
const LONGEST_PROCUREMENT_MONTHS = 12

/**
 * Whether the law before the Act may hold: the Act was taken from a start soon after it came into force,
 * and what commenced before stays under PCR 2015 (SI 2024/716 reg 5).
 */
export function mayBeOlder(
  { regime, assumed }: ContractLaw,
  { start, callOff, frameworkStart = null }: LawFacts,
): boolean {
  const begun = callOff === true ? frameworkStart : start
  if (regime !== 'PA23' || !assumed || begun === null) return false
  return begun < addMonths(PA23_FROM, LONGEST_PROCUREMENT_MONTHS)
}

/**
 * Whether the Act may hold although PCR 2015 is recorded: of one that starts so long after it was revoked
 * and relies on no framework or dynamic system that was set up under it.
 */
export function mayBeNewer({ regime, start, ofFramework, callOff }: LawFacts): boolean {
  if (regime !== 'PCR15' || ofFramework === true || callOff === true || start === null) return false
  return start >= addMonths(PA23_FROM, LONGEST_PROCUREMENT_MONTHS)
}

const SUBJECT_WORDS: Readonly<Record<Exclude<Subject, 'health services'>, string>> = {
  defence: 'a defence and security contract (s.7)',
  concession: 'a concession contract (s.8)',
  utilities: 'a utilities contract (s.6)',
}

function taken(regime: Regime, because: string): ContractLaw {
  return { regime, assumed: true, because }
}

/** What a category says of the subject; null where it says nothing that decides. */
export function subjectOf(category: string | null): {
  readonly works: boolean | null
  readonly lightTouch: boolean | null
  readonly subject: Subject | null
} {
  if (category === null) return { works: null, lightTouch: null, subject: null }
  return {
    works: /\b(?:works|construction)\b/i.test(category),
    lightTouch: /\blight[ -]touch\b/i.test(category),
    subject: SUBJECT_PATTERNS.find(([, pattern]) => pattern.test(category))?.[0] ?? null,
  }
}

/** A category "utilities" buys gas and water; a utilities contract is let by a utility. */
const SUBJECT_PATTERNS: readonly (readonly [Subject, RegExp])[] = [
  ['health services', /\bhealth ?care services?\b/i],
  ['defence', /\bdefence (?:and security )?contracts?\b/i],
  ['concession', /\bconcessions?(?: contracts?)?\b/i],
  ['utilities', /\butilities contracts?\b/i],
]

/** Who buys, and where: what decides which law and which thresholds hold. Null is unknown. */

/**
 * As people know themselves. NHS trusts, foundation trusts, NHS England and NHSBSA are central
 * government authorities; integrated care boards and councils are not (SI 2024/692, Schedule 2).
 * `sub-central` is any other that is not central, as it was typed before.
 */
export const AUTHORITIES = [
  'nhs-trust',
  'icb',
  'council',
  'central',
  'university',
  'other',
  'sub-central',
] as const
export type Authority = (typeof AUTHORITIES)[number]

/** As they are asked for; `sub-central` is not offered any more. */
export const AUTHORITY_WORDS: Readonly<Record<Authority, string>> = {
  'nhs-trust': 'NHS trust or foundation trust',
  icb: 'Integrated care board',
  council: 'Council',
  central: 'Central department or agency',
  university: 'University',
  other: 'Another authority',
  'sub-central': 'Sub-central',
}
export const OFFERED_AUTHORITIES = AUTHORITIES.filter((each) => each !== 'sub-central')

export const NATIONS = ['england', 'wales', 'scotland', 'northern-ireland'] as const
export type Nation = (typeof NATIONS)[number]
export const NATION_WORDS: Readonly<Record<Nation, string>> = {
  england: 'England',
  wales: 'Wales',
  scotland: 'Scotland',
  'northern-ireland': 'Northern Ireland',
}

/** Whether the thresholds of central government hold; null where nobody has said who it is. */
export function isCentral(authority: Authority | null): boolean | null {
  return authority === null ? null : authority === 'nhs-trust' || authority === 'central'
}

/** `NHS Foundation Trust`, `ICB` and the like as people type them; what is not known is given back. */
export function typedAuthority(typed: string): string {
  const said = typed
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-')
  if (/^(?:nhs-)?(?:foundation-)?trust$|^nhs-ft$/.test(said)) return 'nhs-trust'
  if (/^integrated-care-board$/.test(said)) return 'icb'
  if (/^(?:central-)?(?:department|agency)$|^nhs-england$|^nhs-?bsa$/.test(said)) return 'central'
  return /^other-sub-central$/.test(said) ? 'other' : said
}

interface WhereItIs {
  /** Null where it is neither said nor told by the calendar. */
  readonly nation: Nation | null
  /** The calendar is another nation's than the one that was said. */
  readonly contradicts: boolean
}

/** What was said, else what the calendar tells: Scotland and Northern Ireland have their own. */
export function nationOf(said: Nation | null, calendar: Pick<Calendar, 'name'>): WhereItIs {
  const told = NATIONS.find((each) => each === calendar.name) ?? null
  if (said === null) return { nation: told, contradicts: false }
  const ofEngland = calendar.name === 'england-and-wales'
  const southern = said === 'england' || said === 'wales'
  return { nation: said, contradicts: told === null ? ofEngland && !southern : told !== said }
}
