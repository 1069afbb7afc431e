/**
 * Notices and duties that the law may call for, as tasks with a date for procurement to check: never
 * a verdict. Nothing is asked of a contract whose law is not known, or lies outside these tests; an
 * unknown value is asked about.
 *
 * Procurement Act 2023: ss.44, 50, 53, 71, 75, 77, 80, 87(3); PCR 2015, reg 72(3); PSR 2023, regs
 * 13(4) and 14(4). The periods of the Act begin with the day of the signing, change or ending, so
 * that day is counted; "within 30 days of" it, as PSR has it, does not count it.
 */

import { Big } from 'big.js'
import {
  addDays,
  addMonths,
  asCivilDate,
  type CivilDate,
  daysBetween,
  dayText,
  earlier,
  later,
  YEAR_AHEAD,
} from './civil-date.ts'
import { currentEnd, type End, type Form } from './contract.ts'
import {
  countsOptions,
  estimatedValue,
  isProvidedFor,
  lifetimeValue,
  maximumTerm,
  valueWith,
} from './estimated-value.ts'
import {
  AUTHORITY_UNKNOWN,
  convertedBy,
  type HeadroomFacts,
  isOfTheAct,
  NOT_BELOW_WORDS,
  type RuledExtension,
} from './headroom.ts'
import { ruleNamed } from './headroom-rules.ts'
import { figure, figureText, thresholdOn } from './legal-figures.ts'
import {
  isFramework,
  isSpecialDirectAward,
  isUrgentAwardOfPsr,
  ROUTES,
} from './procurement-routes.ts'
import { type Authority, isCentral, type Nation, PA23_FROM, regimeOf } from './regime.ts'
import { latestNotice } from './start-by.ts'
import { compare } from './text-match.ts'
import { ukCalendar } from './working-days.ts'

export const NOTICES = [
  'UK5',
  'UK6',
  'UK7',
  'UK9',
  'UK10',
  'UK11',
  'copy',
  'copy-of-change',
  'PSR-change',
  'PSR-urgent',
  'PCR-change',
] as const
export type Notice = (typeof NOTICES)[number]

export const NOTICE_TITLES: Readonly<Record<Notice, string>> = {
  UK5: 'transparency notice',
  UK6: 'contract award notice',
  UK7: 'contract details notice',
  UK9: 'contract performance notice',
  UK10: 'contract change notice',
  UK11: 'contract termination notice',
  copy: 'published copy of the contract',
  'copy-of-change': 'published copy of the change',
  'PSR-change': 'notice of the modification',
  'PSR-urgent': 'notice of the urgent award or modification',
  'PCR-change': 'notice of the modification',
}

export interface NoticeFacts extends HeadroomFacts {
  /** The day on which it was closed; null while it is open. */
  readonly closedOn: CivilDate | null
  readonly form?: Form
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
  /** Null where nobody has said: the lower threshold counts, and the tasks say so. */
  readonly authority: Authority | null
  readonly nation?: Nation | null
}

/** From so many days before its date to so many after it an open task is listed. */
export const NOTICE_LISTED_DAYS = 30

/** Days, the first one counted. */
const DETAILS_DAYS = figure('details')
const LIGHT_TOUCH_DETAILS_DAYS = figure('details light touch')
const TERMINATION_DAYS = figure('termination')

/** The tasks by date, the settled ones too. */
export function noticeTasks(
  given: NoticeFacts,
  extensions: readonly NoticedExtension[],
  decisions: readonly NoticeDecision[],
  asked: NoticesAsked,
): NoticeTask[] {
  const facts = { ...given, nation: asked.nation ?? given.nation ?? null }
  return unsettledTasks(facts, extensions, asked)
    .map((task) => ({ ...task, settled: task.settled ?? settledBy(task, decisions) }))
    .sort((a, b) => compare(a.on, b.on))
}

function unsettledTasks(
  facts: NoticeFacts,
  extensions: readonly NoticedExtension[],
  asked: NoticesAsked,
): NoticeTask[] {
  const { regime, contradiction } = regimeOf(facts)
  if (contradiction !== undefined) return []
  switch (regime) {
    case 'PSR23':
      return psrTasks(facts, extensions)
    case 'PCR15':
      return pcrTasks(extensions)
    case 'PA23':
      return isBelowThreshold(facts, asked)
        ? belowThreshold(facts, extensions, asked)
        : publicTasks(facts, extensions, asked)
    case 'below-threshold':
      return belowThreshold(facts, extensions, asked)
    default:
      return []
  }
}

