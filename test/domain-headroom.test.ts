import fc from 'fast-check'
import { addDays, dateOfDayNumber, dayNumber } from '../src/rules/civil-date.ts'
import { EXTENSION_KINDS, EXTENSION_STATUSES } from '../src/rules/contract.ts'
import {
  type HeadroomAsked,
  type HeadroomFacts,
  type HeadroomTest,
  headroom,
  oneMoreMonth,
  type RuledExtension,
} from '../src/rules/headroom.ts'
import {
  DEFAULT_GROUNDS,
  groundsUnder,
  HEADROOM_RULES,
  ruleNamed,
} from '../src/rules/headroom-rules.ts'
import { asDecimal } from '../src/rules/money.ts'
import { day, endOn } from './support/contract-facts.ts'
import { holds } from './support/holds.ts'

function facts(changes: Partial<HeadroomFacts> = {}): HeadroomFacts {
  return {
    regime: 'PA23',
    start: day('2026-04-01'),
    awardedEnd: endOn('2027-03-31'),
    awardedMaximumEnd: null,
    value: asDecimal('1000000'),
    valueBasis: 'committed',
    vat: 'net',
    currency: 'GBP',
    works: null,
    lightTouch: null,
    ...changes,
  }
}

function added(from: string, to: string, changes: Partial<RuledExtension> = {}): RuledExtension {
  return {
    kind: 'variation',
    status: 'confirmed',
    from: day(from),
    to: day(to),
    cost: null,
    currency: 'GBP',
    knownOn: null,
    rule: 'pa23-not-substantial',
    ...changes,
  }
}

const ON: HeadroomAsked = {
  addDays: 0,
  addCost: null,
  on: day('2026-11-22'),
  authority: 'sub-central',
}

function tested(
  rule: string,
  of: HeadroomFacts,
  extensions: readonly RuledExtension[] = [],
  asked: Partial<HeadroomAsked> = {},
): HeadroomTest {
  const found = headroom(of, extensions, { ...ON, ...asked }).tests.find(
    (each) => each.rule === rule,
  )
  if (!found) throw new Error(`There is no test ${rule}.`)
  return found
}

const MAY = added('2027-04-01', '2027-04-30')

describe('ten percent of the maximum term', () => {
  test('one month more on twelve is 8.2 to 8.5 %, inside; a second month is past it', () => {
    expect(tested('pa23-not-substantial', facts(), [MAY])).toMatchObject({
      used: 30,
      limit: 36.5,
      percent: 8.2,
      state: 'inside',
    })
    expect(tested('pa23-not-substantial', facts(), [], { addDays: 31 })).toMatchObject({
      used: 31,
      percent: 8.5,
    })
    expect(tested('pa23-not-substantial', facts(), [MAY], { addDays: 31 })).toMatchObject({
      used: 61,
      percent: 16.7,
      state: 'over',
    })
  })

  test('34 months with options of 24 leave about 5.8 months', () => {
    const long = facts({
      start: day('2023-07-01'),
      awardedEnd: endOn('2026-04-30'),
      awardedMaximumEnd: day('2028-04-30'),
    })
    expect(Number(tested('pa23-not-substantial', long).limit) / 30.4375).toBeCloseTo(5.8, 1)
  })

  test('exactly ten percent is inside, a day more is not', () => {
    const thousand = facts({ start: day('2024-01-01'), awardedEnd: endOn('2026-09-26') })
    const use = (addDays: number) => tested('pa23-not-substantial', thousand, [], { addDays })
    expect(use(100)).toMatchObject({ limit: 100, percent: 10, state: 'near' })
    expect(use(101).state).toBe('over')
  })

  test('serial changes are counted together, a day that two of them cover once', () => {
    const serial = [
      added('2027-04-01', '2027-04-30'),
      added('2027-04-16', '2027-05-15'),
      added('2027-04-20', '2027-04-25'),
      added('2027-07-01', '2027-07-10'),
    ]
    const together = tested('pa23-not-substantial', facts(), serial)
    expect(together).toMatchObject({ used: 45 + 10, limit: 36.5, state: 'over' })
    expect(together.notes.join(' ')).toContain('the careful reading (s.74(3)(a))')
    expect(tested('pa23-not-substantial', facts(), [MAY]).notes.join(' ')).not.toContain('careful')
  })

  test('one more month says what it would become', () => {
    const more = oneMoreMonth(facts(), [], ON)
    expect(more?.days).toBe(30)
    expect(more?.tests[0]).toMatchObject({ rule: 'pa23-not-substantial', percent: 8.2 })
    expect(oneMoreMonth(facts({ awardedEnd: { kind: 'rolling' } }), [], ON)).toBeNull()
  })

  test('without a start or an end it is unknown, never inside', () => {
    for (const of of [facts({ start: null }), facts({ awardedEnd: { kind: 'undated' } })]) {
      expect(tested('pa23-not-substantial', of, [MAY])).toMatchObject({
        limit: null,
        percent: null,
        state: 'unknown',
      })
    }
  })
})

