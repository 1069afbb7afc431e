/** The weekly summary: when it is due, what it says, and how it goes out once. */
import { DateTime } from 'luxon'
import type { Pool, PoolClient } from 'pg'
import { type RulesByTeam, readTeams, type Team } from '../database/organisation.ts'
import {
  addDays,
  type CivilDate,
  daysBetween,
  parseCivilDate,
  weekday,
} from '../rules/civil-date.ts'
import type { DeadlineKind, Precision } from '../rules/contract.ts'
import type { Decimal } from '../rules/money.ts'
import type { Rules } from '../rules/settings.ts'
import { unknownHolidays, workingDayOnOrAfter } from '../rules/working-days.ts'
import type { FiveFigures, SummaryItem, SummaryList, WeeklyFacts } from '../text/facts.ts'
import { accruingWords } from '../text/prices.ts'
import { amountWords, capitalised, counted, dateWords, endWords } from '../text/words.ts'
import { readCliffs } from './cliffs.ts'
import { readRemarks } from './contract.ts'
import { type OutOfContract, readOutOfContract } from './costs.ts'
import { readExposure } from './exposure.ts'
import { readPriceRules } from './ledger.ts'
import { readNotices } from './notices.ts'
import {
  type ContractListName,
  listQuery,
  monthsSpan,
  readFigures,
  readMonthsAhead,
} from './weekly-queries.ts'

/** The day of the summary in the week of `day`: its weekday, or the next working day after it. */
export function weeklySlot(day: CivilDate, weeklyOn: number, rules: Rules): CivilDate {
  return workingDayOnOrAfter(addDays(day, weeklyOn - weekday(day)), rules.calendar)
}

export interface WeeklyContext {
  readonly organisationId: number
  readonly rules: Rules
  readonly rulesOf: RulesByTeam
  /** Null for the whole organisation. */
  readonly team: Team | null
  readonly slot: CivilDate
  readonly hoursLate: number | null
  /** Another channel than the team's, or the default team's. */
  readonly destination?: string
}

/** How far ahead the estimated extra is told, and cliffs are looked for. */
const EXTRA_DAYS = 90
const CLIFF_DAYS_AHEAD = 180
const CLIFFS_LISTED = 20
const NOTICES_LISTED = 200

/** The facts of a slot's summary, with what the calendar does not know. */
export async function factsOfWeek(
  client: Pool | PoolClient,
  context: WeeklyContext,
): Promise<WeeklyFacts> {
  const { organisationId, rules, team, slot, hoursLate } = context
  const teamId = team?.id ?? null
  const ahead = unknownHolidays(addDays(slot, 365), rules.calendar)
  const last = await lastSummary(client, context)
  const facts = await weeklyFacts(client, {
    organisationId,
    teamId,
    slot,
    since: last?.on ?? null,
    hoursLate,
    remarks: ahead === null ? [] : [ahead],
  })
  const cliffs = await readCliffs(client, {
    organisationId,
    teamIds: teamId === null ? null : [teamId],
    today: slot,
    days: CLIFF_DAYS_AHEAD,
    within: rules.cliffDays,
    listed: CLIFFS_LISTED,
  })
  const figures = await readMoney(client, context)
  const notices = await readNotices(client, {
    organisationId,
    teamId,
    slot,
    authority: rules.authority,
    listed: NOTICES_LISTED,
  })
  const before = last === null || last.five === null ? null : { on: last.on, figures: last.five }
  return {
    ...facts,
    ...figures,
    before,
    notices,
    cliffs: { total: cliffs.total, items: cliffs.cliffs },
  }
}

