import fc from 'fast-check'
import { readAmount, readPeriod } from '../src/register/parse-amount.ts'

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
  ['100 to 200', /not an amount/],
  ['£4,000 pcm', /currency/],
  ['£4,000 USD', /currency/],
  ['50000 60000', /two ways/],
  ['(100', /bracket/],
])('%s is refused with a remedy, never guessed', (text, problem) => {
  const reading = readAmount(text)
  expect(reading.kind).toBe('bad')
  if (reading.kind === 'bad') expect(reading.problem).toMatch(problem)
})

describe('amounts are exact to the last penny', () => {
  const pence = fc.bigInt({ min: 0n, max: 99_999_999_999_999n })

  test('plain, with group marks, with a symbol, European where the column shows it', () => {
    fc.assert(
      fc.property(pence, (count) => {
        const text = `${count / 100n}.${String(count % 100n).padStart(2, '0')}`
        const grouped = text.replace(/\B(?=(\d{3})+\.)/g, ',')
        const swapped = grouped.replace(/[.,]/g, (mark) => (mark === '.' ? ',' : '.'))
        expect(readAmount(text)).toMatchObject({ amount: text })
        expect(readAmount(grouped)).toMatchObject({ amount: text })
        expect(readAmount(`£${grouped}`)).toMatchObject({ amount: text, currency: 'GBP' })
        expect(readAmount(swapped, 'comma')).toMatchObject({ amount: text })
      }),
    )
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
])('a notice period of %s keeps its unit', (text, amount, unit) => {
  expect(readPeriod(text, null)).toEqual({ kind: 'period', period: { amount, unit } })
})

test('a bare number takes the unit of its heading, and without one is refused', () => {
  expect(readPeriod('3', 'months')).toMatchObject({ period: { amount: 3, unit: 'months' } })
  expect(readPeriod('3', null)).toMatchObject({ kind: 'bad' })
})
