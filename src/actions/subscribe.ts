/** A channel subscribes to warnings, and ends what it subscribed to. Audited. */
import type { Pool, PoolClient } from 'pg'
import { lockRows } from '../database/bulk.ts'
import { inTransaction } from '../database/connect.ts'
import { jsonOf, tables } from '../database/prisma.ts'
import type { ContractFilter } from '../rules/subscription.ts'
import { UserError } from '../rules/user-error.ts'
import { type Actor, noteAct } from './act.ts'

/** As many as one answer lists. */
const MOST_SUBSCRIPTIONS = 20

interface NewSubscription {
  /** The channel's Slack id, and its name where it has one. */
  readonly channel: string
  readonly channelName: string | null
  /** The filters as they are typed, in their one form: what people read. */
  readonly filters: string
  /** The same as the sweep asks it. */
  readonly wanted: ContractFilter
}

/** @throws UserError where the channel has it already, or has too many. */
export async function subscribe(
  pool: Pool,
  actor: Actor,
  subscription: NewSubscription,
): Promise<void> {
  const { organisationId, personId } = actor
  const { channel, channelName, filters, wanted } = subscription
  await inTransaction(pool, async (client) => {
    const held = await lockHeld(client, organisationId, channel)
    if (held.some((each) => each.filters === filters)) {
      throw new UserError('This channel has that subscription already: nothing was changed.')
    }
    if (held.length >= MOST_SUBSCRIPTIONS) {
      throw new UserError(
        `This channel has ${MOST_SUBSCRIPTIONS} subscriptions already: end one with /contracts subscriptions.`,
      )
    }
    await tables(client).subscription.createMany({
      data: {
        organisationId,
        channel,
        channelName,
        filters,
        wanted: jsonOf(wanted),
        createdById: personId,
        createdAt: actor.now,
      },
      skipDuplicates: true,
    })
    await note(client, actor, 'subscribed', [{ channel, from: null, to: filters }])
  })
}

/**
 * Ends all subscriptions of a channel, or the one of this number; what waits to be sent there because
 * of them is not sent. Returns how many were ended.
 */
export async function unsubscribe(
  pool: Pool,
  actor: Actor,
  channel: string,
  subscriptionId: number | null,
): Promise<number> {
  const { organisationId } = actor
  return inTransaction(pool, async (client) => {
    const held = await lockHeld(client, organisationId, channel)
    const ended = held.filter(({ id }) => subscriptionId === null || id === subscriptionId)
    if (ended.length === 0) return 0
    await tables(client).subscription.deleteMany({
      where: { id: { in: ended.map(({ id }) => id) } },
    })
    if (ended.length === held.length) await supersede(client, organisationId, channel)
    const changes = ended.map(({ filters }) => ({ channel, from: filters, to: null }))
    await note(client, actor, 'unsubscribed', changes)
    return ended.length
  })
}

/** What a channel subscribed to, until the transaction ends: whoever ends or makes one waits. */
async function lockHeld(
  client: PoolClient,
  organisationId: number,
  channel: string,
): Promise<{ readonly id: number; readonly filters: string }[]> {
  const which = 'organisation_id = $1 AND channel = $2'
  return await lockRows(client, 'subscription', 'id, filters', which, [organisationId, channel])
}

/** What the last subscription of a channel had queued is no longer wanted there. */
async function supersede(client: PoolClient, organisationId: number, channel: string) {
  await tables(client).delivery.updateMany({
    where: {
      organisationId,
      destination: channel,
      state: { in: ['PENDING', 'RETRY', 'BLOCKED'] },
      facts: { path: ['subscribed'], equals: true },
    },
    data: { state: 'SUPERSEDED', problem: 'the channel ended its subscription' },
  })
}

async function note(
  client: PoolClient,
  actor: Actor,
  what: 'subscribed' | 'unsubscribed',
  changes: readonly { channel: string; from: string | null; to: string | null }[],
): Promise<void> {
  const rows = changes.map(({ channel: field, ...each }) => ({
    contractId: null,
    what,
    field,
    ...each,
  }))
  await noteAct(client, actor, `${what} ${changes[0]?.channel ?? ''}`, rows)
}
