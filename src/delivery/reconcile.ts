/**
 * What became of posts whose outcome nobody knows: claims whose process went away, and posts whose
 * reply was lost. Both are looked up in Slack's history before anything is sent again. What was sent
 * again is looked up once more later, for the first may have come after all.
 */
import type pg from 'pg'
import type { Gateway, LookedUp, Posted } from './gateway.ts'
import type { LoadedDelivery } from './load.ts'
import { type Claim, rewrite } from './outbox.ts'
import { NOW, WORKSPACE } from './rate-limit.ts'

export interface LookUp extends Pick<Claim, ClaimedForLookUp> {
  readonly threadTs: string | null
  readonly firstTriedAt: Date
  /** Where it stands, where it was sent and is only looked at once more; null while it is uncertain. */
  readonly ts: string | null
  readonly acted: boolean
}

type ClaimedForLookUp =
  | ('id' | 'organisationId' | 'key' | 'destination' | 'channelId')
  | ('attempt' | 'failures' | 'owner' | 'possibleRepeat')

/**
 * Claims past their lease; how many. Their owners' finishes fail from then on. What had not begun to
 * be posted is sent again, and so is what only rewrites; the rest is uncertain.
 */
export async function expireLeases(pool: pg.Pool, giveUpMs: number): Promise<number> {
  const { rowCount } = await pool.query(
    `UPDATE delivery
        SET state = CASE WHEN purpose <> 'update' AND began_at IS DISTINCT FROM 'infinity'
                           THEN 'UNCERTAIN'
                         WHEN first_tried_at + $1 * interval '1 millisecond' < clock_timestamp()
                           THEN 'DEAD'
                         ELSE 'RETRY' END,
            lease_until = NULL, due_at = clock_timestamp(),
            problem = 'attempt ' || attempt || ' was broken off'
      WHERE state = 'SENDING' AND lease_until < clock_timestamp()`,
    [giveUpMs],
  )
  return rowCount ?? 0
}

/**
 * Takes on look-ups that are due, all of a channel together. Should this process go away as well,
 * another takes them on after `leaseMs`; should both answer, the first one's answer counts.
 * @param options.channels at most so many.
 */
export async function claimLookUps(
  pool: pg.Pool,
  { owner, leaseMs, channels }: { owner: string; leaseMs: number; channels: number },
): Promise<LookUp[]> {
  const { rows } = await pool.query<LookUp>(CLAIM, [owner, leaseMs, channels, WORKSPACE])
  return rows
}

const READY = `(state = 'UNCERTAIN' AND due_at <= ${NOW} OR look_again_at <= ${NOW})`

const CLAIM = `
  WITH places AS (
    SELECT organisation_id, destination FROM delivery u
     WHERE ${READY} AND NOT EXISTS (SELECT FROM channel w
       WHERE w.organisation_id = u.organisation_id AND w.destination = $4)
     GROUP BY organisation_id, destination ORDER BY min(due_at) LIMIT $3)
  UPDATE delivery d
     SET owner = $1,
         due_at = CASE WHEN state = 'UNCERTAIN' THEN ${NOW} + $2 * interval '1 millisecond'
                       ELSE due_at END,
         look_again_at = CASE WHEN state = 'SENT' THEN ${NOW} + $2 * interval '1 millisecond' END
   WHERE id IN (
     SELECT id FROM delivery JOIN places USING (organisation_id, destination)
      WHERE ${READY} FOR UPDATE OF delivery SKIP LOCKED)
  RETURNING id, organisation_id AS "organisationId", key, destination, attempt, failures, owner,
    first_tried_at AS "firstTriedAt", possible_repeat AS "possibleRepeat",
    CASE WHEN state = 'SENT' THEN slack_ts END AS ts,
    coalesce(CASE WHEN state = 'SENT' THEN slack_channel END,
      (SELECT c.slack_channel FROM channel c
        WHERE c.organisation_id = d.organisation_id AND c.destination = d.destination)) AS "channelId",
    (SELECT p.slack_ts FROM delivery p
      WHERE p.id = (d.facts ->> 'thread_of')::int AND p.state = 'SENT'
        AND p.destination = d.destination) AS "threadTs",
    EXISTS (SELECT FROM delivery_alert da JOIN alert a ON a.id = da.alert_id
      WHERE da.delivery_id = d.id AND a.acted_on IS NOT NULL) AS acted`

/** What a look-up came to. `lost`: somebody else had answered before. */
export type Reconciled = 'SENT' | 'RETRY' | 'UNCERTAIN' | 'DEAD' | 'lost'

interface ReconcileOptions {
  readonly backOffMs: number
  /** Milliseconds until the next try of a look-up that could not be made. */
  readonly againMs: number
  readonly lookAgainMs: number
  readonly giveUpMs: number
  readonly workspace: string | null
}

