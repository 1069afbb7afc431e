/** Rules as they would be if the organisation adopted some of them, without adopting them. */
import type { RuleSettings } from '../domain/rule-settings.ts'
import type { RuleBook, RulesOwner } from './rule-book.ts'

/** What teams and contracts changed for themselves still stands over the ladders that are tried. */
export function withLadders(
  rulesOf: RuleBook,
  ladders: NonNullable<RuleSettings['ladders']>,
): RuleBook {
  // One object for each team, so that its rules are made once.
  const owners = new WeakMap<RulesOwner, RulesOwner>()
  return (owner, contract) => {
    const known = owners.get(owner)
    if (known) return rulesOf(known, contract)
    const own = owner.organisationRules ?? {}
    const merged = { ...own.ladders }
    for (const [kind, ladder] of Object.entries(ladders)) {
      const name = kind as keyof typeof ladders
      merged[name] = { ...merged[name], ...ladder }
    }
    const tried = { ...owner, organisationRules: { ...own, ladders: merged } }
    owners.set(owner, tried)
    return rulesOf(tried, contract)
  }
}
