/** Recording a decision with its evidence, and putting one off. */
import type { ModalView } from '@slack/types'
import { z } from 'zod'
import { ENDED_SHOWN, type EndedContract } from '../../reports/ended.ts'
import { addDays, type CivilDate, dayText, earlier } from '../../rules/civil-date.ts'
import { DECIDABLE_KINDS, type DecidableKind } from '../../rules/contract.ts'
import type { SnoozeLimit } from '../../rules/reminder-plan.ts'
import { DEADLINE_WORDS } from '../../text/deadline.ts'
import { body } from '../../text/message.ts'
import {
  capitalised,
  counted,
  dateWords,
  figure,
  mrkdwn,
  shown,
  worthWords,
} from '../../text/words.ts'
import { CHOICES, type DecisionChoice } from '../parse/command-types.ts'
import {
  type AboutContract,
  at,
  boxesField,
  type Choice,
  checked,
  contractLine,
  dayAsked,
  type Fields,
  idOf,
  modal,
  REQUIRED,
  readAsked,
  requiredDay,
  selectField,
  shownFields,
  textAsked,
} from './fields.ts'

export const DECIDE_FORM = 'lw.decide'

/** How each is said, in the modal, in the record and in the message. */
const CHOICE_WORDS: Readonly<Record<DecisionChoice, string>> = {
  'take-option': 'Take the option',
  modify: 'Modify the contract',
  'call-off': 'Call off from a framework',
  'called-off': 'Called off: what follows is signed',
  'direct-award': 'Award directly',
  compete: 'Compete',
  exit: 'Exit: the service has another home or is not needed',
  'let-end': 'Let it end',
  'serve-notice': 'Notice was served',
  'no-notice': 'Serve no notice',
  reviewed: 'Reviewed',
}

/** Without a link to the proof these settle nothing. */
const NEEDS_EVIDENCE: ReadonlySet<DecisionChoice> = new Set(['exit', 'called-off', 'serve-notice'])

function dateName(kind: DecidableKind): string {
  return capitalised(DEADLINE_WORDS[kind].name)
}

export interface DecideForm extends AboutContract {
  /** The open deadlines that a decision can settle, the most urgent first. */
  readonly deadlines: readonly { readonly kind: DecidableKind; readonly on: CivilDate }[]
}

/** `said`: what was typed of it already; the date that it settles is filled in where only one can be. */
export function decideModal(
  { subject, contract, deadlines }: DecideForm,
  said: DecisionChoice | null = null,
): ModalView {
  const dates: Choice[] = deadlines.map(({ kind, on }) => ({
    value: kind,
    text: `${dateName(kind)}, ${dateWords(on)}`,
  }))
  const offered = dates.length > 0 ? dates : [{ value: 'end', text: dateName('end') }]
  const settled = said === null ? undefined : ONLY[said]
  const fitting = offered.filter(({ value }) => settled === undefined || value === settled)
  const date = said !== null && fitting.length === 1 ? (fitting[0]?.value ?? null) : null
  return modal(DECIDE_FORM, 'Record decision', 'Record', subject, [
    contractLine(contract),
    selectField({ name: 'deadline', label: 'Which date does it settle?' }, offered, date),
    selectField(
      { name: 'choice', label: 'What was decided?' },
      CHOICES.map((value) => ({ value, text: CHOICE_WORDS[value] })),
      said,
    ),
    ...shownFields(BESIDE, {}),
  ])
}

const BESIDE = {
  text: textAsked('In a few words', 1000, { lines: true }),
  evidence: textAsked('Link to the evidence', 1000, {
    hint: 'Minutes, a signed letter, proof of service. Asked for with an exit, a notice and what was called off.',
  }),
}

/** Which dates a choice can settle; the others can be settled by any. */
const ONLY: Partial<Readonly<Record<DecisionChoice, DecidableKind>>> = {
  'serve-notice': 'notice',
  'no-notice': 'notice',
  reviewed: 'review',
  'called-off': 'call-off-by',
}

const Decision = z
  .object({
    deadline: z.enum(DECIDABLE_KINDS, 'Choose which date this settles.'),
    choice: z.enum(CHOICES, 'Choose what was decided.'),
    text: z.string().nullable(),
    evidence: z
      .string()
      .refine(isLink, 'Paste a link that begins with https://, or leave it empty.')
      .nullable(),
  })
  .refine(
    ({ deadline, choice }) =>
      !isDecidable(deadline) || [undefined, deadline].includes(ONLY[choice]),
    at<{ choice: DecisionChoice }>('choice', ({ choice }) => {
      const date = dateName(ONLY[choice] ?? 'end')
      return `That settles one date alone: choose “${date}” above.`
    }),
  )
  .refine(
    ({ deadline, choice, evidence }) =>
      !isDecidable(deadline) || evidence !== null || !NEEDS_EVIDENCE.has(choice),
    at('evidence', 'This one needs its proof: paste a link to it.'),
  )

