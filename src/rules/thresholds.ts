/** The money below which procurement law asks little: data with its days of effect, inclusive of VAT. */
import { asCivilDate, type CivilDate } from './civil-date.ts'
import { asDecimal, type Decimal } from './money.ts'

/** Sources disagree whether NHS trusts count as central: the organisation says which it is. */
export const AUTHORITIES = ['sub-central', 'central'] as const
export type Authority = (typeof AUTHORITIES)[number]

export interface Threshold {
  readonly goodsAndServices: Readonly<Record<Authority, Decimal>>
  readonly works: Decimal
  /** The same in all periods so far. */
  readonly lightTouch: Decimal
  readonly from: CivilDate
  readonly to: CivilDate
  readonly source: string
}

const threshold = (
  from: string,
  to: string,
  central: string,
  subCentral: string,
  works: string,
  source: string,
): Threshold => ({
  goodsAndServices: { central: asDecimal(central), 'sub-central': asDecimal(subCentral) },
  works: asDecimal(works),
  lightTouch: asDecimal('663540'),
  from: asCivilDate(from),
  to: asCivilDate(to),
  source,
})

/** By date. Read in secondary sources: the law itself is the statutory instrument of each period. */
const THRESHOLDS: readonly Threshold[] = [
  threshold('2022-01-01', '2023-12-31', '138760', '213477', '5336937', 'PPN 10/21'),
  threshold('2024-01-01', '2025-12-31', '139688', '214904', '5372609', 'PPN 11/23'),
  threshold('2026-01-01', '2027-12-31', '135018', '207720', '5193000', 'thresholds for 2026–27'),
]

/** The figures of this day; of a day that no period holds those of the nearest, and `assumed`. */
export function thresholdOn(day: CivilDate): {
  readonly threshold: Threshold
  readonly assumed: boolean
} {
  const held = THRESHOLDS.find((each) => each.from <= day && day <= each.to)
  if (held) return { threshold: held, assumed: false }
  const nearest = THRESHOLDS.findLast((each) => each.to < day) ?? THRESHOLDS[0]
  if (!nearest) throw new RangeError('The table of thresholds is empty.')
  return { threshold: nearest, assumed: true }
}
