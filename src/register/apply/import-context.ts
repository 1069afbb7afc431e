/** What an import works with while it writes. */
import type { AuditWriter } from '../../db/audit.ts'
import type { Team } from '../../db/organisation.ts'
import type { RuleBook } from '../../db/rule-book.ts'
import type { CivilDate } from '../../domain/civil-date.ts'
import type { Parties } from './parties.ts'

export interface ImportContext {
  readonly organisationId: number
  readonly sourceId: number
  readonly importId: number
  readonly today: CivilDate
  /** With their ladders held, where this import is a team's first one. */
  readonly teams: readonly Team[]
  readonly rulesOf: RuleBook
  readonly parties: Parties
  readonly audit: AuditWriter
  /** Teams that contracts were written for, gathered on the way. */
  readonly wrote: Set<number>
}

export const CLOSED_BY_REGISTER = 'the register says that it is over'
