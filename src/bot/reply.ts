/** Answers to the person who asked: seen by them alone, unless they are shared. */

import { randomBytes } from 'node:crypto'
import type { RespondFn } from '@slack/bolt'
import { Refusal } from '../domain/refusal.ts'
import { failedAnswer, saidAnswer } from '../messages/answers/replies.ts'
import type { Message } from '../messages/facts.ts'
import type { Stage } from './scene.ts'

export interface ReplyLook {
  /** For all in the channel. */
  readonly shared?: boolean
  /** In place of the answer whose button was pressed. */
  readonly replace?: boolean
}

export async function reply(
  respond: RespondFn,
  message: Message,
  look: ReplyLook = {},
): Promise<void> {
  await respond({
    response_type: look.shared === true ? 'in_channel' : 'ephemeral',
    replace_original: look.replace === true,
    text: message.text,
    blocks: [...message.blocks],
    unfurl_links: false,
    unfurl_media: false,
  })
}

/**
 * Does the work; a refusal is told in its own words, a failure with a code that the log holds too,
 * so that whoever runs the bot finds it. Nothing is thrown: Slack has been answered already.
 */
export async function replying(
  stage: Stage,
  respond: RespondFn,
  wanted: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    const message = failure(stage, wanted, error)
    await reply(respond, message).catch((lost: Error) =>
      stage.log(`An answer was lost: ${lost.message}`),
    )
  }
}

export function failure(stage: Stage, wanted: string, error: unknown): Message {
  if (error instanceof Refusal) return saidAnswer(error.message, error.problems.map(String))
  const code = randomBytes(3).toString('hex')
  stage.log(
    `${code}: "${wanted.slice(0, 60)}" failed: ${error instanceof Error ? error.message : String(error)}`,
  )
  return failedAnswer(wanted, code)
}
