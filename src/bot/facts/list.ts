/** The register page by page, and what is found in it. */
import type { ListFacts } from '../../messages/answers/facts.ts'
import { type Filters, NO_FILTERS } from '../language/command.ts'
import type { BotContext } from './context.ts'
import { askedOf } from './context.ts'
import { contractIds, findContracts } from './contract-list.ts'
import { PAGE_SIZE } from './entries.ts'
import { readFilterIds } from './filter-ids.ts'
import { placeOf } from './pages.ts'
import { scopeWords } from './scope.ts'

/** A page of the contracts that fit; a text alone looks in references, titles and suppliers. */
export async function listFacts(
  context: BotContext,
  wanted: Filters | string,
  page: number,
): Promise<ListFacts> {
  const filters = typeof wanted === 'string' ? { ...NO_FILTERS, text: wanted } : wanted
  const read = await readFilterIds(context, filters)
  const { ids } = read
  const { total, entries } = await findContracts(context, { filters, ids, page, size: PAGE_SIZE })
  return {
    ...askedOf(context),
    ...placeOf(total, page),
    asOf: context.today,
    scope: scopeWords(filters, read, true),
    entries,
  }
}

/** The ids of all contracts that fit, in order: for an export. */
export async function listedIds(context: BotContext, filters: Filters): Promise<number[]> {
  const { ids } = await readFilterIds(context, filters)
  return contractIds(context, { filters, ids })
}
