/** Contracts as the rules see them, read in a fixed number of queries. */

import type { Pool, PoolClient } from 'pg'
import type { CivilDate } from '../rules/civil-date.ts'
import {
  type Answered,
  type CallOffs,
  type Contract,
  type ContractPeople,
  DEADLINE_KINDS,
  type DeadlineKind,
  type Decision,
  END_KINDS,
  type End,
  type Extension,
  endOn,
  leadsNothing,
  type Period,
  type PeriodUnit,
  type Regime,
} from '../rules/contract.ts'
import { CALL_OFF_TOLD_DAYS, deadlinesOf } from '../rules/deadlines.ts'
import type { Decimal } from '../rules/money.ts'
import {
  type Baseline,
  baseline,
  type ChargeUnit,
  type NoBaseline,
  type PricedContract,
} from '../rules/premium.ts'
import { subjectOf } from '../rules/regime.ts'
import type { MonitoredContract, RaisedAlert } from '../rules/reminder-plan.ts'
import type { RuleSettings, Rules } from '../rules/settings.ts'
import type { Contract as Columns } from './generated/client.ts'
import { nameKey } from './organisation.ts'

// The columns of `contract c` that are read, each once: its name in rows, its type and its SQL. What the
// rules need, what prices are made from and what messages tell are three choices of them; an import,
// which compares field by field, adds its own to what the rules need.

export interface ContractColumns extends Readonly<Omit<Columns, 'settings' | 'unitPricePer'>> {
  readonly unitPricePer: ChargeUnit | null
  /** What it is called off from; null where nothing is recorded. */
  readonly framework: FrameworkRow | null
  /** The earliest day of its current end, as it is recorded; null where it has none. */
  readonly earliestEnd: CivilDate | null
  /** The first day of the framework that it calls off from. */
  readonly frameworkStart: CivilDate | null
  /** Its framework's, else its own: a call-off stands under its framework's law. */
  readonly regime: Regime | null
  /** The regime is the framework's, as nobody recorded its own. */
  readonly ofFramework: boolean
  /** It is watched, and neither of the past nor closed. */
  readonly isWarnedOf: boolean
  /** What is changed of the rules for this contract alone. */
  readonly rules: RuleSettings | null
  readonly team: string
  readonly owner: NamedPerson | null
  readonly categoryLead: NamedPerson | null
  /** The first of its buyers. */
  readonly buyer: string | null
  /** By name. */
  readonly products: readonly string[]
}

interface NamedPerson {
  readonly name: string
  readonly slackUser: string | null
}

interface FrameworkRow {
  readonly reference: string
  readonly callOffBy: CivilDate | null
  readonly end: CivilDate | null
}

/** SQL: the buyers of `contract c`, as one text; and the first of them. */
export const BUYERS = `(SELECT string_agg(b.name, '; ' ORDER BY cb.position) FROM contract_buyer cb
  JOIN buyer b ON b.id = cb.buyer_id WHERE cb.contract_id = c.id)`
export const FIRST_BUYER = `(SELECT b.name FROM contract_buyer cb JOIN buyer b ON b.id = cb.buyer_id
  WHERE cb.contract_id = c.id ORDER BY cb.position LIMIT 1)`

/** SQL, and as Prisma asks for it: `contract c` is neither of the past nor closed. */
export const LIVE = 'NOT c.historic AND c.closed_on IS NULL'
export const IS_LIVE = { historic: false, closedOn: null } as const

/** The condition for a contract that is warned of, in SQL and for Prisma. */
export const WATCHED = `${LIVE} AND c.watched`
export const IS_WATCHED = { ...IS_LIVE, watched: true } as const

/** SQL: the first day of the end of `contract c` as people recorded it, whatever a register disputes. */
export const EARLIEST_END = `CASE WHEN c.disputed_end IS NULL THEN c.current_earliest
  WHEN c.current_latest = c.end_latest THEN c.end_earliest ELSE c.current_latest END`

/** SQL: deadline `d` is of one of these kinds. */
const ofKinds = (kinds: readonly DeadlineKind[]) =>
  `d.kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')})`
