/** Entering a contract by hand, and correcting one. */

import type { ModalView } from '@slack/types'
import type { Pool } from 'pg'
import { z } from 'zod'
import { type Actor, act } from '../../actions/act.ts'
import { tables } from '../../database/prisma.ts'
import { type ContractEntry, END_KINDS, enterContract } from '../../register/edit/create.ts'
import { type ContractEdit, editContract } from '../../register/edit/edit.ts'
import { linksText, MOST_DOCUMENTS, readLinks } from '../../register/parse-words.ts'
import { type CivilDate, dayText } from '../../rules/civil-date.ts'
import { type LinkedDocument, REGIMES, VALUE_BASES } from '../../rules/contract.ts'
import { ROUTES } from '../../rules/procurement-routes.ts'
import type { ButtonSubject } from '../../text/buttons.ts'
import { type AddedFacts, addedAnswer } from '../../text/contract-list.ts'
import type { Message, PersonFact } from '../../text/facts.ts'
import { body } from '../../text/message.ts'
import { capitalised, dateWords, mrkdwn } from '../../text/words.ts'
import { needTeam } from '../permissions.ts'
import type { RequestContext } from '../request.ts'
import { memberNamed, nobodyField } from './assign.ts'
import {
  amountAsked,
  at,
  check,
  choiceAsked,
  chosenOrNobody,
  dayAsked,
  type Fields,
  type FormField,
  idOf,
  modal,
  periodAsked,
  personField,
  REQUIRED,
  radioField,
  readAsked,
  selectField,
  shownFields,
  textAsked,
  yesOrNoAsked,
} from './fields.ts'

export const ADD_FORM = 'lw.add'
export const EDIT_FORM = 'lw.edit'

const valuesOf = <T extends string>(values: readonly T[], words: Readonly<Record<T, string>>) =>
  values.map((value) => ({ value, text: words[value] }))

const NAMES = {
  reference: textAsked('Reference', 100, REQUIRED),
  title: textAsked('Title'),
  supplier: textAsked('Supplier', 200),
  buyer: textAsked('Buyer', 200),
}
const MOST_DOCUMENT_TEXT = 3000
const TERMS = {
  start: dayAsked('First day'),
  endKind: choiceAsked(
    'Has it an end?',
    valuesOf(END_KINDS, {
      dated: 'Yes, on the day below',
      rolling: 'No, it runs until notice',
      undated: 'Not known yet',
    }),
    REQUIRED,
  ),
  end: dayAsked('Last day of cover', { hint: 'As awarded.' }),
  maximumEnd: dayAsked('Last day with every option taken'),
  noticePeriod: periodAsked('Notice period', 'Such as 3 months.'),
  automaticRenewal: yesOrNoAsked('Does it renew by itself?'),
  renewalTerm: periodAsked('For how long?', 'Such as 12 months.'),
  value: amountAsked('Value', 'Such as 163.1m. Empty: unknown.'),
  currency: textAsked('Currency', 3, REQUIRED),
  valueBasis: choiceAsked(
    'What the value stands for',
    valuesOf(VALUE_BASES, {
      committed: 'Committed',
      maximum: 'The most it may come to, options included',
      annual: 'A year',
      unknown: 'Not known',
    }),
    REQUIRED,
  ),
  regime: choiceAsked(
    'Law it stands under',
    REGIMES.map((value) => ({ value, text: value })),
  ),
  route: choiceAsked(
    'Route to replace it',
    ROUTES.map(({ name, title }) => ({ value: name, text: capitalised(title) })),
  ),
  documents: {
    show: (name, held) =>
      textAsked('Documents', MOST_DOCUMENT_TEXT, {
        hint: 'One a line: its title, then its address, which begins with https://.',
        lines: true,
      }).show(name, linksText(held ?? [], '\n')),
    read: documentsIn,
  } satisfies FormField<readonly LinkedDocument[]>,
  reviewOn: dayAsked('Review on'),
  personalData: yesOrNoAsked(
    'Does it process personal data?',
    'Then its review is one of data protection.',
  ),
  sharesData: yesOrNoAsked(
    'Is it shared with third parties?',
    'Sub-processors and trackers count.',
  ),
  sharedWith: textAsked('Shared with whom?', 500),
  dpia: textAsked('Reference of its impact assessment (DPIA)', 100),
}
const CHANGE = {
  terminatesOn: dayAsked('Terminated: last day of cover', {
    hint: 'Only where it ends earlier than agreed. Say why below.',
  }),
  why: textAsked('Why is it changed?'),
}

