/** Owners and deputies as they are named in a command or a form, and how each wants to hear. */
import { type Assignment, assign } from '../actions/assign.ts'
import { UserError } from '../rules/user-error.ts'
import type { ReminderChannel } from '../text/forms/snooze-assign.ts'
import type { PersonMention } from './parse/command-types.ts'
import type { RequestContext } from './request.ts'

// People who were named in a command or chosen in a form, as owners and deputies.

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

/** How a person wants to be told what they answer for. */
export async function setVoice(
  { deps, asker }: RequestContext,
  voice: ReminderChannel,
): Promise<void> {
  await deps.pool.query('UPDATE person SET voice = $2 WHERE id = $1', [asker.personId, voice])
}
