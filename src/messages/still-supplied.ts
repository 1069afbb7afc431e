/** The one question on the day after an end without evidence. */
import type { ActionsBlock } from '@slack/types'
import type { CivilDate } from '../domain/civil-date.ts'
import { body, compose, note } from './compose.ts'
import { mrkdwn, shown } from './escape.ts'
import type { ContractFacts, Message } from './facts.ts'
import { contractName, ownerSentence, valueSentence } from './naming.ts'
import { dateWords, endWords } from './words.ts'

export interface SuppliedQuestion {
  readonly asOf: CivilDate
  readonly contract: ContractFacts
  /** The last day of cover, emergency extensions included. */
  readonly endedOn: CivilDate
}

/** Asks; what follows from either answer is said before it is given. */
export function stillSuppliedMessage(
  { asOf, contract, endedOn }: SuppliedQuestion,
  actions: ActionsBlock | null = null,
): Message {
  return compose(
    [
      body(
        mrkdwn`🔴 *Ended ${endWords(endedOn, contract.endPrecision ?? 'day')}: ${contractName(contract)}*`,
        mrkdwn`Nothing is recorded that covers it now.`,
        valueSentence(contract),
        mrkdwn`Owner: ${ownerSentence(contract.owner)}`,
        mrkdwn`*Is the service still being supplied?*`,
      ),
      note(
        mrkdwn`Yes: it counts as out of contract, its cost adding up by the day, until an extension or a successor is recorded.`,
        mrkdwn`No: the exit is recorded, and nothing more is asked.`,
        mrkdwn`Reference ${shown(contract.reference, 60)}, team ${shown(contract.team, 60)}, as of ${dateWords(asOf)}.`,
      ),
    ],
    { actions },
  )
}
