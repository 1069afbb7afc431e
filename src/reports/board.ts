/** The board: what gaps, emergencies, waivers and procurements of the whole organisation come to. */
import { Big } from 'big.js'
import type { Pool, PoolClient } from 'pg'
import { completeContracts, PRICED, RULED, selectContracts } from '../database/contracts.ts'
import { type RuledOrganisation, readTeams } from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import { beginsOn, gapDays, plannedCheckpoints } from '../rules/checkpoints.ts'
import {
  addDays,
  addMonths,
  type CivilDate,
  daysBetween,
  earlier,
  later,
} from '../rules/civil-date.ts'
import { currentEnd, firstDayAfter, movesEnd } from '../rules/contract.ts'
import { ledgerTotals } from '../rules/ledger.ts'
import { type FinancialYear, financialYearOf, monthCount, monthsExact } from '../rules/months.ts'
import type { Span } from '../rules/premium.ts'
import { endsWithin } from '../rules/replay.ts'
import { replacementRoute } from '../rules/start-by.ts'
import { compare } from '../rules/text-match.ts'
import { isBreach, isRetrospective, waiverCounts } from '../rules/waivers.ts'
import type { BoardFacts, BoardGap, EmergencyYear } from '../text/board.ts'
import { countUmbrellas } from './contract.ts'
import { readOutOfContract } from './costs.ts'
import { type LedgerLine, readLedger, readPriceRules } from './ledger.ts'
import { readPipeline } from './pipeline.ts'
import { type BehindPlan, behindPlan, priceOfGap } from './procurement.ts'
import { readWaivers } from './waivers.ts'
import { readList } from './weekly-lists.ts'

export interface BoardAsked extends RuledOrganisation {
  readonly calendar: string
  readonly today: CivilDate
  /** How many questions are open, and how many of these were asked. */
  readonly questions: BoardFacts['questions']
}

/** In a fixed number of queries, as the record stands, reckoned from that day. */
export async function readBoard(
  client: Pool | PoolClient,
  { organisationId, rulesOf, calendar, today, questions }: BoardAsked,
): Promise<BoardFacts> {
  const rules = await readPriceRules(client, organisationId, rulesOf)
  const teams = await readTeams(client, organisationId)
  const start = rules.organisation.financialYearStart
  const year = financialYearOf(today, start)
  const lastYear = financialYearOf(addDays(year.first, -1), start)
  const within = { from: lastYear.first, to: year.last }
  const asked = { organisationId, teamId: null, rules }
  const lines = await readLedger(client, { ...asked, kind: 'emergency', within })
  const plan = await behindPlan(client, { organisationId, teamId: null, teams, rulesOf, today })
  const ahead = await readRecords(client, AHEAD, [organisationId, today])
  const gaps = [
    ...plan.items.flatMap(gapOfProcurement),
    ...ahead.flatMap((record) => {
      const team = teams.find(({ id }) => id === record.row.teamId)
      return team === undefined ? [] : gapAhead(record, rulesOf(team, record.row), today)
    }),
  ]
  gaps.sort((a, b) => compare(a.from, b.from) || b.days - a.days || a.contractId - b.contractId)
  return {
    asOf: today,
    gaps,
    emergency: {
      thisYear: emergencyIn(lines, year, today),
      lastYear: emergencyIn(lines, lastYear, addMonths(today, -12)),
    },
    covered: await readCovered(client, organisationId, today),
    outOfContract: await readOut(client, organisationId, today),
    behind: {
      of: plan.of,
      items: plan.items.map(({ gap: _, ...item }) => item),
    },
    waivers: await readWaiverYear(client, organisationId, { year, lastYear, today }),
    questions,
    umbrellas: await countUmbrellas(client, { organisationId, teamId: null, day: today }),
    pipeline: await readPipelineYear(client, { organisationId, rulesOf, calendar, today }),
  }
}

