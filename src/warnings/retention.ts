/**
 * What has been kept for long enough goes: closed contracts with all that hangs on them, warnings
 * and messages that are over. In batches, so that no statement holds a large part of a table; what
 * a run leaves behind goes the next day.
 */
import type { Pool, PoolClient } from 'pg'
import { writeAudit } from '../database/audit-log.ts'
import { inTransaction } from '../database/connect.ts'
import { tables } from '../database/prisma.ts'
import { addDays, type CivilDate } from '../rules/civil-date.ts'
import { UNDO_DAYS } from '../rules/settings.ts'
import { counted } from '../text/words.ts'

interface RetainContext {
  readonly organisationId: number
  readonly today: CivilDate
  readonly now: Date
  readonly keep: { readonly closedDays: number; readonly alertDays: number }
}

const BATCH = 500
/** Batches of each kind in one run: an old register that is closed at once goes over days. */
const MOST_BATCHES = 20

/** What goes by a table of its own: rows of an organisation ($1) that are older than a day ($2). */
interface Expiring {
  readonly table: 'contract' | 'delivery' | 'alert' | 'slot'
  readonly key: string
  readonly where: string
  /** Columns that are returned of deleted rows; the key where it is left out. */
  readonly shown?: string
}

const CONTRACTS: Expiring = {
  ...{ table: 'contract', key: 'id', where: 'closed_on < $2', shown: 'id, reference' },
}

const DELIVERIES: Expiring = {
  table: 'delivery',
  key: 'id',
  where: `as_of < $2 AND state IN ('SENT', 'SUPERSEDED', 'DEAD', 'BLOCKED')
    AND NOT EXISTS (SELECT FROM delivery_alert da JOIN alert a ON a.id = da.alert_id
      WHERE da.delivery_id = old.id AND a.state NOT IN ('superseded', 'closed'))`,
}

/**
 * Only those of a deadline that has passed as well: while a date can still come back, its alerts
 * say what was told of it. So it is with a release as long as it is watched: its ends follow from the
 * data at each look.
 */
const ALERTS: Expiring = {
  table: 'alert',
  key: 'id',
  where: `raised_on < $2 AND state IN ('superseded', 'closed') AND deadline_on < $2
    AND NOT EXISTS (SELECT FROM deadline d WHERE d.contract_id = old.contract_id
      AND d.kind = old.kind AND d.due_on = old.deadline_on)
    AND NOT EXISTS (SELECT FROM release_watch w WHERE w.team_id = old.team_id
      AND w.product = old.product AND w.release = old.release)`,
}

const SLOTS: Expiring = {
  table: 'slot',
  key: 'team_id, kind, slot_on',
  where: 'slot_on < $2 AND finished_at IS NOT NULL',
}

/** Removes what is too old; how many of each. Deliveries go before the alerts that they carried. */
export async function retain(pool: Pool, context: RetainContext) {
  const { organisationId, today } = context
  await tables(pool).importBefore.deleteMany({
    where: { import: { organisationId, importedOn: { lt: addDays(today, -UNDO_DAYS) } } },
  })
  return {
    contracts: await inBatches(() => removeContracts(pool, context)),
    deliveries: await inBatches(() => removeExpired(pool, context, DELIVERIES)),
    alerts: await inBatches(() => removeExpired(pool, context, ALERTS)),
    slots: await inBatches(() => removeExpired(pool, context, SLOTS)),
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
    const before = addDays(today, -keep.closedDays)
    const gone = await remove(client, organisationId, CONTRACTS, before)
    if (gone.length === 0) return 0
    const source = { organisationId, byPersonId: null, via: 'retention', at: now }
    await writeAudit(
      client,
      source,
      `removed ${counted(gone.length, 'contract')} closed long ago`,
      gone.map(({ id, reference }) => ({
        contractId: id,
        what: 'removed',
        field: 'retention',
        from: reference,
        to: null,
      })),
    )
    return gone.length
  })
}

async function removeExpired(
  pool: Pool,
  { organisationId, today, keep }: RetainContext,
  expiring: Expiring,
): Promise<number> {
  return (await remove(pool, organisationId, expiring, addDays(today, -keep.alertDays))).length
}

async function remove(
  client: Pool | PoolClient,
  organisationId: number,
  { table, key, where, shown = key }: Expiring,
  before: CivilDate,
): Promise<{ readonly id: number; readonly reference: string }[]> {
  const gone = await client.query(
    `DELETE FROM ${table} WHERE (${key}) IN (
       SELECT ${key} FROM ${table} old WHERE organisation_id = $1 AND ${where}
       ORDER BY ${key} LIMIT ${BATCH} FOR UPDATE SKIP LOCKED) RETURNING ${shown}`,
    [organisationId, before],
  )
  return gone.rows
}
