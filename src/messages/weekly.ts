/** The weekly summary: the figures on one screen, then the first of each list, all in a file. */
import type { ActionsBlock } from '@slack/types'
import { cliffTitle, cliffWorth } from './cliff-words.ts'
import { body, compose, note, type Paragraph } from './compose.ts'
import { type Mrkdwn, mrkdwn, plain, shown } from './escape.ts'
import type { Message, WeeklyFacts } from './facts.ts'
import { comparedWith, fiveLines } from './five-figures.ts'
import { fitMessage, LIMITS, textLength } from './limits.ts'
import { monthsInWords } from './months-ahead.ts'
import { tableBlock, tableLines } from './table-block.ts'
import { TEAM_COLUMNS, teamRow } from './team-figures.ts'
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
    compose(
      [...headline(facts), ...cliffs(facts, ofEach), ...listsOf(facts, ofEach), ...remarks(facts)],
      { actions, file },
    )
  const said =
    SHOWN.map(showing).find(({ blocks }) => textLength(blocks) < LIMITS.blockText - ROOM) ??
    showing(0)
  return withPicture(withTeams(said, facts), facts)
}

function headline(facts: WeeklyFacts): Paragraph[] {
  const { five, before = null } = facts
  const title = body(
    mrkdwn`*Weekly summary, ${dateWords(facts.slot)}: ${facts.team === null ? 'all teams' : shown(facts.team, 60)}*`,
    facts.hoursLate === null ? null : mrkdwn`Sent ${counted(facts.hoursLate, 'hour')} late.`,
  )
  if (five === undefined) return [title, body(...counts(facts)), body(...rest(facts))]
  return [
    title,
    body(...fiveLines(five, before)),
    note(mrkdwn`${comparedWith(before)}`),
    body(...counts(facts).slice(1), ...rest(facts)),
  ]
}

function counts(facts: WeeklyFacts): (Mrkdwn | null)[] {
  const { outOfContract, overdue, decideThisWeek, emergencies, unread } = facts
  return [
    mrkdwn`*${figure(outOfContract.total)}* out of contract: ended, and nothing recorded that covers ${outOfContract.total === 1 ? 'it' : 'them'}.`,
    mrkdwn`*${figure(overdue.total)}* overdue: a date has passed without a decision.`,
    mrkdwn`*${figure(decideThisWeek.total)}* to decide this week.`,
    mrkdwn`*${figure(facts.lapseIn30.total)}* end within 30 days, *${figure(facts.lapseIn60.total)}* in 31 to 60, *${figure(facts.lapseIn90.total)}* in 61 to 90.`,
    mrkdwn`*${figure(emergencies.total)}* emergency ${emergencies.total === 1 ? 'extension' : 'extensions'} in force.`,
    unread.total === 0
      ? null
      : mrkdwn`*${figure(unread.total)}* ${unread.total === 1 ? 'row' : 'rows'} could not be read: nobody watches what ${unread.total === 1 ? 'it holds' : 'they hold'}.`,
  ]
}

function rest(facts: WeeklyFacts): Mrkdwn[] {
  return [
    mrkdwn`${counted(facts.watched, 'contract')} watched: ${figure(facts.undated.total)} without an end date, ${figure(facts.rolling.total)} rolling on, ${figure(facts.unowned.total)} without an owner.`,
    mrkdwn`${counted(facts.changed.total, 'change')} since the last summary; ${figure(facts.historic)} historic, not watched.`,
  ]
}

function cliffs({ cliffs }: WeeklyFacts, ofEach: number): Paragraph[] {
  if (cliffs === undefined || cliffs.total === 0 || ofEach === 0) return []
  const first = cliffs.items.slice(0, ofEach)
  const left = cliffs.total - first.length
  return [
    body(
      mrkdwn`*End together*`,
      ...first.map((cliff) => mrkdwn`• ${cliffTitle(cliff)}. ${cliffWorth(cliff) ?? ''}`),
      left > 0 ? mrkdwn`and ${figure(left)} more: /contracts cliffs` : null,
    ),
  ]
}

/** Across teams, a table follows the figures; its rows stand in the text. */
function withTeams(message: Message, { teams }: WeeklyFacts): Message {
  if (teams === undefined || teams.length < 2) return message
  const rows = teams.map(teamRow)
  const [title, figures, ...others] = message.blocks
  if (title === undefined || figures === undefined) return message
  return fitMessage({
    ...message,
    text: [message.text, 'By team', ...tableLines(TEAM_COLUMNS, rows).map(String)].join('\n'),
    blocks: [title, figures, tableBlock(TEAM_COLUMNS, rows), ...others],
  })
}

function withPicture(message: Message, { months, slot, team }: WeeklyFacts): Message {
  if (months === undefined) return message
  const altText = monthsInWords(months)
  return {
    ...message,
    text: `${message.text}\n${altText}`,
    picture: {
      name: `months-ahead-${slot}.png`,
      title: `Months ahead: ${plain(team ?? 'all teams', 60)}`,
      altText,
      after: message.blocks.findIndex(({ type }) => type === 'context') + 1,
      chart: months,
    },
  }
}

function remarks(facts: WeeklyFacts): Paragraph[] {
  return [note(...facts.remarks.slice(0, 5).map((remark) => mrkdwn`${shown(remark, 200)}`))]
}