async function readRecords(client: Pool | PoolClient, which: string, values: readonly unknown[]) {
  const names = [...RULED, ...PRICED, 'title', 'supplier', 'team'] as const
  const fits = `c.organisation_id = $1 AND NOT c.historic AND c.watched AND ${which} ORDER BY c.id`
  return completeContracts(client, await selectContracts(client, names, fits, values))
}
type BoardRecord = Awaited<ReturnType<typeof readRecords>>[number]

function namesOf({ row: { id: contractId, reference, title, supplier, team } }: BoardRecord) {
  return { contractId, reference, title, supplier, team }
}

function gapOfProcurement(item: BehindPlan): BoardGap[] {
  const { contractId, reference, title, supplier, team, gap } = item
  const { coverFrom, beginsOn: begins, days, cost, currency } = gap
  if (coverFrom === null || cost === null || days === 0) return []
  const names = { contractId, reference, title, supplier, team }
  const span = { from: coverFrom, to: addDays(begins, -1), days }
  return [{ ...names, ...span, cost, currency, because: 'procurement' }]
}

/**
 * Still running, with a successor that begins too late; or with nothing under way, its last day to begin
 * past. What has a procurement under way is told of by that.
 */
const AHEAD = `c.closed_on IS NULL AND c.current_latest >= $2::date
  AND (c.successor_start > c.current_earliest + 1
    OR c.successor_start IS NULL AND EXISTS (SELECT FROM deadline d WHERE d.contract_id = c.id
         AND d.kind = 'start-by' AND d.settled_why IS NULL AND d.due_on < $2::date))
  AND NOT EXISTS (SELECT FROM checkpoint k WHERE k.contract_id = c.id AND k.done_on IS NULL
    AND k.withdrawn_at IS NULL)`

function gapAhead(
  record: BoardRecord,
  rules: Parameters<typeof plannedCheckpoints>[3],
  today: CivilDate,
): BoardGap[] {
  const { contract, row } = record
  const from = firstDayAfter(currentEnd(contract))
  if (from === null) return []
  const { successorStart } = contract
  const { fastest } = replacementRoute(contract, from, rules)
  const begins = successorStart ?? beginsOn(plannedCheckpoints(from, today, fastest, rules))
  const days = begins === null ? 0 : gapDays(from, begins)
  if (begins === null || days === 0) return []
  const cost = priceOfGap({ record, rules }, from, begins)
  const because = successorStart === null ? 'not-begun' : 'late-successor'
  const span = { from, to: addDays(begins, -1), days }
  return [{ ...namesOf(record), ...span, cost, currency: row.currency, because }]
}

/** Months of emergency cover within a financial year, and of these those up to a day of it. */
function emergencyIn(
  all: readonly LedgerLine[],
  { name, first, last }: FinancialYear,
  day: CivilDate,
): EmergencyYear {
  const within = { from: first, to: last }
  const lines = all.filter(
    ({ extension }) => movesEnd(extension) && monthsIn(extension, within).gt(0),
  )
  const months = (span: Span) =>
    lines
      .reduce((sum, { extension }) => sum.plus(monthsIn(extension, span)), new Big(0))
      .round(2, Big.roundHalfUp)
      .toNumber()
  return {
    year: name,
    months: months(within),
    untilNow: months({ from: first, to: earlier(day, last) }),
    extensions: lines.length,
    totals: ledgerTotals(lines, day, within),
  }
}

function monthsIn(of: Span, within: Span): Big {
  const [from, to] = [later(of.from, within.from), earlier(of.to, within.to)]
  return to < from ? new Big(0) : monthsExact(monthCount(from, to))
}

