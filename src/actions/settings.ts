/** What administrators set: a team's channel, zone and calendar; the rules, and whom they reach. */
import type { Pool, PoolClient } from 'pg'
import type { AuditChange } from '../database/audit-log.ts'
import { inTransaction, takenBack } from '../database/connect.ts'
import {
  lockTeams,
  type RulesStep,
  rewriteRules,
  type TeamChange,
} from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import { type Rekeyed, recalculateStaleTeams } from '../database/recalculate.ts'
import { queueUpdates } from '../delivery/enqueue-updates.ts'
import { type RuleKey, withoutSetting, withSetting } from '../rules/settings-text.ts'
import { UserError } from '../rules/user-error.ts'
import { type Actor, act, noteAct } from './act.ts'

/** Only what is given changes; null takes a team's own value away, so that the organisation's holds. */
export interface TeamSettings extends Omit<TeamChange, 'since'> {
  readonly rules: RulesStep
}

/** Changes a team in one transaction with the audit and everything that follows. */
export async function changeTeam(
  pool: Pool,
  actor: Actor,
  teamId: number,
  settings: TeamSettings,
): Promise<Rekeyed> {
  return inTransaction(pool, (client) => changedTeam(client, actor, teamId, settings))
}

/** What `changeTeam` would do, tried and taken back; null for a team of many contracts. */
export async function tryTeam(
  pool: Pool,
  actor: Actor,
  teamId: number,
  settings: TeamSettings,
): Promise<Rekeyed | null> {
  return tried(pool, actor, teamId, (client) => changedTeam(client, actor, teamId, settings))
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
): Promise<Rekeyed> {
  const teams = await lockTeams(client, actor.organisationId)
  const team = teams.find(({ id }) => id === teamId)
  if (team === undefined) throw new UserError('That team is gone: open the settings again.')
  const changes: AuditChange[] = []
  for (const [name, column] of Object.entries(COLUMNS) as [keyof typeof COLUMNS, string][]) {
    const to = settings[name]
    if (to === undefined || to === team[name]) continue
    await tables(client).team.updateMany({ where: { id: teamId }, data: { [name]: to } })
    changes.push({ contractId: null, what: 'updated', field: column, from: team[name], to })
  }
  changes.push(...(await rewriteRules(client, 'team', teamId, null, settings.rules)))
  return followRules(client, actor, `team ${team.name}`, changes)
}

// A rule changed for the organisation, a team or one contract: written, audited, and everything that
// follows from it counted anew, in one transaction.

/** Whose rules: one contract's, else one team's, else the organisation's. */
export interface RulesScope {
  readonly teamId: number | null
  readonly contractId: number | null
}
export const WHOLE_ORGANISATION: RulesScope = { teamId: null, contractId: null }

/** One rule as it was typed. @throws UserError where it does not fit; when the step is taken. */
export function setting(key: RuleKey, typed: string): RulesStep {
  return (kept) => withSetting(kept, key, typed)
}

/** One rule as it was before anybody changed it here. */
export function unsetting(key: RuleKey): RulesStep {
  return (kept) => withoutSetting(kept, key)
}

/** Returns how many contracts were looked at anew; 0 where nothing changed. */
export async function changeRules(
  pool: Pool,
  actor: Actor,
  scope: RulesScope,
  step: RulesStep,
): Promise<number> {
  if (scope.contractId !== null) return changeOfContract(pool, actor, scope.contractId, step)
  const reach = await inTransaction(pool, (client) =>
    changeOfTeam(client, actor, scope.teamId, step),
  )
  return reach.rekeyed
}

/**
 * What a change for a team, or for the organisation where none is given, would do: tried and taken
 * back. Null where too many contracts follow.
 */
export async function tryRules(
  pool: Pool,
  actor: Actor,
  teamId: number | null,
  step: RulesStep,
): Promise<Rekeyed | null> {
  return tried(pool, actor, teamId, (client) => changeOfTeam(client, actor, teamId, step))
}

/** Of a team, or of the organisation where none is given. */
async function changeOfTeam(
  client: PoolClient,
  actor: Actor,
  teamId: number | null,
  step: RulesStep,
): Promise<Rekeyed> {
  const { organisationId } = actor
  // Teams first, as sweeps and imports lock them.
  const teams = await lockTeams(client, organisationId)
  const team = teams.find(({ id }) => id === teamId)
  if (teamId !== null && team === undefined) throw new UserError('That team is gone.')
  const changes =
    teamId === null
      ? await rewriteRules(client, 'organisation', organisationId, null, step)
      : await rewriteRules(client, 'team', teamId, null, step)
  const whose = team === undefined ? 'the organisation' : `team ${team.name}`
  return followRules(client, actor, whose, changes)
}

/** Writes the audit and counts anew what follows from the rules of teams. */
async function followRules(
  client: PoolClient,
  actor: Actor,
  whose: string,
  changes: readonly AuditChange[],
): Promise<Rekeyed> {
  if (changes.length === 0) return { rekeyed: 0, moved: 0, withdrawn: [] }
  const { organisationId, rulesOf, todayOf } = actor
  const reach = await recalculateStaleTeams(client, {
    organisationId,
    rulesOf,
    todayOf,
    log: () => undefined,
    retired: (of, ids, today) => queueUpdates(of, organisationId, ids, today),
  })
  const what = changes.map((change) => change.field).join(', ')
  const all = [...changes, ...reach.withdrawn]
  await noteAct(client, actor, `changed the settings of ${whose}: ${what}`, all)
  return reach
}

async function changeOfContract(
  pool: Pool,
  actor: Actor,
  contractId: number,
  step: RulesStep,
): Promise<number> {
  await act(pool, actor, contractId, async (client, { record }) => {
    const changes = await rewriteRules(client, 'contract', contractId, contractId, step)
    if (changes.length > 0) return changes
    throw new UserError(`The rules of ${record.row.reference} are so already: nothing was changed.`)
  })
  return 1
}

// How far a change of rules reaches, tried before it is made.

/** More contracts than this are not tried out while somebody waits: counting them anew takes long. */
const MOST_TRIED = 500

/**
 * What `change` would do, tried and taken back; null where too many contracts follow: those of a team,
 * or of the organisation where none is given.
 */
async function tried(
  pool: Pool,
  actor: Actor,
  teamId: number | null,
  change: (client: PoolClient) => Promise<Rekeyed>,
): Promise<Rekeyed | null> {
  const { organisationId } = actor
  const where = teamId === null ? { organisationId } : { organisationId, teamId }
  const count = await tables(pool).contract.count({ where, take: MOST_TRIED + 1 })
  return count > MOST_TRIED ? null : takenBack(pool, change)
}
