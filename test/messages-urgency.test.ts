import { asCivilDate } from '../src/rules/civil-date.ts'
import type { DeadlineKind } from '../src/rules/contract.ts'
import { byUrgency, urgencyOf } from '../src/text/deadline.ts'
import type { DeadlineFacts } from '../src/text/facts.ts'

const deadline = (kind: DeadlineKind, daysLeft: number, speaks = true): DeadlineFacts => ({
  kind,
  on: asCivilDate('2026-11-23'),
  daysLeft,
  reason: '',
  speaks,
  skipped: null,
  askedAgain: false,
})

describe('what is lost soonest comes first', () => {
  test('a start-by that was missed long ago stands behind an end tomorrow', () => {
    const late = [deadline('start-by', -137), deadline('end', 200, false)]
    const tomorrow = [deadline('end', 1)]
    expect(urgencyOf(tomorrow[0] as DeadlineFacts, tomorrow)).toBeLessThan(
      urgencyOf(late[0] as DeadlineFacts, late),
    )
  })

  test('a missed start-by is as pressing as the end that it was for', () => {
    const late = [deadline('start-by', -116), deadline('end', 1, false)]
    expect(urgencyOf(late[0] as DeadlineFacts, late)).toBe(1)
  })

  test('in one message an emergency end in 7 days leads, not the start-by missed months ago', () => {
    const both = [
      deadline('start-by', -140),
      deadline('emergency-end', 7),
      deadline('notice', 2, false),
    ]
    expect(byUrgency(both).map(({ kind }) => kind)).toEqual(['emergency-end', 'start-by', 'notice'])
  })

  test('an end that has passed comes before everything that has not', () => {
    const ended = [deadline('end', -22)]
    const today = [deadline('notice', 0)]
    expect(urgencyOf(ended[0] as DeadlineFacts, ended)).toBeLessThan(
      urgencyOf(today[0] as DeadlineFacts, today),
    )
  })
})
