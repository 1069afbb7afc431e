/** How people act on a contract: each act in one transaction, locked, audited and re-keyed. */
import type { Pool, PoolClient } from 'pg'
import { type AuditChange, writeAudit } from '../database/audit-log.ts'
import { inTransaction } from '../database/connect.ts'
import { type ContractRecord, readContracts } from '../database/contracts.ts'
import { type Author, readTeams, type Team } from '../database/organisation.ts'
import { recalculate, withdrawUnfounded } from '../database/recalculate.ts'
import { queueUpdates } from '../delivery/enqueue-updates.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import type { Rules } from '../rules/settings.ts'
import { ContractGone, UserError } from '../rules/user-error.ts'

export interface Actor extends Author {
  readonly todayOf: (team: Team) => CivilDate
  /** The version of the contract that the person saw: an act on any other is refused. */
  readonly seenVersion?: number
}

/** Writes into the audit what somebody did, at the end of its transaction. */
export async function noteAct(
  client: PoolClient,
  { organisationId, personId: byPersonId, via, now: at }: Actor,
  summary: string,
  changes: readonly AuditChange[],
): Promise<void> {
  await writeAudit(client, { organisationId, byPersonId, via, at }, summary, changes)
}

export interface ActionContext {
  readonly today: CivilDate
  readonly rules: Rules
  readonly record: ContractRecord
}

/** Locks the contract, does the work, writes the audit, and recomputes what follows. */
export async function act(
  pool: Pool,
  actor: Actor,
  contractId: number,
  work: (client: PoolClient, acted: ActionContext) => Promise<readonly AuditChange[]>,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    // Teams before contracts, as sweeps and imports lock them: whoever comes second sees what the
    // first one did, and nobody waits in a circle.
    // Those of contracts that rely on it too: what it says may move their last call-off day.
    await client.query(
      `SELECT FROM team WHERE id IN (SELECT team_id FROM contract WHERE id = $1 OR parent_id = $1)
       ORDER BY id FOR UPDATE`,
      [contractId],
    )
    const locked = await client.query<{ version: number }>(
      'SELECT version FROM contract WHERE id = $1 FOR UPDATE',
      [contractId],
    )
    const version = locked.rows[0]?.version
    // Under the lock: of two who saw the same version, one acts.
    if (actor.seenVersion !== undefined && version !== undefined && version !== actor.seenVersion) {
      throw new Overtaken()
    }
    const [record] = await readContracts(client, [contractId])
    const teams = await readTeams(client, actor.organisationId)
    const team = teams.find((each) => each.id === record?.row.teamId)
    if (!record || !team) throw new ContractGone()
    const today = actor.todayOf(team)
    const done = await work(client, { today, rules: actor.rulesOf(team, record.row), record })
    const { organisationId, rulesOf } = actor
    const context = { organisationId, teams, rulesOf, today }
    const changes = [...done, ...(await withdrawUnfounded(client, context, [contractId]))]
    const { retired } = await recalculate(client, context, [contractId])
    await queueUpdates(client, organisationId, [...new Set([contractId, ...retired])], today)
    const summary = [...new Set(done.map(({ what }) => `${what} ${record.row.reference}`))]
    await noteAct(client, actor, summary.join(', '), changes)
  })
}

/** The contract is no longer as the person saw it: nothing was done. */
export class Overtaken extends UserError {
  constructor() {
    super('Somebody else changed this contract a moment ago. Look at it again, then decide.')
  }
}
