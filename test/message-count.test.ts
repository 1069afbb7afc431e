/** How many messages a channel gets on a working day: the table of docs/message-count.md. */
import { readFileSync } from 'node:fs'
import { acknowledge, answerSupply } from '../src/actions/acknowledge.ts'
import type { Draft } from '../src/register/draft.ts'
import { addDays, type CivilDate, daysBetween, later } from '../src/rules/civil-date.ts'
import { asDecimal } from '../src/rules/money.ts'
import { isForThreadAlone } from '../src/rules/reminder-plan.ts'
import { replay } from '../src/rules/replay.ts'
import { isWorkingDay, workingDayOnOrAfter } from '../src/rules/working-days.ts'
import { inMessages } from '../src/warnings/compose.ts'
import { contract, day, ENGLAND, endBetween, endOn, RULES } from './support/contract-facts.ts'
import { draft, emptySetup, extended, useSetup } from './support/setup.ts'

const FROM = day('2026-01-01')
const TO = day('2026-12-31')
const VALUES = ['5000', '20000', '60000', '150000', '400000']

/**
 * Contracts of three years' endings, spread evenly, each replaced on the day after its end; a fifth of
 * each of five values, a third with three months' notice. Watched for a year before it counts.
 */
function contractsADay(endingsAYear: number): number[] {
  const contracts = new Map<CivilDate, number>()
  for (let index = 0; index < endingsAYear * 3; index += 1) {
    const end = addDays(day('2025-06-01'), Math.round((index * 365) / endingsAYear))
    const successor = addDays(end, 1)
    const facts = {
      contract: contract({
        start: addDays(end, -1094),
        awardedEnd: { kind: 'dated', earliest: end, latest: end, precision: 'day' },
        value: asDecimal(VALUES[index % VALUES.length] ?? '0'),
        route: null,
        noticePeriod: index % 3 === 0 ? { amount: 3, unit: 'months' } : null,
        successorStart: successor,
      }),
      alerts: [],
      laddersFrom: null,
      watched: true,
      successorKnownOn: successor,
    }
    for (const day of replay(facts, addDays(FROM, -366), TO, RULES)) {
      if (day.on < FROM || isForThreadAlone(day, day.on)) continue
      contracts.set(day.on, (contracts.get(day.on) ?? 0) + 1)
    }
  }
  return workingDays(FROM, TO).map((date) => contracts.get(date) ?? 0)
}

/** As the sweep groups: all of a channel's contracts of a day in one message where they are many. */
function messagesOf(contracts: readonly number[], groupAbove: number): number[] {
  return contracts
    .map(
      (each) =>
        inMessages(
          Array.from({ length: each }, () => ({ groupAbove, cliffDays: 14, ending: null })),
        ).length,
    )
    .sort((a, b) => a - b)
}

function row(endingsAYear: number): string {
  const contracts = contractsADay(endingsAYear)
  return `| ${[endingsAYear, ...cells(contracts, RULES.groupAbove), ...cells(contracts, 5)].join(' | ')} |`
}

function cells(contracts: readonly number[], groupAbove: number): string[] {
  const days = messagesOf(contracts, groupAbove)
  const p95 = days[Math.ceil(days.length * 0.95) - 1] ?? 0
  const mean = days.reduce((sum, each) => sum + each, 0) / days.length
  const many = days.filter((each) => each > 3).length
  return [`${days.at(-1)}`, `${p95}`, mean.toFixed(2), `${many}`]
}

test('with 500 endings a year a channel gets one message on a working day', () => {
  const days = messagesOf(contractsADay(500), RULES.groupAbove)
  expect(days.length).toBe(253)
  expect([days[0], days.at(-1)]).toEqual([1, 1])
})

test('the table in docs/message-count.md says what comes out of the ladders', () => {
  const table = readFileSync(new URL('../docs/message-count.md', import.meta.url), 'utf8')
  const rows = [25, 50, 100, 200].map(row)
  for (const each of rows) expect(table).toContain(each)
})

// The same with the sweep itself, over a simulated year: what it queues for the channel, replies that
// only their thread shows left out.

const setup = useSetup({ emptied: 'before' })

interface Shown {
  readonly on: CivilDate
  readonly purpose: string
  readonly inThread: boolean
}

/** What the channel or a thread of it gets, the lists of a first import left out. */
async function told(): Promise<Shown[]> {
  return await setup.rows<Shown>(
    `SELECT as_of AS "on", purpose,
            coalesce(facts -> 'thread_of' <> 'null' AND facts -> 'broadcast' <> 'true', false) AS "inThread"
       FROM delivery WHERE destination = '#contracts' AND purpose NOT IN ('update', 'triage')
      ORDER BY id`,
  )
}

function workingDays(from: CivilDate, to: CivilDate): CivilDate[] {
  const days: CivilDate[] = []
  for (let date = from; date <= to; date = addDays(date, 1)) {
    if (isWorkingDay(date, ENGLAND)) days.push(date)
  }
  return days
}

