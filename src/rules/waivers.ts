/**
 * Waivers of an organisation's own rules: records of their own, beside the legal ground and never
 * instead of it. Whether one came after the fact is computed, never typed.
 */
import { Big } from 'big.js'
import { addDays, addMonths, type CivilDate, dayText } from './civil-date.ts'
import { canonical, type Decimal } from './money.ts'
import type { FinancialYear } from './months.ts'
import { isPlaceholder } from './text-match.ts'

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

/** As it is recorded: without blank words, and approved by nobody where a placeholder such as `TBC` stands. */
export function recordedAs(typed: Waiver): Waiver {
  return { ...typed, reason: said(typed.reason), approver: namedApprover(typed.approver) }
}

/** Who approved something, as it was written; null where that names nobody. */
export function namedApprover(written: string | null): string | null {
  const name = said(written)
  return name === null || isPlaceholder(name) ? null : name
}

function said(words: string | null): string | null {
  const clean = words?.trim() ?? ''
  return clean === '' ? null : clean
}

/** Approved after the service began. */
export function isRetrospective({ approvedOn, beganOn }: Waiver): boolean {
  return approvedOn !== null && approvedOn > beganOn
}

/** The service began, and no approval is found. */
export function isBreach({ approvedOn, beganOn }: Waiver, today: CivilDate): boolean {
  return approvedOn === null && beganOn <= today
}

/** How many characters the words of a waiver take. */
export const MOST_WORDS = { reason: 2000, approver: 120 } as const

/**
 * What keeps a waiver from being recorded, each at its field, with what to do. An approval that is hoped
 * for is none: until it is given, the waiver stands without one.
 */
export function waiverProblems(
  waiver: Waiver,
  today: CivilDate,
): readonly { readonly field: keyof Waiver; readonly problem: string }[] {
  const { net, gross } = waiver
  const come = (
    [
      ['requestedOn', 'was asked for'],
      ['approvedOn', 'was approved'],
    ] as const
  ).flatMap(([field, what]) => {
    const day = waiver[field]
    if (day === null || day <= today) return []
    const problem = `${dayText(day)} has not come yet: leave out when it ${what} until it has.`
    return [{ field, problem }]
  })
  const long = (['reason', 'approver'] as const).flatMap((field) => {
    const length = waiver[field]?.length ?? 0
    if (length <= MOST_WORDS[field]) return []
    return [
      { field, problem: `Write at most ${MOST_WORDS[field]} characters; these are ${length}.` },
    ]
  })
  const less =
    net !== null && gross !== null && new Big(gross).lt(net)
      ? [
          {
            field: 'gross' as const,
            problem: `With VAT it cannot cost less (${gross}) than without (${net}): put right which is which, or leave one out.`,
          },
        ]
      : []
  return [...come, ...less, ...long]
}

/** Two records of which nothing that both say differs; a reason may be told in other words. */
export function isSameWaiver(one: Waiver, other: Waiver): boolean {
  const same = (name: keyof Waiver, equal: (a: string, b: string) => boolean) => {
    const [a, b] = [one[name], other[name]]
    return a === null || b === null || equal(a, b)
  }
  return (
    (['category', 'requestedOn', 'approvedOn', 'beganOn', 'committeeOn'] as const).every((name) =>
      same(name, (a, b) => a === b),
    ) &&
    (['net', 'gross', 'supplierYear'] as const).every((name) =>
      same(name, (a, b) => new Big(a).eq(b)),
    ) &&
    same('approver', (a, b) => a.trim().toLowerCase() === b.trim().toLowerCase())
  )
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
      ...waiverCounts(waivers, from, to, today),
      lastYear: waiverCounts(waivers, before, lastTo, today),
    }
  })
}

/** By the day on which the service began. */
export function waiverCounts(
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
