/** The weekly summary: the figures on one screen, then the first of each list, all in a file. */

import type { ActionsBlock } from '@slack/types'
import { addDays, type CivilDate, DUE_DAYS_AHEAD, parseCivilDate } from '../rules/civil-date.ts'
import { SOON_DAYS } from '../rules/contract.ts'
import type { Decimal } from '../rules/money.ts'
import { row as buttonRow, select } from './buttons.ts'
import { dated } from './deadline.ts'
import {
  comparedWith,
  contractName,
  fiveLines,
  type Message,
  type MessageFile,
  ownerSentence,
  plainName,
  type SummaryItem,
  type SummaryList,
  type TeamFigures,
  umbrellaCountWords,
  valueSentence,
  type WeeklyFacts,
} from './facts.ts'
import { weeklyHeadline } from './headline.ts'
import type { ImportProblemFact } from './import-result.ts'
import {
  amountCell,
  body,
  type Cell,
  type Columns,
  compose,
  countCell,
  csvFile,
  dataTable,
  type Figure,
  LIMITS,
  note,
  type Paragraph,
  rowsUnder,
  type TableCell,
  textLength,
} from './message.ts'
import { monthsCharts, monthsInWords, monthsSums, type TallestBar } from './months-ahead.ts'
import { cliffTitle, cliffWorth } from './warning-group.ts'
import {
  capitalised,
  counted,
  dateWords,
  estimateWords,
  figure,
  joined,
  type Mrkdwn,
  monthWords,
  moreWords,
  mrkdwn,
  notNone,
  plain,
  shown,
  spendWords,
  whenWords,
  worthCurrency,
} from './words.ts'

/** How many of each list are shown: fewer where long names would burst the message. */
const SHOWN = [5, 3, 1]
/** Kept free for buttons and for what `fitMessage` may have to say. */
const ROOM = 1000

/** The summary of a team, or of the organisation where the facts name no team. */
export function weeklyMessage(facts: WeeklyFacts, actions: ActionsBlock | null = null): Message {
  const file = weeklyFile(facts)
  const figures = [byTeam(facts), monthsAhead(facts)] as const
  const showing = (ofEach: number) =>
    compose(
      [
        ...headline(facts, ofEach, ...figures),
        ...cliffs(facts, ofEach),
        ...listsOf(facts, ofEach),
        remarks(facts),
      ],
      { actions, file },
    )
  return (
    SHOWN.map(showing).find(({ blocks }) => textLength(blocks) < LIMITS.blockText - ROOM) ??
    showing(0)
  )
}

/** What can be done from it: an extension that nobody has classified is said to be what it was. */
export function weeklyActions({ unclassified }: WeeklyFacts): ActionsBlock | null {
  const choices = (unclassified?.items ?? []).flatMap(
    ({ contractId, reference, title, supplier }) =>
      contractId === undefined
        ? []
        : [
            {
              text: `${plain(reference, 30)}: ${title ?? supplier ?? 'contract'}`,
              action: {
                act: 'classify' as const,
                subject: { contractId, version: 1, alertIds: [] },
              },
            },
          ],
  )
  return buttonRow(select('entry', 'Classify an extension…', choices))
}

function headline(
  facts: WeeklyFacts,
  ofEach: number,
  ofTeams: readonly Figure[],
  ofMonths: readonly Figure[],
): (Paragraph | Figure)[] {
  const { five, before = null } = facts
  const { slot, team, outOfContract } = facts
  const decisions = five?.decisions.total ?? facts.overdue.total + facts.decideThisWeek.total
  const title = body(
    mrkdwn`*${weeklyHeadline(slot, { team, decisions, outOfContract: outOfContract.total })}*`,
    mrkdwn`Weekly summary, ${dateWords(slot)}: ${team === null ? 'all teams' : shown(team, 60)}`,
    facts.hoursLate === null ? null : mrkdwn`Sent ${counted(facts.hoursLate, 'hour')} late.`,
  )
  if (five === undefined) return [title, body(...counts(facts)), body(...rest(facts))]
  return [
    title,
    body(...fiveLines(five, before)),
    ...ofTeams,
    note(mrkdwn`${comparedWith(before)}`, EXTRA_AND_ROLLOVER),
    ...ofMonths,
    ...tallestBars(facts, ofEach),
    body(...counts(facts).slice(1), ...rest(facts)),
  ]
}

