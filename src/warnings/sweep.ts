/**
 * The sweep: what is due on a civil day becomes alerts and deliveries, in one transaction.
 *
 * It costs what is due, not what is held: only contracts whose day to be looked at has come are
 * read, in a fixed number of queries for each batch. Raising is monotonic and unique by key, so
 * that a second sweep of the same day, or one of an earlier day, raises nothing.
 */
import type { Pool, PoolClient } from 'pg'
import { type AuditChange, writeAudit } from '../database/audit-log.ts'
import { lockRows, writeDays } from '../database/bulk.ts'
import { inTransaction } from '../database/connect.ts'
import {
  completeContracts,
  monitoredContract,
  RULED,
  readColumns,
  readContracts,
  selectContracts,
  WATCHED,
} from '../database/contracts.ts'
import {
  lockTeams,
  type RuledOrganisation,
  type RulesByTeam,
  type Team,
} from '../database/organisation.ts'
import { jsonOf, tables } from '../database/prisma.ts'
import { passNotices, presumeRenewals } from '../database/recalculate.ts'
import { queueUpdates } from '../delivery/enqueue-updates.ts'
import { queueMessages } from '../delivery/outbox.ts'
import { readDuties } from '../reports/notices.ts'
import { checkpointFacts, readNamed, readProcurements } from '../reports/procurement.ts'
import { addDays, type CivilDate } from '../rules/civil-date.ts'
import { productData } from '../rules/products.ts'
import { planWarnings } from '../rules/reminder-plan.ts'
import { EARLIEST_REMINDER } from '../rules/reminder-schedule.ts'
import type { Rules } from '../rules/settings.ts'
import { compare, groupedBy } from '../rules/text-match.ts'
import { addWorkingDays, isWorkingDay, workingDayOnOrBefore } from '../rules/working-days.ts'
import { type CheckpointFacts, QUESTIONS_A_MESSAGE } from '../text/procurement.ts'
import type { DueContract } from './alerts.ts'
import { queueDeliveries } from './compose.ts'
import { releasesMissed, tellSupport } from './support.ts'
import { tellMembers, umbrellasMissed } from './umbrella.ts'

export interface SweepContext extends RuledOrganisation {
  /** The civil day to sweep, for each team: the given one, or today in the team's zone. */
  readonly dayOf: (team: Team) => CivilDate
  /** Only these teams; all of them where it is null. */
  readonly teamIds: readonly number[] | null
  readonly now: Date
}

export interface SweepResult {
  readonly raised: number
  /** Alerts superseded since the last sweep, by changes and by this one. */
  readonly superseded: number
  readonly queued: number
}

/** Contracts read, judged and noted together. */
const BATCH = 2000

export async function sweep(pool: Pool, context: SweepContext): Promise<SweepResult> {
  return inTransaction(pool, async (client) => {
    const teams = (await lockTeams(client, context.organisationId)).filter(
      (team) => context.teamIds === null || context.teamIds.includes(team.id),
    )
    const swept = teams
      .map((team) => sweptTeam(team, context))
      // An earlier day than the last one swept raises nothing: it has been told already.
      .filter(({ team, day }) => team.lastSweptOn === null || team.lastSweptOn <= day)
    const changes: AuditChange[] = []
    const due: DueContract[] = []
    const ids = await readDueIds(client, swept)
    for (let from = 0; from < ids.length; from += BATCH) {
      due.push(...(await look(client, context, swept, ids.slice(from, from + BATCH), changes)))
    }
    const beside = await readBeside(client, context.organisationId)
    const { hasSubscribers } = beside
    const { raised, queued } = await queueDeliveries(
      client,
      context.organisationId,
      due,
      hasSubscribers,
    )
    const asked = await askCheckpoints(client, context.organisationId, swept, context.rulesOf)
    const duties = await tellDuties(client, context.organisationId, swept, context.rulesOf)
    const support = await tellSupport(client, context, swept, beside.hasNewEnds)
    const members = beside.hasMembers ? await tellMembers(client, context, swept) : 0
    const superseded = await takeSuperseded(client, context.organisationId)
    await noteSwept(client, swept)
    if (changes.length > 0) {
      const { organisationId, now: at } = context
      const source = { organisationId, byPersonId: null, via: 'sweep', at }
      await writeAudit(client, source, `presumed ${changes.length} automatic renewals`, changes)
    }
    return {
      raised: raised + support.raised,
      superseded,
      queued: queued + asked + duties + members + support.queued,
    }
  })
}

