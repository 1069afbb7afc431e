/** Contracts as an export shows them, read batch by batch. */
import type { Pool } from 'pg'
import { periodOf } from '../../database/contracts.ts'
import type { CivilDate } from '../../rules/civil-date.ts'
import {
  documentsOf,
  type Extension,
  type LinkedDocument,
  type Period,
  type PeriodUnit,
  type Precision,
} from '../../rules/contract.ts'
import type { Decimal } from '../../rules/money.ts'
import type { ExtensionRecord } from '../draft.ts'

export interface ExportedContract {
  readonly externalId: string
  readonly source: string
  readonly reference: string
  readonly lot: string | null
  readonly title: string | null
  readonly supplier: string | null
  readonly reseller: string | null
  readonly department: string | null
  readonly category: string | null
  readonly team: string
  readonly owner: string | null
  readonly ownerEmail: string | null
  readonly deputy: string | null
  readonly deputyEmail: string | null
  readonly categoryLead: string | null
  readonly categoryLeadEmail: string | null
  readonly form: string
  readonly parent: string | null
  readonly predecessor: string | null
  readonly successor: string | null
  readonly start: CivilDate | null
  readonly endKind: 'dated' | 'undated' | 'rolling'
  readonly endPrecision: Precision | null
  readonly endEarliest: CivilDate | null
  readonly endLatest: CivilDate | null
  readonly maximumEnd: CivilDate | null
  /** The day to which each option reaches, where there are several. */
  readonly optionEnds: string | null
  readonly currentLatest: CivilDate | null
  readonly notice: Period | null
  /** What stands there where no length could be read. */
  readonly noticeText: string | null
  readonly automaticRenewal: boolean | null
  readonly renewal: Period | null
  readonly reviewOn: CivilDate | null
  readonly callOffBy: CivilDate | null
  readonly rollsFrom: CivilDate | null
  readonly optionBy: CivilDate | null
  readonly personalData: boolean | null
  readonly sharesData: boolean | null
  readonly sharedWith: string | null
  readonly dpia: string | null
  readonly regime: string | null
  readonly route: string | null
  readonly cpv: string | null
  readonly itl: string | null
  readonly documents: readonly LinkedDocument[]
  readonly units: Decimal | null
  readonly unitPrice: Decimal | null
  readonly value: Decimal | null
  readonly valueText: string | null
  readonly valueBasis: string
  readonly vat: string
  readonly vatRecoverable: string
  readonly currency: string
  readonly periodicCharge: Decimal | null
  readonly chargeUnit: string | null
  readonly invoicedLastYear: Decimal | null
  readonly oneOffCharges: Decimal | null
  readonly minimumExtension: Period | null
  readonly isClosed: boolean
  readonly historic: boolean
  readonly watched: boolean
  /** How far the record of changes went when it was read. */
  readonly asOf: number
  readonly buyers: readonly string[]
  readonly products: readonly string[]
  readonly covers: readonly {
    /** Its name in the data, or the words that nobody has linked. */
    readonly product: string
    readonly release: string
    readonly kind: string | null
    readonly count: number | null
    readonly custom: boolean | null
    readonly forAll: boolean
  }[]
  readonly extensions: readonly ExportedExtension[]
}

export type ExportedExtension = Extension & ExtensionRecord

const BATCH = 1000

/** The contracts of these ids, in the order given, in bounded memory. */
export async function* exportedContracts(
  pool: Pool,
  organisationId: number,
  ids: readonly number[],
): AsyncGenerator<ExportedContract> {
  for (let from = 0; from < ids.length; from += BATCH) {
    const batch = ids.slice(from, from + BATCH)
    const found = await pool.query<Row>(CONTRACTS, [organisationId, batch])
    for (const row of found.rows) yield contractOf(row)
  }
}

interface Row
  extends Omit<
    ExportedContract,
    'notice' | 'renewal' | 'minimumExtension' | 'owner' | 'deputy' | 'categoryLead' | 'documents'
  > {
  readonly documents: string | null
  readonly owner: string | null
  readonly deputy: string | null
  readonly categoryLead: string | null
  readonly noticeAmount: number | null
  readonly noticeUnit: PeriodUnit | null
  readonly renewalAmount: number | null
  readonly renewalUnit: PeriodUnit | null
  readonly minimumAmount: number | null
  readonly minimumUnit: PeriodUnit | null
}

