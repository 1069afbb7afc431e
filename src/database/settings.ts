/**
 * The rules that hold for a contract: the organisation's, its team's, its own; or as they would be.
 */
import { defaultRules, type RuleSettings, type Rules, withRuleSettings } from '../rules/settings.ts'
import { calendarNamed } from '../rules/working-days.ts'

// Which rules hold for which contract: the defaults, under the environment's figures, under what the
// organisation, the team and the contract itself changed.

/** The figures of the rules that the environment may change. */
export type RuleFigures = Partial<
  Pick<
    Rules,
    | 'historicAfterDays'
    | 'startByFrom'
    | 'smallValue'
    | 'approvalDays'
    | 'mobilisationDays'
    | 'deemedServiceDays'
    | 'chainToleranceDays'
    | 'cliffDays'
  >
>

/** A team, or the organisation itself. */
interface RulesOwner {
  readonly calendar: string
  readonly organisationRules?: RuleSettings | null
  readonly teamRules?: RuleSettings | null
}

/** A contract's own changes; absent or null where it has none. */
export interface RulesOfContract {
  readonly rules?: RuleSettings | null
}

/** The rules of a team, or of a contract of that team where one is given. */
export type RulesByTeam = (owner: RulesOwner, contract?: RulesOfContract) => Rules

/** Looks rules up, made once for each team that was read and each set of a contract's own changes. */
export function rulesByTeam(figures: RuleFigures): RulesByTeam {
  const made = new WeakMap<RulesOwner, Rules>()
  const own = new WeakMap<RuleSettings, { readonly over: Rules; readonly rules: Rules }>()
  const ofOwner = (owner: RulesOwner): Rules => {
    const known = made.get(owner)
    if (known) return known
    const calendar = calendarNamed(owner.calendar)
    if (calendar === null) {
      throw new Error(
        `The calendar "${owner.calendar}" is not known: set it again with "team set NAME --calendar CALENDAR".`,
      )
    }
    const organisation = withRuleSettings(
      { ...defaultRules(calendar), ...figures },
      owner.organisationRules ?? null,
    )
    const rules = withRuleSettings(organisation, owner.teamRules ?? null)
    made.set(owner, rules)
    return rules
  }
  return (owner, contract) => {
    const over = ofOwner(owner)
    const changes = contract?.rules ?? null
    if (changes === null) return over
    const known = own.get(changes)
    if (known?.over === over) return known.rules
    const rules = withRuleSettings(over, changes)
    own.set(changes, { over, rules })
    return rules
  }
}

// Rules as they would be if the organisation adopted some of them, without adopting them.

/** What teams and contracts changed for themselves still stands over the schedules that are tried. */
export function withSchedules(
  rulesOf: RulesByTeam,
  schedules: NonNullable<RuleSettings['ladders']>,
): RulesByTeam {
  // One object for each team, so that its rules are made once.
  const owners = new WeakMap<RulesOwner, RulesOwner>()
  return (owner, contract) => {
    const known = owners.get(owner)
    if (known) return rulesOf(known, contract)
    const own = owner.organisationRules ?? {}
    const merged = { ...own.ladders }
    for (const [kind, schedule] of Object.entries(schedules)) {
      const name = kind as keyof typeof schedules
      merged[name] = { ...merged[name], ...schedule }
    }
    const tried = { ...owner, organisationRules: { ...own, ladders: merged } }
    owners.set(owner, tried)
    return rulesOf(tried, contract)
  }
}
