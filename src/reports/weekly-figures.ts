/** The five figures of the weekly summary, and the months ahead. */
import { Big } from 'big.js'
import type { Pool, PoolClient } from 'pg'
import { IS_END } from '../database/contracts.ts'
import { type RuledOrganisation, readTeams } from '../database/organisation.ts'
import {
  addDays,
  addMonths,
  asCivilDate,
  type CivilDate,
  dateParts,
  daysBetween,
} from '../rules/civil-date.ts'
import { END_KINDS, movesEnd } from '../rules/contract.ts'
import { ledgerTotals } from '../rules/ledger.ts'
import type { Decimal } from '../rules/money.ts'
import type { FinancialYear } from '../rules/months.ts'
import { shareOf, sum } from '../rules/premium.ts'
import { groupedBy } from '../rules/text-match.ts'
import type { FiveFigures, SummaryItem, SummaryList } from '../text/facts.ts'
import { CHECKPOINT_WORDS } from '../text/headline.ts'
import type { MonthAhead, MonthsAhead, TallestBar } from '../text/months-ahead.ts'
import { counted, dateWords } from '../text/words.ts'
import { type ExposureItem, exposureTotals } from './exposure.ts'
import type { LedgerLine } from './ledger.ts'
import { type BehindPlan, behindPlan } from './procurement.ts'
import { DECISIONS, MONITORED } from './weekly-lists.ts'

interface FiguresAsked extends RuledOrganisation {
  readonly teamId: number | null
  readonly slot: CivilDate
  readonly year: FinancialYear
  /** The emergency extensions with a day in it: read for the chart as well. */
  readonly lines: readonly LedgerLine[]
  /** What lapses within `days`: read for the chart as well. */
  readonly lapsing: readonly ExposureItem[]
  readonly days: number
}

/** Read in three queries, however many teams there are. */
export async function readFigures(client: Pool | PoolClient, asked: FiguresAsked) {
  const { organisationId, teamId, slot, rulesOf, days, year, lines } = asked
  const within = { from: year.first, to: year.last }
  const values = [organisationId, teamId, slot]
  const out = await openDates<OutRow>(client, OUT_OF_CONTRACT, values)
  const deciding = await openDates<DecidingRow>(client, DECIDING, values)
  const plan = await behindPlan(client, {
    organisationId,
    teamId,
    teams: await readTeams(client, organisationId),
    rulesOf,
    today: slot,
  })
  const rows: Rows = {
    ...{ behind: plan.items, out, deciding, lines, lapsing: asked.lapsing },
  }
  const five = (of: Rows): FiveFigures => ({
    outOfContract: {
      suppliers: new Set(of.out.map(({ supplier }) => supplier)).size,
      contracts: total(of.out.map(({ contracts }) => contracts)),
      stillSupplied: total(of.out.map(({ stillSupplied }) => stillSupplied)),
    },
    emergency: { year: year.name, totals: ledgerTotals(of.lines, slot, within) },
    exposure: { days, totals: exposureTotals(of.lapsing) },
    behind: behindOf(of.behind),
    decisions: decisionsOf(of.deciding),
  })
  const all = five(rows)
  const teams = [...byTeam(rows)].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    behind: behindList(plan.items, slot),
    five: { ...all, behind: { ...all.behind, of: plan.of } },
    teams: teams.map(([team, own]) => ({ team, five: five(own) })),
  }
}

function behindOf(behind: readonly BehindPlan[]): FiveFigures['behind'] {
  const longestGapDays = Math.max(0, ...behind.map(({ gap }) => gap.days))
  return { procurements: behind.length, of: null, longestGapDays }
}

/** Each by name, with what is late and what that brings. */
function behindList(behind: readonly BehindPlan[], slot: CivilDate): SummaryList {
  const items = behind.map((each): SummaryItem => {
    const { reference, title, supplier, owner, checkpoint, dueOn, daysLate, gap } = each
    const step = CHECKPOINT_WORDS[checkpoint]
    const late = daysLate === 0 ? `${step} due` : `${step} was due`
    const gapWords =
      gap.days === 0 ? 'no gap so far' : `${counted(gap.days, 'day')} without cover to come`
    const called = { reference, title, supplier, owner, value: null, currency: gap.currency }
    return {
      ...{ ...called, kind: null, on: dueOn, daysLeft: daysBetween(slot, dueOn) },
      note: `${late} ${dateWords(dueOn)}, ${gapWords}`,
    }
  })
  return { total: items.length, items }
}

interface Rows {
  readonly behind: readonly BehindPlan[]
  readonly out: readonly OutRow[]
  readonly deciding: readonly DecidingRow[]
  readonly lines: readonly LedgerLine[]
  readonly lapsing: readonly ExposureItem[]
}

