/** A deadline in words: what it is, how near, how urgent, and what to do next. */
import { addDays, type CivilDate, daysBetween, LAST_DAY } from '../rules/civil-date.ts'
import { type DeadlineKind, isEnd, type Severity, severity } from '../rules/contract.ts'
import { monthsBegun } from '../rules/months.ts'
import type { ContractFacts, DeadlineFacts, WarningFacts } from './facts.ts'
import {
  dateWords,
  endPhrase,
  endWords,
  estimateWords,
  lowered,
  type Mrkdwn,
  mrkdwn,
  shortDate,
  weekdayWords,
  whenWords,
  YEAR_IS_CLEAR,
} from './words.ts'

/** A deadline of a contract, seen from a day. */
export interface DeadlineContext {
  readonly asOf: CivilDate
  readonly contract: ContractFacts
  readonly deadline: DeadlineFacts
}

/**
 * Where the day stands. `any-day`: the end is only known to the month, quarter or year, and that
 * has begun, so that cover may be gone tomorrow; it is past only after the latest possible day.
 */
type Standing =
  | { readonly at: 'before' | 'today' | 'any-day' }
  | { readonly at: 'past'; readonly days: number }

function standing({ asOf, contract, deadline }: DeadlineContext): Standing {
  const latest = contract.currentEnd
  if (isEnd(deadline.kind) && isUncertain(contract) && latest !== null) {
    if (asOf > latest) return { at: 'past', days: daysBetween(latest, asOf) }
    return { at: deadline.daysLeft > 0 ? 'before' : 'any-day' }
  }
  const { latest: last = deadline.on } = deadline
  if (last > deadline.on && deadline.daysLeft <= 0) {
    return asOf > last ? { at: 'past', days: daysBetween(last, asOf) } : { at: 'any-day' }
  }
  if (deadline.daysLeft === 0) return { at: 'today' }
  return deadline.daysLeft > 0 ? { at: 'before' } : { at: 'past', days: -deadline.daysLeft }
}

/** The severity that people read from the emoji: not overdue before the latest possible day. */
export function severityOf(sight: DeadlineContext): Severity {
  const { at } = standing(sight)
  return at === 'past' ? 'overdue' : at === 'any-day' ? 'urgent' : severity(sight.deadline.daysLeft)
}

export const EMOJI: Record<Severity, string> = {
  overdue: '🔴',
  urgent: '🟠',
  soon: '🟡',
  planned: '🔵',
}

/** The day, or the days of an end known to the month, quarter or year. */
function daysOf({ on, latest = on }: DeadlineFacts): string {
  return latest === on ? dateWords(on) : `${dateWords(on)} to ${dateWords(latest)}`
}

/** One sentence: what happens on which day. */
export function statement(sight: DeadlineContext): string {
  const { deadline } = sight
  const { sentence, after = '' } = DEADLINE_WORDS[deadline.kind]
  if (isEnd(deadline.kind)) return endStatement(sight, sentence)
  const { on: first, latest = first } = deadline
  const [ahead, past] = sentence.map((words) => ofPersonalData(sight, words))
  if (standing(sight).at === 'past') return `${past} ${dateWords(latest)}.`
  return latest > first
    ? `${ahead} some day from ${daysOf(deadline)}: ${isUncertain(sight.contract) ? 'the day on which it ends is not recorded' : 'whether its anniversary or its end counts is not recorded'}.`
    : `${ahead} ${dateWords(first)}${after}.`
}

function ofPersonalData({ contract, deadline }: DeadlineContext, words: string): string {
  const asks = deadline.kind === 'review' && contract.personalData === true
  return asks ? `Data-protection ${lowered(words)}` : words
}

function endStatement(sight: DeadlineContext, [ends, ended]: Pair<string>): string {
  const { contract, deadline } = sight
  const end = currentEndPhrase(contract) ?? `on ${dateWords(deadline.on)}`
  const { at } = standing(sight)
  if (at === 'past') return `${ended} ${end}.`
  if (isDisputed(contract)) {
    return `${ends} ${end}: which of the two holds is to be settled, and this counts to the earlier.`
  }
  if (!isImprecise(contract)) return `${ends} ${end}.`
  return at === 'any-day'
    ? `${ends} ${end}. The day is not recorded: cover may lapse any day.`
    : `${ends} ${end}. The day is not recorded, so this counts to ${dateWords(deadline.on)}.`
}

