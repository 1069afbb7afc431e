/** The question about a checkpoint of a procurement, when its day has come, and what was answered. */
import type { ActionsBlock } from '@slack/types'
import type { CheckpointName } from '../domain/checkpoints.ts'
import { addDays, type CivilDate, daysBetween } from '../domain/civil-date.ts'
import type { Decimal } from '../domain/money.ts'
import { button, row, select } from './buttons/elements.ts'
import { body, compose, note, type Paragraph } from './compose.ts'
import { type Mrkdwn, mrkdwn, shown } from './escape.ts'
import type { Message, PersonFact } from './facts.ts'
import { contractName, ownerSentence, personName } from './naming.ts'
import { capitalised, counted, dateWords, estimateWords, whenWords } from './words.ts'

export interface CheckpointFacts {
  readonly checkpointId: number
  readonly name: CheckpointName
  readonly asOf: CivilDate
  readonly dueOn: CivilDate
  /** How the route is called. */
  readonly route: string
  readonly contract: {
    readonly reference: string
    readonly title: string | null
    readonly supplier: string | null
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
export interface GapFacts {
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

export const CHECKPOINT_WORDS: Readonly<Record<CheckpointName, string>> = {
  publication: 'publication',
  award: 'the award notice',
  'standstill-ends': 'the end of the standstill',
  approval: 'the approval of the award',
  signature: 'the signature',
  mobilisation: 'the end of mobilisation',
}

/** How a question looks where it goes to. */
export interface QuestionLook {
  readonly hidePrices: boolean
  /** Somebody listens to its buttons; without, it has none. */
  readonly answerable: boolean
}

/** Asks once; after the answer the same message says what was answered. */
export function checkpointMessage(facts: CheckpointFacts, look: QuestionLook): Message {
  const [asked, small] = questionParagraphs(facts, mrkdwn`🔵 `, look)
  return compose([asked, small], { actions: questionButtons(facts, look) })
}

/** The question with what stands below it; `before` begins its first line. */
export function questionParagraphs(
  facts: CheckpointFacts,
  before: Mrkdwn,
  { hidePrices }: QuestionLook,
): readonly [Paragraph, Paragraph] {
  const { name, dueOn, asOf, contract, route, answer } = facts
  const due = daysBetween(asOf, dueOn)
  const when = due === 0 ? 'due today' : `was due ${dateWords(dueOn)}, ${whenWords(due)}`
  return [
    body(
      mrkdwn`${before}*${capitalised(CHECKPOINT_WORDS[name])} ${when}: ${contractName(contract)}*`,
      mrkdwn`Owner: ${ownerSentence(contract.owner)}`,
      ...(answer === null ? [mrkdwn`*${QUESTIONS[name]}*`] : answerLines(name, answer, hidePrices)),
    ),
    note(
      answer === null ? timing(facts) : null,
      mrkdwn`By ${shown(route, 60)}. Reference ${shown(contract.reference, 60)}, team ${shown(contract.team, 60)}, as of ${dateWords(asOf)}.`,
    ),
  ]
}

/** Its buttons, until somebody has answered. */
export function questionButtons(
  facts: CheckpointFacts,
  { answerable }: QuestionLook,
): ActionsBlock | null {
  return facts.answer === null && answerable ? buttons(facts) : null
}

/** What was said, and what it does to the award and to the cover. */
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
