/** One contract to Wed 31 Mar 2027, looked at day after day: what is told, and when. */
import type { CivilDate } from '../src/rules/civil-date.ts'
import type { Contract } from '../src/rules/contract.ts'
import { deadlinesOf } from '../src/rules/deadlines.ts'
import { asDecimal } from '../src/rules/money.ts'
import { type MonitoredContract, type Plan, planWarnings } from '../src/rules/reminder-plan.ts'
import { contract, day, endBetween, endOn, RULES } from './support/contract-facts.ts'
import {
  type Act,
  EVERY_DAY,
  lines,
  type Timeline,
  WHEN_DUE,
  watch,
} from './support/watch-model.ts'

/** Too small for a start-by: its end speaks alone. */
const ENDS = contract({ value: asDecimal('20000') })
const END_REMINDERS = [
  '2026-10-02 end 180',
  '2026-12-31 end 90',
  '2027-01-29 end 60',
  '2027-03-01 end 30',
  '2027-03-17 end 14',
  '2027-03-24 end 7',
  '2027-03-25 end 3',
  '2027-03-30 end 1',
  '2027-03-31 end 0',
  '2027-04-01 end -1',
  '2027-04-07 end -7',
  '2027-04-14 end -14',
]

describe('looked at every day', () => {
  test('each rung of the ladder is told once, on its day: not thirty times in thirty days', () => {
    expect(told(ENDS, '2026-03-01', '2027-04-15')).toEqual(END_REMINDERS)
  })

  test('warnings come before the end, and go on after it every week', () => {
    expect(told(ENDS, '2027-05-20', '2027-06-20')).toEqual([
      '2027-05-20 end -49 (skipped 180..-42)',
      '2027-05-26 end -56',
      '2027-06-02 end -63',
      '2027-06-09 end -70',
      '2027-06-16 end -77',
    ])
  })

  test('a stored ladder keeps what it says of the days after an end: weekly, then monthly', () => {
    const end = { ...RULES.ladders.end, afterwards: 'weekly-then-monthly' } as const
    const rules = { ...RULES, ladders: { ...RULES.ladders, end } }
    expect(told(ENDS, '2027-05-20', '2027-09-30', [], { rules })).toEqual([
      '2027-05-20 end -49 (skipped 180..-42)',
      '2027-05-26 end -56',
      '2027-06-25 end -87',
      '2027-07-26 end -117',
      '2027-08-26 end -148',
      '2027-09-24 end -179',
    ])
  })

  test('below the lower value setting only four rungs are left before the end', () => {
    const small = contract({ value: asDecimal('9999.99') })
    expect(told(small, '2026-03-01', '2027-04-01')).toEqual([
      '2026-12-31 end 90',
      '2027-03-01 end 30',
      '2027-03-24 end 7',
      '2027-03-31 end 0',
      '2027-04-01 end -1',
    ])
  })

  test('two contracts that fall due on one day are both told of', () => {
    const other = contract({ value: asDecimal('20000'), start: day('2020-01-01') })
    for (const each of [ENDS, other]) {
      expect(told(each, '2027-03-01', '2027-03-01')).toEqual([
        '2027-03-01 end 30 (skipped 180..60)',
      ])
    }
  })

  test('a month known without its day warns to its first day and asks after its last', () => {
    const june = contract({
      value: asDecimal('20000'),
      awardedEnd: endBetween('2026-06-01', '2026-06-30', 'month'),
    })
    expect(told(june, '2026-05-18', '2026-07-07')).toEqual([
      '2026-05-18 end 14 (skipped 180..30)',
      '2026-05-22 end 7',
      '2026-05-29 end 1',
      '2026-06-01 end 0',
      '2026-06-08 end -7',
      '2026-06-15 end -14',
      '2026-06-22 end -21',
      '2026-06-29 end -28',
      '2026-07-01 end -30',
      '2026-07-07 end -36',
    ])
  })

  test('an end far away is watched like any other: there is no cap on days', () => {
    const far = contract({ value: asDecimal('20000'), awardedEnd: endOn('2045-06-30') })
    expect(told(far, '2026-01-01', '2045-01-03')).toEqual(['2044-12-30 end 180'])
  })
})

