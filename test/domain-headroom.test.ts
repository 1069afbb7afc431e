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
import { present } from './support/present.ts'

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

type By = readonly RuledExtension[]
const measured = (of: HeadroomFacts, by: By = [], asked: Partial<HeadroomAsked> = {}) =>
  headroom(of, by, { ...ON, ...asked }).tests

function tested(rule: string, of: HeadroomFacts, by?: By, asked?: Partial<HeadroomAsked>) {
  const found = measured(of, by, asked).find((each) => each.rule === rule)
  return present(found, `There is no test ${rule}.`)
}

/** `30 of 36.5, 8.2 %, inside` */
function use(...of: Parameters<typeof tested>): string {
  const { used, limit, percent, state } = tested(...of)
  return `${used} of ${limit}, ${percent} %, ${state}`
}
/** `300000.00 near`: the limit and the state alone. */
function within(...of: Parameters<typeof tested>): string {
  const { limit, state } = tested(...of)
  return `${limit} ${state}`
}
/** The notes of a test, as one text. */
const notes = (...of: Parameters<typeof tested>) => tested(...of).notes.join(' ')
const rulesOf = (...of: Parameters<typeof measured>) => measured(...of).map(({ rule }) => rule)

const TEN = 'pa23-not-substantial'
const BELOW = 'pa23-below-threshold'
const TOGETHER = 'pa23-below-threshold-aggregate'
const MAY = added('2027-04-01', '2027-04-30')
/** In that month, of such a cost, recorded under a rule. */
const priced = (
  cost: string | null,
  rule: string | null,
  changes: Partial<RuledExtension> = {},
) => ({
  ...{ ...MAY, cost: cost === null ? null : asDecimal(cost), rule },
  ...changes,
})

describe('ten percent of the maximum term', () => {
  test('one month more on twelve is 8.2 to 8.5 %, inside; a second month is past it', () => {
    expect(use(TEN, facts(), [MAY])).toBe('30 of 36.5, 8.2 %, inside')
    expect(use(TEN, facts(), [], { addDays: 31 })).toBe('31 of 36.5, 8.5 %, inside')
    expect(use(TEN, facts(), [MAY], { addDays: 31 })).toBe('61 of 36.5, 16.7 %, over')
  })

  test('34 months with options of 24 leave about 5.8 months', () => {
    const awarded = { awardedEnd: endOn('2026-04-30'), awardedMaximumEnd: day('2028-04-30') }
    const long = facts({ start: day('2023-07-01'), ...awarded })
    expect(Number(tested(TEN, long).limit) / 30.4375).toBeCloseTo(5.8, 1)
  })

  test('exactly ten percent is inside, a day more is not', () => {
    const thousand = facts({ start: day('2024-01-01'), awardedEnd: endOn('2026-09-26') })
    expect(use(TEN, thousand, [], { addDays: 100 })).toBe('100 of 100, 10 %, near')
    expect(use(TEN, thousand, [], { addDays: 101 })).toBe('101 of 100, 10.1 %, over')
  })

  test('serial changes are counted together, a day that two of them cover once', () => {
    const serial = [
      ...[MAY, added('2027-04-16', '2027-05-15'), added('2027-04-20', '2027-04-25')],
      added('2027-07-01', '2027-07-10'),
    ]
    expect(use(TEN, facts(), serial)).toBe('55 of 36.5, 15.1 %, over')
    expect(notes(TEN, facts(), serial)).toContain('the careful reading (s.74(3)(a))')
    expect(notes(TEN, facts(), [MAY])).not.toContain('careful')
  })

  test('one more month says what it would become', () => {
    const more = oneMoreMonth(facts(), [], ON)
    expect(more?.days).toBe(30)
    expect(more?.tests[0]).toMatchObject({ rule: TEN, percent: 8.2 })
    expect(oneMoreMonth(facts({ awardedEnd: { kind: 'rolling' } }), [], ON)).toBeNull()
  })

  test('without a start or an end it is unknown, never inside', () => {
    for (const of of [facts({ start: null }), facts({ awardedEnd: { kind: 'undated' } })]) {
      expect(use(TEN, of, [MAY])).toBe('30 of null, null %, unknown')
    }
  })
})

