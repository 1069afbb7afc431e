/** Procurements in words: when to start, their checkpoints, the notices that are due. */

import type { ActionsBlock } from '@slack/types'
import type { CheckpointName } from '../rules/checkpoints.ts'
import { addDays, type CivilDate, daysBetween } from '../rules/civil-date.ts'
import type { ContractNames } from '../rules/contract.ts'
import { AUTHORITY_UNKNOWN } from '../rules/headroom.ts'
import type { Decimal } from '../rules/money.ts'
import { NOTICE_LISTED_DAYS, NOTICE_TITLES, type NoticeTask } from '../rules/notices.ts'
import type { FittingRoute, ReplacementRoute, StartByStep } from '../rules/start-by.ts'
import type { AnswerContext } from './answer-facts.ts'
import { button, row, select } from './buttons.ts'
import {
  contractName,
  type Message,
  ownerSentence,
  type PersonFact,
  personName,
  plainName,
} from './facts.ts'
import { CHECKPOINT_WORDS, noticesHeadline, stepHeadline, supplierWords } from './headline.ts'
import { answer, body, compose, fitMessage, note, type Paragraph, shareButton } from './message.ts'
import {
  amountWords,
  capitalised,
  counted,
  dateWords,
  estimateWords,
  firstLines,
  type Mrkdwn,
  mrkdwn,
  shown,
  teamWords,
  whenWords,
} from './words.ts'

// The question about a checkpoint of a procurement, when its day has come, and what was answered.

export interface CheckpointFacts {
  readonly checkpointId: number
  readonly name: CheckpointName
  readonly asOf: CivilDate
  readonly dueOn: CivilDate
  /** How the route is called. */
  readonly route: string
  readonly contract: ContractNames & {
    readonly team: string
    readonly owner: PersonFact | null
  }
  /** The first day that the new contract has to cover, and the first on which it can begin. */
  readonly coverFrom: CivilDate | null
  readonly beginsOn: CivilDate | null
  /** Null until somebody has said something. */
  readonly answer: CheckpointAnswerFacts | null
}
export interface CheckpointAnswerFacts {
  readonly by: PersonFact | null
  readonly doneOn: CivilDate | null
  readonly slippedTo: CivilDate | null
  /** The award before and after; null where it is over. */
  readonly award: { readonly was: CivilDate; readonly now: CivilDate } | null
  readonly gap: GapFacts | null
}
interface GapFacts {
  readonly coverFrom: CivilDate | null
  readonly beginsOn: CivilDate
  readonly days: number
  readonly cost: {
    readonly runRate: Decimal | null
    readonly extra: Decimal | null
    readonly method: string
  } | null
  readonly currency: string
}

const QUESTIONS: Readonly<Record<CheckpointName, string>> = {
  publication: 'Is the procurement published?',
  award: 'Is the award notice published?',
  'standstill-ends': 'Is the standstill over, with nothing raised?',
  approval: 'Is the award approved?',
  signature: 'Is the new contract signed?',
  mobilisation: 'Is the new contract ready to begin?',
}

/** How a question looks where it goes to. */
interface QuestionOptions {
  readonly hidePrices: boolean
  /** Somebody listens to its buttons; without, it has none. */
  readonly answerable: boolean
}

/** Asks once; after the answer the same message says what was answered. */
export function checkpointMessage(facts: CheckpointFacts, options: QuestionOptions): Message {
  const [asked, small] = questionParagraphs(facts, null, options)
  return compose([asked, small], { actions: questionButtons(facts, options) })
}

