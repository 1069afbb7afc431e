import { Big } from 'big.js'
import fc from 'fast-check'
import { asCivilDate } from '../src/rules/civil-date.ts'
import type { DeadlineKind } from '../src/rules/contract.ts'
import { asDecimal, canonical, type Decimal } from '../src/rules/money.ts'
import { byUrgency, urgencyOf } from '../src/text/deadline.ts'
import type { DeadlineFacts } from '../src/text/facts.ts'
import { oneMoreMonthWords } from '../src/text/headroom.ts'
import { DIRECT_MESSAGE, outdatedWords } from '../src/text/people.ts'
import { gapLines, gapWords, passedWords, startByWords } from '../src/text/procurement.ts'
import { waiversAnswer } from '../src/text/waiver.ts'
import {
  amountWords,
  counted,
  dateWords,
  endPhrase,
  estimateWords,
  mrkdwn,
  notNone,
  spendWords,
  teamWords,
  unitsOf,
  whenWords,
  worthCurrency,
  worthWords,
} from '../src/text/words.ts'
import { holds } from './support/holds.ts'
import { deadline } from './support/message-facts.ts'

describe('amounts', () => {
  it.each([
    ['4600000', '£4.6m'],
    ['3470000', '£3.47m'],
    ['775000000', '£775m'],
    ['774500000', '£774.5m'],
    ['77800000', '£77.8m'],
    ['163100000', '£163.1m'],
    ['3470', '£3,470'],
    ['1234.50', '£1,234.50'],
    ['135018', '£135,018'],
    ['0', '£0'],
    ['0.0125', '£0.0125'],
    ['0.5', '£0.50'],
    ['1250000000', '£1.25bn'],
    ['-4600000', '-£4.6m'],
    ['-0.10', '-£0.10'],
    // Halves are rounded away from zero, and never into an unnamed thousand.
    ['1005000', '£1.01m'],
    ['-1005000', '-£1.01m'],
    ['1.005', '£1.01'],
    ['999999.994', '£999,999.99'],
    ['999999.995', '£1m'],
    ['999949999', '£999.9m'],
    ['999950000', '£1bn'],
    ['0.99999', '£1'],
  ])('says %s as %s', (amount, words) => {
    expect(amountWords(asDecimal(amount), 'GBP')).toBe(words)
  })

  it('names other currencies by their code, and never an unknown value as zero', () => {
    expect(amountWords(asDecimal('1200000'), 'EUR')).toBe('EUR 1.2m')
    expect(amountWords(null, 'GBP')).toBe('value unknown')
  })

  it('a value that is one year’s says so, and nothing else does', () => {
    const of = (value: string | null, valueBasis?: 'annual' | 'committed') => {
      return { value: value === null ? null : asDecimal(value), currency: 'GBP', valueBasis }
    }
    expect(worthWords(of('9000', 'annual'))).toBe('£9,000 a year')
    expect(worthWords(of('9000', 'committed'))).toBe('£9,000')
    expect(worthWords(of('9000'))).toBe('£9,000')
    expect(worthWords(of(null, 'annual'))).toBe('value unknown')
    expect([of('9000', 'annual'), of('9000'), of(null, 'annual')].map(worthCurrency)).toEqual([
      'GBP a year',
      'GBP',
      null,
    ])
  })

  it('spend is exact to the pound at any size, and no estimate has pennies', () => {
    holds([fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n })], (pennies) => {
      const amount = canonical(new Big(String(pennies)).div(100))
      const read = (words: string) => new Big(words.replace(/[£,]/g, ''))
      expect(read(spendWords(amount, 'GBP')).eq(amount)).toBe(true)
      const estimate = estimateWords(amount, 'GBP')
      const off = read(estimate).minus(amount).abs()
      expect(off.lte(new Big(amount).abs().lt(1) ? 0 : 0.5), `${amount}: ${estimate}`).toBe(true)
    })
    expect(spendWords(null, 'GBP')).toBe('unknown')
  })

  it('stays within half a unit of its last place, for any amount of pennies', () => {
    holds([fc.bigInt({ min: 0n, max: 10n ** 15n })], (pennies) => {
      const digits = pennies.toString().padStart(3, '0')
      const words = amountWords(asDecimal(`${digits.slice(0, -2)}.${digits.slice(-2)}`), 'GBP')
      const [, number = '', scale = ''] = /^£([\d,.]+)(m|bn|)$/.exec(words) ?? []
      const [whole = '', places = ''] = number.replaceAll(',', '').split('.')
      const power = { '': 2, m: 8, bn: 11 }[scale] ?? 0
      const said = BigInt(whole + places) * 10n ** BigInt(power - places.length)
      // One decimal is shown from ten on, two below: half of the coarser one bounds both.
      const half = scale === '' ? 0n : 10n ** BigInt(power - 1) / 2n
      const off = said > pennies ? said - pennies : pennies - said
      expect(off <= half).toBe(true)
    })
  })
})

