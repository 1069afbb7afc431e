/** What went wrong with a form: at a field, so that nothing is lost that was typed; or told directly. */
import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt'
import { queuePersonal } from '../delivery/personal.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Message } from '../messages/facts.ts'
import { noteFailure } from './reply.ts'
import type { Stage } from './scene.ts'

type Sent = Pick<SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs, 'body'>

/** Slack shows no more under a field. */
const MOST_ERROR = 150

/** The problem at the field that a refusal names, else at the first; null where the form has none. */
export function errorAtField(
  stage: Stage,
  values: Readonly<Record<string, unknown>>,
  error: unknown,
): Record<string, string> | null {
  const field = fieldOf(error, values)
  if (field === null) return null
  return { [field]: fieldError(stage, error).slice(0, MOST_ERROR) }
}

function fieldOf(error: unknown, values: Readonly<Record<string, unknown>>): string | null {
  const named = error instanceof Refusal ? error.field : null
  if (named !== null && Object.hasOwn(values, named)) return named
  return Object.keys(values)[0] ?? null
}

function fieldError(stage: Stage, error: unknown): string {
  if (error instanceof Refusal) return error.message
  const code = noteFailure(stage, 'that form', error)
  return `That went wrong on our side. Send it again in a minute; if it stays so, give an administrator the code ${code}.`
}

/** Told in a direct message, through the outbox: a form knows no channel. */
export async function tellDirectly(stage: Stage, { body }: Sent, { text, blocks }: Message) {
  const { pool, organisation, today } = stage
  await queuePersonal(pool, {
    organisationId: organisation.id,
    slackUser: body.user.id,
    today: today(),
    purpose: 'said',
    facts: { text, blocks },
  }).catch((lost: Error) => stage.log(`An answer was lost: ${lost.message}`))
}
