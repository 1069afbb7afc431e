/** The deadlines that follow from a contract's facts, each with its date and its reason. */

import { procurementDecided } from './checkpoints.ts'
import {
  addDays,
  asCivilDate,
  type CivilDate,
  calendarPart,
  daysBetween,
  dayText,
  earlier,
  lastOfMonths,
  parseCivilDate,
} from './civil-date.ts'
import {
  type Contract,
  currentEnd,
  type DatedEnd,
  type DeadlineKind,
  type DecidableKind,
  type Decision,
  type End,
  type Extension,
  endOn,
  isEnd,
  lastExtension,
  movesEnd,
  NO_NOTICE_GIVEN,
  type Period,
} from './contract.ts'
import { isLess } from './money.ts'
import { isFramework } from './procurement-routes.ts'
import type { Rules } from './settings.ts'
import { type ReplacementRoute, replacementRoute, startByRoute } from './start-by.ts'
import { compare } from './text-match.ts'
import {
  addWorkingDays,
  before,
  type Calendar,
  endOfTerms,
  periodText,
  workingDayOnOrBefore,
} from './working-days.ts'

export interface Deadline {
  readonly kind: DeadlineKind
  readonly on: CivilDate
  /** Counted from the latest day that an imprecise end may mean: overdue only after it; else `on`. */
  readonly latest: CivilDate
  /**
   * Of a start-by on an assumed route: the day by which the slowest assumed one would have to start.
   * `on` is that of the fastest which the organisation uses; nothing is overdue before it. Of the end
   * of an emergency extension: the first day of those that followed on one another. Of a notice before
   * an anniversary within the term: the first day of the year that begins where none is given.
   */
  readonly from?: CivilDate
  /** Of a notice: the last day of the term, or of the year, that begins where none is given, or is presumed to have begun. */
  readonly renewsTo?: CivilDate
  /** Of a start-by: no route is recorded, so that its day is one to plan by. */
  readonly assumed?: boolean
  readonly reason: string
  /** Why nobody needs to be told any more, or null while it is open. */
  readonly settled: Settlement | null
  /** The last day on which it still matters; null where it matters until it is settled. */
  readonly mootAfter: CivilDate | null
  /** A notice date that passed, so that the contract renewed by itself. */
  readonly missed: boolean
}

/**
 * The contract's deadlines, by date. An undated or rolling contract has none but its review and its
 * framework's last call-off day: such contracts are listed. One that rolls on from term to term has
 * its notice as well. Whether one is open, overdue or moot is asked of the result: on today depends
 * nothing but which of the notices before each anniversary is the next.
 */
export function deadlinesOf(contract: Contract, rules: Rules, today: CivilDate): Deadline[] {
  const end = currentEnd(contract)
  const isDated = end.kind === 'dated'
  const found = [
    ...(isDated ? untilEnd(contract, end, rules, today) : untilRoll(contract, rules, today)),
    callOffByOf(contract, end, rules),
    reviewOf(contract, end),
  ]
  const unsettled = onceADay(found.filter((deadline) => deadline !== null))
  return unsettled
    .map((deadline) => ({
      ...deadline,
      settled:
        rolledOn(contract, deadline, rules) ?? settlementOf(contract, deadline, end, unsettled),
    }))
    .sort((a, b) => compare(a.on, b.on))
}

/**
 * One of each kind and day: terms shorter than the years from whose anniversary notice counts share its
 * day. Of these it is about the one that can still be met, else about the last term.
 */
function onceADay(found: readonly Unsettled[]): Unsettled[] {
  const kept = new Map<string, Unsettled>()
  for (const each of found) {
    const key = `${each.kind} ${each.on}`
    const other = kept.get(key)
    const isLater = (each.renewsTo ?? '') > (other?.renewsTo ?? '')
    const isBetter = other?.missed === each.missed ? isLater : !each.missed
    if (other === undefined || isBetter) kept.set(key, each)
  }
  return [...kept.values()]
}

