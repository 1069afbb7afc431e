/** From what is due to alerts and the deliveries that carry them: one message a contract, or one for many. */
import type { PoolClient } from 'pg'
import { queueUpdates } from '../delivery/updates.ts'
import { type CivilDate, daysBetween } from '../domain/civil-date.ts'
import type { Due } from './sweep.ts'

/** More contracts than this for one channel in one sweep share one message. */
const UNGROUPED_AT_MOST = 5

export interface Queued {
  readonly raised: number
  readonly queued: number
}

/** Writes the alerts and the deliveries of a sweep, in the transaction that found what is due. */
export async function queueDeliveries(
  client: PoolClient,
  organisationId: number,
  due: readonly Due[],
): Promise<Queued> {
  if (due.length === 0) return { raised: 0, queued: 0 }
  const alerts = await raiseAlerts(client, organisationId, due)
  const asked = await reopenAlerts(client, due)
  const composed = compose(due, alerts, asked)
  const roots = await findRoots(client, organisationId, composed, due)
  const messages = composed.map((message) => inThread(message, roots))
  await insertDeliveries(client, organisationId, messages)
  // What was told before is brought up to date: it names the days left, and who acted.
  const contractIds = [...new Set([...alerts, ...asked].map((alert) => alert.contractId))]
  const today = due[0]?.day
  if (today !== undefined) await queueUpdates(client, organisationId, contractIds, today)
  return { raised: alerts.length, queued: messages.length }
}

interface AlertRow {
  readonly id: number
  readonly contractId: number
}

/**
 * One row for each rung; a superseded one whose deadline came back is raised once more.
 * The unique key is what keeps two sweeps from raising the same rung twice.
 */
async function raiseAlerts(
  client: PoolClient,
  organisationId: number,
  due: readonly Due[],
): Promise<AlertRow[]> {
  const rows = due.flatMap((each) => each.raise.map((raise) => ({ each, raise })))
  const raised = await client.query<AlertRow>(
    `INSERT INTO alert (organisation_id, contract_id, kind, deadline_on, rung, raised_on, skipped_from, skipped_to)
     SELECT $1, r.* FROM unnest($2::int[], $3::text[], $4::date[], $5::int[], $6::date[], $7::int[], $8::int[])
       AS r (contract_id, kind, deadline_on, rung, raised_on, skipped_from, skipped_to)
     ON CONFLICT (contract_id, kind, deadline_on, rung) DO UPDATE
       SET state = 'open', raised_on = excluded.raised_on, occurrence = alert.occurrence + 1,
           skipped_from = excluded.skipped_from, skipped_to = excluded.skipped_to,
           acted_by_id = NULL, acted_on = NULL, paused_until = NULL, closed_on = NULL
       WHERE alert.state = 'superseded'
     RETURNING id, contract_id AS "contractId"`,
    [
      organisationId,
      rows.map(({ each }) => each.contractId),
      rows.map(({ raise }) => raise.deadline.kind),
      rows.map(({ raise }) => raise.deadline.on),
      rows.map(({ raise }) => raise.rung),
      rows.map(({ each }) => each.day),
      rows.map(({ raise }) => raise.skipped?.from ?? null),
      rows.map(({ raise }) => raise.skipped?.to ?? null),
    ],
  )
  return raised.rows
}

/** Acknowledged or snoozed, and the pause has run out: open again. */
async function reopenAlerts(client: PoolClient, due: readonly Due[]): Promise<AlertRow[]> {
  const rows = due.flatMap((each) => each.askAgain.map((ask) => ({ each, ask })))
  if (rows.length === 0) return []
  const reopened = await client.query<AlertRow>(
    `UPDATE alert SET state = 'open', paused_until = NULL, asked_again = asked_again + 1
     FROM unnest($1::int[], $2::text[], $3::date[]) AS a (contract_id, kind, deadline_on)
     WHERE alert.contract_id = a.contract_id AND alert.kind = a.kind AND alert.deadline_on = a.deadline_on
       AND alert.state IN ('acknowledged', 'snoozed')
     RETURNING alert.id, alert.contract_id AS "contractId"`,
    [
      rows.map(({ each }) => each.contractId),
      rows.map(({ ask }) => ask.deadline.kind),
      rows.map(({ ask }) => ask.deadline.on),
    ],
  )
  return reopened.rows
}

