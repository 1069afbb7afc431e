/** The lists of the weekly summary, in the order in which they are read. */
import { body, type Paragraph } from './compose.ts'
import { dated } from './dated.ts'
import { joined, type Mrkdwn, mrkdwn, shown } from './escape.ts'
import type { SummaryItem, SummaryList, WeeklyFacts } from './facts.ts'
import { contractName, ownerSentence, plainName, valueSentence } from './naming.ts'
import { capitalised, figure, whenWords } from './words.ts'

export const LISTS = [
  ['outOfContract', 'Out of contract'],
  ['overdue', 'Overdue'],
  ['decideThisWeek', 'Decide this week'],
  ['lapseIn30', 'End within 30 days'],
  ['lapseIn60', 'End in 31 to 60 days'],
  ['lapseIn90', 'End in 61 to 90 days'],
  ['emergencies', 'Emergency extensions in force'],
  ['unclassified', 'Extensions that nobody has classified: what was each?'],
  ['unfit', 'Extensions that do not fit together'],
  ['reviews', 'Reviews: late, due within 30 days, or not planned'],
  ['notices', 'Notices to check'],
  ['unread', 'Rows that could not be read'],
  ['changed', 'Changed since the last summary'],
  ['undated', 'Without an end date'],
  ['rolling', 'Rolling on'],
  ['unowned', 'Without an owner'],
] as const satisfies readonly (readonly [keyof WeeklyFacts, string])[]

type ListName = (typeof LISTS)[number][0]

/** Lists that nobody has to act on this week take one line each. */
const NAMES_ONLY: ReadonlySet<ListName> = new Set<ListName>(['undated', 'rolling', 'unowned'])

/** One that an older version did not know is empty. */
export function listOf(facts: WeeklyFacts, name: ListName): SummaryList {
  return facts[name] ?? { total: 0, items: [] }
}

/** The lists that hold something, each with at most so many items and the number of the others. */
export function listsOf(facts: WeeklyFacts, ofEach: number): Paragraph[] {
  if (ofEach === 0) return []
  return LISTS.map(([name, heading]) => paragraph(name, heading, listOf(facts, name), ofEach))
}

function paragraph(name: ListName, heading: string, list: SummaryList, ofEach: number): Paragraph {
  if (list.total === 0) return body(null)
  const first = list.items.slice(0, ofEach)
  if (NAMES_ONLY.has(name)) {
    const names = first.map(shortName)
    const said = [mrkdwn`*${heading}:* ${joined(names, '; ')}`, others(list, first.length)]
    return body(
      joined(
        said.filter((part) => part !== null),
        '; ',
      ),
    )
  }
  return body(
    mrkdwn`*${heading}*`,
    ...first.map((item) => mrkdwn`• ${name === 'unread' ? unreadLine(item) : line(name, item)}`),
    others(list, first.length),
  )
}

function shortName({ title, supplier, reference }: SummaryItem): Mrkdwn {
  const name = title ?? supplier
  return name === null ? shown(reference, 40) : mrkdwn`${shown(name, 50)} (${shown(reference, 40)})`
}

function others({ total, items }: SummaryList, shownHere: number): Mrkdwn | null {
  if (total <= shownHere) return null
  const left = mrkdwn`and ${figure(total - shownHere)} more`
  return total === items.length
    ? mrkdwn`${left} in the file.`
    : mrkdwn`${left}; the file lists the first ${figure(items.length)}.`
}

function line(name: ListName, item: SummaryItem): Mrkdwn {
  const parts = [
    item.daysLeft === null ? null : mrkdwn`*${capitalised(whenWords(item.daysLeft))}:*`,
    mrkdwn`${contractName(item, 60)}, ${shown(item.reference, 40)}.`,
    item.kind === null || item.on === null
      ? null
      : mrkdwn`${dated(item.kind, item.on, item.daysLeft)}.`,
    item.note === null ? null : mrkdwn`${shown(capitalised(withoutStop(item.note)), 120)}.`,
    ...(name === 'changed' ? [] : [valueSentence(item), ownerSentence(item.owner, plainName)]),
  ]
  return joined(
    parts.filter((part) => part !== null),
    ' ',
  )
}

function unreadLine(item: SummaryItem): Mrkdwn {
  return item.note === null
    ? mrkdwn`${shown(item.reference, 60)}.`
    : mrkdwn`${shown(item.reference, 60)}: ${shown(withoutStop(item.note), 160)}.`
}

function withoutStop(sentence: string): string {
  return sentence.trim().replace(/\.+$/, '')
}
