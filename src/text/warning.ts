/** The warning of one contract: what lapses, when, what it costs, who owns it, what to do next. */

import type { ActionsBlock, KnownBlock } from '@slack/types'
import type { CivilDate } from '../rules/civil-date.ts'
import { type ContractNames, isEnd, SOON_DAYS } from '../rules/contract.ts'
import type { Accruing } from '../rules/premium.ts'
import type { Escalation } from '../rules/reminder-plan.ts'
import {
  besideReview,
  briefly,
  byUrgency,
  currentEndPhrase,
  DEADLINE_WORDS,
  type DeadlineContext,
  EMOJI,
  nextStep,
  severityOf,
  statement,
  whyWords,
} from './deadline.ts'
import {
  type AskedFact,
  type ContractFacts,
  contractName,
  type DeadlineFacts,
  type Message,
  type PersonFact,
  type PromisedFact,
  personName,
  type SupersededFacts,
  type WarningFacts,
} from './facts.ts'
import {
  settledHeadline,
  supersededHeadline,
  supplierWords,
  warningHeadline,
  withdrawnHeadline,
} from './headline.ts'
import {
  afterFirstLine,
  answer,
  body,
  compose,
  composeText,
  fitMessage,
  note,
  type Paragraph,
} from './message.ts'
import { accruingWords, type PricedFact, priceWords } from './prices.ts'
import {
  capitalised,
  counted,
  dateWords,
  endWords,
  figure,
  firstLines,
  joined,
  link,
  type Mrkdwn,
  mrkdwn,
  shown,
  teamWords,
  worthWords,
} from './words.ts'

/**
 * The message for one contract. The most urgent deadline that speaks gives it its title; others that
 * speak today follow with their own next step, the rest are listed.
 */
export function warningMessage(facts: WarningFacts, actions: ActionsBlock | null = null): Message {
  return compose(paragraphsOf(facts), { actions })
}

/** The question that the warning asks, if any: where the end is near. */
export function askedIn({ question, deadlines }: WarningFacts): AskedFact | null {
  const isNear = deadlines.some(({ kind, daysLeft }) => isEnd(kind) && daysLeft <= SOON_DAYS)
  return isNear ? (question ?? null) : null
}

function askedLines(facts: WarningFacts): Mrkdwn[] {
  const asked = askedIn(facts)
  return asked === null
    ? []
    : [
        mrkdwn`*Not clear from the register:* ${shown(asked.text, 300)} Until somebody answers: ${shown(asked.holds, 150)}.`,
      ]
}

/** The text of that message alone, in half the time: a replay words thousands. */
export function warningText(facts: WarningFacts): string {
  return composeText(paragraphsOf(facts))
}

function paragraphsOf(facts: WarningFacts): Paragraph[] {
  const [lead, ...others] = byUrgency(facts.deadlines)
  if (lead === undefined) return nothingOpen(facts)
  const sight = sightOf(facts, lead)
  return [
    body(
      mrkdwn`*${warningHeadline(sight, lead.askedAgain)}*`,
      mrkdwn`${EMOJI[severityOf(sight)]} ${supplierWords(facts.contract)} ${statement(sight)}`,
      lead.askedAgain ? promisedLine(facts.promised ?? null) : null,
      endLine(sight),
      valueLine(facts.contract),
      peopleLine(facts),
      mrkdwn`*Next:* ${nextStep(sight)}`,
      reviewLine(facts),
      ...others.filter((other) => other.speaks).map((other) => alsoDue(sightOf(facts, other))),
      ...askedLines(facts),
    ),
    note(
      identityLine(facts.contract),
      documentsLine(facts.contract),
      ...remarksOf(facts, lead),
      reasonLine(lead),
      othersListed(
        facts,
        others.filter((other) => !other.speaks),
      ),
    ),
  ]
}

function sightOf({ asOf, contract }: WarningFacts, deadline: DeadlineFacts): DeadlineContext {
  return { asOf, contract, deadline }
}

