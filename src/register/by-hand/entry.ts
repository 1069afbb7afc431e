/** A contract as a person entered it or put it right, as a draft and as columns. */
import type { CivilDate } from '../../domain/civil-date.ts'
import type { End } from '../../domain/contract.ts'
import type { ContractInput } from '../../messages/modals/contract.ts'
import { type FieldName, fieldsOf, NOBODY } from '../apply/fields.ts'
import { cleanText, namesIn } from '../clean-text.ts'
import type { Draft } from '../draft.ts'
import { NOTHING_SAID } from '../nothing-said.ts'

/** What the form holds, with the owner as a person of this database. */
export type ContractEntry = Omit<ContractInput, 'owner'> & { readonly ownerId: number | null }

/** Where an end comes from that a person gave. */
export const BY_HAND = 'entered by hand'

/** The entry as a register would have told it; its team and owner are resolved by the caller. */
export function draftOf(entry: ContractEntry): Draft {
  const { start, maximumEnd, noticePeriod, automaticRenewal, renewalTerm, reviewOn } = entry
  const { personalData, regime, route, value, currency } = entry
  return {
    ...NOTHING_SAID,
    at: '1',
    reference: referenceText(entry.reference),
    title: textOf(entry.title),
    buyers: buyersOf(entry.buyer),
    supplier: textOf(entry.supplier),
    start,
    end: endOf(entry.endKind, entry.end),
    endSource: BY_HAND,
    maximumEnd,
    noticePeriod,
    automaticRenewal,
    renewalTerm,
    reviewOn,
    personalData,
    regime,
    route,
    value,
    valueBasis: value === null ? 'unknown' : entry.valueBasis,
    currency,
  }
}

/** A day is all that a date picker gives; dated without a day is not known. */
function endOf(kind: ContractEntry['endKind'], day: CivilDate | null): End {
  if (kind === 'rolling') return { kind }
  return day === null
    ? { kind: 'undated' }
    : { kind: 'dated', earliest: day, latest: day, precision: 'day' }
}

/** References are kept as they are typed, but for the space around and in them. */
export function referenceText(typed: string): string {
  return cleanText(typed) ?? typed.trim()
}

/** `N/A` and the like say nothing, here as in a register. */
function textOf(typed: string | null): string | null {
  return typed === null ? null : cleanText(typed)
}

/** Several buyers stand in one field with a semicolon between them. */
export function buyersOf(typed: string | null): string[] {
  return typed === null ? [] : namesIn(typed, 0)
}

/** A field of the form with the columns that hold it; `field` is what the record calls it. */
interface EntryField {
  readonly field: string
  /** Any of these may have changed. */
  readonly keys: readonly (keyof ContractEntry)[]
  readonly columns: readonly FieldName[]
}

/** Every field of the form but its buyers, which have a table of their own. */
export const ENTRY_FIELDS: readonly EntryField[] = [
  { field: 'reference', keys: ['reference'], columns: ['reference', 'reference_key'] },
  { field: 'title', keys: ['title'], columns: ['title'] },
  { field: 'supplier', keys: ['supplier'], columns: ['supplier', 'supplier_key'] },
  { field: 'team_id', keys: ['teamId'], columns: ['team_id'] },
  { field: 'owner_id', keys: ['ownerId'], columns: ['owner_id'] },
  { field: 'start', keys: ['start'], columns: ['start'] },
  {
    field: 'awarded_end',
    keys: ['endKind', 'end'],
    columns: ['end_kind', 'end_latest', 'end_earliest', 'end_precision', 'end_source'],
  },
  { field: 'maximum_end', keys: ['maximumEnd'], columns: ['maximum_end'] },
  { field: 'notice_period', keys: ['noticePeriod'], columns: ['notice_amount', 'notice_unit'] },
  { field: 'automatic_renewal', keys: ['automaticRenewal'], columns: ['automatic_renewal'] },
  { field: 'renewal_term', keys: ['renewalTerm'], columns: ['renewal_amount', 'renewal_unit'] },
  { field: 'review_on', keys: ['reviewOn'], columns: ['review_on'] },
  { field: 'personal_data', keys: ['personalData'], columns: ['personal_data'] },
  { field: 'value', keys: ['value'], columns: ['value'] },
  { field: 'currency', keys: ['currency'], columns: ['currency'] },
  { field: 'value_basis', keys: ['valueBasis'], columns: ['value_basis'] },
  { field: 'regime', keys: ['regime'], columns: ['regime'] },
  { field: 'route', keys: ['route'], columns: ['route'] },
]

/** What the entry puts into the contract's columns. */
export function columnsOf(entry: ContractEntry): Readonly<Record<FieldName, unknown>> {
  const { teamId, ownerId, valueBasis } = entry
  const fields = fieldsOf(draftOf(entry), { ...NOBODY, ownerId })
  // A correction keeps the basis that the form says, also while the value is not known.
  return { ...fields, team_id: teamId, value_basis: valueBasis }
}
