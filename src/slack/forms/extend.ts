/** Logging an extension, saying what an unclassified one was, and recording a waiver. */
import type { ModalView } from '@slack/types'
import { z } from 'zod'
import { type CivilDate, dayText } from '../../rules/civil-date.ts'
import { DEFAULT_GROUNDS, type Ground, groundsUnder } from '../../rules/headroom-rules.ts'
import type { Decimal } from '../../rules/money.ts'
import type { ContractLaw } from '../../rules/regime.ts'
import {
  MOST_WORDS,
  WAIVER_CATEGORIES,
  type Waiver,
  type WaiverCategory,
  waiverProblems,
} from '../../rules/waivers.ts'
import type { CardExtension } from '../../text/answer-facts.ts'
import { button } from '../../text/buttons.ts'
import { lawWords } from '../../text/headroom.ts'
import { rowWith } from '../../text/message.ts'
import { capitalised, dateWords, mrkdwn } from '../../text/words.ts'
import { SAID_KINDS, type SaidKind } from '../parse/command-types.ts'
import {
  type AboutContract,
  amountAsked,
  at,
  checked,
  choiceAsked,
  contractLine,
  dayAsked,
  type Fields,
  modal,
  REQUIRED,
  readAsked,
  requiredDay,
  selectField,
  shownFields,
  textAsked,
} from './fields.ts'

export const EXTEND_FORM = 'lw.extend'
export const CLASSIFY_FORM = 'lw.classify'

const SAID_STATUSES = ['confirmed', 'proposed'] as const

const KINDS = [
  { value: 'option', text: 'Option', description: 'was in the contract' },
  { value: 'variation', text: 'Variation', description: 'agreed with the supplier' },
  { value: 'emergency', text: 'Emergency', description: 'unplanned, to avoid a lapse' },
  { value: 'renewal', text: 'Renewal', description: 'came about by itself' },
] as const
const COVER = {
  kind: choiceAsked('What kind of extension is it?', KINDS, REQUIRED),
  to: dayAsked('Last day of cover', REQUIRED),
  from: dayAsked('First day', { hint: 'Empty: the day after the end.' }),
  status: choiceAsked(
    'Is it signed?',
    [
      { value: 'confirmed', text: 'Signed: it moves the end' },
      { value: 'proposed', text: 'Proposed: it moves nothing yet' },
    ],
    { ...REQUIRED, all: true },
  ),
}
const GROUNDED = {
  cause: textAsked('What made it necessary?', 2000, { lines: true }),
  approver: textAsked('Who approved it?', 120),
  notice: textAsked('Reference of the published notice', 120),
}

export interface ExtendForm extends AboutContract {
  readonly currency: string
  readonly end: CivilDate | null
  /** Under which the contract stands: only its grounds are offered. */
  readonly law: ContractLaw
  readonly grounds?: readonly Ground[]
  /** One that a register only showed as a later end: nobody has said what it was. */
  readonly unclassified?: CardExtension | undefined
}

