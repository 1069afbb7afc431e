/** How many messages a channel gets on a working day: the table of docs/message-count.md. */
import { readFileSync } from 'node:fs'
import { acknowledge, answerSupply } from '../src/actions/acknowledge.ts'
import { changeRules, setting, WHOLE_ORGANISATION } from '../src/actions/settings.ts'
import type { Draft } from '../src/register/draft.ts'
import { addDays, type CivilDate, daysBetween, later } from '../src/rules/civil-date.ts'
import { asDecimal } from '../src/rules/money.ts'
import { isForThreadAlone } from '../src/rules/reminder-plan.ts'
import { replay } from '../src/rules/replay.ts'
import { ruleKeyNamed } from '../src/rules/settings-text.ts'
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
  readonly inThread: boolean
}

/** What the channel or a thread of it gets, of one contract alone where its subject is given. */
async function told(subject: string | null = null): Promise<Shown[]> {
  return await setup.rows<Shown>(
    `SELECT as_of AS "on",
            coalesce(facts -> 'thread_of' <> 'null' AND facts -> 'broadcast' <> 'true', false) AS "inThread"
       FROM delivery WHERE destination = '#contracts' AND purpose NOT IN ('update', 'triage')
        AND ($1::text IS NULL OR subject = $1) ORDER BY id`,
    [subject],
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
  // A part of the year says as much as all of it: the table above is of whole ones.
  test.each([
    [100, 3, day('2026-02-27')],
    [500, 1, day('2026-02-06')],
  ])(
    'with %i endings a channel gets %i messages at most on 95 of 100 working days',
    async (endings, most, to) => {
      // Those that end later have no reminder yet: a tender begins some 320 days before an end.
      const days = daysBetween(FROM, to) + 365
      const drafts = Array.from(
        { length: Math.ceil((endings * days) / 365) },
        (_, index): Draft => {
          const end = addDays(FROM, Math.round((index * 365) / endings))
          // Half of the notices count to each anniversary, half of these to one that is not the end.
          const yearly = { noticeText: '3 months before each anniversary' }
          const isApart = index % 12 === 6
          return draft(`Y-${index}`, {
            start: addDays(end, isApart ? -1280 : -1094),
            end: endOn(end),
            supplier: `Supplier ${index}`,
            value: asDecimal(VALUES[index % VALUES.length] ?? '0'),
            noticePeriod: index % 3 === 0 ? { amount: 3, unit: 'months' } : null,
            automaticRenewal: isApart,
            ...(index % 6 === 0 ? yearly : {}),
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

  const month = endBetween('2026-03-01', '2026-03-31', 'month')
  const emergency = [extended('2026-03-11', { kind: 'emergency' })]
  const yearly: Partial<Draft> = {
    ...{ start: day('2022-06-01'), noticePeriod: { amount: 3, unit: 'months' } },
    noticeText: '3 months before each anniversary',
  }
  const lapsing: readonly (readonly [string, Partial<Draft>])[] = [
    ['an end', { end: endOn('2026-03-11') }],
    ['an end on a Friday before a holiday', { end: endOn('2026-04-02') }],
    ['an end known to the month', { end: month }],
    ['an emergency extension', { end: endOn('2026-01-31'), extensions: emergency }],
    ['an end with a notice before each anniversary', { ...yearly, end: endOn('2026-03-11') }],
  ]
  /** Of every second one somebody says that they are on it, each time they are asked, and does nothing. */
  const watched = lapsing.flatMap(([after, facts]) =>
    [false, true].map((acknowledged) => {
      const name = `${after}${acknowledged ? ', acknowledged' : ''}`
      return { name, facts, acknowledged, id: 0, end: FROM, heard: [] as Shown[] }
    }),
  )
  const begun = day('2026-02-16')

  describe('of contracts that lapse', () => {
    beforeAll(async () => {
      await emptySetup(setup)
      const { pool } = setup.db
      // A message each, however many they are.
      const step = setting(ruleKeyNamed('groupAbove'), '9')
      await changeRules(pool, setup.actor(begun), WHOLE_ORGANISATION, step)
      const value = asDecimal('20000')
      await setup.import(
        watched.map(({ name, facts }) => draft(name, { value, ...facts, supplier: name })),
        begun,
      )
      await setup.rows('UPDATE team SET ladders_from = NULL')
      for (const each of watched) {
        Object.assign(each, await setup.row(each.name, 'id, current_latest AS end'))
      }
      // Between the days that are noted there is nothing to sweep.
      const last = addDays(watched.map(({ end }) => end).reduce(later), 190)
      for (let today = begun; today <= last; today = addDays(today, 1)) {
        const [noted] = await setup.rows<{ on: CivilDate | null }>(
          'SELECT min(next_rung_on) AS on FROM contract',
        )
        today = workingDayOnOrAfter(later(noted?.on ?? last, today), ENGLAND)
        await setup.sweep(today)
        for (const { id, acknowledged, end } of watched) {
          if (!acknowledged || today < end) continue
          const asked = (await told(`contract:${id}`)).at(-1)
          if (asked?.on === today) await acknowledge(pool, setup.actor(today), id)
        }
      }
      for (const each of watched) {
        each.heard = (await told(`contract:${each.id}`)).filter(({ on }) => on >= each.end)
      }
    }, 240_000)

    test.each(watched.map((each) => [each.name, each] as const))(
      'after %s the channel hears five times in 31 days, then three times at most, and the thread every week',
      (_, { acknowledged, end, heard }) => {
        const days = heard.map(({ on }) => daysBetween(end, on))
        const posts = days.filter((_, at) => heard[at]?.inThread === false)
        const within = (from: number) => posts.filter((at) => at >= from && at < from + 31).length
        expect(within(0)).toBeLessThanOrEqual(5)
        for (let from = 31; from < 150; from += 1) {
          expect(within(from), `${from}: ${posts}`).toBeLessThanOrEqual(3)
          expect(within(from), `${from}: ${posts}`).toBeGreaterThanOrEqual(acknowledged ? 1 : 2)
        }
        for (let from = 0; from < 170; from += 1) {
          const near = days.filter((at) => at >= from && at < from + 12).length
          expect(near, `nothing from ${from} on: ${days}`).toBeGreaterThan(0)
        }
      },
    )
  })
})
