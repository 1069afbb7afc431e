/** Who did what, and when: the line that a posted warning gains, with the buttons of its new state. */
import type { ActionsBlock, KnownBlock } from '@slack/types'
import type { Accruing } from '../domain/accruing.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import { type Mrkdwn, mrkdwn, shown } from './escape.ts'
import type { Message, PersonFact } from './facts.ts'
import { fitMessage } from './limits.ts'
import { personName } from './naming.ts'
import { accruingWords, type PricedFact, priceWords } from './price-words.ts'
import { capitalised, dateWords } from './words.ts'

/** One act. `by` is null where the bot acted by its own rules. */
export type ActFact = { readonly by: PersonFact | null; readonly on: CivilDate } & (
  | { readonly what: 'acknowledged'; readonly askedAgain: CivilDate }
  | { readonly what: 'snoozed'; readonly until: CivilDate; readonly why: string | null }
  | { readonly what: 'decided'; readonly text: string; readonly evidence: string | null }
  | {
      readonly what: 'extended'
      readonly to: CivilDate
      readonly kind: string
      /** What it costs beside its ordinary months; absent where nobody read it. */
      readonly price?: PricedFact
    }
  | {
      readonly what: 'withdrawn'
      readonly to: CivilDate
      readonly kind: string
      readonly why: string | null
    }
  | {
      readonly what: 'assigned'
      readonly owner: PersonFact | null
      readonly deputy: PersonFact | null
    }
  | {
      readonly what: 'still-supplied'
      readonly since: CivilDate
      /** What it costs meanwhile; absent where nobody read it. */
      readonly costs?: Accruing & { readonly currency: string }
    }
  | { readonly what: 'no-longer-supplied' }
  | { readonly what: 'closed'; readonly why: string }
  | { readonly what: 'escalated'; readonly to: string }
  /** What stands in the record was put right: `fields` as people say them. */
  | { readonly what: 'edited'; readonly fields: readonly string[] }
)

/**
 * `On it: @amira, Mon 23 Nov 2026; asked again Mon 7 Dec 2026.` `confidential`: others than the
 * organisation read it, so that what was decided and why stays out.
 */
export function actLine(act: ActFact, confidential = false): Mrkdwn {
  const who = mrkdwn`${act.by === null ? mrkdwn`the bot` : personName(act.by)}, ${dateWords(act.on)}`
  switch (act.what) {
    case 'acknowledged':
      return mrkdwn`*On it:* ${who}; asked again ${dateWords(act.askedAgain)}.`
    case 'snoozed':
      return mrkdwn`*Snoozed:* ${who}, until ${dateWords(act.until)}.${
        act.why === null || confidential ? '' : mrkdwn` Reason: ${sentence(act.why)}`
      }`
    case 'decided':
      if (confidential) return mrkdwn`*Decided:* ${who}.`
      return mrkdwn`*Decided:* ${who}. ${sentence(act.text)}${
        act.evidence === null ? '' : mrkdwn` Evidence: ${shown(act.evidence, 300)}`
      }`
    case 'extended':
      return mrkdwn`*Extended:* ${who}, to ${dateWords(act.to)} (${shown(act.kind, 40)}).${
        act.price === undefined || confidential ? '' : mrkdwn` ${shown(priceWords(act.price), 300)}`
      }`
    case 'withdrawn':
      return mrkdwn`*Extension withdrawn:* ${who}: the ${shown(act.kind, 40)} to ${dateWords(act.to)}.${
        act.why === null || confidential ? '' : mrkdwn` Reason: ${sentence(act.why)}`
      }`
    case 'assigned':
      return mrkdwn`*Reassigned:* ${who}. Owner: ${nameOf(act.owner)}, deputy: ${nameOf(act.deputy)}.`
    case 'still-supplied':
      return mrkdwn`*Still supplied, out of contract since ${dateWords(act.since)}:* ${who}.${
        act.costs === undefined || confidential
          ? ''
          : mrkdwn` ${shown(accruingWords(act.costs, act.costs.currency), 300)}`
      }`
    case 'no-longer-supplied':
      return mrkdwn`*No longer supplied:* ${who}.`
    case 'closed':
      if (confidential) return mrkdwn`*Closed:* ${who}.`
      return mrkdwn`*Closed:* ${who}. ${sentence(act.why)}`
    case 'escalated':
      return mrkdwn`*Escalated:* ${who}, to ${shown(act.to, 80)}.`
    case 'edited':
      return mrkdwn`*Changed:* ${who}: ${shown(act.fields.join(', '), 200)}.`
  }
}

/**
 * The message as it reads after these acts, the last one first: the lines stand right below what
 * it warns of, and its buttons are replaced by those given.
 */
export function withActs(
  message: Message,
  acts: readonly ActFact[],
  actions: ActionsBlock | null,
  confidential = false,
): Message {
  const lines = [...acts]
    .reverse()
    .slice(0, 3)
    .map((act) => actLine(act, confidential).toString())
  const [title, ...rest] = message.blocks.filter((block) => block.type !== 'actions')
  const line: KnownBlock[] =
    lines.length === 0
      ? []
      : [{ type: 'section', text: { type: 'mrkdwn', text: lines.join('\n'), verbatim: true } }]
  return fitMessage({
    text: [...lines.map((each) => each.replaceAll('*', '')), message.text].join('\n'),
    blocks: [
      ...(title === undefined ? [] : [title]),
      ...line,
      ...rest,
      ...(actions === null ? [] : [actions]),
    ],
    file: message.file,
  })
}

function nameOf(person: PersonFact | null): Mrkdwn {
  return person === null ? mrkdwn`nobody` : personName(person)
}

function sentence(text: string): Mrkdwn {
  const words = capitalised(text.trim())
  return mrkdwn`${shown(words, 300)}${/[.!?…]$/.test(words) ? '' : '.'}`
}
