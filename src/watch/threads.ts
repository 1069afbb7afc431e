/** Later warnings of a deadline go into the thread of its first one. */
import type { PoolClient } from 'pg'
import { daysBetween } from '../domain/civil-date.ts'
import type { Due } from './alerts.ts'
import type { Outgoing } from './compose.ts'

/** From so many days before on, a reply in a thread is shown to the whole channel. */
const BROADCAST_FROM = 7

export interface Root {
  readonly id: number
  readonly urgent: boolean
}

/**
 * The first message about each of these deadlines, where it stands in its channel by itself: later
 * rungs go into its thread. One that was told among many has no thread of its own.
 */
export async function findRoots(
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

export function inThread(message: Outgoing, roots: ReadonlyMap<string, Root>): Outgoing {
  const root =
    message.purpose === 'post' ? roots.get(`${message.subject} ${message.destination}`) : undefined
  if (root === undefined) return message
  const facts = { ...message.facts, thread_of: root.id, broadcast: root.urgent }
  return { ...message, purpose: 'thread', facts }
}
