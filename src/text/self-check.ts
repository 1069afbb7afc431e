/** The daily line for administrators: what is wrong with the watch itself, and what to do. */
import type { CivilDate } from '../rules/civil-date.ts'
import type { Message } from './facts.ts'
import { body, compose, note } from './message.ts'
import { counted, dateWords, mrkdwn, shown } from './words.ts'

export interface UnwellFacts {
  readonly asOf: CivilDate
  readonly findings: readonly { readonly alarm: boolean; readonly words: string }[]
}

const SHOWN = 10

/** Alarms first, as they come; nothing is said of a watch that is well. */
export function unwellMessage({ asOf, findings }: UnwellFacts): Message {
  const alarms = findings.filter(({ alarm }) => alarm).length
  const left = findings.length - SHOWN
  return compose([
    body(
      alarms > 0
        ? mrkdwn`🔴 *${counted(alarms, 'fault')} in Lapsewatch itself: a warning may be late*`
        : mrkdwn`*${counted(findings.length, 'thing')} about the registers to put right*`,
      ...findings.slice(0, SHOWN).map(({ words }) => mrkdwn`• ${shown(words, 300)}`),
      left > 0 ? mrkdwn`and ${left} more.` : null,
    ),
    note(mrkdwn`As of ${dateWords(asOf)}. The whole list: lapsewatch audit watch.`),
  ])
}
