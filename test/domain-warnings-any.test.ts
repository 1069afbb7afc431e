/** What holds of any contract, looked at on any days, whatever people do meanwhile. */

import fc from 'fast-check'
import { addDays, type CivilDate, daysBetween } from '../src/rules/civil-date.ts'
import { PRECISIONS } from '../src/rules/contract.ts'
import { deadlinesOf } from '../src/rules/deadlines.ts'
import { asDecimal } from '../src/rules/money.ts'
import { planWarnings } from '../src/rules/reminder-plan.ts'
import { replay } from '../src/rules/replay.ts'
import { isWorkingDay } from '../src/rules/working-days.ts'
import {
  contract,
  day,
  decision,
  ENGLAND,
  endBetween,
  endOn,
  extension,
  RULES,
  TODAY,
} from './support/contract-facts.ts'
import { holds } from './support/holds.ts'
import { present } from './support/present.ts'
import {
  type Act,
  EVERY_DAY,
  lines,
  type Timeline,
  WHEN_DUE,
  watch,
} from './support/watch-model.ts'

const FIRST = day('2025-06-02')
const LENGTH = 520

const anyContract = fc
  .record({
    end: fc.integer({ min: -60, max: 500 }),
    width: fc.constantFrom(0, 0, 0, 0, 29, 89, 364),
    age: fc.option(fc.integer({ min: 1, max: 1500 })),
    wall: fc.option(fc.integer({ min: 0, max: 700 })),
    notice: fc.constantFrom(null, '1 months', '90 days', '6 months'),
    yearly: fc.boolean(),
    automaticRenewal: fc.constantFrom(null, false, true, true),
    term: fc.option(fc.integer({ min: 1, max: 12 })),
    route: fc.constantFrom(null, 'open', 'framework-direct-award', 'competitive-flexible'),
    value: fc.constantFrom(null, '5000', '50000', '900000'),
    emergency: fc.boolean(),
    review: fc.option(fc.integer({ min: -200, max: 600 })),
    personalData: fc.constantFrom(null, false, true),
    callOffBy: fc.option(fc.integer({ min: -100, max: 600 })),
  })
  .map(({ width, term, route, automaticRenewal, personalData, ...each }) => {
    const end = addDays(FIRST, each.end)
    const latest = addDays(end, width)
    const precision = PRECISIONS[[0, 29, 89, 364].indexOf(width)] ?? 'day'
    const [amount, unit] = (each.notice ?? '').split(' ') as [string, 'months' | 'days']
    const from = addDays(latest, 1)
    const none = { framework: null, ownDay: null, frameworkDay: null }
    return contract({
      ...{ route, automaticRenewal, personalData },
      start: each.age === null ? null : addDays(end, -each.age),
      awardedEnd: { kind: 'dated', earliest: end, latest, precision },
      awardedMaximumEnd: each.wall === null ? null : addDays(end, each.wall),
      noticePeriod: each.notice === null ? null : { amount: Number(amount), unit },
      noticeText: each.notice !== null && each.yearly ? 'before each anniversary' : null,
      renewalTerm: term === null ? null : { amount: term, unit: 'months' },
      reviewOn: each.review === null ? null : addDays(FIRST, each.review),
      callOffs:
        each.callOffBy === null ? null : { ...none, frameworkEnd: addDays(FIRST, each.callOffBy) },
      value: each.value === null ? null : asDecimal(each.value),
      extensions: each.emergency ? [extension(from, addDays(from, 30), { kind: 'emergency' })] : [],
    })
  })

/** Those without an end too: all they can have is a review and a last call-off day. */
const anyEnding = fc
  .tuple(anyContract, fc.constantFrom(null, null, null, null, 'undated', 'rolling'))
  .map(([of, kind]) =>
    kind === null ? of : { ...of, awardedEnd: { kind } as const, extensions: [] },
  )

const anyAct: fc.Arbitrary<Act> = fc.oneof(
  fc.constant<Act>({ kind: 'acknowledge' }),
  fc.integer({ min: 1, max: 60 }).map((days): Act => ({ kind: 'snooze', days })),
  fc.constant<Act>({ kind: 'decide' }),
)

