/**
 * Which rules hold for which contract: the defaults, under the environment's figures, under what the
 * organisation, the team and the contract itself changed.
 */
import { calendarNamed } from '../domain/calendars.ts'
import { type RuleSettings, withRuleSettings } from '../domain/rule-settings.ts'
import { defaultRules, type Rules } from '../domain/rules.ts'

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
export interface RulesOwner {
  readonly calendar: string
  readonly organisationRules?: RuleSettings | null
  readonly teamRules?: RuleSettings | null
}

/** A contract's own changes; absent or null where it has none. */
export interface RulesOfContract {
  readonly rules?: RuleSettings | null
}

/** The rules of a team, or of a contract of that team where one is given. */
export type RuleBook = (owner: RulesOwner, contract?: RulesOfContract) => Rules

/** Looks rules up, made once for each team that was read and each set of a contract's own changes. */
export function ruleBook(figures: RuleFigures): RuleBook {
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
    const house = withRuleSettings(
      { ...defaultRules(calendar), ...figures },
      owner.organisationRules ?? null,
    )
    const rules = withRuleSettings(house, owner.teamRules ?? null)
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
