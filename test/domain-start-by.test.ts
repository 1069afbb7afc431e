import fc from 'fast-check'
import { addDays, dateOfDayNumber, dayNumber, daysBetween } from '../src/rules/civil-date.ts'
import type { Contract } from '../src/rules/contract.ts'
import { deadlinesOf } from '../src/rules/deadlines.ts'
import { asDecimal } from '../src/rules/money.ts'
import { ROUTES } from '../src/rules/procurement-routes.ts'
import { withRuleSettings } from '../src/rules/settings.ts'
import { checkedRuleSettings } from '../src/rules/settings-text.ts'
import {
  replacementRoute,
  standstillCalendarOf,
  standstillEnds,
  startBy,
  startByRoute,
} from '../src/rules/start-by.ts'
import { addWorkingDays, isWorkingDay, ukCalendar } from '../src/rules/working-days.ts'
import { decisionWords } from '../src/text/procurement.ts'
import {
  contract,
  day,
  daysFrom,
  deadline,
  decision,
  ENGLAND,
  endOn,
  RULES,
  routeNamed,
  TODAY,
} from './support/contract-facts.ts'
import { holds } from './support/holds.ts'

const ANY_UK = ukCalendar('any-uk')

/** https://www.gov.uk/bank-holidays.json as it stood in November 2026, 2024 to 2028 (Open Government Licence v3.0). */
const GOV_UK: Readonly<Record<string, ReadonlySet<string>>> & {
  readonly 'england-and-wales': ReadonlySet<string>
} = {
  'england-and-wales': new Set(
    '2024-01-01 2024-03-29 2024-04-01 2024-05-06 2024-05-27 2024-08-26 2024-12-25 2024-12-26 2025-01-01 2025-04-18 2025-04-21 2025-05-05 2025-05-26 2025-08-25 2025-12-25 2025-12-26 2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28 2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-27 2027-12-28 2028-01-03 2028-04-14 2028-04-17 2028-05-01 2028-05-29 2028-08-28 2028-12-25 2028-12-26'.split(
      ' ',
    ),
  ),
  scotland: new Set(
    '2024-01-01 2024-01-02 2024-03-29 2024-05-06 2024-05-27 2024-08-05 2024-12-02 2024-12-25 2024-12-26 2025-01-01 2025-01-02 2025-04-18 2025-05-05 2025-05-26 2025-08-04 2025-12-01 2025-12-25 2025-12-26 2026-01-01 2026-01-02 2026-04-03 2026-05-04 2026-05-25 2026-06-15 2026-08-03 2026-11-30 2026-12-25 2026-12-28 2027-01-01 2027-01-04 2027-03-26 2027-05-03 2027-05-31 2027-08-02 2027-11-30 2027-12-27 2027-12-28 2028-01-03 2028-01-04 2028-04-14 2028-05-01 2028-05-29 2028-08-07 2028-11-30 2028-12-25 2028-12-26'.split(
      ' ',
    ),
  ),
  'northern-ireland': new Set(
    '2024-01-01 2024-03-18 2024-03-29 2024-04-01 2024-05-06 2024-05-27 2024-07-12 2024-08-26 2024-12-25 2024-12-26 2025-01-01 2025-03-17 2025-04-18 2025-04-21 2025-05-05 2025-05-26 2025-07-14 2025-08-25 2025-12-25 2025-12-26 2026-01-01 2026-03-17 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-07-13 2026-08-31 2026-12-25 2026-12-28 2027-01-01 2027-03-17 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-07-12 2027-08-30 2027-12-27 2027-12-28 2028-01-03 2028-03-17 2028-04-14 2028-04-17 2028-05-01 2028-05-29 2028-07-12 2028-08-28 2028-12-25 2028-12-26'.split(
      ' ',
    ),
  ),
}

