/** Private addresses at which calendars fetch deadlines: made, ended, recognised. Audited. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Pool } from 'pg'
import { personText } from '../database/audit-log.ts'
import { inTransaction, lockFor } from '../database/connect.ts'
import { tables } from '../database/prisma.ts'
import { UserError } from '../rules/user-error.ts'
import { type Actor, noteAct } from './act.ts'

/** Whose deadlines: a team's, or else those of the contracts that the person answers for. */
export interface FeedScope {
  /** Whose address it is; null for one that was made on the command line. */
  readonly personId: number | null
  readonly team: { readonly id: number; readonly name: string } | null
}

/** One for each place that somebody reads a calendar at. */
const MOST_FEEDS = 5

/**
 * A new address's token: shown once, kept only as a hash. Earlier addresses go on.
 * @throws UserError where there are too many already.
 */
export async function openFeed(pool: Pool, actor: Actor, scope: FeedScope): Promise<string> {
  const { organisationId, now } = actor
  const { personId, team } = scope
  const token = randomBytes(32).toString('hex')
  await inTransaction(pool, async (client) => {
    await lockFor(client, `calendar ${personId}`, organisationId)
    const of = { organisationId, personId, teamId: team?.id ?? null }
    const { calendarFeed } = tables(client)
    if ((await calendarFeed.count({ where: of })) >= MOST_FEEDS) {
      throw new UserError(
        `There are ${MOST_FEEDS} addresses of this calendar already: use one of them, or end them all first with calendar${team === null ? '' : ` team ${team.name}`} revoke.`,
      )
    }
    await calendarFeed.createMany({ data: { ...of, tokenHash: hashOf(token), createdAt: now } })
    await note(client, actor, 'opened calendar', scope, 1)
  })
  return token
}

/** What is given to people; `base` has no slash at its end. */
export function calendarAddress(base: string, token: string): string {
  return `${base}/calendar/${token}.ics`
}

/** Ends the addresses of a person for that scope; `everybodys` ends all of the team's. Returns how many. */
export async function endFeeds(
  pool: Pool,
  actor: Actor,
  scope: FeedScope,
  everybodys = false,
): Promise<number> {
  return await inTransaction(pool, async (client) => {
    const { organisationId } = actor
    const ofAll = { organisationId, teamId: scope.team?.id ?? null }
    const { count } = await tables(client).calendarFeed.deleteMany({
      where: everybodys ? ofAll : { ...ofAll, personId: scope.personId },
    })
    if (count > 0) await note(client, actor, 'ended calendar', scope, count)
    return count
  })
}

export interface Feed {
  readonly id: number
  readonly personId: number | null
  readonly teamId: number | null
  readonly team: string | null
  /** Tells this installation's events from another's, and outlives a restore. */
  readonly namespace: string
  readonly contentHash: string | null
  readonly changedAt: Date | null
}

/** The feed of this token; null where there is none, it was ended, or its person has left. */
export async function feedOf(
  pool: Pool,
  organisationId: number,
  token: string,
): Promise<Feed | null> {
  if (!/^[0-9a-f]{64}$/.test(token)) return null
  const hash = hashOf(token)
  const found = await pool.query<Feed & { readonly tokenHash: string }>(
    `SELECT f.id, f.token_hash AS "tokenHash", f.person_id AS "personId", f.team_id AS "teamId",
            t.name AS team, o.slug || ' ' || o.created_at::text AS namespace,
            f.content_hash AS "contentHash", f.changed_at AS "changedAt"
     FROM calendar_feed f JOIN organisation o ON o.id = f.organisation_id
     LEFT JOIN team t ON t.id = f.team_id LEFT JOIN person p ON p.id = f.person_id
     WHERE f.organisation_id = $1 AND f.token_hash = $2
       AND (f.person_id IS NULL OR (p.id IS NOT NULL AND p.gone_on IS NULL AND p.erased_at IS NULL))`,
    [organisationId, hash],
  )
  const [row] = found.rows
  if (row === undefined || !timingSafeEqual(Buffer.from(row.tokenHash), Buffer.from(hash))) {
    return null
  }
  const { tokenHash: _, namespace, ...feed } = row
  return { ...feed, namespace: hashOf(namespace).slice(0, 12) }
}

/** What is known of an address without its token. */
interface HeldFeed {
  readonly id: number
  readonly team: string | null
  readonly person: string | null
  readonly createdAt: Date
}

/** All of the organisation, the oldest first. */
export async function listFeeds(pool: Pool, organisationId: number): Promise<HeldFeed[]> {
  const { calendarFeed, person, team } = tables(pool)
  const feeds = await calendarFeed.findMany({ where: { organisationId }, orderBy: { id: 'asc' } })
  const teamIds = feeds.flatMap(({ teamId }) => teamId ?? [])
  const personIds = feeds.flatMap(({ personId }) => personId ?? [])
  const teams = await team.findMany({ where: { id: { in: teamIds } } })
  const people = await person.findMany({ where: { id: { in: personIds } } })
  const nameOf = new Map(people.map(({ id, displayName }) => [id, displayName]))
  return feeds.map(({ id, teamId, personId, createdAt }) => ({
    ...{ id, team: teams.find((each) => each.id === teamId)?.name ?? null },
    person: personId === null ? null : (nameOf.get(personId) ?? personText(personId)),
    createdAt,
  }))
}

/** Keeps what the feed's content is now, and since when. */
export async function rememberContent(
  pool: Pool,
  feedId: number,
  contentHash: string,
  changedAt: Date,
): Promise<void> {
  await tables(pool).calendarFeed.updateMany({
    where: { id: feedId },
    data: { contentHash, changedAt },
  })
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

async function note(
  client: Parameters<typeof noteAct>[0],
  actor: Actor,
  what: 'opened calendar' | 'ended calendar',
  { personId, team }: FeedScope,
  count: number,
): Promise<void> {
  const field = team === null ? personText(personId) : `team ${team.name}`
  await noteAct(client, actor, what, [
    {
      contractId: null,
      what,
      field,
      from: what === 'ended calendar' ? String(count) : null,
      to: what === 'opened calendar' ? String(count) : null,
    },
  ])
}