function counts(facts: WeeklyFacts): (Mrkdwn | null)[] {
  const { outOfContract, overdue, decideThisWeek, emergencies, unread } = facts
  return [
    mrkdwn`*${figure(outOfContract.total)}* out of contract: ended, and nothing recorded that covers ${outOfContract.total === 1 ? 'it' : 'them'}.`,
    mrkdwn`*${figure(overdue.total)}* ${outOfContract.total === 0 ? '' : mrkdwn`more `}overdue: a date has passed without a decision.`,
    mrkdwn`*${figure(decideThisWeek.total)}* to decide this week.`,
    mrkdwn`*${figure(facts.lapseIn30.total)}* end within 30 days, *${figure(facts.lapseIn60.total)}* in 31 to 60, *${figure(facts.lapseIn90.total)}* in 61 to 90.`,
    mrkdwn`*${figure(emergencies.total)}* emergency ${emergencies.total === 1 ? 'extension' : 'extensions'} in force.`,
    unread.total === 0
      ? null
      : mrkdwn`*${figure(unread.total)}* ${unread.total === 1 ? 'row' : 'rows'} could not be read: nobody watches what ${unread.total === 1 ? 'it holds' : 'they hold'}.`,
  ]
}

function rest(facts: WeeklyFacts): (Mrkdwn | null)[] {
  const { changed, historic, undated, rolling, unowned } = facts
  const among = notNone(
    [undated.total, 'without an end date'],
    [rolling.total, 'rolling on'],
    [unowned.total, 'without an owner'],
  )
  return [
    mrkdwn`${counted(facts.watched, 'contract')} watched${among === '' ? '' : `: ${among}`}.`,
    umbrellaCountWords(facts.umbrellas),
    changed.total + historic === 0
      ? null
      : mrkdwn`${[
          ...(changed.total === 0
            ? []
            : [`${counted(changed.total, 'change')}${sinceWords(facts)}`]),
          ...(historic === 0 ? [] : [`${figure(historic)} historic, not watched`]),
        ].join('; ')}.`,
  ]
}

function sinceWords({ since }: WeeklyFacts): string {
  return since === undefined ? '' : ` since ${dateWords(since)}`
}

function cliffs({ cliffs }: WeeklyFacts, ofEach: number): Paragraph[] {
  if (cliffs === undefined || cliffs.total === 0 || ofEach === 0) return []
  const first = cliffs.items.slice(0, ofEach)
  const left = cliffs.total - first.length
  return [
    body(
      mrkdwn`*End together*`,
      ...first.map((cliff) => mrkdwn`• ${cliffTitle(cliff)}. ${cliffWorth(cliff) ?? ''}`),
      moreWords(left, ': /contracts cliffs'),
    ),
  ]
}

function byTeam({ teams = [] }: WeeklyFacts): Figure[] {
  if (teams.length < 2) return []
  const table = dataTable('By team', TEAM_HEADINGS, teams.map(teamRow))
  return [{ ...table, lines: [mrkdwn`By team`, ...table.lines] }]
}

function monthsAhead({ months }: WeeklyFacts): Figure[] {
  if (months === undefined) return []
  const sums = compose([note(monthsSums(months))]).blocks
  const lines = [shown(monthsInWords(months), 1000)]
  return [{ as: 'figure', blocks: [...monthsCharts(months), ...sums], lines }]
}

const EXTRA_AND_ROLLOVER = mrkdwn`Extra is what a hurried extension costs beyond its ordinary months; rollover spend is the whole of it, ordinary months and what was agreed included.`

const BAR: Readonly<Record<TallestBar['what'], string>> = {
  ends: 'Most ends',
  startBys: 'Most to start buying',
  spend: 'Most rollover spend',
}

/** So many contracts of a bar for each item of a list. */
const OF_A_BAR = 6

/** The contracts behind the tallest bars of the charts. */
function tallestBars({ months }: WeeklyFacts, ofEach: number): Paragraph[] {
  if (ofEach === 0) return []
  return (months?.tallest ?? []).map(({ what, month, total, contracts }) => {
    const first = contracts.slice(0, ofEach * OF_A_BAR)
    const left = total - first.length
    const when = monthWords(month.slice(0, 7))
    const names = joined(first.map(shortName), '; ')
    const more = left > 0 ? mrkdwn`; and ${figure(left)} more: /contracts due in ${when}` : mrkdwn``
    return body(mrkdwn`*${BAR[what]}, ${when}, ${counted(total, 'contract')}:* ${names}${more}.`)
  })
}

