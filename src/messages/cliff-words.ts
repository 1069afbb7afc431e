/** A cliff in a line, wherever it is told. */
import { joined, type Mrkdwn, mrkdwn, shown } from './escape.ts'
import type { CliffFacts } from './facts.ts'
import { amountWords, counted, dateWords, figure } from './words.ts'

/** `4 contracts with Quillmere Software Ltd end on Wed 31 Mar 2027`. */
export function cliffTitle({ by, name, from, to, count }: CliffFacts): Mrkdwn {
  const when = from === to ? `on ${dateWords(from)}` : `from ${dateWords(from)} to ${dateWords(to)}`
  return mrkdwn`${counted(count, 'contract')} ${by === 'supplier' ? 'with' : 'for'} ${shown(name, 80)} end ${when}`
}

/** What they are worth together; null where none has a value. */
export function cliffWorth({ values, priced, count, hidePrices }: CliffFacts): Mrkdwn | null {
  if (hidePrices === true) return null
  if (values.length === 0) return mrkdwn`What they are worth is not recorded.`
  const amounts = values
    .slice(0, 3)
    .map(({ amount, currency }) => mrkdwn`${amountWords(amount, currency)}`)
  const coverage =
    priced === count ? '' : mrkdwn`, value known of ${figure(priced)} of ${figure(count)}`
  return mrkdwn`Worth ${joined(amounts, ' and ')} together${coverage}.`
}
