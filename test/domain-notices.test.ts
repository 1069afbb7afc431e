/** Notices under the Procurement Act 2023: their dates counted by hand on a calendar. */
import { asDecimal } from '../src/rules/money.ts'
import {
  NOTICES,
  type Notice,
  type NoticeDecision,
  type NoticedExtension,
  type NoticeFacts,
  type NoticesAsked,
  noticesToCheck,
  noticeTasks,
} from '../src/rules/notices.ts'
import { day, endOn } from './support/contract-facts.ts'

/** A year from 1 Dec 2025, £800,000 net. */
const FACTS: NoticeFacts = {
  regime: 'PA23',
  start: day('2025-12-01'),
  awardedEnd: endOn('2026-11-30'),
  awardedMaximumEnd: null,
  value: asDecimal('800000'),
  valueBasis: 'committed',
  vat: 'net',
  currency: 'GBP',
  works: false,
  lightTouch: null,
  closedOn: null,
}

/** What a test says otherwise of the contract, days and amounts as text. */
interface Said extends Omit<Partial<NoticeFacts>, 'value' | 'start' | 'awardedEnd' | 'closedOn'> {
  readonly value?: string | null
  readonly start?: string | null
  readonly end?: string
  readonly atMost?: string
  readonly closedOn?: string
}

function contract({ value, start, end, atMost, closedOn, ...rest }: Said): NoticeFacts {
  return {
    ...FACTS,
    ...(value === undefined ? {} : { value: value === null ? null : asDecimal(value) }),
    ...(start === undefined ? {} : { start: start === null ? null : day(start) }),
    ...(end === undefined ? {} : { awardedEnd: endOn(end) }),
    ...(atMost === undefined ? {} : { awardedMaximumEnd: day(atMost) }),
    ...(closedOn === undefined ? {} : { closedOn: day(closedOn) }),
    ...rest,
  }
}

/** The same of an extension: in an emergency, for two months from 1 Dec 2026 and £150,000. */
interface Changed extends Omit<Partial<NoticedExtension>, 'from' | 'to' | 'cost' | 'knownOn'> {
  readonly from?: string
  readonly to?: string
  readonly cost?: string | null
  readonly knownOn?: string
}

function extension({ from, to, cost, knownOn, ...rest }: Changed): NoticedExtension {
  return {
    kind: 'emergency',
    status: 'confirmed',
    from: day(from ?? '2026-12-01'),
    to: day(to ?? '2027-01-31'),
    cost: cost === null ? null : asDecimal(cost ?? '150000'),
    currency: 'GBP',
    knownOn: knownOn === undefined ? null : day(knownOn),
    rule: null,
    noticeReference: null,
    ...rest,
  }
}

interface Asked extends Partial<Omit<NoticesAsked, 'today'>> {
  readonly today?: string
  readonly decisions?: readonly NoticeDecision[]
}

function tasks(
  of: Said = {},
  changes: readonly Changed[] = [],
  { today = '2026-11-23', decisions = [], ...asked }: Asked = {},
) {
  return noticeTasks(contract(of), changes.map(extension), decisions, {
    ...{ today: day(today), authority: 'sub-central', ...asked },
  })
}

/** `UK7 2025-12-30, UK11 2026-12-29 done`, without the award notice, which every one above the threshold has. */
const told = (...asked: Parameters<typeof tasks>) =>
  tasks(...asked)
    .filter(({ notice }) => notice !== 'UK6')
    .map(({ notice, on, settled }) => `${notice} ${on}${settled === null ? '' : ` ${settled}`}`)
    .join(', ')

/** The days of one notice, and what is said of the first. */
const days = (notice: Notice, ...asked: Parameters<typeof tasks>) =>
  tasks(...asked)
    .filter((each) => each.notice === notice)
    .map(({ on }) => on)
    .join(' ')
const first = (notice: Notice, ...asked: Parameters<typeof tasks>) =>
  tasks(...asked).find((each) => each.notice === notice)
