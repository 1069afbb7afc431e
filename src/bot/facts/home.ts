/** App Home of one person: what is theirs, what their team has before it, what nobody looks after. */
import type { Team } from '../../db/organisation.ts'
import type { HomeFacts, HomeList } from '../../messages/home/facts.ts'
import { HOME_CLIFFS, HOME_SHOWN } from '../../messages/home/home.ts'
import { readCliffs } from '../../watch/cliffs.ts'
import { mayThey } from '../access.ts'
import { type Filters, NO_FILTERS } from '../language/command.ts'
import type { FilterIds } from './conditions.ts'
import type { BotContext } from './context.ts'
import { findContracts } from './contract-list.ts'
import { dueFacts } from './due.ts'
import { teamsOf } from './filter-ids.ts'
import { preferencesForm } from './forms.ts'
import { readTroubles } from './troubles.ts'

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
    troubles: asker.isAdministrator ? await readTroubles(context) : [],
  }
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
