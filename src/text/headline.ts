/**
 * The first line of every message, which is all that a notification shows: what to do, by which day,
 * and the days left in brackets; then what it is about. Other words give way before these do.
 */
import type { CheckpointName } from '../rules/checkpoints.ts'
import { addDays, type CivilDate, daysBetween } from '../rules/civil-date.ts'
import { type ContractNames, isEnd } from '../rules/contract.ts'
import {
  DEADLINE_WORDS,
  type DeadlineContext,
  type Heading,
  headingOf,
  NOTHING,
} from './deadline.ts'
import { contractTitle, type SupersededFacts, type TriageFacts } from './facts.ts'
import {
  counted,
  figure,
  joined,
  lowered,
  type Mrkdwn,
  mrkdwn,
  shortDate,
  shown,
  weekdayWords,
  YEAR_IS_CLEAR,
} from './words.ts'

/** In characters: the act with its day and days, the title, and the whole line. */
export const FIRST_LINE = { head: 40, title: 35, line: 90 } as const

interface FirstLine extends Heading {
  readonly asOf: CivilDate
  /** What it is about, as somebody outside wrote it, cut as a title unless it is none. */
  readonly about: string
  readonly characters?: number
  /** What the line ends with, for which what it is about is cut. */
  readonly end?: Mrkdwn
}

/** The line that says this, within its bounds whatever the texts and days are. */
export function firstLine({
  acts,
  on,
  asOf,
  more = [],
  about,
  characters: most = FIRST_LINE.title,
  tails = [],
  end = NOTHING,
}: FirstLine): Mrkdwn {
  const head = mrkdwn`${headWords(acts, on, asOf)}`
  const line = (extra: Mrkdwn, characters: number, tail: Mrkdwn) =>
    joined([head, extra, mrkdwn`: `, shown(about, characters), tail, end], '')
  const extras = more.length === 0 ? [NOTHING] : more
  for (const extra of extras) {
    for (const tail of [...tails, NOTHING]) {
      const whole = line(extra, most, tail)
      if (whole.length <= FIRST_LINE.line) return whole
    }
  }
  const least = extras.at(-1) ?? NOTHING
  let characters = most
  while (characters > 1 && line(least, characters, NOTHING).length > FIRST_LINE.line) {
    characters -= 1
  }
  return line(least, characters, NOTHING)
}

/** `Give notice by Thu 26 Nov (3 days)`: the fullest that has room, without its weekday if need be. */
function headWords(acts: readonly string[], on: CivilDate, asOf: CivilDate): string {
  const heads = acts.flatMap((act) => dayForms(on, asOf).map((day) => `${act} ${day}`))
  const least = heads.reduce((a, b) => (b.length < a.length ? b : a), heads[0] ?? '')
  return heads.find((head) => head.length <= FIRST_LINE.head) ?? least
}

function dayForms(on: CivilDate, asOf: CivilDate): string[] {
  const left = daysBetween(asOf, on)
  const days = daysWords(Math.abs(left))
  const brackets =
    left < 0 ? [`(${days} ago)`, `(${days})`] : [left === 0 ? '(today)' : `(${days})`]
  const near = Math.abs(left) <= YEAR_IS_CLEAR
  const forms = near ? [weekdayWords(on), shortDate(on, asOf)] : [shortDate(on, asOf)]
  return forms.flatMap((day) => brackets.map((bracket) => `${day} ${bracket}`))
}

function daysWords(days: number): string {
  return days < 1000 ? counted(days, 'day') : `${Math.floor(days / 365.25)} years`
}

// A warning: the most urgent of a contract's deadlines that speak.

/** `askedAgain`: somebody had promised something, and the time for it is over. */
export function warningHeadline(sight: DeadlineContext, askedAgain = false): Mrkdwn {
  const { acts, on, more = [], tails = [] } = headingOf(sight)
  const again = mrkdwn`, asked again`
  const least = more.length === 0 ? [NOTHING] : more
  // What is presumed says so, also where there is no room for the rest.
  const said = askedAgain ? [...least.map((each) => joined([each, again], '')), ...least] : more
  return firstLine({
    acts,
    on,
    more: said,
    tails,
    asOf: sight.asOf,
    about: contractTitle(sight.contract),
  })
}

/** The same at the head of an entry among others, where the title has more room. */
export function entryHeadline(sight: DeadlineContext): Mrkdwn {
  const { acts, on, more: [extra = NOTHING] = [] } = headingOf(sight)
  const head = mrkdwn`${headWords(acts, on, sight.asOf)}`
  return joined([head, extra, mrkdwn`: `, shown(contractTitle(sight.contract), 60)], '')
}

