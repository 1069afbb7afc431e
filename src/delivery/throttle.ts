/** What holds a destination back: its pace, a pause that Slack asked for, a refused token. */
import type pg from 'pg'
import { NOW } from './moment.ts'

/** Stands for a whole workspace where a channel's destination stands otherwise. */
export const WORKSPACE = '*'

/** A row for every destination that something is due for, so that claims have one to lock. */
export async function knowChannels(pool: pg.Pool): Promise<void> {
  await pool.query(`
    INSERT INTO channel (organisation_id, destination)
    SELECT DISTINCT organisation_id, destination FROM delivery d
     WHERE state IN ('PENDING', 'RETRY') AND due_at <= ${NOW}
       AND NOT EXISTS (SELECT FROM channel c
         WHERE c.organisation_id = d.organisation_id AND c.destination = d.destination)
    ON CONFLICT DO NOTHING`)
}

/** Nothing more for this destination for so long; a longer pause that stands is kept. */
export async function pauseChannel(
  pool: pg.Pool,
  place: { readonly organisationId: number; readonly destination: string },
  forMs: number,
  why: string,
): Promise<void> {
  await pool.query(
    `INSERT INTO channel AS c (organisation_id, destination, paused_until, paused_why)
     VALUES ($1, $2, clock_timestamp() + $3 * interval '1 millisecond', $4)
     ON CONFLICT (organisation_id, destination) DO UPDATE
       SET paused_until = greatest(c.paused_until, excluded.paused_until),
           paused_why = excluded.paused_why`,
    [place.organisationId, place.destination, forMs, why],
  )
}

/** Nothing at all for this organisation until `resumeWorkspace`; asked again after so long. */
export async function pauseWorkspace(
  pool: pg.Pool,
  organisationId: number,
  forMs: number,
  why: string,
): Promise<void> {
  await pauseChannel(pool, { organisationId, destination: WORKSPACE }, forMs, why)
}

export async function resumeWorkspace(pool: pg.Pool, organisationId: number): Promise<void> {
  await pool.query('DELETE FROM channel WHERE organisation_id = $1 AND destination = $2', [
    organisationId,
    WORKSPACE,
  ])
}

/** Organisations whose workspace is paused; `over` once the token may be tried again. */
export async function pausedWorkspaces(
  pool: pg.Pool,
): Promise<{ organisationId: number; why: string; over: boolean }[]> {
  const { rows } = await pool.query<{ organisation_id: number; why: string; over: boolean }>(
    `SELECT organisation_id, coalesce(paused_why, '') AS why,
            coalesce(paused_until <= ${NOW}, true) AS over
       FROM channel WHERE destination = $1 ORDER BY organisation_id`,
    [WORKSPACE],
  )
  return rows.map((row) => ({ organisationId: row.organisation_id, why: row.why, over: row.over }))
}

/** How many deliveries are due now and held back by a paused workspace. */
export async function countHeld(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ held: number }>(
    `SELECT count(*) AS held FROM delivery d JOIN channel w
         ON w.organisation_id = d.organisation_id AND w.destination = $1
      WHERE d.state IN ('PENDING', 'RETRY') AND d.due_at <= ${NOW}`,
    [WORKSPACE],
  )
  return rows[0]?.held ?? 0
}

/**
 * Milliseconds until the first destination that has something due now is free: from its pace, from
 * a pause, or from what is under way there; 0 where it is free by now. Null where nothing is due.
 */
export async function nextFreeInMs(pool: pg.Pool): Promise<number | null> {
  const { rows } = await pool.query<{ ms: number | null }>(
    `SELECT ceil(extract(epoch FROM min(coalesce(
              greatest(c.next_post_at, c.paused_until, under_way.until), '-infinity'))
              - clock_timestamp()) * 1000)::float8 AS ms
       FROM channel c
       CROSS JOIN LATERAL (
         SELECT max(coalesce(lease_until, due_at)) AS until FROM delivery d
          WHERE d.organisation_id = c.organisation_id AND d.destination = c.destination
            AND d.state IN ('SENDING', 'UNCERTAIN')) under_way
      WHERE EXISTS (SELECT FROM delivery d
          WHERE d.organisation_id = c.organisation_id AND d.destination = c.destination
            AND d.state IN ('PENDING', 'RETRY') AND d.due_at <= ${NOW})
        AND NOT EXISTS (SELECT FROM channel w
          WHERE w.organisation_id = c.organisation_id AND w.destination = $1)`,
    [WORKSPACE],
  )
  const ms = rows[0]?.ms ?? null
  return ms === null ? null : Math.max(0, ms)
}
