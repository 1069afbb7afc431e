/** The check of the watch itself: what was missed, stuck or broken, said once a day where it is. */
import type { Pool } from 'pg'
import { IS_LIVE, IS_WATCHED } from '../database/contracts.ts'
import { type RuledOrganisation, readTeams, type Team } from '../database/organisation.ts'
import { jsonOf, tables } from '../database/prisma.ts'
import { staleTeams } from '../database/recalculate.ts'
import { WORKSPACE } from '../delivery/rate-limit.ts'
import { addDays, type CivilDate, civilDateIn, instantOf, weekday } from '../rules/civil-date.ts'
import { endingFigures } from '../rules/legal-figures.ts'
import {
  type Finding,
  judgeWatch,
  type RegisterCheckFacts,
  type SelfCheckFacts,
  THOROUGH_FINDINGS,
} from '../text/self-check.ts'
import { dateWords } from '../text/words.ts'
import {
  dailySlot,
  LATER_SUMMARY,
  readSummariesDue,
  type SlotTimes,
  weeklySlotDue,
} from './schedule.ts'
import { findMissed } from './sweep.ts'

interface Checkup {
  /** How long ago it was, by the database's clock. */
  readonly minutesAgo: number
  readonly findings: readonly Finding[]
}

/** Everything is looked at once in so long, whichever process does it; what costs little, each time. */
const THOROUGH_EVERY = '1 hour'

const isSlow = ({ what }: Finding) => THOROUGH_FINDINGS.some((each) => each === what)

/** Looks, and keeps what was found for App Home, `doctor` and the other processes. */
export async function checkUp(pool: Pool, context: AuditContext): Promise<Checkup> {
  const before = await readState(pool, context.organisationId)
  const thorough = before?.isFresh !== true
  const seen = thorough ? await lookThoroughly(pool, context) : await lookAround(pool, context)
  const kept = thorough ? [] : (before?.findings ?? []).filter(isSlow)
  const findings = [...judgeWatch(seen), ...kept]
  await pool.query(
    `INSERT INTO checkup (organisation_id, checked_at, thorough_at, findings)
     VALUES ($1, now(), CASE WHEN $2 THEN now() END, $3)
     ON CONFLICT (organisation_id) DO UPDATE SET checked_at = now(),
       thorough_at = coalesce(excluded.thorough_at, checkup.thorough_at), findings = excluded.findings`,
    [context.organisationId, thorough, JSON.stringify(findings)],
  )
  return { minutesAgo: 0, findings }
}

export function isAlarming({ findings }: Pick<Checkup, 'findings'>): boolean {
  return findings.some(({ alarm }) => alarm)
}

/** What was found last; null where nobody looked yet. */
export async function readCheckup(pool: Pool, organisationId: number): Promise<Checkup | null> {
  return await readState(pool, organisationId)
}

async function readState(pool: Pool, organisationId: number) {
  const found = await pool.query<Checkup & { isFresh: boolean | null }>(
    `SELECT (extract(epoch FROM now() - checked_at) / 60)::int AS "minutesAgo", findings,
            thorough_at > now() - interval '${THOROUGH_EVERY}' AS "isFresh"
     FROM checkup WHERE organisation_id = $1`,
    [organisationId],
  )
  return found.rows[0] ?? null
}

interface Told extends Pick<AuditContext, 'organisationId' | 'today'> {
  readonly channel: string
}

/**
 * Queues the line for the administrators' channel, once a day however often it is called: every day
 * while there is an alarm, on Mondays where there is only advice, which nobody would read daily. An
 * alarm of a kind that no line of the day has named yet is told at once, in another one.
 * Returns whether it was queued now.
 */
export async function tellUnwell(
  pool: Pool,
  { organisationId, today, channel }: Told,
  findings: readonly Finding[],
): Promise<boolean> {
  if (findings.length === 0) return false
  if (!isAlarming({ findings }) && weekday(today) !== 1) return false
  const sequence = Number(today.replaceAll('-', ''))
  const { delivery } = tables(pool)
  const told = await delivery.findMany({
    where: { organisationId, purpose: 'unwell', sequence, destination: channel },
    select: { facts: true },
  })
  const named = new Set(
    told.flatMap(({ facts }) =>
      (facts as unknown as { findings: readonly Finding[] }).findings.map(({ what }) => what),
    ),
  )
  const alarms = findings.flatMap(({ what, alarm }) => (alarm ? [what] : []))
  const unnamed = [...new Set(alarms)].filter((what) => !named.has(what))
  if (told.length > 0 && unnamed.length === 0) return false
  const queued = await delivery.createMany({
    data: {
      organisationId,
      subject: told.length === 0 ? 'watch' : `watch:${unnamed.join('+')}`,
      purpose: 'unwell',
      sequence,
      destination: channel,
      asOf: today,
      facts: jsonOf({ asOf: today, findings }),
    },
    skipDuplicates: true,
  })
  return queued.count === 1
}

/**
 * Tells the administrators' channel once of figures of law whose period ends within 120 days with no
 * later one known. Returns whether it was queued now.
 */
export async function tellEndingFigures(
  pool: Pool,
  { organisationId, today, channel }: Told,
): Promise<boolean> {
  const ending = endingFigures(today)
  const [first] = ending
  if (first?.to == null) return false
  const what = [...new Set(ending.map(({ name }) => name.replace('threshold ', '')))].join(', ')
  const words = `The thresholds of ${first.law} (${what}) are known to ${dateWords(first.to)} and no later: look for the next ones (${first.section}). Until then the last ones count, and answers say so.`
  const facts = { asOf: today, findings: [{ what: 'figures-end', alarm: false, count: 1, words }] }
  const queued = await tables(pool).delivery.createMany({
    data: {
      organisationId,
      subject: `legal-figures:${first.to}`,
      purpose: 'unwell',
      sequence: 1,
      destination: channel,
      asOf: today,
      facts: jsonOf(facts),
    },
    skipDuplicates: true,
  })
  return queued.count === 1
}

