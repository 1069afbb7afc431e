/** What did not reach its channel: tried once more, told of where it is dead, and named. */

import type pg from 'pg'
import { inTransaction } from '../database/connect.ts'
import { civilDay, TERMINAL } from '../database/organisation.ts'
import { jsonOf, tables } from '../database/prisma.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import { groupedBy } from '../rules/text-match.ts'
import { type DeadFacts, type DeadMessage, DIRECT_MESSAGE, outdatedWords } from '../text/people.ts'
import { isPersonId } from './channels.ts'
import { PERSONAL } from './outbox.ts'
import { NOW } from './rate-limit.ts'

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
     WHERE d.state = 'BLOCKED' AND d.due_at <= ${NOW} AND d.purpose <> 'fallback'
       AND NOT EXISTS (SELECT FROM delivery copy
         WHERE copy.organisation_id = d.organisation_id AND copy.subject = d.subject
           AND copy.purpose = 'fallback' AND copy.sequence = d.id
           AND copy.state NOT IN ('BLOCKED', 'DEAD', 'SUPERSEDED'))
       -- Its copy may have left what it told to the copy of another message.
       AND NOT EXISTS (SELECT FROM delivery_alert own JOIN delivery_alert g ON g.alert_id = own.alert_id
         JOIN delivery copy ON copy.id = g.delivery_id
         WHERE own.delivery_id = d.id AND copy.purpose = 'fallback'
           AND copy.facts #>> '{instead_of,destination}' = d.destination
           AND copy.state NOT IN ('BLOCKED', 'DEAD', 'SUPERSEDED'))),
  moved AS (
    SELECT id, channel FROM untold u
     WHERE channel IS NOT NULL AND channel <> destination
       AND purpose NOT IN ('direct', 'escalate', 'update') AND purpose <> ALL ($2)
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

/** Who is told of dead deliveries where no escalation channel of a team can be. */
interface DeathsTold {
  readonly pool: pg.Pool
  readonly adminChannel?: string | null
  readonly administrators?: readonly string[]
  /** How long until the news of a dead message that nobody could be told is tried again. */
  readonly settings: { readonly longestPauseMs: number }
}

const TOLD_AT_ONCE = 100

/**
 * Tells people of messages that have died since, once: the escalation channel of the team, else the
 * administrators, else the channel itself. A posted message that could not be rewritten is told of
 * once until it is. What was for one person alone is told to nobody. Where such a message dies too, the
 * administrators are told of the same deliveries; where nobody else is left it is tried again without
 * end. Returns how many messages were told of.
 */
export async function tellOfDead({
  pool,
  adminChannel = null,
  administrators = [],
  settings,
}: DeathsTold): Promise<number> {
  const above = adminChannel === null ? administrators : [adminChannel]
  return await inTransaction(pool, async (client) => {
    await noteTold(client, SETTLED)
    const dead = await readUndelivered(client, DEAD, [TOLD_AT_ONCE, PERSONAL])
    if (dead.length === 0) return 0
    const carried = await contractsOf(client, dead)
    const told = dead.flatMap((row) =>
      hearers(row, above).map((destination) => ({ ...row, hearer: destination })),
    )
    const groups = groupedBy(told, (row) => `${row.organisation_id} ${row.hearer}`)
    const data = [...groups.values()].flatMap((rows) => {
      const [first] = rows
      if (first === undefined) return []
      const messages = rows.flatMap((row) => row.telling ?? [messageOf(row, carried)])
      return {
        organisationId: first.organisation_id,
        teamId: first.team_id,
        subject: `delivery:${first.id}`,
        purpose: 'dead',
        sequence: 1,
        destination: first.hearer,
        asOf: first.as_of,
        facts: jsonOf({ messages } satisfies DeadFacts),
      }
    })
    await tables(client).delivery.createMany({ data, skipDuplicates: true })
    const [last, others] = [
      dead.filter((row) => row.purpose === 'dead' && hearers(row, above).length === 0),
      dead.filter((row) => row.purpose !== 'dead' || hearers(row, above).length > 0),
    ]
    await client.query(TELL_AGAIN, [last.map(({ id }) => id), settings.longestPauseMs])
    await noteTold(client, 'd.id = ANY ($1)', [others.map(({ id }) => id)])
    return told.length
  })
}

function hearers(row: UndeliveredRow, above: readonly string[]): readonly string[] {
  const { purpose, destination, escalation } = row
  const others = above.filter((each) => each !== destination)
  if (purpose === 'dead') return above.includes(destination) ? [] : others
  if (escalation !== null && escalation !== destination) return [escalation]
  if (others.length > 0) return others
  return destination === TERMINAL ? [] : [destination]
}

/** Sent to one of several administrators it counts as told; else it is tried again. */
const TELL_AGAIN = `
  WITH heard AS (SELECT d.id, EXISTS (SELECT FROM delivery o
      WHERE o.organisation_id = d.organisation_id AND o.subject = d.subject AND o.purpose = 'dead'
        AND o.state = 'SENT') AS elsewhere
    FROM delivery d WHERE d.id = ANY ($1))
  UPDATE delivery d
     SET state = CASE WHEN elsewhere THEN d.state ELSE 'RETRY' END, first_tried_at = NULL,
         told_at = CASE WHEN elsewhere THEN clock_timestamp() END,
         due_at = clock_timestamp() + $2 * interval '1 millisecond'
    FROM heard WHERE heard.id = d.id`

/** What is dead or blocked, the dead first, the latest first: each named in a few words. */
export async function undeliveredWords(
  pool: pg.Pool,
  organisationId: number,
  most: number,
): Promise<string[]> {
  const rows = await readUndelivered(pool, UNDELIVERED, [organisationId, most])
  const carried = await contractsOf(pool, rows)
  return rows.map((row) => {
    const { purpose, destination, why, outdated, ...message } = messageOf(row, carried)
    const contracts = row.telling?.flatMap((told) => told.contracts) ?? message.contracts
    const references = [...new Set(contracts.map(({ reference }) => reference))].slice(0, NAMED)
    const what = references.length === 0 ? purpose : references.join(' and ')
    return outdated
      ? `${outdatedWords({ purpose, destination, contracts }, outdated)} (${why})`
      : `${what} for ${row.destination} (${why})`
  })
}

const NAMED = 5

interface UndeliveredRow {
  readonly id: number
  readonly purpose: string
  readonly destination: string
  readonly problem: string | null
  /** The message that it was to rewrite, and when that was last written. */
  readonly update_of: number | null
  readonly shows: 'state' | 'questions' | 'no amounts'
  readonly since: CivilDate | null
  /** The messages that it was to tell of. */
  readonly telling: readonly DeadMessage[] | null
  readonly organisation_id: number
  readonly team_id: number | null
  readonly as_of: string
  readonly escalation: string | null
}

type CarriedContract = DeadMessage['contracts'][number] & { readonly delivery_id: number }
type Carried = ReadonlyMap<number, readonly CarriedContract[]>

function messageOf(row: UndeliveredRow, carried: Carried): DeadMessage {
  const { id, purpose, destination, problem, update_of: updateOf, shows, since } = row
  const isGone = problem?.startsWith('message_not_found') === true
  return {
    purpose,
    // Nobody's account is named in what is kept of others' messages.
    destination: isPersonId(destination) ? DIRECT_MESSAGE : destination,
    why: problem ?? 'no reason recorded',
    contracts: (carried.get(id) ?? []).map(({ delivery_id: _, ...contract }) => contract),
    outdated: updateOf === null ? null : { shows, since, isGone },
  }
}

/** The rewritings of a message stand beside one another in the outbox's unique index. */
const SAME_MESSAGE = `o.organisation_id = d.organisation_id AND o.subject = d.subject
  AND o.purpose = 'update' AND o.destination = d.destination
  AND o.facts ->> 'update_of' = d.facts ->> 'update_of'`

/** A later rewriting of the same message was sent, so that the message is up to date. */
const REWRITTEN_SINCE = `EXISTS (SELECT FROM delivery o WHERE ${SAME_MESSAGE}
  AND o.state = 'SENT' AND o.first_tried_at > d.first_tried_at)`

/**
 * Whether no later rewriting than `d` was queued or sent for its message. One that adds amounts is
 * queued anew in the same row, so that for it only the time counts.
 */
const STILL_OUTDATED = `(NOT ${REWRITTEN_SINCE} AND NOT EXISTS (SELECT FROM delivery o
  WHERE ${SAME_MESSAGE} AND o.id > d.id AND o.state <> 'SUPERSEDED' AND NOT d.facts ? 'amounts_of'))`

/** People know already that this message is out of date. */
const TOLD_BEFORE = `EXISTS (SELECT FROM delivery told
  WHERE told.organisation_id = d.organisation_id AND told.subject = d.subject
    AND told.purpose = 'update' AND told.destination = d.destination
    AND told.facts ->> 'update_of' = d.facts ->> 'update_of' AND told.told_at IS NOT NULL
    AND NOT EXISTS (SELECT FROM delivery o WHERE ${SAME_MESSAGE}
      AND o.state = 'SENT' AND o.first_tried_at > told.first_tried_at))`

/** Of which nobody need be told any more: else each minute would ask again of all of them. */
const SETTLED = `d.state = 'DEAD' AND d.told_at IS NULL AND d.purpose = 'update'
  AND (${REWRITTEN_SINCE} OR ${TOLD_BEFORE})`

/** People need be told no more of the deliveries `d` for which this holds. */
async function noteTold(
  client: pg.PoolClient,
  which: string,
  values: unknown[] = [],
): Promise<void> {
  await client.query(`UPDATE delivery d SET told_at = clock_timestamp() WHERE ${which}`, values)
}

const READ = `
  SELECT d.id, d.organisation_id, d.team_id, d.as_of,
         coalesce(t.escalation_channel, usual.escalation_channel) AS escalation,
  d.problem, d.destination, CASE WHEN d.purpose = 'dead' THEN d.facts -> 'messages' END AS telling,
  CASE WHEN d.purpose = 'update' THEN (d.facts ->> 'update_of')::int END AS update_of,
  coalesce(d.facts #>> '{amounts_of,purpose}', CASE WHEN d.purpose = 'update' THEN root.purpose END,
    d.purpose) AS purpose,
  CASE WHEN d.facts ? 'amounts_of' THEN 'no amounts'
       WHEN root.purpose = 'checkpoint' THEN 'questions' ELSE 'state' END AS shows,
  greatest(CASE WHEN root.state = 'SENT' THEN ${civilDay('root.sent_at')} END,
    (SELECT max(${civilDay('w.sent_at')}) FROM delivery w
      WHERE w.state = 'SENT' AND w.organisation_id = d.organisation_id AND w.subject = d.subject
        AND w.purpose = 'update' AND w.destination = d.destination
        AND w.facts ->> 'update_of' = d.facts ->> 'update_of')) AS since
  FROM delivery d JOIN organisation o ON o.id = d.organisation_id
  LEFT JOIN team t ON t.id = d.team_id
  LEFT JOIN team usual ON usual.organisation_id = d.organisation_id AND usual.is_default
  LEFT JOIN delivery root ON d.purpose = 'update' AND root.id = (d.facts ->> 'update_of')::int
  WHERE (d.purpose <> 'update' OR ${STILL_OUTDATED})`

const DEAD = `d.state = 'DEAD' AND d.told_at IS NULL AND d.purpose <> ALL ($2)
  ORDER BY d.id LIMIT $1 FOR UPDATE OF d SKIP LOCKED`

const UNDELIVERED = `d.organisation_id = $1 AND d.state IN ('DEAD', 'BLOCKED')
  ORDER BY d.state DESC, d.id DESC LIMIT $2`

/** What did not arrive and is still news. @param which SQL, on deliveries `d`: which of them, their order and limit */
async function readUndelivered(
  client: pg.Pool | pg.PoolClient,
  which: string,
  values: unknown[],
): Promise<UndeliveredRow[]> {
  return (await client.query<UndeliveredRow>(`${READ} AND ${which}`, values)).rows
}

async function contractsOf(
  client: pg.Pool | pg.PoolClient,
  deliveries: readonly { readonly id: number }[],
): Promise<Carried> {
  const ids = deliveries.map(({ id }) => id)
  const { rows } = await client.query<CarriedContract>(CARRIED, [ids])
  return groupedBy(rows, (row) => row.delivery_id)
}

/** What these speak of, or the messages that they rewrite: by their alerts, their questions or their umbrella. */
const CARRIED = `
  WITH about AS (
    SELECT d.id AS delivery_id, root.id AS root_id, d.facts || root.facts AS facts
      FROM delivery d JOIN delivery root
        ON root.id = CASE WHEN d.purpose = 'update' THEN (d.facts ->> 'update_of')::int ELSE d.id END
     WHERE d.id = ANY ($1))
  SELECT about.delivery_id, c.reference, c.title, c.supplier, a.kind, a.deadline_on AS "on"
    FROM about JOIN delivery_alert da ON da.delivery_id = about.root_id
    JOIN alert a ON a.id = da.alert_id JOIN contract c ON c.id = a.contract_id
  UNION ALL
  SELECT about.delivery_id, q.fact #>> '{contract,reference}', q.fact #>> '{contract,title}',
         q.fact #>> '{contract,supplier}', 'checkpoint', (q.fact ->> 'dueOn')::date
    FROM about, LATERAL jsonb_array_elements(
      CASE WHEN jsonb_typeof(about.facts -> 'checkpoints') = 'array' THEN about.facts -> 'checkpoints'
           WHEN about.facts ? 'checkpoint' THEN jsonb_build_array(about.facts -> 'checkpoint')
           ELSE '[]' END) AS q (fact)
  UNION ALL
  SELECT about.delivery_id, about.facts #>> '{contract,reference}', about.facts #>> '{contract,title}',
         about.facts #>> '{contract,supplier}', 'end',
         coalesce(about.facts ->> 'earliest', about.facts ->> 'asOf')::date
    FROM about WHERE about.facts ?& '{contract,members}'
  ORDER BY "on", reference`
