import type { ConsolidationFacts } from '../../messages/answers/consolidation.ts'
import { readConsolidation } from '../../watch/consolidation.ts'
import { consolidationSaid } from '../../watch/consolidation-said.ts'
import { askedOf, type BotContext } from './context.ts'

export async function consolidationFacts(
  context: BotContext,
  supplier: string,
): Promise<ConsolidationFacts> {
  const { pool, organisationId, today } = context
  const found = await readConsolidation(pool, organisationId, supplier, today)
  return { ...askedOf(context), ...consolidationSaid(found, today) }
}