/** What is counted back from the end. */
function untilEnd(
  contract: Contract,
  end: DatedEnd,
  rules: Rules,
  today: CivilDate,
): (Unsettled | null)[] {
  return [
    startByOf(contract, end, rules),
    noticeWithin(contract, end, rules, today) ?? noticeOf(contract, end, rules),
    renewalOf(contract, end, rules),
    ...missedNotices(contract, rules),
    optionOf(contract, end, rules),
    endOf(contract, end),
  ]
}

/** The notice date at the end of the current term, or null where the contract wants none. */
export function currentNotice(contract: Contract, rules: Rules): Deadline | null {
  const end = termEnd(contract, rules)
  const notice = end === null ? null : noticeOf(contract, end, rules)
  return notice === null || end === null
    ? null
    : { ...notice, settled: settlementOf(contract, notice, end, []) }
}

type Unsettled = Omit<Deadline, 'settled'>

// A contract that rolls on from term to term has no end. What it has is the last day of the term that
// runs, on which it renews by itself unless notice was given.

/** The current end, or the last day of the term that a rolling contract is in; null where it has neither. */
export function termEnd(contract: Contract, rules: Rules): DatedEnd | null {
  const end = currentEnd(contract)
  if (end.kind === 'dated') return end
  const from = rollsFrom(contract)
  const hasNotice = contract.noticePeriod !== null || (contract.noticeText ?? null) !== null
  if (end.kind !== 'rolling' || contract.automaticRenewal !== true || !hasNotice || from === null) {
    return null
  }
  const rolled = contract.extensions
    .filter((each) => each.kind === 'renewal' && movesEnd(each))
    .reduce<CivilDate | null>((last, { to }) => (last === null || to > last ? to : last), null)
  return endOn(rolled ?? endOfTerms(from, 1, rollTerm(contract, rules), rules.calendar))
}

/** From which day the terms of a rolling contract are counted. */
function rollsFrom({ rollsFrom: day = null, start }: Contract): CivilDate | null {
  return day ?? start
}

/** Where notice may be given before each anniversary alone, no term is over before the next. */
function rollTerm(contract: Contract, rules: Rules): Period {
  const term = contract.renewalTerm ?? rules.assumedRenewalTerm
  const isLess =
    isYearly(contract) && daysOfTerm(term, rules.calendar) < daysOfTerm(A_YEAR, rules.calendar)
  return isLess ? A_YEAR : term
}
const A_YEAR: Period = { amount: 1, unit: 'years' }

const MOST_TERMS = 5000

/** The last day of the term after this one of a rolling contract; null where nothing tells it. */
function nextRoll(contract: Contract, after: CivilDate, rules: Rules): CivilDate | null {
  const from = rollsFrom(contract)
  if (from === null) return null
  const term = rollTerm(contract, rules)
  for (let terms = 1; terms <= MOST_TERMS; terms += 1) {
    const end = endOfTerms(from, terms, term, rules.calendar)
    if (end > after) return end
  }
  return null
}

/** Terms shorter than a quarter come round so often that each is told once, and none as missed. */
export function rollsOften(contract: Contract, rules: Rules): boolean {
  if (contract.awardedEnd.kind !== 'rolling') return false
  const { calendar } = rules
  return daysOfTerm(rollTerm(contract, rules), calendar) < 85
}

function daysOfTerm(term: Period, calendar: Calendar): number {
  const from = asCivilDate('2027-01-01')
  return daysBetween(from, endOfTerms(from, 1, term, calendar))
}

/**
 * Nobody is told that a month went on into the next, nor that a term renewed that is only assumed. The
 * date is kept, as its messages named the contract's other dates.
 */
function rolledOn(contract: Contract, { missed }: Unsettled, rules: Rules): Settlement | null {
  if (!missed || currentEnd(contract).kind !== 'rolling') return null
  const isQuiet = contract.renewalTerm === null || rollsOften(contract, rules)
  return isQuiet ? { on: null, why: 'it went on into the next term' } : null
}