// What the auditor looks at. The quick look costs what is due; the thorough one is for each hour.

export interface AuditContext extends RuledOrganisation {
  readonly times: SlotTimes
  /** Today in the organisation's zone. */
  readonly today: CivilDate
  readonly now: Date
  /** A register that was not read for so many days may be out of date. */
  readonly staleDays: number
}

/** What is due counts as late after so long, in milliseconds and for PostgreSQL. */
const GRACE_MS = 3_600_000
const GRACE = `interval '${GRACE_MS} milliseconds'`
/** What failed longer ago than this is history: App Home and `doctor` still list it. */
const FAILED_DAYS = 7
const UNTOLD_DAYS = 30

export async function lookAround(pool: Pool, context: AuditContext): Promise<SelfCheckFacts> {
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

export async function lookThoroughly(pool: Pool, context: AuditContext): Promise<SelfCheckFacts> {
  const seen = await lookAround(pool, context)
  const teams = await readTeams(pool, context.organisationId)
  // What was counted by other rules is no fault: it is counted anew before it is swept.
  const stale = staleTeams(teams, context.rulesOf).filter(({ keyedBy }) => keyedBy != null)
  const missed = await findMissed(
    pool,
    context,
    teams.filter((team) => !stale.includes(team)),
  )
  const otherRules = stale.map(({ name }) => name)
  return { ...seen, thorough: { missed, otherRules, ...(await count(pool, context)) } }
}

function late(context: AuditContext): AuditContext {
  return { ...context, now: new Date(context.now.getTime() - GRACE_MS) }
}

function unswept(teams: readonly Team[], context: AuditContext): SelfCheckFacts['unswept'] {
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
  const found = await readSummariesDue<{ later: CivilDate | null }>(
    pool,
    due,
    context.times,
    `(${LATER_SUMMARY} ORDER BY later.as_of DESC LIMIT 1) AS later`,
    `EXISTS (SELECT FROM contract c WHERE c.team_id = t.id AND c.first_seen_on < d.slot_on)
     AND NOT EXISTS (SELECT FROM slot s WHERE s.team_id = t.id AND s.kind = 'weekly'
       AND s.slot_on = d.slot_on AND s.finished_at IS NOT NULL)`,
  )
  const missing = new Map(found.map(({ id, later }) => [id, later]))
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
): Promise<Pick<SelfCheckFacts, 'waiting' | 'expired' | 'pausedWhy'>> {
  const found = await pool.query<{ waiting: number; expired: number; pausedWhy: string | null }>(
    // A retry lies in the future each time: what counts is when it was first tried.
    `SELECT
       (SELECT count(*)::int FROM delivery WHERE organisation_id = $1
          AND state IN ('PENDING', 'RETRY', 'UNCERTAIN', 'SENDING')
          AND least(due_at, first_tried_at) < clock_timestamp() - ${GRACE}) AS waiting,
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
): Promise<SelfCheckFacts['failed']> {
  const found = await pool.query<SelfCheckFacts['failed'][number]>(
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
async function unread(
  pool: Pool,
  { organisationId }: AuditContext,
): Promise<SelfCheckFacts['unread']> {
  const found = await pool.query<SelfCheckFacts['unread'][number]>(
    `SELECT destination, count(*) FILTER (WHERE NOT facts ? 'amounts_of')::int AS waiting,
            count(*) FILTER (WHERE facts ? 'amounts_of')::int AS without, max(problem) AS why
     FROM delivery WHERE organisation_id = $1 AND state IN ('RETRY', 'SENDING')
       AND readers_unknown_since < clock_timestamp() - ${GRACE}
     GROUP BY destination ORDER BY waiting DESC, without DESC, destination LIMIT 5`,
    [organisationId],
  )
  return found.rows
}

async function count(
  pool: Pool,
  { organisationId, today, staleDays }: AuditContext,
): Promise<Omit<RegisterCheckFacts, 'missed' | 'otherRules'>> {
  const { alert, contract, extension, importProblem, organisation, person, source } = tables(pool)
  const gone = await person.findMany({
    where: { organisationId, OR: [{ goneOn: { lte: today } }, { erasedAt: { not: null } }] },
    select: { id: true },
  })
  const unreadRows = await importProblem.groupBy({
    by: ['sourceId', 'at'],
    where: { organisationId, severity: 'error', resolvedImportId: null },
  })
  const zone = (await organisation.findFirst({ where: { id: organisationId } }))?.timeZone ?? 'UTC'
  const since = addDays(today, -staleDays)
  const stale = await source.findMany({
    where: {
      ...{ organisationId, isSample: false },
      lastImportedAt: { lt: instantOf(since, { hour: 0, minute: 0 }, zone) },
    },
    orderBy: { lastImportedAt: 'asc' },
    take: 5,
  })
  const raisedOn = { gt: addDays(today, -UNTOLD_DAYS) }
  return {
    untold: await alert.count({
      where: { organisationId, state: 'open', raisedOn, deliveries: { none: {} } },
    }),
    ownersGone: await contract.count({
      where: { organisationId, ...IS_WATCHED, ownerId: { in: gone.map(({ id }) => id) } },
    }),
    unreadRows: unreadRows.length,
    unclassified: await extension.count({
      where: {
        ...{ organisationId, kind: 'unknown', status: { not: 'withdrawn' }, contract: IS_LIVE },
      },
    }),
    stale: stale.flatMap(({ name, lastImportedAt: at }) => {
      return at === null ? [] : [{ register: name, on: civilDateIn(at, zone) }]
    }),
  }
}
