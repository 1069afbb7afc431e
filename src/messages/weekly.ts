/** The weekly summary: the figures on one screen, then the first of each list, all in a file. */
import type { ActionsBlock } from '@slack/types'
import { body, compose, note, type Paragraph } from './compose.ts'
import { mrkdwn, shown } from './escape.ts'
import type { Message, WeeklyFacts } from './facts.ts'
import { LIMITS, textLength } from './limits.ts'
import { weeklyFile } from './weekly-file.ts'
import { listsOf } from './weekly-lists.ts'
import { counted, dateWords, figure } from './words.ts'

/** How many of each list are shown: fewer where long names would burst the message. */
const SHOWN = [5, 3, 1]
/** Kept free for buttons and for what `fitMessage` may have to say. */
const ROOM = 1000

/** The summary of a team, or of the organisation where the facts name no team. */
export function weeklyMessage(facts: WeeklyFacts, actions: ActionsBlock | null = null): Message {
  const file = weeklyFile(facts)
  const showing = (ofEach: number) =>
    compose([...figures(facts), ...listsOf(facts, ofEach), ...remarks(facts)], { actions, file })
  return (
    SHOWN.map(showing).find(({ blocks }) => textLength(blocks) < LIMITS.blockText - ROOM) ??
    showing(0)
  )
}

function figures(facts: WeeklyFacts): Paragraph[] {
  const { outOfContract, overdue, decideThisWeek, emergencies, unread } = facts
  return [
    body(
      mrkdwn`*Weekly summary, ${dateWords(facts.slot)}: ${facts.team === null ? 'all teams' : shown(facts.team, 60)}*`,
      facts.hoursLate === null ? null : mrkdwn`Sent ${counted(facts.hoursLate, 'hour')} late.`,
    ),
    body(
      mrkdwn`*${figure(outOfContract.total)}* out of contract: ended, and nothing recorded that covers ${outOfContract.total === 1 ? 'it' : 'them'}.`,
      mrkdwn`*${figure(overdue.total)}* overdue: a date has passed without a decision.`,
      mrkdwn`*${figure(decideThisWeek.total)}* to decide this week.`,
      mrkdwn`*${figure(facts.lapseIn30.total)}* end within 30 days, *${figure(facts.lapseIn60.total)}* in 31 to 60, *${figure(facts.lapseIn90.total)}* in 61 to 90.`,
      mrkdwn`*${figure(emergencies.total)}* emergency ${emergencies.total === 1 ? 'extension' : 'extensions'} in force.`,
      unread.total === 0
        ? null
        : mrkdwn`*${figure(unread.total)}* ${unread.total === 1 ? 'row' : 'rows'} could not be read: nobody watches what ${unread.total === 1 ? 'it holds' : 'they hold'}.`,
    ),
    body(
      mrkdwn`${counted(facts.watched, 'contract')} watched: ${figure(facts.undated.total)} without an end date, ${figure(facts.rolling.total)} rolling on, ${figure(facts.unowned.total)} without an owner.`,
      mrkdwn`${counted(facts.changed.total, 'change')} since the last summary; ${figure(facts.historic)} historic, not watched.`,
    ),
  ]
}

function remarks(facts: WeeklyFacts): Paragraph[] {
  return [note(...facts.remarks.slice(0, 5).map((remark) => mrkdwn`${shown(remark, 200)}`))]
}
