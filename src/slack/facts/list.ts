/** Lists of contracts page by page: the register, what is due, what is in trouble. */
import { tables } from '../../database/prisma.ts'
import { type ContractState, stateSql } from '../../reports/contract.ts'
import { type CivilDate, daysBetween } from '../../rules/civil-date.ts'
import type { DeadlineKind, Precision } from '../../rules/contract.ts'
import type { Decimal } from '../../rules/money.ts'
import type { DueFacts, ListEntry, ListFacts } from '../../text/answer-facts.ts'
import type { PersonFact } from '../../text/facts.ts'
import { counted, dateWords, endWords } from '../../text/words.ts'
import { readCheckup } from '../../warnings/self-check.ts'
import type { Asker } from '../directory.ts'
import { type Filters, type ListState, NO_FILTERS } from '../parse/command-types.ts'
import { mayThey, RESPONSIBLE, type Responsible } from '../permissions.ts'
import { askedOf, type BotContext } from '../request.ts'
import {
  asksForDates,
  contractConditions,
  dateConditions,
  type FilterIds,
  type Only,
  onlyCondition,
  type Parameters,
  parameters,
  type ReadFilters,
  readFilterIds,
} from './filters.ts'

/** A page of the contracts that fit; a text alone looks in references, titles and suppliers. */
export async function listFacts(
  context: BotContext,
  wanted: Filters | string,
  page: number,
): Promise<ListFacts> {
  const filters = typeof wanted === 'string' ? { ...NO_FILTERS, text: wanted } : wanted
  const read = await readFilterIds(context, filters)
  const { ids } = read
  const { total, entries } = await findContracts(context, { filters, ids, page, size: PAGE_SIZE })
  return {
    ...askedOf(context),
    ...placeOf(total, page),
    asOf: context.today,
    scope: scopeWords(filters, read, true),
    entries,
  }
}

/** The ids of all contracts that fit, in order: for an export. */
export async function listedIds(context: BotContext, filters: Filters): Promise<number[]> {
  const { ids } = await readFilterIds(context, filters)
  return contractIds(context, { filters, ids })
}

// One page of the contracts that fit some filters, the most urgent first.

export interface ListQuery {
  readonly filters: Filters
  readonly ids: FilterIds
  readonly page: number
  readonly size: number
  readonly only?: Only | null
}

export interface FoundContracts {
  readonly total: number
  readonly entries: readonly (ListEntry & { readonly historic: boolean })[]
}

/**
 * The contracts that fit, each with the nearest date that fits; one with more than one such date is
 * one line. What is over stands last.
 */
export async function findContracts(
  context: BotContext,
  query: ListQuery,
): Promise<FoundContracts> {
  const { today } = context
  const found =
    (isWide(query) ? await readByEnd(context, query) : null) ?? (await readSorted(context, query))
  const { total, rows } = found
  const entries = rows.map((row) => ({ ...entryOf(row, today, context), historic: row.historic }))
  return { total, entries: await noteExtensions(context, query.filters.state, entries) }
}

interface FoundRows {
  readonly total: number
  readonly rows: readonly EntryRow[]
}

/** Whether most of the register may fit: then a page is read in order, and not all of it sorted. */
function isWide({ filters, ids }: ListQuery): boolean {
  const named = [ids.mine, ids.askersTeams, ids.teams, ids.owners, filters.supplier, filters.text]
  const state = filters.state === null || filters.state === 'unowned'
  return state && !asksForDates(filters) && named.every((each) => each === null)
}

/**
 * A page out of the index of ends, which holds what is neither closed nor historic; null where the
 * page reaches past those that are not over.
 */
async function readByEnd(context: BotContext, query: ListQuery): Promise<FoundRows | null> {
  const { size } = query
  const page = Math.max(1, query.page)
  const counting = parameters()
  const counted = await context.pool.query<{ total: number }>(
    `SELECT count(*)::int AS total FROM contract c WHERE ${fitting(context, query, counting).join(' AND ')}`,
    [...counting.values],
  )
  const total = counted.rows[0]?.total ?? 0
  const places = parameters()
  const conditions = fitting(context, query, places)
  const day = `${places.add(context.today)}::date`
  const first = `
    SELECT c.id, false AS over, c.current_earliest AS nearest, c.reference_key
      FROM contract c
     WHERE ${conditions.join(' AND ')} AND NOT c.historic AND c.closed_on IS NULL
       AND ${stateSql(day)} <> 'closed'
     ORDER BY c.current_earliest, c.reference_key, c.id
     LIMIT ${size} OFFSET ${places.add((page - 1) * size)}::int`
  const { rows } = await context.pool.query<EntryRow>(
    `WITH first AS (${first}) ${linesOf(context, query, places, day)}`,
    [...places.values],
  )
  return rows.length === size ? { total, rows } : null
}