/** Every deadline was settled between raising and rendering. */
function nothingOpen({ asOf, contract }: WarningFacts): Paragraph[] {
  return [
    body(
      mrkdwn`*${settledHeadline(asOf, [contract])}*`,
      mrkdwn`${supplierWords(contract)} No date of it is open.`,
      ownerLine(contract),
    ),
    note(identityLine(contract)),
  ]
}

/** When the contract itself ends, where the title is about an earlier date. */
function endLine({ contract, deadline }: DeadlineContext): Mrkdwn | null {
  if (isEnd(deadline.kind)) return null
  const end = currentEndPhrase(contract)
  return end === null ? mrkdwn`No end date is recorded.` : mrkdwn`The contract ends ${end}.`
}

function valueLine(contract: ContractFacts): Mrkdwn | null {
  if (contract.hidePrices === true) return null
  return contract.value === null
    ? mrkdwn`Contract value unknown.`
    : mrkdwn`Contract value ${shown(worthWords(contract), 60)}.`
}

function ownerLine({ owner }: ContractFacts): Mrkdwn {
  if (owner === null) return mrkdwn`No owner recorded: name one.`
  return owner.gone === true
    ? mrkdwn`Owner: ${personName(owner)}, whose Slack account is closed: name another.`
    : mrkdwn`Owner: ${personName(owner)}.`
}

/** Who has to act comes first, where that is not the owner. */
function peopleLine({ contract, addressees = [] }: WarningFacts): Mrkdwn {
  const others = addressees.filter(({ role }) => role !== 'owner')
  const named = others.map(
    ({ role, person }) => mrkdwn`${capitalised(role)}: ${personName(person)}.`,
  )
  return joined([...named, ownerLine(contract)], ' ')
}

function reviewLine({ contract, deadlines }: WarningFacts): Mrkdwn | null {
  const words = besideReview(contract, deadlines)
  return words === null ? null : mrkdwn`${shown(words, 300)}`
}

function alsoDue(sight: DeadlineContext): Mrkdwn {
  return mrkdwn`*Also:* ${capitalised(briefly(sight))}. Next: ${nextStep(sight)}`
}

/** Who had promised what. A promise of which nothing is recorded is said to be one. */
export function promisedLine(promised: PromisedFact | null): Mrkdwn {
  if (promised === null) return mrkdwn`*Asked again:* somebody was on it, and nothing followed.`
  const { was, on, until, by } = promised
  const who = by === null ? mrkdwn`somebody` : personName(by)
  const said = on === null ? mrkdwn` by ${who}` : mrkdwn` by ${who} on ${dateWords(on)}`
  return was === 'snoozed'
    ? mrkdwn`*Asked again:* snoozed until ${dateWords(until)}${said}.`
    : mrkdwn`*Asked again:* acknowledged${said} until ${dateWords(until)}, and nothing followed.`
}

function identityLine({ reference, buyer, team }: ContractFacts): Mrkdwn {
  return joined(
    [
      mrkdwn`Reference ${shown(reference, 60)}`,
      ...(buyer === null ? [] : [mrkdwn`for ${shown(buyer, 100)}`]),
      mrkdwn`${teamWords(team)}.`,
    ],
    ', ',
  )
}

/** One line, whatever the length of the addresses: the card has all of them. */
const DOCUMENTS_LENGTH = 1200

function documentsLine({ documents = [] }: ContractFacts): Mrkdwn | null {
  const links: Mrkdwn[] = []
  let length = 0
  for (const { title, url } of documents) {
    const each = link(url, title)
    length += each.length
    if (length > DOCUMENTS_LENGTH) break
    links.push(each)
  }
  const left = documents.length - links.length
  if (documents.length === 0) return null
  if (links.length === 0) return mrkdwn`${counted(left, 'document')}: show lists them.`
  return mrkdwn`Documents: ${joined(links, ', ')}${left > 0 ? mrkdwn` and ${figure(left)} more` : ''}.`
}

