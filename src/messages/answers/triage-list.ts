/** The list after a first import, to be worked through: confirm, mark as historic, assign. */
import type { ContractAct } from '../buttons/action.ts'
import { button, overflow, row } from '../buttons/elements.ts'
import { body, note } from '../compose.ts'
import { mrkdwn, shown } from '../escape.ts'
import type { Message } from '../facts.ts'
import { counted, dateWords, figure } from '../words.ts'
import { answer, pageButtons, rowWith, shareButton } from './answer.ts'
import { entryLine } from './entry.ts'
import type { TriageListFacts } from './facts.ts'

/** The answer to `triage`. */
export function triageListAnswer(facts: TriageListFacts): Message {
  const { total, team, teamId, page, pages, asOf } = facts
  const open = total > 0 && asOf < facts.laddersFrom
  return answer([
    body(
      total === 0
        ? mrkdwn`*Nothing to look through: team ${shown(team, 60)}*`
        : mrkdwn`*${counted(total, 'contract')} to look through: team ${shown(team, 60)}*`,
      open
        ? mrkdwn`Warnings start when the list is confirmed, or on ${dateWords(facts.laddersFrom)}.`
        : mrkdwn`Warnings have started.`,
    ),
    ...facts.entries.map((entry) =>
      rowWith(facts.shared ? null : entryMenu(entry), entryLine(entry, facts.hidePrices)),
    ),
    note(
      mrkdwn`${pages > 1 ? `Page ${figure(page)} of ${figure(pages)}, as` : 'As'} of ${dateWords(asOf)}. Mark what is finished as historic: it is listed, never warned of.`,
    ),
    row(
      open && facts.mayConfirm && !facts.shared
        ? button(
            'Confirm list',
            { act: 'triage-confirm', teamId },
            { style: 'primary', label: 'Confirm the list: warnings start' },
          )
        : null,
      ...pageButtons(facts),
      shareButton(facts),
    ),
  ])
}

function entryMenu({
  contractId,
  version,
  historic,
  mayChange,
}: TriageListFacts['entries'][number]) {
  const subject = { contractId, version, alertIds: [] }
  const choice = (text: string, act: ContractAct) => ({ text, action: { act, subject } })
  return overflow(
    mayChange
      ? [
          historic
            ? choice('Watch it again', 'reactivate')
            : choice('Mark as historic', 'historic'),
          choice('Assign…', 'assign'),
          choice('Edit…', 'edit'),
          choice('Show contract', 'show'),
        ]
      : [choice('Show contract', 'show'), choice('Explain', 'explain')],
  )
}
