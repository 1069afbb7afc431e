/** The auditor at work: looks, writes down what it found, and says so once a day where it is wrong. */
import type { Pool } from 'pg'
import { weekday } from '../domain/civil-date.ts'
import { type AuditContext, lookAround, lookThoroughly } from './audit-facts.ts'
import { type FINDINGS, type Finding, judgeWatch } from './auditor.ts'

export interface Checkup {
  /** How long ago it was, by the database's clock. */
  readonly minutesAgo: number
  readonly findings: readonly Finding[]
}

/** Everything is looked at once in so long, whichever process does it; what costs little, each time. */
const THOROUGH_EVERY = '1 hour'

/** Found only by the thorough look: in between, what it found last still stands. */
const SLOW: ReadonlySet<string> = new Set([
  'missed',
  'untold',
  'owners-gone',
  'stale-register',
  'unread-rows',
  'unclassified',
] satisfies (typeof FINDINGS)[number][])

/** Looks, and keeps what was found for App Home, `doctor` and the other processes. */
export async function checkUp(pool: Pool, context: AuditContext): Promise<Checkup> {
  const before = await readState(pool, context.organisationId)
  const thorough = before?.isFresh !== true
  const seen = thorough ? await lookThoroughly(pool, context) : await lookAround(pool, context)
  const kept = thorough ? [] : (before?.findings ?? []).filter(({ what }) => SLOW.has(what))
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

/** Whether a warning may be late or lost. */
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

/**
 * Queues the line for the administrators' channel, once a day however often it is called: every day
 * while there is an alarm, on Mondays where there is only advice, which nobody would read daily. An
 * alarm of a kind that no line of the day has named yet is told at once, in another one.
 * Returns whether it was queued now.
 */
export async function tellUnwell(
  pool: Pool,
  {
    organisationId,
    today,
    channel,
  }: Pick<AuditContext, 'organisationId' | 'today'> & { readonly channel: string },
  findings: readonly Finding[],
): Promise<boolean> {
  if (findings.length === 0) return false
  if (!isAlarming({ findings }) && weekday(today) !== 1) return false
  const sequence = Number(today.replaceAll('-', ''))
  const told = await pool.query<{ findings: readonly Finding[] }>(
    `SELECT facts -> 'findings' AS findings FROM delivery
     WHERE organisation_id = $1 AND purpose = 'unwell' AND sequence = $2 AND destination = $3`,
    [organisationId, sequence, channel],
  )
  const named = new Set(told.rows.flatMap((row) => row.findings.map(({ what }) => what)))
  const alarms = findings.flatMap(({ what, alarm }) => (alarm ? [what] : []))
  const unnamed = [...new Set(alarms)].filter((what) => !named.has(what))
  if (told.rows.length > 0 && unnamed.length === 0) return false
  const queued = await pool.query(
    `INSERT INTO delivery (organisation_id, subject, purpose, sequence, destination, as_of, facts)
     VALUES ($1, $2, 'unwell', $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
    [
      organisationId,
      told.rows.length === 0 ? 'watch' : `watch:${unnamed.join('+')}`,
      sequence,
      channel,
      today,
      JSON.stringify({ asOf: today, findings }),
    ],
  )
  return queued.rowCount === 1
}
