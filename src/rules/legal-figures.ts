/**
 * Every figure of procurement law that the rules count with, as data: where it is written, when it
 * was read there, and from when to when it holds. Thresholds include VAT (Procurement Act 2023,
 * s.123(2)). Flags for a person, never decisions.
 */

import { addDays, asCivilDate, type CivilDate } from './civil-date.ts'
import type { Regime } from './contract.ts'
import { asDecimal, type Decimal } from './money.ts'
import { type Authority, isCentral } from './regime.ts'

interface LegalFigure {
  readonly name: FigureName
  readonly amount: number
  readonly unit: '£' | '%' | 'days' | 'working days' | 'months'
  /** Where it is written: the act or instrument, and the section. */
  readonly law: string
  readonly section: string
  readonly source: string
  readonly readOn: CivilDate
  readonly from: CivilDate
  /** Null where no end is announced. */
  readonly to: CivilDate | null
}

/** The types of contract that have a threshold of their own (Schedule 1). */
export const THRESHOLDS = [
  'threshold central',
  'threshold sub-central',
  'threshold works',
  'threshold light touch',
  'threshold utilities',
  'threshold utilities light touch',
  'threshold concession',
  'threshold concession light touch',
  'threshold defence',
] as const
type ThresholdName = (typeof THRESHOLDS)[number]

const ACT = {
  law: 'Procurement Act 2023',
  url: 'https://www.legislation.gov.uk/ukpga/2023/54',
  from: asCivilDate('2025-02-24'),
} as const
const PCR = {
  law: 'PCR 2015',
  url: 'https://www.legislation.gov.uk/uksi/2015/102',
  from: asCivilDate('2015-02-26'),
} as const
const PSR = {
  law: 'PSR 2023',
  url: 'https://www.legislation.gov.uk/uksi/2023/1348',
  from: asCivilDate('2024-01-01'),
} as const
const READ_ON = asCivilDate('2026-11-29')

/** `ACT` of the law, the figure's name, amount, unit, its section and the path of it. */
type Written = readonly [
  typeof ACT | typeof PCR | typeof PSR,
  string,
  number,
  LegalFigure['unit'],
  string,
  string,
]