describe('money', () => {
  const large = facts({
    regime: 'PCR15',
    start: day('2018-05-01'),
    awardedEnd: endOn('2023-04-30'),
    value: asDecimal('163100000'),
  })

  test('£4.6m is 2.8 % of £163.1m and yet far past the threshold', () => {
    const month = added('2023-05-01', '2023-05-31', {
      kind: 'emergency',
      cost: asDecimal('4600000'),
      rule: null,
    })
    const small = tested('pcr15-small', large, [month], { on: day('2023-05-18') })
    expect(small).toMatchObject({
      used: '4600000.00',
      limit: '177897.50',
      percent: 2.8,
      state: 'over',
      source: 'https://www.legislation.gov.uk/uksi/2015/102/regulation/72',
    })
    expect(small.notes.join(' ')).toContain('recorded under no rule')
  })

  test('a threshold counts with VAT: a gross contract has all of it, a net one the part without', () => {
    const limit = (changes: Partial<HeadroomFacts>, asked: Partial<HeadroomAsked> = {}) =>
      tested('pa23-below-threshold-aggregate', facts(changes), [], asked).limit
    const large = { value: asDecimal('9000000') }
    expect(limit(large)).toBe('173100.00')
    expect(limit({ ...large, vat: 'gross' })).toBe('207720.00')
    // Nobody has said: the part without, which is less.
    expect(limit({ ...large, vat: 'unknown' })).toBe('173100.00')
    expect(limit({ ...large, vat: 'gross' }, { authority: 'central' })).toBe('135018.00')
    // SI 2024/692, Sch 2: an NHS trust is central, an integrated care board and a council are not.
    expect(limit({ ...large, vat: 'gross' }, { authority: 'nhs-trust' })).toBe('135018.00')
    expect(limit({ ...large, vat: 'gross' }, { authority: 'icb' })).toBe('207720.00')
    expect(limit({ ...large, vat: 'gross' }, { authority: 'council' })).toBe('207720.00')
  })

  test('an authority that nobody named has the lower threshold, and the answer says so', () => {
    const unset = tested('pa23-below-threshold-aggregate', facts({ vat: 'gross' }), [], {
      authority: null,
    })
    expect(unset.limit).toBe('135018.00')
    expect(unset.notes.join(' ')).toContain('the lower threshold was taken')
    const works = tested('pa23-below-threshold-aggregate', facts({ works: true }), [], {
      authority: null,
    })
    expect(works.notes.join(' ')).not.toContain('the lower threshold was taken')
  })

  test('s.74(4) is two tests: this modification at most 10 %, all of them together below the threshold', () => {
    const of = facts({ value: asDecimal('2000000') })
    const change = (from: string, to: string, cost: string) =>
      added(from, to, { cost: asDecimal(cost), rule: 'pa23-below-threshold' })
    const two = [
      change('2027-04-01', '2027-04-30', '150000'),
      change('2027-05-01', '2027-05-31', '60000'),
    ]
    // Each is inside 10 % of £2m; together £210,000 is past £173,100, which is £207,720 without VAT.
    expect(tested('pa23-below-threshold', of, two)).toMatchObject({
      used: '150000.00',
      limit: '200000.00',
      state: 'inside',
    })
    expect(tested('pa23-below-threshold-aggregate', of, two)).toMatchObject({
      used: '210000.00',
      limit: '173100.00',
      percent: null,
      state: 'over',
    })
    // S.74(4)(a): not more than 10 per cent; (b): less than the threshold, so exactly it is past.
    const exactly = [change('2027-04-01', '2027-04-30', '200000')]
    expect(tested('pa23-below-threshold', of, exactly).state).toBe('near')
    const threshold = [change('2027-04-01', '2027-04-30', '173100')]
    expect(tested('pa23-below-threshold-aggregate', of, threshold).state).toBe('over')
    const saved = [change('2027-04-01', '2027-04-30', '-200001')]
    expect(tested('pa23-below-threshold', of, saved).state).toBe('over')
    // S.74(4)(a)(ii): 15 per cent of works.
    const works = (cost: string) =>
      tested('pa23-below-threshold', { ...of, works: true }, [
        change('2027-04-01', '2027-04-30', cost),
      ])
    expect(works('300000')).toMatchObject({ limit: '300000.00', state: 'near' })
    expect(works('300000.01').state).toBe('over')
  })

  test('reg 72(5), (6) PCR: below both, so exactly 10 % is past it; the net cumulative value counts', () => {
    const of = facts({ regime: 'PCR15', start: day('2024-04-01'), value: asDecimal('1000000') })
    const small = (...costs: string[]) =>
      tested(
        'pcr15-small',
        of,
        costs.map((cost) =>
          added('2027-04-01', '2027-04-30', { cost: asDecimal(cost), rule: 'pcr15-small' }),
        ),
      )
    expect(small('99999.99')).toMatchObject({ percent: 10, state: 'near' })
    expect(small('100000').state).toBe('over')
    expect(small('150000', '-60000')).toMatchObject({ used: '90000.00', state: 'near' })
    // 15 % of works.
    const works = (cost: string) =>
      tested('pcr15-small', { ...of, works: true }, [
        added('2027-04-01', '2027-04-30', { cost: asDecimal(cost), rule: 'pcr15-small' }),
      ])
    expect(works('149999.99')).toMatchObject({ limit: '150000.00', state: 'near' })
    expect(works('150000').state).toBe('over')
  })

  test('saved contracts of PCR 2015 keep the thresholds that were last set under it', () => {
    const of = facts({ regime: 'PCR15', start: day('2024-04-01'), value: asDecimal('9000000') })
    const small = tested('pcr15-small', { ...of, vat: 'gross' }, [], { on: day('2026-11-29') })
    expect(small.limit).toBe('214904.00')
  })

  test.each([
    ['Schedule 8 para 4', 'PA23', 'pa23-unforeseeable'],
    ['Schedule 8 para 5', 'PA23', 'pa23-known-risk'],
    ['Schedule 8 para 8', 'PA23', 'pa23-additional'],
    ['reg 72(1)(b), (2)(a)', 'PCR15', 'pcr15-additional'],
    ['reg 72(1)(c), (2)(a)', 'PCR15', 'pcr15-unforeseeable'],
  ] as const)(
    '%s: two of 30 %% are two tests of 30 %%, a saving is none, half is not past',
    (_, regime, rule) => {
      const of = facts({ regime, start: day(regime === 'PA23' ? '2026-04-01' : '2024-04-01') })
      const by = (...costs: string[]) =>
        tested(
          rule,
          of,
          costs.map((cost) => added('2027-04-01', '2027-04-30', { cost: asDecimal(cost), rule })),
        )
      expect(by('300000', '300000')).toMatchObject({
        used: '300000.00',
        percent: 30,
        state: 'inside',
      })
      expect(by('300000', '300000').notes.join(' ')).toMatch(/s\.74\(7\)–\(8\)|reg 72\(2\)/)
      expect(by('-900000')).toMatchObject({ used: '0.00', state: 'inside' })
      expect(by('500000').state).toBe('near')
      expect(by('500000.01').state).toBe('over')
    },
  )

  test('healthcare services: less than £500,000, or less than a quarter of the lifetime value', () => {
    const use = (value: string, cost: string) =>
      tested('psr23-small', facts({ regime: 'PSR23', value: asDecimal(value) }), [
        added('2027-04-01', '2027-04-30', { cost: asDecimal(cost), rule: 'psr23-small' }),
      ])
    expect(use('1000000', '499999.99')).toMatchObject({ limit: '500000.00', state: 'near' })
    expect(use('1000000', '500000').state).toBe('over')
    expect(use('4000000', '999999.99')).toMatchObject({ limit: '1000000.00', state: 'near' })
  })

  test('a cost that nobody recorded makes the test unknown, not small', () => {
    const free = added('2027-04-01', '2027-04-30', { rule: 'pa23-below-threshold' })
    for (const rule of ['pa23-below-threshold', 'pa23-below-threshold-aggregate']) {
      expect(tested(rule, facts(), [free])).toMatchObject({ used: '0.00', state: 'unknown' })
    }
    expect(tested('pa23-below-threshold', facts({ value: null })).state).toBe('unknown')
    expect(tested('pa23-below-threshold', facts({ currency: 'EUR' })).state).toBe('unknown')
  })
})

