/** App Home: what is mine, what my team has before it, what nobody looks after. */
import type { HomeView, KnownBlock } from '@slack/types'
import type { HomeFacts, HomeList, ReminderChannel } from './answer-facts.ts'
import { button, row } from './buttons.ts'
import { entryRow } from './contract-list.ts'
import { type AnswerPart, blocksOf, body, fitView, note, rowWith } from './message.ts'
import { cliffTitle, cliffWorth } from './warning-group.ts'
import { counted, dateWords, figure, mrkdwn, shown } from './words.ts'

type ListName =
  | 'mine'
  | 'teamSoon'
  | 'outOfContract'
  | 'unclassified'
  | 'unowned'
  | 'undated'
  | 'rolling'

/** How many of each list are shown: together they stay under Slack's hundred blocks. */
export const HOME_SHOWN: Readonly<Record<ListName, number>> = {
  mine: 15,
  teamSoon: 12,
  outOfContract: 8,
  unclassified: 6,
  unowned: 5,
  undated: 5,
  rolling: 5,
}

/** The rest of each list, as a command. */
const QUERIES: Readonly<Record<ListName, string>> = {
  mine: 'list mine',
  teamSoon: 'due 90d ours',
  outOfContract: 'list ours out-of-contract',
  unclassified: 'list ours unclassified',
  unowned: 'list ours unowned',
  undated: 'list ours undated',
  rolling: 'list ours rolling',
}

/** The view for one person, within Slack's limits for any number of contracts. */
export function homeView(facts: HomeFacts): HomeView {
  const ofTeam = facts.team === null ? 'My team' : mrkdwn`Team ${shown(facts.team, 60)}`
  const parts: (AnswerPart | null)[] = [
    body(
      mrkdwn`*${dateWords(facts.asOf)}: ${counted(facts.mine.total, 'contract')} of mine*`,
      mrkdwn`${figure(facts.teamSoon.total)} due in the team within 90 days, ${figure(facts.outOfContract.total)} out of contract, ${figure(facts.unowned.total)} without an owner.`,
    ),
    quickActions(facts),
    questions(facts),
    troubles(facts),
    ...list('mine', mrkdwn`*Mine, the most urgent first*`, facts.mine),
    facts.mine.total === 0 ? body(mrkdwn`No contract is yours.`) : null,
    ...list('outOfContract', mrkdwn`*Out of contract*`, facts.outOfContract),
    ...cliffs(facts),
    ...list('teamSoon', mrkdwn`*${ofTeam}: the next 90 days*`, facts.teamSoon),
    ...list('unclassified', mrkdwn`*Extensions that nobody has classified*`, facts.unclassified),
    ...list('unowned', mrkdwn`*Without an owner*`, facts.unowned),
    ...list('undated', mrkdwn`*Without an end date*`, facts.undated),
    ...list('rolling', mrkdwn`*Rolling on until notice*`, facts.rolling),
    rowWith(
      button('Preferences', { act: 'open', what: 'preferences' }),
      mrkdwn`*When a contract of mine needs me:* ${VOICE[facts.voice]}.`,
    ),
  ]
  const blocks: KnownBlock[] = blocksOf(parts)
  return fitView({ type: 'home', callback_id: 'lw.home', blocks })
}

const VOICE: Readonly<Record<ReminderChannel, string>> = {
  mention: 'I am mentioned in the channel',
  dm: 'I get a direct message',
  neither: 'I read the channel, without a mention',
}

function quickActions({ mayAdd, isAdministrator }: HomeFacts) {
  return row(
    button('What is due', { act: 'run', query: 'due' }, { style: 'primary' }),
    mayAdd ? button('Add contract', { act: 'open', what: 'add' }) : null,
    button('Weekly summary', { act: 'run', query: 'summary' }),
    isAdministrator ? button('Import register', { act: 'open', what: 'import' }) : null,
    isAdministrator ? button('Settings', { act: 'open', what: 'settings' }) : null,
    button('Help', { act: 'run', query: 'help' }),
  )
}

function questions({ questions = 0 }: HomeFacts): AnswerPart | null {
  if (questions === 0) return null
  return rowWith(
    button('Answer them', { act: 'run', query: 'questions' }),
    mrkdwn`*Registers leave ${counted(questions, 'question')} open.* Until they are answered, the safe reading holds.`,
  )
}

function troubles({ isAdministrator, troubles }: HomeFacts): AnswerPart | null {
  if (!isAdministrator || troubles.length === 0) return null
  return body(
    mrkdwn`*Lapsewatch is unwell*`,
    ...troubles.slice(0, 8).map((each) => mrkdwn`• ${shown(each, 250)}`),
  )
}

/** How many cliffs are shown. */
export const HOME_CLIFFS = 4

/** One block for all of them: each in two lines. */
function cliffs({ cliffs: { total, items } }: HomeFacts): AnswerPart[] {
  const first = items.slice(0, HOME_CLIFFS)
  if (first.length === 0) return []
  const left = total - first.length
  return [
    rowWith(button('Show all', { act: 'run', query: 'cliffs' }), mrkdwn`*Ending together*`),
    body(
      ...first.flatMap((cliff) => [mrkdwn`• ${cliffTitle(cliff)}.`, cliffWorth(cliff)]),
      left > 0 ? mrkdwn`and ${figure(left)} more.` : null,
    ),
  ]
}

/** Nobody else reads App Home. */
const PRIVATE = { hidePrices: false, shared: false }

/** Nothing where the list is empty. */
function list(name: ListName, title: ReturnType<typeof mrkdwn>, { total, entries }: HomeList) {
  if (total === 0) return []
  const first = entries.slice(0, HOME_SHOWN[name])
  const left = total - first.length
  const all = left > 0 ? button('Show all', { act: 'run', query: QUERIES[name] }) : null
  return [
    rowWith(all, title),
    ...first.map((entry) => entryRow(entry, PRIVATE)),
    left > 0 ? note(mrkdwn`and ${figure(left)} more.`) : null,
  ]
}
