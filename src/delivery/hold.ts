/** Work that may take longer than a lease, such as a file of a hundred thousand contracts. */
import type pg from 'pg'
import type { Claim } from './claim.ts'
import { renewLease } from './finish.ts'

/**
 * Does the work while the lease is renewed three times in its length: a process that lives keeps its
 * claim, and one that was killed loses it as soon as any other.
 */
export async function holding<T>(
  pool: pg.Pool,
  claim: Claim,
  leaseMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const renew = () => void renewLease(pool, claim, leaseMs).catch(() => undefined)
  const timer = setInterval(renew, leaseMs / 3)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}
