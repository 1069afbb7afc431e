/** What is due, for whom it was asked: one line a deadline, overdue ones first. */
import type { DueFacts } from '../../messages/answers/facts.ts'
import { stateSql } from '../../watch/state.ts'
import { type Filters, NO_FILTERS } from '../language/command.ts'
import { contractConditions, dateConditions, parameters } from './conditions.ts'
import { askedOf, type BotContext } from './context.ts'
import { ENTRY_COLUMNS, ENTRY_TABLES, type EntryRow, entryOf, PAGE_SIZE } from './entries.ts'
import { readFilterIds } from './filter-ids.ts'
import { offsetSql, placeOf } from './pages.ts'
import { scopeWords } from './scope.ts'

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
  const answers = await pool.query(
    `SELECT FROM contract c WHERE c.organisation_id = $1
       AND (c.owner_id = $2 OR c.deputy_id = $2 OR c.category_lead_id = $2) LIMIT 1`,
    [organisationId, asker.personId],
  )
  if (answers.rowCount !== 0) return dueFacts(context, { ...NO_FILTERS, whose: 'mine' }, page)
  const all = await dueFacts(context, NO_FILTERS, page)
  return { ...all, scope: 'of the whole organisation (no contract names you)' }
}
