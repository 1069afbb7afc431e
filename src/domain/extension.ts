/** Extensions: what moved a contract's end after it was awarded. */
import type { CivilDate } from './civil-date.ts'
import type { Decimal } from './money.ts'

export const EXTENSION_KINDS = ['option', 'variation', 'emergency', 'renewal', 'unknown'] as const
/**
 * `option` was in the contract; `variation` was agreed; `emergency` was unplanned, to avoid a
 * lapse; `renewal` came about by itself; `unknown` is a later end from a register, until a
 * person says what it was.
 */
export type ExtensionKind = (typeof EXTENSION_KINDS)[number]

export const EXTENSION_STATUSES = ['proposed', 'presumed', 'confirmed', 'withdrawn'] as const
/** Confirmed and presumed extensions move the end; proposed and withdrawn ones move nothing. */
export type ExtensionStatus = (typeof EXTENSION_STATUSES)[number]

export interface Extension {
  readonly kind: ExtensionKind
  readonly status: ExtensionStatus
  /** First day of the added cover. */
  readonly from: CivilDate
  /** Last day of the added cover, inclusive. */
  readonly to: CivilDate
  readonly cost: Decimal | null
  /** The civil day on which it became known; null where the register does not say. */
  readonly knownOn: CivilDate | null
}

/** Whether an extension of this status moves the contract's current end. */
export function movesEnd(extension: Pick<Extension, 'status'>): boolean {
  return extension.status === 'confirmed' || extension.status === 'presumed'
}
