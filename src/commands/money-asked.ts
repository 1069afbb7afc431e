/** What the commands about money are asked for: a financial year, a team, the rules of prices. */
import { type FinancialYear, financialYearNamed } from '../domain/financial-year.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Program } from '../program.ts'
import { type PriceRules, readPriceRules } from '../watch/price-rules.ts'
import type { CommonOptions } from './run.ts'
import { teamIdOf } from './teams.ts'

export interface Asked extends CommonOptions {
  readonly year?: string
  readonly team?: string
}

export async function askedOf(
  program: Program,
  options: Asked,
): Promise<{ rules: PriceRules; year: FinancialYear | null; teamId: number | null }> {
  const { pool, organisation, rulesOf } = program
  const rules = await readPriceRules(pool, organisation.id, rulesOf)
  const teamId = await teamIdOf(program, options.team)
  if (options.year === undefined) return { rules, year: null, teamId }
  const year = financialYearNamed(options.year, rules.house.financialYearStart)
  if (year === null) {
    throw new Refusal(`"${options.year}" is no financial year: write it as 2026/27.`)
  }
  return { rules, year, teamId }
}
