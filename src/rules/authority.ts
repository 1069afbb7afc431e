/** Who buys, and where: what decides which law and which thresholds hold. Null is unknown. */
import type { Calendar } from './working-days.ts'

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

export const NATIONS = ['england', 'wales', 'scotland', 'northern-ireland'] as const
export type Nation = (typeof NATIONS)[number]

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
  if (/^(?:central-)?(?:department|agency)$/.test(said)) return 'central'
  return /^other-sub-central$/.test(said) ? 'other' : said
}

export interface WhereItIs {
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