/** The question with what stands below it; `number`: its place in a message of several. */
function questionParagraphs(
  facts: CheckpointFacts,
  number: number | null,
  { hidePrices }: QuestionOptions,
): readonly [Paragraph, Paragraph] {
  const { name, dueOn, asOf, contract, route, answer } = facts
  const due = daysBetween(asOf, dueOn)
  const when = due === 0 ? 'due today' : `was due ${dateWords(dueOn)}, ${whenWords(due)}`
  return [
    body(
      mrkdwn`${number === null ? '' : mrkdwn`${number}. `}*${stepHeadline(facts)}*`,
      mrkdwn`${number === null ? mrkdwn`🔵 ` : ''}${supplierWords(contract)} ${capitalised(CHECKPOINT_WORDS[name])} ${when}.`,
      mrkdwn`Owner: ${ownerSentence(contract.owner)}`,
      ...(answer === null ? [mrkdwn`*${QUESTIONS[name]}*`] : answerLines(name, answer, hidePrices)),
    ),
    note(
      answer === null ? timing(facts) : null,
      mrkdwn`By ${shown(route, 60)}. Reference ${shown(contract.reference, 60)}, ${teamWords(contract.team)}, as of ${dateWords(asOf)}.`,
    ),
  ]
}

function questionButtons(
  facts: CheckpointFacts,
  { answerable }: QuestionOptions,
): ActionsBlock | null {
  return facts.answer === null && answerable ? buttons(facts) : null
}

export function answerLines(
  name: CheckpointName,
  { by, doneOn, slippedTo, award, gap }: CheckpointAnswerFacts,
  hidePrices: boolean,
): Mrkdwn[] {
  const who = by === null ? mrkdwn`` : mrkdwn` ${personName(by)} said so.`
  const lines = [
    doneOn === null
      ? mrkdwn`${capitalised(CHECKPOINT_WORDS[name])} slips to ${slippedTo === null ? 'a later day' : dateWords(slippedTo)}.${who}`
      : mrkdwn`${capitalised(CHECKPOINT_WORDS[name])} was done on ${dateWords(doneOn)}.${who}`,
  ]
  if (award !== null && award.was !== award.now) {
    lines.push(mrkdwn`The award moves from ${dateWords(award.was)} to ${dateWords(award.now)}.`)
  }
  return [...lines, ...gapLines(gap, hidePrices)]
}

/** The gap in days and in money, or that there is none. */
export function gapLines(gap: GapFacts | null, hidePrices: boolean): Mrkdwn[] {
  if (gap === null || gap.coverFrom === null) return []
  const { coverFrom, beginsOn, days, cost, currency } = gap
  if (days === 0) return [mrkdwn`The new contract can begin in time, on ${dateWords(coverFrom)}.`]
  const first = mrkdwn`*${counted(days, 'day')} without a contract*: from ${dateWords(coverFrom)} to ${dateWords(addDays(beginsOn, -1))}, by these lead times.`
  if (hidePrices || cost === null) return [first]
  if (cost.runRate === null || cost.extra === null) {
    return [first, mrkdwn`What that would cost is not known: ${shown(cost.method, 160)}.`]
  }
  return [
    first,
    mrkdwn`Estimated cost of an extension over them: ${shown(estimateWords(cost.runRate, currency), 40)} payable anyway and ${shown(estimateWords(cost.extra, currency), 40)} extra (${shown(cost.method, 160)}).`,
  ]
}

function timing({ coverFrom, beginsOn }: CheckpointFacts): Mrkdwn | null {
  if (coverFrom === null || beginsOn === null) return null
  return beginsOn <= coverFrom
    ? mrkdwn`If it slips, what comes after moves with it: the new contract has to begin on ${dateWords(coverFrom)}.`
    : mrkdwn`Cover is needed from ${dateWords(coverFrom)}; by these lead times the new contract begins on ${dateWords(beginsOn)}.`
}

/** Offered in one menu: weeks after the day it was due, or after today where that is past. */
const SLIP_WEEKS = [1, 2, 3, 4, 6, 8, 12] as const

