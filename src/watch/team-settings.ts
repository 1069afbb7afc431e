/** What an administrator sets of a team: where it is told, its zone and calendar, its rules. */
import type { Pool, PoolClient } from 'pg'
import type { AuditChange } from '../db/audit.ts'
import { lockTeams } from '../db/organisation.ts'
import { inTransaction } from '../db/transaction.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Actor } from './act.ts'
import { followRules, type RulesStep, rewriteRules } from './change-rules.ts'
import { type Reach, reachOf, tried } from './rules-reach.ts'

/** Only what is given changes; null takes a team's own value away, so that the house's holds. */
export interface TeamSettings {
  readonly channel?: string | null
  readonly escalationChannel?: string | null
  readonly timeZone?: string | null
  readonly calendar?: string | null
  readonly rules: RulesStep
}

/** Changes a team in one transaction with the audit and everything that follows. */
export async function changeTeam(
  pool: Pool,
  actor: Actor,
  teamId: number,
  settings: TeamSettings,
): Promise<Reach> {
  return inTransaction(pool, (client) => changedTeam(client, actor, teamId, settings))
}

/** What `changeTeam` would do, tried and taken back; null for a team of many contracts. */
export async function tryTeam(
  pool: Pool,
  actor: Actor,
  teamId: number,
  settings: TeamSettings,
): Promise<Reach | null> {
  const of = { organisationId: actor.organisationId, teamId }
  return tried(pool, of, (client) => changedTeam(client, actor, teamId, settings))
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
): Promise<Reach> {
  const teams = await lockTeams(client, actor.organisationId)
  const team = teams.find(({ id }) => id === teamId)
  if (team === undefined) throw new Refusal('That team is gone: open the settings again.')
  const changes: AuditChange[] = []
  for (const [name, column] of Object.entries(COLUMNS) as [keyof typeof COLUMNS, string][]) {
    const to = settings[name]
    if (to === undefined || to === team[name]) continue
    await client.query(`UPDATE team SET "${column}" = $2 WHERE id = $1`, [teamId, to])
    changes.push({ contractId: null, what: 'updated', field: column, from: team[name], to })
  }
  changes.push(...(await rewriteRules(client, 'team', teamId, null, settings.rules)))
  if (changes.length === 0) return { rekeyed: 0, moved: 0 }
  const of = { organisationId: actor.organisationId, teamId }
  return reachOf(client, of, () => followRules(client, actor, `team ${team.name}`, changes))
}