/** What the modal asks for, as it stands or as it was sent back; the owner by their Slack id. */
export type ContractInput = Omit<ContractEntry, 'ownerId'> & { readonly owner: string | null }

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
      ...shownFields(NAMES, contract),
      teams.length === 0
        ? null
        : selectField(
            { name: 'team', label: 'Team' },
            teams.map(({ id, name }) => ({ value: String(id), text: name })),
            String(contract.teamId ?? teams[0]?.id ?? ''),
          ),
      personField({ name: 'owner', label: 'Owner', optional: true }, owner),
      isNew ? null : nobodyField({ owner }),
      ...shownFields(TERMS, {
        ...{ ...contract, endKind: contract.endKind ?? 'dated' },
        ...{ currency: contract.currency ?? 'GBP', valueBasis: contract.valueBasis ?? 'unknown' },
      }),
      ...(isNew ? [] : shownFields(CHANGE, {})),
    ],
  )
}

/** What was entered, checked as a whole; `changes` is what was touched of it. */
export interface ContractSent {
  readonly contract: ContractInput
  readonly changes: Partial<ContractInput>
  /** The new last day of a contract that was terminated; null: it was not. */
  readonly terminatesOn: CivilDate | null
  readonly why: string | null
  /** Which end holds where the register gives an earlier one; null: not asked, or not said. */
  readonly holds: 'recorded' | 'register' | null
}

/** `isNew`: everything is checked; of a contract that is edited only what was touched. */
export function readContract(fields: Fields, isNew: boolean): ContractSent | null {
  const held = entered(fields)
  check(fields, Entered, held, isNew)
  const { terminatesOn, why, holds, ...rest } = held
  const owner = isNew ? held.owner : chosenOrNobody(fields, 'owner', held.owner)
  const contract: ContractInput = {
    ...rest,
    reference: held.reference ?? '',
    owner: owner ?? null,
    end: held.endKind === 'dated' ? held.end : null,
    value: held.value?.amount ?? null,
  }
  const touched = Object.entries(contract).filter(([key]) =>
    key === 'owner' ? owner !== undefined : fields.touched(key === 'teamId' ? 'team' : key),
  )
  return { contract, changes: Object.fromEntries(touched), terminatesOn, why, holds }
}

function entered(fields: Fields) {
  const { endKind, currency, valueBasis, ...terms } = readAsked(fields, TERMS)
  return {
    ...readAsked(fields, NAMES),
    ...terms,
    ...readAsked(fields, CHANGE),
    ...{ endKind: endKind ?? ('dated' as const), valueBasis: valueBasis ?? ('unknown' as const) },
    currency: (currency ?? 'GBP').toUpperCase(),
    teamId: idOf(fields.chosen('team')),
    owner: fields.person('owner'),
    holds: fields.choice('holds', ['recorded', 'register']),
  }
}

function documentsIn(fields: Fields, name: string): readonly LinkedDocument[] {
  const { documents, refused } = readLinks(fields.text(name, MOST_DOCUMENT_TEXT) ?? '')
  const [first] = refused
  if (first !== undefined && fields.touched(name)) {
    fields.wrong(
      name,
      `"${first.slice(0, 60)}" is no web address: write one a line that begins with https://, ${MOST_DOCUMENTS} at most.`,
    )
  }
  return documents
}

type EnteredContract = ReturnType<typeof entered>
const say = at<EnteredContract>