/** The notice of a rolling contract, counted back from the last day of the term that runs. */
function untilRoll(contract: Contract, rules: Rules, today: CivilDate): (Unsettled | null)[] {
  const end = termEnd(contract, rules)
  const within = noticeWithin(contract, end, rules, today)
  if (end === null) return [within]
  return [
    within ?? noticeOf(contract, end, rules),
    // Of terms that were over before it was known nobody can do anything any more.
    ...missedNotices(contract, rules).slice(-1),
  ]
}

function startByOf(contract: Contract, end: DatedEnd, rules: Rules): Unsettled | null {
  if (isBelow(contract, rules.startByFrom)) return null
  const cover = addDays(end.earliest, 1)
  const replacement = replacementRoute(contract, cover, rules)
  const { route, fastest, assumed } = replacement
  const { on, steps } = startByRoute(cover, fastest, rules)
  const slowest = startByRoute(cover, route, rules).on
  const latest =
    end.latest === end.earliest ? on : startByRoute(addDays(end.latest, 1), fastest, rules).on
  // Shorter than it takes to replace: by the slowest route that is assumed, or by the recorded one.
  if (contract.start !== null && slowest < contract.start) return null
  const pieces = steps.toReversed().map((step) => `${step.name} ${step.amount} ${step.unit}`)
  const kind = 'start-by'
  const days = { kind, on, latest, mootAfter: end.latest, missed: false } as const
  const span = assumed ? { ...days, assumed } : days
  const start = `to have a new contract on ${dayText(cover)}`
  if (assumed && slowest < on) {
    return {
      ...span,
      from: slowest,
      reason: `${start}, start between ${dayText(slowest)} if by ${route.title} and ${dayText(on)} by ${fastest.title} (${assumedWords(replacement)}): ${pieces.join(', ')}`,
    }
  }
  const how = assumed ? `${route.title} (${assumedWords(replacement)})` : route.title
  return { ...span, reason: `${start} by ${how}, start by ${dayText(on)}: ${pieces.join(', ')}` }
}

function assumedWords({ unread }: ReplacementRoute): string {
  return unread === null
    ? 'assumed, as no route is recorded'
    : 'assumed, as the recorded route is none that is known'
}

/** A notice deadline exists only where the contract renews by itself. */
function noticeOf(contract: Contract, end: DatedEnd, rules: Rules): Unsettled | null {
  if (contract.automaticRenewal !== true) return null
  const { on, latest, reason } = noticeDate(contract, end, rules)
  const notice = {
    kind: 'notice',
    on,
    latest,
    reason,
    mootAfter: end.latest,
    missed: false,
  } as const
  const renewsTo = renewalOfTerm(contract, end, rules)
  return renewsTo === null ? notice : { ...notice, renewsTo }
}

/** Whether its notice may be given before each anniversary, and nothing else hinders counting to it. */
function isYearly(contract: Contract): boolean {
  return (
    /\banniversar/i.test(contract.noticeText ?? '') &&
    noticeLength(contract).period !== null &&
    rollsFrom(contract) !== null
  )
}

/**
 * The next day of a notice that may be given before each anniversary within the term (`end`: its last
 * day, null where none is known), whether it renews or not. One that passes unheard moves no end: the
 * next anniversary has its own. Null where the notice at the end of the term is the next.
 */
