import { Big } from 'big.js'
import fc from 'fast-check'
import { quotient } from '../src/rules/money.ts'

const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.integer({ min: -45, max: 20 }))
  .map(([digits, exponent]) => new Big(`${digits}e${exponent}`))
const parts = ({ s, e, c }: Big) => ({ s, e, c })

test('a quotient is digit for digit that of big.js, halves and signs included', () => {
  const small = fc.integer({ min: -4000, max: 4000 }).map((each) => new Big(each).div(2))
  const operand = fc.oneof(decimal, small)
  fc.assert(
    fc.property(operand, operand, (a, b) => {
      fc.pre(!b.eq(0))
      expect(parts(quotient(a, b))).toEqual(parts(a.div(b)))
    }),
    { numRuns: 2000 },
  )
  for (const [a, b] of [
    ['5e-21', '1'],
    ['4.9e-21', '1'],
    ['-5e-21', '1'],
    ['-4e-21', '1'],
    ['0', '-7'],
    ['1', '3'],
    ['2', '-3'],
  ] as const) {
    expect(parts(quotient(new Big(a), new Big(b)))).toEqual(parts(new Big(a).div(b)))
  }
})

test('nothing is divided by zero', () => {
  expect(() => quotient(new Big(1), 0)).toThrow('Division by zero')
})
