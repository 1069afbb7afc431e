/** Entering a contract by hand, and correcting one. */
import type { ModalView } from '@slack/types'
import type { CivilDate } from '../../rules/civil-date.ts'
import {
  type Period,
  REGIMES,
  type Regime,
  VALUE_BASES,
  type ValueBasis,
} from '../../rules/contract.ts'
import type { Decimal } from '../../rules/money.ts'
import { ROUTES } from '../../rules/settings.ts'
import { periodText } from '../../rules/working-days.ts'
import type { ButtonSubject } from '../buttons.ts'
import type { PersonFact } from '../facts.ts'
import { body } from '../message.ts'
import { capitalised, dateWords, mrkdwn } from '../words.ts'
import {
  type Choice,
  dateField,
  modal,
  personField,
  radioField,
  selectField,
  textField,
} from './fields.ts'
import { nobodyField } from './snooze-assign.ts'

export const ADD_FORM = 'lw.add'
export const EDIT_FORM = 'lw.edit'

/** How many characters each text field takes. */
export const MOST = { reference: 100, title: 300, supplier: 200, buyer: 200, why: 300 } as const

export const END_KINDS = ['dated', 'undated', 'rolling'] as const

/** What the modal asks for: as it stands, or as it was sent back. */
export interface ContractInput {
  readonly reference: string
  readonly title: string | null
  readonly supplier: string | null
  readonly buyer: string | null
  readonly teamId: number | null
  /** A Slack id. */
  readonly owner: string | null
  readonly start: CivilDate | null
  readonly endKind: (typeof END_KINDS)[number]
  /** The last day of cover; null unless dated. */
  readonly end: CivilDate | null
  readonly maximumEnd: CivilDate | null
  readonly noticePeriod: Period | null
  readonly automaticRenewal: boolean | null
  readonly renewalTerm: Period | null
  readonly reviewOn: CivilDate | null
  readonly personalData: boolean | null
  readonly value: Decimal | null
  readonly currency: string
  readonly valueBasis: ValueBasis
  readonly regime: Regime | null
  readonly route: string | null
}

export interface ContractForm {
  /** Null for a new one. */
  readonly subject: ButtonSubject | null
  readonly contract: Partial<ContractInput>
  /** As the record names its owner, with an account or without. */
  readonly owner?: PersonFact | null
  /** The register's earlier end, where people recorded a later one; null where they agree. */
  readonly disputedEnd?: CivilDate | null
  /** Where there are more than a hundred, the contract's own and the first ones are offered. */
  readonly teams: readonly { readonly id: number; readonly name: string }[]
}

