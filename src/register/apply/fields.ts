/** A draft as the columns of `contract`: what an import compares, applies and keeps. */
import { nameKey } from '../../db/organisation.ts'
import { supplierKey } from '../../db/supplier-key.ts'
import type { Draft } from '../draft.ts'
import { awardedText, type EndsSaid } from './register-ends.ts'

/** Column values by name; dates and decimals as text. */
export interface Fields {
  readonly reference: string
  readonly reference_key: string
  readonly lot: string | null
  readonly title: string | null
  readonly supplier: string | null
  readonly supplier_key: string | null
  readonly reseller: string | null
  readonly department: string | null
  readonly category: string | null
  readonly team_id: number
  readonly owner_id: number | null
  readonly deputy_id: number | null
  readonly category_lead_id: number | null
  readonly form: string
  readonly predecessor: string | null
  readonly successor: string | null
  readonly start: string | null
  readonly end_kind: string
  readonly end_precision: string | null
  readonly end_earliest: string | null
  readonly end_latest: string | null
  readonly end_source: string | null
  readonly maximum_end: string | null
  readonly notice_amount: number | null
  readonly notice_unit: string | null
  readonly automatic_renewal: boolean | null
  readonly renewal_amount: number | null
  readonly renewal_unit: string | null
  readonly review_on: string | null
  readonly personal_data: boolean | null
  readonly regime: string | null
  readonly route: string | null
  readonly units: string | null
  readonly unit_price: string | null
  readonly value: string | null
  readonly value_basis: string
  readonly vat: string
  readonly vat_recoverable: string
  readonly currency: string
  readonly periodic_charge: string | null
  readonly charge_unit: string | null
  readonly invoiced_last_year: string | null
  readonly one_off_charges: string | null
  readonly minimum_extension_amount: number | null
  readonly minimum_extension_unit: string | null
  readonly edition: string | null
  readonly unit_price_per: string | null
}
export type FieldName = keyof Fields

/** What a register's names stand for in this database. */
export interface Resolved {
  readonly teamId: number
  /** False where the register names no team that is known: the default one stands in. */
  readonly teamNamed: boolean
  readonly ownerId: number | null
  readonly deputyId: number | null
  readonly categoryLeadId: number | null
}

export function fieldsOf(draft: Draft, resolved: Resolved): Fields {
  const reference = referenceOf(draft)
  const dated = draft.end.kind === 'dated' ? draft.end : null
  return {
    reference,
    reference_key: referenceKey(reference),
    lot: draft.lot,
    title: draft.title,
    supplier: draft.supplier,
    supplier_key: supplierKey(draft.supplier),
    reseller: draft.reseller,
    department: draft.department,
    category: draft.category,
    team_id: resolved.teamId,
    owner_id: resolved.ownerId,
    deputy_id: resolved.deputyId,
    category_lead_id: resolved.categoryLeadId,
    form: draft.form,
    predecessor: draft.predecessor,
    successor: draft.successor,
    start: draft.start,
    end_kind: draft.end.kind,
    end_precision: dated?.precision ?? null,
    end_earliest: dated?.earliest ?? null,
    end_latest: dated?.latest ?? null,
    end_source: draft.endSource,
    maximum_end: draft.maximumEnd,
    notice_amount: draft.noticePeriod?.amount ?? null,
    notice_unit: draft.noticePeriod?.unit ?? null,
    automatic_renewal: draft.automaticRenewal,
    renewal_amount: draft.renewalTerm?.amount ?? null,
    renewal_unit: draft.renewalTerm?.unit ?? null,
    review_on: draft.reviewOn,
    personal_data: draft.personalData ?? null,
    regime: draft.regime,
    route: draft.route,
    units: draft.units,
    unit_price: draft.unitPrice,
    value: draft.value,
    value_basis: draft.valueBasis,
    vat: draft.vat,
    vat_recoverable: draft.vatRecoverable,
    currency: draft.currency,
    periodic_charge: draft.prices?.periodicCharge ?? null,
    charge_unit: draft.prices?.chargeUnit ?? null,
    invoiced_last_year: draft.prices?.invoicedLastYear ?? null,
    one_off_charges: draft.prices?.oneOffCharges ?? null,
    minimum_extension_amount: draft.prices?.minimumExtension?.amount ?? null,
    minimum_extension_unit: draft.prices?.minimumExtension?.unit ?? null,
    edition: draft.unitTerms?.edition ?? null,
    unit_price_per: draft.unitTerms?.unitPricePer ?? null,
  }
}

/** The columns in one order, for COPY and for comparison. */
export const FIELD_NAMES: readonly FieldName[] = [
  'reference',
  'reference_key',
  'lot',
  'title',
  'supplier',
  'supplier_key',
  'reseller',
  'department',
  'category',
  'team_id',
  'owner_id',
  'deputy_id',
  'category_lead_id',
  'form',
  'predecessor',
  'successor',
  'start',
  'end_kind',
  'end_precision',
  'end_earliest',
  'end_latest',
  'end_source',
  'maximum_end',
  'notice_amount',
  'notice_unit',
  'automatic_renewal',
  'renewal_amount',
  'renewal_unit',
  'review_on',
  'personal_data',
  'regime',
  'route',
  'units',
  'unit_price',
  'value',
  'value_basis',
  'vat',
  'vat_recoverable',
  'currency',
  'periodic_charge',
  'charge_unit',
  'invoiced_last_year',
  'one_off_charges',
  'minimum_extension_amount',
  'minimum_extension_unit',
  'edition',
  'unit_price_per',
]

/** What the register said, kept to see next time what it has changed: its fields and its ends. */
export interface Imported extends Fields {
  readonly ends_said: string
  /** The awarded end as imports left it: another one is a person's. Missing in older imports. */
  readonly awarded?: string
  /** Its buyers, by the keys of their names. Missing in older imports. */
  readonly buyers?: string
}

export function importedFields(fields: Fields, draft: Draft): Imported {
  return {
    ...fields,
    ends_said: endsSaid(draft),
    awarded: awardedText(draft.end),
    buyers: partyKeys(draft.buyers).join('|'),
  }
}

export function endsSaid(draft: EndsSaid): string {
  return JSON.stringify([draft.end, draft.currentEnd, draft.extensions])
}

/** What `endsSaid` wrote. */
export function readEndsSaid(text: string): EndsSaid {
  const [end, currentEnd, extensions] = JSON.parse(text) as [
    EndsSaid['end'],
    EndsSaid['currentEnd'],
    EndsSaid['extensions'],
  ]
  return { end, currentEnd, extensions }
}

/** Names as parties are told apart by, each once. */
export function partyKeys(names: readonly string[]): string[] {
  return [...new Set(names.map(nameKey))]
}

/** What people will call it: its reference, else its title, else its supplier. */
export function referenceOf(draft: Draft): string {
  return (
    draft.reference ?? draft.awardOrContractId ?? draft.title ?? draft.supplier ?? `row ${draft.at}`
  )
}

/** References compare without case and spacing; their punctuation counts. */
export function referenceKey(reference: string): string {
  return reference.trim().replace(/\s+/g, ' ').toLowerCase()
}
