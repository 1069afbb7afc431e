/** Why a contract was warned of on a day, or was not. */
import type { CivilDate } from '../../domain/civil-date.ts'
import type { ExplainFacts } from '../../messages/answers/facts.ts'
import { explain } from '../../watch/explain.ts'
import { askedOf, type BotContext } from './context.ts'
import { namedOf, readContract, subjectOf } from './contract-facts.ts'

/**
 * As it stood on that day; today where none is named.
 * @throws Refusal where there is no such contract.
 */
export async function explainFacts(
  context: BotContext,
  contractId: number,
  on: CivilDate | null,
): Promise<ExplainFacts> {
  const { pool, organisationId, today, rulesOf } = context
  const row = await readContract(context, contractId)
  const day = on ?? today
  const { raised, next, silent } = await explain(pool, organisationId, contractId, day, rulesOf)
  return {
    ...askedOf(context),
    on: day,
    subject: subjectOf(row),
    contract: namedOf(row),
    raised,
    next,
    silent,
  }
}
