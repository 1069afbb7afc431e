/**
 * The record of acts: who did what about a contract, on which day of its team's zone. What a posted
 * warning shows, what the person who acts is told, and who has just acted are read here.
 */
import type { Pool, PoolClient } from 'pg'
import { reader } from '../database/connect.ts'
import {
  baselineFor,
  LAST_EXTENSION_FIRST,
  MOVES_END,
  PRICE_COLUMNS,
  type PriceRow,
  personIn,
  pricedOf,
  REVIEW_COLUMNS,
  rowsOf,
} from '../database/contracts.ts'
import { civilDay } from '../database/organisation.ts'
import { type CivilDate, parseCivilDate } from '../rules/civil-date.ts'
import { type ReviewDays, reviewBeside } from '../rules/contract.ts'
import { decidable } from '../rules/deadlines.ts'
import type { Decimal } from '../rules/money.ts'
import { accruing, baseline, premium } from '../rules/premium.ts'
import { formFieldWords } from '../text/explain.ts'
import type { PersonFact } from '../text/facts.ts'
import type { ActionRecord } from '../text/warning.ts'
import { type AlertRow, type ContractRow, readContractRows } from './load-queries.ts'

/** Who changed a contract last, and on which day. */
export const readActors = reader<ActorRow>(`
  SELECT DISTINCT ON (a.contract_id) a.contract_id, e.by_person_id AS person_id,
         ${civilDay('e.at')} AS "on"
    FROM audit_change a JOIN audit_entry e ON e.id = a.entry_id
    JOIN contract c ON c.id = a.contract_id JOIN team t ON t.id = c.team_id
    JOIN organisation o ON o.id = c.organisation_id
   WHERE a.contract_id = ANY ($1::int[]) AND e.by_person_id IS NOT NULL
   ORDER BY a.contract_id, e.position DESC`)

export interface ActorRow {
  readonly contract_id: number
  readonly person_id: number
  readonly on: string
}

/** What settled a deadline, the latest first; what moved an end, the latest-ending first. */
export function readDecisions(
  client: Pool | PoolClient,
  contractIds: readonly number[],
): Promise<DecisionRow[]> {
  const by = (column: string) =>
    `(SELECT p.${column} FROM person p WHERE p.id = decided_by_id AND p.erased_at IS NULL)`
  return rowsOf(
    client,
    contractIds,
    'decision',
    `contract_id, deadline, deadline_on, text, evidence, decided_on AS "on",
     ${by('display_name')} AS name, ${by('slack_user')} AS slack`,
    'AND withdrawn_at IS NULL ORDER BY id DESC',
  )
}

export interface DecisionRow {
  readonly contract_id: number
  readonly deadline: string
  readonly deadline_on: CivilDate
  readonly text: string
  readonly evidence: string | null
  readonly on: CivilDate
  readonly name: string | null
  readonly slack: string | null
}

export const readExtensionRows = reader<ExtensionRow>(`
  SELECT e.contract_id, e.kind, e.from_on AS "from", e.to_on AS "to", e.cost,
         e.currency AS cost_currency, ${PRICE_COLUMNS}, ${REVIEW_COLUMNS},
         CASE WHEN e.recorded_by_id IS NULL THEN coalesce(e.known_on, ${civilDay('e.recorded_at')})
              ELSE ${civilDay('e.recorded_at')} END AS "on",
         p.display_name AS name, p.slack_user AS slack
    FROM extension e JOIN contract c ON c.id = e.contract_id JOIN team t ON t.id = c.team_id
    JOIN organisation o ON o.id = c.organisation_id
    LEFT JOIN person p ON p.id = e.recorded_by_id AND p.erased_at IS NULL
   WHERE e.contract_id = ANY ($1::int[]) AND ${MOVES_END}
   ORDER BY ${LAST_EXTENSION_FIRST}`)

export interface ExtensionRow extends PriceRow, ReviewDays {
  readonly contract_id: number
  readonly kind: string
  readonly from: CivilDate
  readonly to: CivilDate
  readonly cost: Decimal | null
  readonly cost_currency: string
  readonly on: CivilDate
  readonly name: string | null
  readonly slack: string | null
}

export interface ChangesSince {
  readonly decisions: readonly DecisionRow[]
  readonly extensions: readonly ExtensionRow[]
}

