/** What a channel refused, once more: nobody else was told of it in its place. */
import type pg from 'pg'
import { TERMINAL } from '../db/organisation.ts'
import { NOW } from './moment.ts'
import { PERSONAL } from './personal.ts'

/**
 * Blocked deliveries whose rest is over go back to the queue, but for those that the escalation
 * channel was told of instead: they would be a repeat. What was for a channel that no team names
 * any more goes to the one that its team has now. How many.
 */
export async function unblock(pool: pg.Pool): Promise<number> {
  const { rowCount } = await pool.query(UNBLOCK, [TERMINAL, PERSONAL])
  return rowCount ?? 0
}

// A subscriber's channel is named by no team either: its message stays where it is.
const UNBLOCK = `
  WITH untold AS (
    SELECT d.id, d.organisation_id, d.subject, d.purpose, d.sequence, d.destination,
           coalesce(own.channel, usual.channel) AS channel,
           d.facts @> '{"subscribed": true}' AS subscribed
      FROM delivery d
      LEFT JOIN team own ON own.id = d.team_id
      LEFT JOIN team usual ON usual.organisation_id = d.organisation_id AND usual.is_default
     WHERE d.state = 'BLOCKED' AND d.due_at <= ${NOW} AND d.purpose NOT IN ('fallback', 'update')
       AND NOT EXISTS (SELECT FROM delivery copy
         WHERE copy.organisation_id = d.organisation_id AND copy.subject = d.subject
           AND copy.purpose = 'fallback' AND copy.sequence = d.id
           AND copy.state NOT IN ('BLOCKED', 'DEAD', 'SUPERSEDED'))),
  moved AS (
    SELECT id, channel FROM untold u
     WHERE channel IS NOT NULL AND channel <> destination AND purpose NOT IN ('direct', 'escalate')
       AND purpose <> ALL ($2)
       AND NOT subscribed
       AND NOT EXISTS (SELECT FROM team t WHERE t.organisation_id = u.organisation_id
         AND u.destination IN (t.channel, t.escalation_channel))
       AND NOT EXISTS (SELECT FROM delivery same
         WHERE same.organisation_id = u.organisation_id AND same.subject = u.subject
           AND same.purpose = u.purpose AND same.sequence = u.sequence
           AND same.destination = u.channel))
  UPDATE delivery d
     SET state = 'RETRY', due_at = clock_timestamp(),
         -- What had no channel was never tried: the time that retries may take begins now.
         first_tried_at = CASE WHEN d.destination <> $1 THEN d.first_tried_at END,
         destination = coalesce((SELECT channel FROM moved WHERE moved.id = d.id), d.destination)
    FROM untold
   WHERE d.id = untold.id AND d.state = 'BLOCKED'
     AND (untold.destination <> $1 OR EXISTS (SELECT FROM moved WHERE moved.id = d.id))`
