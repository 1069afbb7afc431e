import fc from 'fast-check'
import { answerChain } from '../src/actions/chains.ts'
import { readChains } from '../src/reports/chains.ts'
import { type Award, CHAIN_RULES, chainCost, proposeChains } from '../src/rules/chains.ts'
import { addDays, asCivilDate } from '../src/rules/civil-date.ts'
import { asDecimal } from '../src/rules/money.ts'
import { endOn } from './support/contract-facts.ts'
import { holds } from './support/holds.ts'
import { draft, useSetup } from './support/setup.ts'

let next = 0
/** Days of 2022 counted from 1: `award(1, 90)` runs from 1 January to 31 March. */
function award(from: number, to: number, more: Partial<Award> = {}): Award {
  next += 1
  const first = asCivilDate('2021-12-31')
  return {
    id: next,
    buyer: 'Ashmarrow',
    supplier: 'tessarine',
    start: addDays(first, from),
    end: addDays(first, to),
    value: asDecimal(String((to - from + 1) * 100)),
    currency: 'GBP',
    ...more,
  }
}
const shape = (awards: readonly Award[], refused?: ReadonlySet<string>) =>
  proposeChains(awards, CHAIN_RULES, refused).map(({ first, links }) => [
    first.id,
    ...links.map(({ id }) => id),
  ])

describe('a chain of awards', () => {
  it('is proposed where each begins when the last one ended, with what the later ones cost', () => {
    const [contract, april, may] = [award(-275, 90), award(91, 120), award(122, 151)]
    const chains = proposeChains([may, contract, april])
    expect(chains.map(({ first, links }) => [first, ...links])).toEqual([[contract, april, may]])
    expect(chains[0] && chainCost(chains[0])).toEqual({
      cost: '6000.00',
      currency: 'GBP',
      priced: 2,
    })
  })

  it('needs the same buyer and the same supplier', () => {
    expect(shape([award(1, 90), award(91, 120, { supplier: 'quillmere' })])).toEqual([])
    expect(shape([award(1, 90), award(91, 120, { buyer: 'Eastwold' })])).toEqual([])
  })

  it('may have a weekend between its links, or overlap by one, and no more', () => {
    const { toleranceDays } = CHAIN_RULES
    const gap = (days: number) => shape([award(1, 100), award(101 + days, 160)]).length
    expect([gap(toleranceDays), gap(-toleranceDays)]).toEqual([1, 1])
    expect([gap(toleranceDays + 1), gap(-toleranceDays - 1)]).toEqual([0, 0])
  })

  it('is not seen among many jobs: one ends, one begins, and none runs across', () => {
    const pair = [award(1, 100), award(101, 160)]
    expect(shape(pair)).toHaveLength(1)
    expect(shape([...pair, award(102, 150)])).toEqual([])
    expect(shape([...pair, award(40, 99)])).toEqual([])
    expect(shape([...pair, award(40, 300)])).toEqual([])
    expect(shape([...pair, award(400, 500)])).toHaveLength(1)
  })

  it('holds no deliveries of a few days, and no contract of a year', () => {
    expect(shape([award(1, 100), award(101, 110)])).toEqual([])
    expect(shape([award(1, 100), award(101, 465)])).toEqual([])
  })

  it('of one rollover needs a real contract before it; of two it does not', () => {
    expect(shape([award(1, 31), award(32, 59)])).toEqual([])
    expect(shape([award(1, 31), award(32, 59), award(60, 90)])).toHaveLength(1)
  })

  it('holds no award that costs quite another price a day; an unpriced one may be any', () => {
    const followedAt = (value: string | null) =>
      shape([award(1, 100), award(101, 160, { value: value === null ? null : asDecimal(value) })])
        .length
    expect([followedAt('10000'), followedAt(null)]).toEqual([1, 1])
    expect([followedAt('60000'), followedAt('1000')]).toEqual([0, 0])
  })

  it('is proposed no more where a person said that it is none', () => {
    const [a, b] = [award(1, 100), award(101, 160)]
    expect(shape([a, b], new Set([`${a.id}>${b.id}`]))).toEqual([])
  })

  it('is the same in whatever order the awards come, and its links never overlap far', () => {
    const spans = fc.array(fc.tuple(fc.nat(700), fc.integer({ min: 1, max: 200 })), {
      maxLength: 30,
    })
    holds([spans, fc.infiniteStream(fc.nat())], (lengths, chance) => {
      const awards = lengths.map(([from, days]) => award(from, from + days, { value: null }))
      const shuffled = awards
        .map((each) => ({ each, at: chance.next().value ?? 0 }))
        .sort((a, b) => a.at - b.at)
        .map(({ each }) => each)
      expect(shape(shuffled)).toEqual(shape(awards))
      for (const { first, links } of proposeChains(awards)) {
        let last = first
        for (const link of links) {
          expect(link.end > last.end).toBe(true)
          expect(link.start > addDays(last.end, -CHAIN_RULES.toleranceDays)).toBe(true)
          last = link
        }
      }
    })
  })

  it('is found among 100,000 awards', () => {
    const awards = Array.from({ length: 100_000 }, (_, at) => {
      const from = (at * 37) % 3000
      // One relation of 20,000, and 4,000 of twenty: long ones must not cost their square.
      const supplier = at < 20_000 ? 'one' : `s${at % 4000}`
      return award(from, from + 30 + ((at * 13) % 400), { supplier })
    })
    const apart = [award(1, 100, { supplier: 'apart' }), award(101, 160, { supplier: 'apart' })]
    expect(shape([...awards, ...apart])).toEqual(shape(apart))
  })
})