/** The most urgent of several contracts, and how many others there are. */
export function groupHeadline(sight: DeadlineContext, others: number): Mrkdwn {
  const { acts, on, more = [] } = headingOf(sight)
  return firstLine({
    ...{ acts, on, asOf: sight.asOf, about: contractTitle(sight.contract) },
    // A message about several says how many, in place of what concerns one of them alone.
    ...(others === 0 ? { more } : { end: mrkdwn`, and ${counted(others, 'more', 'more')}` }),
  })
}

/** A count and a name, which is no title. */
const CLIFF = 48

/** Contracts that end together, by what has to be done first. */
export function cliffHeadline(
  sight: DeadlineContext,
  {
    count,
    by,
    name,
  }: { readonly count: number; readonly by: 'supplier' | 'product'; readonly name: string },
): Mrkdwn {
  const { acts, on } = headingOf(sight)
  const about = `${counted(count, 'contract')} ${by === 'supplier' ? 'with' : 'for'} ${name}`
  return firstLine({ acts, on, asOf: sight.asOf, about, characters: CLIFF })
}

// What replaces a warning.

export function supersededHeadline({ asOf, contract, kind, was, now }: SupersededFacts): Mrkdwn {
  const said = { asOf, about: contractTitle(contract) }
  const before = [mrkdwn`, was ${shortDate(was, asOf)}`]
  if (isEnd(kind)) {
    const { currentEnd } = contract
    return currentEnd === null
      ? firstLine({ ...said, acts: ['No end any more, was', 'No end, was'], on: was })
      : firstLine({
          ...said,
          acts: [currentEnd < asOf ? 'Now ended' : 'Now ends'],
          on: currentEnd,
          more: before,
        })
  }
  const { act } = DEADLINE_WORDS[kind]
  return now === null
    ? firstLine({ ...said, acts: ['Nothing due'], on: was, more: [mrkdwn` any more`] })
    : firstLine({ ...said, acts: [`Now ${lowered(act)}`, act], on: now, more: before })
}

/** Contracts that an undone import took away with it. */
export function withdrawnHeadline(asOf: CivilDate, contracts: readonly ContractNames[]): Mrkdwn {
  const [only, ...more] = contracts
  const about =
    only === undefined
      ? 'the first list'
      : more.length === 0
        ? contractTitle(only)
        : counted(contracts.length, 'contract')
  return firstLine({ acts: ['Withdrawn'], on: asOf, asOf, more: [mrkdwn`, import undone`], about })
}

/** Every date was settled before the message was made. */
export function settledHeadline(asOf: CivilDate, contracts: readonly ContractNames[]): Mrkdwn {
  const [first, ...others] = contracts
  return firstLine({
    ...{ acts: ['Nothing is open on'], on: asOf, asOf },
    about: first === undefined ? 'no contract' : contractTitle(first),
    end: others.length === 0 ? NOTHING : mrkdwn`, and ${counted(others.length, 'more', 'more')}`,
  })
}

// Everything else that is posted.

const ASKED: Readonly<Record<CheckpointName, readonly string[]>> = {
  publication: ['Published? Due'],
  award: ['Award notice out? Due', 'Award notice? Due'],
  'standstill-ends': ['Standstill over? Due', 'Standstill? Due'],
  approval: ['Award approved? Due', 'Approved? Due'],
  signature: ['Signed? Due'],
  mobilisation: ['Ready to begin? Due', 'Ready? Due'],
}

export const CHECKPOINT_WORDS: Readonly<Record<CheckpointName, string>> = {
  publication: 'publication',
  award: 'the award notice',
  'standstill-ends': 'the end of the standstill',
  approval: 'the approval of the award',
  signature: 'the signature',
  mobilisation: 'the end of mobilisation',
}

const DONE: Readonly<Record<CheckpointName, readonly string[]>> = {
  publication: ['Published'],
  award: ['Award notice out'],
  'standstill-ends': ['Standstill over'],
  approval: ['Award approved'],
  signature: ['Signed'],
  mobilisation: ['Ready to begin'],
}

const SLIPPED: Readonly<Record<CheckpointName, readonly string[]>> = {
  publication: ['Publication slips to', 'Slips to'],
  award: ['Award notice slips to', 'Slips to'],
  'standstill-ends': ['Standstill slips to', 'Slips to'],
  approval: ['Approval slips to', 'Slips to'],
  signature: ['Signature slips to', 'Slips to'],
  mobilisation: ['Mobilisation slips to', 'Slips to'],
}

interface StepSaid {
  readonly name: CheckpointName
  readonly dueOn: CivilDate
  readonly asOf: CivilDate
  readonly contract: ContractNames
  /** Null until somebody has said something. */
  readonly answer: {
    readonly doneOn: CivilDate | null
    readonly slippedTo: CivilDate | null
  } | null
}