export const IS_END = ofKinds(END_KINDS)
export const LEADS_NOTHING = ofKinds(DEADLINE_KINDS.filter(leadsNothing))

/** SQL: until when framework `f` runs, which may have been closed before its end. */
export const FRAMEWORK_END = 'least(f.current_earliest, f.closed_on)'

/** SQL: whether what comes after contract `c` may be called off from its parent `f`. */
export const RELIES_ON =
  "f.form IN ('framework', 'contract') AND c.form NOT IN ('framework', 'lot')"

/** Where a column is called otherwise than its name, word by word. */
const CALLED: Partial<Record<keyof ContractColumns, string>> = {
  rules: "c.settings -> 'rules'",
  framework: `(SELECT json_build_object('reference', f.reference, 'callOffBy', f.call_off_by,
                 'end', ${FRAMEWORK_END})
               FROM contract f WHERE f.id = c.parent_id AND ${RELIES_ON})`,
  frameworkStart: '(SELECT f.start FROM contract f WHERE f.id = c.parent_id)',
  ofFramework: `c.regime IS NULL
    AND EXISTS (SELECT FROM contract f WHERE f.id = c.parent_id AND f.regime IS NOT NULL)`,
  isWarnedOf: WATCHED,
  earliestEnd: EARLIEST_END,
  team: '(SELECT t.name FROM team t WHERE t.id = c.team_id)',
  owner: personIn('owner_id'),
  categoryLead: personIn('category_lead_id'),
  products: `ARRAY(SELECT p.name FROM contract_product cp JOIN product p ON p.id = cp.product_id
    WHERE cp.contract_id = c.id ORDER BY p.name)`,
  buyer: FIRST_BUYER,
  regime:
    "coalesce((SELECT f.regime FROM contract f WHERE f.id = c.parent_id AND c.regime IS DISTINCT FROM 'other'), c.regime)",
}

/** SQL: the person in a column of `contract c`, as messages name people; null for nobody, or who is erased. */
export function personIn(column: string): string {
  return `(
  SELECT jsonb_build_object('name', coalesce(p.display_name, ''), 'slackUser', p.slack_user)
  FROM person p WHERE p.id = c.${column} AND p.erased_at IS NULL)`
}

/** SQL: somebody said that they are `person p` of a register, and nobody has said otherwise. */
export const CLAIMED = 'p.claimed_on IS NOT NULL AND p.denied_on IS NULL'

/** SQL: deadline `d` is of an end, or before that of `contract c`: what is over asks for nothing else. */
export function beforeItsEnd(day: string): string {
  return `(${IS_END} OR c.current_latest IS NULL OR c.current_latest >= ${day})`
}

/**
 * SQL: whether deadline `d` still asks for something; a last call-off day does so for a time alone, and a
 * notice no longer than the term that it let begin.
 */
export function stillAsks(day: string): string {
  return `(CASE d.kind WHEN 'call-off-by' THEN d.due_on >= ${day} - ${CALL_OFF_TOLD_DAYS}
    WHEN 'notice' THEN (d.from_on IS NULL OR d.due_on >= ${day})
      AND (d.renews_to IS NULL OR d.renews_to >= ${day}) ELSE true END)`
}

/** These columns of `contract c` under the names that rows have. */
export function columnsOf(names: readonly (keyof ContractColumns)[]): string {
  return names
    .map((name) => {
      const column = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
      return `${CALLED[name] ?? `c.${column}`} AS "${name}"`
    })
    .join(', ')
}

/** The columns that the rules read. */
export const RULED = [
  'id',
  'teamId',
  'reference',
  'start',
  'endKind',
  'endPrecision',
  'endEarliest',
  'endLatest',
  'maximumEnd',
  'noticeAmount',
  'noticeUnit',
  'noticeText',
  'automaticRenewal',
  'renewalAmount',
  'renewalUnit',
  'reviewOn',
  'personalData',
  'callOffBy',
  'rollsFrom',
  'optionBy',
  'framework',
  'route',
  'value',
  'currency',
  'successorStart',
  'closedOn',
  'historic',
  'watched',
  'outOfContractOn',
  'disputedEnd',
  'valueBasis',
  'vat',
  'category',
  'form',
  'regime',
  'rules',
] as const
export type ContractRow = Pick<ContractColumns, (typeof RULED)[number]>