function noticeWithin(
  contract: Contract,
  end: DatedEnd | null,
  rules: Rules,
  today: CivilDate,
): Unsettled | null {
  const from = rollsFrom(contract)
  const { period } = noticeLength(contract)
  if (!isYearly(contract) || from === null || period === null) return null
  const renews = contract.automaticRenewal === true
  // Of one that renews, the last anniversary and the end have their notice together.
  const until =
    end === null ? null : ((renews ? anniversaryBefore(contract, end) : null) ?? end.earliest)
  const first = Math.max(1, Number(today.slice(0, 4)) - Number(from.slice(0, 4)) - 1)
  for (let years = first; years < first + MOST_YEARS; years += 1) {
    const anniversary = lastOfMonths(from, years * 12)
    if (until !== null && anniversary >= until) return null
    const on = servedBy(before(anniversary, period, rules.calendar), rules)
    if (on < today || on < from) continue
    const next = lastOfMonths(from, years * 12 + 12)
    const runsTo = end === null ? next : earlier(next, end.earliest)
    const { deemedServiceDays } = rules
    return {
      kind: 'notice',
      on,
      latest: on,
      from: addDays(anniversary, 1),
      renewsTo: runsTo,
      reason: `notice by ${dayText(on)}: ${lengthText(contract)} the anniversary, as a year of it ends on ${dayText(anniversary)}, and ${deemedServiceDays} working days for service; without it the contract runs on to ${dayText(runsTo)}, and its end stays`,
      mootAfter: on,
      missed: false,
    }
  }
  return null
}

/** Whether it is a notice that may be given before an anniversary within the term: the next year has another. */
export function isWithinTerm({ kind, from }: Pick<Deadline, 'kind' | 'from'>): boolean {
  return kind === 'notice' && from !== undefined
}

/** A notice is as many years ahead of its anniversary at most. */
const MOST_YEARS = 100

