/**
 * What has been kept for long enough goes: closed contracts with all that hangs on them, warnings
 * and messages that are over. In batches, so that no statement holds a large part of a table; what
 * a run leaves behind goes the next day.
 */
import type { Pool } from 'pg'
import { writeAudit } from '../db/audit.ts'
import { inTransaction } from '../db/transaction.ts'
import { addDays, type CivilDate } from '../domain/civil-date.ts'

export interface RetainContext {
  readonly organisationId: number
  readonly today: CivilDate
  readonly now: Date
  readonly keep: { readonly closedDays: number; readonly alertDays: number }
}

export interface Retained {
  readonly contracts: number
  readonly alerts: number
  readonly deliveries: number
  readonly slots: number
}

const BATCH = 500
/** Batches of each kind in one run: an old register that is closed at once goes over days. */
const MOST_BATCHES = 20

/** Removes what is too old; how many of each. */
export async function retain(pool: Pool, context: RetainContext): Promise<Retained> {
  return {
    contracts: await inBatches(() => removeContracts(pool, context)),
    deliveries: await inBatches(() => removeDeliveries(pool, context)),
    alerts: await inBatches(() => removeAlerts(pool, context)),
    slots: await inBatches(() => removeSlots(pool, context)),
  }
}

async function inBatches(remove: () => Promise<number>): Promise<number> {
  let removed = 0
  for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
    const count = await remove()
    removed += count
    if (count < BATCH) break
  }
  return removed
}

/** The audit keeps its rows: they name a contract by its number and its reference alone. */
async function removeContracts(
  pool: Pool,
  { organisationId, today, now, keep }: RetainContext,
): Promise<number> {
  return await inTransaction(pool, async (client) => {
    const gone = await client.query<{ id: number; reference: string }>(
      `DELETE FROM contract WHERE id IN (
         SELECT id FROM contract WHERE organisation_id = $1 AND closed_on < $2
         ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED) RETURNING id, reference`,
      [organisationId, addDays(today, -keep.closedDays)],
    )
    if (gone.rows.length === 0) return 0
    const source = { organisationId, byPersonId: null, via: 'retention', at: now }
    await writeAudit(
      client,
      source,
      `removed ${gone.rows.length} contracts that were closed long ago`,
      gone.rows.map(({ id, reference }) => ({
        contractId: id,
        what: 'removed',
        field: 'retention',
        from: reference,
        to: null,
      })),
    )
    return gone.rows.length
  })
}

async function removeDeliveries(
  pool: Pool,
  { organisationId, today, keep }: RetainContext,
): Promise<number> {
  const gone = await pool.query(
    `DELETE FROM delivery WHERE id IN (
       SELECT d.id FROM delivery d WHERE d.organisation_id = $1 AND d.as_of < $2
         AND d.state IN ('SENT', 'SUPERSEDED', 'DEAD', 'BLOCKED')
         AND NOT EXISTS (SELECT FROM delivery_alert da JOIN alert a ON a.id = da.alert_id
           WHERE da.delivery_id = d.id AND a.state NOT IN ('superseded', 'closed'))
       ORDER BY d.id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
    [organisationId, addDays(today, -keep.alertDays)],
  )
  return gone.rowCount ?? 0
}

/**
 * Only those of a deadline that has passed as well: while a date can still come back, its alerts
 * say what was told of it.
 */
async function removeAlerts(
  pool: Pool,
  { organisationId, today, keep }: RetainContext,
): Promise<number> {
  const gone = await pool.query(
    `DELETE FROM alert WHERE id IN (
       SELECT a.id FROM alert a WHERE a.organisation_id = $1 AND a.raised_on < $2
         AND a.state IN ('superseded', 'closed') AND a.deadline_on < $2
         AND NOT EXISTS (SELECT FROM deadline d WHERE d.contract_id = a.contract_id
           AND d.kind = a.kind AND d.due_on = a.deadline_on)
       ORDER BY a.id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
    [organisationId, addDays(today, -keep.alertDays)],
  )
  return gone.rowCount ?? 0
}

async function removeSlots(
  pool: Pool,
  { organisationId, today, keep }: RetainContext,
): Promise<number> {
  const gone = await pool.query(
    `DELETE FROM slot WHERE (team_id, kind, slot_on) IN (
       SELECT team_id, kind, slot_on FROM slot WHERE organisation_id = $1 AND slot_on < $2
         AND finished_at IS NOT NULL LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`,
    [organisationId, addDays(today, -keep.alertDays)],
  )
  return gone.rowCount ?? 0
}