describe('a new contract on 1 Apr 2027 by open procedure', () => {
  const lead = { route: routeNamed('open'), mobilisationDays: 30, approvalDays: 20 }

  test('with 30 days of mobilisation it starts by Fri 24 Jul 2026, through these days', () => {
    const { on, steps } = startBy(day('2027-04-01'), lead, ENGLAND, ANY_UK)
    expect(on).toBe('2026-07-24')
    expect(steps).toEqual([
      { name: 'procedure', amount: 180, unit: 'days', from: '2026-07-25', to: '2027-01-21' },
      { name: 'standstill', amount: 8, unit: 'working days', from: '2027-01-21', to: '2027-02-02' },
      { name: 'approval', amount: 20, unit: 'working days', from: '2027-02-02', to: '2027-03-02' },
      { name: 'mobilisation', amount: 30, unit: 'days', from: '2027-03-02', to: '2027-04-01' },
    ])
  })

  test('with 90 days of mobilisation it starts by Fri 22 May 2026', () => {
    const longer = { ...lead, mobilisationDays: 90 }
    expect(startBy(day('2027-04-01'), longer, ENGLAND, ANY_UK).on).toBe('2026-05-22')
  })
})

describe('every route counts back whole', () => {
  test.each([
    ['competitive-flexible', '2026-04-24'],
    ['open', '2026-07-24'],
    ['dynamic-market', '2026-10-05'],
    ['mini-competition', '2026-11-04'],
    ['framework-direct-award', '2026-12-22'],
    ['quotes', '2026-12-04'],
    ['psr-direct-award-c', '2026-11-20'],
    ['psr-most-suitable-provider', '2026-09-21'],
    ['psr-competitive', '2026-07-23'],
  ])('%s for 1 Apr 2027: start by %s', (name, on) => {
    const lead = { route: routeNamed(name), mobilisationDays: 30, approvalDays: 20 }
    expect(startBy(day('2027-04-01'), lead, ENGLAND, ANY_UK).on).toBe(on)
  })

  test('walking forward from the start again reaches the first day of cover in time', () => {
    const cover = fc
      .integer({ min: dayNumber(day('2019-06-01')), max: dayNumber(day('2030-12-31')) })
      .map(dateOfDayNumber)
    holds(
      [
        cover,
        fc.constantFrom(...ROUTES),
        fc.integer({ min: 0, max: 120 }),
        fc.integer({ min: 0, max: 40 }),
      ],
      (coverFrom, route, mobilisationDays, approvalDays) => {
        const lead = { route, mobilisationDays, approvalDays }
        const { on, steps } = startBy(coverFrom, lead, ENGLAND, ANY_UK)
        expect(isWorkingDay(on, ENGLAND)).toBe(true)
        const published = addDays(on, route.leadDays)
        const signable =
          route.standstillDays === 0
            ? published
            : addDays(standstillEnds(published, route, standstillCalendarOf(route, ANY_UK)), 1)
        const signed = addWorkingDays(addDays(signable, -1), approvalDays, ENGLAND)
        expect(daysBetween(addDays(signed, mobilisationDays), coverFrom)).toBeGreaterThanOrEqual(0)
        for (const [index, step] of steps.entries()) {
          expect(step.to).toBe(steps[index + 1]?.from ?? coverFrom)
        }
      },
    )
  })
})

