/** App Home: what is mine, what is my team's, and what wants looking after. */
import type { AllMiddlewareArgs, SlackEventMiddlewareArgs } from '@slack/bolt'
import type { Team } from '../database/organisation.ts'
import { readQuestions } from '../register/import/questions.ts'
import { readCliffs } from '../reports/cliffs.ts'
import type { HomeFacts, HomeList } from '../text/answer-facts.ts'
import { HOME_CLIFFS, HOME_SHOWN, homeView } from '../text/home.ts'
import { fitView } from '../text/message.ts'
import { type FilterIds, teamsOf } from './facts/filters.ts'
import { preferencesForm } from './facts/forms.ts'
import { dueFacts, findContracts, readTroubles } from './facts/list.ts'
import { type Filters, NO_FILTERS } from './parse/command-types.ts'
import { mayThey } from './permissions.ts'
import {
  type BotContext,
  failure,
  firstTime,
  isKnown,
  noteFailure,
  type RequestContext,
  requestContext,
  type SlackDependencies,
} from './request.ts'

type Opened = SlackEventMiddlewareArgs<'app_home_opened'> & AllMiddlewareArgs

export async function handleHome(deps: SlackDependencies, args: Opened): Promise<void> {
  const { event, body, client } = args
  if (event.tab !== 'home') return
  try {
    await firstTime(deps.pool, deps.organisation.id, keyOf(event.user))
    const who = { workspace: body.team_id, slackUser: event.user, channel: null }
    await publish(await requestContext(deps, client, who))
  } catch (error) {
    const { blocks } = failure(deps, 'Home', error)
    const view = fitView({ type: 'home', blocks: [...blocks] })
    await client.views
      .publish({ user_id: event.user, view })
      .catch((lost: Error) => deps.log(`Home could not be shown: ${lost.message}`))
  }
}

/**
 * After an act of somebody: their Home as it is now, if they opened theirs within the days that the
 * inbox is kept. The act is done and answered: whatever goes wrong here is only logged.
 */
export async function renewHome(request: RequestContext): Promise<void> {
  const { deps, asker } = request
  try {
    const key = keyOf(asker.slackUser)
    if (await isKnown(deps.pool, deps.organisation.id, key)) await publish(request)
  } catch (error) {
    noteFailure(deps, 'Home', error)
  }
}

async function publish(request: RequestContext): Promise<void> {
  const { asker, client } = request
  const verdict = mayThey(asker, 'read', null)
  const view = verdict.allowed
    ? homeView(await homeFacts(request.context('')))
    : refusalView(verdict.why)
  await client.views.publish({ user_id: asker.slackUser, view: fitView(view) })
}

function keyOf(slackUser: string): string {
  return `home:${slackUser}`
}

function refusalView(text: string) {
  return {
    type: 'home' as const,
    blocks: [{ type: 'section' as const, text: { type: 'plain_text' as const, text } }],
  }
}

// App Home of one person: what is theirs, what their team has before it, what nobody looks after.

const SOON_DAYS = 90
/** Replacing several contracts at once takes longer than replacing one. */
const CLIFF_DAYS = 180

/** Somebody whose team is not known is shown every team's lists. */
export async function homeFacts(context: BotContext): Promise<HomeFacts> {
  const { asker, today } = context
  const teams = await teamsOf(context)
  const ids: FilterIds = {
    mine: null,
    askersTeams: teams.length === 0 ? null : teams.map(({ id }) => id),
    teams: null,
    owners: null,
  }
  const list = async (filters: Partial<Filters>, size: number, of = ids): Promise<HomeList> =>
    findContracts(context, {
      filters: { ...NO_FILTERS, ...filters },
      ids: of,
      page: 1,
      size,
      only: 'live',
    })
  const mine = { ...ids, mine: asker.personId, askersTeams: null }
  const mayAnswer = mayThey(asker, 'administer', null).allowed
  const [mineList, due, outOfContract, unclassified, unowned, undated, rolling, cliffs] =
    await Promise.all([
      list({}, HOME_SHOWN.mine, mine),
      dueFacts(context, { ...NO_FILTERS, whose: 'team', days: SOON_DAYS }, 1, HOME_SHOWN.teamSoon),
      list({ state: 'out-of-contract' }, HOME_SHOWN.outOfContract),
      list({ state: 'unclassified' }, HOME_SHOWN.unclassified),
      list({ state: 'unowned' }, HOME_SHOWN.unowned),
      list({ state: 'undated' }, HOME_SHOWN.undated),
      list({ state: 'rolling' }, HOME_SHOWN.rolling),
      endingTogether(context, teams),
    ])
  return {
    asOf: today,
    team: teams.length === 1 ? (teams[0]?.name ?? null) : null,
    mine: mineList,
    teamSoon: { total: due.total, entries: due.entries },
    outOfContract,
    cliffs,
    unclassified,
    unowned,
    undated,
    rolling,
    voice: await preferencesForm(context),
    mayAdd: mayThey(asker, 'change', null).allowed,
    isAdministrator: mayThey(asker, 'administer', null).allowed,
    questions: mayAnswer ? await askedCount(context) : 0,
    troubles: asker.isAdministrator ? await readTroubles(context) : [],
  }
}

/** How many questions were asked and are open. */
async function askedCount({ pool, organisationId }: BotContext): Promise<number> {
  const questions = await readQuestions(pool, organisationId, { isOpen: true, withLaw: true })
  return questions.filter(({ askedOn }) => askedOn !== null).length
}

/** The cliffs of the asker's teams, or of every team where none is theirs. */
async function endingTogether(
  context: BotContext,
  theirs: readonly Team[],
): Promise<HomeFacts['cliffs']> {
  const { pool, organisationId, rulesOf, today } = context
  const [first] = theirs.length > 0 ? theirs : await context.teams()
  if (first === undefined) return { total: 0, items: [] }
  const { total, cliffs } = await readCliffs(pool, {
    organisationId,
    teamIds: theirs.length > 0 ? theirs.map(({ id }) => id) : null,
    today,
    days: CLIFF_DAYS,
    within: rulesOf(first).cliffDays,
    listed: HOME_CLIFFS,
  })
  return { total, items: cliffs }
}
