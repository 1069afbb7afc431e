/** On which rule an extension may rest: a list to start with, that an organisation can change. */
import type { Regime } from '../../domain/contract.ts'
import { HEADROOM_RULES } from '../../domain/headroom-rules.ts'

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
