/** A deadline in words: what it is, how near, how urgent, and what to do next. */
import { addDays, type CivilDate, daysBetween, LAST_DAY } from '../rules/civil-date.ts'
import { type DeadlineKind, isEnd, type Severity, severity } from '../rules/contract.ts'
import type { ContractFacts, DeadlineFacts, WarningFacts } from './facts.ts'
import { dateWords, endPhrase, whenWords } from './words.ts'

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

export function standing({ asOf, contract, deadline }: DeadlineContext): Standing {
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
  const { contract, deadline } = sight
  const { on: first, latest = first } = deadline
  const past = standing(sight).at === 'past'
  const on = dateWords(past ? latest : first)
  if (latest > first && !past) {
    return `${BY_SOME_DAY[deadline.kind]} by some day from ${daysOf(deadline)}: the day on which it ends is not recorded.`
  }
  switch (deadline.kind) {
    case 'start-by':
      return past ? `The last safe day to start buying was ${on}.` : `Start buying by ${on}.`
    case 'notice':
      return past ? `The last day to serve notice was ${on}.` : `Notice has to be served by ${on}.`
    case 'renewal':
      return past
        ? `If it renews by itself, the last day to serve notice was ${on}.`
        : `If it renews by itself, notice has to be served by ${on}; nobody said whether it does.`
    case 'option':
      return past
        ? `The last day to send the option to approval was ${on}.`
        : `The option has to go to approval by ${on}.`
    case 'call-off-by':
      return past
        ? `The last day to call off from its framework was ${on}.`
        : `Its framework takes call-offs until ${on}.`
    case 'end':
      return endStatement(sight, 'It')
    case 'emergency-end':
      return isUncertain(contract)
        ? endStatement(sight, 'Its emergency extension')
        : past
          ? `Its emergency extension ended on ${on}.`
          : `Its emergency extension ends on ${on}.`
    case 'review':
      return `${reviewWords(contract)} ${past ? 'was due' : 'due'} on ${on}.`
  }
}

const BY_SOME_DAY: Readonly<Record<DeadlineFacts['kind'], string>> = {
  'start-by': 'Start buying',
  notice: 'Notice has to be served',
  renewal: 'If it renews by itself, notice has to be served',
  option: 'The option has to go to approval',
  'call-off-by': 'The framework takes call-offs',
  end: 'It ends',
  'emergency-end': 'Its emergency extension ends',
  review: 'It is to be reviewed',
}

function reviewWords({ personalData }: ContractFacts): string {
  return personalData === true ? 'Data-protection review' : 'Review'
}

function endStatement(sight: DeadlineContext, what: string): string {
  const { contract, deadline } = sight
  const end = currentEndPhrase(contract) ?? `on ${dateWords(deadline.on)}`
  const { at } = standing(sight)
  if (at === 'past') return `${what} ended ${end}.`
  if (isDisputed(contract)) {
    return `${what} ends ${end}: which of the two holds is to be settled, and this counts to the earlier.`
  }
  if (!isImprecise(contract)) return `${what} ends ${end}.`
  return at === 'any-day'
    ? `${what} ends ${end}. The day is not recorded: cover may lapse any day.`
    : `${what} ends ${end}. The day is not recorded, so this counts to ${dateWords(deadline.on)}.`
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
  const past = standing(sight).at === 'past'
  switch (sight.deadline.kind) {
    case 'start-by':
      return past
        ? 'start now, or record how it will be replaced; check with procurement which quicker routes still fit.'
        : 'start the procurement, or record how it will be replaced.'
    case 'notice':
      return past
        ? 'record the proof if notice was served; if not, check what the contract now commits you to.'
        : 'serve notice, or decide to let it run on or renew, and record which.'
    case 'renewal':
      return 'say whether it renews by itself: yes, and its notice is watched; no, and it counts as ending.'
    case 'option':
      return past
        ? 'record the supplier’s acknowledgement if the option was taken; if not, check with procurement what is still open.'
        : 'send the option to approval, or record the decision not to take it.'
    case 'call-off-by':
      return past
        ? 'record what was called off; if nothing was, check with procurement which other routes still fit.'
        : 'sign by then what follows under the framework, or record how it will be bought without it.'
    case 'end':
      return past
        ? afterEnd(sight)
        : `sign a successor or an extension${firstDay(sight)}, or confirm the exit.`
    case 'emergency-end':
      return past
        ? afterEnd(sight)
        : `sign the successor${firstDay(sight)}, or confirm the exit; before extending again, check the grounds with procurement.`
    case 'review':
      return sight.contract.personalData === true
        ? 'check what personal data it processes, under which assessment and terms; record the outcome, and set the next review date.'
        : 'check whether it still fits need, price and terms; record the outcome, and set the next review date.'
  }
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
  if (isEnd(kind)) {
    const end = isUncertain(contract) ? (currentEndPhrase(contract) ?? on) : `on ${on}`
    const what = kind === 'end' ? '' : 'emergency extension '
    return at === 'past' ? `${what}ended ${end}` : `${what}ends ${end}, ${when}`
  }
  const words = DATED[kind][at === 'past' ? 1 : 0]
  const of = kind === 'review' && contract.personalData === true ? 'data-protection ' : ''
  return `${of}${words.slice(0, 1).toLowerCase()}${words.slice(1)} ${on}, ${when}`
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
  const [ahead, past] = DATED[kind]
  return `${daysLeft !== null && daysLeft < 0 ? past : ahead} ${dateWords(on)}`
}

const DATED: Readonly<Record<DeadlineKind, readonly [string, string]>> = {
  'start-by': ['Start buying by', 'The day to start buying was'],
  notice: ['Notice by', 'Notice was due by'],
  renewal: ['If it renews by itself, notice by', 'If it renews by itself, notice was due by'],
  option: ['Option by', 'The option was due by'],
  'call-off-by': ['Call off by', 'The last call-off day was'],
  end: ['Ends', 'Ended'],
  'emergency-end': ['Emergency extension ends', 'Emergency extension ended'],
  review: ['Review due', 'Review was due'],
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
