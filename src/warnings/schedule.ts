/**
 * The clock's part: once a minute the database is asked which civil slots are due in each team's
 * zone. A slot is a civil day of a team, not an instant, and its row is the lock: across clock
 * changes, several processes and downtime each is run once.
 */
import type { Pool } from 'pg'
import { type RuledOrganisation, readTeams, type Team } from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import { claimSlots, finishSlots, releasingSlots, type SlotOf } from '../database/slots.ts'
import { BOARD_PACK } from '../delivery/outbox.ts'
import { slotName } from '../delivery/send.ts'
import { factsOfWeek, queueQuestions, queueWeekly, type Shared } from '../reports/weekly.ts'
import {
  addDays,
  addMonths,
  type CivilDate,
  civilDateIn,
  dateParts,
  instantOf,
  later,
  weekday,
} from '../rules/civil-date.ts'
import type { Rules } from '../rules/settings.ts'
import { workingDayOnOrAfter } from '../rules/working-days.ts'
import { type SweepResult, sweep } from './sweep.ts'

export interface SlotTimes {
  readonly sweepAt: TimeOfDay
  readonly weeklyAt: TimeOfDay
  /** 1 for Monday to 7 for Sunday. */
  readonly weeklyOn: number
}
interface TimeOfDay {
  readonly hour: number
  readonly minute: number
}

interface TickContext extends RuledOrganisation {
  readonly times: SlotTimes
  readonly owner: string
  /** Where the summary across teams goes, with the default team's; null or absent for nowhere. */
  readonly executiveChannel?: string | null
  /** On which day of each month the board's workbook goes out, 0 for none, and to whom. */
  readonly boardPack?: { readonly onDay: number; readonly to: readonly string[] }
  readonly now: Date
}

export interface TickResult {
  readonly swept: readonly string[]
  readonly summarised: readonly string[]
  readonly result: SweepResult | null
  /** The same days as every line about their messages names them. */
  readonly slots: readonly string[]
  /** Why a summary or the board pack could not be queued; the next tick tries again. */
  readonly failures: readonly unknown[]
}

/** A summary that is later than this is not sent: the next one tells it better. */
const LATEST_HOURS = 48

/** Runs what is due now; does nothing when nothing is. */
export async function tick(pool: Pool, context: TickContext): Promise<TickResult> {
  const teams = await readTeams(pool, context.organisationId)
  const daily = await claimSlots(
    pool,
    context,
    'daily',
    teams.flatMap((team) => dailySlot(team, context) ?? []),
    slotOf,
  )
  let result: SweepResult | null = null
  if (daily.length > 0) {
    const days = new Map(daily.map(({ team, on }) => [team.id, on]))
    result = await releasingSlots(pool, context, 'daily', daily.map(slotOf), async () => {
      const swept = await sweep(pool, {
        organisationId: context.organisationId,
        rulesOf: context.rulesOf,
        dayOf: (team) => days.get(team.id) ?? civilDateIn(context.now, team.timeZone),
        teamIds: [...days.keys()],
        now: context.now,
      })
      await finishSlots(pool, 'daily', daily.map(slotOf))
      return swept
    })
  }
  const weekly = await claimSlots(
    pool,
    context,
    'weekly',
    await dueSummaries(pool, teams, context),
    slotOf,
  )
  const failures: unknown[] = []
  const summarised: DueSlot[] = []
  const shared = once()
  for (const slot of weekly) {
    // One team's failure keeps no other team waiting; its own slot is tried again.
    await releasingSlots(pool, context, 'weekly', [slotOf(slot)], async () => {
      await summarise(pool, { ...context, shared }, slot)
      summarised.push(slot)
    }).catch((error: unknown) => failures.push(error))
  }
  await sendBoardPack(pool, teams, context).catch((error: unknown) => failures.push(error))
  const named = (slots: readonly DueSlot[]) => slots.map(({ team, on }) => `${team.name} ${on}`)
  const slots = [...daily, ...summarised].map(({ team, on }) => slotName(team.id, on))
  return { swept: named(daily), summarised: named(summarised), result, slots, failures }
}

/** Of one tick: what failed is read again. */
function once(): Shared {
  const read = new Map<string, unknown>()
  return async <T>(name: string, make: () => Promise<T>) => {
    if (!read.has(name)) read.set(name, await make())
    return read.get(name) as T
  }
}

