/** A team's contracts after its first import, to be looked through. */
import type { Team } from '../../database/organisation.ts'
import { readEnded } from '../../reports/ended.ts'
import { UserError } from '../../rules/user-error.ts'
import type { TriageListFacts } from '../../text/answer-facts.ts'
import type { Filters } from '../parse/command-types.ts'
import { mayConfirmTriage } from '../permissions.ts'
import { askedOf, type BotContext } from '../request.ts'
import { readFilterIds, teamsNamed, teamsOf } from './filters.ts'
import { findContracts, PAGE_SIZE, placeOf } from './list.ts'

/**
 * While the schedules are held: all of the team's contracts that are not closed, historic ones last.
 * Afterwards those to which something is missing: an owner, an end date, a contract.
 * @throws UserError where the named team is not known.
 */
export async function triageFacts(
  context: BotContext,
  filters: Filters,
  page: number,
): Promise<TriageListFacts> {
  const { today } = context
  const mine = await teamsOf(context)
  const team = await teamToLookThrough(context, filters.team, mine)
  const held = isHeld(team, context)
  const asked = { ...filters, team: null }
  const { ids } = await readFilterIds(context, asked)
  const { total, entries } = await findContracts(context, {
    filters: asked,
    ids: { ...ids, teams: [team.id] },
    page,
    size: PAGE_SIZE,
    only: held ? 'unclosed' : 'wanting',
  })
  return {
    ...askedOf(context),
    ...placeOf(total, page),
    asOf: today,
    team: team.name,
    teamId: team.id,
    laddersFrom: team.laddersFrom ?? today,
    mayConfirm: held && mayConfirmTriage(context.asker, team.id, mine),
    ended: (await readEnded(context.pool, context.organisationId, [team], context.rulesOf)).length,
    entries,
  }
}

function isHeld({ laddersFrom }: Team, { today }: BotContext): boolean {
  return laddersFrom !== null && today < laddersFrom
}

/** The named one; else one whose list waits, the asker's own first; else the asker's; else the default. */
async function teamToLookThrough(
  context: BotContext,
  name: string | null,
  mine: readonly Team[],
): Promise<Team> {
  const teams = await context.teams()
  if (name !== null) {
    const [named, second] = teamsNamed(teams, name)
    if (named === undefined || second !== undefined) {
      const fit = named === undefined ? 'No team is' : 'More than one team is'
      const known = teams.slice(0, 10).map((team) => team.name)
      throw new UserError(`${fit} called "${name}". Name one of: ${known.join(', ')}.`)
    }
    return named
  }
  const waiting = (team: Team) => isHeld(team, context)
  const team = mine.find(waiting) ?? teams.find(waiting) ?? mine[0] ?? teams[0]
  if (team === undefined) throw new UserError('There is no team yet: start Lapsewatch once.')
  return team
}
