/** A simulated span and what the real sweep would do over it; what the span comes to. */

import fc from 'fast-check'
import { addDays, type CivilDate, daysBetween, weekday } from '../src/rules/civil-date.ts'
import { asDecimal } from '../src/rules/money.ts'
import { simulate, simulation } from '../src/warnings/simulate.ts'
import { day, ENGLAND, endOn } from './support/contract-facts.ts'
import { holdsInTime } from './support/holds.ts'
import { draft, emptySetup, useSetup } from './support/setup.ts'

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
