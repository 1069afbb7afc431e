/** App Home, three views by one control: what is mine, what is my team's, the board. */

import type { AllMiddlewareArgs, SlackEventMiddlewareArgs } from '@slack/bolt'
import { nameKey, type Team } from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import { readQuestions } from '../register/import/questions.ts'
import { readCliffs } from '../reports/cliffs.ts'
import { countUmbrellas } from '../reports/contract.ts'
import { CLIFF_DAYS_AHEAD, DUE_DAYS_AHEAD } from '../rules/civil-date.ts'
import { compare } from '../rules/text-match.ts'
import type { HomeFacts, HomeList } from '../text/answer-facts.ts'
import type { BoardFacts } from '../text/board.ts'
import { HOME_VIEWS, type HomeViewName } from '../text/buttons.ts'
import { HOME_CLIFFS, HOME_SHOWN, homeView } from '../text/home.ts'
import { fitView } from '../text/message.ts'
import { boardFacts } from './facts/analysis.ts'
import { type FilterIds, teamsOf } from './facts/filters.ts'
import { preferencesForm } from './facts/forms.ts'
import { dueFacts, findContracts, readTroubles } from './facts/list.ts'
import { type Filters, NO_FILTERS } from './parse/command-types.ts'
import { mayThey, need } from './permissions.ts'
import {
  type BotContext,
  failure,
  firstTime,
  forget,
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
    const request = await requestContext(deps, client, who)
    // What was chosen last stands in the view that Slack still shows.
    const shown = HOME_VIEWS.find((each) => each === event.view?.private_metadata)
    await publish(request, (await chosenView(request)) ?? shown ?? null)
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
    if (!(await isKnown(deps.pool, deps.organisation.id, key))) return
    await publish(request, await chosenView(request))
  } catch (error) {
    noteFailure(deps, 'Home', error)
  }
}

/** Chosen by the control in Home: shown now, and after whatever its viewer does. */
export async function showHome(request: RequestContext, view: HomeViewName): Promise<void> {
  const { asker, deps } = request
  await need(request, view === 'board' ? 'board' : 'read', null)
  const { pool, organisation } = deps
  await firstTime(pool, organisation.id, keyOf(asker.slackUser))
  for (const each of HOME_VIEWS) {
    const key = `${keyOf(asker.slackUser)}:${each}`
    await (each === view ? firstTime : forget)(pool, organisation.id, key)
  }
  await publish(request, view)
}

async function chosenView({ asker, deps }: RequestContext): Promise<HomeViewName | null> {
  const keys = HOME_VIEWS.map((view) => `${keyOf(asker.slackUser)}:${view}`)
  const found = await tables(deps.pool).inbox.findFirst({
    where: { organisationId: deps.organisation.id, key: { in: keys } },
    select: { key: true },
  })
  return HOME_VIEWS.find((view) => found?.key.endsWith(`:${view}`)) ?? null
}

