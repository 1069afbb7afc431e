/** What would have been sent over a span of days, if nobody had done anything. Nothing is written. */

import type { Pool, PoolClient } from 'pg'
import {
  type ContractColumns,
  completeContracts,
  LIVE,
  PRICED,
  pricedOf,
  RULED,
  selectContracts,
  TOLD,
} from '../database/contracts.ts'
import { type RuledOrganisation, readTeams, type Team } from '../database/organisation.ts'
import { deadlineFacts, warnedFacts } from '../delivery/load.ts'
import { readParties } from '../reports/cliffs.ts'
import { type CivilDate, daysBetween } from '../rules/civil-date.ts'
import {
  currentEnd,
  type DeadlineKind,
  lastExtension,
  reviewBeside,
  reviewDays,
} from '../rules/contract.ts'
import { releaseName } from '../rules/products.ts'
import { isForThreadAlone } from '../rules/reminder-plan.ts'
import { type ReplayedDay, replay } from '../rules/replay.ts'
import type { Rules } from '../rules/settings.ts'
import { compare } from '../rules/text-match.ts'
import type { ContractFacts } from '../text/facts.ts'
import { supportMessage } from '../text/support.ts'
import { umbrellaEndMessage } from '../text/umbrella.ts'
import { warningText } from '../text/warning.ts'
import {
  type Simulated,
  type SimulationFigures,
  type SimulationTally,
  simulationTally,
} from './simulation-figures.ts'
import { comingSupport } from './support.ts'
import { comingMembers } from './umbrella.ts'

export interface SimulatedMessage {
  readonly on: CivilDate
  /** Alerts that share one message share its id. */
  readonly messageId: string
  /** A reply in the contract's thread, which the channel does not show. */
  readonly inThread?: true
  /** Of a contract; of a product its name. */
  readonly reference: string
  /** `support`: of a product; `umbrella`: of members, to their team. */
  readonly kind: DeadlineKind | 'support' | 'umbrella'
  readonly rung: number
  readonly deadline: CivilDate
  readonly text: string
}

interface SimulationOptions extends RuledOrganisation {
  readonly from: CivilDate
  readonly to: CivilDate
  readonly sourceId: number | null
  /** Whether a first import holds the schedules, as in the real register; a file is replayed without. */
  readonly held: boolean
}

export interface Simulation extends SimulationFigures {
  readonly messages: readonly SimulatedMessage[]
  readonly warnings: number
  /** How many warnings the list leaves out; the figures count all. */
  readonly leftOut: number
}

export async function simulate(
  client: Pool | PoolClient,
  options: SimulationOptions,
): Promise<SimulatedMessage[]> {
  return [...(await simulation(client, options, Number.POSITIVE_INFINITY)).messages]
}

/**
 * The figures of the span, and its first warnings. Every contract is gone through once for the
 * figures; only what is listed is worded, which takes far longer than to count it.
 */
export async function simulation(
  client: Pool | PoolClient,
  options: SimulationOptions,
  listed: number = Number.POSITIVE_INFINITY,
): Promise<Simulation> {
  const { from, to } = options
  const tally = simulationTally(from, to)
  const replayed: Replayed[] = []
  for await (const each of readReplayed(client, options)) {
    const first = tally.count(each)
    if (first !== null) replayed.push({ ...each, first })
  }
  const others = await otherMessages(client, options)
  for (const { channel, rules, messages: carried } of others) {
    tally.countMessage({ channel, rules }, carried[0]?.on ?? from, carried.length)
  }
  const last = tally.dayOfWarning(listed) ?? to
  const told = replayed
    .filter(({ first }) => first <= last)
    .flatMap((each) => worded(each, from, last))
  const messages = [
    ...inOrder(told, tally),
    ...others.flatMap((each) => each.messages.filter(({ on }) => on <= last)),
  ]
    .sort(byDay)
    .slice(0, listed)
  return {
    messages,
    warnings: tally.warnings(),
    leftOut: tally.warnings() - messages.length,
    ...tally.figures(),
  }
}

const READ = [...RULED, ...PRICED, ...TOLD, 'owner', 'buyer'] as const
type Row = Pick<ContractColumns, (typeof READ)[number]>

interface Replayable extends Simulated {
  readonly row: Row
  readonly team: Team
}
interface Replayed extends Replayable {
  readonly first: CivilDate
}

