/**
 * In which state a contract is on a day, and what a warning about it then asks. `stateSql` of
 * `reports/contract.ts` says the same in SQL, for lists; test/contract-state.test.ts holds both
 * equal.
 */
import type { CivilDate } from './civil-date.ts'
import { type DeadlineKind, isEnd } from './contract.ts'

export const CONTRACT_STATES = [
  'active',
  'historic',
  'out-of-contract',
  'undated',
  'rolling',
  'closed',
] as const
export type ContractState = (typeof CONTRACT_STATES)[number]

export interface StateFacts {
  /** A person closed it. */
  readonly closed: boolean
  readonly historic: boolean
  readonly endKind: 'dated' | 'undated' | 'rolling'
  /** The last day of its cover as it stands; null where it has no end. */
  readonly currentEnd: CivilDate | null
  /** Evidence of what came after its end is recorded. */
  readonly endSettled: boolean
}

/** Past its end without evidence of what came after, it is out of contract; with evidence, closed. */
export function contractState(facts: StateFacts, today: CivilDate): ContractState {
  const { closed, historic, endKind, currentEnd, endSettled } = facts
  if (closed) return 'closed'
  if (historic) return 'historic'
  // An extension, or a register that disagrees, may have given an end to one that had none.
  if (currentEnd === null) return endKind === 'dated' ? 'active' : endKind
  if (currentEnd >= today) return 'active'
  return endSettled ? 'closed' : 'out-of-contract'
}

export interface WarnedOf {
  readonly kind: DeadlineKind
  readonly state: 'open' | 'acknowledged' | 'snoozed' | 'superseded' | 'closed'
}

/**
 * What can be done about a contract of this state that these alerts warn of; superseded ones count
 * for nothing. A message asks whether the service is still supplied only where it warned of the end:
 * one about a notice is no place for the answer. A card, which stands for the whole contract, asks
 * whatever its alerts are, and without any offers what an acknowledged warning does.
 */
export function warningState(
  state: ContractState,
  alerts: readonly WarnedOf[],
  { stillSupplied, isCard }: { readonly stillSupplied: boolean; readonly isCard: boolean },
): 'open' | 'acknowledged' | 'snoozed' | 'asked' | 'out-of-contract' | 'closed' {
  const living = alerts.filter((alert) => alert.state !== 'superseded')
  if (state === 'closed' || state === 'historic') return 'closed'
  if (!isCard && living.every((alert) => alert.state === 'closed')) return 'closed'
  if (state === 'out-of-contract' && (isCard || living.some(({ kind }) => isEnd(kind)))) {
    return stillSupplied ? 'out-of-contract' : 'asked'
  }
  // Of several an open one speaks, then one that was snoozed.
  return (
    (['open', 'snoozed'] as const).find((each) => living.some((alert) => alert.state === each)) ??
    'acknowledged'
  )
}