/** What a public contract calls for, from its award to its end. */
function publicTasks(
  facts: NoticeFacts,
  extensions: readonly NoticedExtension[],
  asked: NoticesAsked,
): NoticeTask[] {
  return [
    ...awardTasks(facts),
    ...detailsTasks(facts, asked),
    ...copyTasks(facts),
    ...performanceTasks(facts, extensions, asked),
    ...changeTasks(facts, extensions),
    ...terminationTasks(facts, extensions),
  ]
}

/** Those that are open, and whose date is near. */
export function noticesToCheck(tasks: readonly NoticeTask[], today: CivilDate): NoticeTask[] {
  return tasks.filter(
    ({ settled, on }) => settled === null && Math.abs(daysBetween(today, on)) <= NOTICE_LISTED_DAYS,
  )
}

/** An unknown value, and one in another currency, is below nothing. */
function isBelowThreshold(facts: NoticeFacts, asked: NoticesAsked): boolean {
  const gross = estimatedValue(facts, facts.start)
  return gross?.lt(thresholdOf(facts, asked).amount) === true
}

/** Thresholds go by the commencement of the procurement; where that is not recorded, by the start. */
function thresholdOf(facts: NoticeFacts, { today, authority }: NoticesAsked) {
  return thresholdOn(facts.start ?? today, authority, { ...facts, regime: 'PA23' })
}

/**
 * What stands before the signature: of a direct award a transparency notice, urgency included (s.44),
 * and the award notice (s.50), so that the standstill, where one is mandatory, is over at the start.
 */
function awardTasks({ start, route = null, lightTouch }: NoticeFacts): NoticeTask[] {
  if (start === null) return []
  const known = ROUTES.find(({ name }) => name === route)
  // Of a light touch none is mandatory (s.51(3)(f)).
  const waits = known !== undefined && !(known.standstill === 'act' && lightTouch === true)
  const award = waits ? latestNotice(start, known, ANY_UK) : addDays(start, -1)
  const before = earlier(award, addDays(start, -1))
  const wait =
    waits && known.standstill === 'act'
      ? ', eight working days of standstill counted (s.51(2))'
      : ''
  const signing = `before the contract is entered into; the day of signing is not recorded, so its start on ${dayText(start)} stands for it`
  const awarded = task('UK6', before, `At the latest ${signing}${wait}.`, null)
  if (!isSpecialDirectAward(route)) return [awarded]
  const why = 'Before the award, as it is a direct award, urgent ones included (s.41).'
  return [task('UK5', addDays(before, -1), why, null), awarded]
}
const ANY_UK = ukCalendar('any-uk')

/** The day of signing is not recorded: the start, which is no earlier, stands for it. */
function detailsTasks(facts: NoticeFacts, asked: NoticesAsked): NoticeTask[] {
  const { start, lightTouch } = facts
  if (start === null) return []
  const days = lightTouch === true ? LIGHT_TOUCH_DETAILS_DAYS : DETAILS_DAYS
  const gross = estimatedValue(facts, start)
  const why = [
    `${days} days from its start on ${dayText(start)}, as the day of signing is not recorded${lightTouch === true ? ' (light touch)' : ''}.`,
    ...(gross === null
      ? [
          `Its value is not known: over ${figureText('copy from')} a copy (s.53(3)) and key performance indicators (s.52) are to be checked too.`,
        ]
      : []),
    ...(gross !== null && countsOptions(facts) ? [OPTIONS_ADDED] : []),
    ...authorityWords(facts, asked),
  ]
  return [task('UK7', addDays(start, days - 1), why.join(' '), null)]
}

const OPTIONS_ADDED = 'What its options would cost is counted in (Schedule 3 para 1(2)(c)).'

