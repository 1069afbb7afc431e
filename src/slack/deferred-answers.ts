/** Answers that come later, in a direct message: files and whatever takes its time. */
import { type DeferredAnswerMaker, queuePersonal } from '../delivery/outbox.ts'
import { textOf } from '../delivery/slack-api.ts'
import { fieldOf } from '../delivery/slack-errors.ts'
import { UserError } from '../rules/user-error.ts'
import type { Message } from '../text/facts.ts'
import { withLines } from '../text/message.ts'
import { saidAnswer } from '../text/replies.ts'
import { type Mrkdwn, mrkdwn } from '../text/words.ts'
import type { Asker } from './directory.ts'
import {
  type AskerContext,
  noteFailure,
  type RequestContext,
  type SlackDependencies,
  viewpointOf,
} from './request.ts'

// What somebody asked for and gets in their direct messages. Not the answer is queued but the
// question, with who asked and what they might do then; the answer is made when it is sent.

/** How a kind of thing is made for whoever asked. @throws UserError in words for them. */
type DeferredAnswer = (viewpoint: AskerContext, text: string) => Promise<Message>

/** Queues it: `kind` says who makes it, `text` is what was asked, as it can be asked again. */
export async function sendLater(
  { deps, asker, workspace }: RequestContext,
  kind: string,
  text: string,
  about = 'asked',
): Promise<void> {
  await queuePersonal(deps.pool, {
    organisationId: deps.organisation.id,
    slackUser: asker.slackUser,
    today: deps.today(),
    purpose: 'asked',
    facts: { kind, text, asker, workspace },
    about,
  })
}

/** Makes what was queued, by its kind. */
export function makerOf(
  deps: SlackDependencies,
  kinds: Readonly<Record<string, DeferredAnswer>>,
): DeferredAnswerMaker {
  return async (facts) => {
    const made = kinds[textOf(facts, 'kind') ?? '']
    const asker = fieldOf(facts, 'asker')
    if (made === undefined || !isAsker(asker)) {
      return { kind: 'impossible', why: 'its facts hold nothing that can be asked: report this' }
    }
    const workspace = textOf(facts, 'workspace') ?? ''
    const viewpoint = viewpointOf(deps, asker, { workspace, channel: null, shared: false })
    try {
      return { kind: 'made', message: await made(viewpoint, textOf(facts, 'text') ?? '') }
    } catch (error) {
      if (error instanceof NotWanted) return { kind: 'withdrawn', why: error.message }
      if (error instanceof UserError) {
        return { kind: 'made', message: saidAnswer(error.message, error.problems.map(String)) }
      }
      const code = noteFailure(deps, 'answer', error)
      return { kind: 'later', why: `it could not be made: see ${code} in the log` }
    }
  }
}

/** What waited to be sent is for its reader no more. */
export class NotWanted extends Error {}

/** Written by this program as such; the check is against a row of another version. */
function isAsker(value: unknown): value is Asker {
  return (
    textOf(value, 'slackUser') !== null &&
    typeof fieldOf(value, 'personId') === 'number' &&
    Array.isArray(fieldOf(value, 'userGroups'))
  )
}

// The file of an answer. An answer to one person alone cannot hold it, and a channel may have readers
// who are not to open it: it goes to the asker, in a direct message.

export async function attachmentsSent(
  request: RequestContext,
  message: Message,
  { query, shared }: { readonly query: string; readonly shared: boolean },
): Promise<Message> {
  if (message.file === null) return message
  const said = (line: Mrkdwn) => withLines({ ...message, file: null }, [], [line])
  // Sharing shows again what was answered before: its file was sent then.
  if (shared) return said(mrkdwn`The file is with whoever asked.`)
  await sendLater(request, 'answer', query)
  return said(mrkdwn`The file follows in your direct messages with Lapsewatch.`)
}
