/** How people act on a contract: each act in one transaction, locked, audited and re-keyed. */
import type { Pool, PoolClient } from 'pg'
import { type AuditChange, writeAudit } from '../database/audit-log.ts'
import { writeDays } from '../database/bulk.ts'
import { inTransaction } from '../database/connect.ts'
import { type ContractRecord, readColumns, readContracts } from '../database/contracts.ts'
import { type Author, lockTeams, type Team } from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
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

/** Pauses each of these alerts until its day. */
export async function pauseAlerts(
  client: PoolClient,
  pauses: readonly { readonly id: number; readonly on: CivilDate }[],
  acted: {
    readonly state: 'acknowledged' | 'snoozed'
    readonly actedOn: CivilDate
    readonly actedById: number | null
  },
): Promise<void> {
  const ids = pauses.map(({ id }) => id)
  await tables(client).alert.updateMany({ where: { id: { in: ids } }, data: acted })
  await writeDays(client, 'alert.paused_until', pauses)
}

interface ActionContext {
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
    const teams = await lockTeams(client, actor.organisationId, contractId)
    const [row] = await readColumns(client, [contractId], ['version'], { lock: true })
    // Under the lock: of two who saw the same version, one acts.
    if (row && actor.seenVersion !== undefined && row.version !== actor.seenVersion) {
      throw new Overtaken()
    }
    const [record] = await readContracts(client, [contractId])
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