/** When it ends, in a sentence; null where no end is known. */
export function currentEndPhrase(contract: ContractFacts): string | null {
  const { currentEnd: latest, earliestEnd, disputedEnd = null } = contract
  if (latest === null) return null
  const end = endPhrase({ earliestEnd, latest })
  if (!isDisputed(contract) || disputedEnd === null) return end
  return `on ${dateWords(disputedEnd)} by the register, ${end} by what people recorded`
}

/** What to do next, in plain words. Where law decides, it says "check". */
export function nextStep(sight: DeadlineContext): string {
  const { next } = DEADLINE_WORDS[sight.deadline.kind]
  const step = next[standing(sight).at === 'past' ? 1 : 0]
  return typeof step === 'string' ? step : step(sight)
}

/** Asked until somebody has answered. */
function afterEnd({ contract }: DeadlineContext): string {
  return (contract.outOfContract ?? null) === null
    ? 'is the service still being supplied? If so, record what covers it now; if not, confirm the exit.'
    : 'record what covers it now; confirm the exit once it has stopped.'
}

/** ` from Mon 1 May 2023`: the first day that has to be covered, after the earliest possible end. */
function firstDay({ contract, deadline }: DeadlineContext): string {
  const last = isUncertain(contract) ? deadline.on : (contract.currentEnd ?? deadline.on)
  return last === LAST_DAY ? '' : ` from ${dateWords(addDays(last, 1))}`
}

/**
 * What is to be said of the data-protection review, where the contract runs on an extension and is to
 * be replaced or extended once more.
 */
export function besideReview(
  { review = null }: ContractFacts,
  deadlines: readonly DeadlineFacts[],
): string | null {
  const asks = deadlines.some(
    ({ kind, speaks }) => speaks && (isEnd(kind) || kind === 'start-by' || kind === 'option'),
  )
  return review === null || !asks ? null : `Data protection: ${review}.`
}

/** The deadline in a list of others: `notice by Mon 4 Jan 2027, in 12 days`. */
export function briefly(sight: DeadlineContext): string {
  const { contract, deadline } = sight
  const { kind, daysLeft } = deadline
  const { at } = standing(sight)
  const on = daysOf(deadline)
  const when = at === 'any-day' ? 'any day now' : whenWords(daysLeft)
  const words = lowered(ofPersonalData(sight, DEADLINE_WORDS[kind].dated[at === 'past' ? 1 : 0]))
  if (isEnd(kind)) {
    const end = isUncertain(contract) ? (currentEndPhrase(contract) ?? on) : `on ${on}`
    return at === 'past' ? `${words} ${end}` : `${words} ${end}, ${when}`
  }
  return `${words} ${on}, ${when}`
}

/** Why it is that date; null where nothing is known of it, or it only says the date again. */
export function whyWords({
  kind,
  on,
  reason,
}: Pick<DeadlineFacts, 'kind' | 'on' | 'reason'>): string | null {
  const again = kind === 'emergency-end' ? ` runs to ${dateWords(on)}` : `ends on ${dateWords(on)}`
  return reason.trim() === '' || (isEnd(kind) && reason.endsWith(again)) ? null : reason
}

/** It may end before the day that is shown as its end. */
function isUncertain(contract: ContractFacts): boolean {
  return isImprecise(contract) || isDisputed(contract)
}

function isDisputed({ disputedEnd, currentEnd }: ContractFacts): boolean {
  return (disputedEnd ?? null) !== null && disputedEnd !== currentEnd
}

function isImprecise({ earliestEnd, currentEnd }: ContractFacts): boolean {
  return earliestEnd !== undefined && earliestEnd !== currentEnd
}

/** `daysLeft`: null where nobody asked how far off it is; then it is worded as still to come. */
export function dated(kind: DeadlineKind, on: CivilDate, daysLeft: number | null): string {
  const [ahead, past] = DEADLINE_WORDS[kind].dated
  return `${daysLeft !== null && daysLeft < 0 ? past : ahead} ${dateWords(on)}`
}

/** A missed date with nothing left to lose soon stands behind what is due within so many days. */
const MISSED_COUNTS_AS = 15

/**
 * A number that orders deadlines, the most urgent first: an end that has passed, then by the days
 * left. A start-by, notice or option that was missed counts by the days that are left of the
 * contract itself: 137 days late with a year to go is less pressing than an end tomorrow.
 */
