import { CLIFFS_SHOWN, type CliffsFacts } from '../../messages/answers/cliffs.ts'
import { readCliffs } from '../../watch/cliffs.ts'
import type { Filters } from '../language/command.ts'
import type { Viewpoint } from '../scene.ts'
import { askedOf, type BotContext } from './context.ts'
import { teamNamed } from './team-named.ts'

/** How far ahead is looked where nobody says. */
const AHEAD_DAYS = 365

export async function cliffsFacts(
  viewpoint: Viewpoint,
  context: BotContext,
  filters: Filters,
): Promise<CliffsFacts> {
  const { pool, organisationId, today } = context
  const { stage } = viewpoint
  const team = await teamNamed(viewpoint, filters.team)
  const days = filters.days ?? AHEAD_DAYS
  const within = stage.rulesOf(team ?? stage.organisation).cliffDays
  const { total, cliffs } = await readCliffs(pool, {
    organisationId,
    teamIds: team === null ? null : [team.id],
    today,
    days,
    within,
    listed: CLIFFS_SHOWN,
  })
  return { ...askedOf(context), asOf: today, days, within, total, cliffs }
}
