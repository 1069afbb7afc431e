/** Notices under the Procurement Act 2023: their dates counted by hand on a calendar. */
import { asDecimal } from '../src/rules/money.ts'
import {
  NOTICES,
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

function extension(changes: Partial<NoticedExtension> = {}): NoticedExtension {
  return {
    kind: 'emergency',
    status: 'confirmed',
    from: day('2026-12-01'),
    to: day('2027-01-31'),
    cost: asDecimal('150000'),
    currency: 'GBP',
    knownOn: null,
    rule: null,
    noticeReference: null,
    ...changes,
  }
}

function tasks(
  changes: Partial<NoticeFacts> = {},
  extensions: readonly NoticedExtension[] = [],
  decisions: readonly NoticeDecision[] = [],
  asked: Partial<NoticesAsked> = {},
) {
  return noticeTasks({ ...FACTS, ...changes }, extensions, decisions, {
    today: day('2026-11-23'),
    authority: 'sub-central',
    ...asked,
  })
}

/** As \`notice day\`, without the award notice, which every contract above the threshold has. */
function dates(...asked: Parameters<typeof tasks>) {
  return tasks(...asked)
    .filter(({ notice }) => notice !== 'UK6')
    .map(({ notice, on, settled }) => `${notice} ${on}${settled === null ? '' : ` ${settled}`}`)
}

describe('a contract under the Procurement Act', () => {
  test('is to be told of within 30 days of its signing, 120 of a light touch, and of its end', () => {
    // December has 31 days: the thirtieth of them from the 1st is the 30th; 29 days after 30 Nov is 29 Dec.
    expect(dates()).toEqual(['UK7 2025-12-30', 'UK11 2026-12-29'])
    // 31 Dec, 31 Jan, 28 Feb make 90 days: the 120th is 30 Mar.
    expect(dates({ lightTouch: true })).toEqual(['UK7 2026-03-30', 'UK11 2026-12-29'])
    // Over a February: 31 Jan is the first day, 28 Feb the 29th, 1 Mar the 30th.
    expect(dates({ awardedEnd: endOn('2027-01-31') })).toEqual([
      'UK7 2025-12-30',
      'UK11 2027-03-01',
    ])
  })

  test('that is closed early is to be told of from that day', () => {
    expect(dates({ closedOn: day('2026-06-30') })).toEqual(['UK7 2025-12-30', 'UK11 2026-07-29'])
    expect(dates({ closedOn: day('2026-12-15') })).toContain('UK11 2026-12-29')
  })

  test('is to be told of before it is changed, a proposed change too, and its end moves the last notice', () => {
    expect(dates({}, [extension()])).toEqual([
      'UK7 2025-12-30',
      'UK10 2026-11-30',
      'UK11 2027-03-01',
    ])
    expect(dates({}, [extension({ status: 'proposed' })])).toEqual([
      'UK7 2025-12-30',
      'UK10 2026-11-30',
      'UK11 2026-12-29',
    ])
    expect(dates({}, [extension({ status: 'withdrawn' })])).not.toContain('UK10 2026-11-30')
  })

  test('needs none before a small change: 10 % of the term, 10 % of the value, 15 % of works', () => {
    const month = extension({ to: day('2026-12-31') })
    expect(dates({}, [month]).join()).not.toContain('UK10')
    // 37 of 365 days are more than 36.5; £80,000 is a tenth of the value.
    const longer = extension({ to: day('2027-01-06'), cost: asDecimal('80000.01') })
    expect(dates({}, [longer])).toContain('UK10 2026-11-30')
    expect(dates({}, [{ ...longer, to: day('2027-01-05') }]).join()).not.toContain('UK10')
    expect(dates({}, [{ ...longer, cost: asDecimal('80000') }]).join()).not.toContain('UK10')
    expect(dates({}, [{ ...longer, cost: null }])).toContain('UK10 2026-11-30')
    const works = { works: true, value: asDecimal('8000000') }
    const dear = extension({ cost: asDecimal('1200000') })
    expect(dates(works, [dear]).join()).not.toContain('UK10')
    expect(dates(works, [{ ...dear, cost: asDecimal('1200001') }])).toContain('UK10 2026-11-30')
  })

  test('has its small changes counted together', () => {
    const first = extension({ to: day('2026-12-31') })
    const second = extension({ from: day('2027-01-01') })
    expect(dates({}, [first, second])).toEqual([
      'UK7 2025-12-30',
      'UK10 2026-12-31',
      'UK11 2027-03-01',
    ])
  })

  test('is settled by the reference of the notice, or by what was said of that very date', () => {
    const published = extension({ noticeReference: '2026/S 000-1' })
    const said = (on: string): NoticeDecision => ({ notice: 'UK11', on: day(on), text: 'done' })
    expect(dates({}, [published], [said('2027-03-01')])).toEqual([
      'UK7 2025-12-30',
      'UK10 2026-11-30 published as 2026/S 000-1',
      'UK11 2027-03-01 done',
    ])
    expect(dates({}, [published], [said('2026-12-29')])).toContain('UK11 2027-03-01')
  })
})

test('nothing is asked under another law, or below the threshold with VAT', () => {
  expect(dates({ regime: 'PCR15' })).toEqual([])
  expect(dates({ regime: 'other' })).toEqual([])
  expect(dates({ regime: null, start: null })).toEqual([])
  expect(dates({ regime: null }, [], [], { nation: 'scotland' })).toEqual([])
  expect(dates({ start: day('2025-02-23') })).toEqual([])
  expect(dates({ regime: null, start: day('2025-02-23') })).toEqual([])
  expect(dates({ regime: null, start: day('2025-02-24') })).not.toEqual([])
  // The sub-central threshold of 2025 is £214,904 with VAT: £179,086.67 without.
  const above = (changes: Partial<NoticeFacts>) => dates(changes).join().includes('UK11')
  expect(above({ value: asDecimal('179086') })).toBe(false)
  expect(above({ value: asDecimal('179087') })).toBe(true)
  expect(above({ value: asDecimal('214903'), vat: 'gross' })).toBe(false)
  expect(above({ value: asDecimal('552949'), lightTouch: true })).toBe(false)
  expect(above({ value: null })).toBe(true)
})

test('a task is listed from 30 days before its date until 30 days after, while it is open', () => {
  const asked = { today: day('2026-11-29'), authority: 'sub-central' } as const
  const listed = (today: string) =>
    noticesToCheck(noticeTasks(FACTS, [], [], asked), day(today)).map(({ notice }) => notice)
  expect(listed('2026-11-28')).toEqual([])
  expect(listed('2026-11-29')).toEqual(['UK11'])
  expect(listed('2027-01-28')).toEqual(['UK11'])
  expect(listed('2027-01-29')).toEqual([])
})

describe('each duty with its section', () => {
  const BIG = { value: asDecimal('4200000') } // £5.04m with VAT
  const of = (list: readonly { readonly notice: string; readonly on: string }[], notice: string) =>
    list.filter((each) => each.notice === notice).map(({ on }) => on)

  test('s.87(3), (4): below the threshold from £12,000 for central authorities, so trusts, and £30,000 for others', () => {
    const below = (value: string, authority: NoticesAsked['authority']) =>
      tasks({ value: asDecimal(value), vat: 'gross' }, [], [], { authority }).map(
        ({ notice, on, citation }) => `${notice} ${on} ${citation}`,
      )
    const due = ['UK7 2025-12-01 Procurement Act 2023, s.87(3)']
    expect(below('12000', 'nhs-trust')).toEqual(due)
    expect(below('11999.99', 'nhs-trust')).toEqual([])
    expect(below('12000', 'central')).toEqual(due)
    expect(below('30000', 'council')).toEqual(due)
    expect(below('29999.99', 'council')).toEqual([])
    expect(below('29999.99', 'icb')).toEqual([])
    expect(below('12000', null)).toEqual(due)
    const [unset] = tasks({ value: asDecimal('12000'), vat: 'gross' }, [], [], { authority: null })
    expect(unset?.why).toContain('the lower threshold was taken')
    expect(
      tasks({ value: asDecimal('12000'), vat: 'gross' }, [], [], {
        authority: 'nhs-trust',
        nation: 'northern-ireland',
      }),
    ).toEqual([])
  })

  test('s.50, s.51(2): the award notice before the signature, eight working days where the Act asks them', () => {
    expect(of(tasks({ route: 'open' }), 'UK6')).toEqual(['2025-11-19'])
    // S.51(3)(d): none is mandatory under a framework.
    expect(of(tasks({ route: 'mini-competition' }), 'UK6')).toEqual(['2025-11-30'])
  })

  test('s.51(3)(f): no standstill is counted before a light-touch contract', () => {
    const [award] = tasks({ route: 'open', lightTouch: true }).filter(
      ({ notice }) => notice === 'UK6',
    )
    expect(award?.on).toBe('2025-11-30')
    expect(award?.why).not.toContain('standstill')
  })

  test('s.74(1), s.75(1): a contract below the threshold that a change takes to it is told of as a public one', () => {
    // £150,000 net is £180,000 with VAT; the sub-central threshold is £214,904, and £207,720 from 2026 on.
    const small = { value: asDecimal('150000') }
    const change = (cost: string | null, more: Partial<NoticedExtension> = {}) =>
      extension({ cost: cost === null ? null : asDecimal(cost), kind: 'variation', ...more })
    const told = (...changes: readonly NoticedExtension[]) =>
      dates(small, changes).filter((each) => !each.startsWith('UK7'))
    // £173,100 net in all is £207,720 with VAT.
    expect(told(change('23099.99'))).toEqual([])
    expect(told(change('23100'))).toEqual(['UK10 2026-11-30', 'UK11 2027-03-01'])
    expect(told(change('23100', { status: 'proposed' }))).toEqual(['UK10 2026-11-30'])
    // Small ones count together: the second takes it there, and could have been made with the first.
    const first = change('12000', { to: day('2026-12-25') })
    const second = change('12000', { from: day('2026-12-26'), to: day('2027-01-09') })
    expect(told(first, second)).toEqual(['UK10 2026-12-25', 'UK11 2027-02-07'])
    // S.75(2)(b): a tenth of the term at most, so that no change notice is called for.
    expect(told(change('23100', { to: day('2026-12-31') }))).toEqual(['UK11 2027-01-29'])
    // What an option costs is in the value; an unknown cost counts as the same days cost until now.
    expect(told(change('90000', { kind: 'option' }))).toEqual([])
    expect(told(change(null, { to: day('2027-01-31') }))).toEqual([
      'UK10 2026-11-30',
      'UK11 2027-03-01',
    ])
    expect(told(change(null, { to: day('2027-01-15') }))).toEqual([])
    const [because] = tasks(small, [change('23100')]).filter(({ notice }) => notice === 'UK10')
    expect(because?.why).toContain('a convertible contract (s.74(1))')
    expect(dates({ ...small, regime: 'below-threshold' }, [change('23100')])).toContain(
      'UK10 2026-11-30',
    )
    expect(
      dates({ ...small, regime: 'below-threshold', start: day('2025-02-23') }, [change('23100')]),
    ).toEqual([])
    for (const nation of ['scotland', 'northern-ireland'] as const) {
      const elsewhere = { ...small, regime: 'below-threshold' } as const
      expect(dates(elsewhere, [change('23100')], [], { nation })).toEqual([])
    }
  })

  test('Schedule 3 para 1(2)(c): a committed value counts for the maximum term, with what its options would cost', () => {
    // £120,000 net for the year; a second year at the same is £240,000, £288,000 with VAT.
    const year = { value: asDecimal('120000'), valueBasis: 'committed' } as const
    const option = { ...year, awardedMaximumEnd: day('2027-11-30') }
    const sections = (changes: Partial<NoticeFacts>) =>
      tasks(changes)
        .filter(({ notice }) => notice === 'UK7')
        .map(({ citation }) => citation)
    expect(sections(year)).toEqual(['Procurement Act 2023, s.87(3)'])
    expect(sections(option)).toEqual(['Procurement Act 2023, s.53'])
    const why = (changes: Partial<NoticeFacts>) =>
      tasks(changes).find(({ notice }) => notice === 'UK7')?.why
    expect(why(option)).toContain('What its options would cost is counted in')
    expect(why(year)).not.toContain('options')
    // A maximum has them in it already, and what nobody said of is taken as it stands.
    for (const valueBasis of ['maximum', 'unknown'] as const) {
      expect(sections({ ...option, valueBasis })).toEqual(['Procurement Act 2023, s.87(3)'])
    }
    // Over £5m too, and never less than the committed value.
    const big = { ...option, value: asDecimal('2100000') }
    expect(of(tasks(big), 'copy')).toEqual(['2026-02-28'])
    expect(of(tasks({ ...big, awardedMaximumEnd: day('2026-06-30') }), 'copy')).toEqual([])
  })

  test('s.3(2): one that is recorded as below the threshold and stands above it is asked about, and told of as a public one', () => {
    const above = { regime: 'below-threshold', value: asDecimal('300000') } as const
    const change = extension({ kind: 'variation' })
    const found = tasks(above, [change])
    expect(found.map(({ notice, on }) => `${notice} ${on}`)).toEqual([
      'UK6 2025-11-30',
      'UK7 2025-12-30',
      'UK10 2026-11-30',
      'UK11 2027-03-01',
    ])
    for (const { why } of found) {
      expect(why).toContain('Recorded as below the threshold, and its value is not')
      expect(why).toContain('which law holds?')
    }
    // By a penny; and by whose threshold it is.
    const at = (value: string, authority: NoticesAsked['authority'] = 'council') =>
      tasks({ ...above, value: asDecimal(value), vat: 'gross' }, [change], [], { authority }).some(
        ({ notice, why }) => notice === 'UK10' && why.includes('which law holds?'),
      )
    expect([at('214904'), at('139688', 'nhs-trust'), at('139688', null)]).toEqual([
      true,
      true,
      true,
    ])
    expect(at('139687.99', 'nhs-trust')).toBe(false)
    expect(at('139688')).toBe(false)
    // Nothing of the Act where another law holds, whatever it is worth.
    for (const nation of ['scotland', 'northern-ireland'] as const) {
      expect(tasks(above, [change], [], { nation })).toEqual([])
    }
    for (const subject of ['health services', 'utilities', 'concession', 'defence'] as const) {
      expect(tasks({ ...above, subject }, [change])).toEqual([])
      // S.84(1): not even the details of a smaller one.
      expect(tasks({ ...above, subject, value: asDecimal('100000') })).toEqual([])
    }
  })

  test('an option or a renewal is no change that makes a contract a public one, nor one to be made together with another', () => {
    // £137,000 with VAT: below the £139,688 of 2025, above the £135,018 from 2026 on.
    const of = { regime: 'below-threshold', value: asDecimal('137000'), vat: 'gross' } as const
    const taken = (kind: NoticedExtension['kind'], to = '2027-11-30') =>
      tasks(of, [extension({ kind, to: day(to), cost: asDecimal('1000') })], [], {
        authority: 'nhs-trust',
      }).map(({ notice }) => notice)
    expect(taken('option')).toEqual(['UK7'])
    expect(taken('renewal')).toEqual(['UK7'])
    expect(taken('variation')).toEqual(['UK7', 'UK11'])
    // S.75(4): an earlier modification, which the option before it is none of.
    const option = extension({ kind: 'option', to: day('2027-11-30') })
    const small = extension({ kind: 'variation', from: day('2027-12-01'), to: day('2027-12-31') })
    const why = (...list: NoticedExtension[]) =>
      tasks({}, list)
        .filter(({ notice }) => notice === 'UK10')
        .map((each) => each.why)
    expect(why(option, small)).toHaveLength(1)
    expect(why(option, small)[0]).toContain('An option was taken')
    const renewed = why({ ...option, kind: 'renewal' }, small)
    expect(renewed).toHaveLength(1)
    expect(renewed[0]).toContain('It renews as the contract provides: check')
  })

  test('SI 2025/1200 reg 3: between the thresholds of two periods the day of the commencement decides, and is said', () => {
    const details = (start: string, value: string) =>
      tasks(
        { start: day(start), awardedEnd: endOn('2027-12-31'), value: asDecimal(value) },
        [],
        [],
        { authority: 'nhs-trust' },
      ).filter(({ notice }) => notice === 'UK7')[0]
    // £138,000 with VAT: £139,688 was the threshold until 2025, £135,018 is it from 2026 on.
    expect(details('2026-03-01', '115000')?.citation).toContain('s.53')
    expect(details('2026-03-01', '115000')?.why).toContain(
      'Where its procurement commenced before Thu 1 Jan 2026, it lies below the threshold of £139,688',
    )
    expect(details('2027-02-01', '115000')?.why).not.toContain('commenced before')
    expect(details('2026-03-01', '190000')?.why).not.toContain('commenced before')
    expect(details('2025-12-31', '115000')?.citation).toContain('s.87(3)')
    const later = tasks({ start: day('2028-02-01'), awardedEnd: endOn('2029-01-31') })
    expect(later.find(({ notice }) => notice === 'UK7')?.why).toContain(
      'Thresholds of 2028 are not known: those of 2026 were taken.',
    )
  })

  test('s.44: a transparency notice before a direct award, urgency included; no other route has one', () => {
    expect(of(tasks({ route: 'direct-award' }), 'UK5')).toEqual(['2025-11-18'])
    expect(of(tasks({ route: 'urgent-direct-award' }), 'UK5')).toEqual(['2025-11-29'])
    expect(of(tasks({ route: 'urgent-direct-award' }), 'UK6')).toEqual(['2025-11-30'])
    expect(of(tasks({ route: 'framework-direct-award' }), 'UK5')).toEqual([])
  })

  test('s.53(3): a copy of a contract over £5m within 90 days, 180 of a light touch, the first counted; not in Wales', () => {
    // 31 days of December, 31 of January, 28 of February: the 90th is 28 Feb.
    expect(of(tasks(BIG), 'copy')).toEqual(['2026-02-28'])
    expect(of(tasks({ ...BIG, lightTouch: true }), 'copy')).toEqual(['2026-05-29'])
    expect(of(tasks({ value: asDecimal('5000000'), vat: 'gross' }), 'copy')).toEqual([])
    expect(of(tasks(BIG, [], [], { nation: 'wales' }), 'copy')).toEqual([])
    // S.114(5): what is called off from a framework that is no Welsh one; which it is nobody recorded.
    for (const called of [{ route: 'mini-competition' }, { route: 'dynamic-market' }]) {
      const [copy] = tasks({ ...BIG, ...called }, [], [], { nation: 'wales' }).filter(
        ({ notice }) => notice === 'copy',
      )
      expect(copy?.why).toContain('set up by a Welsh authority (ss.53(4), 77(3))')
    }
    expect(of(tasks({ ...BIG, route: 'open' }, [], [], { nation: 'wales' }), 'copy')).toEqual([])
    const [details] = tasks({ value: null }).filter(({ notice }) => notice === 'UK7')
    expect(details?.why).toContain('over £5m a copy (s.53(3))')
  })

  test('s.71(2), s.52: performance once in twelve months and at the end, over £5m; not light touch, not frameworks', () => {
    const long = { ...BIG, awardedEnd: endOn('2028-11-30') }
    expect(of(tasks(long), 'UK9')).toEqual(['2026-11-30'])
    expect(of(tasks(BIG), 'UK9')).toEqual(['2026-11-30'])
    expect(of(tasks({ ...long, lightTouch: true }), 'UK9')).toEqual([])
    expect(of(tasks({ ...long, form: 'framework' }), 'UK9')).toEqual([])
    expect(of(tasks({ ...long, value: asDecimal('5000000'), vat: 'gross' }), 'UK9')).toEqual([])
    // In force from 1 Jan 2026, in Wales from 1 Apr 2026.
    const early = { ...BIG, start: day('2025-03-01'), awardedEnd: endOn('2028-02-29') }
    expect(of(tasks(early, [], [], { today: day('2026-03-10') }), 'UK9')).toEqual([
      '2026-02-28',
      '2027-02-28',
    ])
    expect(of(tasks(early, [], [], { today: day('2026-03-10'), nation: 'wales' }), 'UK9')).toEqual([
      '2027-02-28',
    ])
    // At its end: what ended before the section was in force has none.
    const brief = (end: string) =>
      of(
        tasks({ ...BIG, start: day('2025-03-01'), awardedEnd: endOn(end) }, [], [], {
          today: day('2026-01-10'),
        }),
        'UK9',
      )
    expect([brief('2025-12-31'), brief('2026-01-01')]).toEqual([[], ['2026-01-01']])
    const none = {
      notice: 'UK9',
      on: day('2025-11-30'),
      text: 'No KPIs, because it is a licence',
    } as const
    expect(tasks(long, [], [none]).find(({ notice }) => notice === 'UK9')?.settled).toBe(none.text)
  })

  test('s.75: before signing; an option is always asked about, a transfer always called for, small ones by s.75(4)–(5)', () => {
    const why = (...extensions: readonly NoticedExtension[]) =>
      tasks({}, extensions)
        .filter(({ notice }) => notice === 'UK10')
        .map((each) => each.why)
    const month = extension({ to: day('2026-12-31') })
    expect(why(month)).toEqual([])
    expect(why({ ...month, kind: 'option' })[0]).toContain('An option was taken')
    expect(why({ ...month, rule: 'pa23-restructuring' })[0]).toContain('s.75(2)')
    const second = extension({ from: day('2027-01-01'), to: day('2027-01-31') })
    expect(why(month, second)).toHaveLength(1)
    expect(why(month, second)[0]).toContain('s.75(4)–(5)')
    expect(why(extension({}))[0]).not.toContain('s.75(4)–(5)')
    // Before: the day before it begins, which no signing is later than.
    expect(of(tasks({}, [extension()]), 'UK10')).toEqual(['2026-11-30'])
    // S.75(2): 36 of 365 days, or £80,000 of £800,000, are 10 per cent or less.
    const by = (to: string, cost: string) => why(extension({ to: day(to), cost: asDecimal(cost) }))
    expect([by('2027-01-05', '150000'), by('2027-01-31', '80000')]).toEqual([[], []])
    expect(by('2027-01-06', '80000.01')).toHaveLength(1)
    // S.75(6)(b).
    expect(of(tasks({ lightTouch: true }, [extension()]), 'UK10')).toEqual([])
    // S.75(6)(d): not of a transferred Northern Ireland authority.
    expect(of(tasks({}, [extension()], [], { nation: 'northern-ireland' }), 'UK10')).toEqual([])
  })

  test('s.77: a copy of the change within 90 days where a change notice was due and the contract is over £5m', () => {
    const change = extension({ cost: asDecimal('500000') })
    // 31 days of December, 31 of January, 28 of February: the 90th is 28 Feb.
    expect(of(tasks(BIG, [change]), 'copy-of-change')).toEqual(['2027-02-28'])
    expect(of(tasks(BIG, [{ ...change, knownOn: day('2026-11-01') }]), 'copy-of-change')).toEqual([
      '2027-01-29',
    ])
    expect(of(tasks(BIG, [{ ...change, status: 'proposed' }]), 'copy-of-change')).toEqual([])
    expect(of(tasks(BIG, [change], [], { nation: 'wales' }), 'copy-of-change')).toEqual([])
    expect(of(tasks({}, [change]), 'copy-of-change')).toEqual([])
    // £3,700,000 net and £466,667 more are £5,000,000.40 with VAT: the change has its VAT too.
    const near = { value: asDecimal('3700000') }
    const dear = (cost: string) => extension({ cost: asDecimal(cost) })
    expect(of(tasks(near, [dear('466667')]), 'copy-of-change')).toEqual(['2027-02-28'])
    expect(of(tasks(near, [dear('466666')]), 'copy-of-change')).toEqual([])
    // Earlier changes count: it is the contract as modified that comes to more than £5m.
    const second = extension({
      ...{ from: day('2027-02-01'), to: day('2027-04-30'), cost: asDecimal('240000') },
    })
    expect(of(tasks(near, [dear('240000'), second]), 'copy-of-change')).toEqual(['2027-05-01'])
    const [unknown] = tasks({ value: null }, [change]).filter(({ notice }) => notice === 'UK10')
    expect(unknown?.why).toContain('a copy of the change too (s.77)')
  })

  test('PSR reg 13(4), (5): within 30 days of the change with which £500,000 are reached, where the authority decided', () => {
    const psr = { regime: 'PSR23' } as const
    const change = (cost: string | null, more: Partial<NoticedExtension> = {}) =>
      extension({ cost: cost === null ? null : asDecimal(cost), kind: 'variation', ...more })
    expect(tasks(psr, [change('499999.99')])).toEqual([])
    expect(of(tasks(psr, [change('500000')]), 'PSR-change')).toEqual(['2026-12-31'])
    const second = change('250000', { from: day('2027-02-01'), to: day('2027-02-28') })
    expect(of(tasks(psr, [change('250000'), second]), 'PSR-change')).toEqual(['2027-03-03'])
    expect(tasks(psr, [change('900000', { rule: 'psr23-external' })])).toEqual([])
    expect(tasks(psr, [change(null)])[0]?.why).toContain('a cost is not recorded')
  })

  test('PSR reg 14(4), (5): within 30 days of an urgent modification; none of one that bridges a standstill review', () => {
    const psr = { regime: 'PSR23' } as const
    expect(of(tasks(psr, [extension({ rule: 'psr23-urgent' })]), 'PSR-urgent')).toEqual([
      '2026-12-31',
    ])
    const dear = { rule: 'psr23-standstill-review', cost: asDecimal('900000') }
    expect(tasks(psr, [extension(dear)])).toEqual([])
  })

  test('PSR reg 14(4), (5): within 30 days of an urgent award', () => {
    const urgent = { regime: 'PSR23', route: 'psr-urgent-award' } as const
    expect(of(tasks(urgent), 'PSR-urgent')).toEqual(['2025-12-31'])
    expect(tasks({ ...urgent, route: 'psr-direct-award-c' })).toEqual([])
  })

  test('PCR reg 72(3): for additional works, services or supplies and for unforeseeable needs alone', () => {
    const pcr = { regime: 'PCR15', start: day('2024-12-01') } as const
    for (const rule of ['pcr15-additional', 'pcr15-unforeseeable']) {
      expect(of(tasks(pcr, [extension({ rule })]), 'PCR-change')).toEqual(['2026-12-01'])
    }
    expect(tasks(pcr, [extension({ rule: 'pcr15-small' })])).toEqual([])
  })

  test('between the two thresholds an authority that nobody named is asked, and the task says why', () => {
    const between = { value: asDecimal('150000') } // £180,000 with VAT
    expect(of(tasks(between, [], [], { authority: 'council' }), 'UK11')).toEqual([])
    expect(of(tasks(between, [], [], { authority: 'nhs-trust' }), 'UK11')).toEqual(['2026-12-29'])
    const [details] = tasks(between, [], [], { authority: null }).filter(
      ({ notice }) => notice === 'UK7',
    )
    expect(details?.why).toContain('the lower threshold was taken')
  })

  test('every task cites its section', () => {
    const all = [
      ...tasks({ ...BIG, route: 'direct-award' }, [extension({ cost: asDecimal('500000') })]),
      ...tasks({ regime: 'PSR23' }, [
        extension({ cost: asDecimal('600000') }),
        extension({ rule: 'psr23-urgent' }),
      ]),
      ...tasks({ regime: 'PCR15', start: day('2024-12-01') }, [
        extension({ rule: 'pcr15-additional' }),
      ]),
    ]
    expect(new Set(all.map(({ notice }) => notice)).size).toBe(NOTICES.length)
    for (const { citation, source } of all) {
      expect(citation).toMatch(/, (?:s\.|reg )\d+/)
      expect(source).toMatch(
        /^https:\/\/www\.legislation\.gov\.uk\/uk(?:pga|si)\/20\d\d\/\d+\/(?:section|regulation)\/\d+$/,
      )
    }
  })
})

test('s.53(4), s.75(6): of transferred Northern Ireland no copies and no change notices, of devolved Wales no copies', () => {
  const large = {
    value: asDecimal('6000000'),
    start: day('2026-04-01'),
    awardedEnd: endOn('2030-03-31'),
  }
  const cost = asDecimal('900000')
  const change = extension({ from: day('2030-04-01'), to: day('2031-03-31'), cost })
  const names = (nation: NonNullable<NoticesAsked['nation']>) =>
    new Set(
      tasks({ ...large, regime: 'PA23' }, [change], [], { nation }).map(({ notice }) => notice),
    )
  expect([...names('england')]).toEqual(
    expect.arrayContaining(['UK6', 'UK7', 'UK10', 'copy', 'copy-of-change']),
  )
  for (const gone of ['UK10', 'copy', 'copy-of-change'] as const) {
    expect(names('northern-ireland').has(gone)).toBe(false)
  }
  expect([names('wales').has('copy'), names('wales').has('copy-of-change')]).toEqual([false, false])
  expect(names('wales').has('UK10')).toBe(true)
})