const WRITTEN = [
  [ACT, 'standstill', 8, 'working days', 's.51(2)', 'section/51'],
  [ACT, 'voluntary standstill at least', 8, 'working days', 's.51(5)', 'section/51'],
  [ACT, 'indicators from', 5_000_000, '£', 's.52(1)', 'section/52'],
  [ACT, 'details', 30, 'days', 's.53(1)(b)', 'section/53'],
  [ACT, 'details light touch', 120, 'days', 's.53(1)(a)', 'section/53'],
  [ACT, 'copy from', 5_000_000, '£', 's.53(3)', 'section/53'],
  [ACT, 'copy', 90, 'days', 's.53(3)(b)', 'section/53'],
  [ACT, 'copy light touch', 180, 'days', 's.53(3)(a)', 'section/53'],
  [ACT, 'performance', 12, 'months', 's.71(2)', 'section/71'],
  [ACT, 'breach', 30, 'days', 's.71(5)', 'section/71'],
  [ACT, 'substantial term', 10, '%', 's.74(3)(a)', 'section/74'],
  [ACT, 'small modification', 10, '%', 's.74(4)(a)(i)', 'section/74'],
  [ACT, 'small modification of works', 15, '%', 's.74(4)(a)(ii)', 'section/74'],
  [ACT, 'change exempt', 10, '%', 's.75(2)', 'section/75'],
  [ACT, 'change of works exempt', 15, '%', 's.75(2)(a)(ii)', 'section/75'],
  [ACT, 'copy of a change', 90, 'days', 's.77(1)', 'section/77'],
  [ACT, 'copy of a change from', 5_000_000, '£', 's.77(2)(b)', 'section/77'],
  [ACT, 'termination', 30, 'days', 's.80(1)', 'section/80'],
  [ACT, 'details below threshold central', 12_000, '£', 's.87(4)(a)', 'section/87'],
  [ACT, 'details below threshold', 30_000, '£', 's.87(4)(b)', 'section/87'],
  [ACT, 'pipeline payments', 100_000_000, '£', 's.93(1)', 'section/93'],
  [ACT, 'pipeline', 56, 'days', 's.93(2)', 'section/93'],
  [ACT, 'pipeline contract', 2_000_000, '£', 's.93(3)', 'section/93'],
  [ACT, 'pipeline period', 18, 'months', 's.93(4)', 'section/93'],
  [ACT, 'permitted increase', 50, '%', 'Schedule 8 paras 4, 5 and 8', 'schedule/8'],
  [PCR, 'PCR increase', 50, '%', 'reg 72(1)(b), (c)', 'regulation/72'],
  [PCR, 'PCR small', 10, '%', 'reg 72(5)(b)', 'regulation/72'],
  [PCR, 'PCR small works', 15, '%', 'reg 72(5)(b)', 'regulation/72'],
  [PSR, 'PSR standstill', 8, 'working days', 'reg 12(9)', 'regulation/12'],
  [PSR, 'PSR further decision', 5, 'working days', 'reg 12(10)', 'regulation/12'],
  [PSR, 'PSR small', 500_000, '£', 'reg 13(2)(b)(i)', 'regulation/13'],
  [PSR, 'PSR small share', 25, '%', 'reg 13(2)(b)(ii)', 'regulation/13'],
  [PSR, 'PSR change notice from', 500_000, '£', 'reg 13(4)(c)', 'regulation/13'],
  [PSR, 'PSR change notice', 30, 'days', 'reg 13(5)(a)', 'regulation/13'],
  [PSR, 'PSR urgent notice', 30, 'days', 'reg 14(5)(a)', 'regulation/14'],
] as const satisfies readonly Written[]

type FigureName = ThresholdName | (typeof WRITTEN)[number][1]

const written = ([
  of,
  name,
  amount,
  unit,
  section,
  path,
]: (typeof WRITTEN)[number]): LegalFigure => ({
  name,
  amount,
  unit,
  law: of.law,
  section,
  source: `${of.url}/${path}`,
  readOn: READ_ON,
  from: of.from,
  to: null,
})

const PERIODS = [
  {
    from: '2022-01-01',
    to: '2023-12-31',
    law: 'PCR 2015',
    section: 'reg 5, PPN 10/21',
    source: 'https://www.legislation.gov.uk/uksi/2015/102/regulation/5',
    amounts: [138_760, 213_477, 5_336_937, 663_540],
  },
  {
    from: '2024-01-01',
    to: '2025-12-31',
    law: 'PCR 2015',
    section: 'reg 5, PPN 11/23; Procurement Act 2023, Schedule 1, SI 2025/163',
    source: 'https://www.legislation.gov.uk/uksi/2025/163',
    amounts: [139_688, 214_904, 5_372_609, 663_540],
  },
  {
    from: '2026-01-01',
    to: '2027-12-31',
    law: 'Procurement Act 2023',
    section: 'Schedule 1, SI 2025/1200',
    source: 'https://www.legislation.gov.uk/uksi/2025/1200/regulation/2',
    amounts: [
      135_018, 207_720, 5_193_000, 663_540, 415_440, 884_720, 5_193_000, 5_372_609, 415_440,
    ],
  },
] as const

export const LEGAL_FIGURES: readonly LegalFigure[] = [
  ...PERIODS.flatMap(({ from, to, law, section, source, amounts }) =>
    amounts.map((amount, at): LegalFigure => {
      const name = THRESHOLDS[at] ?? 'threshold works'
      const dates = { readOn: READ_ON, from: asCivilDate(from), to: asCivilDate(to) }
      return { name, amount, unit: '£', law, section, source, ...dates }
    }),
  ),
  ...WRITTEN.map(written),
]

