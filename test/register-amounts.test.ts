import fc from 'fast-check'
import {
  readAmount,
  readNoticeLength,
  readOptions,
  readPeriod,
  readTerm,
} from '../src/register/parse-amount.ts'
import { holds } from './support/holds.ts'

test.each([
  ['£1,234.50', '1234.50', 'GBP'],
  ['1.2m', '1200000.00', null],
  ['£4.6 million', '4600000.00', 'GBP'],
  ['12k', '12000.00', null],
  ['£163.1M', '163100000.00', 'GBP'],
  ['1234.5 GBP', '1234.50', 'GBP'],
  ['EUR 1.234,50', '1234.50', 'EUR'],
  ['1.234.567', '1234567.00', null],
  ['€ 2,500', '2500.00', 'EUR'],
  ['1 234 567', '1234567.00', null],
  ["1'234.50", '1234.50', null],
  ['£10,000 + VAT', '10000.00', 'GBP'],
  ['£10,000 per annum', '10000.00', 'GBP'],
  ['1.5e6', '1500000.00', null],
  ['£1.234m', '1234000.00', 'GBP'],
  ['1.234,50k', '1234500.00', null],
  ['0', '0.00', null],
  ['0.0125', '0.0125', null],
  ['007', '7.00', null],
])('%s is %s', (text, amount, currency) => {
  expect(readAmount(text)).toMatchObject({ kind: 'amount', amount, currency })
})

test('what an amount says of tax and of the year is kept', () => {
  expect(readAmount('£10,000 + VAT')).toMatchObject({ vat: 'net', annual: false })
  expect(readAmount('£10,000 (inc VAT)')).toMatchObject({ vat: 'gross' })
  expect(readAmount('£10,000 exc. VAT')).toMatchObject({ vat: 'net' })
  expect(readAmount('£10,000 gross')).toMatchObject({ amount: '10000.00', vat: 'gross' })
  expect(readAmount('£10,000 p.a. ex VAT')).toMatchObject({ vat: 'net', annual: true })
})

test.each(['', 'TBC', 'N/A', '-', 'unknown'])('"%s" is unknown, not nothing', (text) => {
  expect(readAmount(text).kind).toBe('nil')
})

test.each([
  ['(1,234.50)', /negative/],
  ['-5', /negative/],
  ['£-5', /negative/],
  ['1.234', /two ways/],
  ['1,23', /two ways/],
  ['1,23,456', /two ways/],
  ['about ten', /not an amount/],
  ['XYZ 100', /currency/],
  ['from 100', /not an amount/],
  ['200 to 100', /not an amount/],
  ['£100 per user', /not an amount/],
  ['£4,000 USD', /currency/],
  ['50000 60000', /two ways/],
  ['(100', /bracket/],
])('%s is refused with a remedy, never guessed', (text, problem) => {
  const reading = readAmount(text)
  expect(reading.kind).toBe('bad')
  if (reading.kind === 'bad') expect(reading.problem).toMatch(problem)
})

test.each([
  ['£100,000 – £200,000', '200000.00', undefined],
  ['between 5k and 7k', '7000.00', undefined],
  ['10-20k', '20000.00', undefined],
  ['up to £900k', '900000.00', undefined],
  ['approx. 5,000', '5000.00', undefined],
  ['£5m (est.)', '5000000.00', undefined],
  ['£4,000 pcm', '4000.00', 'month'],
  ['£400 per quarter', '400.00', 'quarter'],
])('%s is its upper figure, and keeps its words', (text, amount, per) => {
  const reading = readAmount(text)
  expect(reading).toMatchObject({ kind: 'amount', amount, words: text })
  expect({ per: undefined, ...reading }.per).toBe(per)
})