async function publish(request: RequestContext, wanted: HomeViewName | null): Promise<void> {
  const { asker, client } = request
  const verdict = mayThey(asker, 'read', null)
  const view = verdict.allowed
    ? homeView(await homeFacts(request.context(''), wanted, () => boardFacts(request)))
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

/**
 * Somebody whose team is not known is shown every team's lists. Who has nothing of their own and chose
 * nothing is shown the team's. `board`: read only where it is shown.
 */
export async function homeFacts(
  context: BotContext,
  wanted: HomeViewName | null = null,
  board: () => Promise<BoardFacts | null> = async () => null,
): Promise<HomeFacts> {
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
  const isAdministrator = mayThey(asker, 'administer', null).allowed
  const views = HOME_VIEWS.filter(
    (each) => each !== 'board' || mayThey(asker, 'board', null).allowed,
  )
  const [mineList, approved] = await Promise.all([
    list({}, HOME_SHOWN.mine, mine),
    readApproved(context),
  ])
  const usual = mineList.total + approved.total > 0 ? 'mine' : 'team'
  const view = views.find((each) => each === wanted) ?? usual
  const [due, outOfContract, unclassified, unowned, undated, rolling, cliffs] = await Promise.all([
    dueFacts(
      context,
      { ...NO_FILTERS, whose: 'team', days: DUE_DAYS_AHEAD },
      1,
      HOME_SHOWN.teamSoon,
    ),
    list({ state: 'out-of-contract' }, HOME_SHOWN.outOfContract),
    list({ state: 'unclassified' }, HOME_SHOWN.unclassified, view === 'mine' ? mine : ids),
    list({ state: 'unowned' }, HOME_SHOWN.unowned),
    list({ state: 'undated' }, HOME_SHOWN.undated),
    list({ state: 'rolling' }, HOME_SHOWN.rolling),
    endingTogether(context, teams),
  ])
  return {
    asOf: today,
    view,
    views,
    team: teams.length === 1 ? (teams[0]?.name ?? null) : null,
    mine: mineList,
    approved,
    board: view === 'board' ? await board() : null,
    teamSoon: { total: due.total, entries: due.entries },
    outOfContract,
    cliffs,
    unclassified,
    unowned,
    undated,
    rolling,
    umbrellas: await countUmbrellas(context.pool, {
      ...{ organisationId: context.organisationId, teamId: null, day: today },
    }),
    voice: await preferencesForm(context),
    mayAdd: mayThey(asker, 'change', null).allowed,
    isAdministrator,
    questions: isAdministrator ? await askedCount(context) : 0,
    troubles: asker.isAdministrator ? await readTroubles(context) : [],
  }
}

/**
 * What names the asker as approver. Registers and forms know a name alone, or an address: one that
 * two people of the workspace bear names neither of them.
 */
async function readApproved({
  pool,
  organisationId,
  asker,
}: BotContext): Promise<HomeFacts['approved']> {
  const { person: people } = tables(pool)
  const person = await people.findFirst({ where: { id: asker.personId } })
  if (person === null || (person.nameKey === null && person.email === null)) {
    return { total: 0, items: [] }
  }
  const alike = await people.count({
    where: { organisationId, nameKey: person.nameKey, slackUser: { not: null }, erasedAt: null },
  })
  const names = [alike > 1 ? null : person.nameKey, person.email && nameKey(person.email)]
  const contract = {
    select: {
      id: true,
      version: true,
      reference: true,
      title: true,
      supplier: true,
      currency: true,
    },
  } as const
  const waivers = await tables(pool).waiver.findMany({
    where: { organisationId, approver: { not: null }, withdrawnAt: null },
    include: { contract },
  })
  const extensions = await tables(pool).extension.findMany({
    where: {
      ...{ organisationId, approver: { not: null }, status: { not: 'withdrawn' } },
      waivers: { none: { withdrawnAt: null } },
    },
    include: { contract },
  })
  const found = [
    ...waivers.map(({ beganOn: from, net: cost, ...each }) => ({
      ...{ ...each, what: 'waiver' as const, from, cost },
    })),
    ...extensions.map(({ knownOn: approvedOn, ...each }) => ({
      ...{ ...each, what: 'extension' as const, approvedOn },
    })),
  ]
  const own = found.filter(({ approver }) => names.includes(nameKey(approver ?? '')))
  const items = own.map(({ contract: { id, ...named }, what, from, approvedOn, cost }) => {
    return { ...named, contractId: id, what, from, approvedOn, cost }
  })
  items.sort((a, b) => compare(b.from, a.from) || compare(a.reference, b.reference))
  return { total: items.length, items: items.slice(0, HOME_SHOWN.approved) }
}

/** How many questions were asked and are open. */
async function askedCount({ pool, organisationId }: BotContext): Promise<number> {
  const questions = await readQuestions(pool, organisationId, { isOpen: true, withLaw: true })
  return questions.filter(({ askedOn }) => askedOn !== null).length
}

/** The cliffs of the asker's teams, or of every team where none is theirs: of several by the organisation's rules. */
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
    days: CLIFF_DAYS_AHEAD.listed,
    within: rulesOf(theirs.length === 1 ? first : { ...first, teamRules: null }).cliffDays,
    listed: HOME_CLIFFS,
  })
  return { total, items: cliffs }
}
