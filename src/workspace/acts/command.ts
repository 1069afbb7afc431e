/** Typing a slash command. */
import type { User } from '../people.ts'
import type { Channel } from '../places.ts'
import { escapeTyped } from './mentions.ts'
import { commandPayload } from './payloads.ts'
import { DONE, failed, type Outcome } from './seen.ts'
import type { Stage } from './stage.ts'

/** Sends the command and shows what its acknowledgement says. */
export async function runCommand(
  stage: Stage,
  user: User,
  channel: Channel,
  command: string,
  text: string,
): Promise<Outcome> {
  const { commands, places, responseUrls, triggers, url } = stage
  const known = commands.find((one) => one.command === command)
  if (known === undefined || !places.scopes.has('commands')) return failed('invalid_command')
  const occasion = { user: user.id, channel: channel.id, threadTs: null, original: null }
  const typed = known.shouldEscape ? escapeTyped(text, places) : text
  const payload = commandPayload(user, channel, command, typed, {
    triggerId: triggers.issue(user.id, { channel: channel.id }),
    responseUrl: `${url()}response/${responseUrls.issue(occasion)}`,
  })
  const ack = await stage.post.deliver(payload)
  if (!ack.acked) return failed(ack.failure)
  if (ack.body === undefined) return DONE
  const said = responseUrls.say(occasion, ack.body)
  if (said.ok) return DONE
  stage.ledger.failures.push(`A command was acknowledged with what Slack refuses: ${said.error}.`)
  return failed('invalid_response')
}
