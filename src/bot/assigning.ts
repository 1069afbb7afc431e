/** People who were named in a command or chosen in a form, as owners and deputies. */
import { Refusal } from '../domain/refusal.ts'
import { type Assignment, assign } from '../watch/assign.ts'
import type { Named } from './language/command.ts'
import type { Scene } from './scene.ts'

/** Makes them owner or deputy; somebody who was not named stays. */
export async function assignNamed(
  scene: Scene,
  contractId: number,
  owner: Named | null,
  deputy: Named | null,
): Promise<void> {
  const assignment: Assignment = {
    ...(owner === null ? {} : { ownerId: await personOf(scene, owner) }),
    ...(deputy === null ? {} : { deputyId: await personOf(scene, deputy) }),
  }
  await assign(scene.stage.pool, scene.actor, contractId, assignment)
}

/**
 * The person of a member who was chosen in a form.
 * @throws Refusal at that field where it is a guest, a bot or somebody of another organisation.
 */
export async function memberNamed(scene: Scene, slackUser: string, field: string): Promise<number> {
  const { directory } = scene.stage
  const person = await directory.askerOf(scene.client, scene.workspace, slackUser)
  if (person.isMember) return person.personId
  throw new Refusal(
    'Choose a full member of this workspace: guests and bots cannot answer for a contract.',
    [],
    field,
  )
}

async function personOf(scene: Scene, named: Named): Promise<number> {
  if ('name' in named) {
    throw new Refusal(
      `Mention people with @, so that they can be told: "${named.name.slice(0, 40)}" is only a name.`,
    )
  }
  const { directory } = scene.stage
  const workspace = scene.workspace
  const person = await directory.askerOf(scene.client, workspace, named.slackUser)
  if (!person.isMember) {
    throw new Refusal(
      'Only full members of this workspace can answer for a contract: guests and bots cannot.',
    )
  }
  return person.personId
}