const why = (notice: Notice, ...asked: Parameters<typeof tasks>) =>
  first(notice, ...asked)?.why ?? ''

const ENDED = 'UK11 2026-12-29'
const DETAILS = 'UK7 2025-12-30'

describe('a contract under the Procurement Act', () => {
  test('is to be told of within 30 days of its signing, 120 of a light touch, and of its end', () => {
    // December has 31 days: the thirtieth of them from the 1st is the 30th; 29 days after 30 Nov is 29 Dec.
    expect(told()).toBe(`${DETAILS}, ${ENDED}`)
    // 31 Dec, 31 Jan, 28 Feb make 90 days: the 120th is 30 Mar.
    expect(told({ lightTouch: true })).toBe(`UK7 2026-03-30, ${ENDED}`)
    // Over a February: 31 Jan is the first day, 28 Feb the 29th, 1 Mar the 30th.
    expect(told({ end: '2027-01-31' })).toBe(`${DETAILS}, UK11 2027-03-01`)
  })

  test('that is closed early is to be told of from that day', () => {
    expect(told({ closedOn: '2026-06-30' })).toBe(`${DETAILS}, UK11 2026-07-29`)
    expect(told({ closedOn: '2026-12-15' })).toBe(`${DETAILS}, ${ENDED}`)
  })

  test('is to be told of before it is changed, a proposed change too, and its end moves the last notice', () => {
    const changed = (status: NoticedExtension['status']) => told({}, [{ status }])
    expect(changed('confirmed')).toBe(`${DETAILS}, UK10 2026-11-30, UK11 2027-03-01`)
    expect(changed('proposed')).toBe(`${DETAILS}, UK10 2026-11-30, ${ENDED}`)
    expect(changed('withdrawn')).toBe(`${DETAILS}, ${ENDED}`)
  })

  test('needs none before a small change: 10 % of the term, 10 % of the value, 15 % of works', () => {
    const notice = (to: string, cost: string | null) => days('UK10', {}, [{ to, cost }])
    expect(notice('2026-12-31', '150000')).toBe('')
    // 37 of 365 days are more than 36.5; £80,000 is a tenth of the value.
    expect(notice('2027-01-06', '80000.01')).toBe('2026-11-30')
    expect(notice('2027-01-05', '80000.01')).toBe('')
    expect(notice('2027-01-06', '80000')).toBe('')
    expect(notice('2027-01-06', null)).toBe('2026-11-30')
    const works = (cost: string) => days('UK10', { works: true, value: '8000000' }, [{ cost }])
    expect([works('1200000'), works('1200001')]).toEqual(['', '2026-11-30'])
  })

  test('has its small changes counted together', () => {
    const two = [{ to: '2026-12-31' }, { from: '2027-01-01' }]
    expect(told({}, two)).toBe(`${DETAILS}, UK10 2026-12-31, UK11 2027-03-01`)
  })

  test('is settled by the reference of the notice, or by what was said of that very date', () => {
    const of = (on: string) =>
      told({}, [{ noticeReference: '2026/S 000-1' }], {
        decisions: [{ notice: 'UK11', on: day(on), text: 'done' }],
      })
    const published = `${DETAILS}, UK10 2026-11-30 published as 2026/S 000-1`
    expect(of('2027-03-01')).toBe(`${published}, UK11 2027-03-01 done`)
    expect(of('2026-12-29')).toBe(`${published}, UK11 2027-03-01`)
  })
})

test('nothing is asked under another law, or below the threshold with VAT', () => {
  expect(told({ regime: 'PCR15' })).toBe('')
  expect(told({ regime: 'other' })).toBe('')
  expect(told({ regime: null, start: null })).toBe('')
  expect(told({ regime: null }, [], { nation: 'scotland' })).toBe('')
  expect(told({ start: '2025-02-23' })).toBe('')
  expect(told({ regime: null, start: '2025-02-23' })).toBe('')
  expect(told({ regime: null, start: '2025-02-24' })).not.toBe('')
  // The sub-central threshold of 2025 is £214,904 with VAT: £179,086.67 without.
  expect(days('UK11', { value: '179086' })).toBe('')
  expect(days('UK11', { value: '179087' })).not.toBe('')
  expect(days('UK11', { value: '214903', vat: 'gross' })).toBe('')
  expect(days('UK11', { value: '552949', lightTouch: true })).toBe('')
  expect(days('UK11', { value: null })).not.toBe('')
})