function buttons({ checkpointId, dueOn, asOf }: CheckpointFacts): ActionsBlock | null {
  const from = dueOn < asOf ? asOf : dueOn
  return row(
    button('Done', { act: 'checkpoint-done', checkpointId }, { style: 'primary' }),
    select(
      'checkpoint-slip',
      'Slipped to…',
      SLIP_WEEKS.map((weeks) => {
        const to = addDays(from, weeks * 7)
        return {
          text: `Slipped to ${dateWords(to)}`,
          action: { act: 'checkpoint-slip', checkpointId, to },
        }
      }),
    ),
  )
}

/** What is said to whoever answered the question about a checkpoint. */
export function checkpointAnswer(
  contract: ContractNames,
  name: CheckpointName,
  said: CheckpointAnswerFacts,
  hidePrices: boolean,
): Message {
  return answer([
    body(mrkdwn`*Recorded: ${contractName(contract)}*`, ...answerLines(name, said, hidePrices)),
  ])
}

// When to start buying what follows a contract, and which routes still fit.

export interface StartByAnswerFacts extends AnswerContext {
  readonly asOf: CivilDate
  readonly contract: ContractNames
  readonly count: StartByCounted
}

export function startByAnswer(facts: StartByAnswerFacts): Message {
  const { asOf, contract, count } = facts
  const last = count.range?.to ?? count.startBy
  const left = daysBetween(asOf, last)
  const late = passedWords(count, asOf)
  return answer([
    body(
      mrkdwn`*Start by ${dateWords(last)}, ${whenWords(left)}: ${contractName(contract)}*`,
      mrkdwn`${shown(capitalised(startByWords(count)), 600)}`,
      late === null ? null : mrkdwn`${late}`,
      facts.hidePrices || count.decidedBy === undefined || count.decidedBy.length === 0
        ? null
        : mrkdwn`${shown(count.decidedBy.join(' '), 900)}`,
    ),
    body(
      mrkdwn`*Step by step*`,
      ...count.steps.map((step) => mrkdwn`• ${stepLine(step)}`),
      count.review === undefined
        ? null
        : mrkdwn`• Data protection: ${shown(count.review, 300)}. Review it before the procurement begins.`,
    ),
    count.fits.length === 0
      ? null
      : body(
          mrkdwn`*Routes*`,
          ...count.fits.map(
            (fit) =>
              mrkdwn`• ${shown(fit.route, 60)}: start by ${dateWords(fit.startBy)}, ${fitWords(fit)}.`,
          ),
        ),
    body(mrkdwn`${gapWords(count, asOf)}`),
    note(
      mrkdwn`Lead times are your organisation’s own settings, no law. Reference ${shown(contract.reference, 60)}, as of ${dateWords(asOf)}.`,
    ),
    row(shareButton(facts)),
  ])
}

function stepLine({ name, amount, unit, from, to }: StartByStep): Mrkdwn {
  return mrkdwn`${capitalised(name)}, ${amount} ${unit}: ${dateWords(from)} to ${dateWords(to)}.`
}

/**
 * So many questions share one message: three blocks and at most a thousand characters each stay
 * inside Slack's limits, so that no question is parted from its buttons.
 */
export const QUESTIONS_A_MESSAGE = 10

/** Asks each once; after an answer the same message says what was answered, beside what is open. */
export function checkpointGroupMessage(
  questions: readonly CheckpointFacts[],
  options: QuestionOptions,
): Message {
  const open = questions.filter(({ answer }) => answer === null).length
  const [lead = null] = [...questions].sort((a, b) => Number(isAnswered(a)) - Number(isAnswered(b)))
  const others = questions.filter((each) => each !== lead)
  const title = compose([
    body(
      lead === null ? null : mrkdwn`*${stepHeadline(lead, others)}*`,
      mrkdwn`🔵 ${titleWords(open, questions.length)}.`,
    ),
  ])
  const parts = questions.map((facts, at) =>
    compose([...questionParagraphs(facts, at + 1, options)]),
  )
  return fitMessage({
    text: [title, ...parts].map(({ text }) => text).join('\n'),
    blocks: [
      ...title.blocks,
      ...questions.flatMap((facts, at) => {
        const [question, ...below] = parts[at]?.blocks ?? []
        const buttons = questionButtons(facts, options)
        return [...(question ? [question] : []), ...(buttons ? [buttons] : []), ...below]
      }),
    ],
    file: null,
  })
}