async function readSorted(context: BotContext, query: ListQuery): Promise<FoundRows> {
  const { page, size } = query
  const places = parameters()
  const conditions = fitting(context, query, places)
  const day = `${places.add(context.today)}::date`
  const wanted = places.add(Math.max(1, page))
  const { rows } = await context.pool.query<EntryRow & { readonly total: number }>(
    `WITH found AS MATERIALIZED (
       SELECT c.id, ${stateSql(day)} IN ('closed', 'historic') AS over, ${nearest(query)} AS nearest, c.reference_key
       FROM contract c WHERE ${conditions.join(' AND ')}),
     counted AS (SELECT count(*)::int AS total FROM found),
     first AS (
       SELECT * FROM found ORDER BY over, nearest, reference_key, id
       LIMIT ${size} OFFSET ${offsetSql(wanted, size)})
     ${linesOf(context, query, places, day, '(SELECT total FROM counted) AS total,')}`,
    [...places.values],
  )
  return { total: rows[0]?.total ?? 0, rows }
}

/** What is said of each contract of `first`, with the nearest of its dates that fit. */
function linesOf(
  { today }: BotContext,
  { filters }: ListQuery,
  places: Parameters,
  day: string,
  more = '',
): string {
  const dates = dateConditions(filters, today, places).join(' AND ')
  return `
     SELECT ${more} ${ENTRY_COLUMNS}, n.kind, n.due_on AS "on", ${stateSql(day)} AS state
     FROM first f JOIN contract c ON c.id = f.id ${ENTRY_TABLES}
     LEFT JOIN LATERAL (
       SELECT d.kind, d.due_on FROM deadline d WHERE d.contract_id = c.id AND ${dates}
       ORDER BY d.due_on, d.kind LIMIT 1) n ON true
     ORDER BY f.over, f.nearest, f.reference_key, f.id`
}

/**
 * By what they are ordered: the contracts of a person, and those that were asked for by a date, by
 * the nearest open one; others by their end. A look at the dates of each of 100,000 contracts takes
 * 0.3 s; a join with all dates minutes, where the planner takes a text to be rare that is not.
 */
function nearest({ filters, ids }: ListQuery): string {
  const few = ids.mine !== null || ids.owners !== null || asksForDates(filters)
  return few
    ? `coalesce((SELECT min(d.due_on) FROM deadline d
         WHERE d.contract_id = c.id AND d.settled_why IS NULL), c.current_latest)`
    : 'c.current_earliest'
}

/** The ids of all contracts that fit, in order: for an export. */
async function contractIds(
  context: BotContext,
  query: Pick<ListQuery, 'filters' | 'ids'>,
): Promise<number[]> {
  const places = parameters()
  const conditions = fitting(context, query, places)
  const found = await context.pool.query<{ id: number }>(
    `SELECT c.id FROM contract c WHERE ${conditions.join(' AND ')} ORDER BY c.id`,
    [...places.values],
  )
  return found.rows.map(({ id }) => id)
}

function fitting(
  context: BotContext,
  { filters, ids, only = null }: Pick<ListQuery, 'filters' | 'ids' | 'only'>,
  places: Parameters,
): string[] {
  const { today } = context
  const conditions = contractConditions(filters, ids, context, places)
  if (asksForDates(filters)) {
    const dates = dateConditions(filters, today, places).join(' AND ')
    conditions.push(`EXISTS (SELECT FROM deadline d WHERE d.contract_id = c.id AND ${dates})`)
  }
  if (only !== null) conditions.push(onlyCondition(only, `${places.add(today)}::date`))
  return conditions
}

/** How far ahead is looked where no number of days was typed. */
const DUE_DAYS = 90

/**
 * Open deadlines that fit the filters and fall within so many days, overdue ones included. A page
 * past the last one is the last one.
 */
