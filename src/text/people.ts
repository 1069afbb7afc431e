/** What is said about people who left and about channels that take no messages. */

import { type CivilDate, dayText } from '../rules/civil-date.ts'
import type { ContractNames } from '../rules/contract.ts'
import { addWorkingDays, type Calendar } from '../rules/working-days.ts'
import { button, linkSelect, row } from './buttons.ts'
import { contractName, type Message } from './facts.ts'
import {
  blockedHeadline,
  claimHeadline,
  identityHeadline,
  leaverHeadline,
  undeliveredHeadline,
} from './headline.ts'
import { type AnswerPart, answer, body, dataTable, note, rowWith, shareButton } from './message.ts'
import {
  capitalised,
  counted,
  dateWords,
  endWords,
  figure,
  firstNamed,
  type Mrkdwn,
  mention,
  moreWords,
  mrkdwn,
  shortDate,
  shown,
} from './words.ts'

// Who is told where, and whom the names of registers mean.

interface TeamTold {
  readonly name: string
  readonly channel: string | null
  readonly escalationChannel: string | null
  readonly timeZone: string | null
  readonly calendar: string | null
  /** Until when its reminders are held; null where they are not. */
  readonly laddersFrom: CivilDate | null
}

export function teamsAnswer(teams: readonly TeamTold[], shared: boolean): Message {
  const headings = ['Team', 'Channel', 'Escalation', 'Time zone', 'Calendar', 'Held until']
  const rows = teams.map((team) => [
    ...[team.name, team.channel ?? 'none', team.escalationChannel ?? 'none'],
    ...[team.timeZone ?? '', team.calendar ?? ''],
    team.laddersFrom === null ? '' : dateWords(team.laddersFrom),
  ])
  return answer([
    body(mrkdwn`*${counted(teams.length, 'team')}*`),
    dataTable('Teams, and where each is told', headings, rows),
    row(shareButton({ query: 'teams', shared })),
  ])
}

/** Somebody whom a register names and who has no account: nobody can tell them anything. */
export interface NameWithoutAccount {
  readonly id: number
  readonly name: string | null
  readonly email: string | null
  /** Living contracts that they answer for, and the nearest end of these. */
  readonly contracts: number
  readonly nearestEnd: CivilDate | null
}

interface PeopleFacts {
  /** What was just done, in a sentence. */
  readonly done: string | null
  /** Without an account: nobody tells them anything. */
  readonly names: readonly (NameWithoutAccount & {
    /** Whether an account was asked if the name is its own, and what came of it. */
    readonly asked?: string | null
  })[]
  readonly linked: readonly {
    readonly id: number
    readonly name: string | null
    readonly to: string | null
  }[]
}

const NAMES_SHOWN = 15

/** For administrators: each name with a field in which its account is chosen. */
export function peopleAnswer({ done, names, linked }: PeopleFacts): Message {
  const left = names.length - NAMES_SHOWN
  return answer([
    done === null ? null : body(mrkdwn`${shown(done, 200)}`),
    body(
      names.length === 0
        ? mrkdwn`*Everybody whom a register names has an account*`
        : mrkdwn`*${counted(names.length, 'name')} of registers without an account: nobody tells them anything*`,
    ),
    ...names.slice(0, NAMES_SHOWN).map((each) => {
      const name = each.name ?? each.email ?? `person ${each.id}`
      const end =
        each.nearestEnd === null ? '' : mrkdwn`, the nearest end ${dateWords(each.nearestEnd)}`
      return rowWith(
        linkSelect(each.id, name),
        mrkdwn`*${shown(name, 80)}*: ${counted(each.contracts, 'contract')}${end}${each.asked ? mrkdwn`; ${each.asked}` : ''}.`,
      )
    }),
    note(moreWords(left, ': /contracts link NAME @user says whose account a name is.')),
    linked.length === 0 ? null : body(mrkdwn`*Linked by somebody*`),
    ...linked
      .slice(0, NAMES_SHOWN)
      .map(({ id, name, to }) =>
        rowWith(
          button('Take back', { act: 'unlink', personId: id }),
          mrkdwn`${shown(name ?? `person ${id}`, 80)} is ${shown(to ?? 'an account', 80)}.`,
        ),
      ),
  ])
}

// "Is this you?": asked of the one account that has the name, and confirmed by the lead.

