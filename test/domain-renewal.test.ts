import fc from 'fast-check'
import { addDays, lastOfMonths } from '../src/rules/civil-date.ts'
import { type Contract, currentEnd } from '../src/rules/contract.ts'
import { currentNotice, deadlinesOf } from '../src/rules/deadlines.ts'
import { scheduleFor } from '../src/rules/reminder-plan.ts'
import { mayBeAverted, presumedRenewals, unfoundedRenewals } from '../src/rules/renewal.ts'
import {
  contract,
  dates,
  day,
  decision,
  endBetween,
  endOn,
  extension,
  RULES,
  TODAY,
} from './support/contract-facts.ts'
import { holds } from './support/holds.ts'
import { EVERY_DAY, lines, WHEN_DUE, watch } from './support/watch-model.ts'

/** Renews by itself for a year from 31 Mar 2027; its notice date is Tue 29 Dec 2026. */
const renewing = contract({
  automaticRenewal: true,
  renewalTerm: { amount: 12, unit: 'months' },
  noticePeriod: { amount: 3, unit: 'months' },
})

function presumed(of: Contract, today: string): string[] {
  return presumedRenewals(of, day(today), RULES).map(({ from, to }) => `${from} ${to}`)
}

/** The contract after what is presumed on that day was recorded. */
function renewed(of: Contract, today: string): Contract {
  const more = presumedRenewals(of, day(today), RULES)
  return { ...of, extensions: [...of.extensions, ...more] }
}

describe('a renewal may be averted by answers to open questions', () => {
  const ON = day('2027-01-11')
  const [renewal] = presumedRenewals(renewing, ON, RULES)
  if (renewal === undefined) throw new Error('It renews.')
  const averted = (...open: Parameters<typeof mayBeAverted>[2][number][]) =>
    mayBeAverted(renewing, renewal, open, ON, RULES)
  const length = (amount: number) => ({ noticePeriod: { amount, unit: 'months' } as const })
  const signed = extension('2027-04-01', '2028-03-31', { status: 'confirmed' })

  test.each([
    ['that it does not renew', { automaticRenewal: false }],
    ['that nobody knows whether it does', { automaticRenewal: null }],
    ['that it is over', { closed: true }],
    ['a notice that can still be given', length(1)],
    ['a day for it that is still to come', { noticePeriod: null, noticeText: 'by 2027-02-01' }],
    ['another end', { end: endOn('2027-09-30') }],
    ['that nobody knows its end', { end: { kind: 'undated' } as const }],
    ['a signed extension', { extensions: [signed] }],
  ])('by one that says %s', (_, says) => expect(averted([{}, says])).toBe(true))

  test.each([
    ['nothing', {}],
    ['a longer notice', length(6)],
    ['how far an option reaches', { extensions: [] }],
    [
      'an extension that is only proposed',
      { extensions: [{ ...signed, status: 'proposed' as const }] },
    ],
    ['how long a term is', { renewalTerm: { amount: 6, unit: 'months' } as const }],
    ['the same end', { end: renewing.awardedEnd }],
  ])('not by one that says %s', (_, says) => expect(averted([{}, says])).toBe(false))

  test('and is presumed once its term has begun; what was presumed goes with those behind it', () => {
    const asked = [[{}, { automaticRenewal: false }]]
    const open = { ...renewing, asked }
    expect(presumed(open, '2027-03-31')).toEqual([])
    expect(presumed(open, '2027-04-01')).toEqual(presumed(renewing, '2027-04-01'))
    const before = renewed(renewing, '2028-01-11')
    const goes = (today: string) =>
      unfoundedRenewals({ ...before, asked }, day(today), RULES).map(({ from }) => from)
    expect(goes('2027-03-31')).toEqual(['2027-04-01', '2028-04-01'])
    expect(goes('2027-04-01')).toEqual(['2028-04-01'])
  })

  test('by two answers together where neither does alone', () => {
    const days = { noticePeriod: null }
    const by = { noticeText: 'by 2027-02-01' }
    expect([averted([by]), averted([by], [days])]).toEqual([false, true])
  })

  test('by one of more answers together than are tried', () => {
    expect(averted(...Array.from({ length: 10 }, () => [{}, length(6)]))).toBe(true)
  })
})