describe('dates', () => {
  it('carry the day of the week and a short month', () => {
    expect(dateWords(asCivilDate('2027-04-30'))).toBe('Fri 30 Apr 2027')
    expect(dateWords(asCivilDate('2027-01-04'))).toBe('Mon 4 Jan 2027')
  })

  it('are never more precise than what is known', () => {
    const said = (from: string, to: string) =>
      endPhrase({ earliestEnd: asCivilDate(from), latest: asCivilDate(to) })
    expect(said('2018-06-01', '2018-06-30')).toBe('in June 2018')
    expect(said('2026-04-01', '2026-06-30')).toBe('in Q2 2026')
    expect(said('2026-01-01', '2026-06-30')).toBe('in H1 2026')
    expect(said('2026-07-01', '2026-12-31')).toBe('in H2 2026')
    expect(said('2026-01-01', '2026-12-31')).toBe('in 2026')
    expect(said('2026-04-01', '2027-03-31')).toBe('in the year to Wed 31 Mar 2027')
    expect(said('2027-04-30', '2027-04-30')).toBe('on Fri 30 Apr 2027')
    const autumn = 'some day from Tue 1 Sep 2026 to Mon 30 Nov 2026'
    expect(said('2026-09-01', '2026-11-30')).toBe(autumn)
    expect(said('2026-06-28', '2026-07-04')).toBe('some day from Sun 28 Jun 2026 to Sat 4 Jul 2026')
    expect(said('9999-12-01', '9999-12-31')).toBe('in December 9999')
  })

  it('are told apart in days, never as "soon"', () => {
    const words = 'in 30 days, tomorrow, today, yesterday, 3 days ago'
    expect([30, 1, 0, -1, -3].map(whenWords).join(', ')).toBe(words)
    expect(whenWords(1234)).toBe('in 1,234 days')
  })
})

it('numbers agree with their nouns', () => {
  const said = [0, 1, 2, 20_778].map((count) => counted(count, 'contract')).join('; ')
  expect(said).toBe('0 contracts; 1 contract; 2 contracts; 20,778 contracts')
})

it('a day to start by that has passed, and a gap that cannot be avoided, are told to the day', () => {
  const [on, next] = [asCivilDate('2026-11-23'), asCivilDate('2026-11-24')]
  const count = {
    ...{ coverFrom: asCivilDate('2027-04-01'), routeTitle: 'open procedure', assumed: true },
    ...{ startBy: on, steps: [], passed: true, fits: [], gapUnavoidableFrom: next },
  }
  expect(passedWords(count, next)).toBe('That was 1 day ago.')
  expect(passedWords({ ...count, passed: false }, on)).toBeNull()
  expect(gapWords(count, on)).toContain('From Tue 24 Nov 2026 on')
  expect(gapWords(count, next)).toContain('since Tue 24 Nov 2026')
  expect(gapWords({ ...count, gapUnavoidableFrom: null }, on)).toBe('No route is open to it.')
  expect(startByWords(count)).toContain('(assumed, as no route is recorded)')
})

it('what a gap would cost is told where a baseline is known, and why not where none is', () => {
  const [coverFrom, beginsOn] = [asCivilDate('2027-04-01'), asCivilDate('2027-05-01')]
  const told = (cost: { runRate: Decimal | null; extra: Decimal | null; method: string }) =>
    gapLines({ coverFrom, beginsOn, days: 30, currency: 'GBP', cost }, false).join('\n')
  const [runRate, extra] = [asDecimal('1000'), asDecimal('400')]
  expect(told({ runRate, extra, method: 'ratio 1.4' })).toMatch(/£1,000 .*£400 .*\(ratio 1\.4\)/)
  const unknown = { runRate: null, extra: null, method: 'no value is recorded' }
  expect(
    told(unknown),
  ).toBe(`*30 days without a contract*: from Thu 1 Apr 2027 to Fri 30 Apr 2027, by these lead times.
What that would cost is not known: no value is recorded.`)
  const inTime = { coverFrom, beginsOn: coverFrom, days: 0, currency: 'GBP', cost: unknown }
  expect(gapLines(inTime, false).join()).toBe(
    'The new contract can begin in time, on Thu 1 Apr 2027.',
  )
  const oneDay = { ...inTime, beginsOn: asCivilDate('2027-04-02'), days: 1 }
  expect(gapLines(oneDay, true).join()).toMatch(/^\*1 day without a contract\*/)
})

