/**
 * Rewriting posted warnings while days pass. Every warning asks for all earlier ones of its contract
 * to be rewritten: over a quarter that is thousands of rewrites, of which a visitor sees the last.
 */
import type { Pool } from 'pg'
import type { CivilDate } from '../domain/civil-date.ts'

/** Lets what is to be rewritten wait: one that waits serves all that would be asked for later. */
export async function holdRewrites(pool: Pool): Promise<void> {
  await pool.query(
    `UPDATE delivery SET due_at = 'infinity' WHERE purpose = 'update' AND state = 'PENDING'`,
  )
}

/** What waits is rewritten as of this day. */
export async function releaseRewrites(pool: Pool, today: CivilDate): Promise<void> {
  await pool.query(
    `UPDATE delivery SET due_at = now(), as_of = $1
     WHERE purpose = 'update' AND state = 'PENDING' AND due_at = 'infinity'`,
    [today],
  )
}
