import { join } from 'node:path'
import type { Draft } from '../src/register/draft.ts'
import { addDays, addMonths, daysBetween } from '../src/rules/civil-date.ts'
import { baseline, premium, sum } from '../src/rules/premium.ts'
import { replay } from '../src/rules/replay.ts'
import { day, RULES } from './support/contract-facts.ts'
import { importedContract } from './support/draft-contract.ts'
import { present } from './support/present.ts'
import { type Reading, reading } from './support/register-file.ts'

const FILE = join(import.meta.dirname, 'registers', 'nhs-2023.csv')

/** The register of 2023 has no charges and no invoices. */
const NO_PRICES = {
  periodicCharge: null,
  chargeUnit: null,
  invoicedLastYear: null,
  oneOffCharges: null,
}

let story: Reading
beforeAll(async () => {
  story = await reading(FILE)
})

function told(reference: string): Draft {
  const draft = present(
    story.drafts.find((each) => each.reference === reference),
    `The story has no contract ${reference}.`,
  )
  return draft
}

describe('the story of 2018 to 2023 as a register', () => {
  test('is read as it stands, without a mapping by hand; the one row without an end is told', () => {
    expect(story.problems).toMatchObject([
      { reference: 'NHS-TEAMS-2020', problem: expect.stringContaining('no end') },
    ])
    expect(story.skipped).toEqual([])
    expect(story.register.unmapped).toEqual(['Assumed', 'Source'])
    expect(story.drafts.map(({ reference, reseller }) => [reference, reseller])).toEqual([
      ['NHS-CSA-2017', null],
      ['NHS-TEAMS-2020', null],
      ['NHS-BYTES-2018', 'Bytes'],
      ['NHS-INSIGHT-2020', 'Insight'],
      ['NHS-M365-2023', 'Bytes'],
    ])
  })

  test('custom support ends some day in June 2018, and is warned of from the first', () => {
    const support = told('NHS-CSA-2017')
    expect(support.end).toEqual({
      kind: 'dated',
      earliest: '2018-06-01',
      latest: '2018-06-30',
      precision: 'month',
    })
    expect(support.products).toEqual(['Windows XP', 'Windows Server 2003', 'SQL Server 2005'])
    expect(support.value).toBeNull()
  })

  test('the Teams deal has no end that anybody published: undated, not guessed', () => {
    expect(told('NHS-TEAMS-2020')).toMatchObject({
      start: '2020-03-01',
      end: { kind: 'undated' },
      value: null,
    })
  })

  test.each([
    ['NHS-BYTES-2018', '163100000.00', 60, '4600000.00'],
    ['NHS-INSIGHT-2020', '77800000.00', 36, '3470000.00'],
  ])(
    '%s: £%s over %i months, then one emergency month for £%s',
    (reference, value, months, cost) => {
      const old = told(reference)
      expect(old).toMatchObject({ value, valueBasis: 'unknown', successor: 'NHS-M365-2023' })
      expect(old.end).toMatchObject({ latest: '2023-04-30', precision: 'day' })
      expect(old.start && addDays(addMonths(old.start, months), -1)).toBe('2023-04-30')
      expect(old.extensions).toEqual([
        {
          kind: 'emergency',
          status: 'confirmed',
          from: '2023-05-01',
          to: '2023-05-31',
          cost,
          knownOn: '2023-04-28',
          source: 'column "Extension to"',
        },
      ])
    },
  )

  test('the two emergency months cost £8.07m, of which about £3.2m was premium, by an assumption that is named', () => {
    const prices = ['NHS-BYTES-2018', 'NHS-INSIGHT-2020'].map((reference) => {
      const { extensions, ...old } = told(reference)
      const { maximumEnd: awardedMaximumEnd, end: awardedEnd } = old
      const base = baseline({ ...old, ...NO_PRICES, awardedEnd, awardedMaximumEnd })
      const [month] = extensions
      if (!month?.from) throw new Error(`${reference} has no emergency month.`)
      return { cost: month.cost, ...premium({ ...month, from: month.from }, base) }
    })
    expect(sum(prices.map(({ cost }) => cost))).toBe('8070000.00')
    expect(sum(prices.map((each) => each.premium))).toBe('3190555.56')
    expect(prices.map(({ ratio }) => ratio?.toFixed(1))).toEqual(['1.7', '1.6'])
    expect(prices.map(({ method, assumed }) => [method, assumed])).toEqual([
      ['straight line over 60 months, basis assumed committed', true],
      ['straight line over 36 months, basis assumed committed', true],
    ])
  })

  test('the new deal is committed for 34 months; five years is only its maximum', () => {
    const deal = told('NHS-M365-2023')
    expect(deal).toMatchObject({
      start: '2023-06-01',
      end: { latest: '2026-03-31' },
      maximumEnd: '2028-03-31',
      value: '774500000.00',
      vat: 'net',
      units: '1500000.00',
    })
    expect(addDays(addMonths(day('2023-06-01'), 34), -1)).toBe('2026-03-31')
    expect(addDays(addMonths(day('2023-06-01'), 58), -1)).toBe('2028-03-31')
  })

  test.each(['NHS-BYTES-2018', 'NHS-INSIGHT-2020'])(
    '%s: the first warning comes more than 180 days before it lapsed',
    (reference) => {
      const contract = importedContract(told(reference), day('2022-01-01'))
      const days = [
        ...replay(
          { contract, alerts: [], laddersFrom: null, successorKnownOn: null, watched: true },
          day('2022-01-01'),
          day('2023-04-30'),
          RULES,
        ),
      ]
      const first = days[0]
      expect(first?.raise[0]?.deadline.kind).toBe('start-by')
      expect(first && daysBetween(first.on, day('2023-04-30'))).toBeGreaterThan(180)
      expect(days.some(({ raise }) => raise.some(({ deadline }) => deadline.kind === 'end'))).toBe(
        true,
      )
    },
  )
})
