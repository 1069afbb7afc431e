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
import type { Rules } from '../domain/rules.ts'
import { type AskAgain, planWarnings, type Raise } from '../domain/warnings.ts'
import { addWorkingDays, isWorkingDay } from '../domain/working-days.ts'
import { queueDeliveries } from './queue.ts'
import { presumeRenewals } from './renewals.ts'

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

/** What one contract has to say today. */
export interface Due {
  readonly contractId: number
  readonly team: Team
  readonly day: CivilDate
  readonly catchUp: boolean
  readonly raise: readonly Raise[]
  readonly askAgain: readonly AskAgain[]
}

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
    const due: Due[] = []
    const changes: AuditChange[] = []
    for (const each of swept) {
      // Nothing is sent on a non-working day; what it would have told is told on the next one.
      if (isWorkingDay(each.day, each.rules.calendar))
        await sweepTeam(client, { ...context, changes }, each, due)
    }
    const { raised, queued } = await queueDeliveries(client, context.organisationId, due)
    const superseded = await countSuperseded(client, context.organisationId)
    await client.query(
      `UPDATE team SET last_swept_on = s.day FROM unnest($1::int[], $2::date[]) AS s (id, day)
       WHERE team.id = s.id AND team.last_swept_on IS DISTINCT FROM s.day`,
      [swept.map(({ team }) => team.id), swept.map(({ day }) => day)],
    )
    if (changes.length > 0) {
      const { organisationId, now: at } = context
      const source = { organisationId, byPersonId: null, via: 'sweep', at }
      await writeAudit(client, source, `presumed ${changes.length} automatic renewals`, changes)
    }
    return { raised, superseded, queued }
  })
}

interface SweptTeam {
  readonly team: Team
  readonly day: CivilDate
  readonly rules: Rules
  readonly catchUp: boolean
}

function sweptTeam(team: Team, context: SweepContext): SweptTeam {
  const day = context.dayOf(team)
  const rules = context.rulesOf(team)
  const dayBefore = addWorkingDays(day, -1, rules.calendar)
  const catchUp = team.lastSweptOn !== null && team.lastSweptOn < dayBefore
  return { team, day, rules, catchUp }
}

/** Looks at the team's contracts whose day has come, and notes when to look again. */
async function sweepTeam(
  client: PoolClient,
  context: SweepContext & { readonly changes: AuditChange[] },
  { team, day, rules, catchUp }: SweptTeam,
  due: Due[],
): Promise<void> {
  for (let after = 0; ; ) {
    const rows = await client.query<ContractRow>(
      `SELECT ${CONTRACT_COLUMNS} FROM contract c
       WHERE c.team_id = $1 AND c.next_rung_on <= $2 AND c.id > $3
       ORDER BY c.id LIMIT ${BATCH} FOR UPDATE OF c`,
      [team.id, day, after],
    )
    if (rows.rows.length === 0) return
    const read = await completeContracts(client, rows.rows)
    const records = await presumeRenewals(client, { ...context, team, rules, day }, read)
    const looks: { id: number; on: CivilDate | null }[] = []
    for (const record of records) {
      const plan = planWarnings(watchedOf(record, team.laddersFrom, rules), day, rules)
      looks.push({ id: record.row.id, on: plan.lookOn })
      if (plan.raise.length + plan.askAgain.length > 0) {
        const { raise, askAgain } = plan
        due.push({ contractId: record.row.id, team, day, catchUp, raise, askAgain })
      }
    }
    await client.query(
      `UPDATE contract SET next_rung_on = l.look_on FROM unnest($1::int[], $2::date[]) AS l (id, look_on)
       WHERE contract.id = l.id`,
      [looks.map((look) => look.id), looks.map((look) => look.on)],
    )
    if (rows.rows.length < BATCH) return
    after = rows.rows.at(-1)?.id ?? after
  }
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