function sweptTeam(team: Team, context: SweepContext): SweptTeam {
  const day = context.dayOf(team)
  const rules = context.rulesOf(team)
  const dayBefore = addWorkingDays(day, -1, rules.calendar)
  const catchUp = team.lastSweptOn !== null && team.lastSweptOn < dayBefore
  return { team, day, rules, catchUp }
}

/**
 * Contracts of these teams whose day has come. One query for each civil day, of which the zones of
 * the earth make three at most: joined to a list of days, the planner reads the whole table.
 */
async function readDueIds(client: PoolClient, swept: readonly SweptTeam[]): Promise<number[]> {
  const teamsOf = new Map<CivilDate, number[]>()
  for (const { team, day, rules } of swept) {
    // Nothing is sent on a non-working day; what it would have told is told on the next one.
    if (!isWorkingDay(day, rules.calendar)) continue
    teamsOf.set(day, [...(teamsOf.get(day) ?? []), team.id])
  }
  const ids: number[] = []
  for (const [day, teamIds] of teamsOf) {
    const which = 'c.team_id = ANY($1) AND c.next_rung_on <= $2'
    for (const { id } of await selectContracts(client, ['id'], which, [teamIds, day])) ids.push(id)
  }
  return ids.sort((a, b) => a - b)
}

/** Looks at contracts whose day has come, and notes when to look again. */
async function look(
  client: PoolClient,
  context: SweepContext,
  swept: readonly SweptTeam[],
  ids: readonly number[],
  changes: AuditChange[],
): Promise<DueContract[]> {
  const sweptOf = new Map(swept.map((each) => [each.team.id, each]))
  const rows = await readColumns(client, ids, RULED, { lock: true })
  const read = await completeContracts(client, rows)
  const { organisationId, rulesOf } = context
  const teams = swept.map(({ team }) => team)
  const dayOf = (teamId: number) => sweptOf.get(teamId)?.day ?? null
  const presumed = await presumeRenewals(client, { organisationId, rulesOf, teams, dayOf }, read)
  for (const [today, renewed] of presumed.byDay) {
    await queueUpdates(client, organisationId, renewed, today)
  }
  changes.push(...presumed.changes)
  const { records } = presumed
  for (const [today, ofDay] of groupedBy(records, ({ row }) => dayOf(row.teamId))) {
    if (today === null) continue
    const looked = ofDay.map(({ row }) => row.id)
    const passed = await passNotices(client, { organisationId, rulesOf, teams, today }, looked)
    await queueUpdates(client, organisationId, passed, today)
  }
  const checks: { id: number; on: CivilDate | null }[] = []
  const due: DueContract[] = []
  for (const record of records) {
    const { id: contractId, teamId } = record.row
    const of = sweptOf.get(teamId)
    // It went to another team meanwhile: that team's sweep reads it.
    if (of === undefined) continue
    const { team, day, catchUp, rules: teamRules } = of
    const rules = context.rulesOf(team, record.row)
    const monitored = monitoredContract(record, team.laddersFrom, rules, day)
    const plan = planWarnings(monitored, day, rules)
    checks.push({ id: contractId, on: plan.nextCheckOn })
    if (plan.raise.length + plan.askAgain.length > 0) {
      const { raise, askAgain } = plan
      const outOfContract = record.row.outOfContractOn !== null
      const { groupAbove, cliffDays } = teamRules
      const shared = { groupAbove, cliffDays, deadlines: monitored.deadlines }
      due.push({ contractId, team, day, catchUp, raise, askAgain, outOfContract, ...shared })
    }
  }
  await writeDays(client, 'contract.next_rung_on', checks)
  return due
}

