/** How much of what procurement law allows a contract's extensions have used, test by test. */
import type { CivilDate } from '../../domain/civil-date.ts'
import type { Headroom, HeadroomTest } from '../../domain/headroom.ts'
import { row } from '../buttons/elements.ts'
import { body, note } from '../compose.ts'
import { type Mrkdwn, mrkdwn, shown } from '../escape.ts'
import type { Message } from '../facts.ts'
import {
  lawWords,
  NEVER_A_VERDICT,
  oneMoreMonthWords,
  stateWords,
  usedWords,
} from '../headroom-words.ts'
import { contractName, type Named } from '../naming.ts'
import { capitalised, counted, dateWords } from '../words.ts'
import { answer, shareButton } from './answer.ts'
import type { Asked } from './facts.ts'

export interface HeadroomAnswerFacts extends Asked {
  readonly asOf: CivilDate
  readonly contract: Named
  readonly currency: string
  /** With so many days more; 0 for as it stands. */
  readonly addDays: number
  readonly headroom: Headroom
  readonly oneMoreMonth: {
    readonly tests: readonly Pick<HeadroomTest, 'rule' | 'title' | 'percent' | 'state'>[]
  } | null
}

/** The answer to `headroom`. */
export function headroomAnswer(facts: HeadroomAnswerFacts): Message {
  const { contract, headroom, addDays, asOf } = facts
  const more = addDays === 0 ? mrkdwn`` : mrkdwn` with ${counted(addDays, 'day')} more`
  const month = addDays === 0 ? oneMoreMonthWords(facts.oneMoreMonth) : null
  return answer([
    body(
      mrkdwn`*Headroom of ${contractName(contract)}${more}*`,
      mrkdwn`Under ${lawWords(headroom.regime, headroom.assumed)}, on ${dateWords(asOf)}.`,
      ...headroom.tests.map((test) => mrkdwn`• ${testLine(test, facts)}`),
      month === null ? null : mrkdwn`${shown(month, 300)}`,
    ),
    note(mrkdwn`${NEVER_A_VERDICT}`, mrkdwn`Reference ${shown(contract.reference, 60)}.`),
    row(shareButton(facts)),
  ])
}

function testLine(test: HeadroomTest, { currency, hidePrices }: HeadroomAnswerFacts): Mrkdwn {
  const used = usedWords(test, currency, hidePrices)
  // What is said of a sum that is not shown would tell it.
  const notes = test.measure === 'money' && hidePrices ? [] : test.notes
  const state = capitalised(stateWords(test.state))
  const said = [used === null ? null : `${capitalised(used)}.`, `${state}.`, ...notes]
  const words = said.filter((part) => part !== null).join(' ')
  return mrkdwn`*${shown(test.title, 80)}* (${shown(test.citation, 80)}). ${shown(words, 600)}`
}