/** Said where it decides: between two thresholds, of another authority or of the period before. */
function authorityWords(facts: NoticeFacts, asked: NoticesAsked): string[] {
  const { start } = facts
  const gross = estimatedValue(facts, start)
  if (gross === null || start === null) return []
  const lower = thresholdOf(facts, asked)
  const upper = thresholdOf(facts, { ...asked, authority: 'sub-central' })
  const decides = gross.gte(lower.amount) && gross.lt(upper.amount)
  const begun = later(PA23_FROM, addMonths(start, -12))
  const before = thresholdOn(begun, asked.authority, { ...facts, regime: 'PA23' })
  const isBelow = gross.gte(lower.amount) && gross.lt(before.amount)
  const { figure: held, assumed } = lower
  return [
    ...(assumed
      ? [
          `Thresholds of ${start.slice(0, 4)} are not known: those of ${held.from.slice(0, 4)} were taken.`,
        ]
      : []),
    ...(lower.authorityUnknown && decides ? [AUTHORITY_UNKNOWN] : []),
    ...(isBelow
      ? [
          `Where its procurement commenced before ${dayText(held.from)}, it lies below the threshold of £${Number(before.amount).toLocaleString('en-GB')} (SI 2025/1200 reg 3).`,
        ]
      : []),
  ]
}

/**
 * What a contract below the threshold calls for, and what it does once a change takes it there (s.74(1)).
 * One that is recorded as below and whose value is not asks for more as a public one, and which it is.
 */
function belowThreshold(
  facts: NoticeFacts,
  extensions: readonly NoticedExtension[],
  asked: NoticesAsked,
): NoticeTask[] {
  // S.84(1): of concessions, utilities contracts and what is exempted not even the details are told.
  if (!isOfTheAct(facts)) return []
  const { authority } = asked
  const changes = changesOf(extensions)
  const isConverted = (upTo: number) =>
    convertedBy(facts, changes.slice(0, upTo), authority) !== null
  if (isConverted(0)) {
    const question = `${NOT_BELOW_WORDS} (s.3(2)): which law holds?`
    return publicTasks(facts, extensions, asked).map((each) => ({
      ...each,
      why: `${each.why} ${question}`,
    }))
  }
  const own = belowThresholdTasks(facts, asked)
  const at = changes.findIndex((_, index) => isConverted(index + 1))
  const converting = changes[at]
  if (converting === undefined) return own
  const because =
    ' With it the contract is not below the threshold with VAT any more: a convertible contract (s.74(1)).'
  const ended = converting.status === 'proposed' ? [] : terminationTasks(facts, extensions)
  return [...own, ...changeTasks(facts, extensions, { at, because }), ...ended]
}

/**
 * Below the threshold a contract details notice as soon as reasonably practicable after signing,
 * from an amount on (s.87(3), (4)). Who the authority is decides the amount: unknown, the lower.
 */
function belowThresholdTasks(facts: NoticeFacts, { authority }: NoticesAsked): NoticeTask[] {
  const { start, nation } = facts
  if (start === null || start < PA23_FROM || nation === 'northern-ireland') return []
  if (nation === 'scotland') return []
  const central = isCentral(authority)
  const from = figure(
    central === false ? 'details below threshold' : 'details below threshold central',
  )
  const gross = estimatedValue(facts, start)
  if (gross?.lt(from)) return []
  const why = [
    `Below the threshold: as soon as reasonably practicable after it was signed, from £${from.toLocaleString('en-GB')} with VAT on; its start on ${dayText(start)} stands for the day.`,
    ...(gross === null ? ['Its value is not known.'] : []),
    ...(central === null && gross !== null && gross.lt(figure('details below threshold'))
      ? [AUTHORITY_UNKNOWN]
      : []),
  ]
  return [
    {
      ...task('UK7', start, why.join(' '), null),
      citation: 'Procurement Act 2023, s.87(3)',
      source: `${ACT_URL}/section/87`,
    },
  ]
}

/** A copy of a contract over £5m; not of devolved Welsh or transferred Northern Ireland authorities (s.53(4)). */
function copyTasks(facts: NoticeFacts): NoticeTask[] {
  const { start, lightTouch } = facts
  if (start === null || hasNoCopies(facts)) return []
  if (!isOver(facts, figure('copy from'))) return []
  const days = figure(lightTouch === true ? 'copy light touch' : 'copy')
  const options = countsOptions(facts) ? ` ${OPTIONS_ADDED}` : ''
  const why = `Over ${figureText('copy from')} with VAT: ${days} days from its start on ${dayText(start)}, as the day of signing is not recorded.${options}${welshWords(facts)}`
  return [task('copy', addDays(start, days - 1), why, null)]
}