describe('the route', () => {
  const COVER = day('2027-04-01')
  const by = (
    changes: Partial<Contract>,
    settings: Parameters<typeof withRuleSettings>[1] = { authority: 'council' },
  ) => {
    const of = contract({ route: null, ...changes })
    const { route, fastest, assumed } = replacementRoute(
      of,
      COVER,
      withRuleSettings(RULES, settings),
    )
    return assumed ? `${route.name} to ${fastest.name}` : route.name
  }

  test('is the recorded one, else assumed by value and as a range to the fastest in use', () => {
    expect(by({ route: 'dynamic-market', value: asDecimal('100') })).toBe('dynamic-market')
    expect(by({ value: asDecimal('1000') })).toBe('quotes to quotes')
    expect(by({ value: asDecimal('300000') })).toBe('open to framework-direct-award')
    const tender = { authority: 'council', usualRoute: 'tender' } as const
    expect(by({ value: asDecimal('300000') }, tender)).toBe('open to open')
  })

  test('gross is compared with gross (s.123(2)): £190,000 net is an open procedure for council and trust alike', () => {
    for (const authority of ['council', 'icb', 'nhs-trust', 'central', 'sub-central'] as const) {
      expect(by({ value: asDecimal('190000') }, { authority })).toMatch(/^open/)
    }
    // £207,720 with VAT is £173,100 without; a gross value has the VAT in it already.
    expect(by({ value: asDecimal('173099.99') })).toMatch(/^quotes/)
    expect(by({ value: asDecimal('173100') })).toMatch(/^open/)
    expect(by({ value: asDecimal('207719.99'), vat: 'gross' })).toMatch(/^quotes/)
    expect(by({ value: asDecimal('207720'), vat: 'gross' })).toMatch(/^open/)
  })

  test('a trust is central (SI 2024/692, Sch 2): £135,018; unset is unknown, and the lower threshold counts', () => {
    for (const authority of ['nhs-trust', 'central', null] as const) {
      expect(by({ value: asDecimal('112515') }, { authority })).toMatch(/^open/)
      expect(by({ value: asDecimal('112514.99') }, { authority })).toMatch(/^quotes/)
    }
    const unset = replacementRoute(contract({ route: null }), COVER, RULES)
    expect(unset.decidedBy?.threshold?.authorityUnknown).toBe(true)
  })

  test('a year’s value is taken for the whole term; works and light touch have thresholds of their own', () => {
    const annual = { value: asDecimal('60000'), valueBasis: 'annual' } as const
    expect(by(annual)).toMatch(/^open/)
    expect(by({ value: asDecimal('400000'), works: true })).toMatch(/^quotes/)
    // Schedule 3 para 1(2)(c): a committed value with what its options would cost.
    const committed = { value: asDecimal('120000'), valueBasis: 'committed' } as const
    const term = { start: day('2025-04-01'), awardedEnd: endOn('2027-03-31') }
    expect(by({ ...committed, ...term })).toMatch(/^quotes/)
    const longer = contract({
      ...{ ...committed, ...term, route: null, awardedMaximumEnd: day('2029-03-31') },
    })
    const found = replacementRoute(longer, COVER, withRuleSettings(RULES, { authority: 'council' }))
    expect(found.route.name).toBe('open')
    expect(decisionWords(found).join(' ')).toContain('with what its options would cost')
    expect(by({ value: asDecimal('400000'), lightTouch: true })).toMatch(/^quotes/)
  })

  test('health care services are never assumed to be an open procedure', () => {
    expect(by({ regime: 'PSR23', value: asDecimal('1000') })).toBe(
      'psr-competitive to psr-direct-award-c',
    )
    // Where no law is recorded, the category tells; in Wales another law holds, and nobody guesses.
    const care = { value: asDecimal('900000'), category: 'Health care services' }
    expect(by(care)).toBe('psr-competitive to psr-direct-award-c')
    expect(by(care, { authority: 'icb', nation: 'england' })).toMatch(/^psr-/)
    expect(by({ ...care, regime: 'PA23' })).toMatch(/^open/)
    expect(by({ ...care, category: 'Health and safety' })).toMatch(/^open/)
  })

  test('thresholds go by the commencement of the procurement (SI 2025/1200 reg 3), not by the start of the contract', () => {
    // £138,000 with VAT: above the £135,018 from 2026 on, below the £139,688 until then.
    const of = { value: asDecimal('115000'), route: null }
    const on = (cover: string) =>
      replacementRoute(
        contract(of),
        day(cover),
        withRuleSettings(RULES, { authority: 'nhs-trust' }),
      ).route.name
    // Quotes for 1 Feb 2026 are asked for in 2025; those for 1 Sep 2026 would begin under the lower
    // threshold, so that they are none, whenever an open procedure would have begun.
    expect(on('2026-02-01')).toBe('quotes')
    expect(on('2026-09-01')).toBe('open')
    expect(on('2027-01-01')).toBe('open')
  })

  test('an unknown value counts as a large one, never as none', () => {
    expect(by({ value: null })).toMatch(/^open/)
    expect(by({ value: asDecimal('1000'), currency: 'EUR' })).toMatch(/^open/)
  })

  test('a route in unknown words is assumed, and asked about', () => {
    const of = contract({ route: 'by pigeon' })
    expect(replacementRoute(of, COVER, RULES)).toMatchObject({ assumed: true, unread: 'by pigeon' })
  })

  test('bands of one’s own are compared with the value with VAT, and a band that names an unknown route is refused by name', () => {
    const own = {
      routeBands: [
        { from: 0, route: 'quotes' },
        { from: 120_000, route: 'open' },
      ],
    }
    expect(by({ value: asDecimal('100000') }, own)).toMatch(/^open/)
    expect(by({ value: asDecimal('99999') }, own)).toMatch(/^quotes/)
    const rules = { ...RULES, routeBands: [{ from: 0, route: 'raffle' }] }
    expect(() => replacementRoute(contract({ route: null }), COVER, rules)).toThrow(/"raffle"/)
  })

  test('the range of an assumed route is one deadline: nothing is overdue before the fastest has to start', () => {
    expect(deadline(contract({ route: null }), 'start-by')).toMatchObject({
      from: '2026-07-24',
      on: '2026-12-22',
    })
    expect(deadline(contract({ route: null }), 'start-by').reason).toContain(
      'between Fri 24 Jul 2026 if by open procedure and Tue 22 Dec 2026 by direct award under a framework',
    )
    // Shorter than the slowest assumed route takes: it is ordered anew, as by a recorded route.
    const brief = contract({ route: null, start: day('2026-07-25') })
    expect(deadlinesOf(brief, RULES, TODAY).map(({ kind }) => kind)).toEqual(['end'])
    // What was decided of any day of the range was decided of it.
    const decided = contract({ route: null, decisions: [decision('start-by', '2026-07-24')] })
    expect(deadline(decided, 'start-by').settled).not.toBeNull()
    const other = contract({ route: null, decisions: [decision('start-by', '2026-07-23')] })
    expect(deadline(other, 'start-by').settled).toBeNull()
  })
})

