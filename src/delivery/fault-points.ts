/**
 * Moments at which a process may go away, for proofs that this loses and repeats nothing. What is
 * passed in is awaited there; where it throws, the work is left exactly as a kill would leave it.
 */
export interface FaultPoints {
  readonly afterClaim?: (ids: readonly number[]) => Promise<void> | void
  readonly beforePost?: (id: number) => Promise<void> | void
  /** Slack has answered, or has not, and nobody has written it down yet. */
  readonly afterPost?: (id: number) => Promise<void> | void
  readonly beforeFinish?: (id: number) => Promise<void> | void
}
