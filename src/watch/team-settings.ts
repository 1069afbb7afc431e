/** What an administrator sets of a team: where it is told, its zone and calendar, its rules. */
import type { Pool, PoolClient } from 'pg'
import type { AuditChange } from '../db/audit.ts'
import { lockTeams } from '../db/organisation.ts'
import { inTransaction, takenBack } from '../db/transaction.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Actor } from './act.ts'
import { followRules, type RulesStep, rewriteRules } from './change-rules.ts'

/** Only what is given changes; null takes a team's own value away, so that the house's holds. */
export interface TeamSettings {
  readonly channel?: string | null
  readonly escalationChannel?: string | null
  readonly timeZone?: string | null
  readonly calendar?: string | null
  readonly rules: RulesStep
}

export interface TeamChanged {
  /** Contracts that were counted anew. */
  readonly rekeyed: number
  /** Of those, how many are to be looked at on another day than before. */
  readonly moved: number
}

/** Changes a team in one transaction with the audit and everything that follows. */
export async function changeTeam(
  pool: Pool,
  actor: Actor,
  teamId: number,
  settings: TeamSettings,
): Promise<TeamChanged> {
  return inTransaction(pool, (client) => changedTeam(client, actor, teamId, settings))
}

/** More contracts than this are not tried out while somebody waits: counting them anew takes long. */
const MOST_TRIED = 500

/** What `changeTeam` would do, tried and taken back; null for a team of many contracts. */
export async function tryTeam(
  pool: Pool,
  actor: Actor,
  teamId: number,
  settings: TeamSettings,
): Promise<TeamChanged | null> {
  const found = await pool.query<{ id: number }>(
    'SELECT id FROM contract WHERE team_id = $1 LIMIT $2',
    [teamId, MOST_TRIED + 1],
  )
  if (found.rows.length > MOST_TRIED) return null
  return takenBack(pool, (client) => changedTeam(client, actor, teamId, settings))
}

const COLUMNS = {
  channel: 'channel',
  escalationChannel: 'escalation_channel',
  timeZone: 'time_zone',
  calendar: 'calendar',
} as const

async function changedTeam(
  client: PoolClient,
  actor: Actor,
  teamId: number,
  settings: TeamSettings,
): Promise<TeamChanged> {
  const teams = await lockTeams(client, actor.organisationId)
  const team = teams.find(({ id }) => id === teamId)
  if (team === undefined) throw new Refusal('That team is gone: open the settings again.')
  const before = await looksOf(client, teamId)
  const changes: AuditChange[] = []
  for (const [name, column] of Object.entries(COLUMNS) as [keyof typeof COLUMNS, string][]) {
    const to = settings[name]
    if (to === undefined || to === team[name]) continue
    await client.query(`UPDATE team SET "${column}" = $2 WHERE id = $1`, [teamId, to])
    changes.push({ contractId: null, what: 'updated', field: column, from: team[name], to })
  }
  changes.push(...(await rewriteRules(client, 'team', teamId, null, settings.rules)))
  if (changes.length === 0) return { rekeyed: 0, moved: 0 }
  const rekeyed = await followRules(client, actor, `team ${team.name}`, changes)
  const after = await looksOf(client, teamId)
  const moved = [...after].filter(([id, look]) => before.get(id) !== look).length
  return { rekeyed, moved }
}

async function looksOf(
  client: PoolClient,
  teamId: number,
): Promise<ReadonlyMap<number, string | null>> {
  const found = await client.query<{ id: number; on: string | null }>(
    'SELECT id, next_rung_on AS "on" FROM contract WHERE team_id = $1',
    [teamId],
  )
  return new Map(found.rows.map(({ id, on }) => [id, on]))
}