test('a notice names the last day of the term that begins where none is given', () => {
  const named = (of: Contract) =>
    deadlinesOf(of, RULES, TODAY).find(({ kind, missed }) => kind === 'notice' && !missed)
  const anyRenewing = fc.record({
    end: fc.integer({ min: -400, max: 400 }).map((days) => addDays(day('2027-02-28'), days)),
    term: fc.constantFrom(
      ...([1, 3, 6, 12, 13] as const).map((amount) => ({ amount, unit: 'months' as const })),
      { amount: 30, unit: 'days' as const },
      { amount: 2, unit: 'years' as const },
    ),
    terms: fc.integer({ min: 0, max: 4 }),
  })
  holds([anyRenewing], 200, ({ end, term, terms }) => {
    let of: Contract = { ...renewing, awardedEnd: endOn(end), renewalTerm: term }
    for (let count = 0; count <= terms; count += 1) {
      const notice = named(of)
      if (notice === undefined) throw new Error('It renews: there is a notice.')
      const [next] = presumedRenewals(of, addDays(notice.latest, 1), RULES)
      expect(notice.renewsTo).toBe(next?.to)
      of = { ...of, extensions: [...of.extensions, ...(next ? [next] : [])] }
    }
  })
  // The calendar ends before the next term does: it is left out, and nothing fails.
  const last = { ...renewing, awardedEnd: endOn('9999-06-30') }
  expect(named(last)).toMatchObject({ kind: 'notice' })
  expect(named(last)).not.toHaveProperty('renewsTo')
})

describe('a notice date that passes unheard', () => {
  test('presumes the next term on the day after, not on the day itself', () => {
    expect(presumed(renewing, '2026-12-29')).toEqual([])
    expect(presumedRenewals(renewing, day('2026-12-30'), RULES)).toEqual([
      {
        kind: 'renewal',
        status: 'presumed',
        from: '2027-04-01',
        to: '2028-03-31',
        cost: null,
        knownOn: '2026-12-30',
      },
    ])
  })

  test('moves the end and every other date with it, and keeps the missed date in sight', () => {
    const of = renewed(renewing, '2027-01-04')
    expect(dates(of)).toEqual([
      'notice 2026-12-29',
      'start-by 2027-07-28',
      'notice 2027-12-29',
      'end 2028-03-31',
    ])
    const missed = deadlinesOf(of, RULES, TODAY).find((each) => each.missed)
    expect(missed?.reason).toBe(
      'no notice is recorded by Tue 29 Dec 2026, so the contract is presumed to have renewed by itself until Fri 31 Mar 2028: an unplanned commitment',
    )
  })

  test('presumes several terms at once after a long silence, and nothing more the same day', () => {
    expect(presumed(renewing, '2029-06-01')).toEqual([
      '2027-04-01 2028-03-31',
      '2028-04-01 2029-03-31',
      '2029-04-01 2030-03-31',
    ])
    expect(presumed(renewed(renewing, '2029-06-01'), '2029-06-01')).toEqual([])
  })

  test('presumes the same terms whether it is looked at every day or once at the end', () => {
    holds(
      [
        fc.array(fc.integer({ min: 0, max: 1400 }), { maxLength: 12 }),
        fc.constantFrom('2027-01-30', '2027-01-31', '2027-02-28', '2026-10-30', '2027-03-31'),
        fc.integer({ min: 1, max: 14 }),
      ],
      (days, end, months) => {
        const of = contract({
          awardedEnd: endOn(end),
          automaticRenewal: true,
          renewalTerm: { amount: months, unit: 'months' },
          noticePeriod: { amount: 1, unit: 'months' },
        })
        const last = addDays(day('2026-09-01'), 1400)
        let looked = of
        for (const each of days.toSorted((a, b) => a - b)) {
          looked = renewed(looked, addDays(day('2026-09-01'), each))
        }
        expect(renewed(looked, last).extensions).toEqual(renewed(of, last).extensions)
      },
    )
  })

  test('counts monthly terms from the anchor: February shortens no later one', () => {
    const monthly = contract({
      awardedEnd: endOn('2027-01-30'),
      automaticRenewal: true,
      renewalTerm: { amount: 1, unit: 'months' },
    })
    const ends = presumedRenewals(monthly, day('2027-07-01'), RULES).map(({ to }) => to)
    expect(ends.slice(0, 5)).toEqual([
      '2027-02-28',
      '2027-03-30',
      '2027-04-30',
      '2027-05-30',
      '2027-06-30',
    ])
    for (const [index, to] of ends.entries()) {
      expect(to).toBe(lastOfMonths(day('2027-01-31'), index + 1))
    }
  })

  test('after renewals of another length the next term starts from the last of them', () => {
    const of = {
      ...renewing,
      renewalTerm: { amount: 1, unit: 'months' } as const,
      extensions: [extension('2027-04-01', '2028-03-31', { kind: 'renewal' })],
    }
    expect(presumed(of, '2028-01-01')).toEqual(['2028-04-01 2028-04-30'])
  })

  test('is counted anew after every renewal: the notice date belongs to the current term, and a missed one goes with its term', () => {
    const of = renewed(renewing, '2029-06-01')
    const notices = deadlinesOf(of, RULES, TODAY).filter(({ kind }) => kind === 'notice')
    expect(notices.map(({ on, missed }) => `${on}${missed ? ' missed' : ''}`)).toEqual([
      // The term that followed 29 Dec 2026 was over on 31 Mar 2028.
      '2027-12-29 missed',
      '2028-12-27 missed',
      '2029-12-27',
    ])
  })

  test('of an imprecise end is the same date before and after it was missed', () => {
    const of = { ...renewing, awardedEnd: endBetween('2027-06-01', '2027-06-30', 'month') }
    const before = deadlinesOf(of, RULES, TODAY).find(({ kind }) => kind === 'notice')?.on
    const missed = deadlinesOf(renewed(of, '2027-04-01'), RULES, TODAY).find(
      (each) => each.missed,
    )?.on
    expect(before).toBe('2027-02-25')
    expect(missed).toBe(before)
  })
})