/** The five figures and the months ahead: what would lapse is read once for both. */
async function readMoney(
  client: Pool | PoolClient,
  { organisationId, rulesOf, team, slot }: WeeklyContext,
): Promise<Required<Pick<WeeklyFacts, 'five' | 'months'>> & Pick<WeeklyFacts, 'teams'>> {
  const teamId = team?.id ?? null
  const rules = await readPriceRules(client, organisationId, rulesOf)
  const days = daysBetween(slot, monthsSpan(slot).to)
  const asked = { organisationId, teamId, slot, rules }
  const lapsing = await readExposure(client, { ...asked, asOf: slot, today: slot, days })
  const soon = lapsing.filter(({ end }) => end <= addDays(slot, EXTRA_DAYS))
  const { five, teams } = await readFigures(client, {
    ...asked,
    rulesOf,
    lapsing: soon,
    days: EXTRA_DAYS,
  })
  const months = await readMonthsAhead(client, { ...asked, lapsing })
  return { five, months, ...(team === null ? { teams } : {}) }
}

/**
 * The summary before: its day, and the figures as it told them; null where there was none. They are
 * not reckoned anew: people compare with what they read.
 */
async function lastSummary(
  client: Pool | PoolClient,
  { organisationId, team, slot }: WeeklyContext,
): Promise<{ readonly on: CivilDate; readonly five: FiveFigures | null } | null> {
  const found = await client.query<{ on: CivilDate; five: FiveFigures | null }>(
    `SELECT as_of AS "on", facts -> 'five' AS five FROM delivery
      WHERE organisation_id = $1 AND subject = $2 AND purpose = 'weekly' AND as_of < $3
      ORDER BY as_of DESC, id DESC LIMIT 1`,
    [organisationId, subjectOf(team), slot],
  )
  return found.rows[0] ?? null
}

function subjectOf(team: Team | null): string {
  return team === null ? 'organisation' : `team:${team.id}`
}

/**
 * Queues a summary; a second one of the same slot and destination is not queued, nor an older one
 * after a newer: the clock was ahead once, and what people read last would not be the latest.
 */
export async function queueWeekly(
  client: Pool | PoolClient,
  context: WeeklyContext,
  facts: WeeklyFacts,
): Promise<boolean> {
  const teams = await readTeams(client, context.organisationId)
  const team = context.team ?? teams.find((each) => each.isDefault)
  if (!team)
    throw new Error('There is no default team: start Lapsewatch once so that it makes one.')
  const queued = await client.query(
    `INSERT INTO delivery (organisation_id, team_id, subject, purpose, sequence, destination, as_of, facts)
     SELECT $1, $2, $3, 'weekly', $4, $5, $6, $7
      WHERE NOT EXISTS (SELECT FROM delivery newer
        WHERE newer.organisation_id = $1 AND newer.subject = $3 AND newer.purpose = 'weekly'
          AND newer.destination = $5 AND newer.sequence > $4)
     ON CONFLICT DO NOTHING`,
    [
      context.organisationId,
      team.id,
      subjectOf(context.team),
      Number(context.slot.replaceAll('-', '')),
      context.destination ?? team.channel,
      context.slot,
      JSON.stringify(facts),
    ],
  )
  return queued.rowCount === 1
}

/** The instant of a civil day and a time of day in a zone; where the clock skips it, the next one that exists. */
export function instantOf(
  day: CivilDate,
  time: { readonly hour: number; readonly minute: number },
  zone: string,
): Date {
  const [year, month, date] = day.split('-').map(Number)
  return DateTime.fromObject({ year, month, day: date, ...time } as never, { zone }).toJSDate()
}

// The facts of the weekly summary, read in a fixed number of queries however many contracts there are.

export interface WeeklyAsked {
  readonly organisationId: number
  /** Null for the whole organisation. */
  readonly teamId: number | null
  /** The civil day of the summary. */
  readonly slot: CivilDate
  /** The day of the last summary; null where there was none: then a week is looked back. */
  readonly since: CivilDate | null
  /** How many hours late it is sent; null where it is in time. */
  readonly hoursLate?: number | null
  /** What the rules have to remark, such as a date past the last known bank holiday. */
  readonly remarks?: readonly string[]
  /** How many items of each list are read at most, for the file; totals are always exact. */
  readonly listed?: number
}

/** Enough for a team's file, little enough to be kept with the delivery. */
const LISTED = 1000

