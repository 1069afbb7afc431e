/** What App Home is made of. */
import type { CivilDate } from '../../domain/civil-date.ts'
import type { ListEntry } from '../answers/facts.ts'
import type { CliffFacts } from '../facts.ts'
import type { Voice } from '../modals/small.ts'

export interface HomeList {
  readonly total: number
  /** The first ones in the list's order: no more than are shown are needed (`HOME_SHOWN`). */
  readonly entries: readonly ListEntry[]
}

export interface HomeFacts {
  readonly asOf: CivilDate
  /** The person's team; null where none is known. */
  readonly team: string | null
  /** The most urgent first. */
  readonly mine: HomeList
  /** What falls due within 90 days. */
  readonly teamSoon: HomeList
  readonly outOfContract: HomeList
  /** What ends together within 180 days, the nearest first. */
  readonly cliffs: { readonly total: number; readonly items: readonly CliffFacts[] }
  readonly unclassified: HomeList
  readonly unowned: HomeList
  readonly undated: HomeList
  readonly rolling: HomeList
  readonly voice: Voice
  /** May enter contracts. */
  readonly mayAdd: boolean
  /** May import and change settings. */
  readonly isAdministrator: boolean
  /** What is unwell, in sentences, for administrators: dead deliveries, stale registers. */
  readonly troubles: readonly string[]
}
