/** What can be asked, and what the bot says when it did not understand. */
import { button, row } from '../buttons/elements.ts'
import { body, note } from '../compose.ts'
import { mrkdwn, shown } from '../escape.ts'
import type { Message } from '../facts.ts'
import { MANUAL, usage, VERBS, type Verb } from '../manual.ts'
import { capitalised } from '../words.ts'
import { answer } from './answer.ts'

/** The answer to `help`: all commands, or one of them with examples. */
export function helpAnswer(about: Verb | null): Message {
  if (about === null) {
    return answer([
      body(
        mrkdwn`*What you can ask*`,
        mrkdwn`/contracts by itself shows what is due for you.`,
        ...VERBS.map((verb) => mrkdwn`• *${usage(verb)}*: ${MANUAL[verb].does}`),
      ),
      note(
        mrkdwn`Capitals, order and quotes do not matter. REF is a reference, a part of a reference or title that only one contract has, or #number.`,
      ),
    ])
  }
  const { does, examples } = MANUAL[about]
  return answer([
    body(
      mrkdwn`*/contracts ${usage(about)}*`,
      mrkdwn`${capitalised(does)}.`,
      mrkdwn`*Examples*`,
      ...examples.map((example) => mrkdwn`• /contracts ${example}`),
    ),
    row(button('All commands', { act: 'run', query: 'help' })),
  ])
}

export interface MisreadFacts {
  readonly problem: string
  /** The command that was probably meant, as text; null where nobody can tell. */
  readonly meant: string | null
  readonly example: string
}

/** What the bot says to what it could not read: what is wrong, what was meant, one that works. */
export function misreadAnswer({ problem, meant, example }: MisreadFacts): Message {
  const words = meant === null ? null : readable(meant)
  return answer([
    body(
      mrkdwn`${shown(problem, 300)}`,
      words === null ? null : mrkdwn`Did you mean: /contracts ${shown(words, 200)}`,
      mrkdwn`For example: ${shown(example, 200)}`,
    ),
    row(
      meant === null
        ? null
        : button('Yes, do that', { act: 'run', query: meant }, { style: 'primary' }),
      button('Help', { act: 'run', query: 'help' }),
    ),
  ])
}

/** Without the quotes and escapes that a person would not type. */
function readable(query: string): string {
  return query
    .replace(/"([^"\s]*)"/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
