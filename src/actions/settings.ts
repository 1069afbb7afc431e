/** What administrators set: a team's channel, zone and calendar; the rules, and whom they reach. */
import type { Pool, PoolClient } from 'pg'
import type { AuditChange } from '../database/audit-log.ts'
import { inTransaction, takenBack } from '../database/connect.ts'
import {
  findTeam,
  forgetFollowed,
  lockTeams,
  type RulesStep,
  rewriteRules,
  rulesStepped,
  setTeam,
  type Team,
  type TeamChange,
} from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import {
  type Judged,
  judgeAhead,
  keptDays,
  type Rekeyed,
  type RulesContext,
  recalculateStaleTeams,
} from '../database/recalculate.ts'
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

/** Makes the team of that name, or changes what is given of it as `changeTeam` does. */
export async function setNamedTeam(
  pool: Pool,
  actor: Actor,
  name: string,
  given: Omit<TeamSettings, 'rules'>,
): Promise<Rekeyed> {
  return inTransaction(pool, async (client) => {
    const { organisationId, now } = actor
    const team = findTeam(await lockTeams(client, organisationId), name)
    if (team !== null) {
      await forgetFollowed(client, organisationId, given)
      return changedTeam(client, actor, team.id, { ...given, rules: (kept) => kept })
    }
    await setTeam(client, organisationId, name, { ...given, since: now })
    const made = { contractId: null, what: 'created', field: 'team', from: null, to: name.trim() }
    return followRules(client, actor, `team ${name.trim()}`, [made, ...columnsOf(null, given)])
  })
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
  const columns = columnsOf(team, settings)
  for (const { name, to } of columns) {
    await tables(client).team.updateMany({ where: { id: teamId }, data: { [name]: to } })
  }
  const rules = await rewriteRules(client, 'team', teamId, null, settings.rules)
  return followRules(client, actor, `team ${team.name}`, [...columns, ...rules])
}

/** What is given of a team and is otherwise there, or all that is given of a new one. */
function columnsOf(
  team: Pick<Team, keyof typeof COLUMNS> | null,
  given: Omit<TeamSettings, 'rules'>,
): (AuditChange & { readonly name: keyof typeof COLUMNS })[] {
  return (Object.entries(COLUMNS) as [keyof typeof COLUMNS, string][]).flatMap(([name, field]) => {
    const [from, to] = [team?.[name] ?? null, given[name]]
    return to === undefined || to === from
      ? []
      : [{ name, contractId: null, what: 'updated', field, from, to }]
  })
}

// A rule changed for the organisation, a team or one contract: written, audited, and everything that
// follows from it counted anew, in one transaction.

/** Whose rules: one contract's, else one team's, else the organisation's. */
export interface RulesScope {
  readonly teamId: number | null
  readonly contractId: number | null
}
type Reach = Pick<Rekeyed, 'rekeyed' | 'moved'>
export const WHOLE_ORGANISATION: RulesScope = { teamId: null, contractId: null }

/** One rule as it was typed. @throws UserError where it does not fit; when the step is taken. */
export function setting(key: RuleKey, typed: string): RulesStep {
  return (kept) => withSetting(kept, key, typed)
}

/** One rule as it was before anybody changed it here. */
export function unsetting(key: RuleKey): RulesStep {
  return (kept) => withoutSetting(kept, key)
}

/** Returns how far it reached: of no contract where nothing changed. */
export async function changeRules(
  pool: Pool,
  actor: Actor,
  scope: RulesScope,
  step: RulesStep,
): Promise<Reach> {
  if (scope.contractId !== null) return changeOfContract(pool, actor, scope.contractId, step)
  const { teamId } = scope
  const becomes = await rulesStepped(step)
  const ahead = await judgeAhead(pool, followed(actor), (team) => {
    if (teamId === null) return { ...team, organisationRules: becomes(team.organisationRules) }
    return team.id === teamId ? { ...team, teamRules: becomes(team.teamRules) } : team
  })
  return inTransaction(pool, (client) => changeOfTeam(client, actor, teamId, step, ahead))
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
  ahead: Judged | null = null,
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
  return followRules(client, actor, whose, changes, ahead)
}

/** Writes the audit and counts anew what follows from the rules of teams. */
async function followRules(
  client: PoolClient,
  actor: Actor,
  whose: string,
  changes: readonly AuditChange[],
  ahead: Judged | null = null,
): Promise<Rekeyed> {
  if (changes.length === 0) return { rekeyed: 0, moved: 0, withdrawn: [] }
  const reach = await recalculateStaleTeams(client, followed(actor), ahead)
  const what = changes.map((change) => change.field).join(', ')
  const all = [...changes, ...reach.withdrawn]
  await noteAct(client, actor, `changed the settings of ${whose}: ${what}`, all)
  return reach
}

function followed({ organisationId, rulesOf, todayOf }: Actor): RulesContext {
  return {
    ...{ organisationId, rulesOf, todayOf, log: () => undefined },
    retired: (client, ids, today) => queueUpdates(client, organisationId, ids, today),
  }
}

async function changeOfContract(
  pool: Pool,
  actor: Actor,
  contractId: number,
  step: RulesStep,
): Promise<Reach> {
  const days = async () => (await keptDays(pool, [contractId])).get(contractId)
  const before = await days()
  await act(pool, actor, contractId, async (client, { record }) => {
    const changes = await rewriteRules(client, 'contract', contractId, contractId, step)
    if (changes.length > 0) return changes
    throw new UserError(`The rules of ${record.row.reference} are so already: nothing was changed.`)
  })
  return { rekeyed: 1, moved: before === (await days()) ? 0 : 1 }
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
