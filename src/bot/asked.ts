/**
 * What somebody asked for and gets in their direct messages. Not the answer is queued but the
 * question, with who asked and what they might do then; the answer is made when it is sent.
 */
import { fieldOf, textOf } from '../delivery/ask.ts'
import { type Maker, queuePersonal } from '../delivery/personal.ts'
import { Refusal } from '../domain/refusal.ts'
import { saidAnswer } from '../messages/answers/replies.ts'
import type { Message } from '../messages/facts.ts'
import type { Asker } from './access.ts'
import { noteFailure } from './reply.ts'
import { type Scene, type Stage, type Viewpoint, viewpointOf } from './scene.ts'

/** How a kind of thing is made for whoever asked. @throws Refusal in words for them. */
export type Made = (viewpoint: Viewpoint, text: string) => Promise<Message>

/** Queues it: `kind` says who makes it, `text` is what was asked, as it can be asked again. */
export async function sendLater(
  { stage, asker, workspace }: Scene,
  kind: string,
  text: string,
): Promise<void> {
  await queuePersonal(stage.pool, {
    organisationId: stage.organisation.id,
    slackUser: asker.slackUser,
    today: stage.today(),
    purpose: 'asked',
    facts: { kind, text, asker, workspace },
  })
}

/** Makes what was queued, by its kind. */
export function makerOf(stage: Stage, kinds: Readonly<Record<string, Made>>): Maker {
  return async (facts) => {
    const made = kinds[textOf(facts, 'kind') ?? '']
    const asker = fieldOf(facts, 'asker')
    if (made === undefined || !isAsker(asker)) {
      return { kind: 'impossible', why: 'its facts hold nothing that can be asked: report this' }
    }
    const workspace = textOf(facts, 'workspace') ?? ''
    const viewpoint = viewpointOf(stage, asker, { workspace, channel: null })
    try {
      return { kind: 'made', message: await made(viewpoint, textOf(facts, 'text') ?? '') }
    } catch (error) {
      if (error instanceof Refusal) {
        return { kind: 'made', message: saidAnswer(error.message, error.problems.map(String)) }
      }
      const code = noteFailure(stage, 'answer', error)
      return { kind: 'later', why: `it could not be made: see ${code} in the log` }
    }
  }
}

/** Written by this program as such; the check is against a row of another version. */
function isAsker(value: unknown): value is Asker {
  return (
    textOf(value, 'slackUser') !== null &&
    typeof fieldOf(value, 'personId') === 'number' &&
    Array.isArray(fieldOf(value, 'userGroups'))
  )
}