async function summarise(
  pool: Pool,
  context: TickContext & { readonly shared: Shared },
  slot: DueSummary,
): Promise<void> {
  const { team, on, hoursLate } = slot
  const { organisationId, rulesOf, shared } = context
  const day = later(on, civilDateIn(context.now, team.timeZone))
  const asked = { organisationId, rules: rulesOf(team), rulesOf, slot: on, day, hoursLate, shared }
  const ofTeam = { ...asked, team }
  if (slot.hasContracts) {
    await queueWeekly(pool, ofTeam, await factsOfWeek(pool, ofTeam))
    await queueQuestions(pool, { organisationId, team, slot: on })
  }
  const { executiveChannel: destination = null } = context
  if (team.isDefault && destination !== null) {
    const acrossTeams = { ...asked, team: null, destination }
    await queueWeekly(pool, acrossTeams, await factsOfWeek(pool, acrossTeams))
  }
  await finishSlots(pool, 'weekly', [slotOf(slot)])
}

interface DueSlot {
  readonly team: Team
  readonly on: CivilDate
  readonly hoursLate: number | null
}

type Clock = Pick<TickContext, 'now' | 'times' | 'rulesOf'>

/**
 * Today's sweep, once the local clock shows its hour; days missed before are made up by it. Where a
 * clock change takes the hour out of the end of a day, that day's sweep comes after midnight.
 */
export function dailySlot(team: Team, { now, times }: Clock): DueSlot | null {
  const today = civilDateIn(now, team.timeZone)
  const due = (on: CivilDate) => instantOf(on, times.sweepAt, team.timeZone)
  if (now >= due(today)) return { team, on: today, hoursLate: null }
  const yesterday = addDays(today, -1)
  const moved = civilDateIn(due(yesterday), team.timeZone) > yesterday
  return moved ? { team, on: yesterday, hoursLate: null } : null
}

/** The day of the summary in the week of `day`: its weekday, or the next working day after it. */
export function weeklySlot(day: CivilDate, weeklyOn: number, rules: Rules): CivilDate {
  return workingDayOnOrAfter(addDays(day, weeklyOn - weekday(day)), rules.calendar)
}

/**
 * The weekly summary that is due and not too late. Last week's slot counts too: a Friday's may fall
 * on the Tuesday after Easter, a Sunday's on every Monday.
 */
export function weeklySlotDue(team: Team, { now, times, rulesOf }: Clock): DueSlot | null {
  const today = civilDateIn(now, team.timeZone)
  for (const day of [today, addDays(today, -7)]) {
    const on = weeklySlot(day, times.weeklyOn, rulesOf(team))
    const late = now.getTime() - instantOf(on, times.weeklyAt, team.timeZone).getTime()
    const hours = Math.floor(late / 3_600_000)
    if (late >= 0 && hours < LATEST_HOURS) return { team, on, hoursLate: hours >= 1 ? hours : null }
  }
  return null
}

/** Of a team `t`, or across teams with the default one's, after a slot `d`. */
export const LATER_SUMMARY = `
  SELECT later.as_of FROM delivery later
   WHERE later.organisation_id = t.organisation_id AND later.purpose = 'weekly'
     AND later.subject IN ('team:' || t.id, CASE WHEN t.is_default THEN 'organisation' END)
     AND later.as_of > d.slot_on`

/**
 * Of the teams whose summary is due, but for one that only just came to be, which is not late with
 * anything. @param columns SQL of team `t` and its slot `d` @param which SQL: which of them
 */
export async function readSummariesDue<Row extends object>(
  pool: Pool,
  due: readonly DueSlot[],
  { weeklyAt }: SlotTimes,
  columns: string,
  which: string,
): Promise<(Row & { readonly id: number })[]> {
  const { rows } = await pool.query<Row & { readonly id: number }>(
    `SELECT t.id, ${columns} FROM unnest($1::int[], $2::timestamptz[], $3::date[]) AS d (id, due_at, slot_on)
       JOIN team t ON t.id = d.id WHERE t.created_at <= d.due_at AND ${which}`,
    [
      due.map(({ team }) => team.id),
      due.map(({ team, on }) => instantOf(on, weeklyAt, team.timeZone)),
      due.map(({ on }) => on),
    ],
  )
  return rows
}

