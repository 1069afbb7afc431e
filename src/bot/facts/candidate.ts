/** A contract that somebody may mean. */
import type { Named } from '../../messages/naming.ts'

export interface Candidate extends Named {
  readonly contractId: number
  readonly version: number
}

/** The columns of a `Candidate`, of contract `c`. */
export const CANDIDATE = 'c.id AS "contractId", c.version, c.reference, c.title, c.supplier'