/** `said`: what was typed of it already. */
export function extendModal(
  form: ExtendForm,
  said: { readonly to: CivilDate | null; readonly kind: SaidKind | null } | null = null,
): ModalView {
  const { contract, end, unclassified } = form
  return modal(EXTEND_FORM, 'Log extension', 'Log', { ...form.subject, end }, [
    unclassified === undefined
      ? null
      : rowWith(
          button('Say what it was', { act: 'classify', subject: form.subject }),
          mrkdwn`The register shows cover from ${dateWords(unclassified.from)} to ${dateWords(unclassified.to)}, and nobody has said what that was. If you mean that extension, do not log it again.`,
        ),
    contractLine(
      contract,
      end === null ? mrkdwn`No end is recorded.` : mrkdwn`It ends ${dateWords(end)} as recorded.`,
    ),
    ...shownFields(COVER, said ?? {}),
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
    { ...form.subject, extensionId: extension.id },
    [
      contractLine(
        contract,
        mrkdwn`The register moved its end: cover from ${dateWords(extension.from)} to ${dateWords(extension.to)}. What was it?`,
      ),
      selectField({ name: 'kind', label: 'What kind of extension was it?' }, KINDS, null),
      ...grounded(form, extension.cost),
    ],
  )
}

function grounded({ currency, law, grounds }: ExtendForm, cost: string | null) {
  const of = groundsUnder(law.regime, grounds)
  return [
    amountAsked(
      `What it costs in all, in ${currency}, without VAT`,
      'Such as 4.6m or 3,470.50. Empty: unknown, never nothing.',
    ).show('cost', cost),
    choiceAsked(
      'On which grounds?',
      of.map(({ id, title, rule }) => ({ value: id, text: title, description: rule })),
      { hint: `Asked for with an emergency extension. ${lawHint(law)} Check with procurement.` },
    ).show('grounds', null),
    ...shownFields(GROUNDED, {}),
  ]
}

/** Whose grounds these are, and where to say so if it is another's. */
function lawHint(stood: ContractLaw): string {
  const { regime, assumed } = stood
  if (regime === null)
    return 'The contract’s law is not recorded: these are the grounds of every law.'
  const law = `These are the grounds under ${lawWords(stood)}, and our own rules.`
  return assumed ? `${law} Where another law holds, record it first with Edit.` : law
}

// Taking back an extension or a waiver: which one, and why.

export const WITHDRAW_FORM = 'lw.withdraw'

/** A select offers no more. */
const MOST = 100

export interface WithdrawForm extends AboutContract {
  /** Those that were not withdrawn, the last recorded first. */
  readonly extensions: readonly (CardExtension & { readonly id: number })[]
  /** Waivers that stand, the latest first. */
  readonly waivers: readonly (Pick<Waiver, 'category' | 'beganOn'> & { readonly id: number })[]
}

export function withdrawModal({ subject, contract, extensions, waivers }: WithdrawForm): ModalView {
  const choices = [
    ...extensions.map(({ id, kind, from, to }) => ({
      value: String(id),
      text: `${kind === 'unknown' ? 'Unclassified' : capitalised(kind)}: ${dateWords(from)} to ${dateWords(to)}`,
    })),
    ...waivers.map(({ id, category, beganOn }) => ({
      value: `waiver-${id}`,
      text: `Waiver ${id}, ${category}: began ${dateWords(beganOn)}`,
    })),
  ].slice(0, MOST)
  const hasWaivers = waivers.length > 0
  const title = hasWaivers ? 'Take back a record' : 'Withdraw extension'
  const what = hasWaivers ? 'Which extension or waiver' : 'Which extension'
  return modal(WITHDRAW_FORM, title, 'Withdraw', subject, [
    contractLine(
      contract,
      extensions.length === 0
        ? mrkdwn`It stays in the history as taken back, and counts nowhere.`
        : mrkdwn`It stays in the ledger as withdrawn. The end, the deadlines and the costs are again as they were before it, and the warnings of those deadlines return.${hasWaivers ? ' A waiver moves none of them: it counts nowhere any more.' : ''}`,
    ),
    selectField({ name: 'extension', label: `${what} is taken back?` }, choices, null),
    textAsked('Why?', 300, hasWaivers ? { hint: 'Asked for with a waiver.' } : {}).show(
      'why',
      null,
    ),
  ])
}

// A waiver of our own rules: a record of its own, with or without an extension.

export const WAIVER_FORM = 'lw.waiver'

const CATEGORY_WORDS: Readonly<Record<WaiverCategory, string>> = {
  'sole-supplier': 'Nobody else can supply it',
  continuity: 'To keep a service going',
  urgent: 'Urgent, and not foreseen',
  other: 'Another reason',
}

export interface WaiverForm extends AboutContract {
  readonly currency: string
  /** Signed emergency extensions: a waiver is shown beside the one that covers its first day. */
  readonly emergencies: readonly { readonly from: CivilDate; readonly to: CivilDate }[]
}

function waiverFields(currency: string | null) {
  const inCurrency = currency === null ? '' : `, in ${currency}`
  return {
    category: choiceAsked(
      'Why was it asked for?',
      WAIVER_CATEGORIES.map((value) => ({ value, text: CATEGORY_WORDS[value] })),
      REQUIRED,
    ),
    beganOn: dayAsked('First day of the service', REQUIRED),
    requestedOn: dayAsked('Asked for on'),
    approvedOn: dayAsked('Approved on', {
      hint: 'Empty: no approval was found. Once the service has begun it is then listed as a breach, to check.',
    }),
    approver: textAsked('Who approved it?', MOST_WORDS.approver),
    net: amountAsked(
      `What it costs without VAT${inCurrency}`,
      'Such as 16k or 3,470.50. Empty: unknown.',
    ),
    gross: amountAsked(`What it costs with VAT${inCurrency}`),
    supplierYear: amountAsked(
      `What the supplier was paid in the twelve months in all${inCurrency}`,
    ),
    committeeOn: dayAsked('The audit committee hears of it on'),
    reason: textAsked('What made it necessary?', MOST_WORDS.reason, { lines: true }),
  }
}

/** Of the contract; where none is given it asks for one. Nothing is chosen before somebody does. */
export function waiverModal(form: WaiverForm | null): ModalView {
  const beside = form?.emergencies.slice(0, 5) ?? []
  return modal(WAIVER_FORM, 'Record waiver', 'Record', form?.subject ?? {}, [
    form === null
      ? WHICH.show('contract', null)
      : contractLine(
          form.contract,
          beside.length === 0
            ? mrkdwn`It has no emergency extension: the waiver stands by itself.`
            : mrkdwn`It stands with the emergency extension that covers its first day: ${beside
                .map(({ from, to }) => `${dateWords(from)} to ${dateWords(to)}`)
                .join('; ')}. Else by itself.`,
        ),
    ...shownFields(waiverFields(form?.currency ?? null), {}),
  ])
}
const WHICH = textAsked('Which contract?', 300, {
  hint: 'Its reference, or a part of it or of its title that only one contract has.',
  ...REQUIRED,
})

export interface WaiverInput {
  /** As it was typed; null where the form is of a contract. */
  readonly contract: string | null
  readonly waiver: Waiver
  /** The currencies that were written with the amounts, by field. */
  readonly currencies: Readonly<Partial<Record<keyof Waiver, string>>>
}

const SaidOfWaiver = z.object({
  category: z.enum(WAIVER_CATEGORIES, 'Choose why it was asked for.'),
  beganOn: requiredDay('Choose the first day of the service.'),
})

export function readWaiver(fields: Fields, isNamed: boolean, today: CivilDate): WaiverInput | null {
  const contract = isNamed ? null : WHICH.read(fields, 'contract')
  if (!isNamed && contract === null) fields.wrong('contract', 'Name the contract by its reference.')
  const { category, beganOn, net, gross, supplierYear, ...said } = readAsked(
    fields,
    waiverFields(null),
  )
  const amounts = Object.entries({ net, gross, supplierYear })
  for (const [name, read] of amounts) {
    if (read?.amount.startsWith('-')) fields.wrong(name, 'Write an amount of 0 or more.')
  }
  const read = checked(fields, SaidOfWaiver, { category, beganOn })
  if (read === null) return null
  const waiver: Waiver = {
    ...{ ...read, ...said, net: net?.amount ?? null, gross: gross?.amount ?? null },
    supplierYear: supplierYear?.amount ?? null,
  }
  for (const { field, problem } of waiverProblems(waiver, today)) fields.wrong(field, problem)
  const currencies = amounts.flatMap(([name, each]) =>
    each?.currency == null ? [] : [[name, each.currency] as const],
  )
  return { contract, waiver, currencies: Object.fromEntries(currencies) }
}

const Classification = z
  .object({
    kind: z.enum(SAID_KINDS, 'Choose what kind of extension it is.'),
    /** In all, net; null: unknown; undefined: left as the form showed it. */
    cost: z.custom<Decimal | null | undefined>(),
    /** As written with the cost; null: the contract's own. */
    currency: z.string().nullable(),
    /** The id of a ground of the organisation's list, to be looked up there. */
    grounds: z.string().nullable(),
    cause: z.string().nullable(),
    approver: z.string().nullable(),
    noticeReference: z.string().nullable(),
  })
  .refine(
    ({ kind, grounds }) => kind !== 'emergency' || grounds !== null,
    at('grounds', 'An emergency extension needs grounds: choose the nearest.'),
  )
  .refine(
    ({ grounds, cause }) => grounds !== 'other' || cause !== null,
    at('cause', 'Say here which other grounds it rests on.'),
  )
export type ClassifyInput = z.infer<typeof Classification>

export function readClassification(fields: Fields): ClassifyInput | null {
  const cost = fields.amount('cost')
  const { cause, approver, notice: noticeReference } = readAsked(fields, GROUNDED)
  return checked(fields, Classification, {
    kind: fields.chosen('kind'),
    cost: fields.touched('cost') ? (cost?.amount ?? null) : undefined,
    currency: cost?.currency ?? null,
    grounds: fields.chosen('grounds'),
    ...{ cause, approver, noticeReference },
  })
}

/** `end`: the current end when the modal was opened. */
const cover = (end: CivilDate | null) =>
  z
    .object({
      /** Null: the day after the current end. */
      from: z.custom<CivilDate | null>(),
      to: requiredDay('Choose the last day that the extension covers.').refine(
        (to) => end === null || to > end,
        `It runs to ${end === null ? '' : dayText(end)} already: choose a later day.`,
      ),
      status: z.enum(SAID_STATUSES, 'Say whether it is signed.'),
    })
    .refine(
      ({ from, to }) => from === null || to === null || (end !== null && to <= end) || from <= to,
      at<{ to: CivilDate }>(
        'from',
        ({ to }) => `The first day lies after the last, ${dayText(to)}: choose an earlier one.`,
      ),
    )
export type ExtendInput = ClassifyInput & z.infer<ReturnType<typeof cover>>

export function readExtension(fields: Fields, end: CivilDate | null): ExtendInput | null {
  const said = readClassification(fields)
  const covered = checked(fields, cover(end), {
    ...readAsked(fields, COVER),
  })
  return said === null || covered === null ? null : { ...said, ...covered }
}

const WITHDRAWN = /^(waiver-)?([1-9]\d{0,8})$/

const Withdrawal = z.object({
  extension: z.string('Choose what is taken back.').regex(WITHDRAWN, 'Choose what is taken back.'),
  why: z.string().nullable(),
})

export interface WithdrawInput {
  readonly record: 'extension' | 'waiver'
  readonly id: number
  readonly why: string | null
}

export function readWithdrawal(fields: Fields): WithdrawInput | null {
  const why = fields.text('why', 300)
  const read = checked(fields, Withdrawal, { extension: fields.chosen('extension'), why })
  if (why === null && read?.extension.startsWith('waiver-')) {
    fields.wrong('why', 'Say why it is taken back, in a few words.')
  }
  if (read === null) return null
  const [, waiver, id] = WITHDRAWN.exec(read.extension) ?? []
  return { record: waiver === undefined ? 'extension' : 'waiver', id: Number(id), why }
}

/** What an extension costs and rests on, as the record has it. */
export function paid(input: ClassifyInput) {
  const ground = DEFAULT_GROUNDS.find((each) => each.id === input.grounds)
  const grounds = [ground?.title ?? input.grounds, input.cause].filter((part) => part !== null)
  return {
    cost: input.cost ?? null,
    rule: ground?.rule ?? null,
    grounds: grounds.length === 0 ? null : grounds.join(': '),
    approver: input.approver,
    noticeReference: input.noticeReference,
  }
}
