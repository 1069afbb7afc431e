/** Where a contract ends today: its awarded end, moved by its extensions. */
import { addDays, type CivilDate } from './civil-date.ts'
import type { Contract, End } from './contract.ts'
import { type Extension, type ExtensionKind, movesEnd } from './extension.ts'

/** The extension that sets the current end, or null where the awarded end still holds. */
export function lastExtension(
  contract: Pick<Contract, 'awardedEnd' | 'extensions'>,
): Extension | null {
  let last: Extension | null = null
  for (const extension of contract.extensions) {
    if (movesEnd(extension) && (last === null || outlasts(extension, last))) last = extension
  }
  if (last === null) return null
  // A rolling contract has no awarded end that an extension could move.
  if (contract.awardedEnd.kind === 'rolling') return null
  if (contract.awardedEnd.kind === 'dated' && last.to <= contract.awardedEnd.latest) return null
  return last
}

/** Whatever the order of the list: of two to the same day the one that says more counts. */
function outlasts(a: Extension, b: Extension): boolean {
  if (a.to !== b.to) return a.to > b.to
  if (a.status !== b.status) return a.status === 'confirmed'
  return SAYS_MORE.indexOf(a.kind) < SAYS_MORE.indexOf(b.kind)
}
const SAYS_MORE: readonly ExtensionKind[] = [
  'emergency',
  'variation',
  'option',
  'renewal',
  'unknown',
]

/**
 * The current end: that of the last extension that moves it, else as awarded. Where the register
 * gives an earlier day than people recorded, it may be either, and warnings count to the earlier.
 */
export function currentEnd(
  contract: Pick<Contract, 'awardedEnd' | 'extensions' | 'disputedEnd'>,
): End {
  const end = recordedEnd(contract)
  const disputed = contract.disputedEnd ?? null
  if (disputed === null) return end
  if (end.kind !== 'dated') {
    return { kind: 'dated', earliest: disputed, latest: disputed, precision: 'day' }
  }
  return disputed < end.earliest ? { ...end, earliest: disputed } : end
}

function recordedEnd(contract: Pick<Contract, 'awardedEnd' | 'extensions'>): End {
  const last = lastExtension(contract)
  if (last === null) return contract.awardedEnd
  return { kind: 'dated', earliest: last.to, latest: last.to, precision: 'day' }
}

/** The first day without cover, counted from the earliest day on which it may end. */
export function firstDayAfter(end: End): CivilDate | null {
  return end.kind === 'dated' ? addDays(end.earliest, 1) : null
}