/** Null where the next term would end outside the calendar. */
function renewalOfTerm(contract: Contract, { latest }: DatedEnd, rules: Rules): CivilDate | null {
  try {
    const to = termAfter(contract, latest, rules)
    return to !== null && to > latest ? to : null
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** The last day of the term after the one that ends on this day; null where nothing tells it. */
export function termAfter(contract: Contract, end: CivilDate, rules: Rules): CivilDate | null {
  return currentEnd(contract).kind === 'rolling'
    ? nextRoll(contract, end, rules)
    : nextTermEnd(contract, end, rules)
}

/**
 * The end of the term after `end`. Terms are counted from the anchor, the first day of the first
 * renewal in a row: months counted one from another would lose the days that February lacks.
 */
function nextTermEnd(contract: Contract, end: CivilDate, rules: Rules): CivilDate {
  const term = contract.renewalTerm ?? rules.assumedRenewalTerm
  let terms = 0
  let anchor = addDays(end, 1)
  const from = new Map<CivilDate, CivilDate>()
  for (const each of contract.extensions) {
    if (each.kind === 'renewal' && movesEnd(each)) from.set(each.to, each.from)
  }
  // Back through the renewals that stand in a row, to the first from which they are such terms.
  let start = from.get(end)
  for (let count = 1; start !== undefined && count <= from.size; count += 1) {
    if (endOfTerms(start, count, term, rules.calendar) === end) {
      terms = count
      anchor = start
    }
    start = from.get(addDays(start, -1))
  }
  return endOfTerms(anchor, terms + 1, term, rules.calendar)
}

/** There is a notice, and whether it renews nobody said: asked before the day that notice would want. */
function renewalOf(contract: Contract, end: DatedEnd, rules: Rules): Unsettled | null {
  if (contract.automaticRenewal !== null) return null
  if (contract.noticePeriod === null && (contract.noticeText ?? null) === null) return null
  const { on, latest, reason } = noticeDate(contract, end, rules)
  return {
    kind: 'renewal',
    on,
    latest,
    reason: `nobody said whether it renews by itself; if it does, ${reason}`,
    mootAfter: latest,
    missed: false,
  }
}

const UNREAD_NOTICE = { amount: 3, unit: 'months' } as const

/** The day by which notice is due, where the register gives it in place of a length. */
function noticeDay(contract: Pick<Contract, 'noticePeriod' | 'noticeText'>): CivilDate | null {
  if (contract.noticePeriod !== null) return null
  return parseCivilDate(/^by (\S+)$/.exec(contract.noticeText ?? '')?.[1] ?? '')
}

/** The last working day on which a notice still counts as served in time before this end. */
function noticeDate(
  contract: Contract,
  end: DatedEnd,
  rules: Rules,
): { readonly on: CivilDate; readonly latest: CivilDate; readonly reason: string } {
  const { calendar, deemedServiceDays } = rules
  const stated = noticeDay(contract)
  if (stated !== null) {
    // Of a later term it is as long before its end as it was before the first end that it fits.
    const ends = [contract.awardedEnd, end, ...contract.extensions.map(({ to }) => endOn(to))]
    const days = ends.flatMap((each) => (each.kind === 'dated' ? [each.earliest] : []))
    const first = days.filter((day) => day >= stated).sort()[0] ?? end.earliest
    const ahead = Math.max(0, daysBetween(stated, first))
    const on = workingDayOnOrBefore(addDays(end.earliest, -ahead), calendar)
    const reason = `notice by ${dayText(on)}, as the register gives the day, before the end on ${endText(end)}`
    const latest = workingDayOnOrBefore(addDays(end.latest, -ahead), calendar)
    return { on, latest, reason: `${reason}${renewalText(contract)}` }
  }
  const { period } = noticeLength(contract)
  const anniversary = anniversaryBefore(contract, end)
  const served = (last: CivilDate) =>
    servedBy(period === null ? last : before(last, period, calendar), rules)
  const on = served(anniversary ?? end.earliest)
  // Nobody says whose anniversary it is: the earlier day warns, and only after the later one is it missed.
  const latest = end.latest === end.earliest && anniversary === null ? on : served(end.latest)
  const isTerm = contract.awardedEnd.kind === 'rolling' && currentEnd(contract).kind === 'rolling'
  const what =
    anniversary !== null
      ? `the anniversary, as a year of it ends on ${dayText(anniversary)}, or by ${dayText(latest)} before the end on ${endText(end)}`
      : isTerm
        ? `its term ends on ${endText(end)}`
        : `the end on ${endText(end)}`
  return {
    on,
    latest,
    reason: `notice by ${dayText(on)}: ${lengthText(contract)} ${what}, and ${deemedServiceDays} working days for service${renewalText(contract)}`,
  }
}

function lengthText(contract: Contract): string {
  const { period, words } = noticeLength(contract)
  if (period === null) return 'no notice period is recorded, counted as none before'
  const length = `${periodText(period)} before`
  if (words === null) return length
  return words === NO_NOTICE_GIVEN
    ? `no notice is given, counted as ${length}`
    : `the notice cannot be read (“${words}”), counted as ${length}`
}

/** Words that nobody could read count as three months: a notice that comes early is in time. */
function noticeLength(contract: Contract): { period: Period | null; words: string | null } {
  const words = contract.noticePeriod === null ? (contract.noticeText ?? null) : null
  return { period: contract.noticePeriod ?? (words === null ? null : UNREAD_NOTICE), words }
}

/**
 * The last day of the last year of the contract that is over by its end, where its notice counts from
 * the anniversary and the two differ; null else.
 */
function anniversaryBefore(contract: Contract, end: DatedEnd): CivilDate | null {
  const from = rollsFrom(contract)
  if (from === null || !isYearly(contract)) return null
  const years = Number(end.earliest.slice(0, 4)) - Number(from.slice(0, 4))
  const last = [years, years - 1]
    .filter((each) => each > 0)
    .map((each) => lastOfMonths(from, each * 12))
    .find((day) => day <= end.earliest)
  return last === undefined || last === end.earliest ? null : last
}

function renewalText({ automaticRenewal }: Contract): string {
  return automaticRenewal === true ? '; after it the contract renews by itself' : ''
}

/**
 * Notice dates that passed on a contract that then renewed by itself: each is warned of once. A term that
 * was over before the last renewal became known commits nobody any more.
 */
function missedNotices(contract: Contract, rules: Rules): Unsettled[] {
  const presumed = contract.extensions.filter(
    ({ kind, status }) => kind === 'renewal' && status === 'presumed',
  )
  const known = presumed.map(({ knownOn }) => knownOn ?? '').reduce((a, b) => (a > b ? a : b), '')
  return presumed
    .filter(({ to }) => to >= known)
    .map((renewal): Unsettled => {
      const { on, latest } = noticeDate(contract, endBefore(renewal, contract), rules)
      return {
        kind: 'notice',
        on,
        latest,
        reason: `no notice is recorded by ${dayText(latest)}, so the contract is presumed to have renewed by itself until ${dayText(renewal.to)}: an unplanned commitment`,
        mootAfter: renewal.to,
        renewsTo: renewal.to,
        missed: true,
      }
    })
}

function optionOf(contract: Contract, end: DatedEnd, rules: Rules): Unsettled | null {
  const wall = contract.awardedMaximumEnd
  if (wall === null || wall <= end.latest) return null
  const stated = contract.optionBy ?? null
  if (stated !== null && stated <= end.latest) {
    const on = addWorkingDays(
      workingDayOnOrBefore(stated, rules.calendar),
      -rules.approvalDays,
      rules.calendar,
    )
    const reason = `the option to extend to ${dayText(wall)} at most is to be exercised by ${dayText(stated)}, as the register gives the day: to approval by ${dayText(on)}, ${rules.approvalDays} working days before`
    return { kind: 'option', on, latest: on, reason, mootAfter: end.latest, missed: false }
  }
  const { period, words } = noticeLength(contract)
  const sentBy = (day: CivilDate) => {
    const last = period === null ? day : before(day, period, rules.calendar)
    const served = servedBy(last, rules)
    return addWorkingDays(served, -rules.approvalDays, rules.calendar)
  }
  const on = sentBy(end.earliest)
  const notice =
    period === null
      ? 'no notice period is recorded'
      : words === null
        ? `${periodText(period)} of notice`
        : `the notice cannot be read (“${words}”), counted as ${periodText(period)}`
  return {
    kind: 'option',
    on,
    latest: end.latest === end.earliest ? on : sentBy(end.latest),
    reason: `the option to extend to ${dayText(wall)} at most must go to approval by ${dayText(on)}: ${notice} before the end on ${endText(end)}, ${rules.deemedServiceDays} working days for service, ${rules.approvalDays} working days for approval`,
    mootAfter: end.latest,
    missed: false,
  }
}

function endOf(contract: Contract, end: DatedEnd): Unsettled {
  const last = lastExtension(contract)
  const kind = last?.kind === 'emergency' ? 'emergency-end' : 'end'
  const span = {
    kind,
    on: end.earliest,
    latest: end.latest,
    mootAfter: null,
    missed: false,
  } as const
  const disputed = contract.disputedEnd ?? null
  if (disputed !== null && disputed === end.earliest) {
    const recorded = end.latest === disputed ? 'no day' : dayText(end.latest)
    return {
      ...span,
      reason: `the register says ${dayText(disputed)}, people recorded ${recorded}: the earlier day warns until somebody says which holds`,
    }
  }
  if (last === null) {
    const part = calendarPart(end.earliest, end.latest)
    const known = part === null ? '' : `, known to the ${part}`
    const imprecise = end.earliest === end.latest ? '' : `${known}: ask for the day`
    return { ...span, reason: `the contract ends on ${endText(end)}${imprecise}` }
  }
  const reason = `${extensionText(last)} runs to ${dayText(last.to)}`
  return kind === 'emergency-end'
    ? { ...span, from: emergencySince(contract, last), reason }
    : { ...span, reason }
}

/** The first day of the emergency extensions since the last one of another kind. */
function emergencySince({ extensions }: Contract, last: Extension): CivilDate {
  const moving = extensions.filter(movesEnd)
  const ordinary = moving.filter(({ kind, to }) => kind !== 'emergency' && to < last.to)
  return moving
    .filter(({ kind, from }) => kind === 'emergency' && ordinary.every(({ to }) => to < from))
    .reduce((first, { from }) => earlier(first, from), last.from)
}

/** For so many days after it people still hear that it passed; then nothing can be done about it. */
export const CALL_OFF_TOLD_DAYS = 30

/**
 * The last day on which its framework takes call-offs: what follows under it has to be signed by
 * then, whenever this contract ends. The framework itself relies on none.
 */
function callOffByOf(contract: Contract, end: End, rules: Rules): Unsettled | null {
  const last = lastCallOff(contract, rules)
  if (last === null) return null
  const { on, why } = last
  const told = addDays(on, CALL_OFF_TOLD_DAYS)
  return {
    kind: 'call-off-by',
    on,
    latest: on,
    reason: `${frameworkText(contract)} takes call-offs until ${dayText(on)} (${why}): what follows under it has to be signed by then`,
    mootAfter: end.kind === 'dated' ? earlier(end.latest, told) : told,
    missed: false,
  }
}

/** Of several days that are known the earliest; null where it relies on no framework, or none is known. */
export function lastCallOff(
  { callOffs = null, route }: Pick<Contract, 'callOffs' | 'route'>,
  rules: Pick<Rules, 'callOffBy'>,
): { readonly on: CivilDate; readonly why: string } | null {
  if (callOffs === null && (route === null || !isFramework(route))) return null
  const known = [
    { on: callOffs?.ownDay ?? null, why: 'as its register says' },
    { on: callOffs?.frameworkDay ?? null, why: 'as the framework’s register says' },
    { on: callOffs?.frameworkEnd ?? null, why: 'the framework’s own end' },
    { on: rules.callOffBy, why: 'by the setting callOffBy' },
  ].flatMap(({ on, why }) => (on === null ? [] : [{ on, why }]))
  return known.reduce<(typeof known)[number] | null>(
    (first, each) => (first === null || each.on < first.on ? each : first),
    null,
  )
}

function frameworkText({ callOffs }: Contract): string {
  const reference = callOffs?.framework ?? null
  return reference === null ? 'its framework' : `its framework ${reference}`
}

/** The review: the one deadline that needs no end. Once the contract has ended nobody is asked for it. */
function reviewOf(contract: Contract, end: End): Unsettled | null {
  const on = contract.reviewOn
  if (on === null) return null
  const why =
    contract.personalData === true ? 'as it is recorded as processing personal data' : 'as recorded'
  return {
    kind: 'review',
    on,
    latest: on,
    reason: `review by ${dayText(on)}, ${why}`,
    mootAfter: end.kind === 'dated' ? end.latest : null,
    missed: false,
  }
}

function extensionText(extension: Extension): string {
  switch (extension.kind) {
    case 'emergency':
      return 'an emergency extension'
    case 'option':
      return 'an option taken'
    case 'variation':
      return 'a variation'
    case 'renewal':
      return extension.status === 'presumed' ? 'a presumed renewal' : 'a renewal'
    case 'unknown':
      return 'an extension that nobody has classified yet'
  }
}

/**
 * Notice must be with the supplier by `last`, or by the working day before it where that is none: so
 * many working days earlier it is sent.
 */
function servedBy(last: CivilDate, { deemedServiceDays, calendar }: Rules): CivilDate {
  return addWorkingDays(workingDayOnOrBefore(last, calendar), -deemedServiceDays, calendar)
}

/** An end in words: a day, or from when to when. */
function endText(end: DatedEnd): string {
  return end.earliest === end.latest
    ? dayText(end.latest)
    : `${dayText(end.earliest)} to ${dayText(end.latest)}`
}

/** The end that an extension moved: as awarded, where that is what it follows. */
function endBefore(extension: Extension, { awardedEnd }: Contract): DatedEnd {
  const day = addDays(extension.from, -1)
  if (awardedEnd.kind === 'dated' && awardedEnd.latest === day) return awardedEnd
  return endOn(day)
}

/** Whether the value is known and lies below a limit in pounds; other currencies never do. */
export function isBelow(contract: Pick<Contract, 'value' | 'currency'>, limit: number): boolean {
  const { value, currency } = contract
  return value !== null && currency === 'GBP' && isLess(value, limit)
}

// What settles a deadline, so that nobody needs to be told of it any more.

export interface Settlement {
  /** The civil day on which it was settled; null where it follows from the facts themselves. */
  readonly on: CivilDate | null
  readonly why: string
}

/**
 * Why a deadline is settled, or null while it is open: by a decision about it, or by a signed
 * successor that starts the day after the end at the latest. A successor does not settle a
 * notice: without one, an automatic renewal would still come about. Nor a review, which is due
 * while this contract runs, whatever follows it. A last call-off day is settled as well by a decision
 * about another date that does not rely on the framework.
 */
function settlementOf(
  contract: Contract,
  deadline: Pick<Deadline, 'kind' | 'on' | 'from'>,
  end: End,
  all: readonly Pick<Deadline, 'kind' | 'on' | 'from'>[],
): Settlement | null {
  if (contract.closed) return { on: null, why: 'the contract is closed' }
  const asked = decidable(deadline.kind)
  const decision =
    decisionAbout(contract, deadline) ??
    (asked === 'call-off-by' ? decidedOtherwise(contract, all) : undefined)
  if (decision)
    return {
      on: decision.decidedOn,
      why: `decided on ${dayText(decision.decidedOn)}: ${decision.text}`,
    }
  if (asked === 'notice' || asked === 'review') return null
  const covered = contract.successorStart
  // Without an end there is none to count to: the successor that is signed is what follows.
  const follows =
    end.kind === 'dated' ? successorFollows(contract, end.earliest) : asked === 'call-off-by'
  return covered !== null && follows
    ? { on: null, why: `a signed successor starts on ${dayText(covered)}` }
    : null
}

/** Whether a signed successor starts the day after this end at the latest. */
function successorFollows(
  { successorStart }: Pick<Contract, 'successorStart'>,
  earliest: CivilDate,
): boolean {
  return successorStart !== null && daysBetween(earliest, successorStart) <= 1
}

/** Whether somebody decided about the end that is warned of by this day, or a signed successor follows it. */
export function isEndCovered(
  contract: Pick<Contract, 'decisions' | 'successorStart'>,
  earliest: CivilDate,
): boolean {
  const end = { kind: 'end', on: earliest } as const
  return successorFollows(contract, earliest) || decisionAbout(contract, end) !== undefined
}

/**
 * What was decided about this very date, or about any day of a start-by's range. Of several emergency
 * months each has a date of its own: what was decided about one says nothing of the next.
 */
function decisionAbout(
  { decisions }: Pick<Contract, 'decisions'>,
  { kind, on, from }: Pick<Deadline, 'kind' | 'on' | 'from'>,
): Decision | undefined {
  const since = kind === 'start-by' ? (from ?? on) : on
  return decisions.find(
    ({ deadline, deadlineOn }) =>
      deadline === decidable(kind) && since <= deadlineOn && deadlineOn <= on,
  )
}

/** What was decided about the start or the end, where it needs no call-off from the framework. */
function decidedOtherwise(
  contract: Contract,
  all: readonly Pick<Deadline, 'kind' | 'on' | 'from'>[],
): Decision | undefined {
  const byFramework = contract.route !== null && isFramework(contract.route)
  return all.flatMap((each): Decision[] => {
    const decision =
      each.kind === 'start-by' || isEnd(each.kind) ? decisionAbout(contract, each) : undefined
    if (decision === undefined) return []
    // "Compete" may mean a mini-competition under the framework, where that is its route.
    const competes = procurementDecided(decision.text) === 'compete' && !byFramework
    return competes || leavesNothing(decision.text) ? [decision] : []
  })[0]
}

/** Whether a decision says that nothing follows the contract. */
export function leavesNothing(text: string): boolean {
  return /^(?:to )?(?:let it end|exit|no replacement|terminate)/i.test(text.trim())
}

/** A decision about the end settles an emergency extension's end as well, one about notice its question. */
export function decidable(kind: DeadlineKind): DecidableKind {
  return kind === 'emergency-end' ? 'end' : kind === 'renewal' ? 'notice' : kind
}