export function urgencyOf(deadline: DeadlineFacts, all: readonly DeadlineFacts[]): number {
  const { kind, daysLeft } = deadline
  if (isEnd(kind) || daysLeft >= 0) return daysLeft
  const end = all.find((each) => isEnd(each.kind))
  return end === undefined ? MISSED_COUNTS_AS : Math.min(end.daysLeft, MISSED_COUNTS_AS)
}

/** The warning's most urgent deadline that speaks; one of which none does comes last. */
export function urgencyOfWarning({ deadlines }: WarningFacts): number {
  const speaking = deadlines.filter((deadline) => deadline.speaks)
  return Math.min(...speaking.map((deadline) => urgencyOf(deadline, deadlines)))
}

/** Deadlines with those that speak first, the most urgent of them leading. */
export function byUrgency(deadlines: readonly DeadlineFacts[]): DeadlineFacts[] {
  const speaking = deadlines.filter((deadline) => deadline.speaks)
  const silent = deadlines.filter((deadline) => !deadline.speaks)
  // Ends tie with a missed start-by that counts by them: the end itself is said first. A review is
  // said after everything else, as a grouped message has room for the first alone.
  const rank = (deadline: DeadlineFacts) =>
    urgencyOf(deadline, deadlines) + (isEnd(deadline.kind) ? 0 : 0.5)
  const late = (deadline: DeadlineFacts) => Number(deadline.kind === 'review')
  return [...speaking.toSorted((a, b) => late(a) - late(b) || rank(a) - rank(b)), ...silent]
}

// The head of a message about a deadline; `headline.ts` makes one line of it.

export interface Heading {
  /** Ways to say what to do, the fullest first; the day follows. */
  readonly acts: readonly string[]
  readonly on: CivilDate
  /** What belongs to the act, before the colon, the fullest first: one of them always stands. */
  readonly more?: readonly Mrkdwn[]
  /** What is said after the title, the fullest first, where there is room. */
  readonly tails?: readonly Mrkdwn[]
}

/** No words, where there is no room for any. */
export const NOTHING = mrkdwn``

export function headingOf(sight: DeadlineContext): Heading {
  const { kind, on, latest = on, daysLeft } = sight.deadline
  // Notice can still be given by its later day; what had to be begun is late from its first.
  const isLater = kind === 'notice' && daysLeft < 0
  const { act, heading } = DEADLINE_WORDS[kind]
  const isPast = standing(sight).at === 'past'
  return {
    acts: [act],
    on: isPast || isLater ? latest : on,
    tails: isEnd(kind) ? [] : endTail(sight),
    ...heading[isPast ? 1 : 0](sight),
  }
}

/** `, ends 8 Nov 2027`, where the line is about an earlier date. */
function endTail({ asOf, contract }: DeadlineContext): readonly Mrkdwn[] {
  const { currentEnd, earliestEnd = currentEnd } = contract
  if (currentEnd === null) return []
  const isDay = earliestEnd === currentEnd
  const end = isDay ? shortDate(currentEnd, asOf) : endWords({ earliestEnd, latest: currentEnd })
  return [mrkdwn`, ${currentEnd < asOf ? 'ended' : 'ends'} ${end}`]
}

function endHeading(sight: DeadlineContext): Partial<Heading> {
  const { asOf, contract, deadline } = sight
  const latest = contract.currentEnd ?? deadline.on
  if (standing(sight).at === 'any-day') {
    const acts = ['Sign cover now, by', 'Sign cover by']
    return { acts, on: latest, tails: [mrkdwn` may lapse any day`] }
  }
  if (deadline.kind === 'emergency-end' && deadline.from !== undefined) {
    const month = `Emergency month ${monthsBegun(deadline.from, deadline.on)} ends`
    return {
      acts: [month, 'Emergency cover ends', 'Emergency ends'],
      more: [mrkdwn`, no successor signed`],
    }
  }
  if (latest !== deadline.on) {
    return {
      tails: [mrkdwn` ends ${currentEndPhrase(contract) ?? ''}`, mrkdwn`, the day is not certain`],
    }
  }
  if (deadline.on === LAST_DAY) return {}
  const next = addDays(deadline.on, 1)
  return {
    tails: [
      mrkdwn` has none from ${Math.abs(daysBetween(asOf, next)) <= YEAR_IS_CLEAR ? weekdayWords(next) : shortDate(next, asOf)}`,
      mrkdwn` has none from ${shortDate(next, asOf)}`,
    ],
  }
}