/** What prices are made from. */
export const PRICED = [
  'start',
  'endLatest',
  'maximumEnd',
  'value',
  'valueBasis',
  'vat',
  'currency',
  'periodicCharge',
  'chargeUnit',
  'invoicedLastYear',
  'oneOffCharges',
  'minimumExtensionAmount',
  'minimumExtensionUnit',
] as const
export const PRICE_COLUMNS = columnsOf(PRICED)
export type PriceRow = Pick<ContractColumns, (typeof PRICED)[number]>

export const TOLD = [
  'id',
  'version',
  'teamId',
  'reference',
  'title',
  'supplier',
  'start',
  'endKind',
  'endLatest',
  'currentLatest',
  'earliestEnd',
  'disputedEnd',
  'personalData',
  'documents',
  'value',
  'valueBasis',
  'currency',
  'historic',
  'closedOn',
  'closedWhy',
  'outOfContractOn',
  'ownerId',
  'deputyId',
  'categoryLeadId',
  'financePartnerId',
] as const
/** The columns that messages show. */
export const TOLD_COLUMNS = columnsOf(TOLD)
export type ToldRow = Pick<ContractColumns, (typeof TOLD)[number]>

/** A contract's facts without its deadlines, which depend on the rules. */
export interface ContractRecord<Row extends ContractRow = ContractRow> {
  readonly row: Row
  readonly contract: Contract
  readonly extensions: readonly StoredExtension[]
  readonly alerts: readonly RaisedAlert[]
}

interface StoredExtension extends Extension {
  readonly id: number
  readonly contractId: number
  readonly currency: string
  readonly rule: string | null
  readonly noticeReference: string | null
  readonly source: string | null
  readonly invoiced: Decimal | null
}

/** These columns of the contracts for which the condition on `contract c` holds. @param which SQL, its order and limit too */
export async function selectContracts<Name extends keyof ContractColumns>(
  client: Pool | PoolClient,
  names: readonly Name[],
  which: string,
  values: readonly unknown[],
): Promise<Pick<ContractColumns, Name>[]> {
  return selectOfContracts(client, columnsOf(names), which, values)
}

/** The same of any columns of `contract c`, or figures of all. @param columns SQL @param which as above */
export async function selectOfContracts<Row extends object>(
  client: Pool | PoolClient,
  columns: string,
  which: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const { rows } = await client.query<Row>(`SELECT ${columns} FROM contract c WHERE ${which}`, [
    ...values,
  ])
  return rows
}

/** The same of the contracts of these ids, in the order of the ids; with `lock` locked until the transaction ends. */
export async function readColumns<Name extends keyof ContractColumns>(
  client: Pool | PoolClient,
  ids: readonly number[],
  names: readonly Name[],
  { lock = false }: { readonly lock?: boolean } = {},
): Promise<Pick<ContractColumns, Name>[]> {
  if (ids.length === 0) return []
  const which = `c.id = ANY($1) ORDER BY c.id ${lock ? 'FOR UPDATE' : ''}`
  return selectContracts(client, names, which, [ids])
}

/** The contracts of these ids, in the order of their ids. */
export async function readContracts(
  client: Pool | PoolClient,
  ids: readonly number[],
): Promise<ContractRecord[]> {
  return completeContracts(client, await readColumns(client, ids, RULED))
}

/** Somebody who is told: by their own account, or by the one that says so of itself, which may not act. */
export interface ToldPerson {
  readonly id: number
  readonly name: string | null
  readonly email: string | null
  readonly slack: string | null
  /** How they want to hear, as that account has said. */
  readonly voice: string
  readonly gone: boolean
}

