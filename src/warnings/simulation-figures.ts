/** What a simulated span comes to: messages by week and by channel and day, days of notice, what could be avoided. Pure. */
import { Big } from 'big.js'
import type { Parties } from '../reports/cliffs.ts'
import {
  addDays,
  type CivilDate,
  dateOfDayNumber,
  dayNumber,
  daysBetween,
  weekday,
} from '../rules/civil-date.ts'
import { isEnd, type Period } from '../rules/contract.ts'
import type { Deadline } from '../rules/deadlines.ts'
import { emergencyRatios, exposure } from '../rules/exposure.ts'
import { canonical, type Decimal } from '../rules/money.ts'
import { baseline, type PricedContract, premium } from '../rules/premium.ts'
import { isForThreadAlone } from '../rules/reminder-plan.ts'
import { type ReplayFacts, replay } from '../rules/replay.ts'
import type { Rules } from '../rules/settings.ts'
import { isWorkingDay } from '../rules/working-days.ts'
import { endingOn, inMessages, type Sharing } from './compose.ts'

export interface Simulated {
  readonly reference: string
  readonly channel: string
  readonly facts: ReplayFacts
  readonly rules: Rules
  readonly contractId: number
  /** More contracts than this share one message in its channel. */
  readonly groupAbove: number
  readonly cliffDays: number
  readonly parties: Parties | undefined
  readonly priced: PricedContract & { readonly minimumExtension: Period | null }
}

export interface SimulationFigures {
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

export interface SimulationTally {
  /** Counts a contract; the first day on which it is told of, or null. */
  count(of: Simulated): CivilDate | null
  /** Counts a message of its own that is about no one contract, with so many warnings. */
  countMessage(
    of: { readonly channel: string; readonly rules: Rules },
    on: CivilDate,
    carried: number,
  ): void
  warnings(): number
  /** The day on which so many warnings have been told; null where there are fewer. */
  dayOfWarning(count: number): CivilDate | null
  /** The message in which that channel, or the thread of a contract alone, is told of it on that day. */
  messageOf(channel: string, day: CivilDate, contractId: number, inThread: boolean): string
  figures(): SimulationFigures
}

export function simulationTally(from: CivilDate, to: CivilDate): SimulationTally {
  const begin = dayNumber(from)
  const days = daysBetween(from, to) + 1
  const warnings = new Uint32Array(days)
  const channels = new Map<string, Channel>()
  const leadDays: { reference: string; days: number }[] = []
  const avoided = new Map<string, { amount: Big; priced: number; of: number }>()
  const channelOf = ({ channel, rules }: Pick<Simulated, 'channel' | 'rules'>): Channel => {
    const known = channels.get(channel)
    if (known) return known
    const contracts = new Uint32Array(days)
    const limits = new Uint8Array(days).fill(255)
    const made = { rules, contracts, limits, others: new Uint32Array(days), few: new Map() }
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
        warnings[at] = (warnings[at] ?? 0) + day.raise.length
        if (!isForThreadAlone(day, day.on)) {
          contracts[at] = (contracts[at] ?? 0) + 1
          limits[at] = Math.min(limits[at] ?? 255, of.groupAbove)
          // Of a day of many it is enough to know how many.
          if ((contracts[at] ?? 0) > (limits[at] ?? 0)) few.delete(at)
          else few.set(at, [...(few.get(at) ?? []), tellingOf(of, day.on, day.deadlines)])
        }
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
    countMessage(of, on, carried) {
      const { others } = channelOf(of)
      const at = dayNumber(on) - begin
      others[at] = (others[at] ?? 0) + 1
      warnings[at] = (warnings[at] ?? 0) + carried
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
    messageOf(channel, day, contractId, inThread) {
      const key = `${day}/${channel}`
      if (inThread) return `${key}/${contractId}/thread`
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
  const end = deadlines.find(({ kind }) => isEnd(kind))
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
  /** Messages about products and about members of umbrellas. */
  readonly others: Uint32Array
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

/** As the sweep posts them: a message for each contract, for each cliff, or one for many; and the others. */
function messagesOn({ contracts, others, few }: Channel, at: number): number {
  const count = contracts[at] ?? 0
  const more = others[at] ?? 0
  if (count < 2) return count + more
  const told = few.get(at)
  return more + (told === undefined ? 1 : inMessages(told).length)
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
      if (count === 0 && channel.others[at] === 0) continue
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
      if (count > 0 || (channel.others[at] ?? 0) > 0 || isWorkingDay(addDays(from, at), calendar)) {
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
