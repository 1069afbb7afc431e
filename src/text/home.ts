/** App Home, three views by one control: what is mine, what my team has before it, the board. */

import type { HomeView, KnownBlock } from '@slack/types'
import { DUE_DAYS_AHEAD } from '../rules/civil-date.ts'
import type { ApprovedFact, HomeFacts, HomeList, ReminderChannel } from './answer-facts.ts'
import { boardParts } from './board.ts'
import { button, type HomeViewName, row, select } from './buttons.ts'
import { entryRow } from './contract-list.ts'
import { contractName, umbrellaCountWords } from './facts.ts'
import { type AnswerPart, blocksOf, body, fitView, note, rowWith } from './message.ts'
import { cliffTitle, cliffWorth } from './warning-group.ts'
import {
  counted,
  dateWords,
  figure,
  moreWords,
  mrkdwn,
  shown,
  spendWords,
  teamWords,
} from './words.ts'

type ListName =
  | 'mine'
  | 'teamSoon'
  | 'outOfContract'
  | 'unclassified'
  | 'unowned'
  | 'undated'
  | 'rolling'
  | 'approved'

/** How many of each list are shown: together they stay under Slack's hundred blocks. */
export const HOME_SHOWN: Readonly<Record<ListName, number>> = {
  mine: 15,
  teamSoon: 12,
  outOfContract: 8,
  unclassified: 6,
  unowned: 5,
  undated: 5,
  rolling: 5,
  approved: 6,
}
/** So many lines of each list of the board. */
const BOARD_SHOWN = 8

/** The rest of each list, as a command. */
const QUERIES: Readonly<Record<Exclude<ListName, 'approved'>, string>> = {
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
  const parts: (AnswerPart | null)[] = [
    headline(facts),
    row(viewChoice(facts)),
    quickActions(facts),
    questions(facts),
    troubles(facts),
    ...VIEWS[facts.view](facts),
    rowWith(
      button('Preferences', { act: 'open', what: 'preferences' }),
      mrkdwn`*When a contract of mine needs me:* ${VOICE[facts.voice]}.`,
    ),
  ]
  const blocks: KnownBlock[] = blocksOf(parts)
  return fitView({
    type: 'home',
    callback_id: 'lw.home',
    private_metadata: facts.view,
    blocks,
  })
}

function headline({
  asOf,
  mine,
  teamSoon,
  outOfContract,
  unowned,
  umbrellas,
}: HomeFacts): AnswerPart {
  return body(
    mrkdwn`*${dateWords(asOf)}: ${counted(mine.total, 'contract')} of mine*`,
    mrkdwn`${figure(teamSoon.total)} due in the team within ${DUE_DAYS_AHEAD} days, ${figure(outOfContract.total)} out of contract, ${figure(unowned.total)} without an owner.`,
    umbrellaCountWords(umbrellas),
  )
}

/** The one control that says which view is shown. */
function viewChoice({ view, views, team }: HomeFacts) {
  const names: Readonly<Record<HomeViewName, string>> = {
    mine: 'Mine',
    team: team === null ? 'My team' : `My team: ${team}`,
    board: 'The board',
  }
  const choices = views.map((each) => ({
    text: names[each],
    action: { act: 'home', view: each } as const,
  }))
  return select('home', 'What is shown', choices, views.indexOf(view))
}

const VIEWS: Readonly<Record<HomeViewName, (facts: HomeFacts) => (AnswerPart | null)[]>> = {
  mine: (facts) => [
    ...list('mine', mrkdwn`*Mine, the most urgent first*`, facts.mine),
    facts.mine.total === 0
      ? body(
          mrkdwn`No contract names you as owner, deputy or category lead. If one should: /contracts people`,
        )
      : null,
    ...list(
      'unclassified',
      mrkdwn`*My extensions that nobody has classified*`,
      facts.unclassified,
      'list mine unclassified',
    ),
    ...approved(facts),
  ],
  team: (facts) => {
    const ofTeam = facts.team === null ? '' : mrkdwn` of ${teamWords(facts.team)}`
    return [
      ...list('outOfContract', mrkdwn`*Out of contract*`, facts.outOfContract),
      ...cliffs(facts),
      ...list('teamSoon', mrkdwn`*The next ${DUE_DAYS_AHEAD} days${ofTeam}*`, facts.teamSoon),
      ...list('unclassified', mrkdwn`*Extensions that nobody has classified*`, facts.unclassified),
      ...list('unowned', mrkdwn`*Without an owner*`, facts.unowned),
      ...list('undated', mrkdwn`*Without an end date*`, facts.undated),
      ...list('rolling', mrkdwn`*Rolling on until notice*`, facts.rolling),
    ]
  },
  board: ({ board }) => (board === null ? [] : boardParts(board, BOARD_SHOWN)),
}

/** For whoever is only named as approver too. */
function approved({ approved: { total, items } }: HomeFacts): (AnswerPart | null)[] {
  if (total === 0) return []
  const first = items.slice(0, HOME_SHOWN.approved)
  const left = total - first.length
  return [
    body(mrkdwn`*Waivers and extensions that name me as approver*`),
    ...first.map(approvedRow),
    note(moreWords(left)),
  ]
}

function approvedRow(item: ApprovedFact) {
  const { contractId, version, what, from, approvedOn, cost, currency } = item
  const subject = { contractId, version, alertIds: [] }
  const when = approvedOn === null ? '' : mrkdwn`, approved ${dateWords(approvedOn)}`
  const price = cost === null ? 'amount unknown' : spendWords(cost, currency)
  return rowWith(
    button('Show', { act: 'show', subject }, { label: `Show ${item.reference}` }),
    mrkdwn`${what === 'waiver' ? 'Waiver' : 'Extension'} from ${dateWords(from)}: ${contractName(item, 60)}, ${shown(item.reference, 40)}, ${price}${when}.`,
  )
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
      moreWords(left),
    ),
  ]
}

/** Nobody else reads App Home. */
const PRIVATE = { hidePrices: false, shared: false }

/** Nothing where the list is empty. */
function list(
  name: keyof typeof QUERIES,
  title: ReturnType<typeof mrkdwn>,
  { total, entries }: HomeList,
  query = QUERIES[name],
) {
  if (total === 0) return []
  const first = entries.slice(0, HOME_SHOWN[name])
  const left = total - first.length
  const all = left > 0 ? button('Show all', { act: 'run', query }) : null
  return [
    rowWith(all, title),
    ...first.map((entry) => entryRow(entry, PRIVATE)),
    note(moreWords(left)),
  ]
}
