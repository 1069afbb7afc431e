import type pg from 'pg'
import { errorCode } from './problem.ts'

const TRIES = 3

/** Serialisation failure and deadlock: PostgreSQL undid the work and asks to have it done again. */
const TRY_AGAIN: ReadonlySet<string> = new Set(['40001', '40P01'])

const READ_ONLY = '25006'

/**
 * Runs `work` in one transaction and returns what it returns. Any error rolls back and is thrown
 * on. Where PostgreSQL breaks off a conflict, the whole work runs again, three times at most, so
 * it may do nothing outside the transaction that cannot be done twice.
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(pool, work)
    } catch (error) {
      if (attempt === TRIES || !TRY_AGAIN.has(errorCode(error) ?? '')) throw error
    }
  }
}

/** What `look` sees in a transaction that is then taken back: nothing of it stays. */
export async function takenBack<T>(
  pool: pg.Pool,
  look: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const seen: { what?: T } = {}
  try {
    await inTransaction(pool, async (client) => {
      seen.what = await look(client)
      throw new TakenBack()
    })
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error
  }
  return seen.what as T
}

/** Rolls the transaction back although nothing failed. */
export class TakenBack extends Error {}

async function once<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    // A session that began while the server was read-only stays so when the server no longer is.
    if (errorCode(error) === READ_ONLY) broken = error as Error
    await client.query('ROLLBACK').catch((failed: Error) => {
      // A connection that cannot roll back must not go back to the pool.
      broken = failed
    })
    throw error
  } finally {
    client.release(broken)
  }
}
