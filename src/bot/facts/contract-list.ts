/** One page of the contracts that fit some filters, the most urgent first. */
import type { ListEntry } from '../../messages/answers/facts.ts'
import { stateSql } from '../../watch/state.ts'
import type { Filters } from '../language/command.ts'
import {
  asksForDates,
  contractConditions,
  dateConditions,
  type FilterIds,
  type Only,
  onlyCondition,
  type Parameters,
  parameters,
} from './conditions.ts'
import type { BotContext } from './context.ts'
import { ENTRY_COLUMNS, ENTRY_TABLES, type EntryRow, entryOf } from './entries.ts'
import { noteExtensions } from './extension-notes.ts'
import { offsetSql } from './pages.ts'

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
export async function contractIds(
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
