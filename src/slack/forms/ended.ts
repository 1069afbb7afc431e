/** Contracts that had ended before they were first read: tick what is still supplied. */
import type { ModalView } from '@slack/types'
import { ENDED_SHOWN, type EndedContract } from '../../reports/ended.ts'
import { dayText } from '../../rules/civil-date.ts'
import { body } from '../../text/message.ts'
import { amountWords, counted, figure, mrkdwn, shown } from '../../text/words.ts'
import { boxesField, type Fields, idOf, modal } from './fields.ts'

export const ENDED_FORM = 'lw.ended'

/** Slack shows ten boxes in one field. */
const BOXES = [
  { name: 'first', label: 'Still supplied', from: 0, to: 10 },
  { name: 'more', label: 'Still supplied, of these', from: 10, to: ENDED_SHOWN },
] as const

export interface EndedForm {
  readonly team: { readonly id: number; readonly name: string }
  readonly items: readonly EndedContract[]
  readonly hidePrices: boolean
}

/** Those of the highest value first; what seems replaced is said beside it. */
export function endedModal({ team, items, hidePrices }: EndedForm): ModalView {
  const left = items.length - ENDED_SHOWN
  return modal(ENDED_FORM, 'Still supplied?', 'Confirm', { teamId: team.id }, [
    body(
      mrkdwn`*${counted(items.length, 'contract')} of ${shown(team.name, 60)} had ended before they were first read.*`,
      mrkdwn`Tick what is still supplied: it counts as out of contract from now on. What is not ticked is closed, which can be taken back. Nothing is counted before you confirm.`,
      left > 0 ? mrkdwn`${figure(left)} more follow once these are answered.` : null,
    ),
    ...BOXES.map(({ name, label, from, to }) => {
      const these = items.slice(from, to)
      if (these.length === 0) return null
      return boxesField(
        { name, label, optional: true },
        these.map((each) => ({
          value: String(each.contractId),
          text: `${each.title ?? each.supplier ?? ''} (${each.reference})`,
          description: described(each, hidePrices),
        })),
      )
    }),
  ])
}

function described({ ended, value, currency, replacedBy }: EndedContract, hidePrices: boolean) {
  const worth = value === null ? 'value unknown' : amountWords(value, currency)
  const parts = [`ended ${dayText(ended)}`, ...(hidePrices ? [] : [worth])]
  return [...parts, ...(replacedBy === null ? [] : [`seems replaced by ${replacedBy}`])].join(', ')
}

export interface EndedInput {
  readonly shown: readonly number[]
  readonly supplied: readonly number[]
}

export function readEndedForm(fields: Fields): EndedInput {
  const offered = BOXES.flatMap(({ name }) =>
    fields.offered(name).map((value) => ({ value, isTicked: fields.ticked(name, value) })),
  )
  const ids = (all: typeof offered) => all.flatMap(({ value }) => idOf(value) ?? [])
  return { shown: ids(offered), supplied: ids(offered.filter(({ isTicked }) => isTicked)) }
}
