/** The settings of the rules: defaults that an organisation may change. */

import { CHAIN_RULES } from './chains.ts'
import type { CivilDate } from './civil-date.ts'
import { DEADLINE_KINDS, type DeadlineKind, type Period } from './contract.ts'
import type { VatRecovery } from './money.ts'
import {
  ROUTES,
  type Route,
  type RouteBand,
  type UsualRoute,
  type UsualRouteOfCategory,
} from './procurement-routes.ts'
import type { Authority, Nation } from './regime.ts'
import {
  DEFAULT_SCHEDULES,
  type ReminderSchedule,
  SMALL_VALUE_REMINDERS,
} from './reminder-schedule.ts'
import { defined } from './text-match.ts'
import { type Calendar, isUkCalendar, ukCalendar } from './working-days.ts'

/** So many days an import can be taken back. */
export const UNDO_DAYS = 7

export interface Rules {
  readonly calendar: Calendar
  /** Standstill under the Procurement Act 2023 counts the holidays of every part of the UK. */
  readonly standstillCalendar: Calendar
  /** Working days until a notice counts as served. */
  readonly deemedServiceDays: number
  /** Working days of internal approval. */
  readonly approvalDays: number
  /** Calendar days between signature and the first day of cover. */
  readonly mobilisationDays: number
  /** No start-by below this value: such a contract is simply ordered again. */
  readonly startByFrom: number
  /** Below this value only the reminders of `smallRungs`. */
  readonly smallValue: number
  readonly smallRungs: readonly number[]
  /** Ended more than so many days before it was first seen: historic. */
  readonly historicAfterDays: number
  /** The term of an automatic renewal, where the contract's own is not recorded. */
  readonly assumedRenewalTerm: Period
  /** An award that begins within so many days of another's end may be its rollover. */
  readonly chainToleranceDays: number
  /** Contracts of one supplier, reseller or product that end within so many days are one cliff. */
  readonly cliffDays: number
  readonly ladders: Readonly<Record<DeadlineKind, ReminderSchedule>>
  readonly routes: readonly Route[]
  /** The routes that are assumed by value, with VAT; null: by the threshold of the authority. */
  readonly routeBands: readonly RouteBand[] | null
  /** How contracts above the threshold are mostly replaced; null where nobody has said. */
  readonly usualRoute: UsualRoute | null
  /** The same of contracts of a category, which stands over that of all. */
  readonly usualRouteByCategory: readonly UsualRouteOfCategory[] | null
  /** Working days of standstill where none is mandatory (s.51(3)): 0, or eight at least (s.51(5)). */
  readonly voluntaryStandstillDays: number
  /** The last day on which the framework in mind takes call-offs; null where nobody has said. */
  readonly callOffBy: CivilDate | null
  /** Whose thresholds hold; null where nobody has said: then the lower ones. */
  readonly authority: Authority | null
  /** Null where nobody has said: then as the calendar tells. */
  readonly nation: Nation | null
  /** Whether more than £100m will be paid in the coming financial year (s.93(1)); null: nobody has said. */
  readonly pipelineSpend: 'yes' | 'no' | null
  /** Of contracts whose own recovery of VAT is not recorded. */
  readonly vatRecoverable: VatRecovery
  /** What a supplier's minimum extension costs a month against the baseline, where no past tells. */
  readonly minimumExtensionRatio: number
  /** The month with which a financial year begins: 1 to 12. */
  readonly financialYearStart: number
  /** More contracts than this for one channel in one sweep share one message. */
  readonly groupAbove: number
}

/** The rules as they come, for one calendar. */
export function defaultRules(calendar: Calendar): Rules {
  return {
    calendar,
    standstillCalendar: isUkCalendar(calendar.name) ? ukCalendar('any-uk') : calendar,
    deemedServiceDays: 2,
    approvalDays: 20,
    mobilisationDays: 30,
    startByFrom: 25_000,
    smallValue: 10_000,
    smallRungs: SMALL_VALUE_REMINDERS,
    historicAfterDays: 90,
    assumedRenewalTerm: { amount: 12, unit: 'months' },
    chainToleranceDays: CHAIN_RULES.toleranceDays,
    cliffDays: 14,
    ladders: DEFAULT_SCHEDULES,
    routes: ROUTES,
    routeBands: null,
    usualRoute: null,
    usualRouteByCategory: null,
    voluntaryStandstillDays: 0,
    callOffBy: null,
    authority: null,
    nation: null,
    pipelineSpend: null,
    vatRecoverable: 'unknown',
    minimumExtensionRatio: 1.25,
    financialYearStart: 4,
    groupAbove: 3,
  }
}

// What an organisation, a team or a contract changes of the rules: optional keys, each of which
// stands over the rule of the same name. To let people change another rule, add it to `Rules` with its
// default, and to SCALARS of settings-text.ts: merging, checking, the commands and the audit follow.

/** Rules that are one value each, and that people may change. */
export type ScalarKey = Exclude<
  keyof Rules,
  | 'calendar'
  | 'standstillCalendar'
  | 'assumedRenewalTerm'
  | 'chainToleranceDays'
  | 'cliffDays'
  | 'ladders'
  | 'routes'
>

/** As it was checked by `checkedRuleSettings` of settings-text.ts. */
export type RuleSettings = { readonly [Key in ScalarKey]?: Rules[Key] | undefined } & {
  readonly ladders?: Changes<DeadlineKind, ReminderSchedule> | undefined
  readonly routes?: Changes<Route['name'], Pick<Route, 'leadDays' | 'standstillDays'>> | undefined
}
type Changes<Key extends string, Rule> = {
  readonly [Each in Key]?: { readonly [Name in keyof Rule]?: Rule[Name] | undefined } | undefined
}

/** The rules with these changes laid over them; the same object where there are none. */
export function withRuleSettings(rules: Rules, settings: RuleSettings | null): Rules {
  if (settings === null || Object.keys(settings).length === 0) return rules
  const { ladders: schedules = {}, routes = {}, ...scalars } = settings
  const { voluntaryStandstillDays } = scalars
  return {
    ...rules,
    ...defined(scalars),
    ladders: { ...rules.ladders, ...schedulesOver(rules.ladders, schedules) },
    routes: rules.routes.map((route) => ({
      ...route,
      ...(route.standstill === 'voluntary' && voluntaryStandstillDays !== undefined
        ? { standstillDays: voluntaryStandstillDays }
        : {}),
      ...defined(routes[route.name] ?? {}),
    })),
  }
}

function schedulesOver(
  stand: Rules['ladders'],
  given: NonNullable<RuleSettings['ladders']>,
): Partial<Record<DeadlineKind, ReminderSchedule>> {
  const over: Partial<Record<DeadlineKind, ReminderSchedule>> = {}
  for (const kind of DEADLINE_KINDS) over[kind] = { ...stand[kind], ...defined(given[kind] ?? {}) }
  return over
}