describe('an extension counts towards the rule it was recorded under', () => {
  test('urgency uses none of the ten percent, and gets a line of its own to check', () => {
    const urgent = added('2027-04-01', '2027-06-30', { kind: 'emergency', rule: 'pa23-urgency' })
    expect(tested('pa23-not-substantial', facts(), [urgent])).toMatchObject({ used: 0 })
    expect(tested('pa23-urgency', facts(), [urgent]).state).toBe('check')
  })

  test('an option rests on what the contract provides for', () => {
    const option = added('2027-04-01', '2028-03-31', { kind: 'option', rule: null })
    expect(tested('pa23-not-substantial', facts(), [option]).used).toBe(0)
    expect(tested('pa23-option', facts(), [option]).state).toBe('check')
  })

  test('a waiver of our own rules is no legal ground: its days and its money count in the statutory tests', () => {
    const waived = added('2027-04-01', '2027-04-30', {
      rule: 'Standing financial instructions',
      cost: asDecimal('90000'),
    })
    expect(tested('pa23-not-substantial', facts(), [waived])).toMatchObject({ used: 30 })
    const money = tested('pa23-below-threshold', facts(), [waived])
    expect(money).toMatchObject({ used: '90000.00' })
    expect(money.notes.join(' ')).toContain('no ground in law')
    expect(tested('own-rules', facts(), [waived]).state).toBe('check')
  })

  test('a section that holds several rules counts as none named, towards every test of it', () => {
    const section = added('2027-04-01', '2027-04-30', { rule: 's.74' })
    expect(tested('pa23-not-substantial', facts(), [section]).used).toBe(30)
  })

  test('what nobody has classified makes the figures unknown', () => {
    const later = added('2027-04-01', '2027-04-30', { kind: 'unknown', rule: null })
    const use = tested('pa23-not-substantial', facts(), [later])
    expect(use).toMatchObject({ used: 0, state: 'unknown' })
    expect(use.notes.join(' ')).toContain('say what it was')
  })

  test('withdrawn and proposed ones use nothing', () => {
    for (const status of ['withdrawn', 'proposed'] as const) {
      expect(tested('pa23-not-substantial', facts(), [{ ...MAY, status }]).used).toBe(0)
    }
  })

  test('scope and economic balance are always left to a person', () => {
    for (const regime of ['PA23', 'PCR15', 'PSR23'] as const) {
      const judged = headroom(facts({ regime }), [], ON).tests.filter(
        ({ measure }) => measure === 'judgement',
      )
      expect(judged.length).toBeGreaterThan(0)
      expect(new Set(judged.map(({ state }) => state))).toEqual(new Set(['check']))
    }
  })

  test('reg 13(3) PSR: awarded under direct award A or B only the character of the services counts', () => {
    const rules = (route: string | null) =>
      headroom(facts({ regime: 'PSR23', route }), [], ON).tests.map(({ rule }) => rule)
    expect(rules('psr-direct-award-c')).toEqual(['psr23-small', 'psr23-material'])
    for (const route of ['psr-direct-award-a', 'psr-direct-award-b']) {
      expect(rules(route)).toEqual(['psr23-material'])
    }
  })

  test('a ground says what bars it', () => {
    const said = (rule: string, regime: 'PA23' | 'PCR15' | 'PSR23') =>
      tested(rule, facts({ regime }), [added('2027-04-01', '2027-04-30', { rule })]).notes.join(' ')
    expect(said('pa23-urgency', 'PA23')).toContain('poor planning')
    expect(said('psr23-urgent', 'PSR23')).toContain('poor planning')
    expect(said('psr23-standstill-review', 'PSR23')).toContain('reg 14(3)(b)')
    expect(said('pa23-restructuring', 'PA23')).toContain('s.75(2)')
    expect(said('pa23-known-risk', 'PA23')).toContain('nobody’s act or omission')
    expect(said('pcr15-unforeseeable', 'PCR15')).toContain('such as the end of a contract')
    expect(said('psr23-external', 'PSR23')).toContain('neither the authority nor the provider')
    // Every ground of these laws has a bar, or a limit that says it all.
    for (const { id, ground, limit, bar } of HEADROOM_RULES) {
      const isMeasured =
        limit.measure !== 'judgement' && /-(?:small|below-threshold|not-substantial)$/.test(id)
      const isOpen = ['psr23-provided', 'pcr15-not-substantial'].includes(id)
      expect(bar === null, id).toBe(!ground || isMeasured || isOpen)
    }
  })

  test.each([
    ['PA23', 'Procurement Act 2023, Schedule 8 para 8', 'pa23-additional'],
    ['PA23', 'Procurement Act 2023, Schedule 8 para 9', 'pa23-restructuring'],
    ['PA23', 'Procurement Act 2023, Schedule 8 para 10', 'pa23-defence-technology'],
    ['PA23', 'Procurement Act 2023, Schedule 8 para 11', 'pa23-defence-supply'],
    ['PCR15', 'PCR 2015, reg 72(1)(d)', 'pcr15-replacement'],
    ['PSR23', 'PSR 2023, reg 13(1)(b)', 'psr23-succession'],
    ['PSR23', 'PSR 2023, reg 13(3)', 'psr23-direct-award'],
    ['PSR23', 'PSR 2023, reg 14(2)', 'psr23-urgent'],
    ['PSR23', 'PSR 2023, reg 14(3)', 'psr23-standstill-review'],
  ] as const)(
    '%s has the ground of %s to choose, and never as a verdict',
    (regime, citation, id) => {
      const offered = groundsUnder(regime).find((each) => each.id === id)
      expect(offered?.rule.replace(/\(b\)$/, '')).toContain(citation.replace(/\(b\)$/, ''))
      const by = tested(id, facts({ regime }), [added('2027-04-01', '2027-04-30', { rule: id })])
      expect(['check', 'inside', 'near', 'over', 'unknown']).toContain(by.state)
      expect(`${by.title} ${by.notes.join(' ')}`).not.toMatch(
        /\b(?:lawful|illegal|permitted|allowed)\b/,
      )
    },
  )

  test('s.74(1): a contract below the threshold that its changes take to it is measured by s.74, to check', () => {
    const small = facts({ regime: 'below-threshold', value: asDecimal('150000') })
    const more = (cost: string | null, to = '2027-04-30') =>
      added('2027-04-01', to, { cost: cost === null ? null : asDecimal(cost), rule: null })
    const rules = (of: HeadroomFacts, ...list: readonly RuledExtension[]) =>
      headroom(of, list, ON).tests.map(({ rule }) => rule)
    // £173,100 net is £207,720 with VAT.
    expect(rules(small, more('23099.99'))).toEqual(['own-rules'])
    expect(rules(small, more('23100'))).toEqual(['pa23-convertible', 'own-rules'])
    expect(rules(small, { ...more('23100'), status: 'proposed' })).toEqual(['own-rules'])
    expect(rules(small, { ...more('23100'), kind: 'option' })).toEqual(['own-rules'])
    expect(rules(small, more(null, '2027-05-31'))).toContain('pa23-convertible')
    expect(rules({ ...small, start: day('2025-02-23') }, more('90000'))).toEqual(['own-rules'])
    expect(rules({ ...small, currency: 'EUR' }, more('90000'))).toEqual(['own-rules'])
    const added90 = headroom(small, [], { ...ON, addDays: 90 }).tests
    expect(added90.map(({ rule }) => rule)).toContain('pa23-convertible')
    const by = tested('pa23-convertible', small, [more('23100')])
    expect(by).toMatchObject({ state: 'check', citation: 'Procurement Act 2023, s.74(1)' })
    expect(by.notes.join(' ')).toContain('£207,720 with VAT against £207,720')
    // Recorded as below the threshold with a value that is not: asked about, never taken for it.
    const large = tested('pa23-convertible', { ...small, value: asDecimal('300000') })
    expect(large.notes.join(' ')).toContain('which law holds?')
    // Whatever is added to it: its own value is what speaks against it.
    const grown = tested('pa23-convertible', { ...small, value: asDecimal('300000') }, [
      more('50000.50', '2028-04-30'),
    ])
    expect(grown).toMatchObject({ citation: 'Procurement Act 2023, s.3(2)', state: 'check' })
    expect(grown.notes.join(' ')).toContain('(£360,000 with VAT against £207,720)')
    const pence = tested('pa23-convertible', small, [more('83333.33')])
    expect(pence.notes.join(' ')).toContain('(£280,000 with VAT')
    expect(tested('pa23-convertible', small, [more('83333.31')]).notes.join(' ')).toContain(
      '(£279,999.97 with VAT',
    )
    // Nobody has said who buys: the lower threshold, and it says so.
    const unknown = tested('pa23-convertible', small, [], { authority: null })
    expect(unknown.notes.join(' ')).toContain('the lower threshold was taken')
  })

  test('s.74(2), s.2(5): no contract that the Act’s tests do not hold for is measured as convertible', () => {
    const small = facts({ regime: 'below-threshold', value: asDecimal('150000') })
    const more = added('2027-04-01', '2027-04-30', { cost: asDecimal('900000'), rule: null })
    const rules = (changes: Partial<HeadroomFacts>, nation?: HeadroomAsked['nation']) =>
      headroom({ ...small, ...changes }, [more], { ...ON, nation: nation ?? null }).tests.map(
        ({ rule }) => rule,
      )
    expect(rules({})).toContain('pa23-convertible')
    expect(rules({}, 'england')).toContain('pa23-convertible')
    expect(rules({}, 'wales')).toContain('pa23-convertible')
    // S.74(2): a convertible contract that is a light touch one may be changed; at its own threshold.
    expect(rules({ lightTouch: true })).toEqual(['pa23-light-touch', 'own-rules'])
    const few = { ...more, cost: asDecimal('300000') }
    expect(
      headroom({ ...small, lightTouch: true }, [few], ON).tests.map(({ rule }) => rule),
    ).toEqual(['own-rules'])
    for (const nation of ['scotland', 'northern-ireland'] as const) {
      expect(rules({}, nation)).toEqual(['own-rules'])
    }
    for (const subject of ['health services', 'defence', 'concession', 'utilities'] as const) {
      expect(rules({ subject })).toEqual(['own-rules'])
      expect(rules({ subject, value: asDecimal('900000') })).toEqual(['own-rules'])
    }
    // A call-off stands under its framework’s law; where that is not known, it may be the Act.
    const callOff = (frameworkStart: string | null) =>
      rules({ callOff: true, frameworkStart: frameworkStart === null ? null : day(frameworkStart) })
    expect(callOff('2024-10-01')).toEqual(['own-rules'])
    expect(callOff('2025-03-01')).toContain('pa23-convertible')
    expect(callOff(null)).toContain('pa23-convertible')
  })

  test('what the contract provides for is no change that makes it a public one, whenever it is taken', () => {
    // £137,000 with VAT: below the £139,688 of 2025, above the £135,018 from 2026 on.
    const of = facts({
      ...{ regime: 'below-threshold', start: day('2025-04-01'), awardedEnd: endOn('2026-03-31') },
      ...{ value: asDecimal('137000'), vat: 'gross' },
    })
    const taken = (kind: RuledExtension['kind'], cost: string | null = '1000') =>
      headroom(
        of,
        [
          added('2026-04-01', '2027-03-31', {
            ...{ kind, rule: null, cost: cost === null ? null : asDecimal(cost) },
          }),
        ],
        { ...ON, authority: 'nhs-trust' },
      ).tests.map(({ rule }) => rule)
    for (const kind of ['option', 'renewal'] as const) {
      expect(taken(kind)).toEqual(['own-rules'])
      expect(taken(kind, null)).toEqual(['own-rules'])
    }
    for (const kind of ['variation', 'emergency'] as const) {
      expect(taken(kind)).toEqual(['pa23-convertible', 'own-rules'])
    }
  })

  test('the threshold of a change is the lowest that may hold: of its day, or of the procurement (SI 2025/1200 reg 3)', () => {
    const limit = (start: string, on: string, authority: HeadroomAsked['authority']) =>
      tested('pa23-below-threshold-aggregate', facts({ start: day(start), vat: 'gross' }), [], {
        on: day(on),
        authority,
      }).limit
    expect(limit('2025-03-01', '2025-12-31', 'council')).toBe('214904.00')
    expect(limit('2025-03-01', '2026-01-01', 'council')).toBe('207720.00')
    expect(limit('2025-03-01', '2025-12-31', 'nhs-trust')).toBe('139688.00')
    expect(limit('2025-03-01', '2026-01-01', 'central')).toBe('135018.00')
    expect(limit('2026-01-01', '2025-12-31', 'icb')).toBe('207720.00')
    for (const authority of ['icb', 'university', 'other', 'sub-central'] as const) {
      expect(limit('2026-04-01', '2027-12-31', authority)).toBe('207720.00')
    }
    expect(limit('2026-04-01', '2027-12-31', null)).toBe('135018.00')
  })

  test('a light-touch contract is exempt from the tests: check that it is one', () => {
    const { tests } = headroom(facts({ lightTouch: true }), [MAY], ON)
    expect(tests.map(({ rule, state }) => `${rule} ${state}`)).toEqual(['pa23-light-touch check'])
  })
})