describe('amounts are exact to the last penny', () => {
  const pence = fc.bigInt({ min: 0n, max: 99_999_999_999_999n })

  test('plain, with group marks, with a symbol, European where the column shows it', () => {
    holds([pence], (count) => {
      const text = `${count / 100n}.${String(count % 100n).padStart(2, '0')}`
      const grouped = text.replace(/\B(?=(\d{3})+\.)/g, ',')
      const swapped = grouped.replace(/[.,]/g, (mark) => (mark === '.' ? ',' : '.'))
      expect(readAmount(text)).toMatchObject({ amount: text })
      expect(readAmount(grouped)).toMatchObject({ amount: text })
      expect(readAmount(`£${grouped}`)).toMatchObject({ amount: text, currency: 'GBP' })
      expect(readAmount(swapped, 'comma')).toMatchObject({ amount: text })
    })
  })
})

test.each([
  ['3 months', 3, 'months'],
  ['90 days', 90, 'days'],
  ['10 working days', 10, 'working-days'],
  ['six weeks', 6, 'weeks'],
  ['1 year', 1, 'years'],
  ['12 months notice', 12, 'months'],
  ['three (3) months', 3, 'months'],
  ['not fewer than ninety (90) days’ written notice', 90, 'days'],
  ['six weeks before the expiry date', 6, 'weeks'],
  ['60 business days', 60, 'working-days'],
  ['2 quarters', 6, 'months'],
  ['a fortnight', 2, 'weeks'],
  ['half a year', 6, 'months'],
  ['twenty-eight days', 28, 'days'],
  ['30 days at any time', 30, 'days'],
  ['4mths', 4, 'months'],
  ['1/4 year', 3, 'months'],
  ['3/4 of a year', 9, 'months'],
  ['1/2 month', 16, 'days'],
  ['1 month’s notice expiring on a quarter day', 1, 'months'],
  ['2 1/2 years', 30, 'months'],
])('a notice period of %s keeps its unit', (text, amount, unit) => {
  expect(readPeriod(text, null)).toEqual({ kind: 'period', period: { amount, unit } })
})

test.each([
  ['1 month for us, 3 months for the supplier', 3, 'months'],
  ['30 days (buyer) / 13 weeks (supplier)', 13, 'weeks'],
])('of several lengths the longest counts: %s', (text, amount, unit) => {
  expect(readPeriod(text, null)).toEqual({ kind: 'period', period: { amount, unit }, words: text })
})

test.each([
  '3 months (clause 6)',
  '3 months, clauses 14 and 15',
  '3 months before March 31, 2027',
  '3 months by 17:00 on 31 March',
  '3 months, 24 hours by telephone',
  '3 months, 2 copies (020 7946 0000)',
  '3 months from year 2, see 24/7 desk',
  'three (3) months',
])('of a notice of "%s" no other number is a length', (text) => {
  const period = { amount: 3, unit: 'months' }
  expect(readNoticeLength(text, null)).toEqual({ kind: 'period', period })
})

const years = (...amounts: number[]) => amounts.map((amount) => ({ amount, unit: 'years' }))
const months = (...amounts: number[]) => amounts.map((amount) => ({ amount, unit: 'months' }))

