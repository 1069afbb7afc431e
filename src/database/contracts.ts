/** Contracts as the rules see them, read in a fixed number of queries. */
import type { Pool, PoolClient } from 'pg'
import type { CivilDate } from '../rules/civil-date.ts'
import type {
  Contract,
  Decision,
  End,
  Extension,
  Form,
  Period,
  PeriodUnit,
  Precision,
  Regime,
  ValueBasis,
  VatState,
} from '../rules/contract.ts'
import { deadlinesOf } from '../rules/deadlines.ts'
import type { Decimal } from '../rules/money.ts'
import { subjectOf } from '../rules/regime.ts'
import type { MonitoredContract, RaisedAlert } from '../rules/reminder-plan.ts'
import type { RuleSettings, Rules } from '../rules/settings.ts'
import { groupedBy } from '../rules/text-match.ts'
import { nameKey } from './organisation.ts'

/** The columns of `contract` that the rules need, under the names that `ContractRow` gives them. */
export const CONTRACT_COLUMNS = `
  c.id, c.team_id AS "teamId", c.reference, c.start, c.end_kind AS "endKind",
  c.end_precision AS "endPrecision", c.end_earliest AS "endEarliest", c.end_latest AS "endLatest",
  c.maximum_end AS "maximumEnd", c.notice_amount AS "noticeAmount", c.notice_unit AS "noticeUnit",
  c.notice_text AS "noticeText", c.automatic_renewal AS "automaticRenewal", c.renewal_amount AS "renewalAmount",
  c.renewal_unit AS "renewalUnit", c.review_on AS "reviewOn", c.personal_data AS "personalData", c.route, c.value, c.currency,
  c.successor_start AS "successorStart", c.closed_on AS "closedOn", c.historic, c.watched,
  c.out_of_contract_on AS "outOfContractOn", c.disputed_end AS "disputedEnd", c.settings -> 'rules' AS rules,
  c.value_basis AS "valueBasis", c.vat, c.category, c.form,
  coalesce((SELECT f.regime FROM contract f WHERE f.id = c.parent_id), c.regime) AS regime`

export interface ContractRow {
  readonly id: number
  readonly teamId: number
  readonly reference: string
  readonly start: CivilDate | null
  readonly endKind: 'dated' | 'undated' | 'rolling'
  readonly endPrecision: Precision | null
  readonly endEarliest: CivilDate | null
  readonly endLatest: CivilDate | null
  readonly maximumEnd: CivilDate | null
  readonly noticeAmount: number | null
  readonly noticeUnit: PeriodUnit | null
  readonly noticeText: string | null
  readonly automaticRenewal: boolean | null
  readonly renewalAmount: number | null
  readonly renewalUnit: PeriodUnit | null
  readonly reviewOn: CivilDate | null
  readonly personalData: boolean | null
  readonly route: string | null
  readonly value: Decimal | null
  readonly currency: string
  readonly successorStart: CivilDate | null
  readonly closedOn: CivilDate | null
  readonly historic: boolean
  readonly watched: boolean
  readonly outOfContractOn: CivilDate | null
  readonly disputedEnd: CivilDate | null
  readonly valueBasis: ValueBasis
  readonly vat: VatState
  readonly category: string | null
  readonly form: Form
  /** Its framework's, else its own: a call-off stands under its framework's law. */
  readonly regime: Regime | null
  /** What is changed of the rules for this contract alone. */
  readonly rules: RuleSettings | null
}

/** A contract's facts without its deadlines, which depend on the rules. */
export interface ContractRecord {
  readonly row: ContractRow
  readonly contract: Contract
  readonly alerts: readonly RaisedAlert[]
}

/** The contracts of these ids, in the order of their ids. */
export async function readContracts(
  client: Pool | PoolClient,
  ids: readonly number[],
): Promise<ContractRecord[]> {
  if (ids.length === 0) return []
  const rows = await client.query<ContractRow>(
    `SELECT ${CONTRACT_COLUMNS} FROM contract c WHERE c.id = ANY($1) ORDER BY c.id`,
    [ids],
  )
  return completeContracts(client, rows.rows)
}