function remarksOf(facts: WarningFacts, lead: DeadlineFacts): Mrkdwn[] {
  const { awardedEnd, currentEnd } = facts.contract
  return [
    ...escalatedWords(facts.escalated ?? null),
    ...(facts.cameBack ? [mrkdwn`The date had moved and has moved back.`] : []),
    ...(lead.skipped === null ? [] : [mrkdwn`${skippedWords(lead.skipped)}`]),
    ...(awardedEnd !== null && currentEnd !== null && awardedEnd < currentEnd
      ? [mrkdwn`Awarded until ${dateWords(awardedEnd)}, extended since.`]
      : []),
    ...(facts.possibleRepeat
      ? [mrkdwn`Possible repeat: Slack did not say whether this had arrived before.`]
      : []),
  ]
}

const ESCALATED: Readonly<Record<Escalation, string>> = {
  'day-reached':
    'The deputy and the escalation channel are told as well: the day has come, and nobody has said that they are on it.',
  'no-answer':
    'The deputy and the escalation channel are told as well: nobody has said whether it is still supplied.',
  'ran-out': 'The deputy and the escalation channel are told as well.',
}

function escalatedWords(why: Escalation | null): Mrkdwn[] {
  return why === null ? [] : [mrkdwn`${ESCALATED[why]}`]
}

/** From the earliest reminder to the last: days before the date, negative after it. */
function skippedWords({ from, to }: { readonly from: number; readonly to: number }): string {
  const which =
    from === to
      ? `The warning ${reminderWords(from)} was`
      : from >= 0 && to >= 0
        ? `Earlier warnings, from ${from} to ${reminderWords(to)}, were`
        : `Earlier warnings, from ${reminderWords(from)} to ${reminderWords(to)}, were`
  return `${which} not sent: the contract was first seen later, or no check ran on those days.`
}

function reminderWords(reminder: number): string {
  if (reminder === 0) return 'the day itself'
  const days = Math.abs(reminder) === 1 ? '1 day' : `${Math.abs(reminder)} days`
  return reminder > 0 ? `${days} before` : `${days} after`
}

function reasonLine(deadline: DeadlineFacts): Mrkdwn | null {
  const why = whyWords(deadline)
  return why === null ? null : mrkdwn`Why this date: ${withStop(why)}`
}

function othersListed(facts: WarningFacts, others: readonly DeadlineFacts[]): Mrkdwn | null {
  if (others.length === 0) return null
  const listed = others.slice(0, 6).map((other) => mrkdwn`${briefly(sightOf(facts, other))}`)
  return mrkdwn`Also: ${joined(listed, '; ')}.`
}

function withStop(sentence: string): string {
  return /[.!?…]$/.test(sentence.trim()) ? sentence : `${sentence}.`
}

/** One act. `by` is null where the bot acted by its own rules. */
export type ActionRecord = { readonly by: PersonFact | null; readonly on: CivilDate } & (
  | { readonly what: 'acknowledged'; readonly askedAgain: CivilDate }
  | { readonly what: 'snoozed'; readonly until: CivilDate; readonly why: string | null }
  | { readonly what: 'decided'; readonly text: string; readonly evidence: string | null }
  | {
      readonly what: 'extended'
      readonly to: CivilDate
      readonly kind: string
      /** What is to be said of the data-protection review beside it; null or absent: nothing. */
      readonly review?: string | null
      /** What it costs beside its ordinary months; absent where nobody read it. */
      readonly price?: PricedFact
    }
  | {
      readonly what: 'withdrawn'
      readonly to: CivilDate
      readonly kind: string
      readonly why: string | null
    }
  | {
      readonly what: 'assigned'
      readonly owner: PersonFact | null
      readonly deputy: PersonFact | null
    }
  | {
      readonly what: 'still-supplied'
      readonly since: CivilDate
      /** What it costs meanwhile; absent where nobody read it. */
      readonly costs?: Accruing & { readonly currency: string }
    }
  | { readonly what: 'no-longer-supplied' }
  | { readonly what: 'closed'; readonly why: string }
  | { readonly what: 'escalated'; readonly to: string }
  /** What stands in the record was put right: `fields` as people say them. */
  | { readonly what: 'edited'; readonly fields: readonly string[] }
)

