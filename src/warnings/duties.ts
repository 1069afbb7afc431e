/**
 * Notices and duties in a channel: they stand in the weekly summary, and the channel hears of each
 * once, within the last seven days in which it is in time.
 */
import type { PoolClient } from 'pg'
import type { RulesByTeam, Team } from '../database/organisation.ts'
import { jsonOf, tables } from '../database/prisma.ts'
import { readDuties } from '../reports/notices.ts'
import { addDays, type CivilDate } from '../rules/civil-date.ts'
import { nationOf } from '../rules/regime.ts'
import type { Rules } from '../rules/settings.ts'
import { isWorkingDay } from '../rules/working-days.ts'

/** A task is told from so many days before its last day on. */
const TOLD_DAYS = 7
/** Of one team and day; whatever is left is told on the next day, or listed in the summary. */
const MOST = 100

/**
 * Queues one message a team for what was not told yet; returns how many. A team that was swept today
 * already, one whose first list is not looked through yet, and a day without work hear nothing.
 */
export async function tellDuties(
  client: PoolClient,
  organisationId: number,
  swept: readonly { readonly team: Team; readonly day: CivilDate; readonly rules: Rules }[],
  rulesOf: RulesByTeam,
): Promise<number> {
  let queued = 0
  for (const { team, day, rules } of swept) {
    if (team.lastSweptOn === day || !isWorkingDay(day, rules.calendar)) continue
    if (team.laddersFrom !== null && day < team.laddersFrom) continue
    const { authority, nation, calendar } = rulesOf(team)
    const found = await readDuties(
      client,
      {
        ...{ organisationId, teamId: team.id, slot: day, listed: MOST, authority },
        nation: nationOf(nation, calendar).nation,
      },
      TOLD_DAYS,
    )
    if (found.length === 0) continue
    const subject = `duties:${team.id}`
    const told = await toldBefore(client, organisationId, subject, day)
    const tasks = found.filter((each) => !told.has(keyOf(each)))
    if (tasks.length === 0) continue
    const made = await tables(client).delivery.createMany({
      data: {
        ...{ organisationId, teamId: team.id, subject, purpose: 'duties', asOf: day },
        sequence: Number(day.replaceAll('-', '')),
        destination: team.channel,
        facts: jsonOf({ asOf: day, team: team.name, tasks, keys: tasks.map(keyOf) }),
      },
      skipDuplicates: true,
    })
    queued += made.count
  }
  return queued
}

function keyOf(task: { contractId: number; notice: string; on: string }): string {
  return `${task.contractId} ${task.notice} ${task.on}`
}

/** What the team's channel was told of lately, by contract, notice and day: a moved day is another. */
async function toldBefore(
  client: PoolClient,
  organisationId: number,
  subject: string,
  day: CivilDate,
): Promise<ReadonlySet<string>> {
  const before = await tables(client).delivery.findMany({
    where: {
      organisationId,
      subject,
      purpose: 'duties',
      asOf: { gte: addDays(day, -2 * TOLD_DAYS) },
    },
    select: { facts: true },
  })
  return new Set(before.flatMap(({ facts }) => (facts as { keys?: string[] }).keys ?? []))
}