/** Adds extensions, decisions and living alerts to rows that were read already. */
export async function completeContracts(
  client: Pool | PoolClient,
  rows: readonly ContractRow[],
): Promise<ContractRecord[]> {
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.id)
  const extensions = await client.query<Extension & { contractId: number }>(
    `SELECT contract_id AS "contractId", kind, status, from_on AS "from", to_on AS "to", cost, known_on AS "knownOn"
     FROM extension WHERE contract_id = ANY($1) ORDER BY from_on, to_on, id`,
    [ids],
  )
  const decisions = await client.query<Decision & { contractId: number }>(
    `SELECT contract_id AS "contractId", deadline, deadline_on AS "deadlineOn", text, evidence, decided_on AS "decidedOn"
     FROM decision WHERE contract_id = ANY($1) AND withdrawn_at IS NULL ORDER BY id`,
    [ids],
  )
  const alerts = await client.query<RaisedAlert & { contractId: number }>(
    `SELECT contract_id AS "contractId", kind, deadline_on AS "deadlineOn", rung, raised_on AS "raisedOn",
            state, paused_until AS "pausedUntil"
     FROM alert WHERE contract_id = ANY($1) AND state <> 'superseded' ORDER BY id`,
    [ids],
  )
  const extensionsOf = groupedBy(extensions.rows, ofContract)
  const decisionsOf = groupedBy(decisions.rows, ofContract)
  const alertsOf = groupedBy(alerts.rows, ofContract)
  return rows.map((row) => ({
    row,
    contract: contractOf(row, extensionsOf.get(row.id) ?? [], decisionsOf.get(row.id) ?? []),
    alerts: alertsOf.get(row.id) ?? [],
  }))
}

/** What `planWarnings` asks for. */
export function monitoredContract(
  record: ContractRecord,
  laddersFrom: CivilDate | null,
  rules: Rules,
): MonitoredContract {
  return {
    contract: record.contract,
    deadlines: deadlinesOf(record.contract, rules),
    alerts: record.alerts,
    laddersFrom,
    watched: record.row.watched,
  }
}

export function contractOf(
  row: ContractRow,
  extensions: readonly Extension[],
  decisions: readonly Decision[],
): Contract {
  return {
    start: row.start,
    awardedEnd: awardedEndOf(row),
    disputedEnd: row.disputedEnd,
    awardedMaximumEnd: row.maximumEnd,
    extensions,
    noticeText: row.noticeText,
    noticePeriod: periodOf(row.noticeAmount, row.noticeUnit),
    automaticRenewal: row.automaticRenewal,
    renewalTerm: periodOf(row.renewalAmount, row.renewalUnit),
    reviewOn: row.reviewOn,
    personalData: row.personalData,
    route: row.route,
    value: row.value,
    currency: row.currency,
    valueBasis: row.valueBasis,
    vat: row.vat,
    regime: row.regime,
    ...workOf(row.category),
    decisions,
    successorStart: row.successorStart,
    closed: row.closedOn !== null,
    historic: row.historic,
  }
}

function workOf(category: string | null): Pick<Contract, 'works' | 'lightTouch'> {
  const { works, lightTouch } = subjectOf(category)
  return { works, lightTouch }
}

function awardedEndOf(row: ContractRow): End {
  if (row.endKind !== 'dated') return { kind: row.endKind }
  const { endEarliest, endLatest, endPrecision } = row
  if (endEarliest === null || endLatest === null) {
    throw new Error(
      `Contract ${row.id} is dated but has no end: the database breaks its own check.`,
    )
  }
  return {
    kind: 'dated',
    earliest: endEarliest,
    latest: endLatest,
    precision: endPrecision ?? 'day',
  }
}

export function periodOf(amount: number | null, unit: PeriodUnit | null): Period | null {
  return amount === null || unit === null ? null : { amount, unit }
}

function ofContract({ contractId }: { readonly contractId: number }): number {
  return contractId
}

/** Suppliers are the same whatever their case, punctuation and legal form. */
export function supplierKey(supplier: string | null): string | null {
  if (supplier === null) return null
  const key = nameKey(supplier)
  const short = key.replace(/ (limited|ltd|plc|llp|inc|incorporated|co|company)$/g, '')
  return short === '' ? key : short
}
