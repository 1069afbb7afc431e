/** The lists of the weekly summary: which contracts stand in each, and what is said of them there. */

import type { Pool, PoolClient } from 'pg'
import {
  beforeItsEnd,
  CLAIMED,
  EARLIEST_END,
  IS_END,
  IS_WATCHED,
  LEADS_NOTHING,
  stillAsks,
  WATCHED,
} from '../database/contracts.ts'
import { tables } from '../database/prisma.ts'
import { addDays, type CivilDate, DUE_DAYS_AHEAD } from '../rules/civil-date.ts'
import { isEnd, SOON_DAYS } from '../rules/contract.ts'
import { pick } from '../rules/text-match.ts'
import { type Calendar, ukCalendar } from '../rules/working-days.ts'
import { SUMMARISED, type SummaryItem, type SummaryList, type WeeklyFacts } from '../text/facts.ts'
import type { ImportProblemFact } from '../text/import-result.ts'
import { askedWords } from '../text/people.ts'
import { accruingWords } from '../text/prices.ts'
import { emergencyNote, routeNote, unreadNote } from '../text/weekly.ts'
import { counted, dateWords, uncertainEnd } from '../text/words.ts'
import { readRemarks } from './contract.ts'
import { type OutOfContract, readOutOfContract } from './costs.ts'
import { type ChangesAsked, readChanges } from './weekly-changes.ts'

interface WeeklyAsked extends Omit<ChangesAsked, 'since' | 'listed'> {
  /** The day of the last summary; null where there was none: then a week is looked back. */
  readonly since: CivilDate | null
  /** How many hours late it is sent; null where it is in time. */
  readonly hoursLate?: number | null
  /** What the rules have to remark, such as a date past the last known bank holiday. */
  readonly remarks?: readonly string[]
  /** How many items of each list are read at most, for the file; totals are always exact. */
  readonly listed?: number
  /** By which silence is counted. */
  readonly calendar?: Calendar
}

/** Enough for a team's file, little enough to be kept with the delivery. */
const LISTED = 1000

/** Runs work as a place for it comes free. */
type InTurn = <T>(work: () => Promise<T>) => Promise<T>

/**
 * What the weekly summary says. Historic, closed and switched-off contracts are in no list. A
 * deadline may stand in several lists (an end in four days is due this week and within 30 days).
 */
export async function weeklyFacts(
  pool: Pool,
  {
    organisationId,
    teamId,
    slot,
    since,
    hoursLate = null,
    remarks = [],
    listed = LISTED,
    calendar = ukCalendar('any-uk'),
  }: WeeklyAsked,
  inTurn: InTurn = (work) => work(),
): Promise<WeeklyFacts> {
  const asked = [organisationId, teamId, slot, listed] as const
  const read = async (name: ContractListName): Promise<SummaryList> => {
    const rows = await readList(pool, name, asked)
    const total = rows[0]?.total ?? 0
    if (name === 'unfit') return remarked(pool, total, rows, slot)
    const items = rows.map((row) => listedItemOf(row, name, slot))
    if (name === 'unclassified') {
      const named = items.map((item, at) => ({ ...item, contractId: rows[at]?.contractId ?? 0 }))
      return { total, items: named }
    }
    if (name === 'untold') {
      const asked = rows.map(({ note }) =>
        note === null ? null : askedWords(JSON.parse(note), slot, calendar),
      )
      return { total, items: items.map((item, at) => ({ ...item, note: asked[at] ?? null })) }
    }
    if (name !== 'outOfContract') return { total, items }
    const costs = await readAccruing(pool, organisationId, teamId, slot)
    return {
      total,
      items: items.map((item, index) => accrued(item, costs.get(rows[index]?.contractId ?? 0))),
    }
  }
  const from = since ?? addDays(slot, -7)
  const [figures, { changed, created }, unread, ...lists] = await Promise.all([
    inTurn(() => readCounts(pool, organisationId, teamId)),
    inTurn(() => readChanges(pool, { organisationId, teamId, since: from, slot, listed })),
    inTurn(() => readUnread(pool, organisationId, teamId, listed)),
    ...LISTS.map((name) => inTurn(async () => [name, await read(name)] as const)),
  ])
  const arrived =
    created === 0 ? [] : [`${counted(created, 'new contract')} since ${dateWords(from)}.`]
  return {
    slot,
    since: from,
    ...figures,
    hoursLate,
    ...(Object.fromEntries(lists) as Record<ContractListName, SummaryList>),
    unread,
    changed,
    remarks: [...arrived, ...remarks],
  }
}

