/** Drafts as the rules see them once they are imported: what `createContracts` makes, without a database. */
import type { Draft } from '../../src/register/draft.ts'
import { isHistoric } from '../../src/register/import/create.ts'
import { registerEnds } from '../../src/register/import/ends-in-register.ts'
import type { CivilDate } from '../../src/rules/civil-date.ts'
import type { Contract } from '../../src/rules/contract.ts'
import { presumedRenewals } from '../../src/rules/renewal.ts'
import { RULES } from './contract-facts.ts'

/** The contract of a draft on the day of its import; `others` hold its successor, if any. */
export function importedContract(
  draft: Draft,
  today: CivilDate,
  others: readonly Draft[] = [],
): Contract {
  const { add, awardedEnd } = registerEnds(draft, null, today)
  const successor = others.find(
    ({ reference, predecessor }) =>
      (reference !== null && reference === draft.successor) ||
      (predecessor !== null && predecessor === draft.reference),
  )
  const contract: Contract = {
    start: draft.start,
    awardedEnd,
    awardedMaximumEnd: draft.maximumEnd,
    extensions: add,
    noticePeriod: draft.noticePeriod,
    noticeText: draft.noticeText ?? null,
    automaticRenewal: draft.automaticRenewal,
    renewalTerm: draft.renewalTerm,
    reviewOn: draft.reviewOn,
    route: draft.route,
    value: draft.value,
    currency: draft.currency,
    decisions: [],
    successorStart: successor?.start ?? null,
    closed: draft.closed,
    historic: false,
  }
  const presumed = presumedRenewals(contract, today, RULES)
  const renewed = { ...contract, extensions: [...contract.extensions, ...presumed] }
  return { ...renewed, historic: isHistoric(renewed, today, RULES) }
}
