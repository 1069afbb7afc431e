/**
 * The sweep: what is due on a civil day becomes alerts and deliveries, in one transaction.
 *
 * It costs what is due, not what is held: only contracts whose day to be looked at has come are
 * read, in a fixed number of queries for each batch. Raising is monotonic and unique by key, so
 * that a second sweep of the same day, or one of an earlier day, raises nothing.
 */
import type { Pool, PoolClient } from 'pg'
import { type AuditChange, writeAudit } from '../db/audit.ts'
import { lockTeams, type Team } from '../db/organisation.ts'
import type { RuleBook } from '../db/rule-book.ts'
import { inTransaction } from '../db/transaction.ts'
import { CONTRACT_COLUMNS, type ContractRow, completeContracts, watchedOf } from '../db/watched.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import { planWarnings } from '../domain/warnings.ts'
import { addWorkingDays, isWorkingDay } from '../domain/working-days.ts'
import type { Due } from './alerts.ts'
import { askCheckpoints } from './ask-checkpoints.ts'
import { queueDeliveries } from './queue.ts'
import { presumeRenewals } from './renewals.ts'
import type { SweptTeam } from './swept-team.ts'

export interface SweepContext {
  readonly organisationId: number
  readonly rulesOf: RuleBook
  /** The civil day to sweep, for each team: the given one, or today in the team's zone. */
  readonly dayOf: (team: Team) => CivilDate
  /** Only these teams; all of them where it is null. */
  readonly teamIds: readonly number[] | null
  readonly now: Date
}

export interface SweepResult {
  readonly raised: number
  /** Alerts superseded since the last sweep, by changes and by this one. */
  readonly superseded: number
  readonly queued: number
}

/** Contracts read, judged and noted together. */
const BATCH = 2000

export async function sweep(pool: Pool, context: SweepContext): Promise<SweepResult> {
  return inTransaction(pool, async (client) => {
    const teams = (await lockTeams(client, context.organisationId)).filter(
      (team) => context.teamIds === null || context.teamIds.includes(team.id),
    )
    const swept = teams
      .map((team) => sweptTeam(team, context))
      // An earlier day than the last one swept raises nothing: it has been told already.
      .filter(({ team, day }) => team.lastSweptOn === null || team.lastSweptOn <= day)
    const changes: AuditChange[] = []
    const due: Due[] = []
    const ids = await readDueIds(client, swept)
    for (let from = 0; from < ids.length; from += BATCH) {
      due.push(...(await look(client, context, swept, ids.slice(from, from + BATCH), changes)))
    }
    const { raised, queued } = await queueDeliveries(client, context.organisationId, due)
    const asked = await askCheckpoints(client, context.organisationId, swept, context.rulesOf)
    const superseded = await countSuperseded(client, context.organisationId)
    await noteSwept(client, swept)
    if (changes.length > 0) {
      const { organisationId, now: at } = context
      const source = { organisationId, byPersonId: null, via: 'sweep', at }
      await writeAudit(client, source, `presumed ${changes.length} automatic renewals`, changes)
    }
    return { raised, superseded, queued: queued + asked }
  })
}

function sweptTeam(team: Team, context: SweepContext): SweptTeam {
  const day = context.dayOf(team)
  const rules = context.rulesOf(team)
  const dayBefore = addWorkingDays(day, -1, rules.calendar)
  const catchUp = team.lastSweptOn !== null && team.lastSweptOn < dayBefore
  return { team, day, rules, catchUp }
}

/**
 * Contracts of these teams whose day has come. One query for each civil day, of which the zones of
 * the earth make three at most: joined to a list of days, the planner reads the whole table.
 */
async function readDueIds(client: PoolClient, swept: readonly SweptTeam[]): Promise<number[]> {
  const teamsOf = new Map<CivilDate, number[]>()
  for (const { team, day, rules } of swept) {
    // Nothing is sent on a non-working day; what it would have told is told on the next one.
    if (!isWorkingDay(day, rules.calendar)) continue
    teamsOf.set(day, [...(teamsOf.get(day) ?? []), team.id])
  }
  const ids: number[] = []
  for (const [day, teamIds] of teamsOf) {
    const found = await client.query<{ id: number }>(
      'SELECT id FROM contract WHERE team_id = ANY($1) AND next_rung_on <= $2',
      [teamIds, day],
    )
    for (const { id } of found.rows) ids.push(id)
  }
  return ids.sort((a, b) => a - b)
}

/** Looks at contracts whose day has come, and notes when to look again. */
async function look(
  client: PoolClient,
  context: SweepContext,
  swept: readonly SweptTeam[],
  ids: readonly number[],
  changes: AuditChange[],
): Promise<Due[]> {
  const sweptOf = new Map(swept.map((each) => [each.team.id, each]))
  const rows = await client.query<ContractRow>(
    `SELECT ${CONTRACT_COLUMNS} FROM contract c WHERE c.id = ANY($1) ORDER BY c.id FOR UPDATE`,
    [ids],
  )
  const read = await completeContracts(client, rows.rows)
  const records = await presumeRenewals(client, { ...context, sweptOf, changes }, read)
  const looks: { id: number; on: CivilDate | null }[] = []
  const due: Due[] = []
  for (const record of records) {
    const { id: contractId, teamId } = record.row
    const of = sweptOf.get(teamId)
    // Given to another team a moment ago: that team's sweep looks at it.
    if (of === undefined) continue
    const { team, day, catchUp, rules: teamRules } = of
    const rules = context.rulesOf(team, record.row)
    const watched = watchedOf(record, team.laddersFrom, rules)
    const plan = planWarnings(watched, day, rules)
    looks.push({ id: contractId, on: plan.lookOn })
    if (plan.raise.length + plan.askAgain.length > 0) {
      const { raise, askAgain } = plan
      const outOfContract = record.row.outOfContractOn !== null
      const { groupAbove, cliffDays } = teamRules
      const shared = { groupAbove, cliffDays, deadlines: watched.deadlines }
      due.push({ contractId, team, day, catchUp, raise, askAgain, outOfContract, ...shared })
    }
  }
  await client.query(
    `UPDATE contract SET next_rung_on = l.look_on FROM unnest($1::int[], $2::date[]) AS l (id, look_on)
     WHERE contract.id = l.id`,
    [looks.map(({ id }) => id), looks.map(({ on }) => on)],
  )
  return due
}

async function noteSwept(client: PoolClient, swept: readonly SweptTeam[]): Promise<void> {
  const news = swept.filter(({ team, day }) => team.lastSweptOn !== day)
  if (news.length === 0) return
  await client.query(
    `UPDATE team SET last_swept_on = s.day FROM unnest($1::int[], $2::date[]) AS s (id, day)
     WHERE team.id = s.id`,
    [news.map(({ team }) => team.id), news.map(({ day }) => day)],
  )
}

async function countSuperseded(client: PoolClient, organisationId: number): Promise<number> {
  const counted = await client.query<{ superseded: number }>(
    'SELECT superseded FROM organisation WHERE id = $1',
    [organisationId],
  )
  const superseded = counted.rows[0]?.superseded ?? 0
  if (superseded > 0) {
    await client.query('UPDATE organisation SET superseded = superseded - $2 WHERE id = $1', [
      organisationId,
      superseded,
    ])
  }
  return superseded
}