/** What a Welsh authority calls off from a framework or market that is no Welsh one has copies (s.114(5)). */
function hasNoCopies(facts: NoticeFacts): boolean {
  return facts.nation === 'northern-ireland' || (facts.nation === 'wales' && !isCalledOff(facts))
}

function isCalledOff({ callOff, route = null }: NoticeFacts): boolean {
  return callOff === true || (route !== null && (isFramework(route) || route === 'dynamic-market'))
}

function welshWords({ nation }: NoticeFacts): string {
  return nation === 'wales'
    ? ' None where the framework or market was set up by a Welsh authority (ss.53(4), 77(3)).'
    : ''
}

function isOver(facts: NoticeFacts, amount: number): boolean {
  const gross = estimatedValue(facts, facts.start)
  return gross?.gt(amount) === true
}

/** From when on the section holds: in Wales three months later. */
const PERFORMANCE_FROM = asCivilDate('2026-01-01')
const PERFORMANCE_FROM_WALES = asCivilDate('2026-04-01')

/**
 * At least every twelve months and at the end, of a contract over £5m for which key performance
 * indicators were set. Those within a year of today: long ago or far off nobody can do anything.
 */
function performanceTasks(
  facts: NoticeFacts,
  extensions: readonly NoticedExtension[],
  { today }: NoticesAsked,
): NoticeTask[] {
  const { start, awardedEnd, closedOn, lightTouch, form, nation } = facts
  if (start === null || lightTouch === true || form === 'framework') return []
  if (!isOver(facts, figure('indicators from'))) return []
  const ended = endedOn(currentEnd({ awardedEnd, extensions }), closedOn)
  const first = nation === 'wales' ? PERFORMANCE_FROM_WALES : PERFORMANCE_FROM
  const until = addDays(today, YEAR_AHEAD)
  const days: { on: CivilDate; why: string }[] = []
  for (let year = 1; ; year += 1) {
    const on = addDays(addMonths(start, year * figure('performance')), -1)
    if (on > until || (ended !== null && on >= ended)) break
    days.push({ on, why: `At least once in twelve months: the year to ${dayText(on)}.` })
  }
  if (ended !== null && ended <= until) {
    days.push({ on: ended, why: `At its end on ${dayText(ended)}.` })
  }
  return days
    .filter(({ on }) => on >= first && on >= addDays(today, -YEAR_AHEAD))
    .map(({ on, why }) =>
      task(
        'UK9',
        on,
        `${why} Over ${figureText('indicators from')} with VAT; where none were set, say "no KPIs, because".`,
        null,
      ),
    )
}

/**
 * One for each change that is not small, before it is signed. Of small ones the law asks whether
 * they could have been made together (s.75(4)–(5)); an option that is taken is always asked about.
 */
function changeTasks(
  facts: NoticeFacts,
  extensions: readonly NoticedExtension[],
  since: { readonly at: number; readonly because: string } = { at: 0, because: '' },
): NoticeTask[] {
  if (facts.lightTouch === true || facts.nation === 'northern-ireland') return []
  const changes = changesOf(extensions)
  const unvalued = estimatedValue(facts, facts.start) === null && !hasNoCopies(facts)
  const valued = unvalued
    ? ` Its value is not known: where it comes to more than ${figureText('copy of a change from')}, a copy of the change too (s.77).`
    : ''
  return changes.flatMap((extension, index) => {
    const upTo = changes.slice(0, index + 1)
    const because = changeWords(facts, upTo, extension)
    if (because === null || index < since.at) return []
    const { from, to, status, noticeReference } = extension
    const proposed = status === 'proposed' ? 'a proposed' : 'the'
    const why = `Before ${proposed} extension from ${dayText(from)} to ${dayText(to)} is made, at the latest the day before it begins.${because}${since.because}${valued}`
    const settled = noticeReference === null ? null : `published as ${noticeReference}`
    return [task('UK10', addDays(from, -1), why, settled), ...changeCopies(facts, upTo, extension)]
  })
}

