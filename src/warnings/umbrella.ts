/**
 * The end of an umbrella agreement, told to the teams of its members: once each, in their own
 * channels, in the transaction of the sweep. The umbrella's own team hears of it as of any contract,
 * and for members that have no team here.
 */

import type { Pool, PoolClient } from 'pg'
import { writeDays } from '../database/bulk.ts'
import { type ContractRecord, readContracts } from '../database/contracts.ts'
import { type RuledOrganisation, readTeams, type Team } from '../database/organisation.ts'
import { jsonOf, tables } from '../database/prisma.ts'
import { readNotNamed } from '../database/support.ts'
import { queueMessages } from '../delivery/outbox.ts'
import { addDays, type CivilDate } from '../rules/civil-date.ts'
import { type ContractNames, lastExtension } from '../rules/contract.ts'
import { lastCovered, notCovered, toldUntil } from '../rules/reminder-plan.ts'
import { EARLIEST_REMINDER } from '../rules/reminder-schedule.ts'
import type { Rules } from '../rules/settings.ts'
import { compare, groupedBy } from '../rules/text-match.ts'
import { isWorkingDay, workingDayOnOrBefore } from '../rules/working-days.ts'
import type { MemberFacts } from '../text/answer-facts.ts'
import type { UmbrellaEndFacts } from '../text/umbrella.ts'

/** A team and its civil day, which depends on its zone. */
interface TeamDay {
  readonly team: Team
  readonly day: CivilDate
  readonly rules: Rules
}

interface MemberRow extends ContractNames, Omit<MemberFacts, 'why'> {
  readonly id: number
  readonly contractId: number
  /** Of the channel that is told. */
  readonly teamId: number
  readonly toldEnd: CivilDate | null
  readonly changedOn: CivilDate
  readonly umbrellaTeamId: number
  readonly start: CivilDate | null
  readonly earliest: CivilDate | null
  readonly latest: CivilDate | null
  readonly nextRungOn: CivilDate | null
}

/** A member to be told of, by whom, and of what. */
interface DueMember extends MemberRow {
  readonly on: TeamDay
  readonly lastDay: CivilDate | null
  /** What was told before holds no more, and the new end is out of sight. */
  readonly moved: boolean
}

/**
 * Queues one message an umbrella and channel for members that were not told of their last day of
 * cover yet; returns how many. Called while all teams are locked, so that nobody tells the same.
 */
export async function tellMembers(
  client: PoolClient,
  context: RuledOrganisation,
  swept: readonly TeamDay[],
): Promise<number> {
  const found = await findDue(client, context, swept)
  if (found.length === 0) return 0
  const teams = await readTeams(client, context.organisationId)
  const due = await takeBack(client, context.organisationId, found)
  const messages = groupedBy(due.filter(isNews), messageKey)
  const missing = await readMissing(client, context, due)
  await queue(client, context.organisationId, [...messages.values()], teams, missing)
  const told = due.map(({ id, moved, lastDay }) => ({ id, on: moved ? null : lastDay }))
  await writeDays(client, 'umbrella_member.told_end', told)
  return messages.size
}

/** Whether the last day of cover differs from the one that the member was told. */
function isNews({ moved, toldEnd, lastDay }: DueMember): boolean {
  return toldEnd !== (moved ? null : lastDay)
}

/**
 * What still waits to be sent says nothing of these members any more: what it would have said of them
 * holds no more, and was not told. With what was told before it.
 */
