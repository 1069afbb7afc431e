import fc from 'fast-check'
import { addDays, type CivilDate } from '../src/rules/civil-date.ts'
import {
  type Contract,
  currentEnd,
  EXTENSION_KINDS,
  EXTENSION_STATUSES,
  lastExtension,
} from '../src/rules/contract.ts'
import { deadlinesOf } from '../src/rules/deadlines.ts'
import { asDecimal } from '../src/rules/money.ts'
import { defaultRules } from '../src/rules/settings.ts'
import { compare } from '../src/rules/text-match.ts'
import { addWorkingDays, before, isWorkingDay, ukCalendar } from '../src/rules/working-days.ts'
import {
  contract,
  dates,
  day,
  deadline,
  decision,
  endBetween,
  endOn,
  extension,
  RULES,
  TODAY,
} from './support/contract-facts.ts'
import { holds } from './support/holds.ts'

const THREE_MONTHS = { amount: 3, unit: 'months' } as const
/** It renews by itself, with three months' notice. */
const renewing = (changes: Partial<Contract> = {}) =>
  contract({ noticePeriod: THREE_MONTHS, automaticRenewal: true, ...changes })
const emergency = (from: string, to: string) => extension(from, to, { kind: 'emergency' })
const kindsOf = (of: Contract) => deadlinesOf(of, RULES, TODAY).map(({ kind }) => kind)

