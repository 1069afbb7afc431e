/** Umbrella agreements in words: whom one covers, and what its members' teams are told at its end. */
import { addDays, type CivilDate, daysBetween } from '../rules/civil-date.ts'
import type { ContractNames } from '../rules/contract.ts'
import type { NotCovered } from '../rules/reminder-plan.ts'
import type { AnswerContext, MemberFacts, UmbrellaFacts } from './answer-facts.ts'
import { row } from './buttons.ts'
import { contractName, contractTitle, type Message, type MessageFile } from './facts.ts'
import { firstLine, supplierWords } from './headline.ts'
import { answer, body, type Cell, compose, csvFile, listed, note, shareButton } from './message.ts'
import {
  counted,
  dateWords,
  endPhrase,
  figure,
  firstLines,
  joined,
  type Mrkdwn,
  moreWords,
  mrkdwn,
  shown,
  teamWords,
  whenWords,
} from './words.ts'

/** The end of an umbrella, as the channel of some of its members is told of it. */
export interface UmbrellaEndFacts {
  readonly asOf: CivilDate
  readonly contract: ContractNames
  /** Who holds the agreement. */
  readonly team: string
  readonly start: CivilDate | null
  /** The first and the last day that its end may mean; null where it has none. */
  readonly earliest: CivilDate | null
  readonly latest: CivilDate | null
  /** The last day of cover that was told before and holds no more; null where this is the first word. */
  readonly was: CivilDate | null
  /** Its channel is that of the team which holds the agreement. */
  readonly isHolder: boolean
  /** It only takes back what was told before: the end is out of sight again. */
  readonly moved: boolean
  readonly members: readonly (MemberFacts & { readonly lastDay: CivilDate | null })[]
  /** Products that the team uses and that the agreement does not name; absent where it names all. */
  readonly notNamed?: readonly string[]
}

/** So many organisations are named in a message; its file has all. */
const NAMED = 15

/** Told once to each channel, with those of its organisations that this end is about. */
export function umbrellaEndMessage(facts: UmbrellaEndFacts): Message {
  const { asOf, contract, team, members, was } = facts
  const covered = members.filter((each) => isCoveredToTheEnd(each, facts))
  const others = members.filter((each) => !covered.includes(each))
  const teamless = members.filter((each) => each.team === null)
  return compose(
    [
      body(
        mrkdwn`*${titleOf(facts)}*`,
        supplierWords(contract),
        was === null ? null : mrkdwn`Told before: ${dateWords(was)}. That holds no more.`,
        covered.length === 0
          ? null
          : mrkdwn`Covered until then (${figure(covered.length)}): ${namesOf(covered)}.`,
        ...firstLines(others, NAMED, (each) => standingOf(each, facts)),
        teamless.length === 0
          ? null
          : mrkdwn`No team here, so that nobody else tells them (${figure(teamless.length)}): ${namesOf(teamless)}.`,
        notNamedLine(facts.notNamed ?? []),
        facts.moved ? null : mrkdwn`*Next:* ${nextStep(facts)}`,
      ),
      note(
        mrkdwn`An umbrella agreement: reference ${shown(contract.reference, 60)}, held by ${teamWords(team)}, as of ${dateWords(asOf)}.`,
      ),
    ],
    { file: members.length > NAMED ? membersFile(contract.reference, members) : null },
  )
}

/** They are members, and this is not covered: told to who uses it. */
function notNamedLine(names: readonly string[], team: string | null = null): Mrkdwn | null {
  if (names.length === 0) return null
  const left = names.length - NAMED
  const all = [
    ...names.slice(0, NAMED).map((each) => shown(each, 80)),
    ...(left > 0 ? [mrkdwn`${figure(left)} more`] : []),
  ]
  return mrkdwn`In use${team === null ? '' : mrkdwn` by ${teamWords(team)}`} and not covered, as the agreement does not name it: ${joined(all, '; ')}.`
}

function isCoveredToTheEnd(
  { why, lastDay }: UmbrellaEndFacts['members'][number],
  { earliest }: UmbrellaEndFacts,
): boolean {
  return (why === null || why === 'ended' || why === 'not-begun') && lastDay === earliest
}

