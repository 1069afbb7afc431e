/** Posted warnings that are to read anew, because somebody acted or the dates moved. */
import type { Pool, PoolClient } from 'pg'
import { jsonOf, tables } from '../database/prisma.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import type { IdentityFacts } from '../text/people.ts'
import { GROUP_SHOWN } from '../text/warning-group.ts'
import { UNKNOWN_MS } from './channels.ts'
import type { LoadedDelivery } from './load.ts'
import type { Claim } from './outbox.ts'

/** SQL: delivery `d` stands in Slack. */
export const STANDS = `d.state = 'SENT' AND d.slack_ts IS NOT NULL`
/** SQL: a rewriting of `d` waits already. */
const WAITING = `EXISTS (SELECT FROM delivery w
  WHERE w.organisation_id = d.organisation_id AND w.subject = d.subject
    AND w.purpose = 'update' AND w.state IN ('PENDING', 'RETRY')
    AND (w.facts ->> 'update_of')::int = d.id AND NOT w.facts ? 'amounts_of')`

/** How far back posted messages are kept up to date: a thread may go on for more than a year. */
const LOOK_BACK_DAYS = 400

/**
 * Queues an update of every message posted about these contracts, in the transaction of the change:
 * of the first one of each thread, as replies keep the words of their day, and of groups that show
 * all of their contracts, unless only a day has passed. One that is waiting already serves: it reads
 * the facts when it is sent. Returns how many.
 */
export async function queueUpdates(
  client: Pool | PoolClient,
  organisationId: number,
  contractIds: readonly number[],
  today: CivilDate,
  { groups = true }: { readonly groups?: boolean } = {},
): Promise<number> {
  if (contractIds.length === 0) return 0
  const ofGroups = groups
    ? await queueRewriting(client, GROUPS, [organisationId, contractIds, today])
    : 0
  const subjects = contractIds.map((id) => `contract:${id}`)
  return ofGroups + (await queueRewriting(client, POSTED, [organisationId, subjects, today]))
}

/** The first message of each thread. */
const POSTED = `delivery d
  WHERE d.organisation_id = $1 AND d.subject = ANY($2) AND d.purpose IN ('post', 'ask-again', 'direct', 'escalate')
    AND d.facts -> 'thread_of' IS NULL AND ${STANDS} AND d.as_of > $3::date - ${LOOK_BACK_DAYS}
    AND NOT ${WAITING}
  ON CONFLICT DO NOTHING`

/** A group is rewritten for so long: by then each of its contracts has had a later message. */
const GROUP_LOOK_BACK_DAYS = 31

const GROUPS = `delivery d
  WHERE d.organisation_id = $1 AND d.purpose = 'group' AND ${STANDS}
    AND d.as_of > $3::date - ${GROUP_LOOK_BACK_DAYS}
    AND EXISTS (SELECT FROM delivery_alert da JOIN alert a ON a.id = da.alert_id
                 WHERE da.delivery_id = d.id AND a.contract_id = ANY ($2))
    AND (SELECT count(DISTINCT a.contract_id) FROM delivery_alert da JOIN alert a ON a.id = da.alert_id
          WHERE da.delivery_id = d.id) <= ${GROUP_SHOWN}
    AND NOT ${WAITING}
  ON CONFLICT DO NOTHING`

/**
 * Queues a rewriting of each posted message `d` that `messages` gives, with these facts beside; $1 is the
 * organisation, $3 the day. Each is numbered behind those that
 * are there. Returns how many.
 */
export async function queueRewriting(
  client: Pool | PoolClient,
  messages: string,
  values: readonly unknown[],
  facts = `'{}'`,
): Promise<number> {
  const queued = await client.query(
    `INSERT INTO delivery (organisation_id, team_id, subject, purpose, sequence, destination, as_of, facts)
     SELECT d.organisation_id, d.team_id, d.subject, 'update',
            row_number() OVER (PARTITION BY d.subject, d.destination ORDER BY d.id)
              + coalesce((SELECT max(u.sequence) FROM delivery u
                          WHERE u.organisation_id = d.organisation_id AND u.subject = d.subject
                            AND u.purpose = 'update' AND u.destination = d.destination AND u.sequence > 0), 0),
            d.destination, $3, jsonb_build_object('update_of', d.id) || ${facts}
     FROM ${messages}`,
    [...values],
  )
  return queued.rowCount ?? 0
}

/**
 * Queues what takes the place of every message that carries a warning of these contracts, and of the
 * first list of teams that have no others: they are withdrawn. Called before they are removed, with
 * their alerts locked. A message that is on its way is rewritten once it stands. Returns how many.
 */