/** The question about a step of a procurement, or its answer; `others`: more steps of one message. */
export function stepHeadline(
  { name, dueOn, asOf, contract, answer }: StepSaid,
  others: readonly StepSaid[] = [],
): Mrkdwn {
  const open = others.filter((each) => each.answer === null).length
  const rest = counted(others.length, 'more step')
  const tail =
    answer !== null
      ? mrkdwn`, all ${others.length + 1} answered`
      : open === others.length
        ? mrkdwn`, and ${rest}`
        : mrkdwn`, and ${rest}, ${open} open`
  const end = others.length === 0 ? NOTHING : tail
  const said = { asOf, end, about: contractTitle(contract) }
  if (answer === null) return firstLine({ ...said, acts: ASKED[name], on: dueOn })
  return answer.doneOn === null
    ? firstLine({ ...said, acts: SLIPPED[name], on: answer.slippedTo ?? dueOn })
    : firstLine({ ...said, acts: DONE[name], on: answer.doneOn })
}

/** Notices of the law, the first of them by its day. */
export function noticesHeadline(
  asOf: CivilDate,
  first: (ContractNames & { readonly on: CivilDate; readonly notice: string }) | null,
  count: number,
): Mrkdwn {
  if (first === null)
    return firstLine({ acts: ['Check notices by'], on: asOf, asOf, about: 'none' })
  const { on, notice } = first
  const end = count === 1 ? NOTHING : mrkdwn`, and ${counted(count - 1, 'more', 'more')}`
  const more = [mrkdwn`, ${notice}`]
  return firstLine({
    acts: ['Check notices by'],
    on,
    asOf,
    more,
    about: contractTitle(first),
    end,
  })
}

/** A team's first list. */
export function triageHeadline(
  asOf: CivilDate,
  {
    laddersFrom,
    confirmedOn = null,
    contracts,
    within30,
  }: Pick<TriageFacts, 'laddersFrom' | 'confirmedOn'> & { contracts: number; within30: number },
): Mrkdwn {
  const next =
    confirmedOn === null
      ? { acts: ['Confirm the list by', 'Confirm by'], on: laddersFrom, asOf }
      : { acts: ['List confirmed'], on: confirmedOn, asOf: confirmedOn }
  return firstLine({
    ...next,
    about: `${counted(contracts, 'contract')} read`,
    tails: [mrkdwn`, ${counted(within30, 'ends', 'end')} within 30 days`],
  })
}

/** `600 rows read: 594 watched, 6 not. 11 questions for you, about 11 minutes`: it has no day. */
export function importHeadline(counts: {
  readonly read: number
  readonly watched: number | null
  readonly not: number
  readonly rejected: number
  readonly questions: number
}): Mrkdwn {
  const { read, watched, not, rejected, questions } = counts
  const rows = `${counted(read, 'row')} read`
  const what = watched === null ? '' : `: ${figure(watched)} watched, ${figure(not)} not`
  const asked = `${counted(questions, 'question')} for you, about ${counted(questions, 'minute')}`
  const next =
    questions > 0
      ? asked
      : rejected > 0
        ? `${counted(rejected, 'row')} to put right`
        : 'Nothing to answer'
  return mrkdwn`${rows}${what}. ${next}`
}

/** The draft that somebody has to approve before the extension begins. */
export function waiverHeadline(
  asOf: CivilDate,
  contract: ContractNames,
  { from, approvedOn, blanks }: { from: CivilDate; approvedOn: CivilDate | null; blanks: number },
): Mrkdwn {
  const said = { asOf, about: contractTitle(contract) }
  if (approvedOn !== null) {
    return firstLine({ ...said, acts: ['Waiver approved'], on: approvedOn })
  }
  const acts = from < asOf ? ['Waiver was due'] : ['Approve waiver by']
  return firstLine({
    ...said,
    acts,
    on: from,
    tails: [mrkdwn`, ${counted(blanks, 'blank')} to fill`],
  })
}

/** The weekly summary, by what is to be decided until the next one. */
export function weeklyHeadline(
  slot: CivilDate,
  {
    team,
    decisions,
    outOfContract,
  }: { team: string | null; decisions: number; outOfContract: number },
): Mrkdwn {
  return firstLine({
    acts: [
      decisions === 0 ? 'Nothing to decide by' : `Decide ${figure(decisions)} by`,
      'Decide by',
    ],
    ...{ on: addDays(slot, 6), asOf: slot },
    about: `weekly summary, ${team ?? 'all teams'}`,
    tails: outOfContract === 0 ? [] : [mrkdwn`, ${figure(outOfContract)} out of contract`],
  })
}

// What administrators are told.

