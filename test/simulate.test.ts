/** A simulated span and what the real sweep would do over it; what the span comes to. */

import fc from 'fast-check'
import { inTransaction } from '../src/database/connect.ts'
import { readTeams } from '../src/database/organisation.ts'
import { recalculate } from '../src/database/recalculate.ts'
import { loadFacts } from '../src/delivery/load.ts'
import type { Claim } from '../src/delivery/outbox.ts'
import { addDays, type CivilDate, daysBetween, weekday } from '../src/rules/civil-date.ts'
import { asDecimal } from '../src/rules/money.ts'
import { warningText } from '../src/text/warning.ts'
import { simulate, simulation } from '../src/warnings/simulate.ts'
import { day, ENGLAND, endBetween, endOn } from './support/contract-facts.ts'
import { holdsInTime } from './support/holds.ts'
import { draft, emptySetup, extended, useSetup } from './support/setup.ts'

const setup = useSetup({ emptied: 'before' })

const FIRST = day('2026-01-05')
const YEAR = 364

const anyContract = fc.record({
  end: fc.integer({ min: -40, max: 500 }),
  age: fc.integer({ min: 30, max: 1500 }),
  renews: fc.constantFrom(null, false, true),
  notice: fc.option(fc.integer({ min: 1, max: 6 })),
  wall: fc.option(fc.integer({ min: 1, max: 400 })),
  value: fc.constantFrom(null, '5000', '20000', '900000'),
  review: fc.option(fc.integer({ min: -100, max: 500 })),
  endless: fc.constantFrom(null, null, null, 'undated', 'rolling'),
})

const drafted = (each: Drawn, index: number) => {
  const end = addDays(FIRST, each.end)
  return draft(`R-${index}`, {
    start: addDays(end, -each.age),
    end: each.endless === null ? endOn(end) : { kind: each.endless },
    reviewOn: each.review === null ? null : addDays(FIRST, each.review),
    automaticRenewal: each.renews,
    noticePeriod: each.notice === null ? null : { amount: each.notice, unit: 'months' },
    maximumEnd: each.wall === null || each.endless !== null ? null : addDays(end, each.wall),
    value: each.value === null ? null : asDecimal(each.value),
    valueBasis: 'committed',
  })
}
type Drawn = typeof anyContract extends fc.Arbitrary<infer T> ? T : never

const options = (from: CivilDate, to: CivilDate) => ({
  organisationId: setup.organisation.id,
  from,
  to,
  rulesOf: setup.rulesOf,
  sourceId: null,
  held: true,
})

test('over a random year simulate and the real sweep raise the same warnings on the same days', async () => {
  // One sweep looks at all: more contracts say more for the same days.
  await holdsInTime([fc.array(anyContract, { minLength: 14, maxLength: 20 })], 1, async (drawn) => {
    await emptySetup(setup)
    await setup.import(drawn.map(drafted), FIRST)
    const to = addDays(FIRST, YEAR)
    const simulated = await simulate(setup.db.pool, options(FIRST, to))
    for (let on = FIRST; on <= to; on = addDays(on, 1)) {
      if (weekday(on) <= 5 && !ENGLAND.isHoliday(on)) await setup.sweep(on)
    }
    const raised = await setup.rows<{ line: string }>(
      `SELECT concat_ws(' ', a.raised_on, c.reference, a.kind, a.deadline_on, a.rung) AS line
         FROM alert a JOIN contract c ON c.id = a.contract_id ORDER BY 1`,
    )
    const lines = simulated.map(({ on, reference, kind, deadline, rung }) =>
      [on, reference, kind, deadline, rung].join(' '),
    )
    const sorted = (all: readonly string[]) => [...all].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    expect(sorted(lines)).toEqual(sorted(raised.map(({ line }) => line)))
  })
}, 120_000)

test('what is simulated reads as it is sent, whatever is known of the end', async () => {
  const on = '2026-11-23'
  const month = endBetween('2026-12-01', '2026-12-31', 'month')
  const drafts = [
    draft('MONTH', { end: month }),
    draft('WINTER', { end: endBetween('2026-11-28', '2027-02-28', 'quarter') }),
    draft('HALF', { end: endBetween('2026-07-01', '2026-12-31', 'year') }),
    // Known to the day since, though only the month was awarded.
    draft('OPTION', {
      end: endBetween('2026-10-01', '2026-10-31', 'month'),
      extensions: [extended('2026-12-08', { from: day('2026-11-01') })],
    }),
    draft('DATA', {
      ...{ end: endOn('2026-10-31'), personalData: true, reviewOn: day('2026-09-01') },
      extensions: [extended('2026-12-01', { from: day('2026-11-01') })],
    }),
    draft('DISPUTED', { end: endOn('2026-12-15') }),
    draft('LAPSED', { end: endOn('2026-11-16') }),
  ]
  await setup.import(drafts, on)
  await setup.rows(
    `UPDATE contract SET disputed_end = '2026-12-01', current_earliest = '2026-12-01' WHERE reference = 'DISPUTED'`,
  )
  await setup.rows(
    `UPDATE contract SET out_of_contract_on = '2026-11-17' WHERE reference = 'LAPSED'`,
  )
  await recount(on)
  const simulated = await simulate(setup.db.pool, options(day(on), day(on)))
  await setup.sweep(on)
  const claims = await setup.rows<Claim>(
    `SELECT id, purpose, subject, sequence, as_of AS "asOf", facts FROM delivery`,
  )
  const loaded = [...(await loadFacts(setup.db.pool, claims)).values()]
  const sent = loaded
    .flatMap((each) => (each instanceof Error ? [] : each.warnings))
    .map(warningText)
  expect([...new Set(simulated.map(({ text }) => text))].sort()).toEqual(sent.sort())
  expect(sent).toHaveLength(drafts.length)
  const saying = (words: string) => sent.filter((text) => text.includes(words)).length
  expect(saying('in December 2026')).toBe(1)
  expect(saying('some day from Sat 28 Nov 2026 to Sun 28 Feb 2027')).toBe(1)
  expect(saying('in H2 2026')).toBe(1)
  expect(saying('on Tue 1 Dec 2026 by the register, on Tue 15 Dec 2026 by what people')).toBe(1)
  expect(saying('Data protection: the review is older than the extension')).toBe(1)
})

