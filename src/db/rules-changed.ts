/**
 * Deadlines and the day to look at a contract next are kept, and follow from the rules as well as
 * from the contract: where a team's rules changed (its calendar, a setting, bank holidays that became
 * known), everything that follows is written anew.
 */
import { createHash } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import type { CivilDate } from '../domain/civil-date.ts'
import { lockTeams, readTeams, type Team } from './organisation.ts'
import { rekey } from './rekey.ts'
import type { RuleBook } from './rule-book.ts'
import { inTransaction } from './transaction.ts'

export interface RulesContext {
  readonly organisationId: number
  readonly rulesOf: RuleBook
  readonly todayOf: (team: Team) => CivilDate
  readonly log: (line: string) => void
  /** Called in the same transaction with the contracts whose warnings no longer hold. */
  readonly retired?: (
    client: PoolClient,
    contractIds: readonly number[],
    today: CivilDate,
  ) => Promise<unknown>
}

const BATCH = 2000

/** Re-keys the contracts of each team whose rules changed; returns how many contracts. */
export async function rekeyWhereRulesChanged(pool: Pool, context: RulesContext): Promise<number> {
  const { organisationId } = context
  const stale = await staleTeams(pool, context, await readTeams(pool, organisationId))
  if (stale.length === 0) return 0
  return inTransaction(pool, (client) => rekeyStaleTeams(client, context))
}

/** The same within the transaction that changed the rules. */
export async function rekeyStaleTeams(client: PoolClient, context: RulesContext): Promise<number> {
  // Another process may have done it while this one waited for the lock.
  const teams = await lockTeams(client, context.organisationId)
  let rekeyed = 0
  for (const team of await staleTeams(client, context, teams)) {
    rekeyed += await rekeyTeam(client, context, teams, team)
  }
  return rekeyed
}

async function staleTeams(
  client: Pool | PoolClient,
  { organisationId, rulesOf }: RulesContext,
  teams: readonly Team[],
): Promise<Team[]> {
  const kept = await client.query<{ id: number; rules: string | null }>(
    `SELECT id, settings ->> 'keyed_by' AS rules FROM team WHERE organisation_id = $1`,
    [organisationId],
  )
  const rules = new Map(kept.rows.map((row) => [row.id, row.rules]))
  return teams.filter((team) => rules.get(team.id) !== digestOf(team, rulesOf))
}

async function rekeyTeam(
  client: PoolClient,
  { organisationId, rulesOf, todayOf, log, retired }: RulesContext,
  teams: readonly Team[],
  team: Team,
): Promise<number> {
  const context = { organisationId, teams, rulesOf, today: todayOf(team) }
  let rekeyed = 0
  for (let after = 0; ; ) {
    const found = await client.query<{ id: number }>(
      'SELECT id FROM contract WHERE team_id = $1 AND id > $2 ORDER BY id LIMIT $3 FOR UPDATE',
      [team.id, after, BATCH],
    )
    const ids = found.rows.map((row) => row.id)
    if (ids.length === 0) break
    if (rekeyed === 0) log(`The rules of ${team.name} changed: its deadlines are counted anew.`)
    const followed = await rekey(client, context, ids)
    await retired?.(client, followed.retired, context.today)
    rekeyed += ids.length
    after = ids.at(-1) ?? after
  }
  await client.query(
    `UPDATE team SET settings = settings || jsonb_build_object('keyed_by', $2::text) WHERE id = $1`,
    [team.id, digestOf(team, rulesOf)],
  )
  return rekeyed
}

/**
 * Of a calendar its name and last known day stand for its dates. What only groups contracts moves no
 * deadline.
 */
function digestOf(team: Team, rulesOf: RuleBook): string {
  const { chainToleranceDays: _chains, cliffDays: _cliffs, ...rules } = rulesOf(team)
  return createHash('sha256').update(JSON.stringify(rules)).digest('base64')
}
