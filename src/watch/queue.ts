/** From what is due to alerts and the deliveries that carry them: one message a contract, or one for many. */
import type { PoolClient } from 'pg'
import { queueUpdates } from '../delivery/updates.ts'
import { type Due, raiseAlerts, reopenAlerts } from './alerts.ts'
import { compose, type Outgoing } from './compose.ts'
import { readParties } from './parties.ts'
import { readPeople } from './people.ts'
import { subscribersOf, type Warned } from './subscribers.ts'
import { findRoots, inThread } from './threads.ts'

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
  const contractIds = due.map((each) => each.contractId)
  const composed = compose(due, alerts, asked, {
    people: await readPeople(client, contractIds),
    parties: await readParties(client, contractIds),
    subscribers: await subscribersOf(client, organisationId, due.map(warnedOf)),
  })
  const roots = await findRoots(client, organisationId, composed, due)
  const messages = composed.map((message) => inThread(message, roots))
  await insertDeliveries(client, organisationId, messages)
  // What was told before is brought up to date: it names the days left, and who acted.
  const told = [...new Set([...alerts, ...asked].map((alert) => alert.contractId))]
  const today = due[0]?.day
  if (today !== undefined) await queueUpdates(client, organisationId, told, today)
  return { raised: alerts.length, queued: messages.length }
}

function warnedOf({ contractId, team, day, raise }: Due): Warned {
  return { contractId, team, day, deadlines: raise.map(({ deadline }) => deadline) }
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