async function readCounts(
  client: Pool | PoolClient,
  organisationId: number,
  teamId: number | null,
): Promise<Pick<WeeklyFacts, 'team' | 'watched' | 'historic'>> {
  const { contract, team } = tables(client)
  const named = teamId === null ? null : await team.findFirst({ where: { id: teamId } })
  const counts = await contract.groupBy({
    by: ['historic'],
    where: {
      ...{ organisationId, OR: [{ historic: true }, IS_WATCHED] },
      ...(teamId === null ? {} : { teamId }),
    },
    _count: true,
  })
  const count = (historic: boolean) =>
    counts.find((each) => each.historic === historic)?._count ?? 0
  return { team: named?.name ?? null, watched: count(false), historic: count(true) }
}

interface ListRow extends Omit<SummaryItem, 'owner' | 'hidePrices' | 'contractId'> {
  readonly contractId: number
  readonly total: number
  readonly latest: CivilDate | null
  readonly earliestEnd: CivilDate | null
  readonly ownerName: string | null
  readonly ownerSlack: string | null
}

function listedItemOf(row: ListRow, list: ContractListName, slot: CivilDate): SummaryItem {
  const { on, daysLeft } = row
  const owner =
    row.ownerName === null && row.ownerSlack === null
      ? null
      : { name: row.ownerName ?? '', slackUser: row.ownerSlack }
  const called = { ...pick(row, ...SUMMARISED), owner, on }
  const { kind, latest, earliestEnd } = row
  if (kind !== null && isEnd(kind) && on !== null && latest !== null && earliestEnd !== latest) {
    return { ...called, kind: null, ...uncertainEnd(on, { earliestEnd, latest }, slot) }
  }
  if (list === 'unclassified') {
    const moved = on === null ? null : `the register moved its end to ${dateWords(on)}`
    return { ...called, kind: null, daysLeft: null, note: moved }
  }
  const note =
    list === 'emergencies'
      ? row.note && emergencyNote(JSON.parse(row.note))
      : list === 'routes'
        ? routeNote(row)
        : row.note
  return { ...called, kind: row.kind, daysLeft, note }
}

/** What does not fit together, by the rules; contracts of which they have nothing to remark go. */
async function remarked(
  client: Pool | PoolClient,
  total: number,
  rows: readonly ListRow[],
  slot: CivilDate,
): Promise<SummaryList> {
  const remarks = await readRemarks(
    client,
    rows.map(({ contractId }) => contractId),
  )
  const items = rows.flatMap((row) => {
    const of = remarks.filter(({ contractId }) => contractId === row.contractId)
    const note = of.map(({ text }) => text).join('; ')
    return of.length === 0 ? [] : [{ ...listedItemOf(row, 'unfit', slot), note }]
  })
  return { total: total - (rows.length - items.length), items }
}

async function readAccruing(
  client: Pool | PoolClient,
  organisationId: number,
  teamId: number | null,
  slot: CivilDate,
): Promise<ReadonlyMap<number, OutOfContract>> {
  const found = await readOutOfContract(client, { organisationId, teamId, today: slot })
  return new Map(found.map((each) => [each.contractId, each]))
}

/** What it costs by the day takes the place of the remark that it is still supplied. */
function accrued(item: SummaryItem, costs: OutOfContract | undefined): SummaryItem {
  return costs === undefined
    ? item
    : { ...item, note: `Still supplied: ${accruingWords(costs, item.currency)}` }
}

/**
 * Rows that were rejected and never put right. A row that could not be read belongs to no team
 * yet: the default team hears of it, and every team that has contracts from the same source.
 */
async function readUnread(
  client: Pool | PoolClient,
  organisationId: number,
  teamId: number | null,
  listed: number,
): Promise<SummaryList> {
  const { rows } = await client.query<UnreadRow>(UNREAD, [organisationId, teamId, listed])
  return { total: rows[0]?.total ?? 0, items: rows.map(unreadItem) }
}

interface UnreadRow extends Omit<ImportProblemFact, 'severity' | 'before'> {
  readonly total: number
  readonly source: string
}

const UNREAD = `
  WITH found AS MATERIALIZED (
    SELECT DISTINCT ON (p.source_id, p.at) p.*
      FROM import_problem p
     WHERE p.organisation_id = $1 AND p.severity = 'error' AND p.resolved_import_id IS NULL
       AND ($2::int IS NULL OR EXISTS (SELECT FROM team t WHERE t.id = $2 AND t.is_default)
            OR EXISTS (SELECT FROM contract c WHERE c.source_id = p.source_id AND c.team_id = $2))
     ORDER BY p.source_id, p.at, p.import_id DESC, p.id)
  SELECT (SELECT count(*)::int FROM found) AS total, s.name AS source, f.at, f.reference, f.field,
         f.value, f.problem, f.remedy
    FROM found f JOIN source s ON s.id = f.source_id
   ORDER BY s.name, f.id LIMIT $3`

function unreadItem(row: UnreadRow): SummaryItem {
  return {
    ...unreadNote(row),
    ...{ title: null, supplier: null, owner: null, value: null, currency: '' },
    ...{ kind: null, on: null, daysLeft: null },
  }
}