describe('one voice', () => {
  test('an undecided start-by speaks for the contract; the end joins from 30 days on', () => {
    const lines = told(contract(), '2026-03-01', '2027-03-31')
    expect(lines.slice(0, 7)).toEqual([
      '2026-04-24 start-by 90',
      '2026-06-24 start-by 30',
      '2026-07-10 start-by 14',
      '2026-07-17 start-by 7',
      '2026-07-24 start-by 0',
      '2026-08-07 start-by -14',
      '2026-08-21 start-by -28',
    ])
    expect(lines.filter((line) => line.includes(' end '))).toEqual(END_REMINDERS.slice(3, 9))
  })

  test('once the start-by is decided the end has the voice', () => {
    expect(
      told(contract(), '2026-03-01', '2027-04-15', [['2026-05-11', { kind: 'decide' }]]),
    ).toEqual(['2026-04-24 start-by 90', ...END_REMINDERS])
  })

  test('what an earlier deadline’s message listed is not told again when the voice passes on', () => {
    expect(
      told(contract(), '2026-03-01', '2027-01-31', [['2026-10-20', { kind: 'decide' }]]).slice(-3),
    ).toEqual(['2026-10-16 start-by -84', '2026-12-31 end 90', '2027-01-29 end 60'])
  })

  test('notice and option speak from 30 days on whoever has the voice, on one day together', () => {
    const full = contract({
      noticePeriod: { amount: 3, unit: 'months' },
      automaticRenewal: true,
      awardedMaximumEnd: day('2029-03-31'),
    })
    expect(told(full, '2026-10-20', '2026-11-27')).toEqual([
      '2026-10-20 start-by -84 (skipped 90..-70)',
      // Nothing was skipped: the start-by's message of 20 October listed the option's date.
      '2026-10-28 option 30',
      '2026-10-30 start-by -98',
      '2026-11-13 start-by -112',
      '2026-11-13 option 14',
      '2026-11-20 option 7',
      '2026-11-24 option 3',
      '2026-11-26 option 1',
      '2026-11-27 start-by -126',
      '2026-11-27 option 0',
      // Nothing was skipped: its reminder at 60 was listed while the start-by spoke.
      '2026-11-27 notice 30',
    ])
  })

  test('what the option’s messages listed is not told again the day after its ladder ends', () => {
    const option = contract({
      value: asDecimal('20000'),
      start: day('2026-08-01'),
      awardedMaximumEnd: day('2029-03-31'),
      noticePeriod: { amount: 3, unit: 'months' },
    })
    // First seen after the end's reminder at 180; the option's messages name the end with its days left.
    expect(told(option, '2026-11-26', '2026-12-31')).toEqual([
      '2026-11-26 option 1 (skipped 90..3)',
      '2026-11-27 option 0',
      '2026-12-31 end 90',
    ])
  })
})

describe('first sight and gaps', () => {
  test('first seen inside a ladder: the nearest rung once, and the range that was skipped', () => {
    expect(told(ENDS, '2027-02-10', '2027-03-16')).toEqual([
      '2027-02-10 end 60 (skipped 180..90)',
      '2027-03-01 end 30',
    ])
  })

  test('after weeks of downtime: one warning, not one for each rung missed', () => {
    const up = (date: CivilDate) => date < '2026-10-10' || date > '2027-03-10'
    expect(told(ENDS, '2026-03-01', '2027-03-20', [], { looks: up })).toEqual([
      '2026-10-02 end 180',
      '2027-03-11 end 30 (skipped 90..60)',
      '2027-03-17 end 14',
    ])
  })

  test('a rung of the weekend is told on Friday; seen for the first time at a weekend, on Monday', () => {
    const sunday = contract({ value: asDecimal('20000'), awardedEnd: endOn('2027-06-20') })
    expect(told(sunday, '2027-06-12', '2027-06-22')).toEqual([
      '2027-06-14 end 7 (skipped 180..14)',
      '2027-06-17 end 3',
      '2027-06-18 end 0',
      '2027-06-21 end -1',
    ])
  })

  test('on a day off the plan is silent and names the next working day to look', () => {
    const plan = planOn(ENDS, '2027-03-28')
    expect([plan.raise, plan.nextCheckOn]).toEqual([[], '2027-03-30'])
    expect(plan.silent.at(0)?.why).toBe('nothing is sent on a non-working day (Sun 28 Mar 2027)')
  })

  test('a question about a renewal is silent because its day for notice has passed, not the end', () => {
    const asked = contract({ noticePeriod: { amount: 90, unit: 'days' }, automaticRenewal: null })
    const { silent } = planOn(asked, '2027-02-10')
    expect(silent.find(({ kind }) => kind === 'renewal')?.why).toBe(
      'the day for a notice has passed',
    )
  })
})

