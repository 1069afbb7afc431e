/** How much of what procurement law allows was used, for `headroom` and for the card. */
import { Refusal } from '../../domain/refusal.ts'
import type { Rules } from '../../domain/rules.ts'
import type { HeadroomAnswerFacts } from '../../messages/answers/headroom.ts'
import { askedToday, contractHeadroom } from '../../watch/headroom.ts'
import { askedOf, type BotContext } from './context.ts'
import { namedOf, readContract } from './contract-facts.ts'

/** @throws Refusal where there is no such contract. */
export async function headroomFacts(
  context: BotContext,
  contractId: number,
  addDays: number,
): Promise<HeadroomAnswerFacts> {
  const { pool, today } = context
  const row = await readContract(context, contractId)
  const rules = await rulesOfTeam(context, row.teamId)
  const { oneMoreMonth, notices, ...headroom } = await contractHeadroom(
    pool,
    contractId,
    askedToday(today, rules, addDays),
  )
  return {
    ...askedOf(context),
    asOf: today,
    contract: namedOf(row),
    currency: row.currency,
    addDays,
    headroom,
    oneMoreMonth,
    notices,
    categoryLead: row.people.categoryLead,
  }
}

/** @throws Refusal where the team is gone. */
export async function rulesOfTeam({ teams, rulesOf }: BotContext, teamId: number): Promise<Rules> {
  const team = (await teams()).find(({ id }) => id === teamId)
  if (team === undefined) throw new Refusal('The team of that contract is gone: choose another.')
  return rulesOf(team)
}
