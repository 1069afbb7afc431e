/** Contracts of one supplier or product that end together: one cliff, one conversation. */
import type { CivilDate } from '../../domain/civil-date.ts'
import { row } from '../buttons/elements.ts'
import { body, note } from '../compose.ts'
import { joined, type Mrkdwn, mrkdwn, shown } from '../escape.ts'
import type { CliffFacts, Message } from '../facts.ts'
import { amountWords, counted, dateWords, figure } from '../words.ts'
import { answer, shareButton } from './answer.ts'
import type { Asked } from './facts.ts'

export interface CliffsFacts extends Asked {
  readonly asOf: CivilDate
  /** How far ahead was looked. */
  readonly days: number
  /** Ends this near to one another are one cliff. */
  readonly within: number
  readonly total: number
  /** The nearest first. */
  readonly cliffs: readonly CliffFacts[]
}

/** How many cliffs are shown, and how many contracts of each. */
export const CLIFFS_SHOWN = 10
const CONTRACTS_SHOWN = 6

/** The answer to `cliffs`. */
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
        moreLine(cliff),
      ),
    ),
    note(
      left > 0 ? mrkdwn`and ${figure(left)} more, later ones.` : null,
      mrkdwn`Together means within ${counted(within, 'day')} of the first, with one supplier, through one reseller, or for one product. As of ${dateWords(asOf)}.`,
    ),
    row(shareButton(facts)),
  ])
}

/** `4 contracts with Quillmere Software Ltd end on Wed 31 Mar 2027`. */
export function cliffTitle({ by, name, from, to, count }: CliffFacts): Mrkdwn {
  const when = from === to ? `on ${dateWords(from)}` : `from ${dateWords(from)} to ${dateWords(to)}`
  return mrkdwn`${counted(count, 'contract')} ${by === 'supplier' ? 'with' : 'for'} ${shown(name, 80)} end ${when}`
}

/** What they are worth together; null where none has a value. */
export function cliffWorth({ values, priced, count }: CliffFacts): Mrkdwn | null {
  if (values.length === 0) return mrkdwn`What they are worth is not recorded.`
  const amounts = values
    .slice(0, 3)
    .map(({ amount, currency }) => mrkdwn`${amountWords(amount, currency)}`)
  const coverage =
    priced === count ? '' : mrkdwn`, value known of ${figure(priced)} of ${figure(count)}`
  return mrkdwn`Worth ${joined(amounts, ' and ')} together${coverage}.`
}

function contractLine({
  title,
  supplier,
  reference,
  end,
}: CliffFacts['contracts'][number]): Mrkdwn {
  return mrkdwn`• ${dateWords(end)}: ${shown(title ?? supplier ?? 'contract', 80)}, ${shown(reference, 40)}`
}

function moreLine({ count, contracts }: CliffFacts): Mrkdwn | null {
  const left = count - Math.min(contracts.length, CONTRACTS_SHOWN)
  return left > 0 ? mrkdwn`and ${figure(left)} more` : null
}
