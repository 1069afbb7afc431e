/** Whom and which teams the filters of a question mean. */

import { nameKey, type Team } from '../../db/organisation.ts'
import type { Filters, Named } from '../language/command.ts'
import { type FilterIds, folded, part } from './conditions.ts'
import type { BotContext } from './context.ts'

/** The ids, and the names to say them by. */
export interface ReadFilters {
  readonly ids: FilterIds
  /** The asker's teams; null where `ours` was not asked for, empty where none is known. */
  readonly askersTeams: readonly Team[] | null
  /** The teams of the name that was typed; null where none was. */
  readonly teams: readonly Team[] | null
  /** What the owner who was asked for is called; null where nobody is. */
  readonly owner: string | null
}

export async function readFilterIds(context: BotContext, filters: Filters): Promise<ReadFilters> {
  const { asker } = context
  const askersTeams = filters.whose === 'team' ? await teamsOf(context) : null
  const teams = filters.team === null ? null : teamsNamed(await context.teams(), filters.team)
  const owners = filters.owner === null ? null : await peopleNamed(context, filters.owner)
  return {
    askersTeams,
    teams,
    owner: owners?.[0]?.name ?? null,
    ids: {
      mine: filters.whose === 'mine' ? asker.personId : null,
      // Somebody whose team is not known is shown every team's, and told so.
      askersTeams: askersTeams?.length ? askersTeams.map(({ id }) => id) : null,
      teams: teams?.map(({ id }) => id) ?? null,
      owners: owners?.map(({ id }) => id) ?? null,
    },
  }
}

/** The asker's teams: those whose contracts they answer for, or to whose user group they belong. */
export async function teamsOf({
  pool,
  organisationId,
  asker,
  teams,
}: BotContext): Promise<readonly Team[]> {
  const { personId, userGroups } = asker
  const found = await pool.query<{ id: number }>(
    `SELECT t.id FROM team t WHERE t.organisation_id = $1
       AND (t.user_group = ANY($3::text[]) OR t.id IN (
         SELECT c.team_id FROM contract c WHERE c.organisation_id = $1
           AND (c.owner_id = $2 OR c.deputy_id = $2 OR c.category_lead_id = $2)))`,
    [organisationId, personId, userGroups],
  )
  const ids = new Set(found.rows.map(({ id }) => id))
  return (await teams()).filter(({ id }) => ids.has(id))
}

/** The team of exactly this name, else those with it as a part of theirs. */
export function teamsNamed(teams: readonly Team[], name: string): readonly Team[] {
  const key = nameKey(name)
  if (key === '') return []
  const exact = teams.filter((team) => nameKey(team.name) === key)
  return exact.length > 0 ? exact : teams.filter((team) => nameKey(team.name).includes(key))
}

/** By Slack id; else by email or exact name; else by a part of the name. */
async function peopleNamed(
  { pool, organisationId }: BotContext,
  named: Named,
): Promise<readonly { readonly id: number; readonly name: string | null }[]> {
  const people = 'SELECT id, display_name AS name FROM person WHERE organisation_id = $1 AND'
  if ('slackUser' in named) {
    const bySlack = await pool.query<{ id: number; name: string | null }>(
      `${people} slack_user = $2 ORDER BY id`,
      [organisationId, named.slackUser],
    )
    return bySlack.rows
  }
  const key = nameKey(named.name)
  const exact = await pool.query<{ id: number; name: string | null }>(
    `${people} ((name_key = $2 AND $2 <> '') OR lower(email) = $3) AND erased_at IS NULL ORDER BY id`,
    [organisationId, key, folded(named.name)],
  )
  if (exact.rows.length > 0 || key === '') return exact.rows
  const partly = await pool.query<{ id: number; name: string | null }>(
    `${people} name_key LIKE $2 AND erased_at IS NULL ORDER BY id`,
    [organisationId, part(key)],
  )
  return partly.rows
}