interface Outgoing {
  readonly subject: string
  readonly purpose: 'post' | 'thread' | 'ask-again' | 'group' | 'escalate'
  readonly destination: string
  readonly teamId: number
  readonly asOf: CivilDate
  readonly catchUp: boolean
  readonly alertIds: readonly number[]
  /** `thread_of`: the delivery whose thread it goes into; `broadcast`: the channel sees it as well. */
  readonly facts: { readonly thread_of?: number; readonly broadcast?: boolean }
}

function compose(
  due: readonly Due[],
  raised: readonly AlertRow[],
  asked: readonly AlertRow[],
): Outgoing[] {
  const raisedOf = byContract(raised)
  const askedOf = byContract(asked)
  const channels = new Map<string, Due[]>()
  const escalations = new Map<string, Due[]>()
  for (const each of due) {
    const asks = askedOf.has(each.contractId)
    // A rung that another sweep raised in the meantime is not told again.
    if (!asks && !raisedOf.has(each.contractId)) continue
    const { channel, escalationChannel } = each.team
    addTo(channels, channel, each)
    // Where nobody named a channel to escalate to, the team's own is asked again: no more is known.
    if (asks && escalationChannel !== null && escalationChannel !== channel) {
      addTo(escalations, escalationChannel, each)
    }
  }
  const asksOf = (each: Due) => askedOf.get(each.contractId) ?? []
  const all = (each: Due) => [...(raisedOf.get(each.contractId) ?? []), ...asksOf(each)]
  const purpose = (each: Due) => (raisedOf.has(each.contractId) ? 'post' : 'ask-again')
  return [
    ...[...escalations].flatMap(([channel, contracts]) =>
      inChannel(contracts, channel, 'escalation', () => 'escalate', asksOf),
    ),
    ...[...channels].flatMap(([channel, contracts]) =>
      inChannel(contracts, channel, 'sweep', purpose, all),
    ),
  ]
}

/** A message for each contract, or one for all where they are many. */
function inChannel(
  contracts: readonly Due[],
  channel: string,
  what: 'sweep' | 'escalation',
  purpose: (each: Due) => Outgoing['purpose'],
  alertIds: (each: Due) => readonly number[],
): Outgoing[] {
  if (contracts.length > UNGROUPED_AT_MOST) {
    return [group(contracts, channel, what, contracts.flatMap(alertIds))]
  }
  return contracts.map((each) => one(each, purpose(each), channel, alertIds(each)))
}

function one(
  due: Due,
  purpose: Outgoing['purpose'],
  destination: string,
  alertIds: readonly number[],
): Outgoing {
  const { contractId, team, day, catchUp } = due
  const subject = `contract:${contractId}`
  return {
    subject,
    purpose,
    destination,
    teamId: team.id,
    asOf: day,
    catchUp,
    alertIds,
    facts: {},
  }
}

function group(
  contracts: readonly Due[],
  channel: string,
  what: 'sweep' | 'escalation',
  alertIds: readonly number[],
): Outgoing {
  const first = contracts[0]
  if (!first) throw new Error('A group of no contracts has nothing to say.')
  return {
    subject: `${what}:${first.day}`,
    purpose: 'group',
    destination: channel,
    teamId: first.team.id,
    asOf: first.day,
    catchUp: contracts.some((each) => each.catchUp),
    alertIds,
    facts: {},
  }
}

/** From so many days before on, a reply in a thread is shown to the whole channel. */
const BROADCAST_FROM = 7

interface Root {
  readonly id: number
  readonly urgent: boolean
}

/**
 * The first message about each of these deadlines, where it stands in its channel by itself: later
 * rungs go into its thread. One that was told among many has no thread of its own.
 */
