/** Chains of awards that look like rollovers: proposed, for a person to say what they are. */

import type { CivilDate } from '../rules/civil-date.ts'
import type { ContractNames } from '../rules/contract.ts'
import type { Decimal } from '../rules/money.ts'
import type { AnswerContext } from './answer-facts.ts'
import { button, row } from './buttons.ts'
import type { Message } from './facts.ts'
import { type AnswerPart, answer, body, note, pageButtons, shareButton } from './message.ts'
import { counted, dateWords, figure, type Mrkdwn, mrkdwn, shown, spendWords } from './words.ts'

export interface ChainFacts extends ContractNames {
  /** The contract that was rolled over. */
  readonly contractId: number
  readonly buyer: string | null
  readonly ended: CivilDate
  readonly links: readonly { readonly reference: string; readonly to: CivilDate }[]
  readonly cost: Decimal | null
  readonly currency: string
  readonly priced: number
  /** Whether the asker may say what they are. */
  readonly mayChange: boolean
}

export interface ChainsFacts extends AnswerContext {
  readonly total: number
  readonly page: number
  readonly pages: number
  readonly chains: readonly ChainFacts[]
}

/** How many chains stand on a page: each takes a section and a row of buttons. */
export const CHAINS_A_PAGE = 8

export function chainsAnswer(facts: ChainsFacts): Message {
  const { total, chains, page, pages } = facts
  const title =
    total === 0
      ? mrkdwn`*No chain of awards looks like rollovers*`
      : mrkdwn`*${counted(total, 'chain')} of awards ${total === 1 ? 'looks' : 'look'} like rollovers*`
  return answer([
    body(
      title,
      total === 0
        ? mrkdwn`Looked for: awards by one buyer to one supplier, each beginning where the last one ended.`
        : mrkdwn`Each began where the last one ended. Nothing is assumed: say what they are.`,
    ),
    ...chains.flatMap((chain) => chainParts(chain, facts)),
    note(pages > 1 ? mrkdwn`Page ${figure(page)} of ${figure(pages)}.` : null),
    row(...pageButtons(facts), shareButton(facts)),
  ])
}

function chainParts(chain: ChainFacts, { shared, hidePrices }: AnswerContext): AnswerPart[] {
  const buttons =
    shared || !chain.mayChange
      ? null
      : row(
          button('These are rollovers', { act: 'chain-confirm', contractId: chain.contractId }),
          button('They are not', { act: 'chain-refuse', contractId: chain.contractId }),
        )
  return [body(...chainLines(chain, hidePrices)), ...(buttons === null ? [] : [buttons])]
}

function chainLines(chain: ChainFacts, hidePrices: boolean): (Mrkdwn | null)[] {
  const { links, supplier, buyer, reference, title, ended } = chain
  const last = links.at(-1)?.to ?? ended
  const with_ = supplier === null ? '' : mrkdwn` with ${shown(supplier, 80)}`
  const after = `${counted(links.length, 'award')} followed, the last to ${dateWords(last)}`
  return [
    mrkdwn`*${counted(links.length, 'rollover')} of ${shown(title ?? reference, 80)}${with_}*`,
    mrkdwn`It ended on ${dateWords(ended)}; ${after}.`,
    hidePrices ? null : costLine(chain),
    mrkdwn`${buyer === null ? '' : mrkdwn`For ${shown(buyer, 80)}. `}Awards: ${shown([reference, ...links.map((link) => link.reference)].join(', '), 300)}.`,
  ]
}

function costLine({ cost, currency, priced, links }: ChainFacts): Mrkdwn {
  if (cost === null) return mrkdwn`What they cost is not recorded.`
  const amount = spendWords(cost, currency)
  return priced === links.length
    ? mrkdwn`Together they cost ${amount}.`
    : mrkdwn`Together they cost ${amount}; priced ${figure(priced)} of ${figure(links.length)}.`
}

/** What a person said of a chain, told to them. */
export function chainAnsweredAnswer(chain: ChainFacts, rollovers: boolean): Message {
  const last = chain.links.at(-1)?.to ?? chain.ended
  const count = chain.links.length
  return answer([
    rollovers
      ? body(
          mrkdwn`*Recorded: ${counted(count, 'emergency extension')} of ${shown(chain.reference, 60)}, to ${dateWords(last)}*`,
          mrkdwn`${count === 1 ? 'The award that followed is' : 'The awards that followed are'} closed: ${count === 1 ? 'its' : 'their'} cover, cost and warnings belong to this contract now.`,
        )
      : body(
          mrkdwn`*Remembered: what followed ${shown(chain.reference, 60)} is no rollover of it*`,
          mrkdwn`It will not be proposed again. No contract was changed.`,
        ),
  ])
}