export async function dueFacts(
  context: BotContext,
  filters: Filters,
  page: number,
  size: number = PAGE_SIZE,
): Promise<DueFacts> {
  const { pool, today } = context
  const asked = { ...filters, days: filters.days ?? DUE_DAYS }
  const read = await readFilterIds(context, asked)
  const { values, add } = parameters()
  const conditions = [
    ...contractConditions(asked, read.ids, context, { values, add }),
    ...dateConditions(asked, today, { values, add }),
    // Its own organisation: what the index of dates begins with.
    `d.organisation_id = ${add(context.organisationId)}`,
  ]
  const day = `${add(today)}::date`
  const wanted = add(Math.max(1, page))
  const found = await pool.query<EntryRow & { readonly total: number }>(
    `WITH found AS MATERIALIZED (
       SELECT d.contract_id, d.kind, d.due_on, c.reference_key
       FROM deadline d JOIN contract c ON c.id = d.contract_id WHERE ${conditions.join(' AND ')}),
     counted AS (SELECT count(*)::int AS total FROM found),
     first AS (
       SELECT * FROM found ORDER BY due_on, reference_key, contract_id, kind LIMIT ${size}
       OFFSET ${offsetSql(wanted, size)})
     SELECT (SELECT total FROM counted) AS total, ${ENTRY_COLUMNS}, f.kind, f.due_on AS "on",
            ${stateSql(day)} AS state
     FROM first f JOIN contract c ON c.id = f.contract_id ${ENTRY_TABLES}
     ORDER BY f.due_on, f.reference_key, f.contract_id, f.kind`,
    [...values],
  )
  return {
    ...askedOf(context),
    ...placeOf(found.rows[0]?.total ?? 0, page, size),
    asOf: today,
    days: asked.days,
    scope: scopeWords(asked, read, false),
    entries: found.rows.map((row) => entryOf(row, today, context)),
  }
}

/**
 * The answer to the bare command: what is due for the asker; for somebody who answers for nothing,
 * what is due in the whole organisation, and said so.
 */
export async function bareFacts(context: BotContext, page: number): Promise<DueFacts> {
  const { pool, organisationId, asker } = context
  const { personId } = asker
  const answersFor = await tables(pool).contract.findFirst({
    where: {
      organisationId,
      OR: [{ ownerId: personId }, { deputyId: personId }, { categoryLeadId: personId }],
    },
    select: { id: true },
  })
  if (answersFor !== null) return dueFacts(context, { ...NO_FILTERS, whose: 'mine' }, page)
  const all = await dueFacts(context, NO_FILTERS, page)
  return { ...all, scope: 'of the whole organisation (no contract names you)' }
}

/** The entries, with a note where they are listed for an extension of theirs. */
async function noteExtensions<Entry extends ListEntry>(
  { pool, today }: BotContext,
  state: ListState | null,
  entries: readonly Entry[],
): Promise<Entry[]> {
  if (state !== 'emergency' && state !== 'unclassified') return [...entries]
  const found = await pool.query<{ contractId: number; from: CivilDate; to: CivilDate }>(
    state === 'emergency' ? EMERGENCIES : UNCLASSIFIED,
    state === 'emergency'
      ? [entries.map((each) => each.contractId), today]
      : [entries.map((each) => each.contractId)],
  )
  const notes = new Map(found.rows.map((row) => [row.contractId, row]))
  return entries.map((entry) => {
    const extension = notes.get(entry.contractId)
    if (extension === undefined) return entry
    const note =
      state === 'emergency'
        ? `emergency extension since ${dateWords(extension.from)}`
        : `the register moved its end to ${dateWords(extension.to)}: nobody has said why`
    return state === 'unclassified' ? { ...entry, note, unclassified: true } : { ...entry, note }
  })
}

const EMERGENCIES = `
  SELECT contract_id AS "contractId", from_on AS "from", to_on AS "to" FROM extension
  WHERE contract_id = ANY($1) AND kind = 'emergency' AND status = 'confirmed'
    AND $2::date BETWEEN from_on AND to_on ORDER BY from_on DESC, id`

/** Of several the latest, as it is read last. */
const UNCLASSIFIED = `
  SELECT contract_id AS "contractId", from_on AS "from", to_on AS "to" FROM extension
  WHERE contract_id = ANY($1) AND kind = 'unknown' AND status <> 'withdrawn' ORDER BY to_on, id`

/** Where this page stands; one past the last is the last, as the queries have it too. */
export function placeOf(
  total: number,
  wanted: number,
  size: number = PAGE_SIZE,
): { readonly page: number; readonly pages: number; readonly total: number } {
  const pages = Math.max(1, Math.ceil(total / size))
  return { page: Math.min(Math.max(1, wanted), pages), pages, total }
}

