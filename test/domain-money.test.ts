import { Big } from 'big.js'
import fc from 'fast-check'
import { addDays, type CivilDate, dateOfDayNumber } from '../src/rules/civil-date.ts'
import { emergencyRatios, exposure, median, ratioOf } from '../src/rules/exposure.ts'
import { asDecimal, budgetCost, type Decimal, netOf, quotient } from '../src/rules/money.ts'
import {
  financialYearNamed,
  financialYearOf,
  monthCount,
  monthsNumber,
  monthsOfYear,
} from '../src/rules/months.ts'
import {
  baseline,
  type PricedContract,
  premium,
  type Span,
  shareOf,
  sum,
} from '../src/rules/premium.ts'
import { day, endOn, extension } from './support/contract-facts.ts'
import { holds } from './support/holds.ts'

const BYTES: PricedContract = {
  ...{ start: day('2018-05-01'), awardedEnd: endOn('2023-04-30'), awardedMaximumEnd: null },
  ...{ value: asDecimal('163100000'), valueBasis: 'unknown', vat: 'unknown', currency: 'GBP' },
  ...{ periodicCharge: null, chargeUnit: null, invoicedLastYear: null, oneOffCharges: null },
}
/** `2718333.33, straight line over 60 months (assumed)`, or why there is none. */
function based(changes: Partial<PricedContract> = {}): string {
  const found = baseline({ ...BYTES, ...changes })
  if (!found.known) return found.why
  return `${found.amount}, ${found.method}${found.assumed ? ' (assumed)' : ''}`
}
const INSIGHT = { ...BYTES, start: day('2020-05-01'), value: asDecimal('77800000') }
const MAY = { from: day('2023-05-01'), to: day('2023-05-31') }

function months(from: string, to: string): number {
  return monthsNumber(monthCount(day(from), day(to)))
}

describe('months between two days', () => {
  test.each([
    ['2023-05-01', '2023-05-31', 1],
    ['2018-05-01', '2023-04-30', 60],
    ['2026-03-15', '2026-04-14', 1],
    ['2026-01-31', '2026-02-27', 1],
    ['2024-02-29', '2024-03-28', 1],
    ['2023-05-01', '2023-06-15', 1.5],
    ['2023-05-01', '2023-05-30', 0.9677],
    ['2023-04-30', '2023-05-31', 1.0645],
    ['2027-03-31', '2027-03-31', 0.0333],
    ['2023-06-01', '2026-03-31', 34],
  ])('%s to %s, both included: %d', (from, to, count) => {
    expect(months(from, to)).toBe(count)
  })

  test('refuse to run backwards', () => {
    expect(() => monthCount(day('2023-05-02'), day('2023-05-01'))).toThrow('lies before')
  })
})

describe('the baseline of a month', () => {
  test('is the current charge before all else, whatever its unit', () => {
    const of = { ...BYTES, periodicCharge: asDecimal('1200'), invoicedLastYear: asDecimal('24000') }
    const units = ['day', 'week', 'month', 'quarter', 'year'] as const
    expect(units.map((chargeUnit) => based({ ...of, chargeUnit }))).toEqual([
      ...['36500.00, charge per day', '5214.29, charge per week', '1200.00, charge per month'],
      ...['400.00, charge per quarter', '100.00, charge per year'],
    ])
  })

  test('is a twelfth of the last year’s invoices where no charge is known', () => {
    const said = based({ invoicedLastYear: asDecimal('24000') })
    expect(said).toBe('2000.00, invoiced in the last 12 months')
  })

  test('is else the value without one-off charges over its own months, an unknown basis assumed', () => {
    const line = 'straight line over 60 months'
    expect(based()).toBe(`2718333.33, ${line}, basis assumed committed (assumed)`)
    const once = { valueBasis: 'committed', oneOffCharges: asDecimal('3100000') } as const
    expect(based(once)).toBe(`2666666.67, ${line}, without one-off charges`)
  })

  test('spreads a maximum value over the maximum term, and an annual one over its year', () => {
    const maximum = { valueBasis: 'maximum' } as const
    expect(baseline({ ...BYTES, ...maximum }).known).toBe(false)
    const longer = based({ ...maximum, awardedMaximumEnd: day('2028-04-30') })
    expect(longer).toBe('1359166.67, straight line over 120 months, options included')
    expect(based({ valueBasis: 'annual' })).toMatch(/^13591666\.67, /)
  })

  test('takes tax out of a value that includes it, and says so', () => {
    expect(based({ vat: 'gross', valueBasis: 'committed' })).toBe(
      '2265277.78, straight line over 60 months, VAT of 20% taken out (assumed)',
    )
  })

  test.each<readonly [string, Partial<PricedContract>]>([
    ['no charge, invoices or value recorded', { value: null }],
    ['no start recorded', { start: null }],
    [
      'no awarded end recorded, over which to spread the value',
      { awardedEnd: { kind: 'undated' } },
    ],
    [
      'no awarded end recorded, over which to spread the value',
      { awardedEnd: { kind: 'rolling' } },
    ],
    ['its end lies before its start', { awardedEnd: endOn('2018-04-30') }],
    ['its one-off charges are more than its value', { oneOffCharges: asDecimal('200000000') }],
  ])('is unknown, never zero, where something is missing, and says what', (why, gap) => {
    expect(based(gap)).toBe(why)
  })
})