/** Contract by contract: those of a file of the past tell of successors that nobody had signed yet, so that each counts from its start. */
async function* readReplayed(
  client: Pool | PoolClient,
  { organisationId, sourceId, rulesOf, held }: SimulationOptions,
): AsyncGenerator<Replayable> {
  const teams = new Map((await readTeams(client, organisationId)).map((team) => [team.id, team]))
  for (let after = 0; ; ) {
    const rows = await selectContracts(
      client,
      READ,
      `c.organisation_id = $1 AND ($2::int IS NULL OR c.source_id = $2) AND ${LIVE}
         AND coalesce(c.current_latest, c.review_on) IS NOT NULL AND c.id > $3
       ORDER BY c.id LIMIT 2000`,
      [organisationId, sourceId, after],
    )
    if (rows.length === 0) return
    const parties = await readParties(
      client,
      rows.map(({ id }) => id),
    )
    for (const { row, contract, alerts } of await completeContracts(client, rows)) {
      const team = teams.get(row.teamId)
      if (!team) continue
      const laddersFrom = held ? team.laddersFrom : null
      const successorKnownOn = held ? null : contract.successorStart
      const facts = { contract, alerts, laddersFrom, watched: row.watched, successorKnownOn }
      const { reference } = row
      const { channel } = team
      const rules = rulesOf(team, row)
      const { groupAbove, cliffDays } = rulesOf(team)
      const shared = { groupAbove, cliffDays, parties: parties.get(row.id), contractId: row.id }
      yield { row, team, reference, channel, facts, rules, ...shared, priced: pricedOf(row) }
    }
    after = rows.at(-1)?.id ?? after
  }
}

interface Told extends Omit<SimulatedMessage, 'messageId'> {
  readonly channel: string
  readonly contractId: number
}

/** What is told of a contract, in the words in which it would be sent. */
function worded({ row, team, facts, rules }: Replayed, from: CivilDate, to: CivilDate): Told[] {
  const told: Told[] = []
  for (const day of replay(facts, from, to, rules)) {
    const raised = day.raise.toSorted((a, b) => compare(a.deadline.on, b.deadline.on))
    const text = warningText({
      asOf: day.on,
      contract: factsOn(row, team, day),
      deadlines: day.deadlines
        .filter((each) => each.settled === null)
        .map((each) => {
          const raise = raised.find(({ deadline }) => deadline === each)
          const spoken = { speaks: raise !== undefined, skipped: raise?.skipped ?? null }
          return { ...deadlineFacts(day.on, each), ...spoken }
        }),
      cameBack: false,
      possibleRepeat: false,
    })
    const quiet = isForThreadAlone(day, day.on) ? ({ inThread: true } as const) : {}
    for (const { deadline, rung } of raised) {
      told.push({
        ...quiet,
        on: day.on,
        channel: team.channel,
        contractId: row.id,
        reference: row.reference,
        kind: deadline.kind,
        rung,
        deadline: deadline.on,
        text,
      })
    }
  }
  return told
}

/** The contract as a warning of that day would tell of it. */
function factsOn(row: Row, team: Team, { on, contract }: ReplayedDay): ContractFacts {
  const end = currentEnd({ ...contract, disputedEnd: null })
  const [earliestEnd, currentLatest] =
    end.kind === 'dated' ? [end.earliest, end.latest] : [row.disputedEnd, row.disputedEnd]
  const review = reviewBeside(reviewDays(contract), lastExtension(contract)?.from ?? null)
  const named = { ...row, team: team.name, earliestEnd, currentLatest }
  return { ...warnedFacts(named, review, on), owner: row.owner?.name ? row.owner : null }
}

/** By day and channel as the sweep would post them: one message a contract, or one for many. */
function inOrder(told: readonly Told[], tally: SimulationTally): SimulatedMessage[] {
  return told
    .map(({ channel, contractId, ...message }) => {
      const inThread = message.inThread === true
      const messageId = tally.messageOf(channel, message.on, contractId, inThread)
      return { ...message, messageId }
    })
    .sort(byDay)
}

function byDay(a: SimulatedMessage, b: SimulatedMessage): number {
  return compare(a.on, b.on) || compare(a.reference, b.reference) || b.rung - a.rung
}

interface OtherMessage {
  readonly channel: string
  readonly rules: Rules
  readonly messages: readonly SimulatedMessage[]
}

