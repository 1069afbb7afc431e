/** The twelve months ahead of a summary, from what is due and from what would lapse. */
import type { Pool, PoolClient } from 'pg'
import { shareOf, sum } from '../domain/allocation.ts'
import { addDays, addMonths, type CivilDate, dateParts } from '../domain/civil-date.ts'
import { movesEnd } from '../domain/extension.ts'
import type { MonthAhead, MonthsAhead } from '../messages/months-ahead.ts'
import type { ExposureItem } from './exposure.ts'
import { readLedger } from './ledger.ts'
import type { PriceRules } from './price-rules.ts'

export interface MonthsAsked {
  readonly organisationId: number
  readonly teamId: number | null
  readonly slot: CivilDate
  readonly rules: PriceRules
  /** What lapses within these months. */
  readonly lapsing: readonly ExposureItem[]
}

const MONTHS = 12

/** The first day of the month of the slot, and the last one that the chart shows. */
export function monthsSpan(slot: CivilDate): { readonly from: CivilDate; readonly to: CivilDate } {
  const from = addDays(slot, 1 - dateParts(slot).day)
  return { from, to: addDays(addMonths(from, MONTHS), -1) }
}

/**
 * Twelve months, this one first. A lapse costs in the month of the first day without cover, at the
 * run-rate and the estimated extra of the extension that would be needed. In one currency: the one
 * that most of what lapses has; the others are left out and counted.
 */
export async function readMonthsAhead(
  client: Pool | PoolClient,
  { organisationId, teamId, slot, rules, lapsing }: MonthsAsked,
): Promise<MonthsAhead> {
  const span = monthsSpan(slot)
  const { rows } = await client.query<CountRow>(COUNTS, [organisationId, teamId, slot, span.to])
  const counts = new Map(rows.map((row) => [row.month, row]))
  const lines = await readLedger(client, {
    organisationId,
    teamId,
    kind: 'emergency',
    within: span,
    rules,
  })
  const within = lapsing.filter(({ end }) => addDays(end, 1) <= span.to)
  const currency = usual([...within, ...lines].map((each) => each.currency))
  const own = within.filter((each) => each.currency === currency)
  const agreed = lines.filter(
    (line) =>
      line.currency === currency && movesEnd(line.extension) && line.extension.cost !== null,
  )
  const byMonth = new Map<string, ExposureItem[]>()
  for (const item of own) {
    const month = addDays(item.end, 1).slice(0, 7)
    byMonth.set(month, [...(byMonth.get(month) ?? []), item])
  }
  const months = Array.from({ length: MONTHS }, (_, at): MonthAhead => {
    const month = addMonths(span.from, at)
    const part = { from: month, to: addDays(addMonths(span.from, at + 1), -1) }
    const name = month.slice(0, 7)
    const items = byMonth.get(name) ?? []
    return {
      month,
      ends: counts.get(name)?.ends ?? 0,
      startBys: counts.get(name)?.startBys ?? 0,
      committed: sum(
        agreed.map(({ extension: { cost, from, to } }) =>
          cost === null ? null : shareOf(cost, { from, to }, part),
        ),
      ),
      estimated: sum(items.flatMap(({ runRate, extra }) => [runRate, extra])),
    }
  })
  const priced = own.filter(({ runRate }) => runRate !== null).length
  return { months, currency, priced, of: within.length }
}

function usual(currencies: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const each of currencies) counts.set(each, (counts.get(each) ?? 0) + 1)
  const [first] = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  return first?.[0] ?? 'GBP'
}

interface CountRow {
  readonly month: string
  readonly ends: number
  readonly startBys: number
}

const COUNTS = `
  SELECT to_char(d.due_on, 'YYYY-MM') AS month,
         count(*) FILTER (WHERE d.kind IN ('end', 'emergency-end'))::int AS ends,
         count(*) FILTER (WHERE d.kind = 'start-by')::int AS "startBys"
    FROM deadline d JOIN contract c ON c.id = d.contract_id
   WHERE d.organisation_id = $1 AND d.due_on BETWEEN $3 AND $4
     AND d.kind IN ('end', 'emergency-end', 'start-by') AND d.settled_why IS NULL
     AND ($2::int IS NULL OR c.team_id = $2) AND NOT c.historic AND c.closed_on IS NULL AND c.watched
   GROUP BY 1`