function contractOf(row: Row): ExportedContract {
  const { noticeAmount, noticeUnit, renewalAmount, renewalUnit, minimumAmount, minimumUnit } = row
  return {
    ...row,
    documents: documentsOf(row.documents),
    notice: periodOf(noticeAmount, noticeUnit),
    renewal: periodOf(renewalAmount, renewalUnit),
    minimumExtension: periodOf(minimumAmount, minimumUnit),
  }
}

/** People who were erased are nobody; presumed and withdrawn extensions are not the register's. */
const CONTRACTS = `
  SELECT c.external_id AS "externalId", s.name AS source, c.reference, c.lot, c.title, c.supplier,
         c.reseller, c.department, c.category, t.name AS team,
         o.display_name AS owner, o.email AS "ownerEmail", d.display_name AS deputy,
         d.email AS "deputyEmail", l.display_name AS "categoryLead", l.email AS "categoryLeadEmail",
         c.form, parent.reference AS parent, c.predecessor, c.successor, c.start, c.end_kind AS "endKind",
         c.end_precision AS "endPrecision", c.end_earliest AS "endEarliest", c.end_latest AS "endLatest", c.maximum_end AS "maximumEnd", c.option_ends AS "optionEnds",
         c.current_latest AS "currentLatest", c.notice_amount AS "noticeAmount", c.notice_text AS "noticeText",
         c.notice_unit AS "noticeUnit", c.automatic_renewal AS "automaticRenewal",
         c.renewal_amount AS "renewalAmount", c.renewal_unit AS "renewalUnit",
         c.review_on AS "reviewOn", c.call_off_by AS "callOffBy",
         c.rolls_from AS "rollsFrom", c.option_by AS "optionBy",
         c.personal_data AS "personalData", c.shares_data AS "sharesData", c.shared_with AS "sharedWith", c.dpia, c.regime, c.route, c.cpv, c.itl, c.documents, c.units, c.unit_price AS "unitPrice", c.value, c.value_text AS "valueText",
         c.value_basis AS "valueBasis", c.vat, c.vat_recoverable AS "vatRecoverable", c.currency,
         c.periodic_charge AS "periodicCharge", c.charge_unit AS "chargeUnit",
         c.invoiced_last_year AS "invoicedLastYear", c.one_off_charges AS "oneOffCharges",
         c.minimum_extension_amount AS "minimumAmount", c.minimum_extension_unit AS "minimumUnit",
         c.closed_on IS NOT NULL AS "isClosed", c.historic, c.watched,
         (SELECT coalesce(max(position), 0)::int FROM audit_entry WHERE organisation_id = $1) AS "asOf",
         ARRAY(SELECT b.name FROM contract_buyer cb JOIN buyer b ON b.id = cb.buyer_id
               WHERE cb.contract_id = c.id ORDER BY cb.position) AS buyers,
         ARRAY(SELECT p.name FROM contract_product cp JOIN product p ON p.id = cp.product_id
               WHERE cp.contract_id = c.id ORDER BY p.name) AS products,
         coalesce((SELECT json_agg(json_build_object('product', coalesce(v.product, v.words, ''),
             'release', v.release, 'kind', v.kind, 'count', v.count, 'custom', v.custom, 'forAll', v.for_all) ORDER BY v.id)
           FROM cover v WHERE v.contract_id = c.id), '[]') AS covers,
         coalesce((SELECT json_agg(json_build_object('kind', e.kind, 'status', e.status, 'from', e.from_on,
             'to', e.to_on, 'cost', e.cost::text, 'knownOn', e.known_on, 'rule', e.rule, 'grounds', e.grounds,
             'approver', e.approver, 'noticeReference', e.notice_reference, 'invoiced', e.invoiced::text)
             ORDER BY e.from_on, e.to_on, e.id)
           FROM extension e WHERE e.contract_id = c.id AND e.status IN ('confirmed', 'proposed')), '[]') AS extensions
  FROM contract c JOIN team t ON t.id = c.team_id JOIN source s ON s.id = c.source_id
  LEFT JOIN contract parent ON parent.id = c.parent_id
  LEFT JOIN person o ON o.id = c.owner_id AND o.erased_at IS NULL
  LEFT JOIN person d ON d.id = c.deputy_id AND d.erased_at IS NULL
  LEFT JOIN person l ON l.id = c.category_lead_id AND l.erased_at IS NULL
  WHERE c.organisation_id = $1 AND c.id = ANY($2) ORDER BY array_position($2::int[], c.id)`