async function takeBack(
  client: PoolClient,
  organisationId: number,
  due: readonly DueMember[],
): Promise<DueMember[]> {
  const { delivery } = tables(client)
  const subject = { in: [...new Set(due.map(subjectOf))] }
  const waiting = {
    purpose: 'umbrella',
    state: { in: ['PENDING', 'RETRY'] },
    possibleRepeat: false,
  }
  const found = await delivery.findMany({
    where: { organisationId, subject, ...waiting },
    select: { id: true, subject: true, destination: true, facts: true },
  })
  const before = new Map<number, CivilDate | null>()
  for (const { id, subject: of, destination, facts: written } of found) {
    const facts = written as unknown as UmbrellaEndFacts
    const inside = due.filter(
      (each) =>
        subjectOf(each) === of &&
        each.on.team.channel === destination &&
        facts.members.some(({ buyer }) => buyer === each.buyer),
    )
    if (inside.length === 0) continue
    const left = facts.members.filter(({ buyer }) => !inside.some((each) => each.buyer === buyer))
    const says = left.length === 0 ? { state: 'SUPERSEDED' } : {}
    const data = { ...says, facts: jsonOf({ ...facts, members: left }) }
    // Where it has been claimed meanwhile it is told, and corrected by what follows.
    const { count } = await delivery.updateMany({ where: { id, ...waiting }, data })
    if (count > 0) for (const each of inside) before.set(each.id, facts.was)
  }
  return due.map((each) => {
    const toldEnd = before.get(each.id)
    return toldEnd === undefined ? each : { ...each, toldEnd }
  })
}

function subjectOf({ contractId }: Pick<DueMember, 'contractId'>): string {
  return `umbrella:${contractId}`
}

/**
 * Umbrellas of whose members somebody should have been told by the last sweep of their team, and was
 * not. What was changed since then waits for the next one.
 */
export async function umbrellasMissed(
  pool: Pool,
  context: RuledOrganisation,
  teams: readonly Team[],
): Promise<string[]> {
  const swept = teams.flatMap((team): TeamDay[] => {
    if (team.lastSweptOn === null) return []
    const rules = context.rulesOf(team)
    return [{ team, rules, day: workingDayOnOrBefore(team.lastSweptOn, rules.calendar) }]
  })
  const due = await findDue(pool, context, swept)
  const missed = due.filter(({ moved, changedOn, nextRungOn, on }) => {
    const sweptOn = on.team.lastSweptOn ?? on.day
    const waits = changedOn >= sweptOn || (nextRungOn !== null && nextRungOn <= sweptOn)
    return !moved && !waits
  })
  return [...new Set(missed.map(({ reference }) => `${reference} (its members)`))]
}

async function findDue(
  client: Pool | PoolClient,
  context: RuledOrganisation,
  swept: readonly TeamDay[],
): Promise<DueMember[]> {
  const working = swept.filter(({ day, rules }) => isWorkingDay(day, rules.calendar))
  const rows = await readMembers(client, context.organisationId, working)
  if (rows.length === 0) return []
  const records = new Map(
    (await readContracts(client, [...new Set(rows.map(({ contractId }) => contractId))])).map(
      (record) => [record.row.id, record],
    ),
  )
  const teams = await readTeams(client, context.organisationId)
  const teamOf = new Map(teams.map((team) => [team.id, team]))
  const dayOf = new Map(working.map((each) => [each.team.id, each]))
  return rows.flatMap((row): DueMember[] => {
    const on = dayOf.get(row.teamId)
    const record = records.get(row.contractId)
    const holder = teamOf.get(row.umbrellaTeamId)
    if (on === undefined || record === undefined || holder === undefined) return []
    const lastDay = lastCovered(row, row)
    const isDue =
      lastDay !== null && lastDay <= toldTo(record, on, context.rulesOf(holder, record.row))
    if (isDue && isHeld(lastDay, holder, on.day)) return []
    return isDue || row.toldEnd !== null ? [{ ...row, on, lastDay, moved: !isDue }] : []
  })
}

/** The umbrella's reminders, on the working days of those who are told. */
function toldTo({ contract }: ContractRecord, { day, rules }: TeamDay, umbrella: Rules): CivilDate {
  const kind = lastExtension(contract)?.kind === 'emergency' ? 'emergency-end' : 'end'
  return toldUntil(day, kind, contract, umbrella, rules.calendar)
}

/** Until the list of a first import is looked through only what is near is told. */
const HELD_BEYOND = 30