const Entered = z
  .custom<EnteredContract>()
  .refine(
    ({ reference }) => reference !== null,
    say('reference', 'Give it a reference that people can type.'),
  )
  .refine(
    ({ title, supplier }) => title !== null || supplier !== null,
    say('title', 'Give a title, or a supplier: people have to recognise it.', 'supplier'),
  )
  .refine(
    ({ endKind, end }) => endKind !== 'dated' || end !== null,
    say('end', 'Choose the last day of cover, or say above that it has none.', 'endKind'),
  )
  .refine(
    ({ endKind, end }) => endKind === 'dated' || end === null,
    say('endKind', 'A last day is chosen below: say that it has an end, or clear the day.', 'end'),
  )
  .refine(
    ({ start, end }) => isInOrder(start, end),
    say(
      'end',
      ({ start }) => `It begins on ${dayOf(start)}: the last day cannot lie before that.`,
      'start',
    ),
  )
  .refine(
    ({ end, maximumEnd }) => isInOrder(end, maximumEnd),
    say(
      'maximumEnd',
      ({ end }) => `Options end no earlier than the contract, on ${dayOf(end)}.`,
      'end',
    ),
  )
  .refine(
    ({ automaticRenewal, renewalTerm }) => automaticRenewal !== false || renewalTerm === null,
    say(
      'renewalTerm',
      'It does not renew by itself, as said above: clear the term.',
      'automaticRenewal',
    ),
  )
  .refine(
    ({ sharesData, sharedWith }) => sharesData !== false || sharedWith === null,
    say('sharedWith', 'It is shared with nobody, as said above: clear this.', 'sharesData'),
  )
  .refine(
    ({ currency }) => /^[A-Z]{3}$/.test(currency),
    say('currency', 'Write the currency as a code of three letters, such as GBP or EUR.'),
  )
  .refine(
    ({ value, currency }) => [undefined, null, currency].includes(value?.currency),
    say(
      'currency',
      ({ value }) => `The value is written in ${value?.currency}: write the same here.`,
      'value',
    ),
  )
  .refine(
    ({ terminatesOn, why }) => terminatesOn === null || why !== null,
    say('why', 'Say why it was terminated, and by whom.', 'terminatesOn'),
  )
  .refine(
    ({ start, terminatesOn }) => isInOrder(start, terminatesOn),
    say('terminatesOn', ({ start }) => `It begins on ${dayOf(start)}: choose a later day.`),
  )

function isInOrder(first: CivilDate | null, last: CivilDate | null): boolean {
  return first === null || last === null || first <= last
}

function dayOf(day: CivilDate | null): string {
  return day === null ? '' : dayText(day)
}

/** A contract that no register holds. @throws UserError at its field. */
export async function addContract(
  request: RequestContext,
  { contract }: ContractSent,
): Promise<Message> {
  const { pool, organisation } = request.deps
  await needTeam(request, contract.teamId)
  const { owner, ...entry } = contract
  const contractId = await enterContract(pool, request.actor, {
    ...entry,
    ownerId: owner === null ? null : await memberNamed(request, owner, 'owner'),
  })
  return addedAnswer(await addedFacts(pool, organisation.id, contractId))
}

/** What the form changes: saving one that was open for long takes nothing back that others changed. */
export async function editOf(
  request: RequestContext,
  { changes: { owner, ...changes }, terminatesOn, why, holds }: ContractSent,
): Promise<ContractEdit> {
  if (changes.teamId !== undefined) await needTeam(request, changes.teamId)
  const ownerId =
    owner === undefined
      ? {}
      : { ownerId: owner === null ? null : await memberNamed(request, owner, 'owner') }
  const entry: Partial<ContractEntry> = { ...changes, ...ownerId }
  return { changes: entry, terminatesOn, why, holds }
}

export async function edit(
  request: RequestContext,
  actor: Actor,
  contractId: number,
  changed: ContractEdit,
): Promise<void> {
  await act(request.deps.pool, actor, contractId, (client, acted) =>
    editContract(client, { ...actor, ...acted, contractId }, changed),
  )
}

/** A contract that was just entered, and what is due of it next. */
async function addedFacts(
  pool: Pool,
  organisationId: number,
  contractId: number,
): Promise<AddedFacts> {
  const { contract, deadline } = tables(pool)
  const row = await contract.findFirst({
    where: { id: contractId, organisationId },
    include: { team: { select: { name: true } } },
  })
  const next = await deadline.findFirst({
    where: { contractId, settledWhy: null },
    orderBy: [{ on: 'asc' }, { kind: 'asc' }],
    select: { kind: true, on: true },
  })
  if (!row) throw new Error(`Contract ${contractId} went away right after it was entered.`)
  const { version, reference, title, supplier, team, historic, currentLatest: end } = row
  const named = { contractId, version, reference, title, supplier }
  return { contract: named, team: team.name, historic, end, next }
}
