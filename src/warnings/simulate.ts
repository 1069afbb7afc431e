/** What would have been sent over a span of days, if nobody had done anything. Nothing is written. */
import { Big } from 'big.js'
import type { Pool, PoolClient } from 'pg'
import { CONTRACT_COLUMNS, type ContractRow, completeContracts } from '../database/contracts.ts'
import { type RulesByTeam, readTeams, type Team } from '../database/organisation.ts'
import { PRICE_COLUMNS, type PriceRow, pricedOf } from '../database/prices.ts'
import { type Parties, readParties } from '../reports/cliffs.ts'
import {
  addDays,
  type CivilDate,
  dateOfDayNumber,
  dayNumber,
  daysBetween,
  weekday,
} from '../rules/civil-date.ts'
import type { DeadlineKind, Period } from '../rules/contract.ts'
import type { Deadline } from '../rules/deadlines.ts'
import { emergencyRatios, exposure } from '../rules/exposure.ts'
import { canonical, type Decimal } from '../rules/money.ts'
import { baseline, type PricedContract, premium } from '../rules/premium.ts'
import { type ReplayFacts, replay } from '../rules/replay.ts'
import type { Rules } from '../rules/settings.ts'
import { type Calendar, isWorkingDay } from '../rules/working-days.ts'
import type { ContractFacts, DeadlineFacts } from '../text/facts.ts'
import { warningText } from '../text/warning.ts'
import { endingOn, inMessages, type Sharing } from './grouping.ts'

export interface SimulatedMessage {
  readonly on: CivilDate
  /** Alerts that share one message share its id. */
  readonly messageId: string
  readonly reference: string
  readonly kind: DeadlineKind
  readonly rung: number
  readonly deadline: CivilDate
  readonly text: string
}

export interface SimulationOptions {
  readonly organisationId: number
  readonly from: CivilDate
  readonly to: CivilDate
  readonly rulesOf: RulesByTeam
  /** Only the contracts of this source. */
  readonly sourceId: number | null
  /** Whether a first import holds the schedules, as in the real register; a file is replayed without. */
  readonly held: boolean
}

/** So many warnings are listed with their text unless another number is asked for. */
export const LISTED = 10_000

export interface Simulation extends SimulationFigures {
  /** The first of them, by date. */
  readonly messages: readonly SimulatedMessage[]
  readonly warnings: number
  /** How many warnings the list leaves out; the figures count all. */
  readonly leftOut: number
}

/** Every warning of the span. */
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
  listed = LISTED,
): Promise<Simulation> {
  const { from, to } = options
  const tally = simulationTally(from, to)
  const replayed: Replayed[] = []
  for await (const each of readReplayed(client, options)) {
    const first = tally.count(each)
    if (first !== null) replayed.push({ ...each, first })
  }
  const last = tally.dayOfWarning(listed) ?? to
  const told = replayed
    .filter(({ first }) => first <= last)
    .flatMap((each) => worded(each, from, last))
  const messages = inOrder(told, tally).slice(0, listed)
  return {
    messages,
    warnings: tally.warnings(),
    leftOut: tally.warnings() - messages.length,
    ...tally.figures(),
  }
}

