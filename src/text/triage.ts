/** What a first import found: one list to look through, instead of a flood of warnings. */

import { addDays, type CivilDate } from '../rules/civil-date.ts'
import { ALWAYS_SPEAKS_FROM } from '../rules/reminder-plan.ts'
import type { TriageListFacts } from './answer-facts.ts'
import { button, type ContractAct, overflow, row } from './buttons.ts'
import { entryLine } from './contract-list.ts'
import {
  type ContractFacts,
  contractName,
  type Message,
  type MessageFile,
  ownerSentence,
  plainName,
  type TriageFacts,
  valueSentence,
} from './facts.ts'
import { triageHeadline } from './headline.ts'
import {
  answer,
  body,
  type Columns,
  compose,
  csvFile,
  note,
  pageButtons,
  rowsUnder,
  rowWith,
  shareButton,
} from './message.ts'
import {
  capitalised,
  counted,
  dateWords,
  endWords,
  figure,
  joined,
  type Mrkdwn,
  moreWords,
  mrkdwn,
  notNone,
  shown,
  teamWords,
  typedName,
  whenWords,
  worthCurrency,
} from './words.ts'

/** How many of the nearest ends are shown; the file holds all that the facts hold. */
const SHOWN = 10

/** The message after a team's first import. */
export function triageMessage(facts: TriageFacts, answerable = false): Message {
  const { confirmedOn = null } = facts
  const first = facts.nearest.slice(0, SHOWN)
  const left = facts.nearest.length - first.length
  return compose(
    [
      body(
        mrkdwn`*${triageHeadline(facts.asOf, {
          laddersFrom: facts.laddersFrom,
          confirmedOn,
          contracts: facts.counts.contracts,
          within30: facts.counts.endingWithin30Days,
        })}*`,
        mrkdwn`${counted(facts.counts.contracts, 'contract')} read from ${shown(facts.source, 80)}: look through them first.`,
        ...figures(facts),
        mrkdwn`*Next:* check the nearest ends, mark what is finished, and name the owners that are missing.`,
        confirmedOn === null
          ? mrkdwn`Warnings start when the list is confirmed, or on ${dateWords(facts.laddersFrom)}. What falls within ${ALWAYS_SPEAKS_FROM} days is warned of before that.`
          : mrkdwn`Warnings have started.`,
      ),
      body(
        first.length === 0 ? null : mrkdwn`*The nearest ends*`,
        ...first.map((each) => line(facts.asOf, each)),
      ),
      body(moreWords(left, ' in the file.')),
      body(...(facts.asks ?? []).map((name) => mrkdwn`*Asked once:* ${ASKED[name]}`)),
      note(mrkdwn`For ${teamWords(facts.team)}, as of ${dateWords(facts.asOf)}.`),
    ],
    {
      actions: answerable
        ? row(
            button('Look through the list', {
              act: 'run',
              query: `triage team ${typedName(facts.team)}`,
            }),
          )
        : null,
      file: left === 0 ? null : file(facts),
    },
  )
}

/** Whose answer decides which thresholds hold, and to which day a start-by on an assumed route warns. */
const ASKED: Readonly<Record<'authority' | 'usualRoute', string>> = {
  authority:
    'which kind of authority is this? Until an administrator says it, the lower thresholds count: /contracts questions',
  usualRoute:
    'how do you mostly replace contracts above the threshold? Until an administrator says it, start-bys on assumed routes count to a call-off: /contracts questions',
}

function figures({ counts }: TriageFacts): Mrkdwn[] {
  const without = notNone(
    [counts.undated, 'without an end date'],
    [counts.rolling, 'rolling on'],
    [counts.unowned, 'without an owner'],
  )
  return [
    mrkdwn`*${figure(counts.endingWithin30Days)}* end within 30 days, *${figure(counts.endingWithin90Days)}* within 90 days.`,
    ...(counts.outOfContract === 0
      ? []
      : [
          mrkdwn`*${figure(counts.outOfContract)}* ended and not replaced, as far as the register says.`,
        ]),
    mrkdwn`*${figure(counts.active)}* running${counts.historic === 0 ? '' : `; ${figure(counts.historic)} ended long ago: listed, no warnings`}.`,
    ...(without === '' ? [] : [mrkdwn`${without}.`]),
    ...(counts.rejected === 0
      ? []
      : [
          mrkdwn`*${counted(counts.rejected, 'row')} could not be read*: nobody watches ${counts.rejected === 1 ? 'it' : 'them'} until ${counts.rejected === 1 ? 'it is' : 'they are'} put right.`,
        ]),
  ]
}

function line(asOf: CivilDate, { contract, daysLeft }: TriageFacts['nearest'][number]): Mrkdwn {
  const said = [
    mrkdwn`• *${capitalised(whenWords(daysLeft))}:* ${contractName(contract, 60)}, ${shown(contract.reference, 40)}.`,
    endSentence(contract, addDays(asOf, daysLeft), daysLeft < 0),
    valueSentence(contract),
    ownerSentence(contract.owner, plainName),
  ]
  return joined(said, ' ')
}

function endSentence(
  { currentEnd: latest }: ContractFacts,
  earliestEnd: CivilDate,
  isPast: boolean,
): Mrkdwn | null {
  if (latest === null) return null
  const end = endWords({ earliestEnd, latest })
  return isPast ? mrkdwn`Ended ${end}.` : mrkdwn`Ends ${end}.`
}

function file({ asOf, nearest }: TriageFacts): MessageFile {
  return csvFile(
    `first-import-${asOf}`,
    `Contracts to look through, the nearest ends first, as of ${dateWords(asOf)}`,
    Object.keys(COLUMNS),
    rowsUnder(COLUMNS, nearest),
  )
}

const COLUMNS: Columns<TriageFacts['nearest'][number]> = {
  Reference: ({ contract }) => contract.reference,
  Title: ({ contract }) => contract.title,
  Supplier: ({ contract }) => contract.supplier,
  Buyer: ({ contract }) => contract.buyer,
  Team: ({ contract }) => contract.team,
  Ends: ({ contract }) => contract.currentEnd,
  'Days left': ({ daysLeft }) => daysLeft,
  Value: ({ contract }) => contract.value,
  Currency: ({ contract }) => worthCurrency(contract),
  Owner: ({ contract }) => contract.owner?.name ?? null,
}

// The list after a first import, to be worked through: confirm, mark as historic, assign.

export function triageListAnswer(facts: TriageListFacts): Message {
  const { total, team, teamId, page, pages, asOf } = facts
  const open = total > 0 && asOf < facts.laddersFrom
  return answer([
    body(
      total === 0
        ? mrkdwn`*Nothing to look through: ${teamWords(team)}*`
        : mrkdwn`*${counted(total, 'contract')} to look through: ${teamWords(team)}*`,
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
      (facts.ended ?? 0) > 0 && !facts.shared
        ? button(
            `Ended before: ${figure(facts.ended ?? 0)}`,
            { act: 'ended', teamId },
            {
              label: 'Contracts that had ended before they were first read: tick what is supplied',
            },
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
