/** Who hears of a warning: the people who answer for the contract, and subscribed channels. */
import type { Pool, PoolClient } from 'pg'
import type { ToldPerson } from '../database/contracts.ts'
import type { Team } from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import { type Addressee, addresseesOf, type ContractPeople } from '../rules/contract.ts'
import {
  type ContractFilter,
  isWanted,
  type WarnedContract,
  type WarnedDeadline,
} from '../rules/subscription.ts'
import { addTo, compare, groupedBy } from '../rules/text-match.ts'
import type { DueContract } from './alerts.ts'

/** Those who have to act, by what is due of the contract today; each once. */
export function addresseesToday(
  due: DueContract,
  people: ContractPeople<ToldPerson> | undefined,
): Addressee<ToldPerson>[] {
  const kinds = [...due.raise, ...due.askAgain].map(({ deadline }) => deadline.kind)
  return people === undefined ? [] : addresseesOf(kinds, due.outOfContract, people)
}

/** Where somebody who wants to hear directly is written to; null for everybody else. */
export function directTo(person: ToldPerson | null | undefined): string | null {
  return person?.voice === 'dm' && !person.gone ? person.slack : null
}

// Which other channels hear the warnings of a sweep, because they subscribed to them.

/** A contract that is warned of, with the deadlines that speak today. */
export interface ContractWarning {
  readonly contractId: number
  readonly team: Team
  readonly day: CivilDate
  readonly deadlines: readonly WarnedDeadline[]
  /** The channel that it is escalated to today. */
  readonly above: string | null
}

/**
 * What each subscribing channel is told of, by destination, each once however many of its
 * subscriptions fit; not those that the channel is told of as the team's own, or as the one above it.
 * Three queries, and none but the first where nobody subscribed.
 */
export async function subscribersOf(
  client: Pool | PoolClient,
  organisationId: number,
  warned: readonly ContractWarning[],
): Promise<ReadonlyMap<string, readonly ContractWarning[]>> {
  const told = new Map<string, ContractWarning[]>()
  if (warned.length === 0) return told
  const subscriptions = await readSubscriptions(client, organisationId)
  if (subscriptions.length === 0) return told
  const contracts = await readWarned(client, warned)
  const places = await placesOf(client, organisationId, warned)
  for (const { channel, name, wants } of subscriptions) {
    const destination =
      places.get(channel) ?? (name === null ? null : places.get(foldedChannel(name)))
    for (const each of warned) {
      const { contractId, team, day, deadlines, above } = each
      const contract = contracts.get(contractId)
      if (contract === undefined || [team.channel, above].includes(destination ?? channel)) continue
      if (!wants.some((wanted) => isWanted(wanted, contract, deadlines, day))) continue
      addTo(told, destination ?? channel, each)
    }
  }
  return told
}

interface SubscribedChannel {
  readonly channel: string
  readonly name: string | null
  readonly wants: readonly ContractFilter[]
}

async function readSubscriptions(
  client: Pool | PoolClient,
  organisationId: number,
): Promise<readonly SubscribedChannel[]> {
  const found = await tables(client).subscription.findMany({
    where: { organisationId },
    orderBy: [{ channel: 'asc' }, { id: 'asc' }],
  })
  return [...groupedBy(found, ({ channel }) => channel)].map(([channel, held]) => ({
    channel,
    // A channel that was renamed since has both names.
    name:
      held
        .flatMap(({ channelName }) => channelName ?? [])
        .sort(compare)
        .at(-1) ?? null,
    wants: held.map(({ wanted }) => wanted as ContractFilter),
  }))
}

async function readWarned(
  client: Pool | PoolClient,
  warned: readonly ContractWarning[],
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
  warned: readonly ContractWarning[],
): Promise<ReadonlyMap<string, string>> {
  const names = [
    ...new Set(
      warned.flatMap(({ team, above }) => [team.channel, ...(above === null ? [] : [above])]),
    ),
  ]
  const gone = await channelsReached(client, organisationId, names)
  return new Map(
    gone.flatMap(({ destination, id }): [string, string][] => [
      [foldedChannel(destination), destination],
      [destination, destination],
      ...(id === null ? [] : [[id, destination] as [string, string]]),
    ]),
  )
}

/** The id of the channel that the last message to each destination went to. */
export async function channelsReached(
  client: Pool | PoolClient,
  organisationId: number,
  destinations: readonly string[],
): Promise<readonly { readonly destination: string; readonly id: string | null }[]> {
  const { rows } = await client.query<{ destination: string; id: string | null }>(
    `SELECT n.destination,
            (SELECT d.slack_channel FROM delivery d
             WHERE d.organisation_id = $1 AND d.destination = n.destination AND d.state = 'SENT'
               AND d.slack_channel IS NOT NULL ORDER BY d.id DESC LIMIT 1) AS id
     FROM unnest($2::text[]) AS n (destination)`,
    [organisationId, destinations],
  )
  return rows
}

/** A channel's name as it is compared: with or without its `#`, in any case. */
export function foldedChannel(channel: string): string {
  return channel.replace(/^#/, '').toLowerCase()
}