export async function queueWithdrawals(
  client: PoolClient,
  organisationId: number,
  contractIds: readonly number[],
  today: CivilDate,
): Promise<number> {
  if (contractIds.length === 0) return 0
  const queued = await queueRewriting(
    client,
    WITHDRAWN,
    [organisationId, contractIds, today],
    `jsonb_build_object('withdrawn', carried.contracts)`,
  )
  const { delivery } = tables(client)
  const withdrawn = { path: ['withdrawn'], equals: [] }
  const emptied = await delivery.findMany({
    where: { organisationId, purpose: 'update', facts: withdrawn },
    select: { facts: true },
  })
  const ids = emptied.map(({ facts }) => Number((facts as { update_of?: unknown }).update_of))
  await delivery.updateMany({
    where: { id: { in: ids }, state: { in: ['PENDING', 'RETRY', 'BLOCKED'] } },
    data: { state: 'SUPERSEDED' },
  })
  return queued
}

const WITHDRAWN = `(
    SELECT da.delivery_id AS id, jsonb_agg(DISTINCT jsonb_build_object('reference', c.reference,
             'title', c.title, 'supplier', c.supplier)) AS contracts
    FROM delivery_alert da JOIN alert a ON a.id = da.alert_id JOIN contract c ON c.id = a.contract_id
    WHERE c.id = ANY($2) GROUP BY da.delivery_id
    UNION ALL
    SELECT d.id, '[]' FROM delivery d
    WHERE d.organisation_id = $1 AND d.purpose = 'triage'
      AND d.team_id IN (SELECT team_id FROM contract WHERE id = ANY($2))
      AND NOT EXISTS (SELECT FROM contract c WHERE c.team_id = d.team_id AND c.id <> ALL($2))) carried
  JOIN delivery d USING (id)
  WHERE d.purpose <> 'update' AND d.state NOT IN ('DEAD', 'SUPERSEDED')`

/** Queues a rewriting of a team's first lists: they say that somebody has confirmed them. */
export async function queueConfirmed(
  client: PoolClient,
  { organisationId, teamId, today }: { organisationId: number; teamId: number; today: CivilDate },
): Promise<void> {
  await queueRewriting(client, FIRST_LISTS, [organisationId, teamId, today], FIRST_LIST)
}

const FIRST_LISTS = `delivery d
  WHERE d.organisation_id = $1 AND d.purpose = 'triage' AND d.team_id = $2 AND ${STANDS}`

const FIRST_LIST = `jsonb_build_object('triage', d.facts)`

/**
 * Queues a rewriting of every posted reminder that carries these alerts of a release: it says who is on
 * it, or until when it is put off, beside what was said of the others before.
 */
export async function queueSupportUpdates(
  client: PoolClient,
  {
    organisationId,
    today,
    personId,
    alertIds,
    product,
    release,
    what,
    until,
  }: {
    readonly organisationId: number
    readonly today: CivilDate
    readonly personId: number | null
    readonly alertIds: readonly number[]
    readonly product: string
    readonly release: string
    readonly what: 'on-it' | 'put-off'
    readonly until: CivilDate
  },
): Promise<void> {
  const values = [organisationId, alertIds, today, product, release, what, until, personId]
  await queueRewriting(client, SUPPORT_POSTED, values, SUPPORT_ACTED)
}

const SUPPORT_POSTED = `delivery d,
    LATERAL (SELECT coalesce((SELECT u.facts -> 'support' FROM delivery u
       WHERE u.organisation_id = d.organisation_id AND u.purpose = 'update' AND u.subject = d.subject
         AND (u.facts ->> 'update_of')::int = d.id ORDER BY u.sequence DESC LIMIT 1), d.facts) AS facts) said,
    LATERAL (SELECT (SELECT jsonb_build_object('name', coalesce(display_name, ''), 'slackUser', slack_user)
       FROM person WHERE id = $8) AS named) person
  WHERE d.organisation_id = $1 AND d.purpose = 'support' AND ${STANDS}
    AND EXISTS (SELECT FROM delivery_alert g WHERE g.delivery_id = d.id AND g.alert_id = ANY($2))`

const SUPPORT_ACTED = `jsonb_build_object('support', said.facts || jsonb_build_object('products',
    (SELECT jsonb_agg(CASE WHEN p.each ->> 'product' = $4 AND p.each ->> 'release' = $5
         THEN p.each || jsonb_build_object('acted', jsonb_build_object('by', person.named, 'what', $6::text, 'until', $7::text))
         ELSE p.each END ORDER BY p.place)
       FROM jsonb_array_elements(said.facts -> 'products') WITH ORDINALITY AS p (each, place))))`