describe('money', () => {
  test('£4.6m is 2.8 % of £163.1m and yet far past the threshold', () => {
    const large = facts({
      ...{ regime: 'PCR15', start: day('2018-05-01'), awardedEnd: endOn('2023-04-30') },
      value: asDecimal('163100000'),
    })
    const month = added('2023-05-01', '2023-05-31', {
      ...{ kind: 'emergency', cost: asDecimal('4600000'), rule: null },
    })
    const of = ['pcr15-small', large, [month], { on: day('2023-05-18') }] as const
    expect(use(...of)).toBe('4600000.00 of 177897.50, 2.8 %, over')
    expect(tested(...of).source).toBe('https://www.legislation.gov.uk/uksi/2015/102/regulation/72')
    expect(notes(...of)).toContain('recorded under no rule')
  })

  test('a threshold counts with VAT: a gross contract has all of it, a net one the part without', () => {
    const limit = (vat: HeadroomFacts['vat'], authority = ON.authority) =>
      tested(TOGETHER, facts({ value: asDecimal('9000000'), vat }), [], { authority }).limit
    expect(limit('net')).toBe('173100.00')
    expect(limit('gross')).toBe('207720.00')
    // Nobody has said: the part without, which is less.
    expect(limit('unknown')).toBe('173100.00')
    expect(limit('gross', 'central')).toBe('135018.00')
    // SI 2024/692, Sch 2: an NHS trust is central, an integrated care board and a council are not.
    expect(limit('gross', 'nhs-trust')).toBe('135018.00')
    expect(limit('gross', 'icb')).toBe('207720.00')
    expect(limit('gross', 'council')).toBe('207720.00')
  })

  test('an authority that nobody named has the lower threshold, and the answer says so', () => {
    const unset = [TOGETHER, facts({ vat: 'gross' }), [], { authority: null }] as const
    expect(tested(...unset).limit).toBe('135018.00')
    expect(notes(...unset)).toContain('the lower threshold was taken')
    const works = notes(TOGETHER, facts({ works: true }), [], { authority: null })
    expect(works).not.toContain('the lower threshold was taken')
  })

  test('s.74(4) is two tests: this modification at most 10 %, all of them together below the threshold', () => {
    const of = facts({ value: asDecimal('2000000') })
    const change = (cost: string, in1: Partial<RuledExtension> = {}) => priced(cost, BELOW, in1)
    const next = { from: day('2027-05-01'), to: day('2027-05-31') }
    const two = [change('150000'), change('60000', next)]
    // Each is inside 10 % of £2m; together £210,000 is past £173,100, which is £207,720 without VAT.
    expect(use(BELOW, of, two)).toBe('150000.00 of 200000.00, 7.5 %, inside')
    expect(use(TOGETHER, of, two)).toBe('210000.00 of 173100.00, null %, over')
    // S.74(4)(a): not more than 10 per cent; (b): less than the threshold, so exactly it is past.
    expect(within(BELOW, of, [change('200000')])).toBe('200000.00 near')
    expect(within(TOGETHER, of, [change('173100')])).toBe('173100.00 over')
    expect(within(BELOW, of, [change('-200001')])).toBe('200000.00 over')
    // S.74(4)(a)(ii): 15 per cent of works.
    const works = { ...of, works: true }
    expect(within(BELOW, works, [change('300000')])).toBe('300000.00 near')
    expect(within(BELOW, works, [change('300000.01')])).toBe('300000.00 over')
  })

  test('reg 72(5), (6) PCR: below both, so exactly 10 % is past it; the net cumulative value counts', () => {
    const of = facts({ regime: 'PCR15', start: day('2024-04-01'), value: asDecimal('1000000') })
    const small = (whose: HeadroomFacts, ...costs: string[]) =>
      use(
        'pcr15-small',
        whose,
        costs.map((cost) => priced(cost, 'pcr15-small')),
      )
    expect(small(of, '99999.99')).toBe('99999.99 of 100000.00, 10 %, near')
    expect(small(of, '100000')).toBe('100000.00 of 100000.00, 10 %, over')
    expect(small(of, '150000', '-60000')).toBe('90000.00 of 100000.00, 9 %, near')
    // 15 % of works.
    const works = { ...of, works: true }
    expect(small(works, '149999.99')).toBe('149999.99 of 150000.00, 15 %, near')
    expect(small(works, '150000')).toBe('150000.00 of 150000.00, 15 %, over')
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
      const by = (...costs: string[]) => {
        return [rule, of, costs.map((cost) => priced(cost, rule))] as const
      }
      expect(use(...by('300000', '300000'))).toBe('300000.00 of 500000.00, 30 %, inside')
      expect(notes(...by('300000', '300000'))).toMatch(/s\.74\(7\)–\(8\)|reg 72\(2\)/)
      expect(use(...by('-900000'))).toBe('0.00 of 500000.00, 0 %, inside')
      expect(within(...by('500000'))).toBe('500000.00 near')
      expect(within(...by('500000.01'))).toBe('500000.00 over')
    },
  )

  test('healthcare services: less than £500,000, or less than a quarter of the lifetime value', () => {
    const small = (value: string, cost: string) => {
      const of = facts({ regime: 'PSR23', value: asDecimal(value) })
      return within('psr23-small', of, [priced(cost, 'psr23-small')])
    }
    expect(small('1000000', '499999.99')).toBe('500000.00 near')
    expect(small('1000000', '500000')).toBe('500000.00 over')
    expect(small('4000000', '999999.99')).toBe('1000000.00 near')
  })

  test('a cost that nobody recorded makes the test unknown, not small', () => {
    for (const rule of [BELOW, TOGETHER]) {
      expect(use(rule, facts(), [priced(null, BELOW)])).toMatch(/^0\.00 of .*, unknown$/)
    }
    expect(tested(BELOW, facts({ value: null })).state).toBe('unknown')
    expect(tested(BELOW, facts({ currency: 'EUR' })).state).toBe('unknown')
  })
})

