/** What people do about a contract: acknowledge, decide, extend. Each in one transaction, audited. */
import type { Pool, PoolClient } from 'pg'
import { type AuditChange, writeAudit } from '../db/audit.ts'
import { readTeams, type Team } from '../db/organisation.ts'
import { rekey } from '../db/rekey.ts'
import type { RuleBook } from '../db/rule-book.ts'
import { inTransaction } from '../db/transaction.ts'
import { type ContractRecord, readContracts } from '../db/watched.ts'
import { queueUpdates } from '../delivery/updates.ts'
import { addDays, type CivilDate, daysBetween } from '../domain/civil-date.ts'
import type { DecidableKind } from '../domain/contract.ts'
import { currentEnd } from '../domain/current-end.ts'
import { severity } from '../domain/deadline-kinds.ts'
import { deadlinesOf } from '../domain/deadlines.ts'
import type { ExtensionKind } from '../domain/extension.ts'
import type { Decimal } from '../domain/money.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Rules } from '../domain/rules.ts'
import { decidable } from '../domain/settlement.ts'
import { dayText } from '../domain/words.ts'
import { addWorkingDays } from '../domain/working-days.ts'
import { planProcurement } from './plan-procurement.ts'
import { queueWaiver } from './waiver.ts'

export interface Actor {
  readonly organisationId: number
  readonly rulesOf: RuleBook
  readonly todayOf: (team: Team) => CivilDate
  readonly now: Date
  readonly personId: number | null
  /** command line, slack. */
  readonly via: string
  /** The version of the contract that the person saw: an act on any other is refused. */
  readonly seenVersion?: number
}

/** The contract is no longer as the person saw it: nothing was done. */
export class Overtaken extends Refusal {
  constructor() {
    super('Somebody else changed this contract a moment ago. Look at it again, then decide.')
  }
}

/** An acknowledgement is quiet for so long: calendar days, or working days when it is urgent. */
const PAUSE_DAYS = 14
const URGENT_PAUSE_WORKING_DAYS = 2

/** Somebody is on it: the contract's open warnings pause, and are asked about again. */
export async function acknowledge(pool: Pool, actor: Actor, contractId: number): Promise<void> {
  await act(pool, actor, contractId, async (client, { today, rules, record }) => {
    const open = await client.query<{ id: number; kind: string; deadlineOn: CivilDate }>(
      `SELECT id, kind, deadline_on AS "deadlineOn" FROM alert WHERE contract_id = $1 AND state IN ('open', 'snoozed') ORDER BY id`,
      [contractId],
    )
    if (open.rows.length === 0) {
      throw new Refusal(`${record.row.reference} has no open warning to acknowledge.`)
    }
    const pauses = open.rows.map(({ deadlineOn }) => {
      const urgency = severity(daysBetween(today, deadlineOn))
      return urgency === 'urgent' || urgency === 'overdue'
        ? addWorkingDays(today, URGENT_PAUSE_WORKING_DAYS, rules.calendar)
        : addDays(today, PAUSE_DAYS)
    })
    await client.query(
      `UPDATE alert SET state = 'acknowledged', acted_on = $3, acted_by_id = $4, paused_until = a.until
       FROM unnest($1::int[], $2::date[]) AS a (id, until) WHERE alert.id = a.id`,
      [open.rows.map((row) => row.id), pauses, today, actor.personId],
    )
    const kinds = [...new Set(open.rows.map((row) => row.kind))].join(', ')
    const until = pauses.reduce((a, b) => (a < b ? a : b))
    return [{ contractId, what: 'acknowledged', field: kinds, from: null, to: until }]
  })
}

export interface DecisionInput {
  readonly kind: DecidableKind
  readonly text: string
  readonly evidence: string | null
}

