/** Contracts as an export shows them, read batch by batch. */
import type { Pool } from 'pg'
import { type ContractColumns, columnsOf } from '../../database/contracts.ts'
import type { Extension, Regime } from '../../rules/contract.ts'
import type { ExtensionRecord } from '../draft.ts'

/** The columns of a contract that an export tells. */
export const EXPORTED = [
  ...(['externalId', 'reference', 'lot', 'title', 'supplier', 'reseller', 'department'] as const),
  ...(['category', 'team', 'form', 'predecessor', 'successor', 'start', 'endKind'] as const),
  ...(['endEarliest', 'endLatest', 'maximumEnd', 'optionEnds'] as const),
  ...(['currentLatest', 'noticeAmount', 'noticeUnit', 'noticeText', 'automaticRenewal'] as const),
  ...(['renewalAmount', 'renewalUnit', 'reviewOn', 'callOffBy', 'rollsFrom', 'optionBy'] as const),
  ...(['personalData', 'sharesData', 'sharedWith', 'dpia', 'route', 'cpv', 'itl'] as const),
  ...(['documents', 'units', 'unitPrice', 'value', 'valueText', 'valueBasis', 'vat'] as const),
  ...(['vatRecoverable', 'currency', 'periodicCharge', 'chargeUnit', 'invoicedLastYear'] as const),
  ...(['oneOffCharges', 'minimumExtensionAmount', 'minimumExtensionUnit'] as const),
  ...(['closedOn', 'historic', 'watched', 'products'] as const),
] as const

export interface ExportedContract extends Pick<ContractColumns, (typeof EXPORTED)[number]> {
  readonly source: string
  readonly parent: string | null
  /** Its own, whatever its framework's is. */
  readonly ownRegime: Regime | null
  readonly owner: string | null
  readonly ownerEmail: string | null
  readonly deputy: string | null
  readonly deputyEmail: string | null
  readonly categoryLead: string | null
  readonly categoryLeadEmail: string | null
  /** How far the record of changes went when it was read. */
  readonly asOf: number
  readonly buyers: readonly string[]
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
    yield* (await pool.query<ExportedContract>(CONTRACTS, [organisationId, batch])).rows
  }
}

/** People who were erased are nobody; presumed and withdrawn extensions are not the register's. */
const CONTRACTS = `
  SELECT ${columnsOf(EXPORTED)}, s.name AS source, parent.reference AS parent, c.regime AS "ownRegime",
         o.display_name AS owner, o.email AS "ownerEmail", d.display_name AS deputy,
         d.email AS "deputyEmail", l.display_name AS "categoryLead", l.email AS "categoryLeadEmail",
         (SELECT coalesce(max(position), 0)::int FROM audit_entry WHERE organisation_id = $1) AS "asOf",
         ARRAY(SELECT b.name FROM contract_buyer cb JOIN buyer b ON b.id = cb.buyer_id
               WHERE cb.contract_id = c.id ORDER BY cb.position) AS buyers,
         coalesce((SELECT json_agg(json_build_object('product', coalesce(v.product, v.words, ''),
             'release', v.release, 'kind', v.kind, 'count', v.count, 'custom', v.custom, 'forAll', v.for_all) ORDER BY v.id)
           FROM cover v WHERE v.contract_id = c.id), '[]') AS covers,
         coalesce((SELECT json_agg(json_build_object('kind', e.kind, 'status', e.status, 'from', e.from_on,
             'to', e.to_on, 'cost', e.cost::text, 'knownOn', e.known_on, 'rule', e.rule, 'grounds', e.grounds,
             'approver', e.approver, 'noticeReference', e.notice_reference, 'invoiced', e.invoiced::text)
             ORDER BY e.from_on, e.to_on, e.id)
           FROM extension e WHERE e.contract_id = c.id AND e.status IN ('confirmed', 'proposed')), '[]') AS extensions
  FROM contract c JOIN source s ON s.id = c.source_id
  LEFT JOIN contract parent ON parent.id = c.parent_id
  LEFT JOIN person o ON o.id = c.owner_id AND o.erased_at IS NULL
  LEFT JOIN person d ON d.id = c.deputy_id AND d.erased_at IS NULL
  LEFT JOIN person l ON l.id = c.category_lead_id AND l.erased_at IS NULL
  WHERE c.organisation_id = $1 AND c.id = ANY($2) ORDER BY array_position($2::int[], c.id)`
