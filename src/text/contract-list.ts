/** Lists of contracts, each with what is most urgent about it. */
import type { Overflow, StaticSelect } from '@slack/types'
import type { CivilDate } from '../rules/civil-date.ts'
import type { ContractNames, DeadlineKind } from '../rules/contract.ts'
import type { AnswerContext, DueFacts, ListEntry, ListFacts, PageFacts } from './answer-facts.ts'
import { button, type ContractAct, overflow, row, select } from './buttons.ts'
import { DEADLINE_WORDS, dated } from './deadline.ts'
import {
  contractName,
  contractTitle,
  type Message,
  type MessageFile,
  ownerSentence,
  personName,
  plainName,
  valueSentence,
} from './facts.ts'
import { quotedAll, reportLine } from './help.ts'
import {
  type AnswerPart,
  type AnswerRow,
  amountCell,
  answer,
  body,
  type Cell,
  csvFile,
  dataTable,
  note,
  pageButtons,
  rowWith,
  shareButton,
  type TableCell,
} from './message.ts'
import {
  capitalised,
  counted,
  dateWords,
  figure,
  firstLines,
  joined,
  type Mrkdwn,
  mrkdwn,
  plain,
  shown,
  teamWords,
  whenWords,
  worthWords,
} from './words.ts'

// What is due, and the register page by page.

export function dueAnswer(facts: DueFacts): Message {
  return answer([
    ...dueParts(facts),
    row(...openers(facts), ...pageButtons(facts), shareButton(facts)),
  ])
}