async function noteSwept(client: PoolClient, swept: readonly SweptTeam[]): Promise<void> {
  const news = swept.filter(({ team, day }) => team.lastSweptOn !== day)
  const days = news.map(({ team, day }) => ({ id: team.id, on: day }))
  await writeDays(client, 'team.last_swept_on', days)
}

/** What there is beside contracts: most sweeps find none of it, and ask no more of any. */
interface Beside {
  /** Ends of support are of another day than those that reminders were kept by. */
  readonly hasNewEnds: boolean
  readonly hasMembers: boolean
  readonly hasSubscribers: boolean
  /** Alerts, since the last sweep. */
  readonly superseded: number
}

async function readBeside(client: PoolClient, organisationId: number): Promise<Beside> {
  const { rows } = await client.query<Beside>(
    `SELECT o.products_as_of IS DISTINCT FROM $2 AS "hasNewEnds",
            EXISTS (SELECT FROM umbrella_member m WHERE m.organisation_id = o.id) AS "hasMembers",
            EXISTS (SELECT FROM subscription s WHERE s.organisation_id = o.id) AS "hasSubscribers", o.superseded
     FROM organisation o WHERE o.id = $1`,
    [organisationId, productData().asOf],
  )
  return rows[0] ?? { hasNewEnds: true, hasMembers: true, hasSubscribers: true, superseded: 0 }
}

/** How many since the last sweep; what others add meanwhile the next one tells. */
async function takeSuperseded(client: PoolClient, organisationId: number): Promise<number> {
  const { superseded } = await readBeside(client, organisationId)
  if (superseded > 0) {
    const data = { superseded: { decrement: superseded } }
    await tables(client).organisation.updateMany({ where: { id: organisationId }, data })
  }
  return superseded
}

// What is due and no sweep is going to tell. The sweep trusts the day that is noted for each
// contract; here that day is not trusted, and the rules are asked about every contract with an open
// deadline in reach.

const MISSED_BATCH = 2000
/** At most so many references are named. */
const ENOUGH = 100

/** References of contracts that a sweep of their team's last day would have told, and has not. */
export async function findMissed(
  pool: Pool,
  { organisationId, rulesOf }: { readonly organisationId: number; readonly rulesOf: RulesByTeam },
  teams: readonly Team[],
): Promise<string[]> {
  const missed: string[] = []
  for (const team of teams) {
    if (team.lastSweptOn === null) continue
    const rules = rulesOf(team)
    const day = workingDayOnOrBefore(team.lastSweptOn, rules.calendar)
    const ids = await inReach(pool, organisationId, team.id, team.lastSweptOn, day)
    for (let from = 0; from < ids.length && missed.length < ENOUGH; from += MISSED_BATCH) {
      missed.push(
        ...(await untold(pool, ids.slice(from, from + MISSED_BATCH), { team, rules, day })),
      )
    }
  }
  missed.push(...(await umbrellasMissed(pool, { organisationId, rulesOf }, teams)))
  missed.push(...(await releasesMissed(pool, { organisationId, rulesOf }, teams)))
  return missed.slice(0, ENOUGH)
}

/** What waits for the next sweep is not missed: it was imported or changed since the last one. */
async function inReach(
  pool: Pool,
  organisationId: number,
  teamId: number,
  sweptOn: CivilDate,
  day: CivilDate,
): Promise<number[]> {
  const found = await selectContracts(
    pool,
    ['id'],
    `c.id IN (SELECT contract_id FROM deadline
       WHERE organisation_id = $1 AND due_on <= $2 AND settled_why IS NULL)
     AND c.team_id = $3 AND ${WATCHED}
     AND (c.next_rung_on IS NULL OR c.next_rung_on > $4) ORDER BY c.id`,
    [organisationId, addDays(day, EARLIEST_REMINDER), teamId, sweptOn],
  )
  return found.map(({ id }) => id)
}