describe('the law', () => {
  test('is the recorded one, else assumed from the start, else unknown', () => {
    const law = (changes: Partial<HeadroomFacts>) => {
      const { regime, assumed } = headroom(facts(changes), [], ON)
      return `${regime}${assumed ? ' (assumed)' : ''}`
    }
    expect(law({})).toBe('PA23')
    expect(law({ regime: null, start: day('2025-02-23') })).toBe('PCR15 (assumed)')
    expect(law({ regime: null, start: day('2025-02-24') })).toBe('PA23 (assumed)')
    // A start before 24 Feb 2025 is not the Procurement Act, whatever the register says.
    const contradicted = headroom(facts({ start: day('2025-02-23') }), [], ON)
    expect(contradicted.tests.at(-1)).toMatchObject({ rule: 'regime', state: 'check' })
    expect(contradicted.tests.at(-1)?.notes.join(' ')).toContain('starts before 24 Feb 2025')
    const { regime, tests } = headroom(facts({ regime: null, start: null }), [], ON)
    expect([regime, tests.map(({ state }) => state)]).toEqual([null, ['unknown']])
  })

  test('follows from nation and subject, and of a call-off from its framework', () => {
    const law = (changes: Partial<HeadroomFacts>) =>
      headroom(facts({ regime: null, start: day('2026-04-01'), ...changes }), [], ON).regime
    expect(law({ nation: 'scotland' })).toBe('other')
    expect(law({ nation: 'northern-ireland' })).toBe('other')
    expect(law({ nation: 'wales' })).toBe('PA23')
    expect(law({ subject: 'health services' })).toBe('PSR23')
    expect(law({ subject: 'health services', nation: 'wales' })).toBe('other')
    for (const subject of ['defence', 'concession', 'utilities'] as const) {
      expect(law({ subject })).toBe('other')
    }
    expect(law({ callOff: true, frameworkStart: day('2024-10-01') })).toBe('PCR15')
    expect(law({ callOff: true, frameworkStart: day('2025-03-01') })).toBe('PA23')
    expect(law({ callOff: true })).toBeNull()
    // Recorded, it is what people know; recorded of the framework, it is nothing of who calls off.
    expect(law({ regime: 'PA23', nation: 'scotland' })).toBe('PA23')
    for (const nation of ['scotland', 'northern-ireland'] as const) {
      expect(law({ regime: 'PA23', nation, ofFramework: true })).toBe('other')
    }
    for (const nation of ['england', 'wales', null] as const) {
      expect(law({ regime: 'PCR15', nation, ofFramework: true })).toBe('PCR15')
    }
    const { tests } = headroom(facts({ regime: null, nation: 'scotland' }), [], ON)
    expect(tests.map(({ state, notes }) => `${state}: ${notes.join(' ')}`)).toEqual([
      'check: A Scottish authority (s.2(5)): outside these tests, check.',
    ])
  })

  test('SI 2024/716 reg 5: taken from a start soon after the Act came into force it is to check, as the procurement may be older', () => {
    const said = (changes: Partial<HeadroomFacts>) =>
      headroom(facts({ regime: null, ...changes }), [], ON).tests.filter(
        ({ citation }) => citation === 'SI 2024/716 reg 5',
      )
    const [soon] = said({ start: day('2025-06-01') })
    expect(soon).toMatchObject({ state: 'check', rule: 'regime' })
    expect(soon?.notes.join(' ')).toContain('commenced before 24 Feb 2025, reg 72 of PCR 2015')
    expect(said({ start: day('2026-02-23') })).toHaveLength(1)
    expect(said({ start: day('2026-02-24') })).toEqual([])
    expect(said({ start: day('2025-02-23') })).toEqual([])
    expect(said({ start: day('2025-06-01'), regime: 'PA23' })).toEqual([])
    const callOff = { callOff: true, start: day('2026-06-01') }
    expect(said({ ...callOff, frameworkStart: day('2025-06-01') })).toHaveLength(1)
    expect(said({ ...callOff, frameworkStart: day('2026-03-01') })).toEqual([])
  })

  test('SI 2024/716 reg 5: PCR 2015 recorded of a start long after it was revoked is to check', () => {
    const said = (changes: Partial<HeadroomFacts>) =>
      headroom(facts({ regime: 'PCR15', ...changes }), [], ON).tests.filter(
        ({ citation }) => citation === 'SI 2024/716 reg 5',
      )
    const [late] = said({ start: day('2026-02-24') })
    expect(late).toMatchObject({ state: 'check', rule: 'regime' })
    expect(late?.notes.join(' ')).toContain('Which law holds?')
    expect(said({ start: day('2026-02-23') })).toEqual([])
    // What a framework or a dynamic system of before lets be called off stands under it for years.
    const start = day('2027-05-01')
    expect(said({ start })).toHaveLength(1)
    for (const relies of [
      { callOff: true, frameworkStart: day('2024-10-01') },
      { ofFramework: true },
      { route: 'dynamic-market' },
      { route: 'mini-competition' },
    ]) {
      expect(said({ start, ...relies })).toEqual([])
    }
  })

  test('s.45(1): a call-off that starts after its framework’s last day is asked about', () => {
    const said = (changes: Partial<HeadroomFacts>) =>
      headroom(facts(changes), [], ON).tests.find(({ rule }) => rule === 'call-off')
    const until = { callOffsUntil: day('2026-03-31') }
    expect(said({ ...until, start: day('2026-04-01') })).toMatchObject({ state: 'check' })
    expect(said({ ...until, start: day('2026-04-01') })?.notes.join(' ')).toContain(
      'took call-offs until Tue 31 Mar 2026: was it awarded by then?',
    )
    expect(said({ ...until, start: day('2026-03-31') })).toBeUndefined()
    expect(said({ ...until, start: null })).toBeUndefined()
    expect(said({ start: day('2026-04-01') })).toBeUndefined()
  })

  test('every ground of the forms is a rule that is measured, or our own', () => {
    const own = DEFAULT_GROUNDS.filter(({ rule, id }) => ruleNamed(rule, null)?.id !== id)
    expect(own.map(({ id }) => id)).toEqual(['waiver', 'other'])
  })

  test('every rule says where it is written and since when', () => {
    for (const rule of HEADROOM_RULES) {
      expect(rule.source).toMatch(
        /^https:\/\/www\.legislation\.gov\.uk\/uk(?:pga|si)\/20\d\d\/\d+\//,
      )
      expect(rule.from >= '2015-01-01').toBe(true)
    }
    expect(new Set(HEADROOM_RULES.map(({ id }) => id)).size).toBe(HEADROOM_RULES.length)
  })

  test('a rule is known by its id, its citation, its place or its title', () => {
    for (const name of [
      'pa23-not-substantial',
      'Procurement Act 2023, s.74(3)',
      'non-substantial',
    ]) {
      expect(ruleNamed(name, 'PA23')?.id).toBe('pa23-not-substantial')
    }
    expect(ruleNamed('PA23 section 74(4)', null)?.id).toBe('pa23-below-threshold')
    expect(ruleNamed('regulation 72(5)', 'PCR15')?.id).toBe('pcr15-small')
    expect(ruleNamed('s.74', 'PA23')).toBeNull()
    expect(ruleNamed('', 'PA23')).toBeNull()
  })
})

