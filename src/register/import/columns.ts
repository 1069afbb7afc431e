/** The columns of a contract and of an extension as an import writes them: the one list. */
import type { CopyRow } from '../../database/bulk.ts'
import { supplierKey } from '../../database/contracts.ts'
import { nameKey } from '../../database/organisation.ts'
import { coverKey } from '../../database/support.ts'
import type { CivilDate } from '../../rules/civil-date.ts'
import { documentsText } from '../../rules/contract.ts'
import { releaseGiven, wordingKey } from '../../rules/products.ts'
import { type Draft, NOTHING_SAID } from '../draft.ts'
import { awardedText, type EndsSaid, type NewExtension } from './ends-in-register.ts'

/** What a register's names stand for in this database. */
export interface Resolved {
  readonly teamId: number
  /** False where the register names no team that is known: the default one stands in. */
  readonly teamNamed: boolean
  readonly ownerId: number | null
  readonly deputyId: number | null
  readonly categoryLeadId: number | null
}

/** Column values by name; dates and decimals as text. This is the one list of the columns. */
export function fieldsOf(draft: Draft, resolved: Resolved) {
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
    shares_data: draft.sharesData ?? null,
    shared_with: draft.sharedWith ?? null,
    dpia: draft.dpia ?? null,
    call_off_by: draft.callOffBy ?? null,
    regime: draft.regime,
    route: draft.route,
    cpv: draft.cpv ?? null,
    itl: draft.itl ?? null,
    documents: documentsText(draft.documents ?? []),
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
    value_text: draft.valueText ?? null,
    notice_text: draft.noticeText ?? null,
    option_ends: draft.optionEnds?.join(' ') || null,
    rolls_from: draft.rollsFrom ?? null,
    option_by: draft.optionBy ?? null,
  }
}

export type Fields = Readonly<ReturnType<typeof fieldsOf>>
export type FieldName = keyof Fields

/** No team and nobody: to be said beside it. */
export const NOBODY: Resolved = {
  teamId: 0,
  teamNamed: false,
  ownerId: null,
  deputyId: null,
  categoryLeadId: null,
}

/** The columns in one order, for COPY and for comparison. */
export const FIELD_NAMES = Object.keys(fieldsOf(NOTHING_SAID, NOBODY)) as readonly FieldName[]

/** What the register said, kept to see next time what it has changed: its fields and its ends. */
export interface Imported extends Fields {
  readonly ends_said: string
  /** The awarded end as imports left it: another one is a person's. Missing in older imports. */
  readonly awarded?: string
  /** Its buyers, by the keys of their names. Missing in older imports. */
  readonly buyers?: string
  /** The products that it covers, as the register words them. Missing where it says nothing of them. */
  readonly covers?: string
}

export function importedFields(fields: Fields, draft: Draft): Imported {
  // What is added goes before so many fields: behind them, each would have all of them copied.
  return {
    ends_said: endsSaid(draft),
    awarded: awardedText(draft.end),
    buyers: partyKeys(draft.buyers).join('|'),
    ...(draft.covers === undefined ? {} : { covers: JSON.stringify(draft.covers) }),
    ...fields,
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
function referenceOf(draft: Draft): string {
  return (
    draft.reference ?? draft.awardOrContractId ?? draft.title ?? draft.supplier ?? `row ${draft.at}`
  )
}

/** References compare without case and spacing; their punctuation counts. */
export function referenceKey(reference: string): string {
  return reference.trim().replace(/\s+/g, ' ').toLowerCase()
}

/**
 * What the register says that a contract covers. Linked is what names product and release in columns of
 * their own, and words that somebody has answered; the rest waits. What a person chose stays: see `kept`.
 */
export function coverRows(
  {
    organisationId,
    today,
    wordings,
  }: {
    readonly organisationId: number
    readonly today: CivilDate
    readonly wordings?: ReadonlyMap<string, { product: string | null; release: string }>
  },
  contractId: number,
  covers: Draft['covers'] = [],
  kept: readonly { readonly key: string; readonly product: string | null }[] = [],
): CoverRow[] {
  const rows = new Map<string, CoverRow>()
  for (const { product: name, release: said, kind, count, custom, forAll = false } of covers) {
    const words = `${name} ${said}`.trim()
    if (words === '') continue
    const given = releaseGiven(name, said)
    const answer = wordings?.get(wordingKey(words))
    const { product = null, release = '' } = given ?? answer ?? {}
    const wording = given === null && product !== null ? wordingKey(words) : null
    // Words that mean nothing of the data are remembered as such, and ask no more.
    const key = product === null ? wordingKey(words) : coverKey({ product, release, kind })
    if (kept.some((each) => each.key === key || (product !== null && each.product === product))) {
      continue
    }
    rows.set(key, {
      ...{ organisation_id: organisationId, contract_id: contractId, key, product, release },
      ...{ words, kind, count, custom, from_register: true, chosen_on: today },
      ...{ for_all: forAll, wording },
    })
  }
  return [...rows.values()]
}

type CoverRow = CopyRow & { readonly product: string | null; readonly release: string }

export function buyerRows(contractId: number, buyers: readonly number[]): CopyRow[] {
  return buyers.map((id, position) => ({ contract_id: contractId, buyer_id: id, position }))
}

export function productRows(contractId: number, products: readonly number[]): CopyRow[] {
  return products.map((id) => ({ contract_id: contractId, product_id: id }))
}

export function importRow(
  { importId }: { readonly importId: number },
  contractId: number,
  hash: string,
  imported: Imported,
): CopyRow {
  const fields = JSON.stringify(imported)
  return { contract_id: contractId, last_import_id: importId, row_hash: hash, fields }
}

export function extensionRow(
  organisationId: number,
  contractId: number,
  currency: string,
  extension: NewExtension,
): CopyRow {
  const { kind, status, from, to, cost, knownOn, source, record } = extension
  return {
    ...{ organisation_id: organisationId, contract_id: contractId, kind, status, from_on: from },
    ...{ to_on: to, cost, currency, known_on: knownOn, source: `register: ${source}` },
    ...{ rule: record?.rule ?? null, grounds: record?.grounds ?? null },
    ...{ approver: record?.approver ?? null, notice_reference: record?.noticeReference ?? null },
    invoiced: record?.invoiced ?? null,
  }
}
