/** The small modals: snooze, reassign, preferences. */
import type { ModalView } from '@slack/types'
import { addDays, type CivilDate } from '../../rules/civil-date.ts'
import type { ButtonSubject } from '../buttons.ts'
import { type ContractNames, contractName, type PersonFact } from '../facts.ts'
import { body } from '../message.ts'
import { mrkdwn, shown } from '../words.ts'
import { boxesField, dateField, modal, personField, radioField, textField } from './fields.ts'

export const SNOOZE_FORM = 'lw.snooze'
export const ASSIGN_FORM = 'lw.assign'
export const PREFERENCES_FORM = 'lw.preferences'

export interface AboutContract {
  readonly subject: ButtonSubject
  readonly contract: ContractNames
}

/** Proposes a week from today. */
export function snoozeModal({ subject, contract }: AboutContract, today: CivilDate): ModalView {
  return modal(SNOOZE_FORM, 'Snooze', 'Snooze', about(subject), [
    title(contract),
    dateField(
      { name: 'until', label: 'Ask again on', hint: 'At most a year from today.' },
      addDays(today, 7),
    ),
    textField({ name: 'why', label: 'Why?', optional: true }, null),
  ])
}

export interface AssignForm extends AboutContract {
  readonly owner: PersonFact | null
  readonly deputy: PersonFact | null
}

export function assignModal({ subject, contract, owner, deputy }: AssignForm): ModalView {
  return modal(ASSIGN_FORM, 'Reassign', 'Save', about(subject), [
    title(contract),
    personField({ name: 'owner', label: 'Owner', optional: true }, owner),
    personField(
      {
        name: 'deputy',
        label: 'Deputy',
        hint: 'Told when the owner does not act, or has left.',
        optional: true,
      },
      deputy,
    ),
    nobodyField({ owner, deputy }),
  ])
}

/** Taking somebody out is said here: a field that is left or made empty changes nothing. */
export function nobodyField({
  owner,
  deputy = null,
}: {
  readonly owner: PersonFact | null
  readonly deputy?: PersonFact | null
}) {
  const choices = [
    owner === null ? null : { value: 'owner', text: 'Nobody is its owner' },
    deputy === null ? null : { value: 'deputy', text: 'Nobody is its deputy' },
  ].filter((each) => each !== null)
  if (choices.length === 0) return null
  return boxesField({ name: 'nobody', label: 'Or take somebody out', optional: true }, choices)
}

export const VOICES = ['mention', 'dm', 'neither'] as const
/** How a person wants to be told what they answer for. */
export type ReminderChannel = (typeof VOICES)[number]

export function preferencesModal(voice: ReminderChannel): ModalView {
  return modal(PREFERENCES_FORM, 'Preferences', 'Save', {}, [
    radioField(
      { name: 'voice', label: 'When a contract of yours needs you' },
      [
        { value: 'mention', text: 'Mention me in the channel' },
        { value: 'dm', text: 'Send me a direct message' },
        { value: 'neither', text: 'Neither: I read the channel' },
      ],
      voice,
    ),
  ])
}

function about({ contractId, version, alertIds }: ButtonSubject) {
  return { contractId, version, alertIds }
}

function title(contract: ContractNames) {
  return body(mrkdwn`*${contractName(contract, 100)}*, ${shown(contract.reference, 60)}`)
}
