/**
 * A rule changed for the organisation, a team or one contract: written, audited, and everything that
 * follows from it counted anew, in one transaction.
 */
import type { Pool, PoolClient } from 'pg'
import { type AuditChange, writeAudit } from '../db/audit.ts'
import { lockTeams } from '../db/organisation.ts'
import { rekeyStaleTeams } from '../db/rules-changed.ts'
import { inTransaction } from '../db/transaction.ts'
import { queueUpdates } from '../delivery/updates.ts'
import { Refusal } from '../domain/refusal.ts'
import {
  RULE_KEYS,
  type RuleKey,
  ruleName,
  settingOf,
  withoutSetting,
  withSetting,
} from '../domain/rule-keys.ts'
import { checkedRuleSettings, type RuleSettings } from '../domain/rule-settings.ts'
import { type Actor, act } from './act.ts'
import { type Reach, reachOf, tried } from './rules-reach.ts'

/** Whose rules: one contract's, else one team's, else the organisation's. */
export interface RulesScope {
  readonly teamId: number | null
  readonly contractId: number | null
}
export const WHOLE_ORGANISATION: RulesScope = { teamId: null, contractId: null }

/** How they change: a pure step from what is kept to what is to be kept. */
export type RulesStep = (kept: RuleSettings) => RuleSettings

/** One rule as it was typed. @throws Refusal where it does not fit; when the step is taken. */
export function setting(key: RuleKey, typed: string): RulesStep {
  return (kept) => withSetting(kept, key, typed)
}

/** One rule as it was before anybody changed it here. */
export function unsetting(key: RuleKey): RulesStep {
  return (kept) => withoutSetting(kept, key)
}

/** Returns how many contracts were counted anew; 0 where nothing changed. */
export async function changeRules(
  pool: Pool,
  actor: Actor,
  scope: RulesScope,
  step: RulesStep,
): Promise<number> {
  if (scope.contractId !== null) return changeOfContract(pool, actor, scope.contractId, step)
  return inTransaction(pool, (client) => changeOfTeam(client, actor, scope.teamId, step))
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
): Promise<Reach | null> {
  const of = { organisationId: actor.organisationId, teamId }
  return tried(pool, of, (client) =>
    reachOf(client, of, () => changeOfTeam(client, actor, teamId, step)),
  )
}

/** Of a team, or of the organisation where none is given. */
async function changeOfTeam(
  client: PoolClient,
  actor: Actor,
  teamId: number | null,
  step: RulesStep,
): Promise<number> {
  const { organisationId } = actor
  // Teams first, as sweeps and imports lock them.
  const teams = await lockTeams(client, organisationId)
  const team = teams.find(({ id }) => id === teamId)
  if (teamId !== null && team === undefined) throw new Refusal('That team is gone.')
  const changes =
    teamId === null
      ? await rewriteRules(client, 'organisation', organisationId, null, step)
      : await rewriteRules(client, 'team', teamId, null, step)
  if (changes.length === 0) return 0
  const whose = team === undefined ? 'the organisation' : `team ${team.name}`
  return followRules(client, actor, whose, changes)
}

/** Writes the audit and counts anew what follows from the rules of teams; returns how many contracts. */
export async function followRules(
  client: PoolClient,
  actor: Actor,
  whose: string,
  changes: readonly AuditChange[],
): Promise<number> {
  const { organisationId, rulesOf, todayOf } = actor
  const rekeyed = await rekeyStaleTeams(client, {
    organisationId,
    rulesOf,
    todayOf,
    log: () => undefined,
    retired: (of, ids, today) => queueUpdates(of, organisationId, ids, today),
  })
  const source = { organisationId, byPersonId: actor.personId, via: actor.via, at: actor.now }
  const what = changes.map((change) => change.field).join(', ')
  await writeAudit(client, source, `changed the settings of ${whose}: ${what}`, changes)
  return rekeyed
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
    throw new Refusal(`The rules of ${record.row.reference} are so already: nothing was changed.`)
  })
  return 1
}

/** Writes the next settings where they differ, and returns what changed. */
export async function rewriteRules(
  client: PoolClient,
  table: 'organisation' | 'team' | 'contract',
  id: number,
  contractId: number | null,
  step: RulesStep,
): Promise<AuditChange[]> {
  const found = await client.query<{ rules: unknown }>(
    `SELECT settings -> 'rules' AS rules FROM "${table}" WHERE id = $1 FOR UPDATE`,
    [id],
  )
  const kept = checkedRuleSettings(found.rows[0]?.rules)
  const next = checkedRuleSettings(step(kept))
  const changes = RULE_KEYS.flatMap((key) => {
    const [from, to] = [shown(settingOf(kept, key)), shown(settingOf(next, key))]
    if (from === to) return []
    return [{ contractId, what: 'updated', field: `rules.${ruleName(key)}`, from, to }]
  })
  if (changes.length === 0) return []
  await client.query(
    `UPDATE "${table}" SET settings = coalesce(settings, '{}') || jsonb_build_object('rules', $2::jsonb)
     WHERE id = $1`,
    [id, JSON.stringify(next)],
  )
  return changes
}

function shown(value: unknown): string | null {
  if (value === undefined) return null
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
