/** One contract as the answers and forms about it know it. */
import type { CivilDate } from '../../domain/civil-date.ts'
import type { PeriodUnit, Precision } from '../../domain/contract.ts'
import type { Decimal } from '../../domain/money.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Subject } from '../../messages/buttons/action.ts'
import type { ContractFacts, PersonFact } from '../../messages/facts.ts'
import type { Named } from '../../messages/naming.ts'
import type { Responsible } from '../access.ts'
import type { BotContext } from './context.ts'
import { RESPONSIBLE } from './responsible.ts'

export interface FullRow extends Responsible {
  readonly id: number
  readonly version: number
  readonly teamId: number
  readonly reference: string
  readonly title: string | null
  readonly supplier: string | null
  readonly buyer: string | null
  readonly start: CivilDate | null
  readonly endKind: 'dated' | 'undated' | 'rolling'
  readonly endPrecision: Precision | null
  readonly endLatest: CivilDate | null
  readonly currentLatest: CivilDate | null
  /** The register's earlier end, where people recorded a later one. */
  readonly disputedEnd: CivilDate | null
  /** The framework under which it was called off. */
  readonly parent: string | null
  readonly maximumEnd: CivilDate | null
  readonly noticeAmount: number | null
  readonly noticeUnit: PeriodUnit | null
  readonly automaticRenewal: boolean | null
  readonly renewalAmount: number | null
  readonly renewalUnit: PeriodUnit | null
  readonly reviewOn: CivilDate | null
  readonly personalData: boolean | null
  readonly regime: string | null
  readonly route: string | null
  readonly value: Decimal | null
  readonly valueBasis: string
  readonly currency: string
  readonly watched: boolean
  readonly watchReason: string | null
  readonly closedOn: CivilDate | null
  readonly closedWhy: string | null
  readonly outOfContractOn: CivilDate | null
  readonly source: string
  readonly people: Readonly<Record<Role, PersonFact | null>>
  /** Those that still hold, the most urgent first. */
  readonly alerts: readonly LivingAlert[]
}

export type Role = 'owner' | 'deputy' | 'categoryLead' | 'financePartner'

export interface LivingAlert {
  readonly id: number
  readonly kind: string
  readonly state: 'open' | 'acknowledged' | 'snoozed'
}

/**
 * The contract with its people and living alerts, in one query.
 * @throws Refusal where the organisation has no such contract.
 */
export async function readContract(
  { pool, organisationId }: BotContext,
  contractId: number,
): Promise<FullRow> {
  const found = await pool.query<FullRow>(CONTRACT, [contractId, organisationId])
  const [row] = found.rows
  if (row === undefined) {
    throw new Refusal('That contract is gone: it may have been removed with its register.')
  }
  return row
}

const person = (column: string) => `(
  SELECT jsonb_build_object('name', coalesce(p.display_name, ''), 'slackUser', p.slack_user)
  FROM person p WHERE p.id = c.${column} AND p.erased_at IS NULL)`

const CONTRACT = `
  SELECT c.id, c.version, c.team_id AS "teamId", ${RESPONSIBLE}, c.reference, c.title, c.supplier,
         (SELECT string_agg(b.name, '; ' ORDER BY cb.position) FROM contract_buyer cb
          JOIN buyer b ON b.id = cb.buyer_id WHERE cb.contract_id = c.id) AS buyer,
         c.start, c.end_kind AS "endKind", c.end_precision AS "endPrecision",
         c.end_latest AS "endLatest", c.current_latest AS "currentLatest", c.disputed_end AS "disputedEnd",
         (SELECT f.reference FROM contract f WHERE f.id = c.parent_id) AS parent,
         c.maximum_end AS "maximumEnd", c.notice_amount AS "noticeAmount",
         c.notice_unit AS "noticeUnit", c.automatic_renewal AS "automaticRenewal",
         c.renewal_amount AS "renewalAmount", c.renewal_unit AS "renewalUnit",
         c.review_on AS "reviewOn", c.personal_data AS "personalData", c.regime, c.route, c.value, c.value_basis AS "valueBasis",
         c.currency, c.watched, c.watch_reason AS "watchReason", c.closed_on AS "closedOn",
         c.closed_why AS "closedWhy", c.out_of_contract_on AS "outOfContractOn", s.name AS source,
         jsonb_build_object('owner', ${person('owner_id')}, 'deputy', ${person('deputy_id')},
           'categoryLead', ${person('category_lead_id')},
           'financePartner', ${person('finance_partner_id')}) AS people,
         coalesce((SELECT jsonb_agg(jsonb_build_object('id', a.id, 'kind', a.kind, 'state', a.state)
                                    ORDER BY a.deadline_on, a.rung, a.id)
                   FROM alert a WHERE a.contract_id = c.id
                     AND a.state IN ('open', 'acknowledged', 'snoozed')), '[]') AS alerts
  FROM contract c JOIN team t ON t.id = c.team_id JOIN source s ON s.id = c.source_id
  WHERE c.id = $1 AND c.organisation_id = $2`

/** What buttons and forms act on: the contract as it stands now. */
export function subjectOf({ id, version, alerts }: FullRow): Subject {
  return { contractId: id, version, alertIds: alerts.map((alert) => alert.id) }
}

export function namedOf({ reference, title, supplier }: FullRow): Named {
  return { reference, title, supplier }
}

export function contractFactsOf(row: FullRow): ContractFacts {
  return {
    ...namedOf(row),
    buyer: row.buyer,
    team: row.team,
    owner: row.people.owner,
    value: row.value,
    currency: row.currency,
    awardedEnd: row.endLatest,
    currentEnd: row.currentLatest,
    disputedEnd: row.disputedEnd,
    personalData: row.personalData,
    // An extension names its day; only an awarded end may be known to the month alone.
    endPrecision: row.currentLatest === row.endLatest ? row.endPrecision : 'day',
  }
}
