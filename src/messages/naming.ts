/** How contracts and people are called. */
import type { Decimal } from '../domain/money.ts'
import { type Mrkdwn, mention, mrkdwn, shown } from './escape.ts'
import type { PersonFact } from './facts.ts'
import { amountWords } from './words.ts'

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
  return (
    (slackUser === null ? null : mention(slackUser)) ??
    shown(name.trim() || 'somebody without a name', 60)
  )
}

/**
 * The name without a mention: a list or a summary that many read is nobody's turn. Who has no name
 * is called by the account.
 */
export function plainName(person: PersonFact): Mrkdwn {
  return person.name.trim() === '' ? personName(person) : shown(person.name.trim(), 60)
}

/** Who owns it, as a sentence in a list. */
export function ownerSentence(
  owner: PersonFact | null,
  name: (person: PersonFact) => Mrkdwn = personName,
): Mrkdwn {
  return owner === null ? mrkdwn`No owner recorded.` : mrkdwn`${name(owner)}.`
}

/** What has a price that may have to be kept back. */
export interface Priced {
  readonly value: Decimal | null
  readonly currency: string
  readonly hidePrices?: boolean
}

/** What it is worth, as a sentence in a list: an unknown value is never £0, a hidden one is not told. */
export function valueSentence({ value, currency, hidePrices }: Priced): Mrkdwn | null {
  if (hidePrices === true) return null
  return value === null
    ? mrkdwn`Value unknown.`
    : mrkdwn`Value ${shown(amountWords(value, currency), 40)}.`
}
