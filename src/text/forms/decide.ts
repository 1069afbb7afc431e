/** Recording a decision with its evidence. */
import type { ModalView } from '@slack/types'
import type { CivilDate } from '../../rules/civil-date.ts'
import type { DecidableKind } from '../../rules/contract.ts'
import type { ButtonSubject } from '../buttons.ts'
import { type ContractNames, contractName } from '../facts.ts'
import { body } from '../message.ts'
import { dateWords, mrkdwn, shown } from '../words.ts'
import { type Choice, modal, selectField, textField } from './fields.ts'

export const DECIDE_FORM = 'lw.decide'

export const CHOICES = [
  'take-option',
  'modify',
  'call-off',
  'direct-award',
  'compete',
  'exit',
  'let-end',
  'serve-notice',
  'no-notice',
  'reviewed',
] as const
export type DecisionChoice = (typeof CHOICES)[number]

/** How each is said, in the modal, in the record and in the message. */
export const CHOICE_WORDS: Readonly<Record<DecisionChoice, string>> = {
  'take-option': 'Take the option',
  modify: 'Modify the contract',
  'call-off': 'Call off from a framework',
  'direct-award': 'Award directly',
  compete: 'Compete',
  exit: 'Exit: the service has another home or is not needed',
  'let-end': 'Let it end',
  'serve-notice': 'Notice was served',
  'no-notice': 'Serve no notice',
  reviewed: 'Reviewed',
}

/** Without a link to the proof these settle nothing. */
export const NEEDS_EVIDENCE: ReadonlySet<DecisionChoice> = new Set(['exit', 'serve-notice'])

const DEADLINES: Readonly<Record<DecidableKind, string>> = {
  'start-by': 'The day to start by',
  notice: 'Notice',
  option: 'The option',
  end: 'The end',
  review: 'The review',
}

export interface DecideForm {
  readonly subject: ButtonSubject
  readonly contract: ContractNames
  /** The open deadlines that a decision can settle, the most urgent first. */
  readonly deadlines: readonly { readonly kind: DecidableKind; readonly on: CivilDate }[]
}

export function decideModal({ subject, contract, deadlines }: DecideForm): ModalView {
  const { contractId, version, alertIds } = subject
  const dates: Choice[] = deadlines.map(({ kind, on }) => ({
    value: kind,
    text: `${DEADLINES[kind]}, ${dateWords(on)}`,
  }))
  const offered = dates.length > 0 ? dates : [{ value: 'end', text: DEADLINES.end }]
  return modal(DECIDE_FORM, 'Record decision', 'Record', { contractId, version, alertIds }, [
    body(mrkdwn`*${contractName(contract, 100)}*, ${shown(contract.reference, 60)}`),
    selectField({ name: 'deadline', label: 'Which date does it settle?' }, offered, null),
    selectField(
      { name: 'choice', label: 'What was decided?' },
      CHOICES.map((value) => ({ value, text: CHOICE_WORDS[value] })),
      null,
    ),
    textField({ name: 'text', label: 'In a few words', optional: true }, null, {
      lines: true,
      most: 1000,
    }),
    textField(
      {
        name: 'evidence',
        label: 'Link to the evidence',
        hint: 'Minutes, a signed letter, proof of service. Asked for with an exit and with a notice.',
        optional: true,
      },
      null,
      { most: 1000 },
    ),
  ])
}
