/** One contract in a list, with what can be done about it beside it. */
import type { Overflow } from '@slack/types'
import type { ContractAct } from '../buttons/action.ts'
import { overflow } from '../buttons/elements.ts'
import { dated } from '../dated.ts'
import { joined, type Mrkdwn, mrkdwn, shown } from '../escape.ts'
import { contractName, ownerSentence, personName, plainName, valueSentence } from '../naming.ts'
import { capitalised, whenWords } from '../words.ts'
import { type Row, rowWith } from './answer.ts'
import type { ListEntry } from './facts.ts'

/** `In 30 days: Microsoft 365 (Bytes), C-17. Ends Sun 30 Apr 2023. Value £163.1m. Amira Khan.` */
export function entryRow(
  entry: ListEntry,
  { hidePrices, shared }: { readonly hidePrices: boolean; readonly shared: boolean },
): Row {
  return rowWith(shared ? null : entryMenu(entry), entryLine(entry, hidePrices))
}

export function entryLine(entry: ListEntry, hidePrices: boolean): Mrkdwn {
  const { kind, on, daysLeft, note } = entry
  const said = [
    daysLeft === null ? null : mrkdwn`*${capitalised(whenWords(daysLeft))}:*`,
    mrkdwn`${contractName(entry, 60)}, ${shown(entry.reference, 40)}.`,
    kind === null || on === null ? null : mrkdwn`${dated(kind, on, daysLeft)}.`,
    note === null ? null : mrkdwn`${shown(capitalised(note.trim().replace(/\.+$/, '')), 120)}.`,
    hidePrices ? null : valueSentence(entry),
    ownerSentence(entry.owner, hidePrices ? plainName : personName),
  ]
  return joined(
    said.filter((sentence) => sentence !== null),
    ' ',
  )
}

/** What can be done about a contract among others. At most five fit into a menu. */
export function entryMenu({
  contractId,
  version,
  mayChange,
  unclassified,
}: Pick<ListEntry, 'contractId' | 'version' | 'mayChange' | 'unclassified'>): Overflow | null {
  const subject = { contractId, version, alertIds: [] }
  const choice = (text: string, act: ContractAct) => ({ text, action: { act, subject } })
  return overflow([
    choice('Show contract', 'show'),
    ...(mayChange
      ? [
          unclassified === true
            ? choice('Classify extension', 'classify')
            : choice('I’m on it', 'ack'),
          choice('Record decision', 'decide'),
          choice('Log extension', 'extend'),
          choice('Reassign…', 'assign'),
        ]
      : [choice('Explain', 'explain'), choice('History', 'history')]),
  ])
}