test.each([
  ['2 years + 1 year', null, years(2), years(1)],
  ['Four years with the option of two more', null, years(4), years(2)],
  ['36 months plus 24 month option', 'months', months(36), months(24)],
  ['3+1+1', 'years', years(3), years(1, 1)],
  ['5 yrs (+1 +1)', null, years(5), years(1, 1)],
  ['12+12', 'months', months(12), months(12)],
  ['6 years (4 years + 2 years)', null, years(4), years(2)],
  ['2 years with option to extend for 3 periods of 12 months', null, years(2), months(12, 12, 12)],
  // What is the contract's own is said, or what of the whole its options are.
  ['3 years extendable to 5 years', null, years(3), months(24)],
  ['60 months including initial 36', null, months(36), months(24)],
  ['60 months, initial 36', null, months(36), months(24)],
  ['5 years (3 years initial)', null, years(3), months(24)],
  ['5 years (initial term 3 years)', null, years(3), months(24)],
  ['5 years of which 3 firm', null, years(3), months(24)],
  ['5 years, of which 2 are optional', null, months(36), years(2)],
  ['5 years including 2 year extension', null, months(36), years(2)],
  ['5 years including 2 x 12 month extensions', null, months(36), months(12, 12)],
  ['5 years (inc 2 year option)', null, months(36), years(2)],
  ['3+2 years inc. option', null, years(3), years(2)],
  ['3+2 years including options', null, years(3), years(2)],
  ['3 years (not including 2 year option)', null, years(3), years(2)],
  ['initial 3 years, 5 years in total', null, years(3), months(24)],
  ['3 years (max 5 years)', null, years(3), months(24)],
  ['min 2, max 4 years', null, years(2), months(24)],
  ['3 years minimum, 5 maximum', null, years(3), months(24)],
  ['Initial period of three (3) years with two (2) one year options', null, years(3), years(1, 1)],
  ['2 years initial, 1+1', null, years(2), years(1, 1)],
  ['12 months optional, 3 months mandatory', null, months(3), months(12)],
  ['3 months mandatory, 12 months optional', null, months(3), months(12)],
  // Mobilisation and breaks are none of its length.
  ['24 months plus 3 months mobilisation', null, months(24), []],
  ['3 months mobilisation plus 24 months', null, months(24), []],
  ['3 months mobilisation + 3 years + 1 + 1', null, years(3), years(1, 1)],
  ['10 yrs (break at yr 5)', null, years(10), []],
] as const)('a term of %s has its options apart', (text, unit, base, options) => {
  expect(readTerm(text, unit)).toEqual({ kind: 'term', base, options })
})

test.each([
  ['3 years extendable up to 5 years', years(3), months(24), [years(5)]],
  ['3 years, extendable up to a maximum of 5 years', years(3), months(24), [years(5)]],
  ['3 years with option to extend up to 5 years', years(3), months(24), [years(5)]],
] as const)('of "%s" what is of both counts, as the sooner', (text, base, options, others) => {
  expect(readTerm(text, null)).toEqual({ kind: 'term', base, options, others })
})

test.each([
  ['2-3 years', years(2), [{ base: years(3), options: [] }]],
  ['24 or 36 months', months(24), [{ base: months(36), options: [] }]],
  ['5 years (2 year option)', months(36), [{ base: years(5), options: years(2) }]],
] as const)(
  'of "%s" the shortest counts, and the others may hold instead',
  (text, base, instead) => {
    expect(readTerm(text, null)).toMatchObject({ kind: 'term', base, instead })
  },
)

test.each([
  ['up to 6 years', 'most'],
  ['maximum 6 years', 'most'],
  ['no more than 6 years', 'most'],
  ['6 years including extensions', 'most'],
  ['at least 6 years', 'least'],
  ['6 years min.', 'least'],
] as const)('"%s" is how long it is at %s', (text, isLimit) => {
  expect(readTerm(text, 'months')).toMatchObject({ kind: 'term', base: years(6), isLimit })
})

test.each(['3+1+1', 'as needed', '2 years and 3 years'])(
  'a term of "%s" under months is not guessed',
  (text) => expect(readTerm(text, 'months').kind).toBe('bad'),
)

test.each([
  ['3 x 12', 'months', months(12, 12, 12)],
  ['two further periods of 6 months', null, months(6, 6)],
  ['up to 36', 'months', months(36)],
  ['12 months, then 6 months', null, months(12, 6)],
  ['two 12-month extensions', null, months(12, 12)],
  ['2 (12 months each)', null, months(12, 12)],
  ['two (2) one year extensions', null, years(1, 1)],
] as const)('options of %s are read one by one', (text, unit, options) => {
  expect(readOptions(text, unit)).toEqual({ kind: 'term', base: [], options })
})

test.each(['No', 'none', 'nil', '0', '0 months', 'zero'])('options of "%s" are none', (text) => {
  expect(readOptions(text, 'months').kind).toBe('nil')
})

test('a bare number takes the unit of its heading, and without one is refused', () => {
  expect(readPeriod('3', 'months')).toMatchObject({ period: { amount: 3, unit: 'months' } })
  expect(readPeriod('3', null)).toMatchObject({ kind: 'bad' })
})