function isHeld(lastDay: CivilDate, { laddersFrom }: Team, day: CivilDate): boolean {
  return laddersFrom !== null && day < laddersFrom && lastDay > addDays(day, HELD_BEYOND)
}

/** Those whose last day is in reach and was not told, or was told and is another by now. */
async function readMembers(
  client: Pool | PoolClient,
  organisationId: number,
  swept: readonly TeamDay[],
  contractId: number | null = null,
): Promise<MemberRow[]> {
  const last = swept
    .map(({ day }) => day)
    .sort()
    .at(-1)
  if (last === undefined) return []
  const reach = addDays(last, EARLIEST_REMINDER + 30)
  const teamIds = swept.map(({ team }) => team.id)
  const { rows } = await client.query<MemberRow>(MEMBERS, [
    ...[organisationId, teamIds, reach, contractId],
  ])
  return rows
}

// What was said of one after its umbrella was closed is not told.
const MEMBERS = `
  SELECT m.id, m.contract_id AS "contractId", coalesce(m.team_id, c.team_id) AS "teamId",
         m.from_on AS "from", m.to_on AS "to", m.unread, m.changed_on AS "changedOn",
         m.told_end AS "toldEnd", b.name AS buyer, t.name AS team, c.team_id AS "umbrellaTeamId",
         c.reference, c.title, c.supplier, c.start, c.next_rung_on AS "nextRungOn",
         least(c.current_earliest, c.closed_on) AS earliest,
         least(c.current_latest, c.closed_on) AS latest
    FROM umbrella_member m JOIN contract c ON c.id = m.contract_id JOIN buyer b ON b.id = m.buyer_id
    LEFT JOIN team t ON t.id = m.team_id,
         LATERAL (SELECT least(m.to_on, c.current_earliest, c.closed_on) AS last_day) l
   WHERE m.organisation_id = $1 AND coalesce(m.team_id, c.team_id) = ANY ($2)
     AND c.watched AND NOT c.historic AND (c.closed_on IS NULL OR m.changed_on <= c.closed_on)
     AND m.told_end IS DISTINCT FROM l.last_day AND (m.told_end IS NOT NULL OR l.last_day <= $3)
     AND ($4::int IS NULL OR c.id = $4)
   ORDER BY m.contract_id, b.name_key`

/** A message that is to come to a channel about members of an umbrella, where nobody does anything. */
interface ComingMembers {
  readonly on: CivilDate
  readonly team: Team
  readonly contractId: number
  readonly reference: string
  /** The last day of cover that it is about; null where it only takes back what was told. */
  readonly lastDay: CivilDate | null
  readonly facts: UmbrellaEndFacts
}

/** What members' teams are told within these days, by the rules of the sweep. */
export async function comingMembers(
  client: Pool | PoolClient,
  context: RuledOrganisation,
  { from, to }: { readonly from: CivilDate; readonly to: CivilDate },
  contractId: number | null = null,
): Promise<ComingMembers[]> {
  const teams = await readTeams(client, context.organisationId)
  const all = teams.map((team): TeamDay => ({ team, day: to, rules: context.rulesOf(team) }))
  const rows = await readMembers(client, context.organisationId, all, contractId)
  const ids = [...new Set(rows.map((row) => row.contractId))]
  const records = new Map(
    (await readContracts(client, ids)).map((record) => [record.row.id, record]),
  )
  const teamOf = new Map(teams.map((team) => [team.id, team]))
  const due = rows.flatMap((row): DueMember[] => {
    const [team, holder] = [teamOf.get(row.teamId), teamOf.get(row.umbrellaTeamId)]
    const record = records.get(row.contractId)
    if (team === undefined || holder === undefined || record === undefined) return []
    return memberDays(row, { team, holder, record, from, to }, context)
  })
  const messages = groupedBy(due, messageKey)
  const missing = await readMissing(client, context, due)
  const coming = [...messages.values()].flatMap((members): ComingMembers[] => {
    const [first] = members
    if (first === undefined) return []
    const { on, contractId: id, reference } = first
    const lastDay = first.moved ? null : first.lastDay
    const facts = factsOf(first, members, teams, missing)
    return [{ on: on.day, team: on.team, contractId: id, reference, lastDay, facts }]
  })
  return coming.sort((a, b) => compare(a.on, b.on) || compare(a.team.channel, b.team.channel))
}