/**
 * What the weekly summary says. Historic, closed and switched-off contracts are in no list. A
 * deadline may stand in several lists (an end in four days is due this week and within 30 days).
 */
export async function weeklyFacts(
  client: Pool | PoolClient,
  {
    organisationId,
    teamId,
    slot,
    since,
    hoursLate = null,
    remarks = [],
    listed = LISTED,
  }: WeeklyAsked,
): Promise<WeeklyFacts> {
  const list = async (name: ContractListName): Promise<SummaryList> => {
    const asked = [organisationId, teamId, slot, listed]
    const { rows } = await client.query<ListRow>(listQuery(name), asked)
    const total = rows[0]?.total ?? 0
    if (name === 'unfit') return remarked(client, total, rows)
    const items = rows.map((row) => listedItemOf(row, name))
    if (name !== 'outOfContract') return { total, items }
    const costs = await readAccruing(client, organisationId, teamId, slot)
    return {
      total,
      items: items.map((item, index) => accrued(item, costs.get(rows[index]?.contractId ?? 0))),
    }
  }
  const figures = await readCounts(client, organisationId, teamId)
  const from = since ?? addDays(slot, -7)
  const { changed, created } = await readChanges(client, {
    organisationId,
    teamId,
    since: from,
    slot,
    listed,
  })
  const arrived =
    created === 0 ? [] : [`${counted(created, 'new contract')} since ${dateWords(from)}.`]
  return {
    slot,
    ...figures,
    hoursLate,
    outOfContract: await list('outOfContract'),
    overdue: await list('overdue'),
    decideThisWeek: await list('decideThisWeek'),
    lapseIn30: await list('lapseIn30'),
    lapseIn60: await list('lapseIn60'),
    lapseIn90: await list('lapseIn90'),
    emergencies: await list('emergencies'),
    unclassified: await list('unclassified'),
    unfit: await list('unfit'),
    reviews: await list('reviews'),
    undated: await list('undated'),
    rolling: await list('rolling'),
    unowned: await list('unowned'),
    unread: await readUnread(client, organisationId, teamId, listed),
    changed,
    remarks: [...arrived, ...remarks],
  }
}

async function readCounts(
  client: Pool | PoolClient,
  organisationId: number,
  teamId: number | null,
): Promise<Pick<WeeklyFacts, 'team' | 'watched' | 'historic'>> {
  const { rows } = await client.query<Pick<WeeklyFacts, 'team' | 'watched' | 'historic'>>(
    `SELECT (SELECT name FROM team WHERE id = $2) AS team,
            count(*) FILTER (WHERE NOT historic AND closed_on IS NULL AND watched)::int AS watched,
            count(*) FILTER (WHERE historic)::int AS historic
       FROM contract WHERE organisation_id = $1 AND ($2::int IS NULL OR team_id = $2)`,
    [organisationId, teamId],
  )
  return rows[0] ?? { team: null, watched: 0, historic: 0 }
}

interface ListRow {
  readonly contractId: number
  readonly total: number
  readonly kind: DeadlineKind | null
  readonly on: CivilDate | null
  readonly daysLeft: number | null
  readonly note: string | null
  readonly reference: string
  readonly title: string | null
  readonly supplier: string | null
  readonly value: Decimal | null
  readonly currency: string
  readonly latest: CivilDate | null
  readonly precision: Precision | null
  readonly ownerName: string | null
  readonly ownerSlack: string | null
}

function listedItemOf(row: ListRow, list: ContractListName): SummaryItem {
  const { reference, title, supplier, value, currency, on, daysLeft } = row
  const owner =
    row.ownerName === null && row.ownerSlack === null
      ? null
      : { name: row.ownerName ?? '', slackUser: row.ownerSlack }
  const called = { reference, title, supplier, owner, value, currency, on }
  const imprecise = impreciseEnd(row, list)
  if (imprecise !== null) return { ...called, kind: null, ...imprecise }
  if (list === 'unclassified') {
    const moved = on === null ? null : `the register moved its end to ${dateWords(on)}`
    return { ...called, kind: null, daysLeft: null, note: moved }
  }
  const note = list === 'emergencies' ? emergencyWords(row.note) : row.note
  return { ...called, kind: row.kind, daysLeft, note }
}

