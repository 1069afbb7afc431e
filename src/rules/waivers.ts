/**
 * Waivers of an organisation's own rules: records of their own, beside the legal ground and never
 * instead of it. Whether one came after the fact is computed, never typed.
 */
import { Big } from 'big.js'
import { addDays, addMonths, type CivilDate } from './civil-date.ts'
import { canonical, type Decimal } from './money.ts'
import type { FinancialYear } from './months.ts'

export const WAIVER_CATEGORIES = ['sole-supplier', 'continuity', 'urgent', 'other'] as const
export type WaiverCategory = (typeof WAIVER_CATEGORIES)[number]

export interface Waiver {
  readonly category: WaiverCategory
  readonly reason: string | null
  readonly requestedOn: CivilDate | null
  /** Null where no approval was found. */
  readonly approvedOn: CivilDate | null
  /** The first day of the service. */
  readonly beganOn: CivilDate
  readonly approver: string | null
  readonly net: Decimal | null
  readonly gross: Decimal | null
  /** What the supplier was paid in the twelve months in all. */
  readonly supplierYear: Decimal | null
  readonly committeeOn: CivilDate | null
}

/** Approved after the service began. */
export function isRetrospective({ approvedOn, beganOn }: Waiver): boolean {
  return approvedOn !== null && approvedOn > beganOn
}

/** The service began, and no approval is found. */
export function isBreach({ approvedOn, beganOn }: Waiver, today: CivilDate): boolean {
  return approvedOn === null && beganOn <= today
}

export interface WaiverCounts {
  readonly waivers: number
  readonly retrospective: number
  /** Counted apart: they are no waivers. */
  readonly breaches: number
  /** Of those whose amount is known. */
  readonly net: Decimal
  readonly priced: number
}

export interface WaiverQuarter extends WaiverCounts {
  /** `2026/27 Q3`. */
  readonly name: string
  readonly from: CivilDate
  readonly to: CivilDate
  /** The same quarter of the year before. */
  readonly lastYear: WaiverCounts
}

/** The four quarters of a financial year, each beside the same one of the year before. */
export function waiverQuarters(
  waivers: readonly Waiver[],
  year: FinancialYear,
  today: CivilDate,
): readonly WaiverQuarter[] {
  return [0, 1, 2, 3].map((quarter) => {
    const from = addMonths(year.first, quarter * 3)
    const to = addDays(addMonths(year.first, quarter * 3 + 3), -1)
    const before = addMonths(year.first, quarter * 3 - 12)
    const lastTo = addDays(addMonths(year.first, quarter * 3 - 9), -1)
    return {
      name: `${year.name} Q${quarter + 1}`,
      from,
      to,
      ...counted(waivers, from, to, today),
      lastYear: counted(waivers, before, lastTo, today),
    }
  })
}

/** By the day on which the service began. */
function counted(
  waivers: readonly Waiver[],
  from: CivilDate,
  to: CivilDate,
  today: CivilDate,
): WaiverCounts {
  const within = waivers.filter(({ beganOn }) => beganOn >= from && beganOn <= to)
  const breaches = within.filter((each) => isBreach(each, today))
  const approved = within.filter((each) => !isBreach(each, today))
  const amounts = approved.flatMap(({ net }) => (net === null ? [] : [net]))
  return {
    waivers: approved.length,
    retrospective: approved.filter(isRetrospective).length,
    breaches: breaches.length,
    net: canonical(amounts.reduce((sum, each) => sum.plus(each), new Big(0))),
    priced: amounts.length,
  }
}
