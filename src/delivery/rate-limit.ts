/**
 * What holds a destination back: its pace, a pause that Slack asked for, the wait before another
 * try; the outbox's times.
 */
import { setTimeout } from 'node:timers/promises'
import type pg from 'pg'
import { tables } from '../database/prisma.ts'

/**
 * Now, as the database's columns keep it: to the millisecond, rounded up as often as down. Not the
 * start of the statement: a row written after that can be visible already, and would not be due.
 */
export const NOW = 'clock_timestamp()::timestamptz(3)'

/** Stands for a whole workspace where a channel's destination stands otherwise. */
export const WORKSPACE = '*'

/**
 * A message that Slack fails again and again holds its own subject for so long, and no longer: what
 * falls due meanwhile is told by a message of its own.
 */
const HOLDS_FOR = "interval '1 hour'"

/** Purposes whose deliveries keep no order within their subject. */
const UNORDERED = `('update', 'waiver')`

/**
 * Whether a delivery `d` waits for another: an earlier one of its subject that is to be sent again or
 * looked up, the message that it replies to, or the one that it rewrites.
 */
const WAITS = `
  (EXISTS (SELECT FROM delivery h
    WHERE h.organisation_id = d.organisation_id AND h.destination = d.destination
      AND h.state IN ('RETRY', 'UNCERTAIN') AND h.subject = d.subject AND h.id < d.id
      AND h.purpose NOT IN ${UNORDERED} AND d.purpose NOT IN ${UNORDERED}
      AND coalesce(h.first_tried_at, ${NOW}) > ${NOW} - ${HOLDS_FOR})
   OR EXISTS (SELECT FROM delivery h
    WHERE h.id = coalesce(d.facts ->> 'update_of', d.facts ->> 'thread_of')::int
      AND h.state IN ('PENDING', 'SENDING', 'RETRY', 'UNCERTAIN')
      AND (d.facts ? 'update_of' OR coalesce(h.first_tried_at, ${NOW}) > ${NOW} - ${HOLDS_FOR})))`

/** The next due delivery of a channel row `c`: one probe of an index for each state. */
export const NEXT_DUE = `
  SELECT min(id) AS id FROM (${['PENDING', 'RETRY']
    .map(
      (state) => `
    (SELECT id FROM delivery d
      WHERE organisation_id = c.organisation_id AND destination = c.destination
        AND state = '${state}' AND due_at <= ${NOW} AND NOT ${WAITS} ORDER BY id LIMIT 1)`,
    )
    .join(' UNION ALL ')}) first`

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

/** Nothing more for this destination for so long, an hour at most; a longer pause that stands is kept. */
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
    [place.organisationId, place.destination, Math.min(forMs, LONGEST_PAUSE_MS), why],
  )
}

/** Forgets the id of a channel, so that it is looked up by its name again. */
export async function forgetChannel(
  pool: pg.Pool,
  { organisationId, destination }: { organisationId: number; destination: string },
): Promise<void> {
  await tables(pool).channel.updateMany({
    where: { organisationId, destination },
    data: { slackChannel: null },
  })
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
  await tables(pool).channel.deleteMany({ where: { organisationId, destination: WORKSPACE } })
}

interface Pause {
  readonly organisationId: number
  readonly destination: string
  readonly why: string | null
  readonly over: boolean
  readonly minutes: number
}

/** Paused workspaces, and channels whose pause is not over; the longest first. */
async function readPauses(pool: pg.Pool): Promise<Pause[]> {
  const { rows } = await pool.query<Pause>(
    `SELECT organisation_id AS "organisationId", destination, paused_why AS why,
            coalesce(paused_until <= ${NOW}, true) AS over,
            ceil(extract(epoch FROM paused_until - ${NOW}) / 60)::int AS minutes
       FROM channel WHERE destination = $1 OR paused_until > ${NOW}
      ORDER BY organisation_id, minutes DESC, destination`,
    [WORKSPACE],
  )
  return rows
}

