/** Who answers for a contract, and how each wants to be told. */

import type { ModalView } from '@slack/types'
import { z } from 'zod'
import { type Assignment, assign } from '../../actions/assign.ts'
import {
  answerIdentity,
  linkPerson,
  readLinked,
  readUnlinked,
  settleClaim,
  unlinkPerson,
} from '../../actions/link-person.ts'
import { tables } from '../../database/prisma.ts'
import { UserError } from '../../rules/user-error.ts'
import { type ReminderChannel, VOICES } from '../../text/answer-facts.ts'
import type { Message, PersonFact } from '../../text/facts.ts'
import { askedWords, peopleAnswer } from '../../text/people.ts'
import { saidAnswer } from '../../text/replies.ts'
import { counted, plain } from '../../text/words.ts'
import type { PersonMention } from '../parse/command-types.ts'
import { need, needClaim } from '../permissions.ts'
import type { AskerContext, RequestContext } from '../request.ts'
import {
  type AboutContract,
  boxesField,
  checked,
  chosenOrNobody,
  contractLine,
  type Fields,
  modal,
  personField,
  radioField,
} from './fields.ts'

export const ASSIGN_FORM = 'lw.assign'
export const PREFERENCES_FORM = 'lw.preferences'

export interface AssignForm extends AboutContract {
  readonly owner: PersonFact | null
  readonly deputy: PersonFact | null
}

