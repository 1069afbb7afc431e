/** What the auditor looks at. The quick look costs what is due; the thorough one is for each hour. */
import type { Pool } from 'pg'
import { readTeams, type Team } from '../db/organisation.ts'
import type { RuleBook } from '../db/rule-book.ts'
import { WORKSPACE } from '../delivery/throttle.ts'
import { addDays, type CivilDate } from '../domain/civil-date.ts'
import { dateWords } from '../messages/words.ts'
import type { Seen, Thorough } from './auditor.ts'
import { findMissed } from './missed.ts'
import { dailySlot, LATER_SUMMARY, type SlotTimes, weeklySlotDue } from './slots.ts'
import { instantOf } from './weekly.ts'

export interface AuditContext {
  readonly organisationId: number
  readonly rulesOf: RuleBook
  readonly times: SlotTimes
  /** Today in the organisation's zone. */
  readonly today: CivilDate
  readonly now: Date
  /** A register that was not read for so many days may be out of date. */
  readonly staleDays: number
}

/** What is due has so long to happen before it counts as late. */
const GRACE_MS = 3_600_000
/** What failed longer ago than this is history: App Home and `doctor` still list it. */
const FAILED_DAYS = 7
const UNTOLD_DAYS = 30

export async function lookAround(pool: Pool, context: AuditContext): Promise<Seen> {
  const teams = await readTeams(pool, context.organisationId)
  const outbox = await lookAtOutbox(pool, context)
  return {
    unswept: unswept(teams, context),
    unsummarised: await unsummarised(pool, teams, context),
    ...outbox,
    failed: await failed(pool, context),
    unread: await unread(pool, context),
    thorough: null,
  }
}

/** The quick look and everything else. */
export async function lookThoroughly(pool: Pool, context: AuditContext): Promise<Seen> {
  const seen = await lookAround(pool, context)
  const teams = await readTeams(pool, context.organisationId)
  const missed = await findMissed(pool, context, teams)
  return { ...seen, thorough: { missed, ...(await count(pool, context)) } }
}

function late(context: AuditContext): AuditContext {
  return { ...context, now: new Date(context.now.getTime() - GRACE_MS) }
}

function unswept(teams: readonly Team[], context: AuditContext): Seen['unswept'] {
  return teams.flatMap((team) => {
    const slot = dailySlot(team, late(context))
    const { lastSweptOn } = team
    if (slot === null || (lastSweptOn !== null && lastSweptOn >= slot.on)) return []
    return [{ team: team.name, lastOn: lastSweptOn }]
  })
}

async function unsummarised(
  pool: Pool,
  teams: readonly Team[],
  context: AuditContext,
): Promise<string[]> {
  const due = teams.flatMap((team) => weeklySlotDue(team, late(context)) ?? [])
  if (due.length === 0) return []
  const found = await pool.query<{ id: number; later: CivilDate | null }>(
    `SELECT t.id, (${LATER_SUMMARY} ORDER BY later.as_of DESC LIMIT 1) AS later
     FROM unnest($1::int[], $2::date[], $3::timestamptz[]) AS d (id, slot_on, due_at)
     JOIN team t ON t.id = d.id
     WHERE t.created_at <= d.due_at
       AND EXISTS (SELECT FROM contract c WHERE c.team_id = t.id AND c.first_seen_on < d.slot_on)
       AND NOT EXISTS (SELECT FROM slot s WHERE s.team_id = t.id AND s.kind = 'weekly'
         AND s.slot_on = d.slot_on AND s.finished_at IS NOT NULL)`,
    [
      due.map(({ team }) => team.id),
      due.map(({ on }) => on),
      due.map(({ team, on }) => instantOf(on, context.times.weeklyAt, team.timeZone)),
    ],
  )
  const missing = new Map(found.rows.map(({ id, later }) => [id, later]))
  return due.flatMap(({ team }) => {
    const later = missing.get(team.id)
    if (later === undefined) return []
    return later === null
      ? [team.name]
      : [`${team.name}: that of ${dateWords(later)} came before, with a clock that was ahead`]
  })
}

