/** Facts that a delivery carries: written by this program, read with a look at their shape. */
import type { ImportFacts } from '../messages/answers/import-result.ts'
import type { BlockedFacts, DeadFacts } from '../messages/blocked.ts'
import type { GroupFacts, Message, TriageFacts, WeeklyFacts } from '../messages/facts.ts'
import type { LeaverFacts } from '../messages/leaver.ts'
import type { UnwellFacts } from '../messages/unwell.ts'
import type { WaiverFacts } from '../messages/waiver.ts'
import type { Claim } from './claim.ts'

/** Why a delivery comes to this destination instead of its own. */
export interface InsteadOf {
  readonly purpose: string
  readonly destination: string
  readonly why: string
}

export function readInsteadOf(facts: unknown): InsteadOf | null {
  const found = has(facts, 'instead_of') ? facts.instead_of : null
  return has(found, 'purpose') && has(found, 'destination') && has(found, 'why')
    ? {
        purpose: String(found.purpose),
        destination: String(found.destination),
        why: String(found.why),
      }
    : null
}

/**
 * What a message went out as, where this delivery only adds the amounts to it (`updates.ts`); the
 * claim itself where it does anything else.
 */
export function asFirstSaid(claim: Claim): Claim {
  const first = has(claim.facts, 'amounts_of') ? claim.facts.amounts_of : null
  if (!has(first, 'purpose')) return claim
  const possibleRepeat = has(first, 'possible_repeat') && first.possible_repeat === true
  return { ...claim, purpose: String(first.purpose), possibleRepeat }
}

/** Whether a posted message of this kind tells what people did about it since, with its buttons. */
export function isBroughtUpToDate({ purpose }: Pick<Claim, 'purpose'>): boolean {
  return UP_TO_DATE.has(purpose)
}

const UP_TO_DATE: ReadonlySet<string> = new Set([
  'post',
  'thread',
  'ask-again',
  'direct',
  'escalate',
  'checkpoint',
  'update',
])

/** What the sweep wrote of a group whose contracts end together. */
export function cliffIn(facts: unknown): NonNullable<GroupFacts['cliff']> | null {
  if (!has(facts, 'cliff') || !has(facts.cliff, 'by') || !has(facts.cliff, 'name')) return null
  const { by, name } = facts.cliff
  return { by: by === 'product' ? 'product' : 'supplier', name: String(name) }
}

export function isLeaver(facts: unknown): facts is LeaverFacts {
  return has(facts, 'name') && has(facts, 'contracts') && has(facts, 'nearest')
}

export function isBlocked(facts: unknown): facts is BlockedFacts {
  return has(facts, 'destination') && has(facts, 'why') && has(facts, 'instead')
}

export function isDead(facts: unknown): facts is DeadFacts {
  return has(facts, 'messages') && Array.isArray(facts.messages)
}

/** Written by this program as such; the check is against a row of another version. */
export function isTriage(facts: unknown): facts is TriageFacts {
  return has(facts, 'laddersFrom') && has(facts, 'counts') && has(facts, 'nearest')
}

export function isWaiver(facts: unknown): facts is { readonly waiver: WaiverFacts } {
  return has(facts, 'waiver') && has(facts.waiver, 'extension') && has(facts.waiver, 'headroom')
}

export function isSaid(facts: unknown): facts is Pick<Message, 'text' | 'blocks'> {
  return has(facts, 'text') && has(facts, 'blocks') && Array.isArray(facts.blocks)
}

export function isImport(facts: unknown): facts is Omit<ImportFacts, 'problems'> {
  return has(facts, 'file') && has(facts, 'source') && has(facts, 'created')
}

export function isWeekly(facts: unknown): facts is WeeklyFacts {
  return has(facts, 'slot') && has(facts, 'watched') && has(facts, 'lapseIn30')
}

export function isUnwell(facts: unknown): facts is UnwellFacts {
  return has(facts, 'findings') && Array.isArray(facts.findings) && has(facts, 'asOf')
}

export function has<Name extends string>(
  value: unknown,
  name: Name,
): value is Record<Name, unknown> {
  return typeof value === 'object' && value !== null && name in value
}