/** A history that could not be read for so long counts as one that nobody lets us read. */
const UNREAD_FOR = "interval '1 hour'"

const TOO_LONG = `first_tried_at + $4 * interval '1 millisecond' < clock_timestamp()`

/**
 * Writes down what a look-up found: sent, to be sent again and marked, to be looked up again; dead
 * where it has been tried for too long, or where nobody lets us look and it was marked before.
 */
export async function reconcile(
  pool: pg.Pool,
  lookUp: LookUp,
  looked: LookedUp,
  { backOffMs, againMs, lookAgainMs, giveUpMs, workspace }: ReconcileOptions,
): Promise<Reconciled> {
  if (looked.kind === 'read') {
    const posted = firstPosted(looked.found.get(lookUp.key) ?? [])
    if (posted !== null) {
      return await settle(
        pool,
        lookUp,
        `state = 'SENT', sent_at = clock_timestamp(), problem = NULL,
         slack_channel = $4, slack_ts = $5, slack_workspace = $6,
         look_again_at = CASE WHEN possible_repeat
           THEN clock_timestamp() + $7 * interval '1 millisecond' END`,
        [looked.channel, posted.ts, workspace, lookAgainMs],
      )
    }
    return await settle(pool, lookUp, SEND_AGAIN, [
      giveUpMs,
      backOffMs,
      'an earlier attempt did not arrive',
    ])
  }
  if (looked.kind === 'unreadable') {
    const { why } = looked
    return lookUp.possibleRepeat
      ? await settle(pool, lookUp, `state = 'DEAD', problem = $4`, [
          `sent twice, and neither can be confirmed: ${why}`,
        ])
      : await settle(pool, lookUp, SEND_AGAIN, [
          giveUpMs,
          backOffMs,
          `it may have arrived, and its history cannot be read: ${why}`,
        ])
  }
  return await settle(
    pool,
    lookUp,
    `state = CASE WHEN ${TOO_LONG} THEN 'DEAD' WHEN ${UNREAD} THEN 'RETRY' ELSE 'UNCERTAIN' END,
     due_at = clock_timestamp() + $5 * interval '1 millisecond', problem = $6,
     possible_repeat = possible_repeat OR ${UNREAD}`,
    [giveUpMs, againMs, `it may have arrived, and could not be looked up yet: ${looked.why}`],
  )
}

const UNREAD = `(NOT possible_repeat
  AND coalesce(nullif(began_at, 'infinity'), first_tried_at) + ${UNREAD_FOR} < clock_timestamp())`

const SEND_AGAIN = `
  state = CASE WHEN ${TOO_LONG} THEN 'DEAD' ELSE 'RETRY' END,
  due_at = clock_timestamp() + $5 * interval '1 millisecond', problem = $6, possible_repeat = true`

/** The one that does not say that it may be a repeat; else the one that is known, or the oldest. */
function firstPosted(posted: readonly Posted[], known: string | null = null): Posted | null {
  const byAge = posted.toSorted((a, b) => Number(a.ts) - Number(b.ts))
  const first = byAge.find(({ repeat }) => !repeat) ?? byAge.find(({ ts }) => ts === known)
  return first ?? byAge[0] ?? null
}

/** Only while the delivery is still uncertain about the same attempt, and nobody took it over. */
async function settle(
  pool: pg.Pool,
  lookUp: LookUp,
  change: string,
  values: readonly unknown[] = [],
): Promise<Reconciled> {
  const state = await rewrite<Reconciled>(pool, lookUp, change, values, `state = 'UNCERTAIN'`)
  return state ?? 'lost'
}

/**
 * A second look at a message that was sent again: where the first came after all, those that say that
 * they may be repeats are taken back. One that was replied to or acted on stays, and says so of itself.
 * It is looked at for the last time when it was sent `lastMs` ago.
 */
export async function lookAgain(
  pool: pg.Pool,
  lookUp: LookUp,
  looked: LookedUp,
  { lastMs, takeBack }: { lastMs: number; takeBack: (ts: string) => Promise<boolean> },
): Promise<void> {
  const posted = looked.kind === 'read' ? (looked.found.get(lookUp.key) ?? []) : []
  const kept = firstPosted(posted, lookUp.ts)
  const left: Posted[] = []
  for (const one of posted) {
    const inUse = one.hasReplies || (lookUp.acted && one.ts === lookUp.ts)
    if (one === kept || inUse || !one.repeat || !(await takeBack(one.ts))) left.push(one)
  }
  const stands = left.find(({ ts }) => ts === lookUp.ts) ?? kept
  const last = `sent_at + $4 * interval '1 millisecond'`
  const isOver = `${last} <= clock_timestamp()`
  await rewrite(
    pool,
    lookUp,
    `slack_ts = coalesce($5, slack_ts), possible_repeat = NOT ($6 OR $7 AND ${isOver}),
     look_again_at = CASE WHEN NOT ${isOver} THEN ${last} END`,
    [lastMs, stands?.ts ?? null, left.length === 1 && stands?.repeat === false, left.length === 1],
    `state = 'SENT'`,
  )
}

