/**
 * What became of posts whose outcome nobody knows: claims whose process went away, and posts whose
 * reply was lost. Both are looked up in Slack's history before anything is sent again.
 */
import type pg from 'pg'
import type { Found } from './gateway.ts'
import { NOW } from './moment.ts'
import { WORKSPACE } from './throttle.ts'

/** A delivery whose look-up this process has taken on. */
export interface LookUp {
  readonly id: number
  readonly organisationId: number
  readonly key: string
  readonly destination: string
  readonly attempt: number
  readonly owner: string
  /** The id behind the destination, where an earlier post learned it. */
  readonly channelId: string | null
  readonly threadTs: string | null
  readonly firstTriedAt: Date
  readonly possibleRepeat: boolean
}

/** Claims past their lease become uncertain; how many. Their owners' finishes fail from then on. */
export async function expireLeases(pool: pg.Pool): Promise<number> {
  const { rowCount } = await pool.query(
    `UPDATE delivery
        SET state = 'UNCERTAIN', lease_until = NULL, due_at = clock_timestamp(),
            problem = 'attempt ' || attempt || ' was broken off'
      WHERE state = 'SENDING' AND lease_until < clock_timestamp()`,
  )
  return rowCount ?? 0
}

/**
 * Takes on look-ups that are due. Should this process go away as well, another takes them on after
 * `leaseMs`; should both answer, the first one's answer counts.
 */
export async function claimLookUps(
  pool: pg.Pool,
  { owner, leaseMs, limit }: { owner: string; leaseMs: number; limit: number },
): Promise<LookUp[]> {
  const { rows } = await pool.query<LookUpRow>(
    `UPDATE delivery d SET owner = $1, due_at = clock_timestamp() + $2 * interval '1 millisecond'
      WHERE id IN (
        SELECT id FROM delivery u
         WHERE state = 'UNCERTAIN' AND due_at <= ${NOW}
           AND NOT EXISTS (SELECT FROM channel w
             WHERE w.organisation_id = u.organisation_id AND w.destination = $4)
         ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING id, organisation_id, key, destination, attempt, owner, first_tried_at,
       possible_repeat,
       (SELECT p.slack_channel FROM delivery p
         WHERE p.organisation_id = d.organisation_id AND p.destination = d.destination
           AND p.state = 'SENT' AND p.slack_channel IS NOT NULL
         ORDER BY p.id DESC LIMIT 1) AS channel_id,
       (SELECT p.slack_ts FROM delivery p
         WHERE p.id = (d.facts ->> 'thread_of')::int AND p.state = 'SENT') AS thread_ts`,
    [owner, leaseMs, limit, WORKSPACE],
  )
  return rows.map((row) => ({
    id: row.id,
    organisationId: row.organisation_id,
    key: row.key,
    destination: row.destination,
    attempt: row.attempt,
    owner: row.owner,
    channelId: row.channel_id,
    threadTs: row.thread_ts,
    firstTriedAt: row.first_tried_at,
    possibleRepeat: row.possible_repeat,
  }))
}

interface LookUpRow {
  readonly id: number
  readonly organisation_id: number
  readonly key: string
  readonly destination: string
  readonly attempt: number
  readonly owner: string
  readonly first_tried_at: Date
  readonly possible_repeat: boolean
  readonly channel_id: string | null
  readonly thread_ts: string | null
}

/** What a look-up came to. `lost`: somebody else had answered before. */
export type Reconciled = 'SENT' | 'RETRY' | 'UNCERTAIN' | 'DEAD' | 'lost'

/**
 * Writes down what a look-up found: sent, to be sent, to be looked up again; where nobody lets us
 * look, to be sent once more and marked, and dead when that repeat is uncertain as well.
 */
export async function reconcile(
  pool: pg.Pool,
  lookUp: LookUp,
  found: Found,
  { againMs, giveUpMs, workspace }: { againMs: number; giveUpMs: number; workspace: string | null },
): Promise<Reconciled> {
  switch (found.kind) {
    case 'found':
      return await settle(
        pool,
        lookUp,
        `state = 'SENT', sent_at = clock_timestamp(), problem = NULL,
         slack_channel = $4, slack_ts = $5, slack_workspace = $6`,
        [found.channel, found.ts, workspace],
      )
    case 'absent':
      return await settle(
        pool,
        lookUp,
        `state = 'RETRY', due_at = clock_timestamp(),
         problem = 'an earlier attempt did not arrive'`,
      )
    case 'unreadable':
      return lookUp.possibleRepeat
        ? await settle(pool, lookUp, `state = 'DEAD', problem = $4`, [
            `sent twice, and neither can be confirmed: ${found.why}`,
          ])
        : await settle(
            pool,
            lookUp,
            `state = 'RETRY', due_at = clock_timestamp(), possible_repeat = true, problem = $4`,
            [`it may have arrived, and its history cannot be read: ${found.why}`],
          )
    case 'later':
    case 'blocked':
      return await settle(
        pool,
        lookUp,
        `state = CASE WHEN first_tried_at + $5 * interval '1 millisecond' < clock_timestamp()
                      THEN 'DEAD' ELSE 'UNCERTAIN' END,
         due_at = clock_timestamp() + $4 * interval '1 millisecond', problem = $6`,
        [againMs, giveUpMs, `it may have arrived, and could not be looked up yet: ${found.why}`],
      )
  }
}

/** Only while the delivery is still uncertain about the same attempt, and nobody took it over. */
async function settle(
  pool: pg.Pool,
  lookUp: LookUp,
  change: string,
  values: readonly unknown[] = [],
): Promise<Reconciled> {
  const { rows } = await pool.query<{ state: Reconciled }>(
    `UPDATE delivery SET ${change}
      WHERE id = $1 AND owner = $2 AND attempt = $3 AND state = 'UNCERTAIN' RETURNING state`,
    [lookUp.id, lookUp.owner, lookUp.attempt, ...values],
  )
  return rows[0]?.state ?? 'lost'
}