/** The answer to a bare command: what is due for the asker, and what else is asked most. */
export function bareAnswer(facts: DueFacts): Message {
  return answer([
    ...dueParts(facts),
    row(
      ...openers(facts),
      ...pageButtons(facts),
      ...(facts.shared ? [] : MOST_ASKED),
      shareButton(facts),
    ),
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
  const scope = facts.scope === '' ? '' : mrkdwn` ${shown(facts.scope, 250)}`
  const missed = unreadOf(facts)
  const title =
    facts.total === 0 && missed !== null
      ? mrkdwn`*Not answered: part of the question was not understood*`
      : facts.total === 0
        ? mrkdwn`*No contract${scope}*`
        : mrkdwn`*${counted(facts.total, 'contract')}${scope}*`
  const help =
    facts.total === 0 && missed === null
      ? mrkdwn`Look for less of the name, or for another part of it; /contracts list shows all.`
      : null
  const [told, beside] = besideLines(facts)
  return answer([
    body(told, title, missed, reportLine(facts.unread ?? []), help, beside),
    ...entries(facts, `Contracts${facts.scope === '' ? '' : ` ${facts.scope}`}`),
    row(...openers(facts), ...pageButtons(facts), shareButton(facts)),
  ])
}

function dueParts(facts: DueFacts): AnswerPart[] {
  const scope = facts.scope === '' ? '' : mrkdwn` ${shown(facts.scope, 250)}`
  const within =
    facts.days === null
      ? ''
      : mrkdwn`due within ${counted(facts.days, 'day')}, overdue ones included`
  const missed = unreadOf(facts)
  const asked = within === '' ? scope : mrkdwn`${scope} ${within}`
  const [told, beside] = besideLines(facts)
  return [
    body(
      told,
      facts.total > 0
        ? mrkdwn`*${counted(facts.total, 'deadline')}${asked}*`
        : missed !== null
          ? mrkdwn`*Not answered: part of the question was not understood*`
          : within === ''
            ? mrkdwn`*No deadline${scope}*`
            : mrkdwn`*Nothing${scope} is due within ${counted(facts.days ?? 0, 'day')}, and nothing is overdue*`,
      missed,
      reportLine(facts.unread ?? []),
      facts.total === 0 && missed === null
        ? mrkdwn`Further ahead: /contracts due 365d; whatever its date: /contracts list`
        : null,
      beside,
    ),
    ...entries(
      facts,
      facts.days === null ? 'Deadlines' : `Due within ${counted(facts.days, 'day')}`,
    ),
  ]
}

/** What was asked of one contract, as the first line; and what is told beside it, as the last. */
export function besideLines({
  told = null,
  beside = [],
}: Pick<PageFacts, 'told' | 'beside'>): readonly [Mrkdwn | null, Mrkdwn | null] {
  const said = beside.map((each) => `${capitalised(each)}.`).join(' ')
  return [
    told === null ? null : mrkdwn`*${shown(capitalised(told), 300)}*`,
    said === '' ? null : mrkdwn`${shown(said, 400)}`,
  ]
}

/** The words that were not read, and what was: null where all was read. */
function unreadOf({ unread = [], scope }: DueFacts | ListFacts): Mrkdwn | null {
  if (unread.length === 0) return null
  const rest = scope === '' ? mrkdwn`the whole register` : mrkdwn`contracts ${shown(scope, 200)}`
  return mrkdwn`Not understood: ${shown(quotedAll(unread), 300)}. Without it, this was asked for: ${rest}. Say it in other words, or leave it out.`
}

function entries(facts: PageFacts, caption: string): AnswerPart[] {
  const { page, pages, asOf, hidePrices } = facts
  const lines = facts.entries.map((entry) => entryLine(entry, hidePrices))
  return [
    // On a phone a table shows its first columns alone.
    facts.total === 1
      ? body(...lines)
      : dataTable(
          plain(caption, 150),
          ENTRY_HEADINGS,
          facts.entries.map((entry) => entryCells(entry, hidePrices)),
          lines,
        ),
    note(
      pages > 1
        ? mrkdwn`Page ${figure(page)} of ${figure(pages)}, as of ${dateWords(asOf)}.`
        : mrkdwn`As of ${dateWords(asOf)}.`,
    ),
  ]
}

const ENTRY_HEADINGS = [
  'Contract',
  'When',
  'What',
  'Supplier',
  'Reference',
  'Value',
  'Owner',
  'Remark',
]

function entryCells(entry: ListEntry, hidePrices: boolean): TableCell[] {
  const { supplier, reference, kind, on, daysLeft, value, owner } = entry
  const hidden = hidePrices || entry.hidePrices === true
  const remark = entry.note === null ? '' : capitalised(entry.note.trim())
  const isDated = kind !== null && on !== null
  return [
    contractTitle(entry),
    daysLeft === null ? '' : { value: daysLeft, words: whenWords(daysLeft) },
    isDated ? dated(kind, on, daysLeft) : remark,
    supplier ?? '',
    reference,
    hidden ? '' : amountCell(value, value === null ? 'unknown' : worthWords(entry)),
    owner === null ? 'No owner recorded' : owner.name.trim() || (owner.slackUser ?? ''),
    isDated ? remark : '',
  ]
}

/** A table holds no buttons: each of its contracts is opened from the menu below it. */
function openers({ entries, shared }: PageFacts): (StaticSelect | null)[] {
  if (shared) return []
  const named = (act: ContractAct, listed: readonly ListEntry[]) =>
    listed.map(({ contractId, version, reference, title, supplier }) => ({
      text: `${plain(reference, 30)}: ${title ?? supplier ?? 'contract'}`,
      action: { act, subject: { contractId, version, alertIds: [] } },
    }))
  const unclassified = entries.filter((entry) => entry.unclassified === true && entry.mayChange)
  const disputed = entries.filter((entry) => entry.disputed === true && entry.mayChange)
  return [
    select('entry', 'Open a contract…', named('show', entries)),
    select('entry', 'Say which end holds…', named('edit', disputed)),
    select('entry', 'Classify an extension…', named('classify', unclassified)),
  ]
}

// A contract was entered by hand: what is watched of it from now on.

export interface AddedFacts {
  readonly contract: ContractNames & { readonly contractId: number; readonly version: number }
  readonly team: string
  readonly historic: boolean
  /** Null where it has none, or none that is known. */
  readonly end: CivilDate | null
  /** The first of its dates that is open. */
  readonly next: { readonly kind: DeadlineKind; readonly on: CivilDate } | null
}

export function addedAnswer({ contract, team, historic, end, next }: AddedFacts): Message {
  const { contractId, version } = contract
  const subject = { contractId, version, alertIds: [] }
  return answer([
    body(
      mrkdwn`*Added: ${contractName(contract)}*, ${shown(contract.reference, 60)}`,
      follows(historic, end, next),
      mrkdwn`For ${teamWords(team)}.`,
    ),
    row(
      button('Show', { act: 'show', subject }),
      button('Edit', { act: 'edit', subject }),
      button('Explain', { act: 'explain', subject }),
    ),
  ])
}

function follows(historic: boolean, end: CivilDate | null, next: AddedFacts['next']): Mrkdwn {
  if (historic && end !== null) {
    return mrkdwn`It ended on ${dateWords(end)}, so that it is listed as historic and not warned of.`
  }
  if (end === null) {
    return next !== null
      ? mrkdwn`It has no end date. First date: ${DEADLINE_WORDS[next.kind].by} ${dateWords(next.on)}.`
      : mrkdwn`It has no end date: it is listed, and not warned of until it has one.`
  }
  if (next === null) return mrkdwn`It ends on ${dateWords(end)}; nothing is due before that.`
  return mrkdwn`It ends on ${dateWords(end)}. First date: ${DEADLINE_WORDS[next.kind].by} ${dateWords(next.on)}.`
}

/** `In 30 days: Microsoft 365 (Bytes), C-17. Ends Sun 30 Apr 2023. Value £163.1m. Amira Khan.` */
export function entryRow(
  entry: ListEntry,
  { hidePrices, shared }: { readonly hidePrices: boolean; readonly shared: boolean },
): AnswerRow {
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
  return joined(said, ' ')
}

/** What can be done about a contract among others. At most five fit into a menu. */
function entryMenu({
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

// Contracts that process personal data, in words and as a table.

export interface PersonalDataFacts {
  readonly asOf: CivilDate
  /** Those that do, or that share data or have an assessment, with most to put right first. */
  readonly items: readonly (ContractNames & {
    readonly team: string
    readonly currentEnd: CivilDate | null
    /** Null: nobody said. */
    readonly personalData: boolean | null
    readonly sharesData: boolean | null
    readonly sharedWith: string | null
    readonly dpia: string | null
    /** When it is due, and when one was recorded last. */
    readonly reviewOn: CivilDate | null
    readonly reviewedOn: CivilDate | null
    /** The first day of the extension that it runs on. */
    readonly extendedFrom: CivilDate | null
    /** What is to be put right, in words. */
    readonly findings: readonly string[]
  })[]
  /** Of how many running contracts nobody said whether they do. */
  readonly unknown: number
}

export const PERSONAL_DATA_HEADINGS = [
  'Reference',
  'Title',
  'Supplier',
  'Team',
  'Ends',
  'Personal data',
  'Shared with third parties',
  'Shared with',
  'DPIA reference',
  'Review due',
  'Reviewed',
  'Extended from',
  'To put right',
] as const

export function personalDataRows({ items }: Pick<PersonalDataFacts, 'items'>): Cell[][] {
  return items.map((each) => [
    ...[each.reference, each.title, each.supplier, each.team, each.currentEnd],
    ...[answerWords(each.personalData), answerWords(each.sharesData), each.sharedWith, each.dpia],
    ...[each.reviewOn, each.reviewedOn, each.extendedFrom, each.findings.join('; ') || null],
  ])
}

function answerWords(answer: boolean | null): 'yes' | 'no' | 'unknown' {
  return answer === null ? 'unknown' : answer ? 'yes' : 'no'
}

/** What stands over the list. */
export function personalDataWords({ items, unknown }: PersonalDataFacts): string[] {
  const wrong = items.filter(({ findings }) => findings.length > 0).length
  return [
    `${counted(items.length, 'running contract')} with personal data, ${figure(wrong)} with something to put right.`,
    unknown === 0
      ? null
      : `Of ${counted(unknown, 'other')} nobody said whether ${unknown === 1 ? 'it processes' : 'they process'} any.`,
  ].filter((each) => each !== null)
}

export interface PersonalDataAnswerFacts extends AnswerContext {
  readonly list: PersonalDataFacts
}

/** So many are shown; the file has all. */
const SHOWN = 10

export function personalDataAnswer({ list, ...asked }: PersonalDataAnswerFacts): Message {
  const { items, asOf } = list
  return answer(
    [
      body(
        mrkdwn`*Personal data*`,
        ...personalDataWords(list).map((each) => mrkdwn`${shown(each, 300)}`),
      ),
      body(...firstLines(items, SHOWN, lineOf, ' in the file.')),
      note(mrkdwn`What to check, no verdicts. As of ${dateWords(asOf)}.`),
      row(shareButton(asked)),
    ],
    items.length === 0 ? null : personalDataFile(list),
  )
}

function lineOf(item: PersonalDataFacts['items'][number]): Mrkdwn {
  const { sharesData, sharedWith, dpia, reviewOn, findings } = item
  const shares =
    sharesData === true
      ? `shared with ${sharedWith ?? 'third parties'}`
      : sharesData === false
        ? 'not shared'
        : null
  const said = [
    shares,
    dpia === null ? null : `assessment ${dpia}`,
    reviewOn === null ? null : `review due ${dateWords(reviewOn)}`,
    ...findings,
  ].filter((each) => each !== null)
  return mrkdwn`${contractName(item, 60)}, ${shown(item.reference, 40)}: ${shown(said.join('; '), 400)}.`
}

function personalDataFile(list: PersonalDataFacts): MessageFile {
  return csvFile(
    `personal-data-${list.asOf}`,
    'Contracts with personal data',
    PERSONAL_DATA_HEADINGS,
    personalDataRows(list),
  )
}