describe('a year of sweeps', () => {
  // Where a message a day is the most there can be, a quarter of it says as much as all of it.
  test.each([
    [100, 3, TO],
    [500, 1, day('2026-03-31')],
  ])(
    'with %i endings a channel gets %i messages at most on 95 of 100 working days',
    async (endings, most, to) => {
      // Those that end later have no reminder yet: a tender begins some 320 days before an end.
      const days = daysBetween(FROM, to) + 365
      const drafts = Array.from(
        { length: Math.ceil((endings * days) / 365) },
        (_, index): Draft => {
          const end = addDays(FROM, Math.round((index * 365) / endings))
          return draft(`Y-${index}`, {
            start: addDays(end, -1094),
            end: endOn(end),
            supplier: `Supplier ${index}`,
            value: asDecimal(VALUES[index % VALUES.length] ?? '0'),
            noticePeriod: index % 3 === 0 ? { amount: 3, unit: 'months' } : null,
            automaticRenewal: false,
          })
        },
      )
      await setup.import(drafts, FROM)
      for (const on of workingDays(FROM, to)) {
        await setup.sweep(on)
        // Of five that end one lapses for good; the others are replaced within a week of their end.
        const ended = await setup.rows<{ id: number }>(
          `SELECT id FROM contract WHERE closed_on IS NULL AND current_latest < $1::date - 5 AND id % 5 <> 0`,
          [on],
        )
        for (const { id } of ended) {
          await answerSupply(setup.db.pool, setup.actor(on), id, false)
        }
      }
      const messages = await told()
      const counts = workingDays(FROM, to)
        .map((on) => messages.filter((each) => each.on === on && !each.inThread).length)
        .sort((a, b) => a - b)
      expect(counts[Math.ceil(counts.length * 0.95) - 1]).toBeLessThanOrEqual(most)
      // It is a time in which much is told, and the threads go on.
      expect(messages.length).toBeGreaterThan(counts.length / 2)
      expect(messages.some(({ inThread }) => inThread)).toBe(true)
    },
    240_000,
  )

  const lapsing: [string, Partial<Draft>][] = [
    ['an end', { end: endOn('2026-03-11') }],
    ['an end on a Friday before a holiday', { end: endOn('2026-04-02') }],
    ['an end known to the month', { end: endBetween('2026-03-01', '2026-03-31', 'month') }],
    [
      'an emergency extension',
      { end: endOn('2026-01-31'), extensions: [extended('2026-03-11', { kind: 'emergency' })] },
    ],
  ]
  test.each(lapsing)(
    'after %s the channel hears five times in 31 days, then three times at most, and the thread every week',
    async (_, facts) => {
      await overdue(facts)
      await emptySetup(setup)
      await overdue(facts, { acknowledged: true })
    },
    240_000,
  )

  /** `acknowledged`: somebody says that they are on it, each time they are asked, and does nothing. */
  async function overdue(facts: Partial<Draft>, { acknowledged = false } = {}): Promise<void> {
    await setup.import([draft('LAPSED', { value: asDecimal('20000'), ...facts })], '2025-12-01')
    await setup.rows('UPDATE team SET ladders_from = NULL')
    const id = await setup.contractId('LAPSED')
    const [row] = await setup.rows<{ end: CivilDate }>(
      'SELECT current_latest AS "end" FROM contract',
    )
    const end = row?.end ?? FROM
    // Between the days that are noted there is nothing to sweep.
    const next = async () => {
      const { on } = await setup.row<{ on: CivilDate | null }>('LAPSED', 'c.next_rung_on AS on')
      return on
    }
    let today = day('2025-12-01')
    for (let on = await next(); on !== null && on <= addDays(end, 190); on = await next()) {
      today = workingDayOnOrAfter(later(on, today), ENGLAND)
      const { queued } = await setup.sweep(today)
      if (acknowledged && queued > 0 && today >= end) {
        await acknowledge(setup.db.pool, setup.actor(today), id)
      }
      today = addDays(today, 1)
    }
    const messages = (await told()).filter(({ on }) => on >= end)
    const posts = messages.filter(({ inThread }) => !inThread).map(({ on }) => daysBetween(end, on))
    const within = (from: number) => posts.filter((at) => at >= from && at < from + 31).length
    expect(within(0)).toBeLessThanOrEqual(5)
    for (let from = 31; from < 150; from += 1) {
      expect(within(from), `${from}: ${posts}`).toBeLessThanOrEqual(3)
      expect(within(from), `${from}: ${posts}`).toBeGreaterThanOrEqual(acknowledged ? 1 : 2)
    }
    const days = messages.map(({ on }) => daysBetween(end, on))
    for (let from = 0; from < 170; from += 1) {
      const heard = days.filter((at) => at >= from && at < from + 12).length
      expect(heard, `nothing from ${from} on: ${days}`).toBeGreaterThan(0)
    }
  }
})
