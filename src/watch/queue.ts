/** From what is due to alerts and the deliveries that carry them: one message a contract, or one for many. */
import type { PoolClient } from 'pg'
import type { CivilDate } from '../domain/civil-date.ts'
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
  const messages = compose(due, alerts, asked)
  await insertDeliveries(client, organisationId, messages)
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
  readonly purpose: 'post' | 'ask-again' | 'group' | 'escalate'
  readonly destination: string
  readonly teamId: number
  readonly asOf: CivilDate
  readonly catchUp: boolean
  readonly alertIds: readonly number[]
}

function compose(
  due: readonly Due[],
  raised: readonly AlertRow[],
  asked: readonly AlertRow[],
): Outgoing[] {
  const raisedOf = byContract(raised)
  const askedOf = byContract(asked)
  const channels = new Map<string, Due[]>()
  const messages: Outgoing[] = []
  for (const each of due) {
    const asks = askedOf.get(each.contractId) ?? []
    // A rung that another sweep raised in the meantime is not told again.
    if (asks.length === 0 && !raisedOf.has(each.contractId)) continue
    const { channel, escalationChannel } = each.team
    channels.set(channel, [...(channels.get(channel) ?? []), each])
    if (asks.length > 0 && escalationChannel !== null && escalationChannel !== channel) {
      messages.push(one(each, 'escalate', escalationChannel, asks))
    }
  }
  for (const [channel, contracts] of channels) {
    const alertsOf = (each: Due) => [
      ...(raisedOf.get(each.contractId) ?? []),
      ...(askedOf.get(each.contractId) ?? []),
    ]
    if (contracts.length <= UNGROUPED_AT_MOST) {
      for (const each of contracts) {
        const purpose = raisedOf.has(each.contractId) ? 'post' : 'ask-again'
        messages.push(one(each, purpose, channel, alertsOf(each)))
      }
    } else messages.push(group(contracts, channel, contracts.flatMap(alertsOf)))
  }
  return messages
}

function one(
  due: Due,
  purpose: Outgoing['purpose'],
  destination: string,
  alertIds: readonly number[],
): Outgoing {
  const { contractId, team, day, catchUp } = due
  const subject = `contract:${contractId}`
  return { subject, purpose, destination, teamId: team.id, asOf: day, catchUp, alertIds }
}

function group(contracts: readonly Due[], channel: string, alertIds: readonly number[]): Outgoing {
  const first = contracts[0]
  if (!first) throw new Error('A group of no contracts has nothing to say.')
  return {
    subject: `sweep:${first.day}`,
    purpose: 'group',
    destination: channel,
    teamId: first.team.id,
    asOf: first.day,
    catchUp: contracts.some((each) => each.catchUp),
    alertIds,
  }
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
    `INSERT INTO delivery (organisation_id, subject, purpose, destination, team_id, as_of, catch_up, sequence)
     SELECT $1, m.*, 1 + coalesce((SELECT max(d.sequence) FROM delivery d
              WHERE d.organisation_id = $1 AND d.subject = m.subject AND d.purpose = m.purpose
                AND d.destination = m.destination), 0)
     FROM unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::date[], $7::bool[])
       AS m (subject, purpose, destination, team_id, as_of, catch_up)
     RETURNING id, subject, purpose, destination`,
    [
      organisationId,
      messages.map((message) => message.subject),
      messages.map((message) => message.purpose),
      messages.map((message) => message.destination),
      messages.map((message) => message.teamId),
      messages.map((message) => message.asOf),
      messages.map((message) => message.catchUp),
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

function byContract(rows: readonly AlertRow[]): Map<number, number[]> {
  const groups = new Map<number, number[]>()
  for (const { id, contractId } of rows) {
    const group = groups.get(contractId)
    if (group) group.push(id)
    else groups.set(contractId, [id])
  }
  return groups
}