/**
 * What was asked about these names says what came of it: what stands in Slack is rewritten, and what
 * was not sent yet is not asked any more. A claim stands under one of the names that its account was
 * asked about; where others of them are claimed still (`left`), it is about these from now on.
 */
export async function settleIdentity(
  client: PoolClient,
  { organisationId, today }: { readonly organisationId: number; readonly today: CivilDate },
  names: readonly { readonly id: number; readonly askedUser: string | null }[],
  answered: NonNullable<IdentityFacts['answered']>,
  left: IdentityFacts | null = null,
): Promise<void> {
  const accounts = names.flatMap(({ askedUser }) => askedUser ?? [])
  if (accounts.length === 0) return
  const { person, delivery } = tables(client)
  const asked = await person.findMany({
    where: { organisationId, askedUser: { in: accounts } },
    select: { id: true },
  })
  const subjects = [...new Set([...names, ...asked].map(({ id }) => `person:${id}`))]
  const claims = { organisationId, purpose: 'claim', subject: { in: subjects } }
  if (left !== null) {
    await delivery.updateMany({ where: claims, data: { facts: jsonOf(left) } })
    const values = [organisationId, subjects, today, [], null]
    await queueRewriting(client, IDENTITY_POSTED, values, IDENTITY_SAYS)
    return
  }
  const values = [organisationId, subjects, today, accounts, answered]
  await queueRewriting(client, IDENTITY_POSTED, values, IDENTITY_SAYS)
  await delivery.updateMany({
    where: {
      ...{ organisationId, state: { in: ['PENDING', 'RETRY', 'BLOCKED'] } },
      OR: [{ subject: 'identity', purpose: 'identity', destination: { in: accounts } }, claims],
    },
    data: { state: 'SUPERSEDED' },
  })
}

const IDENTITY_SAYS = `jsonb_build_object(d.purpose, d.facts || jsonb_strip_nulls(jsonb_build_object('answered', $5::text)))`

const IDENTITY_POSTED = `delivery d
  WHERE d.organisation_id = $1 AND ${STANDS} AND (
    d.subject = 'identity' AND d.purpose = 'identity' AND d.destination = ANY ($4)
    OR d.subject = ANY ($2) AND d.purpose = 'claim')`

/**
 * Queues the amounts that a message goes out without because nobody can say yet who reads it; called
 * before it is posted, so that no fault comes between. One for each posted message: its sequence is the
 * message's number, below zero to keep it apart from other updates. One that waits already is given the
 * later day; one that is over is queued anew.
 */
export async function queueAmounts(pool: Pool, { id, possibleRepeat }: Claim): Promise<void> {
  await pool.query(
    `INSERT INTO delivery AS held (organisation_id, team_id, subject, purpose, sequence, destination,
                                   as_of, catch_up, due_at, facts)
     SELECT d.organisation_id, d.team_id, d.subject, 'update', -posted.id, d.destination, d.as_of,
            d.catch_up, clock_timestamp() + $2 * interval '1 millisecond',
            d.facts || jsonb_build_object('update_of', posted.id, 'amounts_of',
              jsonb_build_object('purpose', d.purpose, 'possible_repeat', $3::boolean))
     FROM delivery d, LATERAL (SELECT coalesce((d.facts ->> 'update_of')::int, d.id) AS id) posted
     WHERE d.id = $1
     ON CONFLICT (organisation_id, subject, purpose, sequence, destination) DO UPDATE
       SET as_of = excluded.as_of, facts = excluded.facts, problem = NULL,
           state = CASE WHEN held.state = 'RETRY' THEN 'RETRY' ELSE 'PENDING' END,
           due_at = CASE WHEN held.state IN ('PENDING', 'RETRY') THEN held.due_at
                         ELSE excluded.due_at END,
           first_tried_at = NULL, told_at = NULL
       WHERE held.state <> 'SENDING'`,
    [id, UNKNOWN_MS, possibleRepeat],
  )
}

/** It goes out with them after all, or is rewritten with them: nothing is left to add. */
export async function forgetAmounts(
  pool: Pool,
  claim: Claim,
  loaded: LoadedDelivery,
): Promise<void> {
  const { organisationId, subject, destination } = claim
  const sequence = -(loaded.posted?.id ?? claim.id)
  await tables(pool).delivery.deleteMany({
    where: {
      ...{ organisationId, subject, purpose: 'update', sequence, destination },
      state: { in: ['PENDING', 'RETRY', 'BLOCKED', 'DEAD'] },
    },
  })
}
