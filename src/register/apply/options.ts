/** What an import is told besides the register itself. */
import type { PoolClient } from 'pg'
import type { Team } from '../../db/organisation.ts'
import type { RuleBook } from '../../db/rule-book.ts'
import type { CivilDate } from '../../domain/civil-date.ts'
import type { ImportResult } from './apply.ts'

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
  /** Queues what is told of it, in the import's own transaction; not of what is taken back. */
  readonly tell?: (client: PoolClient, importId: number, result: ImportResult) => Promise<void>
}