describe('the premium of an extension', () => {
  test('of the two emergency months of 2023: about 1.7 and 1.6 times, £3.2m of £8.07m together', () => {
    const bytes = premium({ ...MAY, cost: asDecimal('4600000') }, baseline(BYTES))
    const insight = premium({ ...MAY, cost: asDecimal('3470000') }, baseline(INSIGHT))
    expect(bytes).toMatchObject({ months: 1, premium: '1881666.67', ratio: 1.6922 })
    expect(insight).toMatchObject({ months: 1, premium: '1308888.89', ratio: 1.6057 })
    expect(sum([bytes.premium, insight.premium])).toBe('3190555.56')
  })

  test('is negative where the months were cheaper', () => {
    const cheap = premium({ ...MAY, cost: asDecimal('2000000') }, baseline(BYTES))
    expect(cheap).toMatchObject({ premium: '-718333.33', ratio: 0.7357 })
  })

  test('is unknown without a cost or without a baseline', () => {
    const unpriced = premium({ ...MAY, cost: null }, baseline(BYTES))
    expect(unpriced).toMatchObject({ baseline: '2718333.33', premium: null, ratio: null })
    const none = premium({ ...MAY, cost: asDecimal('1') }, baseline({ ...BYTES, value: null }))
    expect(none).toMatchObject({ baseline: null, premium: null, ratio: null, months: 1 })
  })
})

describe('financial years', () => {
  test('run from April to March unless another month is set', () => {
    const year = { name: '2025/26', first: '2025-04-01', last: '2026-03-31' }
    expect(financialYearOf(day('2026-03-31'))).toEqual(year)
    expect(financialYearOf(day('2026-04-01')).name).toBe('2026/27')
    const calendar = { name: '2026', first: '2026-01-01', last: '2026-12-31' }
    expect(financialYearOf(day('2026-04-01'), 1)).toEqual(calendar)
  })

  test('are known by the names that people write', () => {
    for (const text of ['2026/27', '2026-27', '2026/2027', 'FY 2026/27', '2026']) {
      expect(financialYearNamed(text)?.name).toBe('2026/27')
    }
    for (const text of ['2026/28', '26/27', 'next year', '2026/2028', '']) {
      expect(financialYearNamed(text)).toBeNull()
    }
  })

  test('15 March to 14 April falls in two, by days', () => {
    const over = { from: day('2026-03-15'), to: day('2026-04-14') }
    const parts = [over.from, over.to]
      .map((on) => financialYearOf(on))
      .map(({ first, last }) => shareOf(asDecimal('100.00'), over, { from: first, to: last }))
    expect(parts).toEqual(['54.84', '45.16'])
  })
})

