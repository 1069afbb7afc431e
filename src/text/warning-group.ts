/** Several contracts' warnings for one channel: a count, the most urgent ones, the rest in a file. */

import type { Overflow } from '@slack/types'
import { earlier, later } from '../rules/civil-date.ts'
import { isEnd } from '../rules/contract.ts'
import { sumByCurrency } from '../rules/money.ts'
import { entryMenu } from './contract-list.ts'
import {
  briefly,
  byUrgency,
  countWords,
  type DeadlineContext,
  EMOJI,
  endPhrase,
  nextStep,
  severityOf,
  statement,
} from './deadline.ts'
import {
  type AddresseeFact,
  type CliffFacts,
  contractName,
  type GroupFacts,
  type Message,
  type MessageFile,
  ownerSentence,
  personName,
  valueSentence,
  type WarningFacts,
} from './facts.ts'
import { answer, body, type Cell, csvFile, note, rowWith } from './message.ts'
import {
  amountWords,
  capitalised,
  counted,
  dateWords,
  figure,
  joined,
  type Mrkdwn,
  mrkdwn,
  shown,
} from './words.ts'

/** How many are shown; the file holds them all. */
const SHOWN = 15

/** The message for a group; with a file as soon as it holds more contracts than are shown. */
export function groupedMessage(facts: GroupFacts): Message {
  const leads = facts.warnings.flatMap((warning, index) => leadOf(warning, facts, index) ?? [])
  const sights = leads.map(({ sight }) => sight)
  const first = leads.slice(0, SHOWN)
  const left = sights.length - first.length
  return answer(
    [
      body(...title(facts, sights)),
      ...first.map((lead, index) => rowWith(lead.menu, ...entry(lead, index + 1))),
      body(left === 0 ? null : mrkdwn`and ${figure(left)} more: the file lists all of them.`),
      note(
        mrkdwn`Team ${shown(facts.team, 60)}, as of ${dateWords(facts.asOf)}.`,
        facts.warnings.some(({ escalated }) => escalated)
          ? mrkdwn`Deputies and the escalation channel are told of those whose day has come with nobody on them, whose question nobody answered, or whose acknowledgement ran out.`
          : null,
        facts.catchUp
          ? mrkdwn`Catch-up: nothing was sent for some days, so each contract is named once, with the days that are really left.`
          : null,
        facts.possibleRepeat
          ? mrkdwn`Possible repeat: Slack did not say whether this had arrived before.`
          : null,
      ),
    ],
    left === 0 ? null : file(facts, sights),
  )
}

interface Lead {
  readonly sight: DeadlineContext
  readonly addressees: readonly AddresseeFact[]
  readonly menu: Overflow | null
}

/** The deadline that a contract is in the group for; null where none stands open any more. */
function leadOf(
  { asOf, contract, deadlines, addressees }: WarningFacts,
  { subjects }: GroupFacts,
  index: number,
): Lead | null {
  const deadline = byUrgency(deadlines)[0]
  if (deadline === undefined) return null
  const subject = subjects?.[index]
  const menu = subject === undefined ? null : entryMenu({ ...subject, mayChange: true })
  return { sight: { asOf, contract, deadline }, addressees: addressees ?? [], menu }
}

function title(
  { catchUp, cliff }: GroupFacts,
  sights: readonly DeadlineContext[],
): (Mrkdwn | null)[] {
  const [mostUrgent] = sights
  if (mostUrgent === undefined) return [mrkdwn`*0 contracts need action*`]
  const emoji = EMOJI[severityOf(mostUrgent)]
  if (cliff && sights.length > 1) {
    const facts = cliffOf(cliff, sights)
    return [
      mrkdwn`${emoji} *${catchUp ? 'Catch-up: ' : ''}${cliffTitle(facts)}*`,
      cliffWorth(facts),
    ]
  }
  const need = `${counted(sights.length, 'contract')} ${sights.length === 1 ? 'needs' : 'need'} action`
  return [mrkdwn`${emoji} *${catchUp ? `Catch-up: ${need}` : need}*`]
}