describe('nothing is presumed', () => {
  test('of a contract that does not renew by itself, or that nobody knows to', () => {
    expect(presumed({ ...renewing, automaticRenewal: false }, '2030-01-01')).toEqual([])
    expect(presumed({ ...renewing, automaticRenewal: null }, '2030-01-01')).toEqual([])
  })

  test('of a closed contract', () => {
    expect(presumed({ ...renewing, closed: true }, '2030-01-01')).toEqual([])
  })

  test('once notice or a decision about it is recorded', () => {
    const served = { ...renewing, decisions: [decision('notice', '2026-12-29')] }
    expect(presumed(served, '2027-06-01')).toEqual([])
    expect(currentEnd(served)).toEqual(endOn('2027-03-31'))
  })

  test('again, where notice turned out to have been served in time', () => {
    const withdrawn = {
      ...renewing,
      extensions: presumedRenewals(renewing, day('2027-01-04'), RULES).map((each) => ({
        ...each,
        status: 'withdrawn' as const,
      })),
    }
    expect(presumed(withdrawn, '2027-06-01')).toEqual([])
    expect(dates(withdrawn)).toEqual(dates(renewing))
  })

  test('for a term of no length', () => {
    const none = { ...renewing, renewalTerm: { amount: 0, unit: 'months' } as const }
    expect(presumed(none, '2030-01-01')).toEqual([])
  })

  test('and an endless row of short terms stays quick', () => {
    const daily = contract({
      awardedEnd: endOn('2019-03-31'),
      automaticRenewal: true,
      renewalTerm: { amount: 1, unit: 'days' },
    })
    const begun = performance.now()
    expect(presumed(daily, '2027-01-01').length).toBeGreaterThan(100)
    expect(performance.now() - begun).toBeLessThan(15_000)
  })
})

