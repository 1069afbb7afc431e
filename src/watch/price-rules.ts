/** The rules that prices need: the organisation's for its year, each team's for tax and ratio. */
import type { Pool, PoolClient } from 'pg'
import { readTeams } from '../db/organisation.ts'
import type { RuleBook } from '../db/rule-book.ts'
import type { Rules } from '../domain/rules.ts'

export interface PriceRules {
  /** Without any team's own changes. */
  readonly house: Rules
  /** Those of the organisation where there is no such team. */
  readonly ofTeam: (teamId: number) => Rules
}

export async function readPriceRules(
  client: Pool | PoolClient,
  organisationId: number,
  rulesOf: RuleBook,
): Promise<PriceRules> {
  const teams = await readTeams(client, organisationId)
  const [first] = teams
  if (!first) throw new Error('There is no team: start Lapsewatch once so that it makes one.')
  const { calendar, organisationRules } = first
  const house = rulesOf({ calendar, organisationRules })
  const byId = new Map(teams.map((team) => [team.id, team]))
  // Asked for when they are needed: one team's broken calendar keeps no other team's prices back.
  const ofTeam = (teamId: number) => {
    const team = byId.get(teamId)
    return team === undefined ? house : rulesOf(team)
  }
  return { house, ofTeam }
}