/** What is told of products and of members of umbrellas; of a register by itself, of its products alone. */
async function otherMessages(
  client: Pool | PoolClient,
  { organisationId, from, to, rulesOf, sourceId, held }: SimulationOptions,
): Promise<OtherMessage[]> {
  const context = { organisationId, rulesOf }
  const teams = await readTeams(client, organisationId)
  const products = await comingSupport(client, { ...context, from, to }, teams, { sourceId, held })
  const members = sourceId === null ? await comingMembers(client, context, { from, to }) : []
  return [
    ...products.map(({ on, team, subject, reminders, facts }): OtherMessage => {
      const { text } = supportMessage(facts)
      const messageId = `${on}/${team.channel}/${subject}`
      const messages = reminders.map(({ use, due }): SimulatedMessage => {
        const reference = releaseName(use.product, use.release)
        return { on, messageId, reference, kind: 'support', rung: due.rung, deadline: due.on, text }
      })
      return { channel: team.channel, rules: rulesOf(team), messages }
    }),
    ...members.map(({ on, team, contractId, reference, lastDay, facts }): OtherMessage => {
      const { text } = umbrellaEndMessage(facts)
      const messageId = `${on}/${team.channel}/umbrella:${contractId}`
      const deadline = lastDay ?? facts.was ?? on
      const rung = daysBetween(on, deadline)
      const messages = [
        { on, messageId, reference, kind: 'umbrella', rung, deadline, text } as const,
      ]
      return { channel: team.channel, rules: rulesOf(team), messages }
    }),
  ]
}

// Two simulations of the same days side by side: today's schedules and others that are tried.

/** A figure of today's schedules, and the same of those that are tried. */
interface Compared<T> {
  readonly today: T
  readonly tried: T
}

export interface ScheduleComparison {
  readonly messages: Compared<number>
  readonly warnings: Compared<number>
  /** By the Monday with which each week begins; weeks without a message in either are left out. */
  readonly weeks: readonly ({ readonly week: CivilDate } & Compared<number>)[]
  /** Messages of one channel on one working day; days without any count as 0. */
  readonly perChannelDay: Compared<{ readonly max: number; readonly p95: number }>
  /** How many days before each deadline its first warning came; negative after it, null for none. */
  readonly leadDays: readonly ({
    readonly reference: string
    readonly kind: SimulatedMessage['kind']
    readonly deadline: CivilDate
  } & Compared<number | null>)[]
}

export function compareSchedules({ today, tried }: Compared<Simulation>): ScheduleComparison {
  const both = <T>(of: (simulation: Simulation) => T): Compared<T> => ({
    today: of(today),
    tried: of(tried),
  })
  return {
    messages: both(({ weeks }) => weeks.reduce((all, { messages }) => all + messages, 0)),
    warnings: both(({ warnings }) => warnings),
    weeks: sideBySide(both(messagesByWeek)).map(([week, of]) => ({
      week: week as CivilDate,
      today: of.today ?? 0,
      tried: of.tried ?? 0,
    })),
    perChannelDay: both(({ perChannelDay: { max, p95 } }) => ({ max, p95 })),
    leadDays: sideBySide(both(({ messages }) => firstLeads(messages))).map(([key, of]) => {
      const lead = of.today ?? of.tried
      if (lead === null) throw new Error(`No simulation warns of ${key}.`)
      const { reference, kind, deadline } = lead
      return {
        ...{ reference, kind, deadline },
        today: of.today?.days ?? null,
        tried: of.tried?.days ?? null,
      }
    }),
  }
}

function messagesByWeek({ weeks }: Simulation): Map<string, number> {
  const some = weeks.filter(({ messages }) => messages > 0)
  return new Map(some.map(({ week, messages }) => [week, messages]))
}

interface Lead {
  readonly reference: string
  readonly kind: SimulatedMessage['kind']
  readonly deadline: CivilDate
  readonly days: number
}

function firstLeads(messages: readonly SimulatedMessage[]): Map<string, Lead> {
  const leads = new Map<string, Lead>()
  for (const { reference, kind, deadline, on } of messages) {
    const key = `${deadline} ${reference} ${kind}`
    const days = daysBetween(on, deadline)
    const known = leads.get(key)
    if (known === undefined || known.days < days) {
      leads.set(key, { reference, kind, deadline, days })
    }
  }
  return leads
}

/** What either has, in the order of its keys. */
function sideBySide<T>({
  today,
  tried,
}: Compared<ReadonlyMap<string, T>>): [string, Compared<T | null>][] {
  const keys = [...new Set([...today.keys(), ...tried.keys()])].sort((a, b) => (a < b ? -1 : 1))
  return keys.map((key) => [key, { today: today.get(key) ?? null, tried: tried.get(key) ?? null }])
}
