import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { addDays, dateOfDayNumber, dayNumber } from '../src/rules/civil-date.ts'
import { thresholdOn } from '../src/rules/legal-figures.ts'
import { asDecimal } from '../src/rules/money.ts'
import { isFramework, ROUTES } from '../src/rules/procurement-routes.ts'
import { defaultRules, type Rules, withRuleSettings } from '../src/rules/settings.ts'
import { routesThatFit, startByRoute } from '../src/rules/start-by.ts'
import { isWorkingDay, ukCalendar } from '../src/rules/working-days.ts'
import { day, RULES, routeNamed } from './support/contract-facts.ts'
import { holds } from './support/holds.ts'

/**
 * Counted on the gov.uk calendar by crossing off one day after another, by another program than
 * this one: 30 days of mobilisation, 20 working days of approval, the standstill by the holidays of
 * every part of the United Kingdom, the procedure, and back to a working day. Below each first day
 * of cover and what is counted back over: a route and when it starts in England and Wales, Scotland
 * and Northern Ireland.
 */
const COUNTED = readFileSync(new URL('support/counted-starts.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n\n')
  .map((text) => {
    const [head = '', ...rows] = text.split('\n')
    const starts = rows.map((row) => row.trim().split(' '))
    return { cover: head.slice(0, 10), over: head.slice(11), starts }
  })
const DIVISIONS = ['england-and-wales', 'scotland', 'northern-ireland'] as const

describe('counted by hand on the calendar of each division', () => {
  test.each(COUNTED)('a new contract on $cover: back over $over', ({ cover, starts }) => {
    expect(starts.map(([route]) => route)).toEqual(ROUTES.map(({ name }) => name))
    for (const [name, ...dates] of starts) {
      const route = routeNamed(name ?? '')
      const counted = DIVISIONS.map(
        (division) => startByRoute(day(cover), route, defaultRules(ukCalendar(division))).on,
      )
      expect(counted, name).toEqual(dates)
    }
  })

  test('each step of one of them: direct award over Easter, in England and in Scotland', () => {
    const route = routeNamed('framework-direct-award')
    const days = (division: (typeof DIVISIONS)[number]) =>
      startByRoute(day('2026-05-20'), route, defaultRules(ukCalendar(division))).steps.map(
        ({ name, from }) => `${name} ${from}`,
      )
    // Twenty working days before Mon 20 Apr: Good Friday, and Easter Monday in England alone.
    expect(days('england-and-wales')).toEqual([
      'procedure 2026-02-05',
      'approval 2026-03-19',
      'mobilisation 2026-04-20',
    ])
    expect(days('scotland')).toEqual([
      'procedure 2026-02-06',
      'approval 2026-03-20',
      'mobilisation 2026-04-20',
    ])
  })
})

const COVER = day('2027-04-01')
const LARGE = {
  regime: 'PA23',
  gross: asDecimal('1200000'),
  threshold: thresholdOn(day('2026-07-24'), 'council', {
    works: null,
    lightTouch: null,
    regime: 'PA23',
  }),
  route: 'open',
} as const

function fits(
  asOf: string,
  rules: Rules = RULES,
  facts: Parameters<typeof routesThatFit>[1] = LARGE,
) {
  return routesThatFit(COVER, facts, day(asOf), rules)
}

describe('the routes that still fit', () => {
  test('before the start-by of the slowest all of them do', () => {
    expect(fits('2026-04-24').fits).toEqual([
      { route: 'competitive-flexible', startBy: '2026-04-24', shortfallDays: 0 },
      { route: 'open', startBy: '2026-07-24', shortfallDays: 0 },
      { route: 'dynamic-market', startBy: '2026-10-05', shortfallDays: 0 },
      { route: 'mini-competition', startBy: '2026-11-04', shortfallDays: 0 },
      { route: 'framework-direct-award', startBy: '2026-12-22', shortfallDays: 0 },
    ])
  })

  test('later the others say by how many days they are too late, the nearest first', () => {
    expect(fits('2026-11-22').fits).toEqual([
      { route: 'framework-direct-award', startBy: '2026-12-22', shortfallDays: 0 },
      { route: 'mini-competition', startBy: '2026-11-04', shortfallDays: 18 },
      { route: 'dynamic-market', startBy: '2026-10-05', shortfallDays: 48 },
      { route: 'open', startBy: '2026-07-24', shortfallDays: 121 },
      { route: 'competitive-flexible', startBy: '2026-04-24', shortfallDays: 212 },
    ])
  })

  test('a gap is unavoidable from the day after the fastest has to start', () => {
    expect(fits('2026-11-22').gapUnavoidableFrom).toBe('2026-12-23')
  })

  test('a framework fits only where the award falls before its last call-off day', () => {
    const until = (callOffBy: string) => withRuleSettings(RULES, { callOffBy: day(callOffBy) })
    const frameworks = (rules: Rules) =>
      fits('2026-11-22', rules).fits.filter(({ route }) => isFramework(route))
    // Awarded 42 days from Sun 22 Nov 2026 at the earliest: Sun 3 Jan 2027.
    expect(frameworks(until('2027-01-03'))).toEqual([])
    expect(frameworks(until('2027-01-04'))).toEqual([
      { route: 'framework-direct-award', startBy: '2026-11-20', shortfallDays: 2 },
    ])
    expect(frameworks(until('2027-01-06'))[0]).toEqual({
      route: 'framework-direct-award',
      startBy: '2026-11-24',
      shortfallDays: 0,
    })
    expect(fits('2026-11-22', until('2027-01-06')).gapUnavoidableFrom).toBe('2026-11-25')
  })

  test('quotes are for small values, the provider selection regime for health care services', () => {
    const names = (facts: Parameters<typeof routesThatFit>[1]) =>
      new Set(fits('2026-04-01', RULES, facts).fits.map(({ route }) => route))
    expect(names(LARGE).has('quotes')).toBe(false)
    expect(names({ ...LARGE, gross: null }).has('quotes')).toBe(false)
    expect(names({ ...LARGE, gross: asDecimal('207719.99') }).has('quotes')).toBe(true)
    expect(names({ ...LARGE, gross: asDecimal('207720.00') }).has('quotes')).toBe(false)
    expect(names({ ...LARGE, route: 'quotes' }).has('quotes')).toBe(true)
    expect(names(LARGE).has('psr-competitive')).toBe(false)
    expect(names({ ...LARGE, regime: 'PSR23' })).toEqual(
      new Set(['open', 'psr-direct-award-c', 'psr-most-suitable-provider', 'psr-competitive']),
    )
  })

  test('lead times of a contract’s own move its dates', () => {
    const longer = withRuleSettings(RULES, {
      mobilisationDays: 90,
      routes: { open: { leadDays: 200 } },
    })
    const [open] = fits('2026-01-01', longer).fits.filter(({ route }) => route === 'open')
    // 20 days before the Fri 22 May 2026 of 90 days of mobilisation lies Sat 2 May.
    expect(open?.startBy).toBe('2026-05-01')
  })

  test('on any day: what fits is started in time, the rest is late by its own shortfall', () => {
    const any = fc
      .integer({ min: dayNumber(day('2025-01-01')), max: dayNumber(day('2028-01-01')) })
      .map(dateOfDayNumber)
    holds([any, any, fc.constantFrom(...DIVISIONS)], (cover, asOf, division) => {
      const rules = defaultRules(ukCalendar(division))
      const { fits: all, gapUnavoidableFrom } = routesThatFit(cover, LARGE, asOf, rules)
      for (const { startBy, shortfallDays } of all) {
        expect(isWorkingDay(startBy, rules.calendar)).toBe(true)
        expect(shortfallDays > 0).toBe(asOf > startBy)
        if (shortfallDays > 0) expect(addDays(startBy, shortfallDays)).toBe(asOf)
      }
      const some = all.some(({ shortfallDays }) => shortfallDays === 0)
      expect(some).toBe(gapUnavoidableFrom !== null && asOf < gapUnavoidableFrom)
    })
  })
})
