/** Who is mentioned in the warning of a deadline: one person, never everybody. */
import type { DeadlineKind } from './deadline-kinds.ts'

const ROLES = ['owner', 'deputy', 'category lead', 'finance partner'] as const
export type Role = (typeof ROLES)[number]

/** Who answers for a contract; null where nobody is named. */
export interface ContractPeople<Person> {
  readonly owner: Person | null
  readonly deputy: Person | null
  readonly categoryLead: Person | null
  readonly financePartner: Person | null
}

export interface Addressee<Person> {
  readonly role: Role
  readonly person: Person
}

/** `start`: a procurement has to begin; `cost`: money is spent without cover, or nobody knows how much. */
export type Responsibility = 'start' | 'cost' | 'rest'

/** A start is the category lead's, money without cover the finance partner's, the rest the owner's. */
export function responsibilityFor(kind: DeadlineKind, outOfContract: boolean): Responsibility {
  if (kind === 'start-by') return 'start'
  return outOfContract && (kind === 'end' || kind === 'emergency-end') ? 'cost' : 'rest'
}

/**
 * The one to speak to; null where nobody is left, so that the team's channel is all there is.
 * Somebody who has gone is passed over: after the owner comes the deputy.
 */
export function addresseeOf<Person extends { readonly gone: boolean }>(
  responsibility: Responsibility,
  people: ContractPeople<Person>,
): Addressee<Person> | null {
  const { owner, deputy, categoryLead, financePartner } = people
  const chain: readonly (readonly [Role, Person | null])[] = [
    ...(responsibility === 'start' ? [['category lead', categoryLead] as const] : []),
    ...(responsibility === 'cost' ? [['finance partner', financePartner] as const] : []),
    ['owner', owner],
    ['deputy', deputy],
  ]
  for (const [role, person] of chain) {
    if (person !== null && !person.gone) return { role, person }
  }
  return null
}
