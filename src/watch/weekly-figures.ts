/** The five figures of the weekly summary, of a team or of all with a line for each team. */
import type { Pool, PoolClient } from 'pg'
import { readTeams } from '../db/organisation.ts'
import type { RuleBook } from '../db/rule-book.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import { financialYearOf } from '../domain/financial-year.ts'
import { ledgerTotals } from '../domain/ledger.ts'
import type { PersonFact, TeamFigures } from '../messages/facts.ts'
import type { FiveFigures } from '../messages/five-figures.ts'
import { type BehindPlan, behindPlan } from './behind-plan.ts'
import { type ExposureItem, exposureTotals } from './exposure.ts'
import { type LedgerLine, readLedger } from './ledger.ts'
import type { PriceRules } from './price-rules.ts'

export interface FiguresAsked {
  readonly organisationId: number
  readonly teamId: number | null
  readonly slot: CivilDate
  readonly rulesOf: RuleBook
  readonly rules: PriceRules
  /** What lapses within `days`: read for the chart as well. */
  readonly lapsing: readonly ExposureItem[]
  readonly days: number
}

export interface Figures {
  readonly five: FiveFigures
  /** Each team that has anything to tell, by name. */
  readonly teams: readonly TeamFigures[]
}

/** Read in four queries, however many teams there are. */
export async function readFigures(
  client: Pool | PoolClient,
  asked: FiguresAsked,
): Promise<Figures> {
  const { organisationId, teamId, slot, rulesOf, rules, days } = asked
  const year = financialYearOf(slot, rules.house.financialYearStart)
  const within = { from: year.first, to: year.last }
  const values = [organisationId, teamId, slot]
  const out = await client.query<OutRow>(OUT_OF_CONTRACT, values)
  const deciding = await client.query<DecidingRow>(DECIDING, values)
  const lines = await readLedger(client, {
    organisationId,
    teamId,
    kind: 'emergency',
    within,
    rules,
  })
  const plan = await behindPlan(client, {
    organisationId,
    teamId,
    teams: await readTeams(client, organisationId),
    rulesOf,
    today: slot,
  })
  const rows: Rows = {
    behind: plan.items,
    out: out.rows,
    deciding: deciding.rows,
    lines,
    lapsing: asked.lapsing,
  }
  const five = (of: Rows): FiveFigures => ({
    outOfContract: {
      suppliers: new Set(of.out.map(({ supplier }) => supplier)).size,
      contracts: sum(of.out.map(({ contracts }) => contracts)),
      stillSupplied: sum(of.out.map(({ stillSupplied }) => stillSupplied)),
    },
    emergency: { year: year.name, totals: ledgerTotals(of.lines, slot, within) },
    exposure: { days, totals: exposureTotals(of.lapsing) },
    behind: behindOf(of.behind),
    decisions: decisionsOf(of.deciding),
  })
  const { out: lapsed, deciding: open, lapsing, behind } = rows
  const named = [...lapsed, ...open, ...lines, ...lapsing, ...behind].map(({ team }) => team)
  const names = [...new Set(named)]
  const all = five(rows)
  return {
    five: { ...all, behind: { ...all.behind, of: plan.of } },
    teams: names.sort().map((team) => ({ team, five: five(rowsOf(rows, team)) })),
  }
}

function behindOf(behind: readonly BehindPlan[]): FiveFigures['behind'] {
  const longestGapDays = Math.max(0, ...behind.map(({ gap }) => gap.days))
  return { procurements: behind.length, of: null, longestGapDays }
}

interface Rows {
  readonly behind: readonly BehindPlan[]
  readonly out: readonly OutRow[]
  readonly deciding: readonly DecidingRow[]
  readonly lines: readonly LedgerLine[]
  readonly lapsing: readonly ExposureItem[]
}

function rowsOf(rows: Rows, team: string): Rows {
  const own = <Row extends { readonly team: string }>(all: readonly Row[]) =>
    all.filter((each) => each.team === team)
  return {
    out: own(rows.out),
    deciding: own(rows.deciding),
    lines: own(rows.lines),
    lapsing: own(rows.lapsing),
    behind: own(rows.behind),
  }
}

function decisionsOf(rows: readonly DecidingRow[]): FiveFigures['decisions'] {
  const people = new Map<number | null, { person: PersonFact | null; count: number }>()
  for (const { ownerId, name, slackUser, count } of rows) {
    const known = people.get(ownerId)
    if (known) known.count += count
    else {
      const person = ownerId === null ? null : { name: name ?? '', slackUser }
      people.set(ownerId, { person, count })
    }
  }
  const sorted = [...people.values()].sort((a, b) => b.count - a.count)
  // Who has many is a name; who has none comes last.
  const named = sorted.filter(({ person }) => person !== null)
  const unowned = sorted.filter(({ person }) => person === null)
  return { total: sum(rows.map(({ count }) => count)), people: [...named, ...unowned] }
}

function sum(numbers: readonly number[]): number {
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

const WATCHED = `c.organisation_id = $1 AND ($2::int IS NULL OR c.team_id = $2)
  AND NOT c.historic AND c.closed_on IS NULL AND c.watched`

const OUT_OF_CONTRACT = `
  SELECT t.name AS team, coalesce(c.supplier_key, 'contract ' || c.id) AS supplier,
         count(*)::int AS contracts,
         count(*) FILTER (WHERE c.out_of_contract_on IS NOT NULL)::int AS "stillSupplied"
    FROM deadline d JOIN contract c ON c.id = d.contract_id JOIN team t ON t.id = c.team_id
   WHERE d.organisation_id = $1 AND ${WATCHED} AND d.settled_why IS NULL
     AND d.kind IN ('end', 'emergency-end') AND d.due_on < $3 AND c.current_latest < $3
   GROUP BY 1, 2`

// A contract needs one decision, however many of its dates passed or come within the week.
const DECIDING = `
  SELECT t.name AS team, p.id AS "ownerId", p.display_name AS name, p.slack_user AS "slackUser",
         count(DISTINCT c.id)::int AS count
    FROM deadline d JOIN contract c ON c.id = d.contract_id JOIN team t ON t.id = c.team_id
    LEFT JOIN person p ON p.id = c.owner_id AND p.erased_at IS NULL
         AND (p.gone_on IS NULL OR p.gone_on > $3)
   WHERE d.organisation_id = $1 AND ${WATCHED} AND d.settled_why IS NULL AND d.due_on < $3::date + 7
   GROUP BY t.name, p.id, p.display_name, p.slack_user`
