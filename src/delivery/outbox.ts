/** Rows of the outbox: claimed for a time, held longer, finished, and queued for one person. */
import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import type { Pool, PoolClient } from 'pg'
import { byColumn } from '../database/bulk.ts'
import { inTransaction } from '../database/connect.ts'
import { civilDay } from '../database/organisation.ts'
import { jsonOf, tables } from '../database/prisma.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import type { Message } from '../text/facts.ts'
import { NEXT_DUE, NOW, WORKSPACE } from './rate-limit.ts'
import { textOf } from './slack-api.ts'

/** A delivery that this process may send until its lease runs out. */
export interface Claim {
  readonly id: number
  readonly organisationId: number
  readonly teamId: number | null
  readonly key: string
  readonly subject: string
  readonly purpose: string
  readonly sequence: number
  readonly destination: string
  /** The day that it was queued for; of what reads its facts when it is sent, the day that has come since. */
  readonly asOf: CivilDate
  readonly facts: unknown
  readonly catchUp: boolean
  readonly possibleRepeat: boolean
  /** The file that an earlier try began. */
  readonly upload: BegunUpload | null
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

interface ClaimOptions {
  readonly owner: string
  readonly leaseMs: number
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
    const { rows } = await client.query<Claim>(CLAIM_FIRST, [
      channels.map((channel) => channel.organisation_id),
      channels.map((channel) => channel.destination),
      options.owner,
      options.leaseMs,
      [...WARNINGS, 'update'],
    ])
    await leaveToOthers(client, rows)
    return rows.map((row) => ({ ...row, upload: begunIn(row.upload) }))
  })
}

/** What tells of contracts that are due, and may leave one of them to another message. */
const WARNINGS = ['post', 'ask-again', 'group', 'direct', 'escalate', 'thread', 'fallback']

/**
 * A place is told of one deadline of a contract once a day: what another message that the same people
 * hear has told on that day or since, or will tell of a later day, is that one's to carry. A claimed
 * message reads its facts anew, so that rules which moved a deadline while it waited would have it say
 * what is raised of them. What came back, is asked again, or calls the deputy is told for that.
 */
async function leaveToOthers(client: PoolClient, claims: readonly Claim[]): Promise<void> {
  const ids = claims.flatMap(({ id, purpose }) => (WARNINGS.includes(purpose) ? id : []))
  if (ids.length > 0) await client.query(LEAVE_TO_OTHERS, [ids, WARNINGS])
}

/** Who hears a message in its place: called above or not, instead of whom. */
const REACH = (d: string) => `(${d}.purpose = 'escalate' OR ${d}.subject LIKE 'escalation:%',
  coalesce(${d}.facts #>> '{instead_of,destination}', ''))`
const OWN_REASON = (d: string) => `(coalesce(${d}.facts -> 'promised', '{}') ? a.contract_id::text
  OR ${d}.facts ? 'tell_deputy' AND ${d}.facts -> 'escalated' ? a.contract_id::text)`

