/** To an administrator: somebody who answers for contracts has left, told once for all of them. */
import type { CivilDate } from '../domain/civil-date.ts'
import { answer, type Part, rowWith } from './answers/answer.ts'
import { button } from './buttons/elements.ts'
import { body, note } from './compose.ts'
import { mrkdwn, shown } from './escape.ts'
import type { Message } from './facts.ts'
import { contractName, type Named } from './naming.ts'
import { counted, dateWords, figure } from './words.ts'

export interface LeaverFacts {
  readonly asOf: CivilDate
  readonly name: string
  /** Living contracts that they own. */
  readonly contracts: number
  readonly withoutDeputy: number
  /** Living contracts of others whose deputy they are. */
  readonly deputyOf: number
  /** The nearest ends first. */
  readonly nearest: readonly (Named & {
    readonly contractId: number
    readonly version: number
    readonly ends: CivilDate | null
    readonly deputy: string | null
  })[]
}

export function leaverMessage(facts: LeaverFacts, answerable: boolean): Message {
  const { contracts, nearest, asOf } = facts
  // A row of an earlier version does not say it.
  const deputyOf = facts.deputyOf ?? 0
  const left = contracts - nearest.length
  return answer([
    body(
      mrkdwn`*${counted(contracts || deputyOf, 'contract')} without ${contracts > 0 ? 'an owner' : 'a deputy'} in Slack: the account of ${shown(facts.name.trim() || 'somebody without a name', 60)} is closed*`,
      ...covered(facts),
      contracts > 0 && deputyOf > 0
        ? mrkdwn`They were also the deputy of ${counted(deputyOf, 'other contract')}.`
        : null,
      contracts > 0
        ? mrkdwn`*Next:* name the new owners, the nearest ends first.`
        : mrkdwn`*Next:* name new deputies.`,
    ),
    ...nearest.map((each): Part => {
      const { contractId, version, reference, ends, deputy } = each
      const subject = { contractId, version, alertIds: [] }
      const said = mrkdwn`${contractName(each, 60)}, ${shown(reference, 40)}. ${ends === null ? 'No end date.' : `Ends ${dateWords(ends)}.`} ${deputy === null ? mrkdwn`No deputy.` : mrkdwn`Deputy: ${shown(deputy, 60)}.`}`
      return rowWith(answerable ? button('Reassign…', { act: 'assign', subject }) : null, said)
    }),
    body(left > 0 ? mrkdwn`and ${figure(left)} more.` : null),
    note(mrkdwn`Seen on ${dateWords(asOf)}.`),
  ])
}

function covered({ contracts, withoutDeputy }: LeaverFacts) {
  const deputies = contracts - withoutDeputy
  return [
    deputies === 0
      ? null
      : mrkdwn`${figure(deputies)} of them ${deputies === 1 ? 'speaks' : 'speak'} to the deputy from now on.`,
    withoutDeputy === 0
      ? null
      : mrkdwn`${figure(withoutDeputy)} ${withoutDeputy === 1 ? 'has' : 'have'} no deputy: only the team’s channel hears of ${withoutDeputy === 1 ? 'it' : 'them'}.`,
  ]
}
