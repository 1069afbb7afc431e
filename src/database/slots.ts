/** Civil slots: a day's or a week's work whose row is the lock, so that one process does it once. */
import type { Pool } from 'pg'
import type { CivilDate } from '../rules/civil-date.ts'

export interface SlotOf {
  readonly teamId: number
  readonly on: CivilDate
}

/** Whose slots, and which process takes them. */
export interface SlotOwner {
  readonly organisationId: number
  readonly owner: string
}

/** A process that dies in a slot is taken over after this long; a slot takes seconds. */
const LEASE = '2 minutes'

/**
 * Takes the slots that nobody has run or is running; one whose process died is taken over. One of
 * this process's own was left by a tick of its own that failed: it has one tick at a time.
 */
export async function claimSlots<Slot>(
  pool: Pool,
  { organisationId, owner }: SlotOwner,
  kind: string,
  slots: readonly Slot[],
  of: (slot: Slot) => SlotOf,
): Promise<Slot[]> {
  if (slots.length === 0) return []
  const taken = await pool.query<{ teamId: number }>(
    `INSERT INTO slot (organisation_id, team_id, kind, slot_on, owner, lease_until)
     SELECT $1, s.team_id, $2, s.slot_on, $3, now() + interval '${LEASE}'
     FROM unnest($4::int[], $5::date[]) AS s (team_id, slot_on)
     ON CONFLICT (team_id, kind, slot_on) DO UPDATE
       SET owner = excluded.owner, claimed_at = now(), lease_until = excluded.lease_until
       WHERE slot.finished_at IS NULL AND (slot.lease_until < now() OR slot.owner = excluded.owner)
     RETURNING team_id AS "teamId"`,
    [organisationId, kind, owner, ...columns(slots.map(of))],
  )
  const ids = new Set(taken.rows.map((row) => row.teamId))
  return slots.filter((slot) => ids.has(of(slot).teamId))
}

/** What fails in a slot lets go of it: the next tick tries again, whoever's it is. */
export async function releasingSlots<T>(
  pool: Pool,
  owner: SlotOwner,
  kind: string,
  slots: readonly SlotOf[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // A database that is away keeps it until the lease is over, or for this process's next tick.
    await releaseSlots(pool, owner, kind, slots).catch(() => undefined)
    throw error
  }
}

/** Lets go of these slots, unfinished: the next tick of any process may take them. */
export function releaseSlots(
  pool: Pool,
  { owner }: SlotOwner,
  kind: string,
  slots: readonly SlotOf[],
): Promise<void> {
  const ours = 'slot.owner = $4 AND slot.finished_at IS NULL'
  return note(pool, kind, slots, `SET lease_until = now()`, ours, [owner])
}

export function finishSlots(pool: Pool, kind: string, slots: readonly SlotOf[]): Promise<void> {
  return note(pool, kind, slots, 'SET finished_at = now()')
}

async function note(
  pool: Pool,
  kind: string,
  slots: readonly SlotOf[],
  set: string,
  which = 'true',
  values: readonly string[] = [],
): Promise<void> {
  await pool.query(
    `UPDATE slot ${set} FROM unnest($1::int[], $2::date[]) AS s (team_id, slot_on)
     WHERE slot.team_id = s.team_id AND slot.slot_on = s.slot_on AND slot.kind = $3 AND ${which}`,
    [...columns(slots), kind, ...values],
  )
}

function columns(slots: readonly SlotOf[]): [number[], CivilDate[]] {
  return [slots.map(({ teamId }) => teamId), slots.map(({ on }) => on)]
}
