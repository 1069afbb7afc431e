/** Which rules hold for which team: the organisation's figures with the team's calendar. */
import { calendarNamed } from '../domain/calendars.ts'
import { defaultRules, type Rules } from '../domain/rules.ts'
import type { Team } from './organisation.ts'

/** The figures of the rules that the settings may change. */
export type RuleFigures = Partial<
  Pick<
    Rules,
    | 'historicAfterDays'
    | 'startByFrom'
    | 'smallValue'
    | 'approvalDays'
    | 'mobilisationDays'
    | 'deemedServiceDays'
  >
>

export type RuleBook = (team: Pick<Team, 'calendar'>) => Rules

/** Looks rules up by team, made once for each calendar. */
export function ruleBook(figures: RuleFigures): RuleBook {
  const made = new Map<string, Rules>()
  return ({ calendar: name }) => {
    const known = made.get(name)
    if (known) return known
    const calendar = calendarNamed(name)
    if (calendar === null) {
      throw new Error(
        `The calendar "${name}" is not known: set it again with "team set NAME --calendar CALENDAR".`,
      )
    }
    const rules = { ...defaultRules(calendar), ...figures }
    made.set(name, rules)
    return rules
  }
}
