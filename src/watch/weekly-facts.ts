/** The facts of the weekly summary, read in a fixed number of queries however many contracts there are. */
import type { Pool, PoolClient } from 'pg'
import { addDays, type CivilDate } from '../domain/civil-date.ts'
import type { Precision } from '../domain/contract.ts'
import type { DeadlineKind } from '../domain/deadline-kinds.ts'
import type { Decimal } from '../domain/money.ts'
import type { SummaryItem, SummaryList, WeeklyFacts } from '../messages/facts.ts'
import { accruingWords } from '../messages/price-words.ts'
import { amountWords, counted, dateWords, endWords } from '../messages/words.ts'
import { type OutOfContract, readOutOfContract } from './costs.ts'
import { readRemarks } from './remarks.ts'
import { readChanges } from './weekly-changes.ts'
import { type ContractListName, listQuery } from './weekly-lists.ts'
import { readUnread } from './weekly-unread.ts'

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
    const items = rows.map((row) => itemOf(row, name))
    if (name !== 'outOfContract') return { total, items }
    const costs = await readAccruing(client, organisationId, teamId, slot)
    return {
      total,
      items: items.map((item, index) => accrued(item, costs.get(rows[index]?.contractId ?? 0))),
    }
  }
  const figures = await readFigures(client, organisationId, teamId)
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

async function readFigures(
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

function itemOf(row: ListRow, list: ContractListName): SummaryItem {
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
    return of.length === 0 ? [] : [{ ...itemOf(row, 'unfit'), note }]
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