async function untold(
  pool: Pool,
  ids: readonly number[],
  { team, rules, day }: { readonly team: Team; readonly rules: Rules; readonly day: CivilDate },
): Promise<string[]> {
  const records = await readContracts(pool, ids)
  return records
    .filter((record) => {
      const plan = planWarnings(monitoredContract(record, team.laddersFrom, rules, day), day, rules)
      return plan.raise.length + plan.askAgain.length > 0
    })
    .map(({ row }) => row.reference)
}

/** Queues the questions that are due for these teams; returns how many. */
async function askCheckpoints(
  client: PoolClient,
  organisationId: number,
  swept: readonly SweptTeam[],
  rulesOf: RulesByTeam,
): Promise<number> {
  const asked = swept.filter(({ day, rules }) => isWorkingDay(day, rules.calendar))
  const due = await readDue(client, organisationId, asked)
  if (due.length === 0) return 0
  const contractIds = [...new Set(due.map(({ contractId }) => contractId))]
  const teams = asked.map(({ team }) => team)
  const procurements = await readProcurements(client, contractIds, teams, rulesOf)
  const named = await readNamed(client, contractIds)
  const questions = due.flatMap(({ id, contractId, teamId }) => {
    const procurement = procurements.find(({ record }) => record.row.id === contractId)
    const checkpoint = procurement?.checkpoints.find((each) => each.id === id)
    const contract = named.get(contractId)
    const team = asked.find((each) => each.team.id === teamId)
    if (!procurement || !checkpoint || !contract || !team) return []
    const facts = checkpointFacts(procurement, checkpoint, contract, team.day)
    return [{ id, contractId, team, facts }]
  })
  await queueQuestions(client, organisationId, questions)
  const days = questions.map(({ id, team }) => ({ id, on: team.day }))
  await writeDays(client, 'checkpoint.asked_on', days)
  return questions.length
}

interface Question {
  readonly id: number
  readonly contractId: number
  readonly team: SweptTeam
  readonly facts: CheckpointFacts
}

/** One message for each question; where a channel has several on a day, one for up to ten of them. */
async function queueQuestions(
  client: PoolClient,
  organisationId: number,
  questions: readonly Question[],
): Promise<void> {
  const places = groupedBy(questions, ({ team }) => `${team.day} ${team.team.channel}`)
  const messages = [...places.values()].flatMap((asked) => inPieces(asked, QUESTIONS_A_MESSAGE))
  const queued = messages.flatMap((asked) => {
    const [first] = asked
    if (first === undefined) return []
    const { team, day } = first.team
    const facts =
      asked.length === 1
        ? { checkpoint: first.facts }
        : { checkpoints: asked.map((each) => each.facts) }
    const subject = asked.length === 1 ? `checkpoint:${first.id}` : `checkpoints:${day}`
    return {
      teamId: team.id,
      subject,
      purpose: 'checkpoint',
      destination: team.channel,
      asOf: day,
      facts,
      // A question of its own replies to the warning of its contract.
      repliesTo: asked.length === 1 ? `contract:${first.contractId}` : null,
    }
  })
  await queueMessages(client, organisationId, queued)
}

function inPieces<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const pieces: (readonly Item[])[] = []
  for (let at = 0; at < items.length; at += size) pieces.push(items.slice(at, at + size))
  return pieces
}

interface DueCheckpoint {
  readonly id: number
  readonly dueOn: CivilDate
  readonly contractId: number
  readonly teamId: number
}