/** `Cover ends Sat 30 Jun (179 days)`: of the agreement, where it covers anybody to its end. */
function titleOf(facts: UmbrellaEndFacts): Mrkdwn {
  const { asOf, contract, earliest, latest, members, was } = facts
  const days = members.flatMap(({ lastDay }) => lastDay ?? []).sort()
  const first = earliest !== null && days.includes(earliest) ? earliest : days[0]
  const said = { asOf, about: contractTitle(contract) }
  if (first === undefined) {
    return firstLine({ ...said, acts: ['No end any more, was', 'No end, was'], on: was ?? asOf })
  }
  const leaving = days.filter((each) => each === first).length
  const isWhole = first === earliest
  const last = isWhole && latest !== earliest ? latest : null
  const on = last !== null && asOf >= first ? last : first
  const ahead = was === null ? ['Cover ends'] : ['Cover now ends', 'Cover ends']
  const unsure =
    on === last ? ['Cover may end by', 'May end by'] : ['Cover may end from', 'May end from']
  return firstLine({
    ...said,
    ...{ acts: on < asOf ? ['Cover ended'] : last === null ? ahead : unsure, on },
    more: isWhole ? [] : [mrkdwn` for ${counted(leaving, 'organisation')}`],
    tails:
      last === null ? [] : [mrkdwn`, ends ${endPhrase({ earliestEnd: earliest, latest: last })}`],
  })
}

function nextStep({ asOf, team, latest, members, isHolder }: UmbrellaEndFacts): Mrkdwn {
  const days = members.flatMap(({ lastDay }) => lastDay ?? []).sort()
  const [first] = days
  const from =
    first === undefined ? null : mrkdwn` from ${dateWords(addDays(first < asOf ? asOf : first, 1))}`
  const held = isHolder
    ? mrkdwn`say whether the agreement is extended or replaced, and tell them`
    : mrkdwn`ask who holds the agreement (${shown(team, 60)}) whether it is extended or replaced`
  return latest !== null && latest < asOf
    ? mrkdwn`say how each is covered now; ${held}.`
    : mrkdwn`plan how each is covered${from ?? ''}: ${held}${isHolder ? '' : ', or buy cover of your own'}.`
}

/** Why a member is not covered, or not to the end, in a sentence. */
function standingOf(
  { buyer, from, to, unread, why }: MemberFacts,
  { start }: Pick<UmbrellaEndFacts, 'start'>,
): Mrkdwn {
  const name = shown(buyer, 100)
  const day = (on: CivilDate | null) => (on === null ? 'a day that is not recorded' : dateWords(on))
  switch (why) {
    case 'unread':
      return mrkdwn`${name} counts as not covered: its list says ${shown(`“${unread ?? ''}”`, 120)}, which nobody could read. Say from when to when it is.`
    case 'never':
      return mrkdwn`${name} is not covered: it joins on ${day(from)}, after the end.`
    case 'left':
      return mrkdwn`${name} is not covered: it left on ${day(to)}.`
    case 'not-joined':
      return mrkdwn`${name} is not covered before ${day(from)}, when it joins${to === null ? '' : mrkdwn`; it leaves on ${day(to)}`}.`
    case 'not-begun':
      return mrkdwn`${name} is not covered before ${day(start)}, when the agreement begins.`
    case 'ended':
      return mrkdwn`${name} is not covered: ${to === null ? 'the agreement has ended' : `it left on ${day(to)}`}.`
    case null:
      return to === null
        ? mrkdwn`${name} is covered.`
        : mrkdwn`${name} leaves on ${day(to)}: it is not covered after that.`
  }
}

function namesOf(members: readonly Pick<MemberFacts, 'buyer'>[]): Mrkdwn {
  const named = members.slice(0, NAMED).map(({ buyer }) => shown(buyer, 80))
  return joined([...named, moreWords(members.length - NAMED, ' in the file')], '; ')
}

const WHY: Readonly<Record<NotCovered, string>> = {
  unread: 'its days could not be read',
  never: 'joins after the end',
  ended: 'the agreement has ended',
  left: 'has left',
  'not-begun': 'the agreement has not begun',
  'not-joined': 'has not joined yet',
}