function byTeam({ behind, out, deciding, lines, lapsing }: Rows): Map<string, Rows> {
  const groups = {
    ...{ behind: groupedBy(behind, teamOf), out: groupedBy(out, teamOf) },
    ...{ deciding: groupedBy(deciding, teamOf), lines: groupedBy(lines, teamOf) },
    lapsing: groupedBy(lapsing, teamOf),
  }
  const rowsOf = (team: string): Rows => ({
    behind: groups.behind.get(team) ?? [],
    out: groups.out.get(team) ?? [],
    deciding: groups.deciding.get(team) ?? [],
    lines: groups.lines.get(team) ?? [],
    lapsing: groups.lapsing.get(team) ?? [],
  })
  const names = Object.values(groups).flatMap((each) => [...each.keys()])
  return new Map(names.map((team) => [team, rowsOf(team)]))
}

const teamOf = ({ team }: { readonly team: string }) => team

function decisionsOf(rows: readonly DecidingRow[]): FiveFigures['decisions'] {
  const people = [...groupedBy(rows, ({ ownerId }) => ownerId)].map(([id, of]) => ({
    person: id === null ? null : { name: of[0]?.name ?? '', slackUser: of[0]?.slackUser ?? null },
    count: total(of.map(({ count }) => count)),
  }))
  // Who has many is a name; who has none comes last.
  people.sort((a, b) => Number(!a.person) - Number(!b.person) || b.count - a.count)
  return { total: total(rows.map(({ count }) => count)), people }
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

interface OutRow {
  readonly team: string
  readonly supplier: string
  readonly contracts: number
  readonly stillSupplied: number
}
interface DecidingRow {
  readonly team: string
  /** Null where nobody is named, or who was has left. */
  readonly ownerId: number | null
  readonly name: string | null
  readonly slackUser: string | null
  readonly count: number
}

/** What is asked of deadlines that are open: columns, conditions, and what stands behind them, as SQL. */
type Asking = readonly [columns: string, which: string, rest: string]

/** @param values organisation, team or null, the slot's day, and what else is asked by */
async function openDates<Row extends object>(
  client: Pool | PoolClient,
  [columns, which, rest]: Asking,
  values: readonly unknown[],
): Promise<Row[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${columns}
       FROM deadline d JOIN contract c ON c.id = d.contract_id JOIN team t ON t.id = c.team_id
       LEFT JOIN person p ON p.id = c.owner_id AND p.erased_at IS NULL
            AND (p.gone_on IS NULL OR p.gone_on > $3::date)
      WHERE d.organisation_id = $1 AND ${MONITORED} AND d.settled_why IS NULL AND ${which} ${rest}`,
    [...values],
  )
  return rows
}

const OUT_OF_CONTRACT: Asking = [
  `t.name AS team, coalesce(c.supplier_key, 'contract ' || c.id) AS supplier,
   count(*)::int AS contracts,
   count(*) FILTER (WHERE c.out_of_contract_on IS NOT NULL)::int AS "stillSupplied"`,
  `${IS_END} AND d.due_on < $3 AND c.current_latest < $3`,
  'GROUP BY 1, 2',
]

// A contract needs one decision, however many of its dates passed or come within the week.
const DECIDING: Asking = [
  `t.name AS team, p.id AS "ownerId", p.display_name AS name, p.slack_user AS "slackUser",
   count(DISTINCT c.id)::int AS count`,
  `${DECISIONS} AND d.due_on < $3::date + 7`,
  'GROUP BY t.name, p.id, p.display_name, p.slack_user',
]

interface MonthsAsked {
  readonly organisationId: number
  readonly teamId: number | null
  readonly slot: CivilDate
  /** The emergency extensions with a day in these months. */
  readonly lines: readonly LedgerLine[]
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
  { organisationId, teamId, slot, lines, lapsing }: MonthsAsked,
): Promise<MonthsAhead> {
  const span = monthsSpan(slot)
  const asked = [organisationId, teamId, slot, span.to] as const
  const counts = await openDates<CountRow>(client, COUNTS, asked)
  const countOf = new Map(counts.map((row) => [row.month, row]))
  const within = lapsing.filter(({ end }) => addDays(end, 1) <= span.to)
  const currency = usual([...within, ...lines].map((each) => each.currency))
  const own = within.filter((each) => each.currency === currency)
  const agreed = lines.filter(
    (line) =>
      line.currency === currency && movesEnd(line.extension) && line.extension.cost !== null,
  )
  const byMonth = groupedBy(own, ({ end }) => addDays(end, 1).slice(0, 7))
  const months = Array.from({ length: MONTHS }, (_, at): MonthAhead => {
    const month = addMonths(span.from, at)
    const part = { from: month, to: addDays(addMonths(span.from, at + 1), -1) }
    const name = month.slice(0, 7)
    const items = byMonth.get(name) ?? []
    return {
      month,
      ends: countOf.get(name)?.ends ?? 0,
      startBys: countOf.get(name)?.startBys ?? 0,
      committed: sum(
        agreed.map(({ extension: { cost, from, to } }) =>
          cost === null ? null : shareOf(cost, { from, to }, part),
        ),
      ),
      estimated: sum(items.flatMap(({ runRate, extra }) => [runRate, extra])),
    }
  })
  const priced = own.filter(({ runRate }) => runRate !== null).length
  const counted = await tallestCount(client, asked, months)
  const spent = tallestSpend(months, byMonth, agreed)
  const tallest = [counted, spent].filter((bar) => bar !== null)
  return { months, currency, priced, of: within.length, tallest }
}

/** So many contracts of a bar are kept with the message. */
const BAR_NAMED = 100

/** The contracts of the month in which most end, or have to be begun if those are more. */
async function tallestCount(
  client: Pool | PoolClient,
  asked: readonly unknown[],
  months: readonly MonthAhead[],
): Promise<TallestBar | null> {
  const bars = months.flatMap(({ month, ends, startBys }) => [
    { what: 'ends', month, total: ends } as const,
    { what: 'startBys', month, total: startBys } as const,
  ])
  const bar = bars.reduce<(typeof bars)[number] | null>(
    (best, each) => (each.total > (best?.total ?? 0) ? each : best),
    null,
  )
  if (bar === null) return null
  const kinds = bar.what === 'ends' ? END_KINDS : ['start-by']
  const named: Asking = [
    'c.reference, c.title, c.supplier',
    `${COUNTED} AND d.kind = ANY ($5) AND d.due_on BETWEEN $6 AND $7`,
    `ORDER BY d.due_on, c.reference, c.id LIMIT ${BAR_NAMED}`,
  ]
  const first = asCivilDate(`${bar.month.slice(0, 7)}-01`)
  const last = addDays(addMonths(first, 1), -1)
  const of = [...asked, kinds, first, last]
  const contracts = await openDates<TallestBar['contracts'][number]>(client, named, of)
  return { ...bar, contracts }
}

/** The contracts of the month in which rollovers would cost most, what costs most first. */
function tallestSpend(
  months: readonly MonthAhead[],
  lapsing: ReadonlyMap<string, readonly ExposureItem[]>,
  agreed: readonly LedgerLine[],
): TallestBar | null {
  const spendOf = ({ committed, estimated }: MonthAhead) => new Big(committed).plus(estimated)
  const [first] = months.toSorted((a, b) => spendOf(b).cmp(spendOf(a)))
  if (first === undefined || spendOf(first).lte(0)) return null
  const { month } = first
  const part = { from: month, to: addDays(addMonths(month, 1), -1) }
  const costs = new Map<number, { readonly of: LedgerLine | ExposureItem; readonly cost: Big }>()
  const add = (of: LedgerLine | ExposureItem, amounts: readonly (Decimal | null)[]) => {
    const before = costs.get(of.contractId)?.cost ?? new Big(0)
    costs.set(of.contractId, { of, cost: before.plus(sum(amounts)) })
  }
  for (const line of agreed) {
    const { cost, from, to } = line.extension
    const share = cost === null ? null : shareOf(cost, { from, to }, part)
    if (share !== null && new Big(share).gt(0)) add(line, [share])
  }
  for (const item of lapsing.get(month.slice(0, 7)) ?? []) add(item, [item.runRate, item.extra])
  const named = [...costs.values()]
    .sort((a, b) => b.cost.cmp(a.cost) || (a.of.reference < b.of.reference ? -1 : 1))
    .map(({ of: { reference, title, supplier } }) => ({ reference, title, supplier }))
  return { what: 'spend', month, total: named.length, contracts: named.slice(0, BAR_NAMED) }
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

const COUNTED = `d.due_on BETWEEN $3 AND $4 AND (${IS_END} OR d.kind = 'start-by')`

const COUNTS: Asking = [
  `to_char(d.due_on, 'YYYY-MM') AS month,
   count(*) FILTER (WHERE ${IS_END})::int AS ends,
   count(*) FILTER (WHERE d.kind = 'start-by')::int AS "startBys"`,
  COUNTED,
  'GROUP BY 1',
]