function remarks(facts: WeeklyFacts): Paragraph {
  return note(...facts.remarks.slice(0, 5).map((remark) => mrkdwn`${shown(remark, 200)}`))
}

// The five figures of one team as a row of a table across teams.

const TEAM_HEADINGS = [
  'Team',
  'Out of contract',
  'Emergency cost',
  'Premium (est.)',
  `Extra in ${DUE_DAYS_AHEAD} days (est.)`,
  'Behind plan',
  'Decisions',
]

/** Only the first currency: the team's own summary has them all. */
function teamRow({ team, five }: TeamFigures): TableCell[] {
  const { outOfContract, emergency, exposure, behind, decisions } = five
  const [spent] = emergency.totals
  const [ahead] = exposure.totals
  return [
    team,
    countCell(outOfContract.suppliers),
    spent === undefined ? '' : amountCell(spent.cost, spendWords(spent.cost, spent.currency)),
    spent === undefined
      ? ''
      : amountCell(spent.premium, estimateWords(spent.premium, spent.currency)),
    ahead === undefined ? '' : amountCell(ahead.extra, estimateWords(ahead.extra, ahead.currency)),
    countCell(behind.procurements),
    countCell(decisions.total),
  ]
}

// The weekly summary as a table: every list, with all items that were read.

const COLUMNS: Columns<SummaryItem> = {
  Reference: ({ reference }) => reference,
  Title: ({ title }) => title,
  Supplier: ({ supplier }) => supplier,
  What: ({ kind }) => kind,
  Date: ({ on }) => on,
  'Days left': ({ daysLeft }) => daysLeft,
  Value: ({ value }) => value,
  Currency: worthCurrency,
  Owner: ({ owner }) => owner?.name ?? null,
  Remark: ({ note }) => note,
}
const HEADINGS = ['List', ...Object.keys(COLUMNS)]