describe('the five deadlines of a contract to Wed 31 Mar 2027', () => {
  const full = renewing({ awardedMaximumEnd: day('2029-03-31') })

  test('each has its date, by date', () => {
    expect(dates(full)).toEqual([
      'start-by 2026-07-24',
      'option 2026-11-27',
      'notice 2026-12-29',
      'end 2027-03-31',
    ])
    const extended = contract({ extensions: [emergency('2027-04-01', '2027-04-30')] })
    expect(dates(extended)).toEqual(['start-by 2026-08-21', 'emergency-end 2027-04-30'])
  })

  test('each says in words and figures how it came about', () => {
    expect(deadline(full, 'start-by').reason).toBe(
      'to have a new contract on Thu 1 Apr 2027 by open procedure, start by Fri 24 Jul 2026: mobilisation 30 days, approval 20 working days, standstill 8 working days, procedure 180 days',
    )
    expect(deadline(full, 'notice').reason).toBe(
      'notice by Tue 29 Dec 2026: 3 months before the end on Wed 31 Mar 2027, and 2 working days for service; after it the contract renews by itself',
    )
    expect(deadline(full, 'option').reason).toBe(
      'the option to extend to Sat 31 Mar 2029 at most must go to approval by Fri 27 Nov 2026: 3 months of notice before the end on Wed 31 Mar 2027, 2 working days for service, 20 working days for approval',
    )
    expect(deadline(full, 'end').reason).toBe('the contract ends on Wed 31 Mar 2027')
    expect(deadline(contract({ route: null }), 'start-by').reason).toMatch(/\(assumed/)
  })

  test('a notice and an option fall on a working day, the wrong side of no holiday', () => {
    holds([fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 12 })], (days, months) => {
      const end = addDays(day('2020-01-01'), days)
      const noticePeriod = { amount: months, unit: 'months' } as const
      const ends = { awardedEnd: endOn(end), awardedMaximumEnd: addDays(end, 1) }
      const of = renewing({ start: null, noticePeriod, ...ends })
      const notice = deadline(of, 'notice').on
      const option = deadline(of, 'option').on
      expect(isWorkingDay(notice, RULES.calendar)).toBe(true)
      expect(isWorkingDay(option, RULES.calendar)).toBe(true)
      expect(notice < end).toBe(true)
      expect(addWorkingDays(option, RULES.approvalDays, RULES.calendar)).toBe(notice)
    })
  })

  test('the team’s calendar decides: 30 November is a holiday in Scotland alone', () => {
    const noticePeriod = { amount: 0, unit: 'days' } as const
    const of = renewing({ awardedEnd: endOn('2026-12-01'), noticePeriod })
    expect(deadline(of, 'notice').on).toBe('2026-11-27')
    expect(deadline(of, 'notice', defaultRules(ukCalendar('scotland'))).on).toBe('2026-11-26')
  })

  test('lead times differ by route: there is no one lead time for every contract', () => {
    const by = (route: string) => deadline(contract({ route }), 'start-by').on
    expect(new Set(RULES.routes.map(({ name }) => by(name))).size).toBeGreaterThan(6)
  })

  test('neither today nor the order in which extensions are listed changes them', () => {
    const any = fc.array(
      fc.record({
        kind: fc.constantFrom(...EXTENSION_KINDS),
        status: fc.constantFrom(...EXTENSION_STATUSES),
        days: fc.integer({ min: 1, max: 5 }),
      }),
      { maxLength: 6 },
    )
    holds([any, fc.infiniteStream(fc.nat())], (list, keys) => {
      const extensions = list.map(({ kind, status, days }, id) =>
        extension('2027-04-01', addDays(day('2027-04-30'), days), { kind, status, id }),
      )
      const shuffled = extensions
        .map((each) => ({ each, key: keys.next().value ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .map(({ each }) => each)
      const first = contract({ extensions })
      const second = contract({ extensions: shuffled })
      expect(currentEnd(second)).toEqual(currentEnd(first))
      expect(lastExtension(second)?.kind).toBe(lastExtension(first)?.kind)
      expect(dates(second)).toEqual(dates(first))
    })
  })
})

describe('where there is none', () => {
  test('an undated and a rolling contract have no deadlines: they are listed', () => {
    expect(dates(contract({ awardedEnd: { kind: 'undated' } }))).toEqual([])
    expect(dates(contract({ awardedEnd: { kind: 'rolling' } }))).toEqual([])
  })

  test('no start-by below the value setting; an unknown value has one', () => {
    const of = (value: string | null, currency = 'GBP') =>
      dates(contract({ value: value === null ? null : asDecimal(value), currency }))
    expect(of('24999.99')).toEqual(['end 2027-03-31'])
    for (const each of [of('25000'), of(null), of('1', 'EUR')]) {
      expect(each).toContain('start-by 2026-07-24')
    }
  })

  test('no start-by before the contract’s own start', () => {
    expect(dates(contract({ start: day('2026-07-25') }))).toEqual(['end 2027-03-31'])
    expect(dates(contract({ start: day('2026-07-24') }))).toContain('start-by 2026-07-24')
  })

  test('no option past the maximum end: it is a wall', () => {
    const wall = (date: string) => dates(contract({ awardedMaximumEnd: day(date) }))
    expect(wall('2027-03-31')).toEqual(['start-by 2026-07-24', 'end 2027-03-31'])
    expect(wall('2026-12-31')).toEqual(['start-by 2026-07-24', 'end 2027-03-31'])
    expect(wall('2027-04-01')).toContain('option 2027-02-25')
  })

  test('an option taken up to the wall leaves none', () => {
    const of = contract({
      awardedMaximumEnd: day('2028-03-31'),
      extensions: [extension('2027-04-01', '2028-03-31', { kind: 'option' })],
    })
    expect(dates(of)).toEqual(['start-by 2027-07-28', 'end 2028-03-31'])
    expect(deadline(of, 'end').reason).toBe('an option taken runs to Fri 31 Mar 2028')
  })

  test('no notice where the contract ends by itself; a question where nobody recorded whether it does', () => {
    const asked = (automaticRenewal: boolean | null) =>
      kindsOf(renewing({ automaticRenewal })).filter((kind) => /notice|renewal/.test(kind))
    expect([false, null, true].map(asked)).toEqual([[], ['renewal'], ['notice']])
  })

  test('a contract that renews by itself has a notice date even without a notice period', () => {
    const notice = deadline(contract({ automaticRenewal: true }), 'notice')
    expect(notice.on).toBe('2027-03-25')
    expect(notice.reason).toMatch(/no notice period is recorded/)
  })

  test('never both an end and an emergency end', () => {
    holds([fc.array(fc.constantFrom(...EXTENSION_KINDS), { maxLength: 5 })], (kinds) => {
      const extensions = kinds.map((kind, index) =>
        extension('2027-04-01', addDays(day('2027-04-30'), index), { kind }),
      )
      const ends = kindsOf(contract({ extensions })).filter((kind) => kind.endsWith('end'))
      expect(ends).toEqual([kinds.at(-1) === 'emergency' ? 'emergency-end' : 'end'])
    })
  })
})

describe('the current end', () => {
  test('only confirmed and presumed extensions move it', () => {
    const to = (status: 'proposed' | 'withdrawn' | 'presumed' | 'confirmed') =>
      currentEnd(contract({ extensions: [extension('2027-04-01', '2027-09-30', { status })] }))
    expect(to('proposed')).toEqual(endOn('2027-03-31'))
    expect(to('withdrawn')).toEqual(endOn('2027-03-31'))
    expect(to('presumed')).toEqual(endOn('2027-09-30'))
    expect(to('confirmed')).toEqual(endOn('2027-09-30'))
  })

  test('a later end from a register moves it and says that nobody classified it', () => {
    const extensions = [extension('2027-04-01', '2027-09-30', { kind: 'unknown' })]
    const words = 'an extension that nobody has classified yet runs to Thu 30 Sep 2027'
    expect(deadline(contract({ extensions }), 'end').reason).toBe(words)
  })

  test('an emergency extension to the day that a register gives counts as what it is', () => {
    const unknown = extension('2027-04-01', '2027-04-30', { kind: 'unknown' })
    const both = [unknown, emergency('2027-04-01', '2027-04-30')]
    for (const extensions of [both, both.toReversed()]) {
      expect(dates(contract({ extensions }))).toContain('emergency-end 2027-04-30')
    }
  })

  test('of several to the same day the newest says what runs, in whatever order they are listed', () => {
    const kinds = fc.uniqueArray(fc.constantFrom('emergency', 'option', 'variation', 'renewal'))
    holds([kinds, fc.boolean()], (recorded, backwards) => {
      const extensions = recorded.map((kind, id) =>
        extension('2027-04-01', '2027-04-30', { kind, id }),
      )
      const listed = contract({ extensions: backwards ? extensions.toReversed() : extensions })
      expect(lastExtension(listed)?.kind).toBe(recorded.at(-1))
    })
  })

  test('dates change when the term shrinks as well as when it grows', () => {
    const of = (end: string) => dates(contract({ awardedEnd: endOn(end) })).join(', ')
    expect(of('2027-01-31')).toBe('start-by 2026-05-22, end 2027-01-31')
    expect(of('2027-05-31')).toBe('start-by 2026-09-23, end 2027-05-31')
  })
})

describe('an imprecise end', () => {
  test.each([
    ['month', '2027-06-01', '2027-06-30'],
    ['quarter', '2027-04-01', '2027-06-30'],
    ['year', '2027-01-01', '2027-12-31'],
  ] as const)(
    'known to the %s counts to its earliest day and is overdue after its latest',
    (precision, earliest, latest) => {
      const of = renewing({ awardedEnd: endBetween(earliest, latest, precision) })
      expect(dates(of)).toEqual(dates(renewing({ awardedEnd: endOn(earliest) })))
      const end = deadline(of, 'end')
      expect([end.on, end.latest]).toEqual([earliest, latest])
      expect(end.reason).toMatch(new RegExp(`known to the ${precision}: ask for the day`))
    },
  )
})

describe('what settles a deadline', () => {
  const of = renewing({ awardedMaximumEnd: day('2028-03-31') })
  const open = (changed: typeof of) =>
    deadlinesOf(changed, RULES, TODAY)
      .filter(({ settled }) => settled === null)
      .map(({ kind }) => kind)

  test('nothing, to begin with', () => {
    expect(open(of)).toEqual(['start-by', 'option', 'notice', 'end'])
  })

  test.each([
    ['start-by', '2026-07-24'],
    ['option', '2026-11-27'],
    ['notice', '2026-12-29'],
    ['end', '2027-03-31'],
  ] as const)('a decision settles %s alone, and says when and what', (kind, on) => {
    const decided = { ...of, decisions: [decision(kind, on, { text: 'let it end' })] }
    expect(open(decided)).toEqual(open(of).filter((each) => each !== kind))
    expect(deadline(decided, kind).settled).toEqual({
      on: '2026-01-05',
      why: 'decided on Mon 5 Jan 2026: let it end',
    })
  })

  test('a decision on the end settles an emergency extension’s end as well', () => {
    const extensions = [emergency('2027-04-01', '2027-04-30')]
    const decisions = [decision('end', '2027-04-30')]
    expect(open(contract({ extensions, decisions }))).toEqual(['start-by'])
  })

  test('what was decided about one emergency month says nothing of the end of the next', () => {
    const extensions = [
      emergency('2027-04-01', '2027-04-30'),
      emergency('2027-05-01', '2027-05-31'),
    ]
    const decisions = [decision('end', '2027-04-30')]
    expect(open(contract({ extensions, decisions }))).toEqual(['start-by', 'emergency-end'])
  })

  test('a decision on a date that has moved settles nothing: it is asked anew', () => {
    const decisions = [decision('end', '2027-03-31')]
    expect(open({ ...of, decisions, awardedEnd: endOn('2027-04-30') })).toContain('end')
  })

  test('a signed successor from the day after at the latest settles the end; a later one does not', () => {
    const successor = (start: string | null) =>
      open({ ...of, successorStart: start === null ? null : day(start) }).includes('end')
    expect(successor('2027-04-01')).toBe(false)
    expect(successor('2027-03-15')).toBe(false)
    expect(successor('2027-04-02')).toBe(true)
    expect(successor(null)).toBe(true)
  })

  test('of an imprecise end the successor has to follow the earliest day', () => {
    const imprecise = { ...of, awardedEnd: endBetween('2027-06-01', '2027-06-30', 'month') }
    expect(open({ ...imprecise, successorStart: day('2027-06-02') })).not.toContain('end')
    expect(open({ ...imprecise, successorStart: day('2027-07-01') })).toContain('end')
  })

  test('a closed contract has nothing open', () => {
    expect(open({ ...of, closed: true })).toEqual([])
  })
})

test('any contract’s deadlines are found without a fault, by date, each once', () => {
  const anyDate = fc
    .integer({ min: -9000, max: 12_000 })
    .map((days): CivilDate => addDays(day('2026-01-01'), days))
  const anyPeriod = fc.record({
    amount: fc.integer({ min: 0, max: 400 }),
    unit: fc.constantFrom('days', 'working-days', 'weeks', 'months'),
  })
  const any = fc.record({
    ...{ awardedEnd: anyDate.map(endOn), start: fc.option(anyDate) },
    ...{ awardedMaximumEnd: fc.option(anyDate), noticePeriod: fc.option(anyPeriod) },
    automaticRenewal: fc.option(fc.boolean()),
  })
  holds([any], 300, (of) => {
    const found = dates(contract(of))
    const days = found.map((each) => each.split(' ')[1] ?? '')
    expect(days).toEqual(days.toSorted(compare))
    expect(new Set(found).size).toBe(found.length)
    expect(found.some((each) => each.startsWith('end '))).toBe(true)
  })
})

describe('a notice that is given as a day', () => {
  const by = { noticeText: 'by 2026-12-16', noticePeriod: null, automaticRenewal: true } as const

  test('is due on that day, with nothing taken off for service', () => {
    expect(deadline(contract(by), 'notice').on).toBe('2026-12-16')
    const weekend = contract({ ...by, noticeText: 'by 2026-12-20' })
    expect(deadline(weekend, 'notice').on).toBe('2026-12-18')
  })

  test('is as long before the end of the next term', () => {
    const extensions = [extension('2027-04-01', '2028-03-31', { kind: 'renewal' })]
    expect(deadline(contract({ ...by, extensions }), 'notice').on).toBe('2027-12-17')
  })

  test('is only asked about where nobody said whether it renews', () => {
    const asked = contract({ ...by, automaticRenewal: null })
    expect(dates(asked)).toContain('renewal 2026-12-16')
    expect(deadline(asked, 'renewal').reason).toContain('nobody said whether it renews by itself')
  })
})

describe('of an end known to a year every date may be any of its days', () => {
  const awardedEnd = endBetween('2026-04-01', '2027-03-31', 'year')
  const vague = renewing({ awardedEnd, awardedMaximumEnd: day('2029-03-31') })

  test('its dates count to the first day, and are overdue only after the last', () => {
    for (const kind of ['start-by', 'notice', 'option', 'end'] as const) {
      const { on, latest } = deadline(vague, kind)
      expect(latest > on, kind).toBe(true)
    }
    expect(deadline(vague, 'notice')).toMatchObject({ on: '2025-12-29', latest: '2026-12-29' })
  })
})

test.each([
  // Good Friday, and a Sunday: the day by which notice must be there is the working day before.
  ['2027-06-26', 'notice 2027-03-23'],
  ['2027-06-25', 'notice 2027-03-23'],
  ['2027-05-31', 'notice 2027-02-24'],
  ['2027-05-28', 'notice 2027-02-24'],
])('notice of three months before %s leaves the working days of its service', (end, notice) => {
  expect(dates(renewing({ awardedEnd: endOn(end) }))).toContain(notice)
})

test('whatever the end, notice sent on its day is served by the last day that counts', () => {
  const periods = fc.record({
    amount: fc.integer({ min: 1, max: 12 }),
    unit: fc.constantFrom('days', 'weeks', 'months', 'working-days'),
  })
  holds([fc.integer({ min: 0, max: 2555 }), periods], (ahead, noticePeriod) => {
    const awardedEnd = endOn(addDays(day('2026-01-01'), ahead))
    const of = contract({ noticePeriod, automaticRenewal: true, awardedEnd })
    const notice = deadline(of, 'notice')
    if (awardedEnd.kind !== 'dated') return
    const last = before(awardedEnd.earliest, noticePeriod, RULES.calendar)
    expect(isWorkingDay(notice.on, RULES.calendar)).toBe(true)
    const served = addWorkingDays(notice.on, RULES.deemedServiceDays, RULES.calendar)
    expect(served <= last, `${notice.on} is served ${served}, after ${last}`).toBe(true)
    // A day later would be too late.
    const next = addWorkingDays(notice.on, RULES.deemedServiceDays + 1, RULES.calendar)
    expect(next > last).toBe(true)
  })
})

test.each([
  ['2026-12-31', 'option 2026-12-01'],
  ['2027-03-01', 'option 2027-02-01'],
])('an option to be exercised by %s goes to approval before that day', (optionBy, expected) => {
  const of = contract({ awardedMaximumEnd: day('2029-03-31'), optionBy: day(optionBy) })
  const option = deadlinesOf(of, RULES, TODAY).find(({ kind }) => kind === 'option')
  expect(`option ${option?.on}`).toBe(expected)
  expect(option?.reason).toContain('as the register gives the day')
})

test('of terms that share the anniversary from which their notice counts there is one notice a day', () => {
  const renewals = ['2026-05-31', '2026-06-30', '2026-07-31'].map((to, at) =>
    extension(`2026-0${5 + at}-01`, to, {
      ...{ kind: 'renewal', status: 'presumed', knownOn: day('2026-04-30') },
    }),
  )
  const of = renewing({
    ...{ start: day('2022-04-01'), awardedEnd: endOn('2026-04-30'), extensions: renewals },
    ...{ noticeText: '3 months before the anniversary' },
    renewalTerm: { amount: 1, unit: 'months' },
  })
  const found = deadlinesOf(of, RULES, TODAY)
  const keys = found.map(({ kind, on }) => `${kind} ${on}`)
  expect(new Set(keys).size).toBe(keys.length)
  // The one that can still be met goes before those that were missed, the last term before the others.
  const notices = found.filter(({ kind }) => kind === 'notice')
  const said = notices.map(({ missed, renewsTo }) => `${missed} ${renewsTo}`)
  expect(said).toContain('false 2026-08-31')
})
