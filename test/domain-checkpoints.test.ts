import fc from 'fast-check'
import {
  beginsOn,
  type Checkpoint,
  gapDays,
  plannedCheckpoints,
  procurementDecided,
  routeOfDecision,
  slipped,
} from '../src/rules/checkpoints.ts'
import { addDays, dateOfDayNumber, dayNumber } from '../src/rules/civil-date.ts'
import { ROUTES } from '../src/rules/procurement-routes.ts'
import { withRuleSettings } from '../src/rules/settings.ts'
import { startByRoute } from '../src/rules/start-by.ts'
import { day, RULES, routeNamed as route } from './support/contract-facts.ts'
import { holds } from './support/holds.ts'

const COVER = day('2027-04-01')

function words(checkpoints: readonly Checkpoint[]): string[] {
  return checkpoints.map(({ name, on }) => `${name} ${on}`)
}

describe('the steps of the count become checkpoints', () => {
  test('an open procedure for 1 Apr 2027, decided in time: on the last safe days', () => {
    expect(words(plannedCheckpoints(COVER, day('2026-07-01'), route('open'), RULES))).toEqual([
      'publication 2026-07-24',
      'award 2027-01-21',
      'standstill-ends 2027-02-01',
      'approval 2027-03-01',
      'signature 2027-03-02',
      'mobilisation 2027-03-31',
    ])
  })

  test('decided too late: each as early as it can be, and the gap stands there from the first day', () => {
    const late = plannedCheckpoints(COVER, day('2026-08-24'), route('open'), RULES)
    expect(words(late)).toEqual([
      'publication 2026-08-24',
      'award 2027-02-22',
      'standstill-ends 2027-03-03',
      'approval 2027-04-02',
      'signature 2027-04-02',
      'mobilisation 2027-05-01',
    ])
    expect(gapDays(COVER, beginsOn(late) ?? COVER)).toBe(31)
  })

  test('a direct award has neither publication nor standstill', () => {
    const direct = plannedCheckpoints(
      COVER,
      day('2026-07-01'),
      route('framework-direct-award'),
      RULES,
    )
    expect(words(direct)).toEqual([
      'award 2027-02-02',
      'approval 2027-03-01',
      'signature 2027-03-02',
      'mobilisation 2027-03-31',
    ])
  })

  test('what takes no time is no checkpoint', () => {
    const none = withRuleSettings(RULES, { approvalDays: 0, mobilisationDays: 0 })
    const plan = plannedCheckpoints(COVER, day('2026-01-05'), route('quotes'), none)
    expect(words(plan)).toEqual(['award 2027-04-01', 'signature 2027-04-01'])
    expect(beginsOn(plan)).toBe('2027-04-01')
  })
})

describe('a checkpoint that slips', () => {
  const plan = plannedCheckpoints(COVER, day('2026-07-01'), route('open'), RULES)

  test('moves what comes after it, and nothing before', () => {
    const moved = slipped(plan, { name: 'award', on: day('2027-02-04') }, route('open'), RULES)
    expect(words(moved)).toEqual([
      'publication 2026-07-24',
      'award 2027-02-04',
      'standstill-ends 2027-02-15',
      'approval 2027-03-15',
      'signature 2027-03-16',
      'mobilisation 2027-04-14',
    ])
    expect(gapDays(COVER, beginsOn(moved) ?? COVER)).toBe(14)
  })

  test('uses the room there is before it moves anything', () => {
    const roomy = plan.map((each) =>
      each.name === 'mobilisation' ? { ...each, on: day('2027-06-30') } : each,
    )
    const moved = slipped(roomy, { name: 'signature', on: day('2027-04-01') }, route('open'), RULES)
    expect(moved.at(-1)?.on).toBe('2027-06-30')
  })

  const any = fc
    .integer({ min: dayNumber(day('2024-01-01')), max: dayNumber(day('2028-06-01')) })
    .map(dateOfDayNumber)
  const anyRoute = fc.constantFrom(...ROUTES)
  const inOrder = (checkpoints: readonly Checkpoint[]) => {
    const days = checkpoints.map(({ on }) => on)
    expect(days).toEqual([...days].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)))
  }

  test('whatever the plan: in time means no gap, the days are in order, nothing moves by itself', () => {
    holds([any, any, anyRoute], (cover, decided, by) => {
      const made = plannedCheckpoints(cover, decided, by, RULES)
      inOrder(made)
      const inTime = decided <= startByRoute(cover, by, RULES).on
      const begins = beginsOn(made)
      if (inTime) expect(begins).toBe(cover)
      for (const each of made) expect(slipped(made, each, by, RULES)).toEqual(made)
    })
  })

  test('an approval put off to a holiday is not followed by a signature the day before', () => {
    const made = plannedCheckpoints(day('2025-04-03'), day('2023-01-02'), route('open'), RULES)
    // Good Friday 2025.
    const moved = slipped(made, { name: 'approval', on: day('2025-04-18') }, route('open'), RULES)
    expect(words(moved)).toContain('signature 2025-04-18')
    inOrder(moved)
  })

  test('the later it slips, the later the new contract begins, never sooner', () => {
    const days = fc.integer({ min: 0, max: 200 })
    holds([any, anyRoute, fc.nat(5), days, days], (cover, by, which, some, more) => {
      const made = plannedCheckpoints(cover, day('2023-01-02'), by, RULES)
      const at = made[which % made.length]
      if (at === undefined) return
      const slippedBy = (days_: number) =>
        slipped(made, { name: at.name, on: addDays(at.on, days_) }, by, RULES)
      inOrder(slippedBy(some))
      const [first, second] = [beginsOn(slippedBy(some)), beginsOn(slippedBy(some + more))]
      expect(first !== null && second !== null && first <= second && first >= cover).toBe(true)
    })
  })
})

describe('the decision', () => {
  test('to compete, call off or award starts a procurement; any other does not', () => {
    expect(procurementDecided('Compete: open procedure')).toBe('compete')
    expect(procurementDecided('retender with the region')).toBe('compete')
    expect(procurementDecided('Call off from a framework')).toBe('call-off')
    expect(procurementDecided('Mini-competition in spring')).toBe('call-off')
    expect(procurementDecided('Award directly: nobody else can')).toBe('award')
    expect(procurementDecided('to award under Lot 2')).toBe('award')
    for (const other of [
      'Let it end',
      'Do not compete',
      'Take the option',
      'awarded last week',
      '',
    ]) {
      expect(procurementDecided(other)).toBeNull()
    }
  })

  test('takes the recorded route where it fits, else the usual one', () => {
    const by = (decided: 'compete' | 'call-off' | 'award', name: string, assumed = false) =>
      routeOfDecision(decided, { route: route(name), assumed }, RULES).name
    expect(by('compete', 'competitive-flexible')).toBe('competitive-flexible')
    expect(by('compete', 'quotes', true)).toBe('quotes')
    expect(by('compete', 'framework-direct-award')).toBe('open')
    expect(by('call-off', 'mini-competition')).toBe('mini-competition')
    expect(by('call-off', 'open')).toBe('framework-direct-award')
    expect(by('award', 'psr-direct-award-c')).toBe('psr-direct-award-c')
    expect(by('award', 'open')).toBe('framework-direct-award')
    // Health care services: never an open procedure, nor a framework of the Act.
    expect(by('award', 'psr-competitive', true)).toBe('psr-direct-award-c')
    expect(by('compete', 'psr-direct-award-c')).toBe('psr-competitive')
  })
})
