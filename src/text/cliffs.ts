/** Contracts of one supplier or product that end together: one cliff, one conversation. */
import type { CivilDate } from '../rules/civil-date.ts'
import type { AnswerContext } from './answer-facts.ts'
import { row } from './buttons.ts'
import type { CliffFacts, Message } from './facts.ts'
import { answer, body, note, shareButton } from './message.ts'
import { cliffTitle, cliffWorth } from './warning-group.ts'
import { counted, dateWords, type Mrkdwn, moreWords, mrkdwn, shown } from './words.ts'

export interface CliffsFacts extends AnswerContext {
  readonly asOf: CivilDate
  /** How far ahead was looked. */
  readonly days: number
  /** Ends this near to one another are one cliff. */
  readonly within: number
  readonly total: number
  readonly cliffs: readonly CliffFacts[]
}

/** How many cliffs are shown, and how many contracts of each. */
export const CLIFFS_SHOWN = 10
const CONTRACTS_SHOWN = 6

export function cliffsAnswer(facts: CliffsFacts): Message {
  const { total, cliffs, days, within, asOf, hidePrices } = facts
  const first = cliffs.slice(0, CLIFFS_SHOWN)
  const left = total - first.length
  return answer([
    body(
      total === 0
        ? mrkdwn`*No contracts of one supplier or product end together within ${counted(days, 'day')}*`
        : mrkdwn`*${counted(total, 'cliff')} within ${counted(days, 'day')}: contracts that end together*`,
    ),
    ...first.map((cliff) =>
      body(
        mrkdwn`*${cliffTitle(cliff)}*`,
        hidePrices ? null : cliffWorth(cliff),
        ...cliff.contracts.slice(0, CONTRACTS_SHOWN).map(contractLine),
        moreWords(cliff.count - Math.min(cliff.contracts.length, CONTRACTS_SHOWN), ''),
      ),
    ),
    note(
      moreWords(left, ', later ones.'),
      mrkdwn`Together means within ${counted(within, 'day')} of the first, with one supplier, through one reseller, or for one product. As of ${dateWords(asOf)}.`,
    ),
    row(shareButton(facts)),
  ])
}

function contractLine({
  title,
  supplier,
  reference,
  end,
}: CliffFacts['contracts'][number]): Mrkdwn {
  return mrkdwn`• ${dateWords(end)}: ${shown(title ?? supplier ?? 'contract', 80)}, ${shown(reference, 40)}`
}
