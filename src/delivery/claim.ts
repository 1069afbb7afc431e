/** Taking deliveries to send: one for each destination, under a lease of the database's clock. */
import type pg from 'pg'
import { inTransaction } from '../db/transaction.ts'
import { asCivilDate, type CivilDate } from '../domain/civil-date.ts'
import { type Begun, begunIn } from './begun-uploads.ts'
import { NOW } from './moment.ts'
import { NEXT_DUE, WORKSPACE } from './throttle.ts'

/** A delivery that this process may send until its lease runs out. */
export interface Claim {
  readonly id: number
  readonly organisationId: number
  readonly teamId: number | null
  /** Carried in the message's metadata. */
  readonly key: string
  readonly subject: string
  readonly purpose: string
  readonly sequence: number
  readonly destination: string
  readonly asOf: CivilDate
  readonly facts: unknown
  readonly catchUp: boolean
  readonly possibleRepeat: boolean
  /** What an earlier attempt began to upload. */
  readonly uploads: Begun
  /** How often Slack failed it before. */
  readonly failures: number
  /** The id behind the destination, as the last post learned it. */
  readonly channelId: string | null
  /** With `owner` it is the fence: no other claim of this delivery has the same two. */
  readonly attempt: number
  readonly owner: string
  /** It has waited because nobody could say who reads it. */
  readonly readersUnknown: boolean
  /** How long ago it was queued, when it was claimed. */
  readonly waitedMs: number
}

export interface ClaimOptions {
  readonly owner: string
  readonly leaseMs: number
  /** At most so many. */
  readonly limit: number
}

/**
 * Claims what is due now: of each destination the first in order of id that waits for no other, and
 * nothing where another is under way. Committed when it returns.
 *
 * Two statements, because the second must see what was committed before the first got its locks:
 * in one statement, another worker's claim could be missed and two messages be under way at once.
 */
export async function claimDue(pool: pg.Pool, options: ClaimOptions): Promise<Claim[]> {
  return await inTransaction(pool, async (client) => {
    const { rows: channels } = await client.query<{ organisation_id: number; destination: string }>(
      LOCK_CHANNELS,
      [WORKSPACE, options.limit],
    )
    if (channels.length === 0) return []
    const { rows } = await client.query<ClaimRow>(CLAIM_FIRST, [
      channels.map((channel) => channel.organisation_id),
      channels.map((channel) => channel.destination),
      options.owner,
      options.leaseMs,
    ])
    return rows.map(asClaim)
  })
}

const UNDER_WAY = `
  EXISTS (SELECT FROM delivery
    WHERE organisation_id = c.organisation_id AND destination = c.destination
      AND state = 'SENDING')`

// The lock on the channel's row is what makes two workers take turns at a destination.
const LOCK_CHANNELS = `
  SELECT c.organisation_id, c.destination
    FROM channel c, LATERAL (${NEXT_DUE}) next
   WHERE next.id IS NOT NULL
     AND coalesce(c.next_post_at, '-infinity') <= ${NOW}
     AND coalesce(c.paused_until, '-infinity') <= ${NOW}
     AND NOT EXISTS (SELECT FROM channel w
       WHERE w.organisation_id = c.organisation_id AND w.destination = $1)
     AND NOT ${UNDER_WAY}
   ORDER BY next.id
   LIMIT $2
   FOR UPDATE OF c SKIP LOCKED`

const CLAIM_FIRST = `
  WITH due AS (
    SELECT c.slack_channel, next.id
      FROM channel c
      JOIN unnest($1::int[], $2::text[]) AS locked (organisation_id, destination)
        USING (organisation_id, destination),
      LATERAL (${NEXT_DUE}) next
     WHERE next.id IS NOT NULL
       AND coalesce(c.next_post_at, '-infinity') <= ${NOW}
       AND coalesce(c.paused_until, '-infinity') <= ${NOW}
       AND NOT ${UNDER_WAY})
  UPDATE delivery d
     SET state = 'SENDING', attempt = d.attempt + 1, owner = $3,
         lease_until = clock_timestamp() + $4 * interval '1 millisecond',
         first_tried_at = coalesce(d.first_tried_at, clock_timestamp()), began_at = 'infinity',
         problem = NULL
    FROM due
   WHERE d.id = due.id
  RETURNING d.id, d.organisation_id, d.team_id, d.key, d.subject, d.purpose, d.sequence,
            d.destination, d.as_of, d.facts, d.catch_up, d.possible_repeat, d.uploads, d.failures,
            d.attempt, d.owner, due.slack_channel,
            d.readers_unknown_since IS NOT NULL AS readers_unknown,
            (extract(epoch FROM clock_timestamp() - d.created_at) * 1000)::float8 AS waited_ms`

interface ClaimRow {
  readonly id: number
  readonly organisation_id: number
  readonly team_id: number | null
  readonly key: string
  readonly subject: string
  readonly purpose: string
  readonly sequence: number
  readonly destination: string
  readonly as_of: string
  readonly facts: unknown
  readonly catch_up: boolean
  readonly possible_repeat: boolean
  readonly uploads: unknown
  readonly failures: number
  readonly slack_channel: string | null
  readonly attempt: number
  readonly owner: string
  readonly readers_unknown: boolean
  readonly waited_ms: number
}

function asClaim(row: ClaimRow): Claim {
  return {
    id: row.id,
    organisationId: row.organisation_id,
    teamId: row.team_id,
    key: row.key,
    subject: row.subject,
    purpose: row.purpose,
    sequence: row.sequence,
    destination: row.destination,
    asOf: asCivilDate(row.as_of),
    facts: row.facts,
    catchUp: row.catch_up,
    possibleRepeat: row.possible_repeat,
    uploads: begunIn(row.uploads),
    failures: row.failures,
    channelId: row.slack_channel,
    attempt: row.attempt,
    owner: row.owner,
    readersUnknown: row.readers_unknown,
    waitedMs: row.waited_ms,
  }
}