/** What was done since a message was posted that carries these alerts of contract `row`, the latest last. */
export function actsOf(
  asOf: CivilDate,
  row: ContractRow,
  alerts: readonly AlertRow[],
  { decisions, extensions }: ChangesSince,
): ActionRecord[] {
  const acts: ActionRecord[] = []
  const paused = alerts.findLast(({ paused_until: until }) => until !== null)
  if (paused?.acted_on && paused.paused_until) {
    const by = named(paused.acted_name, paused.acted_slack)
    const what = paused.state === 'snoozed' ? 'snoozed' : 'acknowledged'
    acts.push(pause(what, by, paused.acted_on, paused.paused_until))
  }
  const decision = decisions.find((each) =>
    alerts.some(
      ({ kind, deadline_on: on }) => each.deadline_on === on && each.deadline === decidable(kind),
    ),
  )
  if (decision) acts.push(decided(named(decision.name, decision.slack), decision.on, decision))
  const [extension] = extensions
  if (extension && alerts.some(({ state }) => state === 'superseded')) {
    acts.push(extended(named(extension.name, extension.slack), extension.on, extension))
  }
  const said = supply(named(row.saidName, row.saidSlack), row.saidOn, row, asOf)
  return said === null ? acts : [...acts, said]
}

/** Named, not mentioned: they know what they did. Without a name the account is all there is. */
function named(name: string | null, slackUser: string | null): PersonFact | null {
  if (name !== null) return { name, slackUser: null }
  return slackUser === null ? null : { name: '', slackUser }
}

type By = PersonFact | null

function pause(
  what: 'acknowledged' | 'snoozed',
  by: By,
  on: CivilDate,
  until: CivilDate,
): ActionRecord {
  return what === 'snoozed'
    ? { what, by, on, until, why: null }
    : { what, by, on, askedAgain: until }
}

function decided(by: By, on: CivilDate, { text, evidence }: DecisionRow): ActionRecord {
  return { what: 'decided', by, on, text, evidence }
}

/** With its price, so that whoever recorded it sees at once what it costs. */
function extended(by: By, on: CivilDate, row: ExtensionRow): ActionRecord {
  const { from, to, kind, cost, cost_currency: costCurrency } = row
  const currency = cost === null ? row.currency : costCurrency
  const price = premium({ from, to, cost }, baselineFor(row, row, costCurrency))
  const review = reviewBeside(row, from)
  return { what: 'extended', by, on, to, kind, review, price: { cost, currency, price } }
}

/** That it was closed, or is supplied without cover; null where neither was said. */
function supply(
  by: By,
  on: CivilDate | null,
  row: ContractRow,
  asOf: CivilDate,
): ActionRecord | null {
  const { closedOn, outOfContractOn: since } = row
  if (closedOn !== null) return { what: 'closed', by, on: closedOn, why: row.closedWhy ?? 'closed' }
  if (since === null) return null
  const costs = { ...accruing(baseline(pricedOf(row)), since, asOf), currency: row.currency }
  return { what: 'still-supplied', by, on: on ?? since, since, costs }
}

// The last thing that somebody did about a contract, as the answer to it tells it.

interface LastChange {
  readonly what: string
  readonly field: string | null
  /** Every field of the entry. */
  readonly fields: readonly (string | null)[]
  /** What the record says it was, and became. */
  readonly was: string | null
  readonly said: string | null
  readonly on: CivilDate
  readonly name: string | null
  readonly slackUser: string | null
  readonly owner: PersonFact | null
  readonly deputy: PersonFact | null
}

/**
 * $1 contract, $2 organisation, $3 how many of its last entries are looked at. Of each entry the first
 * change; the latest entry first. Of what an import changed people did nothing.
 */
const LAST_CHANGES = `
  SELECT last.what, last.field, last.from_value AS was, last.to_value AS said, ${civilDay('last.at')} AS "on",
         (SELECT array_agg(f.field ORDER BY f.position) FROM audit_change f
           WHERE f.entry_id = last.entry_id AND f.contract_id = c.id) AS fields,
         p.display_name AS name, p.slack_user AS "slackUser",
         ${personIn('owner_id')} AS owner, ${personIn('deputy_id')} AS deputy
    FROM contract c JOIN team t ON t.id = c.team_id JOIN organisation o ON o.id = c.organisation_id
    JOIN LATERAL (SELECT DISTINCT ON (e.position) ch.*, e.at, e.by_person_id, e.position AS entry, e.via
                  FROM audit_change ch JOIN audit_entry e ON e.id = ch.entry_id
                  WHERE ch.contract_id = c.id ORDER BY e.position DESC, ch.position LIMIT $3) last ON true
    LEFT JOIN person p ON p.id = last.by_person_id
   WHERE c.id = $1 AND c.organisation_id = $2 ORDER BY last.entry DESC`

