/** Logging an extension, and saying what an unclassified one was. */
import type { ModalView } from '@slack/types'
import type { CivilDate } from '../../rules/civil-date.ts'
import type { Regime } from '../../rules/contract.ts'
import type { ContractLaw } from '../../rules/headroom.ts'
import { HEADROOM_RULES } from '../../rules/headroom-rules.ts'
import type { CardExtension } from '../answer-facts.ts'
import type { ButtonSubject } from '../buttons.ts'
import { type ContractNames, contractName } from '../facts.ts'
import { lawWords } from '../headroom.ts'
import { body } from '../message.ts'
import { capitalised, dateWords, mrkdwn, shown } from '../words.ts'
import { type Choice, dateField, modal, radioField, selectField, textField } from './fields.ts'
import type { AboutContract } from './snooze-assign.ts'

export const EXTEND_FORM = 'lw.extend'
export const CLASSIFY_FORM = 'lw.classify'

/** What a person can say that an extension is. */
export const SAID_KINDS = ['option', 'variation', 'emergency', 'renewal'] as const
export type SaidKind = (typeof SAID_KINDS)[number]
export const SAID_STATUSES = ['confirmed', 'proposed'] as const

const KINDS: readonly Choice[] = [
  { value: 'option', text: 'Option', description: 'was in the contract' },
  { value: 'variation', text: 'Variation', description: 'agreed with the supplier' },
  { value: 'emergency', text: 'Emergency', description: 'unplanned, to avoid a lapse' },
  { value: 'renewal', text: 'Renewal', description: 'came about by itself' },
]
const STATUSES: readonly Choice[] = [
  { value: 'confirmed', text: 'Signed: it moves the end' },
  { value: 'proposed', text: 'Proposed: it moves nothing yet' },
]

export interface ExtendForm {
  readonly subject: ButtonSubject
  readonly contract: ContractNames
  readonly currency: string
  /** The current end; null where undated. */
  readonly end: CivilDate | null
  /** Under which the contract stands: only its grounds are offered. */
  readonly law: ContractLaw
  readonly grounds?: readonly Ground[]
}

export function extendModal(form: ExtendForm): ModalView {
  const { contract, end } = form
  return modal(EXTEND_FORM, 'Log extension', 'Log', { ...about(form), end }, [
    body(
      mrkdwn`*${contractName(contract, 100)}*, ${shown(contract.reference, 60)}`,
      end === null ? mrkdwn`No end is recorded.` : mrkdwn`It ends ${dateWords(end)} as recorded.`,
    ),
    selectField({ name: 'kind', label: 'What kind of extension is it?' }, KINDS, null),
    dateField({ name: 'to', label: 'Last day of cover' }, null),
    dateField(
      { name: 'from', label: 'First day', hint: 'Empty: the day after the end.', optional: true },
      null,
    ),
    radioField({ name: 'status', label: 'Is it signed?' }, STATUSES, null),
    ...grounded(form, null),
  ])
}

export interface ClassifyForm extends ExtendForm {
  readonly extension: CardExtension & { readonly id: number }
}

/** The register moved the end; somebody says why. Its dates stay as they are. */
export function classifyModal(form: ClassifyForm): ModalView {
  const { contract, extension } = form
  return modal(
    CLASSIFY_FORM,
    'Classify extension',
    'Save',
    { ...about(form), extensionId: extension.id },
    [
      body(
        mrkdwn`*${contractName(contract, 100)}*, ${shown(contract.reference, 60)}`,
        mrkdwn`The register moved its end: cover from ${dateWords(extension.from)} to ${dateWords(extension.to)}. What was it?`,
      ),
      selectField({ name: 'kind', label: 'What kind of extension was it?' }, KINDS, null),
      ...grounded(form, extension.cost),
    ],
  )
}

function about({ subject: { contractId, version, alertIds } }: ExtendForm) {
  return { contractId, version, alertIds }
}

function grounded({ currency, law, grounds }: ExtendForm, cost: string | null) {
  return [
    textField(
      {
        name: 'cost',
        label: `What it costs in all, in ${currency}, without VAT`,
        hint: 'Such as 4.6m or 3,470.50. Empty: unknown, never nothing.',
        optional: true,
      },
      cost,
      { most: 40 },
    ),
    selectField(
      {
        name: 'grounds',
        label: 'On which grounds?',
        hint: `Asked for with an emergency extension. ${lawHint(law)} Check with procurement.`,
        optional: true,
      },
      groundsUnder(law.regime, grounds).map(({ id, title, rule }) => ({
        value: id,
        text: title,
        description: rule,
      })),
      null,
    ),
    textField({ name: 'cause', label: 'What made it necessary?', optional: true }, null, {
      lines: true,
      most: 2000,
    }),
    textField({ name: 'approver', label: 'Who approved it?', optional: true }, null, { most: 120 }),
    textField(
      { name: 'notice', label: 'Reference of the published notice', optional: true },
      null,
      { most: 120 },
    ),
  ]
}