describe('a contract that goes on from term to term has the notice of the term that runs', () => {
  const rolling = contract({
    awardedEnd: { kind: 'rolling' },
    automaticRenewal: true,
    renewalTerm: { amount: 12, unit: 'months' },
    noticePeriod: { amount: 3, unit: 'months' },
  })

  test('counted from its start, with the terms before as what was presumed, and no end or start-by', () => {
    expect(dates(rolling)).toEqual(['notice 2024-12-27'])
    const of = renewed(rolling, '2026-11-29')
    expect(of.extensions.map(({ from, to }) => `${from} ${to}`)).toEqual([
      '2025-04-01 2026-03-31',
      '2026-04-01 2027-03-31',
    ])
    expect(currentEnd(of)).toEqual({ kind: 'rolling' })
    expect(dates(of)).toEqual(['notice 2025-12-29', 'notice 2026-12-29'])
    expect(deadlinesOf(of, RULES, TODAY).at(-1)?.reason).toContain(
      '3 months before its term ends on Wed 31 Mar 2027',
    )
  })

  test('counted from the day that is given, where there is one', () => {
    const of = renewed({ ...rolling, start: null, rollsFrom: day('2025-10-01') }, '2026-11-29')
    expect(dates(of).at(-1)).toBe('notice 2027-06-28')
  })

  test('none without a notice, without a day to count from, or where it does not renew by itself', () => {
    expect(dates({ ...rolling, noticePeriod: null })).toEqual([])
    expect(dates({ ...rolling, start: null })).toEqual([])
    expect(dates({ ...rolling, automaticRenewal: null })).toEqual([])
  })

  test('month by month it is told once a term, and no term as missed', () => {
    const monthly = {
      ...rolling,
      renewalTerm: { amount: 1, unit: 'months' } as const,
      noticePeriod: { amount: 30, unit: 'days' } as const,
    }
    const of = renewed(monthly, '2026-11-29')
    expect(of.extensions.length).toBeLessThanOrEqual(2)
    const [notice, ...more] = deadlinesOf(of, RULES, TODAY).filter(
      ({ settled }) => settled === null,
    )
    expect(more).toEqual([])
    expect(notice).toMatchObject({ kind: 'notice', missed: false, on: '2026-12-29' })
    expect(notice && scheduleFor(notice, of, RULES)).toEqual({ before: [7], afterwards: 'nothing' })
  })

  test('the same whether it is looked at every day or once', () => {
    let daily = rolling
    for (let on = day('2024-12-01'); on <= '2026-11-29'; on = addDays(on, 1)) {
      daily = renewed(daily, on)
    }
    expect(dates(daily).at(-1)).toBe(dates(renewed(rolling, '2026-11-29')).at(-1))
  })
})

