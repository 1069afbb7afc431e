/** Two simulations of the same days side by side: today's schedules and others that are tried. Pure. */
import { addDays, type CivilDate, daysBetween, weekday } from '../rules/civil-date.ts'
import { type Calendar, isWorkingDay } from '../rules/working-days.ts'
import type { SimulatedMessage } from './simulate.ts'

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
    readonly kind: SimulatedMessage['kind']
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