async function lookAtOutbox(
  pool: Pool,
  { organisationId }: AuditContext,
): Promise<Pick<Seen, 'waiting' | 'expired' | 'pausedWhy'>> {
  const found = await pool.query<{ waiting: number; expired: number; pausedWhy: string | null }>(
    // A retry lies in the future each time: what counts is when it was first tried.
    `SELECT
       (SELECT count(*)::int FROM delivery WHERE organisation_id = $1
          AND state IN ('PENDING', 'RETRY', 'UNCERTAIN', 'SENDING')
          AND least(due_at, first_tried_at) < clock_timestamp() - interval '1 hour') AS waiting,
       (SELECT count(*)::int FROM delivery WHERE organisation_id = $1 AND state = 'SENDING'
          AND lease_until < clock_timestamp() - interval '2 minutes') AS expired,
       (SELECT coalesce(paused_why, 'no reason recorded') FROM channel
          WHERE organisation_id = $1 AND destination = $2) AS "pausedWhy"`,
    [organisationId, WORKSPACE],
  )
  const { waiting = 0, expired = 0, pausedWhy = null } = found.rows[0] ?? {}
  return { waiting, expired, pausedWhy }
}

/** A blocked message whose copy reached the escalation channel was told. */
async function failed(
  pool: Pool,
  { organisationId, today }: AuditContext,
): Promise<Seen['failed']> {
  const found = await pool.query<Seen['failed'][number]>(
    `SELECT d.destination, count(*)::int AS messages, max(d.problem) AS problem FROM delivery d
     WHERE d.organisation_id = $1 AND d.state IN ('DEAD', 'BLOCKED') AND d.as_of > $2
       AND d.purpose NOT IN ('update', 'unwell')
       AND NOT EXISTS (SELECT FROM delivery copy WHERE copy.organisation_id = $1
         AND copy.subject = d.subject AND copy.purpose = 'fallback' AND copy.sequence = d.id
         AND copy.state NOT IN ('DEAD', 'BLOCKED'))
     GROUP BY d.destination ORDER BY messages DESC, d.destination LIMIT 5`,
    [organisationId, addDays(today, -FAILED_DAYS)],
  )
  return found.rows
}

/** What holds nothing but amounts waits; what stands without them waits to be rewritten. */
async function unread(pool: Pool, { organisationId }: AuditContext): Promise<Seen['unread']> {
  const found = await pool.query<Seen['unread'][number]>(
    `SELECT destination, count(*) FILTER (WHERE NOT facts ? 'amounts_of')::int AS waiting,
            count(*) FILTER (WHERE facts ? 'amounts_of')::int AS without, max(problem) AS why
     FROM delivery WHERE organisation_id = $1 AND state IN ('RETRY', 'SENDING')
       AND readers_unknown_since < clock_timestamp() - interval '1 hour'
     GROUP BY destination ORDER BY waiting DESC, without DESC, destination LIMIT 5`,
    [organisationId],
  )
  return found.rows
}

async function count(
  pool: Pool,
  { organisationId, today, staleDays }: AuditContext,
): Promise<Omit<Thorough, 'missed'>> {
  const counts = await pool.query<Omit<Thorough, 'missed' | 'stale'>>(
    `SELECT
       (SELECT count(*)::int FROM alert a WHERE a.organisation_id = $1 AND a.state = 'open'
          AND a.raised_on > $2
          AND NOT EXISTS (SELECT FROM delivery_alert da WHERE da.alert_id = a.id)) AS untold,
       (SELECT count(*)::int FROM contract c JOIN person p ON p.id = c.owner_id
          WHERE c.organisation_id = $1 AND c.watched AND NOT c.historic AND c.closed_on IS NULL
            AND (p.gone_on <= $3 OR p.erased_at IS NOT NULL)) AS "ownersGone",
       (SELECT count(DISTINCT (source_id, at))::int FROM import_problem WHERE organisation_id = $1
          AND severity = 'error' AND resolved_import_id IS NULL) AS "unreadRows",
       (SELECT count(*)::int FROM extension e JOIN contract c ON c.id = e.contract_id
          WHERE e.organisation_id = $1 AND e.kind = 'unknown' AND e.status <> 'withdrawn'
            AND c.closed_on IS NULL AND NOT c.historic) AS unclassified`,
    [organisationId, addDays(today, -UNTOLD_DAYS), today],
  )
  const stale = await pool.query<Thorough['stale'][number]>(
    `SELECT s.name AS register, d.on FROM source s JOIN organisation o ON o.id = s.organisation_id,
       LATERAL (SELECT (s.last_imported_at AT TIME ZONE o.time_zone)::date AS "on") d
     WHERE o.id = $1 AND NOT s.is_sample AND d.on < $2 ORDER BY s.last_imported_at LIMIT 5`,
    [organisationId, addDays(today, -staleDays)],
  )
  const { untold = 0, ownersGone = 0, unreadRows = 0, unclassified = 0 } = counts.rows[0] ?? {}
  return { untold, ownersGone, unreadRows, unclassified, stale: stale.rows }
}