/** Whose grounds these are, and where to say so if it is another's. */
function lawHint({ regime, assumed }: ContractLaw): string {
  if (regime === null)
    return 'The contract’s law is not recorded: these are the grounds of every law.'
  const law = `These are the grounds under ${lawWords(regime, assumed)}, and our own rules.`
  return assumed ? `${law} Where another law holds, record it first with Edit.` : law
}

// On which rule an extension may rest: a list to start with, that an organisation can change.

interface Ground {
  /** At most 75 characters: letters, digits and hyphens. */
  readonly id: string
  readonly title: string
  /** Where it is written. */
  readonly rule: string
}

/** From the Procurement Act 2023, the Public Contracts Regulations 2015 and the PSR 2023. */
export const DEFAULT_GROUNDS: readonly Ground[] = [
  {
    id: 'pa23-option',
    title: 'Option provided for in the contract',
    rule: 'Procurement Act 2023, Schedule 8 para 1',
  },
  {
    id: 'pa23-urgency',
    title: 'Urgency or protection of life',
    rule: 'Procurement Act 2023, Schedule 8 para 2',
  },
  {
    id: 'pa23-unforeseeable',
    title: 'Circumstances nobody could foresee',
    rule: 'Procurement Act 2023, Schedule 8 para 4',
  },
  {
    id: 'pa23-known-risk',
    title: 'A known risk came true',
    rule: 'Procurement Act 2023, Schedule 8 para 5',
  },
  {
    id: 'pa23-not-substantial',
    title: 'Not substantial',
    rule: 'Procurement Act 2023, s.74(3)',
  },
  {
    id: 'pa23-below-threshold',
    title: 'Below-threshold modification',
    rule: 'Procurement Act 2023, s.74(4)',
  },
  { id: 'pcr15-review-clause', title: 'Clear review clause', rule: 'PCR 2015, reg 72(1)(a)' },
  {
    id: 'pcr15-additional',
    title: 'Additional works or services',
    rule: 'PCR 2015, reg 72(1)(b)',
  },
  { id: 'pcr15-unforeseeable', title: 'Unforeseeable need', rule: 'PCR 2015, reg 72(1)(c)' },
  { id: 'pcr15-not-substantial', title: 'Not substantial', rule: 'PCR 2015, reg 72(1)(e)' },
  { id: 'pcr15-small', title: 'Small in value', rule: 'PCR 2015, reg 72(5)' },
  { id: 'psr23-provided', title: 'Clearly provided for', rule: 'PSR 2023, reg 13, provided for' },
  { id: 'psr23-external', title: 'External factors', rule: 'PSR 2023, reg 13, external factors' },
  {
    id: 'psr23-small',
    title: 'Not materially different, small',
    rule: 'PSR 2023, reg 13, small change',
  },
  { id: 'waiver', title: 'Waiver of our own rules', rule: 'Standing financial instructions' },
  { id: 'other', title: 'Other: say which below', rule: 'Check with procurement' },
]

/**
 * Of the list those that can hold under a contract's law: of the other laws none, of one's own rules
 * all. Where the law is not known, every one.
 */
export function groundsUnder(
  regime: Regime | null,
  grounds: readonly Ground[] = DEFAULT_GROUNDS,
): readonly Ground[] {
  if (regime === null) return grounds
  return grounds.filter(({ id }) => {
    const rule = HEADROOM_RULES.find((each) => each.id === id)
    return rule === undefined || rule.regime === regime
  })
}

// Taking back an extension: which one, and why.

export const WITHDRAW_FORM = 'lw.withdraw'

/** A select offers no more. */
const MOST = 100

export interface WithdrawForm extends AboutContract {
  /** Those that were not withdrawn, the last recorded first. */
  readonly extensions: readonly (CardExtension & { readonly id: number })[]
}

export function withdrawModal({ subject, contract, extensions }: WithdrawForm): ModalView {
  const { contractId, version, alertIds } = subject
  const choices = extensions.slice(0, MOST).map(({ id, kind, from, to }) => ({
    value: String(id),
    text: `${kind === 'unknown' ? 'Unclassified' : capitalised(kind)}: ${dateWords(from)} to ${dateWords(to)}`,
  }))
  return modal(WITHDRAW_FORM, 'Withdraw extension', 'Withdraw', { contractId, version, alertIds }, [
    body(
      mrkdwn`*${contractName(contract, 100)}*, ${shown(contract.reference, 60)}`,
      mrkdwn`It stays in the ledger as withdrawn. The end, the deadlines and the costs are again as they were before it, and the warnings of those deadlines return.`,
    ),
    selectField({ name: 'extension', label: 'Which extension is taken back?' }, choices, null),
    textField({ name: 'why', label: 'Why?', optional: true }, null),
  ])
}