describe('a proposed chain', () => {
  const setup = useSetup()

  const asked = () =>
    readChains(setup.db.pool, {
      organisationId: setup.organisation.id,
      teamId: null,
      toleranceDays: CHAIN_RULES.toleranceDays,
    })
  const span = (reference: string, start: string, end: string, value: string) =>
    draft(reference, {
      end: endOn(end),
      start: asCivilDate(start),
      supplier: `Supplier of ${reference.slice(0, 2)}`,
      buyers: ['Ashmarrow'],
      value: asDecimal(value),
      valueBasis: 'committed',
    })

  it('becomes confirmed emergency extensions of its first contract, which then speaks alone', async () => {
    await setup.import(
      [
        span('CH-1', '2025-10-01', '2026-09-30', '120000'),
        span('CH-2', '2026-10-01', '2026-10-31', '14000'),
        span('CH-3', '2026-11-01', '2026-11-30', '15000'),
      ],
      '2026-11-02',
    )
    const [chain] = await asked()
    expect(chain?.links.map(({ reference }) => reference)).toEqual(['CH-2', 'CH-3'])
    // Until somebody says so, nothing is an extension.
    expect(await setup.rows('SELECT FROM extension')).toEqual([])

    await answerChain(setup.db.pool, setup.actor('2026-11-02'), chain?.first.id ?? 0, true)
    const extensions = await setup.rows(
      `SELECT e.kind, e.status, e.from_on AS "from", e.to_on AS "to", e.cost, c.reference
       FROM extension e JOIN contract c ON c.id = e.contract_id ORDER BY e.from_on`,
    )
    const confirmed = { kind: 'emergency', status: 'confirmed', reference: 'CH-1' }
    expect(extensions).toEqual([
      { ...confirmed, from: '2026-10-01', to: '2026-10-31', cost: '14000.00' },
      { ...confirmed, from: '2026-11-01', to: '2026-11-30', cost: '15000.00' },
    ])
    const contracts = await setup.rows(
      `SELECT reference, current_latest AS "end", closed_on IS NOT NULL AS closed FROM contract ORDER BY reference`,
    )
    expect(contracts).toEqual([
      { reference: 'CH-1', end: '2026-11-30', closed: false },
      { reference: 'CH-2', end: '2026-10-31', closed: true },
      { reference: 'CH-3', end: '2026-11-30', closed: true },
    ])
    await setup.sweep('2026-11-20')
    const warned = await setup.rows(
      `SELECT DISTINCT c.reference, a.kind FROM alert a JOIN contract c ON c.id = a.contract_id ORDER BY 2`,
    )
    expect(warned).toEqual([
      { reference: 'CH-1', kind: 'emergency-end' },
      { reference: 'CH-1', kind: 'start-by' },
    ])
    expect(await asked()).toEqual([])
  })

  it('goes on from the confirmed end when one more award follows', async () => {
    await setup.import([span('CH-4', '2026-12-01', '2026-12-31', '15500')], '2026-12-02', {
      source: 'later register',
    })
    const [chain] = await asked()
    // Its supplier is called by its reference: the same two letters.
    expect([chain?.first.reference, chain?.links.map(({ reference }) => reference)]).toEqual([
      'CH-1',
      ['CH-4'],
    ])
  })

  it('that a person refused is remembered and changes no contract', async () => {
    await setup.import(
      [
        span('NO-1', '2025-10-01', '2026-09-30', '120000'),
        span('NO-2', '2026-10-01', '2026-10-31', '14000'),
      ],
      '2026-11-02',
      { source: 'third register' },
    )
    const id = await setup.contractId('NO-2')
    await answerChain(setup.db.pool, setup.actor('2026-11-02'), id, false)
    expect((await asked()).map(({ first }) => first.reference)).not.toContain('NO-1')
    const [contract] = await setup.rows(
      `SELECT closed_on, current_latest FROM contract WHERE id = $1`,
      [id],
    )
    expect(contract).toEqual({ closed_on: null, current_latest: '2026-10-31' })
    await expect(answerChain(setup.db.pool, setup.actor('2026-11-02'), id, true)).rejects.toThrow(
      'answered it already',
    )
    const [entry] = await setup.rows<{ summary: string }>(
      'SELECT summary FROM audit_entry ORDER BY position DESC LIMIT 1',
    )
    expect(entry?.summary).toBe('chain of NO-1: NO-2')
  })
})
