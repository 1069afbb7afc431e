/** Short answers: done, somebody came first, may not, which one, went wrong. */
import type { ContractNames } from '../rules/contract.ts'
import type { SubscriptionsFacts } from './answer-facts.ts'
import { type Action, type ButtonSubject, button, row } from './buttons.ts'
import { contractName, type Message, type MessageFile, personName } from './facts.ts'
import { answer, body, note, rowWith } from './message.ts'
import { counted, dateWords, mrkdwn, shown } from './words.ts'

/** Something that has no contract, in a sentence of ours: `The list is confirmed.` */
export function saidAnswer(sentence: string, details: readonly string[] = []): Message {
  return answer([
    body(
      mrkdwn`${shown(sentence, 400)}`,
      ...details.slice(0, 10).map((each) => mrkdwn`• ${shown(each, 300)}`),
    ),
  ])
}

/** A form that Slack did not take any more, with the button that opens it anew. */
export function tooLateAnswer(form: string, again: Action): Message {
  return answer([
    body(
      mrkdwn`*The form "${shown(form, 60)}" could not be opened*`,
      mrkdwn`Slack waits three seconds for a form, and it came later, or the window was changed or closed meanwhile. Nothing was changed; if the form stands open all the same, go on there.`,
    ),
    row(button('Open the form', again, { style: 'primary' })),
  ])
}

/** Where nothing was pressed, no form can be opened: the button that does. */
export function formAnswer(sentence: string, action: Action): Message {
  return answer([
    body(mrkdwn`${shown(sentence, 300)}`),
    row(button('Open the form', action, { style: 'primary' })),
  ])
}

/** Somebody may have said that they are on it: whether they do is theirs to say. */
export function onItAnswer(name: string, subject: ButtonSubject): Message {
  return answer([
    body(mrkdwn`*Are you on it? ${shown(name, 300)}*`),
    row(button('I’m on it', { act: 'ack', subject }, { style: 'primary' })),
    note(mrkdwn`Its reminders pause then, and come back. Nothing was changed yet.`),
  ])
}

type Candidate = ContractNames & { readonly contractId: number; readonly version: number }

/** Several contracts fit what was typed: each with a button. At most ten are shown. */
export function candidatesAnswer(
  typed: string,
  candidates: readonly Candidate[],
  more: boolean,
): Message {
  return answer([
    body(mrkdwn`*Several contracts fit "${shown(typed, 100)}": which one?*`),
    ...candidates.slice(0, 10).map(candidateRow),
    note(
      mrkdwn`${more ? mrkdwn`These are the first ten. ` : ''}Name it by more of its reference, or by its number, such as #${candidates[0]?.contractId ?? 1}.`,
    ),
  ])
}

/** None fits: those that are spelt nearly so, or come from such a supplier. */
export function nearAnswer(typed: string, near: readonly Candidate[]): Message {
  return answer([
    body(
      mrkdwn`No contract is called "${shown(typed, 100)}".`,
      near.length === 0
        ? mrkdwn`Look for a part of its name: /contracts find TEXT`
        : mrkdwn`Did you mean ${near.length === 1 ? 'this one' : 'one of these'}?`,
    ),
    ...near.slice(0, 10).map(candidateRow),
  ])
}

function candidateRow({ contractId, version, ...named }: Candidate) {
  return rowWith(
    button('Show', { act: 'show', subject: { contractId, version, alertIds: [] } }),
    mrkdwn`${contractName(named, 80)}, ${shown(named.reference, 60)}, number #${contractId}`,
  )
}

export function subscriptionsAnswer({ channel, items, mayChange }: SubscriptionsFacts): Message {
  return answer([
    body(
      items.length === 0
        ? mrkdwn`*${shown(channel, 80)} subscribed to nothing*`
        : mrkdwn`*${shown(channel, 80)}: ${counted(items.length, 'subscription')}*`,
      items.length === 0 ? mrkdwn`For example: /contracts subscribe supplier Bytes` : null,
    ),
    ...items
      .slice(0, 20)
      .map(({ id, filters, by, on }) =>
        rowWith(
          mayChange ? button('End', { act: 'unsubscribe', subscriptionId: id }) : null,
          mrkdwn`${filters === '' ? mrkdwn`All warnings` : shown(filters, 200)}, since ${dateWords(on)}${by === null ? '' : mrkdwn`, by ${personName(by)}`}.`,
        ),
      ),
  ])
}

/** A file that was asked for, with what it holds. */
export function exportAnswer(holds: string, file: MessageFile): Message {
  return answer(
    [body(mrkdwn`*${shown(holds, 300)} in the file.*`, mrkdwn`${shown(file.title, 150)}`)],
    file,
  )
}

/** Our own fault. `code` finds it in the log. */
export function failedAnswer(wanted: string, code: string): Message {
  return answer([
    body(
      mrkdwn`That went wrong on our side: ${shown(wanted, 120)}.`,
      mrkdwn`Nothing was changed. Try again in a minute; if it stays so, give an administrator the code ${shown(code, 40)}.`,
    ),
    row(button('Help', { act: 'run', query: 'help' })),
  ])
}