it('the register of waivers says how many of each list it leaves out', () => {
  const on = asCivilDate('2026-11-02')
  const waiver = {
    ...{ reference: 'C-1', title: 'Linen', supplier: null, id: 7, currency: 'GBP' },
    ...({ category: 'urgent', reason: null, requestedOn: null, approvedOn: null } as const),
    ...{ beganOn: on, approver: null, net: null, gross: null, supplierYear: null },
    ...{ committeeOn: null, withdrawnOn: on, withdrawnWhy: 'typed twice' },
  }
  const told = (count: number) => {
    const lines = Array.from({ length: count }, () => waiver)
    const facts = { year: '2026/27', team: null, asOf: on, quarters: [], query: 'waivers' }
    const lists = { waivers: lines, breaches: lines, withdrawn: lines }
    return waiversAnswer({ ...facts, ...lists, shared: false, hidePrices: false }).text
  }
  expect(told(11).match(/and 1 more: lapsewatch waivers\./g)).toHaveLength(3)
  expect(told(10)).not.toContain('more: lapsewatch')
  expect(told(10)).toContain('Taken back: counted nowhere')
  expect(told(0)).not.toContain('Taken back')
  expect(told(10).match(/taken back on Mon 2 Nov 2026: typed twice/g)).toHaveLength(10)
})

it('one more month is told of the test that counts days of the term, of no other', () => {
  const tests = [
    { rule: 'pa23-below-threshold', title: 'Small change', percent: 99, state: 'over' },
    { rule: 'pa23-not-substantial', title: 'Not substantial', percent: 8.5, state: 'inside' },
  ] as const
  expect(oneMoreMonthWords({ tests })).toContain('"Not substantial" to 8.5%')
})

describe('what is lost soonest comes first', () => {
  const of = (kind: DeadlineKind, daysLeft: number, speaks = true) =>
    deadline(kind, '2026-11-23', { daysLeft, speaks })
  const urgency = (...all: [DeadlineFacts, ...DeadlineFacts[]]) => urgencyOf(all[0], all)

  test('a start-by that was missed long ago stands behind an end tomorrow', () => {
    const late = urgency(of('start-by', -137), of('end', 200, false))
    expect(urgency(of('end', 1))).toBeLessThan(late)
  })

  test('a missed start-by is as pressing as the end that it was for', () => {
    expect(urgency(of('start-by', -116), of('end', 1, false))).toBe(1)
  })

  test('in one message an emergency end in 7 days leads, not the start-by missed months ago', () => {
    const all = [of('start-by', -140), of('emergency-end', 7), of('notice', 2, false)]
    expect(byUrgency(all).map(({ kind }) => kind)).toEqual(['emergency-end', 'start-by', 'notice'])
  })

  test('an end that has passed comes before everything that has not', () => {
    expect(urgency(of('end', -22))).toBeLessThan(urgency(of('notice', 0)))
  })
})

describe('our own words', () => {
  it('a space at the edge of a value stands where two words would run together', () => {
    expect(mrkdwn`open procedure${' (assumed)'}, ${' £4m '}.`.toString()).toBe(
      'open procedure (assumed), £4m.',
    )
    expect(mrkdwn`*${' bold '}*`.toString()).toBe('*bold*')
  })

  it('a team is called one once', () => {
    expect(teamWords('Digital').toString()).toBe('team Digital')
    expect(teamWords('Default team').toString()).toBe('Default team')
    expect(teamWords('Steam plant').toString()).toBe('team Steam plant')
  })

  it('what there is none of is left out of a row of counts', () => {
    expect(notNone([3, 'new'], [0, 'changed'], [1200, 'rejected'])).toBe('3 new, 1,200 rejected')
    expect(notNone([0, 'new'])).toBe('')
  })
})

it.each([
  [
    'C-1',
    '#legal',
    'state',
    'the message in #legal about C-1 still shows how it stood on Wed 31 Mar 2027',
  ],
  ['C-1 C-1', '#legal', 'no amounts', 'the message in #legal about C-1 still shows no amounts'],
  [
    'A B C',
    DIRECT_MESSAGE,
    'questions',
    'the direct message about A, B, C still shows its questions as they stood on Wed 31 Mar 2027',
  ],
  [
    'A B C D E',
    '#legal',
    'gone',
    'the message in #legal about A, B, C and 2 more, last written on Wed 31 Mar 2027, is gone from Slack',
  ],
  ['', '#legal', 'unknown', 'the message in #legal (weekly) still shows how it stood before'],
] as const)(
  'a message that could not be rewritten is named with what it shows: %s %s %s',
  (of, to, is, words) => {
    const contracts = of
      .split(' ')
      .filter(Boolean)
      .map((reference) => {
        return {
          ...{ reference, title: 'T', supplier: null },
          kind: 'end',
          on: asCivilDate('2027-03-31'),
        }
      })
    const shows = is === 'gone' || is === 'unknown' ? 'state' : is
    const since = is === 'unknown' ? null : asCivilDate('2027-03-31')
    const message = { purpose: 'weekly', destination: to, contracts }
    expect(outdatedWords(message, { shows, since, isGone: is === 'gone' })).toBe(words)
  },
)

it.each([
  ['abcd', 4, 'abcd'],
  ['abcde', 4, 'abc…'],
  ['abc😀', 4, 'abc…'],
  ['ab😀cd', 5, 'ab😀…'],
  ['ab😀cd', 4, 'ab…'],
])('%s is cut to %i units, never within a pair: %s', (text, most, cut) => {
  expect(unitsOf(text, most)).toBe(cut)
})
