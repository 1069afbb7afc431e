/** A team on the day that is swept, with the rules that hold for it. */
import type { Team } from '../db/organisation.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import type { Rules } from '../domain/rules.ts'

export interface SweptTeam {
  readonly team: Team
  readonly day: CivilDate
  readonly rules: Rules
  readonly catchUp: boolean
}