async function findRoots(
  client: PoolClient,
  organisationId: number,
  messages: readonly Outgoing[],
  due: readonly Due[],
): Promise<ReadonlyMap<string, Root>> {
  const subjects = new Map(due.map((each) => [`contract:${each.contractId}`, each]))
  const posts = messages.filter((message) => message.purpose === 'post')
  const asked = posts.flatMap(({ subject, destination }) =>
    (subjects.get(subject)?.raise ?? []).map(({ deadline }) => ({
      subject,
      destination,
      deadline,
    })),
  )
  if (asked.length === 0) return new Map()
  const found = await client.query<{ id: number; subject: string; destination: string }>(
    `SELECT min(d.id) AS id, d.subject, d.destination
     FROM unnest($2::text[], $3::text[], $4::text[], $5::date[]) AS w (subject, destination, kind, due_on)
     JOIN delivery d ON d.organisation_id = $1 AND d.subject = w.subject AND d.purpose = 'post'
       AND d.destination = w.destination AND d.state NOT IN ('DEAD', 'BLOCKED', 'SUPERSEDED')
     JOIN delivery_alert da ON da.delivery_id = d.id
     JOIN alert a ON a.id = da.alert_id AND a.kind = w.kind AND a.deadline_on = w.due_on
     GROUP BY d.subject, d.destination`,
    [
      organisationId,
      asked.map((each) => each.subject),
      asked.map((each) => each.destination),
      asked.map((each) => each.deadline.kind),
      asked.map((each) => each.deadline.on),
    ],
  )
  return new Map(
    found.rows.map(({ id, subject, destination }) => {
      const each = subjects.get(subject)
      const urgent = each?.raise.some(
        ({ deadline }) => daysBetween(each.day, deadline.on) <= BROADCAST_FROM,
      )
      return [`${subject} ${destination}`, { id, urgent: urgent === true }]
    }),
  )
}

function inThread(message: Outgoing, roots: ReadonlyMap<string, Root>): Outgoing {
  const root =
    message.purpose === 'post' ? roots.get(`${message.subject} ${message.destination}`) : undefined
  if (root === undefined) return message
  return { ...message, purpose: 'thread', facts: { thread_of: root.id, broadcast: root.urgent } }
}

/** The sequence counts on from what was sent for the same subject, purpose and destination. */
async function insertDeliveries(
  client: PoolClient,
  organisationId: number,
  messages: readonly Outgoing[],
): Promise<void> {
  const ids = await client.query<{
    id: number
    subject: string
    purpose: string
    destination: string
  }>(
    `INSERT INTO delivery (organisation_id, subject, purpose, destination, team_id, as_of, catch_up, facts, sequence)
     SELECT $1, m.*, 1 + coalesce((SELECT max(d.sequence) FROM delivery d
              WHERE d.organisation_id = $1 AND d.subject = m.subject AND d.purpose = m.purpose
                AND d.destination = m.destination), 0)
     FROM unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::date[], $7::bool[], $8::jsonb[])
       AS m (subject, purpose, destination, team_id, as_of, catch_up, facts)
     RETURNING id, subject, purpose, destination`,
    [
      organisationId,
      messages.map((message) => message.subject),
      messages.map((message) => message.purpose),
      messages.map((message) => message.destination),
      messages.map((message) => message.teamId),
      messages.map((message) => message.asOf),
      messages.map((message) => message.catchUp),
      messages.map((message) => JSON.stringify(message.facts)),
    ],
  )
  const idOf = new Map(
    ids.rows.map((row) => [`${row.subject} ${row.purpose} ${row.destination}`, row.id]),
  )
  const carried = messages.flatMap((message) => {
    const id = idOf.get(`${message.subject} ${message.purpose} ${message.destination}`)
    return message.alertIds.map((alertId) => ({ id, alertId }))
  })
  await client.query(
    `INSERT INTO delivery_alert (delivery_id, alert_id)
     SELECT * FROM unnest($1::int[], $2::int[]) ON CONFLICT DO NOTHING`,
    [carried.map(({ id }) => id), carried.map(({ alertId }) => alertId)],
  )
}

function addTo<Key, Item>(groups: Map<Key, Item[]>, key: Key, item: Item): void {
  const group = groups.get(key)
  if (group) group.push(item)
  else groups.set(key, [item])
}

function byContract(rows: readonly AlertRow[]): Map<number, number[]> {
  const groups = new Map<number, number[]>()
  for (const { id, contractId } of rows) addTo(groups, contractId, id)
  return groups
}