export interface IdentityFacts {
  readonly asOf: CivilDate
  readonly personId: number
  /** As the register writes it. */
  readonly name: string
  readonly role: 'owner' | 'deputy' | 'category lead'
  /** Living contracts in that role, and the nearest ends of these; none where others may read less. */
  readonly contracts: number
  readonly nearest: readonly (ContractNames & EndingOn)[]
  /** The Slack id of the member who says that the name is theirs. */
  readonly account: string
  /** What came of it; `settled`: somebody said it elsewhere. */
  readonly answered?: 'yes' | 'no' | 'confirmed' | 'refused' | 'settled'
}

export function identityMessage(facts: IdentityFacts, answerable: boolean): Message {
  const { asOf, personId, name, answered } = facts
  return answer([
    body(
      mrkdwn`*${identityHeadline(name, roleWords(facts))}*`,
      answered === undefined
        ? mrkdwn`If so, you are reminded of them from now on. You may act on them once their category lead or an administrator has confirmed it.`
        : mrkdwn`${IDENTITY_ANSWERED[answered]}`,
    ),
    nearestEnds(facts),
    answered === undefined && answerable
      ? row(
          button('Yes, that is me', { act: 'identity-yes', personId }, { style: 'primary' }),
          button('No', { act: 'identity-no', personId }),
        )
      : null,
    note(
      mrkdwn`Asked once, on ${dateWords(asOf)}, because you are the only member of the workspace with that name.`,
    ),
  ])
}

const IDENTITY_ANSWERED = {
  yes: 'You said yes: you are reminded of them. You may act once that is confirmed.',
  no: 'You said no: nobody reminds you of them.',
  confirmed: 'Confirmed: these contracts are yours, and you may act on them.',
  refused: 'It was said to be somebody else: nobody reminds you of them any more.',
  settled: 'Somebody has said since whose name that is: nothing is to be answered here.',
} as const

export function claimMessage(facts: IdentityFacts, answerable: boolean): Message {
  const { asOf, personId, name, account, answered } = facts
  return answer([
    body(
      mrkdwn`*${claimHeadline(name, roleWords(facts))}*`,
      mrkdwn`${mention(account) ?? shown(account, 40)} says: ${shown(name, 80)} of the register, ${roleWords(facts)}, is me.`,
      answered === undefined
        ? mrkdwn`*Next:* confirm that it is the same person. They are reminded meanwhile, and may act on nothing until then.`
        : mrkdwn`${CLAIM_ANSWERED[answered]}`,
    ),
    nearestEnds(facts),
    answered === undefined && answerable
      ? row(
          button('Confirm', { act: 'claim-confirm', personId }, { style: 'primary' }),
          button('It is somebody else', { act: 'claim-refuse', personId }),
        )
      : null,
    note(mrkdwn`Said on ${dateWords(asOf)}.`),
  ])
}

const CLAIM_ANSWERED = {
  yes: 'Not confirmed yet.',
  no: 'They said no.',
  confirmed: 'Confirmed: the contracts are theirs.',
  refused: 'It is somebody else: they are not reminded any more.',
  settled: 'Somebody has said since whose name that is.',
} as const

function roleWords({ role, contracts }: IdentityFacts): string {
  return `${role} of ${counted(contracts, 'contract')}`
}

function nearestEnds({ nearest }: IdentityFacts) {
  if (nearest.length === 0) return null
  return body(
    mrkdwn`*The nearest ends*`,
    ...nearest.map((each) => {
      return mrkdwn`• ${contractName(each, 60)}, ${shown(each.reference, 40)}: ${endsWords(each)}`
    }),
  )
}

/** The end of a contract as it is listed; messages of earlier versions do not give its earliest day. */
interface EndingOn {
  readonly ends: CivilDate | null
  readonly earliestEnd?: CivilDate | null
}

function endsWords({ ends: latest, earliestEnd }: EndingOn): string {
  return latest === null ? 'no end date' : `ends ${endWords({ earliestEnd, latest })}`
}

/** What an account was asked about a name: on which day, and what came of it. */
export interface AskedAbout {
  readonly askedOn: CivilDate | null
  readonly claimedOn: CivilDate | null
  readonly deniedOn: CivilDate | null
}

/** Working days after which nobody waits for an answer any more. */
const SILENT_DAYS = 10