describe('money adds up to the penny', () => {
  const cents = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 })
  const amount = cents.map((each) => asDecimal(new Big(each).div(100).toFixed(2)))
  const span = fc
    .tuple(fc.integer({ min: 14_000, max: 24_000 }), fc.integer({ min: 0, max: 2500 }))
    .map(([first, length]) => {
      return { from: dateOfDayNumber(first), to: dateOfDayNumber(first + length) }
    })

  test('over months and over financial years, wherever they begin, and months make their year', () => {
    const month = fc.integer({ min: 1, max: 12 })
    holds([amount, span, month], (cost, over, startMonth) => {
      const years = []
      let year = financialYearOf(over.from, startMonth)
      for (; year.first <= over.to; year = financialYearOf(addDays(year.last, 1), startMonth)) {
        years.push(year)
      }
      const byYear = years.map(({ first, last }) => shareOf(cost, over, { from: first, to: last }))
      years.forEach((each, index) => {
        const byMonth = monthsOfYear(each).map(({ first, last }) =>
          shareOf(cost, over, { from: first, to: last }),
        )
        expect(sum(byMonth)).toBe(byYear[index])
      })
      expect(sum(byYear)).toBe(cost)
    })
  })

  test('in any order, and however the days are cut', () => {
    const cuts = fc.array(fc.integer({ min: 0, max: 2500 }), { maxLength: 12 })
    holds([amount, span, cuts, fc.infiniteStream(fc.nat())], (cost, over, days, keys) => {
      const parts = pieces(over, days).map((part) => shareOf(cost, over, part))
      const shuffled = parts
        .map((part) => ({ part, key: keys.next().value ?? 0 }))
        .sort((a, b) => a.key - b.key)
        .map(({ part }) => part)
      expect(sum(parts)).toBe(cost)
      expect(sum(shuffled)).toBe(cost)
    })
  })

  test('accrued is nothing the day before, all of it on the last day, and never falls between', () => {
    const positive = fc.integer({ min: 0, max: 1_000_000_000 }).map((each) => {
      return asDecimal(new Big(each).div(100).toFixed(2))
    })
    const accruedBy = (amount: Decimal, over: Span, day: CivilDate) =>
      shareOf(amount, over, { from: over.from, to: day })
    holds([positive, span, fc.nat(2500)], (cost, over, after) => {
      const on = addDays(over.from, after)
      expect(accruedBy(cost, over, addDays(over.from, -1))).toBe('0.00')
      expect(accruedBy(cost, over, over.to)).toBe(cost)
      const now = new Big(accruedBy(cost, over, on))
      expect(now.lte(accruedBy(cost, over, addDays(on, 1)))).toBe(true)
    })
  })

  function pieces(over: { from: CivilDate; to: CivilDate }, days: readonly number[]) {
    const starts = [...new Set(days.map((each) => addDays(over.from, each)))]
      .filter((each) => each > over.from && each <= over.to)
      .sort((a, b) => (a < b ? -1 : 1))
    const all = [over.from, ...starts]
    return all.map((from, index) => {
      const next = all[index + 1]
      return { from, to: next === undefined ? over.to : addDays(next, -1) }
    })
  }
})

describe('the exposure of a lapse', () => {
  const none = { own: [], supplier: [], organisation: [], fallback: 1.25 }
  const lapsing = { ...BYTES, minimumExtension: null }

  test('is a month’s run-rate apart from the extra, over the supplier’s minimum where there is one', () => {
    const from = 'straight line over 60 months, basis assumed committed'
    expect(exposure(lapsing, day('2023-04-30'), none)).toEqual({
      ...{ runRate: '2718333.33', extra: '679583.33', months: 1, ratio: 1.25 },
      ...{ whence: 'assumed', from, method: `${from}; ratio assumed` },
    })
    const quarter = { ...lapsing, minimumExtension: { amount: 3, unit: 'months' as const } }
    const three = { runRate: '8155000.00', extra: '2038750.00', months: 3 }
    expect(exposure(quarter, day('2023-04-30'), none)).toMatchObject(three)
  })

  test('takes the ratio of its own past, then the supplier’s of three or more, then everybody’s', () => {
    const past = { own: [1.7], supplier: [2, 3, 4], organisation: [1, 2], fallback: 1.25 }
    expect(ratioOf(past)).toEqual({ ratio: 1.7, whence: "of the contract's own past" })
    expect(ratioOf({ ...past, own: [] })).toMatchObject({ ratio: 3 })
    expect(ratioOf({ ...past, own: [], supplier: [2, 3] })).toMatchObject({ ratio: 1.5 })
    expect(ratioOf(none)).toEqual({ ratio: 1.25, whence: 'assumed' })
  })

  test('has no price, rather than £0, where the baseline is unknown', () => {
    const unknown = exposure({ ...lapsing, value: null }, day('2023-04-30'), none)
    const method = 'no charge, invoices or value recorded'
    expect(unknown).toMatchObject({ runRate: null, extra: null, method })
  })

  test('learns from agreed emergencies only', () => {
    const cost = asDecimal('4600000')
    const month = (changes: Parameters<typeof extension>[2]) => {
      return extension('2023-05-01', '2023-05-31', { cost, ...changes })
    }
    const kind = 'emergency'
    const months = [
      ...[month({ kind }), month({ kind, status: 'proposed' }), month({ kind: 'option' })],
      month({ kind, cost: null }),
    ]
    expect(emergencyRatios(months, baseline(BYTES))).toEqual([1.6922])
    expect(median([1, 4, 2])).toBe(2)
    expect(median([])).toBeNull()
  })
})

