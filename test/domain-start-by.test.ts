import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, dateOfDayNumber, dayNumber, daysBetween } from '../src/rules/civil-date.ts'
import { ROUTE_BANDS, ROUTES, routeFor } from '../src/rules/settings.ts'
import { startBy } from '../src/rules/start-by.ts'
import {
  addWorkingDays,
  isWorkingDay,
  lastOfWorkingDays,
  ukCalendar,
} from '../src/rules/working-days.ts'
import { day, ENGLAND } from './support/contract-facts.ts'

const ANY_UK = ukCalendar('any-uk')

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
    ['dynamic-market', '2026-09-23'],
    ['mini-competition', '2026-11-04'],
    ['framework-direct-award', '2026-12-22'],
    ['quotes', '2026-12-04'],
    ['psr-direct-award-c', '2026-11-20'],
    ['psr-most-suitable-provider', '2026-09-22'],
    ['psr-competitive', '2026-07-24'],
  ])('%s for 1 Apr 2027: start by %s', (name, on) => {
    const lead = { route: routeNamed(name), mobilisationDays: 30, approvalDays: 20 }
    expect(startBy(day('2027-04-01'), lead, ENGLAND, ANY_UK).on).toBe(on)
  })

  test('walking forward from the start again reaches the first day of cover in time', () => {
    const cover = fc
      .integer({ min: dayNumber(day('2019-06-01')), max: dayNumber(day('2030-12-31')) })
      .map(dateOfDayNumber)
    fc.assert(
      fc.property(
        cover,
        fc.constantFrom(...ROUTES),
        fc.integer({ min: 0, max: 120 }),
        fc.integer({ min: 0, max: 40 }),
        (coverFrom, route, mobilisationDays, approvalDays) => {
          const lead = { route, mobilisationDays, approvalDays }
          const { on, steps } = startBy(coverFrom, lead, ENGLAND, ANY_UK)
          expect(isWorkingDay(on, ENGLAND)).toBe(true)
          const published = addDays(on, route.leadDays)
          const from = route.standstillFrom === 'publication' ? published : addDays(published, 1)
          const signable =
            route.standstillDays === 0
              ? published
              : addDays(lastOfWorkingDays(from, route.standstillDays, ANY_UK), 1)
          const signed = addWorkingDays(addDays(signable, -1), approvalDays, ENGLAND)
          expect(daysBetween(addDays(signed, mobilisationDays), coverFrom)).toBeGreaterThanOrEqual(
            0,
          )
          for (const [index, step] of steps.entries()) {
            expect(step.to).toBe(steps[index + 1]?.from ?? coverFrom)
          }
        },
      ),
    )
  })
})

describe('the route', () => {
  const by = (route: string | null, value: string | null) => {
    const found = routeFor({ route, value }, ROUTES, ROUTE_BANDS)
    return `${found.route.name}${found.assumed ? ' (assumed)' : ''}`
  }

  test('is the recorded one, else assumed by value and labelled so', () => {
    expect(by('dynamic-market', '100.00')).toBe('dynamic-market')
    expect(by(null, '207719.99')).toBe('quotes (assumed)')
    expect(by(null, '207720.00')).toBe('open (assumed)')
    expect(by('by pigeon', '1000.00')).toBe('quotes (assumed)')
  })

  test('an unknown value counts as a large one, never as none', () => {
    expect(by(null, null)).toBe('open (assumed)')
  })

  test('a band that names an unknown route is refused by name', () => {
    expect(() =>
      routeFor({ route: null, value: null }, ROUTES, [{ from: 0, route: 'raffle' }]),
    ).toThrow(/"raffle"/)
  })
})

function routeNamed(name: string) {
  const route = ROUTES.find((each) => each.name === name)
  if (!route) throw new Error(`There is no route ${name}.`)
  return route
}