/** The same as SQL: how many rows come before the wanted page; `counted` holds the total. */
export function offsetSql(wanted: string, size: number): string {
  return `((SELECT least(${wanted}::int, greatest(1, (total + ${size - 1}) / ${size})) FROM counted) - 1) * ${size}`
}

// Contracts as the lines of a list, with what is most urgent about each.

export const PAGE_SIZE = 10

/** The columns of an `EntryRow`, but for `kind`, `on` and `state`, and the tables that hold them. */
const ENTRY_COLUMNS = `c.id AS "contractId", c.version, ${RESPONSIBLE}, c.reference, c.title,
  c.supplier, c.value, c.currency, c.current_latest AS latest, c.historic, c.watched,
  CASE WHEN c.current_latest = c.end_latest THEN c.end_precision ELSE 'day' END AS precision,
  c.closed_on AS "closedOn", c.closed_why AS "closedWhy", c.out_of_contract_on AS "outOfContractOn",
  coalesce(p.display_name, p.slack_user) AS "ownerName", p.slack_user AS "ownerSlack"`
const ENTRY_TABLES = `JOIN team t ON t.id = c.team_id
  LEFT JOIN person p ON p.id = c.owner_id AND p.erased_at IS NULL`

interface EntryRow extends Responsible {
  readonly contractId: number
  readonly version: number
  readonly reference: string
  readonly title: string | null
  readonly supplier: string | null
  readonly value: Decimal | null
  readonly currency: string
  readonly latest: CivilDate | null
  readonly precision: Precision | null
  readonly historic: boolean
  readonly watched: boolean
  readonly closedOn: CivilDate | null
  readonly closedWhy: string | null
  readonly outOfContractOn: CivilDate | null
  readonly ownerName: string | null
  readonly ownerSlack: string | null
  /** The deadline that the line is about; null where none is open. */
  readonly kind: DeadlineKind | null
  readonly on: CivilDate | null
  readonly state: ContractState
}

/** The line of one contract; in an answer for all to see nobody in particular may change it. */
function entryOf(
  row: EntryRow,
  today: CivilDate,
  { asker, shared }: { readonly asker: Asker; readonly shared: boolean },
): ListEntry {
  const { contractId, version, reference, title, supplier, value, currency } = row
  return {
    contractId,
    version,
    reference,
    title,
    supplier,
    value,
    currency,
    owner: ownerOf(row),
    mayChange: !shared && mayThey(asker, 'change', row).allowed,
    ...whenOf(row, today),
  }
}

function ownerOf({
  ownerName,
  ownerSlack,
}: Pick<EntryRow, 'ownerName' | 'ownerSlack'>): PersonFact | null {
  return ownerName === null ? null : { name: ownerName, slackUser: ownerSlack }
}

type When = Pick<ListEntry, 'kind' | 'on' | 'daysLeft' | 'note'>

function whenOf(row: EntryRow, today: CivilDate): When {
  const { kind, on, latest } = row
  if (kind === null || on === null) {
    return { kind: null, on: null, daysLeft: null, note: withoutDate(row) }
  }
  const isEnd = kind === 'end' || kind === 'emergency-end'
  if (kind === 'end' && latest !== null && row.precision !== null && row.precision !== 'day') {
    return impreciseEnd(on, latest, row.precision, today)
  }
  // Once it has ended, the day of the end is what counts.
  const day = isEnd && latest !== null && latest < today ? latest : on
  const supplied = isEnd && row.outOfContractOn !== null
  return {
    kind,
    on: day,
    daysLeft: daysBetween(today, day),
    note: supplied ? 'still supplied, without a contract' : null,
  }
}

function rangeWords(on: CivilDate, latest: CivilDate, precision: Precision): string {
  return `${endWords(latest, precision)} (${dateWords(on)} to ${dateWords(latest)})`
}

/** An end that is known to the month alone is never shown as a day. */
function impreciseEnd(
  on: CivilDate,
  latest: CivilDate,
  precision: Precision,
  today: CivilDate,
): When {
  const end =
    precision === 'month' ? endWords(latest, precision) : rangeWords(on, latest, precision)
  if (latest < today) {
    return { kind: null, on: latest, daysLeft: daysBetween(today, latest), note: `ended in ${end}` }
  }
  return on < today
    ? { kind: null, on, daysLeft: null, note: `ends in ${end}: it may lapse any day` }
    : {
        kind: null,
        on,
        daysLeft: daysBetween(today, on),
        note: `may end from then on: ends in ${end}, the day is not recorded`,
      }
}