function endedHeading({ contract, deadline }: DeadlineContext): Partial<Heading> {
  const { outOfContract = null, hidePrices, currency } = contract
  const uncovered =
    deadline.kind === 'end' ? mrkdwn`, no cover recorded` : mrkdwn`, no successor signed`
  if (outOfContract === null) {
    return {
      acts: ['Still supplied? Ended', 'Supplied? Ended', 'Ended'],
      on: contract.currentEnd ?? deadline.latest ?? deadline.on,
      more: [uncovered],
    }
  }
  const { since, accrued } = outOfContract
  return {
    acts: ['Out of contract since', 'No contract since', 'Uncovered since'],
    on: since,
    more:
      hidePrices === true || accrued === null
        ? [uncovered]
        : [mrkdwn`, about ${estimateWords(accrued, currency)} so far`],
  }
}

// The words of each kind.

/** Of a day still to come, and of one that has passed. */
type Pair<T> = readonly [ahead: T, past: T]

/** What people read of a kind of deadline, wherever it stands. */
interface DeadlineWords {
  /** Of the day, within a sentence. */
  readonly name: string
  /** Before the day, within a sentence: it is due, and no more is said of it. */
  readonly by: string
  /** Before the day, at the start of a line of a list. */
  readonly dated: Pair<string>
  /** The title of an entry of a calendar on that day, before the contract's. */
  readonly event: string
  /** Of a list that was asked for this kind: `3 deadlines for notice`. */
  readonly condition: string
  /** A sentence up to the day, and what stands after it where it is still to come. */
  readonly sentence: Pair<string>
  readonly after?: string
  /** What to do next, after "Next: ". */
  readonly next: Pair<string | ((sight: DeadlineContext) => string)>
  /** What to do, before the day, at the head of a message. */
  readonly act: string
  /** What that first line has in place of `act`, the day and the end, or beside them. */
  readonly heading: Pair<(sight: DeadlineContext) => Partial<Heading>>
}

const SAY_WHETHER =
  'say whether it renews by itself: yes, and its notice is watched; no, and it counts as ending.'

