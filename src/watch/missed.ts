/**
 * What is due and no sweep is going to tell. The sweep trusts the day that is noted for each
 * contract; here that day is not trusted, and the rules are asked about every contract with an open
 * deadline in reach.
 */
import type { Pool } from 'pg'
import type { Team } from '../db/organisation.ts'
import type { RuleBook } from '../db/rule-book.ts'
import { readContracts, watchedOf } from '../db/watched.ts'
import { addDays, type CivilDate } from '../domain/civil-date.ts'
import type { Rules } from '../domain/rules.ts'
import { planWarnings } from '../domain/warnings.ts'
import { workingDayOnOrBefore } from '../domain/working-days.ts'

/** No ladder begins earlier than this many days before its deadline. */
const REACH_DAYS = 180
const BATCH = 2000
/** More than these need not be named. */
const ENOUGH = 100

/** References of contracts that a sweep of their team's last day would have told, and has not. */
export async function findMissed(
  pool: Pool,
  { organisationId, rulesOf }: { readonly organisationId: number; readonly rulesOf: RuleBook },
  teams: readonly Team[],
): Promise<string[]> {
  const missed: string[] = []
  for (const team of teams) {
    if (team.lastSweptOn === null) continue
    const rules = rulesOf(team)
    const day = workingDayOnOrBefore(team.lastSweptOn, rules.calendar)
    const ids = await inReach(pool, organisationId, team.id, team.lastSweptOn, day)
    for (let from = 0; from < ids.length && missed.length < ENOUGH; from += BATCH) {
      missed.push(...(await untold(pool, ids.slice(from, from + BATCH), { team, rules, day })))
    }
  }
  return missed.slice(0, ENOUGH)
}

/** What waits for the next sweep is not missed: it was imported or changed since the last one. */
async function inReach(
  pool: Pool,
  organisationId: number,
  teamId: number,
  sweptOn: CivilDate,
  day: CivilDate,
): Promise<number[]> {
  const found = await pool.query<{ id: number }>(
    `SELECT DISTINCT c.id FROM deadline d JOIN contract c ON c.id = d.contract_id
     WHERE d.organisation_id = $1 AND d.due_on <= $2 AND d.settled_why IS NULL
       AND c.team_id = $3 AND c.watched AND NOT c.historic AND c.closed_on IS NULL
       AND (c.next_rung_on IS NULL OR c.next_rung_on > $4) ORDER BY c.id`,
    [organisationId, addDays(day, REACH_DAYS), teamId, sweptOn],
  )
  return found.rows.map(({ id }) => id)
}

async function untold(
  pool: Pool,
  ids: readonly number[],
  { team, rules, day }: { readonly team: Team; readonly rules: Rules; readonly day: CivilDate },
): Promise<string[]> {
  const records = await readContracts(pool, ids)
  return records
    .filter((record) => {
      const plan = planWarnings(watchedOf(record, team.laddersFrom, rules), day, rules)
      return plan.raise.length + plan.askAgain.length > 0
    })
    .map(({ row }) => row.reference)
}
