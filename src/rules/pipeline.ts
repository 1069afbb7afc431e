/**
 * The pipeline: which contracts will have to be replaced, and which of the replacements a pipeline
 * notice (UK1) may have to name (Procurement Act 2023, s.93; SI 2024/692, reg 15). Flags to check.
 */
import { Big } from 'big.js'
import { addDays, addMonths, asCivilDate, type CivilDate } from './civil-date.ts'
import { type Contract, currentEnd, firstDayAfter } from './contract.ts'
import { leavesNothing } from './deadlines.ts'
import { figure, figureText } from './legal-figures.ts'
import { canonical, type Decimal } from './money.ts'
import type { FinancialYear } from './months.ts'
import { isFramework, isProviderSelection } from './procurement-routes.ts'
import { type Nation, nationOf, subjectOf } from './regime.ts'
import type { Rules } from './settings.ts'
import { estimatedReplacement, replacedUnder, replacementRoute, startByRoute } from './start-by.ts'

/** What one notice covers: s.93(2)–(4). Its year begins on 1 April whatever the organisation's does. */
export interface PipelinePeriod {
  readonly from: CivilDate
  /** The last day of the reporting period of 18 months. */
  readonly to: CivilDate
  /** The last day on which the notice is in time: 56 days beginning with the first, so 26 May. */
  readonly noticeBy: CivilDate
}

export function pipelinePeriod(year: Pick<FinancialYear, 'first'>): PipelinePeriod {
  const from = year.first
  return {
    from,
    to: addDays(addMonths(from, figure('pipeline period')), -1),
    noticeBy: addDays(from, figure('pipeline') - 1),
  }
}

export interface PipelineEntry {
  /**
   * `UK1`: a tender or transparency notice is intended in the period, and the value is over £2m with
   * VAT or unknown; `other`: a call-off, a health care service, or too small.
   */
  readonly list: 'UK1' | 'other'
  /** There where who buys, or what, keeps it out of the notice, whatever its value. */
  readonly outside?: true
  /** The latest day to publish the notice, or to begin. */
  readonly startBy: CivilDate
  readonly overdue: boolean
  /** As it is called, and its name among the routes. */
  readonly route: string
  readonly routeName: string
  readonly routeAssumed: boolean
  /** With VAT, that of the contract it replaces; null where it is unknown. */
  readonly gross: Decimal | null
  /** The first day of the new contract. */
  readonly coverFrom: CivilDate
  /** Why it is listed where it is, in a sentence. */
  readonly why: string
}

/** Null where nothing has to begin in the period, or somebody decided that nothing follows it. */
export function pipelineEntry(
  contract: Contract,
  period: PipelinePeriod,
  today: CivilDate,
  rules: Rules,
): PipelineEntry | null {
  const coverFrom = firstDayAfter(currentEnd(contract))
  if (coverFrom === null || contract.closed || contract.historic) return null
  if (contract.successorStart !== null || isEnding(contract)) return null
  const { route, assumed, decidedBy } = replacementRoute(contract, coverFrom, rules)
  const { on } = startByRoute(coverFrom, route, rules)
  const overdue = on < today
  // What should have begun already is still to be bought, while the contract runs.
  const begins = overdue ? today : on
  if (begins > period.to || (begins < period.from && !(overdue && coverFrom > period.from)))
    return null
  const { gross } = decidedBy ?? estimatedReplacement(contract, coverFrom, rules)
  const listed = outsideTheNotice(contract, rules) ?? listOf(route.name, gross)
  const { name: routeName, title } = route
  const found = { startBy: on, overdue, route: title, routeName, routeAssumed: assumed }
  return { ...found, gross, coverFrom, ...listed }
}

/** Authorities and services that no pipeline notice is asked of; null where route and value decide. */
function outsideTheNotice(
  contract: Pick<Contract, 'regime' | 'category' | 'start'>,
  rules: Rules,
): Pick<PipelineEntry, 'list' | 'why' | 'outside'> | null {
  const why = noNoticeIn(rules)
  if (why !== null) return { list: 'other', outside: true, why }
  const { subject } = subjectOf(contract.category ?? null)
  if (subject !== 'health services' || replacedUnder(contract, rules) !== 'other') return null
  const wales = 'Health services in Wales, outside these tests (s.93(3)): check.'
  return { list: 'other', outside: true, why: wales }
}

/** Why the nation has no pipeline notice; null where it has one, or where nobody has said. */
export function noNoticeIn({
  nation: said,
  calendar,
}: Pick<Rules, 'nation' | 'calendar'>): string | null {
  const { nation } = nationOf(said, calendar)
  return nation === null ? null : (NATIONS_OUTSIDE[nation] ?? null)
}

const NATIONS_OUTSIDE: Readonly<Partial<Record<Nation, string>>> = {
  scotland: 'A Scottish authority, outside the Act (s.2(5)): check.',
  'northern-ireland': 'A Northern Ireland authority has no pipeline notice (s.93(6)): check.',
}

function listOf(route: string, gross: Decimal | null): Pick<PipelineEntry, 'list' | 'why'> {
  if (isProviderSelection(route)) {
    const why = 'Health care services (PSR 2023), outside s.93(3): check.'
    return { list: 'other', why }
  }
  if (isFramework(route)) {
    return {
      list: 'other',
      why: 'A call-off has no tender notice of its own (s.93(3)): check.',
    }
  }
  if (gross === null) return { list: 'UK1', why: 'Its value is not known: check (s.93(3)).' }
  const from = figureText('pipeline contract')
  return Number(gross) > figure('pipeline contract')
    ? { list: 'UK1', why: `Over ${from} with VAT, as the value is now: check (s.93(3)).` }
    : { list: 'other', why: `Not over ${from} with VAT (s.93(3)): check.` }
}

/** Lots of one procurement: their values together, by the earliest of their days. */
export function asOneProcurement<Entry extends PipelineEntry>(a: Entry, b: Entry): Entry {
  const first = a.startBy <= b.startBy ? a : b
  const gross =
    a.gross === null || b.gross === null ? null : canonical(new Big(a.gross).plus(b.gross))
  return { ...first, gross, ...(first.outside ? {} : listOf(first.routeName, gross)) }
}

function isEnding({ decisions }: Pick<Contract, 'decisions'>): boolean {
  return decisions.some(
    ({ deadline, text }) => (deadline === 'end' || deadline === 'start-by') && leavesNothing(text),
  )
}

/** A reminder from this many days before the notice is due. */
const REMINDED_DAYS = 56

/**
 * What the weekly summary says while the notice is to come: null where the spend is known to be less,
 * and where the nation has no such notice.
 */
export function pipelineReminder(
  today: CivilDate,
  rules: Pick<Rules, 'pipelineSpend' | 'nation' | 'calendar'>,
): CivilDate | null {
  if (rules.pipelineSpend === 'no' || noNoticeIn(rules) !== null) return null
  const year = Number(today.slice(0, 4))
  const { noticeBy } = pipelinePeriod({ first: asCivilDate(`${year}-04-01`) })
  return today <= noticeBy && today > addDays(noticeBy, -REMINDED_DAYS) ? noticeBy : null
}
