/**
 * Notices that a contract under the Procurement Act 2023 may call for, as tasks with a date for
 * procurement to check: never a verdict. Nothing is asked of a contract that is known to lie below
 * its threshold; an unknown value is asked about.
 *
 * Procurement Act 2023: s.53 (contract details, UK7), s.75 (contract change, UK10), s.80 (contract
 * termination, UK11). The periods of s.53 and s.80 begin with the day of the signing and the ending,
 * so that day is counted.
 */
import { Big } from 'big.js'
import { addDays, type CivilDate, daysBetween, dayText } from './civil-date.ts'
import { currentEnd, type End } from './contract.ts'
import {
  type HeadroomFacts,
  lifetimeValue,
  maximumTerm,
  type RuledExtension,
  regimeOf,
  VAT_RATE,
} from './headroom.ts'
import { type Authority, thresholdOn } from './thresholds.ts'

export const NOTICES = ['UK7', 'UK10', 'UK11'] as const
export type Notice = (typeof NOTICES)[number]

export const NOTICE_TITLES: Readonly<Record<Notice, string>> = {
  UK7: 'contract details notice',
  UK10: 'contract change notice',
  UK11: 'contract termination notice',
}

export interface NoticeFacts extends HeadroomFacts {
  /** The day on which it was closed; null while it is open. */
  readonly closedOn: CivilDate | null
}

export interface NoticedExtension extends RuledExtension {
  /** Of the notice that was published for it; null where none is recorded. */
  readonly noticeReference: string | null
}

/** That a notice of this date was published, or why none is called for. */
export interface NoticeDecision {
  readonly notice: Notice
  readonly on: CivilDate
  readonly text: string
}

export interface NoticeTask {
  readonly notice: Notice
  /** The last day on which it is in time. */
  readonly on: CivilDate
  /** What calls for it, in a sentence. */
  readonly why: string
  /** What was published, or why nothing is; null while it is open. */
  readonly settled: string | null
  readonly citation: string
  readonly source: string
}

export interface NoticesAsked {
  readonly today: CivilDate
  readonly authority: Authority
}

/** Days, the first one counted. */
const DETAILS_DAYS = 30
const LIGHT_TOUCH_DETAILS_DAYS = 120
const TERMINATION_DAYS = 30
/** A change of no more than this share of the value or of the longest term is small (s.75(2)). */
const SMALL_PERCENT = 10
const SMALL_WORKS_PERCENT = 15

/** From so many days before its date to so many after it an open task is listed. */
export const NOTICE_LISTED_DAYS = 30

/** The tasks by date, the settled ones too. */
export function noticeTasks(
  facts: NoticeFacts,
  extensions: readonly NoticedExtension[],
  decisions: readonly NoticeDecision[],
  asked: NoticesAsked,
): NoticeTask[] {
  if (regimeOf(facts).regime !== 'PA23' || isBelowThreshold(facts, asked)) return []
  const unsettled = [
    ...detailsTasks(facts),
    ...changeTasks(facts, extensions),
    ...terminationTasks(facts, extensions),
  ]
  return unsettled
    .map((task) => ({ ...task, settled: task.settled ?? settledBy(task, decisions) }))
    .sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0))
}

/** Those that are open, and whose date is near. */
export function noticesToCheck(tasks: readonly NoticeTask[], today: CivilDate): NoticeTask[] {
  return tasks.filter(
    ({ settled, on }) => settled === null && Math.abs(daysBetween(today, on)) <= NOTICE_LISTED_DAYS,
  )
}

/** An unknown value, and one in another currency, is below nothing. */
function isBelowThreshold(facts: NoticeFacts, { today, authority }: NoticesAsked): boolean {
  const { value } = lifetimeValue(facts, maximumTerm(facts))
  if (value === null || value.lte(0) || facts.currency !== 'GBP') return false
  const { threshold } = thresholdOn(facts.start ?? today)
  const limit = facts.works === true ? threshold.works : threshold.goodsAndServices[authority]
  const gross = facts.vat === 'gross' ? value : value.times(VAT_RATE)
  return gross.lt(facts.lightTouch === true ? threshold.lightTouch : limit)
}

