/** Logging an extension, and saying what an unclassified one was. */
import type { ModalView } from '@slack/types'
import type { CivilDate } from '../../domain/civil-date.ts'
import type { ContractLaw } from '../../domain/headroom.ts'
import type { CardExtension } from '../answers/facts.ts'
import type { Subject } from '../buttons/action.ts'
import { body } from '../compose.ts'
import { mrkdwn, shown } from '../escape.ts'
import { lawWords } from '../headroom-words.ts'
import { contractName, type Named } from '../naming.ts'
import { dateWords } from '../words.ts'
import { type Ground, groundsUnder } from './grounds.ts'
import { type Choice, dateField, modal, radioField, selectField, textField } from './inputs.ts'

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
  readonly subject: Subject
  readonly contract: Named
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