/**
 * `On it: @amira, Mon 23 Nov 2026; asked again Mon 7 Dec 2026.` `confidential`: others than the
 * organisation read it, so that what was decided and why stays out.
 */
export function actLine(act: ActionRecord, confidential = false): Mrkdwn {
  const who = mrkdwn`${act.by === null ? mrkdwn`the bot` : personName(act.by)}, ${dateWords(act.on)}`
  switch (act.what) {
    case 'acknowledged':
      return mrkdwn`*On it:* ${who}; asked again ${dateWords(act.askedAgain)}.`
    case 'snoozed':
      return mrkdwn`*Snoozed:* ${who}, until ${dateWords(act.until)}.${
        act.why === null || confidential ? '' : mrkdwn` Reason: ${sentence(act.why)}`
      }`
    case 'decided':
      if (confidential) return mrkdwn`*Decided:* ${who}.`
      return mrkdwn`*Decided:* ${who}. ${sentence(act.text)}${
        act.evidence === null ? '' : mrkdwn` Evidence: ${shown(act.evidence, 300)}`
      }`
    case 'extended':
      return mrkdwn`*Extended:* ${who}, to ${dateWords(act.to)} (${shown(act.kind, 40)}).${
        act.price === undefined || confidential ? '' : mrkdwn` ${shown(priceWords(act.price), 300)}`
      }${act.review == null ? '' : mrkdwn` ${shown(capitalised(act.review), 300)}.`}`
    case 'withdrawn':
      return mrkdwn`*Extension withdrawn:* ${who}: the ${shown(act.kind, 40)} to ${dateWords(act.to)}.${
        act.why === null || confidential ? '' : mrkdwn` Reason: ${sentence(act.why)}`
      }`
    case 'assigned':
      return mrkdwn`*Reassigned:* ${who}. Owner: ${nameOf(act.owner)}, deputy: ${nameOf(act.deputy)}.`
    case 'still-supplied':
      return act.costs === undefined || confidential
        ? mrkdwn`*Still supplied, out of contract since ${dateWords(act.since)}:* ${who}.`
        : mrkdwn`*Still supplied:* ${who}. ${shown(accruingWords(act.costs, act.costs.currency), 300)}`
    case 'no-longer-supplied':
      return mrkdwn`*No longer supplied:* ${who}.`
    case 'closed':
      if (confidential) return mrkdwn`*Closed:* ${who}.`
      return mrkdwn`*Closed:* ${who}. ${sentence(act.why)}`
    case 'escalated':
      return mrkdwn`*Escalated:* ${who}, to ${shown(act.to, 80)}.`
    case 'edited':
      return mrkdwn`*Changed:* ${who}: ${shown(act.fields.join(', '), 200)}.`
  }
}

/**
 * The message as it reads after these acts, the last one first: the lines stand right below what
 * it warns of, and its buttons are replaced by those given.
 */
export function withActs(
  message: Message,
  acts: readonly ActionRecord[],
  actions: ActionsBlock | null,
  confidential = false,
): Message {
  const lines = [...acts]
    .reverse()
    .slice(0, 3)
    .map((act) => actLine(act, confidential).toString())
  const [title, ...rest] = message.blocks.filter((block) => block.type !== 'actions')
  const line: KnownBlock[] =
    lines.length === 0
      ? []
      : [{ type: 'section', text: { type: 'mrkdwn', text: lines.join('\n'), verbatim: true } }]
  return fitMessage({
    text: afterFirstLine(
      message.text,
      lines.map((each) => each.replaceAll('*', '')),
    ),
    blocks: [
      ...(title === undefined ? [] : [title]),
      ...line,
      ...rest,
      ...(actions === null ? [] : [actions]),
    ],
    file: message.file,
  })
}

function nameOf(person: PersonFact | null): Mrkdwn {
  return person === null ? mrkdwn`nobody` : personName(person)
}

function sentence(text: string): Mrkdwn {
  const words = capitalised(text.trim())
  return mrkdwn`${shown(words, 300)}${/[.!?…]$/.test(words) ? '' : '.'}`
}

