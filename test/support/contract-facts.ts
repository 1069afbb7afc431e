/** Contracts for tests of the rules: one ordinary contract, changed where a test says so. */

import { asCivilDate, type CivilDate } from '../../src/rules/civil-date.ts'
import type { Contract, Decision, End, Extension, Precision } from '../../src/rules/contract.ts'
import { type Deadline, deadlinesOf } from '../../src/rules/deadlines.ts'
import { asDecimal } from '../../src/rules/money.ts'
import { ROUTES } from '../../src/rules/procurement-routes.ts'
import { defaultRules, type Rules } from '../../src/rules/settings.ts'
import { ukCalendar } from '../../src/rules/working-days.ts'
import { present } from './present.ts'

export const day = asCivilDate
/** On which day deadlines are asked for, where no other is said. */
export const TODAY = day('2026-12-01')
export const ENGLAND = ukCalendar('england-and-wales')
export const RULES: Rules = defaultRules(ENGLAND)

export function endOn(date: string): End {
  return { kind: 'dated', earliest: day(date), latest: day(date), precision: 'day' }
}

export function endBetween(earliest: string, latest: string, precision: Precision): End {
  return { kind: 'dated', earliest: day(earliest), latest: day(latest), precision }
}

/** £300,000 by open procedure, three years to Wed 31 Mar 2027; no notice, no option, no renewal. */
export function contract(changes: Partial<Contract> = {}): Contract {
  return {
    start: day('2024-04-01'),
    awardedEnd: endOn('2027-03-31'),
    awardedMaximumEnd: null,
    extensions: [],
    noticePeriod: null,
    automaticRenewal: false,
    renewalTerm: null,
    reviewOn: null,
    route: 'open',
    value: asDecimal('300000'),
    currency: 'GBP',
    decisions: [],
    successorStart: null,
    closed: false,
    historic: false,
    ...changes,
  }
}

export function extension(from: string, to: string, changes: Partial<Extension> = {}): Extension {
  return {
    kind: 'variation',
    status: 'confirmed',
    from: day(from),
    to: day(to),
    cost: null,
    knownOn: null,
    ...changes,
  }
}

export function decision(
  deadline: Decision['deadline'],
  deadlineOn: string,
  changes: Partial<Decision> = {},
): Decision {
  return {
    deadline,
    deadlineOn: day(deadlineOn),
    text: 'decided',
    evidence: null,
    decidedOn: day('2026-01-05'),
    ...changes,
  }
}

/** The deadlines as `kind date`, by date. */
export function dates(of: Contract, rules: Rules = RULES, today = TODAY): string[] {
  return deadlinesOf(of, rules, today).map(({ kind, on }) => `${kind} ${on}`)
}

/** The one deadline of that kind. */
export function deadline(of: Contract, kind: Deadline['kind'], rules: Rules = RULES): Deadline {
  const found = deadlinesOf(of, rules, TODAY).filter((each) => each.kind === kind)
  const [only] = found
  if (!only || found.length > 1) throw new Error(`There are ${found.length} deadlines ${kind}.`)
  return only
}

export function daysFrom(first: string, last: string, step: (date: CivilDate) => CivilDate) {
  const days: CivilDate[] = []
  for (let date = day(first); date <= last; date = step(date)) days.push(date)
  return days
}

export function routeNamed(name: string) {
  return present(
    ROUTES.find((each) => each.name === name),
    `There is no route ${name}.`,
  )
}