export interface DecideInput {
  readonly deadline: DecidableKind
  readonly choice: DecisionChoice
  /** What goes on record: the choice in words, and what was added. */
  readonly text: string
  /** An address; null where none was given. */
  readonly evidence: string | null
}

export function readDecision(fields: Fields): DecideInput | null {
  const read = checked(fields, Decision, {
    deadline: fields.chosen('deadline'),
    choice: fields.chosen('choice'),
    ...readAsked(fields, BESIDE),
  })
  if (read === null) return null
  const words = CHOICE_WORDS[read.choice]
  return { ...read, text: read.text === null ? words : `${words}: ${read.text}` }
}

function isDecidable(deadline: unknown): boolean {
  return DECIDABLE_KINDS.some((each) => each === deadline)
}

function isLink(text: string): boolean {
  return /^https?:\/\/[^\s<>|]+$/i.test(text) && URL.canParse(text)
}

// Contracts that had ended before they were first read: tick what is still supplied.

export const ENDED_FORM = 'lw.ended'

/** Slack shows ten boxes in one field. */
const BOXES = [
  { name: 'first', label: 'Still supplied', from: 0, to: 10 },
  { name: 'more', label: 'Still supplied, of these', from: 10, to: ENDED_SHOWN },
] as const

export interface EndedForm {
  readonly team: { readonly id: number; readonly name: string }
  readonly items: readonly EndedContract[]
  readonly hidePrices: boolean
}

/** Those of the highest value first; what seems replaced is said beside it. */
export function endedModal({ team, items, hidePrices }: EndedForm): ModalView {
  const left = items.length - ENDED_SHOWN
  return modal(ENDED_FORM, 'Still supplied?', 'Confirm', { teamId: team.id }, [
    body(
      mrkdwn`*${counted(items.length, 'contract')} of ${shown(team.name, 60)} had ended before they were first read.*`,
      mrkdwn`Tick what is still supplied: it counts as out of contract from now on. What is not ticked is closed, which can be taken back. Nothing is counted before you confirm.`,
      left > 0 ? mrkdwn`${figure(left)} more follow once these are answered.` : null,
    ),
    ...BOXES.map(({ name, label, from, to }) => {
      const these = items.slice(from, to)
      if (these.length === 0) return null
      return boxesField(
        { name, label, optional: true },
        these.map((each) => ({
          value: String(each.contractId),
          text: `${each.title ?? each.supplier ?? ''} (${each.reference})`,
          description: described(each, hidePrices),
        })),
      )
    }),
  ])
}

function described(contract: EndedContract, hidePrices: boolean) {
  const { ended, replacedBy } = contract
  const parts = [`ended ${dateWords(ended)}`, ...(hidePrices ? [] : [worthWords(contract)])]
  return [...parts, ...(replacedBy === null ? [] : [`seems replaced by ${replacedBy}`])].join(', ')
}

export interface EndedInput {
  readonly shown: readonly number[]
  readonly supplied: readonly number[]
}

export function readEndedForm(fields: Fields): EndedInput {
  const offered = BOXES.flatMap(({ name }) =>
    fields.offered(name).map((value) => ({ value, isTicked: fields.ticked(name, value) })),
  )
  const ids = (all: typeof offered) => all.flatMap(({ value }) => idOf(value) ?? [])
  return { shown: ids(offered), supplied: ids(offered.filter(({ isTicked }) => isTicked)) }
}

// Until which day the warnings of a contract rest.

export const SNOOZE_FORM = 'lw.snooze'

export interface SnoozeForm extends AboutContract {
  readonly limit: SnoozeLimit
}

/** Proposes a week from today, or the last day that is allowed. */
/** @param asked what was typed of it */
export function snoozeModal(
  { subject, contract, limit }: SnoozeForm,
  today: CivilDate,
  { until, why = null }: Partial<SnoozeInput> = {},
): ModalView {
  const hint = `At most until ${dayText(limit.until)}, ${limit.why}.`
  return modal(SNOOZE_FORM, 'Snooze', 'Snooze', subject, [
    contractLine(contract),
    dayAsked('Ask again on', { hint, ...REQUIRED }).show(
      'until',
      earlier(until ?? addDays(today, 7), limit.until),
    ),
    textAsked('Why?').show('why', why),
  ])
}

const snoozed = (today: CivilDate) =>
  z.object({
    until: requiredDay('Choose the day on which it shall be asked again.').refine(
      (until) => until > today,
      'Choose a day later than today.',
    ),
    why: z.string().nullable(),
  })
export type SnoozeInput = z.infer<ReturnType<typeof snoozed>>

export function readSnooze(fields: Fields, today: CivilDate): SnoozeInput | null {
  const why = fields.text('why', 300)
  return checked(fields, snoozed(today), { until: fields.date('until'), why })
}