interface DueSummary extends DueSlot {
  /** Whether the team has anything to speak of; the default team may only speak for all. */
  readonly hasContracts: boolean
}

/**
 * This week's summary of each team that had contracts to speak of when it was due; none where that
 * of a later week stands, because the clock was ahead (the auditor tells of it).
 */
async function dueSummaries(
  pool: Pool,
  teams: readonly Team[],
  context: TickContext,
): Promise<DueSummary[]> {
  const { times, executiveChannel = null } = context
  const due = teams.flatMap((team) => weeklySlotDue(team, context) ?? [])
  if (due.length === 0) return []
  const had = await readSummariesDue<{ hasContracts: boolean; all: boolean }>(
    pool,
    due,
    times,
    `EXISTS (SELECT FROM contract c WHERE c.team_id = t.id) AS "hasContracts",
     t.is_default AND EXISTS (SELECT FROM contract c WHERE c.organisation_id = t.organisation_id) AS "all"`,
    `NOT EXISTS (${LATER_SUMMARY})`,
  )
  const known = new Map(had.map((row) => [row.id, row]))
  return due.flatMap((slot) => {
    const { hasContracts = false, all = false } = known.get(slot.team.id) ?? {}
    return hasContracts || (all && executiveChannel !== null) ? [{ ...slot, hasContracts }] : []
  })
}

// The board's workbook, once a month, to named people.

/** A workbook that is later than this is not sent: the next one tells it better. */
const PACK_LATEST_HOURS = 7 * 24

/** The day of the month, or the next working day after it, that is due and not too late. */
function boardPackDue(team: Team, onDay: number, { now, times, rulesOf }: Clock) {
  const today = civilDateIn(now, team.timeZone)
  const first = addDays(today, 1 - dateParts(today).day)
  for (const month of [first, addMonths(first, -1)]) {
    const on = workingDayOnOrAfter(addDays(month, onDay - 1), rulesOf(team).calendar)
    const late = now.getTime() - instantOf(on, times.weeklyAt, team.timeZone).getTime()
    if (late >= 0 && late < PACK_LATEST_HOURS * 3_600_000) return on
  }
  return null
}

/** Queued once a month and person, whichever process comes to it; made when it is sent. */
async function sendBoardPack(
  pool: Pool,
  teams: readonly Team[],
  context: TickContext,
): Promise<void> {
  const { organisationId, boardPack = { onDay: 0, to: [] } } = context
  const team = teams.find(({ isDefault }) => isDefault)
  if (team === undefined || boardPack.onDay === 0 || boardPack.to.length === 0) return
  const on = boardPackDue(team, boardPack.onDay, context)
  if (on === null) return
  const { contract, slot } = tables(pool)
  if ((await contract.findFirst({ where: { organisationId }, select: { id: true } })) === null)
    return
  // The clock was ahead once: what people read last stays the latest.
  const newer = await slot.findFirst({
    where: { teamId: team.id, kind: BOARD_PACK, on: { gt: on } },
  })
  if (newer !== null) return
  const claimed = await claimSlots(
    pool,
    context,
    BOARD_PACK,
    [{ teamId: team.id, on }],
    (each) => each,
  )
  await releasingSlots(pool, context, BOARD_PACK, claimed, async () => {
    if (claimed.length === 0) return
    await tables(pool).delivery.createMany({
      data: boardPack.to.map((destination) => ({
        ...{ organisationId, subject: BOARD_PACK, purpose: 'asked', destination },
        ...{ sequence: Number(on.replaceAll('-', '')), asOf: on },
        facts: { kind: BOARD_PACK, text: '', workspace: '', asker: recipient(destination) },
      })),
      skipDuplicates: true,
    })
    await finishSlots(pool, BOARD_PACK, claimed)
  })
}

/** Whether the settings still name them is looked at when it is made; whether they are here, when it is sent. */
function recipient(slackUser: string) {
  return {
    ...{ personId: 0, slackUser, userGroups: [] },
    ...{ isMember: true, isReader: true, isAdministrator: false },
  }
}

function slotOf({ team, on }: DueSlot): SlotOf {
  return { teamId: team.id, on }
}