const recount = async (on: string) =>
  inTransaction(setup.db.pool, async (client) => {
    const ids = await setup.rows<{ id: number }>('SELECT id FROM contract')
    const { id: organisationId } = setup.organisation
    const teams = await readTeams(client, organisationId)
    const context = { organisationId, teams, rulesOf: setup.rulesOf, today: day(on) }
    await recalculate(
      client,
      context,
      ids.map(({ id }) => id),
    )
  })

test('the figures are those of the messages: by week, by channel and day, whatever is listed', async () => {
  const many = Array.from({ length: 40 }, (_, index) =>
    draft(`M-${index}`, { end: endOn(addDays(FIRST, 20 + (index % 9) * 15)) }),
  )
  await setup.import(many, FIRST)
  const to = addDays(FIRST, 400)
  const all = await simulation(setup.db.pool, options(FIRST, to))
  const ids = (of: typeof all.messages) => new Set(of.map(({ messageId }) => messageId))
  expect(all.leftOut).toBe(0)
  expect(all.warnings).toBe(all.messages.length)
  // What only a thread hears is a warning, and no message of its channel.
  const posts = all.messages.filter(({ inThread }) => inThread !== true)
  expect(posts.length).toBeLessThan(all.messages.length)
  expect(all.weeks.reduce((sum, { messages }) => sum + messages, 0)).toBe(ids(posts).size)
  for (const { week, messages } of all.weeks) {
    expect(weekday(week)).toBe(1)
    const within = posts.filter(({ on }) => on >= week && on < addDays(week, 7))
    expect(ids(within).size).toBe(messages)
  }
  const days = new Map<string, Set<string>>()
  for (const { on, messageId } of posts) {
    days.set(on, (days.get(on) ?? new Set<string>()).add(messageId))
  }
  const counts = [...days.values()].map((each) => each.size)
  expect(all.perChannelDay.max).toBe(Math.max(...counts))
  expect(all.perChannelDay.max).toBeLessThanOrEqual(3)
  expect(all.perChannelDay.p95).toBeLessThanOrEqual(all.perChannelDay.max)
  for (const { reference, days: notice } of all.leadDays) {
    const first = all.messages.find((each) => each.reference === reference)
    const end = many.find((each) => each.reference === reference)?.end
    if (first === undefined || end?.kind !== 'dated') throw new Error('nothing was told of it')
    expect(notice).toBe(daysBetween(first.on, end.latest))
  }
  expect(all.leadDays).toHaveLength(40)
  // £20,000 over three years and a day is £555.56 a month; a quarter of it for each of the 40.
  expect(all.avoidance).toMatchObject([{ currency: 'GBP', priced: 40, of: 40 }])
  const few = await simulation(setup.db.pool, options(FIRST, to), 7)
  expect(few.messages).toEqual(all.messages.slice(0, 7))
  expect(few).toMatchObject({
    leftOut: all.warnings - 7,
    weeks: all.weeks,
    perChannelDay: all.perChannelDay,
    leadDays: all.leadDays,
    avoidance: all.avoidance,
  })
})

test('an emergency extension that the register tells of is avoided at its premium', async () => {
  const from = day('2026-04-01')
  const emergency = {
    kind: 'emergency',
    status: 'confirmed',
    from,
    to: day('2026-04-30'),
    cost: asDecimal('50000'),
    knownOn: null,
  } as const
  await setup.import(
    [
      draft('E-1', {
        start: day('2023-04-01'),
        end: endOn('2026-03-31'),
        value: asDecimal('1080000'),
        valueBasis: 'committed',
        extensions: [
          {
            ...emergency,
            rule: null,
            grounds: null,
            approver: null,
            currency: 'GBP',
            source: 'register',
          } as never,
        ],
      }),
    ],
    FIRST,
  )
  const { avoidance, leadDays } = await simulation(setup.db.pool, {
    ...options(day('2025-06-02'), day('2026-06-30')),
    held: false,
  })
  // £1.08m over 36 months is £30,000 a month: £20,000 more than that.
  expect(avoidance).toEqual([{ currency: 'GBP', amount: '20000.00', priced: 1, of: 1 }])
  expect(leadDays[0]?.days).toBeGreaterThan(180)
})