const anyTimeline = fc
  .record({
    contract: anyEnding,
    held: fc.option(fc.integer({ min: 0, max: 40 })),
    skip: fc.integer({ min: 0, max: 300 }),
    acts: fc.array(fc.tuple(fc.integer({ min: 0, max: LENGTH }), anyAct), { maxLength: 6 }),
  })
  .map(({ contract, held, skip, acts }): Omit<Timeline, 'looks'> => {
    const from = addDays(FIRST, skip)
    return {
      contract,
      from,
      to: addDays(FIRST, LENGTH),
      laddersFrom: held === null ? null : addDays(from, held),
      acts: new Map(acts.map(([at, act]) => [addDays(FIRST, at), act])),
    }
  })

describe('whatever the contract and whatever people do', () => {
  test('looking only on the days noted tells exactly what looking every day tells', () => {
    holds([anyTimeline], 60, (timeline) => {
      expect(lines(watch({ ...timeline, looks: WHEN_DUE }))).toEqual(
        lines(watch({ ...timeline, looks: EVERY_DAY })),
      )
    })
  })

  test('any sequence of sweep days raises each rung at most once, each smaller than the last', () => {
    holds(
      [anyTimeline, fc.integer({ min: 1, max: 40 }), fc.nat()],
      100,
      (timeline, every, phase) => {
        const looks = (date: CivilDate) => (daysBetween(FIRST, date) * 7 + phase) % every < 3
        const told = watch({ ...timeline, looks })
        const last = new Map<string, number>()
        for (const { kind, deadlineOn, rung } of told) {
          if (rung === null) continue
          const before = last.get(`${kind} ${deadlineOn}`)
          if (before !== undefined) expect(rung).toBeLessThan(before)
          last.set(`${kind} ${deadlineOn}`, rung)
        }
      },
    )
  })

  test('a second look on the same day tells nothing', () => {
    holds([anyTimeline], 80, (timeline) => {
      const once = lines(watch({ ...timeline, looks: WHEN_DUE }))
      expect(lines(watch({ ...timeline, looks: WHEN_DUE, twice: true }))).toEqual(once)
    })
  })

  test('nothing is told on a non-working day, nor of a historic, closed or unwatched contract', () => {
    holds([anyEnding, fc.integer({ min: 0, max: LENGTH })], (of, at) => {
      const today = addDays(FIRST, at)
      const facts = { deadlines: deadlinesOf(of, RULES, today), alerts: [], laddersFrom: null }
      const plan = planWarnings({ ...facts, contract: of, watched: true }, today, RULES)
      if (!isWorkingDay(today, ENGLAND)) expect(plan.raise).toEqual([])
      for (const quiet of [
        { contract: { ...of, historic: true }, watched: true },
        { contract: { ...of, closed: true }, watched: true },
        { contract: of, watched: false },
      ]) {
        const silent = planWarnings({ ...facts, ...quiet }, today, RULES)
        expect([silent.raise, silent.askAgain, silent.nextCheckOn]).toEqual([[], [], null])
        expect(silent.silent.length).toBe(facts.deadlines.length)
      }
    })
  })

  test('every deadline is either told of today or silent for a reason that is given', () => {
    holds([anyEnding, fc.integer({ min: 0, max: LENGTH })], (of, at) => {
      const today = addDays(FIRST, at)
      const deadlines = deadlinesOf(of, RULES, today)
      const facts = { contract: of, deadlines, alerts: [], laddersFrom: null, watched: true }
      const plan = planWarnings(facts, today, RULES)
      const named = [...plan.raise.map(({ deadline }) => deadline), ...plan.silent]
      const keys = (of: readonly { kind: string; on: string }[]) =>
        of.map(({ kind, on }) => `${kind} ${on}`).sort()
      expect(keys(named)).toEqual([...new Set(keys(deadlines))])
      expect(plan.silent.every(({ why }) => why.length > 0)).toBe(true)
    })
  })

  test('a review takes no word from any other date, on any day', () => {
    holds([anyTimeline], 60, (timeline) => {
      const days = { ...timeline, acts: new Map(), looks: WHEN_DUE }
      const others = watch(days).filter(({ kind }) => kind !== 'review')
      const without = watch({ ...days, contract: { ...timeline.contract, reviewOn: null } })
      expect(lines(others)).toEqual(lines(without))
    })
  })

  test('an end that nobody settles is always told of from 30 days before it', () => {
    holds([anyContract], (of) => {
      const ends = deadlinesOf({ ...of, automaticRenewal: false }, RULES, TODAY)
      const end = present(ends.find(({ kind }) => kind === 'end' || kind === 'emergency-end'))
      const from = addDays(end.on, -40)
      const span = {
        contract: { ...of, automaticRenewal: false },
        from,
        to: addDays(end.latest, 7),
      }
      const told = watch({ ...span, looks: EVERY_DAY }).filter(({ kind }) => kind === end.kind)
      const started = of.start === null || of.start < addDays(end.on, -40)
      if (started) expect(told.some(({ on }) => on <= end.on)).toBe(true)
      expect(told.some(({ on }) => on > end.latest)).toBe(true)
    })
  })
})

