/** What an import is told besides the register itself. */
import type { Team } from '../../db/organisation.ts'
import type { RuleBook } from '../../db/rule-book.ts'
import type { CivilDate } from '../../domain/civil-date.ts'

export interface ApplyOptions {
  readonly organisationId: number
  readonly file: string
  readonly sha256: string
  readonly source: string
  /** Every contract goes to this team, whatever the register says. */
  readonly team: Team | null
  /** The team of contracts for which the register names none that is known. */
  readonly fallbackTeam?: Team | null
  readonly today: CivilDate
  readonly now: Date
  readonly via: string
  readonly byPersonId: number | null
  readonly rulesOf: RuleBook
  /** For how many days a first import holds the ladders. */
  readonly triageDays: number
  readonly isSample: boolean
  readonly dryRun: boolean
  readonly strict: boolean
  readonly onProgress: (rows: number) => void
}
