/** What the program finds when it looks at itself, in words: the findings, and the daily line for administrators. */
import type { CivilDate } from '../rules/civil-date.ts'
import type { Message } from './facts.ts'
import { unwellHeadline } from './headline.ts'
import { body, compose, note } from './message.ts'
import { counted, dateWords, firstLines, mrkdwn, shown } from './words.ts'

/** Found only by the thorough look: in between, what it found last still stands. */
export const THOROUGH_FINDINGS = [
  ...(['missed', 'other-rules', 'untold', 'owners-gone'] as const),
  ...(['stale-register', 'unread-rows', 'unclassified'] as const),
]

// What the auditor says of what it saw: the decision, without a clock or a database.
//
// An alarm means that a warning may be late or lost, and keeps the heartbeat quiet. Advice is for
// people to put right in their own time: it would otherwise keep the heartbeat quiet for weeks, and
// a heartbeat that is quiet for weeks tells nobody of anything.

/** What was seen; every count is of things that are wrong. */
export interface SelfCheckFacts {
  /** Teams whose sweep should have run an hour ago and has not. */
  readonly unswept: readonly { readonly team: string; readonly lastOn: CivilDate | null }[]
  /** Teams whose weekly summary should have been queued an hour ago and was not. */
  readonly unsummarised: readonly string[]
  /** Deliveries that have waited for more than an hour. */
  readonly waiting: number
  /** Deliveries whose sender went away, and that nobody took over within two minutes. */
  readonly expired: number
  /** Why the workspace takes nothing; null where it does. */
  readonly pausedWhy: string | null
  /** Dead or blocked within the last week, and not told elsewhere instead. */
  readonly failed: readonly {
    readonly destination: string
    readonly messages: number
    readonly problem: string | null
  }[]
  /** Destinations of which nobody could say for an hour who reads them. */
  readonly unread: readonly {
    readonly destination: string
    /** Messages that wait for it, and messages that stand without their amounts. */
    readonly waiting: number
    readonly without: number
    readonly why: string | null
  }[]
  /** Null where this was only a quick look. */
  readonly thorough: RegisterCheckFacts | null
}

export interface RegisterCheckFacts {
  /** Contracts that the rules would warn of and that no sweep is going to look at. */
  readonly missed: readonly string[]
  /** Teams whose contracts were counted by other rules than these. */
  readonly otherRules: readonly string[]
  /** Open alerts that no message carries. */
  readonly untold: number
  readonly ownersGone: number
  readonly stale: readonly { readonly register: string; readonly on: CivilDate }[]
  readonly unreadRows: number
  readonly unclassified: number
}

export const FINDINGS = [
  'unswept',
  'unsummarised',
  'waiting',
  'expired',
  'paused',
  'failed',
  'readers-unknown',
  ...THOROUGH_FINDINGS,
] as const

export interface Finding {
  readonly what: (typeof FINDINGS)[number]
  /** Whether a warning may be late or lost because of it. */
  readonly alarm: boolean
  readonly count: number
  /** A sentence with what to do. */
  readonly words: string
}

/** At most so many are named; the count says how many there are. */
const NAMED = 3

/** What is wrong, alarms first; nothing where all is well. */
export function judgeWatch(seen: SelfCheckFacts): Finding[] {
  return [...alarmsOf(seen), ...(seen.thorough === null ? [] : thoroughly(seen.thorough))]
    .filter(({ count }) => count > 0)
    .sort((a, b) => Number(b.alarm) - Number(a.alarm))
}

