/** Several contracts' warnings for one channel: a count, the most urgent ones, the rest in a file. */

import { earlier, later } from '../rules/civil-date.ts'
import { isEnd } from '../rules/contract.ts'
import { sumByCurrency } from '../rules/money.ts'
import { groupMenu, type WarningState, warningButtons } from './buttons.ts'
import {
  besideReview,
  briefly,
  byUrgency,
  currentEndPhrase,
  type DeadlineContext,
  EMOJI,
  nextStep,
  severityOf,
  statement,
} from './deadline.ts'
import {
  type AddresseeFact,
  type CliffFacts,
  type GroupFacts,
  type Message,
  type MessageFile,
  ownerSentence,
  type PromisedFact,
  personName,
  type SupersededFacts,
  valueSentence,
  type WarningFacts,
} from './facts.ts'
import {
  cliffHeadline,
  entryHeadline,
  groupHeadline,
  settledHeadline,
  supersededHeadline,
  supplierWords,
} from './headline.ts'
import {
  type AnswerPart,
  answer,
  body,
  type Columns,
  csvFile,
  note,
  rowsUnder,
  rowWith,
} from './message.ts'
import { type ActionRecord, actLine, promisedLine, supersededLine } from './warning.ts'
import {
  amountWords,
  capitalised,
  counted,
  dateWords,
  figure,
  joined,
  type Mrkdwn,
  moreWords,
  mrkdwn,
  shown,
  teamWords,
  worthCurrency,
} from './words.ts'

/** How many are shown; the file holds them all. */
export const GROUP_SHOWN = 15

