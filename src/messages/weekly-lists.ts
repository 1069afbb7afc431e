/** The lists of the weekly summary, in the order in which they are read. */
import type { DeadlineKind } from '../domain/deadline-kinds.ts'
import { body, type Paragraph } from './compose.ts'
import { joined, type Mrkdwn, mrkdwn, shown } from './escape.ts'
import type { SummaryItem, SummaryList, WeeklyFacts } from './facts.ts'
import { contractName, personName } from './naming.ts'
import { amountWords, dateWords, figure, whenWords } from './words.ts'

export const LISTS = [
  ['outOfContract', 'Out of contract'],
  ['overdue', 'Overdue'],
  ['decideThisWeek', 'Decide this week'],
  ['lapseIn30', 'End within 30 days'],
  ['lapseIn60', 'End in 31 to 60 days'],
  ['lapseIn90', 'End in 61 to 90 days'],
  ['emergencies', 'Emergency extensions in force'],
  ['unread', 'Rows that could not be read'],
  ['changed', 'Changed since the last summary'],
  ['undated', 'Without an end date'],
  ['rolling', 'Rolling on'],
  ['unowned', 'Without an owner'],
] as const satisfies readonly (readonly [keyof WeeklyFacts, string])[]

type ListName = (typeof LISTS)[number][0]

/** The lists that hold something, each with at most so many items and the number of the others. */
export function listsOf(facts: WeeklyFacts, ofEach: number): Paragraph[] {
  if (ofEach === 0) return []
  return LISTS.map(([name, heading]) => paragraph(name, heading, facts[name], ofEach))
}

function paragraph(name: ListName, heading: string, list: SummaryList, ofEach: number): Paragraph {
  if (list.total === 0) return body(null)
  const first = list.items.slice(0, ofEach)
  const left = list.total - first.length
  return body(
    mrkdwn`*${heading}*`,
    ...first.map((item) => mrkdwn`• ${line(name, item)}`),
    left > 0 ? mrkdwn`and ${figure(left)} more in the file.` : null,
  )
}

function line(name: ListName, item: SummaryItem): Mrkdwn {
  if (name === 'unread') return unreadLine(item)
  const parts = [
    item.daysLeft === null ? null : mrkdwn`*${capital(whenWords(item.daysLeft))}:*`,
    mrkdwn`${contractName(item, 60)}, ${shown(item.reference, 40)}.`,
    item.kind === null || item.on === null
      ? null
      : mrkdwn`${dated(item.kind, item.on, item.daysLeft)}.`,
    item.note === null ? null : mrkdwn`${shown(withoutStop(item.note), 120)}.`,
    NAMES_VALUE.has(name) ? valueWords(item) : null,
    NAMES_VALUE.has(name) ? ownerWords(item) : null,
  ]
  return joined(
    parts.filter((part) => part !== null),
    ' ',
  )
}

/** Lists that ask somebody to act say what is at stake and who acts. */
const NAMES_VALUE: ReadonlySet<ListName> = new Set<ListName>([
  'outOfContract',
  'overdue',
  'decideThisWeek',
  'lapseIn30',
  'lapseIn60',
  'lapseIn90',
  'emergencies',
])

function unreadLine(item: SummaryItem): Mrkdwn {
  return item.note === null
    ? mrkdwn`${shown(item.reference, 60)}.`
    : mrkdwn`${shown(item.reference, 60)}: ${shown(withoutStop(item.note), 160)}.`
}

function dated(
  kind: DeadlineKind,
  on: SummaryItem['on'] & string,
  daysLeft: number | null,
): string {
  const past = daysLeft !== null && daysLeft < 0
  switch (kind) {
    case 'start-by':
      return `Start replacing by ${dateWords(on)}`
    case 'notice':
      return `Notice by ${dateWords(on)}`
    case 'option':
      return `Option by ${dateWords(on)}`
    case 'end':
      return `${past ? 'Ended' : 'Ends'} ${dateWords(on)}`
    case 'emergency-end':
      return `Emergency extension ${past ? 'ended' : 'ends'} ${dateWords(on)}`
  }
}

function valueWords({ value, currency }: SummaryItem): Mrkdwn {
  return value === null
    ? mrkdwn`Value unknown.`
    : mrkdwn`${shown(amountWords(value, currency), 40)}.`
}

function ownerWords({ owner }: SummaryItem): Mrkdwn {
  return owner === null ? mrkdwn`No owner.` : mrkdwn`${personName(owner)}.`
}

function capital(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`
}

function withoutStop(sentence: string): string {
  return sentence.trim().replace(/\.+$/, '')
}
