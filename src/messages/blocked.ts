/** To an administrator: a channel takes no messages. Once a day for each channel. */
import type { CivilDate } from '../domain/civil-date.ts'
import { answer } from './answers/answer.ts'
import { body, note } from './compose.ts'
import { mrkdwn, shown } from './escape.ts'
import type { Message } from './facts.ts'
import { dateWords } from './words.ts'

export interface BlockedFacts {
  readonly asOf: CivilDate
  readonly destination: string
  /** Slack's word for it, or ours. */
  readonly why: string
  /** The escalation channel that was told instead; null where there is none. */
  readonly instead: string | null
}

export function blockedMessage({ asOf, destination, why, instead }: BlockedFacts): Message {
  return answer([
    body(
      mrkdwn`*${shown(destination, 80)} takes no messages: ${shown(why.replaceAll('_', ' '), 120)}*`,
      instead === null
        ? mrkdwn`Nobody hears what was for it. It is tried again every 15 minutes, for three days.`
        : mrkdwn`What was for it went to ${shown(instead, 80)}.`,
      mrkdwn`*Next:* bring the channel back and invite the app, or set another one for the team with /contracts settings.`,
    ),
    note(mrkdwn`Seen on ${dateWords(asOf)}.`),
  ])
}
