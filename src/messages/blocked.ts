/** What people are told of messages that did not reach their channel. */
import type { CivilDate } from '../domain/civil-date.ts'
import { answer } from './answers/answer.ts'
import { body, note } from './compose.ts'
import { type Mrkdwn, mrkdwn, shown } from './escape.ts'
import type { Message } from './facts.ts'
import { contractName } from './naming.ts'
import { counted, dateWords } from './words.ts'

/** A channel that takes no messages, told once a day for each channel. */
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

/** Messages that were given up. */
export interface DeadFacts {
  readonly messages: readonly DeadMessage[]
}

export interface DeadMessage {
  readonly purpose: string
  readonly destination: string
  readonly why: string
  readonly contracts: readonly {
    readonly reference: string
    readonly title: string | null
    readonly supplier: string | null
    readonly kind: string
    readonly on: CivilDate
  }[]
}

/** So many messages, and so many contracts of each, are named. */
const NAMED = 10

export function deadMessage({ messages }: DeadFacts): Message {
  const left = messages.length - NAMED
  return answer([
    body(
      mrkdwn`*${counted(messages.length, 'message')} could not be delivered, and nobody else was told*`,
      ...messages.slice(0, NAMED).flatMap(deadLines),
      left > 0 ? mrkdwn`and ${left} more: see lapsewatch doctor.` : null,
      mrkdwn`*Next:* tell those who answer for them, then put right what Slack names. lapsewatch show tells all of a contract.`,
    ),
  ])
}

function deadLines({ purpose, destination, why, contracts }: DeadMessage): Mrkdwn[] {
  const left = contracts.length - NAMED
  const named = contracts.slice(0, NAMED).map((contract) => {
    const { reference, kind, on } = contract
    return mrkdwn`    ${shown(reference, 40)}, ${contractName(contract, 60)}: ${shown(kind.replaceAll('-', ' '), 20)} ${dateWords(on)}`
  })
  const what = contracts.length === 0 ? mrkdwn` (${shown(purpose, 20)})` : mrkdwn``
  return [
    mrkdwn`• for ${shown(destination, 80)}${what}: ${shown(why.replaceAll('_', ' '), 120)}`,
    ...named,
    ...(left > 0 ? [mrkdwn`    and ${left} more`] : []),
  ]
}
