/** The watch of one contract without a database: day after day, keeping what was told. */
import { addDays, type CivilDate } from '../../src/rules/civil-date.ts'
import type { Contract } from '../../src/rules/contract.ts'
import { deadlinesOf, decidable, isWithinTerm } from '../../src/rules/deadlines.ts'
import {
  firstCheckOn,
  type MonitoredContract,
  type Plan,
  planWarnings,
  quietUntil,
  type RaisedAlert,
} from '../../src/rules/reminder-plan.ts'
import { presumedRenewals } from '../../src/rules/renewal.ts'
import type { Rules } from '../../src/rules/settings.ts'
import { isWorkingDay } from '../../src/rules/working-days.ts'
import { RULES } from './contract-facts.ts'

export interface Told {
  readonly on: CivilDate
  readonly kind: string
  readonly deadlineOn: CivilDate
  /** Null where a pause ran out and it is asked about again. */
  readonly rung: number | null
  readonly skipped: string | null
}

export interface Timeline {
  readonly contract: Contract
  readonly from: CivilDate
  readonly to: CivilDate
  readonly rules?: Rules
  readonly laddersFrom?: CivilDate | null
  /** Whether it is looked at on this day; the day noted at the last look is passed in. */
  readonly looks: (day: CivilDate, nextCheckOn: CivilDate | null) => boolean
  /** Looked at once more on the same day. */
  readonly twice?: boolean
  /** What people do, before the look of that day. */
  readonly acts?: ReadonlyMap<CivilDate, Act>
}
export type Act =
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'snooze'; readonly days: number }
  | { readonly kind: 'decide' }
  | { readonly kind: 'change'; readonly change: Partial<Contract> }

export const EVERY_DAY = () => true
export const WHEN_DUE = (day: CivilDate, nextCheckOn: CivilDate | null) =>
  nextCheckOn !== null && nextCheckOn <= day

/** Everything that was told from the first to the last day, in order. */
export function watch(timeline: Timeline): Told[] {
  const rules = timeline.rules ?? RULES
  const told: Told[] = []
  let contract = timeline.contract
  let alerts: RaisedAlert[] = []
  let today = timeline.from
  let deadlines = deadlinesOf(contract, rules, today)
  const laddersFrom = timeline.laddersFrom ?? null
  const facts = (): MonitoredContract => {
    return { contract, deadlines, alerts, laddersFrom, watched: true }
  }
  /**
   * As after every change of a contract: alerts of dates that are gone no longer count, those of
   * settled deadlines are closed.
   */
  const recalculate = () => {
    deadlines = deadlinesOf(contract, rules, today)
    alerts = alerts.flatMap((alert): RaisedAlert[] => {
      const of = deadlines.find(({ kind, on }) => kind === alert.kind && on === alert.deadlineOn)
      if (!of || (of.settled === null && alert.state === 'closed')) return []
      return [of.settled === null ? alert : { ...alert, state: 'closed', pausedUntil: null }]
    })
    nextCheckOn = firstCheckOn(facts(), rules)
  }
  let nextCheckOn = firstCheckOn(facts(), rules)
  for (let day = timeline.from; day <= timeline.to; day = addDays(day, 1)) {
    today = day
    const act = timeline.acts?.get(day)
    if (act) {
      const changed = acted(act, day, contract, alerts, rules)
      contract = changed.contract
      alerts = changed.alerts
      recalculate()
    }
    if (!isWorkingDay(day, rules.calendar) || !timeline.looks(day, nextCheckOn)) continue
    const renewals = presumedRenewals(contract, day, rules)
    contract = { ...contract, extensions: [...contract.extensions, ...renewals] }
    // A notice before an anniversary that has passed gives way to the next.
    if (renewals.length > 0 || deadlines.some((each) => isWithinTerm(each) && each.on < day)) {
      recalculate()
    }
    const plan = planWarnings(facts(), day, rules)
    nextCheckOn = plan.nextCheckOn
    told.push(...tellings(plan, day))
    alerts = remembered(alerts, plan, day)
    if (timeline.twice) told.push(...tellings(planWarnings(facts(), day, rules), day))
  }
  return told
}

function acted(
  act: Act,
  day: CivilDate,
  contract: Contract,
  alerts: RaisedAlert[],
  rules: Rules,
): { contract: Contract; alerts: RaisedAlert[] } {
  const last = alerts.at(-1)
  switch (act.kind) {
    case 'change':
      return { contract: { ...contract, ...act.change }, alerts }
    case 'decide': {
      if (!last) return { contract, alerts }
      const deadline = decidable(last.kind)
      const decision = { deadline, deadlineOn: last.deadlineOn, text: 'decided', evidence: null }
      const decisions = [...contract.decisions, { ...decision, decidedOn: day }]
      return { contract: { ...contract, decisions }, alerts }
    }
    case 'acknowledge':
    case 'snooze': {
      if (!last) return { contract, alerts }
      const state = act.kind === 'snooze' ? 'snoozed' : 'acknowledged'
      const pausedUntil =
        act.kind === 'snooze'
          ? addDays(day, act.days)
          : quietUntil(day, last.deadlineOn, rules.calendar)
      return {
        contract,
        alerts: alerts.map((alert) =>
          alert.kind === last.kind && alert.deadlineOn === last.deadlineOn
            ? { ...alert, state, pausedUntil }
            : alert,
        ),
      }
    }
  }
}

function tellings(plan: Plan, on: CivilDate): Told[] {
  const asked = plan.askAgain.map(({ deadline }) => ({ deadline, rung: null, skipped: null }))
  return [...asked, ...plan.raise].map(({ deadline, rung, skipped }) => ({
    ...{ on, kind: deadline.kind, deadlineOn: deadline.on, rung },
    skipped: skipped === null ? null : `${skipped.from}..${skipped.to}`,
  }))
}

function remembered(alerts: RaisedAlert[], plan: Plan, raisedOn: CivilDate): RaisedAlert[] {
  const open = { state: 'open', pausedUntil: null } as const
  const isAsked = (alert: RaisedAlert) =>
    plan.askAgain.some(
      ({ deadline: { kind, on } }) => kind === alert.kind && on === alert.deadlineOn,
    )
  const raised = plan.raise.map(({ deadline: { kind, on: deadlineOn }, rung }) => {
    return { kind, deadlineOn, rung, raisedOn, ...open }
  })
  return [...alerts.map((alert) => (isAsked(alert) ? { ...alert, ...open } : alert)), ...raised]
}

/** `2026-11-27 end 30` or `… asked again`, one for each telling. */
export function lines(told: readonly Told[]): string[] {
  return told.map(({ on, kind, rung, skipped }) => {
    const what = rung === null ? 'asked again' : String(rung)
    return `${on} ${kind} ${what}${skipped === null ? '' : ` (skipped ${skipped})`}`
  })
}