/** The day of signing is not recorded: the start, which is no earlier, stands for it. */
function detailsTasks({ start, lightTouch }: NoticeFacts): NoticeTask[] {
  if (start === null) return []
  const days = lightTouch === true ? LIGHT_TOUCH_DETAILS_DAYS : DETAILS_DAYS
  const why = `${days} days from its start on ${dayText(start)}, as the day of signing is not recorded${lightTouch === true ? ' (light touch)' : ''}.`
  return [task('UK7', addDays(start, days - 1), why, null)]
}

/**
 * One for each extension that is not small: changes are counted together, the careful reading.
 * What nobody has classified is asked about elsewhere first.
 */
function changeTasks(facts: NoticeFacts, extensions: readonly NoticedExtension[]): NoticeTask[] {
  if (facts.lightTouch === true) return []
  const changes = extensions
    .filter(({ kind, status }) => kind !== 'unknown' && status !== 'withdrawn')
    .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
  return changes.flatMap((extension, index) => {
    if (isSmall(facts, changes.slice(0, index + 1))) return []
    const { from, to, status, noticeReference } = extension
    const proposed = status === 'proposed' ? 'a proposed' : 'the'
    const why = `Before ${proposed} extension from ${dayText(from)} to ${dayText(to)} is made, at the latest the day before it begins.`
    const settled = noticeReference === null ? null : `published as ${noticeReference}`
    return [task('UK10', addDays(from, -1), why, settled)]
  })
}

function isSmall(facts: NoticeFacts, changes: readonly NoticedExtension[]): boolean {
  const term = maximumTerm(facts)
  const days = changes.reduce((sum, { from, to }) => sum + daysBetween(from, to) + 1, 0)
  if (term !== null && days * 100 <= term * SMALL_PERCENT) return true
  const { value } = lifetimeValue(facts, term)
  if (
    value === null ||
    changes.some(({ cost, currency }) => cost === null || currency !== facts.currency)
  )
    return false
  const cost = changes.reduce((sum, each) => sum.plus(new Big(each.cost ?? 0).abs()), new Big(0))
  const percent = facts.works === true ? SMALL_WORKS_PERCENT : SMALL_PERCENT
  return cost.times(100).lte(value.times(percent))
}

/** However it ends, its expiry included. */
function terminationTasks(
  { awardedEnd, closedOn }: NoticeFacts,
  extensions: readonly NoticedExtension[],
): NoticeTask[] {
  const on = endedOn(currentEnd({ awardedEnd, extensions }), closedOn)
  if (on === null) return []
  const why = `${TERMINATION_DAYS} days from its end on ${dayText(on)}, an expiry included.`
  return [task('UK11', addDays(on, TERMINATION_DAYS - 1), why, null)]
}

/** Of an imprecise end the earliest day. Closed before its end, it ended then. */
function endedOn(end: End, closedOn: CivilDate | null): CivilDate | null {
  if (end.kind !== 'dated') return closedOn
  return closedOn !== null && closedOn < end.earliest ? closedOn : end.earliest
}

/** What was said of another date is not said of this one: a moved end is asked about anew. */
function settledBy(
  { notice, on }: NoticeTask,
  decisions: readonly NoticeDecision[],
): string | null {
  return decisions.find((each) => each.notice === notice && each.on === on)?.text ?? null
}

const SECTIONS: Readonly<Record<Notice, string>> = { UK7: '53', UK10: '75', UK11: '80' }

function task(notice: Notice, on: CivilDate, why: string, settled: string | null): NoticeTask {
  return {
    notice,
    on,
    why,
    settled,
    citation: `Procurement Act 2023, s.${SECTIONS[notice]}`,
    source: `https://www.legislation.gov.uk/ukpga/2023/54/section/${SECTIONS[notice]}`,
  }
}
