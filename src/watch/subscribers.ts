/** Which other channels hear the warnings of a sweep, because they subscribed to them. */
import type { Pool, PoolClient } from 'pg'
import type { Team } from '../db/organisation.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import {
  isWanted,
  type Wanted,
  type WarnedContract,
  type WarnedDeadline,
} from '../domain/subscription.ts'

/** A contract that is warned of, with the deadlines that speak today. */
export interface Warned {
  readonly contractId: number
  readonly team: Team
  readonly day: CivilDate
  readonly deadlines: readonly WarnedDeadline[]
}

/**
 * What each subscribing channel is told of, by destination, each once however many of its
 * subscriptions fit; not those that the channel is told of as the team's own. Three queries, and
 * none but the first where nobody subscribed.
 */
export async function subscribersOf(
  client: Pool | PoolClient,
  organisationId: number,
  warned: readonly Warned[],
): Promise<ReadonlyMap<string, readonly Warned[]>> {
  const told = new Map<string, Warned[]>()
  if (warned.length === 0) return told
  const subscriptions = await readSubscriptions(client, organisationId)
  if (subscriptions.length === 0) return told
  const contracts = await readWarned(client, warned)
  const places = await placesOf(client, organisationId, warned)
  for (const { channel, name, wants } of subscriptions) {
    const destination = places.get(channel) ?? (name === null ? null : places.get(folded(name)))
    for (const each of warned) {
      const { contractId, team, day, deadlines } = each
      const contract = contracts.get(contractId)
      if (contract === undefined || team.channel === (destination ?? channel)) continue
      if (!wants.some((wanted) => isWanted(wanted, contract, deadlines, day))) continue
      const list = told.get(destination ?? channel)
      if (list) list.push(each)
      else told.set(destination ?? channel, [each])
    }
  }
  return told
}

interface SubscribedChannel {
  readonly channel: string
  readonly name: string | null
  readonly wants: readonly Wanted[]
}

async function readSubscriptions(
  client: Pool | PoolClient,
  organisationId: number,
): Promise<readonly SubscribedChannel[]> {
  const found = await client.query<SubscribedChannel>(
    `SELECT channel, max(channel_name) AS name, jsonb_agg(wanted ORDER BY id) AS wants
     FROM subscription WHERE organisation_id = $1 GROUP BY channel ORDER BY channel`,
    [organisationId],
  )
  return found.rows
}

async function readWarned(
  client: Pool | PoolClient,
  warned: readonly Warned[],
): Promise<ReadonlyMap<number, WarnedContract>> {
  const found = await client.query<WarnedContract & { id: number }>(
    `SELECT c.id, c.team_id AS "teamId", c.owner_id AS "ownerId", c.deputy_id AS "deputyId",
            c.category_lead_id AS "categoryLeadId",
            c.owner_id IS NULL OR p.gone_on <= w.day OR p.erased_at IS NOT NULL AS unowned,
            coalesce(c.supplier_key, '') AS "supplierKey",
            ARRAY[c.reference_key, lower(coalesce(c.title, '')), lower(coalesce(c.supplier, ''))] AS words,
            EXISTS (SELECT FROM extension e WHERE e.contract_id = c.id AND e.kind = 'emergency'
                      AND e.status = 'confirmed' AND w.day BETWEEN e.from_on AND e.to_on) AS emergency,
            EXISTS (SELECT FROM extension e WHERE e.contract_id = c.id AND e.kind = 'unknown'
                      AND e.status <> 'withdrawn') AS unclassified
     FROM unnest($1::int[], $2::date[]) AS w (id, day) JOIN contract c ON c.id = w.id
     LEFT JOIN person p ON p.id = c.owner_id`,
    [warned.map(({ contractId }) => contractId), warned.map(({ day }) => day)],
  )
  return new Map(found.rows.map((row) => [row.id, row]))
}

/**
 * The teams' destinations by Slack id, where messages to them have gone, and by name: a channel that
 * is a team's own under its name is the same as the one that subscribed under its id.
 */
async function placesOf(
  client: Pool | PoolClient,
  organisationId: number,
  warned: readonly Warned[],
): Promise<ReadonlyMap<string, string>> {
  const names = [...new Set(warned.map(({ team }) => team.channel))]
  const gone = await client.query<{ destination: string; id: string | null }>(
    `SELECT n.destination,
            (SELECT d.slack_channel FROM delivery d
             WHERE d.organisation_id = $1 AND d.destination = n.destination AND d.state = 'SENT'
               AND d.slack_channel IS NOT NULL ORDER BY d.id DESC LIMIT 1) AS id
     FROM unnest($2::text[]) AS n (destination)`,
    [organisationId, names],
  )
  return new Map(
    gone.rows.flatMap(({ destination, id }): [string, string][] => [
      [folded(destination), destination],
      [destination, destination],
      ...(id === null ? [] : [[id, destination] as [string, string]]),
    ]),
  )
}

function folded(channel: string): string {
  return channel.replace(/^#/, '').toLowerCase()
}
