/** A contract as a person entered it or put it right, as a draft and as columns. */

import { supplierKey } from '../../db/supplier-key.ts'
import type { CivilDate } from '../../domain/civil-date.ts'
import type { End } from '../../domain/contract.ts'
import type { ContractInput } from '../../messages/modals/contract.ts'
import { referenceKey } from '../apply/fields.ts'
import { cleanText, namesIn } from '../clean-text.ts'
import type { Draft } from '../draft.ts'

/** What the form holds, with the owner as a person of this database. */
export type ContractEntry = Omit<ContractInput, 'owner'> & { readonly ownerId: number | null }

/** Where an end comes from that a person gave. */
export const BY_HAND = 'entered by hand'

/** The entry as a register would have told it; its team and owner are resolved by the caller. */
export function draftOf(entry: ContractEntry): Draft {
  const { start, maximumEnd, noticePeriod, automaticRenewal, renewalTerm, reviewOn } = entry
  const { personalData } = entry
  const { regime, route, value, currency } = entry
  return {
    at: '1',
    reference: referenceText(entry.reference),
    lot: null,
    ocid: null,
    awardOrContractId: null,
    title: textOf(entry.title),
    buyers: buyersOf(entry.buyer),
    supplier: textOf(entry.supplier),
    reseller: null,
    department: null,
    team: null,
    owner: null,
    ownerEmail: null,
    deputy: null,
    category: null,
    categoryLead: null,
    form: 'contract',
    start,
    end: endOf(entry.endKind, entry.end),
    endSource: BY_HAND,
    maximumEnd,
    currentEnd: null,
    extensions: [],
    noticePeriod,
    automaticRenewal,
    renewalTerm,
    reviewOn,
    personalData,
    regime,
    route,
    products: [],
    units: null,
    unitPrice: null,
    value,
    valueBasis: value === null ? 'unknown' : entry.valueBasis,
    vat: 'unknown',
    vatRecoverable: 'unknown',
    currency,
    predecessor: null,
    successor: null,
    closed: false,
  }
}

/** A day is all that a date picker gives; dated without a day is not known. */
export function endOf(kind: ContractEntry['endKind'], day: CivilDate | null): End {
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
export function textOf(typed: string | null): string | null {
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
  readonly columns: (entry: ContractEntry) => Readonly<Record<string, unknown>>
}

/** Every field of the form but its buyers, which have a table of their own. */
export const ENTRY_FIELDS: readonly EntryField[] = [
  {
    field: 'reference',
    keys: ['reference'],
    columns: ({ reference }) => ({
      reference: referenceText(reference),
      reference_key: referenceKey(referenceText(reference)),
    }),
  },
  { field: 'title', keys: ['title'], columns: ({ title }) => ({ title: textOf(title) }) },
  {
    field: 'supplier',
    keys: ['supplier'],
    columns: ({ supplier }) => ({
      supplier: textOf(supplier),
      supplier_key: supplierKey(textOf(supplier)),
    }),
  },
  { field: 'team_id', keys: ['teamId'], columns: ({ teamId }) => ({ team_id: teamId }) },
  { field: 'owner_id', keys: ['ownerId'], columns: ({ ownerId }) => ({ owner_id: ownerId }) },
  { field: 'start', keys: ['start'], columns: ({ start }) => ({ start }) },
  {
    field: 'awarded_end',
    keys: ['endKind', 'end'],
    columns: ({ endKind, end }) => {
      const given = endOf(endKind, end)
      const dated = given.kind === 'dated' ? given : null
      return {
        end_kind: given.kind,
        end_latest: dated?.latest ?? null,
        end_earliest: dated?.earliest ?? null,
        end_precision: dated?.precision ?? null,
        end_source: BY_HAND,
      }
    },
  },
  {
    field: 'maximum_end',
    keys: ['maximumEnd'],
    columns: ({ maximumEnd }) => ({ maximum_end: maximumEnd }),
  },
  {
    field: 'notice_period',
    keys: ['noticePeriod'],
    columns: ({ noticePeriod }) => ({
      notice_amount: noticePeriod?.amount ?? null,
      notice_unit: noticePeriod?.unit ?? null,
    }),
  },
  {
    field: 'automatic_renewal',
    keys: ['automaticRenewal'],
    columns: ({ automaticRenewal }) => ({ automatic_renewal: automaticRenewal }),
  },
  {
    field: 'renewal_term',
    keys: ['renewalTerm'],
    columns: ({ renewalTerm }) => ({
      renewal_amount: renewalTerm?.amount ?? null,
      renewal_unit: renewalTerm?.unit ?? null,
    }),
  },
  {
    field: 'review_on',
    keys: ['reviewOn'],
    columns: ({ reviewOn }) => ({ review_on: reviewOn }),
  },
  {
    field: 'personal_data',
    keys: ['personalData'],
    columns: ({ personalData }) => ({ personal_data: personalData }),
  },
  { field: 'value', keys: ['value'], columns: ({ value }) => ({ value }) },
  { field: 'currency', keys: ['currency'], columns: ({ currency }) => ({ currency }) },
  {
    field: 'value_basis',
    keys: ['valueBasis'],
    columns: ({ valueBasis }) => ({ value_basis: valueBasis }),
  },
  { field: 'regime', keys: ['regime'], columns: ({ regime }) => ({ regime }) },
  { field: 'route', keys: ['route'], columns: ({ route }) => ({ route }) },
]

/** The columns of every field. */
export const ENTRY_COLUMNS: readonly string[] = [
  'reference',
  'reference_key',
  'title',
  'supplier',
  'supplier_key',
  'team_id',
  'owner_id',
  'start',
  'end_kind',
  'end_latest',
  'end_earliest',
  'end_precision',
  'end_source',
  'maximum_end',
  'notice_amount',
  'notice_unit',
  'automatic_renewal',
  'renewal_amount',
  'renewal_unit',
  'review_on',
  'personal_data',
  'value',
  'currency',
  'value_basis',
  'regime',
  'route',
]