/** By their first day; what nobody has classified is asked about elsewhere first. */
function changesOf(extensions: readonly NoticedExtension[]): NoticedExtension[] {
  return extensions
    .filter(({ kind, status }) => kind !== 'unknown' && status !== 'withdrawn')
    .sort((a, b) => compare(a.from, b.from))
}

/** What to say of a change that may call for a notice; null where it is small, and its predecessors with it. */
function changeWords(
  facts: NoticeFacts,
  upTo: readonly NoticedExtension[],
  extension: NoticedExtension,
): string | null {
  if (extension.rule !== null && ruleNamed(extension.rule, 'PA23')?.id === 'pa23-restructuring') {
    return ' A transfer after a restructuring always calls for one (s.75(2)).'
  }
  if (extension.kind === 'option')
    return ' An option was taken: check whether it modifies the contract.'
  const small = isSmall(facts, [extension])
  if (isProvidedFor(extension)) {
    return small
      ? null
      : ' It renews as the contract provides: check whether that modifies the contract.'
  }
  if (!small) return ''
  const together = upTo.filter((each) => !isProvidedFor(each))
  return isSmall(facts, together)
    ? null
    : ' Small by itself: check whether it could have been made together with an earlier one (s.75(4)–(5)).'
}

/**
 * A copy where a change notice is due and the contract is over £5m, or comes to it with its changes
 * (s.77(2)); not in Wales (s.77(3)).
 */
function changeCopies(
  facts: NoticeFacts,
  upTo: readonly NoticedExtension[],
  extension: NoticedExtension,
): NoticeTask[] {
  if (hasNoCopies(facts) || extension.status === 'proposed') return []
  const made = upTo.filter(({ status }) => status !== 'proposed')
  if (valueWith(facts, made, facts.start)?.gt(figure('copy of a change from')) !== true) return []
  const on = madeOn(extension)
  const days = figure('copy of a change')
  const why = `${days} days from the change, as ${dayText(on)} stands for the day on which it was made; where a change notice was due.${welshWords(facts)}`
  return [task('copy-of-change', addDays(on, days - 1), why, null)]
}

/** The day of a change is not recorded: when it became known or begins, whichever is earlier. */
function madeOn({ from, knownOn }: NoticedExtension): CivilDate {
  return knownOn === null ? from : earlier(knownOn, from)
}

