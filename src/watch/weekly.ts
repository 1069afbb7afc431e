/** The weekly summary: when it is due, what it says, and how it goes out once. */
import { DateTime } from 'luxon'
import type { Pool, PoolClient } from 'pg'
import { readTeams, type Team } from '../db/organisation.ts'
import { addDays, type CivilDate, weekday } from '../domain/civil-date.ts'
import type { Rules } from '../domain/rules.ts'
import { unknownHolidays, workingDayOnOrAfter } from '../domain/working-days.ts'
import type { WeeklyFacts } from '../messages/facts.ts'
import { weeklyFacts } from './weekly-facts.ts'

/** The day of the summary in the week of `day`: its weekday, or the next working day after it. */
export function weeklySlot(day: CivilDate, weeklyOn: number, rules: Rules): CivilDate {
  return workingDayOnOrAfter(addDays(day, weeklyOn - weekday(day)), rules.calendar)
}

export interface WeeklyContext {
  readonly organisationId: number
  readonly rules: Rules
  /** Null for the whole organisation. */
  readonly team: Team | null
  readonly slot: CivilDate
  readonly hoursLate: number | null
}

/** The facts of a slot's summary, with what the calendar does not know. */
export async function factsOfWeek(
  client: Pool | PoolClient,
  context: WeeklyContext,
): Promise<WeeklyFacts> {
  const { organisationId, rules, team, slot, hoursLate } = context
  const ahead = unknownHolidays(addDays(slot, 365), rules.calendar)
  return weeklyFacts(client, {
    organisationId,
    teamId: team?.id ?? null,
    slot,
    since: await lastSummaryOn(client, context),
    hoursLate,
    remarks: ahead === null ? [] : [ahead],
  })
}

/** The day of the summary before; null where there was none. */
async function lastSummaryOn(
  client: Pool | PoolClient,
  { organisationId, team, slot }: WeeklyContext,
): Promise<CivilDate | null> {
  const found = await client.query<{ on: CivilDate | null }>(
    `SELECT max(as_of) AS "on" FROM delivery
     WHERE organisation_id = $1 AND subject = $2 AND purpose = 'weekly' AND as_of < $3`,
    [organisationId, subjectOf(team), slot],
  )
  return found.rows[0]?.on ?? null
}

function subjectOf(team: Team | null): string {
  return team === null ? 'organisation' : `team:${team.id}`
}

/** Queues a summary; a second one of the same slot and destination is not queued. */
export async function queueWeekly(
  client: Pool | PoolClient,
  context: WeeklyContext,
  facts: WeeklyFacts,
): Promise<boolean> {
  const teams = await readTeams(client, context.organisationId)
  const team = context.team ?? teams.find((each) => each.isDefault)
  if (!team)
    throw new Error('There is no default team: start Lapsewatch once so that it makes one.')
  const queued = await client.query(
    `INSERT INTO delivery (organisation_id, team_id, subject, purpose, sequence, destination, as_of, facts)
     VALUES ($1, $2, $3, 'weekly', $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    [
      context.organisationId,
      team.id,
      subjectOf(context.team),
      Number(context.slot.replaceAll('-', '')),
      team.channel,
      context.slot,
      JSON.stringify(facts),
    ],
  )
  return queued.rowCount === 1
}

/** The instant of a civil day and a time of day in a zone; where the clock skips it, the next one that exists. */
export function instantOf(
  day: CivilDate,
  time: { readonly hour: number; readonly minute: number },
  zone: string,
): Date {
  const [year, month, date] = day.split('-').map(Number)
  return DateTime.fromObject({ year, month, day: date, ...time } as never, { zone }).toJSDate()
}