function isAnswered({ answer }: CheckpointFacts): boolean {
  return answer !== null
}

function titleWords(open: number, all: number): string {
  const steps = counted(all, 'procurement step')
  if (open === all) return `${steps} due: say which are done`
  return open === 0 ? `${steps}: all are answered` : `${steps}: ${open} not answered yet`
}

/** A notice whose last day is near, as the channel is told of it. */
export interface DutyFact extends ContractNames {
  readonly notice: NoticeTask['notice']
  readonly on: CivilDate
  readonly citation: string
  /** The category lead, or the owner where there is none. */
  readonly asked: PersonFact | null
}

export interface DutiesFacts {
  readonly asOf: CivilDate
  readonly team: string
  /** By date. */
  readonly tasks: readonly DutyFact[]
}

/** More stand in the weekly summary. */
const DUTIES_SHOWN = 15

/** What the law may ask for within a week: told once, settled by what a person says. */
export function dutiesMessage({ asOf, team, tasks }: DutiesFacts): Message {
  const [first] = tasks
  const example = first === undefined ? '' : `${first.reference} ${first.notice}`
  return compose([
    body(
      mrkdwn`*${noticesHeadline(asOf, first ?? null, tasks.length)}*`,
      mrkdwn`🔵 ${counted(tasks.length, 'notice')} to check within a week.`,
      ...firstLines(
        tasks,
        DUTIES_SHOWN,
        (each) => dutyLine(each, asOf),
        ': the weekly summary lists them.',
      ),
    ),
    body(
      mrkdwn`*Next:* say what was published, or why it is not called for: /contracts published ${shown(example, 90)} and its reference or the reason.`,
    ),
    note(
      mrkdwn`Flags to check, no decisions: each is told once here. For ${teamWords(team)}, as of ${dateWords(asOf)}.`,
    ),
  ])
}

function dutyLine({ notice, on, citation, asked, ...names }: DutyFact, asOf: CivilDate): Mrkdwn {
  const who =
    asked === null || asked.name.trim() === '' ? mrkdwn`` : mrkdwn` For ${plainName(asked)}.`
  return mrkdwn`By ${dateWords(on)}, ${whenWords(daysBetween(asOf, on))}: ${contractName(names, 60)}, ${shown(names.reference, 40)}: check whether a ${NOTICE_TITLES[notice]} (${notice}) is called for (${shown(citation, 60)}).${who}`
}

/** `By Wed 6 Jan 2027, in 44 days: check whether a contract change notice (UK10) is called for (s.75). …` */
export function noticeWords(
  { notice, on, why, settled, citation }: NoticeTask,
  today: CivilDate,
  hidePrices: boolean,
): string {
  const what = `a ${NOTICE_TITLES[notice]} (${notice})`
  if (settled !== null) {
    // What people said of it may tell what the organisation intends.
    const said = hidePrices ? 'settled' : settled.trim().replace(/\.+$/, '')
    return `${what.slice(2)}, by ${dateWords(on)}: ${said}.`
  }
  const when = `${dateWords(on)}, ${whenWords(daysBetween(today, on))}`
  return `By ${when}: check whether ${what} is called for (${citation}). ${why}`
}

/** All but those whose date went by unanswered long ago. */
export function noticesTold(tasks: readonly NoticeTask[], today: CivilDate): readonly NoticeTask[] {
  return tasks.filter(
    ({ settled, on }) => settled !== null || daysBetween(on, today) <= NOTICE_LISTED_DAYS,
  )
}

// When to start replacing a contract, in sentences: for Slack and for the command line. Plain text.