export function contractModal({
  subject,
  contract,
  owner = null,
  disputedEnd = null,
  teams,
}: ContractForm): ModalView {
  const isNew = subject === null
  return modal(
    isNew ? ADD_FORM : EDIT_FORM,
    isNew ? 'Add contract' : 'Edit contract',
    isNew ? 'Add' : 'Save',
    subject === null ? {} : { contractId: subject.contractId, version: subject.version },
    [
      isNew
        ? null
        : body(
            mrkdwn`What you change here stays, also when the register says otherwise later; the conflict is then listed.`,
          ),
      disputedEnd === null
        ? null
        : radioField(
            {
              name: 'holds',
              label: 'The register says that it ends earlier. Which holds?',
              hint: 'Until somebody says so, the earlier day warns.',
              optional: true,
            },
            [
              { value: 'register', text: `The register’s: ${dateWords(disputedEnd)}` },
              { value: 'recorded', text: 'What people recorded' },
            ],
            null,
          ),
      textField({ name: 'reference', label: 'Reference' }, contract.reference ?? null, {
        most: MOST.reference,
      }),
      textField({ name: 'title', label: 'Title', optional: true }, contract.title ?? null, {
        most: MOST.title,
      }),
      textField(
        { name: 'supplier', label: 'Supplier', optional: true },
        contract.supplier ?? null,
        {
          most: MOST.supplier,
        },
      ),
      textField({ name: 'buyer', label: 'Buyer', optional: true }, contract.buyer ?? null, {
        most: MOST.buyer,
      }),
      teams.length === 0
        ? null
        : selectField(
            { name: 'team', label: 'Team' },
            teams.map(({ id, name }) => ({ value: String(id), text: name })),
            String(contract.teamId ?? teams[0]?.id ?? ''),
          ),
      personField({ name: 'owner', label: 'Owner', optional: true }, owner),
      isNew ? null : nobodyField({ owner }),
      dateField({ name: 'start', label: 'First day', optional: true }, contract.start ?? null),
      selectField({ name: 'endKind', label: 'Has it an end?' }, ENDS, contract.endKind ?? 'dated'),
      dateField(
        { name: 'end', label: 'Last day of cover', hint: 'As awarded.', optional: true },
        contract.end ?? null,
      ),
      dateField(
        { name: 'maximumEnd', label: 'Last day with every option taken', optional: true },
        contract.maximumEnd ?? null,
      ),
      textField(
        { name: 'noticePeriod', label: 'Notice period', hint: 'Such as 3 months.', optional: true },
        periodWords(contract.noticePeriod),
        { most: 40 },
      ),
      selectField(
        { name: 'automaticRenewal', label: 'Does it renew by itself?' },
        YES_OR_NO,
        yesOrNo(contract.automaticRenewal),
      ),
      textField(
        { name: 'renewalTerm', label: 'For how long?', hint: 'Such as 12 months.', optional: true },
        periodWords(contract.renewalTerm),
        { most: 40 },
      ),
      textField(
        { name: 'value', label: 'Value', hint: 'Such as 163.1m. Empty: unknown.', optional: true },
        contract.value ?? null,
        { most: 40 },
      ),
      textField({ name: 'currency', label: 'Currency' }, contract.currency ?? 'GBP', { most: 3 }),
      selectField(
        { name: 'valueBasis', label: 'What the value stands for' },
        BASES,
        contract.valueBasis ?? 'unknown',
      ),
      selectField(
        { name: 'regime', label: 'Law it stands under', optional: true },
        REGIMES.map((value) => ({ value, text: value })),
        contract.regime ?? null,
      ),
      selectField(
        { name: 'route', label: 'Route to replace it', optional: true },
        ROUTES.map(({ name, title }) => ({ value: name, text: capitalised(title) })),
        contract.route ?? null,
      ),
      dateField(
        { name: 'reviewOn', label: 'Review on', optional: true },
        contract.reviewOn ?? null,
      ),
      selectField(
        {
          name: 'personalData',
          label: 'Does it process personal data?',
          hint: 'Then its review is one of data protection.',
        },
        YES_OR_NO,
        yesOrNo(contract.personalData),
      ),
      isNew
        ? null
        : dateField(
            {
              name: 'terminatesOn',
              label: 'Terminated: last day of cover',
              hint: 'Only where it ends earlier than agreed. Say why below.',
              optional: true,
            },
            null,
          ),
      isNew
        ? null
        : textField({ name: 'why', label: 'Why is it changed?', optional: true }, null, {
            most: MOST.why,
          }),
    ],
  )
}

function yesOrNo(answer: boolean | null | undefined): 'yes' | 'no' | 'unknown' {
  return answer === true ? 'yes' : answer === false ? 'no' : 'unknown'
}

function periodWords(period: Period | null | undefined): string | null {
  return period === null || period === undefined ? null : periodText(period)
}

const ENDS: readonly Choice[] = [
  { value: 'dated', text: 'Yes, on the day below' },
  { value: 'rolling', text: 'No, it runs until notice' },
  { value: 'undated', text: 'Not known yet' },
]
const YES_OR_NO: readonly Choice[] = [
  { value: 'yes', text: 'Yes' },
  { value: 'no', text: 'No' },
  { value: 'unknown', text: 'Not known' },
]
const BASES: readonly Choice[] = VALUE_BASES.map((value) => ({
  value,
  text: {
    committed: 'Committed',
    maximum: 'The most it may come to, options included',
    annual: 'A year',
    unknown: 'Not known',
  }[value],
}))
