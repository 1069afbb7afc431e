/** What came from Slack acts once, however often it is delivered. */
import type { Pool } from 'pg'

/**
 * True the first time that this key is seen, false ever after: across redeliveries, processes and
 * restarts. The key is Slack's own: an event's id, or a press's time with its person and action.
 */
export async function firstTime(pool: Pool, organisationId: number, key: string): Promise<boolean> {
  const taken = await pool.query(
    'INSERT INTO inbox (organisation_id, key) VALUES ($1, $2) ON CONFLICT DO NOTHING',
    [organisationId, key.slice(0, 500)],
  )
  return taken.rowCount === 1
}

/** Whether this key was seen, and is not forgotten yet. */
export async function isKnown(pool: Pool, organisationId: number, key: string): Promise<boolean> {
  const found = await pool.query('SELECT FROM inbox WHERE organisation_id = $1 AND key = $2', [
    organisationId,
    key.slice(0, 500),
  ])
  return found.rowCount === 1
}

/** What failed may be tried again: the same form with its errors put right. */
export async function forget(pool: Pool, organisationId: number, key: string): Promise<void> {
  await pool.query('DELETE FROM inbox WHERE organisation_id = $1 AND key = $2', [
    organisationId,
    key.slice(0, 500),
  ])
}

/** Forgets what Slack can no longer send again: it retries for an hour at most. */
export async function sweepInbox(pool: Pool, keepDays: number): Promise<number> {
  const gone = await pool.query(
    'DELETE FROM inbox WHERE received_at < now() - make_interval(days => $1)',
    [keepDays],
  )
  return gone.rowCount ?? 0
}