test('a task is listed from 30 days before its date until 30 days after, while it is open', () => {
  const listed = (today: string) =>
    noticesToCheck(tasks({}, [], { today: '2026-11-29' }), day(today)).length
  const on = ['2026-11-28', '2026-11-29', '2027-01-28', '2027-01-29']
  expect(on.map(listed)).toEqual([0, 1, 1, 0])
})

describe('each duty with its section', () => {
  const BIG: Said = { value: '4200000' } // £5.04m with VAT

  test.each([
    ['nhs-trust', '12000', '11999.99'],
    ['central', '12000', '11999.99'],
    ['council', '30000', '29999.99'],
    ['icb', '30000', '29999.99'],
    [null, '12000', '11999.99'],
  ] as const)(
    's.87(3), (4): below the threshold from £12,000 for central authorities, so trusts, and £30,000 for others: %s',
    (authority, from, below) => {
      const found = tasks({ value: from, vat: 'gross' }, [], { authority })
      expect(found).toMatchObject([
        { notice: 'UK7', on: '2025-12-01', citation: 'Procurement Act 2023, s.87(3)' },
      ])
      const isAssumed = found[0]?.why.includes('the lower threshold was taken')
      expect(isAssumed).toBe(authority === null)
      expect(tasks({ value: below, vat: 'gross' }, [], { authority })).toEqual([])
      const nation = 'northern-ireland'
      expect(tasks({ value: from, vat: 'gross' }, [], { authority, nation })).toEqual([])
    },
  )

  test('s.50, s.51(2): the award notice before the signature, eight working days where the Act asks them', () => {
    expect(days('UK6', { route: 'open' })).toBe('2025-11-19')
    // S.51(3)(d): none is mandatory under a framework.
    expect(days('UK6', { route: 'mini-competition' })).toBe('2025-11-30')
  })

  test('s.51(3)(f): no standstill is counted before a light-touch contract', () => {
    const award = first('UK6', { route: 'open', lightTouch: true })
    expect(award?.on).toBe('2025-11-30')
    expect(award?.why).not.toContain('standstill')
  })

  test('s.74(1), s.75(1): a contract below the threshold that a change takes to it is told of as a public one', () => {
    // £150,000 net is £180,000 with VAT; the sub-central threshold is £214,904, and £207,720 from 2026 on.
    const small: Said = { value: '150000' }
    const by = (...changes: readonly Changed[]) =>
      told(
        small,
        changes.map((each) => ({ kind: 'variation', ...each })),
      ).replace(/^UK7[^,]*(?:, )?/, '')
    const PUBLIC = 'UK10 2026-11-30, UK11 2027-03-01'
    // £173,100 net in all is £207,720 with VAT.
    expect(by({ cost: '23099.99' })).toBe('')
    expect(by({ cost: '23100' })).toBe(PUBLIC)
    expect(by({ cost: '23100', status: 'proposed' })).toBe('UK10 2026-11-30')
    // Small ones count together: the second takes it there, and could have been made with the first.
    const half = { cost: '12000', from: '2026-12-26', to: '2027-01-09' }
    const both = by({ cost: '12000', to: '2026-12-25' }, half)
    expect(both).toBe('UK10 2026-12-25, UK11 2027-02-07')
    // S.75(2)(b): a tenth of the term at most, so that no change notice is called for.
    expect(by({ cost: '23100', to: '2026-12-31' })).toBe('UK11 2027-01-29')
    // What an option costs is in the value; an unknown cost counts as the same days cost until now.
    expect(by({ cost: '90000', kind: 'option' })).toBe('')
    expect(by({ cost: null, to: '2027-01-31' })).toBe(PUBLIC)
    expect(by({ cost: null, to: '2027-01-15' })).toBe('')
    const change: Changed = { kind: 'variation', cost: '23100' }
    expect(why('UK10', small, [change])).toContain('a convertible contract (s.74(1))')
    const below: Said = { ...small, regime: 'below-threshold' }
    expect(days('UK10', below, [change])).toBe('2026-11-30')
    expect(told({ ...below, start: '2025-02-23' }, [change])).toBe('')
    for (const nation of ['scotland', 'northern-ireland'] as const) {
      expect(told(below, [change], { nation })).toBe('')
    }
  })

  test('Schedule 3 para 1(2)(c): a committed value counts for the maximum term, with what its options would cost', () => {
    // £120,000 net for the year; a second year at the same is £240,000, £288,000 with VAT.
    const year: Said = { value: '120000', valueBasis: 'committed' }
    const option: Said = { ...year, atMost: '2027-11-30' }
    expect(first('UK7', year)?.citation).toBe('Procurement Act 2023, s.87(3)')
    expect(first('UK7', option)?.citation).toBe('Procurement Act 2023, s.53')
    expect(why('UK7', option)).toContain('What its options would cost is counted in')
    expect(why('UK7', year)).not.toContain('options')
    // A maximum has them in it already, and what nobody said of is taken as it stands.
    for (const valueBasis of ['maximum', 'unknown'] as const) {
      expect(first('UK7', { ...option, valueBasis })?.citation).toContain('s.87(3)')
    }
    // Over £5m too, and never less than the committed value.
    expect(days('copy', { ...option, value: '2100000' })).toBe('2026-02-28')
    expect(days('copy', { ...option, value: '2100000', atMost: '2026-06-30' })).toBe('')
  })

  test('s.3(2): one that is recorded as below the threshold and stands above it is asked about, and told of as a public one', () => {
    const above: Said = { regime: 'below-threshold', value: '300000' }
    const change: Changed = { kind: 'variation' }
    const found = tasks(above, [change])
    const due = 'UK6 2025-11-30, UK7 2025-12-30, UK10 2026-11-30, UK11 2027-03-01'
    expect(found.map(({ notice, on }) => `${notice} ${on}`).join(', ')).toBe(due)
    for (const { why } of found) {
      expect(why).toContain('Recorded as below the threshold, and its value is not')
      expect(why).toContain('which law holds?')
    }
    // By a penny; and by whose threshold it is.
    const isAsked = (value: string, authority: NoticesAsked['authority'] = 'council') =>
      why('UK10', { ...above, value, vat: 'gross' }, [change], { authority }).includes('which law')
    expect(isAsked('214904')).toBe(true)
    expect(isAsked('139688', 'nhs-trust')).toBe(true)
    expect(isAsked('139688', null)).toBe(true)
    expect(isAsked('139687.99', 'nhs-trust')).toBe(false)
    expect(isAsked('139688')).toBe(false)
    // Nothing of the Act where another law holds, whatever it is worth.
    for (const nation of ['scotland', 'northern-ireland'] as const) {
      expect(tasks(above, [change], { nation })).toEqual([])
    }
    for (const subject of ['health services', 'utilities', 'concession', 'defence'] as const) {
      expect(tasks({ ...above, subject }, [change])).toEqual([])
      // S.84(1): not even the details of a smaller one.
      expect(tasks({ ...above, subject, value: '100000' })).toEqual([])
    }
  })

  test('an option or a renewal is no change that makes a contract a public one, nor one to be made together with another', () => {
    // £137,000 with VAT: below the £139,688 of 2025, above the £135,018 from 2026 on.
    const of: Said = { regime: 'below-threshold', value: '137000', vat: 'gross' }
    const taken = (kind: NoticedExtension['kind']) =>
      told(of, [{ kind, to: '2027-11-30', cost: '1000' }], { authority: 'nhs-trust' })
    expect(taken('option')).toMatch(/^UK7 [\d-]+$/)
    expect(taken('renewal')).toMatch(/^UK7 [\d-]+$/)
    expect(taken('variation')).toMatch(/^UK7 [\d-]+, UK11/)
    // S.75(4): an earlier modification, which the option before it is none of.
    const small: Changed = { kind: 'variation', from: '2027-12-01', to: '2027-12-31' }
    for (const [kind, words] of [
      ['option', 'An option was taken'],
      ['renewal', 'It renews as the contract provides: check'],
    ] as const) {
      const both = [{ kind, to: '2027-11-30' }, small]
      expect(days('UK10', {}, both)).toMatch(/^\S+$/)
      expect(why('UK10', {}, both)).toContain(words)
    }
  })

  test('SI 2025/1200 reg 3: between the thresholds of two periods the day of the commencement decides, and is said', () => {
    const details = (start: string, value: string) =>
      first('UK7', { start, end: '2027-12-31', value }, [], { authority: 'nhs-trust' })
    // £138,000 with VAT: £139,688 was the threshold until 2025, £135,018 is it from 2026 on.
    expect(details('2026-03-01', '115000')?.citation).toContain('s.53')
    const before = 'its procurement commenced before Thu 1 Jan 2026, it lies below the threshold of'
    expect(details('2026-03-01', '115000')?.why).toContain(`Where ${before} £139,688`)
    expect(details('2027-02-01', '115000')?.why).not.toContain('commenced before')
    expect(details('2026-03-01', '190000')?.why).not.toContain('commenced before')
    expect(details('2025-12-31', '115000')?.citation).toContain('s.87(3)')
    const unknown = 'Thresholds of 2028 are not known: those of 2026 were taken.'
    expect(why('UK7', { start: '2028-02-01', end: '2029-01-31' })).toContain(unknown)
  })

  test('s.44: a transparency notice before a direct award, urgency included; no other route has one', () => {
    expect(days('UK5', { route: 'direct-award' })).toBe('2025-11-18')
    expect(days('UK5', { route: 'urgent-direct-award' })).toBe('2025-11-29')
    expect(days('UK6', { route: 'urgent-direct-award' })).toBe('2025-11-30')
    expect(days('UK5', { route: 'framework-direct-award' })).toBe('')
  })

  test('s.53(3): a copy of a contract over £5m within 90 days, 180 of a light touch, the first counted; not in Wales', () => {
    // 31 days of December, 31 of January, 28 of February: the 90th is 28 Feb.
    expect(days('copy', BIG)).toBe('2026-02-28')
    expect(days('copy', { ...BIG, lightTouch: true })).toBe('2026-05-29')
    expect(days('copy', { value: '5000000', vat: 'gross' })).toBe('')
    expect(days('copy', BIG, [], { nation: 'wales' })).toBe('')
    // S.114(5): what is called off from a framework that is no Welsh one; which it is nobody recorded.
    for (const route of ['mini-competition', 'dynamic-market']) {
      const words = why('copy', { ...BIG, route }, [], { nation: 'wales' })
      expect(words).toContain('set up by a Welsh authority (ss.53(4), 77(3))')
    }
    expect(days('copy', { ...BIG, route: 'open' }, [], { nation: 'wales' })).toBe('')
    expect(why('UK7', { value: null })).toContain('over £5m a copy (s.53(3))')
  })

  test('s.71(2), s.52: performance once in twelve months and at the end, over £5m; not light touch, not frameworks', () => {
    const long: Said = { ...BIG, end: '2028-11-30' }
    expect(days('UK9', long)).toBe('2026-11-30')
    expect(days('UK9', BIG)).toBe('2026-11-30')
    expect(days('UK9', { ...long, lightTouch: true })).toBe('')
    expect(days('UK9', { ...long, form: 'framework' })).toBe('')
    expect(days('UK9', { ...long, value: '5000000', vat: 'gross' })).toBe('')
    // In force from 1 Jan 2026, in Wales from 1 Apr 2026.
    const early: Said = { ...BIG, start: '2025-03-01', end: '2028-02-29' }
    const today = '2026-03-10'
    expect(days('UK9', early, [], { today })).toBe('2026-02-28 2027-02-28')
    expect(days('UK9', early, [], { today, nation: 'wales' })).toBe('2027-02-28')
    // At its end: what ended before the section was in force has none.
    const brief = (end: string) => days('UK9', { ...early, end }, [], { today: '2026-01-10' })
    expect([brief('2025-12-31'), brief('2026-01-01')]).toEqual(['', '2026-01-01'])
    const text = 'No KPIs, because it is a licence'
    const none: NoticeDecision = { notice: 'UK9', on: day('2025-11-30'), text }
    expect(first('UK9', long, [], { decisions: [none] })?.settled).toBe(text)
  })

  test('s.75: before signing; an option is always asked about, a transfer always called for, small ones by s.75(4)–(5)', () => {
    const month: Changed = { to: '2026-12-31' }
    expect(days('UK10', {}, [month])).toBe('')
    expect(why('UK10', {}, [{ ...month, kind: 'option' }])).toContain('An option was taken')
    const transfer = { ...month, rule: 'pa23-restructuring' }
    expect(why('UK10', {}, [transfer])).toContain('s.75(2)')
    const two = [month, { from: '2027-01-01', to: '2027-01-31' }]
    expect(days('UK10', {}, two)).toMatch(/^\S+$/)
    expect(why('UK10', {}, two)).toContain('s.75(4)–(5)')
    expect(why('UK10', {}, [{}])).not.toContain('s.75(4)–(5)')
    // Before: the day before it begins, which no signing is later than.
    expect(days('UK10', {}, [{}])).toBe('2026-11-30')
    // S.75(2): 36 of 365 days, or £80,000 of £800,000, are 10 per cent or less.
    const by = (to: string, cost: string) => days('UK10', {}, [{ to, cost }])
    expect([by('2027-01-05', '150000'), by('2027-01-31', '80000')]).toEqual(['', ''])
    expect(by('2027-01-06', '80000.01')).toBe('2026-11-30')
    // S.75(6)(b).
    expect(days('UK10', { lightTouch: true }, [{}])).toBe('')
    // S.75(6)(d): not of a transferred Northern Ireland authority.
    expect(days('UK10', {}, [{}], { nation: 'northern-ireland' })).toBe('')
  })

  test('s.77: a copy of the change within 90 days where a change notice was due and the contract is over £5m', () => {
    const copies = (of: Said, changes: Changed[], nation: NoticesAsked['nation'] = null) =>
      days('copy-of-change', of, changes, { nation })
    const change: Changed = { cost: '500000' }
    // 31 days of December, 31 of January, 28 of February: the 90th is 28 Feb.
    expect(copies(BIG, [change])).toBe('2027-02-28')
    expect(copies(BIG, [{ ...change, knownOn: '2026-11-01' }])).toBe('2027-01-29')
    expect(copies(BIG, [{ ...change, status: 'proposed' }])).toBe('')
    expect(copies(BIG, [change], 'wales')).toBe('')
    expect(copies({}, [change])).toBe('')
    // £3,700,000 net and £466,667 more are £5,000,000.40 with VAT: the change has its VAT too.
    const near: Said = { value: '3700000' }
    expect(copies(near, [{ cost: '466667' }])).toBe('2027-02-28')
    expect(copies(near, [{ cost: '466666' }])).toBe('')
    // Earlier changes count: it is the contract as modified that comes to more than £5m.
    const second: Changed = { from: '2027-02-01', to: '2027-04-30', cost: '240000' }
    expect(copies(near, [{ cost: '240000' }, second])).toBe('2027-05-01')
    const unknown = why('UK10', { value: null }, [change])
    expect(unknown).toContain('a copy of the change too (s.77)')
  })

  test('PSR reg 13(4), (5): within 30 days of the change with which £500,000 are reached, where the authority decided', () => {
    const by = (...changes: Changed[]) =>
      told(
        { regime: 'PSR23' },
        changes.map((each) => ({ kind: 'variation', ...each })),
      )
    expect(by({ cost: '499999.99' })).toBe('')
    expect(by({ cost: '500000' })).toBe('PSR-change 2026-12-31')
    const second = { cost: '250000', from: '2027-02-01', to: '2027-02-28' }
    expect(by({ cost: '250000' }, second)).toBe('PSR-change 2027-03-03')
    expect(by({ cost: '900000', rule: 'psr23-external' })).toBe('')
    const [unknown] = tasks({ regime: 'PSR23' }, [{ kind: 'variation', cost: null }])
    expect(unknown?.why).toContain('a cost is not recorded')
  })

  test('PSR reg 14(4), (5): within 30 days of an urgent award or modification; none of one that bridges a standstill review', () => {
    const psr: Said = { regime: 'PSR23' }
    expect(told(psr, [{ rule: 'psr23-urgent' }])).toBe('PSR-urgent 2026-12-31')
    expect(told(psr, [{ rule: 'psr23-standstill-review', cost: '900000' }])).toBe('')
    expect(told({ ...psr, route: 'psr-urgent-award' })).toBe('PSR-urgent 2025-12-31')
    expect(told({ ...psr, route: 'psr-direct-award-c' })).toBe('')
  })

  test('PCR reg 72(3): for additional works, services or supplies and for unforeseeable needs alone', () => {
    const by = (rule: string) => told({ regime: 'PCR15', start: '2024-12-01' }, [{ rule }])
    expect(by('pcr15-additional')).toBe('PCR-change 2026-12-01')
    expect(by('pcr15-unforeseeable')).toBe('PCR-change 2026-12-01')
    expect(by('pcr15-small')).toBe('')
  })

  test('between the two thresholds an authority that nobody named is asked, and the task says why', () => {
    const between: Said = { value: '150000' } // £180,000 with VAT
    expect(days('UK11', between, [], { authority: 'council' })).toBe('')
    expect(days('UK11', between, [], { authority: 'nhs-trust' })).toBe('2026-12-29')
    const words = why('UK7', between, [], { authority: null })
    expect(words).toContain('the lower threshold was taken')
  })

  test('every task cites its section', () => {
    const psr = [{ cost: '600000' }, { rule: 'psr23-urgent' }]
    const pcr: Said = { regime: 'PCR15', start: '2024-12-01' }
    const all = [
      ...tasks({ ...BIG, route: 'direct-award' }, [{ cost: '500000' }]),
      ...tasks({ regime: 'PSR23' }, psr),
      ...tasks(pcr, [{ rule: 'pcr15-additional' }]),
    ]
    expect(new Set(all.map(({ notice }) => notice)).size).toBe(NOTICES.length)
    for (const { citation, source } of all) {
      expect(citation).toMatch(/, (?:s\.|reg )\d+/)
      const at = 'https://www.legislation.gov.uk/uk'
      const page = /^(?:pga|si)\/20\d\d\/\d+\/(?:section|regulation)\/\d+$/
      expect([source.slice(0, at.length), page.test(source.slice(at.length))]).toEqual([at, true])
    }
  })

  test.each([
    ['england', 'UK7 UK9 UK10 copy copy-of-change'],
    ['northern-ireland', 'UK7 UK9'],
    ['wales', 'UK7 UK9 UK10'],
  ] as const)(
    's.53(4), s.75(6): of transferred Northern Ireland no copies and no change notices, of devolved Wales no copies: %s',
    (nation, names) => {
      const large: Said = { value: '6000000', start: '2026-04-01', end: '2030-03-31' }
      const change = { from: '2030-04-01', to: '2031-03-31', cost: '900000' }
      const found = new Set(tasks(large, [change], { nation }).map(({ notice }) => notice))
      for (const each of ['UK7', 'UK9', 'UK10', 'copy', 'copy-of-change'] as const) {
        expect(found.has(each), each).toBe(names.split(' ').includes(each))
      }
    },
  )
})