/** `said`: the person named in the command, who stands in the field in place of the present owner. */
export function assignModal(
  { subject, contract, owner, deputy }: AssignForm,
  said: PersonFact | null = null,
): ModalView {
  return modal(ASSIGN_FORM, 'Reassign', 'Save', subject, [
    contractLine(contract),
    said === null
      ? personField({ name: 'owner', label: 'Owner', optional: true }, owner)
      : proposedField(said),
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

function proposedField({ name, slackUser }: PersonFact) {
  const hint =
    slackUser === null
      ? `Nobody with an open account in Slack is known as ${plain(name, 80)}: choose them here.`
      : undefined
  const nobody = slackUser === null ? null : { name, slackUser }
  return personField({ name: 'proposed', label: 'New owner', optional: true, hint }, nobody)
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

/** Slack ids; null: nobody; undefined: as it is. */
export interface AssignInput {
  readonly owner: string | null | undefined
  readonly deputy: string | null | undefined
}

export function readAssignment(fields: Fields): AssignInput {
  const [first, second] = [fields.person('owner'), fields.person('deputy')]
  const proposed = fields.person('proposed')
  const owner = proposed ?? chosenOrNobody(fields, 'owner', first)
  const deputy = chosenOrNobody(fields, 'deputy', second)
  const isChosen = typeof owner === 'string' || typeof deputy === 'string'
  if (proposed !== null && fields.ticked('nobody', 'owner')) {
    fields.wrong('proposed', 'Choose one here, or tick the box below: not both.')
  }
  if (isChosen && (proposed ?? first) === second && owner !== null && deputy !== null) {
    fields.wrong('deputy', 'Choose somebody else than the owner, who can step in.')
  }
  return { owner, deputy }
}

const Preference = z.object({ voice: z.enum(VOICES, 'Choose how you want to hear.') })

/** Null: as it was. */
export function readPreference(fields: Fields): { voice: ReminderChannel | null } {
  const read = checked(fields, Preference, { voice: fields.chosen('voice') })
  return { voice: read !== null && fields.touched('voice') ? read.voice : null }
}

/** Makes them owner or deputy; somebody who was not named stays. */
export async function assignNamed(
  request: RequestContext,
  contractId: number,
  owner: PersonMention | null,
  deputy: PersonMention | null,
): Promise<void> {
  const assignment: Assignment = {
    ...(owner === null ? {} : { ownerId: await personOf(request, owner) }),
    ...(deputy === null ? {} : { deputyId: await personOf(request, deputy) }),
  }
  await assign(request.deps.pool, request.actor, contractId, assignment)
}

/**
 * The person of a member who was chosen in a form.
 * @throws UserError at that field where it is a guest, a bot or somebody of another organisation.
 */
export async function memberNamed(
  request: RequestContext,
  slackUser: string,
  field: string,
): Promise<number> {
  const { directory } = request.deps
  const person = await directory.askerOf(request.client, request.workspace, slackUser)
  if (person.isMember) return person.personId
  throw new UserError(
    'Choose a full member of this workspace: guests and bots cannot answer for a contract.',
    [],
    field,
  )
}

// Which account a name in a register means: said by administrators, and taken back.

export async function peopleShown(
  { deps }: Pick<AskerContext, 'deps'>,
  done: string | null = null,
): Promise<Message> {
  const { pool, organisation, rulesOf, today } = deps
  const { calendar } = rulesOf(organisation)
  const names = await readUnlinked(pool, organisation.id)
  return peopleAnswer({
    done,
    names: names.map((each) => ({ ...each, asked: askedWords(each, today(), calendar) })),
    linked: await readLinked(pool, organisation.id),
  })
}

/** @throws UserError where the asker may not, the name is not waiting, or the account is no member's. */
export async function linkName(
  request: RequestContext,
  name: string,
  who: PersonMention,
): Promise<Message> {
  await need(request, 'administer', null)
  const { pool } = request.deps
  const personId = await personOf(request, who)
  const account = await tables(pool).person.findFirst({ where: { id: personId } })
  if (!account?.slackWorkspace || account.slackUser === null) {
    throw new UserError('That account is not known yet: let them open Lapsewatch once.')
  }
  const { slackWorkspace: workspace, displayName } = account
  const linked = await linkPerson(pool, request.actor, name, {
    ...{ workspace, slackUser: account.slackUser, name: displayName },
  })
  return peopleShown(
    request,
    `Linked to ${displayName ?? 'that account'}: ${counted(linked.contracts, 'contract')} of theirs.`,
  )
}

export async function unlinkName(request: RequestContext, name: string): Promise<Message> {
  await need(request, 'administer', null)
  const unlinked = await unlinkPerson(request.deps.pool, request.actor, name)
  return peopleShown(
    request,
    `Taken back: the name means no account any more; ${counted(unlinked.contracts, 'contract')} of theirs.`,
  )
}

/** The answer to "Is this you?": of the member who was asked, whatever else they may read. */
export async function sayIdentity(
  request: RequestContext,
  personId: number,
  isThem: boolean,
): Promise<Message> {
  const { deps, asker, actor } = request
  if (!asker.isMember) await need(request, 'read', null)
  const { slackUser } = asker
  const { administrators } = deps.directory
  await answerIdentity(deps.pool, actor, { personId, slackUser, isThem, administrators })
  return saidAnswer(
    isThem
      ? 'Recorded: you are reminded of these contracts from now on. You may act on them once that is confirmed.'
      : 'Recorded: it is not you, and nobody reminds you of these contracts.',
  )
}

/** Whether somebody is whom they say they are, by whoever may say it. */
export async function sayClaim(
  request: RequestContext,
  personId: number,
  isThem: boolean,
): Promise<Message> {
  await needClaim(request, personId)
  await settleClaim(request.deps.pool, request.actor, personId, isThem)
  return saidAnswer(
    isThem
      ? 'Confirmed: the contracts are theirs, and they may act on them.'
      : 'Taken back: they are not reminded any more. Link the name to its account with /contracts people.',
  )
}

async function personOf(request: RequestContext, named: PersonMention): Promise<number> {
  if ('name' in named) {
    throw new UserError(
      `Mention people with @, so that they can be told: "${named.name.slice(0, 40)}" is only a name.`,
    )
  }
  const { directory } = request.deps
  const workspace = request.workspace
  const person = await directory.askerOf(request.client, workspace, named.slackUser)
  if (!person.isMember) {
    throw new UserError(
      'Only full members of this workspace can answer for a contract: guests and bots cannot.',
    )
  }
  return person.personId
}

export async function setVoice(
  { deps, asker }: RequestContext,
  voice: ReminderChannel,
): Promise<void> {
  await tables(deps.pool).person.updateMany({ where: { id: asker.personId }, data: { voice } })
}