/** A decision with its evidence settles one deadline. */
export async function decide(
  pool: Pool,
  actor: Actor,
  contractId: number,
  decision: DecisionInput,
): Promise<void> {
  const text = decision.text.trim()
  if (text === '') throw new Refusal('Say what was decided, in a few words.')
  await act(pool, actor, contractId, async (client, { today, rules, record }) => {
    const deadlines = deadlinesOf(record.contract, rules)
    const fitting = deadlines.filter((each) => decidable(each.kind) === decision.kind)
    const deadline = fitting.find((each) => each.settled === null) ?? fitting[0]
    if (!deadline) {
      const has = [...new Set(deadlines.map((each) => decidable(each.kind)))].join(', ')
      throw new Refusal(
        `${record.row.reference} has no ${decision.kind} deadline to decide about; it has: ${has || 'none'}.`,
      )
    }
    await client.query(
      `UPDATE decision SET withdrawn_at = $4 WHERE contract_id = $1 AND deadline = $2 AND deadline_on = $3
         AND withdrawn_at IS NULL`,
      [contractId, decision.kind, deadline.on, actor.now],
    )
    const made = await client.query<{ id: number }>(
      `INSERT INTO decision (organisation_id, contract_id, deadline, deadline_on, text, evidence, decided_on, decided_by_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
      [
        actor.organisationId,
        contractId,
        decision.kind,
        deadline.on,
        text,
        decision.evidence,
        today,
        actor.personId,
      ],
    )
    // A review plans nothing, whatever words its outcome is put in.
    const planned =
      decision.kind === 'review'
        ? []
        : await planProcurement(
            client,
            { record, today, rules, now: actor.now },
            { id: made.rows[0]?.id ?? 0, text },
          )
    return [
      { contractId, what: 'decided', field: decision.kind, from: deadline.on, to: text },
      ...planned,
    ]
  })
}

export interface ExtensionInput {
  readonly kind: ExtensionKind
  readonly to: CivilDate
  /** The day after the current end where it is null. */
  readonly from: CivilDate | null
  readonly cost: Decimal | null
  /** A proposed one moves nothing; signed where it is not said. */
  readonly status?: 'confirmed' | 'proposed'
  readonly rule?: string | null
  readonly grounds?: string | null
  readonly approver?: string | null
  readonly noticeReference?: string | null
}

/**
 * A signed extension moves the end; its deadlines follow. A contract that was closed, historic or
 * out of contract is covered again, and watched again. Returns the extension's number.
 */
export async function extend(
  pool: Pool,
  actor: Actor,
  contractId: number,
  extension: ExtensionInput,
): Promise<number> {
  let made = 0
  await act(pool, actor, contractId, async (client, { today, rules, record }) => {
    const { reference, currency, historic, closedOn } = record.row
    const end = currentEnd(record.contract)
    const { to, kind, cost, status = 'confirmed' } = extension
    if (end.kind === 'rolling') {
      throw new Refusal(
        `${reference} runs without an end, so that there is nothing to extend. Give it an end first.`,
      )
    }
    if (end.kind === 'dated' && to <= end.latest) {
      throw new Refusal(
        `${reference} runs to ${dayText(end.latest)} already: an extension has to end later than that, not on ${dayText(to)}.`,
      )
    }
    const from = extension.from ?? (end.kind === 'dated' ? addDays(end.latest, 1) : today)
    if (from > to)
      throw new Refusal(
        `The extension would begin on ${dayText(from)}, after its end on ${dayText(to)}.`,
      )
    const recorded = await client.query<{ id: number }>(
      `INSERT INTO extension (organisation_id, contract_id, kind, status, from_on, to_on, cost, currency,
         known_on, source, recorded_by_id, recorded_at, rule, grounds, approver, notice_reference, undid)
       SELECT $1, id, $3, $12, $4, $5, $6, $7, $8, $9, $10, $11, $13, $14, $15, $16,
         jsonb_build_object('closedOn', closed_on, 'closedWhy', closed_why, 'historic', historic,
           'outOfContractOn', out_of_contract_on)
       FROM contract WHERE id = $2 RETURNING id`,
      [
        actor.organisationId,
        contractId,
        kind,
        from,
        to,
        cost,
        currency,
        today,
        actor.via,
        actor.personId,
        actor.now,
        status,
        extension.rule ?? null,
        extension.grounds ?? null,
        extension.approver ?? null,
        extension.noticeReference ?? null,
      ],
    )
    made = recorded.rows[0]?.id ?? 0
    if (status === 'proposed') {
      return [{ contractId, what: 'extension proposed', field: kind, from, to }]
    }
    if (kind === 'emergency') {
      await queueWaiver(client, actor, { contractId, extensionId: made, today, rules })
    }
    const longPast = to < addDays(today, -rules.historicAfterDays)
    await client.query(
      `UPDATE contract SET historic = historic AND $2, closed_on = NULL, closed_why = NULL,
              out_of_contract_on = NULL, disputed_end = NULL WHERE id = $1`,
      [contractId, longPast],
    )
    const revived = closedOn !== null || (historic && !longPast)
    return [
      { contractId, what: 'extended', field: kind, from, to },
      ...(revived ? [{ contractId, what: 'reopened', field: null, from: closedOn, to: null }] : []),
    ]
  })
  return made
}

export interface Acted {
  readonly today: CivilDate
  readonly rules: Rules
  readonly record: ContractRecord
}

/** Locks the contract, does the work, writes the audit, and recomputes what follows. */
export async function act(
  pool: Pool,
  actor: Actor,
  contractId: number,
  work: (client: PoolClient, acted: Acted) => Promise<readonly AuditChange[]>,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    // Teams before contracts, as sweeps and imports lock them: whoever comes second sees what the
    // first one did, and nobody waits in a circle.
    await client.query(
      'SELECT FROM team WHERE id = (SELECT team_id FROM contract WHERE id = $1) FOR UPDATE',
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
    if (!record || !team)
      throw new Refusal('That contract is gone: it may have been removed with its register.')
    const today = actor.todayOf(team)
    const changes = await work(client, { today, rules: actor.rulesOf(team, record.row), record })
    const { organisationId, rulesOf } = actor
    await rekey(client, { organisationId, teams, rulesOf, today }, [contractId])
    await queueUpdates(client, organisationId, [contractId], today)
    const source = { organisationId, byPersonId: actor.personId, via: actor.via, at: actor.now }
    const summary = changes.map((change) => `${change.what} ${record.row.reference}`).join(', ')
    await writeAudit(client, source, summary, changes)
  })
}