// After a backup was restored, the database has forgotten what was sent since it was taken. For a
// while every message is looked for in that stretch of Slack's history before its first try.

/** The stretch in which something may have been sent that the database does not know. */
export interface RestoredSpan {
  readonly from: Date
  readonly to: Date
}

/**
 * By then every contract has been looked at since the restore, and what it would be told of lies
 * after it.
 */
const LOOK_FOR_DAYS = 60

/** Each organisation whose database was restored lately, and what it may have forgotten. */
export async function readForgotten(pool: pg.Pool): Promise<ReadonlyMap<number, RestoredSpan>> {
  const found = await pool.query<{ id: number } & RestoredSpan>(
    `SELECT id, backed_up_at AS "from", restored_at AS "to" FROM organisation
     WHERE restored_at > now() - make_interval(days => $1) AND backed_up_at IS NOT NULL`,
    [LOOK_FOR_DAYS],
  )
  return new Map(found.rows.map(({ id, from, to }) => [id, { from, to }]))
}

type LookedBefore =
  /** What is left to tell: all of it, or what was not told. */
  | { readonly kind: 'tell'; readonly loaded: LoadedDelivery; readonly possibleRepeat: boolean }
  | { readonly kind: 'told'; readonly channel: string; readonly ts: string }
  | { readonly kind: 'later'; readonly why: string; readonly retryAfterMs: number | null }

/** What of this message was told in the forgotten stretch. */
export async function findAlreadySent(
  { pool, gateway }: { readonly pool: pg.Pool; readonly gateway: Gateway },
  claim: Claim,
  loaded: LoadedDelivery,
  forgotten: RestoredSpan | null,
): Promise<LookedBefore> {
  // An update is not looked up: to rewrite a message twice does no harm.
  if (forgotten === null || loaded.posted !== null)
    return { kind: 'tell', loaded, possibleRepeat: false }
  const read = await gateway.toldBetween({
    destination: claim.destination,
    threads: await threadsOf(pool, claim, loaded, forgotten),
    ...forgotten,
  })
  if (read.kind === 'later') return read
  if (read.kind === 'unreadable') return { kind: 'tell', loaded, possibleRepeat: true }
  const { told } = read
  const first = told.get(claim.key) ?? firstAlreadySent(loaded, told)
  const untold = loaded.fingerprints.filter(({ hash }) => !told.has(hash))
  if (first !== undefined && (told.has(claim.key) || untold.length === 0)) {
    return { kind: 'told', ...first }
  }
  return { kind: 'tell', loaded: only(loaded, untold), possibleRepeat: false }
}

/**
 * The messages about these contracts that the database still knows: what followed may stand in
 * their threads, also where it would now share a message with others.
 */
async function threadsOf(
  pool: pg.Pool,
  { organisationId, destination }: Claim,
  { contractIds, threadTs }: LoadedDelivery,
  { to }: RestoredSpan,
): Promise<string[]> {
  const found = await pool.query<{ ts: string }>(
    `SELECT DISTINCT slack_ts AS ts FROM delivery
     WHERE organisation_id = $1 AND subject = ANY($2) AND destination = $3 AND state = 'SENT'
       AND slack_ts IS NOT NULL AND purpose <> 'update' AND facts ->> 'thread_of' IS NULL
       AND sent_at > $4::timestamptz - make_interval(days => $5)`,
    [organisationId, contractIds.map((id) => `contract:${id}`), destination, to, THREAD_DAYS],
  )
  const threads = found.rows.map(({ ts }) => ts)
  return threadTs === null ? threads : [...new Set([threadTs, ...threads])]
}

/** Nobody replies to a message that is older. */
const THREAD_DAYS = 200

function firstAlreadySent(
  loaded: LoadedDelivery,
  told: ReadonlyMap<string, Place>,
): Place | undefined {
  for (const { hash } of loaded.fingerprints) {
    const place = told.get(hash)
    if (place !== undefined) return place
  }
  return undefined
}

interface Place {
  readonly channel: string
  readonly ts: string
}

/** The message without the contracts that were told. */
function only(loaded: LoadedDelivery, untold: LoadedDelivery['fingerprints']): LoadedDelivery {
  if (untold.length === loaded.fingerprints.length) return loaded
  const left = new Set(untold.map(({ contractId }) => contractId))
  const keeps = (index: number) => left.has(loaded.contractIds[index] ?? null)
  return {
    ...loaded,
    warnings: loaded.warnings.filter((_, index) => keeps(index)),
    contractIds: loaded.contractIds.filter((_, index) => keeps(index)),
    fingerprints: untold,
  }
}