/** Ends of the twelve months before today. What simply stopped at its end needed no cover. */
async function readCovered(
  client: Pool | PoolClient,
  organisationId: number,
  today: CivilDate,
): Promise<BoardFacts['covered']> {
  const within = { from: addMonths(today, -12), to: addDays(today, -1) }
  const records = await readRecords(client, ENDED, [organisationId, within.from, within.to])
  const ends = records.flatMap((record) =>
    endsWithin(record.contract, within)
      .filter(({ covered, on }) => covered || !stoppedAt(record, on))
      .map((end) => ({ ...namesOf(record), ...end })),
  )
  const missed = ends.filter(({ covered }) => !covered)
  missed.sort((a, b) => compare(b.on, a.on) || compare(a.reference, b.reference))
  return {
    ...within,
    covered: ends.length - missed.length,
    of: ends.length,
    missed: missed.map(({ covered: _, ...item }) => item),
  }
}

function stoppedAt({ row, contract }: BoardRecord, on: CivilDate): boolean {
  const end = currentEnd(contract)
  const isLast = end.kind === 'dated' && end.latest === on
  return isLast && row.closedOn !== null && row.outOfContractOn === null
}

const ENDED = `c.end_kind = 'dated' AND (c.end_latest BETWEEN $2::date AND $3::date
  OR EXISTS (SELECT FROM extension e WHERE e.contract_id = c.id AND e.to_on BETWEEN $2::date AND $3::date
    AND e.status IN ('confirmed', 'presumed')))`

/** More than these are only counted in the weekly summary. */
const MOST_OUT = 1000

/** Past their end with nothing recorded that covers them, the longest first. */
async function readOut(
  client: Pool | PoolClient,
  organisationId: number,
  today: CivilDate,
): Promise<BoardFacts['outOfContract']> {
  const asked = [organisationId, null, today, MOST_OUT] as const
  const rows = await readList(client, 'outOfContract', asked)
  const accruing = await readOutOfContract(client, { organisationId, teamId: null, today })
  const costs = new Map(accruing.map((each) => [each.contractId, each]))
  const teams = await teamsOf(
    client,
    rows.map(({ contractId }) => contractId),
  )
  return rows.flatMap(({ contractId, reference, title, supplier, on, currency }) => {
    const known = costs.get(contractId)
    const since = known?.since ?? (on === null ? null : addDays(on, 1))
    if (since === null) return []
    return [
      {
        ...{ contractId, reference, title, supplier, team: teams.get(contractId) ?? '' },
        ...{ since, days: daysBetween(since, today), currency },
        accrued: known?.accrued ?? null,
        supplied: known !== undefined,
      },
    ]
  })
}

async function teamsOf(
  client: Pool | PoolClient,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const found = await tables(client).contract.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, team: { select: { name: true } } },
  })
  return new Map(found.map(({ id, team }) => [id, team.name]))
}

async function readWaiverYear(
  client: Pool | PoolClient,
  organisationId: number,
  { year, lastYear, today }: { year: FinancialYear; lastYear: FinancialYear; today: CivilDate },
): Promise<BoardFacts['waivers']> {
  const all = await readWaivers(client, { organisationId, beganFrom: lastYear.first })
  const own = all.filter(({ beganOn }) => beganOn >= year.first && beganOn <= year.last)
  const items = own.map((each) => ({ ...each, breach: isBreach(each, today) }))
  const rank = (each: (typeof items)[number]) => (each.breach ? 0 : isRetrospective(each) ? 1 : 2)
  return {
    year: year.name,
    ...waiverCounts(all, year.first, year.last, today),
    lastYear: waiverCounts(all, lastYear.first, lastYear.last, today),
    items: items.sort((a, b) => rank(a) - rank(b)),
  }
}

async function readPipelineYear(
  client: Pool | PoolClient,
  { organisationId, rulesOf, calendar, today }: Omit<BoardAsked, 'questions'>,
): Promise<BoardFacts['pipeline']> {
  // Its year begins on 1 April whatever the organisation's does.
  const { name: year, first } = financialYearOf(addMonths(today, 12))
  const { items } = await readPipeline(client, { organisationId, rulesOf, calendar, first, today })
  const notice = items.filter(({ list }) => list === 'UK1').length
  return {
    year,
    notice,
    other: items.length - notice,
    overdue: items.filter(({ overdue }) => overdue).length,
    items,
  }
}