export const MEMBER_HEADINGS = ['Organisation', 'Team', 'From', 'To', 'Covered', 'Why not'] as const

export function memberRows(members: readonly MemberFacts[]): Cell[][] {
  return members.map(({ buyer, team, from, to, why, unread }) => [
    buyer,
    team,
    from,
    to,
    why === null ? 'yes' : 'no',
    why === null ? null : why === 'unread' ? `${WHY.unread}: ${unread ?? ''}` : WHY[why],
  ])
}

function membersFile(reference: string, members: readonly MemberFacts[]): MessageFile {
  const name = reference.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 60)
  return csvFile(`members-${name}`, 'Organisations covered', MEMBER_HEADINGS, memberRows(members))
}

/** Null where it covers nobody and replaces nothing. */
export function umbrellaSentence(
  { asOf, members, replaces, calls }: UmbrellaFacts,
  when: 'today' | 'then' = 'today',
): Mrkdwn | null {
  if (members.length + replaces.length === 0) return null
  const uncovered = members.filter(({ why }) => why !== null).length
  const paid = replaces.filter(({ currentEnd }) => currentEnd === null || currentEnd >= asOf)
  const last = paid
    .flatMap(({ currentEnd }) => currentEnd ?? [])
    .sort()
    .at(-1)
  const until = last === undefined ? '' : `, to ${dateWords(last)} at the latest`
  const said = [
    members.length === 0
      ? null
      : `Covers ${counted(members.length, 'organisation')}, ${figure(uncovered)} of them not covered ${when}.`,
    replaces.length === 0
      ? null
      : `Replaces ${counted(replaces.length, 'contract')}${paid.length === 0 ? '' : `, ${figure(paid.length)} still paid beside it${until}`}.`,
    members.length === 0 || calls.length === 0
      ? null
      : `${counted(calls.length, 'call-off')} under it.`,
  ]
  return mrkdwn`${said.filter((sentence) => sentence !== null).join(' ')}`
}

export interface UmbrellaAnswerFacts extends AnswerContext {
  readonly contract: ContractNames
  readonly umbrella: UmbrellaFacts
}

export function umbrellaAnswer({ contract, umbrella, ...asked }: UmbrellaAnswerFacts): Message {
  const { asOf, members, replaces, calls } = umbrella
  const uncovered = members.filter(({ why }) => why !== null)
  const covered = members.filter(({ why }) => why === null)
  return answer(
    [
      body(
        mrkdwn`*Umbrella agreement: ${contractName(contract)}*`,
        umbrellaSentence(umbrella) ??
          mrkdwn`It covers no organisations here: lapsewatch umbrella REF --member NAME, or --members FILE.`,
      ),
      body(covered.length === 0 ? null : mrkdwn`*Covered today:* ${namesOf(covered)}.`),
      listed(
        'Not covered today',
        uncovered,
        NAMED,
        (each) => standingOf(each, umbrella),
        ' in the file.',
      ),
      body(
        ...(umbrella.notNamed ?? [])
          .slice(0, NAMED)
          .map(({ team, names }) => notNamedLine(names, team)),
      ),
      listed('Replaces', replaces, NAMED, (each) => replacedLine(each, asOf)),
      body(
        calls.length === 0
          ? null
          : mrkdwn`*Called off under it:* ${namesOf(calls.map(({ reference }) => ({ buyer: reference })))}.`,
      ),
      note(mrkdwn`Reference ${shown(contract.reference, 60)}, as of ${dateWords(asOf)}.`),
      row(shareButton(asked)),
    ],
    members.length > NAMED ? membersFile(contract.reference, members) : null,
  )
}

/** Until when a contract that was replaced is still paid beside the umbrella. */
function replacedLine(
  { reference, currentEnd }: UmbrellaFacts['replaces'][number],
  asOf: CivilDate,
): Mrkdwn {
  const name = shown(reference, 60)
  if (currentEnd === null)
    return mrkdwn`${name}: no end date is recorded, so it may be paid beside it.`
  return currentEnd < asOf
    ? mrkdwn`${name}: ended ${dateWords(currentEnd)}.`
    : mrkdwn`${name}: still paid beside it until ${dateWords(currentEnd)}, ${whenWords(daysBetween(asOf, currentEnd))}.`
}