/** By id; whoever is erased is left out. */
export async function readTold(
  client: Pool | PoolClient,
  ids: readonly (number | null)[],
): Promise<ReadonlyMap<number, ToldPerson>> {
  const { rows } = await client.query<ToldPerson>(
    `SELECT p.id, p.display_name AS name, p.email, p.gone_on IS NOT NULL AS gone,
            coalesce(p.slack_user, CASE WHEN ${CLAIMED} THEN p.asked_user END) AS slack,
            coalesce((SELECT a.voice FROM person a WHERE p.slack_user IS NULL AND ${CLAIMED}
              AND a.organisation_id = p.organisation_id AND a.slack_user = p.asked_user), p.voice) AS voice
     FROM person p WHERE p.id = ANY($1::int[]) AND p.erased_at IS NULL`,
    [[...new Set(ids)]],
  )
  return new Map(rows.map((person) => [person.id, person]))
}

const ANSWERING = ['ownerId', 'deputyId', 'categoryLeadId', 'financePartnerId'] as const
type Answering = Pick<ContractColumns, (typeof ANSWERING)[number]>

/** Who answers for a contract, of the people that were read. */
export function peopleOf(
  contract: Answering,
  people: ReadonlyMap<number, ToldPerson>,
): ContractPeople<ToldPerson> {
  const [owner = null, deputy = null, categoryLead = null, financePartner = null] = ANSWERING.map(
    (name) => people.get(contract[name] ?? 0) ?? null,
  )
  return { owner, deputy, categoryLead, financePartner }
}

/** The people of these contracts, in two queries however many they are. */
export async function readPeopleOf(
  client: Pool | PoolClient,
  contractIds: readonly number[],
): Promise<ReadonlyMap<number, ContractPeople<ToldPerson>>> {
  const rows = await readColumns(client, contractIds, ['id', ...ANSWERING])
  const people = await readTold(client, rows.flatMap(peopleIds))
  return new Map(rows.map((row) => [row.id, peopleOf(row, people)]))
}

export function peopleIds(contract: Answering): number[] {
  return ANSWERING.flatMap((name) => contract[name] ?? [])
}

/**
 * What a table holds of these contracts.
 * @param columns SQL @param which SQL: an `AND` with which of them, their groups and their order
 */
export async function rowsOf<Row extends object>(
  client: Pool | PoolClient,
  contractIds: readonly number[],
  table: 'contract_buyer' | 'contract_product' | 'cover' | 'decision' | 'extension',
  columns: string,
  which: string,
): Promise<(Row & { readonly contractId: number })[]> {
  const { rows } = await client.query<Row & { readonly contractId: number }>(
    `SELECT contract_id AS "contractId", ${columns} FROM ${table} WHERE contract_id = ANY($1) ${which}`,
    [contractIds],
  )
  return rows
}

/** SQL: an object of these, by name. */
function objectOf(fields: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(fields).map(([name, column]) => `'${name}', ${column}`)
  return `json_build_object(${pairs.join(', ')})`
}

/** SQL: a list of such objects. @param from its table with `WHERE` */
export function listOf(
  fields: Readonly<Record<string, string>>,
  from: string,
  order: string,
): string {
  return `coalesce((SELECT json_agg(${objectOf(fields)} ORDER BY ${order}) FROM ${from}), '[]')`
}

/** What the rules read of other tables. */
interface Under {
  readonly extension: StoredExtension[]
  readonly decision: Decision[]
  readonly alert: RaisedAlert[]
  readonly asked: (readonly Answered[])[]
}

/** One of them, and of which contract. */
interface UnderRow {
  readonly id: number
  readonly of: keyof Under
  readonly says: unknown
}

/**
 * Extensions by date, the withdrawn ones too. `asked`: what the answers to the questions say that are open about
 * these contracts, or of which the answer is not known; of what an unattended import left to be applied what it
 * says of renewing, and a later end.
 */