describe('an extension counts towards the rule it was recorded under', () => {
  test('urgency uses none of the ten percent, and gets a line of its own to check', () => {
    const urgent = added('2027-04-01', '2027-06-30', { kind: 'emergency', rule: 'pa23-urgency' })
    expect(tested(TEN, facts(), [urgent]).used).toBe(0)
    expect(tested('pa23-urgency', facts(), [urgent]).state).toBe('check')
  })

  test('an option rests on what the contract provides for', () => {
    const option = added('2027-04-01', '2028-03-31', { kind: 'option', rule: null })
    expect(tested(TEN, facts(), [option]).used).toBe(0)
    expect(tested('pa23-option', facts(), [option]).state).toBe('check')
  })

  test('a waiver of our own rules is no legal ground: its days and its money count in the statutory tests', () => {
    const waived = [priced('90000', 'Standing financial instructions')]
    expect(tested(TEN, facts(), waived).used).toBe(30)
    expect(tested(BELOW, facts(), waived).used).toBe('90000.00')
    expect(notes(BELOW, facts(), waived)).toContain('no ground in law')
    expect(tested('own-rules', facts(), waived).state).toBe('check')
  })

  test('a section that holds several rules counts as none named, towards every test of it', () => {
    expect(tested(TEN, facts(), [priced(null, 's.74')]).used).toBe(30)
  })

  test('what nobody has classified makes the figures unknown', () => {
    const later = [priced(null, null, { kind: 'unknown' })]
    expect(use(TEN, facts(), later)).toBe('0 of 36.5, 0 %, unknown')
    expect(notes(TEN, facts(), later)).toContain('say what it was')
  })

  test('withdrawn and proposed ones use nothing', () => {
    for (const status of ['withdrawn', 'proposed'] as const) {
      expect(tested(TEN, facts(), [{ ...MAY, status }]).used).toBe(0)
    }
  })

  test('scope and economic balance are always left to a person', () => {
    for (const regime of ['PA23', 'PCR15', 'PSR23'] as const) {
      const judged = measured(facts({ regime })).filter(({ measure }) => measure === 'judgement')
      expect(judged.length).toBeGreaterThan(0)
      expect(new Set(judged.map(({ state }) => state))).toEqual(new Set(['check']))
    }
  })

  test('reg 13(3) PSR: awarded under direct award A or B only the character of the services counts', () => {
    const rules = (route: string | null) => rulesOf(facts({ regime: 'PSR23', route }))
    expect(rules('psr-direct-award-c')).toEqual(['psr23-small', 'psr23-material'])
    for (const route of ['psr-direct-award-a', 'psr-direct-award-b']) {
      expect(rules(route)).toEqual(['psr23-material'])
    }
  })

  test('a ground says what bars it', () => {
    const said = (rule: string, regime: 'PA23' | 'PCR15' | 'PSR23') =>
      notes(rule, facts({ regime }), [priced(null, rule)])
    expect(said('pa23-urgency', 'PA23')).toContain('poor planning')
    expect(said('psr23-urgent', 'PSR23')).toContain('poor planning')
    expect(said('psr23-standstill-review', 'PSR23')).toContain('reg 14(3)(b)')
    expect(said('pa23-restructuring', 'PA23')).toContain('s.75(2)')
    expect(said('pa23-known-risk', 'PA23')).toContain('nobody’s act or omission')
    expect(said('pcr15-unforeseeable', 'PCR15')).toContain('such as the end of a contract')
    expect(said('psr23-external', 'PSR23')).toContain('neither the authority nor the provider')
    // A rule without a bar adds no note, whatever was recorded under it.
    for (const { id } of HEADROOM_RULES) {
      for (const regime of ['PA23', 'PCR15', 'PSR23'] as const) {
        const all = measured(facts({ regime }), [priced('1', id)]).flatMap((each) => each.notes)
        expect(all.filter((note) => typeof note !== 'string')).toEqual([])
      }
    }
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
      const by = tested(id, facts({ regime }), [priced(null, id)])
      expect(['check', 'inside', 'near', 'over', 'unknown']).toContain(by.state)
      expect(`${by.title} ${by.notes.join(' ')}`).not.toMatch(
        /\b(?:lawful|illegal|permitted|allowed)\b/,
      )
    },
  )

  test('s.74(1): a contract below the threshold that its changes take to it is measured by s.74, to check', () => {
    const small = facts({ regime: 'below-threshold', value: asDecimal('150000') })
    const more = (cost: string | null, to = '2027-04-30') => priced(cost, null, { to: day(to) })
    const OWN = ['own-rules']
    const CONVERTIBLE = 'pa23-convertible'
    // £173,100 net is £207,720 with VAT.
    expect(rulesOf(small, [more('23099.99')])).toEqual(OWN)
    expect(rulesOf(small, [more('23100')])).toEqual([CONVERTIBLE, ...OWN])
    expect(rulesOf(small, [{ ...more('23100'), status: 'proposed' }])).toEqual(OWN)
    expect(rulesOf(small, [{ ...more('23100'), kind: 'option' }])).toEqual(OWN)
    expect(rulesOf(small, [more(null, '2027-05-31')])).toContain(CONVERTIBLE)
    expect(rulesOf({ ...small, start: day('2025-02-23') }, [more('90000')])).toEqual(OWN)
    expect(rulesOf({ ...small, currency: 'EUR' }, [more('90000')])).toEqual(OWN)
    expect(rulesOf(small, [], { addDays: 90 })).toContain(CONVERTIBLE)
    const by = tested(CONVERTIBLE, small, [more('23100')])
    expect(by).toMatchObject({ state: 'check', citation: 'Procurement Act 2023, s.74(1)' })
    expect(by.notes.join(' ')).toContain('£207,720 with VAT against £207,720')
    // Recorded as below the threshold with a value that is not: asked about, never taken for it.
    const large = { ...small, value: asDecimal('300000') }
    expect(notes(CONVERTIBLE, large)).toContain('which law holds?')
    // Whatever is added to it: its own value is what speaks against it.
    const grown = tested(CONVERTIBLE, large, [more('50000.50', '2028-04-30')])
    expect(grown).toMatchObject({ citation: 'Procurement Act 2023, s.3(2)', state: 'check' })
    expect(grown.notes.join(' ')).toContain('(£360,000 with VAT against £207,720)')
    expect(notes(CONVERTIBLE, small, [more('83333.33')])).toContain('(£280,000 with VAT')
    expect(notes(CONVERTIBLE, small, [more('83333.31')])).toContain('(£279,999.97 with VAT')
    // Nobody has said who buys: the lower threshold, and it says so.
    const unknown = notes(CONVERTIBLE, small, [], { authority: null })
    expect(unknown).toContain('the lower threshold was taken')
  })

  test('s.74(2), s.2(5): no contract that the Act’s tests do not hold for is measured as convertible', () => {
    const small = facts({ regime: 'below-threshold', value: asDecimal('150000') })
    const more = priced('900000', null)
    const rules = (changes: Partial<HeadroomFacts>, nation: HeadroomAsked['nation'] = null) =>
      rulesOf({ ...small, ...changes }, [more], { nation })
    expect(rules({})).toContain('pa23-convertible')
    expect(rules({}, 'england')).toContain('pa23-convertible')
    expect(rules({}, 'wales')).toContain('pa23-convertible')
    // S.74(2): a convertible contract that is a light touch one may be changed; at its own threshold.
    expect(rules({ lightTouch: true })).toEqual(['pa23-light-touch', 'own-rules'])
    const few = [priced('300000', null)]
    expect(rulesOf({ ...small, lightTouch: true }, few)).toEqual(['own-rules'])
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
    const year = { from: day('2026-04-01'), to: day('2027-03-31') }
    const taken = (kind: RuledExtension['kind'], cost: string | null = '1000') =>
      rulesOf(of, [priced(cost, null, { kind, ...year })], { authority: 'nhs-trust' })
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
      tested(TOGETHER, facts({ start: day(start), vat: 'gross' }), [], { on: day(on), authority })
        .limit
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
    const tests = measured(facts({ lightTouch: true }), [MAY])
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
    const contradicted = measured(facts({ start: day('2025-02-23') })).at(-1)
    expect(contradicted).toMatchObject({ rule: 'regime', state: 'check' })
    expect(contradicted?.notes.join(' ')).toContain('starts before 24 Feb 2025')
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
    const tests = measured(facts({ regime: null, nation: 'scotland' }))
    expect(tests.map(({ state, notes }) => `${state}: ${notes.join(' ')}`)).toEqual([
      'check: A Scottish authority (s.2(5)): outside these tests, check.',
    ])
  })

  const asksOf = (changes: Partial<HeadroomFacts>) =>
    measured(facts(changes)).filter(({ citation }) => citation === 'SI 2024/716 reg 5')

  test('SI 2024/716 reg 5: taken from a start soon after the Act came into force it is to check, as the procurement may be older', () => {
    const said = (changes: Partial<HeadroomFacts>) => asksOf({ regime: null, ...changes })
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
    const said = (changes: Partial<HeadroomFacts>) => asksOf({ regime: 'PCR15', ...changes })
    const [late] = said({ start: day('2026-02-24') })
    expect(late).toMatchObject({ state: 'check', rule: 'regime' })
    expect(late?.notes.join(' ')).toContain('Which law holds?')
    expect(said({ start: day('2026-02-23') })).toEqual([])
    // What a framework or a dynamic system of before lets be called off stands under it for years.
    const start = day('2027-05-01')
    expect(said({ start })).toHaveLength(1)
    const before = { callOff: true, frameworkStart: day('2024-10-01') }
    const routes = ['dynamic-market', 'mini-competition'].map((route) => ({ route }))
    for (const relies of [before, { ofFramework: true }, ...routes]) {
      expect(said({ start, ...relies })).toEqual([])
    }
  })

  test('s.45(1): a call-off that starts after its framework’s last day is asked about', () => {
    const until = { callOffsUntil: day('2026-03-31') }
    const late = facts({ ...until, start: day('2026-04-01') })
    expect(tested('call-off', late).state).toBe('check')
    expect(notes('call-off', late)).toContain(
      'took call-offs until Tue 31 Mar 2026: was it awarded by then?',
    )
    const others = [
      { ...until, start: day('2026-03-31') },
      { ...until, start: null },
    ]
    for (const changes of [...others, { start: day('2026-04-01') }]) {
      expect(rulesOf(facts(changes))).not.toContain('call-off')
    }
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
    for (const name of [TEN, 'Procurement Act 2023, s.74(3)', 'non-substantial']) {
      expect(ruleNamed(name, 'PA23')?.id).toBe(TEN)
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
  const named = HEADROOM_RULES.map(({ id }) => id)
  const rules = [null, 'Procurement Act 2023, s.74', 'waiver', ...named]
  const anyExtension = fc
    .record({
      kind: fc.constantFrom(...EXTENSION_KINDS),
      status: fc.constantFrom(...EXTENSION_STATUSES),
      from: date,
      length: fc.integer({ min: 1, max: 400 }),
      cost: fc.option(fc.integer({ min: 0, max: 900_000 }).map(String).map(asDecimal)),
      rule: fc.constantFrom(...rules),
    })
    .map(({ length, ...rest }) => {
      return { ...rest, to: addDays(rest.from, length), currency: 'GBP', knownOn: null }
    })
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
      const used = (addDays: number) => measured(of, extensions, { addDays })
      neverFalls(used(0), used(some))
      neverFalls(used(some), used(some + more))
    })
  })

  test('no test’s use falls when an extension is recorded, in whatever order they are listed', () => {
    const few = fc.array(anyExtension, { maxLength: 5 })
    holds([anyFacts, few, anyExtension], (of, extensions, one) => {
      neverFalls(measured(of, extensions), measured(of, [one, ...extensions]))
      expect(measured(of, [one, ...extensions])).toEqual(measured(of, [...extensions, one]))
    })
  })
})