describe('a notice that may be given before each anniversary', () => {
  const noticeText = '3 months before each anniversary'
  const anyYears = fc.record({
    start: fc.integer({ min: 0, max: 4000 }).map((days) => addDays(day('2016-02-29'), days)),
    years: fc.integer({ min: 1, max: 10 }),
    noticePeriod: fc.constantFrom(
      ...([1, 3, 14] as const).map((amount) => ({ amount, unit: 'months' as const })),
      { amount: 90, unit: 'days' as const },
      { amount: 1, unit: 'years' as const },
    ),
    automaticRenewal: fc.constantFrom(true, false, null),
    at: fc.integer({ min: 0, max: 3650 }),
  })
  const notices = (of: Contract, today = TODAY) =>
    deadlinesOf(of, RULES, today).flatMap((each) =>
      each.kind === 'notice' && !each.missed ? [each] : [],
    )

  test('has one next day, that of a contract which ends on the first anniversary that it can still meet', () => {
    holds([anyYears], 300, ({ start, years, noticePeriod, automaticRenewal, at }) => {
      const today = addDays(start, at % (years * 365))
      const ends = Array.from({ length: years }, (_, k) => lastOfMonths(start, (k + 1) * 12))
      const plain = { ...renewing, start, noticePeriod }
      const noticeOf = (end: string) => currentNotice({ ...plain, awardedEnd: endOn(end) }, RULES)
      const last = ends.at(-1) ?? ''
      // The last one belongs to the end: it is there where the contract renews, and missed once past.
      const within = ends.slice(0, -1).flatMap((end) => noticeOf(end)?.on ?? [])
      const next = within.find((on) => on >= today && on >= start)
      const atEnd = automaticRenewal === true ? [noticeOf(last)?.on] : []
      const of = { ...plain, noticeText, automaticRenewal, awardedEnd: endOn(last) }
      const found = notices(of, today)
      expect(found.map(({ on }) => on)).toEqual(next === undefined ? atEnd : [next])
      // Whichever it is, nothing moves the end before the one that belongs to it.
      expect(presumedRenewals(of, today, RULES)).toEqual(
        presumedRenewals({ ...of, noticeText: null }, today, RULES),
      )
    })
  })

  test.each([
    ['a roll of three years', { renewalTerm: { amount: 3, unit: 'years' } }],
    ['one of months', { renewalTerm: { amount: 1, unit: 'months' } }],
    ['one that nobody says renews', { automaticRenewal: null }],
    ['one without a notice that can be read', { noticePeriod: null }],
    ['an end that nobody knows', { awardedEnd: { kind: 'undated' } }],
  ] as const)('is told of before each while it rolls: %s', (_, changes) => {
    const rolling = { ...renewing, noticeText, awardedEnd: { kind: 'rolling' } as const }
    const told = watch({
      ...{ contract: { ...rolling, ...changes }, looks: WHEN_DUE },
      ...{ from: day('2026-09-01'), to: day('2031-08-31') },
    }).filter(({ kind, rung }) => kind === 'notice' && rung !== null && rung >= 0)
    const days = ['2026-12-29', '2027-12-29', '2028-12-27', '2029-12-27', '2030-12-27']
    expect([...new Set(told.map(({ deadlineOn }) => deadlineOn))]).toEqual(days)
  })

  test('is told of before each of five years, each reminder once, however often it is looked at', () => {
    holds([anyYears], 25, ({ start, noticePeriod, automaticRenewal }) => {
      const awardedEnd = endOn(lastOfMonths(start, 60))
      const of = { ...renewing, noticeText, start, noticePeriod, automaticRenewal, awardedEnd }
      const span = { contract: of, from: start, to: lastOfMonths(start, 60) }
      const told = watch({ ...span, looks: EVERY_DAY })
      expect(lines(watch({ ...span, looks: WHEN_DUE }))).toEqual(lines(told))
      const days = [1, 2, 3, 4].flatMap((years) => {
        const end = { ...of, automaticRenewal: true, noticeText: null }
        const on = currentNotice(
          { ...end, awardedEnd: endOn(lastOfMonths(start, years * 12)) },
          RULES,
        )?.on
        return on === undefined || on < addDays(start, 4) ? [] : [on]
      })
      const keys = told.map(({ kind, deadlineOn, rung }) => `${kind} ${deadlineOn} ${rung}`)
      expect(new Set(keys).size).toBe(keys.length)
      for (const on of days) expect(keys).toContain(`notice ${on} 0`)
    })
  })
})

describe('a notice that counts from the anniversary', () => {
  test('warns by the earlier day, and renews for the same terms as one that counts from the end', () => {
    const ofDay = (days: number) => addDays(day('2020-01-01'), days)
    fc.assert(
      fc.property(
        fc.nat(1500),
        fc.integer({ min: 370, max: 1500 }),
        fc.nat(1400),
        (from, length, now) => {
          const plain = contract({
            ...{ ...renewing, start: ofDay(from), awardedEnd: endOn(ofDay(from + length)) },
            noticePeriod: { amount: 3, unit: 'months' },
          })
          const anniversary = { ...plain, noticeText: '3 months before the anniversary' }
          const today = ofDay(from + length + now - 700)
          const of = presumedRenewals(plain, today, RULES)
          expect(presumedRenewals(anniversary, today, RULES)).toEqual(of)
          // Each is one term, and its notice is missed only once both days are over.
          const [a, b] = [anniversary, plain].map((each) => currentNotice(each, RULES))
          expect([a?.latest, a?.renewsTo]).toEqual([b?.latest, b?.renewsTo])
          expect((a?.on ?? '') <= (b?.on ?? '')).toBe(true)
        },
      ),
    )
  })

  const of = (changes: Partial<Contract>) =>
    dates(contract({ ...renewing, awardedEnd: endOn('2027-06-30'), ...changes })).find((each) =>
      each.startsWith('notice'),
    )

  test.each(['3 months before the anniversary', '3 months prior to each anniversary date'])(
    '%s ends with the last year that is over by the end',
    (noticeText) => {
      expect(of({ noticeText })).toBe('notice 2026-12-29')
      expect(of({ noticeText, start: null })).toBe(of({}))
      expect(of({ noticeText, start: null, rollsFrom: day('2020-05-01') })).toBe(
        'notice 2027-01-27',
      )
      expect(of({ noticeText, start: day('2024-07-01') })).toBe(of({}))
    },
  )
})
