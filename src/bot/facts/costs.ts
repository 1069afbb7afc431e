/** What emergency extensions cost in a financial year, for `costs`. */
import { financialYearNamed } from '../../domain/financial-year.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { CostsFacts } from '../../messages/answers/costs.ts'
import { readCosts } from '../../watch/costs.ts'
import { readPriceRules } from '../../watch/price-rules.ts'
import type { Viewpoint } from '../scene.ts'
import { askedOf, type BotContext } from './context.ts'
import { teamNamed } from './team-named.ts'

/** @throws Refusal for a year or a team that there is not. */
export async function costsFacts(
  viewpoint: Viewpoint,
  context: BotContext,
  named: string | null,
  teamName: string | null,
): Promise<CostsFacts> {
  const { pool, organisationId, rulesOf, today } = context
  const rules = await readPriceRules(pool, organisationId, rulesOf)
  const year = named === null ? null : financialYearNamed(named, rules.house.financialYearStart)
  if (named !== null && year === null) {
    throw new Refusal(`"${named.slice(0, 20)}" is no financial year: write it as 2026/27.`)
  }
  const team = await teamNamed(viewpoint, teamName)
  const asked = { organisationId, teamId: team?.id ?? null, year, today, rules }
  return {
    ...askedOf(context),
    asOf: today,
    team: team?.name ?? null,
    costs: await readCosts(pool, asked),
  }
}