describe('tax that does not come back', () => {
  test('tax is that of the day on which it was agreed, at the standard rate of those years', () => {
    const gross = (on: string | null) =>
      netOf(asDecimal('117500'), 'gross', 'GBP', on === null ? null : day(on)).amount.toFixed(2)
    expect(gross('1991-04-01')).toBe('100000.00')
    expect(gross('2008-11-30')).toBe('100000.00')
    expect(gross('2008-12-01')).toBe('102173.91')
    expect(gross('2009-12-31')).toBe('102173.91')
    expect(gross('2010-01-01')).toBe('100000.00')
    expect(gross('2011-01-03')).toBe('100000.00')
    expect(gross('2011-01-04')).toBe('97916.67')
    expect(gross(null)).toBe('97916.67')
    const borne = (on: string) => budgetCost(asDecimal('1000'), 'none', 'GBP', day(on))
    expect([borne('1991-04-01'), borne('2008-11-30')]).toEqual(['1175.00', '1175.00'])
    expect([borne('2008-12-01'), borne('2009-12-31')]).toEqual(['1150.00', '1150.00'])
    expect([borne('2010-01-01'), borne('2011-01-03')]).toEqual(['1175.00', '1175.00'])
    expect([borne('2011-01-04'), borne('2026-11-22')]).toEqual(['1200.00', '1200.00'])
  })

  test('is a cost to the budget; where that is not known, neither is the cost', () => {
    const cost = asDecimal('4600000')
    expect(budgetCost(cost, 'none', 'GBP', null)).toBe('5520000.00')
    expect(budgetCost(cost, 'full', 'GBP', null)).toBe('4600000.00')
    expect(budgetCost(cost, 'part', 'GBP', null)).toBeNull()
    expect(budgetCost(cost, 'unknown', 'GBP', null)).toBeNull()
    expect(budgetCost(null, 'full', 'GBP', null)).toBeNull()
  })
})

const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.integer({ min: -45, max: 20 }))
  .map(([digits, exponent]) => new Big(`${digits}e${exponent}`))
const parts = ({ s, e, c }: Big) => ({ s, e, c })

test('a quotient is digit for digit that of big.js, halves and signs included', () => {
  const small = fc.integer({ min: -4000, max: 4000 }).map((each) => new Big(each).div(2))
  const operand = fc.oneof(decimal, small)
  holds([operand, operand], 2000, (a, b) => {
    fc.pre(!b.eq(0))
    expect(parts(quotient(a, b))).toEqual(parts(a.div(b)))
  })
  for (const each of ['5e-21/1', '4.9e-21/1', '-5e-21/1', '-4e-21/1', '0/-7', '1/3', '2/-3']) {
    const [a = new Big(0), b = a] = each.split('/').map((text) => new Big(text))
    expect(parts(quotient(a, b)), each).toEqual(parts(a.div(b)))
  }
})

test('nothing is divided by zero', () => {
  expect(() => quotient(new Big(1), 0)).toThrow('Division by zero')
})