// The lists of the weekly summary, one query each. Every query names the contracts it finds as
// rows of (contract_id, kind, on_day, days_left, note): what a contract is called comes later, for
// the first ones only, so that a list of 100,000 costs a scan and not a join.
//
// $1 organisation, $2 team or null, $3 the slot's day.

export const MONITORED = `c.organisation_id = $1 AND ($2::int IS NULL OR c.team_id = $2)
  AND ${WATCHED}`

// A settlement may have no day (a signed successor), but it always has a reason.
const OPEN = `d.settled_why IS NULL AND ${stillAsks('$3::date')}`

/** SQL: rows of a list, of these tables, where this holds as well; the days left are those to `daysTo`. */
function listed(
  tables: string,
  fits: string,
  on = 'NULL::date',
  note = 'NULL',
  kind = 'NULL',
  daysTo = on,
): string {
  return `
  SELECT c.id AS contract_id, ${kind} AS kind, ${on} AS on_day, ${daysTo} - $3::date AS days_left, ${note} AS note
    FROM ${tables} WHERE ${MONITORED} AND ${fits}`
}

/** The same of deadlines that are open. */
function deadlines(fits: string, note = 'NULL', on = 'd.due_on'): string {
  const tables = 'deadline d JOIN contract c ON c.id = d.contract_id'
  return listed(tables, `${OPEN} AND ${fits}`, on, note, 'd.kind')
}

const EXTENSIONS = 'extension e JOIN contract c ON c.id = e.contract_id'

/** Past its end, also where only the month is known, and nothing recorded that covers it. */
const OUT_OF_CONTRACT_LIST = deadlines(
  `${IS_END} AND d.due_on < $3 AND c.current_latest < $3`,
  `CASE WHEN c.out_of_contract_on IS NOT NULL THEN 'still supplied, without a contract' END`,
  'c.current_latest',
)

/**
 * What asks for a decision: of a contract that is over its end alone. Reviews have a list of their own;
 * whether a contract renews is a question, and no date missed.
 */
export const DECISIONS = `NOT ${LEADS_NOTHING} AND ${beforeItsEnd('$3::date')}
  AND ${stillAsks('$3::date')}`

/** Of an end known to the month, quarter or year: overdue only after the latest day it may mean. */
const LATEST = 'coalesce(d.latest_on, d.due_on)'

const STILL_RUNS = '(c.current_latest IS NULL OR c.current_latest >= $3)'

/** With those that process personal data and have no review to come: nobody would be asked again. */
const REVIEWS = [
  deadlines(
    `d.kind = 'review' AND d.due_on <= $3::date + ${SOON_DAYS} AND ${STILL_RUNS}`,
    `CASE WHEN c.personal_data THEN 'Of data protection' END`,
  ),
  listed(
    'contract c',
    `c.personal_data AND ${STILL_RUNS} AND NOT EXISTS (
       SELECT FROM deadline d WHERE d.contract_id = c.id AND d.kind = 'review' AND ${OPEN})`,
    'NULL::date',
    `'It processes personal data, and no review is to come: set its date'`,
  ),
].join(' UNION ALL ')

/** A date passed without a decision, while the contract still runs. */
const OVERDUE = deadlines(`${DECISIONS} AND NOT ${IS_END} AND ${LATEST} < $3`)

const DECIDE_THIS_WEEK = deadlines(
  `${DECISIONS} AND d.due_on <= $3::date + 6
     AND (d.due_on >= $3 OR NOT ${IS_END} AND ${LATEST} > d.due_on AND ${LATEST} >= $3)`,
)

/** Start-bys on assumed routes whose range has begun, or begins soon: planned, not overdue. */
const ROUTES_TO_NAME = deadlines(
  `d.kind = 'start-by' AND d.from_on <= $3::date + ${SOON_DAYS} AND d.due_on >= $3`,
  'd.from_on::text',
)

/** Ends by the earliest possible day; an end that may fall any day belongs to the nearest band. */
function lapseBetween(from: number, to: number): string {
  const since = from === 0 ? 'c.current_latest >= $3' : `d.due_on >= $3::date + ${from}`
  return deadlines(`${IS_END} AND ${since} AND d.due_on <= $3::date + ${to}`)
}

const EMERGENCIES = listed(
  EXTENSIONS,
  `e.kind = 'emergency' AND e.status = 'confirmed' AND $3 BETWEEN e.from_on AND e.to_on`,
  'e.to_on',
  `jsonb_build_object('since', e.from_on, 'cost', e.cost::text, 'currency', e.currency)::text`,
  `'emergency-end'`,
)