/** The contracts of the message as one cliff: what its first line and its worth are made of. */
function cliffOf(
  { by, name }: NonNullable<GroupFacts['cliff']>,
  sights: readonly DeadlineContext[],
): CliffFacts {
  const ends = sights.map(({ contract, deadline }) => contract.currentEnd ?? deadline.on)
  const [from, to] = [ends.reduce(earlier), ends.reduce(later)]
  const contracts = sights.map(({ contract }) => contract)
  return {
    by,
    name,
    from,
    to,
    count: sights.length,
    values: sumByCurrency(contracts.map(({ value, currency }) => ({ amount: value, currency }))),
    priced: contracts.filter(({ value }) => value !== null).length,
    hidePrices: contracts.some(({ hidePrices }) => hidePrices === true),
    contracts: [],
  }
}

function entry({ sight, addressees }: Lead, number: number): Mrkdwn[] {
  const { contract } = sight
  const said = [
    mrkdwn`${statement(sight)}`,
    laterEnd(sight),
    valueSentence(contract),
    ...addressedLine(addressees),
    ownerSentence(contract.owner),
    mrkdwn`Next: ${nextStep(sight)}`,
  ]
  return [
    mrkdwn`${number}. *${countWords(sight)}: ${contractName(contract, 60)}*, ${shown(contract.reference, 40)}`,
    joined(
      said.filter((sentence) => sentence !== null),
      ' ',
    ),
  ]
}

/** Who has to act, where that is not the owner. */
function addressedLine(addressees: readonly AddresseeFact[]): Mrkdwn[] {
  return addressees
    .filter(({ role }) => role !== 'owner')
    .map(({ role, person }) => mrkdwn`${capitalised(role)}: ${personName(person)}.`)
}

function laterEnd({ contract, deadline }: DeadlineContext): Mrkdwn | null {
  const end = endPhrase(contract)
  return isEnd(deadline.kind) || end === null ? null : mrkdwn`It ends ${end}.`
}

const HEADINGS = [
  'Reference',
  'Title',
  'Supplier',
  'Buyer',
  'Team',
  'What',
  'Deadline',
  'Date',
  'Days left',
  'Contract ends',
  'Value',
  'Currency',
  'Owner',
  'Next step',
] as const

function file({ asOf, catchUp }: GroupFacts, sights: readonly DeadlineContext[]): MessageFile {
  return csvFile(
    `${catchUp ? 'catch-up' : 'warnings'}-${asOf}`,
    `${counted(sights.length, 'contract')}, as of ${dateWords(asOf)}`,
    HEADINGS,
    sights.map(row),
  )
}

function row(sight: DeadlineContext): Cell[] {
  const { contract, deadline } = sight
  return [
    contract.reference,
    contract.title,
    contract.supplier,
    contract.buyer,
    contract.team,
    briefly(sight),
    deadline.kind,
    deadline.on,
    deadline.daysLeft,
    contract.currentEnd,
    contract.value,
    contract.value === null ? null : contract.currency,
    contract.owner?.name ?? null,
    nextStep(sight),
  ]
}

/** `4 contracts with Quillmere Software Ltd end on Wed 31 Mar 2027`. */
export function cliffTitle({ by, name, from, to, count }: CliffFacts): Mrkdwn {
  const when = from === to ? `on ${dateWords(from)}` : `from ${dateWords(from)} to ${dateWords(to)}`
  return mrkdwn`${counted(count, 'contract')} ${by === 'supplier' ? 'with' : 'for'} ${shown(name, 80)} end ${when}`
}

/** What they are worth together; null where none has a value. */
export function cliffWorth({ values, priced, count, hidePrices }: CliffFacts): Mrkdwn | null {
  if (hidePrices === true) return null
  if (values.length === 0) return mrkdwn`What they are worth is not recorded.`
  const amounts = values
    .slice(0, 3)
    .map(({ amount, currency }) => mrkdwn`${amountWords(amount, currency)}`)
  const coverage =
    priced === count ? '' : mrkdwn`, value known of ${figure(priced)} of ${figure(count)}`
  return mrkdwn`Worth ${joined(amounts, ' and ')} together${coverage}.`
}
