/** How contracts and people are called. */
import { Mrkdwn, mrkdwn, shown } from './escape.ts'
import type { PersonFact } from './facts.ts'

/** What a contract can be called by. */
export interface Named {
  readonly reference: string
  readonly title: string | null
  readonly supplier: string | null
}

/** `Microsoft 365 licences (Insight)`; without a title `contract with Insight`; else the reference. */
export function contractName({ reference, title, supplier }: Named, characters = 120): Mrkdwn {
  if (title !== null && supplier !== null) {
    return mrkdwn`${shown(title, characters)} (${shown(supplier, Math.ceil(characters / 2))})`
  }
  if (title !== null) return shown(title, characters)
  return supplier === null
    ? mrkdwn`contract ${shown(reference, 40)}`
    : mrkdwn`contract with ${shown(supplier, characters)}`
}

/** A mention where the person's Slack id is known, else the name as written. */
export function personName({ name, slackUser }: PersonFact): Mrkdwn {
  return slackUser !== null && /^[UW][A-Z0-9]{2,20}$/.test(slackUser)
    ? new Mrkdwn(`<@${slackUser}>`)
    : shown(name, 60)
}
