import type pg from 'pg'
import { openClient, withTimeLimit } from './connection.ts'
import { errorCode } from './problem.ts'

/**
 * One connection per process that uses the embedded server, holding a shared advisory lock for as
 * long as the process lives. The server drops it when the process dies, however it dies, so the
 * count of users is never stale.
 */
export type Keeper = {
  /** Lets go. True where no other process uses the server, which is then ours to stop. */
  release(): Promise<boolean>
}

/** What pg's client offers beyond its type declarations. */
type KeeperClient = pg.Client & { ref(): void; unref(): void }

/** "LAPS": the class of the advisory lock, in the database `postgres`, apart from the program's. */
const LOCK = '1279348819, 1'

/**
 * Logs in and takes the shared lock; null where no server of ours answers at that address.
 * `lost` is called once when the connection ends without having been released.
 * @throws the server's own error where it is too full to log in.
 */
export async function hold(url: string, lost: () => void): Promise<Keeper | null> {
  const client = await logIn(url)
  if (!client) return null
  let released = false
  client.once('end', () => {
    if (!released) lost()
  })
  try {
    // Waits only behind a process that is stopping the server, which then ends this connection.
    await client.query(`SELECT pg_advisory_lock_shared(${LOCK})`)
  } catch {
    released = true
    await client.end().catch(() => undefined)
    return null
  }
  // The lock lasts as long as the process; it is no reason for the process to last.
  client.unref()
  return {
    async release() {
      if (released) return false
      released = true
      client.ref()
      try {
        const alone = await withTimeLimit('brief', () => isAlone(client))
        // The exclusive lock is kept until the server is down: whoever attaches meanwhile waits on
        // it, loses the connection, and starts the server again.
        if (alone) return true
        await client.end()
        return false
      } catch {
        // One that hangs is left running: nobody can say whether others use it.
        return false
      }
    },
  }
}

async function isAlone(client: pg.Client): Promise<boolean> {
  await client.query(`SELECT pg_advisory_unlock_shared(${LOCK})`)
  const tried = await client.query<{ alone: boolean }>(
    `SELECT pg_try_advisory_lock(${LOCK}) AS alone`,
  )
  return tried.rows[0]?.alone === true
}

/** Whether a login succeeds at that address. */
export async function canLogIn(url: string): Promise<boolean> {
  const client = await logIn(url)
  await client?.end()
  return client !== null
}

async function logIn(url: string): Promise<KeeperClient | null> {
  try {
    return (await openClient(url, { applicationName: 'lapsewatch keeper' })) as KeeperClient
  } catch (error) {
    // Running, but full: neither gone nor to be started again.
    if (errorCode(error) === '53300') throw error
    return null
  }
}
