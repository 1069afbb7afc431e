/** Which teams a channel of Slack belongs to: settings may name it, Slack knows it by its id. */
import type { Team } from '../../db/organisation.ts'
import type { BotContext } from './context.ts'

export interface Place {
  /** As people know it: `#digital`, or `this channel` where only its id is known. */
  readonly name: string
  /** Whether this destination of a team is that channel. */
  readonly isIt: (destination: string | null) => boolean
}

/** `channel`: a Slack id or a name; null stands for every channel. */
export async function placeOfChannel(
  { pool, organisationId }: BotContext,
  channel: string | null,
  teams: readonly Team[],
): Promise<Place> {
  if (channel === null)
    return { name: 'every channel', isIt: (destination) => destination !== null }
  const destinations = teams.flatMap((team) => [team.channel, team.escalationChannel])
  const named = [...new Set(destinations.filter((each) => each !== null))]
  // Where earlier messages to a name have gone tells which id that name stands for.
  const gone = await pool.query<{ destination: string }>(
    `SELECT n.destination FROM unnest($2::text[]) AS n (destination)
     WHERE (SELECT d.slack_channel FROM delivery d
            WHERE d.organisation_id = $1 AND d.destination = n.destination AND d.state = 'SENT'
              AND d.slack_channel IS NOT NULL ORDER BY d.id DESC LIMIT 1) = $3`,
    [organisationId, named, channel],
  )
  const same = new Set(gone.rows.map((row) => folded(row.destination)))
  const isIt = (destination: string | null) =>
    destination !== null &&
    (folded(destination) === folded(channel) || same.has(folded(destination)))
  const label = named.find((each) => isIt(each) && each.startsWith('#')) ?? channel
  return { name: /^[CGD][A-Z0-9]{6,}$/.test(label) ? 'this channel' : label, isIt }
}

function folded(channel: string): string {
  return channel.replace(/^#/, '').toLowerCase()
}