/** Later ends from registers, of which nobody has said what they were: asked about once a week. */
const UNCLASSIFIED = listed(
  EXTENSIONS,
  `e.kind = 'unknown' AND e.status IN ('confirmed', 'presumed')`,
  ...(['e.to_on', 'NULL', 'NULL', 'NULL::date'] as const),
)

/**
 * Extensions that overlap, leave a gap or pass the maximum end. Finds too many rather than too few:
 * an end known to the month leaves its days open, which the rules then see.
 */
const UNFIT = `
  SELECT DISTINCT contract_id, NULL AS kind, NULL::date AS on_day, NULL::date - $3::date AS days_left, NULL AS note
    FROM (SELECT c.id AS contract_id, e.from_on, e.to_on, c.maximum_end,
                 greatest(c.end_latest, max(e.to_on) OVER (
                   PARTITION BY e.contract_id ORDER BY e.from_on, e.to_on, e.id
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS covered
            FROM ${EXTENSIONS}
           WHERE ${MONITORED} AND e.status IN ('confirmed', 'presumed')) e
   WHERE to_on > maximum_end OR from_on <> covered + 1`

const UNDATED = listed('contract c', `c.end_kind = 'undated' AND c.current_latest IS NULL`)

const ROLLING = listed('contract c', `c.end_kind = 'rolling'`)

/** Nobody is named, or who is named has left. */
const UNOWNED = listed(
  'contract c LEFT JOIN person p ON p.id = c.owner_id',
  '(c.owner_id IS NULL OR p.gone_on <= $3 OR p.erased_at IS NOT NULL)',
  'c.current_latest',
  `CASE WHEN c.owner_id IS NOT NULL THEN 'the owner has left' END`,
)

/**
 * Who is named cannot be told: a register knows the name, and no account is theirs. Only what is due
 * within `DUE_DAYS_AHEAD`, and where people have accounts at all.
 */
const UNTOLD = listed(
  'contract c JOIN person p ON p.id = c.owner_id',
  `p.slack_user IS NULL AND p.gone_on IS NULL AND p.erased_at IS NULL AND NOT (${CLAIMED})
     AND EXISTS (SELECT FROM deadline d WHERE d.contract_id = c.id AND d.settled_why IS NULL
       AND d.due_on BETWEEN $3 AND $3::date + ${DUE_DAYS_AHEAD})
     AND EXISTS (SELECT FROM person a WHERE a.organisation_id = $1 AND a.slack_user IS NOT NULL)`,
  'c.current_latest',
  `CASE WHEN p.asked_on IS NOT NULL THEN jsonb_build_object('askedOn', p.asked_on,
     'claimedOn', p.claimed_on, 'deniedOn', p.denied_on)::text END`,
  `'end'`,
)

const CONTRACT_LISTS = {
  outOfContract: OUT_OF_CONTRACT_LIST,
  overdue: OVERDUE,
  decideThisWeek: DECIDE_THIS_WEEK,
  lapseIn30: lapseBetween(0, 30),
  lapseIn60: lapseBetween(31, 60),
  lapseIn90: lapseBetween(61, 90),
  emergencies: EMERGENCIES,
  unclassified: UNCLASSIFIED,
  unfit: UNFIT,
  routes: ROUTES_TO_NAME,
  reviews: REVIEWS,
  undated: UNDATED,
  rolling: ROLLING,
  unowned: UNOWNED,
  untold: UNTOLD,
} as const

type ContractListName = keyof typeof CONTRACT_LISTS
const LISTS = Object.keys(CONTRACT_LISTS) as ContractListName[]

/**
 * The first of a list with what their contracts are called, and how many there are in all. The nearest
 * day stands first; what has no day stands by reference.
 * @param asked organisation, team or null, day, and how many
 */
export async function readList(
  client: Pool | PoolClient,
  name: ContractListName,
  asked: readonly [number, number | null, CivilDate, number],
): Promise<ListRow[]> {
  const { rows } = await client.query<ListRow>(
    `WITH found AS MATERIALIZED (${CONTRACT_LISTS[name]}),
       first AS (SELECT * FROM found ORDER BY on_day, contract_id, kind LIMIT $4)
  SELECT (SELECT count(*)::int FROM found) AS total,
         f.contract_id AS "contractId", f.kind, f.on_day::text AS "on", f.days_left AS "daysLeft", f.note,
         c.reference, c.title, c.supplier, c.value::text AS value, c.value_basis AS "valueBasis", c.currency,
         c.current_latest::text AS latest,
         ${EARLIEST_END}::text AS "earliestEnd",
         p.display_name AS "ownerName", p.slack_user AS "ownerSlack"
    FROM first f
    JOIN contract c ON c.id = f.contract_id
    LEFT JOIN person p ON p.id = c.owner_id AND p.erased_at IS NULL
   ORDER BY f.on_day, c.reference, f.kind, c.id`,
    [...asked],
  )
  return rows
}