/** The figure of this name on a day; of a day that none holds on the nearest before it, and `assumed`. */
export function figureOn(
  name: FigureName,
  day: CivilDate,
): { readonly figure: LegalFigure; readonly assumed: boolean } {
  const named = LEGAL_FIGURES.filter((each) => each.name === name)
  const held = named.find((each) => each.from <= day && (each.to === null || day <= each.to))
  if (held) return { figure: held, assumed: false }
  const nearest = named.findLast((each) => each.from <= day) ?? named[0]
  if (!nearest) throw new RangeError(`There is no legal figure "${name}".`)
  return { figure: nearest, assumed: true }
}

/** A figure that no period limits. */
export function figure(name: (typeof WRITTEN)[number][1]): number {
  const found = WRITTEN.find((each) => each[1] === name)
  if (!found) throw new RangeError(`There is no legal figure "${name}".`)
  return found[2]
}

/** The same as it is said: `£5m`, `£500,000`, `30 days`, `10%`. */
export function figureText(name: (typeof WRITTEN)[number][1]): string {
  const amount = figure(name)
  const unit = WRITTEN.find((each) => each[1] === name)?.[3]
  if (unit === '%') return `${amount}%`
  if (unit !== '£') return `${amount} ${unit}`
  const millions = amount / 1_000_000
  return Number.isInteger(millions) ? `£${millions}m` : `£${amount.toLocaleString('en-GB')}`
}

/** A contract as the thresholds look at it. */
interface ThresholdFacts {
  readonly works: boolean | null
  readonly lightTouch: boolean | null
  readonly regime: Regime | null
}

export interface Threshold {
  /** With VAT. */
  readonly amount: Decimal
  readonly figure: LegalFigure
  /** No period of the table holds on the day: the nearest one's was taken. */
  readonly assumed: boolean
  /** It rests on who the authority is, and nobody has said: the lower of the two was taken. */
  readonly authorityUnknown: boolean
}

/**
 * The threshold for a procurement that commences, or a change that is made, on a day. Contracts of
 * the law before the Act keep the last figures that were set under it.
 */
export function thresholdOn(
  day: CivilDate,
  authority: Authority | null,
  facts: ThresholdFacts,
): Threshold {
  const central = isCentral(authority)
  const type: ThresholdName =
    facts.lightTouch === true
      ? 'threshold light touch'
      : facts.works === true
        ? 'threshold works'
        : central === false
          ? 'threshold sub-central'
          : 'threshold central'
  const lastOfPcr = addDays(asCivilDate('2026-01-01'), -1)
  const { figure: found, assumed } = figureOn(
    type,
    facts.regime === 'PCR15' && day > lastOfPcr ? lastOfPcr : day,
  )
  const authorityUnknown = central === null && type === 'threshold central'
  return { amount: asDecimal(String(found.amount)), figure: found, assumed, authorityUnknown }
}

/**
 * The lowest on these days: under the Act a change may count by the threshold of the procurement, which
 * commenced by its start (SI 2025/1200 reg 3), or by that of its own day.
 */
export function lowestThreshold(
  days: readonly [CivilDate, ...CivilDate[]],
  authority: Authority | null,
  facts: ThresholdFacts,
): Threshold {
  const [first, ...others] = days
  return others
    .map((day) => thresholdOn(day, authority, facts))
    .reduce(
      (low, each) => (Number(each.amount) < Number(low.amount) ? each : low),
      thresholdOn(first, authority, facts),
    )
}

/** How long before a period ends without a successor people hear of it. */
const FIGURES_END_WITHIN_DAYS = 120

/** The figures whose period ends within so many days of this one, or has ended, with none after it. */
export function endingFigures(today: CivilDate): readonly LegalFigure[] {
  return LEGAL_FIGURES.filter(
    ({ name, to }) =>
      to !== null &&
      to <= addDays(today, FIGURES_END_WITHIN_DAYS) &&
      !LEGAL_FIGURES.some((each) => each.name === name && each.from > to),
  )
}
