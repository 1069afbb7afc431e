/** What a posted warning says once it no longer holds. */
import { body, compose, note } from './compose.ts'
import { type Mrkdwn, mrkdwn, shown } from './escape.ts'
import type { Message, SupersededFacts } from './facts.ts'
import { contractName } from './naming.ts'
import { dateWords, endWords } from './words.ts'

/** The message that replaces the warning: what holds now, and what was said before. */
export function supersededMessage(facts: SupersededFacts): Message {
  return compose([
    body(
      mrkdwn`*No longer holds: ${contractName(facts.contract)}*`,
      now(facts),
      facts.why === null ? null : mrkdwn`${facts.why}`,
    ),
    note(
      mrkdwn`The warning spoke of ${DATE_OF[facts.kind]} ${dateWords(facts.was)}.`,
      mrkdwn`Reference ${shown(facts.contract.reference, 60)}, as of ${dateWords(facts.asOf)}.`,
    ),
  ])
}

const DATE_OF: Record<SupersededFacts['kind'], string> = {
  'start-by': 'a start by',
  notice: 'notice by',
  option: 'the option by',
  end: 'the end on',
  'emergency-end': 'the end of the emergency extension on',
  review: 'the review due',
}

function now({ kind, now: date, contract }: SupersededFacts): Mrkdwn {
  if (kind === 'end' || kind === 'emergency-end') {
    if (contract.currentEnd === null) return mrkdwn`It has no end date now.`
    return mrkdwn`It now ends ${endWords(contract.currentEnd, contract.endPrecision ?? 'day')}.`
  }
  return date === null
    ? mrkdwn`Nothing is due on that date any more.`
    : mrkdwn`${NOW[kind]} ${dateWords(date)}.`
}

const NOW = {
  'start-by': 'The day to start by is now',
  notice: 'Notice is now due by',
  option: 'The option is now due by',
  review: 'The review is now due',
} as const