function withoutDate(row: EntryRow): string {
  const { state, latest, precision, closedOn, closedWhy, watched } = row
  const end = latest === null ? null : endWords(latest, precision ?? 'day')
  switch (state) {
    case 'historic':
      return end === null ? 'historic, not watched' : `historic: ended ${end}, not watched`
    case 'closed':
      return closedOn === null
        ? `ended ${end ?? ''}: what came after is recorded`
        : `closed on ${dateWords(closedOn)}${closedWhy === null ? '' : `: ${closedWhy}`}`
    case 'undated':
      return 'no end date is recorded'
    case 'rolling':
      return 'rolls on until somebody gives notice'
    case 'out-of-contract':
      return `ended ${end ?? ''}${watched ? '' : ', not watched'}`
    case 'active':
      return `ends ${end ?? ''}: ${watched ? 'every date is settled' : 'not watched'}`
  }
}

/** `of yours for notice with supplier "Bytes"`; empty where nothing narrows it down. */
function scopeWords(filters: Filters, read: ReadFilters, withDays: boolean): string {
  const { supplier, state, kind, days, text } = filters
  return [
    filters.whose === 'mine' ? 'of yours' : null,
    askersTeamWords(read),
    teamWords(filters, read),
    text === null ? null : `matching "${text}"`,
    supplier === null ? null : `with supplier "${supplier}"`,
    ownerWords(filters, read),
    state === null ? null : STATES[state],
    kind === null ? null : KINDS[kind],
    withDays && days !== null ? `due within ${counted(days, 'day')}` : null,
  ]
    .filter((words) => words !== null)
    .join(' ')
}

const STATES: Readonly<Record<ListState, string>> = {
  overdue: 'with a date overdue',
  undated: 'without an end date',
  rolling: 'rolling on until notice',
  unowned: 'without an owner',
  emergency: 'in an emergency extension',
  'out-of-contract': 'out of contract',
  unclassified: 'with an unclassified extension',
  disputed: 'with an end that the register and people give differently',
  historic: 'kept as historic',
  closed: 'already closed',
}

const KINDS: Readonly<Record<DeadlineKind, string>> = {
  'start-by': 'for starting a replacement',
  notice: 'for notice',
  renewal: 'for saying whether it renews',
  option: 'for an option',
  'call-off-by': 'for a framework’s last call-off day',
  end: 'for an end',
  'emergency-end': 'for the end of an emergency extension',
  review: 'for a review',
}

function askersTeamWords({ askersTeams }: ReadFilters): string | null {
  if (askersTeams === null) return null
  if (askersTeams.length === 0) return 'of every team (yours is not known)'
  return namesOfTeams(askersTeams.map(({ name }) => name))
}

function teamWords({ team }: Filters, { teams }: ReadFilters): string | null {
  if (team === null || teams === null) return null
  return teams.length === 0
    ? `of team "${team}" (there is none of that name)`
    : namesOfTeams(teams.map(({ name }) => name))
}

function namesOfTeams(names: readonly string[]): string {
  const [first = ''] = names
  if (names.length === 1) return `of team ${first}`
  const said = names.slice(0, 3).join(', ')
  return names.length > 3 ? `of ${names.length} teams, such as ${said}` : `of teams ${said}`
}

function ownerWords({ owner }: Filters, read: ReadFilters): string | null {
  if (owner === null) return null
  if (read.owner !== null) return `owned by ${read.owner}`
  return 'name' in owner
    ? `owned by "${owner.name}" (nobody of that name is known)`
    : 'owned by somebody who has no contract'
}

/** The worker looks once a minute. */
const SILENT_AFTER_MINUTES = 10

/** In sentences, the gravest first; each says what to do. */
export async function readTroubles(context: BotContext): Promise<string[]> {
  const checkup = await readCheckup(context.pool, context.organisationId)
  if (checkup === null) return ['No worker has looked yet: see that one runs.']
  const { minutesAgo, findings } = checkup
  const silence = counted(minutesAgo, 'minute')
  return [
    ...(minutesAgo > SILENT_AFTER_MINUTES
      ? [`No worker has looked for ${silence}, so nobody is warned: see that one runs.`]
      : []),
    ...findings.map(({ words }) => words),
  ]
}
