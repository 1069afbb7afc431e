/** What is due, and the register page by page. */
import { button, row } from '../buttons/elements.ts'
import { body, note } from '../compose.ts'
import { mrkdwn, shown } from '../escape.ts'
import type { Message } from '../facts.ts'
import { counted, dateWords, figure } from '../words.ts'
import { answer, type Part, pageButtons, shareButton } from './answer.ts'
import { entryRow } from './entry.ts'
import type { DueFacts, ListFacts, PageFacts } from './facts.ts'

/** The answer to `due`. */
export function dueAnswer(facts: DueFacts): Message {
  return answer([...dueParts(facts), row(...pageButtons(facts), shareButton(facts))])
}

/** The answer to a bare command: what is due for the asker, and what else is asked most. */
export function bareAnswer(facts: DueFacts): Message {
  return answer([
    ...dueParts(facts),
    row(...pageButtons(facts), ...(facts.shared ? [] : MOST_ASKED), shareButton(facts)),
    note(
      mrkdwn`Most asked: /contracts find TEXT, /contracts show REF, /contracts snooze REF 2w. All: /contracts help`,
    ),
  ])
}

const MOST_ASKED = [
  button('Due in my team', { act: 'run', query: 'due ours' }),
  button('Without an owner', { act: 'run', query: 'list unowned' }),
  button('Help', { act: 'run', query: 'help' }),
]

/** The answer to `list` and `find`. */
export function listAnswer(facts: ListFacts): Message {
  const scope = facts.scope === '' ? '' : mrkdwn` ${shown(facts.scope, 120)}`
  const title =
    facts.total === 0
      ? mrkdwn`*No contract${scope}*`
      : mrkdwn`*${counted(facts.total, 'contract')}${scope}*`
  const help =
    facts.total === 0
      ? mrkdwn`Look for less of the name, or for another part of it; /contracts list shows all.`
      : null
  return answer([
    body(title, help),
    ...entries(facts),
    row(...pageButtons(facts), shareButton(facts)),
  ])
}

function dueParts(facts: DueFacts): Part[] {
  const scope = facts.scope === '' ? '' : mrkdwn` ${shown(facts.scope, 120)}`
  const within = mrkdwn`due within ${counted(facts.days, 'day')}, overdue ones included`
  return [
    body(
      facts.total === 0
        ? mrkdwn`*Nothing${scope} is ${within}*`
        : mrkdwn`*${counted(facts.total, 'deadline')}${scope} ${within}*`,
    ),
    ...entries(facts),
  ]
}

function entries(facts: PageFacts): Part[] {
  const { page, pages, asOf } = facts
  return [
    ...facts.entries.map((entry) => entryRow(entry, facts)),
    note(
      pages > 1
        ? mrkdwn`Page ${figure(page)} of ${figure(pages)}, as of ${dateWords(asOf)}.`
        : mrkdwn`As of ${dateWords(asOf)}.`,
    ),
  ]
}
