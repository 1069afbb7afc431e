/** How much of what procurement law allows a contract's extensions have used, test by test. */
import type { CivilDate } from '../../domain/civil-date.ts'
import type { Headroom } from '../../domain/headroom.ts'
import type { HeadroomTest } from '../../domain/headroom-test.ts'
import type { NoticeTask } from '../../domain/notice-tasks.ts'
import { row } from '../buttons/elements.ts'
import { body, note, type Paragraph } from '../compose.ts'
import { type Mrkdwn, mrkdwn, shown } from '../escape.ts'
import type { Message, PersonFact } from '../facts.ts'
import {
  lawWords,
  NEVER_A_VERDICT,
  oneMoreMonthWords,
  stateWords,
  usedWords,
} from '../headroom-words.ts'
import { usage } from '../manual.ts'
import { contractName, type Named, plainName } from '../naming.ts'
import { noticesTold, noticeWords } from '../notice-words.ts'
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
  readonly notices: readonly NoticeTask[]
  readonly categoryLead: PersonFact | null
  readonly oneMoreMonth: {
    readonly tests: readonly Pick<HeadroomTest, 'rule' | 'title' | 'percent' | 'state'>[]
  } | null
}

/** How many notices are shown. */
const SHOWN = 6

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
    noticesOf(facts),
    note(mrkdwn`${NEVER_A_VERDICT}`, mrkdwn`Reference ${shown(contract.reference, 60)}.`),
    row(shareButton(facts)),
  ])
}

/** With days added nothing has happened yet that could call for one. */
function noticesOf(facts: HeadroomAnswerFacts): Paragraph {
  const told = facts.addDays === 0 ? noticesTold(facts.notices, facts.asOf).slice(0, SHOWN) : []
  if (told.length === 0) return body(null)
  const { categoryLead } = facts
  const open = told.some(({ settled }) => settled === null)
  return body(
    mrkdwn`*Notices to check*`,
    ...told.map(
      (task) =>
        mrkdwn`• ${shown(capitalised(noticeWords(task, facts.asOf, facts.hidePrices)), 400)}`,
    ),
    open && categoryLead !== null ? mrkdwn`Asked of ${plainName(categoryLead)}.` : null,
    open
      ? mrkdwn`When one is published, or not called for: /contracts ${usage('published')}`
      : null,
  )
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