function alarmsOf(seen: SelfCheckFacts): Finding[] {
  const { unswept, unsummarised, waiting, expired, pausedWhy, failed, unread } = seen
  return [
    ...unswept.map(({ team, lastOn }) => {
      const since = lastOn === null ? 'never' : `last on ${dateWords(lastOn)}`
      return alarm('unswept', 1, `Team ${team} was swept ${since}: see that the worker runs.`)
    }),
    alarm(
      'unsummarised',
      unsummarised.length,
      `${counted(unsummarised.length, 'weekly summary', 'weekly summaries')} not made (${named(unsummarised)}): see the log of the worker.`,
    ),
    alarm(
      'waiting',
      waiting,
      `${counted(waiting, 'message has', 'messages have')} waited for more than an hour: check the connection to Slack with lapsewatch doctor.`,
    ),
    alarm(
      'expired',
      expired,
      `${counted(expired, 'message was', 'messages were')} left half way and not taken over: see that the worker runs.`,
    ),
    alarm(
      'paused',
      pausedWhy === null ? 0 : 1,
      `Slack takes no message from us (${pausedWhy ?? ''}): put the token right.`,
    ),
    ...failed.map(({ destination, messages, problem }) =>
      alarm(
        'failed',
        messages,
        `${counted(messages, 'message')} to ${destination} could not be delivered (${problem ?? 'no reason recorded'}): put the channel right.`,
      ),
    ),
    ...unread.map(({ destination, waiting, without, why }) => {
      const [wait, stand] = [counted(waiting, 'message'), counted(without, 'message')]
      const what = [
        ...(waiting > 0 ? [`${wait} to ${destination} not sent`] : []),
        ...(without > 0 ? [`${stand} in ${destination} without amounts`] : []),
      ].join(', ')
      const words = `${what} for more than an hour: ${why ?? 'it is not known who reads it'}. See lapsewatch doctor.`
      const count = waiting + without
      return waiting > 0
        ? alarm('readers-unknown', count, words)
        : advice('readers-unknown', count, words)
    }),
  ]
}

function thoroughly(seen: RegisterCheckFacts): Finding[] {
  const { missed, otherRules, untold, ownersGone, stale, unreadRows, unclassified } = seen
  return [
    alarm(
      'missed',
      missed.length,
      `${counted(missed.length, 'contract is', 'contracts are')} due and not warned of (${named(missed)}): run lapsewatch show for each, and report this fault.`,
    ),
    advice(
      'other-rules',
      otherRules.length,
      `The contracts of ${named(otherRules)} were counted by other settings than those of this process: give every process the same ones, and start it again.`,
    ),
    alarm(
      'untold',
      untold,
      `${counted(untold, 'warning was', 'warnings were')} raised and put into no message: report this fault.`,
    ),
    advice(
      'owners-gone',
      ownersGone,
      `${counted(ownersGone, 'contract has', 'contracts have')} an owner who has left: name a new one.`,
    ),
    ...stale.map(({ register, on }) =>
      advice(
        'stale-register',
        1,
        `Register ${register} was last read on ${dateWords(on)}: import it again.`,
      ),
    ),
    advice(
      'unread-rows',
      unreadRows,
      `${counted(unreadRows, 'row')} of a register could not be read, so nobody watches them: put right what the weekly summary lists.`,
    ),
    advice(
      'unclassified',
      unclassified,
      `${counted(unclassified, 'extension')} came from a register without its kind: say what each was.`,
    ),
  ]
}

function alarm(what: Finding['what'], count: number, words: string): Finding {
  return { what, alarm: true, count, words }
}

function advice(what: Finding['what'], count: number, words: string): Finding {
  return { what, alarm: false, count, words }
}

function named(names: readonly string[]): string {
  const more = names.length > NAMED ? ', …' : ''
  return `${names.slice(0, NAMED).join(', ')}${more}`
}

/** The daily line for administrators: what is wrong with the watch itself, and what to do. */

interface UnwellFacts {
  readonly asOf: CivilDate
  readonly findings: readonly { readonly alarm: boolean; readonly words: string }[]
}

const SHOWN = 10

/** Alarms first, as they come; nothing is said of a watch that is well. */
export function unwellMessage({ asOf, findings }: UnwellFacts): Message {
  const alarms = findings.filter(({ alarm }) => alarm).length
  return compose([
    body(
      mrkdwn`*${unwellHeadline(asOf, alarms, findings.length)}*`,
      alarms > 0
        ? mrkdwn`🔴 ${counted(alarms, 'fault')} in Lapsewatch itself: a warning may be late.`
        : mrkdwn`${counted(findings.length, 'thing')} about the registers to put right.`,
      ...firstLines(findings, SHOWN, ({ words }) => shown(words, 300)),
    ),
    note(mrkdwn`As of ${dateWords(asOf)}. The whole list: lapsewatch audit watch.`),
  ])
}