// No lock on an alert is asked for, as acts hold them while they wait for deliveries.
const LEAVE_TO_OTHERS = `
  WITH said AS (
    SELECT c.delivery_id AS id, c.alert_id, y.id AS by_id,
           CASE WHEN y.state = 'SENT' THEN a.deadline_on END AS told_on
      FROM delivery x
      JOIN delivery_alert c ON c.delivery_id = x.id
      JOIN alert a ON a.id = c.alert_id AND a.state NOT IN ('superseded', 'closed')
      JOIN alert b ON b.contract_id = a.contract_id AND b.kind = a.kind
        AND b.deadline_on = a.deadline_on AND b.state NOT IN ('superseded', 'closed')
      JOIN delivery_alert g ON g.alert_id = b.id
      JOIN delivery y ON y.id = g.delivery_id AND y.id <> x.id AND y.organisation_id = x.organisation_id
        AND y.destination = x.destination
     WHERE x.id = ANY ($1) AND NOT x.possible_repeat AND NOT ${OWN_REASON('x')}
       AND y.purpose = ANY ($2) AND ${REACH('x')} = ${REACH('y')}
       -- Who follows a thread reads its replies and what they reply to; a broadcast one all read.
       AND coalesce(x.facts ->> 'thread_of', '') IN (coalesce(y.facts ->> 'thread_of', ''), y.id::text)
       AND 'true' IN (coalesce(y.facts ->> 'broadcast', 'true'), (x.facts -> 'broadcast' IS DISTINCT FROM 'true')::text)
       AND CASE y.state
         WHEN 'SENT' THEN y.as_of >= x.as_of AND g.told_on = a.deadline_on AND a.occurrence = 1
         ELSE y.state IN ('PENDING', 'RETRY') AND NOT y.possible_repeat AND y.id > x.id
           AND (y.as_of > x.as_of OR ${OWN_REASON('y')}) END
       FOR UPDATE OF y SKIP LOCKED),
  other AS (SELECT DISTINCT ON (id, alert_id) * FROM said ORDER BY id, alert_id, by_id DESC),
  carried AS (
    UPDATE delivery_alert c SET delivery_id = by_id, told_on = other.told_on FROM other
     WHERE c.delivery_id = other.id AND c.alert_id = other.alert_id AND NOT EXISTS (
       SELECT FROM delivery_alert o WHERE o.delivery_id = by_id AND o.alert_id = c.alert_id))
  DELETE FROM delivery_alert c USING other
   WHERE c.delivery_id = other.id AND c.alert_id = other.alert_id AND EXISTS (
     SELECT FROM delivery_alert o WHERE o.delivery_id = by_id AND o.alert_id = c.alert_id)`

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
    FROM due, delivery q JOIN organisation o ON o.id = q.organisation_id LEFT JOIN team t ON t.id = q.team_id
   WHERE d.id = due.id AND q.id = due.id
  RETURNING d.id, d.organisation_id AS "organisationId", d.team_id AS "teamId", d.key, d.subject,
            d.purpose, d.sequence, d.destination, d.facts,
            d.as_of + CASE WHEN d.purpose = ANY ($5)
              THEN ${civilDay('clock_timestamp()')} - ${civilDay('d.created_at')} ELSE 0 END AS "asOf",
            d.catch_up AS "catchUp", d.possible_repeat AS "possibleRepeat", d.uploads -> 'file' AS upload, d.failures,
            d.attempt, d.owner, due.slack_channel AS "channelId",
            d.readers_unknown_since IS NOT NULL AS "readersUnknown",
            (extract(epoch FROM clock_timestamp() - d.created_at) * 1000)::float8 AS "waitedMs"`

// What was begun to be uploaded for a delivery, written down before its bytes go out: a retry goes
// on with the same file in Slack instead of uploading another one that nobody will ever see.

interface BegunUpload {
  readonly id: string
  /** A digest of its contents: where they have changed since, it is uploaded anew. */
  readonly holds: string
}

export interface UploadMemory {
  readonly before: BegunUpload | null
  begun(upload: BegunUpload): Promise<void>
}

/** As a delivery's row holds it; what makes no sense is none. */
function begunIn(file: unknown): BegunUpload | null {
  const id = textOf(file, 'id')
  const holds = textOf(file, 'holds')
  return id === null || holds === null ? null : { id, holds }
}

/**
 * Does the work while the lease is renewed three times in its length: a process that lives keeps its
 * claim, and one that was killed loses it as soon as any other.
 */
export async function holding<T>(
  pool: pg.Pool,
  claim: Claim,
  leaseMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const renew = () => void renewLease(pool, claim, leaseMs).catch(() => undefined)
  const timer = setInterval(renew, leaseMs / 3)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}

// Writing down what came of a claim. Every statement is fenced by owner and attempt: where the
// lease was lost and another process took over, nothing changes and `false` says so.

type Fence = Pick<Claim, 'id' | 'owner' | 'attempt'>

const FENCE = `id = $1 AND owner = $2 AND attempt = $3 AND state = 'SENDING'`

/**
 * Whether the claim still holds for at least so long; asked right before posting, and counts the
 * post into its destination's pace. A process that was stopped for longer than its lease must not
 * post what another has taken over by now. From here on nobody can say that it did not arrive.
 */
export async function beginPost(
  pool: pg.Pool,
  claim: Fence,
  {
    holdsForMs,
    paceMs,
    told = [],
  }: { holdsForMs: number; paceMs: number; told?: readonly ToldDeadline[] },
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `WITH begun AS (
       UPDATE delivery SET began_at = clock_timestamp()
        WHERE ${FENCE} AND lease_until > clock_timestamp() + $4 * interval '1 millisecond'
        RETURNING organisation_id, destination),
     paced AS (
       UPDATE channel c SET next_post_at = clock_timestamp() + $5 * interval '1 millisecond'
         FROM begun b WHERE $5 > 0 AND c.organisation_id = b.organisation_id
          AND c.destination = b.destination),
     named AS (
       UPDATE delivery_alert g SET told_on = t.on
         FROM begun, unnest($6::int[], $7::date[]) AS t (id, "on")
        WHERE g.delivery_id = $1 AND g.alert_id = t.id)
     SELECT FROM begun`,
    [...fence(claim), holdsForMs, paceMs, ...byColumn(told, 'id', 'on')],
  )
  return rowCount === 1
}

/** A warning with the day that its message names. */
export interface ToldDeadline {
  readonly id: number
  readonly on: CivilDate
}

/** Holds the claim for so long from now, where it is not lost. For work that takes its time. */
async function renewLease(pool: pg.Pool, claim: Fence, forMs: number): Promise<void> {
  const set = `lease_until = clock_timestamp() + $4 * interval '1 millisecond'`
  const where = `state = 'SENDING' AND lease_until > clock_timestamp()`
  await rewrite(pool, claim, set, [forMs], where)
}

/** Writes down what is being uploaded for it, beside what was before. */
export async function noteBegun(pool: pg.Pool, claim: Fence, file: BegunUpload): Promise<boolean> {
  const set = 'uploads = uploads || $4::jsonb'
  return await wrote(pool, claim, set, [JSON.stringify({ file })])
}

export interface PostedAt {
  readonly workspace: string | null
  readonly channel: string | null
  readonly ts: string | null
  /** When history is read once more, for what was sent again. */
  readonly lookAgainMs: number
}

/** It stands in Slack; its channel's id is remembered, should the channel get another name. */
export async function finishSent(
  pool: Pool | PoolClient,
  claim: Fence,
  sent: PostedAt,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `WITH done AS (
       UPDATE delivery SET state = 'SENT', lease_until = NULL, sent_at = clock_timestamp(),
              problem = NULL, slack_workspace = $4, slack_channel = $5, slack_ts = $6,
              look_again_at = CASE WHEN possible_repeat
                THEN clock_timestamp() + $7 * interval '1 millisecond' END
        WHERE ${FENCE} RETURNING organisation_id, destination, purpose, slack_channel),
     known AS (
       UPDATE channel c SET slack_channel = d.slack_channel FROM done d
        WHERE c.organisation_id = d.organisation_id AND c.destination = d.destination
          AND d.purpose <> 'update' AND c.slack_channel IS DISTINCT FROM d.slack_channel)
     SELECT FROM done`,
    [...fence(claim), sent.workspace, sent.channel, sent.ts, sent.lookAgainMs],
  )
  return rowCount === 1
}

/**
 * Surely not sent: again after so long, or dead where it has been tried for longer than
 * `giveUpMs`. Null where the fence did not hold.
 */
export async function finishRefused(
  pool: pg.Pool,
  claim: Fence,
  { afterMs, giveUpMs, failed, why }: Refused,
): Promise<'RETRY' | 'DEAD' | null> {
  const set = `due_at = clock_timestamp() + $4 * interval '1 millisecond',
    state = CASE WHEN first_tried_at + $5 * interval '1 millisecond' < clock_timestamp()
                 THEN 'DEAD' ELSE 'RETRY' END,
    lease_until = NULL, failures = failures + $7, problem = $6`
  const values = [afterMs, giveUpMs, why, failed ? 1 : 0]
  return await rewrite<'RETRY' | 'DEAD'>(pool, claim, set, values)
}

interface Refused {
  readonly afterMs: number
  readonly giveUpMs: number
  /** Whether the next back-off is longer for it: a wait that Slack asked for is no failure. */
  readonly failed: boolean
  readonly why: string
}

/**
 * Surely not sent, and for no fault of its own (a refused token, a process that stops): back to
 * the queue at once, and the time that retries may take begins anew.
 */
export async function handBack(pool: pg.Pool, claim: Fence, why: string): Promise<boolean> {
  const set = `state = 'RETRY', lease_until = NULL, due_at = clock_timestamp(),
    first_tried_at = CASE WHEN possible_repeat THEN first_tried_at END, problem = $4`
  return await wrote(pool, claim, set, [why])
}

/**
 * Nothing of it may be sent while nobody can say who reads it: asked again after so long, for as
 * long as that takes. The time that retries may take begins once it is known.
 */
export async function finishUnread(
  pool: pg.Pool,
  claim: Fence,
  { afterMs, why }: { afterMs: number; why: string },
): Promise<boolean> {
  const set = `state = 'RETRY', lease_until = NULL, problem = $5,
    due_at = clock_timestamp() + $4 * interval '1 millisecond',
    readers_unknown_since = coalesce(readers_unknown_since, clock_timestamp()),
    first_tried_at = CASE WHEN possible_repeat THEN first_tried_at END`
  return await wrote(pool, claim, set, [afterMs, why])
}

/** It has waited for its readers to be known; whatever else waits for the same ones is due now. */
export async function readersKnown(
  pool: pg.Pool,
  claim: Fence & Pick<Claim, 'organisationId' | 'destination'>,
): Promise<void> {
  await pool.query(
    `UPDATE delivery SET due_at = clock_timestamp(),
            readers_unknown_since = CASE WHEN id <> $1 THEN readers_unknown_since END
      WHERE (${FENCE}) OR (organisation_id = $4 AND destination = $5 AND state = 'RETRY'
        AND readers_unknown_since IS NOT NULL)`,
    [...fence(claim), claim.organisationId, claim.destination],
  )
}

/** It may have arrived: looked up after so long. */
export async function finishUncertain(
  pool: pg.Pool,
  claim: Fence,
  { lookInMs, why }: { lookInMs: number; why: string },
): Promise<boolean> {
  const set = `state = 'UNCERTAIN', lease_until = NULL, failures = failures + 1, problem = $5,
    due_at = clock_timestamp() + $4 * interval '1 millisecond'`
  return await wrote(pool, claim, set, [lookInMs, why])
}

/** Slack will never take it: visible, and left alone. */
export async function finishDead(pool: pg.Pool, claim: Fence, why: string): Promise<boolean> {
  return await wrote(pool, claim, `state = 'DEAD', lease_until = NULL, problem = $4`, [why])
}

/** Nothing that it would say holds any more. */
export async function finishSuperseded(pool: pg.Pool, claim: Fence): Promise<boolean> {
  return await wrote(pool, claim, `state = 'SUPERSEDED', lease_until = NULL, problem = NULL`)
}

/**
 * This destination takes nothing. What it was to be told goes to the escalation channel of the
 * team (else of the default team), once, in the same transaction; what was on its way there
 * already has nowhere further to go, and what is for one person alone goes to nobody else. Administrators are told once a day for each channel. Where nobody can be told instead it is tried again after so
 * long (see delivery/undelivered.ts), and dead when it has been tried for longer than `giveUpMs`. Null where
 * the fence did not hold.
 */
export async function finishBlocked(
  pool: pg.Pool,
  claim: Fence,
  {
    afterMs,
    giveUpMs,
    why,
    administrators,
  }: { afterMs: number; giveUpMs: number; why: string; administrators: readonly string[] },
): Promise<'BLOCKED' | 'DEAD' | null> {
  const { rows } = await pool.query<{ state: 'BLOCKED' | 'DEAD' }>(BLOCK_AND_FALL_BACK, [
    ...fence(claim),
    why,
    afterMs,
    giveUpMs,
    administrators,
    PERSONAL,
  ])
  return rows[0]?.state ?? null
}

// The blocked delivery's id is the copy's sequence: that makes it one copy, however often this runs.
const BLOCK_AND_FALL_BACK = `
  WITH blocked AS (
    UPDATE delivery
       SET state = CASE WHEN first_tried_at + $6 * interval '1 millisecond' < clock_timestamp()
                        THEN 'DEAD' ELSE 'BLOCKED' END,
           due_at = clock_timestamp() + $5 * interval '1 millisecond',
           lease_until = NULL, problem = $4
     WHERE ${FENCE} RETURNING *),
  escalation AS (
    SELECT t.escalation_channel AS channel
      FROM blocked b JOIN team t ON t.organisation_id = b.organisation_id
     WHERE (t.id = b.team_id OR t.is_default) AND t.escalation_channel IS NOT NULL
     ORDER BY t.id = b.team_id DESC NULLS LAST LIMIT 1),
  copy AS (
    INSERT INTO delivery (organisation_id, team_id, subject, purpose, sequence, destination,
                          created_at, as_of, facts, catch_up)
    SELECT b.organisation_id, b.team_id, b.subject, 'fallback', b.id, e.channel, b.created_at, b.as_of,
           b.facts || jsonb_build_object('instead_of', jsonb_build_object(
             'purpose', b.purpose, 'destination', b.destination, 'why', $4::text)),
           b.catch_up
      FROM blocked b, escalation e
     -- A rewriting says nothing by itself: it is tried again, and told of where it is dead.
     WHERE b.purpose NOT IN ('fallback', 'update') AND b.purpose <> ALL ($8) AND e.channel <> b.destination
       -- The team's own channel is told of it as well.
       AND NOT b.facts @> '{"subscribed": true}'
    ON CONFLICT DO NOTHING RETURNING id),
  told AS (
    INSERT INTO delivery (organisation_id, subject, purpose, sequence, destination, as_of, facts)
    SELECT b.organisation_id, 'channel:' || b.destination, 'blocked',
           to_char(b.as_of, 'YYYYMMDD')::int, administrator.id, b.as_of,
           jsonb_build_object('destination', b.destination, 'why', $4::text, 'asOf', b.as_of,
             'instead', CASE WHEN e.channel <> b.destination THEN e.channel END)
      FROM unnest($7::text[]) AS administrator (id), blocked b LEFT JOIN escalation e ON true
     WHERE b.purpose NOT IN ('direct', 'leaver', 'blocked') AND b.purpose <> ALL ($8)
    ON CONFLICT DO NOTHING),
  carried AS (
    INSERT INTO delivery_alert (delivery_id, alert_id)
    SELECT copy.id, a.alert_id
      FROM copy, delivery_alert a JOIN blocked b ON b.id = a.delivery_id)
  SELECT state FROM blocked`

function fence({ id, owner, attempt }: Fence): [number, string, number] {
  return [id, owner, attempt]
}

/**
 * Sets these columns, whose values begin at $4, while the same owner has the same attempt and the
 * delivery is in this state. Returns the state that it has then; null where it is another's by now.
 */
export async function rewrite<State extends string = string>(
  pool: Pool | PoolClient,
  { id, owner, attempt }: Fence,
  set: string,
  values: readonly unknown[] = [],
  where = `state = 'SENDING'`,
): Promise<State | null> {
  const { rows } = await pool.query<{ state: State }>(
    `UPDATE delivery SET ${set} WHERE id = $1 AND owner = $2 AND attempt = $3 AND ${where}
     RETURNING state`,
    [id, owner, attempt, ...values],
  )
  return rows[0]?.state ?? null
}

/** Whether it was this owner's to rewrite. */
async function wrote(...[pool, claim, set, values]: Parameters<typeof rewrite>): Promise<boolean> {
  return (await rewrite(pool, claim, set, values)) !== null
}

/** One message to send, before it has its number. */
export interface QueuedMessage {
  readonly teamId: number | null
  readonly subject: string
  readonly purpose: string
  readonly destination: string
  readonly asOf: CivilDate
  readonly catchUp?: boolean
  readonly facts: object
  /** The warnings that it carries. */
  readonly alertIds?: readonly number[]
  /** Where this subject was warned of in the destination, it is a reply there. */
  readonly repliesTo?: string | null
}

/**
 * Queues these in the transaction of what they tell of. Each is numbered on from what was queued for
 * its subject, purpose and destination.
 */
export async function queueMessages(
  client: Pool | PoolClient,
  organisationId: number,
  messages: readonly QueuedMessage[],
): Promise<void> {
  if (messages.length > 0) await client.query(QUEUE, [organisationId, JSON.stringify(messages)])
}

const QUEUE = `
  WITH numbered AS (
    SELECT m.*, row_number() OVER (PARTITION BY subject, purpose, destination ORDER BY ordinality)
             + coalesce((SELECT max(d.sequence) FROM delivery d
                 WHERE d.organisation_id = $1 AND d.subject = m.subject AND d.purpose = m.purpose
                   AND d.destination = m.destination), 0) AS sequence
      FROM ROWS FROM (jsonb_to_recordset($2::jsonb) AS ("teamId" int, subject text, purpose text,
             destination text, "asOf" date, "catchUp" bool, facts jsonb, "alertIds" int[],
             "repliesTo" text)) WITH ORDINALITY AS m),
  made AS (
    INSERT INTO delivery (organisation_id, team_id, subject, purpose, sequence, destination, as_of,
                          catch_up, facts)
    SELECT $1, "teamId", subject, purpose, sequence, destination, "asOf", coalesce("catchUp", false),
           facts || CASE WHEN "repliesTo" IS NULL THEN '{}' ELSE jsonb_build_object('thread_of',
             (SELECT max(d.id) FROM delivery d WHERE d.organisation_id = $1 AND d.purpose = 'post'
                 AND d.subject = "repliesTo" AND d.destination = numbered.destination
                 AND d.state = 'SENT')) END
      FROM numbered ORDER BY ordinality
    RETURNING id, subject, purpose, sequence, destination)
  INSERT INTO delivery_alert (delivery_id, alert_id)
  SELECT made.id, a.id
    FROM made JOIN numbered USING (subject, purpose, sequence, destination),
         unnest("alertIds") AS a (id)
  ON CONFLICT DO NOTHING`

// What the bot has to tell one person after its answer in Slack: queued like every other message, so
// that nothing that happens to Slack or to this process loses it or tells it twice. It is for them
// alone: no channel is told of it instead, and nobody who is no colleague any more.

/**
 * `import`: what an import came to. `asked`: what they asked for, made when it is sent. `said`: what
 * came of a form, in the words of that moment. `questions`: what a register leaves open of theirs.
 * `identity`: whether a name in a register is theirs.
 */
export const PERSONAL = ['import', 'asked', 'said', 'questions', 'identity'] as const
type Personal = (typeof PERSONAL)[number]

export function isPersonal({ purpose }: Pick<Claim, 'purpose'>): boolean {
  return PERSONAL.some((each) => each === purpose)
}

/** A message that was asked for, from what was written down of it. */
type Making =
  | { readonly kind: 'made'; readonly message: Message }
  | { readonly kind: 'later'; readonly why: string }
  /** Nobody is to have it any more. */
  | { readonly kind: 'withdrawn'; readonly why: string }
  /** It can never be made: a fault of the program. */
  | { readonly kind: 'impossible'; readonly why: string }

export type DeferredAnswerMaker = (facts: unknown) => Promise<Making>

interface ForOnePerson {
  readonly organisationId: number
  readonly slackUser: string
  readonly today: CivilDate
  readonly purpose: Personal
  readonly facts: object
  /** What it is called in the queue; nothing in particular where it is left out. */
  readonly about?: string
}

/** The board's workbook: each that arrives is written into the record of changes. */
export const BOARD_PACK = 'board-pack'

/** Queues it, in the transaction of the act where there is one. Each call is one message. */
export async function queuePersonal(
  client: Pool | PoolClient,
  { organisationId, slackUser, today, purpose, facts, about = purpose }: ForOnePerson,
): Promise<void> {
  await tables(client).delivery.createMany({
    data: {
      organisationId,
      subject: `${about}:${randomUUID()}`,
      purpose,
      sequence: 1,
      destination: slackUser,
      asOf: today,
      facts: jsonOf(facts),
    },
  })
}