/** `asked on 3 Dec, said no`; null where nobody was asked. */
export function askedWords(
  { askedOn, claimedOn, deniedOn }: AskedAbout,
  today: CivilDate,
  calendar: Calendar,
): string | null {
  if (askedOn === null) return null
  const silent = today >= addWorkingDays(askedOn, SILENT_DAYS, calendar)
  const said =
    claimedOn === null
      ? [deniedOn !== null ? 'said no' : silent ? 'no answer' : 'not answered yet']
      : ['said yes', deniedOn === null ? 'not confirmed yet' : 'taken back']
  return [`asked on ${shortDate(askedOn, today)}`, ...said].join(', ')
}

// To an administrator: somebody who answers for contracts has left, told once for all of them.

export interface LeaverFacts {
  readonly asOf: CivilDate
  readonly name: string
  /** Living contracts that they own. */
  readonly contracts: number
  readonly withoutDeputy: number
  /** Living contracts of others whose deputy they are. */
  readonly deputyOf: number
  /** The nearest ends first. */
  readonly nearest: readonly (ContractNames &
    EndingOn & {
      readonly contractId: number
      readonly version: number
      readonly deputy: string | null
    })[]
}

export function leaverMessage(facts: LeaverFacts, answerable: boolean): Message {
  const { contracts, nearest, asOf } = facts
  // A row of an earlier version does not say it.
  const deputyOf = facts.deputyOf ?? 0
  const left = contracts - nearest.length
  const name = facts.name.trim() || 'somebody without a name'
  const what = contracts > 0 ? 'owner' : 'deputy'
  const all = contracts || deputyOf
  const [first = null] = nearest.flatMap(({ ends }) => ends ?? []).sort()
  return answer([
    body(
      mrkdwn`*${leaverHeadline(asOf, { name, contracts: all, what, first })}*`,
      mrkdwn`${counted(all, 'contract')} without ${what === 'owner' ? 'an owner' : 'a deputy'} in Slack: the account of ${shown(name, 60)} is closed.`,
      ...covered(facts),
      contracts > 0 && deputyOf > 0
        ? mrkdwn`They were also the deputy of ${counted(deputyOf, 'other contract')}.`
        : null,
      contracts > 0
        ? mrkdwn`*Next:* name the new owners, the nearest ends first.`
        : mrkdwn`*Next:* name new deputies.`,
    ),
    ...nearest.map((each): AnswerPart => {
      const { contractId, version, reference, deputy } = each
      const subject = { contractId, version, alertIds: [] }
      const said = mrkdwn`${contractName(each, 60)}, ${shown(reference, 40)}. ${capitalised(endsWords(each))}. ${deputy === null ? mrkdwn`No deputy.` : mrkdwn`Deputy: ${shown(deputy, 60)}.`}`
      return rowWith(answerable ? button('Reassign…', { act: 'assign', subject }) : null, said)
    }),
    body(moreWords(left)),
    note(mrkdwn`Seen on ${dateWords(asOf)}.`),
  ])
}

function covered({ contracts, withoutDeputy }: LeaverFacts) {
  const deputies = contracts - withoutDeputy
  return [
    deputies === 0
      ? null
      : mrkdwn`${figure(deputies)} of them ${deputies === 1 ? 'speaks' : 'speak'} to the deputy from now on.`,
    withoutDeputy === 0
      ? null
      : mrkdwn`${figure(withoutDeputy)} ${withoutDeputy === 1 ? 'has' : 'have'} no deputy: only the team’s channel hears of ${withoutDeputy === 1 ? 'it' : 'them'}.`,
  ]
}

/** A channel that takes no messages, told once a day for each channel. */
interface BlockedFacts {
  readonly asOf: CivilDate
  readonly destination: string
  /** Slack's word for it, or ours. */
  readonly why: string
  /** The escalation channel that was told instead; null where there is none. */
  readonly instead: string | null
}

export function blockedMessage({ asOf, destination, why, instead }: BlockedFacts): Message {
  return answer([
    body(
      mrkdwn`*${blockedHeadline(asOf, destination, why.replaceAll('_', ' '))}*`,
      mrkdwn`${shown(destination, 80)} takes no messages: ${shown(why.replaceAll('_', ' '), 120)}.`,
      instead === null
        ? mrkdwn`Nobody hears what was for it. It is tried again every 15 minutes, for three days.`
        : mrkdwn`What was for it went to ${shown(instead, 80)}.`,
      mrkdwn`*Next:* bring the channel back and invite the app, or set another one for the team with /contracts settings.`,
    ),
    note(mrkdwn`Seen on ${dateWords(asOf)}.`),
  ])
}