/** The message that replaces the warning: what holds now, and what was said before. */
export function supersededMessage(facts: SupersededFacts): Message {
  return compose([
    body(
      mrkdwn`*${supersededHeadline(facts)}*`,
      supersededLine(facts),
      now(facts),
      facts.why === null ? null : mrkdwn`${facts.why}`,
    ),
    note(mrkdwn`Reference ${shown(facts.contract.reference, 60)}, as of ${dateWords(facts.asOf)}.`),
  ])
}

export function supersededLine({ contract, kind, was }: SupersededFacts): Mrkdwn {
  return mrkdwn`${supplierWords(contract)} No longer holds: ${DEADLINE_WORDS[kind].by} ${dateWords(was)}.`
}

/** So many withdrawn contracts are named. */
const NAMED = 15

/** In place of a message about contracts that only an import knew, which was undone. */
export function withdrawnMessage({
  asOf,
  contracts,
}: {
  readonly asOf: CivilDate
  /** None: it was the first list of a team. */
  readonly contracts: readonly ContractNames[]
}): Message {
  const [only, ...more] = contracts
  return compose([
    body(
      mrkdwn`*${withdrawnHeadline(asOf, contracts)}*`,
      mrkdwn`${only !== undefined && more.length === 0 ? joined([supplierWords(only), mrkdwn` `], '') : ''}Withdrawn: the import was undone.`,
      only === undefined
        ? mrkdwn`The contracts that were listed here are not watched any more.`
        : null,
      ...(more.length === 0 ? [] : namesOf(contracts)),
      only === undefined ? null : mrkdwn`Nobody need do anything about this warning.`,
    ),
    note(
      only !== undefined && more.length === 0
        ? mrkdwn`Reference ${shown(only.reference, 60)}, as of ${dateWords(asOf)}.`
        : mrkdwn`As of ${dateWords(asOf)}.`,
    ),
  ])
}

function namesOf(contracts: readonly ContractNames[]): (Mrkdwn | null)[] {
  return firstLines(
    contracts,
    NAMED,
    (each) => mrkdwn`${contractName(each)}, ${shown(each.reference, 60)}`,
    '',
  )
}

/** On a group of which some are withdrawn. */
export function withdrawnLine(contracts: readonly ContractNames[]): Mrkdwn {
  const names = contracts.slice(0, 5).map(({ reference }) => shown(reference, 60))
  const more = contracts.length - names.length
  return mrkdwn`Withdrawn, the import was undone: ${joined(names, ', ')}${more > 0 ? mrkdwn` and ${figure(more)} more` : ''}.`
}

function now({ kind, now: date, contract }: SupersededFacts): Mrkdwn {
  if (isEnd(kind)) {
    const { currentEnd: latest, earliestEnd } = contract
    if (latest === null) return mrkdwn`It has no end date now.`
    return mrkdwn`It now ends ${endWords({ earliestEnd, latest })}.`
  }
  return date === null
    ? mrkdwn`Nothing is due on that date any more.`
    : mrkdwn`${capitalised(DEADLINE_WORDS[kind].name)} is now ${dateWords(date)}.`
}

/** `confidential`: all of a channel read it. */
export function doneAnswer(
  contract: ContractNames,
  act: ActionRecord,
  confidential: boolean,
): Message {
  const names = mrkdwn`*${contractName(contract)}*, ${shown(contract.reference, 60)}`
  return answer([body(names, actLine(act, confidential))])
}

/** Two people at once: the second is shown what the first did. `confidential`: all of a channel read it. */
export function cameFirstAnswer(
  contract: ContractNames,
  first: ActionRecord,
  confidential: boolean,
): Message {
  return answer([
    body(
      mrkdwn`*Somebody came first: ${contractName(contract)}*`,
      actLine(first, confidential),
      mrkdwn`Nothing was changed by you. Look at it as it is now, then decide again.`,
    ),
    note(mrkdwn`Reference ${shown(contract.reference, 60)}.`),
  ])
}