export const DEADLINE_WORDS: Readonly<Record<DeadlineKind, DeadlineWords>> = {
  'start-by': {
    name: 'the day to start buying',
    by: 'start buying by',
    dated: ['Start buying by', 'The day to start buying was'],
    event: 'Start buying',
    condition: 'for starting a replacement',
    sentence: ['Start buying by', 'The last safe day to start buying was'],
    next: [
      'start the procurement, or record how it will be replaced.',
      'start now, or record how it will be replaced; check with procurement which quicker routes still fit.',
    ],
    act: 'Start buying by',
    heading: [
      ({ asOf, deadline }) =>
        deadline.from === undefined
          ? {}
          : {
              acts: ['Which route? Start by', 'Start buying by'],
              more: [mrkdwn`, ${shortDate(deadline.from, asOf)} if tendered`, NOTHING],
            },
      ({ deadline }) => ({
        acts: [
          ...(deadline.from === undefined ? ['Start now, due'] : ['Which route? Start was due']),
          'Start was due',
          'Start due',
        ],
      }),
    ],
  },
  notice: {
    name: 'the notice date',
    by: 'notice by',
    dated: ['Notice by', 'Notice was due by'],
    event: 'Last day for notice',
    condition: 'for notice',
    sentence: ['Notice has to be served by', 'The last day to serve notice was'],
    next: [
      'serve notice, or decide to let it run on or renew, and record which.',
      'record the proof if notice was served; if not, check what the contract now commits you to.',
    ],
    act: 'Give notice by',
    heading: [
      ({ asOf, deadline: { from, renewsTo } }) => {
        const goes = from === undefined ? 'renews' : 'runs on'
        const to =
          renewsTo === undefined ? [] : [mrkdwn` or it ${goes} to ${shortDate(renewsTo, asOf)}`]
        return { more: [...to, mrkdwn` or it ${goes}`] }
      },
      // A renewal is presumed from the day after on: nobody has confirmed it.
      ({ deadline }) =>
        deadline.renewsTo === undefined || deadline.from !== undefined
          ? { acts: ['Notice was due', 'Notice due'], more: [mrkdwn`, no notice recorded`] }
          : {
              acts: [
                ...['Probably renewed to', 'Probably renews to', 'Probably runs to'],
                'Renewed? Until',
              ],
              on: deadline.renewsTo,
              more: [mrkdwn`, no notice recorded`],
              tails: [],
            },
    ],
  },
  renewal: {
    name: 'the notice date if it renews by itself',
    by: 'notice, if it renews by itself, by',
    dated: ['If it renews by itself, notice by', 'If it renews by itself, notice was due by'],
    event: 'Last day for notice, if it renews by itself',
    condition: 'for saying whether it renews',
    sentence: [
      'If it renews by itself, notice has to be served by',
      'If it renews by itself, the last day to serve notice was',
    ],
    after: '; nobody said whether it does',
    next: [SAY_WHETHER, SAY_WHETHER],
    act: 'Say by',
    heading: [
      () => ({ more: [mrkdwn` if it renews by itself`, mrkdwn` if it renews`] }),
      () => ({ acts: ['Notice was due', 'Notice due'], more: [mrkdwn` if it renews`] }),
    ],
  },
  option: {
    name: 'the option date',
    by: 'the option by',
    dated: ['Option by', 'The option was due by'],
    event: 'Option to approval',
    condition: 'for an option',
    sentence: [
      'The option has to go to approval by',
      'The last day to send the option to approval was',
    ],
    next: [
      'send the option to approval, or record the decision not to take it.',
      'record the supplier’s acknowledgement if the option was taken; if not, check with procurement what is still open.',
    ],
    act: 'Send option by',
    heading: [
      () => ({ more: [mrkdwn` for approval`, NOTHING] }),
      () => ({ acts: ['Option was due', 'Option due'], more: [mrkdwn` at approval`, NOTHING] }),
    ],
  },
  'call-off-by': {
    name: 'the framework’s last call-off day',
    by: 'a call-off by',
    dated: ['Call off by', 'The last call-off day was'],
    event: 'Last day to call off',
    condition: 'for a framework’s last call-off day',
    sentence: [
      'Its framework takes call-offs until',
      'The last day to call off from its framework was',
    ],
    next: [
      'sign by then what follows under the framework, or record how it will be bought without it.',
      'record what was called off; if nothing was, check with procurement which other routes still fit.',
    ],
    act: 'Call off by',
    heading: [
      () => ({ more: [mrkdwn` from its framework`, NOTHING] }),
      () => ({ acts: ['Last call-off was', 'Call-off was', 'Call-off'] }),
    ],
  },
  end: {
    name: 'the end',
    by: 'the end on',
    dated: ['Ends', 'Ended'],
    event: 'Ends',
    condition: 'for an end',
    sentence: ['It ends', 'It ended'],
    next: [
      (sight) => `sign a successor or an extension${firstDay(sight)}, or confirm the exit.`,
      afterEnd,
    ],
    act: 'Sign cover by',
    heading: [endHeading, endedHeading],
  },
  'emergency-end': {
    name: 'the end of the emergency extension',
    by: 'the end of the emergency extension on',
    dated: ['Emergency extension ends', 'Emergency extension ended'],
    event: 'Emergency extension ends',
    condition: 'for the end of an emergency extension',
    sentence: ['Its emergency extension ends', 'Its emergency extension ended'],
    next: [
      (sight) =>
        `sign the successor${firstDay(sight)}, or confirm the exit; before extending again, check the grounds with procurement.`,
      afterEnd,
    ],
    act: 'Sign cover by',
    heading: [endHeading, endedHeading],
  },
  review: {
    name: 'the review date',
    by: 'the review due',
    dated: ['Review due', 'Review was due'],
    event: 'Review due',
    condition: 'for a review',
    sentence: ['Review due on', 'Review was due on'],
    next: [reviewStep, reviewStep],
    act: 'Review by',
    heading: [
      ({ contract }) => (contract.personalData === true ? { acts: ['Review data by'] } : {}),
      ({ contract }) => ({
        acts:
          contract.personalData === true
            ? ['Data review was due', 'Data review due', 'Review due']
            : ['Review was due', 'Review due'],
      }),
    ],
  },
}

function reviewStep({ contract: { personalData } }: DeadlineContext): string {
  const check =
    personalData === true
      ? 'check what personal data it processes, under which assessment and terms'
      : 'check whether it still fits need, price and terms'
  return `${check}; record the outcome, and set the next review date.`
}
