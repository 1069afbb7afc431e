import fc from 'fast-check'
import { type AmountReading, readAmount } from '../src/register/parse-amount.ts'
import { holds } from './support/holds.ts'
import { outcomes } from './support/register-file.ts'

/** A reading in a line: the amount with all that is said of it, or what is wrong. */
function says(reading: AmountReading, text: string): string {
  if (reading.kind === 'bad') return `bad: ${reading.problem}${reading.remedy === '' ? '?' : ''}`
  if (reading.kind === 'nil') return 'nil'
  const { amount, currency, vat, annual, per, words } = reading
  const more = [currency, vat, annual && 'a year', per && `a ${per}`, words === text && 'words']
  return [amount, ...more].filter(Boolean).join(', ')
}

const AMOUNTS = `
£1,234.50 · 1234.5 GBP | 1234.50, GBP
1.2m | 1200000.00
£4.6 million | 4600000.00, GBP
12k | 12000.00
£163.1M | 163100000.00, GBP
EUR 1.234,50 | 1234.50, EUR
1.234.567 · 1 234 567 | 1234567.00
€ 2,500 | 2500.00, EUR
1'234.50 | 1234.50
£10,000 + VAT · £10,000 exc. VAT | 10000.00, GBP, net
£10,000 per annum | 10000.00, GBP, a year
1.5e6 | 1500000.00
£1.234m | 1234000.00, GBP
1.234,50k | 1234500.00
0 | 0.00
0.0125 | 0.0125
007 | 7.00
TBC · N/A · - · unknown | nil
(1,234.50) · -5 · £-5 | bad: the amount is negative
1.234 · 1,23 · 1,23,456 · 50000 60000 | bad: the figure could be read in two ways
about ten · from 100 · 200 to 100 · £100 per user | bad: this is not an amount
XYZ 100 · £4,000 USD | bad: the currency is not known
(100 | bad: a bracket is missing
£100,000 – £200,000 | 200000.00, GBP, words
between 5k and 7k | 7000.00, words
10-20k | 20000.00, words
up to £900k | 900000.00, GBP, words
approx. 5,000 | 5000.00, words
£5m (est.) | 5000000.00, GBP, words
£4,000 pcm | 4000.00, GBP, a month, words
£400 per quarter | 400.00, GBP, a quarter, words
£10,000 (inc VAT) · £10,000 gross | 10000.00, GBP, gross
£10,000 p.a. ex VAT | 10000.00, GBP, net, a year
`

test.each([...outcomes(AMOUNTS), ['', 'nil']])('%s is %s', (text, outcome) => {
  expect(says(readAmount(text), text)).toBe(outcome)
})

const pence = fc.bigInt({ min: 0n, max: 99_999_999_999_999n })

test('amounts are exact to the last penny: plain, with group marks, with a symbol, European where the column shows it', () => {
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
