/** The warning of one contract: what lapses, when, what it costs, who owns it, what to do next. */
import type { ActionsBlock } from '@slack/types'
import type { Escalation } from '../domain/warnings.ts'
import { body, compose, composeText, note, type Paragraph } from './compose.ts'
import {
  briefly,
  countWords,
  EMOJI,
  endPhrase,
  nextStep,
  type Sight,
  severityOf,
  statement,
} from './deadline-words.ts'
import { joined, type Mrkdwn, mrkdwn, shown } from './escape.ts'
import type { ContractFacts, DeadlineFacts, Message, WarningFacts } from './facts.ts'
import { contractName, personName } from './naming.ts'
import { byUrgency } from './urgency.ts'
import { amountWords, capitalised, dateWords } from './words.ts'

/**
 * The message for one contract. The most urgent deadline that speaks gives it its title; others that
 * speak today follow with their own next step, the rest are listed.
 */
export function warningMessage(facts: WarningFacts, actions: ActionsBlock | null = null): Message {
  return compose(paragraphsOf(facts), { actions })
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
      mrkdwn`${EMOJI[severityOf(sight)]} *${countWords(sight)}: ${contractName(facts.contract)}*`,
      mrkdwn`${statement(sight)}`,
      endLine(sight),
      valueLine(facts.contract),
      peopleLine(facts),
      mrkdwn`*Next:* ${nextStep(sight)}`,
      ...others.filter((other) => other.speaks).map((other) => alsoDue(sightOf(facts, other))),
    ),
    note(
      identityLine(facts.contract),
      ...remarksOf(facts, lead),
      reasonLine(lead),
      othersListed(
        facts,
        others.filter((other) => !other.speaks),
      ),
    ),
  ]
}

function sightOf({ asOf, contract }: WarningFacts, deadline: DeadlineFacts): Sight {
  return { asOf, contract, deadline }
}

/** Every deadline was settled between raising and rendering. */
function nothingOpen({ contract }: WarningFacts): Paragraph[] {
  return [
    body(mrkdwn`*No open date: ${contractName(contract)}*`, ownerLine(contract)),
    note(identityLine(contract)),
  ]
}

/** When the contract itself ends, where the title is about an earlier date. */
function endLine({ contract, deadline }: Sight): Mrkdwn | null {
  if (deadline.kind === 'end' || deadline.kind === 'emergency-end') return null
  const end = endPhrase(contract)
  return end === null ? mrkdwn`No end date is recorded.` : mrkdwn`The contract ends ${end}.`
}

function valueLine({ value, currency, hidePrices }: ContractFacts): Mrkdwn | null {
  if (hidePrices === true) return null
  return value === null
    ? mrkdwn`Contract value unknown.`
    : mrkdwn`Contract value ${shown(amountWords(value, currency), 60)}.`
}

function ownerLine({ owner }: ContractFacts): Mrkdwn {
  if (owner === null) return mrkdwn`No owner recorded: name one.`
  return owner.gone === true
    ? mrkdwn`Owner: ${personName(owner)}, whose Slack account is closed: name another.`
    : mrkdwn`Owner: ${personName(owner)}.`
}

/** Whose turn it is comes first, where that is not the owner. */
function peopleLine({ contract, addressees = [] }: WarningFacts): Mrkdwn {
  const others = addressees.filter(({ role }) => role !== 'owner')
  const named = others.map(
    ({ role, person }) => mrkdwn`${capitalised(role)}: ${personName(person)}.`,
  )
  return joined([...named, ownerLine(contract)], ' ')
}

function alsoDue(sight: Sight): Mrkdwn {
  return mrkdwn`*Also ${countWords(sight).toLowerCase()}:* ${statement(sight)} Next: ${nextStep(sight)}`
}

function identityLine({ reference, buyer, team }: ContractFacts): Mrkdwn {
  return joined(
    [
      mrkdwn`Reference ${shown(reference, 60)}`,
      ...(buyer === null ? [] : [mrkdwn`for ${shown(buyer, 100)}`]),
      mrkdwn`team ${shown(team, 60)}.`,
    ],
    ', ',
  )
}

function remarksOf(facts: WarningFacts, lead: DeadlineFacts): Mrkdwn[] {
  const { awardedEnd, currentEnd } = facts.contract
  return [
    ...(lead.askedAgain ? [mrkdwn`Asked again: it was acknowledged, and nothing followed.`] : []),
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

/** From the earliest rung to the last: days before the date, negative after it. */
function skippedWords({ from, to }: { readonly from: number; readonly to: number }): string {
  const which =
    from === to
      ? `The warning ${rungWords(from)} was`
      : from >= 0 && to >= 0
        ? `Earlier warnings, from ${from} to ${rungWords(to)}, were`
        : `Earlier warnings, from ${rungWords(from)} to ${rungWords(to)}, were`
  return `${which} not sent: the contract was first seen later, or no check ran on those days.`
}

function rungWords(rung: number): string {
  if (rung === 0) return 'the day itself'
  const days = Math.abs(rung) === 1 ? '1 day' : `${Math.abs(rung)} days`
  return rung > 0 ? `${days} before` : `${days} after`
}

/** Nothing where there is no reason, or where it only says the date again. */
function reasonLine({ on, reason }: DeadlineFacts): Mrkdwn | null {
  if (reason.trim() === '' || reason === `the contract ends on ${dateWords(on)}`) return null
  return mrkdwn`Why this date: ${withStop(reason)}`
}

function othersListed(facts: WarningFacts, others: readonly DeadlineFacts[]): Mrkdwn | null {
  if (others.length === 0) return null
  const listed = others.slice(0, 6).map((other) => mrkdwn`${briefly(sightOf(facts, other))}`)
  return mrkdwn`Also: ${joined(listed, '; ')}.`
}

function withStop(sentence: string): string {
  return /[.!?…]$/.test(sentence.trim()) ? sentence : `${sentence}.`
}
