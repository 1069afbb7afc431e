/** The last safe day to start buying a replacement, counted back from the day it must be in force. */
import { addDays, type CivilDate } from './civil-date.ts'
import type { Route } from './routes.ts'
import { addWorkingDays, type Calendar, workingDayOnOrBefore } from './working-days.ts'

export interface LeadTimes {
  readonly route: Route
  /** Calendar days between the signature and the first day of cover. */
  readonly mobilisationDays: number
  /** Working days of internal approval. */
  readonly approvalDays: number
}

/** A piece of the count: it runs from `from` until `to`, which is the next piece's first day. */
export interface StartByStep {
  readonly name: 'procedure' | 'standstill' | 'approval' | 'mobilisation'
  readonly amount: number
  readonly unit: 'days' | 'working days'
  readonly from: CivilDate
  readonly to: CivilDate
}

export interface StartBy {
  readonly on: CivilDate
  /** In the order in which they happen. */
  readonly steps: readonly StartByStep[]
}

/**
 * Counts back from the new contract's first day: mobilisation (days), approval (working days),
 * standstill (working days, by its own calendar), the procedure's lead time (days); then the
 * working day on or before. Steps of no length are left out.
 */
export function startBy(
  coverFrom: CivilDate,
  lead: LeadTimes,
  calendar: Calendar,
  standstillCalendar: Calendar,
): StartBy {
  const steps: StartByStep[] = []
  let day = coverFrom
  const back = (
    name: StartByStep['name'],
    amount: number,
    unit: StartByStep['unit'],
    from: CivilDate,
  ) => {
    if (amount > 0) steps.unshift({ name, amount, unit, from, to: day })
    day = from
  }
  const { route } = lead
  back('mobilisation', lead.mobilisationDays, 'days', addDays(day, -lead.mobilisationDays))
  back(
    'approval',
    lead.approvalDays,
    'working days',
    addWorkingDays(day, -lead.approvalDays, calendar),
  )
  const wait =
    route.standstillDays +
    (route.standstillFrom === 'day-after' && route.standstillDays > 0 ? 1 : 0)
  back(
    'standstill',
    route.standstillDays,
    'working days',
    addWorkingDays(day, -wait, standstillCalendar),
  )
  back('procedure', route.leadDays, 'days', addDays(day, -route.leadDays))
  return { on: workingDayOnOrBefore(day, calendar), steps }
}
