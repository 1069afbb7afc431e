/** The settings of the rules: defaults that an organisation may change. */

import { CHAIN_RULES } from './chains.ts'
import type { CivilDate } from './civil-date.ts'
import type { Period, VatRecovery } from './contract.ts'
import type { DeadlineKind } from './deadline-kinds.ts'
import { DEFAULT_LADDERS, type Ladder, SMALL_RUNGS } from './ladder.ts'
import { ROUTE_BANDS, ROUTES, type Route, type RouteBand } from './routes.ts'
import type { Authority } from './thresholds.ts'
import { type Calendar, isUkCalendar, ukCalendar } from './working-days.ts'

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
  /** Below this value only the rungs of `smallRungs`. */
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
  readonly ladders: Readonly<Record<DeadlineKind, Ladder>>
  readonly routes: readonly Route[]
  readonly routeBands: readonly RouteBand[]
  /** The last day on which the framework in mind takes call-offs; null where nobody has said. */
  readonly callOffBy: CivilDate | null
  /** Whose thresholds hold: sources disagree whether NHS trusts count as central. */
  readonly authority: Authority
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
    smallRungs: SMALL_RUNGS,
    historicAfterDays: 90,
    assumedRenewalTerm: { amount: 12, unit: 'months' },
    chainToleranceDays: CHAIN_RULES.toleranceDays,
    cliffDays: 14,
    ladders: DEFAULT_LADDERS,
    routes: ROUTES,
    routeBands: ROUTE_BANDS,
    callOffBy: null,
    authority: 'sub-central',
    vatRecoverable: 'unknown',
    minimumExtensionRatio: 1.25,
    financialYearStart: 4,
    groupAbove: 5,
  }
}