/** What does not fit together, by the rules; contracts of which they have nothing to remark go. */
async function remarked(
  client: Pool | PoolClient,
  total: number,
  rows: readonly ListRow[],
): Promise<SummaryList> {
  const remarks = await readRemarks(
    client,
    rows.map(({ contractId }) => contractId),
  )
  const items = rows.flatMap((row) => {
    const of = remarks.filter(({ contractId }) => contractId === row.contractId)
    const note = of.map(({ text }) => text).join('; ')
    return of.length === 0 ? [] : [{ ...listedItemOf(row, 'unfit'), note }]
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

/** An end that is only known to the month is never shown as a day. */
function impreciseEnd(
  { kind, latest, precision, daysLeft }: ListRow,
  list: ContractListName,
): Pick<SummaryItem, 'daysLeft' | 'note'> | null {
  if (kind !== 'end' || latest === null || precision === null || precision === 'day') return null
  const end = endWords(latest, precision)
  if (list === 'outOfContract') return { daysLeft, note: `ended in ${end}` }
  if (daysLeft !== null && daysLeft < 0) {
    return { daysLeft: null, note: `ends in ${end}: it may have lapsed, the day is not recorded` }
  }
  return { daysLeft, note: `may end from then on: ends in ${end}, the day is not recorded` }
}

function emergencyWords(facts: string | null): string | null {
  if (facts === null) return null
  const { since, cost, currency }: { since: CivilDate; cost: Decimal | null; currency: string } =
    JSON.parse(facts)
  const price = cost === null ? 'at unknown cost' : `for ${amountWords(cost, currency)}`
  return `Since ${dateWords(since)}, ${price}`
}

// What people and registers changed since the last summary, one line for each contract.

export interface ChangesAsked {
  readonly organisationId: number
  readonly teamId: number | null
  /** From the morning of this day on … */
  readonly since: CivilDate
  /** … to the end of this one, in the organisation's time zone. */
  readonly slot: CivilDate
  readonly listed: number
}

/** The contracts that changed, the latest first, and apart from them how many are new. */
async function readChanges(
  client: Pool | PoolClient,
  { organisationId, teamId, since, slot, listed }: ChangesAsked,
): Promise<{ readonly changed: SummaryList; readonly created: number }> {
  const { rows } = await client.query<ChangeRow>(CHANGES, [
    organisationId,
    teamId,
    since,
    slot,
    listed,
  ])
  const [counts] = rows
  return {
    created: counts?.created ?? 0,
    changed: {
      total: counts?.total ?? 0,
      items: rows.flatMap((row) =>
        row.reference === null ? [] : [changedItemOf(row, row.reference)],
      ),
    },
  }
}

/** Of an update only what is news to everyone: by the column's name, in words. */
const NEWS: Readonly<Record<string, string>> = {
  end_latest: 'the awarded end',
  end_kind: 'the kind of end',
  current_latest: 'the end',
  maximum_end: 'the maximum end',
  notice_amount: 'the length of notice',
  supplier: 'the supplier',
  value: 'the value',
  owner_id: 'the owner',
}

const NEWS_KINDS = ['extended', 'decided', 'closed', 'reopened']

// One row comes back also where nothing changed, so that the counts are always there. Places are
// counted by sorting, not by a join: after a large import the planner's figures are old, and it
// joined 1,000 contracts to 100,000 changes row by row (15 s instead of 0.5 s).
const CHANGES = `
  WITH zone AS (SELECT time_zone FROM organisation WHERE id = $1),
       entries AS MATERIALIZED (
         SELECT e.id, e.position FROM audit_entry e, zone
          WHERE e.organisation_id = $1
            AND e.at >= ($3::date::timestamp AT TIME ZONE zone.time_zone)
            AND e.at < (($4::date + 1)::timestamp AT TIME ZONE zone.time_zone)),
       news AS MATERIALIZED (
         SELECT a.contract_id, e.position AS entry, a.position, a.what, a.field,
                left(a.from_value, 80) AS was, left(a.to_value, 80) AS now
           FROM entries e JOIN audit_change a ON a.entry_id = e.id
           JOIN contract c ON c.id = a.contract_id
          WHERE ($2::int IS NULL OR c.team_id = $2) AND NOT c.historic
            AND (a.what IN ('created', ${quoted(NEWS_KINDS)})
                 OR (a.what = 'updated' AND a.field IN (${quoted(Object.keys(NEWS))})))),
       dated AS (
         SELECT *, max(entry) OVER (PARTITION BY contract_id) AS latest FROM news WHERE what <> 'created'),
       placed AS MATERIALIZED (
         SELECT *, dense_rank() OVER (ORDER BY latest DESC, contract_id) AS place FROM dated),
       first AS MATERIALIZED (
         SELECT place, contract_id,
                jsonb_agg(jsonb_build_object('what', what, 'field', field, 'from', was, 'to', now)
                          ORDER BY entry, position) AS changes
           FROM placed WHERE place <= $5 GROUP BY place, contract_id)
  SELECT counts.*, c.reference, c.title, c.supplier, c.value::text AS value, c.currency, first.changes
    FROM (SELECT coalesce((SELECT max(place)::int FROM placed), 0) AS total,
                 (SELECT count(DISTINCT contract_id)::int FROM news WHERE what = 'created') AS created) counts
    LEFT JOIN first ON true
    LEFT JOIN contract c ON c.id = first.contract_id
   ORDER BY first.place`

interface ChangeRow {
  readonly total: number
  readonly created: number
  readonly reference: string | null
  readonly title: string | null
  readonly supplier: string | null
  readonly value: SummaryItem['value']
  readonly currency: string | null
  readonly changes: readonly Change[] | null
}
interface Change {
  readonly what: string
  readonly field: string | null
  readonly from: string | null
  readonly to: string | null
}

function changedItemOf(row: ChangeRow, reference: string): SummaryItem {
  return {
    reference,
    title: row.title,
    supplier: row.supplier,
    owner: null,
    kind: null,
    on: null,
    daysLeft: null,
    value: row.value,
    currency: row.currency ?? '',
    note: (row.changes ?? []).map(changeWords).join('; '),
  }
}

function changeWords({ what, field, from, to }: Change): string {
  if (what === 'extended') return `extended to ${said(to)}${field === null ? '' : ` (${field})`}`
  if (what !== 'updated' || field === null) {
    const about = field === null ? what : `${what} (${field})`
    return to === null ? about : `${about}: ${said(to)}`
  }
  const name = NEWS[field] ?? field
  // People are rows: their numbers mean nothing to a reader.
  if (field === 'owner_id') return to === null ? `${name} was removed` : `${name} changed`
  return from === null
    ? `${name} is now ${said(to)}`
    : `${name} was ${said(from)}, is now ${said(to)}`
}

function said(value: string | null): string {
  const date = value === null ? null : parseCivilDate(value)
  return date === null ? (value ?? 'unknown') : dateWords(date)
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(', ')
}

// Rows of registers that could not be read, for the weekly summary.

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

interface UnreadRow {
  readonly total: number
  readonly source: string
  readonly at: string
  readonly reference: string | null
  readonly field: string | null
  readonly value: string | null
  readonly problem: string
  readonly remedy: string
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
  const place = /^\d+$/.test(row.at) ? `line ${row.at}` : row.at
  const reference = row.reference === null ? '' : ` (${row.reference})`
  const field = row.field === null ? '' : `${row.field} "${row.value ?? ''}": `
  return {
    reference: `${row.source}, ${place}${reference}`,
    title: null,
    supplier: null,
    owner: null,
    kind: null,
    on: null,
    daysLeft: null,
    value: null,
    currency: '',
    note: `${field}${row.problem.replace(/\.$/, '')}. ${capitalised(row.remedy)}`,
  }
}