interface NamedRow {
  readonly title: string | null
  readonly supplier: string | null
  readonly owner: string | null
  readonly slackUser: string | null
  readonly buyer: string | null
  readonly currentLatest: CivilDate | null
}
type Row = ContractRow & NamedRow & PriceRow

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
    const rows = await client.query<Row>(
      `SELECT ${CONTRACT_COLUMNS}, ${PRICE_COLUMNS}, c.title, c.supplier, p.display_name AS owner,
              p.slack_user AS "slackUser",
              (SELECT b.name FROM contract_buyer cb JOIN buyer b ON b.id = cb.buyer_id
               WHERE cb.contract_id = c.id ORDER BY cb.position LIMIT 1) AS buyer,
              c.current_latest AS "currentLatest"
       FROM contract c LEFT JOIN person p ON p.id = c.owner_id
       WHERE c.organisation_id = $1 AND ($2::int IS NULL OR c.source_id = $2) AND NOT c.historic
         AND c.closed_on IS NULL AND coalesce(c.current_latest, c.review_on) IS NOT NULL AND c.id > $3
       ORDER BY c.id LIMIT 2000`,
      [organisationId, sourceId, after],
    )
    if (rows.rows.length === 0) return
    const parties = await readParties(
      client,
      rows.rows.map(({ id }) => id),
    )
    for (const { row: read, contract, alerts } of await completeContracts(client, rows.rows)) {
      const row = read as Row
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
    after = rows.rows.at(-1)?.id ?? after
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
    const raised = [...day.raise].sort((a, b) => (a.deadline.on < b.deadline.on ? -1 : 1))
    const text = warningText({
      asOf: day.on,
      contract: contractFacts(row, team, day.deadlines),
      deadlines: day.deadlines
        .filter((each) => each.settled === null)
        .map((each) =>
          deadlineFacts(
            each,
            day.on,
            raised.find((raise) => raise.deadline === each),
          ),
        ),
      cameBack: false,
      possibleRepeat: false,
    })
    for (const { deadline, rung } of raised) {
      told.push({
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

function contractFacts(
  row: ContractRow & NamedRow,
  team: Team,
  deadlines: readonly Deadline[],
): ContractFacts {
  const end = deadlines.find((each) => each.kind === 'end' || each.kind === 'emergency-end')
  return {
    reference: row.reference,
    title: row.title,
    supplier: row.supplier,
    buyer: row.buyer,
    team: team.name,
    owner: row.owner === null ? null : { name: row.owner, slackUser: row.slackUser },
    value: row.value as Decimal | null,
    currency: row.currency,
    awardedEnd: row.endLatest,
    currentEnd: end?.latest ?? row.currentLatest,
    endPrecision: end?.kind === 'end' ? row.endPrecision : 'day',
    personalData: row.personalData,
  }
}

function deadlineFacts(
  deadline: Deadline,
  on: CivilDate,
  raise: { readonly skipped: DeadlineFacts['skipped'] } | undefined,
): DeadlineFacts {
  return {
    kind: deadline.kind,
    on: deadline.on,
    daysLeft: daysBetween(on, deadline.on),
    reason: deadline.reason,
    speaks: raise !== undefined,
    skipped: raise?.skipped ?? null,
    askedAgain: false,
  }
}

/** By day and channel as the sweep would post them: one message a contract, or one for many. */
function inOrder(told: readonly Told[], tally: SimulationTally): SimulatedMessage[] {
  return told
    .map(({ channel, contractId, ...message }) => {
      const messageId = tally.messageOf(channel, message.on, contractId)
      return { ...message, messageId }
    })
    .sort((a, b) => compare(a.on, b.on) || compare(a.reference, b.reference) || b.rung - a.rung)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

// Two simulations of the same days side by side: today's schedules and others that are tried. Pure.

/** A figure of today's schedules, and the same of those that are tried. */
export interface Compared<T> {
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
    readonly kind: DeadlineKind
    readonly deadline: CivilDate
  } & Compared<number | null>)[]
}

type BothSimulations = Compared<readonly SimulatedMessage[]>

export function compareSchedules(
  { today, tried }: BothSimulations,
  span: { readonly from: CivilDate; readonly to: CivilDate; readonly calendar: Calendar },
): ScheduleComparison {
  const both = <T>(of: (messages: readonly SimulatedMessage[]) => T): Compared<T> => ({
    today: of(today),
    tried: of(tried),
  })
  return {
    messages: both((messages) => idsOf(messages).size),
    warnings: both((messages) => messages.length),
    weeks: sideBySide(both(messagesByWeek)).map(([week, of]) => ({
      week: week as CivilDate,
      today: of.today ?? 0,
      tried: of.tried ?? 0,
    })),
    perChannelDay: both((messages) => messagesPerChannelDay(messages, span)),
    leadDays: sideBySide(both(firstLeads)).map(([key, of]) => {
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

/** A message by its id, with the day and the channel that it begins with. */
function idsOf(messages: readonly SimulatedMessage[]): Map<string, SimulatedMessage> {
  return new Map(messages.map((message) => [message.messageId, message]))
}

function messagesByWeek(messages: readonly SimulatedMessage[]): Map<string, number> {
  const weeks = new Map<string, number>()
  for (const { on } of idsOf(messages).values()) {
    const monday = addDays(on, 1 - weekday(on))
    weeks.set(monday, (weeks.get(monday) ?? 0) + 1)
  }
  return weeks
}

function messagesPerChannelDay(
  messages: readonly SimulatedMessage[],
  { from, to, calendar }: { from: CivilDate; to: CivilDate; calendar: Calendar },
): { readonly max: number; readonly p95: number } {
  const places = new Map<string, number>()
  const channels = new Set<string>()
  for (const id of idsOf(messages).keys()) {
    const [on = '', channel = ''] = id.split('/')
    channels.add(channel)
    places.set(`${on}/${channel}`, (places.get(`${on}/${channel}`) ?? 0) + 1)
  }
  const counts: number[] = []
  for (let day = from; day <= to; day = addDays(day, 1)) {
    if (!isWorkingDay(day, calendar)) continue
    for (const channel of channels) counts.push(places.get(`${day}/${channel}`) ?? 0)
  }
  counts.sort((a, b) => a - b)
  return { max: counts.at(-1) ?? 0, p95: counts[Math.ceil(counts.length * 0.95) - 1] ?? 0 }
}

interface Lead {
  readonly reference: string
  readonly kind: DeadlineKind
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

// What a simulated span comes to: messages by week and by channel and day, days of notice, what could be avoided.

/** A contract as it is gone through. */
interface Simulated {
  readonly reference: string
  readonly channel: string
  readonly facts: ReplayFacts
  readonly rules: Rules
  readonly contractId: number
  /** More contracts than this share one message in its channel. */
  readonly groupAbove: number
  /** Ends this near to one another are one cliff. */
  readonly cliffDays: number
  readonly parties: Parties | undefined
  readonly priced: PricedContract & { readonly minimumExtension: Period | null }
}

interface SimulationFigures {
  /** Of each week of the span, by its Monday. */
  readonly weeks: readonly { readonly week: CivilDate; readonly messages: number }[]
  /** How long before each lapse the first warning came; negative where it came after. */
  readonly leadDays: readonly { readonly reference: string; readonly days: number }[]
  /** Messages in one channel on one working day, days without any included. */
  readonly perChannelDay: { readonly max: number; readonly p95: number; readonly mean: number }
  /**
   * Potential cost avoidance (estimate), had somebody acted at the first warning: the premium of
   * each emergency extension that the register tells of, else the estimated extra of one.
   */
  readonly avoidance: readonly {
    readonly currency: string
    readonly amount: Decimal
    readonly priced: number
    readonly of: number
  }[]
}

interface SimulationTally {
  /** Counts a contract; the first day on which it is told of, or null. */
  count(of: Simulated): CivilDate | null
  warnings(): number
  /** The day on which so many warnings have been told; null where there are fewer. */
  dayOfWarning(count: number): CivilDate | null
  /** The message in which that channel is told of a contract on that day. */
  messageOf(channel: string, day: CivilDate, contractId: number): string
  figures(): SimulationFigures
}

function simulationTally(from: CivilDate, to: CivilDate): SimulationTally {
  const begin = dayNumber(from)
  const days = daysBetween(from, to) + 1
  const warnings = new Uint32Array(days)
  const channels = new Map<string, Channel>()
  const leadDays: { reference: string; days: number }[] = []
  const avoided = new Map<string, { amount: Big; priced: number; of: number }>()
  const channelOf = ({ channel, rules }: Simulated): Channel => {
    const known = channels.get(channel)
    if (known) return known
    const contracts = new Uint32Array(days)
    const limits = new Uint8Array(days).fill(255)
    const made = { rules, contracts, limits, few: new Map() }
    channels.set(channel, made)
    return made
  }
  return {
    count(of) {
      const { contracts, limits, few } = channelOf(of)
      let first: CivilDate | null = null
      let lapse: CivilDate | null = null
      for (const day of replay(of.facts, from, to, of.rules)) {
        if (day.raise.length === 0) continue
        const at = dayNumber(day.on) - begin
        contracts[at] = (contracts[at] ?? 0) + 1
        limits[at] = Math.min(limits[at] ?? 255, of.groupAbove)
        // Of a day of many it is enough to know how many.
        if ((contracts[at] ?? 0) > (limits[at] ?? 0)) few.delete(at)
        else few.set(at, [...(few.get(at) ?? []), tellingOf(of, day.on, day.deadlines)])
        warnings[at] = (warnings[at] ?? 0) + day.raise.length
        if (first === null) {
          first = day.on
          lapse = lapseOf(of.facts, day.deadlines, from, to)
        }
      }
      if (first === null || lapse === null) return first
      const notice = daysBetween(first, lapse)
      leadDays.push({ reference: of.reference, days: notice })
      if (notice > 0) addAvoided(avoided, of, lapse)
      return first
    },
    warnings: () => warnings.reduce((all, each) => all + each, 0),
    dayOfWarning(count) {
      let sum = 0
      const at = warnings.findIndex((each) => {
        sum += each
        return sum >= count
      })
      return at === -1 ? null : dateOfDayNumber(begin + at)
    },
    messageOf(channel, day, contractId) {
      const key = `${day}/${channel}`
      const few = channels.get(channel)?.few.get(dayNumber(day) - begin)
      if (few === undefined) return key
      const shared = inMessages(few).find(({ contracts }) =>
        contracts.some((each) => each.contractId === contractId),
      )
      return `${key}/${shared?.contracts[0]?.contractId ?? contractId}`
    },
    figures: () => ({
      weeks: weeksOf(from, to, [...channels.values()]),
      leadDays,
      perChannelDay: perChannelDay(from, [...channels.values()]),
      avoidance: [...avoided]
        .map(([currency, { amount, priced, of }]) => ({
          currency,
          amount: canonical(amount.round(2, Big.roundHalfUp)),
          priced,
          of,
        }))
        .sort((a, b) => (a.currency < b.currency ? -1 : 1)),
    }),
  }
}

/** The end that is in sight when it is first told of, where nothing settles it and it falls in the span. */
function lapseOf(
  { contract }: ReplayFacts,
  deadlines: readonly Deadline[],
  from: CivilDate,
  to: CivilDate,
): CivilDate | null {
  if (contract.automaticRenewal === true) return null
  const end = deadlines.find(({ kind }) => kind === 'end' || kind === 'emergency-end')
  if (end === undefined || end.settled !== null) return null
  return end.latest >= from && end.latest <= to ? end.latest : null
}

/** What acting in time could have avoided of one lapse. */
function addAvoided(
  avoided: Map<string, { amount: Big; priced: number; of: number }>,
  { facts, priced, rules }: Simulated,
  lapse: CivilDate,
): void {
  const base = baseline(priced)
  const emergencies = facts.contract.extensions.filter(
    ({ kind, status, from }) => kind === 'emergency' && status === 'confirmed' && from > lapse,
  )
  const amounts =
    emergencies.length > 0
      ? emergencies.map((each) => premium(each, base).premium)
      : [
          exposure(
            priced,
            lapse,
            {
              own: emergencyRatios(facts.contract.extensions, base),
              supplier: [],
              organisation: [],
              fallback: rules.minimumExtensionRatio,
            },
            base,
          ).extra,
        ]
  const sum = avoided.get(priced.currency) ?? { amount: new Big(0), priced: 0, of: 0 }
  avoided.set(priced.currency, sum)
  for (const amount of amounts) {
    sum.of += 1
    if (amount === null) continue
    sum.priced += 1
    // A cheaper extension than usual was no cost that anybody could have avoided.
    if (new Big(amount).gt(0)) sum.amount = sum.amount.plus(amount)
  }
}

interface Channel {
  readonly rules: Rules
  /** Of each day: contracts that are told of, and the smallest number above which they are grouped. */
  readonly contracts: Uint32Array
  readonly limits: Uint8Array
  /** The contracts themselves, of the days on which they are not too many for messages of their own. */
  readonly few: Map<number, readonly Telling[]>
}

interface Telling extends Sharing {
  readonly contractId: number
}

function tellingOf(of: Simulated, day: CivilDate, deadlines: readonly Deadline[]): Telling {
  const { contractId, groupAbove, cliffDays, parties } = of
  const ending = endingOn(day, contractId, deadlines, parties)
  return { contractId, groupAbove, cliffDays, ending }
}

/** As the sweep posts them: a message for each contract, for each cliff, or one for many. */
function messagesOn({ contracts, few }: Channel, at: number): number {
  const count = contracts[at] ?? 0
  if (count < 2) return count
  const told = few.get(at)
  return told === undefined ? 1 : inMessages(told).length
}

function weeksOf(
  from: CivilDate,
  to: CivilDate,
  channels: readonly Channel[],
): SimulationFigures['weeks'] {
  const monday = addDays(from, 1 - weekday(from))
  const shift = daysBetween(monday, from)
  const counts = new Uint32Array(Math.floor(daysBetween(monday, to) / 7) + 1)
  for (const channel of channels) {
    for (const [at, count] of channel.contracts.entries()) {
      if (count === 0) continue
      const week = Math.floor((at + shift) / 7)
      counts[week] = (counts[week] ?? 0) + messagesOn(channel, at)
    }
  }
  return [...counts].map((messages, week) => ({ week: addDays(monday, week * 7), messages }))
}

function perChannelDay(
  from: CivilDate,
  channels: readonly Channel[],
): SimulationFigures['perChannelDay'] {
  const counts: number[] = []
  for (const channel of channels) {
    const { calendar } = channel.rules
    for (const [at, count] of channel.contracts.entries()) {
      if (count > 0 || isWorkingDay(addDays(from, at), calendar)) {
        counts.push(messagesOn(channel, at))
      }
    }
  }
  counts.sort((a, b) => a - b)
  const all = counts.reduce((sum, each) => sum + each, 0)
  return {
    max: counts.at(-1) ?? 0,
    p95: counts[Math.max(0, Math.ceil(counts.length * 0.95) - 1)] ?? 0,
    mean: counts.length === 0 ? 0 : Math.round((all / counts.length) * 100) / 100,
  }
}