/** One query for each civil day, as for the contracts that are due. Nothing is asked of what is over. */
async function readDue(
  client: PoolClient,
  organisationId: number,
  asked: readonly SweptTeam[],
): Promise<DueCheckpoint[]> {
  const teamsOf = new Map<CivilDate, number[]>()
  for (const { team, day } of asked) teamsOf.set(day, [...(teamsOf.get(day) ?? []), team.id])
  const due: DueCheckpoint[] = []
  for (const [day, teamIds] of teamsOf) {
    const found = await lockRows<DueCheckpoint>(
      client,
      'checkpoint',
      `id, contract_id AS "contractId", due_on AS "dueOn",
       (SELECT team_id FROM contract WHERE id = contract_id) AS "teamId"`,
      `organisation_id = $1 AND asked_on IS NULL AND due_on <= $2 AND done_on IS NULL
       AND withdrawn_at IS NULL AND contract_id IN (
         SELECT id FROM contract WHERE team_id = ANY($3) AND closed_on IS NULL AND watched)`,
      [organisationId, day, teamIds],
    )
    due.push(...found.sort((a, b) => compare(a.dueOn, b.dueOn)))
  }
  return due
}

// Notices and duties in a channel: they stand in the weekly summary, and the channel hears of each
// once, within the last seven days in which it is in time.

/** A task is told from so many days before its last day on. */
const TOLD_DAYS = 7
/** Of one team and day; whatever is left is told on the next day, or listed in the summary. */
const MOST_TASKS = 100

/**
 * Queues one message a team for notices and duties that were not told yet; returns how many. A team that was swept today
 * already, one whose first list is not looked through yet, and a day without work hear nothing.
 */
async function tellDuties(
  client: PoolClient,
  organisationId: number,
  swept: readonly SweptTeam[],
  rulesOf: RulesByTeam,
): Promise<number> {
  const hearing = swept.filter(({ team, day, rules }) => {
    const started = team.laddersFrom === null || day >= team.laddersFrom
    return started && team.lastSweptOn !== day && isWorkingDay(day, rules.calendar)
  })
  let queued = 0
  for (const [day, ofDay] of groupedBy(hearing, (each) => each.day)) {
    const teams = ofDay.map(({ team }) => team)
    const asked = { organisationId, teamIds: teams.map(({ id }) => id), teams, slot: day, rulesOf }
    const found = groupedBy(await readDuties(client, asked, TOLD_DAYS), ({ teamId }) => teamId)
    if (found.size === 0) continue
    const told = await tasksTold(client, organisationId, [...found.keys()], day)
    const data = teams.flatMap((team) => {
      const subject = `duties:${team.id}`
      const tasks = (found.get(team.id) ?? [])
        .filter((each) => !told.has(`${subject} ${taskKey(each)}`))
        .slice(0, MOST_TASKS)
        .map(({ teamId: _team, ...task }) => task)
      if (tasks.length === 0) return []
      const facts = jsonOf({ asOf: day, team: team.name, tasks, keys: tasks.map(taskKey) })
      return {
        ...{ organisationId, teamId: team.id, subject, purpose: 'duties' },
        ...{ sequence: Number(day.replaceAll('-', '')), destination: team.channel, asOf: day },
        facts,
      }
    })
    queued += (await tables(client).delivery.createMany({ data, skipDuplicates: true })).count
  }
  return queued
}

function taskKey(task: { contractId: number; notice: string; on: string }): string {
  return `${task.contractId} ${task.notice} ${task.on}`
}

/** What each team's channel was told of lately, by contract, notice and day: a moved day is another. */
async function tasksTold(
  client: PoolClient,
  organisationId: number,
  teamIds: readonly number[],
  day: CivilDate,
): Promise<ReadonlySet<string>> {
  const before = await tables(client).delivery.findMany({
    where: {
      ...{ organisationId, subject: { in: teamIds.map((id) => `duties:${id}`) } },
      ...{ purpose: 'duties', asOf: { gte: addDays(day, -2 * TOLD_DAYS) } },
    },
    select: { subject: true, facts: true },
  })
  return new Set(
    before.flatMap(({ subject, facts }) => {
      const { keys = [] } = facts as { readonly keys?: readonly string[] }
      return keys.map((key) => `${subject} ${key}`)
    }),
  )
}

/** A team on the day that is swept, with the rules that hold for it. */
interface SweptTeam {
  readonly team: Team
  readonly day: CivilDate
  readonly rules: Rules
  readonly catchUp: boolean
}
