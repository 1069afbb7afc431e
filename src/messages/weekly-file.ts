/** The weekly summary as a table: every list, with all items that were read. */
import { type Cell, csvFile } from './csv-file.ts'
import type { MessageFile, SummaryItem, WeeklyFacts } from './facts.ts'
import { LISTS, listOf } from './weekly-lists.ts'
import { dateWords, figure } from './words.ts'

const HEADINGS = [
  'List',
  'Reference',
  'Title',
  'Supplier',
  'What',
  'Date',
  'Days left',
  'Value',
  'Currency',
  'Owner',
  'Remark',
] as const

/** The file, or null where every list is empty. */
export function weeklyFile(facts: WeeklyFacts): MessageFile | null {
  const rows = LISTS.flatMap(([name, heading]) => {
    const { items, total } = listOf(facts, name)
    const unlisted = total - items.length
    return [
      ...items.map((item) => row(heading, item)),
      ...(unlisted > 0 ? [remark(heading, `and ${figure(unlisted)} more, not listed here`)] : []),
    ]
  })
  if (rows.length === 0) return null
  return csvFile(
    `weekly-summary-${facts.slot}`,
    `Weekly summary, ${dateWords(facts.slot)}: every list`,
    HEADINGS,
    rows,
  )
}

function row(heading: string, item: SummaryItem): Cell[] {
  return [
    heading,
    item.reference,
    item.title,
    item.supplier,
    item.kind,
    item.on,
    item.daysLeft,
    item.value,
    item.value === null ? null : item.currency,
    item.owner?.name ?? null,
    item.note,
  ]
}

function remark(heading: string, words: string): Cell[] {
  return [heading, ...HEADINGS.slice(2).map(() => null), words]
}
