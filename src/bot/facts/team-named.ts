import { readTeams, type Team } from '../../db/organisation.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Viewpoint } from '../scene.ts'
import { teamsNamed } from './filter-ids.ts'

/**
 * The one team of this name or part of a name; null where none was named.
 * @throws Refusal where there is none, or several: it lists them.
 */
export async function teamNamed({ stage }: Viewpoint, named: string | null): Promise<Team | null> {
  if (named === null) return null
  const teams = teamsNamed(await readTeams(stage.pool, stage.organisation.id), named)
  const [team = null] = teams
  if (team !== null && teams.length === 1) return team
  const which = teams.map(({ name }) => name).join(', ')
  throw new Refusal(
    team === null
      ? `No team is called "${named.slice(0, 60)}".`
      : `Several teams fit "${named.slice(0, 60)}": ${which}. Name one of them.`,
  )
}