describe('standstill', () => {
  const psr = routeNamed('psr-competitive')
  const open = routeNamed('open')

  test('PSR reg 12(2), (9): begins the day after the notice, ends with the 8th working day after that', () => {
    // Published Mon 11 Jan 2027: it begins Tue 12 and ends Fri 22, so the next step is from Mon 25 on.
    expect(standstillEnds(day('2027-01-11'), psr, ENGLAND)).toBe('2027-01-22')
  })

  const publications = daysFrom('2024-01-01', '2028-12-14', (date) => addDays(date, 1))

  test('PSR reg 12: every working day of publication from 2024 to 2028, against a count by the regulation alone', () => {
    const working = publications.filter((date) => isWorkingDay(date, ENGLAND))
    expect(working.length).toBeGreaterThan(1200)
    const differing = working.filter(
      (date) =>
        standstillEnds(date, psr, standstillCalendarOf(psr, ANY_UK)) !== byRegulation12(date),
    )
    expect(differing).toEqual([])
  })

  test('s.51(2): the same by the Act, with the holidays of every part of the United Kingdom (s.123(1))', () => {
    const working = publications.filter((date) => isWorkingDay(date, ANY_UK))
    const differing = working.filter(
      (date) =>
        standstillEnds(date, open, standstillCalendarOf(open, RULES.standstillCalendar)) !==
        bySection51(date),
    )
    expect(differing).toEqual([])
  })

  test('s.51(3)(f): none is mandatory for a light-touch contract, whatever its route; the voluntary one counts', () => {
    const steps = (lightTouch: boolean | null, days?: number) => {
      const rules = withRuleSettings(
        RULES,
        days === undefined ? null : { voluntaryStandstillDays: days },
      )
      const of = contract({ lightTouch, route: 'open', awardedEnd: endOn('2027-03-31') })
      const { route } = replacementRoute(of, day('2027-04-01'), rules)
      return startByRoute(day('2027-04-01'), route, rules)
        .steps.filter(({ name }) => name === 'standstill')
        .map(({ amount }) => amount)
    }
    expect(steps(null)).toEqual([8])
    expect(steps(false)).toEqual([8])
    expect(steps(true)).toEqual([])
    expect(steps(true, 10)).toEqual([10])
    const of = contract({ lightTouch: true, route: 'open' })
    // Eight working days fewer than Fri 24 Jul 2026.
    expect(deadline(of, 'start-by').on).toBe('2026-08-06')
    // Health care services are not the Act's: PSR reg 12 asks for its own.
    const care = contract({ lightTouch: true, route: 'psr-competitive' })
    expect(deadline(care, 'start-by').on).toBe('2026-07-23')
  })

  test('counted back, the notice is the last that is in time: one a day later is not', () => {
    for (const route of [psr, open]) {
      const calendar = standstillCalendarOf(route, ANY_UK)
      for (const before of publications) {
        const { steps } = startBy(
          before,
          { route, mobilisationDays: 0, approvalDays: 0 },
          ENGLAND,
          ANY_UK,
        )
        const notice = steps.find(({ name }) => name === 'standstill')?.from ?? before
        expect(standstillEnds(notice, route, calendar) < before).toBe(true)
        const next = addWorkingDays(notice, 1, calendar)
        expect(standstillEnds(next, route, calendar) < before).toBe(false)
      }
    }
  })

  test('s.51(3)(d), (e): none is mandatory under a framework or a dynamic market; a voluntary one has eight days at least (s.51(5))', () => {
    const { routes } = withRuleSettings(RULES, { voluntaryStandstillDays: 8 })
    for (const name of ['mini-competition', 'framework-direct-award', 'dynamic-market']) {
      expect(routeNamed(name).standstillDays).toBe(0)
      expect(routes.find((each) => each.name === name)?.standstillDays).toBe(8)
    }
    // S.51(3)(a): extreme and unavoidable urgency; a direct award of another kind has it.
    expect(routeNamed('urgent-direct-award').standstillDays).toBe(0)
    expect(routeNamed('direct-award').standstillDays).toBe(8)
    expect(routes.find(({ name }) => name === 'open')?.standstillDays).toBe(8)
    expect(routes.find(({ name }) => name === 'quotes')?.standstillDays).toBe(0)
    expect(() => checkedRuleSettings({ voluntaryStandstillDays: 7 })).toThrow(/s\.51\(5\)/)
  })
})

// A second count, written from the text alone: no function of the rules, and the holidays as gov.uk has them.

/** Reg 12(9), (12): midnight at the end of the 8th working day after the day on which it began. */
function byRegulation12(published: string): string {
  const began = onDay(published, 1)
  let date = began
  for (let left = 8; left > 0; ) {
    date = onDay(date, 1)
    if (!isWeekend(date) && !GOV_UK['england-and-wales'].has(date)) left -= 1
  }
  return date
}

/** S.51(2), s.123(1): eight working days beginning with the day of publication. */
function bySection51(published: string): string {
  const isHoliday = (date: string) => Object.values(GOV_UK).some((days) => days.has(date))
  let date = published
  for (let left = 8; ; date = onDay(date, 1)) {
    if (!isWeekend(date) && !isHoliday(date)) left -= 1
    if (left === 0) return date
  }
}

function onDay(date: string, days: number): string {
  const [year = 0, month = 1, at = 1] = date.split('-').map(Number)
  return new Date(Date.UTC(year, month - 1, at + days)).toISOString().slice(0, 10)
}

function isWeekend(date: string): boolean {
  return [0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay())
}
