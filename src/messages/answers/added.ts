/** A contract was entered by hand: what is watched of it from now on. */
import type { CivilDate } from '../../domain/civil-date.ts'
import type { DeadlineKind } from '../../domain/deadline-kinds.ts'
import { button, row } from '../buttons/elements.ts'
import { body } from '../compose.ts'
import { type Mrkdwn, mrkdwn, shown } from '../escape.ts'
import type { Message } from '../facts.ts'
import { contractName, type Named } from '../naming.ts'
import { dateWords } from '../words.ts'
import { answer } from './answer.ts'

export interface AddedFacts {
  readonly contract: Named & { readonly contractId: number; readonly version: number }
  readonly team: string
  readonly historic: boolean
  /** Null where it has none, or none that is known. */
  readonly end: CivilDate | null
  /** The first of its dates that is open. */
  readonly next: { readonly kind: DeadlineKind; readonly on: CivilDate } | null
}

export function addedAnswer({ contract, team, historic, end, next }: AddedFacts): Message {
  const { contractId, version } = contract
  const subject = { contractId, version, alertIds: [] }
  return answer([
    body(
      mrkdwn`*Added: ${contractName(contract)}*, ${shown(contract.reference, 60)}`,
      follows(historic, end, next),
      mrkdwn`Team ${shown(team, 80)}.`,
    ),
    row(
      button('Show', { act: 'show', subject }),
      button('Edit', { act: 'edit', subject }),
      button('Explain', { act: 'explain', subject }),
    ),
  ])
}

function follows(historic: boolean, end: CivilDate | null, next: AddedFacts['next']): Mrkdwn {
  if (historic && end !== null) {
    return mrkdwn`It ended on ${dateWords(end)}, so that it is listed as historic and not warned of.`
  }
  if (end === null) {
    return next?.kind === 'review'
      ? mrkdwn`It has no end date: it is listed, and warned of by its review, ${dateWords(next.on)}.`
      : mrkdwn`It has no end date: it is listed, and not warned of until it has one.`
  }
  if (next === null) return mrkdwn`It ends on ${dateWords(end)}; nothing is due before that.`
  return mrkdwn`It ends on ${dateWords(end)}. First date: ${KINDS[next.kind] ?? `${next.kind},`} ${dateWords(next.on)}.`
}

const KINDS: Readonly<Partial<Record<DeadlineKind, string>>> = {
  'start-by': 'start by',
  notice: 'notice by',
  option: 'the option, by',
  end: 'its end,',
  'emergency-end': 'the end of the emergency extension,',
  review: 'its review,',
}
