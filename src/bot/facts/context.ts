/** What every question brings with it: who asks, when, and where the answer will be read. */
import type { Pool } from 'pg'
import type { Team } from '../../db/organisation.ts'
import type { RuleBook } from '../../db/rule-book.ts'
import type { CivilDate } from '../../domain/civil-date.ts'
import type { Asked } from '../../messages/answers/facts.ts'
import type { Asker } from '../access.ts'

export interface BotContext extends Asked {
  readonly pool: Pool
  readonly organisationId: number
  readonly rulesOf: RuleBook
  readonly teams: () => Promise<readonly Team[]>
  readonly asker: Asker
  readonly today: CivilDate
  /** The zone in which times of day are told. */
  readonly timeZone: string
}

/** What the answer's own buttons need to know of the question. */
export function askedOf({ query, shared, hidePrices }: BotContext): Asked {
  return { query, shared, hidePrices }
}
