/** When to start replacing a contract, for `start-by`. */
import type { StartByAnswerFacts } from '../../messages/answers/start-by.ts'
import { contractStartBy } from '../../watch/start-by.ts'
import { askedOf, type BotContext } from './context.ts'
import { namedOf, readContract } from './contract-facts.ts'

/** @throws Refusal where there is no such contract or route, or the contract has no end. */
export async function startByFacts(
  context: BotContext,
  contractId: number,
  route: string | null,
): Promise<StartByAnswerFacts> {
  const { pool, organisationId, rulesOf, today } = context
  const row = await readContract(context, contractId)
  const asked = { organisationId, rulesOf, asOf: today, route }
  return {
    ...askedOf(context),
    asOf: today,
    contract: namedOf(row),
    count: await contractStartBy(pool, contractId, asked),
  }
}