/** Organisations whose workspace is paused; `over` once the token may be tried again. */
export async function pausedWorkspaces(
  pool: pg.Pool,
): Promise<{ organisationId: number; why: string; over: boolean }[]> {
  return (await readPauses(pool)).flatMap(({ organisationId, destination, why, over }) =>
    destination === WORKSPACE ? [{ organisationId, why: why ?? '', over }] : [],
  )
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

/** The id behind each destination, as its last post learned it. */
export async function followedChannels(
  pool: pg.Pool,
  organisationId: number,
): Promise<ReadonlyMap<string, string>> {
  const followed = await tables(pool).channel.findMany({
    where: { organisationId, slackChannel: { not: null } },
    select: { destination: true, slackChannel: true },
  })
  return new Map(followed.map(({ destination, slackChannel }) => [destination, slackChannel ?? '']))
}

/** A destination that waits for the end of a pause. */
interface Paused {
  readonly destination: string
  readonly why: string | null
  readonly minutes: number
}

export async function pausedChannels(pool: pg.Pool, organisationId: number): Promise<Paused[]> {
  return (await readPauses(pool))
    .filter((each) => each.organisationId === organisationId && each.destination !== WORKSPACE)
    .map(({ destination, why, minutes }) => ({ destination, why, minutes }))
}

/**
 * Ends the pause of a destination, named as it is written or by its id, or of all where none is
 * named, and brings forward whatever waits there for another try. The destinations that this met.
 */
export async function resume(
  pool: pg.Pool,
  organisationId: number,
  destination: string | null,
): Promise<string[]> {
  const named = `organisation_id = $1
     AND ($2::text IS NULL OR ltrim(destination, '#') = ltrim($2, '#') OR destination IN (
       SELECT destination FROM channel WHERE organisation_id = $1 AND slack_channel = $2))`
  const bringForward = async (table: string, column: string, which: string) => {
    const { rows } = await pool.query<{ destination: string }>(
      `UPDATE ${table} SET ${column} = ${NOW} WHERE ${named} AND ${column} > ${NOW} AND ${which}
       RETURNING destination`,
      [organisationId, destination],
    )
    return rows.map((row) => row.destination)
  }
  const paused = await bringForward('channel', 'paused_until', 'true')
  const met = [
    ...paused,
    ...(await bringForward('delivery', 'due_at', "state IN ('RETRY', 'UNCERTAIN', 'BLOCKED')")),
  ]
  return [...new Set(met)].sort()
}

/**
 * Milliseconds until the first destination that has something due now is free: from its pace, from
 * a pause, from what is under way there, or from a look-up that its messages wait for; 0 where it is
 * free by now. Null where nothing is due, or where it waits for what is tried again later.
 */
export async function nextFreeInMs(pool: pg.Pool): Promise<number | null> {
  const { rows } = await pool.query<{ ms: number | null }>(
    `SELECT ceil(extract(epoch FROM min(
              greatest(c.next_post_at, c.paused_until, before.sending, before.held_until, ${NOW}))
              - clock_timestamp()) * 1000)::float8 AS ms
       FROM channel c
       CROSS JOIN LATERAL (${NEXT_DUE}) next
       CROSS JOIN LATERAL (
         SELECT max(lease_until) AS sending,
                CASE WHEN next.id IS NULL
                     THEN min(due_at) FILTER (WHERE state = 'UNCERTAIN' AND due_at > ${NOW})
                END AS held_until
           FROM delivery d
          WHERE d.organisation_id = c.organisation_id AND d.destination = c.destination
            AND d.state IN ('SENDING', 'UNCERTAIN')) before
      WHERE (next.id IS NOT NULL OR before.sending IS NOT NULL OR before.held_until IS NOT NULL)
        AND EXISTS (SELECT FROM delivery d
          WHERE d.organisation_id = c.organisation_id AND d.destination = c.destination
            AND d.state IN ('PENDING', 'RETRY') AND d.due_at <= ${NOW})
        AND NOT EXISTS (SELECT FROM channel w
          WHERE w.organisation_id = c.organisation_id AND w.destination = $1)`,
    [WORKSPACE],
  )
  const ms = rows[0]?.ms ?? null
  return ms === null ? null : Math.max(0, ms)
}

const FIRST_MS = 2000
const LONGEST_MS = 15 * 60_000

/** The longest that Slack's own word is taken for: a header may hold any number. */
export const LONGEST_PAUSE_MS = 3_600_000

/** After this long without success a delivery is dead, and visible as such. */
const GIVE_UP_MS = 72 * 3_600_000

/**
 * Milliseconds until the next try after this many failures: doubling from 2 s to 15 minutes, and
 * spread by half either way so that what failed together does not come back together.
 * @param jitter from 0 to 1.
 */
export function backOffMs(failures: number, jitter: number): number {
  const doubled = FIRST_MS * 2 ** Math.min(Math.max(failures, 1) - 1, 20)
  return Math.round(Math.min(doubled, LONGEST_MS) * (0.5 + jitter))
}

export interface DeliverySettings {
  /** How long a claim holds. Longer than timeout and history lag together. */
  readonly leaseMs: number
  /** After this long a message that Slack accepted is in its history. */
  readonly historyLagMs: number
  readonly timeoutMs: number
  readonly paceMs: number
  readonly concurrency: number
  readonly giveUpMs: number
  /** However long Slack asks to be left alone, it is for no longer than this. */
  readonly longestPauseMs: number
  /** How long a refused token rests before it is tried again. */
  readonly workspacePauseMs: number
  /** How long a channel that takes nothing rests before it is tried again. */
  readonly blockedPauseMs: number
  readonly pollMs: number
}

export const DELIVERY_DEFAULTS: DeliverySettings = {
  leaseMs: 90_000,
  historyLagMs: 10_000,
  timeoutMs: 10_000,
  paceMs: 1000,
  concurrency: 20,
  giveUpMs: GIVE_UP_MS,
  longestPauseMs: LONGEST_PAUSE_MS,
  workspacePauseMs: 60_000,
  blockedPauseMs: 15 * 60_000,
  pollMs: 1000,
}

/**
 * After so long Slack may have taken what it did not answer: history is read once more for what was
 * sent again, and a last time ten times later.
 */
export function lookAgainAfterMs({ leaseMs }: Pick<DeliverySettings, 'leaseMs'>): number {
  return 4 * leaseMs
}

/**
 * The settings, checked.
 * @throws RangeError when a lease could run out while its post may still be under way or not yet
 * visible: then another process would look, find nothing, and send it again.
 */
export function checkedSettings(settings: DeliverySettings): DeliverySettings {
  const least = settings.timeoutMs + settings.historyLagMs
  if (settings.leaseMs > least) return settings
  throw new RangeError(
    `The delivery lease (${settings.leaseMs} ms) must be longer than timeout and history lag together (${least} ms): lengthen the lease.`,
  )
}

/** Waits so many milliseconds, or until the signal; never throws. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return
  try {
    await setTimeout(ms, undefined, signal === undefined ? {} : { signal })
  } catch {
    // Only the signal ends it early.
  }
}
