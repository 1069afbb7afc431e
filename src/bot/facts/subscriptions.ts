/** What a channel has subscribed to. */
import { DateTime } from 'luxon'
import { asCivilDate } from '../../domain/civil-date.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { SubscriptionsFacts } from '../../messages/answers/facts.ts'
import { mayThey } from '../access.ts'
import type { BotContext } from './context.ts'
import { placeOfChannel } from './place.ts'

/** @throws Refusal where no channel is named and none is asked from. */
export async function subscriptionFacts(
  context: BotContext,
  channel: string | null,
): Promise<SubscriptionsFacts> {
  const { pool, organisationId, asker, shared, timeZone } = context
  if (channel === null) throw new Refusal('Which channel? Name it, such as #contracts.')
  const { name } = await placeOfChannel(context, channel, await context.teams())
  const found = await pool.query<{
    id: number
    filters: string
    createdAt: Date
    by: string | null
    bySlack: string | null
  }>(
    `SELECT s.id, s.filters, s.created_at AS "createdAt",
            coalesce(p.display_name, p.slack_user) AS by, p.slack_user AS "bySlack"
     FROM subscription s LEFT JOIN person p ON p.id = s.created_by_id AND p.erased_at IS NULL
     WHERE s.organisation_id = $1 AND s.channel = $2 ORDER BY s.id`,
    [organisationId, channel],
  )
  return {
    channel: name,
    mayChange: !shared && mayThey(asker, 'read', null).allowed,
    items: found.rows.map(({ id, filters, createdAt, by, bySlack }) => ({
      id,
      filters,
      by: by === null ? null : { name: by, slackUser: bySlack },
      on: asCivilDate(DateTime.fromJSDate(createdAt, { zone: timeZone }).toFormat('yyyy-MM-dd')),
    })),
  }
}