/** The days on which one member is told of: once, and before that, that what was told holds no more. */
function memberDays(
  row: MemberRow,
  {
    team,
    holder,
    record,
    from,
    to,
  }: {
    readonly team: Team
    readonly holder: Team
    readonly record: ContractRecord
    readonly from: CivilDate
    readonly to: CivilDate
  },
  context: RuledOrganisation,
): DueMember[] {
  const rules = context.rulesOf(team)
  const umbrella = context.rulesOf(holder, record.row)
  const lastDay = lastCovered(row, row)
  const days: DueMember[] = []
  let told = row.toldEnd
  for (let day = from; day <= to && told !== lastDay; day = addDays(day, 1)) {
    if (!isWorkingDay(day, rules.calendar)) continue
    const on: TeamDay = { team, day, rules }
    const isDue = lastDay !== null && lastDay <= toldTo(record, on, umbrella)
    if (isDue && isHeld(lastDay, holder, day)) continue
    if (isDue) {
      days.push({ ...row, toldEnd: told, on, lastDay, moved: false })
      return days
    }
    if (told !== null) days.push({ ...row, toldEnd: told, on, lastDay, moved: true })
    told = null
    if (lastDay === null) return days
  }
  return days
}

function messageKey({ contractId, on, moved, toldEnd }: DueMember): string {
  return `${contractId} ${on.day} ${moved} ${toldEnd} ${on.team.channel}`
}

type Missing = Awaited<ReturnType<typeof readNotNamed>>

/** What the members' teams use and these agreements do not name. */
async function readMissing(
  client: Pool | PoolClient,
  { organisationId }: RuledOrganisation,
  due: readonly DueMember[],
): Promise<Missing> {
  const [first] = due
  if (first === undefined) return new Map()
  const ids = [...new Set(due.map(({ contractId }) => contractId))]
  return readNotNamed(client, organisationId, ids, first.on.day)
}

async function queue(
  client: PoolClient,
  organisationId: number,
  messages: readonly (readonly DueMember[])[],
  teams: readonly Team[],
  missing: Missing,
): Promise<void> {
  const queued = messages.flatMap((members) => {
    const [first] = members
    if (first === undefined) return []
    const { on } = first
    return {
      teamId: on.team.id,
      subject: subjectOf(first),
      purpose: 'umbrella',
      destination: on.team.channel,
      asOf: on.day,
      facts: factsOf(first, members, teams, missing),
    }
  })
  await queueMessages(client, organisationId, queued)
}

function factsOf(
  first: DueMember,
  members: readonly DueMember[],
  teams: readonly Team[],
  missing: Missing,
): UmbrellaEndFacts {
  // The team that holds the agreement speaks for organisations without a team: what it uses is its own.
  const uses = (missing.get(first.contractId) ?? []).filter(
    ({ teamId }) => teamId === first.on.team.id && first.team !== null,
  )
  const { reference, title, supplier, start, earliest, latest, on, moved } = first
  return {
    asOf: on.day,
    contract: { reference, title, supplier },
    team: teams.find(({ id }) => id === first.umbrellaTeamId)?.name ?? '',
    ...{ start, earliest, latest, moved },
    was: first.toldEnd,
    isHolder: on.team.id === first.umbrellaTeamId,
    ...(uses.length === 0 ? {} : { notNamed: uses.map(({ name }) => name) }),
    members: members.map(({ buyer, team, from, to, unread, lastDay }) => ({
      ...{ buyer, team, from, to, unread, lastDay },
      why: notCovered({ from, to, unread }, first, on.day),
    })),
  }
}
