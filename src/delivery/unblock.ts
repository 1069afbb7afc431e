/** What did not reach its channel: tried once more where nobody was told instead, and told of where it is dead. */
import type pg from 'pg'
import { TERMINAL } from '../db/organisation.ts'
import { inTransaction } from '../db/transaction.ts'
import { groupedBy } from '../domain/grouped-by.ts'
import type { DeadFacts, DeadMessage } from '../messages/blocked.ts'
import { isPersonId } from './channel-book.ts'
import { NOW } from './moment.ts'
import { PERSONAL } from './personal.ts'

/**
 * Blocked deliveries whose rest is over go back to the queue, but for those that the escalation
 * channel was told of instead: they would be a repeat. What was for a channel that no team names
 * any more goes to the one that its team has now. How many.
 */
export async function unblock(pool: pg.Pool): Promise<number> {
  const { rowCount } = await pool.query(UNBLOCK, [TERMINAL, PERSONAL])
  return rowCount ?? 0
}

// A subscriber's channel is named by no team either: its message stays where it is.
const UNBLOCK = `
  WITH untold AS (
    SELECT d.id, d.organisation_id, d.subject, d.purpose, d.sequence, d.destination,
           coalesce(own.channel, usual.channel) AS channel,
           d.facts @> '{"subscribed": true}' AS subscribed
      FROM delivery d
      LEFT JOIN team own ON own.id = d.team_id
      LEFT JOIN team usual ON usual.organisation_id = d.organisation_id AND usual.is_default
     WHERE d.state = 'BLOCKED' AND d.due_at <= ${NOW} AND d.purpose NOT IN ('fallback', 'update')
       AND NOT EXISTS (SELECT FROM delivery copy
         WHERE copy.organisation_id = d.organisation_id AND copy.subject = d.subject
           AND copy.purpose = 'fallback' AND copy.sequence = d.id
           AND copy.state NOT IN ('BLOCKED', 'DEAD', 'SUPERSEDED'))),
  moved AS (
    SELECT id, channel FROM untold u
     WHERE channel IS NOT NULL AND channel <> destination AND purpose NOT IN ('direct', 'escalate')
       AND purpose <> ALL ($2)
       AND NOT subscribed
       AND NOT EXISTS (SELECT FROM team t WHERE t.organisation_id = u.organisation_id
         AND u.destination IN (t.channel, t.escalation_channel))
       AND NOT EXISTS (SELECT FROM delivery same
         WHERE same.organisation_id = u.organisation_id AND same.subject = u.subject
           AND same.purpose = u.purpose AND same.sequence = u.sequence
           AND same.destination = u.channel))
  UPDATE delivery d
     SET state = 'RETRY', due_at = clock_timestamp(),
         -- What had no channel was never tried: the time that retries may take begins now.
         first_tried_at = CASE WHEN d.destination <> $1 THEN d.first_tried_at END,
         destination = coalesce((SELECT channel FROM moved WHERE moved.id = d.id), d.destination)
    FROM untold
   WHERE d.id = untold.id AND d.state = 'BLOCKED'
     AND (untold.destination <> $1 OR EXISTS (SELECT FROM moved WHERE moved.id = d.id))`

/** Who hears of a death, where no team's escalation channel can. */
export interface DeathsTold {
  readonly pool: pg.Pool
  readonly adminChannel?: string | null
  readonly administrators?: readonly string[]
}

/** At most so many in one message. */
const TOLD_AT_ONCE = 100

/**
 * Tells people of messages that have died since, once: the escalation channel of the team, else the
 * administrators, else the channel itself. What was for one person alone is told to nobody, and a
 * telling that dies itself to the administrators alone. Returns how many messages were told of.
 */
export async function tellOfDead({
  pool,
  adminChannel = null,
  administrators = [],
}: DeathsTold): Promise<number> {
  const above = adminChannel === null ? administrators : [adminChannel]
  return await inTransaction(pool, async (client) => {
    const { rows: dead } = await client.query<DeadRow>(DEAD, [TOLD_AT_ONCE, PERSONAL])
    if (dead.length === 0) return 0
    const { rows: contracts } = await client.query<CarriedRow>(CARRIED, [dead.map(({ id }) => id)])
    const carried = groupedBy(contracts, (row) => row.delivery_id)
    const told = dead.flatMap((row) =>
      hearers(row, above).map((destination) => ({ ...row, hearer: destination })),
    )
    for (const rows of groupedBy(told, (row) => `${row.organisation_id} ${row.hearer}`).values()) {
      const [first] = rows
      if (first === undefined) continue
      const messages = rows.map(
        ({ id, purpose, destination, problem }): DeadMessage => ({
          purpose,
          // Nobody's account is named in what is kept of others' messages.
          destination: isPersonId(destination) ? 'a direct message' : destination,
          why: problem ?? 'no reason recorded',
          contracts: carried.get(id) ?? [],
        }),
      )
      await client.query(TELL, [
        first.organisation_id,
        first.team_id,
        `delivery:${first.id}`,
        first.hearer,
        first.as_of,
        JSON.stringify({ messages } satisfies DeadFacts),
      ])
    }
    await client.query('UPDATE delivery SET told_at = clock_timestamp() WHERE id = ANY ($1)', [
      dead.map(({ id }) => id),
    ])
    return told.length
  })
}

function hearers(row: DeadRow, above: readonly string[]): readonly string[] {
  const { purpose, destination, escalation } = row
  const others = above.filter((each) => each !== destination)
  if (purpose === 'dead') return above.includes(destination) ? [] : others
  if (escalation !== null && escalation !== destination) return [escalation]
  if (others.length > 0) return others
  return destination === TERMINAL ? [] : [destination]
}

interface DeadRow {
  readonly id: number
  readonly organisation_id: number
  readonly team_id: number | null
  readonly purpose: string
  readonly destination: string
  readonly problem: string | null
  readonly as_of: string
  readonly escalation: string | null
}

const DEAD = `
  SELECT d.id, d.organisation_id, d.team_id, d.purpose, d.destination, d.problem, d.as_of,
         coalesce(own.escalation_channel, usual.escalation_channel) AS escalation
    FROM delivery d
    LEFT JOIN team own ON own.id = d.team_id
    LEFT JOIN team usual ON usual.organisation_id = d.organisation_id AND usual.is_default
   WHERE d.state = 'DEAD' AND d.told_at IS NULL AND d.purpose <> 'update' AND d.purpose <> ALL ($2)
   ORDER BY d.id LIMIT $1 FOR UPDATE OF d SKIP LOCKED`

interface CarriedRow {
  readonly delivery_id: number
  readonly reference: string
  readonly title: string | null
  readonly supplier: string | null
  readonly kind: string
  readonly on: DeadMessage['contracts'][number]['on']
}

const CARRIED = `
  SELECT da.delivery_id, c.reference, c.title, c.supplier, a.kind, a.deadline_on AS "on"
    FROM delivery_alert da JOIN alert a ON a.id = da.alert_id JOIN contract c ON c.id = a.contract_id
   WHERE da.delivery_id = ANY ($1) ORDER BY a.deadline_on, c.reference`

const TELL = `
  INSERT INTO delivery (organisation_id, team_id, subject, purpose, sequence, destination, as_of, facts)
  VALUES ($1, $2, $3, 'dead', 1, $4, $5, $6) ON CONFLICT DO NOTHING`