/** What is wrong with the watch itself, or worth a look about the registers. */
export function unwellHeadline(asOf: CivilDate, faults: number, things: number): Mrkdwn {
  return faults > 0
    ? firstLine({
        ...{ acts: ['Put right by'], on: asOf, asOf },
        about: `${counted(faults, 'fault')} in Lapsewatch`,
        tails: [mrkdwn`, a warning may be late`],
      })
    : firstLine({
        ...{ acts: ['To put right, seen'], on: asOf, asOf },
        about: `${counted(things, 'thing')} about the registers`,
      })
}

/** A channel that takes no messages. */
export function blockedHeadline(asOf: CivilDate, destination: string, why: string): Mrkdwn {
  return firstLine({
    ...{ acts: ['Repair the channel, seen', 'Repair, seen'], on: asOf, asOf, about: destination },
    // `#contracts is archived`, `#contracts, channel not found`
    tails: [mrkdwn`${why.startsWith('is ') ? '' : ','} ${shown(why, 30)}`],
  })
}

/**
 * Messages that nobody got, by the first day that they were about; or that could not be rewritten,
 * where there are no others.
 */
export function undeliveredHeadline(
  asOf: CivilDate,
  { dead, outdated, first }: { dead: number; outdated: number; first: CivilDate | null },
): Mrkdwn {
  if (dead === 0) {
    const about = `${counted(outdated, 'message')} in Slack`
    return firstLine({ acts: ['Out of date, seen'], on: asOf, asOf, about })
  }
  const acts =
    first === null ? ['Pass on now, seen'] : first < asOf ? ['Pass on, due'] : ['Pass on by']
  return firstLine({
    acts,
    on: first ?? asOf,
    asOf,
    about: `${counted(dead, 'message')} not delivered`,
  })
}

/** Somebody who answered for contracts has left. */
export function leaverHeadline(
  asOf: CivilDate,
  {
    name,
    contracts,
    what,
    first,
  }: { name: string; contracts: number; what: 'owner' | 'deputy'; first: CivilDate | null },
): Mrkdwn {
  const many = what === 'owner' ? 'owners' : 'deputies'
  return firstLine({
    acts:
      first === null || first < asOf
        ? [`Name new ${many}, seen`, 'Name others, seen']
        : [`Name new ${many} by`, `Name ${many} by`],
    ...{ on: first === null || first < asOf ? asOf : first, asOf },
    about: `${counted(contracts, 'contract')} of ${name}`,
    tails: [mrkdwn`, account closed`],
  })
}

/** Whose account a name in a register is, asked of the account; `what`: `owner of 7 contracts`. */
export function identityHeadline(name: string, what: string): Mrkdwn {
  return namedLine(mrkdwn`Is this you? The register names `, name, mrkdwn` as ${what}`)
}

/** The same, asked of somebody who can say that it is so. */
export function claimHeadline(name: string, what: string): Mrkdwn {
  return namedLine(mrkdwn`Confirm? An account says it is `, name, mrkdwn`, ${what}`)
}

/** The name is cut for what stands around it. */
function namedLine(before: Mrkdwn, name: string, after: Mrkdwn): Mrkdwn {
  let characters: number = FIRST_LINE.title
  const line = () => joined([before, shown(name, characters), after], '')
  while (characters > 1 && line().length > FIRST_LINE.line) characters -= 1
  return line()
}

/** What a register leaves open about somebody's contracts. */
export function questionsHeadline(asOf: CivilDate, count: number): Mrkdwn {
  const acts = [`Answer ${counted(count, 'question')} of`, 'Answer questions of']
  return firstLine({ acts, on: asOf, asOf, about: 'your contracts' })
}

/** What came of a register that refreshes itself; `waiting`: contracts that wait for one press. */
export function refreshHeadline(
  asOf: CivilDate,
  {
    source,
    headline,
    waiting,
  }: { source: string; headline: 'failed' | 'taken' | 'recovered'; waiting: number },
): Mrkdwn {
  if (waiting > 0) {
    const about = `${counted(waiting, 'contract')} quieter in ${source}`
    return firstLine({ acts: ['Confirm or leave, asked', 'Confirm, asked'], on: asOf, asOf, about })
  }
  const acts = { failed: 'Not refreshed, seen', taken: 'Refreshed', recovered: 'Refreshed again' }
  return firstLine({ acts: [acts[headline]], on: asOf, asOf, about: registerWords(source) })
}

/** `register finance`; a name that says so by itself stands alone: `Digital register`. */
export function registerWords(source: string): string {
  return /\bregister\b/i.test(source) ? source : `register ${source}`
}

/** `Lingwarren Ltd`, in the line below the first. */
export function supplierWords({ supplier }: Pick<ContractNames, 'supplier'>): Mrkdwn {
  const name = supplier?.trim().replace(/\.+$/, '') ?? ''
  return name === '' ? mrkdwn`No supplier recorded.` : mrkdwn`${shown(name, 100)}.`
}
