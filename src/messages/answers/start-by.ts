/** When to start buying what follows a contract, and which routes still fit. */
import type { CivilDate } from '../../domain/civil-date.ts'
import { daysBetween } from '../../domain/civil-date.ts'
import type { StartByStep } from '../../domain/start-by.ts'
import { row } from '../buttons/elements.ts'
import { body, note } from '../compose.ts'
import { type Mrkdwn, mrkdwn, shown } from '../escape.ts'
import type { Message } from '../facts.ts'
import { contractName, type Named } from '../naming.ts'
import {
  countWords,
  fitWords,
  gapWords,
  passedWords,
  type StartByCounted,
} from '../start-by-words.ts'
import { capitalised, dateWords, whenWords } from '../words.ts'
import { answer, shareButton } from './answer.ts'
import type { Asked } from './facts.ts'

export interface StartByAnswerFacts extends Asked {
  readonly asOf: CivilDate
  readonly contract: Named
  readonly count: StartByCounted
}

/** The answer to `start-by`. */
export function startByAnswer(facts: StartByAnswerFacts): Message {
  const { asOf, contract, count } = facts
  const left = daysBetween(asOf, count.startBy)
  const late = passedWords(count, asOf)
  return answer([
    body(
      mrkdwn`*Start by ${dateWords(count.startBy)}, ${whenWords(left)}: ${contractName(contract)}*`,
      mrkdwn`${shown(capitalised(countWords(count)), 600)}`,
      late === null ? null : mrkdwn`${late}`,
    ),
    body(mrkdwn`*Step by step*`, ...count.steps.map((step) => mrkdwn`• ${stepLine(step)}`)),
    count.fits.length === 0
      ? null
      : body(
          mrkdwn`*Routes*`,
          ...count.fits.map(
            (fit) =>
              mrkdwn`• ${shown(fit.route, 60)}: start by ${dateWords(fit.startBy)}, ${fitWords(fit)}.`,
          ),
        ),
    body(mrkdwn`${gapWords(count, asOf)}`),
    note(
      mrkdwn`Lead times are your organisation’s own settings, no law. Reference ${shown(contract.reference, 60)}, as of ${dateWords(asOf)}.`,
    ),
    row(shareButton(facts)),
  ])
}

function stepLine({ name, amount, unit, from, to }: StartByStep): Mrkdwn {
  return mrkdwn`${capitalised(name)}, ${amount} ${unit}: ${dateWords(from)} to ${dateWords(to)}.`
}
