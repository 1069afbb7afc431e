/** Two simulations of the same days side by side: today's schedules and others that are tried. Pure. */
import { type CivilDate, daysBetween } from '../rules/civil-date.ts'
import type { SimulatedMessage, Simulation } from './simulate.ts'

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
