/**
 * Days gone through one after another as the sweep would: what would be raised, and when.
 * The same rules as the real sweep, so that `explain` and `simulate` cannot disagree with it.
 */
import { addDays, type CivilDate, earlier, later } from './civil-date.ts'
import type { Contract } from './contract.ts'
import { type Deadline, deadlinesOf } from './deadlines.ts'
import type { Extension } from './extension.ts'
import { presumedRenewals } from './renewal.ts'
import type { Rules } from './rules.ts'
import {
  type AskAgain,
  firstLookOn,
  planWarnings,
  type Raise,
  type RaisedAlert,
} from './warnings.ts'

export interface ReplayFacts {
  /** With all that ever becomes known of it: an extension counts from the day it was known. */
  readonly contract: Contract
  readonly alerts: readonly RaisedAlert[]
  readonly laddersFrom: CivilDate | null
  readonly watched: boolean
  /** From when on its successor counts; null where it was known all along. */
  readonly successorKnownOn: CivilDate | null
}

/** What is told on one day. */
export interface ReplayedDay {
  readonly on: CivilDate
  readonly deadlines: readonly Deadline[]
  readonly raise: readonly Raise[]
  readonly askAgain: readonly AskAgain[]
}

/** The days from `from` to `to`, both included, on which something would be told. */
export function* replay(
  facts: ReplayFacts,
  from: CivilDate,
  to: CivilDate,
  rules: Rules,
): Generator<ReplayedDay> {
  let alerts: RaisedAlert[] = [...facts.alerts]
  let presumed: Extension[] = []
  const eventDays = knownDays(facts)
  let day: CivilDate | null = from
  while (day !== null && day <= to) {
    const today: CivilDate = day
    const known = asKnown(facts, today, presumed)
    presumed = [...presumed, ...presumedRenewals(known, today, rules)]
    const contract = asKnown(facts, today, presumed)
    const deadlines = deadlinesOf(contract, rules)
    alerts = alerts.filter((alert) => stands(alert, deadlines))
    const plan = planWarnings({ ...facts, contract, deadlines, alerts }, today, rules)
    const { raise, askAgain } = plan
    if (raise.length + askAgain.length > 0) yield { on: today, deadlines, raise, askAgain }
    alerts = [
      ...alerts.map((alert) => reopened(alert, askAgain)),
      ...raise.map((each) => raised(each, today)),
    ]
    const look = plan.lookOn === null ? null : later(plan.lookOn, addDays(today, 1))
    const event = eventDays.find((each) => each > today) ?? null
    day = look === null ? event : event === null ? look : earlier(look, event)
  }
}

export interface NextWarning {
  readonly kind: Deadline['kind']
  readonly deadlineOn: CivilDate
  readonly rung: number
  readonly on: CivilDate
}

/** What will be told next of each deadline, if nobody does anything, within a year. */
export function nextWarnings(facts: ReplayFacts, today: CivilDate, rules: Rules): NextWarning[] {
  const next = new Map<string, NextWarning>()
  for (const day of replay(facts, today, addDays(today, 366), rules)) {
    for (const { deadline, rung } of day.raise) {
      const key = `${deadline.kind} ${deadline.on}`
      if (!next.has(key))
        next.set(key, { kind: deadline.kind, deadlineOn: deadline.on, rung, on: day.on })
    }
    if (day.deadlines.every((each) => each.settled !== null || next.has(`${each.kind} ${each.on}`)))
      break
  }
  return [...next.values()]
}

/** The first day on which there may be something to tell, on or after `from`. */
export function firstDayFrom(facts: ReplayFacts, from: CivilDate, rules: Rules): CivilDate | null {
  const deadlines = deadlinesOf(facts.contract, rules)
  const look = firstLookOn({ ...facts, deadlines }, rules)
  return look === null ? null : later(look, from)
}

/** A contract as it was known on a day: see `ReplayFacts`. */
export function asKnownOn(
  contract: Contract,
  day: CivilDate,
  successorKnownOn: CivilDate | null,
): Contract {
  return asKnown({ contract, successorKnownOn }, day, [])
}

function asKnown(
  { contract, successorKnownOn }: Pick<ReplayFacts, 'contract' | 'successorKnownOn'>,
  day: CivilDate,
  presumed: readonly Extension[],
): Contract {
  const knowsSuccessor = successorKnownOn === null || successorKnownOn <= day
  return {
    ...contract,
    successorStart: knowsSuccessor ? contract.successorStart : null,
    extensions: [...contract.extensions.filter((each) => knownFrom(each, day)), ...presumed],
    decisions: contract.decisions.filter((each) => each.decidedOn <= day),
  }
}

/**
 * An emergency extension without a date of agreement becomes known on its first day: it is made at
 * the last minute, by definition. Any other one counts as known all along.
 */
function knownFrom(extension: Extension, day: CivilDate): boolean {
  const since = knownSince(extension)
  return since === null || since <= day
}

function knownSince(extension: Extension): CivilDate | null {
  return extension.knownOn ?? (extension.kind === 'emergency' ? extension.from : null)
}

/** Days on which something becomes known, in order. */
function knownDays({ contract, successorKnownOn }: ReplayFacts): CivilDate[] {
  const days = [
    successorKnownOn,
    ...contract.extensions.map(knownSince),
    ...contract.decisions.map((each) => each.decidedOn),
  ].filter((day) => day !== null)
  return days.sort(byDate)
}

/** An alert of a date that is gone is superseded, and forgotten. */
function stands(alert: RaisedAlert, deadlines: readonly Deadline[]): boolean {
  return deadlines.some((each) => each.kind === alert.kind && each.on === alert.deadlineOn)
}

function raised({ deadline, rung }: Raise, day: CivilDate): RaisedAlert {
  return {
    kind: deadline.kind,
    deadlineOn: deadline.on,
    rung,
    raisedOn: day,
    state: 'open',
    pausedUntil: null,
  }
}

function reopened(alert: RaisedAlert, askAgain: readonly AskAgain[]): RaisedAlert {
  const asked = askAgain.some(
    ({ deadline }) => deadline.kind === alert.kind && deadline.on === alert.deadlineOn,
  )
  return asked && alert.state !== 'closed' ? { ...alert, state: 'open', pausedUntil: null } : alert
}

function byDate(a: CivilDate, b: CivilDate): number {
  return a < b ? -1 : a > b ? 1 : 0
}