export interface StartByCounted {
  /** The first day that the new contract has to cover. */
  readonly coverFrom: CivilDate
  readonly routeTitle: string
  /** No route is recorded or asked for: taken by value. */
  readonly assumed: boolean
  readonly startBy: CivilDate
  /** Of an assumed route: from its day to that of the fastest which the organisation uses. */
  readonly range?: {
    readonly from: CivilDate
    readonly to: CivilDate
    readonly fastest: string
  } | null
  /** What is to be said of the data-protection review beside its extension; absent: nothing. */
  readonly review?: string
  /** Which figures decided what was assumed, in sentences. */
  readonly decidedBy?: readonly string[]
  /** In the order in which they happen. */
  readonly steps: readonly StartByStep[]
  readonly passed: boolean
  readonly fits: readonly FittingRoute[]
  readonly gapUnavoidableFrom: CivilDate | null
}

/** `to have a new contract on … by open procedure, start by …: mobilisation 30 days, …`. */
export function startByWords(count: StartByCounted): string {
  const { coverFrom, routeTitle, assumed, startBy, range = null, steps } = count
  const how = assumed ? `${routeTitle} (assumed, as no route is recorded)` : routeTitle
  const pieces = steps.toReversed().map((step) => `${step.name} ${step.amount} ${step.unit}`)
  const counted = `to have a new contract on ${dateWords(coverFrom)} by ${how}, start by ${dateWords(startBy)}: ${pieces.join(', ')}.`
  return range === null
    ? counted
    : `between ${dateWords(range.from)} if by ${routeTitle} and ${dateWords(range.to)} by ${range.fastest}; ${counted}`
}

/** Which figures the assumed route rests on: gross against gross, and what was not known. */
export function decisionWords({ decidedBy, unread }: ReplacementRoute): string[] {
  const asked =
    unread === null
      ? []
      : [`Its recorded route "${unread.slice(0, 60)}" is none that is known here: which is it?`]
  if (decidedBy === null) {
    return [
      ...asked,
      'Health care services: never assumed to be an open procedure, check (PSR 2023, reg 6).',
    ]
  }
  const { gross, vatAdded, optionsAdded, threshold } = decidedBy
  const worth =
    gross === null
      ? 'Its value is not known, so it counts as a large one.'
      : `Its value with VAT is ${amountWords(gross, 'GBP')}${vatAdded ? ' (20% added: it is recorded without, or nobody said)' : ''}${optionsAdded ? ', with what its options would cost (Schedule 3 para 1(2)(c))' : ''}.`
  if (threshold === null) return [...asked, worth, 'Compared with your own bands (routeBands).']
  const { figure, assumed, authorityUnknown } = threshold
  return [
    ...asked,
    worth,
    `The threshold is ${amountWords(threshold.amount, 'GBP')} with VAT (${figure.law}, ${figure.section}, ${figure.name.replace('threshold ', '')}): check.`,
    ...(assumed
      ? [`No later figures than those to ${dateWords(figure.to ?? figure.from)} are known.`]
      : []),
    ...(authorityUnknown ? [AUTHORITY_UNKNOWN] : []),
  ]
}

/** Null where there is still time. */
export function passedWords(
  { passed, startBy, range }: StartByCounted,
  asOf: CivilDate,
): string | null {
  const last = range?.to ?? startBy
  return passed ? `That was ${counted(daysBetween(last, asOf), 'day')} ago.` : null
}

export function fitWords({ shortfallDays }: FittingRoute): string {
  return shortfallDays === 0 ? 'still fits' : `${counted(shortfallDays, 'day')} short`
}

/** From when on even the fastest route is too slow. */
export function gapWords({ gapUnavoidableFrom: from }: StartByCounted, asOf: CivilDate): string {
  if (from === null) return 'No route is open to it.'
  return from <= asOf
    ? `A gap has been unavoidable since ${dateWords(from)}, by these lead times: even the fastest route is too slow.`
    : `From ${dateWords(from)} on a gap is unavoidable, by these lead times.`
}