function isSmall(facts: NoticeFacts, changes: readonly NoticedExtension[]): boolean {
  const term = maximumTerm(facts)
  const days = changes.reduce((sum, { from, to }) => sum + daysBetween(from, to) + 1, 0)
  if (term !== null && days * 100 <= term * figure('change exempt')) return true
  const { value } = lifetimeValue(facts, term)
  if (
    value === null ||
    changes.some(({ cost, currency }) => cost === null || currency !== facts.currency)
  )
    return false
  const cost = changes.reduce((sum, each) => sum.plus(new Big(each.cost ?? 0).abs()), new Big(0))
  const percent = figure(facts.works === true ? 'change of works exempt' : 'change exempt')
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

/**
 * Urgent ones, the award too; and those with which the change in lifetime value reaches £500,000, where
 * the authority decided on it. What external factors brought about is none (reg 13(4)(b)).
 */
function psrTasks(
  { start, route = null }: NoticeFacts,
  extensions: readonly NoticedExtension[],
): NoticeTask[] {
  if (start === null || !isUrgentAwardOfPsr(route)) return psrChanges(extensions)
  const why = `Within ${figureText('PSR urgent notice')} of the urgent award; its day is not recorded, so its start on ${dayText(start)} stands for it.`
  const award = task('PSR-urgent', addDays(start, figure('PSR urgent notice')), why, null)
  return [award, ...psrChanges(extensions)]
}

function psrChanges(extensions: readonly NoticedExtension[]): NoticeTask[] {
  const changes = extensions
    .filter(
      ({ kind, status }) => kind !== 'unknown' && (status === 'confirmed' || status === 'presumed'),
    )
    .sort((a, b) => compare(a.from, b.from))
  let changed = new Big(0)
  let missing = false
  return changes.flatMap((extension): NoticeTask[] => {
    const id = extension.rule === null ? null : (ruleNamed(extension.rule, 'PSR23')?.id ?? null)
    if (extension.cost === null || extension.currency !== 'GBP') missing = true
    else changed = changed.plus(new Big(extension.cost).abs())
    const settled =
      extension.noticeReference === null ? null : `published as ${extension.noticeReference}`
    const made = madeOn(extension)
    const when = `of ${dayText(made)}, which stands for the day on which it was made`
    if (id === 'psr23-urgent') {
      const on = addDays(made, figure('PSR urgent notice'))
      const why = `Within ${figureText('PSR urgent notice')} of the urgent modification ${when}.`
      return [task('PSR-urgent', on, why, settled)]
    }
    if (id === 'psr23-external' || id === 'psr23-standstill-review') return []
    if (!missing && changed.lt(figure('PSR change notice from'))) return []
    const within = `Within ${figureText('PSR change notice')} of the modification ${when}`
    const from = figureText('PSR change notice from')
    const why = missing
      ? `${within}, where the changes together reach ${from}: a cost is not recorded.`
      : `${within}: the changes together reach ${from}; where the authority decided on it.`
    return [task('PSR-change', addDays(made, figure('PSR change notice')), why, settled)]
  })
}

/** For additional works, services or supplies, and for unforeseeable needs; the regulation gives no period. */
function pcrTasks(extensions: readonly NoticedExtension[]): NoticeTask[] {
  return extensions.flatMap((extension): NoticeTask[] => {
    const { rule, status, noticeReference } = extension
    if (rule === null || status === 'withdrawn' || status === 'proposed') return []
    const id = ruleNamed(rule, 'PCR15')?.id
    if (id !== 'pcr15-additional' && id !== 'pcr15-unforeseeable') return []
    const made = madeOn(extension)
    const why = `For the modification of ${dayText(made)} under reg 72(1)(${id === 'pcr15-additional' ? 'b' : 'c'}); no period is given.`
    const settled = noticeReference === null ? null : `published as ${noticeReference}`
    return [task('PCR-change', made, why, settled)]
  })
}

/**
 * What was said of another date is not said of this one: a moved end is asked about anew. That no
 * indicators were set holds for every year.
 */
function settledBy(
  { notice, on }: NoticeTask,
  decisions: readonly NoticeDecision[],
): string | null {
  const said = decisions.filter((each) => each.notice === notice)
  const always = notice === 'UK9' ? said.find(({ text }) => NO_INDICATORS.test(text)) : undefined
  return (always ?? said.find((each) => each.on === on))?.text ?? null
}
const NO_INDICATORS = /^\W*no (?:kpis?|key performance indicators?|indicators?)\b/i

const ACT_URL = 'https://www.legislation.gov.uk/ukpga/2023/54'
const PSR_URL = 'https://www.legislation.gov.uk/uksi/2023/1348'

const WHERE: Readonly<Record<Notice, readonly [string, string]>> = {
  UK5: ['Procurement Act 2023, s.44', `${ACT_URL}/section/44`],
  UK6: ['Procurement Act 2023, s.50', `${ACT_URL}/section/50`],
  UK7: ['Procurement Act 2023, s.53', `${ACT_URL}/section/53`],
  UK9: ['Procurement Act 2023, s.71', `${ACT_URL}/section/71`],
  UK10: ['Procurement Act 2023, s.75', `${ACT_URL}/section/75`],
  UK11: ['Procurement Act 2023, s.80', `${ACT_URL}/section/80`],
  copy: ['Procurement Act 2023, s.53(3)', `${ACT_URL}/section/53`],
  'copy-of-change': ['Procurement Act 2023, s.77', `${ACT_URL}/section/77`],
  'PSR-change': ['PSR 2023, reg 13(4)', `${PSR_URL}/regulation/13`],
  'PSR-urgent': ['PSR 2023, reg 14(4)', `${PSR_URL}/regulation/14`],
  'PCR-change': [
    'PCR 2015, reg 72(3)',
    'https://www.legislation.gov.uk/uksi/2015/102/regulation/72',
  ],
}

function task(notice: Notice, on: CivilDate, why: string, settled: string | null): NoticeTask {
  const [citation, source] = WHERE[notice]
  return { notice, on, why, settled, citation, source }
}