const UNDER = `
  SELECT 'extension' AS of, e.contract_id AS id, e.from_on AS "from", e.to_on AS "to", e.id AS at,
         ${objectOf({
           ...{ id: 'e.id', contractId: 'e.contract_id', kind: 'e.kind', status: 'e.status' },
           ...{ from: 'e.from_on', to: 'e.to_on', cost: 'e.cost::text', currency: 'e.currency' },
           ...{ knownOn: 'e.known_on', rule: 'e.rule', noticeReference: 'e.notice_reference' },
           ...{ source: 'e.source', invoiced: 'e.invoiced::text' },
         })} AS says
    FROM extension e WHERE e.contract_id = ANY($1)
  UNION ALL
  SELECT 'decision', n.contract_id, NULL, NULL, n.id,
         ${objectOf({
           ...{ deadline: 'n.deadline', deadlineOn: 'n.deadline_on', text: 'n.text' },
           ...{ evidence: 'n.evidence', decidedOn: 'n.decided_on' },
         })}
    FROM decision n WHERE n.contract_id = ANY($1) AND n.withdrawn_at IS NULL
  UNION ALL
  SELECT 'alert', a.contract_id, NULL, NULL, a.id,
         ${objectOf({
           ...{ kind: 'a.kind', deadlineOn: 'a.deadline_on', rung: 'a.rung' },
           ...{ raisedOn: 'a.raised_on', state: 'a.state', pausedUntil: 'a.paused_until' },
         })}
    FROM alert a WHERE a.contract_id = ANY($1) AND a.state <> 'superseded'
  UNION ALL
  SELECT 'asked', r.contract_id, NULL, NULL, q.id,
         CASE WHEN q.about = 'waiting' THEN jsonb_build_array(
              CASE WHEN r.says::jsonb ->> 'gone' = 'true' THEN '{"closed": true}'::jsonb
                   ELSE (SELECT coalesce(jsonb_object_agg(d.key, d.value), '{}') FROM jsonb_each(CASE WHEN r.draft::jsonb <> 'null' THEN r.draft::jsonb ELSE '{}' END) d
                     WHERE d.key IN ('automaticRenewal', 'noticePeriod', 'noticeText', 'closed') AND d.value <> 'null'
                       OR d.key = 'end' AND d.value ->> 'latest' > coalesce(c.current_latest::text, '')) END)
            ELSE (SELECT jsonb_agg(v.value) FROM jsonb_each(r.says::jsonb) v WHERE jsonb_typeof(v.value) = 'object')
            END::json
    FROM question_contract r JOIN question q ON q.id = r.question_id JOIN contract c ON c.id = r.contract_id
   WHERE r.contract_id = ANY($2) AND coalesce(q.answer, 'not-known') = 'not-known'
   ORDER BY 1, 3, 4, 5`

/**
 * Adds extensions, decisions and living alerts to rows that were read already, however many they are, in one
 * question. It comes after the rows: what is locked with them stands still then.
 */
export async function completeContracts<Row extends ContractRow>(
  client: Pool | PoolClient,
  rows: readonly Row[],
): Promise<ContractRecord<Row>[]> {
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.id)
  const renewing = rows.flatMap((row) => (row.automaticRenewal === true ? [row.id] : []))
  const found = await client.query<UnderRow>(UNDER, [ids, renewing])
  const none = (): Under => ({ extension: [], decision: [], alert: [], asked: [] })
  const under = new Map<number, Under>()
  for (const { id, of, says } of found.rows) {
    if (says === null) continue
    const known = under.get(id) ?? none()
    const list: unknown[] = known[of]
    list.push(says)
    under.set(id, known)
  }
  return rows.map((row) => {
    const { extension: extensions, decision, alert: alerts, asked } = under.get(row.id) ?? none()
    const contract = contractOf(row, extensions, decision)
    return {
      row,
      contract: asked.length === 0 ? contract : { ...contract, asked },
      extensions,
      alerts,
    }
  })
}

/**
 * SQL: the extensions `e` that move an end, the last one first, which is the one that ends latest,
 * and of several to the same day what a person classified, then the newest: `lastExtension` of the rules.
 */