describe('an acknowledgement', () => {
  test('pauses 14 days and is then asked about again', () => {
    expect(
      told(ENDS, '2026-12-01', '2027-03-02', [['2027-01-30', { kind: 'acknowledge' }]]),
    ).toEqual([
      '2026-12-01 end 180',
      '2026-12-31 end 90',
      '2027-01-29 end 60',
      '2027-02-15 end asked again',
      '2027-03-01 end 30',
    ])
  })

  test('pauses two working days when it is urgent', () => {
    expect(
      told(ENDS, '2027-03-24', '2027-04-01', [['2027-03-25', { kind: 'acknowledge' }]]),
    ).toEqual([
      '2027-03-24 end 7 (skipped 180..14)',
      '2027-03-31 end asked again',
      '2027-03-31 end 0',
      '2027-04-01 end -1',
    ])
  })

  test('ends when its deadline gets urgent, so that it keeps no end quiet', () => {
    expect(
      told(ENDS, '2027-03-17', '2027-03-25', [['2027-03-18', { kind: 'acknowledge' }]]),
    ).toEqual([
      '2027-03-17 end 14 (skipped 180..30)',
      '2027-03-24 end asked again',
      '2027-03-24 end 7',
      '2027-03-25 end 3',
    ])
  })

  test('a snooze is kept to its day, and rungs that fell into it are not called skipped', () => {
    expect(
      told(ENDS, '2026-12-31', '2027-03-20', [['2027-01-04', { kind: 'snooze', days: 60 }]]),
    ).toEqual([
      '2026-12-31 end 90 (skipped 180..180)',
      '2027-03-05 end asked again',
      '2027-03-05 end 30',
      '2027-03-17 end 14',
    ])
  })

  test('a decision ends it: nothing more is told of that deadline', () => {
    expect(told(ENDS, '2027-03-01', '2027-05-31', [['2027-03-02', { kind: 'decide' }]])).toEqual([
      '2027-03-01 end 30 (skipped 180..60)',
    ])
  })
})

describe('after a first import', () => {
  test('start-by waits for triage; what is within 30 days is told at once', () => {
    expect(
      told(contract(), '2027-02-19', '2027-03-17', [], { laddersFrom: day('2027-03-05') }),
    ).toEqual([
      // 1 March is 30 days before the end.
      '2027-03-01 end 30 (skipped 180..60)',
      '2027-03-05 start-by -224 (skipped 90..-210)',
      '2027-03-17 end 14',
    ])
  })

  test('a rung of 30 days that a weekend brought forward is within 30 days', () => {
    // 30 days before Mon 29 Mar is a Saturday: the reminder comes on Fri 26 Feb, 31 days before.
    const monday = contract({ value: asDecimal('20000'), awardedEnd: endOn('2027-03-29') })
    expect(
      told(monday, '2027-02-22', '2027-03-01', [], { laddersFrom: day('2027-03-08') }),
    ).toEqual(['2027-02-26 end 30 (skipped 180..60)'])
  })

  test('30 days before is a day to look, also on a ladder that has no such rung', () => {
    const rules = {
      ...RULES,
      ladders: { ...RULES.ladders, end: { before: [60, 7], afterwards: 'nothing' } as const },
    }
    const held: Partial<Timeline> = { laddersFrom: day('2027-03-19'), rules }
    for (const looks of [EVERY_DAY, WHEN_DUE]) {
      expect(told(ENDS, '2027-02-22', '2027-03-12', [], { ...held, looks })).toEqual([
        '2027-03-01 end 60',
      ])
    }
  })

  test('what ended more than 30 days ago waits as well', () => {
    expect(told(ENDS, '2027-05-04', '2027-05-20', [], { laddersFrom: day('2027-05-18') })).toEqual([
      '2027-05-18 end -42 (skipped 180..-35)',
      '2027-05-19 end -49',
    ])
    expect(told(ENDS, '2027-04-20', '2027-04-20', [], { laddersFrom: day('2027-05-18') })).toEqual([
      '2027-04-20 end -14 (skipped 180..-7)',
    ])
  })
})