describe('a replay', () => {
  test('tells the same on the same days as looking every day, for years after an end', () => {
    const LAST = addDays(FIRST, 900)
    holds([anyEnding, fc.option(fc.integer({ min: 0, max: 400 }))], 25, (of, decides) => {
      const extensions = of.extensions.map((each) => ({ ...each, knownOn: day('2000-01-03') }))
      const decidedOn = decides === null ? null : addDays(FIRST, decides)
      const end = deadlinesOf(of, RULES, TODAY).find(({ kind }) => kind === 'end')
      const decisions =
        decidedOn === null || end === undefined ? [] : [decision('end', end.on, { decidedOn })]
      const facts = { alerts: [], laddersFrom: null, watched: true, successorKnownOn: null }
      const whole = { ...facts, contract: { ...of, extensions, decisions } }
      const replayed = [...replay(whole, FIRST, LAST, RULES)].flatMap(({ on, raise }) =>
        raise.map(({ deadline: { kind, on: deadlineOn }, rung, skipped }) => {
          const gone = skipped === null ? null : `${skipped.from}..${skipped.to}`
          return [on, kind, deadlineOn, rung, gone].join(' ')
        }),
      )
      const acts = new Map<CivilDate, Act>(
        decidedOn === null ? [] : [[decidedOn, { kind: 'change', change: { decisions } }]],
      )
      const span = { from: FIRST, to: LAST, looks: EVERY_DAY, acts }
      const looked = watch({ ...span, contract: { ...of, extensions } }).map(
        ({ on, kind, deadlineOn, rung, skipped }) =>
          [on, kind, deadlineOn, rung, skipped].join(' '),
      )
      expect(replayed).toEqual(looked)
    })
  })

  test('of a review that is all that is open goes on until the end, though that is decided', () => {
    const awardedEnd = endBetween('2025-06-02', '2026-06-01', 'year')
    const decisions = [decision('end', day('2025-06-02'), { decidedOn: day('2025-05-26') })]
    const value = asDecimal('5000')
    const of = contract({ awardedEnd, value, reviewOn: day('2025-06-02'), decisions })
    const facts = { alerts: [], laddersFrom: null, watched: true, successorKnownOn: null }
    const days = [
      ...replay({ ...facts, contract: of }, day('2025-05-26'), day('2027-01-01'), RULES),
    ]
    expect(days.map(({ on }) => on).slice(-3)).toEqual(['2026-03-27', '2026-04-28', '2026-05-28'])
  })

  test('that begins on a day without work tells on the next what that day held back', () => {
    const on = day('2026-10-24')
    const told = {
      kind: 'end',
      deadlineOn: on,
      raisedOn: day('2026-12-04'),
      pausedUntil: null,
    } as const
    const facts = {
      contract: contract({ awardedEnd: endOn(on) }),
      alerts: [{ ...told, rung: -42, state: 'open' as const }],
      ...{ laddersFrom: null, watched: true, successorKnownOn: null },
    }
    const foreseen = (from: string) =>
      [...replay(facts, day(from), day('2026-12-18'), RULES)].flatMap((each) =>
        each.raise.map(({ rung }) => `${each.on} ${rung}`),
      )
    // The reminder of Sat 12 Dec moved to the Friday before, when nobody looked.
    expect(foreseen('2026-12-12')).toEqual(['2026-12-14 -49', '2026-12-18 -56'])
    expect(foreseen('2026-12-14')).toEqual(foreseen('2026-12-12'))
  })
})