export const MOVES_END = `e.status IN ('confirmed', 'presumed')`
export const LAST_EXTENSION_FIRST = "e.to_on DESC, e.kind = 'unknown', e.id DESC"

/** SQL: what `reviewBeside` asks of contract `c`, and the first day of the extension that it runs on. */
export const REVIEW_COLUMNS = `c.personal_data AS "personalData", c.review_on AS "reviewOn",
  (SELECT max(r.decided_on) FROM decision r WHERE r.contract_id = c.id AND r.deadline = 'review'
     AND r.withdrawn_at IS NULL) AS "reviewedOn"`
export const EXTENDED_FROM = `(SELECT e.from_on FROM extension e WHERE e.contract_id = c.id AND ${MOVES_END}
  ORDER BY ${LAST_EXTENSION_FIRST} LIMIT 1) AS "extendedFrom"`

/** What `planWarnings` asks for on a day. */
export function monitoredContract(
  record: ContractRecord,
  laddersFrom: CivilDate | null,
  rules: Rules,
  day: CivilDate,
): MonitoredContract {
  return {
    contract: record.contract,
    deadlines: deadlinesOf(record.contract, rules, day),
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
    rollsFrom: row.rollsFrom,
    optionBy: row.optionBy,
    reviewOn: row.reviewOn,
    personalData: row.personalData,
    route: row.route,
    value: row.value,
    currency: row.currency,
    valueBasis: row.valueBasis,
    vat: row.vat,
    regime: row.regime,
    category: row.category,
    ...workOf(row.category),
    callOffs: callOffsOf(row),
    decisions,
    successorStart: row.successorStart,
    closed: row.closedOn !== null,
    historic: row.historic,
  }
}

/** A framework's own last call-off day binds those that rely on it, not itself. */
export function callOffsOf({
  form,
  callOffBy,
  framework,
}: Pick<ContractRow, 'form' | 'callOffBy' | 'framework'>): CallOffs | null {
  if (form === 'framework' || (framework === null && callOffBy === null && form !== 'call-off')) {
    return null
  }
  return {
    framework: framework?.reference ?? null,
    ownDay: callOffBy,
    frameworkDay: framework?.callOffBy ?? null,
    frameworkEnd: framework?.end ?? null,
  }
}

export function workOf(category: string | null): Pick<Contract, 'works' | 'lightTouch'> {
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

/** Suppliers are the same whatever their case, punctuation and legal form. */
export function supplierKey(supplier: string | null): string | null {
  if (supplier === null) return null
  const key = nameKey(supplier)
  const short = key.replace(/ (limited|ltd|plc|llp|inc|incorporated|co|company)$/g, '')
  return short === '' ? key : short
}

/** What prices are made from, as the database holds it. */

/**
 * The baseline to measure an extension with. Of one that nobody has classified there is no premium:
 * it may have been planned all along. A cost in another currency cannot be compared.
 */
export function baselineFor(
  row: PriceRow,
  extension: { readonly kind: string; readonly cost: Decimal | null },
  costCurrency: string,
): Baseline | NoBaseline {
  const { kind, cost } = extension
  if (kind === 'unknown')
    return { known: false, why: 'nobody has said what kind of extension it is' }
  if (cost === null || costCurrency === row.currency) return baseline(pricedOf(row))
  return { known: false, why: `its cost is in ${costCurrency}` }
}

export function pricedOf(
  row: PriceRow,
): PricedContract & { readonly minimumExtension: Period | null } {
  const { start, endLatest, value, valueBasis, vat, currency } = row
  const { periodicCharge, chargeUnit, invoicedLastYear, oneOffCharges } = row
  return {
    start,
    value,
    valueBasis,
    vat,
    currency,
    periodicCharge,
    chargeUnit,
    invoicedLastYear,
    oneOffCharges,
    // Prices count to the latest day that an end may mean, and need no other.
    awardedEnd: endLatest === null ? { kind: 'undated' } : endOn(endLatest),
    awardedMaximumEnd: row.maximumEnd,
    minimumExtension: periodOf(row.minimumExtensionAmount, row.minimumExtensionUnit),
  }
}