/** Messages that were given up. */
export interface DeadFacts {
  readonly messages: readonly DeadMessage[]
}

export interface DeadMessage {
  readonly purpose: string
  readonly destination: string
  readonly why: string
  readonly contracts: readonly (ContractNames & {
    readonly kind: string
    readonly on: CivilDate
  })[]
  /** Where it was to rewrite a message: what that one shows instead. */
  readonly outdated?: OutdatedMessage | null
}

interface OutdatedMessage {
  readonly shows: 'state' | 'questions' | 'no amounts'
  /** The day on which it was last written; null where that is not known. */
  readonly since: CivilDate | null
  /** Somebody has deleted it. */
  readonly isGone: boolean
}

/** In place of the account of whoever is written to directly. */
export const DIRECT_MESSAGE = 'a direct message'

/** So many messages, and so many contracts of each, are named. */
const NAMED = 10

export function deadMessage({ messages }: DeadFacts, asOf: CivilDate): Message {
  const dead = messages.filter(({ outdated }) => !outdated)
  const old = messages.filter(({ outdated }) => outdated)
  const [first = null] = dead.flatMap(({ contracts }) => contracts.map(({ on }) => on)).sort()
  const counts = { dead: dead.length, outdated: old.length, first }
  return answer([
    body(mrkdwn`*${undeliveredHeadline(asOf, counts)}*`),
    ...namedMessages(
      dead,
      mrkdwn`*${counted(dead.length, 'message')} could not be delivered, and nobody else was told*`,
      mrkdwn`*Next:* tell those who answer for them, then put right what Slack names. lapsewatch show tells all of a contract.`,
    ),
    ...namedMessages(
      old,
      mrkdwn`*${counted(old.length, 'message')} in Slack could not be rewritten, and ${old.length === 1 ? 'is' : 'are'} out of date*`,
      mrkdwn`*Next:* go by /contracts show or lapsewatch show, not by ${old.length === 1 ? 'that message' : 'those messages'}, and put right what Slack names.`,
    ),
  ])
}

function namedMessages(
  messages: readonly DeadMessage[],
  heading: Mrkdwn,
  next: Mrkdwn,
): AnswerPart[] {
  if (messages.length === 0) return []
  const left = messages.length - NAMED
  return [
    body(
      heading,
      ...messages.slice(0, NAMED).flatMap(deadLines),
      moreWords(left, ': see lapsewatch doctor.'),
      next,
    ),
  ]
}

function deadLines(message: DeadMessage): Mrkdwn[] {
  const { purpose, destination, why, contracts, outdated } = message
  const left = contracts.length - NAMED
  const named = contracts.slice(0, NAMED).map((contract) => {
    const { reference, kind, on } = contract
    return mrkdwn`    ${shown(reference, 40)}, ${contractName(contract, 60)}: ${shown(kind.replaceAll('-', ' '), 20)} ${dateWords(on)}`
  })
  const what = contracts.length === 0 ? mrkdwn` (${shown(purpose, 20)})` : mrkdwn``
  const because = shown(why.replaceAll('_', ' '), 120)
  return [
    outdated
      ? mrkdwn`• ${shown(outdatedWords(message, outdated), 300)}: ${because}`
      : mrkdwn`• for ${shown(destination, 80)}${what}: ${because}`,
    ...named,
    ...(left > 0 ? [mrkdwn`    and ${left} more`] : []),
  ]
}

/** So many of the contracts are named within the sentence. */
const IN_A_SENTENCE = 3

/** `the message in #contracts about REF-1 still shows how it stood on Wed 31 Mar 2027` */
export function outdatedWords(
  { purpose, destination, contracts }: Pick<DeadMessage, 'purpose' | 'destination' | 'contracts'>,
  { shows, since, isGone }: OutdatedMessage,
): string {
  const where =
    destination === DIRECT_MESSAGE ? 'the direct message' : `the message in ${destination}`
  const references = [...new Set(contracts.map(({ reference }) => reference))]
  const about =
    references.length === 0 ? ` (${purpose})` : ` about ${firstNamed(references, IN_A_SENTENCE)}`
  const day = since === null ? 'before' : `on ${dayText(since)}`
  if (isGone) return `${where}${about}, last written ${day}, is gone from Slack`
  if (shows === 'no amounts') return `${where}${about} still shows no amounts`
  return shows === 'questions'
    ? `${where}${about} still shows its questions as they stood ${day}`
    : `${where}${about} still shows how it stood ${day}`
}