/** The file, or null where every list is empty. */
function weeklyFile(facts: WeeklyFacts): MessageFile | null {
  const rows = LISTS.flatMap(([name, heading]) => {
    const { items, total } = listOf(facts, name)
    const unlisted = total - items.length
    return [
      ...rowsUnder(COLUMNS, items).map((cells) => [heading, ...cells]),
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

function remark(heading: string, words: string): Cell[] {
  return [heading, ...HEADINGS.slice(2).map(() => null), words]
}

// The lists of the weekly summary, in the order in which they are read.

const LISTS = [
  ['outOfContract', 'Out of contract'],
  ['overdue', 'Overdue'],
  ['decideThisWeek', 'Decide this week'],
  ['behind', 'Procurements behind plan'],
  ['lapseIn30', 'End within 30 days'],
  ['lapseIn60', 'End in 31 to 60 days'],
  ['lapseIn90', 'End in 61 to 90 days'],
  ['emergencies', 'Emergency extensions in force'],
  ['unclassified', 'Extensions that nobody has classified: what was each?'],
  ['unfit', 'Extensions that do not fit together'],
  ['routes', 'Which route? Planned, by the fastest in use'],
  ['reviews', `Reviews: late, due within ${SOON_DAYS} days, or not planned`],
  ['notices', 'Notices to check'],
  ['support', 'Support of products: ends within a year, or does not fit its cover'],
  ['unread', 'Rows that could not be read'],
  ['changed', 'Changed'],
  ['ended', 'Had ended before they were first read: still supplied?'],
  ['undated', 'Without an end date'],
  ['rolling', 'Rolling on'],
  ['unowned', 'Without an owner'],
  ['untold', 'Due, and the owner is not told: no Slack account, see /contracts people'],
] as const satisfies readonly (readonly [keyof WeeklyFacts, string])[]

/** So many procurements behind plan are named whatever else there is to say. */
const NAMED = 20

type ListName = (typeof LISTS)[number][0]

/** Lists that nobody has to act on this week take one line each. */
const NAMES_ONLY: ReadonlySet<ListName> = new Set<ListName>(['undated', 'rolling', 'unowned'])

/** One that an older version did not know is empty. */
function listOf(facts: WeeklyFacts, name: ListName): SummaryList {
  return facts[name] ?? { total: 0, items: [] }
}

/** The lists that hold something, each with at most so many items and the number of the others. */
function listsOf(facts: WeeklyFacts, ofEach: number): Paragraph[] {
  if (ofEach === 0) return []
  return LISTS.map(([name, heading]) => {
    const when = name === 'changed' ? sinceWords(facts) : ''
    return paragraph(name, `${heading}${when}`, listOf(facts, name), ofEach)
  })
}

function paragraph(name: ListName, heading: string, list: SummaryList, ofEach: number): Paragraph {
  if (list.total === 0) return body(null)
  const first = list.items.slice(0, name === 'behind' ? Math.max(ofEach, NAMED) : ofEach)
  if (NAMES_ONLY.has(name)) {
    const names = first.map(shortName)
    const said = [mrkdwn`*${heading}:* ${joined(names, '; ')}`, others(list, first.length)]
    return body(joined(said, '; '))
  }
  return body(
    mrkdwn`*${heading}*`,
    ...first.map((item) => mrkdwn`• ${lineOf(name, item)}`),
    others(list, first.length),
  )
}

function shortName({
  title,
  supplier,
  reference,
}: Pick<SummaryItem, 'title' | 'supplier' | 'reference'>): Mrkdwn {
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

function lineOf(name: ListName, item: SummaryItem): Mrkdwn {
  if (name === 'unread') return unreadLine(item)
  return name === 'support' ? supportLine(item) : line(name, item)
}

function supportLine({ title, reference, daysLeft, note }: SummaryItem): Mrkdwn {
  const when = daysLeft === null ? 'no day known' : whenWords(daysLeft)
  return mrkdwn`*${capitalised(when)}:* ${shown(title ?? reference, 60)}: ${shown(withoutStop(note ?? ''), 250)}.`
}

function line(name: ListName, item: SummaryItem): Mrkdwn {
  const parts = [
    item.daysLeft === null ? null : mrkdwn`*${capitalised(whenWords(item.daysLeft))}:*`,
    mrkdwn`${contractName(item, 60)}, ${shown(item.reference, 40)}.`,
    item.kind === null || item.on === null
      ? null
      : mrkdwn`${dated(item.kind, item.on, item.daysLeft)}.`,
    item.note === null ? null : mrkdwn`${shown(capitalised(withoutStop(item.note)), 120)}.`,
    name === 'changed' || name === 'behind' ? null : valueSentence(item),
    name === 'changed' ? null : ownerSentence(item.owner, plainName),
  ]
  return joined(parts, ' ')
}

function unreadLine(item: SummaryItem): Mrkdwn {
  return item.note === null
    ? mrkdwn`${shown(item.reference, 60)}.`
    : mrkdwn`${shown(item.reference, 60)}: ${shown(withoutStop(item.note), 160)}.`
}

function withoutStop(sentence: string): string {
  return sentence.trim().replace(/\.+$/, '')
}

// What stands behind a contract of some lists.

/** Which route is asked (`note`: the day of the slowest assumed one), as that may be too late already. */
export function routeNote({ note, on, daysLeft }: Pick<SummaryItem, 'note' | 'on' | 'daysLeft'>) {
  const from = parseCivilDate(note ?? '')
  if (from === null || on === null || daysLeft === null) return null
  const begun = from < addDays(on, -daysLeft)
  return `which route? If tendered, it ${begun ? 'should have started' : 'starts'} by ${dateWords(from)}`
}

export function emergencyNote({
  since,
  cost,
  currency,
}: {
  readonly since: CivilDate
  readonly cost: Decimal | null
  readonly currency: string
}): string {
  const price = cost === null ? 'at unknown cost' : `for ${spendWords(cost, currency)}`
  return `Since ${dateWords(since)}, ${price}`
}

/** A row that nobody could read: where it stands, and what to do. */
export function unreadNote(row: Omit<ImportProblemFact, 'severity'> & { readonly source: string }) {
  const { source, at, reference, field, value, problem, remedy } = row
  const place = /^\d+$/.test(at) ? `line ${at}` : at
  const named = reference === null ? '' : ` (${reference})`
  const said = field === null ? '' : `${field} "${value ?? ''}": `
  return {
    reference: `${source}, ${place}${named}`,
    note: `${said}${problem.replace(/\.$/, '')}. ${capitalised(remedy)}`,
  }
}
