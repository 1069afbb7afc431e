/** What a contract is taken for when it is first seen: renewed, perhaps historic. */
import { addDays, type CivilDate } from '../../domain/civil-date.ts'
import type { Contract } from '../../domain/contract.ts'
import { currentEnd } from '../../domain/current-end.ts'
import { presumedRenewals } from '../../domain/renewal.ts'
import type { Rules } from '../../domain/rules.ts'
import type { Draft } from '../draft.ts'
import type { Fields } from './fields.ts'
import type { NewExtension } from './register-ends.ts'

/** A contract as it stands when it is first seen: renewed as often as it must have, perhaps historic. */
export function firstSeen(
  draft: Draft,
  fields: Fields,
  extensions: readonly NewExtension[],
  today: CivilDate,
  rules: Rules,
): ReturnType<typeof standing> {
  const contract: Contract = {
    start: draft.start,
    awardedEnd: draft.end,
    awardedMaximumEnd: draft.maximumEnd,
    extensions,
    noticePeriod: draft.noticePeriod,
    automaticRenewal: draft.automaticRenewal,
    renewalTerm: draft.renewalTerm,
    reviewOn: draft.reviewOn,
    personalData: draft.personalData ?? null,
    route: draft.route,
    value: draft.value,
    currency: fields.currency,
    decisions: [],
    successorStart: null,
    closed: draft.closed,
    historic: false,
  }
  return standing(contract, today, rules)
}

/** A contract with the renewals that must be presumed of it, historic if it ended long ago even so. */
export function standing(
  contract: Contract,
  today: CivilDate,
  rules: Rules,
): { readonly stands: Contract; readonly presumed: readonly NewExtension[] } {
  const source = 'presumed: no notice was recorded in time'
  const presumed = presumedRenewals(contract, today, rules).map((each) => ({ ...each, source }))
  const renewed = { ...contract, extensions: [...contract.extensions, ...presumed] }
  return { stands: { ...renewed, historic: isHistoric(renewed, today, rules) }, presumed }
}

/** Ended more than so many days before it was first seen. */
export function isHistoric(contract: Contract, today: CivilDate, rules: Rules): boolean {
  const end = currentEnd(contract)
  return end.kind === 'dated' && end.latest < addDays(today, -rules.historicAfterDays)
}