describe('dates that change', () => {
  const to = (date: string): Act => ({ kind: 'change', change: { awardedEnd: endOn(date) } })

  test('a later end starts its own ladder', () => {
    expect(told(ENDS, '2027-03-01', '2027-04-30', [['2027-03-02', to('2027-05-31')]])).toEqual([
      '2027-03-01 end 30 (skipped 180..60)',
      '2027-03-02 end 90 (skipped 180..180)',
      '2027-04-01 end 60',
      '2027-04-30 end 30',
    ])
  })

  test('an earlier end warns anew as well', () => {
    expect(told(ENDS, '2026-12-31', '2027-01-29', [['2027-01-04', to('2027-01-31')]])).toEqual([
      '2026-12-31 end 90 (skipped 180..180)',
      '2027-01-04 end 30 (skipped 180..60)',
      '2027-01-15 end 14',
      '2027-01-22 end 7',
      '2027-01-28 end 3',
      '2027-01-29 end 0',
    ])
  })

  test('an end moved and moved back warns once more', () => {
    expect(
      told(ENDS, '2027-03-01', '2027-03-17', [
        ['2027-03-02', to('2028-03-31')],
        ['2027-03-09', to('2027-03-31')],
      ]),
    ).toEqual([
      '2027-03-01 end 30 (skipped 180..60)',
      '2027-03-09 end 30 (skipped 180..60)',
      '2027-03-17 end 14',
    ])
  })

  test('a notice that passes unheard is told once, and the new term’s dates follow', () => {
    const renewing = contract({
      value: asDecimal('20000'),
      automaticRenewal: true,
      noticePeriod: { amount: 3, unit: 'months' },
    })
    expect(told(renewing, '2026-12-22', '2027-11-30')).toEqual([
      '2026-12-22 notice 7 (skipped 60..14)',
      '2026-12-24 notice 1',
      '2026-12-29 notice 0',
      '2026-12-30 notice -1',
      '2027-10-29 notice 60',
      '2027-11-29 notice 30',
    ])
  })

  test('several missed terms are told as one: the term that runs', () => {
    const renewing = contract({
      value: asDecimal('20000'),
      automaticRenewal: true,
      noticePeriod: { amount: 3, unit: 'months' },
      awardedEnd: endOn('2023-03-31'),
      start: day('2020-04-01'),
    })
    expect(told(renewing, '2026-06-01', '2026-09-30')).toEqual(['2026-06-01 notice -1'])
  })
})

function told(
  of: Contract,
  from: string,
  to: string,
  acts: readonly (readonly [string, Act])[] = [],
  changes: Partial<Timeline> = {},
): string[] {
  const days = new Map(acts.map(([date, act]) => [day(date), act]))
  return lines(
    watch({ contract: of, from: day(from), to: day(to), looks: EVERY_DAY, acts: days, ...changes }),
  )
}

function planOn(of: Contract, today: string, changes: Partial<MonitoredContract> = {}): Plan {
  const deadlines = deadlinesOf(of, RULES, day(today))
  const facts = { contract: of, deadlines, alerts: [], laddersFrom: null, watched: true }
  return planWarnings({ ...facts, ...changes }, day(today), RULES)
}