describe('in any case', () => {
  const date = fc
    .integer({ min: dayNumber(day('2024-01-01')), max: dayNumber(day('2029-12-31')) })
    .map(dateOfDayNumber)
  const rules = [
    null,
    'Procurement Act 2023, s.74',
    'waiver',
    ...HEADROOM_RULES.map(({ id }) => id),
  ]
  const anyExtension = fc
    .record({
      kind: fc.constantFrom(...EXTENSION_KINDS),
      status: fc.constantFrom(...EXTENSION_STATUSES),
      from: date,
      length: fc.integer({ min: 1, max: 400 }),
      cost: fc.option(fc.integer({ min: 0, max: 900_000 }).map(String).map(asDecimal)),
      rule: fc.constantFrom(...rules),
    })
    .map(({ length, ...rest }) => ({
      ...rest,
      to: addDays(rest.from, length),
      currency: 'GBP',
      knownOn: null,
    }))
  const anyFacts = fc.record({
    regime: fc.constantFrom('PA23', 'PCR15', 'PSR23', 'below-threshold', 'other', null),
    start: fc.option(date),
    awardedEnd: date.map(endOn),
    awardedMaximumEnd: fc.option(date),
    value: fc.option(fc.integer({ min: 1, max: 9_000_000 }).map(String).map(asDecimal)),
    valueBasis: fc.constantFrom('committed', 'annual', 'unknown'),
    vat: fc.constantFrom('net', 'gross', 'unknown'),
    currency: fc.constant('GBP'),
    works: fc.option(fc.boolean()),
    lightTouch: fc.option(fc.boolean()),
  }) as fc.Arbitrary<HeadroomFacts>
  const STATES = ['inside', 'near', 'unknown', 'over']

  function neverFalls(before: readonly HeadroomTest[], after: readonly HeadroomTest[]) {
    for (const was of before) {
      const now = after.find(({ rule }) => rule === was.rule)
      expect(now, was.rule).toBeDefined()
      expect(Number(now?.used)).toBeGreaterThanOrEqual(Number(was.used))
      if (was.percent !== null) expect(now?.percent).toBeGreaterThanOrEqual(was.percent)
      if (was.state === 'over') expect(now?.state).toBe('over')
      if (was.state !== 'check' && was.state !== 'unknown') {
        expect(STATES.indexOf(now?.state ?? '')).toBeGreaterThanOrEqual(STATES.indexOf(was.state))
      }
    }
  }

  test('no test’s use falls when days are added', () => {
    const few = fc.array(anyExtension, { maxLength: 6 })
    const days = fc.integer({ min: 0, max: 500 })
    holds([anyFacts, few, days, days], (of, extensions, some, more) => {
      const use = (addDays: number) => headroom(of, extensions, { ...ON, addDays }).tests
      neverFalls(use(0), use(some))
      neverFalls(use(some), use(some + more))
    })
  })

  test('no test’s use falls when an extension is recorded, in whatever order they are listed', () => {
    const few = fc.array(anyExtension, { maxLength: 5 })
    holds([anyFacts, few, anyExtension], (of, extensions, one) => {
      const use = (list: readonly RuledExtension[]) => headroom(of, list, ON).tests
      neverFalls(use(extensions), use([one, ...extensions]))
      expect(use([one, ...extensions])).toEqual(use([...extensions, one]))
    })
  })
})