/** How far back is looked for the act that somebody came second to. */
const MOST_ENTRIES = 50

interface ActsMeant {
  /** Only of the last so many entries about the contract; left out for the very last one. */
  readonly entries?: number
  /** Only acts of these kinds. */
  readonly kinds?: ReadonlySet<ActionRecord['what']>
}

/** The latest act that is meant; null where there is none: what an import changes is no act of people. */
export async function lastAct(
  pool: Pool,
  organisationId: number,
  contractId: number,
  today: CivilDate,
  { entries = 1, kinds }: ActsMeant = {},
): Promise<ActionRecord | null> {
  const most = Math.max(1, Math.min(entries, MOST_ENTRIES))
  const { rows } = await pool.query<LastChange>(LAST_CHANGES, [contractId, organisationId, most])
  const record = recordOf(pool, contractId)
  for (const change of rows) {
    const act = await actIn(record, change, today)
    if (act !== null && (kinds === undefined || kinds.has(act.what))) return act
  }
  return null
}

/** What entries about a contract speak of: each is read once, however many entries are looked at. */
function recordOf(pool: Pool, contractId: number) {
  const once = <Row>(read: (db: Pool, ids: readonly number[]) => Promise<Row[]>) => {
    let asked: Promise<Row[]> | undefined
    return async () => {
      asked ??= read(pool, [contractId])
      return await asked
    }
  }
  return {
    decisions: once(readDecisions),
    extensions: once(readExtensionRows),
    contract: once(readContractRows),
  }
}

type ContractRecordRead = ReturnType<typeof recordOf>

async function actIn(
  record: ContractRecordRead,
  change: LastChange,
  today: CivilDate,
): Promise<ActionRecord | null> {
  const { what, field, was, said, on, name, slackUser } = change
  const by = name === null && slackUser === null ? null : { name: name ?? '', slackUser }
  const day = parseCivilDate(said?.slice(0, 10) ?? '')
  switch (what) {
    case 'acknowledged':
    case 'snoozed':
      return pause(what, by, on, day ?? today)
    case 'decided': {
      const [decision] = await record.decisions()
      return decision === undefined ? null : decided(by, on, decision)
    }
    case 'extended': {
      const rows = await record.extensions()
      const [last] = rows
      // Somebody said what an older extension was: the entry names its last day and its kind.
      const meant = rows.find(({ kind, to }) => to !== last?.to && to === day && kind === field)
      return last === undefined ? null : extended(by, on, meant ?? last)
    }
    case 'extension withdrawn': {
      // The record has its last day, and after it the reason, where one was given; older entries have
      // that day first.
      const why = said?.slice(10).replace(/^: /, '').trim() ?? ''
      const to = day ?? parseCivilDate(was ?? '')
      if (to === null) return null
      return { what: 'withdrawn', by, on, to, kind: field ?? 'unknown', why: why || null }
    }
    case 'closed': {
      const [row] = await record.contract()
      return { what, by, on, why: row?.closedWhy ?? 'closed' }
    }
    default:
      return by === null ? null : changedBy(record, change, by, today)
  }
}

/** A field that a person changed; what an import changed is no act. */
async function changedBy(
  record: ContractRecordRead,
  { field, fields, on, owner, deputy }: LastChange,
  by: PersonFact,
  today: CivilDate,
): Promise<ActionRecord | null> {
  if (field === 'out_of_contract_on') {
    const [row] = await record.contract()
    const act = row === undefined ? null : supply(by, on, row, today)
    if (act?.what === 'still-supplied') return act
  }
  if (field === 'owner_id' || field === 'deputy_id') {
    return { what: 'assigned', by, on, owner, deputy }
  }
  const words = formFieldWords(fields)
  return words.length === 0 ? null : { what: 'edited', by, on, fields: words }
}
