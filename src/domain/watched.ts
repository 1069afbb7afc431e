/** A contract as the watch holds it: its facts, what follows from them, what was told already. */
import type { CivilDate } from './civil-date.ts'
import type { Contract } from './contract.ts'
import type { DeadlineKind } from './deadline-kinds.ts'
import type { Deadline } from './deadlines.ts'

/** An alert that was raised before and still counts: superseded ones are left out. */
export interface RaisedAlert {
  readonly kind: DeadlineKind
  readonly deadlineOn: CivilDate
  readonly rung: number
  readonly raisedOn: CivilDate
  readonly state: 'open' | 'acknowledged' | 'snoozed' | 'closed'
  readonly pausedUntil: CivilDate | null
}

export interface Watched {
  readonly contract: Contract
  readonly deadlines: readonly Deadline[]
  readonly alerts: readonly RaisedAlert[]
  /** Ladders are held until this day after a first import; null where they are not. */
  readonly laddersFrom: CivilDate | null
  readonly watched: boolean
}