/** The message for a group; with a file as soon as it holds more contracts than are shown. */
export function groupedMessage(
  facts: GroupFacts,
  statuses: readonly (EntryStatus | null)[] = [],
): Message {
  const leads = facts.warnings.flatMap(
    (warning, index) => leadOf(warning, facts, index, statuses[index] ?? null) ?? [],
  )
  const sights = leads.map(({ sight }) => sight)
  const first = leads.slice(0, GROUP_SHOWN)
  const left = sights.length - first.length
  return answer(
    [
      body(...title(facts, leads)),
      ...first.flatMap((lead, index) => entryParts(lead, index + 1, leads.length)),
      body(moreWords(left, ': the file lists all of them.')),
      note(
        mrkdwn`For ${teamWords(facts.team)}, as of ${dateWords(facts.asOf)}.`,
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
  readonly promised: PromisedFact | null
  readonly subject: GroupSubject | null
  readonly status: EntryStatus | null
}

/** What was done about a contract of a posted group, and what holds of it now. */
interface EntryStatus {
  readonly state: WarningState
  /** The latest act last. */
  readonly acts: readonly ActionRecord[]
  readonly superseded: SupersededFacts | null
}

function isOpen({ status }: Lead): boolean {
  return status === null || (status.state !== 'closed' && status.state !== 'superseded')
}

type GroupSubject = NonNullable<GroupFacts['subjects']>[number]

/** The deadline that a contract is in the group for; null where none stands open any more. */
function leadOf(
  { asOf, contract, deadlines, addressees = [], promised = null }: WarningFacts,
  { subjects }: GroupFacts,
  index: number,
  status: EntryStatus | null,
): Lead | null {
  const deadline = byUrgency(deadlines)[0]
  if (deadline === undefined) return null
  const subject = subjects?.[index] ?? null
  return { sight: { asOf, contract, deadline }, addressees, promised, subject, status }
}

/** So many entries have their buttons below them; of more, each has them in a menu beside it. */
const WITH_BUTTONS = 8

function entryParts(lead: Lead, number: number, all: number): AnswerPart[] {
  const { subject, addressees } = lead
  const lines = entry(lead, number)
  if (subject === null) return [rowWith(null, ...lines)]
  const { state = 'open', ...acted } = subject
  const buttonSubject = { ...acted, alertIds: [] }
  if (all > WITH_BUTTONS) return [rowWith(groupMenu(state, buttonSubject), ...lines)]
  const buttons = warningButtons(state, buttonSubject, addressees.length > 0)
  return [rowWith(null, ...lines), ...(buttons === null ? [] : [buttons])]
}

function title({ asOf, catchUp, cliff }: GroupFacts, leads: readonly Lead[]): (Mrkdwn | null)[] {
  const sights = leads.filter(isOpen).map(({ sight }) => sight)
  const [mostUrgent] = sights
  if (mostUrgent === undefined) {
    const contracts = leads.map(({ sight }) => sight.contract)
    return [
      mrkdwn`*${settledHeadline(asOf, contracts)}*`,
      mrkdwn`${counted(contracts.length, 'contract')}, and none needs action any more.`,
    ]
  }
  const emoji = EMOJI[severityOf(mostUrgent)]
  const late = catchUp ? mrkdwn`Catch-up: ` : mrkdwn``
  if (cliff && sights.length > 1) {
    const facts = cliffOf(cliff, sights)
    return [
      mrkdwn`*${cliffHeadline(mostUrgent, facts)}*`,
      mrkdwn`${emoji} ${late}${cliffTitle(facts)}.`,
      cliffWorth(facts),
    ]
  }
  const some = sights.length === leads.length ? '' : `${sights.length} of `
  const need = `${some}${counted(leads.length, 'contract')} ${(some === '' ? leads : sights).length === 1 ? 'needs' : 'need'} action`
  return [
    mrkdwn`*${groupHeadline(mostUrgent, leads.length - 1)}*`,
    mrkdwn`${emoji} ${late}${need}.`,
  ]
}

/** What the first line of a group that ends together says: from when to when, and how much it is worth. */
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

/** Of what people did about a contract of a group, the last so many. */
const ACTS = 2

function entry({ sight, addressees, promised, status }: Lead, number: number): Mrkdwn[] {
  const { contract, deadline } = sight
  const reference = shown(contract.reference, 40)
  const hidden = contract.hidePrices === true
  const acts = (status?.acts ?? [])
    .toReversed()
    .slice(0, ACTS)
    .map((act) => actLine(act, hidden))
  if (status !== null && status.superseded !== null) {
    return [
      mrkdwn`${number}. *${supersededHeadline(status.superseded)}*, ${reference}`,
      ...acts,
      supersededLine(status.superseded),
    ]
  }
  const reviewed = besideReview(contract, [deadline])
  const said = [
    supplierWords(contract),
    mrkdwn`${statement(sight)}`,
    deadline.askedAgain ? promisedLine(promised) : null,
    laterEnd(sight),
    valueSentence(contract),
    ...addressedLine(addressees),
    contract.owner === null ? ownerSentence(null) : mrkdwn`Owner: ${ownerSentence(contract.owner)}`,
    mrkdwn`Next: ${nextStep(sight)}`,
    reviewed === null ? null : mrkdwn`${shown(reviewed, 300)}`,
  ]
  return [mrkdwn`${number}. *${entryHeadline(sight)}*, ${reference}`, ...acts, joined(said, ' ')]
}

/** Who has to act, where that is not the owner. */
function addressedLine(addressees: readonly AddresseeFact[]): Mrkdwn[] {
  return addressees
    .filter(({ role }) => role !== 'owner')
    .map(({ role, person }) => mrkdwn`${capitalised(role)}: ${personName(person)}.`)
}

function laterEnd({ contract, deadline }: DeadlineContext): Mrkdwn | null {
  const end = currentEndPhrase(contract)
  return isEnd(deadline.kind) || end === null ? null : mrkdwn`It ends ${end}.`
}

const COLUMNS: Columns<DeadlineContext> = {
  Reference: ({ contract }) => contract.reference,
  Title: ({ contract }) => contract.title,
  Supplier: ({ contract }) => contract.supplier,
  Buyer: ({ contract }) => contract.buyer,
  Team: ({ contract }) => contract.team,
  What: briefly,
  Deadline: ({ deadline }) => deadline.kind,
  Date: ({ deadline }) => deadline.on,
  'Days left': ({ deadline }) => deadline.daysLeft,
  'Contract ends': ({ contract }) => contract.currentEnd,
  Value: ({ contract }) => contract.value,
  Currency: ({ contract }) => worthCurrency(contract),
  Owner: ({ contract }) => contract.owner?.name ?? null,
  'Next step': nextStep,
}

function file({ asOf, catchUp }: GroupFacts, sights: readonly DeadlineContext[]): MessageFile {
  return csvFile(
    `${catchUp ? 'catch-up' : 'warnings'}-${asOf}`,
    `${counted(sights.length, 'contract')}, as of ${dateWords(asOf)}`,
    Object.keys(COLUMNS),
    rowsUnder(COLUMNS, sights),
  )
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
